"""An organisation's own activities in one table: add, change in place, act on many, copy a year on, take back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sofra.accounts.access import level_of, require
from sofra.accounts.models import User
from sofra.organisations.forms import place_choices
from sofra.organisations.models import Organisation

from . import copying, queries, saying, services, table_forms, undoing, unsaved
from .drafts import ActivityDraft
from .models import Activity, Unsaved

PAGE = 50
State = Activity.State
_DEED = "activities_deed"
_FRESH = 3600  # seconds for which the last deed is offered to be taken back


@require_http_methods(["GET", "HEAD", "POST"])
def own_activities(request: HttpRequest, code: str) -> HttpResponse:
    """The table. POST is the quick form above it."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    if owner.code != code and request.method != "POST":
        return redirect("own_activities", code=owner.code)
    level = level_of(by)
    kept = ActivityDraft(title="", owner=owner.code)
    quick = table_forms.ActivityForm(request.POST or None, kept=kept, only=table_forms.QUICK, level=level, prefix="new")
    if request.method == "POST" and quick.is_valid():
        made = _add(request, quick, owner, by)
        if made is not None:
            return redirect("own_activities", code=owner.code)
    return table_page(request, owner, quick=quick, invalid=request.method == "POST")


def _add(request: HttpRequest, quick: table_forms.ActivityForm, owner: Organisation, by: User) -> Activity | None:
    publish = request.POST.get("do") == "publish"
    try:
        made = services.add_once(quick.draft(), by=by, publish=publish)
    except ValidationError as problem:
        quick.take(problem)
        return None
    said = _("“%(title)s” is published.") if publish else _("“%(title)s” is kept as a draft.")
    remember(request, owner, said % {"title": made.title}, [["add", made.pk]])
    return made


def table_page(
    request: HttpRequest,
    owner: Organisation,
    *,
    quick: table_forms.ActivityForm | None = None,
    row_form: table_forms.ActivityForm | None = None,
    editing: Activity | None = None,
    invalid: bool = False,
) -> HttpResponse:
    """The table as it stands, with one row open to be changed in place where that is asked for."""
    by, level = require(request.user), level_of(request.user)
    found = queries.own_activities(by, owner).select_related("project", "owner")
    filters = table_forms.FilterForm(request.GET, found=found)
    shown = filters.narrow(found)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    rows = saying.own_rows_of(page.object_list, by, owner)
    if editing is None and (asked := request.GET.get("edit")):
        editing = next((row.activity for row in rows if row.activity.code == asked), None)
    if editing is not None and row_form is None:
        row_form = row_form_of(editing, level)
    kept = ActivityDraft(title="", owner=owner.code)
    quick = quick or table_forms.ActivityForm(None, kept=kept, only=table_forms.QUICK, level=level, prefix="new")
    context = {
        "organisation": owner,
        "page": page,
        "rows": rows,
        "filters": filters,
        "filtered": any(filters.cleaned_data.get(name) for name in ("state", "year")),
        "states": _states(found),
        "quick": quick,
        "adding": quick.is_bound or "add" in request.GET or not found.exists(),
        "editing": editing,
        "row_form": row_form,
        "deed": (deed := recall(request, owner)),
        "deed_row": deed["steps"][0][1] if deed and deed["steps"][0][0] == "edit" else None,
        "known_places": place_choices(),
        "bulk": _actions(filters.cleaned_data.get("state", "")),
        "query": _kept_query(request.GET),
        "unsaved": Unsaved.objects.filter(user=by, owner=owner, activity=None),
        "with_unsaved": unsaved.with_unsaved(by, [row.activity.pk for row in rows]),
    }
    return render(request, "activities/table_own.html", context, status=422 if invalid else 200)


def _kept_query(asked: QueryDict) -> str:
    """The filter, without what opens a row or the form for a new one."""
    query = QueryDict(mutable=True)
    for name in ("state", "year", "sort", "page"):
        if value := asked.get(name):
            query[name] = str(value)
    return query.urlencode()


def _states(found: QuerySet[Activity]) -> list[dict[str, Any]]:
    counted = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    return [{"code": code, "name": name, "count": counted.get(code, 0)} for code, name in State.choices]


def _actions(state: str) -> list[tuple[str, str]]:
    names = dict(table_forms.BulkForm.ACTIONS)
    if state == State.BINNED:
        return [("draft", _("Take out of the bin, as drafts"))]
    wanted: dict[str, tuple[str, ...]] = {
        State.PUBLISHED: ("draft", "copy", "binned"),
        State.DRAFT: ("published", "copy", "binned"),
    }
    return [(act, str(names[act])) for act in wanted.get(state, tuple(names))]


def row_form_of(activity: Activity, level: int, data: Any = None, seen: int | None = None) -> table_forms.ActivityForm:
    """The row's short form, against the version that its person saw."""
    kept = services.draft_at(activity, activity.version if seen is None else seen)
    form = table_forms.ActivityForm(data, kept=kept, only=table_forms.ROW, level=level, prefix="row")
    form.fields["title"].widget.attrs["autofocus"] = True
    return form


# — the last deed ——————————————————————————————————————————————————————————————————————————————————————————


def remember(request: HttpRequest, owner: Organisation | None, said: str, steps: list[list[Any]]) -> None:
    """Keep what was just done, so that the next page can offer to take it back."""
    now = timezone.now().timestamp()
    request.session[_DEED] = {"owner": owner.pk if owner else None, "said": said, "steps": steps, "at": now}


def recall(request: HttpRequest, owner: Organisation | None) -> undoing.Deed | None:
    """The last deed here, as long as it is fresh: later its row and its history take it back."""
    deed = request.session.get(_DEED)
    if not deed or deed["owner"] != (owner.pk if owner else None) or timezone.now().timestamp() - deed["at"] > _FRESH:
        return None
    return deed


