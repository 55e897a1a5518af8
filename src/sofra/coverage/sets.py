"""Sets that many activities have in common (places, audiences, words of work, organisations), each once, with a number.

What follows from a set is worked out when it is first met and kept as lists of numbers, so that a million activities
are counted without looking at one by itself. How pairs are counted from these lists is told in counting.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from sofra.activities.presence import area_of
from sofra.activities.vocabulary import AUDIENCE_CODES
from sofra.places.models import Place

from .columns import Column, Lists, Ragged

Array = npt.NDArray[Any]
AUDIENCES = 32  # room for audiences: a cell and an audience are one number, cell * AUDIENCES + audience
EVERY_AUDIENCE = (0, *AUDIENCE_CODES)  # 0 stands for those of whom it is not known
TOKEN_BITS = 20
# Sets larger than these have too many subsets; their activities are compared one by one (counting.py).
MOST_WORDS, MOST_KEYS, MOST_PLACES = 6, 6, 4


class Tree:
    """Places as numbers. A cell is a municipality, or a larger place by itself; `above` is the next larger cell."""

    def __init__(self, places: Iterable[Place]) -> None:
        found = sorted(places, key=lambda place: (place.level, place.sort_key, place.code))
        self.number = {place.code: number for number, place in enumerate(found)}
        self.cells = [place.code for place in found if area_of(place) == place.code]
        self.cell = {code: number for number, code in enumerate(self.cells)}
        chains = [[code for code in place.path.split("/") if code in self.number] for place in found]
        self.chain = [frozenset(self.number[code] for code in chain) for chain in chains]
        self.area = [self.cell[area_of(place)] for place in found]
        self.is_cell = [place.code in self.cell for place in found]
        self.above = np.full(len(self.cells), -1)
        self.cells_in: list[list[int]] = [[] for _ in found]  # the place's own, and those that lie in it
        self.cells_over: list[list[int]] = [
            [self.cell[code] for code in chain if code in self.cell] for chain in chains
        ]
        self.inside: list[list[int]] = [[] for _ in found]  # the place, and places that lie in it
        for number, chain in enumerate(chains):
            for code in chain:
                self.inside[self.number[code]].append(number)
                if self.is_cell[number]:
                    self.cells_in[self.number[code]].append(self.area[number])
            if self.is_cell[number] and len(self.cells_over[number]) > 1:
                self.above[self.area[number]] = self.cells_over[number][-2]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a set of places means, in cells. `own`: where it is at work. `meets`: where it meets who else does.
    `parts`: where it is at work in a part of the cell only: in which places. `over`: the cells that hold any of it."""

    own: tuple[int, ...]
    meets: tuple[int, ...]
    parts: dict[int, frozenset[int]]
    over: tuple[int, ...]


def read(tree: Tree, places: Sequence[int]) -> Reading:
    """A place that lies in another one of the set adds nothing to where it meets others: it is met in all of that."""
    tops = [one for one in places if not any(other != one and other in tree.chain[one] for other in places)]
    parts: dict[int, set[int]] = {}
    meets: set[int] = set()
    for top in tops:
        if tree.is_cell[top]:
            meets.update(tree.cells_in[top])
        else:
            meets.add(tree.area[top])
            parts.setdefault(tree.area[top], set()).update(tree.inside[top])
    return Reading(
        own=tuple(sorted({tree.area[one] for one in places})),
        meets=tuple(sorted(meets)),
        parts={cell: frozenset(atoms) for cell, atoms in parts.items()},
        over=tuple(sorted({cell for one in places for cell in tree.cells_over[one]})),
    )


