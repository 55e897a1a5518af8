"""The last thing that a person did in the table, and how it is taken back. Plain values, so that a session keeps it.

A deed is {"owner": number, "steps": [...]}; a step ["add", number] · ["edit", number, version] ·
["move", to, [[number, state before], …]] · ["batch", number].
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from sofra.accounts.models import User
from sofra.organisations.models import Organisation

from . import services
from .models import Activity, Batch

Deed = dict[str, Any]


@transaction.atomic
def undo(deed: Deed, *, by: User) -> tuple[int, int]:
    """Take it back, last step first. Returns how many activities are as before, and how many somebody changed since."""
    done = left = 0
    for step in reversed(deed["steps"]):
        one, rest = _STEPS[step[0]](step, deed["owner"], by)
        done, left = done + one, left + rest
    return done, left


def _owned(owner: int | None) -> QuerySet[Activity]:
    if owner is None:
        return Activity.objects.filter(owner=None)
    joined = Organisation.objects.filter(joined_to=owner).values_list("pk", flat=True)
    return Activity.objects.filter(owner__in=[owner, *joined])


def _undo_add(step: list[Any], owner: int | None, by: User) -> tuple[int, int]:
    moved = services.move_many(_owned(owner).filter(pk=step[1]), to=Activity.State.BINNED, by=by)
    return len(moved), 0


def _undo_edit(step: list[Any], owner: int | None, by: User) -> tuple[int, int]:
    activity = _owned(owner).filter(pk=step[1]).first()
    if activity is None:
        return 0, 0
    try:
        services.undo_last(activity, by=by, seen=step[2])
    except (services.Outdated, ValidationError):
        return 0, 1
    return 1, 0


def _undo_move(step: list[Any], owner: int | None, by: User) -> tuple[int, int]:
    done = 0
    for before in dict.fromkeys(state for _number, state in step[2]):
        numbers = [number for number, state in step[2] if state == before]
        for start in range(0, len(numbers), services.BATCH):
            still = _owned(owner).filter(pk__in=numbers[start : start + services.BATCH], state=step[1])
            done += len(services.move_many(still, to=before, by=by))
    return done, len(step[2]) - done


def _undo_batch(step: list[Any], owner: int | None, by: User) -> tuple[int, int]:
    batch = Batch.objects.filter(pk=step[1], owner=owner).first()
    if batch is None:
        return 0, 0
    done = services.undo_batch(batch, by=by)
    return done, batch.activities.exclude(state=Activity.State.BINNED).count()


_STEPS = {"add": _undo_add, "edit": _undo_edit, "move": _undo_move, "batch": _undo_batch}
