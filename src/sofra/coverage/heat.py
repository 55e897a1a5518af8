"""Who is where: activities counted by place and by kind, theme, audience or time, from what the process holds.

A number counts activities, each once a cell. `sure` are those that are surely at work in the time; the others only may
be, since their dates are not known well enough. Where the time is open on both sides all are sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.conf import settings

from sofra.activities.dates import FAR_OFF, LONG_AGO
from sofra.activities.vocabulary import AUDIENCE_CODES, AUDIENCE_NUMBERS, KINDS, WORK_BITS
from sofra.organisations.vocabulary import Audience, Theme

from .columns import Ragged, pick
from .holding import Holding, holding
from .queries import UNKNOWN, Cell, Filters
from .rules import ALWAYS, Span

Array = npt.NDArray[np.int64]
MOST_YEARS = 30
KIND_BITS = sum(bit for word, bit in WORK_BITS.items() if word.startswith("kind:"))
THEME_BITS = sum(bit for word, bit in WORK_BITS.items() if word.startswith("theme:"))
DIMENSIONS = ("kind", "audience", "theme", "time")


@dataclass(frozen=True, slots=True)
class Count:
    """How many activities may be counted, and how many of them surely."""

    may: int
    sure: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: a code of its dimension (UNKNOWN where it is not known), or a time."""

    code: str
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Heat:
    """By place: a code, or COUNTRY for work in the whole country, UNKNOWN where the place is not known.

    `organisations` is how many different ones are at work, each by who leads; one that is not known counts as one.
    """

    columns: Sequence[Column]
    counts: dict[str, list[Count]]
    whole: dict[str, Count]
    organisations: dict[str, int]


def heat(level: int, cell: Cell, *, by: str, places: Sequence[str], period: Span) -> Heat:
    """Of what a viewer of this level may see. `cell` narrows audience, kind and theme; its place is `places`."""
    return _heat(holding().as_told(level), level, cell, by, tuple(places), period)


@lru_cache(maxsize=16)
def _heat(held: Holding, level: int, cell: Cell, by: str, places: Sequence[str], period: Span) -> Heat:
    rows = rows_of(held, level, cell, period)
    sure = surely(held, rows, period)
    columns = columns_of(by, cell, _years(held, level))
    size = len(held.sets.tree.cells) + 2
    may_counts, sure_counts = (
        _tables(held, held_rows, by, columns, size, surely=only)
        for held_rows, only in ((rows, False), (rows[sure], True))
    )
    wholes = [_by_cell(held, some, size) for some in (rows, rows[sure])]
    number = {code: held.sets.tree.cell[code] for code in places if code in held.sets.tree.cell}
    number |= {settings.COUNTRY: held.sets.whole, UNKNOWN: held.sets.nowhere}
    leads = _leads(held, rows, size)
    return Heat(
        columns,
        {code: [Count(int(m), int(s)) for m, s in zip(may_counts[n], sure_counts[n], strict=True)]
         for code, n in number.items()},
        {code: Count(int(wholes[0][n]), int(wholes[1][n])) for code, n in number.items()},
        {code: int(leads[n]) for code, n in number.items()},
    )  # fmt: skip


def years(level: int) -> list[int]:
    """The years of which something is recorded, at most the newest MOST_YEARS."""
    return list(_years(holding(), level))


@lru_cache(maxsize=8)
def _years(held: Holding, level: int) -> Sequence[int]:
    seen = held.seen_by(level)
    begins, ends = held.may_begin[seen], held.may_end[seen]
    days = np.concatenate([begins[begins > LONG_AGO], ends[ends < FAR_OFF]])
    if not len(days):
        return ()
    first, last = (date.fromordinal(int(day)).year for day in (days.min(), days.max()))
    return range(max(first, last - MOST_YEARS + 1), last + 1)


def columns_of(by: str, cell: Cell, recorded: Sequence[int]) -> list[Column]:
    """What the table is read across: the codes and "not known", or the quarters of the year asked for, or years."""
    if by == "time":
        asked = {cell.begins[:4], cell.ends[:4]}
        if len(asked) == 1 and "" not in asked:
            year = asked.pop()
            return [Column(f"{year}-Q{n}", f"{year}-{3 * n - 2:02d}", f"{year}-{3 * n:02d}") for n in range(1, 5)]
        wanted = [str(year) for year in recorded]
        since, until = cell.begins[:4] or "0", cell.ends[:4] or "9999"
        return [Column(year, year, year) for year in wanted if since <= year <= until]
    codes = {"kind": KINDS, "theme": Theme.values, "audience": Audience.values}[by]
    return [*(Column(code) for code in codes), Column(UNKNOWN)]


