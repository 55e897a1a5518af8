"""Letters of rounds: written at once, put into the post one by one by the worker, and what comes back.

A letter waits as a row until the mail server has it, so that a page never waits for five hundred of them and none is
lost when the worker stops. Nobody is written to who refused; that is asked again when the letter's turn comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record

from . import letters, rules
from .models import Invitation, Letter, Round

Kind = Letter.Kind
_A_MOMENT = timedelta(seconds=60)  # a second click on "send" comes within seconds
_AGAIN = timedelta(hours=1)  # a reminder of the hub's own that could not go is tried again after it
_STRANDED = timedelta(minutes=10)  # a letter whose worker was killed with it in hand is taken up by another after it
BATCH = 50  # letters that one piece of the worker's work posts: an import does not wait for all of them


@dataclass(slots=True)
class Sent:
    """What became of letters: how many wait, went out, could not go, and were not written, each with its sentence."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    left_out: list[tuple[Invitation, str]] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


# — writing ————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def write_letters(
    invitations: Iterable[Invitation], kind: str, *, by: User | None, words: str = "", due: str = ""
) -> Sent:
    """Write to each, in its language; the letters wait for the post. Who may not be written to is named with why.

    `due` names a letter that the hub sends by itself: it goes out once, however often this is called.
    """
    done, now = Sent(), timezone.now()
    numbers = list(dict.fromkeys(one.pk for one in invitations))
    known = Invitation.objects.select_related("round__version", "filling", "organisation")
    asked = known.select_for_update(of=("self",)).in_bulk(numbers)
    before: dict[int, list[Letter]] = {number: [] for number in numbers}
    for letter in Letter.objects.filter(invitation__in=numbers).defer("body"):
        before[letter.invitation_id].append(letter)
    fresh: list[Letter] = []
    for invitation in (asked[number] for number in numbers if number in asked):
        if why := why_not(invitation, kind, now=now, written=before[invitation.pk]):
            done.left_out.append((invitation, why))
            continue
        kept = next((one for one in before[invitation.pk] if due and one.due == due), None)
        if kept is None:
            fresh.append(_written(invitation, kind, words, due, now, by))
        elif kept.failed_because and kept.at <= now - _AGAIN:
            Letter.objects.filter(pk=kept.pk).update(at=now, failed_because="", taken_at=None)
            done.written.append(kept.pk)
    done.written += [one.pk for one in Letter.objects.bulk_create(fresh)]
    done.waiting = len(done.written)
    return done


def _written(invitation: Invitation, kind: str, words: str, due: str, now: datetime, by: User | None) -> Letter:
    return Letter(
        invitation=invitation, kind=kind, to=invitation.email, subject=letters.subject_of(invitation, kind),
        words=words.strip(), at=now, by=by, due=due,
    )  # fmt: skip


def why_not(invitation: Invitation, kind: str, *, now: datetime, written: Iterable[Letter]) -> str:
    """Why it is not written to; "" where it may be. `written` are the letters that it has already."""
    found = invitation.round
    if not invitation.email:
        return _("There is no e-mail address: write one, or hand the link over otherwise.")
    if invitation.refuses:
        return _("It refused on %(day)s: ask again with a reason, or leave it in peace.") % {
            "day": timezone.localtime(invitation.refused_at).strftime("%d.%m.%Y")
        }
    if invitation.not_them:
        return _("Whoever got the letter said that they are not meant: find the right address first.")
    if kind == Kind.THANKS:
        return "" if invitation.sent_at else _("It has not answered yet.")
    if found.state != Round.State.OPEN:
        return _("The round is not open.")
    if invitation.filling is None:
        return _("There is no form for it yet: open the questionnaire's version and the round.")
    if invitation.sent_at or invitation.elsewhere:
        return _("It has answered already.")
    if kind == Kind.REMINDER and invitation.invited_at is None:
        return _("It was not invited yet.")
    return _too_many([one for one in written if one.kind != Kind.THANKS], now)


def _too_many(written: list[Letter], now: datetime) -> str:
    if any(one.waits for one in written):
        return _("A letter to it is waiting for the post already.")
    gone = [one.sent_at for one in written if one.sent_at]
    if any(at > now - _A_MOMENT for at in gone):
        return _("A letter went out to it a moment ago.")
    if len(gone) >= rules.MOST_LETTERS:
        return _("It got %(most)s letters in this round: take the telephone.") % {"most": rules.MOST_LETTERS}
    return ""


def thank(invitation: Invitation) -> None:
    """A letter of thanks for the first answers, where there is an address; it goes with the next post."""
    if invitation.email and not invitation.letters.filter(due="thanks").exists():
        write_letters([invitation], Kind.THANKS, by=None, due="thanks")


# — the post ———————————————————————————————————————————————————————————————————————————————————————————————


def waiting() -> QuerySet[Letter]:
    """Letters that are written and not yet with the mail server, the oldest first."""
    return Letter.objects.filter(sent_at=None, failed_because="").order_by("id")


def post_waiting(*, most: int = BATCH, only: Iterable[int] | None = None) -> Sent:
    """Put up to `most` waiting letters into the post, or `only` these; safe to run twice at once."""
    done, now = Sent(), timezone.now()
    free = waiting().filter(Q(taken_at=None) | Q(taken_at__lt=now - _STRANDED))
    if only is not None:
        free = free.filter(pk__in=list(only))
    numbers = list(free.values_list("pk", flat=True)[:most])
    told: dict[tuple[str, str, int | None], list[int]] = {}
    connection = get_connection() if len(numbers) > 1 else None
    try:
        if connection is not None:
            connection.open()
    except OSError:  # each letter tries for itself, and says why it could not go
        connection = None
    for number in numbers:
        letter = _taken(number, now)
        if letter is None:
            continue
        failed = _stopped(letter) or letters.post(letter, _with_link(letter), connection)
        _note_posted(letter, failed)
        if failed and connection is not None:
            connection.close()  # a line that broke is not used for the next one
        done.sent, done.failed = done.sent + (not failed), done.failed + bool(failed)
        of = told.setdefault((letter.invitation.round.code, letter.kind, letter.by_id), [0, 0])
        of[bool(failed)] += 1
    if connection is not None:
        connection.close()
    for (code, kind, by), (sent, failures) in told.items():
        user = User.objects.filter(pk=by).first() if by else None
        record(what="letters.sent", about=code, by=user, kind=kind, sent=sent, failed=failures)
    done.waiting = waiting().count()
    return done


@transaction.atomic
def _taken(number: int, now: datetime) -> Letter | None:
    """The letter, in this run's hand alone; None where another has it."""
    known = Letter.objects.select_related("invitation__round", "invitation__filling", "invitation__organisation")
    letter = known.select_for_update(of=("self",)).get(pk=number)
    if not letter.waits or (letter.taken_at and letter.taken_at >= now - _STRANDED):
        return None
    letter.taken_at = timezone.now()
    letter.save(update_fields=["taken_at"])
    return letter


def _stopped(letter: Letter) -> str:
    """Why a letter that waited does not go any more: what was true when it was written may have changed."""
    invitation = letter.invitation
    if invitation.email != letter.to:
        return _("The address was changed in the meantime: send it anew.")
    return why_not(invitation, letter.kind, now=timezone.now(), written=())


def _with_link(letter: Letter) -> str:
    """The text as it goes out; the row keeps it without the link."""
    letter.body = letters.written(letter.invitation, letter.kind, words=letter.words, link=False).body
    return letters.written(letter.invitation, letter.kind, words=letter.words).body


@transaction.atomic
def _note_posted(letter: Letter, failed: str) -> None:
    letter.sent_at, letter.failed_because = None if failed else timezone.now(), failed[: rules.REASON]
    letter.save(update_fields=["sent_at", "failed_because", "body"])
    if not failed and letter.kind == Kind.INVITATION:
        Invitation.objects.filter(pk=letter.invitation_id, invited_at=None).update(invited_at=letter.sent_at)


def send_letters(
    invitations: Iterable[Invitation], kind: str, *, by: User | None, words: str = "", due: str = ""
) -> Sent:
    """Write to each and post at once, without the worker: for a few letters, and for what runs in the worker itself."""
    done = write_letters(invitations, kind, by=by, words=words, due=due)
    if done.written:
        posted = post_waiting(most=len(done.written), only=done.written)
        done.sent, done.failed, done.waiting = posted.sent, posted.failed, 0
    return done


# — what comes back ————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_bounce(letter: Letter, *, because: str, by: User | None = None, final: bool = True) -> Letter:
    """A letter came back. Where the address is `final`ly refused, the organisation counts as out of reach."""
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    letter.bounced_because = because.strip()[: rules.REASON] or _("It came back without a reason.")
    letter.save(update_fields=["bounced_because"])
    known = Invitation.objects.select_related("round").select_for_update(of=("self",))
    invitation = known.get(pk=letter.invitation_id)
    if final and invitation.email == letter.to and not (invitation.sent_at or invitation.begun_at):
        invitation.unreachable_at, invitation.unreachable_because = timezone.now(), letter.bounced_because
        invitation.save(update_fields=["unreachable_at", "unreachable_because"])
    record(what="letter.bounced", about=invitation.round.code, by=by, letter=letter.pk)
    return letter
