"""A row of a table, read into facts: plain Python, no database.

`RowReader` is made once a file. Equal texts are read once (the readers below cache), so long files stay fast.
What a row says is kept as a dict (`Reading`) beside the row; `draft_of` makes of it what the registry takes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Protocol

from sofra.ground.text import fold
from sofra.organisations import phrases, vocabulary
from sofra.organisations.records import Draft, FactDraft

from .addresses import NOTHING, read_addresses, read_emails
from .names import language_of, split_name
from .problems import of_note, problem
from .reading import Line

Reading = dict[str, Any]
_LONGEST = {"theme_text": 4000, "focus_text": 4000, "about": 4000, "offers": 2000, "seeks": 2000}
_TEXTS = {"offers": "offers", "seeks": "seeks", "about": "about", "role": "role", "identifier": "identifier"}
_NAMES = {"name": "", "name_sq": "sq", "name_en": "en", "name_other": ""}
_SEVERAL = re.compile(r"\s*[|;]\s*")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_LANGUAGES = {
    **{fold(code): code for code in vocabulary.Language.values},
    **{
        word: code
        for code, words in {
            "sq": "shqip shqipe albanian albanski alb", "en": "anglisht english engleski ang eng",
            "mk": "maqedonisht macedonian makedonski", "sr": "serbisht serbian srpski",
            "bs": "boshnjakisht bosnian bosanski", "cnr": "malazezisht montenegrin crnogorski",
            "rom": "romisht romani romski rome", "el": "greqisht greek grcki", "tr": "turqisht turkish turski",
            "it": "italisht italian italijanski", "fr": "frengjisht french francuski",
            "de": "gjermanisht german nemacki",
        }.items()
        for word in words.split()
    },
}  # fmt: skip


class Resolved(Protocol):
    """What the resolver of places gives (places.resolving.Resolution)."""

    codes: list[str]
    sure: bool
    alternatives: list[str]
    why: list[str]


class RowReader:
    """Reads the rows of one file. `places` are confirmed readings: folded text -> codes; they overrule the resolver."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: dict[str, str],
        *,
        resolve: Callable[[str], Resolved],
        places: dict[str, list[str]] | None = None,
    ) -> None:
        self.columns = [(i, title, mapping[title]) for i, title in enumerate(header) if mapping.get(title)]
        self._confirmed = places or {}
        self._place = lru_cache(maxsize=10_000)(self._read_place)
        self._resolve = resolve

    def read(self, line: Line) -> tuple[Reading, list[dict[str, str]], str]:
        """What the row says, what is wrong with it, and what a person must decide ("place", "shape" or both)."""
        problems = [of_note(note) for note in line.notes]
        facts: list[list[Any]] = []
        reading: Reading = {"facts": facts, "key": 0}
        said: list[str] = []
        names: list[tuple[str, str]] = []
        acronyms: list[str] = []
        kind = ""
        texts: list[tuple[str, str, str]] = []
        places: list[dict[str, Any]] = []
        for index, column, field in self.columns:
            cell = line.cells[index]
            if not cell or cell.lower() in NOTHING:
                continue
            if field == "number":
                reading["n"] = cell.strip("(). ")[:20]
                continue
            if field == "source":
                reading["source"] = cell[:300]
                continue
            said.append(f"{field}={cell}")
            if field in _NAMES:
                for written in re.split(r"[|;]", cell) if field == "name_other" else [cell]:
                    split = split_name(written)
                    names += [(name, _NAMES[field]) for name in split.names]
                    acronyms += [split.acronym] if split.acronym else []
                    if any(len(name) > 250 for name in split.names):
                        problems.append(problem("name-too-long", column, written))
            elif field == "acronym":
                acronyms.append(cell[:40])
            elif field == "kind":
                kind = phrases.kind_of_word(cell)
                if not kind:
                    problems.append(problem("kind-unread", column, cell, right=_labels(vocabulary.Kind)))
            elif field in {"place", "seat"}:
                read = self._place(cell)
                places.append({"field": field, "column": column, **read})
                if not read["codes"]:
                    problems.append(problem("place-unread", column, cell))
                elif not read["sure"]:
                    problems.append(problem("place-ask", column, cell))
            elif field in {"theme", "focus", "audience"}:
                texts.append((field, column, cell))
            else:
                self._plain(field, column, cell, facts, problems)
        self._texts(texts, facts, problems)
        names = _first_of_each(names)
        if not names:
            problems.append(problem("name-missing", self._name_column()))
        if not kind and names:
            kind = next((k for n, _l in names if (k := phrases.read_kind(n)) != "unknown"), "")
            kind = kind or phrases.kind_of_heading(self._name_column())
        reading["names"] = [[name, language or language_of(name)] for name, language in names]
        if acronyms:
            reading["acronyms"] = list(dict.fromkeys(acronyms))
        reading["kind"] = kind or "unknown"
        if places:
            reading["places"] = places
        reading["key"] = key_of(said)
        asks = [ask for ask, codes in _ASKS if any(found["code"] in codes for found in problems)]
        return reading, problems, ",".join(asks)

    def _name_column(self) -> str:
        return next((title for _i, title, field in self.columns if field in _NAMES), "")

    def _read_place(self, text: str) -> dict[str, Any]:
        if (codes := self._confirmed.get(fold(text))) is not None:
            return {"text": text, "codes": codes, "sure": True, "why": []}
        found = self._resolve(text)
        read = {
            "text": text,
            "codes": list(found.codes),
            "sure": bool(found.sure and found.codes),
            "why": list(found.why),
        }
        if not read["sure"]:
            read["alternatives"] = list(found.alternatives)
        return read

    def _plain(
        self, field: str, column: str, cell: str, facts: list[list[Any]], problems: list[dict[str, str]]
    ) -> None:
        if field in {"website", "social"}:
            addresses, unread = read_addresses(cell)
            for address in addresses:
                target = "social" if address.social or field == "social" else "website"
                detail = {"text": address.repaired} if address.repaired else {}
                facts.append([target, address.url, "", detail])
                if address.repaired:
                    problems.append(problem("address-repaired", column, address.repaired, read=address.url))
            problems += [problem("address-unread", column, piece) for piece in unread]
        elif field == "email":
            emails, left = read_emails(cell)
            facts += [["contact", email, "", {"email": email}] for email in emails]
            problems += [problem("email-unread", column, piece) for piece in left]
        elif field == "phone":
            facts.append(["contact", cell[:500], "", {"phone": cell[:60]}])
        elif field == "contact":
            facts.append(["contact", cell[:500], "", {}])
        elif field == "founded":
            years = _YEAR.findall(cell)
            if len(set(years)) == 1 and 1800 <= int(years[0]) <= date.today().year:
                facts.append(["founded", years[0], "", {} if years[0] == cell else {"text": cell[:100]}])
            else:
                problems.append(problem("year-unread", column, cell))
        elif field == "language":
            codes, unread_words = _languages(cell)
            facts += [["language", code, "", {}] for code in codes]
            if unread_words:
                problems.append(problem("language-unread", column, cell, read=", ".join(unread_words)))
        elif field in _TEXTS:
            parts = [cell] if field == "about" else [part.strip() for part in cell.split("|") if part.strip()]
            for part in parts:
                _keep_text(facts, problems, _TEXTS[field], column, part)

    @staticmethod
    def _texts(texts: list[tuple[str, str, str]], facts: list[list[Any]], problems: list[dict[str, str]]) -> None:
        """Themes, kinds of activity and audiences: coded by the phrase tables, kept in the source's words beside it."""
        coded: dict[tuple[str, str], None] = {}
        for field, column, cell in texts:
            if field != "audience":
                _keep_text(facts, problems, f"{field}_text", column, cell)
            found, unread = _codes_of(field, cell)
            coded.update(dict.fromkeys(found))
            if unread:
                right = _labels(vocabulary.Audience) if field == "audience" else ""
                problems.append(problem(f"{field}-unread", column, cell, read=unread, right=right))
        facts += [[field, code, "", {}] for field, code in coded]


