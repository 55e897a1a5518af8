"""What people write in the cells of a table, read: dates and spans, numbers, money, coded words. Plain Python.

Every reader remembers what it read, so that a column of equal words costs one reading.
"""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from sofra.ground.text import fold
from sofra.organisations import phrases
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Language, Theme

from . import dates
from .drafts import MOST_PEOPLE
from .vocabulary import KINDS, Counted, Form, Mode, Status

NOTHING = {"", "n a", "na", "nuk ka", "s ka", "ska", "none", "null", "nuk dihet", "unknown", "not known", "nan"}
SEVERAL = re.compile(r"\s*[;|\n]\s*")
_CLOCK = re.compile(r"[T\s,]*(?:ora\s*)?\b\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:h|am|pm)?\b", re.IGNORECASE)
ABOUT = re.compile(r"^(?:rreth|afro|afersisht|mbi|over|about|approx(?:imately)?|circa|ca|oko|~|≈)(?![a-z])\.?\s*", re.I)
_FIGURES = re.compile(r"-?\d{1,3}(?:[ .,’'\u00a0\u202f]\d{3})+|-?\d+")


def says_nothing(cell: str) -> bool:
    """Is the cell empty, or does it say that there is nothing to say ("-", "n/a", "nuk dihet")?"""
    return fold(cell) in NOTHING and (bool(fold(cell)) or not any(sign.isalnum() for sign in cell))


# — dates —————————————————————————————————————————————————————————————————————————————————————————————————


@lru_cache(maxsize=20_000)
def read_day(text: str) -> str:
    """As dates.read_when; a time of day beside the date is left out: activities are kept by days."""
    return dates.read_when(_CLOCK.sub(" ", text).strip(" ,;"))


_UNTIL = re.compile(
    r"\s*(?:–|—|\bderi(?:\s+(?:me|ne|në|më))?\b|\bto\b|\buntil\b|\bdo\b|(?<=\s)-(?=\s))\s*", re.IGNORECASE
)
_DAYS = re.compile(r"(\d{1,2})\.?\s*[-–]\s*(\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}\.?\s+[^\W\d]+\s+\d{4})")
_MONTHS = re.compile(r"(\d{1,2})\s*[-–]\s*(\d{1,2}[./]\d{4})")
_YEARS = re.compile(r"(\d{4})\s*[-/–]\s*(\d{4})")


@lru_cache(maxsize=20_000)
def read_span(text: str) -> tuple[str, str]:
    """ "tetor – nëntor 2018", "1-5.10.2018", "10-12.2018", "2017–2018", "nga 3.3.2026 deri 7.3.2026", or one date.

    "2017 –" has no end yet, "– 2018" no beginning.
    A single date is a span of itself. Raises ValidationError with a sentence.
    """
    typed = " ".join(_CLOCK.sub(" ", text).split()).strip(" ,;")
    typed = re.sub(r"^(?:nga|prej|from|od)\s+", "", typed, flags=re.IGNORECASE)
    if not typed:
        return "", ""
    if typed[-1] in "–—-":
        return dates.read_when(typed.rstrip(" –—-")), ""
    if typed[0] in "–—":
        return "", dates.read_when(typed.lstrip(" –—"))
    for pattern in (_YEARS, _DAYS, _MONTHS):
        if match := pattern.fullmatch(typed):
            return _both(match[1], match[2])
    parts = _UNTIL.split(typed)
    if len(parts) == 2 and all(parts):
        return _both(*parts)
    if parts[0] and len(parts) == 1 and re.fullmatch(r"[^\W\d]+\s*-\s*[^\W\d]+\s+\d{4}", typed):
        return _both(*re.split(r"\s*-\s*", typed, maxsplit=1))
    when = dates.read_when(typed)
    return when, when


