"""Counting in one quarter, by sorting beginnings and ends. Plain arrays of numbers; nothing here knows the database.

How pairs are counted. Among those who share something, sort all beginnings and ends: who begins after b have begun and
e have ended meets b - e others. So a pair is counted once, where the later of the two begins, and no pair is ever
written down.

"Share something" is made of the rules of coverage by inclusion and exclusion, which is exact:
- a kind or theme: those who share each single word, less those who share each two of them, and so on (sets.subsets);
- no organisation or project: all, less those who share one, plus those who share two, and so on (teams.shares);
- a place equal to the other or inside it, counted in the cell of the smaller one (sets.meets): those of the cell and of
  the larger places over it; less those of the larger places only, which are counted there; less those who hold only
  parts of the cell, plus those of them who share a part.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Ragged, pick
from .holding import Holding
from .sets import AUDIENCES, TOKEN_BITS

Array = npt.NDArray[Any]
_DAY = 7  # bits of a day within a quarter
_TOKENS = (1 << TOKEN_BITS) - 1


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year, with its first and last day as ordinals; days outside the asked period are cut off."""

    year: int
    number: int
    first: int
    last: int

    @property
    def span(self) -> tuple[int, int]:
        return self.first, self.last

    def days(self, begins: Array, ends: Array) -> tuple[Array, Array]:
        """First and last day within it, from 0."""
        first = np.maximum(begins, self.first) - self.first
        last = np.minimum(ends, self.last) - self.first
        return first.astype(np.int64), last.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Keys:
    """What activities share, as parts of one number that sorts: cell and audience, token, words, organisations, sign,
    day, and whether something ends. The parts are added up; the signs too, and an even sum of them is plus.

    `cells` are the cells and audiences (sets.meets) that occur, in the order of their numbers in the keys.
    `tail` are the bits of words and organisations; None where all together do not fit into a number, and words and
    organisations are numbered anew in each quarter.
    """

    meets: Ragged
    words: Ragged
    shares: Ragged
    cells: Array
    token: int
    tail: int | None

    @classmethod
    def of(cls, held: Holding) -> "Keys":
        meets, words, shares = held.known.meets, held.known.subsets, held.teams.shares
        occurs = np.zeros(len(held.sets.tree.cells) * AUDIENCES * 2, bool)
        both, tokens = meets.values >> TOKEN_BITS + 1, meets.values >> 1 & _TOKENS
        occurs[both] = True
        both = (np.cumsum(occurs) - 1)[both]
        cell, token, word, share = (
            int(one.max(initial=0)).bit_length() for one in (both, tokens, words.values >> 1, shares.values >> 1)
        )
        tail: int | None = word + share
        if cell + token + word + share > _ROOM:
            tail, share = None, 0
        group = (both << token | tokens) << (tail or 0)
        return cls(
            _with(meets, _signed(group, meets.values)),
            _with(words, _signed(words.values >> 1 << share, words.values)),
            _with(shares, _signed(shares.values >> 1, shares.values)),
            np.flatnonzero(occurs), token, tail,
        )  # fmt: skip


_LOW = _DAY + 1 + 2  # bits below the groups: a day, whether something ends, the sum of up to three signs
_ROOM = 63 - _LOW


def _signed(group: Array, values: Array) -> Array:
    signed: Array = group << _LOW | (values & 1) << _DAY + 1
    return signed


def _with(lists: Ragged, values: Array) -> Ragged:
    return Ragged(values, lists.starts, lists.counts, lists.single)


@dataclass(frozen=True, slots=True)
class Sorted:
    """All beginnings and ends of a quarter in the order of what is shared and of days, and the rows they are of.

    `cells` are the cells and audiences that occur, by their numbers in the events above `below` bits. Where some rows
    have too many subsets to be in it, `others` are all rows, and `large` tells which of them are not.
    """

    events: Array
    rows: Array
    cells: Array
    below: int
    others: Array | None = None
    large: Array | None = None

    def pairs(self, held: Holding, seen: Array) -> Array:
        """How many pairs of rows that are `seen` overlap, by cell * AUDIENCES + audience."""
        sums = np.zeros(len(held.sets.tree.cells) * AUDIENCES * 2, np.int64)
        sums[self.cells] = _pairs_sharing(self.events[seen[self.rows]], self.below, len(self.cells))
        return by_cell(held, sums)


