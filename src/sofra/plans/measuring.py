"""What can happen to indicators: targets, readings that are handed in and decided on, periods that are closed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.figures import FIGURES, Asked, told
from sofra.ground.models import Visibility

from . import few, queries, rolling, rules
from .models import Indicator, Lock, Plan, Reading, ReadingPart, Target
from .services import _kept, check_titles, free_code, locked, note

State = Reading.State
Part = tuple[str, str, Decimal]  # of what, which, how many
CHANGEABLE = (
    "objective",
    "measure",
    "parent",
    "titles",
    "definitions",
    "unit",
    "of_people",
    "direction",
    "scale",
    "levels",
    "how",
    "measured_by",
    "how_often",
    "rolls_up",
    "figure",
    "place",
    "baseline",
    "baseline_numerator",
    "baseline_denominator",
    "baseline_on",
    "baseline_source",
    "source",
)
OPEN_STATES = (State.DRAFT, State.RETURNED)
PEOPLE = frozenset(  # units that say by themselves that people are counted
    "people|persons|women|girls|men|boys|pupils|students|teachers|participants|attendees|families|children|youth"
    "|persona|njerëz|gra|vajza|burra|djem|nxënës|studentë|mësues|pjesëmarrës|familje|fëmijë|të rinj".split("|")
)
MOST_AT_ONCE = 20_000  # readings that are approved in one go


# — indicators —————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_indicator(
    plan: Plan | None, *, titles: dict[str, str], by: User | None, code: str = "", **said: Any
) -> Indicator:
    """Of a plan, or of the bank where `plan` is None. Raises ValidationError of {field: sentences}."""
    base = (
        f"{plan.code}.i.{next(iter(titles.values()), '')}"
        if plan is not None
        else f"bank.{next(iter(titles.values()), '')}"
    )
    made = Indicator(plan=plan, code=code or free_code(Indicator, base))
    _before, after = _kept(made, {"titles": titles, **said}, CHANGEABLE)
    _check(made)
    made.save()
    _told_of_people(made)
    if made.parent_id:
        rolling.after_change(made)
    note("indicator.added", made.code, by, plan=plan, measure=made.measure, after=after)
    return made


def copy_from_bank(of: Indicator, plan: Plan, *, by: User | None, **said: Any) -> Indicator:
    """An indicator of the bank for a plan: its own from then on. Baseline and targets are the plan's to say."""
    names = ("definitions", "unit", "of_people", "direction", "scale", "levels", "how", "how_often", "figure", "source")
    return add_indicator(plan, titles=dict(of.titles), by=by, **{name: getattr(of, name) for name in names}, **said)


@transaction.atomic
def edit_indicator(indicator: Indicator, *, by: User | None, seen: int | None = None, **said: Any) -> Indicator:
    """Raises ValidationError, or Outdated. Its parents, old and new, are worked out again."""
    now: Indicator = locked(indicator, seen)
    old_parent = now.parent
    before, after = _kept(now, said, CHANGEABLE)
    _check(now)
    if after:
        now.version += 1
        now.save()
        _told_of_people(now)
        if {"parent", "rolls_up"} & set(after):
            rolling.after_change(now)
            if old_parent is not None and old_parent.pk != now.parent_id:
                rolling.after_change(old_parent)
        note("indicator.edited", now.code, by, plan=now.plan, measure=now.measure, before=before, after=after)
    return now


def _told_of_people(one: Indicator) -> None:
    """What rolls up into one another counts people in all its parts, or in none."""
    if one.parent_id is None and one.rolls_up == Indicator.RollsUp.NOT:
        return
    tree = few.tree_of(one.pk)
    if Indicator.objects.filter(pk__in=list(tree), of_people=True).exists():
        Indicator.objects.filter(pk__in=list(tree), of_people=False).update(of_people=True)
        one.of_people = True


