"""What can be asked of plans and indicators, and what of it this person may see.

An adopted or ended plan is seen at its level; a draft by mappers and by editors of the body whose plan it is. A reading
is public once it is approved; before that it is for those who write for the plan or read the indicator.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.activities import queries as activities
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation

from . import rolling, rules
from .few import Cell, kept_back
from .models import Assessment, Indicator, Lock, Measure, Money, Objective, Plan, Reading, Rolled, Step, Target

_AROUND = ("owner__joined_to", "under")


def plans(user: Any) -> QuerySet[Plan]:
    """The plans that a person may read."""
    level = level_of(user)
    seen = Q(visible_to__lte=level) & ~Q(state=Plan.State.DRAFT)
    if has(user, roles.MAPPER):
        seen |= Q(visible_to__lte=level)
    elif user.is_authenticated:
        seen |= Q(owner__in=_mine(user))
    return Plan.objects.filter(seen).select_related(*_AROUND)


def _mine(user: Any) -> list[int]:
    """The organisations that a person speaks for, by number, with those that were joined to them."""
    if not user.is_authenticated or not has(user, roles.MEMBER):
        return []
    heads = {organisations.head(one).pk for one in organisations.edited_by(user).select_related("joined_to")}
    return list(Organisation.objects.filter(Q(pk__in=heads) | Q(joined_to__in=heads)).values_list("pk", flat=True))


def plan_for(user: Any, code: str, *, edit: bool = False) -> Plan:
    """The plan with this code that the person may read (with `edit`: write for); otherwise 404."""
    found = plans(user).filter(code=code).first()
    if found is None or (edit and not writes(user, found)):
        raise Http404
    return found


def writes(user: Any, plan: Plan | None) -> bool:
    """Does this person write for the plan: mappers, coordinators, editors of the body whose plan it is?"""
    if has(user, roles.MAPPER):
        return True
    return plan is not None and plan.owner is not None and has(user, roles.MEMBER) and _speaks(user, plan.owner)


def _speaks(user: Any, organisation: Organisation | None) -> bool:
    return organisation is not None and organisations.is_editor(user, organisations.head(organisation))


def acts_on(user: Any, measure: Measure) -> bool:
    """Who writes for the plan, or speaks for the body responsible: may say how the measure goes."""
    return writes(user, measure.plan) or (has(user, roles.MEMBER) and _speaks(user, measure.responsible))


def reads(user: Any, indicator: Indicator) -> bool:
    """May this person hand in readings?"""
    if indicator.plan_id is None:
        return False
    if writes(user, indicator.plan) or (has(user, roles.MEMBER) and _speaks(user, indicator.measured_by)):
        return True
    return indicator.measure is not None and acts_on(user, indicator.measure)


def objective_for(user: Any, code: str) -> Objective:
    """An objective for those who write for its plan; otherwise 404."""
    found = Objective.objects.select_related("plan__owner__joined_to", "within").filter(code=code, plan__in=plans(user))
    one = found.first()
    if one is None or not writes(user, one.plan):
        raise Http404
    return one


def measure_for(user: Any, code: str, *, act: bool = False, edit: bool = False) -> Measure:
    around = ("plan__owner__joined_to", "objective", "within", "serves__plan", "responsible__joined_to")
    found = Measure.objects.select_related(*around).filter(code=code, plan__in=plans(user)).first()
    if found is None or (act and not acts_on(user, found)) or (edit and not writes(user, found.plan)):
        raise Http404
    return found


def indicators(user: Any) -> QuerySet[Indicator]:
    """Of plans that the person may read, and of the bank."""
    return Indicator.objects.filter(Q(plan=None) | Q(plan__in=plans(user)))


def indicator_for(user: Any, code: str, *, read: bool = False, edit: bool = False) -> Indicator:
    around = (
        "plan__owner__joined_to",
        "measure__plan",
        "measure__responsible__joined_to",
        "parent",
        "measured_by__joined_to",
    )
    found = indicators(user).select_related(*around).filter(code=code).first()
    if found is None or (read and not reads(user, found)) or (edit and not writes(user, found.plan)):
        raise Http404
    return found


def bank() -> QuerySet[Indicator]:
    return Indicator.objects.filter(plan=None)


def reading_for(user: Any, number: int) -> Reading:
    """A reading for those who hand in or decide on it; otherwise 404."""
    found = Reading.objects.select_related("indicator__plan__owner__joined_to", "indicator__measure__plan").filter(
        pk=number
    )
    one = found.filter(indicator__in=indicators(user)).first()
    if one is None or not reads(user, one.indicator):
        raise Http404
    return one


def name_of(organisation: Organisation | None, level: int) -> str:
    """An organisation's name for a reader; "" where it is none, or one that the reader may not know of."""
    if organisation is None:
        return ""
    one = organisations.head(organisation)
    return one.name if one.visible_to <= level else ""


# — the tree ———————————————————————————————————————————————————————————————————————————————————————————————


@dataclass
class Node:
    """A measure of the tree with what stands below it, and how far down it is.

    `opens`: parts follow below it. `closes`: so many levels end with it.
    """

    measure: Measure
    depth: int
    indicators: int = 0
    activities: int = 0
    serving: int = 0  # measures of plans below that count towards it
    opens: bool = False
    closes: int = 0


Place = tuple[int, int]  # a measure's number and its depth


def order(plan: Plan, *, tops: Collection[int] | None = None) -> list[Place]:
    """Every measure of the plan, parts below their wholes, objective by objective. `tops`: only these and below them.

    Numbers only: a page shows a hundred of thousands.
    """
    rank = {one.pk: n for n, (one, _depth) in enumerate(objectives(plan))}
    rows = list(plan.measures.order_by("position", "id").values_list("pk", "within", "objective"))
    rows.sort(key=lambda row: rank.get(row[2], len(rank)))
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, whole, _objective in rows:
        below[whole].append(pk)
    found: list[Place] = []
    waiting = [(pk, 0) for pk in reversed(below[None]) if tops is None or pk in tops]
    while waiting:
        pk, depth = waiting.pop()
        found.append((pk, depth))
        waiting += [(part, depth + 1) for part in reversed(below[pk])]
    return found


def objectives(plan: Plan) -> list[tuple[Objective, int]]:
    """The plan's objectives with how deep each stands, those within others behind them."""
    below: dict[int | None, list[Objective]] = defaultdict(list)
    for one in plan.objectives.order_by("position", "id"):
        below[one.within_id].append(one)
    found: list[tuple[Objective, int]] = []
    waiting = [(one, 0) for one in reversed(below[None])]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(part, depth + 1) for part in reversed(below[one.pk])]
    return found


def nodes(places: Sequence[Place], user: Any) -> list[Node]:
    """The measures at these places of the order, with what is counted below each."""
    held = {
        one.pk: one
        for one in Measure.objects.filter(pk__in=[pk for pk, _depth in places]).select_related(
            "responsible__joined_to", "objective", "within", "serves"
        )
    }
    counted = _counts(held.values(), user)
    found = [Node(held[pk], depth, *counted.get(pk, (0, 0, 0))) for pk, depth in places if pk in held]
    for one, after in zip(found, [*found[1:], None], strict=True):
        then = after.depth if after is not None else min(found[0].depth, one.depth)
        one.opens, one.closes = then > one.depth, max(0, one.depth - then)
    return found


def _counts(measures: Iterable[Measure], user: Any) -> dict[int, tuple[int, int, int]]:
    numbers = [one.pk for one in measures]
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    through = Measure.activities.through.objects.filter(activity__in=activities.activities(Visibility.PUBLIC))
    below = Measure.objects.filter(plan__in=plans(user))
    for start in range(0, len(numbers), 5_000):
        some = numbers[start : start + 5_000]
        for at, rows in enumerate(
            (
                Indicator.objects.filter(measure__in=some).values_list("measure"),
                through.filter(measure__in=some).values_list("measure"),
                below.filter(serves__in=some).values_list("serves"),
            )
        ):
            for number, n in rows.order_by().annotate(n=Count("id")):
                found[number][at] = n
    return {number: (one[0], one[1], one[2]) for number, one in found.items()}


def statuses(plan: Plan) -> Mapping[str, int]:
    return dict(plan.measures.order_by().values_list("status").annotate(n=Count("id")))


def nested(user: Any, plan: Plan) -> QuerySet[Plan]:
    return plans(user).filter(under=plan)


def below(user: Any, plan: Plan) -> dict[int, Plan]:
    """The plan and all that nests in it, level by level, as far as the person may read."""
    found = level = {plan.pk: plan}
    while level:
        level = {one.pk: one for one in plans(user).filter(under__in=level) if one.pk not in found}
        found = found | level
    return found


def above(user: Any, plan: Plan) -> set[int]:
    """The plans that it nests in, as far as the person may read."""
    found: set[int] = set()
    at = plan.under
    while at is not None and at.pk not in found:
        found.add(at.pk)
        at = at.under
    return set(plans(user).filter(pk__in=found).values_list("pk", flat=True))


