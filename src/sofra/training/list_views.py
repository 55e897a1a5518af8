"""Paper lists, names for certificates, certificates; check-in by a code on the wall."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts.access import require
from sofra.ground import files
from sofra.ground.refusals import put
from sofra.questionnaires.phone_codes import picture

from . import certificates, checking_in, listing, person_forms, queries, reading, services
from .models import CheckIn, Session
from .views import FORM

COOKIE = "sofra_here"


@require_http_methods(FORM)
def paper_list(request: HttpRequest, code: str) -> HttpResponse:
    """A list typed, pasted or uploaded becomes counts; the same list twice does nothing twice."""
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    form = person_forms.ListForm(request.POST or None, request.FILES or None, session=found)
    odd: list[str] = []
    if form.is_valid():
        try:
            return _counted(request, found, form)
        except ValidationError as problem:
            put(form, problem)
        except services.Odd as asked:
            odd = asked.sentences
            form.add_error("sure", _("Mend a number, or say that the list says so. Nothing was written yet."))
    context = {
        "form": form, "session": found, "odd": odd, "scan_form": person_forms.ScanForm(), "scans": found.scans.all(),
    }  # fmt: skip
    return render(request, "training/list.html", context, status=422 if form.errors else 200)


def _counted(request: HttpRequest, session: Session, form: person_forms.ListForm) -> HttpResponse:
    said, by = form.cleaned_data, require(request.user)
    rows = reading.rows_of_file(said["sheet"].read()) if said["sheet"] else reading.rows_of_text(said["pasted"])
    read = reading.read_list(rows)
    if said["certificates"]:
        listing.checked_day(said["consented_on"], said["delete_on"])
    before = session.counts.count()
    services.record_count(
        session, what=said["what"], day=form.days.get(said["day"]), total=read.total, parts=read.parts, how="list",
        complete=True, source=_("list of attendance"), sure=said["sure"], by=by,
    )  # fmt: skip
    kept = 0
    if said["certificates"]:
        kept = listing.keep_participants(
            session, read.names, consented_on=said["consented_on"], delete_on=said["delete_on"], by=by
        )  # fmt: skip
    if session.counts.count() == before:
        messages.info(request, _("This list says what stands already: nothing was counted twice."))
    else:
        n = read.total
        messages.success(request, ngettext("%(n)s person counted.", "%(n)s people counted.", n) % {"n": n})
    if read.doubled:
        n = read.doubled
        messages.info(request, ngettext("%(n)s row stands twice and was counted once.",
                                        "%(n)s rows stand twice and were counted once.", n) % {"n": n})  # fmt: skip
    if read.unread:
        messages.warning(request, _("Not understood, so not told apart: %(cells)s") % {"cells": _some(read.unread)})
    if kept:
        words = ngettext("%(n)s name is kept for certificates.", "%(n)s names are kept for certificates.", kept)
        messages.info(request, words % {"n": kept})
    return redirect(session)


def _some(cells: list[str]) -> str:
    return "; ".join(cells[:10]) + (" …" if len(cells) > 10 else "")


@require_http_methods(["POST"])
def scan_add(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    form = person_forms.ScanForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["scan"]
        try:
            listing.keep_scan(found, file, delete_on=form.cleaned_data["delete_on"], by=by)
            messages.success(request, _("The photo is kept until its day."))
            return redirect("training_list", code)
        except ValidationError as problem:
            put(form, problem)
    context = {
        "form": person_forms.ListForm(session=found), "session": found, "scan_form": form, "scans": found.scans.all(),
    }  # fmt: skip
    return render(request, "training/list.html", context, status=422)


@require_safe
def scan(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The photo, for the host's editors, as a download."""
    found = queries.session_for(require(request.user), code, edit=True)
    kept = get_object_or_404(found.scans, pk=number)
    return files.attachment(kept.digest, kept.name)


# — names and certificates ————————————————————————————————————————————————————————————————————————————————


