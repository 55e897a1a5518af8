"""What of activities counts for coverage: their presences, written with them in the same transaction.

Before planning, the rows are asked by area, audience and time; the table of the country reads them all (coverage).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from sofra.ground.bulk import insert_rows
from sofra.places.models import Place

from . import dates
from .models import Activity, Presence, PresenceGone
from .vocabulary import ANYBODY, AUDIENCE_NUMBERS, Status, work_of

COLUMNS = (
    "activity_id", "place", "area", "audience", "work", "span", "may_begin", "may_end", "sure_begin", "sure_end",
    "visible_to",
)  # fmt: skip
_LOCK = 7_306_374  # one writer of presences at a time on PostgreSQL, so that their numbers come in order


def area_of(place: Place) -> str:
    """The code that a place is asked by: its municipality, or itself where it is larger than one."""
    chain = [code for code in place.path.split("/") if code]
    return chain[1 - place.level] if place.level > 2 else place.code  # Bosnian chains have a step more above it


def areas_of(codes: Iterable[str]) -> dict[str, str]:
    """Place code → area, for the places that exist."""
    return {place.code: area_of(place) for place in Place.objects.in_bulk(list(set(codes))).values()}


def counts(activity: Activity) -> bool:
    """Is it counted? Drafts and what was put in the bin are not, nor what was cancelled."""
    return activity.state == Activity.State.PUBLISHED and activity.status != Status.CANCELLED


def rows_of(activity: Activity, areas: Mapping[str, str], country: str) -> list[tuple[Any, ...]]:
    """The presences of an activity, in the order of COLUMNS."""
    days = dates.days_of(activity.begins, activity.ends)
    sure = days.sure or (None, None)
    span = (days.may_end - days.may_begin + 1).bit_length()
    if activity.whole_country:
        where = [("", country)]
    else:
        where = [(code, areas.get(code, code)) for code in activity.places] or [("", "")]
    whom = [AUDIENCE_NUMBERS[code] for code in activity.audiences] or [ANYBODY]
    work = work_of(activity.kinds, activity.themes)
    return [
        (activity.pk, place, area, audience, work, span, days.may_begin, days.may_end, *sure, activity.visible_to)
        for place, area in where
        for audience in whom
    ]


def write_presences(activities: Sequence[Activity], *, country: str, new: bool = False) -> None:
    """Write the presences of these activities anew. `new` says that they have none yet, which saves a look."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not new:
        take_out([activity.pk for activity in activities])
    counted = [activity for activity in activities if counts(activity)]
    areas = areas_of(code for activity in counted for code in activity.places)
    insert_rows(Presence, COLUMNS, (row for one in counted for row in rows_of(one, areas, country)))


def take_out(numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), 500):
        old = Presence.objects.filter(activity__in=numbers[start : start + 500])
        gone = list(old.order_by("id").values_list("id", flat=True))
        if gone:
            PresenceGone.objects.bulk_create([PresenceGone(presence=number) for number in gone])
            old.delete()
