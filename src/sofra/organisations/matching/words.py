"""What single words of a name mean: ideas shared by the languages, places, and words that only one body has.

The table of ideas is words.txt. Places come from the country packs, where there are any, and from the list itself.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

from rapidfuzz.distance import OSA

from sofra.ground.text import fold

STOP, KIND, THEME, PLACE, COUNTRY, NUMBER, OTHER = range(7)
_PARTS = {"stop": STOP, "kind": KIND, "theme": THEME}
ENGLISH, ALBANIAN, SLAVIC = 1, 2, 4
_COLUMNS = (ENGLISH, ALBANIAN, SLAVIC, SLAVIC)
PACKS = Path(__file__).resolve().parents[2] / "places" / "packs"
_SEATS = re.compile(r"[,;/|()]| and | dhe | i | и | & ")

# Words round a place's own name; they say what sort of place it is.
_PLACE_WORDS = frozenset(
    "municipality municipal of district county region regional prefecture city town village unit administrative the in "
    "bashkia bashki e qarku qark rrethi rreth qyteti qytet komuna komuna fshati fshat njesia njesi administrative te "
    "opstina opstine opcina grad okrug kanton canton regija obstina republic republika territory whole area".split()
)
# Countries and their adjectives, as stems; a body's country is evidence both ways, but says little.
_COUNTRIES = {
    "AL": "albania albanian albanians shqiperi shqiperia shqiperise shqiptar shqiptare shqiptaro albanija albanije "
    "albanski albanska albansko albanac albanci",
    "XK": "kosovo kosova kosove kosoves kosovar kosovare kosovars kosovski kosovska kosovsko",
    "MK": "macedonia macedonian macedonians maqedoni maqedonia maqedonise maqedonase maqedonas makedonija "
    "makedonije makedonski makedonska makedonsko north_macedonia severna_makedonija maqedonia_e_veriut",
    "ME": "montenegro montenegrin mal_i_zi mali_i_zi malit_te_zi crna_gora crne_gore crnogorski crnogorska crnogorsko",
    "RS": "serbia serbian serbi serbise serb serbe srbija srbije srpski srpska srpsko",
    "BA": "bosnia bosnian herzegovina bosnje bosna bosne hercegovina hercegovine bosanski bosanska bih",
    "GR": "greece greek greqi greke",
    "IT": "italy italian itali italiane",
    "DE": "germany german gjermani gjermane nemacka",
    "FR": "france french france franceze",
    "GB": "british britain uk britanike united_kingdom",
    "US": "us usa american america amerikane",
    "CH": "swiss switzerland zvicra zvicerane",
    "TR": "turkey turkish turqi turke",
    "HR": "croatia croatian kroaci hrvatska hrvatski",
}


@dataclass(frozen=True, slots=True)
class Word:
    """What a word or phrase stands for: an idea, place or own word, its part of a name, the languages it may be of."""

    idea: str
    part: int
    languages: int = 0


STOPPED = Word("", STOP)


@dataclass(slots=True)
class Phrases:
    """Words and phrases by their first letters; "rini*" stands for every word that begins so."""

    whole: dict[str, Word] = field(default_factory=dict)
    begun: dict[str, Word] = field(default_factory=dict)
    several: dict[str, list[tuple[tuple[str, ...], Word]]] = field(default_factory=dict)

    def add(self, text: str, word: Word) -> None:
        """Take one spelling. A spelling that two ideas share keeps the first and both languages."""
        parts = [(fold(p), p.endswith("*")) for p in text.split() if fold(p)]
        if not parts:
            return
        if len(parts) == 1:
            bare, star = parts[0]
            table = self.begun if star else self.whole
            known = table.get(bare)
            if known is None:
                table[bare] = word
            elif known.idea == word.idea and known.languages | word.languages != known.languages:
                table[bare] = Word(known.idea, known.part, known.languages | word.languages)
        else:
            key = tuple(bare + "*" if star else bare for bare, star in parts)
            self.several.setdefault(key[0][:3], []).append((key, word))

    def of(self, token: str) -> Word | None:
        """The meaning of one folded word, by its whole form or by the longest beginning that is known."""
        known = self.whole.get(token)
        if known is not None:
            return known
        # A short beginning carries a short ending only: "north*" is "northern", not "Northbridge".
        for length in range(len(token), 2, -1):
            known = self.begun.get(token[:length])
            if known is not None and len(token) - length <= (3 if length < 5 else 4 if length < 6 else 8):
                return known
        return None

    def phrase_at(self, tokens: list[str], at: int) -> tuple[Word, int] | None:
        """The longest phrase that begins at this word, and how many words it has."""
        found: tuple[Word, int] | None = None
        for key, word in self.several.get(tokens[at][:3], ()):
            size = len(key)
            if found is not None and size <= found[1]:
                continue
            window = tokens[at : at + size]
            if len(window) == size and all(map(_fits, key, window)):
                found = word, size
        return found


def _fits(pattern: str, token: str) -> bool:
    return token.startswith(pattern[:-1]) if pattern[-1] == "*" else token == pattern


@cache
def ideas() -> Phrases:
    """The table words.txt, read once."""
    phrases = Phrases()
    for line in (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        idea, part, *columns = (cell.strip() for cell in line.split("|"))
        for language, cell in zip(_COLUMNS, columns, strict=True):
            for spelling in cell.split(","):
                if spelling.strip():
                    phrases.add(spelling, Word(idea, _PARTS[part], language))
    for code, spellings in _COUNTRIES.items():
        for spelling in spellings.split():
            if "_" in spelling:
                phrases.add(spelling.replace("_", " "), Word(code, COUNTRY))
            else:
                phrases.whole.setdefault(spelling, Word(code, COUNTRY))
    return phrases


@dataclass(slots=True)
class Gazetteer:
    """Places by every folded form of their name, and what each lies in."""

    names: Phrases = field(default_factory=Phrases)
    parents: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    _around: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, form: str, code: str, rank: int) -> None:
        """Take one form. Where two places share it, the better known kind (lower rank) keeps it."""
        bare = fold(form)
        tokens = [t for t in bare.split() if t not in _PLACE_WORDS]
        if not tokens or len(bare) < 3 or len(tokens) > 3:
            return
        key = " ".join(tokens)
        if len(tokens) == 1 and (ideas().of(key) or key.isdigit()):
            return
        if self.ranks.get(key, 99) <= rank:
            return
        self.ranks[key] = rank
        word = Word("@" + code, PLACE)
        if len(tokens) == 1:
            self.names.whole[key] = word
        else:
            self.names.add(key, word)

    def around(self, idea: str) -> frozenset[str]:
        """All that the place lies in, and itself."""
        known = self._around.get(idea)
        if known is None:
            known = self._around[idea] = frozenset(self.chain(idea))
        return known

    def chain(self, idea: str) -> Iterator[str]:
        """The place and all it lies in, smallest first."""
        seen = 0
        while idea and seen < 6:
            yield idea
            idea = self.parents.get(idea, "")
            seen += 1


# The better known kind of place keeps a name that several share.
_RANKS = {"municipality": 0, "city": 0, "settlement": 2, "county": 1, "district": 1, "region": 1, "unit": 3}
_FORMS = ("name", "name_definite", "name_genitive", "name_en", "name_local", "seat")


@cache
def packs() -> Gazetteer:
    """All places of the country packs that are present; an empty gazetteer where there are none."""
    gazetteer = Gazetteer()
    ranks: dict[str, int] = {}
    folders = sorted(p for p in PACKS.iterdir() if p.is_dir()) if PACKS.is_dir() else []
    for folder in folders:
        for row in _rows(folder / "places.csv"):
            code, kind = row.get("code") or "", (row.get("kind") or "").split(" ")[0]
            if not code or kind == "country":
                continue
            if row.get("parent"):
                gazetteer.parents["@" + code] = "@" + row["parent"]
            ranks[code] = _RANKS.get(kind, 2)
            for column in _FORMS:
                for form in re.split(r"[|/]", row.get(column) or ""):
                    gazetteer.add(form, code, ranks[code])
        for row in _rows(folder / "names.csv"):
            if row.get("code") in ranks:
                gazetteer.add(row.get("name") or "", row["code"], ranks[row["code"]])
    _add_neighbours_names(gazetteer)
    return gazetteer


# Names that neighbours use and that the packs may lack: the place's name in the packs: what is written.
_NEIGHBOURS_SAY = """
shkoder: skadar scutari
durres: drac durazzo durazo
vlore: valona
korce: korca
lezhe: ljes ales alessio
kukes: kuks
librazhd: libraz
gramsh: gramshi grams
gjirokaster: argirokastro gjirokastra djirokastra
skopje: shkup shkupi skoplje uskub
bitola: manastiri bitolj
tetovo: tetova tetove
ohrid: ohri oher
kumanovo: kumanova kumanove
kicevo: kercova kercove
beograd: beogradi belgrade belgrad
nis: nish nishi
prishtine: pristina prishtina
peje: pec peja
gjakove: djakovica gjakova
gjilan: gnjilane gjilani
ferizaj: urosevac ferizaji
ulcinj: ulqini ulqin
bar: tivari tivar
sarajevo: sarajeva sarajeve
podgorica: podgorice
"""


def _add_neighbours_names(gazetteer: Gazetteer) -> None:
    for line in _NEIGHBOURS_SAY.split("\n"):
        name, _, spellings = line.partition(": ")
        known = gazetteer.names.whole.get(name)
        if known is not None:
            for spelling in spellings.split():
                gazetteer.names.whole.setdefault(spelling, known)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


_SOUNDS = (
    ("sch", "s"), ("sh", "s"), ("zh", "z"), ("xh", "dz"), ("dj", "gj"), ("ph", "f"), ("th", "t"), ("ck", "k"),
    ("w", "v"), ("y", "i"), ("x", "ks"), ("q", "k"), ("kj", "k"), ("lj", "l"), ("nj", "n"),
)  # fmt: skip
_VOWEL_END = re.compile(r"[aeiou]+$")


@cache
def sound(token: str) -> str:
    """How an unknown word sounds without its ending, so that spellings of one own name in three languages meet.

    "Perspektiva" and "Perspective", "Gjakova" and "Đakovica"'s stem, "Vizioni" and "Vizion".
    """
    if len(token) < 5 or token.isdigit():
        return token
    text = token
    for letters, short in _SOUNDS:
        text = text.replace(letters, short)
    text = re.sub(r"c(?=[^eih]|$)", "k", text).replace("ch", "c")
    text = "".join(letter for letter, _ in groupby(text))
    bare = _VOWEL_END.sub("", text)
    for ending in ("it", "in", "ut", "un", "es", "eve", "ev", "iv"):
        if bare.endswith(ending) and len(bare) - len(ending) >= 4 and ending not in ("iv", "ev"):
            bare = bare[: -len(ending)]
            break
    else:
        if len(bare) >= 5 and bare[-1] in "s" and text[-1] == "s":
            bare = _VOWEL_END.sub("", bare[:-1])
    return bare if len(bare) >= 3 else text


def place_parts(text: str) -> list[list[str]]:
    """The places that a "place" field lists, each as its own words: "Municipality of Puka, Has" -> puka; has."""
    parts = []
    for piece in _SEATS.split(text[:300].lower()):
        tokens = fold(piece).split()
        bare = [t for t in tokens if t not in _PLACE_WORDS] or tokens
        if bare:
            parts.append(bare)
    return parts


class Lexicon:
    """The meaning of every word of one list: the shared table, the places, and own words with their typing errors."""

    def __init__(self, counts: Counter[str], places: Iterable[str]) -> None:
        self.places = packs()
        self._own = Phrases()
        self._learn_places(places)
        self._words: dict[str, Word] = {}
        # The first letters of every phrase: most words of a list begin none.
        self.starts = frozenset((*ideas().several, *self.places.names.several, *self._own.several))
        self._read_all(counts)

    def _learn_places(self, texts: Iterable[str]) -> None:
        """Places that the list itself names in its place column, where the packs do not know them."""
        for text in texts:
            for tokens in place_parts(text):
                if len(tokens) <= 3 and not self._known_place(tokens):
                    key = " ".join(tokens)
                    if len(key) >= 4 and not key.isdigit() and not (len(tokens) == 1 and ideas().of(key)):
                        word = Word("@" + " ".join(map(sound, tokens)), PLACE)
                        if len(tokens) == 1:
                            self._own.whole.setdefault(key, word)
                        else:
                            self._own.add(key, word)

    def _known_place(self, tokens: list[str]) -> Word | None:
        if len(tokens) == 1:
            return self.places.names.whole.get(tokens[0]) or ideas().whole.get(tokens[0])
        found = self.places.names.phrase_at(tokens, 0)
        return found[0] if found and found[1] == len(tokens) else None

    def _meaning(self, token: str) -> Word | None:
        if token.isdigit():
            return Word("#" + token.lstrip("0"), NUMBER)
        return (
            ideas().whole.get(token)
            or self.places.names.whole.get(token)
            or self._own.whole.get(token)
            or ideas().of(token)
        )

    def _read_all(self, counts: Counter[str]) -> None:
        unknown: list[str] = []
        index: dict[str, list[str]] = {}
        for token in counts:
            meaning = self._meaning(token)
            if meaning is not None:
                self._words[token] = meaning
            else:
                unknown.append(token)
        if not unknown:
            return
        wanted = {d for t in unknown if len(t) >= 4 for d in _shortened(t)}
        known = set(ideas().whole) | set(self.places.names.whole) | set(self._own.whole)
        known.update(t for t, w in self._words.items() if w.part != NUMBER)
        for token in sorted(known):
            if len(token) >= 5:
                _index(index, token, wanted)
        # The commonest spelling of an own word comes first and becomes the one that rarer ones are read as.
        for token in sorted(unknown, key=lambda t: (-counts[t], t)):
            root = self._nearest(token, counts, index)
            if root is None:
                self._words[token] = Word(sound(token), OTHER)
                if len(token) >= 5:
                    _index(index, token, wanted)
            else:
                self._words[token] = self._words.get(root) or self._meaning(root) or Word(sound(root), OTHER)

    def _nearest(self, token: str, counts: Counter[str], index: dict[str, list[str]]) -> str | None:
        """The word that this one is most likely a slip of: one letter left out, added, changed or swapped."""
        if len(token) < 5 or not token.isalpha():
            return None
        best: tuple[int, int, str] | None = None
        for key in _shortened(token):
            for other in index.get(key, ()):
                often = counts.get(other, 0)
                table = other in ideas().whole or other in self.places.names.whole
                if counts[token] > 1 and not (often >= 4 * counts[token] or (table and counts[token] < 4)):
                    continue
                if (
                    min(len(token), len(other)) < 6
                    and (token[0] != other[0] or often < 2 * counts[token])
                    and not table
                ):
                    continue
                if OSA.distance(token, other, score_cutoff=1) > 1:
                    continue
                rank = (-often, -int(table), other)
                if best is None or rank < best:
                    best = rank
        return best[2] if best else None

    def word(self, token: str) -> Word:
        """The meaning of a folded word of the list."""
        known = self._words.get(token)
        if known is None:
            known = self._words[token] = self._meaning(token) or Word(sound(token), OTHER)
        return known

    def phrase_at(self, tokens: list[str], at: int) -> tuple[Word, int] | None:
        """A phrase of the table, of the places or of the list that begins at this word."""
        start = tokens[at][:3]
        for phrases in (ideas(), self.places.names, self._own):
            if start in phrases.several:
                found = phrases.phrase_at(tokens, at)
                if found:
                    return found
        return None

    def place_codes(self, text: str) -> frozenset[str]:
        """The places that a "place" field names; a place that nobody knows stands for itself."""
        found: set[str] = set()
        for tokens in place_parts(text):
            phrase = self.phrase_at(tokens, 0) if len(tokens) > 1 else None
            if phrase and phrase[0].part == PLACE:
                found.add(phrase[0].idea)
                continue
            words = [self.word(t) for t in tokens]
            known = {w.idea for w in words if w.part == PLACE}
            if known:
                found |= known
            elif not any(w.part == COUNTRY for w in words):
                found.add("@" + " ".join(map(sound, tokens)))
        return frozenset(found)


def _shortened(token: str) -> set[str]:
    shorter = {token[:i] + token[i + 1 :] for i in range(len(token))}
    shorter.add(token)
    return shorter


def _index(index: dict[str, list[str]], token: str, wanted: set[str]) -> None:
    for key in _shortened(token):
        if key in wanted:
            index.setdefault(key, []).append(token)
