"""Pages of indicators and their readings."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.ground.figures import FIGURES
from sofra.ground.tongues import said
from sofra.organisations.queries import place_titles
from sofra.printing import page as printed

from . import forms, importing, indicator_forms, measuring, queries, reporting, rules, services, tables
from .models import Indicator, Lock, Reading
from .views import CHANGED, page_of, put

WAITING = (Reading.State.DRAFT, Reading.State.SUBMITTED, Reading.State.RETURNED)


@require_safe
def indicator_bank(request: HttpRequest) -> HttpResponse:
    """Indicators of prevention to start from."""
    table = tables.bank(request.user)
    mine = [one for one in queries.plans(request.user) if queries.writes(request.user, one)]
    return render(request, "plans/bank.html", {"table": table, "plans": mine[:50]})


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """What it is, how it stands, each reading with its parts, its chart, and what waits for those who decide."""
    found = queries.indicator_for(request.user, code)
    level = level_of(request.user)
    standing = queries.standings([found])[0]
    reads = queries.reads(request.user, found)
    readings = list(found.readings.filter(state=Reading.State.APPROVED).prefetch_related("parts").order_by("period"))
    readings.sort(key=lambda one: rules.after(one.period))
    now = measuring.figure_now(found)
    language = get_language() or "sq"
    chart = reporting.chart(standing, level, language)
    context = {
        "indicator": found,
        "plan": found.plan,
        "definition": said(found.definitions),
        "how": said(found.how),
        "standing": standing,
        "rule": tables.lights_rule(),
        "light_words": standing.words,
        "baseline": tables.value_words(found, found.baseline),
        "measured_by": queries.name_of(found.measured_by, level),
        "often": dict(indicator_forms.OFTEN).get(found.how_often, ""),
        "place": place_titles([found.place]).get(found.place, ""),
        "targets": [(one, tables.value_words(found, one.value)) for one in found.targets.all()],
        "rows": [_row(one, found, level) for one in readings],
        "rolled": [
            (
                one,
                _("fewer than five")
                if queries.too_few(found, one.value, level)
                else tables.value_words(found, one.value),
            )
            for one in (standing.readings if found.rolls_up != Indicator.RollsUp.NOT else [])
        ],
        "children": found.children.all()[:200],
        "figure": FIGURES.get(found.figure),
        "now": now,
        "now_words": tables.value_words(found, now.value) if now is not None else "",
        "reads": reads,
        "waiting": found.readings.filter(state__in=WAITING).select_related("by").order_by("-id")[:50] if reads else [],
        "writes": found.plan is not None and queries.writes(request.user, found.plan),
        "levels": [said(one) for one in found.levels],
        "chart": mark_safe(printed.blocks_html([chart], language=language, level=3)) if chart else "",
        "unit": tables.unit_words(found.unit),
        "too_few": queries.too_few(found, standing.value, level),
        "value": tables.value_words(found, standing.value),
        "target": tables.value_words(found, standing.target),
    }
    return render(request, "plans/indicator.html", context)


def _row(one: Reading, found: Indicator, level: int) -> dict[str, Any]:
    careful = level == 0 and found.unit.lower() in ("people", "persona")
    few = queries.too_few(found, one.value, level)
    whole = one.numerator if found.scale == Indicator.Scale.SHARE else one.value
    parts = [(part.dimension, part.key, part.value) for part in one.parts.all()]
    return {
        "reading": one,
        "value": _("fewer than five") if few else tables.value_words(found, one.value),
        "share": f"{tables.number(one.numerator)} / {tables.number(one.denominator)}" if one.denominator else "",
        "parts": [
            (
                told.dimension,
                [
                    (key, _("fewer than five, or kept with them") if value is None else tables.number(value))
                    for key, value in told.parts
                ],
                tables.number(told.missing) if told.missing is not None and told.missing > 0 else "",
                tables.number(told.beyond) if told.beyond else "",
            )
            for told in ([] if few else rules.told_apart(parts, whole, careful=careful))
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: HttpRequest, code: str) -> HttpResponse:
    """Of a plan; `?from=` begins with one of the bank."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    of = queries.bank().filter(code=request.GET.get("from", "")).first()
    first = _first(of, 0) | {"baseline": None} if of else {"measure": request.GET.get("measure", "")}
    form = indicator_forms.IndicatorForm(
        request.POST or None, plan=plan, among=queries.indicators(by), level=level_of(by), initial=first
    )
    if form.is_valid():
        try:
            return redirect(measuring.add_indicator(plan, **form.said(), by=by))
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Add an indicator"), plan=plan)


