"""What the API says when it cannot read a request: one sentence, in the reader's language."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

Words = Callable[[dict[str, Any]], str]


def _whole(_told: dict[str, Any]) -> str:
    return _("write a whole number.")


def _choice(told: dict[str, Any]) -> str:
    return _("choose one of %(choices)s.") % {"choices": told.get("expected", "")}


_WORDS: dict[str, Words] = {
    "int_parsing": _whole,
    "int_parsing_size": _whole,
    "int_type": _whole,
    "int_from_float": _whole,
    "enum": _choice,
    "literal_error": _choice,
    "greater_than_equal": lambda told: _("write %(least)s or more.") % {"least": told.get("ge", "")},
    "less_than_equal": lambda told: _("write %(most)s or less.") % {"most": told.get("le", "")},
    "string_too_long": lambda told: _("write at most %(most)s letters.") % {"most": told.get("max_length", "")},
    "too_long": lambda told: _("choose at most %(most)s values.") % {"most": told.get("max_length", "")},
    "string_pattern_mismatch": lambda _told: _("this holds signs that cannot stand here. Type it anew."),
    "missing": lambda _told: _("write a value."),
}


def describe(errors: Sequence[dict[str, Any]]) -> str:
    """The first problem of a request as a sentence: which parameter, and what would be right."""
    if not errors:
        return _("This request cannot be read.")
    first = errors[0]
    name = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "?")
    words = _WORDS.get(str(first.get("type")))
    return f"{name}: {words(first.get('ctx') or {}) if words else first['msg']}"
