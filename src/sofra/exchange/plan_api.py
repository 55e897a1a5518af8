"""The public API of strategies and plans: measures, money, indicators and readings, as everyone may see them."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Schema
from ninja.errors import HttpError

from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.plans import few, queries, rules
from sofra.plans.models import Indicator, Measure, Plan, Reading

from .api import _ONE, PUBLIC, Code, Limit, Offset, _only, api

PlanKind = StrEnum("PlanKind", {code: code for code in Plan.Kind.values})  # type: ignore[misc]
PlanState = StrEnum("PlanState", {code: code for code in Plan.State.values})  # type: ignore[misc]
MeasureStatus = StrEnum("MeasureStatus", {code: code for code in Measure.Status.values})  # type: ignore[misc]
Light = StrEnum("Light", {code: code for code in rules.LIGHTS})  # type: ignore[misc]
_DATE = "A partial date: 2018-10-05, 2018-10 or 2018; empty: not known"
_TEXTS = "Language code to words"
_KEPT = "Fewer than five people, or kept back with them so that no difference tells them: the numbers are null then"


class PlanBrief(Schema):
    id: str
    kind: PlanKind
    titles: dict[str, str] = Field(description=_TEXTS)
    owner: str | None = Field(description="Id of the body whose plan it is; null: not known, or not public")
    place: str = Field(description="Code of a local plan's municipality")
    nests_in: str | None = Field(description="Id of the plan above it")
    begins: str = Field(description=_DATE)
    ends: str = Field(description=_DATE)
    adopted_on: str = Field(description=_DATE)
    state: PlanState
    source: str
    url: str


class Plans(Schema):
    count: int
    items: list[PlanBrief]


class ObjectiveOut(Schema):
    id: str
    number: str
    titles: dict[str, str] = Field(description=_TEXTS)
    part_of: str | None = Field(description="Id of the objective that it is a part of")
    source: str


class PlanWhole(PlanBrief):
    about: dict[str, str] = Field(description=_TEXTS)
    legal_basis: str
    objectives: list[ObjectiveOut]
    measures: int = Field(description="How many there are")
    indicators: int


class MoneyOut(Schema):
    kind: str = Field(description="asked, found or spent")
    amount: Decimal
    currency: str
    found_by: str | None = Field(description="Id of the body that found it")
    when: str = Field(description=_DATE)
    source: str


class MeasureOut(Schema):
    id: str
    number: str
    titles: dict[str, str] = Field(description=_TEXTS)
    objective: str | None
    part_of: str | None = Field(description="Id of the measure that it is a part of")
    counts_towards: str | None = Field(description="Id of the measure of a higher plan")
    responsible: str | None = Field(description="Null: not known, or not public")
    partners: list[str]
    places: list[str] = Field(description="Codes of places")
    begins: str = Field(description=_DATE)
    ends: str = Field(description=_DATE)
    status: MeasureStatus
    needs: dict[str, str] = Field(description=_TEXTS)
    money: list[MoneyOut] = Field(description="Rows that are public; none: not known, which is not 0")
    source: str
    url: str


class Measures(Schema):
    count: int
    items: list[MeasureOut]


class IndicatorBrief(Schema):
    id: str
    titles: dict[str, str] = Field(description=_TEXTS)
    definitions: dict[str, str] = Field(description=_TEXTS)
    unit: str
    scale: str = Field(description="number, share (in per cent) or levels (from 0, the lowest)")
    direction: str = Field(description="up, down or none: what is better")
    rule: str = Field(description="How it follows from its parts; not: it does not")
    part_of: str | None
    measure: str | None
    value: Decimal | None = Field(description="The newest that is approved; null: not known, or kept back")
    period: str
    target: Decimal | None
    target_period: str
    light: Light
    kept_back: bool = Field(description=_KEPT)
    source: str
    url: str


class Indicators(Schema):
    count: int
    items: list[IndicatorBrief]


class ReadingOut(Schema):
    period: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    complete: bool | None = Field(description="Does it hold everything? null: not known")
    why_unknown: str
    kept_back: bool = Field(description=_KEPT)
    source: str


class Readings(Schema):
    count: int
    items: list[ReadingOut]


@api.get("/plans", response={200: Plans, **_ONE}, tags=["plans"])
def list_plans(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Plans that are adopted or over."""
    _only(request, "limit", "offset")
    found = queries.plans(AnonymousUser())
    return {"count": found.count(), "items": [_plan(request, one) for one in found[offset : offset + limit]]}


@api.get("/plans/{code}", response={200: PlanWhole, **_ONE}, tags=["plans"])
def get_plan(request: HttpRequest, code: Code) -> Any:
    _only(request)
    plan = _found(code)
    return {
        **_plan(request, plan), "about": plan.about, "legal_basis": plan.legal_basis,
        "objectives": [
            {"id": one.code, "number": one.number, "titles": one.titles, "source": one.source,
             "part_of": one.within.code if one.within else None}
            for one, _depth in queries.objectives(plan)
        ],
        "measures": plan.measures.count(), "indicators": plan.indicators.count(),
    }  # fmt: skip


