"""Few people: which values are not told in public, and which others with them, so that no difference tells them."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import cast

from django.core.cache import cache
from django.db.models import Max

from sofra.ground.models import Visibility

from . import rules
from .models import Indicator, Reading, Rolled, Step

Cell = tuple[int, str]  # an indicator and a period
LARGE = 2_000  # indicators of one tree; of a larger one what is kept back is remembered until something changes


def too_few(indicator: Indicator, value: Decimal | None, level: int) -> bool:
    """Is the number, by itself, one of fewer people than are told in public?"""
    return level == Visibility.PUBLIC and indicator.of_people and value is not None and 0 < value < rules.SMALL


def kept_back(found: Iterable[Indicator], level: int) -> set[Cell]:
    """The values of these indicators that this reader is not told: few people, and what would tell them by difference
    from the indicator above, its other parts, or a longer or shorter period. Whoever has an account is told all."""
    if level != Visibility.PUBLIC:
        return set()
    numbers = {one.pk for one in found if one.of_people}
    back: set[Cell] = set()
    while numbers:
        tree = tree_of(min(numbers))
        numbers -= set(tree) | {min(numbers)}
        back |= _remembered(tree) if len(tree) > LARGE else _kept_back(tree)
    return back


def tree_of(number: int) -> dict[int, tuple[int | None, str]]:
    """All indicators that roll up into one another with this one: the one above each, and its rule."""
    rows = Indicator.objects.order_by().values_list("pk", "parent", "rolls_up")
    top, seen = number, {number}
    while (above := Indicator.objects.filter(pk=top).values_list("parent", flat=True).first()) and above not in seen:
        top = above
        seen.add(top)
    found = {pk: (None if pk == top else above, rule) for pk, above, rule in rows.filter(pk=top)}
    level = [top]
    while level:
        below: list[int] = []
        for start in range(0, len(level), 5_000):
            for pk, above, rule in rows.filter(parent__in=level[start : start + 5_000]):
                if pk not in found:
                    found[pk] = (above, rule)
                    below.append(pk)
        level = below
    return found


def _remembered(tree: Mapping[int, tuple[int | None, str]]) -> set[Cell]:
    """Every change of a plan adds a step, so that the number of the last one names what is remembered."""
    key = f"plans-kept-back-{min(tree)}-{len(tree)}-{Step.objects.aggregate(last=Max('id'))['last'] or 0}"
    found: set[Cell] | None = cache.get(key)
    if found is None:
        cache.set(key, found := _kept_back(tree), 24 * 3600)
    return found


def _kept_back(tree: Mapping[int, tuple[int | None, str]]) -> set[Cell]:
    plain: dict[Hashable, Decimal] = {}
    tops: dict[Hashable, Decimal] = {}
    others: dict[Hashable, Decimal] = {}
    whose: dict[int, Cell] = {}
    latest: list[tuple[Cell, int]] = []
    numbers = list(tree)
    for start in range(0, len(numbers), 5_000):
        some = numbers[start : start + 5_000]
        read = Reading.objects.filter(indicator__in=some, state=Reading.State.APPROVED).order_by()
        for pk, one, period, value, top, bottom in read.values_list(
            "pk", "indicator", "period", "value", "numerator", "denominator"
        ):
            whose[pk] = (one, period)
            if tree[one][1] == Indicator.RollsUp.NOT:
                _weigh((one, period), value, top, bottom, plain, tops, others)
        for one, period, value, top, bottom, last in (
            Rolled.objects.filter(indicator__in=some)
            .order_by()
            .values_list("indicator", "period", "value", "numerator", "denominator", "latest")
        ):
            _weigh((one, period), value, top, bottom, plain, tops, others)
            if last is not None:
                latest.append(((one, period), last))
    families = _families(tree, {*plain, *tops})
    families += [(cell, [whose[last]]) for cell, last in latest if last in whose]
    back: set[Hashable] = set()
    for values in (plain, tops, others):
        back |= rules.kept_back(values, families)
    return {one for one in back if isinstance(one, tuple)}


def _weigh(
    cell: Cell,
    value: Decimal | None,
    top: Decimal | None,
    bottom: Decimal | None,
    plain: dict[Hashable, Decimal],
    tops: dict[Hashable, Decimal],
    others: dict[Hashable, Decimal],
) -> None:
    """Of a share both those who are meant and those who are not are people."""
    if top is not None and bottom is not None:
        tops[cell], others[cell] = top, bottom - top
    elif value is not None:
        plain[cell] = value


def _families(
    tree: Mapping[int, tuple[int | None, str]], cells: Collection[Hashable]
) -> list[tuple[Hashable, list[Hashable]]]:
    below: dict[Cell, list[Hashable]] = defaultdict(list)
    periods: dict[int, list[str]] = defaultdict(list)
    for cell in cells:
        one, period = cast(Cell, cell)
        periods[one].append(period)
        above = tree[one][0]
        if above is not None and tree[above][1] in (Indicator.RollsUp.SUM, Indicator.RollsUp.SHARE):
            below[above, period].append(cell)
    families: list[tuple[Hashable, list[Hashable]]] = list(below.items())
    for one, names in periods.items():
        families += [((one, outer), [(one, inner) for inner in inside]) for outer, inside in rules.within(names)]
    return families
