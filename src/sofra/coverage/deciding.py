"""Which of many activities meet a plan, decided on their presences alone, as `rules.meet` decides on activities.

In a large municipality hundreds meet and fifty are told. Only those are read in full and asked for their reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sofra.activities.vocabulary import ANYBODY

from . import reading, rules
from .bodies import Bodies
from .reading import Row, Scope
from .rules import Span, Work

Array = npt.NDArray[Any]
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


@dataclass(frozen=True, slots=True)
class Present:
    """Who is at work, and on which days, as columns: rules.at_work and Work.counts_as of many presences."""

    who: Array
    first: Array
    last: Array

    def and_also(self, others: Sequence[tuple[int, Span]]) -> "Present":
        who, first, last = np.array([(who, *days) for who, days in others], np.int64).reshape(-1, 3).T
        return Present(*map(np.concatenate, ((self.who, who), (self.first, first), (self.last, last))))

    def most_at_once(self, *, most: int, within: Span) -> tuple[int, tuple[Span, ...]]:
        """As rules.most_at_once. What one does without a pause between counts as one stretch; on each day there are
        as many as stretches have begun and not ended."""
        first, last = np.maximum(self.first, within[0]), np.minimum(self.last, within[1])
        some = first <= last
        if not some.any():
            return 0, ()
        # Whoever is next begins after all days of the one before: one order is that of who, and of days for each.
        offset = np.unique(self.who[some], return_inverse=True)[1] * (within[1] - within[0] + 3)
        order = np.argsort(first[some] + offset)
        begins, ends = (first[some] + offset)[order], (last[some] + offset)[order] + 1
        reach, offset = np.maximum.accumulate(ends), offset[order]
        opens = np.flatnonzero(np.append(True, begins[1:] > reach[:-1]))
        closes = np.append(opens[1:], len(begins)) - 1
        days, at = np.unique(
            np.concatenate([begins[opens] - offset[opens], reach[closes] - offset[closes]]), return_inverse=True
        )
        there = np.cumsum(np.bincount(at, np.repeat((1, -1), len(opens)))).astype(np.int64)
        edges = np.flatnonzero(np.diff(there > most, prepend=False))
        spans = ((int(days[since]), int(days[until]) - 1) for since, until in zip(edges[::2], edges[1::2], strict=True))
        return int(there.max()), tuple(spans)


def at_work(rows: Sequence[Row], audience: int, *, surely: bool) -> Present:
    """Who is at work with an audience (its number), and on which days."""
    if surely:
        found = [
            (row.lead, row.sure_begin, row.sure_end)
            for row in rows
            if row.audience == audience and row.lead is not None and row.sure_begin is not None
        ]
    else:
        found = [(_counts_as(row), row.may_begin, row.may_end) for row in rows if row.audience in (ANYBODY, audience)]
    return Present(*np.array(found, np.int64).reshape(-1, 3).T)


def _counts_as(row: Row) -> int:
    if row.lead is not None:
        return row.lead
    return -2 * row.project if row.project is not None else -2 * row.activity - 1
