"""Pages of plans and lessons. Each fetches by a query that also says whether the reader may, then shows or acts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.activities import dates
from sofra.activities import queries as activities
from sofra.organisations.queries import place_titles
from sofra.organisations.vocabulary import Theme

from . import forms, queries, reporting, services, tables
from .models import Measure, Plan

PAGE = 100
WHOLE = 200  # a plan of more measures is opened objective by objective
LOOSE = "-"  # stands for the measures without an objective
CHANGED = gettext_lazy(
    "Somebody changed this in the meantime. Nothing of yours was kept: open it again, and look first."
)
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def put(form: Any, problem: ValidationError) -> None:
    """What a service refuses stands beside its field; what belongs to no field stands above."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        fields = [known for known in (name, f"{name}_sq", f"{name.rstrip('s')}_sq") if known in form.fields]
        form.add_error(fields[0] if fields else None, errors)


def page_of(
    request: HttpRequest, form: Any, title: str, *, plan: Any = None, back: Any = None, late: bool = False, **more: Any
) -> HttpResponse:
    """The page of a form; 422 where something is wrong with it, 409 where somebody was first."""
    lists = {str(one.widget.attrs.get("list", "")) for one in form.fields.values()} - {""}
    context = {
        "form": form,
        "title": title,
        "plan": plan,
        "back": back or plan,
        "late": CHANGED if late else "",
        "offered": forms.offered(lists, request.user, plan),
        **more,
    }
    return render(request, "plans/form.html", context, status=409 if late else 422 if form.errors else 200)


# — plans ——————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Strategies with what nests in them."""
    found = list(queries.plans(request.user))
    there = {one.pk for one in found}
    level = level_of(request.user)
    rows = [(one, queries.name_of(one.owner, level), one.under if one.under_id in there else None) for one in found]
    return render(request, "plans/plan_list.html", {"rows": rows, "may_add": has(request.user, roles.MEMBER)})


@require_safe
def plan_tree(request: HttpRequest, code: str) -> HttpResponse:
    """The plan as a tree. A large one is opened objective by objective, a page at a time."""
    plan = queries.plan_for(request.user, code)
    statuses = queries.statuses(plan)
    count = sum(statuses.values())
    chosen, page = request.GET.get("objective", ""), None
    places = queries.order(plan) if count <= WHOLE else []
    tops = dict(plan.measures.filter(within=None).order_by().values_list("objective").annotate(n=Count("id")))
    objectives = queries.objectives(plan)
    if count > WHOLE:
        whole = next((one for one, _depth in objectives if one.code == chosen), None)
        if whole is not None or chosen == LOOSE:
            some = plan.measures.filter(objective=whole, within=None).values_list("pk", flat=True)
            page = Paginator(some, 50).get_page(request.GET.get("page"))
            places = queries.order(plan, tops=set(page))
    by_objective = _by_objective(places, request.user)
    context = {
        "plan": plan,
        "owner": queries.name_of(plan.owner, level_of(request.user)),
        "page": page,
        "chosen": chosen,
        "count": count,
        "above": plan.under if plan.under and queries.plans(request.user).filter(pk=plan.under.pk).exists() else None,
        "objectives": [
            (one, min(depth + 2, 6), by_objective.get(one.pk, []), tops.get(one.pk, 0)) for one, depth in objectives
        ],
        "loose": by_objective.get(None, []),
        "loose_count": tops.get(None, 0),
        "nested": [(one, depth) for one, depth in _nested(request.user, plan)],
        "writes": queries.writes(request.user, plan),
        "waiting": queries.waiting(plan),
        "adopted": dates.written(plan.adopted_on) if plan.adopted_on else "",
        "place": place_titles([plan.place]).get(plan.place, "") if plan.place else "",
        "whole": count <= WHOLE,
        "statuses": [
            (str(words), statuses[code]) for code, words in tables.Measure.Status.choices if statuses.get(code)
        ],
        **_ways(plan, "tree"),
    }
    return render(request, "plans/plan_tree.html", context)


def _by_objective(places: list[queries.Place], user: Any) -> dict[int | None, list[Any]]:
    """The measures below each objective; parts stand with their whole."""
    tops: dict[int | None, list[queries.Place]] = {}
    objective_of = dict(
        Measure.objects.filter(pk__in=[pk for pk, depth in places if not depth]).values_list("pk", "objective")
    )
    at: int | None = None
    for pk, depth in places:
        at = objective_of.get(pk) if depth == 0 else at
        tops.setdefault(at, []).append((pk, depth))
    level = level_of(user)
    return {
        number: [(node, queries.name_of(node.measure.responsible, level)) for node in queries.nodes(some, user)]
        for number, some in tops.items()
    }


def _nested(user: Any, plan: Plan) -> list[tuple[Plan, int]]:
    """All plans below, each behind the one that it nests in, with how deep it stands."""
    below: dict[int | None, list[Plan]] = {}
    for one in queries.below(user, plan).values():
        below.setdefault(one.under_id, []).append(one)
    found: list[tuple[Plan, int]] = []
    waiting = [(one, 0) for one in reversed(below.get(plan.pk, []))]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(part, depth + 1) for part in reversed(below.get(one.pk, []))]
    return found


def _ways(plan: Plan, view: str) -> dict[str, Any]:
    return {"views": list(tables.view_names().items()), "view": view, "code": plan.code}


