"""Pages of measures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.activities import queries as activities
from sofra.organisations.queries import place_titles

from . import forms, queries, services, tables
from .models import Measure
from .saying import deed, field_words
from .views import CHANGED, page_of, put

MOST = 100  # activities that a measure's page lists


@require_safe
def measure(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.measure_for(request.user, code)
    return render(request, "plans/measure.html", _context(request, found))


def _context(request: HttpRequest, found: Measure, **bound: Any) -> dict[str, Any]:
    level = level_of(request.user)
    rows = queries.money_of([found.pk], level).get(found.pk, [])
    titles = place_titles(found.places)
    readable = queries.plans(request.user)
    context = {
        "measure": found,
        "plan": found.plan,
        "responsible": queries.name_of(found.responsible, level),
        "partners": [
            name for one in found.partners.select_related("joined_to") if (name := queries.name_of(one, level))
        ],
        "places": [titles.get(place, place) for place in found.places],
        "parts": found.parts.all(),
        "serves": found.serves if found.serves and readable.filter(pk=found.serves.plan_id).exists() else None,
        "serving": queries.serving(request.user, found),
        "activities": queries.activities_of(request.user, found)[:MOST],
        "money": [(row, tables.number(row.amount), queries.name_of(row.funder, level)) for row in rows],
        "indicators": [
            tables.indicator_row(one, level) for one in queries.standings(list(found.indicators.all()), level)
        ],
        "steps": [
            (
                tables.number_day(step.at),
                deed(step.what),
                field_words(step.before, step.after, careful=level == 0),
                step.reason,
            )
            for step in found.steps.order_by("-id")[:50]
        ],
        "acts": queries.acts_on(request.user, found),
        "writes": queries.writes(request.user, found.plan),
        "most": MOST,
        "activity_count": queries.activities_of(request.user, found).count(),
    }
    if context["acts"]:
        context |= {
            "status_form": forms.StatusForm(initial={"seen": found.version, "status": found.status}, prefix="status"),
            "money_form": forms.MoneyRowForm(level=level, prefix="money"),
            "activity_form": forms.ActivityForm(among=_known(request.user), prefix="activity"),
            "offered": forms.offered(("known-organisations", "known-activities"), request.user),
        }
    return context | bound


def _known(user: Any) -> Any:
    return activities.activities(level_of(user))


@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    first = {"within": request.GET.get("within", ""), "objective": request.GET.get("objective", "")}
    form = forms.MeasureForm(
        request.POST or None, plan=plan, plans=queries.plans(by), level=level_of(by), initial=first
    )
    if form.is_valid():
        try:
            return redirect(services.add_measure(plan, **form.said(), by=by))
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Add a measure"), plan=plan)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    found = queries.measure_for(by, code, edit=True)
    level, late = level_of(by), False
    plain = ("number", "places", "begins", "ends", "source")
    first = {name: getattr(found, name) for name in plain} | {
        "seen": found.version,
        "objective": found.objective.code if found.objective else "",
        "within": found.within.code if found.within else "",
        "serves": found.serves.code if found.serves else "",
        "responsible": queries.name_of(found.responsible, level),
        "partners": "\n".join(queries.name_of(one, level) for one in found.partners.select_related("joined_to")),
        **forms.first_texts(found, title="titles", about="about", needs="needs"),
    }
    form = forms.MeasureForm(request.POST or None, plan=found.plan, plans=queries.plans(by), level=level, initial=first)
    if form.is_valid():
        try:
            changed = services.edit_measure(found, **form.said(), seen=form.cleaned_data["seen"] or 0, by=by)
            messages.success(request, _("The measure was changed."))
            return redirect(changed)
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Change the measure"), plan=found.plan, back=found, late=late)


@require_POST
def measure_act(request: HttpRequest, code: str) -> HttpResponse:
    """How it goes, a row of money, an activity that counts: one small form each on the measure's page."""
    by = require(request.user, roles.MEMBER)
    found = queries.measure_for(by, code, act=True)
    bound: dict[str, Any] = {}
    act = request.POST.get("act", "")
    status = 422
    try:
        if _acted(request, found, act, bound, by):
            messages.success(request, _("Written down."))
            return redirect(found)
    except services.Outdated:
        messages.error(request, str(CHANGED))
        status = 409
    except ValidationError as problem:
        form = next(iter(bound.values()), None)
        if form is None:
            messages.error(request, " ".join(problem.messages))
        else:
            put(form, problem)
    return render(request, "plans/measure.html", _context(request, found, **bound), status=status)


def _acted(request: HttpRequest, found: Measure, act: str, bound: dict[str, Any], by: Any) -> bool:
    level = level_of(by)
    if act == "status":
        form: Any = forms.StatusForm(request.POST, prefix="status")
        bound["status_form"] = form
        if form.is_valid():
            said = form.cleaned_data
            services.set_status(found, status=said["status"], reason=said["reason"], seen=said["seen"] or 0, by=by)
            return True
    elif act == "money":
        bound["money_form"] = form = forms.MoneyRowForm(request.POST, level=level, prefix="money")
        if form.is_valid():
            services.record_money(found, **form.said(), by=by)
            return True
    elif act == "money_end":
        typed = request.POST.get("row", "")
        row = found.money.filter(
            pk=int(typed) if typed.isdigit() and len(typed) < 12 else 0, visible_to__lte=level
        ).first()
        if row is not None:
            services.end_money(row, reason=request.POST.get("reason", ""), by=by)
            return True
    elif act in ("link", "unlink"):
        bound["activity_form"] = form = forms.ActivityForm(request.POST, among=_known(by), prefix="activity")
        if form.is_valid():
            {"link": services.link_activity, "unlink": services.unlink_activity}[act](
                found, form.cleaned_data["activity"], by=by
            )
            return True
    return False
