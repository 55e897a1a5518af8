"""Duties by law beside the training that deals with them: modules of curricula, programmes, and the places they reach.

Training and councils do not know each other; what joins them stands here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from sofra.accounts.access import level_of
from sofra.councils import mechanism_queries as mechanisms
from sofra.councils.models import Duty, DutyCheck, Taught
from sofra.places.models import Place
from sofra.training import queries as training
from sofra.training.models import Curriculum, Edition


@dataclass(frozen=True)
class Lesson:
    """A module that deals with a duty, by the title that the reader's language has for it."""

    taught: Taught
    curriculum: Curriculum
    title: str


@dataclass(frozen=True)
class Standing:
    """A municipality and the newest word on the duty that this reader may see; None: nobody has said."""

    place: Place
    check: DutyCheck | None


def lessons_of(user: Any, duty: Duty) -> list[Lesson]:
    """The modules that deal with a duty, of curricula that the reader may see."""
    return _lessons(user, Taught.objects.filter(duty=duty))


def lessons_in(user: Any, curriculum: Curriculum) -> list[Lesson]:
    return _lessons(user, Taught.objects.filter(curriculum=curriculum.code))


def _lessons(user: Any, among: Any) -> list[Lesson]:
    found = list(among.select_related("duty").order_by("duty__position", "id"))
    seen = training.curricula(level_of(user)).filter(code__in={one.curriculum for one in found})
    known = {one.code: one for one in seen.prefetch_related("editions")}
    return [
        Lesson(one, known[one.curriculum], _title(one.module, list(known[one.curriculum].editions.all())))
        for one in found
        if one.curriculum in known
    ]  # fmt: skip


def _title(module: str, editions: list[Edition]) -> str:
    """The module's title in the edition of the reader's language that has as many modules; otherwise as it is kept."""
    language = (get_language() or "sq").split("-")[0]
    for one in editions:
        titles = titles_of([one])
        if module in titles:
            own = [titles_of([other]) for other in editions if other.language == language]
            same = next((other for other in own if len(other) == len(titles)), titles)
            return same[titles.index(module)]
    return module


def titles_of(editions: Iterable[Edition]) -> list[str]:
    """The titles of the editions' modules, each once."""
    return list(dict.fromkeys(str(module.get("title", "")) for one in editions for module in one.modules))


def standings(level: int, duty: Duty) -> list[Standing]:
    """Every municipality, those of which nobody has said anything too. Two queries."""
    newest = {
        one.place: one for one in DutyCheck.objects.filter(duty=duty, visible_to__lte=level).order_by("id")
    }  # fmt: skip
    return [Standing(place, newest.get(place.code)) for place in mechanisms.municipalities()]


def answered(level: int, codes: Iterable[str]) -> dict[str, int]:
    """For each place how many duties have an answer that this reader may see; places without one are left out."""
    rows = DutyCheck.objects.filter(place__in=list(codes), visible_to__lte=level).order_by("id")
    newest = {(one.place, one.duty_id): one.state for one in rows}
    found: dict[str, int] = {}
    for (place, _duty), state in newest.items():
        if state != "unknown":
            found[place] = found.get(place, 0) + 1
    return found
