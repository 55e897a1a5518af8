"""What a large hub reads from the counted table: where it is crowded, for whom, in which quarters; where overlaps are.

Which activities say so is asked place by place (queries.crowded_places): there may be hundreds of thousands of them.
"""

from dataclasses import dataclass

import numpy as np
from django.conf import settings

from sofra.activities.vocabulary import AUDIENCE_CODES, AUDIENCE_NUMBERS
from sofra.places.models import Place

from .counting import table
from .heat import rows_of
from .holding import Holding, holding
from .listing import Filters
from .queries import Cell, municipalities
from .rules import Span
from .sets import AUDIENCES
from .sweeping import Quarter

MOST_LISTED = 20_000  # activities that a page looks at one by one


@dataclass(frozen=True, slots=True)
class Crowded:
    """A municipality, by code, that is crowded for an audience ("" where it is not known). `number` is the largest
    number of organisations on one day, surely or possibly; `quarters` are those with more than allowed."""

    place: str
    audience: str
    sure: bool
    number: int
    quarters: tuple[Quarter, ...]

    @property
    def span(self) -> Span:
        return self.quarters[0].first, self.quarters[-1].last


def is_large() -> bool:
    """Are there too many activities to look at each on one page?"""
    return len(holding().first) > MOST_LISTED


def crowds(level: int, filters: Filters) -> list[Crowded]:
    """As queries.crowded_places, in its order. Of the filters it heeds place, audiences, time and `sure`."""
    held, most = holding(), settings.CROWD
    counted = table(level, filters.period)
    cells = held.sets.tree.cell
    order = {cells[one.code]: n for n, one in enumerate(municipalities(filters.place)) if one.code in cells}
    there = _recorded(held, level, filters)
    over = (counted.crowd > most) | (counted.crowd_perhaps > most)
    found: dict[tuple[int, int], list[int]] = {}
    for at in np.flatnonzero(over & np.isin(counted.place, list(order))).tolist():
        found.setdefault((int(counted.place[at]), int(counted.audience[at])), []).append(at)
    told = []
    for (place, audience), rows in sorted(found.items(), key=lambda one: (order[one[0][0]], one[0][1])):
        code = AUDIENCE_CODES.get(audience, "")
        if place * AUDIENCES + audience not in there or (filters.audiences and code not in filters.audiences):
            continue
        sure = bool((counted.crowd[rows] > most).any())
        numbers = (counted.crowd if sure else counted.crowd_perhaps)[rows]
        if sure or not filters.sure:
            quarters = sorted(int(counted.quarter[at]) for at, n in zip(rows, numbers, strict=True) if n > most)
            spans = tuple(counted.quarters[number] for number in quarters)
            told.append(Crowded(held.sets.tree.cells[place], code, sure, int(numbers.max()), spans))
    return told


def overlapping(level: int, filters: Filters) -> list[Place]:
    """The municipalities in which some overlap is sure, in Albanian order. It heeds the filters' audiences and time."""
    held, counted = holding(), table(level, filters.period)
    numbers = [AUDIENCE_NUMBERS[code] for code in filters.audiences] or list(AUDIENCE_CODES)
    cells = set(counted.place[(counted.pairs > 0) & np.isin(counted.audience, numbers)].tolist())
    return [place for place in municipalities(None) if held.sets.tree.cell.get(place.code) in cells]


def _recorded(held: Holding, level: int, filters: Filters) -> set[int]:
    """Cell and audience of what may be at work in the time, as it was recorded: 0 where for whom is not known."""
    rows = rows_of(held, level, Cell(), filters.period)
    wheres = np.unique(held.where[rows])
    found = set(np.unique(held.known.own.expand(wheres)[1]).tolist())
    positions, numbers = held.known.audiences.expand(wheres)
    unknown = (wheres if positions is None else wheres[positions])[numbers == 0]
    perhaps = np.unique(held.known.perhaps.expand(unknown)[1])
    return found | set(perhaps[perhaps % AUDIENCES == 0].tolist())
