"""What can happen to meetings: planned, called, moved, cancelled, held, written down, adopted.

Each is one transaction and one audit line without a word of the minutes. A held meeting is an activity of the council,
so that coverage sees it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.activities.vocabulary import Mode, Status
from sofra.ground.audit import record
from sofra.organisations import queries as organisations
from sofra.organisations.vocabulary import Audience

from . import deciding, letters, queries, rules
from .calendars import title_of
from .deciding import DecisionWish
from .models import Council, Group, Item, Meeting, MinutesBefore, Present, Share
from .services import Outdated

State = Meeting.State
TO_COME = (State.PLANNED, State.CALLED)


# — before —————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def plan_meeting(
    council: Council, *, begins: datetime, ends: datetime | None = None, where: str = "", group: Group | None = None,
    by: User | None,
) -> Meeting:  # fmt: skip
    """The council's next meeting; its open decisions stand on the agenda at once. Raises ValidationError."""
    council = Council.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=council.pk)
    _check_times(begins, ends)
    if group is not None and group.council_id != council.pk:
        raise ValidationError({"group": _("Choose a working group of this council.")})
    newest = council.meetings.aggregate(newest=Max("number"))["newest"] or 0
    meeting = Meeting.objects.create(
        council=council, group=group, number=newest + 1, begins=begins, ends=ends, where=where.strip()
    )
    _note(meeting, "planned", by)
    deciding.refresh_agendas(council)
    return meeting


def _check_times(begins: datetime, ends: datetime | None) -> None:
    if not 2000 <= begins.year <= 2100:
        raise ValidationError({"day": _("The year cannot be right: write it with four digits, such as 2026.")})
    if ends is not None and ends <= begins:
        raise ValidationError({"ends": _("The meeting ends before it begins: one of the two times is wrong.")})
    if ends is not None and ends - begins > timedelta(days=1):
        raise ValidationError({"ends": _("A meeting lasts a day at most.")})


@transaction.atomic
def call_meeting(meeting: Meeting, *, by: User, seen: int) -> Meeting:
    """Invite everyone with a mandate and an account, with the agenda as it stands and a calendar file."""
    meeting = _taken(meeting, seen, [State.PLANNED])
    return _move_on(meeting, State.CALLED, "called", by)


@transaction.atomic
def move_meeting(
    meeting: Meeting, *, begins: datetime, ends: datetime | None, where: str, why: str = "", by: User, seen: int
) -> Meeting:
    """Another time or place. Who was invited already gets a letter; the calendar file takes the old one's place."""
    meeting = _taken(meeting, seen, TO_COME)
    _check_times(begins, ends)
    if meeting.state == State.CALLED and not why.strip():
        raise ValidationError({"why": _("Say why: those who were invited are told.")})
    meeting.begins, meeting.ends, meeting.where, meeting.why = begins, ends, where.strip(), why.strip()
    return _move_on(meeting, meeting.state, "moved", by, letter=meeting.state == State.CALLED)


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, why: str, by: User, seen: int) -> Meeting:
    meeting = _taken(meeting, seen, TO_COME)
    if not why.strip():
        raise ValidationError({"why": _("Say why: those who were invited are told.")})
    was_called, meeting.why = meeting.state == State.CALLED, why.strip()
    return _move_on(meeting, State.CANCELLED, "cancelled", by, letter=was_called)


@transaction.atomic
def add_item(meeting: Meeting, *, title: str, text: str = "", is_closed: bool = False, by: User) -> Item:
    """A point of the agenda, also while the meeting goes on."""
    meeting = _held(meeting)
    if not title.strip():
        raise ValidationError({"title": _("Name the point of the agenda.")})
    if meeting.state == State.CANCELLED or meeting.adopted_on:
        raise ValidationError(_("The agenda of this meeting is closed."))
    last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    item = meeting.agenda.create(position=last + 1, title=title.strip(), text=text.strip(), is_closed=is_closed)
    record(what="meeting.agenda", about=_about(meeting), by=by)
    return item


@transaction.atomic
def remove_item(item: Item, *, by: User) -> None:
    """Take back a point that somebody wrote; open decisions come and go by themselves."""
    meeting = _held(item.meeting)
    if item.decision_id is not None:
        raise ValidationError(_("An open decision leaves the agenda when it is done, not before."))
    if meeting.state not in TO_COME:
        raise ValidationError(_("The agenda of this meeting is closed."))
    item.delete()
    record(what="meeting.agenda", about=_about(meeting), by=by)


# — the meeting ————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def hold_meeting(meeting: Meeting, *, attendance: Mapping[int, str], by: User | None, seen: int) -> Meeting:
    """It took place; who came, by seat ("" where nobody noted it). It becomes an activity. Raises ValidationError."""
    meeting = _taken(meeting, seen, TO_COME)
    if meeting.begins > timezone.now():
        raise ValidationError(_("The meeting has not begun yet: note it as held once it has, or move it."))
    _write_attendance(meeting, attendance)
    meeting.state = State.HELD
    meeting.activity = activities.add_activity(_activity_of(meeting), by=by, publish=True)
    meeting.version += 1
    meeting.save()
    _note(meeting, "held", by)
    deciding.refresh_agendas(meeting.council)
    return meeting


@transaction.atomic
def note_attendance(meeting: Meeting, *, attendance: Mapping[int, str], by: User, seen: int) -> Meeting:
    """Put the attendance right, until the minutes are adopted."""
    meeting = _taken(meeting, seen, [State.HELD])
    _refuse_adopted(meeting)
    _write_attendance(meeting, attendance)
    meeting.version += 1
    meeting.save(update_fields=["version"])
    _note(meeting, "attendance", by)
    return meeting