@require_POST
def own_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take back the last thing that this person did here."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    deed = recall(request, owner)
    if deed is None:
        messages.info(request, _("There is nothing to take back."))
    else:
        del request.session[_DEED]
        done, left = undoing.undo(deed, by=by)
        if done:
            messages.success(
                request, ngettext("Taken back: %(n)s activity.", "Taken back: %(n)s activities.", done) % {"n": done}
            )
        if left:
            messages.warning(
                request,
                ngettext(
                    "%(n)s activity was changed since; it stays as it is.",
                    "%(n)s activities were changed since; they stay as they are.",
                    left,
                )
                % {"n": left},
            )
    return redirect("own_activities", code=owner.code)


# — a row in its place —————————————————————————————————————————————————————————————————————————————————————


@require_POST
def own_row(request: HttpRequest, code: str, activity: str) -> HttpResponse:
    """Save a row that was changed in its place."""
    from .edit_views import conflict_page, settle, versions_of  # the two kinds of pages lead to each other

    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    found = queries.activity_for(request.user, activity, edit=True)
    base, seen = versions_of(request, found)
    form = row_form_of(found, level_of(by), request.POST, base)
    if form.is_valid():
        mine = settle(request, form.draft(), form.kept, found)
        try:
            changed = services.edit_activity(found, mine, by=by, seen=seen)
        except services.Outdated as outdated:
            back = reverse("own_activities", args=[owner.code])
            return conflict_page(request, outdated, form.draft(), form.kept, back=back)
        except ValidationError as problem:
            form.take(problem)
        else:
            if changed.version != seen:
                said = _("“%(title)s” is saved.") % {"title": changed.title}
                remember(request, owner, said, [["edit", changed.pk, changed.version]])
            query = _kept_query(QueryDict(request.POST.get("back", "")[:500]))
            address = reverse("own_activities", args=[owner.code])
            return redirect(f"{address}?{query}#row-{changed.pk}" if query else f"{address}#row-{changed.pk}")
    return table_page(request, owner, row_form=form, editing=found, invalid=True)


# — many at once ———————————————————————————————————————————————————————————————————————————————————————————


@require_POST
def own_bulk(request: HttpRequest, code: str) -> HttpResponse:
    """Publish, make drafts, copy to next year, put in the bin or take out: the ticked rows, or all that are shown."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    found = queries.own_activities(by, owner)
    filters = table_forms.FilterForm(request.GET, found=found)
    back = f"{reverse('own_activities', args=[owner.code])}?{_kept_query(request.GET)}".rstrip("?")
    if request.POST.get("all"):
        chosen = filters.narrow(found)
    else:
        chosen = found.filter(code__in=request.POST.getlist("row")[:1000])
    act = request.POST.get("act", "")
    if act not in dict(table_forms.BulkForm.ACTIONS):
        messages.error(request, _("Choose what to do with the rows that you ticked."))
    elif not chosen.exists():
        messages.error(request, _("Tick at least one row first."))
    elif act == "copy":
        copy(request, list(chosen.order_by("id")), owner, by)
        back = reverse("own_activities", args=[owner.code])
    else:
        _move(request, chosen, act, owner, by)
    return redirect(back)


def _move(request: HttpRequest, chosen: QuerySet[Activity], act: str, owner: Organisation, by: User) -> None:
    with transaction.atomic():
        moved = services.move_many(chosen, to=act, by=by)
    if not moved:
        messages.info(request, _("They were so already; nothing was changed."))
        return
    n = len(moved)
    said = {
        State.PUBLISHED: ngettext("%(n)s activity is published.", "%(n)s activities are published.", n),
        State.DRAFT: ngettext("%(n)s activity is a draft now.", "%(n)s activities are drafts now.", n),
        State.BINNED: ngettext("%(n)s activity is in the bin.", "%(n)s activities are in the bin.", n),
    }
    remember(request, owner, said[State(act)] % {"n": n}, [["move", act, [list(one) for one in moved]]])


def copy(
    request: HttpRequest, chosen: list[Activity], owner: Organisation, by: User, *, years: int = 1, again: bool = False
) -> None:
    """Copy activities a year on, and say what came of it."""
    today: date = timezone.localdate()
    batch, made, there = copying.copy_activities(chosen, owner=owner, by=by, today=today, years=years, again=again)
    if batch is not None:
        said = ngettext(
            "%(n)s activity was copied as a draft, a year on.",
            "%(n)s activities were copied as drafts, a year on.",
            made,
        )
        remember(request, owner, said % {"n": made}, [["batch", batch.pk]])
    if there:
        messages.info(
            request,
            ngettext(
                "%(n)s activity stood there already and was not copied again.",
                "%(n)s activities stood there already and were not copied again.",
                there,
            )
            % {"n": there},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def own_copy(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a year; its activities are copied as drafts, a year on."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    found = queries.own_activities(by, owner).exclude(state=State.BINNED)
    counted = found.exclude(begins="").order_by().annotate(year=Left("begins", 4))
    years = sorted(counted.values_list("year").annotate(n=Count("pk")), reverse=True)
    problem = ""
    if request.method == "POST":
        year = request.POST.get("year", "")
        if year in dict(years):
            rows = list(found.filter(begins__startswith=year).order_by("begins", "id"))
            copy(request, rows, owner, by, again=bool(request.POST.get("again")))
            return redirect("own_activities", code=owner.code)
        problem = _("Choose the year whose activities are copied.")
    choices = [{"year": year, "next": int(year) + 1, "count": n} for year, n in years]
    context = {"organisation": owner, "years": choices, "problem": problem}
    return render(request, "activities/table_copy.html", context, status=422 if problem else 200)