@lru_cache(maxsize=10_000)
def _codes_of(field: str, cell: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """What a text of a column says, as (field, code), and the pieces of it in which nothing was understood."""
    themes, activities, audiences = (
        phrases.read_themes(cell), phrases.read_activity_kinds(cell), phrases.read_audiences(cell),
    )  # fmt: skip
    coded = [("audience", code) for code in audiences.codes]
    if field == "audience":
        return tuple(coded), "; ".join(audiences.unread)[:200]
    coded = [*(("theme", code) for code in themes.codes), *(("activity_kind", c) for c in activities.codes), *coded]
    own, other = (themes, activities) if field == "theme" else (activities, themes)
    unread = [piece for piece in own.unread if piece in other.unread and piece in audiences.unread]
    return tuple(coded), "; ".join(unread)[:200]


_ASKS = (("shape", {"more-cells"}), ("place", {"place-ask", "place-unread"}))


def key_of(said: Iterable[str]) -> int:
    """A number that is the same for rows that say the same, whatever their order of columns. Fits a bigint."""
    return int.from_bytes(blake2b("\x1f".join(sorted(said)).encode(), digest_size=8).digest(), "big", signed=True)


def _keep_text(facts: list[list[Any]], problems: list[dict[str, str]], field: str, column: str, cell: str) -> None:
    longest = _LONGEST.get(field, 500)
    # A body has several parts in the field, written "this | that".
    for text in filter(None, map(str.strip, cell.split("|"))) if field == "role" else [cell]:
        if len(text) > longest:
            problems.append(problem("shortened", column, text, read=str(longest)))
        facts.append([field, text[:longest], "", {}])


def _first_of_each(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    seen: dict[str, tuple[str, str]] = {}
    for name, language in names:
        seen.setdefault(fold(name) or name, (name, language))
    return list(seen.values())


def _languages(cell: str) -> tuple[list[str], list[str]]:
    codes: list[str] = []
    unread: list[str] = []
    for piece in re.split(r"[,;/&|]+|\b(?:and|dhe|i|e)\b", cell):
        word = fold(piece)
        code = _LANGUAGES.get(word) or _LANGUAGES.get(word.split(" ")[0] if word else "")
        if code:
            codes.append(code)
        elif word:
            unread.append(piece.strip())
    return list(dict.fromkeys(codes)), unread


def _labels(choices: Any) -> str:
    return ", ".join(str(label) for label in choices.labels)


# — from a reading to what the registry takes ————————————————————————————————————————————————————————————


def facts_of(reading: Reading, source: str) -> list[FactDraft]:
    """Every fact that a row says, names first, each with the source it is from."""
    facts = [FactDraft("name", name, language, source=source) for name, language in reading["names"]]
    facts += [FactDraft("acronym", acronym, source=source) for acronym in reading.get("acronyms", ())]
    if reading["kind"] != "unknown":
        facts.append(FactDraft("kind", reading["kind"], source=source))
    seat_said = False
    for place in reading.get("places", ()):
        codes = place["codes"] if place["sure"] else []
        detail = {"text": place["text"], "sure": bool(codes), "why": place.get("why", [])}
        if not codes:
            detail["alternatives"] = place.get("alternatives", [])
        if place["field"] == "seat":
            if not seat_said and len(codes) <= 1:
                facts.append(FactDraft("seat", codes[0] if codes else "", detail=detail, source=source))
                seat_said = True
            continue
        facts += [FactDraft("place", code, detail=detail, source=source) for code in codes or [""]]
    facts += [FactDraft(field, value, lang, detail, source) for field, value, lang, detail in reading["facts"]]
    return facts


def draft_of(reading: Reading, source: str, country: str) -> Draft:
    return Draft(reading["kind"], facts_of(reading, source), country=country)


def source_of(reading: Reading, number: int, source: str, row_word: str) -> str:
    """Where a row stands: the file's source (or the row's own), and the number of the row in it."""
    place = f"{row_word} {reading.get('n') or number}"
    return ", ".join(part for part in (source, reading.get("source", ""), place) if part)[:300]
