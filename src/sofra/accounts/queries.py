"""What can be asked of people and invitations, and by whom."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from . import roles, tokens
from .access import require
from .models import Invitation, RoleGrant, User


def people_for(viewer: Any) -> QuerySet[User]:
    """Everyone with an account and the roles they hold now, for those who look after accounts."""
    require(viewer, roles.COORDINATOR, roles.TECHNICAL)
    held = RoleGrant.objects.filter(ended_on=None).order_by("id")
    return User.objects.order_by("name", "id").prefetch_related(Prefetch("grants", held, to_attr="held"))


def person_for(viewer: Any, pk: int) -> User:
    """One person; raises Http404 where there is none."""
    require(viewer, roles.COORDINATOR, roles.TECHNICAL)
    return get_object_or_404(User, pk=pk)


def grants_of(person: User) -> QuerySet[RoleGrant]:
    """Every role that the person held or holds, newest first."""
    return person.grants.select_related("granted_by", "ended_by").order_by("-granted_on", "-id")


def open_invitations_for(viewer: Any) -> QuerySet[Invitation]:
    require(viewer, roles.COORDINATOR, roles.TECHNICAL)
    waiting = Invitation.objects.filter(accepted_on=None, withdrawn_on=None, expires_on__gt=timezone.now())
    return waiting.select_related("invited_by").order_by("-invited_on", "-id")


def invitation_by(token: str) -> Invitation | None:
    """The invitation whose link carries this token, open or not."""
    return Invitation.objects.filter(token_hash=tokens.hashed(token)).first()
