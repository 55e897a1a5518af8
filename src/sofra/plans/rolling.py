"""Parents from their parts. After one reading only the parents above it are worked out again; all at once by query.

Values of leaves are added by the database in one aggregate; what parents make of parents is added above that, so
that the number of queries follows the depth of the tree, never its size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from . import rules
from .models import Indicator, Plan, Reading, Rolled

RollsUp = Indicator.RollsUp
BATCH = 5_000
_APPROVED = Q(state=Reading.State.APPROVED)
_SUMS = {
    "total": Sum("value"),
    "top": Sum("numerator"),
    "bottom": Sum("denominator"),
    "low": Min("value"),
    "known": Count("id", filter=Q(value__isnull=False)),
}


@dataclass(slots=True)
class _Sum:
    """What the parts of one parent have for one period so far."""

    total: Decimal | None = None
    top: Decimal | None = None
    bottom: Decimal | None = None
    low: Decimal | None = None
    last: tuple[int, Decimal] | None = None
    known: int = 0

    def add(self, said: Mapping[str, Any]) -> None:
        for name in ("total", "top", "bottom"):
            more, so_far = said[name], getattr(self, name)
            setattr(self, name, so_far if more is None else more + (so_far or 0))
        if said["low"] is not None:
            self.low = said["low"] if self.low is None else min(self.low, said["low"])
        self.known += said["known"]

    def made(self, rule: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Value, numerator, denominator by the rule."""
        if rule == RollsUp.SHARE:
            return rules.share(self.top, self.bottom), self.top, self.bottom
        if rule == RollsUp.LATEST:
            return (self.last[1] if self.last else None), None, None
        return (self.low if rule == RollsUp.WORST else self.total), None, None


def after_reading(indicator: Indicator, period: str) -> int:
    """Work out the parents above an indicator for a period. Gives how many there were."""
    above, seen = indicator.parent_id, {indicator.pk}
    count = 0
    while above is not None and above not in seen:
        seen.add(above)
        parent = Indicator.objects.get(pk=above)
        if parent.rolls_up != RollsUp.NOT:
            _write(parent, {period})
            count += 1
        above = parent.parent_id
    return count


def after_change(indicator: Indicator) -> None:
    """Work out an indicator and what stands above it for every period: its parts or its rule are others now."""
    above: int | None = indicator.pk
    seen: set[int] = set()
    while above is not None and above not in seen:
        seen.add(above)
        one = Indicator.objects.get(pk=above)
        periods = set(
            Reading.objects.filter(_APPROVED, indicator__parent=one).values_list("period", flat=True).distinct()
        )
        periods |= set(Rolled.objects.filter(indicator__parent=one).values_list("period", flat=True).distinct())
        Rolled.objects.filter(indicator=one).exclude(period__in=periods if one.rolls_up != RollsUp.NOT else ()).delete()
        if one.rolls_up != RollsUp.NOT:
            _write(one, periods)
        above = one.parent_id


def _write(parent: Indicator, periods: set[str]) -> None:
    sums = _sums_of(Q(indicator__parent=parent, period__in=periods), {parent.pk: parent.rolls_up})
    parts = parent.children.count()
    Rolled.objects.filter(indicator=parent, period__in=periods).delete()
    Rolled.objects.bulk_create(_rolled({parent.pk: parent.rolls_up}, {parent.pk: parts}, sums))


def _sums_of(which: Q, parents: Mapping[int, str]) -> dict[tuple[int, str], _Sum]:
    sums: dict[tuple[int, str], _Sum] = defaultdict(_Sum)
    for found in (_leaves(which), Rolled.objects.filter(which).exclude(indicator__rolls_up=RollsUp.NOT)):
        _add(sums, found)
    if RollsUp.LATEST in parents.values():
        _add_latest(sums, which)
    return sums


