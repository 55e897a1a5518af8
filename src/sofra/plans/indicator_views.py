"""Pages of indicators and their readings."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.activities import dates
from sofra.ground.figures import FIGURES
from sofra.ground.tongues import said
from sofra.organisations.queries import place_titles
from sofra.printing import page as printed

from . import few, forms, importing, indicator_forms, measuring, queries, reporting, rules, services, tables
from .models import Indicator, Lock, Reading, Step
from .saying import deed, field_words
from .views import CHANGED, page_of, put

SHOWN = 50  # of what happened to an indicator; all of it stands with the plan's changes
WAITING = (Reading.State.DRAFT, Reading.State.SUBMITTED, Reading.State.RETURNED)


@require_safe
def indicator_bank(request: HttpRequest) -> HttpResponse:
    """Indicators of prevention to start from."""
    table = tables.bank(request.user)
    mine = [one for one in queries.plans(request.user) if queries.writes(request.user, one)]
    chosen = next((one for one in mine if one.code == request.GET.get("plan")), None)
    if chosen is not None:
        address = reverse("indicator_new", args=[chosen.code])
        return redirect(f"{address}?{urlencode({'from': request.GET.get('from', '')})}")
    page = Paginator(table.rows, 50).get_page(request.GET.get("page"))
    return render(request, "plans/bank.html", {"table": table, "page": page, "plans": mine[:500]})


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """What it is, how it stands, each reading with its parts, its chart, and what waits for those who decide."""
    found = queries.indicator_for(request.user, code)
    level = level_of(request.user)
    standing = queries.standings([found], level)[0]
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
        "baseline": tables.few_words()
        if few.too_few(found, found.baseline_numerator or found.baseline, level)
        else tables.value_words(found, found.baseline),
        "baseline_on": dates.written(found.baseline_on) if found.baseline_on else "",
        "measured_by": queries.name_of(found.measured_by, level),
        "often": dict(indicator_forms.OFTEN).get(found.how_often, ""),
        "place": place_titles([found.place]).get(found.place, ""),
        "targets": [(one, tables.value_words(found, one.value)) for one in found.targets.all()],
        "rows": [_row(one, found, level, standing.back) for one in readings],
        "rolled": [
            (
                one,
                tables.few_words() if (found.pk, one.period) in standing.back else tables.value_words(found, one.value),
            )
            for one in (standing.readings if found.rolls_up != Indicator.RollsUp.NOT else [])
        ],
        "children": Paginator(found.children.order_by("code"), 100).get_page(request.GET.get("page")),
        "steps": _steps(found, level),
        "figure": FIGURES.get(found.figure),
        "now": now,
        "now_words": _now_words(found, now, level) if now is not None else "",
        "reads": reads,
        "waiting": found.readings.filter(state__in=WAITING).select_related("by").order_by("-id")[:50] if reads else [],
        "writes": found.plan is not None and queries.writes(request.user, found.plan),
        "levels": [said(one) for one in found.levels],
        "chart": mark_safe(printed.blocks_html([chart], language=language, level=3)) if chart else "",
        "unit": tables.unit_words(found.unit),
        "few_words": tables.few_words() if standing.few else "",
        "value": tables.value_words(found, standing.value),
        "target": tables.value_words(found, standing.target),
    }
    return render(request, "plans/indicator.html", context)


def _now_words(found: Indicator, now: Any, level: int) -> str:
    """A figure of the hub as this indicator would keep it: of a share how many of how many."""
    if found.scale == Indicator.Scale.SHARE:
        if not now.denominator:
            return ""
        is_few = any(few.too_few(found, one, level) for one in (now.numerator, now.denominator - now.numerator))
        share = tables.value_words(found, rules.share(now.numerator, now.denominator))
        told = f"{share} ({tables.number(now.numerator)} / {tables.number(now.denominator)})"
        return tables.few_words() if is_few else told
    return tables.few_words() if few.too_few(found, now.value, level) else tables.value_words(found, now.value)


def _steps(found: Indicator, level: int) -> list[tuple[str, str, str, str]]:
    """What happened to it, the newest first."""
    steps = Step.objects.filter(plan=found.plan, about=found.code[:100]).order_by("-id")[:SHOWN]
    return [
        (
            tables.number_day(one.at),
            deed(one.what),
            field_words(one.before, one.after, careful=level == 0),
            one.reason,
        )
        for one in steps
    ]


def _row(one: Reading, found: Indicator, level: int, back: Collection[few.Cell]) -> dict[str, Any]:
    careful = level == 0 and found.of_people
    kept = (found.pk, one.period) in back
    whole = one.numerator if found.scale == Indicator.Scale.SHARE else one.value
    parts = [(part.dimension, part.key, part.value) for part in one.parts.all()]
    return {
        "reading": one,
        "value": tables.few_words() if kept else tables.value_words(found, one.value),
        "share": f"{tables.number(one.numerator)} / {tables.number(one.denominator)}"
        if one.denominator and not kept
        else "",
        "parts": [
            (
                told.dimension,
                [(key, tables.few_words() if value is None else tables.number(value)) for key, value in told.parts],
                tables.number(told.missing) if told.missing is not None and told.missing > 0 else "",
                tables.number(told.beyond) if told.beyond else "",
            )
            for told in ([] if kept else rules.told_apart(parts, whole, careful=careful))
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: HttpRequest, code: str) -> HttpResponse:
    """Of a plan; `?from=` begins with one of the bank."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    of = queries.bank().filter(code=request.GET.get("from", "")).first()
    first = (
        _first(of, 0) | {"baseline": None}
        if of
        else {name: request.GET.get(name, "") for name in ("measure", "parent")}
    )
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
        "of_people",
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
        "objective": of.objective.code if of.objective else "",
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