def rows_of(held: Holding, level: int, cell: Cell, period: Span) -> Array:
    """The rows that may fall in the time, of the cell's audience, kind and theme; its place is not looked at."""
    seen = held.seen_by(level) & (held.may_begin <= period[1]) & (held.may_end >= period[0])
    masks = held.known.masks[held.work] if len(held.known.masks) else np.zeros(len(held.work), np.int64)
    for word, code, every in (("kind", cell.kind, KIND_BITS), ("theme", cell.theme, THEME_BITS)):
        if code == UNKNOWN:
            seen &= (masks & every) == 0
        elif code:
            seen &= (masks & WORK_BITS[f"{word}:{code}"]) > 0
    if cell.audience:
        wanted = 0 if cell.audience == UNKNOWN else AUDIENCE_NUMBERS[cell.audience]
        seen &= _having(held.known.audiences, wanted)[held.where]
    return np.flatnonzero(seen)


def _having(lists: Ragged, wanted: int) -> npt.NDArray[np.bool_]:
    """Which of the lists hold a number."""
    size = len(lists.starts)
    positions, values = lists.expand(np.arange(size))
    found = np.zeros(size, bool)
    found[(np.arange(size) if positions is None else positions)[values == wanted]] = True
    return found


def surely(held: Holding, rows: Array, period: Span) -> npt.NDArray[np.bool_]:
    if period == ALWAYS:
        return np.ones(len(rows), bool)
    begins, ends = held.sure_begin[rows], held.sure_end[rows]
    return (ends >= begins) & (begins <= period[1]) & (ends >= period[0])


def _tables(
    held: Holding, rows: Array, by: str, columns: Sequence[Column], size: int, *, surely: bool
) -> npt.NDArray[np.int64]:
    """Activities by cell and column."""
    if by == "time":
        parts = [_by_cell(held, rows[_within(held, rows, column, surely=surely)], size) for column in columns]
        return np.stack(parts, axis=1) if parts else np.zeros((size, 0), np.int64)
    if by == "audience":
        positions, numbers = held.known.audiences.expand(held.where[rows])
        at = {0: len(columns) - 1} | {AUDIENCE_NUMBERS[one.code]: n for n, one in enumerate(columns[:-1])}
        lookup = np.full(max(AUDIENCE_CODES) + 1, -1)
        lookup[list(at)] = list(at.values())
        return _by_both(held, pick(positions, rows), lookup[numbers], size, len(columns))
    masks = held.known.masks[held.work[rows]] if len(rows) else np.zeros(0, np.int64)
    parts = [_by_cell(held, rows[(masks & WORK_BITS[f"{by}:{one.code}"]) > 0], size) for one in columns[:-1]]
    every = KIND_BITS if by == "kind" else THEME_BITS
    return np.stack([*parts, _by_cell(held, rows[(masks & every) == 0], size)], axis=1)


def _within(held: Holding, rows: Array, column: Column, *, surely: bool) -> npt.NDArray[np.bool_]:
    first, last = _span(column)
    if not surely:
        return (held.may_begin[rows] <= last) & (held.may_end[rows] >= first)
    begins, ends = held.sure_begin[rows], held.sure_end[rows]
    return (ends >= begins) & (begins <= last) & (ends >= first)


def _span(column: Column) -> Span:
    return Filters(begins=column.begins, ends=column.ends).period


def _by_both(held: Holding, rows: Array, column: Array, size: int, width: int) -> npt.NDArray[np.int64]:
    positions, cells = held.known.over.expand(held.where[rows])
    flat = cells * width + pick(positions, column)
    return np.bincount(flat, minlength=size * width).reshape(size, width)


def _by_cell(held: Holding, rows: Array, size: int) -> npt.NDArray[np.int64]:
    _positions, cells = held.known.over.expand(held.where[rows])
    return np.bincount(cells, minlength=size)


def _leads(held: Holding, rows: Array, size: int) -> npt.NDArray[np.int64]:
    positions, cells = held.known.over.expand(held.where[rows])
    leads = pick(positions, held.teams.lead[held.team[rows]])
    _names, numbers = np.unique(leads, return_inverse=True)
    both = np.unique(cells.astype(np.int64) * (len(_names) + 1) + numbers)
    return np.bincount(both // (len(_names) + 1), minlength=size)