def sort(held: Holding, keys: Keys, rows: Array, first: Array, last: Array) -> Sorted:
    """The beginnings and ends of all that `rows` may share. `first` and `last` are their days."""
    days = first << 1 | last << _DAY + 2
    index, meets = keys.meets.expand(held.where[rows])
    rows, days = pick(index, rows), pick(index, days)
    work = held.work[rows]
    index, shares = keys.shares.expand(held.team[rows])
    shared = pick(index, meets) + shares if keys.tail is not None else pick(index, meets)
    kept = _not_alone(shared + shares * 31)
    index = kept if index is None else index[kept]
    at, words = _expanded(keys.words, work)
    which, more_words = _expanded(keys.words, work[index])
    group = np.concatenate([meets[at], shared[kept][which]])
    words = np.concatenate([words, more_words])
    if keys.tail is None:
        share = np.concatenate([np.zeros(len(at), np.int64), shares[kept][which]])
        group, below = _numbered_anew(group, words, share, keys.token)
    else:
        group, below = group + words, keys.token + keys.tail
    at = np.concatenate([at, index[which]])
    events = np.concatenate([group + (days[at] & 255), group + (days[at] >> _DAY + 1)])
    events[len(at) :] |= 1
    order = np.argsort(events)
    of_rows = rows[at].astype(np.int32)
    return Sorted(events[order], np.concatenate([of_rows, of_rows])[order], keys.cells, below + _LOW)


def _expanded(lists: Ragged, which: Array) -> tuple[Array, Array]:
    positions, values = lists.expand(which)
    return np.arange(len(which)) if positions is None else positions, values


def _not_alone(values: Array) -> Array:
    """Where a value stands that may stand elsewhere too: of those that surely stand once, no pair comes."""
    bits = max(len(values).bit_length() + 1, 8)
    cast = (values.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - bits)).astype(np.int64)
    here = np.arange(len(values), dtype=np.int32)
    last = np.empty(1 << bits, np.int32)
    last[cast] = here
    often = np.zeros(1 << bits, bool)
    often[cast[last[cast] != here]] = True
    return np.flatnonzero(often[cast])


def _numbered_anew(meets: Array, words: Array, shares: Array, token: int) -> tuple[Array, int]:
    """Keys in which words and organisations are small numbers, and the bits of what stands below the cell."""
    low = (1 << _LOW) - 1
    tail = np.unique((words >> _LOW) << 32 | shares >> _LOW, return_inverse=True)[1]
    bits = len(tail).bit_length()
    group = (meets >> _LOW) << bits | tail
    return group << _LOW | (meets & low) + (words & low) + (shares & low), token + bits


def _pairs_sharing(events: Array, below: int, size: int) -> Array:
    """The pairs that share something, by what stands in the events above `below` bits."""
    at = np.flatnonzero(~events.view(np.uint8)[:: events.itemsize] & 1)
    begun = events[at]
    there = 2 * np.arange(len(at)) - at
    there *= 1 - (begun >> _DAY & 2)
    where = begun >> below
    cuts = np.flatnonzero(turns(where))
    sums = np.zeros(size, np.int64)
    if len(cuts):
        sums[where[cuts]] = np.add.reduceat(there, cuts)
    return sums


def by_cell(held: Holding, sums: Array) -> Array:
    """Pairs by the cell of the smaller place: less those of the larger places only, which are counted there."""
    met, parts = sums.reshape(-1, AUDIENCES, 2).transpose(2, 0, 1)
    above = held.sets.tree.above
    found: Array = met + parts
    inner = above >= 0
    found[inner] -= met[above[inner]]
    return found.reshape(-1)


def most_at_once(where: Array, who: Array, first: Array, last: Array, size: int) -> Array:
    """The largest number of different `who` on one day, by `where`; who is there twice on a day is one."""
    bits = int(who.max(initial=0)).bit_length()
    packed = ((where << bits | who) << _DAY | first) << _DAY | last
    packed.sort()
    group, ends = packed >> 2 * _DAY, packed & 127
    turn = np.cumsum(turns(group)) << _DAY
    until = np.maximum.accumulate(turn + ends)  # the last day so far of the same one
    begins = np.flatnonzero((packed >> _DAY & 127) + turn > np.concatenate([[-1], until[:-1]]))
    stops = np.append(begins[1:], len(packed))[: len(begins)] - 1
    days = group[begins] >> bits << _DAY + 1
    events = np.concatenate([days | (packed[begins] >> _DAY & 127) << 1, days | until[stops] - turn[stops] << 1 | 1])
    events.sort()
    there = np.cumsum(1 - 2 * (events & 1))
    at = events >> _DAY + 1
    cuts = np.flatnonzero(turns(at))
    found = np.zeros(size, np.int64)
    if len(cuts):
        found[at[cuts]] = np.maximum.reduceat(there, cuts)
    return found


def different(where: Array, who: Array, size: int) -> Array:
    """How many different `who`, by `where`."""
    bits = int(who.max(initial=0)).bit_length()
    packed = where << bits | who
    packed.sort()
    return np.bincount(packed[turns(packed)] >> bits, minlength=size)


def turns(values: Array) -> Array:
    """Where a value differs from the one before it; the first one does."""
    found = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found
