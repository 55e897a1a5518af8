"""One activity's whole form: new or changed, kept while it is typed, compared with what another wrote, looked at
before it is published."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.forms import place_choices
from sofra.organisations.models import Organisation

from . import queries, saying, services, table_forms, unsaved
from .drafts import FIELDS, ActivityDraft
from .models import Activity, Project, Unsaved
from .table_views import remember

State = Activity.State
_NOT_TYPED = {"csrfmiddlewaretoken", "seen", "base", "do", "resume"}
_FOLDED = {"who", "reached", "money", "more"}  # parts of the form that stand behind their title while nothing is said
_ANSWERED = {"counted", "money_visible_to", "visible_to"}
_EMPTY: tuple[Any, ...] = ("", None, [])
_MOST_PROJECTS = 500
_MONEY = ("money", "currency", "money_visible_to")


@dataclass
class Page:
    """What the form of one activity needs: whose it is, what it says now, what was typed."""

    request: HttpRequest
    by: User
    owner: Organisation | None
    activity: Activity | None
    form: table_forms.ActivityForm
    rows: table_forms.GroupRows
    seen: int
    kept_unsaved: Unsaved | None

    @property
    def own_address(self) -> str:
        if self.owner is not None:
            return reverse("own_activities", args=[self.owner.code])
        assert self.activity is not None
        return self.activity.get_absolute_url()


@require_http_methods(["GET", "HEAD", "POST"])
def own_new(request: HttpRequest, code: str) -> HttpResponse:
    """The whole form for a new activity, which becomes a draft."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    return _page(request, by, owner, None)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The whole form of an activity that is there."""
    by = require(request.user)
    found = queries.activity_for(request.user, code, edit=True)
    owner = organisations.head(found.owner) if found.owner else None
    return _page(request, by, owner, found)


def _page(request: HttpRequest, by: User, owner: Organisation | None, found: Activity | None) -> HttpResponse:
    page = _open(request, by, owner, found)
    if request.method == "POST" and request.POST.get("do") != "more":
        answer = _save(page)
        if answer is not None:
            return answer
    context = {
        "organisation": owner,
        "activity": found,
        "form": page.form,
        "rows": page.rows,
        "all_forms": [page.form, *page.rows.forms],
        "sections": _sections(page.form),
        "groups_open": page.rows.is_bound or bool(page.form.kept.groups),
        "seen": page.seen,
        "unsaved": page.kept_unsaved if request.method != "POST" and "resume" not in request.GET else None,
        "back": page.own_address,
        "known_places": place_choices(),
        "autosave": reverse("activity_autosave", args=[found.code])
        if found
        else reverse("own_autosave", args=[owner.code if owner else ""]),
    }
    invalid = request.method == "POST" and request.POST.get("do") != "more"
    return render(request, "activities/table_edit.html", context, status=422 if invalid else 200)


def _open(request: HttpRequest, by: User, owner: Organisation | None, found: Activity | None) -> Page:
    """The form as posted, as taken up again, or as the activity stands."""
    kept_unsaved = unsaved.unsaved_of(by, owner, found)
    data: Any = request.POST if request.method == "POST" else None
    resumed = data is None and kept_unsaved is not None and "resume" in request.GET
    if resumed and kept_unsaved is not None:
        data = QueryDict(mutable=True)
        for name, values in kept_unsaved.typed.items():
            data.setlist(name, values)
    base, seen = versions_of(request, found)
    if resumed and kept_unsaved is not None and kept_unsaved.seen:
        base = seen = kept_unsaved.seen
    kept = services.draft_at(found, base) if found else ActivityDraft(title="", owner=owner.code if owner else "")
    more = request.method == "POST" and request.POST.get("do") == "more"
    form = table_forms.ActivityForm(
        data, kept=kept, only=_fields(by, owner, found), level=level_of(by), projects=_projects(by, owner)
    )
    rows = table_forms.group_rows(data, kept, more=more)
    if more or resumed:
        table_forms.without_errors(form, rows)
    return Page(request, by, owner, found, form, rows, seen, kept_unsaved)


def _projects(by: User, owner: Organisation | None) -> list[Project]:
    level = level_of(by)
    own_level = organisations.level_at(by, owner) if owner else level
    return list(queries.projects_open_to(owner, level, own_level)[:_MOST_PROJECTS])


def versions_of(request: HttpRequest, found: Activity | None) -> tuple[int, int]:
    """The version against which the form was typed, and the newest that its person has seen."""
    now = found.version if found else 0
    typed = [request.POST.get(name, "") for name in ("base", "seen")]
    base, seen = (int(one) if one.isdecimal() and len(one) < 10 else 0 for one in typed)
    seen = seen or now
    return base or seen, seen