@api.get("/plans/{code}/measures", response={200: Measures, **_ONE}, tags=["plans"])
def list_measures(request: HttpRequest, code: Code, limit: Limit = 50, offset: Offset = 0) -> Any:
    """In the order of the plan, parts behind their wholes."""
    _only(request, "limit", "offset")
    plan = _found(code)
    order = queries.order(plan)
    nodes = queries.nodes(order[offset : offset + limit], AnonymousUser())
    numbers = [node.measure.pk for node in nodes]
    money, partners = queries.money_of(numbers, PUBLIC), queries.partners_of(numbers)
    items = []
    for one in (node.measure for node in nodes):
        rows = [
            {"kind": row.kind, "amount": row.amount, "currency": row.currency, "found_by": _body(row.funder),
             "when": row.when, "source": row.source}
            for row in money.get(one.pk, ())
        ]  # fmt: skip
        bodies = [_body(body) for body in partners.get(one.pk, ())]
        items.append({
            "id": one.code, "number": one.number, "titles": one.titles, "source": one.source,
            "objective": one.objective.code if one.objective else None,
            "part_of": one.within.code if one.within else None,
            "counts_towards": one.serves.code if one.serves and _seen(one.serves) else None,
            "responsible": _body(one.responsible), "partners": [body for body in bodies if body],
            "places": one.places, "begins": one.begins, "ends": one.ends, "status": one.status, "needs": one.needs,
            "money": rows, "url": request.build_absolute_uri(one.get_absolute_url()),
        })  # fmt: skip
    return {"count": len(order), "items": items}


@api.get("/plans/{code}/indicators", response={200: Indicators, **_ONE}, tags=["plans"])
def list_indicators(request: HttpRequest, code: Code, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Where each stands: its newest approved value, the target that counts for it, and the light in a word."""
    _only(request, "limit", "offset")
    found = _found(code).indicators.order_by("code").select_related("parent", "measure")
    standings = queries.standings(list(found[offset : offset + limit]), PUBLIC)
    return {"count": found.count(), "items": [_indicator(request, one) for one in standings]}


@api.get("/indicators/{code}/readings", response={200: Readings, **_ONE}, tags=["plans"])
def list_readings(request: HttpRequest, code: Code, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Approved readings of an indicator, or what its parts make together, the newest period first."""
    _only(request, "limit", "offset")
    found = queries.indicators(AnonymousUser()).filter(code=code).first()
    if found is None:
        raise HttpError(404, _("No indicator has the id “%(code)s”.") % {"code": code})
    back = few.kept_back([found], PUBLIC)
    rolls = found.rolls_up != Indicator.RollsUp.NOT
    rows: Any = found.rolled if rolls else found.readings.filter(state=Reading.State.APPROVED)
    page = rows.order_by("-period", "pk")[offset : offset + limit]
    return {"count": rows.count(), "items": [_reading(one, (found.pk, one.period) in back) for one in page]}


def _reading(one: Any, kept: bool) -> dict[str, Any]:
    """A reading, or a row that a parent's parts make."""
    whole = one.complete if isinstance(one, Reading) else one.known == one.parts
    return {
        "period": one.period, "value": None if kept else one.value, "numerator": None if kept else one.numerator,
        "denominator": None if kept else one.denominator, "complete": whole,
        "why_unknown": getattr(one, "why_unknown", ""), "kept_back": kept, "source": getattr(one, "source", ""),
    }  # fmt: skip


def _found(code: str) -> Plan:
    try:
        return queries.plan_for(AnonymousUser(), code)
    except Http404:
        raise HttpError(404, _("No plan has the id “%(code)s”.") % {"code": code}) from None


def _seen(measure: Measure) -> bool:
    return queries.plans(AnonymousUser()).filter(pk=measure.plan_id).exists()


def _body(one: Organisation | None) -> str | None:
    """The id of the body that stands for it, where it is public."""
    head = organisations.head(one) if one is not None else None
    return head.code if head is not None and head.visible_to <= PUBLIC else None


def _plan(request: HttpRequest, one: Plan) -> dict[str, Any]:
    above = one.under if one.under and queries.plans(AnonymousUser()).filter(pk=one.under.pk).exists() else None
    return {
        "id": one.code, "kind": one.kind, "titles": one.titles, "owner": _body(one.owner), "place": one.place,
        "nests_in": above.code if above else None, "begins": one.begins, "ends": one.ends,
        "adopted_on": one.adopted_on, "state": one.state, "source": one.source,
        "url": request.build_absolute_uri(one.get_absolute_url()),
    }  # fmt: skip


def _indicator(request: HttpRequest, one: queries.Standing) -> dict[str, Any]:
    what = one.indicator
    return {
        "id": what.code, "titles": what.titles, "definitions": what.definitions, "unit": what.unit,
        "scale": what.scale, "direction": what.direction, "rule": what.rolls_up,
        "part_of": what.parent.code if what.parent else None, "measure": what.measure.code if what.measure else None,
        "value": None if one.few else one.value, "period": one.period, "target": one.target,
        "target_period": one.target_period, "light": one.light, "kept_back": one.few, "source": what.source,
        "url": request.build_absolute_uri(what.get_absolute_url()),
    }  # fmt: skip