def _leaves(which: Q) -> QuerySet[Reading]:
    return Reading.objects.filter(_APPROVED, which, indicator__rolls_up=RollsUp.NOT)


def _add(sums: dict[tuple[int, str], _Sum], found: QuerySet[Any]) -> None:
    grouped = found.order_by().values("period", above=F("indicator__parent")).annotate(**_SUMS)
    for said in grouped.iterator(chunk_size=BATCH):
        sums[said["above"], said["period"]].add(said)


def _add_latest(sums: dict[tuple[int, str], _Sum], which: Q) -> None:
    """The part that was read last; a second query tells its value."""
    newest = (
        _leaves(which)
        .filter(indicator__parent__rolls_up=RollsUp.LATEST, value__isnull=False)
        .order_by()
        .values("period", "indicator__parent")
        .annotate(last=Max("id"))
        .values("last")
    )
    rows = Reading.objects.filter(pk__in=newest).values_list("indicator__parent", "period", "id", "value")
    for above, period, number, value in rows.iterator(chunk_size=BATCH):
        if above is not None and value is not None:
            sums[above, period].last = (number, value)


def _rolled(rule: Mapping[int, str], parts: Mapping[int, int], sums: Mapping[tuple[int, str], _Sum]) -> list[Rolled]:
    made = []
    for (above, period), one in sums.items():
        if rule.get(above, RollsUp.NOT) == RollsUp.NOT:
            continue
        value, top, bottom = one.made(rule[above])
        made.append(
            Rolled(
                indicator_id=above,
                period=period,
                value=value,
                numerator=top,
                denominator=bottom,
                known=one.known,
                parts=parts.get(above, 0),
            )
        )
    return made


def roll_up_all(plan: Plan | None = None) -> int:
    """Every parent of a plan (or of all), from the readings, level by level. Gives how many rows were written."""
    within = Indicator.objects.filter(plan=plan) if plan is not None else Indicator.objects.all()
    rows = list(within.values_list("id", "parent", "rolls_up"))
    rule = {number: rolls for number, _parent, rolls in rows if rolls != RollsUp.NOT}
    above = {number: parent for number, parent, _rolls in rows}
    parts: dict[int, int] = defaultdict(int)
    for parent in above.values():
        if parent is not None:
            parts[parent] += 1
    sums: dict[tuple[int, str], _Sum] = defaultdict(_Sum)
    leaves = (
        Q(indicator__parent__isnull=False) if plan is None else Q(indicator__plan=plan, indicator__parent__isnull=False)
    )
    _add(sums, _leaves(leaves))
    if RollsUp.LATEST in rule.values():
        _add_latest(sums, leaves)
    done = _climb(sums, rule, above)
    made = _rolled(rule, parts, done)
    Rolled.objects.filter(indicator__in=within).delete()
    Rolled.objects.bulk_create(made, batch_size=BATCH)
    return len(made)


def _climb(
    sums: dict[tuple[int, str], _Sum], rule: Mapping[int, str], above: Mapping[int, int | None]
) -> dict[tuple[int, str], _Sum]:
    """Add to each parent what the parents below it make, the deepest first."""
    by_parent: dict[int, list[str]] = defaultdict(list)
    for parent, period in list(sums):
        by_parent[parent].append(period)
    waiting = sorted(rule, key=lambda number: -_depth(number, above))
    for number in waiting:
        higher = above.get(number)
        if higher is None or rule.get(higher) is None:
            continue
        for period in by_parent[number]:
            value, top, bottom = sums[number, period].made(rule[number])
            if (higher, period) not in sums:
                by_parent[higher].append(period)
            sums[higher, period].add(
                {"total": value, "top": top, "bottom": bottom, "low": value, "known": int(value is not None)}
            )
    return sums


def _depth(number: int, above: Mapping[int, int | None]) -> int:
    depth, at = 0, above.get(number)
    while at is not None and depth < 100:
        depth, at = depth + 1, above.get(at)
    return depth


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
