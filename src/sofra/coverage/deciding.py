"""Which of many activities meet a plan, decided on their presences alone, as `rules.meet` decides on activities.

In a large municipality hundreds meet and fifty are told. Only those are read in full and asked for their reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sofra.activities.vocabulary import ANYBODY

from . import reading, rules
from .bodies import Bodies
from .reading import Row, Scope
from .rules import Span, Work

Rows = Mapping[int, Sequence[Row]]  # the presences of each activity


@dataclass(frozen=True, slots=True)
class Met:
    """An activity that meets a plan. `unknown` is of how many sides it is not known whether they do; of background,
    of sides other than the place."""

    number: int
    unknown: int
    begins: int  # the first day that it may have begun on
    background: bool = False

    @property
    def sure(self) -> bool:
        return not self.unknown


def met(plan: Work, rows: Rows, scope: Scope, bodies: Bodies, *, whenever: bool = False) -> list[Met]:
    """Those that surely or possibly meet the plan. The presences were asked by its audiences and its time.

    `whenever` does not ask for time and work, and does not count them as unknown.
    """
    asker = next(iter(plan.organisations))
    nameless = _nameless(rows, bodies)
    joining = _taking_part(asker, rows)
    found = []
    for number, some in rows.items():
        one = some[0]
        if one.owner == asker or number in joining or (not whenever and rules.completes(one.work, plan.work)):
            continue
        place, background = _place(plan, some, scope)
        if place is None or (plan.whole_country and not background):
            continue
        unknown = place + (number in nameless) + (not plan.audiences or one.audience == ANYBODY)
        if not whenever:
            unknown += (not plan.work or not one.work) + (not _surely_then(plan, one))
        found.append(Met(number, unknown, one.may_begin, background))
    return found


def _place(plan: Work, rows: Sequence[Row], scope: Scope) -> tuple[int | None, bool]:
    """1 where the place is not known, 0 where it meets, None where it does not; and whether it is background."""
    places = [row.place for row in rows if row.place and row.area != scope.country]
    if not places and any(row.area == scope.country for row in rows):
        return 0, True
    if not places or not plan.places:
        return 1, False
    return (0 if any(scope.meets(place) for place in places) else None), False


def _surely_then(plan: Work, row: Row) -> bool:
    days = plan.days.sure
    if days is None or row.sure_begin is None or row.sure_end is None:
        return False
    return max(days[0], row.sure_begin) <= min(days[1], row.sure_end)


def _nameless(rows: Rows, bodies: Bodies) -> set[int]:
    """Those of which no organisation is known, neither a lead nor a partner."""
    leaderless = [number for number, some in rows.items() if some[0].owner is None]
    return set(leaderless).difference(reading.parties_of(leaderless, bodies))


def _taking_part(asker: int, rows: Rows) -> set[int]:
    """Those in which who plans takes part."""
    if not asker or not rows:
        return set()
    found = reading.run(
        "SELECT y.activity_id FROM organisations_organisation o"  # noqa: S608
        " JOIN activities_activityparty y ON y.organisation_id = o.id"
        f" WHERE (o.id = {int(asker)} OR o.joined_to_id = {int(asker)}) AND y.activity_id IN ({reading.listed(rows)})"
    )
    return {row[0] for row in found}


# — crowding ———————————————————————————————————————————————————————————————————————————————————————————————


def at_work(rows: Sequence[Row], audience: int, *, surely: bool) -> Iterator[tuple[int, Span]]:
    """Who is at work with an audience (its number), and on which days, as rules.at_work and Work.counts_as say."""
    for row in rows:
        if surely:
            if row.audience == audience and row.lead is not None and row.sure_begin is not None:
                assert row.sure_end is not None
                yield row.lead, (row.sure_begin, row.sure_end)
        elif row.audience in (ANYBODY, audience):
            yield _counts_as(row), (row.may_begin, row.may_end)


def _counts_as(row: Row) -> int:
    if row.lead is not None:
        return row.lead
    return -2 * row.project if row.project is not None else -2 * row.activity - 1
