"""What can happen to plans, objectives, measures and their money. Each is one transaction, one step, one audit line."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.activities.models import Activity, Project
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations.models import Organisation

from .models import Assessment, Measure, Money, Objective, Plan, Step

CHANGEABLE_PLAN = (
    "kind",
    "titles",
    "about",
    "owner",
    "place",
    "under",
    "begins",
    "ends",
    "adopted_on",
    "legal_basis",
    "source",
    "state",
    "visible_to",
)
CHANGEABLE_MEASURE = (
    "objective",
    "within",
    "serves",
    "number",
    "titles",
    "about",
    "responsible",
    "places",
    "begins",
    "ends",
    "needs",
    "source",
)
_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{1,58}")


class Outdated(Exception):
    """Somebody else changed it in the meantime; nothing was written."""


def as_said(value: Any) -> Any:
    """A value of a field as steps keep it: bodies and measures by their code."""
    return value.code if hasattr(value, "code") else str(value) if isinstance(value, Decimal) else value


def note(
    what: str,
    about: str,
    by: User | None,
    *,
    plan: Plan | None,
    measure: Measure | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """A step that people read, and the audit's line beside it."""
    Step.objects.create(
        plan=plan,
        measure=measure,
        about=about[:100],
        what=what,
        before=before or {},
        after=after or {},
        reason=reason,
        by=by,
    )
    hidden = plan is not None and (plan.visible_to != Visibility.PUBLIC or plan.state == Plan.State.DRAFT)
    # A code may be made from a title: whoever keeps the audit's chain reads no title of what is not public.
    record(what=what, about=f"plan {plan.pk}" if plan and hidden else about, by=by, fields=sorted(after or {}))


def check_titles(titles: dict[str, str]) -> None:
    if not any(text.strip() for text in titles.values()):
        raise ValidationError({"titles": _("Give it a title, in Albanian or in English.")})
    if any(len(text) > 300 for text in titles.values()):
        raise ValidationError({"titles": _("Shorten the title to 300 letters.")})


def check_when(begins: str, ends: str) -> None:
    try:
        dates.check_span(begins, ends)
    except ValidationError as problem:
        raise ValidationError({"ends": problem.messages}) from None


def free_code(model: Any, wanted: str) -> str:
    """A code from words, with a number behind it where it is taken."""
    base = re.sub(r"[^a-z0-9.]+", "-", fold(wanted)).strip("-.")[:44].rstrip("-.") or "plan"
    code, number = base, 1
    while model.objects.filter(code=code).exists():
        number += 1
        code = f"{base}-{number}"
    return code


