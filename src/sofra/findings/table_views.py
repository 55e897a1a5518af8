"""Pages of round tables: the meeting, its bodies, the screen that goes through the agenda, the minutes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.models import Visibility
from sofra.organisations.forms import place_choices
from sofra.organisations.queries import head
from sofra.places.models import Place
from sofra.places.queries import name_of
from sofra.places.titles import title_of
from sofra.printing import markdown, pdf, word

from . import inviting, minutes, queries, rules, services, table_forms, tables, tasks
from .models import Finding, RoundTable, Seat, TableLetter
from .views import PAGE, _statements, changes_of, chosen_round, in_order, put
from .vocabulary import chapter_title

TYPES = {
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
AT_ONCE = 3  # letters that go out while the page waits; more are left to the worker
LATE = gettext_lazy("Another secretary saved in the meantime; nothing of yours was written. Both texts stand below.")


@require_safe
def table_list(request: HttpRequest) -> HttpResponse:
    found = queries.tables(request.user).prefetch_related("seats", "agenda")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [
        {"table": one, "on": dates.written(one.on), "findings": len(one.agenda.all()),
         "present": sum(seat.present is True for seat in one.seats.all()),
         "known": any(seat.present is not None for seat in one.seats.all())}
        for one in page.object_list
    ]  # fmt: skip
    context = {"page": page, "rows": rows, "maps": has(request.user, roles.MAPPER)}
    return render(request, "findings/table_list.html", context)


@require_safe
def table(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.table_for(request.user, code)
    user, maps = request.user, has(request.user, roles.MAPPER)
    place = Place.objects.filter(pk=found.place).first()
    decided = queries.decided_at(found)
    agenda = [_item(one, decided.get(one.pk, []), level_of(user)) for one in queries.agenda_of(found, user)]
    context = {
        "table": found, "on": dates.written(found.on), "place": place, "place_title": title_of(place) if place else "",
        "agenda": agenda, "hidden": found.agenda.count() - len(agenda), "seats": _seats(found, user),
        "attendance": tables.seen_by_table(found), "maps": maps,
        "minutes": markdown.html(found.minutes) if found.minutes and (maps or found.state == "closed") else "",
        "proposed": _proposed(found, user) if maps and found.state != "closed" else [],
        "may_change": maps and found.state != RoundTable.State.CLOSED,
    }  # fmt: skip
    return render(request, "findings/table_detail.html", context)


def _item(one: Finding, steps: list[Any], level: int) -> dict[str, Any]:
    return {
        "finding": one, "chapter": chapter_title(one.chapter) if one.chapter else "",
        "steps": [(step, queries.objector_words(step, level), changes_of(step)) for step in steps],
    }  # fmt: skip


def _seats(found: RoundTable, user: Any) -> list[Seat]:
    """The bodies at the table, as far as the person may know of them."""
    level = level_of(user)
    return [
        seat for seat in found.seats.select_related("organisation__joined_to")
        if seat.organisation is None or head(seat.organisation).visible_to <= level
    ]  # fmt: skip


def _proposed(found: RoundTable, user: Any) -> list[Finding]:
    """What could still be put on the agenda."""
    there = found.agenda.values("finding")
    open_ones = queries.findings_for(user).filter(round=found.round, state__in=("proposed", "contested"))
    return list(in_order(open_ones.exclude(pk__in=there)))


@require_http_methods(["GET", "HEAD", "POST"])
def table_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    chosen = chosen_round(request)
    form = table_forms.TableForm(
        request.POST or None, rounds=queries.rounds(by), level=level_of(by),
        initial={"round": chosen.code if chosen else None},
    )  # fmt: skip
    if form.is_valid():
        try:
            made = services.plan_table(round=form.cleaned_data["round"], **form.said(), by=by)
            messages.success(request, _("The round table is planned. Choose now what it goes through."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "known_places": place_choices()}
    return render(request, "findings/table_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def table_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.table_for(by, code, write=True)
    form = table_forms.TableForm(request.POST or None, rounds=None, level=level_of(by), initial={
        "title_sq": found.titles.get("sq", ""), "title_en": found.titles.get("en", ""), "on": found.on,
        "place": name_of(found.place) if found.place else "", "stated_attendance": found.stated_attendance,
    })  # fmt: skip
    if form.is_valid():
        try:
            services.edit_table(found, **form.said(), by=by)
            messages.success(request, _("The meeting was changed."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "table": found, "known_places": place_choices()}
    return render(request, "findings/table_form.html", context, status=422 if form.errors else 200)


@require_POST
def agenda(request: HttpRequest, code: str) -> HttpResponse:
    """Put chosen findings on the agenda, take one off, or move it."""
    by = require(request.user, roles.MAPPER)
    found = queries.table_for(by, code, write=True)
    seen = queries.findings_for(by).filter(round=found.round)
    try:
        for name in ("off", "up", "down"):
            if wanted := request.POST.get(name):
                one = get_object_or_404(seen, code=wanted)
                if name == "off":
                    services.take_off_agenda(found, one, by=by)
                else:
                    services.move_on_agenda(found, one, up=name == "up", by=by)
                return redirect(f"{found.get_absolute_url()}#agenda")
        chosen = in_order(seen.filter(code__in=request.POST.getlist("finding")[:500]))
        added = services.put_on_agenda(found, chosen, by=by)
        messages.success(
            request,
            ngettext("%(n)s finding was put on the agenda.", "%(n)s findings were put on the agenda.", added)
            % {"n": added},
        )  # fmt: skip
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(f"{found.get_absolute_url()}#agenda")


# — bodies —————————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, code: str) -> HttpResponse:
    """Who is invited and who came: bodies, never persons. Letters go out from here, and can be read here."""
    by = require(request.user, roles.MAPPER)
    found = queries.table_for(by, code, write=True)
    act = request.POST.get("act", "")
    form = table_forms.BodiesForm(request.POST if act == "add" else None, level=level_of(by))
    letter = table_forms.LettersForm(request.POST if act == "invite" else None)
    problems: list[str] = []
    if request.method == "POST":
        try:
            if _seated(request, found, by, act, form, letter):
                return redirect("round_table_seats", found.code)
        except ValidationError as problem:
            problems = problem.messages
    context = {
        "table": found, "form": form, "letter": letter, "problems": problems,
        "seats": [(seat, seat_mark(seat)) for seat in _seats(found, by)],
        "attendance": tables.seen_by_table(found), "closed": found.state == RoundTable.State.CLOSED,
        "letters": TableLetter.objects.filter(seat__table=found).select_related("seat")[:200],
        "waiting": found.seats.filter(invited_at=None).exclude(email="").count(),
        "posted": inviting.waits().filter(seat__table=found).count(),
    }  # fmt: skip
    failed = problems or form.errors or letter.errors
    return render(request, "findings/table_seats.html", context, status=422 if failed else 200)


def _seated(
    request: HttpRequest, found: RoundTable, by: User, act: str, form: table_forms.BodiesForm,
    letter: table_forms.LettersForm,
) -> bool:  # fmt: skip
    """Do what was asked; whether it was done."""
    if act == "add" and form.is_valid():
        added = services.seat_bodies(found, form.cleaned_data["bodies"], by=by)
        messages.success(request, ngettext("%(n)s body was added.", "%(n)s bodies were added.", added) % {"n": added})
        return True
    if act == "invite" and letter.is_valid():
        again = found.seats.exclude(email="") if request.POST.get("again") else found.seats.filter(invited_at=None)
        _invited(request, found, list(again), letter.cleaned_data["language"], by)
        return True
    if act == "attend":
        services.mark_attendance(found, _marks(request, found), by=by)
        messages.success(request, _("It is noted who came."))
        return True
    if act == "remove":
        typed = request.POST.get("seat", "")
        seat = get_object_or_404(found.seats, pk=int(typed) if typed.isdigit() and len(typed) < 12 else 0)
        services.remove_seat(seat, by=by)
        return True
    return False


def _invited(request: HttpRequest, found: RoundTable, seats: list[Seat], language: str, by: User) -> None:
    """A few letters go at once; more are left to the worker, and the page says how many wait."""
    written = services.write_invitations(found, seats, language=language, by=by)
    if len(written) > AT_ONCE:
        tasks.post.enqueue(get_language() or "sq")
        said = ngettext("%(n)s letter is written.", "%(n)s letters are written.", len(written)) % {"n": len(written)}
        messages.success(request, f"{said} {_('They go out one after the other; you need not wait here.')}")
        return
    done = inviting.post_waiting(only=written)
    if done.sent:
        messages.success(
            request, ngettext("%(n)s letter went out.", "%(n)s letters went out.", done.sent) % {"n": done.sent}
        )
    if done.failed:
        words = ngettext(
            "%(n)s letter did not go out: see below why.", "%(n)s letters did not go out: see below why.", done.failed
        )  # fmt: skip
        messages.error(request, words % {"n": done.failed})
    if not written:
        messages.info(request, _("No body with an address waits for an invitation."))


def _marks(request: HttpRequest, found: RoundTable) -> dict[int, tuple[bool | None, int | None]]:
    """What the attendance form changes, seat by seat; what it leaves as it was may have changed at another desk.

    Raises ValidationError for what is no number, and for a seat that two desks say different things of.
    """
    said: dict[int, tuple[bool | None, int | None]] = {}
    for seat in found.seats.all():
        present, people = request.POST.get(f"present-{seat.pk}"), request.POST.get(f"people-{seat.pk}", "").strip()
        was = request.POST.get(f"was-{seat.pk}", "|")
        if present is None or f"{present}|{people}" == was:
            continue
        if people and not (people.isdigit() and len(people) < 6):
            raise ValidationError(_("“%(typed)s” is no number of people: %(name)s.")
                                  % {"typed": people[:20], "name": seat.name})  # fmt: skip
        if seat_mark(seat) not in (was, f"{present}|{people}"):
            raise ValidationError(_("Another desk wrote something else of %(name)s in the meantime: look again.")
                                  % {"name": seat.name})  # fmt: skip
        said[seat.pk] = ({"yes": True, "no": False}.get(present), int(people) if people else None)
    return said


def seat_mark(seat: Seat) -> str:
    """What is noted of a seat, as the form writes it: "yes|3"."""
    present = "" if seat.present is None else "yes" if seat.present else "no"
    return f"{present}|{'' if seat.people is None else seat.people}"


# — going through the agenda ———————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def sitting(request: HttpRequest, code: str) -> HttpResponse:
    """One finding of the agenda, large, with what can be decided; the next and the one before are one key away."""
    by = require(request.user, roles.MAPPER)
    found = queries.table_for(by, code, write=True)
    if found.state == RoundTable.State.CLOSED:
        messages.info(request, _("This meeting is closed: what it decided stands as it was written down."))
        return redirect(found)
    items = queries.agenda_of(found, by)
    if not items:
        messages.info(request, _("Nothing is on the agenda yet."))
        return redirect(found)
    typed = request.GET.get("n", "1")
    at = min(max(int(typed) if typed.isdigit() and len(typed) < 6 else 1, 1), len(items))
    one = items[at - 1]
    form = table_forms.SittingForm(request.POST or None, level=level_of(by), initial={
        "statement_sq": one.statements.get("sq", ""), "statement_en": one.statements.get("en", ""),
    })  # fmt: skip
    late = False
    if request.method == "POST" and form.is_valid():
        try:
            _decided(found, one, form, by)
            messages.success(request, _("Written down."))
            return redirect(f"{request.path}?n={at}")
        except services.Outdated:
            late = True
        except ValidationError as problem:
            put(form, problem)
    return _sitting_page(request, found, items, at, form, late)


def _decided(found: RoundTable, one: Finding, form: table_forms.SittingForm, by: User) -> None:
    said = form.cleaned_data
    services.begin_table(found, by=by)
    known = {"reason": said["reason"], "table": found, "seen": said["seen"], "by": by}
    if said["act"] == "confirm":
        services.confirm(one, **known)
    elif said["act"] == "refuse":
        services.refuse(one, **known)
    elif said["act"] == "contest":
        services.contest(one, objection=said["objection"], **form.who(), **known)
    else:
        amended = services.amend(one, statements=form.statements(), **known)
        if said["then_confirm"]:
            services.confirm(amended, reason="", table=found, by=by)


def _sitting_page(
    request: HttpRequest, found: RoundTable, items: list[Finding], at: int, form: table_forms.SittingForm, late: bool
) -> HttpResponse:
    one = items[at - 1]
    one.refresh_from_db()
    language = get_language() or "sq"
    level = level_of(request.user)
    decided = queries.decided_at(found)
    context = {
        "table": found, "finding": one, "at": at, "count": len(items), "before": at - 1, "after": at + 1,
        "statements": _statements(one, language), "chapter": chapter_title(one.chapter) if one.chapter else "",
        # The screen is read by the whole table: nothing sealed, not even what its recorder may read alone.
        "told": queries.told(one, min(level, Visibility.MEMBERS), language),
        "item": _item(one, decided.get(one.pk, []), level), "form": form, "late": late,
        "open": form.data.get("act", "") if form.is_bound else "", "done": sum(one.pk in decided for one in items),
        "acts": {name: rules.possible(name, one.state) for name in ("confirm", "amend", "contest", "refuse")},
        "objections": [(step, queries.objector_words(step, level)) for step in queries.standing_objections(one)],
    }  # fmt: skip
    status = 409 if late else 422 if form.is_bound and form.errors else 200
    return render(request, "findings/table_sitting.html", context, status=status)


# — minutes ————————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.table_for(by, code, write=True)
    language = get_language() or "sq"
    if found.state == RoundTable.State.CLOSED:
        messages.info(request, _("This meeting is closed: what it decided stands as it was written down."))
        return redirect(found)
    started = found.minutes or minutes.drafted(found, language)
    if request.GET.get("draft"):
        started = minutes.drafted(found, language)
    form = table_forms.MinutesForm(request.POST or None, initial={"seen": found.version, "minutes": started})
    theirs, status = "", 200
    if form.is_valid():
        try:
            kept = services.save_minutes(found, form.cleaned_data["minutes"], seen=form.cleaned_data["seen"], by=by)
            if request.POST.get("act") == "close":
                services.close_table(kept, by=by)
                messages.success(request, _("The meeting is closed, and its minutes are public."))
                return redirect(found)
            messages.success(request, _("The minutes are saved."))
            return redirect("round_table_minutes", found.code)
        except services.Outdated as late:
            theirs, status = late.now.minutes, 409
            data = request.POST.copy()
            data["seen"] = str(late.now.version)
            form = table_forms.MinutesForm(data)
            form.is_valid()
        except ValidationError as problem:
            put(form, problem)
    context = {
        "table": found, "form": form, "theirs": theirs, "late": LATE if status == 409 else "",
        "versions": found.minutes_versions.select_related("by")[:50],
    }  # fmt: skip
    return render(request, "findings/table_minutes.html", context, status=422 if form.errors else status)


@require_safe
def minutes_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The minutes to take away: of a closed table for everyone, before that for mappers."""
    found = queries.table_for(request.user, code)
    if (
        form not in TYPES
        or not found.minutes
        or (found.state != RoundTable.State.CLOSED and not has(request.user, roles.MAPPER))
    ):
        raise Http404
    document = minutes.document_of(found, get_language() or "sq")
    made = {
        "md": lambda: found.minutes.encode(), "pdf": lambda: pdf.written(document),
        "docx": lambda: word.written(document),
    }[form]()  # fmt: skip
    answer = HttpResponse(made, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.{form}"'
    return answer
