"""May I? One line at the top of a view."""

from typing import Any

from django.core.exceptions import PermissionDenied

from sofra.ground.models import Visibility

from . import roles


def role_of(user: Any) -> roles.Role:
    return user.role if user.is_authenticated else roles.VISITOR


def level_of(user: Any) -> Visibility:
    return role_of(user).sees


def require(user: Any, role: roles.Role) -> None:
    if role_of(user).rank < role.rank:
        raise PermissionDenied