def _kept(thing: Any, said: dict[str, Any], allowed: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what is said on the thing; what was there before, and what is now, of the fields that changed."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in said.items():
        if name not in allowed:
            raise ValueError(name)
        if (was := getattr(thing, name)) != value:
            before[name], after[name] = as_said(was), as_said(value)
            setattr(thing, name, value)
    return before, after


def locked(thing: Any, seen: int | None) -> Any:
    """The row, locked; raises Outdated where its version is not the one that was seen."""
    now = type(thing).objects.select_for_update().get(pk=thing.pk)
    if seen is not None and now.version != seen:
        raise Outdated
    return now


# — plans ——————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_plan(*, kind: str, titles: dict[str, str], by: User | None, code: str = "", **said: Any) -> Plan:
    """Raises ValidationError of {field: sentences}."""
    check_titles(titles)
    check_when(said.get("begins", ""), said.get("ends", ""))
    if code and not _CODE.fullmatch(code):
        raise ValidationError({"code": _("A code is of small letters, digits, points and hyphens.")})
    code = code or free_code(Plan, next(text for text in titles.values() if text.strip()))
    if Plan.objects.filter(code=code).exists():
        raise ValidationError({"code": _("Another plan has this code already.")})
    plan = Plan(code=code, created_by=by)
    _before, after = _kept(plan, {"kind": kind, "titles": titles, **said}, CHANGEABLE_PLAN)
    _check_under(plan)
    plan.save()
    note("plan.added", plan.code, by, plan=plan, after=after)
    return plan


@transaction.atomic
def edit_plan(plan: Plan, *, by: User | None, seen: int | None = None, reason: str = "", **said: Any) -> Plan:
    """Raises ValidationError, or Outdated."""
    now: Plan = locked(plan, seen)
    before, after = _kept(now, said, CHANGEABLE_PLAN)
    check_titles(now.titles)
    check_when(now.begins, now.ends)
    _check_under(now)
    if after:
        now.version += 1
        now.save()
        note("plan.edited", now.code, by, plan=now, before=before, after=after, reason=reason)
    return now


def _check_under(plan: Plan) -> None:
    above, seen = plan.under, set()
    while above is not None and above.pk not in seen:
        if above.pk == plan.pk:
            raise ValidationError({"under": _("A plan cannot stand below itself.")})
        seen.add(above.pk)
        above = above.under
    if plan.kind == Plan.Kind.LOCAL and not plan.place:
        raise ValidationError({"place": _("Say whose local plan it is: the municipality.")})


CHANGEABLE_OBJECTIVE = ("number", "titles", "about", "source", "within")


@transaction.atomic
def add_objective(
    plan: Plan,
    *,
    number: str,
    titles: dict[str, str],
    by: User | None,
    after: Objective | None = None,
    **said: Any,
) -> Objective:
    """At the end, or behind `after`. Raises ValidationError of {field: sentences}."""
    position = (plan.objectives.aggregate(n=Max("position"))["n"] or 0) + 1
    made = Objective(plan=plan, position=position)
    made.code = free_code(Objective, f"{plan.code}.{number.strip()}")
    _before, changed = _kept(made, {"number": number.strip(), "titles": titles, **said}, CHANGEABLE_OBJECTIVE)
    _check_objective(made)
    made.save()
    _stand_behind(made, after)
    note("objective.added", made.code, by, plan=plan, after=changed)
    return made


@transaction.atomic
def edit_objective(
    objective: Objective, *, by: User | None, seen: int | None = None, after: Objective | None = None, **said: Any
) -> Objective:
    """Raises ValidationError, or Outdated. What stands within it goes along, and its measures."""
    Plan.objects.select_for_update().get(pk=objective.plan_id)  # two moves of one plan come one after the other
    now: Objective = locked(objective, seen)
    before, changed = _kept(now, said, CHANGEABLE_OBJECTIVE)
    _check_objective(now)
    if _stand_behind(now, after):
        changed["after"] = after.code if after else None
    if changed:
        now.version += 1
        now.save()
        note("objective.edited", now.code, by, plan=now.plan, before=before, after=changed)
    return now


def _check_objective(one: Objective) -> None:
    check_titles(one.titles)
    if not one.number.strip() or one.plan.objectives.filter(number=one.number.strip()).exclude(pk=one.pk).exists():
        raise ValidationError({"number": _("Give it a number that no other objective of the plan has.")})
    above, seen = one.within, set[int]()
    while above is not None and above.pk not in seen:
        if above.plan_id != one.plan_id:
            raise ValidationError({"within": _("This objective is another plan's.")})
        if above.pk == one.pk:
            raise ValidationError({"within": _("An objective cannot be moved into itself or into its own part.")})
        seen.add(above.pk)
        above = above.within


def _stand_behind(one: Objective, after: Objective | None) -> bool:
    """Put it behind another; all others keep their order. Says whether it moved."""
    if after is None or after.pk == one.pk or after.plan_id != one.plan_id:
        return False
    others = [other for other in one.plan.objectives.order_by("position", "id") if other.pk != one.pk]
    was = [other.pk for other in one.plan.objectives.order_by("position", "id")]
    at = next(n for n, other in enumerate(others) if other.pk == after.pk)
    ordered = [*others[: at + 1], one, *others[at + 1 :]]
    for position, other in enumerate(ordered, start=1):
        other.position = position
    Objective.objects.bulk_update(ordered, ["position"])
    return was != [other.pk for other in ordered]


# — measures ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_measure(
    plan: Plan,
    *,
    titles: dict[str, str],
    by: User | None,
    partners: Sequence[Organisation] = (),
    status: str = "unknown",
    **said: Any,
) -> Measure:
    """Raises ValidationError of {field: sentences}."""
    position = (plan.measures.aggregate(n=Max("position"))["n"] or 0) + 1
    number = str(said.get("number", "")).strip()
    measure = Measure(plan=plan, position=position, status=status)
    measure.code = free_code(Measure, f"{plan.code}.m{number or position}")
    _before, after = _kept(measure, {"titles": titles, **said}, CHANGEABLE_MEASURE)
    _check_measure(measure)
    measure.save()
    _place_below(measure)
    measure.partners.set(partners)
    note("measure.added", measure.code, by, plan=plan, measure=measure, after=after | {"status": status})
    return measure