def _check(one: Indicator) -> None:
    check_titles(one.titles)
    one.of_people = one.of_people or one.unit.strip().lower() in PEOPLE
    if one.objective is not None and one.objective.plan_id != one.plan_id:
        raise ValidationError({"objective": _("This objective is another plan's.")})
    if one.parent is not None and one.parent.plan_id != one.plan_id and one.parent.plan_id not in _above(one.plan):
        raise ValidationError({"parent": _("The indicator above is one of the same plan, or of one that it nests in.")})
    if rolling.refuse_circle(one if one.pk else None, one.parent):
        raise ValidationError({"parent": _("An indicator cannot stand above itself.")})
    if one.scale == Indicator.Scale.SHARE:
        _check_baseline(one)
    if one.scale == Indicator.Scale.LEVELS and len(one.levels) < 2:
        raise ValidationError({"levels": _("Write at least two levels, from the lowest.")})
    wrong = {
        Indicator.RollsUp.SHARE: one.scale != Indicator.Scale.SHARE,
        Indicator.RollsUp.SUM: one.scale != Indicator.Scale.NUMBER,
        Indicator.RollsUp.WORST: one.scale != Indicator.Scale.LEVELS,
    }
    if wrong.get(Indicator.RollsUp(one.rolls_up)):
        raise ValidationError(
            {"rolls_up": _("Numbers are added, shares by their numerators and denominators, levels by the lowest.")}
        )
    if one.plan is not None and one.figure and one.figure not in FIGURES:
        raise ValidationError({"figure": _("The hub states no figure of this name.")})


def _check_baseline(one: Indicator) -> None:
    try:
        rules.check_share(one.baseline_numerator, one.baseline_denominator)
    except ValidationError as problem:
        raise ValidationError({f"baseline_{name}": words for name, words in problem.message_dict.items()}) from None
    if one.baseline_denominator:
        one.baseline = rules.share(one.baseline_numerator, one.baseline_denominator)


def _above(plan: Plan | None) -> set[int]:
    found: set[int] = set()
    at = plan.under if plan is not None else None
    while at is not None and at.pk not in found:
        found.add(at.pk)
        at = at.under
    return found


@transaction.atomic
def set_target(indicator: Indicator, *, period: str, value: Decimal | None, source: str = "", by: User | None) -> None:
    """What is to be reached by the end of a period; None takes it away."""
    period = rules.read_period(period)
    was = indicator.targets.filter(period=period).first()
    if value is None:
        indicator.targets.filter(period=period).delete()
    else:
        Target.objects.update_or_create(indicator=indicator, period=period, defaults={"value": value, "source": source})
    note(
        "target.set",
        indicator.code,
        by,
        plan=indicator.plan,
        measure=indicator.measure,
        before={period: str(was.value) if was else None},
        after={period: str(value) if value is not None else None},
    )


# — readings ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_reading(
    indicator: Indicator,
    *,
    period: str,
    by: User | None,
    value: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    why_unknown: str = "",
    complete: bool | None = None,
    source: str = "",
    note_said: str = "",
    parts: Sequence[Part] = (),
    submit: bool = False,
) -> Reading:
    """A reading as a draft, or handed in at once. Raises ValidationError of {field: sentences}."""
    period = rules.read_period(period)
    refuse_locked(indicator, period)
    if indicator.scale == Indicator.Scale.SHARE:
        rules.check_share(numerator, denominator)
        value = rules.share(numerator, denominator)
    check_value(indicator, value, why_unknown, source)
    made = Reading.objects.create(
        indicator=indicator,
        period=period,
        value=value,
        numerator=numerator,
        denominator=denominator,
        why_unknown=why_unknown.strip(),
        complete=complete,
        source=source.strip(),
        note=note_said.strip(),
        by=by,
        state=State.SUBMITTED if submit else State.DRAFT,
    )
    ReadingPart.objects.bulk_create(
        [ReadingPart(reading=made, dimension=which, key=key, value=number) for which, key, number in parts]
    )
    _noted("reading.recorded", made, by)
    return made


def check_value(indicator: Indicator, value: Decimal | None, why_unknown: str, source: str) -> None:
    if indicator.rolls_up != Indicator.RollsUp.NOT:
        raise ValidationError(
            {
                "value": _("This indicator follows from its parts (%(rule)s): hand in the readings of those.")
                % {"rule": indicator.get_rolls_up_display()}
            }
        )
    field = "numerator" if indicator.scale == Indicator.Scale.SHARE else "value"
    if value is None and not why_unknown.strip():
        raise ValidationError({field: _("Write the value, or say why it is not known: not known is not 0.")})
    if value is not None and why_unknown.strip():
        raise ValidationError({"why_unknown": _("It is known, so leave this empty; a remark goes into the note.")})
    if value is not None and not source.strip():
        raise ValidationError({"source": _("Say where the value comes from.")})
    if (
        indicator.scale == Indicator.Scale.LEVELS
        and value is not None
        and not (value == value.to_integral() and 0 <= value < len(indicator.levels))
    ):
        raise ValidationError({"value": _("Choose one of the levels.")})


def refuse_locked(indicator: Indicator, period: str) -> None:
    if lock := queries.locked(indicator.plan, period):
        raise ValidationError(
            {
                "period": _("The period %(period)s is closed for this plan: ask who runs it to open it again.")
                % {"period": lock}
            }
        )


def _noted(what: str, reading: Reading, by: User | None, reason: str = "") -> None:
    one = reading.indicator
    note(
        what,
        one.code,
        by,
        plan=one.plan,
        measure=one.measure,
        after={"period": reading.period, "reading": reading.pk},
        reason=reason,
    )


def _locked(reading: Reading, *states: str) -> Reading:
    now = (
        Reading.objects.select_for_update(of=("self",))
        .select_related("indicator__plan", "indicator__measure")
        .get(pk=reading.pk)
    )
    if now.state not in states:
        raise ValidationError(
            _("This reading is “%(state)s” by now: look at it again. Nothing was done.")
            % {"state": now.get_state_display()}
        )
    refuse_locked(now.indicator, now.period)
    return now


@transaction.atomic
def submit_reading(reading: Reading, *, by: User | None) -> Reading:
    now = _locked(reading, *OPEN_STATES)
    now.state, now.reason = State.SUBMITTED, ""
    now.save(update_fields=["state", "reason"])
    _noted("reading.submitted", now, by)
    return now


@transaction.atomic
def approve_reading(reading: Reading, *, by: User | None) -> Reading:
    """It counts from now on; the one that counted for the period before stays, replaced."""
    Indicator.objects.select_for_update().get(pk=reading.indicator_id)  # one approval of an indicator at a time
    now = _locked(reading, State.SUBMITTED)
    if by is not None and now.by_id == by.pk:
        raise ValidationError(_("Somebody else approves what you handed in."))
    now.indicator.readings.filter(period=now.period, state=State.APPROVED).update(state=State.REPLACED)
    now.state, now.decided_by, now.decided_at = State.APPROVED, by, timezone.now()
    now.save(update_fields=["state", "decided_by", "decided_at"])
    rolling.after_reading(now.indicator, now.period)
    _noted("reading.approved", now, by)
    return now


