"""What changed from one round to the next: who is new, who is gone, who answers what otherwise, and in numbers.

Answers are compared question by question, a repeat's turn with the same turn of the last answers. What somebody left
unanswered is no answer: it is told as "not answered", never as zero.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sofra.ground.text import fold
from sofra.places.models import Place
from sofra.places.titles import title_of
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires.models import Answer, Version
from sofra.questionnaires.queries import Asked

from .models import Invitation, Round

SHOWN = 200  # letters of a text in the list of changes


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer that is another one now. `before` and `after` are in the reader's words; "" where none was given."""

    question: str
    label: str
    turn: str
    before: str
    after: str


@dataclass(slots=True)
class Pair:
    """A body that answered in both rounds. `carried`: answers of last time that nobody said are still true."""

    invitation: Invitation
    before: Invitation
    changes: list[Changed] = field(default_factory=list)
    carried: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """How often a choice was given before and now, each with how many answered the question at all."""

    question: str
    label: str
    choice: str
    before: int
    base_before: int
    now: int
    base_now: int


@dataclass(slots=True)
class Differences:
    new: list[Invitation] = field(default_factory=list)
    gone: list[Invitation] = field(default_factory=list)
    both: list[Pair] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)

    @property
    def changed(self) -> list[Pair]:
        return [pair for pair in self.both if pair.changes]


def differences(found: Round) -> Differences | None:
    """What changed since the round before; None where there is none."""
    if found.before is None:
        return None
    now, before = _answered(found), _answered(found.before)
    result = Differences(
        new=[one for key, one in now.items() if key not in before],
        gone=[one for key, one in before.items() if key not in now],
    )
    words = _Words(found.version, found.before.version)
    said_now, said_before = _said(now.values()), _said(before.values())
    for key, one in now.items():
        if key in before:
            earlier = before[key]
            pair = Pair(one, earlier, carried=len(one.filling.carried) if one.filling else 0)
            if one.filling and earlier.filling:
                pair.changes = _changes(
                    said_before.get(earlier.filling.pk, {}), said_now.get(one.filling.pk, {}), words
                )
            result.both.append(pair)
    result.shifts = _shifts(list(said_before.values()), list(said_now.values()), words)
    return result


def _answered(found: Round) -> dict[object, Invitation]:
    """Who answered, under what is the same in both rounds: the record of the registry, else the name."""
    asked = found.invitations.select_related("organisation", "filling").order_by("name")
    sent = [one for one in asked if one.step == Invitation.Step.SENT]
    return {one.organisation_id or fold(one.name): one for one in sent}


_Said = dict[tuple[str, str], list[str]]


def _said(asked: Iterable[Invitation]) -> dict[int, _Said]:
    """Filling -> (question, turn) -> values."""
    found: dict[int, _Said] = {one.filling_id: {} for one in asked if one.filling_id}
    answers = Answer.objects.filter(filling__in=found).order_by("id")
    for filling, question, turn, value, text in answers.values_list("filling", "question", "turn", "value", "text"):
        if given := (text or value).strip():
            found[filling].setdefault((question, turn), []).append(given)
    return found


def _changes(before: _Said, after: _Said, words: "_Words") -> list[Changed]:
    found = []
    for question, turn in dict.fromkeys([*before, *after]):
        one, other = before.get((question, turn), []), after.get((question, turn), [])
        if question in words.labels and sorted(one) != sorted(other):
            found.append(
                Changed(question, words.labels[question], turn, words.of(question, one), words.of(question, other))
            )
    return found


def _shifts(before: list[_Said], now: list[_Said], words: "_Words") -> list[Shift]:
    """Closed questions only, outside repeats; how many answered is the base of each."""
    counted_before, bases_before = _counted(before)
    counted_now, bases_now = _counted(now)
    found = []
    for question, choices in words.choices.items():
        if not (bases_before[question] or bases_now[question]):
            continue
        for code, name in choices.items():
            one, other = counted_before[question, code], counted_now[question, code]
            if one or other:
                found.append(
                    Shift(question, words.labels[question], name, one, bases_before[question], other,
                          bases_now[question])
                )  # fmt: skip
    return found


def _counted(said: list[_Said]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    values: Counter[tuple[str, str]] = Counter()
    bases: Counter[str] = Counter()
    for filling in said:
        for (question, turn), given in filling.items():
            if not turn:
                bases[question] += 1
                values.update((question, value) for value in set(given))
    return values, bases


class _Words:
    """Questions and choices in the reader's words, of both rounds' forms; places by their titles."""

    def __init__(self, now: Version | None, before: Version | None) -> None:
        asked: list[Asked] = []
        for version in dict.fromkeys(one for one in (before, now) if one is not None):
            asked += questionnaires.questions(version, get_language() or "")
        self.labels = {one.path: one.label for one in asked}
        self.choices = {one.path: dict(one.choices) for one in asked if one.choices}
        self._places: dict[str, str] = {}

    def of(self, question: str, values: list[str]) -> str:
        if not values:
            return str(_("not answered"))
        known = self.choices.get(question, {})
        return ", ".join(known.get(value) or self._place(value) or value[:SHOWN] for value in values)

    def _place(self, value: str) -> str:
        if not (3 <= len(value) <= 8 and value.isupper() and value[:2].isalpha()):
            return ""
        if value not in self._places:
            place = Place.objects.filter(pk=value).first()
            self._places[value] = title_of(place) if place else ""
        return self._places[value]
