"""What is asked about before it is kept: numbers and dates that can be right but mostly are slips. Never refused.

The borders are ours: they ask rarely, and each question names what it saw.
"""

from datetime import date

from django.utils.translation import gettext as _

from . import dates
from .drafts import ActivityDraft
from .vocabulary import Form

MANY_PEOPLE = 10_000
A_CLASS = 60  # people at once: two school classes
ONE_MEETING = 1_000  # people at a training, a workshop or a school programme of which nobody said how often it was
MANY_YEARS = 10
YEARS_AHEAD = 5
LONG_AGO = 1990


def doubts(draft: ActivityDraft, *, today: date) -> dict[str, str]:
    """Field → question, for each value that is unlikely."""
    found: dict[str, str] = {}
    if question := _about_people(draft):
        found["reached"] = question
    if question := _about_begin(draft, today):
        found["begins"] = question
    if draft.begins and draft.ends:
        years = (dates.last_day(draft.ends) - dates.first_day(draft.begins)).days / 365.25
        if years > MANY_YEARS:
            found["ends"] = _("That is %(years)d years long. Is it right, or is one of the years a slip?") % {
                "years": years
            }
    return found


def _about_people(draft: ActivityDraft) -> str:
    if draft.reached is None:
        return ""
    shown = f"{draft.reached:,}".replace(",", " ")
    if draft.reached >= MANY_PEOPLE:
        return _("%(number)s people are very many. Is the number right?") % {"number": shown}
    if not {Form.CAPACITY, Form.PROGRAMMES, Form.DIALOGUE} & set(draft.kinds):
        return ""
    if draft.times_held is None:
        question = _("%(number)s people are very many for such an activity. Is the number right?")
        return question % {"number": shown} if draft.reached > ONE_MEETING else ""
    if draft.reached > max(draft.times_held, 1) * A_CLASS:
        return _("%(number)s people in %(times)s meetings is more than a class holds. Are both numbers right?") % {
            "number": shown, "times": draft.times_held
        }  # fmt: skip
    return ""


def _about_begin(draft: ActivityDraft, today: date) -> str:
    if not draft.begins:
        return ""
    year = dates.first_day(draft.begins).year
    if year > today.year + YEARS_AHEAD:
        return _("It begins in %(year)s, more than %(years)s years from now. Is the year right?") % {
            "year": year, "years": YEARS_AHEAD
        }  # fmt: skip
    if year < LONG_AGO:
        return _("It began in %(year)s. Is the year right?") % {"year": year}
    return ""
