"""Columns and lists of numbers that grow at their end; what was given out before stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Column:
    """A column of numbers. `now` is a view of what it holds, which later growth does not touch."""

    __slots__ = ("_room", "_size", "_waiting")

    def __init__(self, kind: Any) -> None:
        self._room: Array = np.empty(64, kind)
        self._size = 0
        self._waiting: list[Any] = []  # what came one by one, written when it is asked for

    def __len__(self) -> int:
        return self._size + len(self._waiting)

    def append(self, value: Any) -> None:
        self._waiting.append(value)

    def extend(self, values: Any) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self.extend(waiting)
        stop = self._size + len(values)
        if stop > len(self._room):
            room = np.empty(stop + stop // 8, self._room.dtype)
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._room[self._size : stop] = values
        self._size = stop

    @property
    def now(self) -> Array:
        if self._waiting:
            self.extend(())
        return self._room[: self._size]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of numbers by their place: list `n` is `values[starts[n] : starts[n] + counts[n]]`."""

    values: Array
    starts: Array
    counts: Array
    single: bool  # each has exactly one

    def expand(self, which: Array) -> tuple[Array | None, Array]:
        """(positions, values): the lists of `which`, and to which position of it a value belongs, in no order.

        No positions (None) where each list has one value, so that they would be 0, 1, 2 ….
        """
        starts = self.starts[which]
        if self.single:
            return None, self.values[starts]
        counts = self.counts[which]
        some = np.flatnonzero(counts)
        firsts = self.values[starts if len(some) == len(which) else starts[some]]
        more = np.flatnonzero(counts > 1)  # most have one value only: the others' further values are added
        counts, starts = counts[more] - 1, starts[more] + 1
        ends = np.cumsum(counts)
        at = np.repeat(starts - ends + counts, counts)
        at += np.arange(len(at))
        positions = np.concatenate([some, np.repeat(more, counts)])
        return positions, np.concatenate([firsts, self.values[at]])

    def of(self, number: int) -> Array:
        start = self.starts[number]
        return self.values[start : start + self.counts[number]]


class Lists:
    """Lists of numbers that grow by whole lists."""

    def __init__(self, kind: Any = np.int64) -> None:
        self._values, self._starts, self._counts = Column(kind), Column(np.int64), Column(np.int32)
        self._single = True

    def add(self, numbers: Sequence[int]) -> None:
        self._starts.append(len(self._values))
        self._counts.append(len(numbers))
        for number in numbers:
            self._values.append(number)
        self._single = self._single and len(numbers) == 1

    @property
    def now(self) -> Ragged:
        return Ragged(self._values.now, self._starts.now, self._counts.now, self._single)


def pick(positions: Array | None, values: Array) -> Array:
    """The values at the positions of an expansion."""
    return values if positions is None else values[positions]
