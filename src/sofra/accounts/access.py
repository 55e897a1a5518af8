"""May I? One line at the top of a view."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from sofra.ground.models import Visibility

from . import roles
from .models import User


class SignInNeeded(PermissionDenied):
    """A visitor stands before a door that opens to people who signed in. `SignInFirst` shows them the way."""


def role_of(user: Any) -> roles.Role:
    """The highest role that the person holds now; VISITOR for who has none or is not signed in."""
    return user.role if user.is_authenticated else roles.VISITOR


def level_of(user: Any) -> Visibility:
    """What the viewer may see: facts whose `visible_to` is at or below it."""
    return role_of(user).sees


def has(user: Any, *wanted: roles.Role) -> bool:
    """Whether one of the roles that the person holds may do what one of the wanted roles may."""
    held = {roles.VISITOR} | (user.roles_held if user.is_authenticated else frozenset())
    return any(role.does(asked) for role in held for asked in wanted)


def require(user: Any, *wanted: roles.Role) -> User:
    """Pass only people who hold one of the roles (or a higher one); without any named role, all who signed in.

    Gives the person. Raises SignInNeeded for a visitor, PermissionDenied for a person who lacks the role.
    """
    if not user.is_authenticated:
        raise SignInNeeded
    if wanted and not has(user, *wanted):
        raise PermissionDenied
    return cast(User, user)


class SignInFirst:
    """Middleware: sends a visitor who needs to sign in to the sign-in page, and back afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            # What a person sees after signing in is for that person; keys and codes are not even kept by the browser.
            name = request.resolver_match.url_name if request.resolver_match else ""
            secret = (name or "").startswith(("mfa_", "account"))
            response["Cache-Control"] = "private, no-store" if secret else "private, no-cache"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SignInNeeded):
            return None
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _page_to_return_to(request)})}"
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)


def _page_to_return_to(request: HttpRequest) -> str:
    """The page itself; for a form sent without signing in, the page on which the form stood."""
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.path
