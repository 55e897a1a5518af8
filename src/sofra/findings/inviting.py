"""Invitations to round tables: written at once as rows, put into the post one by one by the worker.

A letter is addressed to the body, not to a person, and each body gets its own: none learns another's address.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.audit import record
from sofra.ground.tongues import said
from sofra.mapping.services import Sent
from sofra.places.models import Place

from .models import RoundTable, Seat, TableLetter

log = logging.getLogger(__name__)
_STRANDED = timedelta(minutes=10)  # a letter whose worker was killed with it in hand is taken up again after it


@transaction.atomic
def write_invitations(
    table: RoundTable, seats: Iterable[Seat], *, language: str = "sq", by: User | None
) -> list[TableLetter]:
    """A letter to each of these bodies that has an address; one that waits already is not written twice."""
    wanted = [seat for seat in seats if seat.table_id == table.pk and seat.email]
    waiting = set(waits().filter(seat__table=table).values_list("seat", flat=True))
    with translation.override(language):
        place = Place.objects.filter(pk=table.place).first()
        agenda = table.agenda.select_related("finding").filter(finding__visible_to__lte=1)
        known = {
            "title": said(table.titles, language), "on": dates.written(table.on),
            "place": place.name if place else "", "hub": settings.HUB_NAME,
            "findings": [str(said(item.finding.statements, language)) for item in agenda],
            "link": settings.ORIGIN.rstrip("/") + reverse("round_table", args=[table.code]),
        }  # fmt: skip
        subject = " ".join((_("Invitation to a round table: %(title)s") % known).split())[:250]
        letters = [
            TableLetter(
                seat=seat, to=seat.email, subject=subject, by=by,
                body=render_to_string("findings/mail/table.txt", {**known, "name": seat.name}),
            )
            for seat in wanted if seat.pk not in waiting
        ]  # fmt: skip
    return TableLetter.objects.bulk_create(letters)


def waits() -> QuerySet[TableLetter]:
    """Letters that are not yet with the mail server, the oldest first."""
    return TableLetter.objects.filter(sent_at=None, failed_because="").order_by("id")


def post_waiting(*, most: int = 50, only: Iterable[TableLetter] | None = None) -> Sent:
    """Put up to `most` waiting letters into the post, or `only` these; safe to run twice at once."""
    done, now = Sent(), timezone.now()
    free = waits().filter(Q(taken_at=None) | Q(taken_at__lt=now - _STRANDED))
    if only is not None:
        free = free.filter(pk__in=[one.pk for one in only])
    for number in list(free.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            letter = TableLetter.objects.select_for_update().get(pk=number)
            if not letter.waits or (letter.taken_at and letter.taken_at >= now - _STRANDED):
                continue
            letter.taken_at = timezone.now()
            letter.save(update_fields=["taken_at"])
        failed = _posted(letter)
        done.sent, done.failed = done.sent + (not failed), done.failed + failed
    done.waiting = waits().count()
    return done


def _posted(letter: TableLetter) -> bool:
    """Hand it to the mail server, and keep what became of it; whether it failed."""
    problem = ""
    try:
        EmailMessage(letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [letter.to]).send()
    except (SMTPException, OSError) as error:
        log.exception("An invitation to a round table could not be mailed")
        problem = str(error)[:500] or _("The mail server did not take it.")
    with transaction.atomic():
        letter.sent_at, letter.failed_because = None if problem else timezone.now(), problem
        letter.save(update_fields=["sent_at", "failed_because"])
        if not problem:
            Seat.objects.filter(pk=letter.seat_id, invited_at=None).update(invited_at=letter.sent_at)
        seat = Seat.objects.select_related("table").get(pk=letter.seat_id)
        record(what="table.invited", about=seat.table.code, by=letter.by, seat=seat.pk, went_out=not problem)
    return bool(problem)


def send_invitations(table: RoundTable, seats: Iterable[Seat], *, language: str = "sq", by: User) -> Sent:
    """Write and post at once, without the worker: for a few."""
    return post_waiting(only=write_invitations(table, seats, language=language, by=by))
