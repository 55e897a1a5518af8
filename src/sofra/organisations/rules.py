"""What counts: the class of a body by Annex II of the mapping report, and the age of what is said of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .vocabulary import RESILIENCE_UNSPECIFIED, ActivityClass, RelevantKind, SpecificKind

SPECIFIC_RULE = _(
    "A body is P/CVE-specific when it does at least one activity whose stated goal is to reduce violent extremism"
    " or to build resilience to it."
)
RELEVANT_RULE = _(
    "A body is P/CVE-relevant when none of its recorded activities has that goal, and at least one of them works on the"
    " conditions in which violent extremism grows."
)
UNKNOWN_RULE = _("The class is not known until a kind of activity is recorded that decides it.")

NOTHING_RECORDED = _("No kind of activity is recorded yet. Which kinds of activity does the organisation carry out?")
GOAL_NOT_STATED = _(
    "Community resilience can belong to either class. Is resilience to violent extremism the stated goal of this work?"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class, the kinds of activity that led to it, the rule that was applied, and what remains to be asked."""

    activity_class: str
    because: tuple[str, ...]
    rule: str | Promise
    note: str | Promise = ""


# Enumerations make their values anew at each look, and lists classify a hundred thousand bodies.
_SPECIFIC, _RELEVANT = tuple(SpecificKind.values), tuple(RelevantKind.values)


def classify(kinds: Collection[str]) -> Verdict:
    """The class that follows from the recorded kinds of activity (codes of vocabulary.ACTIVITY_KINDS), by Annex II.

    1. Specific, when any of the kinds is one that Annex II lists as specific. Relevant kinds beside it change nothing.
    2. Otherwise relevant, when any of them is one that Annex II lists as relevant.
    3. Otherwise not known. Community resilience whose goal is not stated decides nothing, because Annex II notes that
       it falls in one class or the other by its design and target: it is asked after instead.

    The order and the number of the kinds never matter; a code that Annex II does not have is no ground for a class.
    """
    specific = tuple(kind for kind in _SPECIFIC if kind in kinds)
    if specific:
        return Verdict(ActivityClass.SPECIFIC, specific, SPECIFIC_RULE)
    resilience = RESILIENCE_UNSPECIFIED[0] in kinds
    relevant = tuple(kind for kind in _RELEVANT if kind in kinds)
    if relevant:
        return Verdict(ActivityClass.RELEVANT, relevant, RELEVANT_RULE, GOAL_NOT_STATED if resilience else "")
    if resilience:
        return Verdict(ActivityClass.UNKNOWN, (RESILIENCE_UNSPECIFIED[0],), UNKNOWN_RULE, GOAL_NOT_STATED)
    return Verdict(ActivityClass.UNKNOWN, (), UNKNOWN_RULE, NOTHING_RECORDED)


# A round of mapping is a year's work, so what was confirmed within a year is taken as true; contacts and projects
# rarely outlive two years, so what nobody has confirmed since then is to be asked for before it is relied on.
FRESH_DAYS = 365
STALE_DAYS = 730


class Age(models.TextChoices):
    FRESH = "fresh", _("confirmed within a year")
    AGEING = "ageing", _("confirmed over a year ago")
    STALE = "stale", _("not confirmed for over two years")
    NEVER = "never", _("never confirmed")


AGE_REASONS: dict[str, Promise] = {
    Age.FRESH: _("Somebody who knows said within the last year that this is true."),
    Age.AGEING: _("This was true more than a year ago. A look would be good."),
    Age.STALE: _("Nobody has said for more than two years that this is still true. Ask before you rely on it."),
    Age.NEVER: _("Nobody who knows has confirmed this since it was taken from its source."),
}


def age_of(confirmed_on: date | None, today: date) -> Age:
    """How old the last word on a record or a fact is. The 365th day is still fresh, the 730th still ageing."""
    if confirmed_on is None:
        return Age.NEVER
    if confirmed_on >= today - timedelta(days=FRESH_DAYS):
        return Age.FRESH
    return Age.AGEING if confirmed_on >= today - timedelta(days=STALE_DAYS) else Age.STALE
