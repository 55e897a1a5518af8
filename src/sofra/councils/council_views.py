"""Pages of councils: the network, one council, its seats and documents."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.activities import dates, finding, saying
from sofra.ground import files
from sofra.ground.refusals import put
from sofra.ground.text import sort_key
from sofra.organisations.vocabulary import Theme
from sofra.places import maps
from sofra.places.models import Place
from sofra.plans import queries as plans

from . import forms, queries, services
from .models import Council, Document, Mandate, Meeting, Seat, Share

CHANGED = gettext_lazy("Somebody else wrote the same in the meantime. Read it again; nothing of yours was written.")
AROUND = 10  # activities that its page names
_FORM = require_http_methods(["GET", "HEAD", "POST"])


# — the network ————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def council_list(request: HttpRequest) -> HttpResponse:
    """Which municipalities have a council, since when, how alive: facts in alphabetical order, never a ranking."""
    rows = network(request.user)
    counts: Counter[str] = Counter(row["place"].code for row in rows if row["council"])
    context = {
        "rows": rows, "with_one": len(counts), "all": len({row["place"].code for row in rows}),
        "map": maps.tile_grid(
            settings.COUNTRY, counts, href=lambda code: reverse("councils") + f"#{code}", of=maps.COUNCILS
        ),
        "may_add": has(request.user, roles.MAPPER), "mine": _mine(request.user, rows),
    }  # fmt: skip
    return render(request, "councils/council_list.html", context)


def _mine(user: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The councils in which the reader sits, each with its next meeting and how many decisions are late."""
    own = queries.own_councils(user)
    found = [row["council"] for row in rows if row["council"] and row["council"].pk in own]
    return [
        {"council": one, "late": queries.late(one).count(),
         "next": one.meetings.filter(begins__gte=timezone.now()).exclude(state=Meeting.State.CANCELLED)
         .order_by("begins").first()}
        for one in found
    ]  # fmt: skip


def network(user: Any) -> list[dict[str, Any]]:
    """Every municipality of the country with its councils (None: the hub knows of none), in Albanian order."""
    found = list(queries.councils_for(user))
    lives = queries.lives(found)
    at: dict[str, list[Council | None]] = {}
    for one in sorted(found, key=lambda one: sort_key(one.organisation.name)):
        at.setdefault(one.place, []).append(one)
    nothing: list[Council | None] = [None]
    towns = Place.objects.filter(country=settings.COUNTRY, kind="municipality").order_by("sort_key")
    return [
        {"place": place, "council": one, "since": dates.written(one.since) if one else "",
         "life": lives[one.pk] if one else None}
        for place in towns
        for one in (at.get(place.code) or nothing)
    ]  # fmt: skip


@require_safe
def council_shared(request: HttpRequest) -> HttpResponse:
    """Minutes and action plans that councils share with the reader."""
    seen = queries.councils_for(request.user)
    plans = Document.objects.filter(council__in=seen, kind=Document.Kind.PLAN).select_related("council__organisation")
    mine = queries.own_councils(request.user)
    levels = queries.shares(request.user)
    shown = [one for one in plans if one.council_id in mine or one.share in levels]
    context = {"meetings": queries.shared_meetings(request.user)[:200], "plans": shown}
    return render(request, "councils/council_shared.html", context)


# — one council ————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def council(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.council_for(request.user, code)
    member = queries.is_member(request.user, found)
    secretary = member and queries.is_secretary(request.user, found)
    readable = set(queries.meetings_for(request.user, found).values_list("pk", flat=True))
    meetings = found.meetings.filter(group=None) if not member else found.meetings.select_related("group")
    shown = [one for one in meetings if member or one.state == Meeting.State.HELD]
    context = {
        "council": found, "member": member, "secretary": secretary, "seats": queries.seated(found),
        "may_arrange": queries.may_arrange(request.user, found), "life": queries.lives([found])[found.pk],
        "since": dates.written(found.since), "where": Place.objects.filter(pk=found.place).first(),
        "meetings": [{"meeting": one, "open": one.pk in readable} for one in shown],
        "decisions": list(queries.decisions_for(request.user).filter(council=found, state__in=queries.OPEN)[:50]),
        "documents": [(one, dates.written(one.dated)) for one in queries.documents_for(request.user, found)],
        "groups": found.groups.filter(ended_on=None).prefetch_related("seats"), "today": queries.today(),
        "plans": plans.plans(request.user).filter(place=found.place), "around": _around(request.user, found),
    }  # fmt: skip
    return render(request, "councils/council_detail.html", context)


