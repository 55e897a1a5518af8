"""Which organisations of the registry the cells of a file name: by id, by name, by acronym; else the likely ones.

Only an id, a name or an acronym that is one body's alone is sure. Everything else is asked, with what the matcher
finds likely; nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations.duplicates import registry_records
from sofra.organisations.matching import Record, find_twins
from sofra.organisations.models import Organisation

from .names import split_name

_LIKELY = 0.3  # from here on a body is offered
_MOST = 5
_CODE = re.compile(r"[a-z]{2,3}\.[a-z0-9][a-z0-9.-]*")
Body = dict[str, Any]  # {"text", "code", "sure", "alternatives": [[code, name, probability, reasons], …]}


class Bodies:
    """The registry as it is when a file is checked. `given`: folded text → code, decided beforehand."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self.given = dict(given or {})
        self.records = registry_records()
        self.names: dict[str, str] = {}
        self.by_name: dict[str, set[str]] = {}
        self.written: dict[str, set[str]] = {}
        self.by_acronym: dict[str, set[str]] = {}
        for one in self.records:
            self.names[one.id] = one.names[0]
            for name in one.names:
                self.by_name.setdefault(fold(name), set()).add(one.id)
                self.written.setdefault(name, set()).add(one.id)
            if one.acronym:
                self.by_acronym.setdefault(fold(one.acronym), set()).add(one.id)
        joined = Organisation.objects.filter(ended_in=None, visible_to__lte=Visibility.MEMBERS).exclude(joined_to=None)
        self.stands = dict(joined.values_list("code", "joined_to__code"))
        self._read: dict[str, Body] = {}

    def known(self, text: str) -> str:
        """The code of the one body that is surely meant; "" where there is none or several."""
        codes = self._codes(text)
        return next(iter(codes)) if len(codes) == 1 else ""

    def _codes(self, text: str) -> set[str]:
        folded = fold(text)
        if folded in self.given:
            return {self.given[folded]}
        lowered = text.strip().lower()
        if _CODE.fullmatch(lowered):
            code = self.stands.get(lowered, lowered)
            if code in self.names:
                return {code}
        if found := self.by_name.get(folded):
            exact = self.written.get(text, found)  # of two that are called alike, the one that is written so
            return exact if len(exact) == 1 else found
        split = split_name(text)
        named = set().union(*(self.by_name.get(fold(name), set()) for name in split.names))
        short = self.by_acronym.get(fold(split.acronym), set()) if split.acronym else set()
        return (named & short) or named or short or self.by_acronym.get(folded, set())

    def parts(self, cell: str) -> list[str]:
        """The bodies that a cell lists: parted by "|" or ";", by commas only where that makes a known one."""
        found = []
        for piece in filter(None, (part.strip() for part in re.split(r"[|;]", cell))):
            commas = [part.strip() for part in piece.split(",") if part.strip()]
            whole = len(commas) == 1 or self._codes(piece) or not any(self._codes(part) for part in commas)
            found += [piece] if whole else commas
        return found

    def look_up(self, texts: Iterable[str]) -> None:
        """Read texts that are read for the first time; those that are not known go through the matcher together."""
        unknown = []
        for text in dict.fromkeys(texts):
            if text in self._read:
                continue
            codes = self._codes(text)
            sure = len(codes) == 1
            alternatives = [] if sure else [[code, self.names.get(code, ""), 1.0, []] for code in sorted(codes)]
            self._read[text] = {
                "text": text, "code": next(iter(codes)) if sure else "", "sure": sure,
                "alternatives": alternatives[:_MOST],
            }  # fmt: skip
            if not codes:
                unknown.append(text)
        self._match(unknown)

    def _match(self, texts: list[str]) -> None:
        if not texts or not self.records:
            return
        rows = []
        for number, text in enumerate(texts):
            split = split_name(text)
            rows.append(Record(id=str(number), names=split.names or (text,), acronym=split.acronym))
        for pair in find_twins(rows, self.records, floor=_LIKELY):
            found = self._read[texts[int(pair.a)]]["alternatives"]
            if len(found) < _MOST:
                found.append([pair.b, self.names.get(pair.b, ""), round(pair.probability, 3), list(pair.reasons)])

    def read(self, text: str) -> Body:
        """What was looked up, as a row keeps it."""
        return dict(self._read[text])