def _both(first: str, second: str) -> tuple[str, str]:
    """The first date takes from the second what it does not say: "1" of "5.10.2018", "tetor" of "nëntor 2018"."""
    ends = dates.read_when(second)
    try:
        begins = dates.read_when(first)
    except ValidationError:
        year, _sign, rest = ends.partition("-")
        month = rest.partition("-")[0]
        if first.strip(" .").isdigit():
            wanted = f"{first.strip(' .')}.{month}.{year}" if len(ends) == 10 else f"{first.strip(' .')}.{year}"
        else:
            wanted = f"{first.rstrip(' ./')}.{year}" if re.fullmatch(r"[\d./\s]+", first) else f"{first} {year}"
        begins = dates.read_when(wanted)
    return begins, ends


# — numbers and money —————————————————————————————————————————————————————————————————————————————————————


def read_number(text: str) -> tuple[int | None, str]:
    """A number of people or times, and what is wrong with it ("number", "negative", "too-many", "")."""
    bare = ABOUT.sub("", text.strip()).strip(" +")
    bare = re.sub(
        r"\s*(?:persona|veta|pjesemarres|pjesëmarrës|people|participants|te rinj|të rinj|here|herë)$", "", bare
    )
    if re.fullmatch(r"-?\d+[.,]0+", bare) and len(re.split(r"[.,]", bare)[1]) != 3:
        bare = re.split(r"[.,]", bare)[0]
    if not _FIGURES.fullmatch(bare):
        return None, "number"
    number = int(re.sub(r"[^\d-]", "", bare))
    if number < 0:
        return None, "negative"
    return (None, "too-many") if number > MOST_PEOPLE else (number, "")


SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
CURRENCIES = {
    **{fold(code): code for code in ("ALL", "EUR", "USD", "GBP", "CHF", "MKD", "RSD", "BAM", "SEK", "NOK")},
    "leke": "ALL", "lek": "ALL", "l": "ALL", "euro": "EUR", "eur": "EUR", "dollare": "USD", "dollar": "USD",
    "dollars": "USD", "denar": "MKD", "dinar": "RSD", "km": "BAM",
}  # fmt: skip


def read_money(text: str) -> tuple[Decimal | None, str]:
    """An amount and its currency ("" where it is not said): "12 000 EUR", "€5,000.50", "1.200.000 lekë"."""
    match = re.fullmatch(r"\s*([^\d\s-]*)\s*(-?[\d.,’'\s\u00a0\u202f]*\d)\s*([^\d\s]*)\s*", text)
    if match is None:
        return None, ""
    figures = re.sub(r"[\s’'\u00a0\u202f]", "", match[2])
    if re.search(r"[.,]\d{1,2}$", figures):
        whole, part = re.split(r"[.,](?=\d{1,2}$)", figures)
        figures = re.sub(r"[.,]", "", whole) + "." + part
    else:
        figures = re.sub(r"[.,]", "", figures)
    word = match[1] or match[3]
    currency = SIGNS.get(word) or CURRENCIES.get(fold(word), "") if word else ""
    if word and not currency:
        return None, ""
    try:
        amount = Decimal(figures)
    except InvalidOperation:
        return None, ""
    return (amount, currency) if abs(amount) < 10**12 else (None, "")


# — words —————————————————————————————————————————————————————————————————————————————————————————————————