def _fields(by: User, owner: Organisation | None, found: Activity | None) -> list[str]:
    """All but what the person may not see or decide: money that is kept from them, and whose activity it is."""
    names = list(table_forms.FULL)
    if not has(by, roles.MAPPER) or found is None:
        names.remove("owner")
    if found is not None and found.money_visible_to > queries.level_at(by, found):
        names = [name for name in names if name not in _MONEY]
    return names


def _sections(form: table_forms.ActivityForm) -> list[dict[str, Any]]:
    """The form's fields under headings, in the order in which one tells of an activity."""
    wanted: Sequence[tuple[str, Any, Sequence[str]]] = (
        ("what", _("What"), ("title", "about", "kinds", "themes")),
        ("where", _("Where"), ("where", "place")),
        ("when", _("When"), ("begins", "ends", "open_end", "status")),
        ("whom", _("For whom"), ("audiences", "mode", "languages")),
        ("who", _("Who"), ("owner", "partners", "project")),
        ("reached", _("Reached"), ("times_held", "reached", "counted", "reached_complete")),
        ("money", _("Money"), _MONEY),
        ("more", _("Results and source"), ("results", "source", "visible_to")),
    )
    return [
        {
            "code": code, "title": title, "fields": fields, "folds": code in _FOLDED, "open": _says_something(fields)
        }
        for code, title, names in wanted
        if (fields := form.shown(*names))
    ]  # fmt: skip


def _says_something(parts: list[dict[str, Any]]) -> bool:
    """Is anything said or wrong in these fields? What always has an answer does not count."""
    return any(
        part["field"].errors or (part["name"] not in _ANSWERED and part["field"].value() not in _EMPTY)
        for part in parts
    )


# — saving —————————————————————————————————————————————————————————————————————————————————————————————————


def _save(page: Page) -> HttpResponse | None:
    """Write it and say where to go; None where the form comes back."""
    form, rows = page.form, page.rows
    if not all([form.is_valid(), rows.is_valid()]):
        return None
    rows.check_total(form.cleaned_data.get("reached"))
    if not rows.is_valid() or any(row.errors for row in rows.forms):
        return None
    mine = dataclasses.replace(form.draft(), groups=rows.groups())
    try:
        saved = _write(page, mine)
    except services.Outdated as outdated:
        return conflict_page(page.request, outdated, mine, form.kept, back=page.own_address)
    except ValidationError as problem:
        form.take(problem)
        return None
    unsaved.drop_unsaved(by=page.by, owner=page.owner, activity=page.activity)
    if page.request.POST.get("do") == "check":
        return redirect("activity_check", code=saved.code)
    return redirect(page.own_address if page.owner else saved.get_absolute_url())


def _write(page: Page, mine: ActivityDraft) -> Activity:
    if page.activity is None:
        made = services.add_once(mine, by=page.by)
        said = _("“%(title)s” is kept as a draft.") % {"title": made.title}
        remember(page.request, page.owner, said, [["add", made.pk]])
        return made
    wanted = settle(page.request, mine, page.form.kept, page.activity)
    saved = services.edit_activity(page.activity, wanted, by=page.by, seen=page.seen)
    if saved.version != page.seen:
        said = _("“%(title)s” is saved.") % {"title": saved.title}
        remember(page.request, page.owner, said, [["edit", saved.pk, saved.version]])
    return saved


# — two editors ————————————————————————————————————————————————————————————————————————————————————————————


def settle(request: HttpRequest, mine: ActivityDraft, base: ActivityDraft, found: Activity) -> ActivityDraft:
    """After a comparison: what I did not touch is as the other wrote it, for the rest my word on each field counts."""
    if "base" not in request.POST:
        return mine
    theirs = services.draft_of(found)
    taken = {
        name: getattr(theirs, name)
        for name in FIELDS
        if getattr(mine, name) == getattr(base, name) or request.POST.get(f"take-{name}") == "theirs"
    }
    return dataclasses.replace(mine, **taken)


def conflict_page(
    request: HttpRequest, outdated: services.Outdated, mine: ActivityDraft, base: ActivityDraft, *, back: str
) -> HttpResponse:
    """What it was, what the other wrote, what I wrote, field by field. The form's every word is sent along."""
    found: Any = outdated.kept
    said = [services.said_of(one) for one in (base, outdated.now, mine)]
    level, others = queries.level_at(request.user, found), level_of(request.user)
    fields = [
        {
            "name": name, "label": label, "was": words[0], "theirs": words[1], "mine": words[2],
            "i_changed": said[2].get(name) != said[0].get(name),
            "they_changed": said[1].get(name) != said[0].get(name),
        }
        for name, label, words in saying.three_ways(said, level, others)
    ]  # fmt: skip
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "seen", "base"} and not name.startswith("take-")
    ]
    last = found.versions.select_related("by").first()
    context = {
        "activity": found, "fields": fields, "typed": typed, "seen": found.version, "back": back,
        "base": request.POST.get("base") or request.POST.get("seen", ""),
        "other": last.by.name if last and last.by else "", "at": last.at if last else None,
    }  # fmt: skip
    return render(request, "activities/table_conflict.html", context, status=409)


