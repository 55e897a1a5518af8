"""What is due: letters of reminder. Safe to run as often as one likes, and twice at once.

A letter's row is written before the letter goes out, and its uniqueness lets only one of two runs write it. Where the
letter could not go, the row is taken away again and the next run tries anew.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from sofra.accounts.letters import sent
from sofra.accounts.models import User

from . import letters, queries
from .models import Reminder, Session


@dataclass
class Done:
    """How many letters went out, and how many could not."""

    sent: int = 0
    failed: int = 0


def send_due_letters(*, now: datetime | None = None) -> Done:
    """Remind of sessions that are near and of requests that wait, each person once of each."""
    now, done = now or timezone.now(), Done()
    for kind, sessions in (
        (Reminder.Kind.SOON, queries.soon(now)),
        (Reminder.Kind.WAITING, queries.waiting_long(now)),
    ):
        for session in sessions:
            about = session.begins if kind == Reminder.Kind.SOON else session.changed_at
            for person in _not_yet(session, kind, about.isoformat()):
                _send(session, kind, about.isoformat(), person, done)
    return done


def _not_yet(session: Session, kind: str, about: str) -> list[User]:
    told = set(session.reminders.filter(kind=kind, about=about).values_list("user", flat=True))
    return [person for person in letters.receivers(session, kind) if person.pk not in told]


def _send(session: Session, kind: str, about: str, person: User, done: Done) -> None:
    try:
        with transaction.atomic():
            row = Reminder.objects.create(session=session, user=person, kind=kind, about=about, at=timezone.now())
    except IntegrityError:  # another run has it
        return
    if sent(letters.letter(session, kind, person)):
        done.sent += 1
    else:
        row.delete()
        done.failed += 1
