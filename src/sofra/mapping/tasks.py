"""What the worker does for rounds: letters that wait for the post, and the reminders of the hub itself, each once.

Safe to run often, and twice at once.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django_tasks import task

from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Filling

from . import posting, rules, services
from .models import Invitation, Letter, Round
from .services import Sent


@task()
def post(language: str) -> None:
    """A batch of the waiting letters; the rest as a new piece of work, so that others of the queue have their turn."""
    with translation.override(language):
        done = posting.post_waiting()
    if done.waiting and (done.sent or done.failed):
        post.enqueue(language)


def post_thanks(filling: Filling, happened: Happened) -> None:
    """Let the worker post the thanks for answers, once they are surely kept."""
    if happened == Happened.SENT and posting.waiting().filter(invitation__filling=filling).exists():
        transaction.on_commit(lambda: post.enqueue(settings.LANGUAGE_CODE))


def send_due_letters(*, now: datetime | None = None) -> Sent:
    """Remind whoever was invited, has not answered and does not refuse, as far as the round's times say so.

    Letters that no worker took up go with them.
    """
    now = now or timezone.now()
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
        services.write_letters([invitation], Letter.Kind.REMINDER, by=None, due=fresh[-1])
    return posting.post_waiting(most=1000)


def _waiting() -> list[Invitation]:
    waiting = Invitation.objects.filter(
        round__state=Round.State.OPEN, round__remind_after__isnull=False, invited_at__isnull=False, sent_at=None,
        elsewhere="", unreachable_at=None,
    ).exclude(email="")  # fmt: skip
    return [one for one in waiting.select_related("round").order_by("id") if not one.refuses]
