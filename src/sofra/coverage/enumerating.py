"""Pairs compared one by one, for the few activities that name so many words, partners or places that counting by
subsets (sweeping.py) were dearer. In blocks, so that memory does not grow with the pairs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Ragged, pick
from .holding import Holding
from .sets import AUDIENCES, TOKEN_BITS
from .sweeping import by_cell

Array = npt.NDArray[Any]
_BLOCK = 200_000


def pairs_with(held: Holding, rows: Array, first: Array, last: Array, large: Array) -> Array:
    """As sweeping.pairs_in, for the pairs of which at least one is `large`."""
    index, meets = held.known.meets.expand(held.where[rows])
    at, group = pick(index, np.arange(len(rows))), meets >> TOKEN_BITS + 1
    met = np.zeros(len(held.sets.tree.cells) * AUDIENCES * 2, bool)
    met[group[large[at]]] = True
    # Cells as a whole, parts are compared below; and only those where somebody large is.
    meeting = np.flatnonzero((meets >> 1 & (1 << TOKEN_BITS) - 1 == 0) & met[group])
    at, group = at[meeting], group[meeting]
    order = np.argsort(group.astype(np.uint16) if len(met) < 1 << 16 else group, kind="stable")
    at, group = at[order], group[order]
    sums = np.zeros(len(held.sets.tree.cells) * AUDIENCES * 2, np.int64)
    for left, right in _candidates(group, np.flatnonzero(large[at])):
        one, other = at[left], at[right]
        meet = (one != other) & ((one < other) | ~large[other])
        meet &= (first[one] <= last[other]) & (first[other] <= last[one])
        meet &= (held.known.masks[held.work[rows[one]]] & held.known.masks[held.work[rows[other]]]) != 0
        left, right, one, other = left[meet], right[meet], one[meet], other[meet]
        apart = ~_shared(held.teams.keys, held.team[rows[one]], held.team[rows[other]])
        left, right, one, other = left[apart], right[apart], one[apart], other[apart]
        where, parts = group[left], group[left] % 2 == 1
        np.add.at(sums, where[~parts], 1)
        distinct = [
            cell
            for cell, mine, theirs in zip(
                where[parts].tolist(), held.where[rows[one[parts]]].tolist(), held.where[rows[other[parts]]].tolist(),
                strict=True,
            )
            if not _share_a_part(held, cell // 2 // AUDIENCES, mine, theirs)
        ]  # fmt: skip
        np.subtract.at(sums, distinct, 1)
    return by_cell(held, sums)


def _candidates(group: Array, which: Array) -> Iterator[tuple[Array, Array]]:
    """In blocks: each of `which` with every other of its group; `group` is sorted."""
    start = np.searchsorted(group, group[which], "left")
    count = np.searchsorted(group, group[which], "right") - start
    done = 0
    while done < len(which):
        stop = max(int(np.searchsorted(np.cumsum(count[done:]), _BLOCK, "right")), 1) + done
        ends = np.cumsum(count[done:stop])
        left = np.repeat(which[done:stop], count[done:stop])
        right = np.arange(len(left)) + np.repeat(start[done:stop] - ends + count[done:stop], count[done:stop])
        yield left, right
        done = stop


def _shared(lists: Ragged, one: Array, other: Array) -> Array:
    """For each pair of lists, whether they have a number in common."""
    found = np.zeros(len(one), bool)
    index, mine = lists.expand(one)
    pair = pick(index, np.arange(len(one)))
    index, theirs = lists.expand(other[pair])
    found[pick(index, pair)[pick(index, mine) == theirs]] = True
    return found


def _share_a_part(held: Holding, cell: int, mine: int, theirs: int) -> bool:
    parts = held.sets.parts_of
    return not parts(mine)[cell].isdisjoint(parts(theirs)[cell])
