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

_MAPPING, _LOCAL, _OWN = _("Mapping"), _("Locally"), _("My work")
# Route, word, who finds it in the navigation, the menu it stands in. The page itself decides again who may enter.
_WAYS: tuple[tuple[str, Promise, tuple[roles.Role, ...], Promise | None], ...] = (
    ("organisations", _("Organisations"), (roles.VISITOR,), None),
    ("activities", _("Activities"), (roles.VISITOR,), None),
    ("plan", _("Before you plan"), (roles.VISITOR,), None),
    ("coverage", _("Coverage"), (roles.VISITOR,), None),
    ("places", _("Places"), (roles.VISITOR,), None),
    ("schools", _("Schools"), (roles.VISITOR,), _LOCAL),
    ("programmes", _("Training"), (roles.VISITOR,), _LOCAL),
    ("councils", _("Security councils"), (roles.VISITOR,), _LOCAL),
    ("mechanisms", _("Mechanisms"), (roles.VISITOR,), _LOCAL),
    ("plans", _("Strategies and plans"), (roles.VISITOR,), _LOCAL),
    ("indicators", _("Indicators"), (roles.VISITOR,), _LOCAL),
    ("reports", _("Reports"), (roles.VISITOR,), _MAPPING),
    ("findings", _("Findings"), (roles.VISITOR,), _MAPPING),
    ("sources", _("Sources"), (roles.VISITOR,), _MAPPING),
    ("round_tables", _("Round tables"), (roles.VISITOR,), _MAPPING),
    ("rounds", _("Mapping rounds"), (roles.VISITOR,), _MAPPING),
    ("glossary", _("Glossary"), (roles.VISITOR,), _MAPPING),
    ("questionnaires", _("Questionnaires"), (roles.MAPPER,), _MAPPING),
    ("sessions", _("School sessions"), (roles.MEMBER,), _OWN),
    ("proposals", _("Proposals"), (roles.MEMBER,), _OWN),
    ("imports", _("Imports"), (roles.MAPPER,), _OWN),
    ("duplicates", _("Duplicates"), (roles.MAPPER,), _OWN),
    ("people", _("People"), (roles.COORDINATOR, roles.TECHNICAL), _OWN),
    ("audit", _("Audit"), (roles.COORDINATOR, roles.TECHNICAL), _OWN),
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
    """The menu ("" for none), the address and the word of each."""
    found = []
    for may, (route, word, _who, menu) in zip(seen, _WAYS, strict=True):
        if may:
            try:
                found.append((str(menu or ""), reverse(route), str(word)))
            except NoReverseMatch:  # a room that is not built in
                continue
    return tuple(found)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways that this person sees, with the one that leads to this page or to one above it marked.

    Menus stand where the first of their ways would; their ways are in `ways`.
    """
    user = getattr(request, "user", None)
    seen = tuple(has(user, *who) if user is not None else roles.VISITOR in who for _route, _word, who, _menu in _WAYS)
    found: dict[str, dict[str, Any]] = {}
    for menu, url, word in _ways(seen, get_language() or settings.LANGUAGE_CODE):
        current = "page" if request.path == url else "true" if request.path.startswith(url) else ""
        way = {"url": url, "label": word, "current": current}
        if menu:
            group = found.setdefault(f"menu {menu}", {"label": menu, "ways": [], "current": ""})
            group["ways"].append(way)
            group["current"] = group["current"] or ("true" if current else "")
        else:
            found[url] = way
    return list(found.values())


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
