"""Questionnaires before, after, and 3 and 12 months later: opened by a short address, filled in without a name.

Results say their base, "58 % of 312 who answered". A question is not told at all below a base of ten answers; in
public neither where one to four people gave one of its answers (rules.py). A change from before to after carries its
interval of 95 %. Surveys of a programme and of its sessions are kept apart, so that no difference of the two is told.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count as Number
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.questionnaires import keys
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires import services as fillings
from sofra.questionnaires.asking import Asked
from sofra.questionnaires.models import Answer, Filling, Version

from . import rules
from .checking_in import new_code
from .models import Programme, Session, Survey

_CHOSEN = {"select_one", "select_multiple"}


@transaction.atomic
def open_survey(
    version: Version, *, when: str, by: User, programme: Programme | None = None, session: Session | None = None
) -> Survey:
    """A short address for this questionnaire; opened twice it is the same. Raises ValidationError for a draft."""
    if version.state != Version.State.OPEN:
        raise ValidationError({"version": _("Open the questionnaire first: this version is no open one.")})
    if (programme is None) == (session is None):
        raise ValueError("of a programme or of a session")
    known = Survey.objects.filter(programme=programme, session=session, when=when, version=version, ended_at=None)
    if (found := known.first()) is not None:
        return found
    made = Survey.objects.create(programme=programme, session=session, when=when, version=version, code=new_code())
    record(what="training.survey_opened", about=_about(made), by=by, when=when)
    return made


def _about(survey: Survey) -> str:
    if survey.session:
        return survey.session.activity.code
    return survey.programme.code if survey.programme else ""


@transaction.atomic
def end_survey(survey: Survey, *, by: User) -> None:
    """Nobody begins it any more; what was sent stays."""
    if survey.ended_at is None:
        survey.ended_at = timezone.now()
        survey.save(update_fields=["ended_at"])
        record(what="training.survey_ended", about=_about(survey), by=by)


def is_open(survey: Survey) -> bool:
    return survey.ended_at is None and survey.version.state == Version.State.OPEN


@transaction.atomic
def begin(survey: Survey, *, language: str) -> str:
    """A filling of its own for whoever came by the address; the key of its private link. Nothing says who it is."""
    if not is_open(survey):
        raise ValidationError(_("This questionnaire is closed."))
    filling = fillings.begin_filling(survey.version, way=Filling.Way.WEB, language=language)
    survey.fillings.add(filling)
    return keys.key_of(filling.instance, filling.generation)


def asks(filling: Filling) -> Asked | None:
    """What the first page of such a questionnaire tells."""
    survey = Survey.objects.filter(fillings=filling).select_related("session__activity__owner", "programme__host")
    found = survey.first()
    if found is None:
        return None
    owner = found.session.activity.owner if found.session else found.programme.host if found.programme else None
    about = found.session.activity.title if found.session else str(found.programme)
    return Asked(
        by=owner.name if owner else "",
        why=_("Training “%(title)s”: %(when)s. No name is asked.") % {"title": about, "when": found.get_when_display()},
    )


# — results ———————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class Choice:
    """How many chose it at each time, in the order of the surveys; None where not told. `change` in words."""

    label: str
    numbers: list[tuple[int, Decimal, Decimal, Decimal] | None] = field(default_factory=list)
    change: str = ""
    times: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[tuple[str, tuple[int, Decimal, Decimal, Decimal] | None]]:
        return list(zip(self.times, self.numbers, strict=True))


@dataclass(slots=True)
class Result:
    """A question over all times it was asked. `bases`: who answered, each time; None hidden or not asked."""

    label: str
    bases: list[int | None]
    choices: list[Choice]
    hidden: list[bool]
    times: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[tuple[str, int | None, bool]]:
        """(when, who answered, hidden)"""
        return list(zip(self.times, self.bases, self.hidden, strict=True))


def results(surveys: list[Survey], level: int) -> list[Result]:
    """Each question with choices that somebody answered, side by side over the times that it was asked."""
    found: dict[str, Result] = {}
    counted = [_counted(one) for one in surveys]
    for survey in surveys:
        for question in questionnaires.questions(survey.version, get_language() or ""):
            if question.kind not in _CHOSEN or question.repeated or question.path in found:
                continue
            if any(one.get(question.path, (0, {}))[0] for one in counted):
                found[question.path] = _result(question, counted, level, [one.get_when_display() for one in surveys])
    return list(found.values())


def _counted(survey: Survey) -> dict[str, tuple[int, dict[str, int]]]:
    """Question -> (who answered, value -> how many gave it)."""
    given = Answer.objects.filter(filling__in=survey.fillings.all(), filling__state=Filling.State.SENT).order_by()
    bases = dict(given.values_list("question").annotate(n=Number("filling", distinct=True)))
    found: dict[str, tuple[int, dict[str, int]]] = {path: (base, {}) for path, base in bases.items()}
    for path, value, number in given.values_list("question", "value").annotate(n=Number("filling", distinct=True)):
        found[path][1][value] = number
    return found


def _result(
    question: Any, counted: list[dict[str, tuple[int, dict[str, int]]]], level: int, times: list[str]
) -> Result:
    asked = [one.get(question.path, (0, {})) for one in counted]
    hidden = [_hidden(base, values, level) for base, values in asked]
    bases = [None if veiled or not base else base for (base, _values), veiled in zip(asked, hidden, strict=True)]
    choices = []
    for code, label in question.choices:
        numbers = [
            _share(values.get(code, 0), base) if told else None
            for (base, values), told in zip(asked, bases, strict=True)
        ]
        given = [(values.get(code, 0), base) for base, values in asked]
        choices.append(Choice(label, numbers, _change(given, bases), times))
    return Result(question.label, bases, choices, hidden, times)


def _hidden(base: int, values: dict[str, int], level: int) -> bool:
    if not base:
        return False
    if base < rules.SMALLEST_BASE:
        return True
    small = any(rules.is_small(number) or rules.is_small(base - number) for number in values.values())
    return small and level < Visibility.MEMBERS


def _share(number: int, base: int) -> tuple[int, Decimal, Decimal, Decimal]:
    """(how many, percent, from, to) with Wilson's interval."""
    low, high = rules.interval(number, base)
    return number, _points(number / base), _points(low), _points(high)


def _points(share: float) -> Decimal:
    return round(Decimal(100 * share), 1)


def _change(asked: list[tuple[int, int]], bases: list[int | None]) -> str:
    """From the first to the last time that is told, in points of percent."""
    told = [one for one, base in zip(asked, bases, strict=True) if base]
    if len(told) < 2:
        return ""
    moved, low, high = rules.change(told[0], told[-1])
    words = {"moved": f"{_points(moved):+}", "low": f"{_points(low):+}", "high": f"{_points(high):+}"}
    if low <= 0 <= high:
        return _("%(moved)s points (95 %%: %(low)s to %(high)s): it may be no change at all") % words
    return _("%(moved)s points (95 %%: %(low)s to %(high)s)") % words
