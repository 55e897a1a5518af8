"""“Other” and “Specify other.”, which pyxform adds in English to a question with or_other, in the form's languages."""

from collections.abc import Iterator
from typing import Any

from . import checking

OTHER, SPECIFY = "Other", "Specify other."  # pyxform's own words
_WORDS = {
    "sq": ("Tjetër", "Cila tjetër?"), "en": (OTHER, SPECIFY), "mk": ("Друго", "Наведете што друго."),
    "sr": ("Друго", "Наведите шта друго."), "bs": ("Drugo", "Navedite šta drugo."),
    "cnr": ("Drugo", "Navedite šta drugo."),
}  # fmt: skip


def translated(described: dict[str, Any]) -> list[str]:
    """Put the words of each language in; the languages of the form whose words nobody here knows."""
    languages = _languages(described)
    added = [one for one in _questions(described.get("children") or []) if one.get("label") == SPECIFY]
    if not added or not languages:
        return []
    for choices in (described.get("choices") or {}).values():
        for choice in choices:
            label = choice.get("label")
            if choice.get("name") == "other" and isinstance(label, dict) and set(label.values()) == {OTHER}:
                choice["label"] = {name: _word(name, 0) for name in label}
    for one in added:
        one["label"] = {name: _word(name, 1) for name in languages}
    return [name for name in languages if checking.code_of(name) not in _WORDS]


def _word(language: str, place: int) -> str:
    return _WORDS.get(checking.code_of(language), _WORDS["en"])[place]


def _languages(described: dict[str, Any]) -> list[str]:
    """The languages that labels are written in, as the form names them."""
    found: dict[str, None] = {}
    everything = list(_questions(described.get("children") or []))
    everything += [choice for choices in (described.get("choices") or {}).values() for choice in choices]
    for one in everything:
        if isinstance(one.get("label"), dict):
            found |= dict.fromkeys(one["label"])
    return list(found)


def _questions(children: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in children:
        yield one
        yield from _questions(one.get("children") or [])
