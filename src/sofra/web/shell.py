"""What every page's frame needs: the languages, the ways through the hub, who is looking."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sofra.accounts import roles
from sofra.accounts.access import has

# Route, word, who finds it in the navigation. The page itself decides again who may enter.
_WAYS: tuple[tuple[str, Promise, tuple[roles.Role, ...]], ...] = (
    ("organisations", _("Organisations"), (roles.VISITOR,)),
    ("activities", _("Activities"), (roles.VISITOR,)),
    ("plan", _("Before you plan"), (roles.VISITOR,)),
    ("coverage", _("Coverage"), (roles.VISITOR,)),
    ("places", _("Places"), (roles.VISITOR,)),
    ("schools", _("Schools"), (roles.VISITOR,)),
    ("rounds", _("Mapping rounds"), (roles.VISITOR,)),
    ("findings", _("Findings"), (roles.VISITOR,)),
    ("reports", _("Reports"), (roles.VISITOR,)),
    ("glossary", _("Glossary"), (roles.VISITOR,)),
    ("sessions", _("School sessions"), (roles.MEMBER,)),
    ("imports", _("Imports"), (roles.MAPPER,)),
    ("duplicates", _("Duplicates"), (roles.MAPPER,)),
    ("proposals", _("Proposals"), (roles.MEMBER,)),
    ("people", _("People"), (roles.COORDINATOR, roles.TECHNICAL)),
    ("audit", _("Audit"), (roles.COORDINATOR, roles.TECHNICAL)),
)

# Said to readers of a language that is not translated yet, in that language.
_NOT_YET = {
    "mk": "Оваа страница сè уште не е преведена на македонски. Затоа текстот е на албански.",
    "sr": "Ова страница још није преведена на српски. Зато је текст на албанском.",
    "bs": "Ova stranica još nije prevedena na bosanski. Zato je tekst na albanskom.",
    "cnr": "Ova stranica još nije prevedena na crnogorski. Zato je tekst na albanskom.",
}
IN_ENGLISH = {"mk": "На англиски", "sr": "На енглеском", "bs": "Na engleskom", "cnr": "Na engleskom"}


def in_language(address: str, code: str) -> str:
    """The same page's address in another language: Albanian has no prefix, others their code."""
    for other, _name in settings.LANGUAGES:
        if address == f"/{other}" or address.startswith(f"/{other}/"):
            address = address[len(other) + 1 :] or "/"
            break
    return address if code == settings.LANGUAGE_CODE else f"/{code}{address}"


@lru_cache(maxsize=256)
def _ways(seen: tuple[bool, ...], language: str) -> tuple[tuple[str, str, str], ...]:
    found = []
    for may, (route, word, _who) in zip(seen, _WAYS, strict=True):
        if may:
            try:
                found.append((route, reverse(route), str(word)))
            except NoReverseMatch:  # a room that is not built in
                continue
    return tuple(found)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways that this person sees, with the one that leads to this page or to one above it marked."""
    user = getattr(request, "user", None)
    seen = tuple(has(user, *who) if user is not None else roles.VISITOR in who for _route, _word, who in _WAYS)
    return [
        {
            "url": url,
            "label": word,
            "current": "page" if request.path == url else "true" if request.path.startswith(url) else "",
        }
        for _route, url, word in _ways(seen, get_language() or settings.LANGUAGE_CODE)
    ]


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The switch: this page in each language. The query stays, so a filtered list stays filtered."""
    now, query = get_language(), request.META.get("QUERY_STRING", "")
    return [
        {
            "code": code,
            "name": name,
            "url": in_language(request.path, code) + (f"?{query}" if query else ""),
            "current": code == now,
            "complete": code in settings.LANGUAGES_COMPLETE,
        }
        for code, name in settings.LANGUAGES
    ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. `text_language` is the language that the words really are in."""
    language = get_language() or settings.LANGUAGE_CODE
    switch = languages(request)
    return {
        "hub_name": settings.HUB_NAME,
        "text_language": language if language in settings.LANGUAGES_COMPLETE else settings.LANGUAGE_CODE,
        "languages": switch,
        "language_now": next((entry for entry in switch if entry["current"]), switch[0]),
        "not_yet_translated": _NOT_YET.get(language, ""),
        "in_english": {"url": in_language(request.path, "en"), "words": IN_ENGLISH.get(language, "")},
        "navigation": navigation(request),
        "source_url": settings.SOURCE_URL,
    }