@require_http_methods(["GET", "HEAD", "POST"])
def readings_waiting(request: HttpRequest, code: str) -> HttpResponse:
    """What was handed in and waits for a decision; many are approved at once."""
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    found = Reading.objects.filter(indicator__plan=plan, state=Reading.State.SUBMITTED)
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("chosen") if one.isdigit() and len(one) < 12]
        asked = found if request.POST.get("act") == "all" else found.filter(pk__in=chosen)
        try:
            done, left = measuring.approve_many(asked.order_by("id").only("pk"), plan=plan, by=by)
            messages.success(
                request, ngettext("%(n)s reading was approved.", "%(n)s readings were approved.", done) % {"n": done}
            )
            if left:
                messages.info(
                    request,
                    _("%(n)s wait on: somebody else approves what you handed in, and a closed period is opened first.")
                    % {"n": left},
                )
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return redirect("readings_waiting", plan.code)
    page = Paginator(found.select_related("indicator", "by").order_by("id"), 50).get_page(request.GET.get("page"))
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
            if not problems and not checked.readings:
                form.add_error(None, _("All that this table says was handed in already: there is nothing to bring."))
            elif not problems:
                kept = measuring.keep_readings(checked.readings, plan=plan, by=by)
                words = ngettext(
                    "%(n)s reading was handed in; it waits for approval.",
                    "%(n)s readings were handed in; they wait for approval.",
                    kept,
                )
                messages.success(request, words % {"n": kept})
                if checked.there:
                    messages.info(
                        request,
                        ngettext(
                            "%(n)s row was there already, and was left out.",
                            "%(n)s rows were there already, and were left out.",
                            checked.there,
                        )
                        % {"n": checked.there},
                    )
                return redirect(plan)
            else:
                form.add_error(None, _("Nothing was kept: put these rows right, and bring the table again."))
                if checked.wrong > len(problems):
                    problems.append(
                        ngettext("… and %(n)s more row.", "… and %(n)s more rows.", checked.wrong - len(problems))
                        % {"n": checked.wrong - len(problems)}
                    )
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
            " why not known, complete, source, note. A column “sex: women” holds a part of the value."
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