def subsets(members: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every subset but the empty one."""
    for size in range(1, len(members) + 1):
        yield from combinations(members, size)


def bits(mask: int) -> list[int]:
    return [number for number in range(mask.bit_length()) if mask >> number & 1]


class _Numbers(dict[Any, int]):
    """A number for each thing, in the order in which they are first met, from `start`."""

    def __init__(self, start: int = 0) -> None:
        super().__init__()
        self.start = start

    def __missing__(self, thing: Any) -> int:
        self[thing] = number = self.start + len(self)
        return number


@dataclass(frozen=True, slots=True)
class Known:
    """The lists as they are now: by the number of a place set with audiences (where), or of words of work (work).

    `own`: cell and audience where it is surely at work. `perhaps`: the same, with every audience where none is known.
    `meets`: where pairs are counted (sweeping.py). `over`: all cells that hold it. `audiences`: their numbers, 0 where
    not known. `subsets`: subsets of words, with their sign. `words`: numbers of the bits. Where a set is too large for
    their subsets, `large_where` and `large_work` say so.
    """

    own: Ragged
    perhaps: Ragged
    meets: Ragged
    over: Ragged
    audiences: Ragged
    subsets: Ragged
    words: Ragged
    masks: Array
    large_where: Array
    large_work: Array


@dataclass
class Sets:
    """The sets that were met so far. Only the holding's writer adds to them."""

    tree: Tree
    places: _Numbers = field(default_factory=_Numbers)
    wheres: _Numbers = field(default_factory=_Numbers)
    works: _Numbers = field(default_factory=_Numbers)
    teams: _Numbers = field(default_factory=_Numbers)
    highest: tuple[int, int] = (0, 0)  # numbers of an organisation and of a project in the teams
    _readings: list[Reading] = field(default_factory=list)
    _place_set: list[int] = field(default_factory=list)
    _tokens: _Numbers = field(default_factory=lambda: _Numbers(1))
    _subsets: _Numbers = field(default_factory=_Numbers)

    def __post_init__(self) -> None:
        self._own, self._perhaps, self._over = Lists(), Lists(), Lists()
        self._meets = Lists()
        self._audiences, self._work_subsets, self._words = Lists(np.int16), Lists(), Lists(np.int16)
        self._masks = Column(np.int64)
        self._large_where, self._large_work = Column(bool), Column(bool)

    @property
    def whole(self) -> int:
        """Stands for a cell where the activity is in the whole country."""
        return len(self.tree.cells)

    @property
    def nowhere(self) -> int:
        """Stands for a cell where the place is not known."""
        return len(self.tree.cells) + 1

    def where(self, places: tuple[str, ...], audiences: int) -> int:
        """The number of a set of places (codes; "*" the whole country, "" not known) with a mask of audiences."""
        key = (self.places[places], audiences)
        if key not in self.wheres:
            if key[0] == len(self._readings):
                known = [self.tree.number[code] for code in places if code in self.tree.number]
                over = (self.whole if places == ("*",) else self.nowhere,)
                self._readings.append(read(self.tree, known) if known else Reading((), (), {}, over))
            self._add_where(key[0], bits(audiences))
        return self.wheres[key]

    def _add_where(self, place_set: int, audiences: list[int]) -> None:
        reading = self._readings[place_set]
        self._place_set.append(place_set)
        known = [number for number in audiences if number]
        perhaps = known or EVERY_AUDIENCE
        large = any(len(atoms) > MOST_PLACES for atoms in reading.parts.values())
        self._own.add([cell * AUDIENCES + number for cell in reading.own for number in known])
        self._perhaps.add([cell * AUDIENCES + number for cell in reading.own for number in perhaps])
        self._meets.add([one for number in known for one in self._meetings(reading, number, large)])
        self._over.add(reading.over)
        self._audiences.add(audiences)
        self._large_where.append(large)

    def _meetings(self, reading: Reading, audience: int, large: bool) -> Iterator[int]:
        for cell in reading.meets:
            both = (cell * AUDIENCES + audience) * 2
            yield both << TOKEN_BITS + 1
            if cell in reading.parts:
                both = (both + 1) << TOKEN_BITS + 1
                yield both | 1
                if not large:
                    for some in subsets(sorted(reading.parts[cell])):
                        yield both | self._tokens[some] << 1 | (len(some) + 1) % 2

    def parts_of(self, where: int) -> dict[int, frozenset[int]]:
        return self._readings[self._place_set[where]].parts

    def work(self, mask: int) -> int:
        """The number of a set of kinds and themes."""
        if mask not in self.works:
            words = bits(mask)
            large = len(words) > MOST_WORDS
            self._work_subsets.add(
                [] if large else [self._subsets[some] << 1 | (len(some) + 1) % 2 for some in subsets(words)]
            )
            self._words.add(words)
            self._masks.append(mask)
            self._large_work.append(large)
        return self.works[mask]

    def team(self, owner: int, project: int, partners: tuple[int, ...]) -> int:
        self.highest = (max(self.highest[0], owner, *partners), max(self.highest[1], project))
        return self.teams[owner, project, partners]

    def now(self) -> Known:
        return Known(
            self._own.now, self._perhaps.now, self._meets.now, self._over.now, self._audiences.now,
            self._work_subsets.now, self._words.now, self._masks.now, self._large_where.now, self._large_work.now,
        )  # fmt: skip
