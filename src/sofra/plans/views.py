"""Pages of plans and lessons. Each fetches by a query that also says whether the reader may, then shows or acts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.activities import queries as activities
from sofra.organisations.vocabulary import Theme

from . import forms, queries, reporting, services, tables
from .models import Plan

PAGE = 100
WHOLE = 200  # a plan of more measures is opened objective by objective
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
    context = {
        "form": form,
        "title": title,
        "plan": plan,
        "back": back or plan,
        "late": CHANGED if late else "",
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
    level = level_of(request.user)
    statuses = queries.statuses(plan)
    count = sum(statuses.values())
    objectives = list(plan.objectives.all())
    chosen = next((one for one in objectives if one.code == request.GET.get("objective")), None)
    page = None
    if count <= WHOLE:
        nodes = queries.tree(plan)
    elif chosen is not None:
        tops = plan.measures.filter(objective=chosen, within=None).values_list("pk", flat=True)
        page = Paginator(tops, 50).get_page(request.GET.get("page"))
        nodes = queries.tree(plan, tops=list(page))
    else:
        nodes = []
    by_objective: dict[int | None, list[Any]] = {}
    top: int | None = None
    for node in nodes:
        top = node.measure.objective_id if node.depth == 0 else top
        by_objective.setdefault(top, []).append((node, queries.name_of(node.measure.responsible, level)))
    context = {
        "plan": plan,
        "owner": queries.name_of(plan.owner, level),
        "page": page,
        "chosen": chosen,
        "count": count,
        "above": plan.under if plan.under and queries.plans(request.user).filter(pk=plan.under.pk).exists() else None,
        "objectives": [(one, by_objective.get(one.pk, [])) for one in objectives],
        "loose": by_objective.get(None, []),
        "nested": queries.nested(request.user, plan),
        "writes": queries.writes(request.user, plan),
        "whole": count <= WHOLE,
        "statuses": [
            (str(words), statuses[code]) for code, words in tables.Measure.Status.choices if statuses.get(code)
        ],
        **_ways(plan, "tree"),
    }
    return render(request, "plans/plan_tree.html", context)


def _ways(plan: Plan, view: str) -> dict[str, Any]:
    return {"views": list(tables.view_names().items()), "view": view, "code": plan.code}


@require_safe
def plan_view(request: HttpRequest, code: str, view: str) -> HttpResponse:
    """One of the plan's tables."""
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
    }
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
    form = forms.ObjectiveForm(request.POST or None, level=level_of(by))
    if form.is_valid():
        try:
            said = form.cleaned_data
            services.add_objective(
                plan,
                number=said["number"],
                titles=form.pair("title"),
                about=form.pair("about"),
                source=said["source"],
                by=by,
            )
            return redirect(plan)
        except ValidationError as problem:
            put(form, problem)
    return page_of(request, form, _("Add an objective"), plan=plan)


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
