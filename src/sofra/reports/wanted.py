"""What a piece of a report is made for: a round, a language, eyes of a level."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from sofra.mapping.models import Round
from sofra.printing.blocks import Block


@dataclass(frozen=True)
class Wanted:
    """`language` is that of the words, `level` what the reader may see (ground.models.Visibility)."""

    round: Round
    language: str
    level: int
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """A named chart, map, table or annex. `make` is called in the wanted language; it gives the piece's blocks.

    `section` is the chapter of findings.vocabulary that the arrangement of 2018 puts it in; "" leaves it out.
    """

    name: str
    kind: str  # models.Block.Kind: chart, map, table or annex
    title: Promise
    sentence: Promise
    make: Callable[[Wanted], tuple[Block, ...]]
    section: str = ""
