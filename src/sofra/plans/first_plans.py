"""The bank of indicators and the plans that the mapping report names, from data/plans. Brought in twice, it is once."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from sofra.organisations.models import Organisation
from sofra.organisations.queries import head
from sofra.places.models import Place

from . import measuring, services
from .models import Indicator, Objective, Plan


@transaction.atomic
def load(folder: Path) -> int:
    """Gives how many plans and indicators came; what is there already stays as it is."""
    came = 0
    for one in json.loads((folder / "bank.json").read_text(encoding="utf-8")):
        if not Indicator.objects.filter(code=one["code"]).exists():
            measuring.add_indicator(None, by=None, **one)
            came += 1
    for one in json.loads((folder / "plans.json").read_text(encoding="utf-8")):
        if not Plan.objects.filter(code=one["code"]).exists():
            _plan(one)
            came += 1
    return came


def _plan(one: dict[str, Any]) -> None:
    place = Place.objects.filter(country="AL", level=2, name=one["place"]).first() if one["place"] else None
    under = Plan.objects.filter(code=one["under"] or "").first()
    plain = ("code", "kind", "titles", "about", "begins", "ends", "adopted_on", "legal_basis", "source", "state")
    plan = services.add_plan(
        **{name: one[name] for name in plain},
        under=under,
        place=place.code if place else "",
        owner=_body(one["owner"]),
        by=None,
    )
    for objective in one["objectives"]:
        services.add_objective(plan, by=None, **objective)
    for measure in one["measures"]:
        _measure(plan, measure, None)


def _measure(plan: Plan, one: dict[str, Any], within: Any) -> None:
    plain = ("number", "titles", "about", "begins", "ends", "needs", "source", "status")
    objective = _objective(plan, one["objective"])
    above = plan.under.measures.filter(number=one["objective"] or "").first() if plan.under else None
    made = services.add_measure(
        plan,
        **{name: one[name] for name in plain},
        objective=objective,
        serves=above if within is None else None,
        within=within,
        responsible=_body(one["responsible"]),
        partners=[body for name in one["partners"] if (body := _body(name))],
        by=None,
    )
    for part in one["parts"]:
        _measure(plan, part, made)


def _objective(plan: Plan, number: str | None) -> Objective | None:
    """The objective of the plan itself; a plan that nests in a strategy says by its measures what they are for."""
    return plan.objectives.filter(number=number or "").first()


def _body(name: str | None) -> Organisation | None:
    """The organisation of this very name; None where the registry has none, or several."""
    if not name:
        return None
    found = {head(one).pk: head(one) for one in Organisation.objects.filter(name=name).select_related("joined_to")}
    return next(iter(found.values())) if len(found) == 1 else None
