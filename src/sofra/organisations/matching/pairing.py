"""From one list, or two, to the pairs that a person should judge."""

import gc
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from .blocking import candidates
from .evidence import Look, look, reasons
from .reading import Reading, Record, read
from .weights import THROUGH

# A group of records that are joined step by step is looked at as a whole only up to this size.
LARGEST_GROUP = 10
# Two records that a third one joins are proposed when both steps together are at least so likely,
# the direct look at them scores no lower than this, and shows none of the signs that forbid it.
STEPS = 0.8
LOWEST = -2.5
FORBID = frozenset(("place: names of two places", "country: differs", "number: differs", "place: not that of the name"))

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one body; `probability` is 0 to 1, and 0.5 is where yes and no are equally likely."""

    a: str
    b: str
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """The best look at two records: which of their names were compared, and how likely they are one body."""

    look: Look
    forms: Edge
    probability: float
    through: bool = False


def find_pairs(records: Sequence[Record], *, floor: float = 0.5) -> list[Pair]:
    """Pairs within one list that are the same body with at least this probability, likeliest first.

    The answer depends only on the records and their order. `a` stands before `b` in the list.
    """
    with _undisturbed():
        reading = read(records)
        left, right = candidates(reading)
        found = _weigh(reading, zip(left.tolist(), right.tolist(), strict=True), floor)
        _close(reading, found)
        return _pairs(reading, records, found, floor)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold the search for garbage while a list is read: many small things are made and none is in a circle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def find_twins(rows: Sequence[Record], registry: Sequence[Record], *, floor: float = 0.5) -> list[Pair]:
    """Pairs of a row (`a`) and a record of the registry (`b`): what `find_pairs` finds across the two lists together.

    Only what the rows lead to is weighed, so that a few rows against a large registry cost little more than reading it.
    """
    with _undisturbed():
        return _twins(rows, registry, floor)


def _twins(rows: Sequence[Record], registry: Sequence[Record], floor: float) -> list[Pair]:
    records = [*rows, *registry]
    reading = read(records)
    left, right = candidates(reading)
    found: dict[Edge, _Found] = {}
    links: dict[int, list[Edge]] = {}
    forms = reading.forms
    for edge in zip(left.tolist(), right.tolist(), strict=True):
        links.setdefault(forms[edge[0]].owner, []).append(edge)
        links.setdefault(forms[edge[1]].owner, []).append(edge)
    reached, fresh = set(range(len(rows))), list(range(len(rows)))
    while fresh:
        edges = dict.fromkeys(edge for owner in fresh for edge in links.get(owner, ()))
        more = _weigh(reading, edges, floor)
        found |= {key: new for key, new in more.items() if key not in found or new.probability > found[key].probability}
        fresh = sorted({o for key, f in more.items() if f.probability >= 0.5 for o in key} - reached)
        reached.update(fresh)
    _close(reading, found)
    across = {key: f for key, f in found.items() if key[0] < len(rows) <= key[1]}
    return _pairs(reading, records, across, floor)


def _weigh(reading: Reading, edges: Iterable[Edge], floor: float) -> dict[Edge, _Found]:
    """The likeliest look at each pair of records, where it reaches the floor (or matters for a group)."""
    forms = reading.forms
    least = min(floor, 0.5)
    worth = math.log(least / (1 - least)) if least > 0 else -math.inf
    found: dict[Edge, _Found] = {}
    for one, other in edges:
        seen = look(forms[one], forms[other], reading)
        if seen.score < worth:
            continue
        probability = seen.probability
        key = (forms[one].owner, forms[other].owner)
        if key[0] > key[1]:
            key, one, other = (key[1], key[0]), other, one
        known = found.get(key)
        if known is None or probability > known.probability:
            found[key] = _Found(seen, (one, other), probability)
    return found


def _groups(edges: Iterable[Edge]) -> list[list[int]]:
    """Records that likely pairs join, step by step, each group in order."""
    head: dict[int, int] = {}

    def top(record: int) -> int:
        while head.setdefault(record, record) != record:
            head[record] = head[head[record]]
            record = head[record]
        return record

    for one, other in edges:
        a, b = top(one), top(other)
        if a != b:
            head[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = {}
    for record in sorted(head):
        groups.setdefault(top(record), []).append(record)
    return [g for g in groups.values() if len(g) > 2]


def _close(reading: Reading, found: dict[Edge, _Found]) -> None:
    """Add pairs that a third record joins: A is B, B is C, so A is C, unless something between A and C forbids it."""
    likely = {key: f.probability for key, f in found.items() if f.probability >= 0.5}
    names: dict[int, list[int]] = {}
    for number, form in enumerate(reading.forms):
        names.setdefault(form.owner, []).append(number)
    for group in _groups(likely):
        if len(group) > LARGEST_GROUP:
            continue
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                if (one, other) in likely:
                    continue
                steps = max(
                    likely.get((min(one, third), max(one, third)), 0.0)
                    * likely.get((min(other, third), max(other, third)), 0.0)
                    for third in group
                )
                if steps < STEPS:
                    continue
                looks = [
                    (look(reading.forms[x], reading.forms[y], reading), (x, y))
                    for x in names[one]
                    for y in names[other]
                ]
                best, forms = max(looks, key=lambda seen: seen[0].score)
                if best.score >= LOWEST and not FORBID.intersection(best.signs):
                    found[one, other] = _Found(best, forms, round(0.5 + (steps - STEPS) / 2, 3), through=True)


def _pairs(reading: Reading, records: Sequence[Record], found: dict[Edge, _Found], floor: float) -> list[Pair]:
    pairs = []
    for (one, other), seen in found.items():
        if seen.probability >= floor:
            why = reasons(reading.forms[seen.forms[0]], reading.forms[seen.forms[1]], seen.look)
            if seen.through:
                why = (THROUGH, *why)
            pairs.append(
                (
                    -seen.probability,
                    one,
                    other,
                    Pair(records[one].id, records[other].id, round(seen.probability, 4), why),
                )
            )
    pairs.sort(key=lambda p: p[:3])
    return [p[3] for p in pairs]
