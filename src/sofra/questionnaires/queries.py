"""What can be asked of questionnaires and answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from .instance import Instance
from .models import Answer, Filling, Version
from .xform import Form


@dataclass(frozen=True, slots=True)
class Counts:
    """`base`: sent fillings in which the question was answered; `values`: value -> fillings that gave it.

    `asked`: sent fillings of these versions at all. Who did not answer is asked - base, never a value.
    """

    base: int
    values: dict[str, int] = field(default_factory=dict)
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as lists and charts need it: `path` without the root (work/kinds), `choices` (code, label)."""

    path: str
    label: str
    kind: str
    choices: list[tuple[str, str]] = field(default_factory=list)


def form_of(version: Version) -> Form:
    raise NotImplementedError


def instance_of(filling: Filling) -> Instance:
    """The filling's document, calculated."""
    raise NotImplementedError


def filling_by_key(key: str) -> Filling | None:
    """The filling that a private link leads to, None where there is none or the link was taken back.

    Whether it has expired is for the caller to say in a sentence (filling.expires_at).
    """
    raise NotImplementedError


def counts(version_ids: Iterable[int], question: str, *, value: str = "") -> Counts:
    raise NotImplementedError


def free_answers(version_ids: Iterable[int], question: str) -> QuerySet[Answer]:
    raise NotImplementedError


def questions(version: Version, language: str = "") -> list[Asked]:
    raise NotImplementedError
