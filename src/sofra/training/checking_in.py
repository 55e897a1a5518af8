"""Self check-in: a code on the wall, one tap, no name. It counts once a device and closes by itself."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record

from . import rules, services
from .models import CheckedIn, CheckIn, Count, Day, Sector, Session

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is mistaken for another on a wall
MOST_OPEN_HOURS = 24
_MAY_SAY = {
    "sex": set(rules.KEYS["sex"]), "first": set(rules.KEYS["first"]), "sector": set(Sector.values),
}  # fmt: skip


def new_code(length: int = 8) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


@transaction.atomic
def open_check_in(day: Day, *, closes_at: datetime, by: User) -> CheckIn:
    """A code for this day, open from now on; the one before is ended. Raises ValidationError for a wrong time."""
    now = timezone.now()
    if closes_at <= now:
        raise ValidationError({"closes_at": _("It would be closed already: write a later time.")})
    if (closes_at - now).total_seconds() > MOST_OPEN_HOURS * 3600:
        raise ValidationError({"closes_at": _("It may be open for at most 24 hours: open it on the day itself.")})
    for one in day.check_ins.select_for_update().filter(ended_at=None):
        end_check_in(one, by=by)
    made = CheckIn.objects.create(day=day, code=new_code(), opens_at=now, closes_at=closes_at)
    record(what="training.check_in_opened", about=day.session.activity.code, by=by)
    return made


def is_open(check_in: CheckIn, now: datetime | None = None) -> bool:
    now = now or timezone.now()
    return check_in.ended_at is None and check_in.opens_at <= now < check_in.closes_at


def device_of(cookie: str, code: str) -> str:
    """What is kept of a device: of this code alone, so that two days cannot be joined."""
    return hashlib.sha256(f"{code}\x00{cookie}".encode()).hexdigest()


def check_in(found: CheckIn, *, cookie: str, said: Mapping[str, str]) -> bool:
    """Count this device; False where it was counted already. Raises ValidationError once the code is closed."""
    if not is_open(found):
        raise ValidationError(_("Check-in is closed. Tell the trainer that you are here."))
    kept = {name: value for name, value in said.items() if value in _MAY_SAY.get(name, set())}
    try:
        with transaction.atomic():
            CheckedIn.objects.create(check_in=found, device=device_of(cookie, found.code), said=kept)
    except IntegrityError:
        return False
    return True


@transaction.atomic
def end_check_in(found: CheckIn, *, by: User | None) -> Count | None:
    """Close it and write how many checked in that day, unless a list or a head count of the day stands."""
    now = CheckIn.objects.select_for_update().get(pk=found.pk)
    if now.ended_at is not None:
        return None
    now.ended_at = timezone.now()
    now.save(update_fields=["ended_at"])
    session = now.day.session
    record(what="training.check_in_ended", about=session.activity.code, by=by)
    standing = session.counts.filter(what=Count.What.PRESENT, day=now.day, replaced_by=None).first()
    people = _people(now.day)
    if not people or (standing is not None and standing.how != Count.How.CHECK_IN):
        return None
    parts: dict[str, Counter[str]] = {}
    for said in people:
        for dimension, key in said.items():
            parts.setdefault(dimension, Counter())[key] += 1
    return services.record_count(
        session, what=Count.What.PRESENT, day=now.day, total=len(people), parts=parts, how=Count.How.CHECK_IN,
        complete=None, by=by,
    )  # fmt: skip


def _people(day: Day) -> list[dict[str, str]]:
    """What each said who checked in on the day, by whichever of its codes."""
    return list(CheckedIn.objects.filter(check_in__day=day).order_by("id").values_list("said", flat=True))


def end_due(now: datetime | None = None) -> int:
    """Codes whose time is over are ended and counted; how many."""
    due = CheckIn.objects.filter(ended_at=None, closes_at__lte=now or timezone.now())
    numbers = list(due.values_list("pk", flat=True))
    for number in numbers:
        end_check_in(CheckIn(pk=number), by=None)
    return len(numbers)


def newest(session: Session) -> CheckIn | None:
    return CheckIn.objects.filter(day__session=session).select_related("day").order_by("-pk").first()
