"""Parents from their parts. After one reading only the parents above it are worked out again; all at once by query.

The database adds, by the rule of each parent, and writes what it made in the same statement: one for all parents that
are equally high above the leaves, the lowest first. So the number of statements follows the height of the tree, never
its size, and nothing is carried to and fro.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from .models import Indicator, Plan, Reading, Rolled

RollsUp = Indicator.RollsUp
BATCH = 10_000

_FROM_PARTS = """
SELECT c.parent_id AS above, r.period, r.value, r.numerator, r.denominator, r.id AS latest
  FROM {indicator} c JOIN {reading} r ON r.indicator_id = c.id AND r.state = 'approved'
 WHERE c.rolls_up = 'not' AND c.parent_id IN ({parents}) {leaf_periods}
UNION ALL
SELECT c.parent_id, w.period, w.value, w.numerator, w.denominator, w.latest
  FROM {indicator} c JOIN {rolled} w ON w.indicator_id = c.id
 WHERE c.rolls_up <> 'not' AND c.parent_id IN ({parents}) {rolled_periods}
"""

_ADDED = """
SELECT p.id AS above, p.rolls_up AS rule, s.period, ROUND(SUM(s.value), 4) AS total, ROUND(SUM(s.numerator), 4) AS top,
       ROUND(SUM(s.denominator), 4) AS bottom, MIN(s.value) AS low, COUNT(s.value) AS known,
       MAX(CASE WHEN s.value IS NOT NULL THEN s.latest END) AS latest
  FROM ({from_parts}) s JOIN {indicator} p ON p.id = s.above
 GROUP BY p.id, p.rolls_up, s.period
"""

# What each rule makes of what was added. "latest" keeps the number of the reading that was read last, so that the
# parent of a parent finds it again.
_WRITE = """
INSERT INTO {rolled} (indicator_id, period, value, numerator, denominator, latest, known, parts)
SELECT g.above, g.period,
       CASE g.rule WHEN 'share' THEN ROUND(g.top * 100.0 / NULLIF(g.bottom, 0), 4) WHEN 'worst' THEN g.low
                   WHEN 'latest' THEN l.value ELSE g.total END,
       CASE g.rule WHEN 'share' THEN g.top WHEN 'latest' THEN l.numerator END,
       CASE g.rule WHEN 'share' THEN g.bottom WHEN 'latest' THEN l.denominator END,
       CASE g.rule WHEN 'latest' THEN g.latest END, g.known, n.parts
  FROM ({added}) g
  JOIN (SELECT parent_id, COUNT(*) AS parts FROM {indicator} WHERE parent_id IN ({parents}) GROUP BY parent_id) n
    ON n.parent_id = g.above
  LEFT JOIN {reading} l ON g.rule = 'latest' AND l.id = g.latest
