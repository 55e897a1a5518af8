"""A plan with a measure, an indicator, a reading and a lesson, for every door."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sofra.activities.models import Project
from sofra.plans import measuring, services


def show_plans(made: Any) -> None:
    """Codes in `made.planned`. The plan is al.one's, so that Besa may write for it."""
    plan = services.add_plan(
        kind="sector", code="al.planned", titles={"en": "What we plan"}, owner=made.one, state="adopted", by=None
    )
    objective = services.add_objective(plan, number="1", titles={"en": "Together"}, by=None)
    measure = services.add_measure(plan, titles={"en": "Something to do"}, by=None)
    indicator = measuring.add_indicator(plan, titles={"en": "How many"}, measure=measure, by=None)
    reading = measuring.record_reading(indicator, period="2018", value=Decimal(3), source="a list", by=None)
    lesson = services.add_assessment(
        Project.objects.get(code=made.project), learnt="Begin with the school", visible_to=0, by=None
    )
    made.planned = {
        "objective": objective.code,
        "measure": measure.code,
        "indicator": indicator.code,
        "reading": reading.pk,
        "lesson": lesson.pk,
    }


def _plan(world: Any) -> dict[str, Any]:
    return {"code": "al.planned"}


def _measure(world: Any) -> dict[str, Any]:
    return {"code": world.planned["measure"]}


def _indicator(world: Any) -> dict[str, Any]:
    return {"code": world.planned["indicator"]}


def _lesson(world: Any) -> dict[str, Any]:
    return {"number": world.planned["lesson"]}


PLAN_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **dict.fromkeys(("plan_tree", "plan_edit", "objective_new", "measure_new", "indicator_new", "plan_periods"), _plan),
    **dict.fromkeys(("readings_import", "readings_waiting"), _plan),
    "objective_edit": lambda world: {"code": world.planned["objective"]},
    "plan_view": lambda world: {"code": "al.planned", "view": "money"},
    "plan_file": lambda world: {"code": "al.planned", "form": "xlsx"},
    "plan_table_download": lambda world: {"code": "al.planned", "view": "money", "form": "csv"},
    **dict.fromkeys(("measure", "measure_edit", "measure_act"), _measure),
    **dict.fromkeys(("indicator", "indicator_edit", "indicator_target", "reading_new"), _indicator),
    "reading_decide": lambda world: {"number": world.planned["reading"]},
    **dict.fromkeys(("assessment", "assessment_edit"), _lesson),
}
