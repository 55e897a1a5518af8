"""Pages of programmes, curricula, sessions and counts. Each fetches by a query that says whether the reader may."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.activities.forms import owners_for
from sofra.activities.services import Outdated as ActivityOutdated
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.ground.tongues import said
from sofra.places import maps

from . import forms, history, panels, queries, services
from .models import Count, Programme, Sector, Session

PAGE = 50
FORM = ["GET", "HEAD", "POST"]


def first_owner(user: Any) -> str:
    """The organisation that a person speaks for, where it is one."""
    try:
        mine = owners_for(user)
    except Http404:  # speaks for none: a mapper writes the name
        return ""
    return mine[0].name if mine else ""


# — programmes ————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """All programmes that the reader may see, and the sessions that belong to none."""
    level = level_of(request.user)
    alone = queries.sessions(level).filter(programme=None).order_by("-activity__begins", "-pk")
    context = {
        "programmes": Paginator(queries.programmes(level), PAGE).get_page(request.GET.get("page")),
        "alone": alone[:PAGE], "may_add": has(request.user, roles.MEMBER),
    }  # fmt: skip
    return render(request, "training/programme_list.html", context)


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """Its sessions on the map, what the rows add up to, what a source states of the whole, and what is not known."""
    level = level_of(request.user)
    found = queries.programme_for(request.user, code)
    among = queries.sessions(level).filter(programme=found)
    totals = queries.totals_of(among, level)
    page = Paginator(among.order_by("activity__begins", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "curriculum": found.curriculum if queries.seen(request.user, found.curriculum) else None,
        "programme": found, "about": said(found.about), "totals": totals, "page": page,
        "beside": queries.side_by_side(found, totals), "may_edit": queries.may_edit(request.user, found.host),
        "rows": _rows(list(page), totals, level), "shares": _shares(totals), "public": level < Visibility.MEMBERS,
        "surveys": found.surveys.filter(session=None).select_related("version__questionnaire"),
        "map": _drawn(totals.places), "panels": [panel(request, found) for panel in panels.on_programme],
    }  # fmt: skip
    return render(request, "training/programme.html", context)


def _rows(sessions: list[Session], totals: queries.Totals, level: int) -> list[dict[str, Any]]:
    titles = queries.titles_of(code for one in sessions for code in one.activity.places)
    return [
        {
            "session": one, "where": ", ".join(titles.get(code, code) for code in one.activity.places),
            "attended": totals.by_session.get(one.pk), "hidden": one.pk in totals.hidden_sessions,
        }
        for one in sessions
    ]  # fmt: skip


def _shares(totals: queries.Totals) -> list[dict[str, Any]]:
    """Each dimension with its base: whom nobody told apart is not in it."""
    found = []
    for dimension, of in totals.parts.items():
        base = totals.base(dimension)
        rows = [(queries.words_of(dimension, key), number, queries.percent(number, base)) for key, number in of.items()]
        found.append({"name": queries.name_of_dimension(dimension), "base": base, "rows": rows})
    return found


def _drawn(places: Mapping[str, int]) -> str:
    """How many sessions where, as tiles of all municipalities; the page's own table says the same."""

    def href(code: str) -> str:
        return reverse("place", args=[code])

    return maps.tile_grid(settings.COUNTRY, places, href=href, of=maps.SESSIONS) if places else ""


@require_http_methods(FORM)
def programme_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    initial = {"organisation": first_owner(by), "visible_to": "0"}
    form = forms.ProgrammeForm(request.POST or None, user=by, initial=initial)
    if form.is_valid():
        made = services.make_programme(titles=form.titles(), host=form.owner, by=by, **_said_of(form))
        messages.success(request, _("The programme is there. Add its sessions now."))
        return redirect(made)
    return render(request, "training/form.html", shown_form(form, _("A new programme")), status=status_of(form))


def _said_of(form: forms.ProgrammeForm) -> dict[str, Any]:
    said = form.cleaned_data
    return {
        "about": form.about(), "source": said["source"], "curriculum": said["curriculum"],
        "begins": said["begins"], "ends": said["ends"],
        "visible_to": int(said["visible_to"]),
    }  # fmt: skip


@require_http_methods(FORM)
def programme_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    found = queries.programme_for(by, code, edit=True)
    form = forms.ProgrammeForm(request.POST or None, user=by, initial=_first_programme(found))
    if form.is_valid():
        changed = _said_of(form) | {"titles": form.titles(), "host": form.owner}
        try:
            services.edit_programme(found, changed, seen=form.cleaned_data["seen"] or 0, by=by)
            messages.success(request, _("The programme was changed."))
            return redirect(found)
        except services.Outdated:
            form.add_error(None, _("Somebody else changed it in the meantime: open it again. Nothing was written."))
    return render(request, "training/form.html", shown_form(form, str(found), found), status=status_of(form))


def _first_programme(found: Programme) -> dict[str, Any]:
    return {
        "title_sq": found.titles.get("sq", ""), "title_en": found.titles.get("en", ""),
        "organisation": found.host.code if found.host else "", **forms.first_about(found.about),
        "source": found.source, "curriculum": found.curriculum_id, "begins": found.begins, "ends": found.ends,
        "visible_to": str(found.visible_to), "seen": found.version,
    }  # fmt: skip


def shown_form(form: Any, title: str, back: Any = None) -> dict[str, Any]:
    return {"form": form, "title": title, "back": back.get_absolute_url() if back else reverse("programmes")}


def status_of(form: Any) -> int:
    return 422 if form.errors else 200


