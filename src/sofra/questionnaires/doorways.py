"""Private links: whom they let in, and what a link that leads nowhere says instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.accounts.models import User

from . import queries
from .models import Filling, Version

# Why a link is shut -> (title, sentence). Each says what to do next.
_SHUT = {
    "unknown": (
        _("This link leads to no questionnaire"),
        _("Letters may be missing at its end, or it was replaced by a newer one. Open the link of the last letter that"
          " you got, or ask who sent it to you for a new one."),
    ),
    "expired": (
        _("This link has expired"),
        _("What was filled in is kept. Ask who sent you the link for a new one, and go on where you stopped."),
    ),
    "withdrawn": (
        _("These answers were withdrawn"),
        _("Nothing can be filled in here any more. If that is a mistake, write to who sent you the link."),
    ),
    "draft": (
        _("This questionnaire is not open yet"),
        _("It is still being prepared. Open the link again when you are told that it is open."),
    ),
    "closed": (
        _("This questionnaire is closed"),
        _("Answers are no longer taken. What was filled in until then is kept; write to who sent you the link if"
          " something is missing."),
    ),
}  # fmt: skip


def shut(filling: Filling | None) -> str:
    """Why nothing can be filled in behind this link, "" where it can."""
    if filling is None:
        return "unknown"
    if filling.state == Filling.State.WITHDRAWN:
        return "withdrawn"
    if filling.expires_at is not None and filling.expires_at <= timezone.now():
        return "expired"
    if filling.version.state == Version.State.OPEN:
        return ""
    return "draft" if filling.version.state == Version.State.DRAFT else "closed"


def by_key(*, reading: bool = False) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The view gets the filling in the place of the key. `reading`: what was sent can be read after the closing."""

    def behind(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, key: str, **asked: Any) -> HttpResponseBase:
            filling = queries.filling_by_key(key)
            why = shut(filling)
            if why == "closed" and reading and filling is not None and filling.state == Filling.State.SENT:
                why = ""
            answer = closed_page(request, why) if why else view(request, filling, key=key, **asked)
            patch_cache_control(answer, private=True, no_store=True)
            answer["X-Robots-Tag"] = "noindex"
            return answer

        return opened

    return behind


def closed_page(request: HttpRequest, why: str) -> HttpResponse:
    title, sentence = _SHUT[why]
    context = {"heading": title, "sentence": sentence}
    return render(request, "questionnaires/shut.html", context, status=404 if why == "unknown" else 410)


def hand_of(request: HttpRequest) -> User | None:
    """Whose hand writes: a mapper's is noted, whoever else holds the link stays unnamed."""
    return request.user if isinstance(request.user, User) and has(request.user, roles.MAPPER) else None
