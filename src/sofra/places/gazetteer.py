"""The places of all country packs, read from the packs' own files, without a database.

A pack is a folder `packs/<cc>/` with pack.toml, places.csv, names.csv and, where there is one, tiles.csv.
A further country is a further folder: nothing here or in the resolver names a country.
"""

import csv
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sofra.ground.text import fold

from . import grammar, rules

PACKS = Path(__file__).parent / "packs"

# How strongly a kind of name points at its place.
STRENGTH = {
    "indefinite": 3, "definite": 3, "genitive": 3, "english": 3, "local": 3,
    "old": 2, "other": 2, "seat": 1, "adjective": 0,
}  # fmt: skip
DERIVED = 0.5  # taken off for a form that a rule made


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as the resolver needs it."""

    code: str
    kind: str
    country: str
    level: int
    name: str
    name_en: str
    city: bool
    above: frozenset[str]
    quiet: bool = False  # a statistical region or district: without a word of kind, its name is not meant


@dataclass(frozen=True, slots=True)
class Area:
    """A name without a boundary of its own, and the places that it is read as."""

    name: str
    codes: tuple[str, ...]
    alternatives: tuple[str, ...]
    sure: bool
    why: str
    why_sq: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word that says something about the names beside it: its role, and for kinds what it asks for."""

    role: str
    plural: bool = False
    kinds: tuple[tuple[str, frozenset[str]], ...] = ()
    english: bool = False

    def asks_for(self, country: str) -> frozenset[str]:
        """The kinds of place that the word means in a country; anywhere that it is not known, all that it can mean."""
        table = dict(self.kinds)
        if country in table:
            return table[country]
        if "" in table:
            return table[""]
        return frozenset().union(*table.values())


@dataclass(frozen=True)
class Pack:
    code: str
    folder: Path
    about: dict[str, Any]

    @cached_property
    def places(self) -> list[dict[str, str]]:
        return _rows(self.folder / "places.csv")

    @cached_property
    def names(self) -> list[dict[str, str]]:
        return _rows(self.folder / "names.csv")

    @cached_property
    def tiles(self) -> dict[str, tuple[int, int]]:
        return {r["code"]: (int(r["row"]), int(r["column"])) for r in _rows(self.folder / "tiles.csv")}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def packs() -> tuple[Pack, ...]:
    found = []
    for about in PACKS.glob("*/pack.toml"):
        content = tomllib.loads(about.read_text(encoding="utf-8"))
        found.append(Pack(content["code"], about.parent, content))
    return tuple(sorted(found, key=lambda pack: (pack.about.get("order", 99), pack.code)))


@cache
def wider() -> tuple[dict[str, str], ...]:
    """Western Balkans and international: places without a country."""
    return tuple(tomllib.loads((PACKS / "wider.toml").read_text(encoding="utf-8"))["places"])


@dataclass
class Gazetteer:
    spots: dict[str, Spot] = field(default_factory=dict)
    names: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))  # key -> code -> strength
    loose: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # loose key -> keys
    areas: dict[str, Area] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # first word -> most words
    cyrillic: set[str] = field(default_factory=set)  # places of which the pack has a name in Cyrillic
    by_letter: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # for misspelt names

    grammars: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # language family -> countries

    def add_name(self, key: str, code: str, strength: float) -> None:
        """A written form outranks one that a rule made, whatever the strength of either."""
        if not key:
            return
        known = self.names[key].get(code)
        if known is None or (strength == int(strength), strength) > (known == int(known), known):
            self.names[key][code] = strength

    def add_word(self, text: str, word: Word) -> None:
        known = self.words.get(text)
        if known is None or (known.role != word.role and rules.ROLES.index(word.role) < rules.ROLES.index(known.role)):
            self.words[text] = word
        elif known.role == word.role == "kind":
            merged = dict(known.kinds)
            for country, kinds in word.kinds:
                merged[country] = merged.get(country, frozenset()) | kinds
            self.words[text] = Word(
                "kind", known.plural and word.plural, tuple(merged.items()), known.english or word.english
            )


