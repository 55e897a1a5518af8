"""The calendar of a school and of an office, and what calendars outside the hub read."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts.access import require
from sofra.organisations import queries as organisations

from . import calendars, forms, queries, services
from .models import Feed, School

_ICS = "text/calendar; charset=utf-8"


@require_safe
def school_calendar(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user)
    school = queries.school_for(request.user, code, decide=True)
    context = _calendar(request, [school]) | {"school": school, "name": str(school), "up": school.get_absolute_url()}
    return render(request, "schools/calendar.html", context)


@require_safe
def office_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The calendar of all schools of an office, or of one of them."""
    require(request.user)
    office = queries.office_for(request.user, code)
    schools = list(queries.schools_of(office))
    chosen = next((one for one in schools if one.code == request.GET.get("school")), None)
    context = _calendar(request, [chosen] if chosen else schools)
    context |= {"office": office, "name": str(office), "up": office.get_absolute_url(), "schools": schools,
                "chosen": chosen}  # fmt: skip
    return render(request, "schools/calendar.html", context)


def _calendar(request: HttpRequest, schools: Sequence[School]) -> dict[str, Any]:
    today = timezone.localdate()
    view = request.GET.get("view", "week")
    shown = calendars.shown(
        view if view in calendars.VIEWS else "week", forms.read_day(request.GET.get("on", ""), today)
    )
    sessions = queries.sessions_between(request.user, schools, shown.first, shown.last)
    days = calendars.by_day(sessions, shown.first, shown.last, today)
    if shown.view == "week":
        days = [day for day in days if day.sessions or not day.is_weekend]
    loads = queries.loads_of(schools, shown.term) if shown.term else {}
    return {
        "shown": shown, "days": days, "busy": [day for day in days if day.sessions], "today": today,
        "count": len(sessions), "accepted": sum(one.state == "accepted" for one in sessions),
        "load": loads[schools[0].pk] if len(schools) == 1 and loads else None,
    }  # fmt: skip


# — outside ————————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def feed_list(request: HttpRequest) -> HttpResponse:
    """The person's private calendar addresses: one for each organisation that the person speaks for."""
    by = require(request.user)
    mine = queries.asks_for(by)
    if request.method == "POST":
        chosen = next((one for one in mine if one.code == request.POST.get("organisation")), None)
        kept = queries.feeds_of(by).filter(pk=_number(request.POST.get("feed", ""))).first()
        act = request.POST.get("act")
        if act == "revoke" and kept is not None:
            services.revoke_feed(kept, by=by)
            messages.success(request, _("The address opens no more."))
        elif act == "make" and chosen is not None:
            services.make_feed(chosen, by=by)
            messages.success(request, _("The address is made. An earlier one opens no more."))
        else:
            messages.warning(request, _("Nothing was changed: choose one of your organisations."))
        return redirect("feeds")
    kept_by = {organisations.head(one.organisation).pk: one for one in queries.feeds_of(by)}
    entries = [
        {"organisation": one, "feed": kept, "address": calendars.address_of(kept) if kept else ""}
        for one in mine
        for kept in [kept_by.get(one.pk)]
    ]
    answer = render(request, "schools/feed_list.html", {"entries": entries})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A private calendar, for whoever has its address. Wrong, renewed and revoked ones are not there."""
    found: Feed | None = calendars.feed_of(token)
    if found is None:
        raise Http404
    with translation.override(found.user.language):
        name = organisations.head(found.organisation).name
        body = calendars.ics_of(queries.feed_sessions(found), name=name)
    return _file(body, "sofra.ics", inline=True)


@require_safe
def session_ics(request: HttpRequest, number: int) -> HttpResponse:
    require(request.user)
    found = queries.session_for(request.user, number)
    if found.state not in calendars.IN_CALENDARS:
        raise Http404
    return _file(calendars.ics_of([found], name=found.title), f"sofra-{number}.ics", inline=False)


def _file(body: bytes, name: str, *, inline: bool) -> HttpResponse:
    answer = HttpResponse(body, content_type=_ICS)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer
