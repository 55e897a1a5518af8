"""What can happen to round tables. Each is one transaction and one audit line.

Decisions on findings stand in `deciding`, letters in `inviting`; here are the agenda, the bodies at the table, the
minutes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.audit import record
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import rules
from .models import AgendaItem, Finding, MinutesVersion, RoundTable, Seat
from .recording import Outdated, next_code

State = RoundTable.State


@transaction.atomic
def plan_table(
    *, round: Round, titles: Mapping[str, str], on: str = "", place: str = "", stated_attendance: str = "",
    source: str = "", code: str = "", by: User | None,
) -> RoundTable:  # fmt: skip
    """Plan a meeting. `on` as people write dates, `place` the code of a place. Raises ValidationError."""
    table = RoundTable(round=round, code=next_code(round, "t", RoundTable, code), source=source[:300])
    _write(table, titles=titles, on=on, place=place, stated_attendance=stated_attendance)
    table.save()
    record(what="table.planned", about=table.code, by=by)
    return table


def _write(table: RoundTable, *, titles: Mapping[str, str], on: str, place: str, stated_attendance: str) -> None:
    known = {language: text.strip()[:300] for language, text in titles.items() if text and text.strip()}
    if not known:
        raise ValidationError({"titles": _("Give the meeting a title.")})
    if place and not Place.objects.filter(pk=place).exists():
        raise ValidationError({"place": _("No place has the code “%(code)s”.") % {"code": place[:40]}})
    table.titles, table.on, table.place = known, dates.read_when(on), place
    table.stated_attendance = rules.clean_text("stated_attendance", stated_attendance, 200)


@transaction.atomic
def edit_table(
    table: RoundTable, *, titles: Mapping[str, str], on: str, place: str, stated_attendance: str, by: User
) -> RoundTable:
    table = _open(table)
    _write(table, titles=titles, on=on, place=place, stated_attendance=stated_attendance)
    table.save(update_fields=["titles", "on", "place", "stated_attendance"])
    record(what="table.edited", about=table.code, by=by)
    return table


def _open(table: RoundTable) -> RoundTable:
    """The table, locked, as long as it is not closed."""
    table = RoundTable.objects.select_for_update().get(pk=table.pk)
    if table.state == State.CLOSED:
        raise ValidationError(_("This meeting is closed: what it decided stands as it was written down."))
    return table


# — the agenda —————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def put_on_agenda(table: RoundTable, findings: Iterable[Finding], *, by: User | None) -> int:
    """Put findings of the round on the agenda, after those that stand there; how many are new."""
    table = _open(table)
    last = table.agenda.aggregate(last=Max("position"))["last"] or 0
    there, added = set(table.agenda.values_list("finding", flat=True)), 0
    for finding in findings:
        if finding.round_id != table.round_id:
            raise ValidationError(_("“%(code)s” is a finding of another round.") % {"code": finding.code})
        if finding.pk not in there:
            added += 1
            AgendaItem.objects.create(table=table, finding=finding, position=last + added)
            there.add(finding.pk)
    if added:
        record(what="table.agenda_set", about=table.code, by=by, added=added)
    return added


@transaction.atomic
def take_off_agenda(table: RoundTable, finding: Finding, *, by: User) -> None:
    """What the table decided on stays on its agenda."""
    table = _open(table)
    if table.steps.filter(finding=finding).exists():
        raise ValidationError(_("The table has decided on this finding: it stays on its agenda."))
    table.agenda.filter(finding=finding).delete()
    record(what="table.agenda_set", about=table.code, by=by, taken_off=finding.code)


@transaction.atomic
def move_on_agenda(table: RoundTable, finding: Finding, *, up: bool, by: User) -> None:
    """One place up or down."""
    table = _open(table)
    items = list(table.agenda.order_by("position", "id"))
    at = next((number for number, item in enumerate(items) if item.finding_id == finding.pk), None)
    other = None if at is None else at + (-1 if up else 1)
    if at is None or other is None or not 0 <= other < len(items):
        return
    items[at], items[other] = items[other], items[at]
    for number, item in enumerate(items, start=1):
        if item.position != number:
            item.position = number
            item.save(update_fields=["position"])
    record(what="table.agenda_set", about=table.code, by=by, moved=finding.code)


# — who is at the table ————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def seat_bodies(table: RoundTable, bodies: Iterable[tuple[str, str, Organisation | None]], *, by: User | None) -> int:
    """Bodies that are invited or were there: (name as written, address or "", organisation or None). How many are new.

    Raises ValidationError for a name that is missing or an address that is none; then nothing was written.
    """
    table, added = _open(table), 0
    there = {(seat.organisation_id, seat.name.casefold()) for seat in table.seats.all()}
    for name, email, organisation in bodies:
        name = rules.clean_text("name", name or (organisation.name if organisation else ""), 250,
                                needed=_("Name the body."))  # fmt: skip
        if email:
            try:
                validate_email(email)
            except ValidationError as error:
                raise ValidationError(
                    {"email": _("“%(email)s” is no e-mail address.") % {"email": email[:80]}}
                ) from error
        key = (organisation.pk if organisation else None, name.casefold())
        if key not in there:
            Seat.objects.create(table=table, name=name, email=email, organisation=organisation)
            there.add(key)
            added += 1
    if added:
        record(what="table.seated", about=table.code, by=by, added=added)
    return added


@transaction.atomic
def remove_seat(seat: Seat, *, by: User) -> None:
    """Take back a body that was named by mistake; one that was written to stays."""
    table = _open(seat.table)
    if seat.invited_at is not None:
        raise ValidationError(_("This body was invited already: say that it did not come instead."))
    seat.delete()
    record(what="table.seated", about=table.code, by=by, removed=1)


@transaction.atomic
def mark_attendance(table: RoundTable, marks: Mapping[int, tuple[bool | None, int | None]], *, by: User | None) -> int:
    """By the seat's number: present (None: not known) and how many people came for it. Only those given change."""
    table, changed = _open(table), 0
    for seat in table.seats.filter(pk__in=marks).select_for_update():
        present, people = marks[seat.pk]
        if people is not None and not 0 <= people <= 1000:
            raise ValidationError({"people": _("Write a number from 0 to 1000, or leave it empty.")})
        if (seat.present, seat.people) != (present, people):
            seat.present, seat.people = present, people
            seat.save(update_fields=["present", "people"])
            changed += 1
    if changed:
        record(what="table.attended", about=table.code, by=by, changed=changed)
    return changed


