"""The numbers that the hub states of itself, one definition each: rooms offer them here and ask each other's here.

So an indicator can follow a figure of a room above it, and a number has one meaning wherever it stands. A figure tells
how many rows it counted, what it could not count, and where its rows can be read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise


@dataclass(frozen=True)
class Asked:
    """For whom and of what a figure is worked out. `place` is a code ("" everywhere); both days belong to the time.

    `level` is what the reader may see (ground.models.Visibility).
    """

    level: int
    place: str = ""
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Told:
    """`value` None: not known. `numerator` and `denominator` of a share; `unknown`: rows that could not be counted."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    rows: int = 0
    unknown: int = 0
    address: str = ""


@dataclass(frozen=True)
class Figure:
    """`name` is "room.noun" ("training.women"); `meaning` a sentence that says what is counted and what is not."""

    name: str
    title: Promise
    meaning: Promise
    unit: str
    work_out: Callable[[Asked], Told] = field(compare=False)


FIGURES: dict[str, Figure] = {}


def offer(figure: Figure) -> None:
    """Called by a room's AppConfig.ready. Raises ValueError where two rooms would state the same figure."""
    if FIGURES.get(figure.name, figure) != figure:
        raise ValueError(f"{figure.name} is stated twice")
    FIGURES[figure.name] = figure


def told(name: str, asked: Asked) -> Told:
    """Raises KeyError for a figure that no room states."""
    return FIGURES[name].work_out(asked)
