"""Last year's activities once more, a year on: drafts of what was planned, without what only that year knew."""

import calendar
import dataclasses
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.organisations.models import Organisation
from sofra.organisations.queries import level_at

from . import dates, services
from .drafts import ActivityDraft
from .models import Activity, Batch
from .reading_rows import keys_of
from .vocabulary import Counted, Status


def years_on(when: str, years: int = 1) -> str:
    """A partial date so many years later: "2018-10" is "2019-10"; of 29 February, the last day of that February."""
    if not when:
        return ""
    year, _sign, rest = when.partition("-")
    later = min(int(year) + years, dates.LAST_YEAR)
    if rest == "02-29":
        rest = f"02-{calendar.monthrange(later, 2)[1]:02d}"
    return f"{later:04d}-{rest}" if rest else f"{later:04d}"


def copy_of(said: ActivityDraft, *, owner: Organisation, years: int, today: date) -> ActivityDraft:
    """What is planned again. Numbers of people, costs, results and the source were of that year: they are not known."""
    begins = years_on(said.begins, years)
    ahead = bool(begins) and dates.last_day(begins) >= today
    return dataclasses.replace(
        said, owner=owner.code, begins=begins, ends=years_on(said.ends, years),
        status=Status.PLANNED if ahead else Status.UNKNOWN, times_held=None, reached=None, counted=Counted.UNKNOWN,
        reached_complete=None, groups=[], money=None, currency="", results="", source="",
    )  # fmt: skip


@transaction.atomic
def copy_activities(
    activities: Sequence[Activity], *, owner: Organisation, by: User, today: date, years: int = 1, again: bool = False
) -> tuple[Batch | None, int, int]:
    """Copy them as drafts in one batch. Returns it, how many were copied, and how many stood there already.

    What stands there already (same title, beginning and places) is copied only with `again`. A place or a partner
    that is no more is left out of the copy; the words for the place stay.
    """
    drafts = [copy_of(said, owner=owner, years=years, today=today) for said in services.drafts_of(activities)]
    there = set() if again else keys_there(owner, level_at(by, owner))
    wanted = [draft for draft in drafts if keys_of(draft) not in there]
    for draft, wrong in zip(wanted, services.problems_of(wanted), strict=True):
        for name in wrong.keys() & {"places", "partners", "project"}:
            setattr(draft, name, "" if name == "project" else [])
    if not wanted:
        return None, 0, len(drafts)
    note = _("a copy of %(number)s activities, %(years)s year on") % {"number": len(wanted), "years": years}
    batch = services.open_batch(kind=Batch.Kind.COPY, by=by, owner=owner, note=note)
    services.add_many(wanted, by=by, batch=batch)
    record(what="activities.copied", about=owner.code, by=by, activities=len(wanted), batch=batch.pk)
    return batch, len(wanted), len(drafts) - len(wanted)


Key = tuple[str, str, tuple[str, ...]]


def keys_there(owner: Organisation, level: int) -> set[Key]:
    """By what the activities that the organisation has are known when they come again: but not those in its bin, nor
    what is kept from a person of this level."""
    numbers = [owner.pk, *owner.joined.values_list("pk", flat=True)]
    rows = (
        Activity.objects.filter(owner__in=numbers, visible_to__lte=level)
        .exclude(state=Activity.State.BINNED)
        .order_by()
    )
    return {
        keys_of(ActivityDraft(title=title, begins=begins, places=places))
        for title, begins, places in rows.values_list("title", "begins", "places").iterator()
    }