"""


def after_reading(indicator: Indicator, period: str) -> int:
    """Work out the parents above an indicator for a period. Gives how many there were."""
    count = 0
    for parent in _above(indicator):
        if parent.rolls_up != RollsUp.NOT:
            _write([parent.pk], {period})
            count += 1
    return count


def after_change(indicator: Indicator) -> None:
    """Work out an indicator and what stands above it for every period: its parts or its rule are others now."""
    for one in (Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk), *_above(indicator)):
        if one.rolls_up == RollsUp.NOT:
            Rolled.objects.filter(indicator=one).delete()
        else:
            _write([one.pk])


def _above(indicator: Indicator) -> Iterator[Indicator]:
    """The indicators above, from the nearest, each kept from others until this is written: two readings of one tree
    are added one after the other."""
    above, seen = indicator.parent_id, {indicator.pk}
    while above is not None and above not in seen:
        seen.add(above)
        parent = Indicator.objects.select_for_update(of=("self",)).get(pk=above)
        yield parent
        above = parent.parent_id


def after_readings(indicators: Iterable[int]) -> int:
    """Work out all that stands above many indicators, for every period. Gives how many parents there were."""
    parents, rule = _tree()
    touched: set[int] = set()
    for number in indicators:
        above = parents.get(number)
        while above is not None and above not in touched:
            touched.add(above)
            above = parents.get(above)
    chosen = [number for number in touched if rule[number] != RollsUp.NOT]
    for level in _levels(chosen, parents):
        _write(level)
    return len(chosen)


def roll_up_all(plan: Plan | None = None) -> int:
    """Every parent of a plan (or of all), from the readings, level by level. Gives how many rows were written."""
    parents, rule = _tree()
    within = Indicator.objects.filter(plan=plan) if plan is not None else Indicator.objects.all()
    chosen = set(within.exclude(rolls_up=RollsUp.NOT).values_list("id", flat=True))
    Rolled.objects.filter(indicator__in=within).delete()
    return sum(_write(level, fresh=True) for level in _levels([one for one in rule if one in chosen], parents))


def _tree() -> tuple[dict[int, int | None], dict[int, str]]:
    """Of every indicator of a plan the one above it, and its rule."""
    rows = list(Indicator.objects.exclude(plan=None).order_by().values_list("id", "parent", "rolls_up"))
    return {number: parent for number, parent, _rule in rows}, {number: rule for number, _parent, rule in rows}


def _levels(chosen: Collection[int], parents: Mapping[int, int | None]) -> list[list[int]]:
    """Parents by how far below the top they are, the deepest first: what a parent adds is there when it adds."""
    depths: dict[int, int] = {}

    def depth(number: int) -> int:
        way, at = [], number
        while at not in depths and (above := parents.get(at)) is not None and above not in way:
            way.append(at)
            at = above
        found = depths.setdefault(at, 0)
        for one in reversed(way):
            found += 1
            depths[one] = found
        return depths[number]

    by_depth: dict[int, list[int]] = defaultdict(list)
    for number in chosen:
        by_depth[depth(number)].append(number)
    return [by_depth[one] for one in sorted(by_depth, reverse=True)]


def _write(parents: Sequence[int], periods: Iterable[str] = (), *, fresh: bool = False) -> int:
    """What the parents make of their parts, for these periods or for all; `fresh`: nothing of theirs is there yet.
    Gives how many rows were written."""
    written = 0
    for start in range(0, len(parents), BATCH):
        some, spans = list(parents[start : start + BATCH]), sorted(periods)
        if not fresh:
            old = Rolled.objects.filter(indicator__in=some)
            (old.filter(period__in=spans) if spans else old).delete()
        marks = ", ".join(["%s"] * len(spans))
        tables: dict[str, Any] = {
            "indicator": Indicator._meta.db_table,
            "reading": Reading._meta.db_table,
            "rolled": Rolled._meta.db_table,
            "parents": ", ".join(map(str, map(int, some))),
            "leaf_periods": f"AND r.period IN ({marks})" if spans else "",
            "rolled_periods": f"AND w.period IN ({marks})" if spans else "",
        }
        added = _ADDED.format(from_parts=_FROM_PARTS.format(**tables), **tables)
        with connection.cursor() as cursor:
            cursor.execute(_WRITE.format(added=added, **tables), [*spans, *spans] or None)
            written += cursor.rowcount
    return written


def refuse_circle(indicator: Indicator | None, parent: Indicator | None) -> bool:
    """Would the indicator stand above itself?"""
    seen: set[int] = set()
    while parent is not None and parent.pk not in seen:
        if indicator is not None and parent.pk == indicator.pk:
            return True
        seen.add(parent.pk)
        parent = parent.parent
    return False


def rolled_of(numbers: Iterable[int]) -> dict[int, list[Rolled]]:
    found: dict[int, list[Rolled]] = defaultdict(list)
    for one in Rolled.objects.filter(indicator__in=list(numbers)):
        found[one.indicator_id].append(one)
    return found
