"""What people write about an organisation, read into the codes of the vocabulary by the tables in phrase_tables.

The longest phrase at a place wins. A phrase under the empty code neither counts nor is reported as unread.

The "whole-of-society approach" is such a phrase. It says with whom a body works, not what it does, and Annex II names
it in neither class: so it makes no kind of activity and no theme, and stays in the record in the source's own words.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from django.utils import translation
from django.utils.functional import Promise

from sofra.ground.text import fold

from .phrase_tables import ACTIVITIES, AUDIENCES, KIND_WORDS, KINDS, NOT_OF_THAT_KIND, THEMES
from .vocabulary import ACTIVITY_KINDS, Audience, Kind, SpecificKind, Theme


class Read(NamedTuple):
    """The codes found, in the order of the text, and the pieces in which nothing was understood."""

    codes: list[str]
    unread: list[str]


_PARTS = re.compile(r"[;|\n\r\t]+")
_PIECES = re.compile(r"[/;,.•|\n\r\t]+|\s[-–—]\s")
_Index = dict[str, list[tuple[tuple[str, ...], str]]]


def _index(table: Mapping[str, Iterable[str]]) -> _Index:
    """The phrases by the first letters of their first word, the longest first."""
    index: _Index = {}
    for code, phrases in table.items():
        for phrase in phrases:
            words = tuple(phrase.split())
            index.setdefault(words[0].rstrip("*")[:2], []).append((words, str(code)))
    for entries in index.values():
        entries.sort(key=lambda entry: (len(entry[0]), len(entry[0][0])), reverse=True)
    return index


def _fits(phrase: tuple[str, ...], words: list[str], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    for wanted, word in zip(phrase, words[at : at + len(phrase)], strict=True):
        if not (word.startswith(wanted[:-1]) if wanted[-1] == "*" else word == wanted):
            return False
    return True


def _codes_of(piece: str, index: _Index) -> list[str]:
    """The codes of the phrases of a piece; "" where a phrase is understood but is no code."""
    words, found, at = fold(piece).split(), [], 0
    while at < len(words):
        for phrase, code in index.get(words[at][:2], ()):
            if _fits(phrase, words, at):
                found.append(code)
                at += len(phrase)
                break
        else:
            at += 1
    return found


def _read(text: str, index: _Index, exact: Mapping[str, str]) -> Read:
    codes: dict[str, None] = {}
    unread = []
    # "P/CVE" and "C/PVE" are one word with a stroke in it, not two pieces.
    text = re.sub(r"(?i)\b([pck])/(cve|pve|kedh)\b", r"\1 \2", text)
    for part in _PARTS.split(text):
        code = exact.get(fold(part))
        if code:
            codes[code] = None
            continue
        for piece in _PIECES.split(part):
            found = _codes_of(piece, index)
            codes.update(dict.fromkeys(code for code in found if code))
            if not found and fold(piece):
                unread.append(piece.strip(" \"“”‘’'()-"))
    return Read(list(codes), unread)


_CHOICES: dict[str, Mapping[str, str | Promise]] = {
    "theme": dict(Theme.choices),
    "activity": ACTIVITY_KINDS,
    "audience": dict(Audience.choices),
    "kind": dict(Kind.choices),
}
_INDEXES = {"theme": _index(THEMES), "activity": _index(ACTIVITIES), "audience": _index(AUDIENCES)}


@lru_cache(maxsize=8)
def _own_words(which: str) -> dict[str, str]:
    """Codes and labels, folded: what our downloads say, in English or Albanian, is understood when it comes back.

    But for the code "prevention": as a bare word it may be of anything, and a class would follow from it.
    """
    words: dict[str, str] = {}
    for language in ("en", "sq"):
        with translation.override(language):
            words |= {fold(str(label)): str(code) for code, label in _CHOICES[which].items()}
    return words | {fold(str(code)): str(code) for code in _CHOICES[which] if code != SpecificKind.PREVENTION}


@lru_cache(maxsize=8192)
def _read_cached(text: str, which: str) -> Read:
    return _read(text, _INDEXES[which], _own_words(which))


def _copy(read: Read) -> Read:
    return Read(list(read.codes), list(read.unread))


def read_themes(text: str) -> Read:
    """Codes of vocabulary.Theme in what a "theme" column says, and the pieces that were not understood."""
    return _copy(_read_cached(text, "theme"))


def read_activity_kinds(text: str) -> Read:
    """Codes of vocabulary.ACTIVITY_KINDS, the ground of the classification by Annex II, and what was not understood.

    "Resilience" without its goal is `community-resilience`: Annex II counts it in either class, depending on its aim.
    "Rehabilitation programming" is `reintegration`: Annex II's word for support to those who return or leave prison.
    """
    return _copy(_read_cached(text, "activity"))


def read_audiences(text: str) -> Read:
    """Codes of vocabulary.Audience: for whom, as far as the text says it, and the pieces that name nobody known."""
    return _copy(_read_cached(text, "audience"))


def _kind_index() -> dict[str, list[tuple[int, bool, tuple[str, ...], str]]]:
    """Each phrase with its line's rank (the lower wins) and whether it must be the whole name, by its first letters."""
    index: dict[str, list[tuple[int, bool, tuple[str, ...], str]]] = {}
    for rank, (kind, phrases) in enumerate(((Kind.UNKNOWN, NOT_OF_THAT_KIND), *KINDS)):
        for phrase in phrases:
            words = tuple(phrase.lstrip("=").split())
            index.setdefault(words[0].rstrip("*")[:2], []).append((rank, phrase.startswith("="), words, str(kind)))
    return index


_KIND_INDEX = _kind_index()


@lru_cache(maxsize=8192)
def read_kind(name: str) -> str:
    """The kind of body that a name says, a code of vocabulary.Kind; `unknown` rather than a guess.

    An embassy is read as a donor: in this field embassies act through their grants.
    """
    words = fold(re.sub(r"\([^)]*\)\s*$", "", name)).split()
    if words and words[0] == "the":
        words = words[1:]
    best = (len(KINDS) + 1, str(Kind.UNKNOWN))
    for at, word in enumerate(words):
        for rank, whole, phrase, kind in _KIND_INDEX.get(word[:2], ()):
            if rank < best[0] and _fits(phrase, words, at) and (not whole or len(words) == len(phrase)):
                best = (rank, kind)
    return best[1]


@lru_cache(maxsize=4096)
def kind_of_word(text: str) -> str:
    """The kind that a cell of a "kind" column names: a code, its label or a word of everyday; "" if none."""
    known = KIND_WORDS | _own_words("kind")
    folded = fold(text)
    for word in (folded, folded.removesuffix("s"), folded.replace("organization", "organisation")):
        if word in known:
            return str(known[word])
    return ""


@lru_cache(maxsize=4096)
def kind_of_heading(title: str) -> str:
    """The kind that the heading of a column of names says of them all: "Name of CSO / FBO" is `cso`; "" if none.

    A faith-based organisation is a civil society organisation too, so the wider word stands where a heading names both.
    """
    words = fold(title).split()
    return str(Kind.CSO) if {"cso", "csos", "ngo", "ngos", "ojf", "ojq", "osc", "oshc"} & set(words) else ""
