"""Which activities may overlap, from their presences as arrays: pairs worth a look, found without looking at all pairs.

A presence of 2**n days or less began at most so many days before a time that it reaches into. So those that share a
time lie in a few stretches of an index sorted by (area, audience, length, beginning). Where the area or the audience
is not known, anything may meet: those are looked up in indexes that leave it out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sofra.activities.dates import Days
from sofra.activities.vocabulary import ANYBODY, AUDIENCE_CODES

from .rules import Work

Numbers = NDArray[np.int64]
AUDIENCES, LENGTHS, DAYS = 32, 32, 1 << 23  # more than there are of each, to write several as one number
MOST = 4_000_000  # so many rows are compared at once; what is more is done in portions
BLOCK = 4096  # activities


@dataclass(slots=True)
class Held:
    """Presences of a number of activities, sorted by activity; row `starts[n]` is the first of the nth activity.

    `area` and `place` are positions in `places`, the paths by which they are known; 0 is "not known".
    """

    numbers: Numbers
    starts: Numbers
    place: Numbers
    area: Numbers
    audience: Numbers
    work: Numbers
    span: Numbers
    may_begin: Numbers
    may_end: Numbers
    sure_begin: Numbers  # 0: no day is sure
    sure_end: Numbers
    project: Numbers  # 0: none
    places: list[str]
    organisations: Mapping[int, Iterable[int]]

    def work_of(self, at: int) -> Work:
        """The nth activity as the rules see it. Who leads its project is not known here: no overlap asks for it."""
        first, last = int(self.starts[at]), int(self.starts[at + 1])
        number, project = int(self.numbers[at]), int(self.project[first])
        sure = (int(self.sure_begin[first]), int(self.sure_end[first])) if self.sure_begin[first] else None
        return Work(
            number=number,
            organisations=frozenset(self.organisations.get(number, ())),
            project=project or None,
            lead=None,
            places=tuple(self.places[one] for one in sorted(set(self.place[first:last].tolist()) - {0})),
            whole_country=False,
            days=Days(int(self.may_begin[first]), int(self.may_end[first]), sure),
            audiences=frozenset(
                AUDIENCE_CODES[one] for one in set(self.audience[first:last].tolist()) if one != ANYBODY
            ),
            work=int(self.work[first]),
        )

    def rows(self, first: int, last: int) -> Numbers:
        return np.arange(self.starts[first], self.starts[last], dtype=np.int64)


class _Index:
    """Rows sorted by bucket, length and beginning."""

    def __init__(self, held: Held, bucket: Numbers) -> None:
        groups = bucket * LENGTHS + held.span
        keys = groups * DAYS + held.may_begin
        self.order: Numbers = np.argsort(keys, kind="stable")
        self.keys: Numbers = keys[self.order]
        self.groups: dict[int, list[int]] = {}
        for group in np.unique(groups).tolist():
            self.groups.setdefault(group // LENGTHS, []).append(group)

    def within(self, groups: Numbers, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
        """From where to where in `order` those stand that began early enough, and late enough to last until then."""
        since = np.maximum(begins - (1 << (groups % LENGTHS)) + 2, 0)
        first = np.searchsorted(self.keys, groups * DAYS + since, side="left")
        return first, np.searchsorted(self.keys, groups * DAYS + ends, side="right")


class Pairs:
    """The pairs of held activities that share or may share time, audience, kind or theme, and area."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.activity: Numbers = np.repeat(np.arange(len(held.numbers)), np.diff(held.starts))
        self.by_both = _Index(held, held.area * AUDIENCES + held.audience)
        self.by_audience = _Index(held, held.audience)
        self.by_area = _Index(held, held.area)
        self.by_time = _Index(held, np.zeros_like(held.area))
        self.meeting = self._meeting_areas()
        self.combination: Numbers = held.area * AUDIENCES + held.audience
        self.looked_up = {one: self._lookups(one) for one in np.unique(self.combination).tolist()}

    def _meeting_areas(self) -> dict[int, list[int]]:
        """Area → the areas that it is, holds or lies in, and the unknown one."""
        present = np.unique(self.held.area).tolist()
        paths = self.held.places
        return {
            one: [
                other
                for other in present
                if not one or not other or paths[one].startswith(paths[other]) or paths[other].startswith(paths[one])
            ]
            for one in present
        }

    def _lookups(self, combination: int) -> tuple[_Index, Numbers]:
        """The index that a row of this area and audience is looked up in, and in which of its groups."""
        area, audience = divmod(combination, AUDIENCES)
        audiences = (ANYBODY, audience)
        if not area and audience == ANYBODY:
            index, buckets = self.by_time, [0]
        elif not area:
            index, buckets = self.by_audience, list(audiences)
        elif audience == ANYBODY:
            index, buckets = self.by_area, self.meeting[area]
        else:
            index = self.by_both
            buckets = [other * AUDIENCES + one for other in self.meeting[area] for one in audiences]
        groups = [group for bucket in dict.fromkeys(buckets) for group in index.groups.get(bucket, ())]
        return index, np.array(groups, dtype=np.int64)

    def candidates(self, drivers: NDArray[np.bool_]) -> Iterator[tuple[int, list[int]]]:
        """Each driver (position of an activity) with those that it may overlap with: every one that is no driver, and
        of the drivers those behind it. So each pair comes once, in the order of the drivers."""
        for first in range(0, len(drivers), BLOCK):
            yield from self._portion(first, min(first + BLOCK, len(drivers)), drivers)

    def _portion(self, first: int, last: int, drivers: NDArray[np.bool_]) -> Iterator[tuple[int, list[int]]]:
        rows = self.held.rows(first, last)
        rows = rows[drivers[self.activity[rows]]]
        stretches = list(self._stretches(rows))
        if last - first > 1 and sum(int((ends - begins).sum()) for _i, _r, begins, ends in stretches) > MOST:
            middle = (first + last) // 2
            del stretches
            yield from self._portion(first, middle, drivers)
            yield from self._portion(middle, last, drivers)
            return
        found = [self._compared(*stretch, drivers) for stretch in stretches]
        pairs = np.unique(np.concatenate(found)) if found else rows[:0]
        if not len(pairs):
            return
        count = len(self.held.numbers)
        mine, theirs = pairs // count, pairs % count
        at, begins = np.unique(mine, return_index=True)
        for one, others in zip(at.tolist(), np.split(theirs, begins[1:]), strict=True):
            yield one, others.tolist()

    def _stretches(self, rows: Numbers) -> Iterator[tuple[_Index, Numbers, Numbers, Numbers]]:
        """For rows of one area and audience each: (index, rows, where a stretch of the index begins, and ends)."""
        if not len(rows):
            return
        combinations = self.combination[rows]
        order = np.argsort(combinations, kind="stable")
        kinds, begins = np.unique(combinations[order], return_index=True)
        for kind, mine in zip(kinds.tolist(), np.split(rows[order], begins[1:]), strict=True):
            index, groups = self.looked_up[kind]
            mine, wanted = np.repeat(mine, len(groups)), np.tile(groups, len(mine))
            first, last = index.within(wanted, self.held.may_begin[mine], self.held.may_end[mine])
            some = last > first
            if some.any():
                yield index, mine[some], first[some], last[some]

    def _compared(
        self, index: _Index, rows: Numbers, first: Numbers, last: Numbers, drivers: NDArray[np.bool_]
    ) -> Numbers:
        """The pairs of these stretches, each written as one number, as far as time and work let them meet."""
        lengths = last - first
        mine = np.repeat(rows, lengths)
        ends = np.cumsum(lengths)
        offsets = np.arange(int(ends[-1])) - np.repeat(ends - lengths, lengths)
        theirs = index.order[np.repeat(first, lengths) + offsets]
        one, other, held = self.activity[mine], self.activity[theirs], self.held
        work, their_work = held.work[mine], held.work[theirs]
        keep = (held.may_end[theirs] >= held.may_begin[mine]) & (one != other) & (~drivers[other] | (other > one))
        keep &= (work == 0) | (their_work == 0) | ((work & their_work) != 0)
        pairs: Numbers = one[keep] * len(held.numbers) + other[keep]
        return np.unique(pairs)


def column(values: Iterable[Any]) -> Numbers:
    return np.array(list(values), dtype=np.int64)