@cache
def load() -> Gazetteer:
    """All packs, indexed; about a tenth of a second, once a process."""
    gazetteer = Gazetteer()
    for row in wider():
        gazetteer.spots[row["code"]] = Spot(
            row["code"], row["kind"], "", 0, row["name"], row["name_en"], False, frozenset()
        )
    for pack in packs():
        _add_places(gazetteer, pack)
        _add_words(gazetteer, pack)
    for text, word in rules.english_words():
        gazetteer.add_word(text, word)
    _finish(gazetteer)
    return gazetteer


def _add_places(gazetteer: Gazetteer, pack: Pack) -> None:
    parents = {row["code"]: row["parent"] for row in pack.places}
    for row in pack.places:
        code, above = row["code"], []
        parent = row["parent"]
        while parent:
            above.append(parent)
            parent = parents[parent]
        above += [city for city, parts in pack.about.get("cities", {}).items() if code in parts]
        city = row["local_kind"].startswith(("grad", "град", "distrikt"))
        gazetteer.spots[code] = Spot(
            code,
            row["kind"],
            pack.code,
            int(row["level"]),
            row["name"],
            row["name_en"],
            city,
            frozenset(above),
            quiet=row["kind"] in pack.about.get("quiet", []),
        )
        if row["kind"] not in {"country", "county", "canton"}:
            gazetteer.add_name(fold(row["name"]), code, 3)
    languages = pack.about.get("grammar", [])
    for language in languages:
        gazetteer.grammars[language].add(pack.code)
    for row in pack.names:
        code, key = row["code"], fold(row["name"])
        strength = STRENGTH[row["form"]]
        if row["form"] == "seat" and gazetteer.spots[code].kind == "county":
            strength = 0  # a county goes by its seat's name only where the text says that it is a county
        gazetteer.add_name(key, code, strength)
        if not rules.CYRILLIC_LETTERS.isdisjoint(row["name"].lower()):
            gazetteer.cyrillic.add(code)
        if "đ" in row["name"].lower():
            gazetteer.add_name(key.replace("dj", "d"), code, strength)
        spot = gazetteer.spots[code]
        if spot.kind == "country" or strength == 0 or row["form"] in {"definite", "genitive"}:
            continue
        if "albanian" in languages and row["language"] in {"sq", ""}:
            for form in grammar.albanian(key):
                gazetteer.add_name(form, code, strength - DERIVED)
        if "slavic" in languages and row["language"] != "sq" and spot.kind in {"municipality", "county"}:
            for form in grammar.slavic(key):
                gazetteer.add_name(form, code, strength - DERIVED)
            for form in grammar.adjectives(key):
                gazetteer.add_name(form, code, 0)
    for area in pack.about.get("areas", []):
        for name in area["names"]:
            gazetteer.areas[fold(name)] = Area(
                area["names"][0],
                tuple(area["codes"]),
                tuple(area.get("alternatives", [])),
                area["sure"],
                area["why"],
                area.get("why_sq", area["why"]),
            )


def _add_words(gazetteer: Gazetteer, pack: Pack) -> None:
    for role, texts in pack.about.get("words", {}).items():
        kind = rules.SINGULAR.get(role, role)
        for text in texts:
            if kind in rules.KIND_WORDS:
                kinds = ((pack.code, frozenset({kind})),)
                gazetteer.add_word(text, Word("kind", plural=kind != role, kinds=kinds))
            else:
                gazetteer.add_word(text, Word(role))
    for role, texts in pack.about.get("phrases", {}).items():
        for text in texts:
            gazetteer.add_word(text, Word(role))


def _finish(gazetteer: Gazetteer) -> None:
    for key, codes in gazetteer.names.items():
        if max(codes.values()) >= 1:
            gazetteer.loose[grammar.loosen(key)].add(key)
            gazetteer.by_letter[key[0]].append(key)
    for key in [*gazetteer.names, *gazetteer.words, *gazetteer.areas]:
        words = key.split()
        gazetteer.longest[words[0]] = max(gazetteer.longest[words[0]], len(words))
    gazetteer.names, gazetteer.loose = dict(gazetteer.names), dict(gazetteer.loose)  # asking must not add
    gazetteer.longest, gazetteer.by_letter = dict(gazetteer.longest), dict(gazetteer.by_letter)