def _around(user: Any, found: Council) -> list[Any]:
    """What is recorded on security councils in its municipality, trainings of their members among it, but for its own
    meetings, which stand above."""
    place = Place.objects.filter(pk=found.place).first()
    if place is None:
        return []
    asked = finding.Filters(place=place, theme=(Theme.SECURITY.value,))
    level = level_of(user)
    return list(saying.rows_of(finding.listed(level, asked).filter(council_meeting=None)[:AROUND], level))


@_FORM
def council_new(request: HttpRequest) -> HttpResponse:
    """A mapper makes a council of a registered organisation, or registers one."""
    by = require(request.user, roles.MAPPER)
    form = forms.CouncilForm(request.POST or None)
    if form.is_valid():
        try:
            known = form.organisation()
            made = services.register_council(
                form.wish(), organisation=known, name=form.cleaned_data["name"].strip(), by=by
            )  # fmt: skip
            messages.success(request, _("The council is kept. Now name its seats."))
            return redirect("council_seats", made.organisation.code)
        except ValidationError as problem:
            put(form, problem)
    return render(request, "councils/council_form.html", {"form": form}, status=422 if form.errors else 200)


@_FORM
def council_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    found = queries.council_for(by, code, arrange=True)
    form, status = forms.CouncilForm(request.POST or None, council=found), 200
    if form.is_valid():
        try:
            services.edit_council(found, form.wish(), by=by, seen=form.cleaned_data["seen"])
            messages.success(request, _("The council was changed."))
            return redirect(found)
        except services.Outdated:
            form.add_error(None, str(CHANGED))
            status = 409
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "council": found}
    return render(request, "councils/council_form.html", context, status=status if not form.errors else 422)


# — seats, mandates, groups, documents ——————————————————————————————————————————————————————————————————————


@_FORM
def council_seats(request: HttpRequest, code: str) -> HttpResponse:
    """One page for what a council consists of; each act is a form of its own."""
    by = require(request.user)
    found = queries.council_for(by, code, arrange=True)
    act = request.POST.get("act", "")
    made: dict[str, Any] = {
        "seat": forms.SeatForm(request.POST if act == "seat" else None, auto_id="seat_%s"),
        "mandate": forms.MandateForm(request.POST if act == "mandate" else None, council=found, auto_id="mandate_%s"),
        "group": forms.GroupForm(request.POST if act == "group" else None, council=found, auto_id="group_%s"),
        "document": forms.DocumentForm(
            request.POST if act == "document" else None, request.FILES if act == "document" else None,
            initial={"share": Share.COUNCIL.value}, auto_id="document_%s",
        ),
        **_corrections(request, found, act),
    }  # fmt: skip
    if request.method == "POST":
        try:
            if act in made:
                if made[act].is_valid():
                    _keep(found, act, made[act], by)
                    messages.success(request, _("It is kept."))
                    return redirect("council_seats", code)
            else:
                _end(request, found, act, by)
                return redirect("council_seats", code)
        except ValidationError as problem:
            put(made[act], problem)
    member = queries.is_member(by, found)
    context = {
        "council": found, "forms": made, "member": member, "shares": Share.choices, "today": queries.today(),
        "seats": queries.seated(found), "mandates": Mandate.objects.filter(seat__council=found)
        .select_related("seat", "user").order_by("-begins", "id")[:200],
        "groups": found.groups.filter(ended_on=None), "documents": queries.documents_for(by, found),
        "shares_documents": queries.keeps_documents(by, found),
    }  # fmt: skip
    wrong = any(one.errors for one in made.values())
    return render(request, "councils/council_seats.html", context, status=422 if wrong else 200)