def _write_attendance(meeting: Meeting, attendance: Mapping[int, str]) -> None:
    seats = {one.seat.pk for one, _how in queries.attendance_of(meeting)}
    meeting.attendance.all().delete()
    Present.objects.bulk_create(
        [Present(meeting=meeting, seat_id=seat, how=how) for seat, how in attendance.items() if seat in seats and how]
    )


def _activity_of(meeting: Meeting) -> ActivityDraft:
    day = timezone.localtime(meeting.begins).date().isoformat()
    organisation = organisations.head(meeting.council.organisation)
    with translation.override(settings.LANGUAGE_CODE):
        title = title_of(meeting)[:250]
        source = _("Minute-book of the council, meeting %(number)s") % {"number": meeting.number}
    return ActivityDraft(
        title=title, owner=organisation.code, kinds=["dialogue"], audiences=[Audience.OFFICIALS.value],
        places=[meeting.council.place], begins=day, ends=day, status=Status.HELD.value, mode=Mode.IN_PERSON.value,
        source=source, visible_to=organisation.visible_to,
    )  # fmt: skip


# — the minutes ————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def save_minutes(meeting: Meeting, *, minutes: str, closed: str, by: User, seen: int) -> Meeting:
    """Keep the minutes; each line "Vendim: …" becomes a decision with a number, closed ones in the closed part.

    Raises Outdated with what another secretary wrote since: neither text is lost, since nothing was written.
    """
    meeting = _taken(meeting, seen, [State.PLANNED, State.CALLED, State.HELD])
    _refuse_adopted(meeting)
    minutes, closed = _read(minutes, "minutes"), _read(closed, "closed")
    if rules.marked(minutes) or rules.marked(closed):
        if meeting.state != State.HELD:
            raise ValidationError(_("Note first that the meeting was held and who came: then it can decide."))
        minutes = _with_decisions(meeting, minutes, False, by)
        closed = _with_decisions(meeting, closed, True, by)
    if (minutes, closed) == (meeting.minutes, meeting.closed):
        return meeting
    MinutesBefore.objects.create(
        meeting=meeting, version=meeting.version, minutes=meeting.minutes, closed=meeting.closed, by=by
    )
    meeting.minutes, meeting.closed = minutes, closed
    meeting.version += 1
    meeting.save(update_fields=["minutes", "closed", "version"])
    _note(meeting, "minutes", by)
    return meeting


def _read(text: str, field: str) -> str:
    if len(text) > rules.MOST_MINUTES:
        raise ValidationError({field: _("Shorten this to %(longest)s letters.") % {"longest": rules.MOST_MINUTES}})
    return text.replace("\r\n", "\n").strip()


def _with_decisions(meeting: Meeting, text: str, is_closed: bool, by: User) -> str:
    made = [
        (at, deciding.make_decision(meeting, DecisionWish(text=words, is_closed=is_closed), by=by).number, words)
        for at, words in rules.marked(text)
    ]
    return rules.numbered(text, made, pgettext("minutes", "Decision")) if made else text


@transaction.atomic
def adopt_minutes(meeting: Meeting, *, share: str, by: User, seen: int) -> Meeting:
    """The council adopted them: they are not changed any more, and are read by those whom `share` names."""
    meeting = _taken(meeting, seen, [State.HELD])
    if not meeting.minutes.strip():
        raise ValidationError(_("There are no minutes yet: write them first."))
    if share not in Share.values:
        raise ValidationError({"share": _("Choose who reads the minutes.")})
    if meeting.adopted_on is None:
        meeting.adopted_on = queries.today()
    meeting.share = share
    meeting.version += 1
    meeting.save(update_fields=["adopted_on", "share", "version"])
    _note(meeting, "adopted", by, share=share)
    return meeting


@transaction.atomic
def reopen_minutes(meeting: Meeting, *, why: str, by: User, seen: int) -> Meeting:
    """A mistake was found: the minutes can be written again, and are the council's own until adopted anew."""
    meeting = _taken(meeting, seen, [State.HELD])
    if not why.strip():
        raise ValidationError({"why": _("Say why, so that the change can be understood later.")})
    meeting.adopted_on, meeting.why = None, why.strip()[:300]
    meeting.version += 1
    meeting.save(update_fields=["adopted_on", "why", "version"])
    _note(meeting, "reopened", by)
    return meeting


# — what every step does ———————————————————————————————————————————————————————————————————————————————————


def _held(meeting: Meeting) -> Meeting:
    Council.objects.select_for_update().get(pk=meeting.council_id)
    return Meeting.objects.select_related("council__organisation", "group").get(pk=meeting.pk)


def _taken(meeting: Meeting, seen: int, states: Iterable[str]) -> Meeting:
    """The meeting as it stands now, its council held until the transaction ends."""
    now = _held(meeting)
    if now.version != seen or now.state not in set(states):
        raise Outdated(now)
    return now


def _move_on(meeting: Meeting, state: str, what: str, by: User, *, letter: bool = True) -> Meeting:
    meeting.state, meeting.sequence, meeting.version = state, meeting.sequence + 1, meeting.version + 1
    meeting.save()
    _note(meeting, what, by)
    deciding.refresh_agendas(meeting.council)
    if letter:
        letters.write_letters(meeting, what)
    return meeting


def _refuse_adopted(meeting: Meeting) -> None:
    if meeting.adopted_on:
        raise ValidationError(_("The minutes are adopted: open them again first, with a reason."))


def _about(meeting: Meeting) -> str:
    return f"{meeting.council.organisation.code} meeting {meeting.number}"


def _note(meeting: Meeting, what: str, by: User | None, **more: str) -> None:
    record(what=f"meeting.{what}", about=_about(meeting), by=by, **more)
