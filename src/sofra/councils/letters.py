"""The letters of councils, each in the language of who receives it and to one person at a time.

An invitation carries the calendar file. What is closed stands in no letter: mail travels.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.accounts.letters import send_quietly
from sofra.accounts.models import User

from . import calendars, queries
from .models import Decision, Meeting

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


def tell_of_meeting(number: int, kind: str) -> None:
    """Invite, move or cancel: everyone with a mandate on that day and an account."""
    meeting = Meeting.objects.select_related("council__organisation", "group").get(pk=number)
    for person in receivers(meeting):
        send_quietly(meeting_letter(meeting, kind, person))


def receivers(meeting: Meeting) -> list[User]:
    on = timezone.localtime(meeting.begins).date()
    people = queries.people_of(meeting.council, on=on)
    if meeting.group is None:
        return people
    seats = set(meeting.group.seats.values_list("pk", flat=True))
    sitting = set(queries.standing_mandates(on).filter(seat__in=seats).values_list("user", flat=True))
    return [one for one in people if one.pk in sitting]


def meeting_letter(meeting: Meeting, kind: str, to: User) -> EmailMessage:
    with translation.override(to.language):
        title = calendars.title_of(meeting)
        agenda = [one.title for one in meeting.agenda.select_related("decision")
                  if not one.is_closed and not (one.decision and one.decision.is_closed)]  # fmt: skip
        text = render_to_string(
            "councils/mail/meeting.txt",
            {
                "name": to.name, "sentence": SENTENCES[kind], "title": title, "hub": settings.HUB_NAME,
                "begins": timezone.localtime(meeting.begins), "where": meeting.where, "why": meeting.why,
                "agenda": agenda, "link": settings.ORIGIN.rstrip("/") + meeting.get_absolute_url(),
            },
        )  # fmt: skip
        message = EmailMessage(_line(SUBJECTS[kind], {"title": title}), text, settings.DEFAULT_FROM_EMAIL, [to.email])
        message.attach(f"{meeting.council.organisation.code}-{meeting.number}.ics", calendars.ics_of(meeting),
                       "text/calendar")  # fmt: skip
    return message


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
