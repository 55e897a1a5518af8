"""The letters of councils, each in the language of who receives it and to one person at a time.

An invitation carries the calendar file. What is closed stands in no letter: mail travels.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.accounts.letters import sent
from sofra.accounts.models import User

from . import calendars, minutes, queries, rules
from .models import Decision, Letter, Meeting

SUBJECTS: dict[str, Promise] = {
    "called": _("Invitation: %(title)s"),
    "moved": _("Another time: %(title)s"),
    "cancelled": _("Cancelled: %(title)s"),
    "soon": _("Due soon: decision %(number)s of %(council)s"),
    "late": _("Past its due date: decision %(number)s of %(council)s"),
    "verify": _("To be verified: decision %(number)s of %(council)s"),
    "due": _("A meeting is due: %(council)s"),
}
SENTENCES: dict[str, Promise] = {
    "called": _("You are invited to this meeting. The calendar file is attached."),
    "moved": _("The meeting takes place at another time or place. The calendar file brings it up to date."),
    "cancelled": _("The meeting does not take place."),
    "soon": _("The decision is due within a week. Say what was done, or ask the secretary for another date."),
    "late": _("The decision is past its due date. Say what was done, or ask the secretary for another date."),
    "verify": _("Its owner says that the decision is done. Somebody else has to verify it."),
    "due": _("The council's regulation asks for a meeting by %(day)s, and none is recorded as called or held."),
}


# — of meetings ————————————————————————————————————————————————————————————————————————————————————————————


def write_letters(meeting: Meeting, kind: str) -> int:
    """Invite, move or cancel: a letter to everyone with a mandate on that day and an account; how many wait now.

    What waits still and is overtaken by this one does not go any more.
    """
    meeting.letters.filter(sent_at=None).delete()
    return len(Letter.objects.bulk_create([letter_of(meeting, kind, person) for person in receivers(meeting)]))


def waiting() -> QuerySet[Letter]:
    """Letters that the mail server has not, and that nobody holds in hand now."""
    tried = timezone.now() - rules.AGAIN_AFTER
    free = Q(taken_at=None) | Q(taken_at__lt=tried)
    return Letter.objects.filter(free, sent_at=None, tries__lt=rules.MOST_TRIES).order_by("id")


def post_waiting(*, most: int = 50) -> tuple[int, int]:
    """Put waiting letters into the post; how many went and how many could not. Safe to run twice at once."""
    went, failed = 0, 0
    for number in list(waiting().values_list("pk", flat=True)[:most]):
        if not waiting().filter(pk=number).update(taken_at=timezone.now(), tries=F("tries") + 1):
            continue  # another run has it
        letter = Letter.objects.select_related("meeting__council__organisation", "meeting__group", "user").get(
            pk=number
        )
        if sent(_message(letter)):
            Letter.objects.filter(pk=number).update(sent_at=timezone.now())
            went += 1
        else:
            failed += 1
    return went, failed


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [letter.user.email])
    meeting = letter.meeting
    with translation.override(letter.user.language):
        message.attach(f"{meeting.council.organisation.code}-{meeting.number}.ics", calendars.ics_of(meeting),
                       "text/calendar")  # fmt: skip
    return message


def receivers(meeting: Meeting) -> list[User]:
    on = timezone.localtime(meeting.begins).date()
    people = queries.people_of(meeting.council, on=on)
    if meeting.group is None:
        return people
    seats = set(meeting.group.seats.values_list("pk", flat=True))
    sitting = set(queries.standing_mandates(on).filter(seat__in=seats).values_list("user", flat=True))
    return [one for one in people if one.pk in sitting]


def letter_of(meeting: Meeting, kind: str, to: User) -> Letter:
    """The letter as this person gets it, not yet kept."""
    with translation.override(to.language):
        title = calendars.title_of(meeting)
        agenda = [minutes.item_words(one) for one in minutes.agenda_for(meeting, member=False)]
        text = render_to_string(
            "councils/mail/meeting.txt",
            {
                "name": to.name, "sentence": SENTENCES[kind], "title": title, "hub": settings.HUB_NAME,
                "begins": timezone.localtime(meeting.begins), "where": meeting.where, "why": meeting.why,
                "agenda": agenda, "link": settings.ORIGIN.rstrip("/") + meeting.get_absolute_url(),
            },
        )  # fmt: skip
        return Letter(meeting=meeting, user=to, kind=kind, subject=_line(SUBJECTS[kind], {"title": title})[:500],
                      body=text)  # fmt: skip


# — reminders ——————————————————————————————————————————————————————————————————————————————————————————————


def decision_letter(decision: Decision, kind: str, to: User) -> EmailMessage:
    """A reminder. The words of a closed decision stay on the hub."""
    known = {"number": decision.number, "council": decision.council.organisation.name}
    return _reminder(kind, known, to, decision, "" if decision.is_closed else decision.text)


def due_letter(council: Any, day: Any, to: User) -> EmailMessage:
    known = {"council": council.organisation.name, "day": f"{day:%d.%m.%Y}"}
    return _reminder("due", known, to, council, "")


def _reminder(kind: str, known: dict[str, Any], to: User, about: Any, words: str) -> EmailMessage:
    with translation.override(to.language):
        text = render_to_string(
            "councils/mail/reminder.txt",
            {"name": to.name, "sentence": str(SENTENCES[kind]) % known, "words": words, "hub": settings.HUB_NAME,
             "link": settings.ORIGIN.rstrip("/") + about.get_absolute_url()},
        )  # fmt: skip
        return EmailMessage(_line(SUBJECTS[kind], known), text, settings.DEFAULT_FROM_EMAIL, [to.email])


def _line(subject: Promise, known: dict[str, Any]) -> str:
    return " ".join((str(subject) % known).split())
