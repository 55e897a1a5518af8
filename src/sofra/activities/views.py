"""Pages of activities and projects. Each fetches by a query that says whether the reader may."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience, Theme
from sofra.places import maps
from sofra.places.models import Place
from sofra.places.titles import title_of

from . import finding, forms, panels, queries, saying, services
from .drafts import ProjectDraft
from .models import Activity, Kept, Project
from .vocabulary import KINDS, Mode, Part, Status

VIEWS = ("list", "table", "map", "numbers")
ON_A_PROJECT = 50
_SEVERAL = ("kind", "audience", "theme")  # words of which an activity may have several


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    form = forms.FilterForm(request.GET, level=level)
    filters = form.filters()
    view = request.GET.get("view", "list")
    view = view if view in VIEWS else "list"
    sort = request.GET.get("sort", "-when")
    sort = sort if sort in finding.SORTS else "-when"
    pages = finding.Pages(Activity.objects.none()) if form.problems else finding.pages(level, filters, sort)
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "pages": pages,
        "view": view,
        "sort": sort,
        "level": level,
        **_around(form, view, sort),
    }
    if view == "map":
        context |= _map(level, filters, form)
    elif view == "numbers":
        context["numbers"] = [] if form.problems else _numbers(level, filters, form)
    else:
        page = pages.get_page(request.GET.get("page"))
        context |= {"page": page, "rows": saying.rows_of(page.object_list, level)}
    return render(request, "activities/activity_list.html", context)


def _around(form: forms.FilterForm, view: str, sort: str) -> dict[str, Any]:
    """The filters' parts of the page: long choices, chips that take one filter away, other views, other meanings."""
    also = {"view": view} if view != "list" else {}
    also |= {"sort": sort} if sort != "-when" else {}
    asked = form.asked().urlencode()
    views = [
        ("list", _("List"), "list-bullet"),
        ("table", _("Table"), "table-cells"),
        ("map", _("Map"), "map"),
        ("numbers", _("In numbers"), "chart-bar"),
    ]
    return {
        "groups": list(form.groups()),
        "dates": form.fields["date"].choices,  # type: ignore[attr-defined]
        "chips": form.chips("&".join(f"{name}={value}" for name, value in also.items())),
        "views": views,
        "query_without_view": f"{asked}&" if asked else "",
        "meanings": [(title_of(place), _without(form, "place") + f"place={place.code}") for place in _meant(form)],
        "asked": asked,
        "without_time": _without(form, "begins", "ends", "date").removeprefix("?"),
    }


def _meant(form: forms.FilterForm) -> list[Place]:
    return form.other_meanings() if not form.problems else []


def _without(form: forms.FilterForm, *names: str) -> str:
    """The list's address without some filters, to be followed by others."""
    query: QueryDict = form.asked()
    for name in names:
        query.pop(name, None)
    return f"?{text}&" if (text := query.urlencode()) else "?"


def _map(level: int, filters: finding.Filters, form: forms.FilterForm) -> dict[str, Any]:
    """The map of what is listed, and the same as a table; each municipality leads to its part of the list."""
    counts = {} if form.problems else finding.by_area(level, filters)
    before = _without(form, "place")

    def href(code: str) -> str:
        return f"{before}place={code}"

    regions = maps.rows(settings.COUNTRY, counts, href=href)
    rows = [row for region in regions for row in (region.below or (region,)) if row.count]
    return {"map": maps.tile_grid(settings.COUNTRY, counts, href=href, of=maps.ACTIVITIES), "map_rows": rows}


def _numbers(level: int, filters: finding.Filters, form: forms.FilterForm) -> list[dict[str, Any]]:
    """The list grouped by year, status, mode, kind, theme, audience: each group leads to its part of the list."""
    counted = finding.numbers(level, filters)
    named: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("status", _("Status"), dict(Status.choices)),
        ("kind", _("Kind of activity"), KINDS),
        ("audience", _("For whom"), dict(Audience.choices)),
        ("theme", _("Theme"), dict(Theme.choices)),
        ("mode", _("In person or online"), dict(Mode.choices)),
    )
    years = [(year or _("not known"), n, "") for year, n in sorted(counted.year.items(), reverse=True)]
    tables = [{"title": _("Year in which it begins"), "rows": years, "several": False, "unknown": _("not known")}]
    before = _without(form)
    for name, title, words in named:
        found = getattr(counted, name)
        rows = [
            (capfirst(str(words[code])), found[code], "" if getattr(filters, name) else f"{before}{name}={code}")
            for code in words
            if code in found
        ]
        rows += [(_("not known"), found[""], "")] if found.get("") else []
        tables.append({"title": title, "rows": rows, "several": name in _SEVERAL, "unknown": _("not known")})
    return tables


@require_safe
def activity(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.activity_for(request.user, code)
    level = queries.level_at(request.user, found)
    row = _row(request.user, found, level)
    groups = list(found.groups.all())
    context = {
        "activity": found,
        "row": row,
        "level": level,
        "days_are_open": saying.days_are_open(found),
        "groups": _by_what(groups, found.reached),
        "shows_money": found.money_visible_to <= level,
        "hides_class": row.verdict is None,
        "funders": _funders(row.project, request.user) if row.project else [],
        "cost": _amount(found.money, found.currency),
        "may_edit": queries.may_edit(request.user, found.owner),
        "panels": [panel(request, found) for panel in panels.on_activity],
    }
    return render(request, "activities/activity_detail.html", context)


def _row(user: Any, found: Activity, level: int) -> saying.Row:
    """As lists show it; its own people see their organisation and their own draft of a project by name as well."""
    row = saying.rows_of([found], level_of(user))[0]
    owner = row.owner or queries.names_of([found.owner], level).get(found.owner_id or 0)
    inside = row.project
    if inside is None and found.project is not None and queries.may_edit(user, found.project.owner):
        inside = found.project
    return replace(row, owner=owner, project=inside)


def _by_what(groups: Iterable[Any], total: int | None) -> list[dict[str, Any]]:
    """Those reached, told apart: a table for each way. What the parts leave of a known total was not told apart."""
    titles = {"sex": _("By sex"), "age": _("By age"), "audience": _("By group"), "sex-age": _("By sex and age")}
    tables: dict[str, dict[str, Any]] = {}
    for group in groups:
        table = tables.setdefault(group.by, {"title": titles.get(group.by, group.by), "rows": [], "sum": 0})
        table["rows"].append((capfirst(saying.group_words(group)), group.number))
        table["sum"] += group.number
    for table in tables.values():
        table["rest"] = total - table["sum"] if total is not None and total > table["sum"] else 0
    return list(tables.values())


def _funders(project: Project, user: Any) -> list[dict[str, Any]]:
    """The chain of money, who gave it first on top; a funder of whom the reader may not know is said to be one."""
    parties = list(project.parties.filter(part=Part.FUNDER))
    names = queries.standing((one.organisation_id for one in parties), level_of(user))
    shows = project.budget_visible_to <= queries.level_at(user, project)
    return [
        {
            "organisation": names.get(one.organisation_id),
            "step": one.step,
            "amount": _amount(one.amount, project.currency) if shows and one.amount is not None else "",
            "known": one.amount is not None,
        }
        for one in parties
    ]


def _amount(amount: Decimal | None, currency: str) -> str:
    """ "12 500 EUR"; cents only where there are any; "" for what is not known."""
    if amount is None:
        return ""
    figures = f"{amount:,.2f}".replace(",", "\u00a0").removesuffix(".00")
    return f"{figures}\u00a0{currency}".strip()


def _partners(project: Project, level: int) -> tuple[list[Organisation], int]:
    """The partners that the reader may know of, and how many more there are."""
    numbers = list(project.parties.filter(part=Part.PARTNER).values_list("organisation", flat=True))
    names = queries.standing(numbers, level)
    shown = list(dict.fromkeys(names[number] for number in numbers if number in names))
    return shown, sum(number not in names for number in numbers)


@require_safe
def activity_history(request: HttpRequest, code: str) -> HttpResponse:
    """What was changed, by whom, before and after: for those who may write it."""
    require(request.user)
    return _history(request, queries.activity_for(request.user, code, edit=True), _("Activities"), "activities")


@require_POST
def activity_undo(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user)
    return _undo(request, queries.activity_for(request.user, code, edit=True), services.undo_last)


def _history(request: HttpRequest, kept: Activity | Project, up: str, route: str) -> HttpResponse:
    page = Paginator(kept.versions.select_related("by"), finding.PAGE).get_page(request.GET.get("page"))
    level = queries.level_at(request.user, kept)
    steps = saying.steps_of(kept, list(page.object_list), level, level_of(request.user))
    return render(
        request, "activities/history.html", {"kept": kept, "page": page, "steps": steps, "up": up, "up_route": route}
    )


# — projects ———————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    typed = " ".join(request.GET.get("q", "").split())[:200]
    named = request.GET.get("organisation", "").strip()[:250]
    organisation = forms.find_organisation(named, level)
    found = finding.listed_projects(level, q=typed, organisation=organisation)
    if named and organisation is None:
        found = found.none()
    page = finding.Pages(found).get_page(request.GET.get("page"))
    projects = list(page.object_list)
    names = queries.standing((one.owner_id for one in projects if one.owner_id), level)
    counts = finding.activities_of(projects, level)
    rows = [
        {"project": one, "owner": names.get(one.owner_id or 0), "activities": counts.get(one.pk, 0)} for one in projects
    ]
    context = {
        "page": page,
        "rows": rows,
        "typed": typed,
        "organisation": organisation,
        "named": named,
        "may_add": _may_add(request.user),
        "drafts": _drafts_of(request.user),
    }
    return render(request, "activities/project_list.html", context)


def _may_add(user: Any) -> bool:
    return has(user, roles.MAPPER) or forms.speaks_for_any(user)


def _drafts_of(user: Any) -> list[Project]:
    """Drafts of the organisations that the person speaks for; nobody else finds them here."""
    return (
        list(queries.own_projects(user).filter(state=Kept.State.DRAFT)[: finding.PAGE]) if user.is_authenticated else []
    )


@require_safe
def project(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.project_for(request.user, code)
    level = queries.level_at(request.user, found)
    pages = finding.pages(level_of(request.user), finding.Filters(project=found), size=ON_A_PROJECT)
    partners, hidden = _partners(found, level_of(request.user))
    names = queries.standing([found.owner_id] if found.owner_id else [], level)
    may_edit = queries.may_edit(request.user, found.owner)
    context = {
        "project": found,
        "owner": names.get(found.owner_id or 0),
        "partners": partners,
        "hidden_partners": hidden,
        "funders": _funders(found, request.user),
        "shows_money": found.budget_visible_to <= level,
        "budget": _amount(found.budget, found.currency),
        "days_are_open": saying.days_are_open(found),
        "pages": pages,
        "rows": saying.rows_of(pages.page(1).object_list, level_of(request.user)),
        "may_edit": may_edit,
        "drafts": found.activities.filter(state=Kept.State.DRAFT, visible_to__lte=level).count() if may_edit else 0,
    }
    return render(request, "activities/project_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    return _project_page(request, None, by)


@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    return _project_page(request, queries.project_for(request.user, code, edit=True), by)


def _project_page(request: HttpRequest, kept: Project | None, by: User) -> HttpResponse:
    """A project's form. Where somebody else changed it meanwhile, what was typed stays and the change is shown."""
    before = services.project_draft_of(kept) if kept else None
    form, funders = _project_forms(request, kept, before)
    context: dict[str, Any] = {"project": kept, "form": form, "funders": funders, "changed": []}
    if request.method == "POST" and all([form.is_valid(), funders.is_valid()]):
        try:
            return redirect(_save_project(request, kept, form, funders, before, by))
        except services.Outdated as outdated:
            context["changed"] = _changed(outdated, queries.level_at(request.user, outdated.kept), form.level)
            form = context["form"] = _seen_now(request, form, outdated.kept.version)
        except ValidationError as problem:
            _refuse(form, problem)
    context["all_forms"] = [form, *funders.forms]
    context["known"] = forms.known_organisations(form.level)
    status = 409 if context["changed"] else 422 if request.method == "POST" else 200
    return render(request, "activities/project_form.html", context, status=status)


def _project_forms(
    request: HttpRequest, kept: Project | None, before: ProjectDraft | None
) -> tuple[forms.ProjectForm, forms.FunderRows]:
    user = request.user
    level = level_of(user)  # whom else the person may know of; the own record's money is another matter
    owners = None if has(user, roles.MAPPER) else forms.owners_for(user)
    money = kept is None or kept.budget_visible_to <= queries.level_at(user, kept)
    names = forms.names_by_code(before, level) if before else {}
    first = forms.first_values(before, names, kept.version) if before and kept else {}
    rows = forms.first_funders(before, names) if before else []
    data = request.POST or None
    form = forms.ProjectForm(data, level=level, owners=owners, money=money, initial=first)
    funders = forms.FunderFormSet(data, prefix="f", initial=rows, form_kwargs={"level": level, "money": money})
    return form, funders  # type: ignore[return-value]


def _save_project(
    request: HttpRequest,
    kept: Project | None,
    form: forms.ProjectForm,
    funders: forms.FunderRows,
    before: ProjectDraft | None,
    by: User,
) -> Project:
    shown = forms.names_by_code(before, form.level) if before else {}
    draft = form.draft(funders.funders(before, form.money), before, shown)
    publish = request.POST.get("act") == "publish"
    if kept is None:
        made = services.add_project(draft, by=by, publish=publish)
        messages.success(request, _("The project is public now.") if publish else _("The project is kept as a draft."))
        return made
    changed = services.edit_project(kept, draft, by=by, seen=form.cleaned_data["seen"] or 0)
    if publish:
        services.move(changed, to=Kept.State.PUBLISHED, by=by)
    messages.success(request, _("The project was changed."))
    return changed


def _changed(outdated: services.Outdated, level: int, others: int) -> list[tuple[str, str, str]]:
    """What somebody else changed meanwhile, as (field, before, now) in words."""
    before = services.said_of(outdated.before) if outdated.before else {}
    return saying.differences(before, services.said_of(outdated.now), level, others)


def _seen_now(request: HttpRequest, form: forms.ProjectForm, version: int) -> forms.ProjectForm:
    """The same form, which has seen what is there now: sending it once more writes what was typed."""
    data = request.POST.copy()
    data["seen"] = str(version)
    again = forms.ProjectForm(data, level=form.level, owners=form.owners, money=form.money, initial=form.initial)
    again.is_valid()
    again.add_error(
        None,
        _("Somebody changed this project while you were writing. Compare below; save again to keep what you typed."),
    )
    return again


def _refuse(form: forms.ProjectForm, problem: ValidationError) -> None:
    for name, sentences in problem.message_dict.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


@require_POST
def project_move(request: HttpRequest, code: str) -> HttpResponse:
    """Publish it, make it a draft again, put it in the bin or take it out."""
    by = require(request.user)
    found = queries.project_for(request.user, code, edit=True)
    to = request.POST.get("to", "")
    done = {
        Kept.State.PUBLISHED: _("The project is public now."),
        Kept.State.DRAFT: _("The project is a draft now: only those who may change it see it."),
        Kept.State.BINNED: _("The project is in the bin. You can take it out again."),
    }
    if to not in done:
        return HttpResponseBadRequest(_("Choose what to do with the project."))
    services.move(found, to=to, by=by)
    messages.success(request, done[Kept.State(to)])
    return redirect(found)


@require_POST
def project_undo(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user)
    return _undo(request, queries.project_for(request.user, code, edit=True), services.undo_project)


def _undo(request: HttpRequest, found: Activity | Project, undo: Callable[..., Any]) -> HttpResponse:
    """Let it say again what it said before its last change."""
    seen = request.POST.get("seen", "")
    try:
        undo(found, by=require(request.user), seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0)
        messages.success(request, _("The last change was taken back."))
    except services.Outdated:
        messages.warning(request, _("Somebody changed it in the meantime. Look at it again; nothing was done."))
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
    return redirect(found)


@require_safe
def project_history(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user)
    return _history(request, queries.project_for(request.user, code, edit=True), _("Projects"), "projects")
