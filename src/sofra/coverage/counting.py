"""The table of the whole country: overlaps, crowds and presence by place, audience and quarter, counted, not listed.

It is counted anew from what is held in the process (holding.py) whenever that has changed, a quarter at a time, so
that memory grows neither with the number of overlaps nor with the length of the period.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sofra.activities.dates import FAR_OFF, LONG_AGO

from .columns import pick
from .enumerating import pairs_with
from .holding import Holding, holding
from .rules import Span
from .sets import AUDIENCES
from .sweeping import Keys, Quarter, Sorted, different, most_at_once, sort

Array = npt.NDArray[Any]
THREADS = 2


@dataclass(frozen=True)
class Table:
    """A row for each place, audience and quarter where somebody is, or may be, at work. Columns of equal length.

    `place` is a number of `places` (municipalities, and larger places for what is said of them only), `audience` one
    of vocabulary.AUDIENCE_CODES or 0 (not known: only what may be there), `quarter` one of `quarters`.

    `pairs`: how many pairs surely overlap on a day of the quarter; they stand at the smaller of two places, and with
    each audience that they share. `crowd`: the largest number of organisations surely at work on one day, by lead;
    `crowd_perhaps`: the same with all who may be. `activities`: so many are surely at work; `perhaps`: so many more
    may be, of whom the day or the audience is not known well enough. `organisations`: of the sure ones.
    """

    places: Sequence[str]
    quarters: Sequence[Quarter]
    place: Array
    audience: Array
    quarter: Array
    pairs: Array
    crowd: Array
    crowd_perhaps: Array
    activities: Array
    perhaps: Array
    organisations: Array


COLUMNS = ("pairs", "crowd", "crowd_perhaps", "activities", "perhaps", "organisations")


def quarters_of(first: int, last: int) -> list[Quarter]:
    """The quarters that a period touches, each cut to it."""
    found: list[Quarter] = []
    while first <= last:
        day = date.fromordinal(first)
        number = (day.month + 2) // 3
        following = date(day.year + number // 4, number * 3 % 12 + 1, 1).toordinal()
        found.append(Quarter(day.year, number, first, min(last, following - 1)))
        first = following
    return found


def table(level: int, within: Span) -> Table:
    """The table of a period, for a viewer of this level. Outside of what is recorded it has no rows."""
    return _kept(holding().as_told(level), level, within)


@lru_cache(maxsize=4)
def _kept(held: Holding, level: int, within: Span) -> Table:
    return count(held, level, within)


def count(held: Holding, level: int, within: Span) -> Table:
    """The table, counted: each quarter anew of which an activity has come or gone."""
    quarters = quarters_of(*_bounds(held, within))
    found = {quarter: held.kept.get((quarter, level), quarter.span, held) for quarter in quarters}
    missing = [quarter for quarter in quarters if found[quarter] is None]
    if missing:
        found |= zip(
            missing, _each_quarter(held, missing, partial(_count_quarter, held, held.seen_by(level))), strict=True
        )
        for quarter in missing:
            held.kept.put((quarter, level), found[quarter], held)
    parts = [found[quarter] for quarter in quarters]
    where = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
    columns = np.concatenate([np.zeros((len(COLUMNS), 0), np.int64), *(part[1] for part in parts)], axis=1)
    which = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return Table(
        held.sets.tree.cells, quarters, where // AUDIENCES, where % AUDIENCES, which,
        **dict(zip(COLUMNS, columns, strict=True)),
    )  # fmt: skip


def _each_quarter(held: Holding, quarters: Sequence[Quarter], work: Callable[..., Any]) -> list[Any]:
    """What `work` finds of each quarter, given the rows that are surely at work in it, and those that may be."""
    if any(held.kept.get(quarter, quarter.span, held) is None for quarter in quarters):
        _keys(held)  # once, before two threads ask for it
    surely = _by_quarter(held.alive, held.sure_begin, held.sure_end, quarters)
    maybe = _by_quarter(held.alive, held.may_begin, held.may_end, quarters)
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda given: work(*given), zip(quarters, surely, maybe, strict=True)))


@lru_cache(maxsize=1)
def _keys(held: Holding) -> Keys:
    return Keys.of(held)


def _bounds(held: Holding, within: Span) -> Span:
    """The period, cut to the days that are named at all: an open end goes on for ever, but says nothing."""
    if not len(held.first):
        return 1, 0
    named = [held.may_begin[held.may_begin > LONG_AGO], held.may_end[held.may_end < FAR_OFF]]
    days = [one for some in named if len(some) for one in (int(some.min()), int(some.max()))]
    if not days:
        return (1, 0) if within == (LONG_AGO, FAR_OFF) else within
    first = max(within[0], min(days)) if within[0] == LONG_AGO else within[0]
    last = min(within[1], max(days)) if within[1] == FAR_OFF else within[1]
    return first, last


def _by_quarter(alive: Array, begins: Array, ends: Array, quarters: Sequence[Quarter]) -> Iterator[Array]:
    """For each quarter the rows that go on in it. Those that began in it stand together after one sort."""
    firsts = np.array([quarter.first for quarter in quarters])
    rows = np.flatnonzero(alive & (ends >= begins) & (ends >= firsts[0]) & (begins <= quarters[-1].last))
    began = (np.searchsorted(firsts, begins[rows], "right") - 1).clip(0).astype(np.int16)
    rows = rows[np.argsort(began, kind="stable")]
    cuts = np.cumsum(np.bincount(began, minlength=len(quarters)))
    going_on = rows[:0]
    for quarter, start, stop in zip(quarters, [0, *cuts[:-1]], cuts, strict=True):
        going_on = np.concatenate([going_on, rows[start:stop]])
        going_on = going_on[ends[going_on] >= quarter.first]
        yield going_on[begins[going_on] <= quarter.last]


def _count_quarter(held: Holding, seen: Array, quarter: Quarter, surely: Array, maybe: Array) -> tuple[Array, Array]:
    """(cell and audience, columns) of all that is not empty."""
    size = len(held.sets.tree.cells) * AUDIENCES
    pairs = _pairs(held, seen, quarter, _sorted(held, quarter, surely))
    surely, maybe = surely[seen[surely]], maybe[seen[maybe]]
    first, last = quarter.days(held.sure_begin[surely], held.sure_end[surely])
    index, where = held.known.own.expand(held.where[surely])
    rows = pick(index, surely)
    activities = np.bincount(where, minlength=size)
    lead = held.teams.lead[held.team[rows]]
    led = np.flatnonzero(lead > 0)
    crowd = most_at_once(where[led], lead[led], pick(index, first)[led], pick(index, last)[led], size)
    more, who = held.teams.who.expand(held.team[rows])
    organisations = different(pick(more, where), who, size)
    first, last = quarter.days(held.may_begin[maybe], held.may_end[maybe])
    index, where = held.known.perhaps.expand(held.where[maybe])
    perhaps = np.bincount(where, minlength=size) - activities
    crowd_perhaps = most_at_once(
        where, _counts_as(held, pick(index, maybe)), pick(index, first), pick(index, last), size
    )
    columns = np.stack([pairs, crowd, crowd_perhaps, activities, perhaps, organisations])
    filled = np.flatnonzero(columns.any(axis=0))
    return filled, columns[:, filled]


def _counts_as(held: Holding, rows: Array) -> Array:
    """Who it is in a crowd (rules.Work.counts_as), as a number from 0: where no lead is known, each project is
    somebody of its own, and each activity without one."""
    lead = held.teams.lead[held.team[rows]]
    known = int(held.teams.lead.max(initial=0)) + 1
    projects = int(-held.teams.lead.min(initial=0)) + 1
    return np.where(lead > 0, lead, np.where(lead < 0, known - lead, known + projects + rows))


def overlaps(held: Holding, level: int, within: Span) -> Array:
    """How many pairs surely overlap, by quarter of the period and by cell * AUDIENCES + audience."""
    quarters, seen = quarters_of(*_bounds(held, within)), held.seen_by(level)
    missing = [quarter for quarter in quarters if held.kept.get(quarter, quarter.span, held) is None]
    if missing:
        _each_quarter(held, missing, lambda quarter, surely, _maybe: _sorted(held, quarter, surely))
    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(lambda quarter: _pairs(held, seen, quarter, _sorted(held, quarter, None)), quarters))
    return np.array(found).reshape(len(quarters), -1)


def _sorted(held: Holding, quarter: Quarter, surely: Array | None) -> Sorted:
    """The kept order of beginnings and ends in the quarter; `surely` are the rows to make it of where there is none."""
    kept: Sorted | None = held.kept.get(quarter, quarter.span, held)
    if kept is None:
        if surely is None:
            (surely,) = _by_quarter(held.alive, held.sure_begin, held.sure_end, [quarter])
        rows = surely[held.teams.known[held.team[surely]]]
        large = _large(held, rows)
        some = rows[~large]
        kept = sort(held, _keys(held), some, *quarter.days(held.sure_begin[some], held.sure_end[some]))
        if large.any():
            kept = replace(kept, others=rows, large=large)
        held.kept.put(quarter, kept, held)
    return kept


def _pairs(held: Holding, seen: Array, quarter: Quarter, kept: Sorted) -> Array:
    """How many pairs surely overlap in the quarter, by cell * AUDIENCES + audience."""
    found = kept.pairs(held, seen)
    if kept.others is not None and kept.large is not None:
        rows, large = kept.others[seen[kept.others]], kept.large[seen[kept.others]]
        found = found + pairs_with(held, rows, *quarter.days(held.sure_begin[rows], held.sure_end[rows]), large)
    return found


def _large(held: Holding, rows: Array) -> Array:
    """Which of them have so many words, organisations or parts of a place that their subsets are too many."""
    known, teams, where, work, team = held.known, held.teams, held.where[rows], held.work[rows], held.team[rows]
    return known.large_where[where] | known.large_work[work] | teams.large[team]