ONLINE = {"online", "on line", "ne internet", "internet", "virtual", "virtuale", "zoom", "ne linje", "teams"}
_MORE_WORDS: dict[str, dict[str, str]] = {
    "status": {
        Status.PLANNED: "planifikuar|i planifikuar|e planifikuar|plan|pritet|planned|upcoming",
        Status.RUNNING: "ne vazhdim|ne proces|vazhdon|ongoing|running|in progress|aktiv|active|u tok",
        Status.HELD: "u zhvillua|zhvilluar|i zhvilluar|e zhvilluar|u mbajt|mbajtur|i mbajtur|kryer|i kryer|e kryer"
        "|u krye|perfunduar|i perfunduar|e perfunduar|perfundoi|realizuar|e realizuar|done|completed|finished|held"
        "|closed|mbyllur",
        Status.CANCELLED: "anuluar|i anuluar|e anuluar|u anulua|cancelled|canceled|otkazano",
    },
    "mode": {
        Mode.IN_PERSON: "ballas|fizik|fizikisht|ne prani|me prani|prezence|ne prezence|in person|in presence|offline",
        Mode.ONLINE: "|".join(sorted(ONLINE)),
        Mode.BOTH: "hibrid|hybrid|i perzier|e perzier|mixed|both|te dyja",
    },
    "counted": {
        Counted.LIST: "liste|list|lista|liste prezence|lista e pjesemarresve|attendance list|me liste|by list",
        Counted.HEADS: "numerim|head count|heads|me numerim|counted",
        Counted.ESTIMATE: "vleresim|perafersisht|estimate|estimated|i vleresuar|me hamendje|procjena",
    },
}
_CHOICES: dict[str, Any] = {
    "status": Status.choices, "mode": Mode.choices, "counted": Counted.choices, "kind": list(KINDS.items()),
    "language": Language.choices, "audience": Audience.choices, "theme": Theme.choices,
}  # fmt: skip


@lru_cache(maxsize=8)
def words_of(which: str) -> dict[str, str]:
    """Codes, names in English and Albanian and words of everyday, folded → code."""
    found = {fold(str(code)): str(code) for code, _label in _CHOICES[which]}
    for language in ("en", "sq"):
        with translation.override(language):
            found |= {fold(str(label)): str(code) for code, label in _CHOICES[which]}
    for code, words in _MORE_WORDS.get(which, {}).items():
        found |= {fold(word): str(code) for word in words.split("|")}
    return found


_FORM_WORDS: tuple[tuple[str, str], ...] = (
    (
        Form.CAPACITY,
        r"trajni\w*|training\w*|ngritj\w+ \w* ?kapacitet\w*|capacity building|tot|mentori\w*|seminar\w*|kurs\w*",
    ),
    (Form.DIALOGUE, r"dialog\w*|dialogue|tolerance|tryez\w*|round ?table\w*|forum\w*|punetori\w*|workshop\w*"),
    (Form.DEBATE, r"debat\w*|debate\w*|konferenc\w*|conference\w*"),
    (Form.POLICY, r"avoki\w*|avokaci\w*|lobi\w*|advocacy|lobbying"),
    (Form.MONITORING, r"monitori\w*"),
)


@lru_cache(maxsize=20_000)
def kinds(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds of both lists: a piece that is one of our words is that; else the phrases of both are looked for."""
    codes: dict[str, None] = {}
    unread = []
    own = words_of("kind")
    whole = own.get(fold(cell))
    for piece in [cell] if whole else re.split(r"\s*[;|\n]\s*", cell):
        if exact := own.get(fold(piece)):
            codes[exact] = None
            continue
        for part in re.split(r"\s*[,/]\s*", piece):
            found = [own[fold(part)]] if fold(part) in own else []
            found = found or [code for code, pattern in _FORM_WORDS if re.search(rf"\b(?:{pattern})\b", fold(part))]
            found += [code for code in phrases.read_activity_kinds(part).codes if code in ACTIVITY_KINDS]
            codes.update(dict.fromkeys(found))
            if not found and fold(part):
                unread.append(part)
    return tuple(codes), tuple(unread)


@lru_cache(maxsize=20_000)
def audiences(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    read = phrases.read_audiences(cell)
    return tuple(read.codes), tuple(read.unread)


@lru_cache(maxsize=20_000)
def themes(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    read = phrases.read_themes(cell)
    return tuple(read.codes), tuple(read.unread)


@lru_cache(maxsize=20_000)
def languages(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words, codes, unread = words_of("language"), [], []
    for piece in re.split(r"\s*[,;/|\n]\s*|\s+(?:and|dhe|e)\s+", cell):
        code = words.get(fold(piece)) or words.get(fold(piece).removesuffix("e"))
        if code:
            codes.append(code)
        elif fold(piece):
            unread.append(piece)
    return tuple(dict.fromkeys(codes)), tuple(unread)
