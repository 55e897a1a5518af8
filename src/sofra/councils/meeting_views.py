"""Pages of meetings: agenda, invitation, attendance, the minute-book, and the minutes to take away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts.access import level_of, require
from sofra.accounts.models import User
from sofra.ground.refusals import put
from sofra.printing import markdown, pdf, word

from . import calendars, forms, holding, letters, minutes, queries, rules, tasks
from .council_views import CHANGED
from .models import Meeting
from .services import Outdated

_FORM = require_http_methods(["GET", "HEAD", "POST"])
_TYPES = {
    "md": "text/markdown; charset=utf-8", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@_FORM
def meeting(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What the reader may know of a meeting; its steps for secretaries."""
    if request.method == "POST":
        by = require(request.user)
        return _act(request, queries.minute_book(by, code, number), by)
    return _shown(request, queries.meeting_for(request.user, code, number))


def _shown(request: HttpRequest, found: Meeting, wrong: dict[str, Any] | None = None) -> HttpResponse:
    member = queries.is_member(request.user, found.council)
    secretary = member and queries.is_secretary(request.user, found.council)
    activity = found.activity
    context: dict[str, Any] = {
        "meeting": found, "council": found.council, "title": calendars.title_of(found), "member": member,
        "secretary": secretary, "agenda": minutes.agenda_for(found, member=member),
        "decisions": minutes.decisions_for(found, member=member), "attendance": _attendance(found),
        "quorum": minutes.quorum_words(queries.quorum_of(found)),
        "minutes": markdown.html(rules.emphasised(found.minutes), 3),
        "closed": markdown.html(rules.emphasised(found.closed), 3) if member else "",
        "activity": activity if activity and activity.visible_to <= level_of(request.user) else None,
        "to_come": found.state in holding.TO_COME,
        "today": queries.today(),
    }  # fmt: skip
    if secretary:
        context["forms"] = _forms(found) | (wrong or {})
        context["problems"] = list((wrong or {}).values())
        context["invited"] = letters.receivers(found)
        context["letters"] = found.letters.select_related("user")[:200]
        if found.state == Meeting.State.PLANNED:
            context["preview"] = letters.letter_of(found, "called", request.user)  # type: ignore[arg-type]
    return render(request, "councils/meeting_detail.html", context, status=422 if wrong else 200)


def _forms(found: Meeting) -> dict[str, Any]:
    """The forms of a secretary's steps, empty: act -> form."""
    return {
        "item": forms.ItemForm(auto_id="item_%s"),
        "adopt": forms.AdoptForm(initial={"seen": found.version, "share": found.share}, auto_id="adopt_%s"),
        "cancel": forms.WhyForm(initial={"seen": found.version}, auto_id="cancel_%s"),
        "reopen": forms.WhyForm(initial={"seen": found.version}, auto_id="reopen_%s"),
    }  # fmt: skip


def _attendance(meeting: Meeting) -> list[tuple[Any, str]]:
    return [(one.seat, str(queries.HOW.get(how, ""))) for one, how in queries.attendance_of(meeting)]


_KINDS: dict[str, type[Any]] = {
    "item": forms.ItemForm, "adopt": forms.AdoptForm, "cancel": forms.WhyForm, "reopen": forms.WhyForm,
    "call": forms.SeenForm, "remove": forms.RemoveForm,
}  # fmt: skip


def _act(request: HttpRequest, found: Meeting, by: User) -> HttpResponse:
    """One step of a meeting. What is wrong is told beside its field; nothing is written then."""
    act = request.POST.get("act", "")
    if act not in _KINDS:
        messages.error(request, _("Nothing was changed: choose what is to be done."))
        return redirect(found)
    form = _KINDS[act](request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            messages.success(request, _step(act, found, form.cleaned_data, by))
            return redirect(found)
        except Outdated:
            messages.warning(request, str(CHANGED))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, {act: form})


def _step(act: str, found: Meeting, said: dict[str, Any], by: User) -> str:
    if act == "item":
        holding.add_item(found, title=said["title"], text=said["text"], is_closed=said["is_closed"], by=by)
        return _("The point stands on the agenda.")
    if act == "remove":
        holding.remove_item(get_object_or_404(found.agenda, pk=said["item"]), by=by)
        return _("The point is taken off the agenda.")
    if act == "call":
        holding.call_meeting(found, by=by, seen=said["seen"])
        tasks.post.enqueue()
        return _("The invitations are on their way.")
    if act == "cancel":
        holding.cancel_meeting(found, why=said["why"], by=by, seen=said["seen"])
        tasks.post.enqueue()
        return _("The meeting is cancelled; whoever was invited is told.")
    if act == "adopt":
        holding.adopt_minutes(found, share=said["share"], by=by, seen=said["seen"])
        return _("The minutes are adopted.")
    holding.reopen_minutes(found, why=said["why"], by=by, seen=said["seen"])
    return _("The minutes can be written again.")


# — before —————————————————————————————————————————————————————————————————————————————————————————————————


@_FORM
def meeting_new(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    council = queries.own_council(by, code, secretary=True)
    form = forms.MeetingForm(request.POST or None, council=council)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = holding.plan_meeting(
                council, begins=said["begins"], ends=said["ends"], where=said["where"],
                group=form.groups.get(said.get("group", "")), by=by,
            )  # fmt: skip
            messages.success(request, _("The meeting is planned. What is open stands on its agenda already."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "council": council}
    return render(request, "councils/meeting_form.html", context, status=422 if form.errors else 200)


@_FORM
def meeting_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Another time or place."""
    by = require(request.user)
    found = queries.minute_book(by, code, number)
    if found.state not in holding.TO_COME:
        messages.warning(request, _("Only a meeting that is still to come can be moved."))
        return redirect(found)
    form = forms.MeetingForm(request.POST or None, council=found.council, meeting=found)

    def keep(said: dict[str, Any]) -> None:
        holding.move_meeting(found, begins=said["begins"], ends=said["ends"], where=said["where"], why=said["why"],
                             by=by, seen=said["seen"])  # fmt: skip
        tasks.post.enqueue()

    context = {"form": form, "council": found.council, "meeting": found}
    return _kept(request, form, keep, found, "councils/meeting_form.html", context)


@_FORM
def meeting_attendance(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Who came, by seat. The first time this is kept, the meeting counts as held."""
    by = require(request.user)
    found = queries.minute_book(by, code, number)
    if found.adopted_on or found.state == Meeting.State.CANCELLED:
        messages.warning(request, _("The attendance of this meeting stands: its minutes are adopted, or it was"
                                    " cancelled."))  # fmt: skip
        return redirect(found)
    form = forms.AttendanceForm(request.POST or None, meeting=found)

    def keep(said: dict[str, Any]) -> None:
        act = holding.note_attendance if found.state == Meeting.State.HELD else holding.hold_meeting
        act(found, attendance=form.noted(), by=by, seen=said["seen"])

    context = {"form": form, "council": found.council, "meeting": found}
    return _kept(request, form, keep, found, "councils/meeting_attendance.html", context)


def _kept(
    request: HttpRequest, form: Any, keep: Callable[[dict[str, Any]], None], found: Meeting, template: str,
    context: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    status = 200
    if form.is_valid():
        try:
            keep(form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect(found)
        except Outdated:
            form.add_error(None, str(CHANGED))
            status = 409
        except ValidationError as problem:
            put(form, problem)
    return render(request, template, context, status=status if status == 409 or not form.errors else 422)


# — the minute-book ————————————————————————————————————————————————————————————————————————————————————————


@_FORM
def meeting_minutes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Two secretaries in one book: the second sees what the first wrote beside the own text, and loses neither."""
    by = require(request.user)
    found = queries.minute_book(by, code, number)
    if found.adopted_on or found.state == Meeting.State.CANCELLED:
        messages.warning(request, _("These minutes are adopted, or the meeting was cancelled: they are not written"
                                    " any more."))  # fmt: skip
        return redirect(found)
    first = {"minutes": found.minutes, "closed": found.closed, "seen": found.version}
    form = forms.MinutesForm(request.POST or None, initial=first)
    theirs: Meeting | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            holding.save_minutes(found, minutes=said["minutes"], closed=said["closed"], by=by, seen=said["seen"])
            messages.success(request, _("The minutes are saved."))
            return redirect("meeting_minutes", code, number)
        except Outdated as late:
            theirs = late.now
            data = request.POST.copy()
            data["seen"] = str(theirs.version)
            form = forms.MinutesForm(data)
            form.is_valid()
        except ValidationError as problem:
            put(form, problem)
    context = {
        "form": form, "meeting": found, "council": found.council, "theirs": theirs,
        "earlier": found.earlier.select_related("by").order_by("-version")[:50],
    }  # fmt: skip
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "councils/meeting_minutes.html", context, status=status)


# — to take away ———————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def meeting_ics(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The calendar file, for the council's members."""
    require(request.user)
    queries.own_council(request.user, code)
    found = queries.meeting_for(request.user, code, number)
    answer = HttpResponse(calendars.ics_of(found), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}-{number}.ics"'
    return answer


@require_safe
def meeting_file(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    """The minutes as PDF, Word or Markdown; with ?part=closed the closed part too, for members of this council."""
    found = queries.meeting_for(request.user, code, number)
    closed = request.GET.get("part") == "closed"
    if form not in _TYPES or (closed and not queries.is_member(request.user, found.council)):
        raise Http404
    if form == "md":
        text = found.minutes + (f"\n\n# {_('Closed part')}\n\n{found.closed}" if closed and found.closed else "")
        content = text.encode()
    else:
        document = minutes.document_of(found, get_language() or "sq", closed=closed)
        content = pdf.written(document) if form == "pdf" else word.written(document)
    answer = HttpResponse(content, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{code}-{number}{"-closed" if closed else ""}.{form}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