@transaction.atomic
def approve_many(found: Iterable[Reading], *, plan: Plan, by: User | None) -> tuple[int, int]:
    """All of these that wait and that somebody else handed in, or none. Of several for one period the newest counts.

    Gives how many were approved, and how many of them were one's own or of a closed period and wait on. Raises
    ValidationError.
    """
    asked = [one.pk for one in found][: MOST_AT_ONCE + 1]
    if len(asked) > MOST_AT_ONCE:
        raise ValidationError(_("At most %(most)s are approved in one go: choose fewer.") % {"most": MOST_AT_ONCE})
    now = Reading.objects.select_for_update(of=("self",)).filter(pk__in=asked, state=State.SUBMITTED)
    rows = list(now.filter(indicator__plan=plan).order_by("indicator", "id"))
    closed = list(queries.locks(plan).values_list("period", flat=True))
    mine = [
        one
        for one in rows
        if not (by is not None and one.by_id == by.pk) and not any(rules.holds(lock, one.period) for lock in closed)
    ]
    newest = {(one.indicator_id, one.period): one for one in mine}
    indicators = sorted({one.indicator_id for one in mine})
    for start in range(0, len(indicators), 5_000):
        some = indicators[start : start + 5_000]
        list(Indicator.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk").values_list("pk"))
        counted = Reading.objects.filter(indicator__in=some, state=State.APPROVED)
        old = [pk for pk, one, period in counted.values_list("pk", "indicator", "period") if (one, period) in newest]
        Reading.objects.filter(pk__in=old).update(state=State.REPLACED)
    at = timezone.now()
    for one in mine:
        one.state = State.APPROVED if newest[one.indicator_id, one.period] is one else State.REPLACED
        one.decided_by, one.decided_at = by, at
    Reading.objects.bulk_update(mine, ["state", "decided_by", "decided_at"], batch_size=1_000)
    rolling.after_readings(indicators)
    if mine:
        note("readings.approved", plan.code, by, plan=plan, after={"rows": len(newest)})
    return len(newest), len(rows) - len(mine)


@transaction.atomic
def return_reading(reading: Reading, *, reason: str, by: User | None) -> Reading:
    now = _locked(reading, State.SUBMITTED)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be put right, in a sentence.")})
    now.state, now.reason, now.decided_by, now.decided_at = State.RETURNED, reason.strip(), by, timezone.now()
    now.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    _noted("reading.returned", now, by, reason.strip())
    return now


def figure_now(indicator: Indicator, period: str = "") -> Any:
    """What the figure of the hub says of a place and a period, to the eyes of those for whom the plan is; None where
    there is none."""
    if not indicator.figure or indicator.figure not in FIGURES:
        return None
    begins, ends = rules.days(period) if period else (None, None)
    return told(indicator.figure, Asked(_eyes(indicator), indicator.place, begins, ends))


def _eyes(indicator: Indicator) -> int:
    """A plan for members counts what members see; never what is sealed, which its own editors do not all see."""
    return min(indicator.plan.visible_to, Visibility.MEMBERS) if indicator.plan is not None else Visibility.PUBLIC


def read_figure(indicator: Indicator, *, period: str, by: User | None) -> Reading:
    """Keep what the hub's figure says of a period as a reading that is handed in. Raises ValidationError."""
    period = rules.read_period(period)
    found = figure_now(indicator, period)
    if found is None:
        raise ValidationError(_("This indicator follows no figure of the hub."))
    words = _("Worked out by the hub: %(figure)s, from %(rows)s rows; %(unknown)s could not be counted.") % {
        "figure": FIGURES[indicator.figure].title,
        "rows": found.rows,
        "unknown": found.unknown,
    }
    if (eyes := _eyes(indicator)) != Visibility.PUBLIC:
        words += " " + _("Counted from what these may see: %(who)s.") % {"who": Visibility(eyes).label}
    is_share = indicator.scale == Indicator.Scale.SHARE
    known = found.value is not None and not (is_share and not found.denominator)
    return record_reading(
        indicator,
        period=period,
        by=by,
        value=None if is_share or not known else found.value,
        numerator=found.numerator if is_share and known else None,
        denominator=found.denominator if is_share and known else None,
        complete=found.unknown == 0 if known else None,
        why_unknown="" if known else _("The hub holds nothing to count for this period."),
        source=words[:300],
        submit=True,
    )


# — closed periods —————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def lock_period(plan: Plan, *, period: str, by: User | None) -> Lock:
    period = rules.read_period(period)
    if queries.locks(plan).filter(period=period).exists():
        raise ValidationError({"period": _("This period is closed already.")})
    made = Lock.objects.create(plan=plan, period=period, by=by)
    note("period.locked", plan.code, by, plan=plan, after={"period": period})
    return made


@transaction.atomic
def open_period(lock: Lock, *, reason: str, by: User | None) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, in a sentence.")})
    Lock.objects.filter(pk=lock.pk, ended_at=None).update(ended_at=timezone.now())
    note("period.opened", lock.plan.code, by, plan=lock.plan, before={"period": lock.period}, reason=reason.strip())


# — many at once ———————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def keep_readings(made: Sequence[tuple[Reading, Sequence[Part]]], *, plan: Plan, by: User | None) -> int:
    """Rows that `importing.checked` passed: handed in with their parts, all or none."""
    Plan.objects.select_for_update().get(pk=plan.pk)  # the same table sent twice at once is kept once
    there = queries.waiting_or_approved(plan, [one.period for one, _parts in made])
    fresh = [(one, parts) for one, parts in made if queries.as_read(one) not in there]
    rows = Reading.objects.bulk_create([one for one, _parts in fresh], batch_size=2_000)
    ReadingPart.objects.bulk_create(
        [
            ReadingPart(reading=row, dimension=which, key=key, value=value)
            for row, (_one, parts) in zip(rows, fresh, strict=True)
            for which, key, value in parts
        ],
        batch_size=2_000,
    )
    if rows:
        note("readings.imported", plan.code, by, plan=plan, after={"rows": len(rows)})
    return len(rows)