@transaction.atomic
def edit_measure(
    measure: Measure,
    *,
    by: User | None,
    seen: int | None = None,
    partners: Sequence[Organisation] | None = None,
    reason: str = "",
    **said: Any,
) -> Measure:
    """Raises ValidationError, or Outdated. A measure that is moved takes its parts along."""
    Plan.objects.select_for_update().get(pk=measure.plan_id)  # two moves of one plan come one after the other
    now: Measure = locked(measure, seen)
    before, after = _kept(now, said, CHANGEABLE_MEASURE)
    _check_measure(now)
    if partners is not None:
        was = sorted(one.code for one in now.partners.all())
        if was != (codes := sorted(one.code for one in partners)):
            before["partners"], after["partners"] = was, codes
            now.partners.set(partners)
    if after:
        now.version += 1
        now.save()
        if "within" in after:
            _move_below(now)
        note("measure.edited", now.code, by, plan=now.plan, measure=now, before=before, after=after, reason=reason)
    return now


def _check_measure(measure: Measure) -> None:
    check_titles(measure.titles)
    check_when(measure.begins, measure.ends)
    if measure.objective is not None and measure.objective.plan_id != measure.plan_id:
        raise ValidationError({"objective": _("This objective is another plan's.")})
    if measure.within is not None:
        if measure.within.plan_id != measure.plan_id:
            raise ValidationError(
                {"within": _("A measure is a part of one of its own plan; “counts towards” names another's.")}
            )
        if measure.pk and (measure.within_id == measure.pk or f"{measure.pk}/" in _path_parts(measure.within)):
            raise ValidationError(
                {
                    "within": _("“%(part)s” is a part of this measure: a measure cannot be moved into its own part.")
                    % {"part": measure.within}
                }
            )
    if measure.serves is not None and (measure.serves_id == measure.pk or _serves_itself(measure)):
        raise ValidationError({"serves": _("A measure cannot count towards itself, not by way of others either.")})


def _path_parts(measure: Measure) -> list[str]:
    return [f"{one}/" for one in Measure.objects.values_list("path", flat=True).get(pk=measure.pk).split("/") if one]


def _serves_itself(measure: Measure) -> bool:
    above, seen = measure.serves, set()
    while above is not None and above.pk not in seen:
        if above.pk == measure.pk:
            return True
        seen.add(above.pk)
        above = above.serves
    return False


def _place_below(measure: Measure) -> None:
    above = Measure.objects.values_list("path", flat=True).get(pk=measure.within_id) if measure.within_id else ""
    measure.path = f"{above}{measure.pk}/"
    if len(measure.path) > 200:
        raise ValidationError({"within": _("Measures are nested too deep here: put it higher.")})
    Measure.objects.filter(pk=measure.pk).update(path=measure.path)


def _move_below(measure: Measure) -> None:
    old = measure.path
    below = list(Measure.objects.filter(path__startswith=old).exclude(pk=measure.pk)) if old else []
    _place_below(measure)
    for one in below:
        one.path = measure.path + one.path[len(old) :]
        if len(one.path) > 200:
            raise ValidationError({"within": _("Measures are nested too deep here: put it higher.")})
    Measure.objects.bulk_update(below, ["path"], batch_size=1_000)