# — the session and its minutes ————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def begin_table(table: RoundTable, *, by: User | None) -> RoundTable:
    table = _open(table)
    if table.state == State.PLANNED:
        table.state = State.SITTING
        table.save(update_fields=["state"])
        record(what="table.begun", about=table.code, by=by)
    return table


@transaction.atomic
def save_minutes(table: RoundTable, minutes: str, *, seen: int, by: User | None) -> RoundTable:
    """Keep the minutes; what they said before stays as a version. Raises Outdated where another was faster."""
    table = _open(table)
    minutes = rules.clean_text("minutes", minutes, rules.LONGEST_MINUTES)
    if table.version != seen:
        raise Outdated(table)
    if minutes == table.minutes:
        return table
    MinutesVersion.objects.create(table=table, number=table.version, text=table.minutes, by=by)
    table.minutes, table.version = minutes, table.version + 1
    table.save(update_fields=["minutes", "version"])
    record(what="table.minutes_saved", about=table.code, by=by, version=table.version)
    return table


@transaction.atomic
def close_table(table: RoundTable, *, minutes: str | None = None, by: User | None) -> RoundTable:
    """The meeting is over: its minutes are public and nothing at it changes any more. None: the minutes as they are."""
    table = _open(table)
    if minutes is not None:
        table = save_minutes(table, minutes, seen=table.version, by=by)
    if not table.minutes.strip():
        raise ValidationError({"minutes": _("Write the minutes, or have them drafted, before you close the meeting.")})
    table.state, table.closed_at = State.CLOSED, timezone.now()
    table.save(update_fields=["state", "closed_at"])
    record(what="table.closed", about=table.code, by=by)
    return table


def seen_by_table(table: RoundTable) -> dict[str, Any]:
    """Attendance in numbers: bodies invited, present, absent, not known, and how many people are known to have come."""
    seats = list(table.seats.all())
    counted = [seat.people for seat in seats if seat.present and seat.people is not None]
    return {
        "bodies": len(seats),
        "present": sum(seat.present is True for seat in seats),
        "absent": sum(seat.present is False for seat in seats),
        "unknown": sum(seat.present is None for seat in seats),
        "people": sum(counted) if counted else None,
        "uncounted": sum(1 for seat in seats if seat.present and seat.people is None),
    }