# — kept while it is typed —————————————————————————————————————————————————————————————————————————————————


@require_POST
def own_autosave(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was typed of a new activity."""
    by = require(request.user)
    return _autosave(request, by, queries.organisation_for(request.user, code), None)


@require_POST
def activity_autosave(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was typed of an activity; what it says stays as it is until somebody saves."""
    by = require(request.user)
    found = queries.activity_for(request.user, code, edit=True)
    return _autosave(request, by, organisations.head(found.owner) if found.owner else None, found)


def _autosave(request: HttpRequest, by: User, owner: Organisation | None, found: Activity | None) -> HttpResponse:
    """POST with `do=discard` throws away what was kept; without it, keeps what is sent and says when."""
    if request.POST.get("do") == "discard":
        unsaved.drop_unsaved(by=by, owner=owner, activity=found)
        messages.success(request, _("What was typed and not saved is thrown away."))
        here = reverse("activity_edit", args=[found.code]) if found else ""
        return redirect(here or reverse("own_activity_new", args=[owner.code if owner else ""]))
    typed = {
        name: [str(value).replace("\x00", "") for value in values]
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and "\x00" not in name
    }
    if len(json.dumps(typed)) > unsaved.LONGEST:
        return JsonResponse({"says": _("This is too long to be kept: shorten the description.")}, status=413)
    _base, seen = versions_of(request, found)
    kept = unsaved.keep_unsaved(by=by, owner=owner, activity=found, typed=typed, seen=seen or None)
    clock = timezone.localtime(kept.at).strftime("%H:%M")
    return JsonResponse({"says": _("Kept at %(time)s, not published.") % {"time": clock}})


# — before it is published —————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def activity_check(request: HttpRequest, code: str) -> HttpResponse:
    """How everyone will see it; POST publishes it."""
    by = require(request.user)
    found = queries.activity_for(request.user, code, edit=True)
    owner = organisations.head(found.owner) if found.owner else None
    if request.method == "POST":
        _move(request, found, owner, State.PUBLISHED, by)
        return redirect("own_activities", code=owner.code) if owner else redirect(found)
    row = saying.rows_of([found], found.visible_to)[0]
    context = {
        "organisation": owner, "activity": found, "row": row, "groups": found.groups.all(),
        "shows_money": found.money is not None and found.money_visible_to <= found.visible_to,
        "missing": _missing(found), "public": found.visible_to == Visibility.PUBLIC,
        "hidden_owner": owner is not None and owner.visible_to > found.visible_to,
    }  # fmt: skip
    return render(request, "activities/table_check.html", context)


def _missing(found: Activity) -> list[str]:
    """What stays unknown to the reader, and so counts only as possible where others are at work."""
    known = (
        (found.begins or found.ends, _("when")), (found.places or found.whole_country, _("where")),
        (found.audiences, _("for whom")), (found.kinds or found.themes, _("what kind")),
    )  # fmt: skip
    return [str(words) for value, words in known if not value]


@require_POST
def activity_move(request: HttpRequest, code: str) -> HttpResponse:
    """Publish it, make it a draft again, put it in the bin or take it out."""
    by = require(request.user)
    found = queries.activity_for(request.user, code, edit=True)
    to = request.POST.get("to", "")
    if to not in State.values:
        return HttpResponseBadRequest(_("Choose what to do with the activity."))
    owner = organisations.head(found.owner) if found.owner else None
    messages.success(request, _move(request, found, owner, to, by))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else found.get_absolute_url())


def _move(request: HttpRequest, found: Activity, owner: Organisation | None, to: str, by: User) -> str:
    """Move it, remember how to take that back, and say what is so now."""
    before = found.state
    moved = services.move(found, to=to, by=by)
    said = {
        State.PUBLISHED: _("“%(title)s” is published."),
        State.DRAFT: _("“%(title)s” is a draft now: only those who may change it see it."),
        State.BINNED: _("“%(title)s” is in the bin. You can take it out again."),
    }[State(to)] % {"title": found.title}
    if moved.state != before:
        remember(request, owner, said, [["move", to, [[found.pk, before]]]])
    return said