def _first(of: Indicator, level: int) -> dict[str, Any]:
    plain = (
        "scale",
        "unit",
        "direction",
        "rolls_up",
        "figure",
        "place",
        "how_often",
        "baseline",
        "baseline_numerator",
        "baseline_denominator",
        "baseline_on",
        "baseline_source",
        "source",
    )
    return {name: getattr(of, name) for name in plain} | {
        "seen": of.version,
        "measure": of.measure.code if of.measure else "",
        "parent": of.parent.code if of.parent else "",
        "levels": "\n".join(f"{one.get('sq', '')} | {one.get('en', '')}" for one in of.levels),
        "measured_by": queries.name_of(of.measured_by, level),
        **forms.first_texts(of, title="titles", definition="definitions", how="how"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    found = queries.indicator_for(by, code, edit=True)
    if found.plan is None:
        raise PermissionDenied
    late = False
    form = indicator_forms.IndicatorForm(
        request.POST or None,
        plan=found.plan,
        among=queries.indicators(by),
        level=level_of(by),
        initial=_first(found, level_of(by)),
    )
    if form.is_valid():
        try:
            changed = measuring.edit_indicator(found, **form.said(), seen=form.cleaned_data["seen"] or 0, by=by)
            return redirect(changed)
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Change the indicator"), plan=found.plan, back=found, late=late)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_target(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    found = queries.indicator_for(by, code, edit=True)
    form = indicator_forms.TargetForm(request.POST or None)
    if form.is_valid():
        measuring.set_target(found, **form.cleaned_data, by=by)
        return redirect(found)
    return page_of(request, form, _("Set a target"), plan=found.plan, back=found)


# — readings ———————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def reading_new(request: HttpRequest, code: str) -> HttpResponse:
    """Hand in a reading, keep it as a draft, or (`act=figure`) keep what the hub's figure says."""
    by = require(request.user, roles.MEMBER)
    found = queries.indicator_for(by, code, read=True)
    form: Any
    if request.POST.get("act") == "figure":
        form = indicator_forms.FigureForm(request.POST)
    else:
        form = indicator_forms.ReadingForm(
            request.POST or None, indicator=found, initial={"period": request.GET.get("period", "")}
        )
    if form.is_valid():
        try:
            if isinstance(form, indicator_forms.FigureForm):
                measuring.read_figure(found, period=form.cleaned_data["period"], by=by)
            else:
                submit = request.POST.get("act") == "submit"
                measuring.record_reading(found, **form.cleaned_data, submit=submit, by=by)
            messages.success(request, _("The reading is kept. It counts once somebody else has approved it."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    acts = [("submit", _("Hand in")), ("draft", _("Keep as a draft"))]
    return page_of(request, form, _("Hand in a reading"), plan=found.plan, back=found, acts=acts)


@require_POST
def reading_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Hand in a draft; approve or return what was handed in, for those who write for the plan."""
    by = require(request.user, roles.MEMBER)
    found = queries.reading_for(by, number)
    act = request.POST.get("act", "")
    if act in ("approve", "return") and not queries.writes(by, found.indicator.plan):
        raise PermissionDenied
    try:
        if act == "submit":
            measuring.submit_reading(found, by=by)
        elif act == "approve":
            measuring.approve_reading(found, by=by)
        elif act == "return":
            measuring.return_reading(found, reason=request.POST.get("reason", "")[:2000], by=by)
        messages.success(request, _("Written down."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(found.indicator)


@require_safe
def readings_waiting(request: HttpRequest, code: str) -> HttpResponse:
    """What was handed in and waits for a decision."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    found = Reading.objects.filter(indicator__plan=plan, state=Reading.State.SUBMITTED).select_related(
        "indicator", "by"
    )
    page = Paginator(found.order_by("id"), 50).get_page(request.GET.get("page"))
    return render(request, "plans/waiting.html", {"plan": plan, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def readings_import(request: HttpRequest, code: str) -> HttpResponse:
    """A table of readings: all rows are right, or none is kept and each wrong one is named."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    form = indicator_forms.ImportForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = importing.rows_of(file.read(), file.name) if file else importing.pasted(form.cleaned_data["pasted"])
            checked = importing.checked(plan, rows, by=by)
            problems = checked.problems
            if not problems:
                kept = measuring.keep_readings(checked.readings, plan=plan, by=by)
                messages.success(request, _("%(n)s readings were handed in; they wait for approval.") % {"n": kept})
                return redirect(plan)
            form.add_error(None, _("Nothing was kept: put these rows right, and bring the table again."))
        except ValidationError as problem:
            put(form, problem)
    return page_of(
        request,
        form,
        _("Bring a table of readings"),
        plan=plan,
        problems=problems,
        many=True,
        hint=_(
            "The first row names the columns: indicator, period, value (or numerator and denominator),"
            " why not known, source."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def plan_periods(request: HttpRequest, code: str) -> HttpResponse:
    """Which periods are closed; close one, or open it again with a reason."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    opening = request.POST.get("act") == "open"
    form = indicator_forms.FigureForm(request.POST if request.method == "POST" and not opening else None)
    try:
        if opening:
            typed = request.POST.get("lock", "")
            lock = Lock.objects.filter(plan=plan, pk=int(typed) if typed.isdigit() and len(typed) < 12 else 0).first()
            if lock is not None:
                measuring.open_period(lock, reason=request.POST.get("reason", ""), by=by)
                return redirect("plan_periods", plan.code)
        elif form.is_valid():
            measuring.lock_period(plan, period=form.cleaned_data["period"], by=by)
            return redirect("plan_periods", plan.code)
    except ValidationError as problem:
        if opening:
            messages.error(request, " ".join(problem.messages))
        else:
            put(form, problem)
    context = {"plan": plan, "form": form, "locks": queries.locks(plan), "changed": CHANGED}
    return render(request, "plans/periods.html", context, status=422 if form.errors else 200)
