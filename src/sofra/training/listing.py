"""What becomes of a paper list: counts, and apart from them names for certificates, and its photo; both go on a day."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.audit import record

from . import services
from .models import ListScan, Participant, Session

LONGEST = timedelta(days=366)  # that a name or a photo is kept
MOST_BYTES = 15_000_000
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"}
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def checked_day(consented_on: date | None, delete_on: date | None) -> date:
    """The day of deletion; refuses one that is past or too far off, and a consent that is still to come."""
    today = timezone.localdate()
    if consented_on is not None and consented_on > today:
        raise ValidationError({"consented_on": _("The day of consent lies in the future.")})
    if delete_on is None or not today < delete_on <= today + LONGEST:
        raise ValidationError({"delete_on": _("Write the day of deletion: after today, and within a year.")})
    return delete_on


@transaction.atomic
def keep_participants(
    session: Session, people: Sequence[tuple[str, str]], *, consented_on: date | None, delete_on: date | None,
    by: User, completed: bool | None = None,
) -> int:  # fmt: skip
    """Names for certificates, each once, with consent and a day of deletion; how many are new. Never counted."""
    if consented_on is None:
        raise ValidationError({"consented_on": _("Write on which day they agreed that their names are kept.")})
    goes_on = checked_day(consented_on, delete_on)
    Session.objects.select_for_update().get(pk=session.pk)
    known = {(one.name.casefold(), one.body.casefold()) for one in session.participants.all()}
    fresh: dict[tuple[str, str], tuple[str, str]] = {}
    for name, body in people:
        key = (name.strip().casefold(), body.strip().casefold())
        if name.strip() and key not in known:
            fresh.setdefault(key, (name.strip()[:200], body.strip()[:200]))
    Participant.objects.bulk_create(
        Participant(
            session=session, name=name, body=body, consented_on=consented_on, delete_on=goes_on, completed=completed
        )
        for name, body in fresh.values()
    )
    if fresh:
        record(what="training.names_kept", about=session.activity.code, by=by, names=len(fresh))
    return len(fresh)


@transaction.atomic
def mark_completed(session: Session, numbers: Iterable[int], *, by: User) -> int:
    """Who completed it gets a certificate's number; everybody else of the list none."""
    chosen = set(numbers)
    done = 0
    for one in session.participants.select_for_update():
        one.completed = one.pk in chosen
        if one.completed and not one.certificate:
            one.certificate = "".join(secrets.choice(_LETTERS) for _ in range(10))
        one.save(update_fields=["completed", "certificate"])
        done += one.completed
    record(what="training.certified", about=session.activity.code, by=by, certificates=done)
    return done


@transaction.atomic
def delete_names(session: Session, *, by: User) -> int:
    """All names of the session go now. The totals stay as they are."""
    gone, _each = session.participants.all().delete()
    if gone:
        record(what="training.names_deleted", about=session.activity.code, by=by, names=gone)
    return gone


def keep_scan(session: Session, file: File, *, delete_on: date | None, by: User) -> ListScan:
    """The photo of a paper list, for the host's editors. Raises ValidationError for another kind, or a large one."""
    goes_on = checked_day(None, delete_on)
    if services.looked_at(file, "scan", MOST_BYTES) not in PICTURES:
        raise ValidationError({"scan": _("A photo (JPEG, PNG, WebP, HEIC) or a PDF is taken.")})
    kept, media_type = services.keep_file(file, "scan", MOST_BYTES)
    with transaction.atomic():
        made, new = ListScan.objects.get_or_create(
            session=session, digest=kept.digest,
            defaults={
                "name": services.bare_name(file.name or ""), "size": kept.size, "media_type": media_type,
                "delete_on": goes_on,
            },
        )  # fmt: skip
        if new:
            record(what="training.scan_kept", about=session.activity.code, by=by)
    return made


def delete_due(today: date | None = None) -> int:
    """Names and photos whose day has come go for good; how many. Safe to run often."""
    today = today or timezone.localdate()
    with transaction.atomic():
        names = Participant.objects.filter(delete_on__lte=today)
        scans = ListScan.objects.filter(delete_on__lte=today)
        digests = set(scans.values_list("digest", flat=True))
        gone = names.delete()[0] + scans.delete()[0]
        if gone:
            record(what="training.due_deleted", about="training", by=None, rows=gone)
    files.let_go(digests)
    return gone
