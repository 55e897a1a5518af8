"""What is due in councils: letters to owners and secretaries, each once. Safe to run as often as one likes.

A letter's row is written before the letter goes out, and its uniqueness lets only one of two runs write it. Where the
letter could not go, the row is taken away again and the next run tries anew.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django_tasks import task

from sofra.accounts.letters import sent
from sofra.accounts.models import User

from . import letters, queries, rules
from .models import Council, Decision, Meeting, Reminder


@dataclass
class Done:
    """How many letters went out, and how many could not."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Due:
    """A letter that is due: its kind, what it is about (with its date), to whom, and how it is written."""

    kind: str
    about: str
    people: tuple[User, ...]
    write: Callable[[User], EmailMessage]


@task()
def post() -> None:
    """A batch of the letters about meetings that wait; the rest as a new piece of work."""
    went, _failed = letters.post_waiting()
    if went and letters.waiting().exists():
        post.enqueue()


def send_due_letters() -> Done:
    """Remind owners a week before and after the due date, secretaries of what is late, of what waits to be verified,
    and of a meeting that the regulation asks for. Letters about meetings that no worker took up go with them."""
    done = Done(*letters.post_waiting())
    for due in (*_decisions(), *_meetings()):
        told = set(Reminder.objects.filter(kind=due.kind, about=due.about).values_list("user", flat=True))
        for person in due.people:
            if person.pk not in told:
                _send(due, person, done)
    return done


def _decisions() -> Iterator[Due]:
    today = queries.today()
    asked = Decision.objects.select_related("council__organisation", "owner")
    near = asked.filter(state=Decision.State.OPEN, due_on__lte=today + rules.REMINDS_BEFORE)
    for one in near.order_by("pk"):
        late = rules.is_late(one.due_on, True, today)
        owners = queries.people_of(one.council, seat=one.owner_id) if one.owner_id else []
        secretaries = queries.people_of(one.council, secretary=True) if late or not owners else []
        yield _of_decision("late" if late else "soon", one, f"{one.due_on}", [*owners, *secretaries])
    waiting = asked.filter(state=Decision.State.DONE, needs_verifying=True)
    for one in waiting.order_by("pk"):
        yield _of_decision("verify", one, f"{one.version}", queries.people_of(one.council, secretary=True))


def _of_decision(kind: str, decision: Decision, when: str, people: Iterable[User]) -> Due:
    once = tuple({one.pk: one for one in people}.values())
    return Due(kind, f"decision {decision.pk} {when}", once, lambda to: letters.decision_letter(decision, kind, to))


def _meetings() -> Iterator[Due]:
    """A month before the running period ends, if no meeting of it is held or planned."""
    today = queries.today()
    found = list(Council.objects.select_related("organisation").exclude(meets_every=None))
    lives = queries.lives(found)
    for council in found:
        running = lives[council.pk].running
        if running is None or running.held or rules.months_on(today, 1) < running.last:
            continue
        coming = council.meetings.filter(
            state__in=[Meeting.State.PLANNED, Meeting.State.CALLED], begins__date__lte=running.last
        )
        if not coming.exists():
            yield _of_council(council, running)


def _of_council(council: Council, running: rules.Period) -> Due:
    people = tuple(queries.people_of(council, secretary=True))
    return Due("due", f"council {council.pk} {running.last}", people,
               lambda to: letters.due_letter(council, running.last, to))  # fmt: skip


def _send(due: Due, person: User, done: Done) -> None:
    try:
        with transaction.atomic():
            row = Reminder.objects.create(user=person, kind=due.kind, about=due.about)
    except IntegrityError:  # another run has it
        return
    if sent(due.write(person)):
        done.sent += 1
    else:
        row.delete()
        done.failed += 1