@never_cache
@require_http_methods(FORM)
def participants(request: HttpRequest, code: str) -> HttpResponse:
    """Names for certificates: who completed it, one more by hand, all of them deleted."""
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    act = request.POST.get("act", "")
    form = person_forms.ParticipantForm(request.POST if act == "add" else None)
    if act == "completed":
        numbers = [int(one) for one in request.POST.getlist("completed") if one.isdigit() and len(one) < 18]
        done = listing.mark_completed(found, numbers, by=by)
        messages.success(request, ngettext("%(n)s certificate is ready.", "%(n)s certificates are ready.", done)
                         % {"n": done})  # fmt: skip
        return redirect("training_participants", code)
    if act == "delete":
        listing.delete_names(found, by=by)
        messages.success(request, _("The names are deleted. The totals stay."))
        return redirect("training_participants", code)
    if act == "add" and form.is_valid():
        said = form.cleaned_data
        try:
            listing.keep_participants(
                found, [(said["name"], said["body"])], consented_on=said["consented_on"], delete_on=said["delete_on"],
                by=by,
            )  # fmt: skip
            return redirect("training_participants", code)
        except ValidationError as problem:
            put(form, problem)
    people = list(found.participants.all())
    context = {
        "session": found, "people": people, "form": form, "ready": any(one.certificate for one in people),
    }  # fmt: skip
    return render(request, "training/participants.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def certificates_file(request: HttpRequest, code: str) -> HttpResponse:
    """A page for each who completed it, as PDF."""
    found = queries.session_for(require(request.user), code, edit=True)
    people = list(found.participants.filter(completed=True).exclude(certificate=""))
    if not people:
        messages.info(request, _("Mark first who completed the training."))
        return redirect("training_participants", code)
    language = "en" if get_language() == "en" else "sq"
    answer = HttpResponse(certificates.certificates(found, people, language=language), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{code}-certificates.pdf"'
    return answer


# — check-in ——————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(FORM)
def check_in(request: HttpRequest, code: str) -> HttpResponse:
    """The poster for the wall, how many are in, and closing it."""
    by = require(request.user)
    found = queries.session_for(by, code, edit=True)
    now = checking_in.newest(found)
    opened = now if now and checking_in.is_open(now) else None
    form = person_forms.CheckInForm(request.POST if request.POST.get("act") == "open" else None, session=found)
    if request.POST.get("act") == "end" and now:
        checking_in.end_check_in(now, by=by)
        messages.success(request, _("Check-in is closed, and those present are counted."))
        return redirect(found)
    if form.is_valid():
        try:
            day = form.days[form.cleaned_data["day"]]
            checking_in.open_check_in(day, closes_at=form.closes_at(), by=by)
            return redirect("training_check_in", code)
        except ValidationError as problem:
            form.add_error("closes", problem.message_dict["closes_at"])
    context: dict[str, Any] = {"session": found, "open": opened, "form": form}
    if opened:
        address = request.build_absolute_uri(reverse("training_in", args=[opened.code]))
        context |= {
            "address": address, "qr": picture(address, _("Code that leads to check-in")),
            "inside": opened.people.count(),
        }  # fmt: skip
    return render(request, "training/check_in.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(FORM)
def come_in(request: HttpRequest, code: str) -> HttpResponse:
    """One tap, no name; once a device."""
    found = CheckIn.objects.select_related("day__session__activity").filter(code=code.lower()).first()
    if found is None:
        raise Http404
    cookie = request.COOKIES.get(COOKIE, "")
    fresh = len(cookie) != 43
    cookie = secrets.token_urlsafe(32) if fresh else cookie
    form = person_forms.HereForm(request.POST if request.method == "POST" else None)
    state = "open" if checking_in.is_open(found) else "closed"
    if found.people.filter(device=checking_in.device_of(cookie, found.code)).exists():
        state = "again" if request.method == "POST" else "in"
    elif request.method == "POST" and state == "open" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if value}
        state = "in" if checking_in.check_in(found, cookie=cookie, said=said) else "again"
    context = {"check_in": found, "activity": found.day.session.activity, "form": form, "state": state}
    answer = render(request, "training/come_in.html", context, status=410 if state == "closed" else 200)
    if fresh:
        answer.set_cookie(COOKIE, cookie, max_age=172_800, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer
