"""Who may give and end which role. A lawyer can read it."""

from collections.abc import Iterable
from datetime import timedelta

from sofra.ground.models import Visibility

from . import roles
from .roles import Role

INVITATION_LASTS = timedelta(days=14)


def may_give(giver: Iterable[Role], role: Role) -> bool:
    """Nobody gives a role above their own rank.

    A coordinator gives every role. The technical administrator gives roles of no higher rank that see nothing sealed.
    """
    held = set(giver)
    if role is roles.VISITOR:
        return False
    if roles.COORDINATOR in held:
        return True
    return roles.TECHNICAL in held and role.rank <= roles.TECHNICAL.rank and role.sees < Visibility.SEALED


def may_end(ender: Iterable[Role], role: Role, *, own: bool) -> bool:
    """Who may give a role may end it; everyone may lay down their own."""
    return own or may_give(ender, role)


def roles_to_give(giver: Iterable[Role]) -> list[Role]:
    held = set(giver)
    return [role for role in roles.ALL if may_give(held, role)]
