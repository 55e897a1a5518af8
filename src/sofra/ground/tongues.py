"""A text in several languages, kept as {"sq": "…", "en": "…"}: which of them a reader gets."""

from collections.abc import Mapping

from django.utils.translation import get_language

ORDER = ("sq", "en")


def said(texts: Mapping[str, str] | None, language: str | None = None) -> str:
    """The text in this language (the page's, where none is given); else in the first that there is, Albanian first."""
    known = texts or {}
    wanted = (language or get_language() or ORDER[0]).split("-")[0]
    for code in (wanted, *ORDER, *known):
        if text := known.get(code):
            return text
    return ""


def part_in(text: str, language: str | None = None) -> str:
    """Of a text that says the same in Albanian and in English ("Kreu I / Chapter I") the reader's part; else all."""
    parts = text.split(" / ")
    if len(parts) != len(ORDER):
        return text
    wanted = (language or get_language() or ORDER[0]).split("-")[0]
    return parts[ORDER.index(wanted) if wanted in ORDER else 0]