def serving(user: Any, measure: Measure) -> QuerySet[Measure]:
    """Measures of plans below that count towards this one."""
    return measure.served_by.filter(plan__in=plans(user)).select_related("plan", "responsible__joined_to")


def activities_of(user: Any, measure: Measure) -> QuerySet[Activity]:
    return activities.activities(level_of(user)).filter(measures=measure)


def plans_at(user: Any, place: str) -> QuerySet[Plan]:
    """A municipality's own plans; for its page."""
    return plans(user).filter(place=place)


def measures_at(user: Any, place: str) -> list[Measure]:
    """Measures of any plan that name the place."""
    named = (
        Measure.objects.filter(plan__in=plans(user)).exclude(places=[]).select_related("plan", "responsible__joined_to")
    )
    own = Measure.objects.filter(plan__in=plans_at(user, place)).select_related("plan", "responsible__joined_to")
    found = {one.pk: one for one in own}
    return [*found.values(), *(one for one in named if place in one.places and one.pk not in found)]


# — money ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass
class Sums:
    """Money by kind, each currency by itself. `unknown` counts the measures of which nothing of that kind is known."""

    by: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))
    unknown: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    measures: int = 0


def money_of(measures: Iterable[int], level: int) -> dict[int, list[Money]]:
    """Rows that stand, as far as the reader may see them, by measure."""
    found: dict[int, list[Money]] = defaultdict(list)
    rows = Money.objects.filter(measure__in=list(measures), ended_at=None, visible_to__lte=level)
    for row in rows.select_related("funder__joined_to"):
        found[row.measure_id].append(row)
    return found


def plan_money(plan: Plan, level: int) -> QuerySet[Money]:
    """Rows of the whole plan that stand, as far as the reader may see them, in its order."""
    rows = Money.objects.filter(measure__plan=plan, ended_at=None, visible_to__lte=level)
    return rows.select_related("measure", "funder__joined_to").order_by("measure__position", "measure_id", "id")


def partners_of(measures: Iterable[int]) -> dict[int, list[Organisation]]:
    found: dict[int, list[Organisation]] = defaultdict(list)
    through = Measure.partners.through.objects.filter(measure__in=list(measures)).order_by("id")
    for row in through.select_related("organisation__joined_to"):
        found[row.measure_id].append(row.organisation)
    return found


def readings_after(plan: Plan, last: tuple[str, int] | None, count: int) -> list[Reading]:
    """Approved readings from the newest period on, behind the one (period, number) that was told last."""
    found = Reading.objects.filter(indicator__plan=plan, state=Reading.State.APPROVED)
    if last is not None:
        found = found.filter(Q(period__lt=last[0]) | Q(period=last[0], pk__gt=last[1]))
    return list(found.order_by("-period", "pk").select_related("indicator").prefetch_related("parts")[:count])


def sums(measures: Iterable[Measure], money: Mapping[int, Sequence[Money]]) -> Sums:
    made = Sums()
    for measure in measures:
        made.measures += 1
        rows = money.get(measure.pk, ())
        for kind in Money.Kind.values:
            some = [row for row in rows if row.kind == kind]
            made.unknown[kind] += not some
            for row in some:
                made.by[kind][row.currency] += row.amount
    return made


def whole_money(plan: Plan, level: int) -> Sums:
    """Of all measures of the plan, added by the database."""
    made = Sums(measures=plan.measures.count())
    rows = Money.objects.filter(measure__plan=plan, ended_at=None, visible_to__lte=level).order_by()
    for kind, currency, amount in rows.values_list("kind", "currency").annotate(amount=Sum("amount")):
        made.by[kind][currency] = amount
    known = dict(rows.values_list("kind").annotate(n=Count("measure", distinct=True)))
    for kind in Money.Kind.values:
        made.unknown[kind] = made.measures - known.get(kind, 0)
    return made


# — indicators —————————————————————————————————————————————————————————————————————————————————————————————