def _corrections(request: HttpRequest, council: Council, act: str) -> dict[str, Any]:
    """The forms that put a seat or a mandate right, where the address (?seat=, ?mandate=) or the post asks for one."""
    if act == "edit_seat":
        return {act: forms.SeatEditForm(request.POST, auto_id="edit_seat_%s")}
    if act == "edit_mandate":
        return {act: forms.MandateEditForm(request.POST, council=council, auto_id="edit_mandate_%s")}
    seat = council.seats.filter(pk=_number(request.GET.get("seat", ""))).first()
    if seat is not None:
        first = {name: getattr(seat, name) for name in ("body", "sector", "votes", "chairs")} | {"number": seat.pk}
        return {"edit_seat": forms.SeatEditForm(initial=first, auto_id="edit_seat_%s")}
    mandate = Mandate.objects.filter(seat__council=council, pk=_number(request.GET.get("mandate", ""))).first()
    if mandate is not None:
        names = ("function", "name", "begins", "ends", "deputy", "secretary")
        first = {name: getattr(mandate, name) for name in names} | {"number": mandate.pk}
        if not queries.is_member(request.user, council):
            first["name"] = ""
        return {"edit_mandate": forms.MandateEditForm(initial=first, council=council, auto_id="edit_mandate_%s")}
    return {}


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


def _keep(council: Council, act: str, form: Any, by: User) -> None:
    said = form.cleaned_data
    if act == "edit_seat":
        seat = get_object_or_404(Seat, pk=said["number"], council=council)
        services.edit_seat(seat, body=said["body"], sector=said["sector"], votes=said["votes"],
                           chairs=said["chairs"], by=by)  # fmt: skip
    elif act == "edit_mandate":
        mandate = get_object_or_404(Mandate, pk=said["number"], seat__council=council)
        unread = not queries.is_member(by, council) and not said["name"]  # who does not read it does not empty it
        services.edit_mandate(
            mandate, function=said["function"], name=mandate.name if unread else said["name"], begins=said["begins"],
            ends=said["ends"], deputy=said["deputy"], secretary=said["secretary"], by=by,
        )  # fmt: skip
    elif act == "seat":
        services.add_seat(council, body=said["body"], sector=said["sector"], votes=said["votes"],
                          chairs=said["chairs"], by=by)  # fmt: skip
    elif act == "mandate":
        services.seat_member(
            form.seats[said["seat"]], function=said["function"], name=said["name"], begins=said["begins"],
            ends=said["ends"], deputy=said["deputy"], secretary=said["secretary"], user=form.user, by=by,
        )  # fmt: skip
    elif act == "group":
        services.add_group(council, title=said["title"], task=said["task"], seats=form.chosen(), by=by)
    else:
        services.add_document(
            council, kind=said["kind"], title=said["title"], dated=said["dated"], url=said["url"],
            source=said["source"], share=said["share"], file=form.brought(), by=by,
        )  # fmt: skip


def _end(request: HttpRequest, council: Council, act: str, by: User) -> None:
    """End a seat, a mandate or a group, or share a document; what is wrong is told above the page."""
    number = _number(request.POST.get("number", ""))
    try:
        if act == "end_mandate":
            mandate = get_object_or_404(Mandate, pk=number, seat__council=council)
            form = forms.EndForm(request.POST)
            if not form.is_valid():
                raise ValidationError([str(one) for found in form.errors.values() for one in found])
            services.end_mandate(mandate, ends=form.cleaned_data["ends"], by=by)
        elif act == "end_seat":
            services.end_seat(get_object_or_404(Seat, pk=number, council=council), on=queries.today(), by=by)
        elif act == "end_group":
            services.end_group(get_object_or_404(council.groups, pk=number), by=by)
        elif act == "share" and request.POST.get("share") in Share.values:
            if not queries.keeps_documents(by, council):
                raise ValidationError(_("The council's own people say who reads its documents: ask its secretary."))
            document = get_object_or_404(council.documents, pk=number)
            services.share_document(document, share=request.POST["share"], by=by)
        else:
            raise ValidationError(_("Nothing was changed: choose what is to be done."))
        messages.success(request, _("It is kept."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))


@require_safe
def council_document(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """A file of a council, always as an attachment."""
    kept = queries.document_for(request.user, code, number)
    return files.attachment(kept.digest, kept.name)
