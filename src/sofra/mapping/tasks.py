"""What is due: reminders that the hub sends by itself, each once. Safe to run often, and twice at once."""

from datetime import datetime

from django.utils import timezone

from . import rules, services
from .models import Invitation, Letter, Round
from .services import Sent


def send_due_letters(*, now: datetime | None = None) -> Sent:
    """Remind whoever was invited, has not answered and does not refuse, as far as the round's times say so."""
    now, done = now or timezone.now(), Sent()
    for invitation in _waiting():
        found = invitation.round
        assert invitation.invited_at is not None
        names = rules.reminders_due(
            invited_at=invitation.invited_at, remind_after=found.remind_after, answers_by=found.answers_by,
            today=timezone.localdate(now),
        )  # fmt: skip
        told = set(invitation.letters.filter(sent_at__isnull=False).values_list("due", flat=True))
        newest = invitation.letters.filter(sent_at__isnull=False).order_by("-sent_at").first()
        fresh = [name for name in names if name not in told]
        if not fresh or (newest and newest.sent_at and newest.sent_at > now - rules.BETWEEN):
            continue
        sent = services.send_letters([invitation], Letter.Kind.REMINDER, by=None, due=fresh[-1])
        done.sent, done.failed = done.sent + sent.sent, done.failed + sent.failed
    return done


def _waiting() -> list[Invitation]:
    waiting = Invitation.objects.filter(
        round__state=Round.State.OPEN, round__remind_after__isnull=False, invited_at__isnull=False, sent_at=None,
        elsewhere="", unreachable_at=None,
    ).exclude(email="")  # fmt: skip
    return [one for one in waiting.select_related("round").order_by("id") if not one.refuses]