@dataclass
class Standing:
    """Where an indicator stands: its newest value, the target that counts for it, and the light in words."""

    indicator: Indicator
    value: Decimal | None = None
    period: str = ""
    target: Decimal | None = None
    target_period: str = ""
    light: str = "unknown"
    known: int | None = None  # parts that had something to tell, of a parent
    parts: int = 0
    readings: list[Any] = field(default_factory=list)
    back: Collection[Cell] = ()  # what this reader is not told

    @property
    def newest(self) -> Any:
        """The newest reading, or what its parts made, that is known."""
        return next((row for row in reversed(self.readings) if row.value is not None), None)

    @property
    def few(self) -> bool:
        """Is the newest value kept back from this reader?"""
        return (self.indicator.pk, self.period) in self.back

    @property
    def words(self) -> str:
        return str(rules.LIGHTS[self.light][0])

    @property
    def colour(self) -> str:
        return rules.LIGHTS[self.light][1]


def standings(found: Sequence[Indicator], level: int) -> list[Standing]:
    """Of many indicators in three queries, and some more where they count people and the reader is the public."""
    numbers = [one.pk for one in found]
    back = kept_back(found, level)
    targets: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for target in Target.objects.filter(indicator__in=numbers):
        targets[target.indicator_id][target.period] = target.value
    values: dict[int, list[Reading | Rolled]] = defaultdict(list)
    for reading in Reading.objects.filter(indicator__in=numbers, state=Reading.State.APPROVED).defer("note", "reason"):
        values[reading.indicator_id].append(reading)
    rolled = rolling.rolled_of(one.pk for one in found if one.rolls_up != Indicator.RollsUp.NOT)
    return [
        _standing(
            one,
            rolled.get(one.pk, []) if one.rolls_up != Indicator.RollsUp.NOT else values[one.pk],
            targets[one.pk],
            back,
        )
        for one in found
    ]


def _standing(
    indicator: Indicator, rows: Sequence[Any], targets: Mapping[str, Decimal], back: Collection[Cell]
) -> Standing:
    made = Standing(indicator, readings=sorted(rows, key=lambda row: rules.after(row.period)), back=back)
    known = [row for row in made.readings if row.value is not None]
    if known:
        newest = known[-1]
        made.value, made.period = newest.value, newest.period
        if isinstance(newest, Rolled):
            made.known, made.parts = newest.known, newest.parts
        made.target_period = rules.target_for(newest.period, targets)
    elif targets:
        made.target_period = max(targets, key=rules.after)
    made.target = targets.get(made.target_period)
    made.light = rules.light(made.value, made.target, indicator.baseline, indicator.direction)
    if made.known is not None and made.known < made.parts and made.light != "reached":
        made.light = "unknown"  # a part is missing, and with it some of the way
    return made


# — periods ————————————————————————————————————————————————————————————————————————————————————————————————


def locks(plan: Plan) -> QuerySet[Lock]:
    return plan.locks.filter(ended_at=None).select_related("by")


def locked(plan: Plan | None, period: str) -> str:
    """The locked period that holds this one; "" where it is open."""
    if plan is None:
        return ""
    return next((one for one in locks(plan).values_list("period", flat=True) if rules.holds(one, period)), "")


def waiting(plan: Plan) -> int:
    """How many readings were handed in and wait for a decision."""
    return Reading.objects.filter(indicator__plan=plan, state=Reading.State.SUBMITTED).count()


def as_read(one: Reading) -> tuple[Any, ...]:
    """What makes two readings the same."""
    return one.indicator_id, one.period, *(_same(n) for n in (one.value, one.numerator, one.denominator))


def _same(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.normalize()


def waiting_or_approved(plan: Plan, periods: Collection[str]) -> set[tuple[Any, ...]]:
    """Of these periods what was handed in or approved already, as `as_read` tells it."""
    states = (Reading.State.SUBMITTED, Reading.State.APPROVED)
    found = Reading.objects.filter(indicator__plan=plan, period__in=set(periods), state__in=states).order_by()
    return {
        (one, period, *map(_same, numbers))
        for one, period, *numbers in found.values_list("indicator", "period", "value", "numerator", "denominator")
    }


def steps(user: Any, plan: Plan) -> QuerySet[Step]:
    return plan.steps.select_related("by", "measure").order_by("-id")


# — assessments ————————————————————————————————————————————————————————————————————————————————————————————


def assessments(user: Any) -> QuerySet[Assessment]:
    level = level_of(user)
    seen = Q(visible_to__lte=level)
    found = Assessment.objects.filter(seen | Q(project__owner__in=_mine(user)))
    return found.filter(project__in=activities.projects(level) | activities.own_projects(user)).select_related(
        "project__owner__joined_to"
    )


def assessment_for(user: Any, number: int, *, edit: bool = False) -> Assessment:
    found = assessments(user).filter(pk=number).first()
    if found is None or (edit and not activities.may_edit(user, found.project.owner)):
        raise Http404
    return found
