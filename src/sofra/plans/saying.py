"""What happened to a plan, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sofra.activities import dates
from sofra.ground.tongues import said
from sofra.organisations.queries import place_titles, public_organisation

NUMBERS = ("baseline", "baseline_numerator", "baseline_denominator")


def deed(what: str) -> str:
    """What a step was."""
    return {
        "plan.added": _("plan written down"),
        "plan.edited": _("plan changed"),
        "objective.added": _("objective added"),
        "objective.edited": _("objective changed"),
        "measure.added": _("measure added"),
        "measure.edited": _("measure changed"),
        "measure.status": _("status"),
        "measure.linked": _("activity counts towards it"),
        "measure.unlinked": _("activity no longer counts"),
        "money.recorded": _("money recorded"),
        "money.ended": _("money taken back"),
        "indicator.added": _("indicator added"),
        "indicator.edited": _("indicator changed"),
        "target.set": _("target set"),
        "reading.recorded": _("reading recorded"),
        "reading.submitted": _("reading handed in"),
        "reading.approved": _("reading approved"),
        "reading.returned": _("reading returned"),
        "readings.imported": _("readings imported"),
        "readings.approved": _("readings approved"),
        "period.locked": _("period closed"),
        "period.opened": _("period opened again"),
    }.get(what, what)


def _names() -> dict[str, str]:
    return {
        "titles": _("title"),
        "about": _("description"),
        "owner": _("whose"),
        "place": _("place"),
        "under": _("nests in"),
        "begins": _("begins"),
        "ends": _("ends"),
        "adopted_on": _("adopted on"),
        "legal_basis": _("legal basis"),
        "source": _("source"),
        "state": _("state"),
        "visible_to": _("seen by"),
        "objective": _("objective"),
        "within": _("part of"),
        "serves": _("counts towards"),
        "number": _("number"),
        "responsible": _("responsible"),
        "partners": _("partners"),
        "places": _("places"),
        "needs": _("needs"),
        "status": _("status"),
        "period": _("period"),
        "activity": _("activity"),
        "kind": _("kind"),
        "rows": _("rows"),
        "after": _("behind"),
        "measure": _("measure"),
        "parent": _("part of"),
        "definitions": _("definition"),
        "unit": _("unit"),
        "of_people": _("counts people"),
        "direction": _("direction"),
        "scale": _("scale"),
        "levels": _("levels"),
        "how": _("how it is measured"),
        "measured_by": _("measured by"),
        "how_often": _("how often"),
        "rolls_up": _("rule"),
        "figure": _("figure of the hub"),
        "baseline": _("baseline"),
        "baseline_numerator": _("baseline, numerator"),
        "baseline_denominator": _("baseline, denominator"),
        "baseline_on": _("date of the baseline"),
        "baseline_source": _("source of the baseline"),
        "reading": _("number of the reading"),
    }


def field_words(before: Mapping[str, Any], after: Mapping[str, Any], *, careful: bool = False) -> str:
    """ "status: planned → done; ends: 2018 → 2019". `careful`: of a baseline only that it changed, as it may be one of
    few people."""
    if careful:
        before, after = ({name: one for name, one in said.items() if name not in NUMBERS} for said in (before, after))
    names = _names()
    found = []
    for name in {**before, **after}:
        was, now = _value(name, before.get(name)), _value(name, after.get(name))
        words = names.get(name, name)
        if was and now:
            found.append(f"{words}: {was} → {now}")
        elif was or now:
            found.append(f"{words}: {was} → –" if was else f"{words}: {now}")
    return "; ".join(found)


def number_words(kept: str) -> str:
    """ "60.0000" as it was kept → "60"."""
    return kept.rstrip("0").rstrip(".") if "." in kept else kept


def _value(name: str, value: Any) -> str:
    from .models import Indicator, Measure, Plan

    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return said(value)
    if name == "levels":
        return " → ".join(said(one) for one in value or [])
    if name in NUMBERS and value:
        return number_words(value)
    if name == "places" and value:
        return ", ".join(place_titles(value).values())
    if name in ("owner", "responsible", "partners", "measured_by") and value:
        found = [public_organisation(code) for code in (value if isinstance(value, list) else [value])]
        return ", ".join(one.name if one else _("a body that is not public") for one in found)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name in ("begins", "ends", "adopted_on") and value:
        return dates.written(value)
    for choices, of in (
        (Measure.Status, "status"),
        (Plan.State, "state"),
        (Plan.Kind, "kind"),
        (Indicator.Direction, "direction"),
        (Indicator.Scale, "scale"),
        (Indicator.RollsUp, "rolls_up"),
    ):
        if name == of and value in choices.values:
            return str(dict(choices.choices)[value])
    return "" if value is None else str(value)[:200]