@require_http_methods(FORM)
def programme_stated(request: HttpRequest, code: str) -> HttpResponse:
    """A number that a source states of the whole programme: kept beside what is computed, never put in its place."""
    by = require(request.user)
    found = queries.programme_for(by, code, edit=True)
    gone = request.POST.get("away", "")
    if gone:
        services.take_stated_away(found, int(gone) if gone.isdigit() and len(gone) < 18 else 0, by=by)
        messages.success(request, _("The stated number was taken away."))
        return redirect("programme_stated", code)
    form = forms.StatedForm(request.POST or None, initial={"source": found.source})
    if form.is_valid():
        try:
            services.state_number(found, by=by, **form.said())
            messages.success(request, _("The stated number stands beside what is computed."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "programme": found, "stated": found.stated.order_by("id")}
    return render(request, "training/stated.html", context, status=status_of(form))


# — sessions ——————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def session(request: HttpRequest, code: str) -> HttpResponse:
    """The session: place, days, who is invited, and its counts as the reader may see them."""
    found = queries.session_for(request.user, code)
    activity, level, edition = found.activity, level_of(request.user), found.edition
    titles = queries.titles_of(activity.places)
    edits = queries.may_edit(request.user, activity.owner)
    context = {
        "programme": found.programme if queries.seen(request.user, found.programme) else None,
        "edition": edition if edition and queries.seen(request.user, edition.curriculum) else None,
        "session": found, "activity": activity, "days": found.days.all(), "mode": queries.mode_of(found),
        "where": [(code, titles.get(code, code)) for code in activity.places], "may_edit": edits,
        "invited": [str(Sector(one).label) for one in found.invited if one in Sector.values],
        "lines": queries.lines_of(found, Visibility.SEALED if edits else level),
        "trainers": found.trainers.all() if level >= Visibility.MEMBERS else [],
        "panels": [panel(request, found) for panel in panels.on_session],
        "trainer_count": found.trainers.count(), "surveys": found.surveys.select_related("version__questionnaire"),
    }  # fmt: skip
    return render(request, "training/session.html", context)


@require_http_methods(FORM)
def session_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    initial: dict[str, Any] = {"organisation": first_owner(by)}
    into = queries.programmes(level_of(by)).filter(code=request.GET.get("programme", "")).first()
    if into is not None:
        initial |= {"programme": into.pk, "title": str(into)}
        if into.curriculum:
            initial["edition"] = into.curriculum.editions.first()
    form = forms.SessionForm(request.POST or None, user=by, initial=initial)
    if form.is_valid():
        try:
            made = services.schedule_session(form.draft(), by=by)
            messages.success(request, _("The session stands. It is an activity too, and coverage sees it."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    return render(request, "training/form.html", shown_form(form, _("A new session"), into), status=status_of(form))


@require_http_methods(FORM)
def session_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    form = forms.SessionForm(request.POST or None, user=by, initial=forms.said_of(found))
    if form.is_valid():
        draft = form.draft()
        if not draft.places and len(found.activity.places) > 1:
            draft.places = list(found.activity.places)
        try:
            services.edit_session(found, draft, seen=form.cleaned_data["seen"] or 0, by=by)
            messages.success(request, _("The session was changed."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
        except (services.Outdated, ActivityOutdated):
            form.add_error(None, _("Somebody else changed it in the meantime: open it again. Nothing was written."))
    return render(request, "training/form.html", shown_form(form, found.activity.title, found), status=status_of(form))


@require_http_methods(FORM)
def session_of_activity(request: HttpRequest, code: str) -> HttpResponse:
    """An activity that stands in the hub already becomes a session of a programme."""
    by = require(request.user)
    into = queries.programme_for(by, code, edit=True)
    found = queries.sessions_to_join(into, by).order_by("-begins", "-pk")[:200]
    chosen = queries.sessions_to_join(into, by).filter(code=request.POST.get("activity", "")).first()
    if chosen is not None:
        made = services.make_session_of(chosen, programme=into, by=by)
        messages.success(request, _("The activity is a session of the programme now."))
        return redirect(made)
    wrong = request.method == "POST"
    if wrong:
        messages.error(request, _("Choose an activity of the list."))
    context = {"programme": into, "activities": found}
    return render(request, "training/join.html", context, status=422 if wrong else 200)


@never_cache
@require_safe
def session_history(request: HttpRequest, code: str) -> HttpResponse:
    """Every count that was ever written of the session: who, when, and what was different. For those who may write."""
    found = queries.session_for(require(request.user), code, edit=True)
    page = Paginator(history.counts_of(found), PAGE).get_page(request.GET.get("page"))
    context = {"session": found, "page": page, "steps": history.steps_of(list(page.object_list))}
    return render(request, "training/history.html", context)


# — counts ————————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(FORM)
def count(request: HttpRequest, code: str) -> HttpResponse:
    """Type in how many came, and who they were in parts. `?count=` begins with one that stands."""
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    wanted = request.GET.get("count", "")
    before = queries.standing(found).filter(pk=int(wanted)).first() if wanted.isdigit() and len(wanted) < 18 else None
    form = forms.CountForm(request.POST or None, session=found, initial=forms.first_count(before))
    odd: list[str] = []
    newer: Count | None = None
    if form.is_valid():
        try:
            services.record_count(found, by=by, **form.said())
            messages.success(request, _("The count is kept."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
        except services.Odd as asked:
            odd = asked.sentences
            form.add_error("sure", _("Mend a number, or say that the list says so. Nothing was written yet."))
        except services.Outdated as outdated:
            newer = outdated.now
            form.data = {**request.POST.dict(), "seen": str(newer.pk if newer else 0)}
            form.add_error(
                None, _("Somebody wrote a count in the meantime; it is shown below. Send again to replace it by yours.")
            )
    context = {"form": form, "session": found, "odd": odd, "newer": newer}
    return render(request, "training/count.html", context, status=status_of(form))
