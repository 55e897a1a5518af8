"""What a person typed and has not saved: kept every few seconds, offered again, thrown away by that person alone."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.organisations.models import Organisation

from .models import Activity, Unsaved

LONGEST = 200_000  # letters of a form; a pasted table has a limit of its own


def unsaved_of(
    user: User, owner: Organisation | None, activity: Activity | None = None, what: str = Unsaved.What.FORM
) -> Unsaved | None:
    return Unsaved.objects.filter(user=user, owner=owner, activity=activity, what=what).order_by("-at").first()


@transaction.atomic
def keep_unsaved(
    *,
    by: User,
    owner: Organisation | None,
    activity: Activity | None = None,
    typed: dict[str, Any],
    seen: int | None = None,
    what: str = Unsaved.What.FORM,
) -> Unsaved:
    """Keep what was typed in the place of what was kept before. It is nobody else's, so no audit line is written."""
    User.objects.select_for_update().get(pk=by.pk)
    kept = unsaved_of(by, owner, activity, what) or Unsaved(user=by, owner=owner, activity=activity, what=what)
    kept.typed, kept.seen, kept.at = typed, seen, timezone.now()
    kept.save()
    return kept


def drop_unsaved(
    *, by: User, owner: Organisation | None, activity: Activity | None = None, what: str = Unsaved.What.FORM
) -> None:
    """It was saved, or its person threw it away."""
    Unsaved.objects.filter(user=by, owner=owner, activity=activity, what=what).delete()


def with_unsaved(user: User, numbers: list[int]) -> set[int]:
    """Those of these activities in whose form the person typed something that is not saved."""
    mine = Unsaved.objects.filter(user=user, activity__in=numbers, what=Unsaved.What.FORM)
    return set(mine.values_list("activity", flat=True))
