"""Who could be a partner in a plan: who works with the same people nearby, or completes the plan, and is free."""

import functools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sofra.activities.dates import LONG_AGO, days_of
from sofra.activities.vocabulary import AUDIENCE_CODES, AUDIENCE_NUMBERS
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import reading, rules
from .bodies import Bodies
from .reading import Named, Row
from .rules import Span, Work

PARTNERS, TRIED = 12, 20  # so many partners are told, of so many that were looked at
YEARS_BACK = 3  # what was done longer ago tells little about who could be a partner
WITHIN = 10  # partners are looked for in so many municipalities, the nearest; in the own one also with other people


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that could be a partner: it worked here or in a neighbouring place, with the same people or in
    work that completes the planned one, and is not known to be at work in that time.

    `audiences` and `kinds` are the codes that make it so, `places` where it worked, `example` one of its activities
    there. `perhaps_busy`: of some of its work the dates are not known well enough to say that it is free.
    """

    organisation: Organisation
    places: tuple[Place, ...]
    audiences: tuple[str, ...]
    kinds: tuple[str, ...]
    example: Named
    perhaps_busy: bool


def partners(bodies: Bodies, plan: Work, places: Mapping[str, Place]) -> tuple[Partner, ...]:
    """Organisations that worked in one of these municipalities (code → place, the own one first, then the nearest) in
    the last years with the same people, or completing the plan, and are not known to be at work in its time."""
    wanted = {AUDIENCE_NUMBERS[code] for code in plan.audiences or AUDIENCE_NUMBERS}
    fitting = _fitting(bodies, plan, list(places), wanted)
    nearest = {code: rank for rank, code in enumerate(places)}

    def rank(organisation: int) -> tuple[Any, ...]:
        rows = fitting[organisation]
        return (
            not any(row.audience in wanted for row in rows),
            min(nearest[row.area] for row in rows),
            -max(row.may_begin for row in rows),
            organisation,
        )

    ranked = sorted(fitting, key=rank)[:TRIED]
    busy = at_work(bodies.level, ranked, (plan.days.may_begin, plan.days.may_end))
    free = sorted((one for one in ranked if busy.get(one) is not True), key=lambda one: one in busy)
    whose = reading.organisations(free, bodies.level)
    shown = [number for number in free if number in whose and whose[number].ended_in_id is None][:PARTNERS]
    last = {number: max(fitting[number], key=lambda row: (row.may_begin, row.activity)) for number in shown}
    named = reading.named(row.activity for row in last.values())
    return tuple(
        _partner(whose[number], fitting[number], plan, wanted, places, named[last[number].activity], number in busy)
        for number in shown
    )


def _fitting(bodies: Bodies, plan: Work, codes: Sequence[str], wanted: Collection[int]) -> dict[int, list[Row]]:
    """Organisation → the presences that make it fit."""
    begun = max(plan.days.may_begin - YEARS_BACK * 366, LONG_AGO), plan.days.may_end
    rows, _since = reading.newest(bodies, codes[:WITHIN], sorted(wanted), begun, each=2, most=100)
    if plan.work:
        others = [number for number in reading.EVERYBODY if number not in wanted]
        rows += reading.newest(bodies, codes[:1], others, begun, each=1, most=40)[0]
    found: dict[int, list[Row]] = {}
    for row in reading.shown(bodies, rows):
        fits = row.audience in wanted or rules.completes(row.work, plan.work)
        if fits and row.owner is not None and row.owner != plan.lead:
            found.setdefault(row.owner, []).append(row)
    return found


def _partner(
    organisation: Organisation, rows: Sequence[Row], plan: Work, wanted: Collection[int], places: Mapping[str, Place],
    example: Named, perhaps_busy: bool,
) -> Partner:  # fmt: skip
    completing = [row.work for row in rows if rules.completes(row.work, plan.work)]
    areas = {row.area for row in rows}
    return Partner(
        organisation=organisation,
        places=tuple(place for code, place in places.items() if code in areas),
        audiences=tuple(sorted({AUDIENCE_CODES[row.audience] for row in rows if row.audience in wanted})),
        kinds=rules.coded(functools.reduce(operator.or_, completing, 0)),
        example=example,
        perhaps_busy=perhaps_busy,
    )


# — who is at work —————————————————————————————————————————————————————————————————————————————————————————

# Dates are compared as they are kept: a text that begins another one sorts before it. The exact ones are looked at
# first, the newest before all, because most organisations that work much are found to be at work by the first few.
_COUNTS = "a.state = 'published' AND a.status <> 'cancelled' AND a.visible_to <= %s AND a.begins <= %s"
_SURELY = (
    "SELECT v.id FROM v WHERE EXISTS (SELECT 1 FROM activities_activity a WHERE a.owner_id = v.id"  # noqa: S608
    f" AND {_COUNTS} AND a.ends >= %s AND LENGTH(a.begins) = 10 AND LENGTH(a.ends) = 10)"
)
# PostgreSQL collects all that an organisation did before it looks at the first: it is given the newest few by hand.
_SURELY_AMONG_NEWEST = (
    "SELECT DISTINCT v.id FROM v CROSS JOIN LATERAL (SELECT * FROM activities_activity a WHERE a.owner_id = v.id"
    " AND a.state = 'published' AND a.begins <= %s ORDER BY a.begins DESC, a.id DESC LIMIT 10) a"
    " WHERE a.status <> 'cancelled' AND a.visible_to <= %s AND a.ends >= %s"
    " AND LENGTH(a.begins) = 10 AND LENGTH(a.ends) = 10"
)
_LEADS = (
    "SELECT v.id, a.begins, a.ends FROM v JOIN activities_activity a ON a.owner_id = v.id"  # noqa: S608
    f" WHERE {_COUNTS} AND (a.ends = '' OR a.ends >= %s)"
)
_TAKES_PART = (
    "SELECT v.id, a.begins, a.ends FROM v JOIN activities_activityparty y ON y.organisation_id = v.id"  # noqa: S608
    f" JOIN activities_activity a ON a.id = y.activity_id WHERE y.part = 'partner' AND {_COUNTS}"
    " AND (a.ends = '' OR a.ends >= %s)"
)


def at_work(level: int, organisations: Collection[int], period: Span) -> dict[int, bool]:
    """Organisation → whether it is surely at work in that time, or (False) may be. Those that are not are left out."""
    if not organisations:
        return {}
    same = f"id IN ({reading.listed(organisations)}) OR joined_to_id IN ({reading.listed(organisations)})"
    found = reading.run(f"SELECT id, COALESCE(joined_to_id, id) FROM organisations_organisation WHERE {same}")  # noqa: S608
    stands: dict[int, int] = dict(found)
    first, last = (date.fromordinal(day).isoformat() for day in period)
    busy: dict[int, bool] = {}
    if connection.vendor == "postgresql":
        busy = {stands[number]: True for (number,) in _of_each(stands, _SURELY_AMONG_NEWEST, last, level, first)}
    rest = [number for number, head in stands.items() if head not in busy]
    busy |= {stands[number]: True for (number,) in _of_each(rest, _SURELY, level, last, first)}
    rest = [number for number, head in stands.items() if head not in busy]
    for statement in (_LEADS, _TAKES_PART):
        for number, begins, ends in _of_each(rest, statement, level, last, first[:4]):
            days = days_of(begins, ends)
            if days.may_begin <= period[1] and days.may_end >= period[0]:
                surely = days.sure is not None and days.sure[0] <= period[1] and days.sure[1] >= period[0]
                busy[stands[number]] = busy.get(stands[number], False) or surely
    return busy


def _of_each(organisations: Collection[int], statement: str, *values: Any) -> list[Any]:
    if not organisations:
        return []
    listed = ", ".join(f"({int(number)})" for number in organisations)
    return reading.run(f"WITH v(id) AS (VALUES {listed}) {statement}", values)