@transaction.atomic
def set_status(measure: Measure, *, status: str, reason: str, by: User | None, seen: int | None = None) -> Measure:
    """Say how it goes. Stopped and late need a reason. Raises ValidationError, or Outdated."""
    now: Measure = locked(measure, seen)
    if status not in Measure.Status.values:
        raise ValidationError({"status": _("Choose one of the answers.")})
    if status in (Measure.Status.STOPPED, Measure.Status.LATE) and not reason.strip():
        raise ValidationError({"reason": _("Say why, in a sentence.")})
    if now.status != status or reason.strip():
        was, now.status, now.version = now.status, status, now.version + 1
        now.save(update_fields=["status", "version"])
        note(
            "measure.status",
            now.code,
            by,
            plan=now.plan,
            measure=now,
            before={"status": was},
            after={"status": status},
            reason=reason.strip(),
        )
    return now


@transaction.atomic
def link_activity(measure: Measure, activity: Activity, *, by: User | None) -> None:
    """An activity counts towards a measure."""
    if measure.activities.filter(pk=activity.pk).exists():
        raise ValidationError({"activity": _("This activity counts towards the measure already.")})
    measure.activities.add(activity)
    note("measure.linked", measure.code, by, plan=measure.plan, measure=measure, after={"activity": activity.code})


@transaction.atomic
def unlink_activity(measure: Measure, activity: Activity, *, by: User | None) -> None:
    measure.activities.remove(activity)
    note("measure.unlinked", measure.code, by, plan=measure.plan, measure=measure, before={"activity": activity.code})


# — money ——————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_money(
    measure: Measure,
    *,
    kind: str,
    amount: Decimal,
    currency: str,
    by: User | None,
    funder: Organisation | None = None,
    when: str = "",
    source: str = "",
    visible_to: int = Visibility.MEMBERS,
) -> Money:
    """One row. Raises ValidationError of {field: sentences}."""
    wrong: dict[str, Any] = {}
    if amount is None or amount < 0 or amount >= Decimal(10) ** 12:
        wrong["amount"] = _("Write an amount from 0 up. What is not known is left out: it is not 0.")
    if not re.fullmatch("[A-Z]{3}", currency):
        wrong["currency"] = _("Write the currency as three letters, such as ALL or EUR.")
    if kind == Money.Kind.FOUND and funder is None:
        wrong["funder"] = _("Say who found it: write the organisation's name.")
    if not source.strip():
        wrong["source"] = _("Say where this figure stands.")
    if wrong:
        raise ValidationError(wrong)
    row = Money.objects.create(
        measure=measure,
        kind=kind,
        amount=amount,
        currency=currency,
        funder=funder,
        when=when,
        source=source.strip(),
        visible_to=visible_to,
        by=by,
    )
    # Amounts may be for few eyes, so that the history that all read says only that a row came.
    note("money.recorded", measure.code, by, plan=measure.plan, measure=measure, after={"kind": kind})
    return row


@transaction.atomic
def end_money(row: Money, *, reason: str, by: User | None) -> None:
    """Take a row back; it stays, dated."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, in a sentence.")})
    if row.ended_at is None:
        Money.objects.filter(pk=row.pk).update(ended_at=timezone.now())
        note(
            "money.ended",
            row.measure.code,
            by,
            plan=row.measure.plan,
            measure=row.measure,
            before={"kind": row.kind},
            reason=reason.strip(),
        )


# — assessments ————————————————————————————————————————————————————————————————————————————————————————————

SAID = ("was_to_change", "changed", "learnt", "did_not_work", "themes", "visible_to", "source")


@transaction.atomic
def add_assessment(project: Project, *, by: User | None, **said: Any) -> Assessment:
    made = Assessment(project=project, by=by)
    _kept(made, said, SAID)
    _check_assessment(made)
    made.save()
    note("assessment.added", project.code, by, plan=None)
    return made


@transaction.atomic
def edit_assessment(assessment: Assessment, *, by: User | None, seen: int | None = None, **said: Any) -> Assessment:
    now: Assessment = locked(assessment, seen)
    before, after = _kept(now, said, SAID)
    _check_assessment(now)
    if after:
        now.version += 1
        now.save()
        note("assessment.edited", now.project.code, by, plan=None, before=before, after=after)
    return now


def _check_assessment(made: Assessment) -> None:
    if not any((made.was_to_change, made.changed, made.learnt, made.did_not_work)):
        raise ValidationError({"learnt": _("Answer at least one of the four questions.")})