@require_safe
def plan_view(request: HttpRequest, code: str, view: str) -> HttpResponse:
    """One of the plan's tables, a page at a time."""
    plan = queries.plan_for(request.user, code)
    if view not in tables.VIEWS or view == "tree":
        raise Http404
    table = tables.VIEWS[view](request.user, plan)
    page = Paginator(table.rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "table": table,
        "page": page,
        "title": tables.view_names()[view],
        **_ways(plan, view),
        "rule": tables.lights_rule() if view == "indicators" else "",
        "writes": queries.writes(request.user, plan),
        "foot": table.foot,
    }
    if view == "timeline":
        return render(request, "plans/timeline.html", context | tables.bars(plan, page.object_list))
    return render(request, "plans/plan_view.html", context)


@require_safe
def plan_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The plan's report as PDF, Word or XLSX, to the reader's eyes."""
    plan = queries.plan_for(request.user, code)
    if form not in TYPES:
        raise Http404
    made = reporting.written(request.user, plan, form, get_language() or "sq")
    answer = HttpResponse(made, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{plan.code}.{form}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    form = forms.PlanForm(request.POST or None, plans=queries.plans(by), level=level_of(by), initial={"visible_to": 0})
    if form.is_valid():
        try:
            _refuse_others(form, by)
            return redirect(services.add_plan(**form.said(), by=by))
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Write down a plan"))


def _refuse_others(form: forms.PlanForm, by: Any) -> None:
    """An organisation's editor writes its own plans."""
    owner = form.body("owner")
    if not has(by, roles.MAPPER) and not queries.writes(by, Plan(owner=owner)):
        raise ValidationError({"owner": _("Write the name of an organisation that you speak for.")})


@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    level, late = level_of(by), False
    plain = ("kind", "place", "begins", "ends", "adopted_on", "legal_basis", "source", "state", "visible_to")
    first = {name: getattr(plan, name) for name in plain} | {
        "seen": plan.version,
        "owner": queries.name_of(plan.owner, level),
        "under": plan.under.code if plan.under else None,
        **forms.first_texts(plan, title="titles", about="about"),
    }
    form = forms.PlanForm(request.POST or None, plans=queries.plans(by).exclude(pk=plan.pk), level=level, initial=first)
    if form.is_valid():
        try:
            _refuse_others(form, by)
            changed = services.edit_plan(plan, **form.said(), seen=form.cleaned_data["seen"] or 0, by=by)
            messages.success(request, _("The plan was changed."))
            return redirect(changed)
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Change the plan"), plan=plan, late=late)


@require_http_methods(["GET", "HEAD", "POST"])
def objective_new(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    plan = queries.plan_for(by, code, edit=True)
    form = forms.ObjectiveForm(request.POST or None, plan=plan, level=level_of(by))
    if form.is_valid():
        try:
            services.add_objective(plan, **form.said(), by=by)
            return redirect(plan)
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Add an objective"), plan=plan)


@require_http_methods(["GET", "HEAD", "POST"])
def objective_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Its words, its number, and its place in the tree."""
    by = require(request.user, roles.MEMBER)
    found = queries.objective_for(by, code)
    first = {"number": found.number, "source": found.source, "seen": found.version} | {
        "within": found.within.code if found.within else "",
        **forms.first_texts(found, title="titles", about="about"),
    }
    form, late = forms.ObjectiveForm(request.POST or None, plan=found.plan, level=level_of(by), initial=first), False
    if form.is_valid():
        try:
            services.edit_objective(found, **form.said(), seen=form.cleaned_data["seen"] or 0, by=by)
            messages.success(request, _("The objective was changed."))
            return redirect(found.plan)
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Change the objective"), plan=found.plan, late=late)


# — lessons ————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def lesson_list(request: HttpRequest) -> HttpResponse:
    """What projects learnt, and what did not work, by theme."""
    theme = request.GET.get("theme", "")
    found = [one for one in queries.assessments(request.user) if not theme or theme in one.themes]
    names = dict(Theme.choices)
    used = sorted({code for one in queries.assessments(request.user) for code in one.themes if code in names})
    context = {
        "page": Paginator([(one, [names[code] for code in one.themes if code in names]) for one in found], 50).get_page(
            request.GET.get("page")
        ),
        "themes": [(code, names[code], code == theme) for code in used],
        "theme": theme,
        "may_add": has(request.user, roles.MEMBER),
    }
    return render(request, "plans/lesson_list.html", context)


@require_safe
def assessment(request: HttpRequest, number: int) -> HttpResponse:
    found = queries.assessment_for(request.user, number)
    names = dict(Theme.choices)
    context = {
        "assessment": found,
        "themes": [names[code] for code in found.themes if code in names],
        "writes": activities.may_edit(request.user, found.project.owner),
    }
    return render(request, "plans/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    projects = activities.projects(level_of(by)) if has(by, roles.MAPPER) else activities.own_projects(by)
    form = forms.AssessmentForm(
        request.POST or None, projects=projects, initial={"project": request.GET.get("project")}
    )
    if form.is_valid():
        try:
            return redirect(services.add_assessment(form.cleaned_data["project"], **form.said(), by=by))
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Look back on a project"))


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_edit(request: HttpRequest, number: int) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    found = queries.assessment_for(by, number, edit=True)
    first = {name: getattr(found, name) for name in services.SAID} | {
        "seen": found.version,
        "project": found.project.code,
    }
    projects = type(found.project).objects.filter(pk=found.project_id)
    form, late = forms.AssessmentForm(request.POST or None, projects=projects, initial=first), False
    if form.is_valid():
        try:
            return redirect(services.edit_assessment(found, **form.said(), seen=form.cleaned_data["seen"] or 0, by=by))
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Look back on a project"), back=found, late=late)
