"""From a text to the names in it, in their order: what each could be, its word of kind, and how it hangs on the last.

Nothing is decided here; `resolving` does that.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from sofra.ground.text import fold

from . import rules
from .gazetteer import Area, Gazetteer, Word, load, packs
from .grammar import loosen

LONGEST_TEXT = 2000  # characters; the rest is not read and is said to be unread

_TOKEN = re.compile(r"[^\W_]+(?:['’‘`´ʼ][^\W_]+)*|[^\s]|\n")
_CODE = re.compile(r"(?<![\w.-])[A-Z]{2,3}\d{0,3}(?:-[A-Z0-9]{2,3})*(?:\.s\d+)?(?![\w-])")
_NOTE_SIGNS = str.maketrans(dict.fromkeys("*¹²³⁰⁴⁵⁶⁷⁸⁹\u00ad\u200b\ufeff", " "))
_STRENGTH = {"": 0, "soft": 1, ",": 2, "in": 3, "and": 4, "/": 5, "or": 6, ";": 7}
_SIGNS = {",": ",", ";": ";", "/": "/", "\\": "/", "+": "and", "|": ";", "\n": ";", "•": ";", "·": ";"}


@dataclass(slots=True)
class Mention:
    """A name in the text: `options` are code → strength; what `resolving` finds out is kept here too."""

    raw: str
    options: dict[str, float]
    relation: str = ""  # to the mention before it in the same group: "" soft , in and / or ;
    parent: "Mention | None" = None  # the name whose parentheses it stands in
    kind: Word | None = None
    area: Area | None = None
    wide: bool = False  # the text says that the whole of it is meant
    misspelt: bool = False
    correction_sure: bool = True
    excluded: bool = False
    near: bool = False  # "around", "near"
    part: bool = False  # "northern"
    is_code: bool = False
    says: str = ""  # "national", "regional", …: a phrase instead of a name
    role: str = ""  # "where": it only says where others are; "outer": its parts were named
    chosen: str = ""
    others: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)  # bears the name too, but nobody need be asked
    mismatch: bool = False
    stray: bool = False  # stands in parentheses of a place in which it does not lie


@dataclass(slots=True)
class Scan:
    mentions: list[Mention] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    dangling: bool = False  # "several municipalities": a kind without a name
    everything: bool = False  # "all municipalities"
    either: bool = False  # "or"
    outside: list[str] = field(default_factory=list)
    unknown: bool = False  # "none", "-", "n/a"


class _Walk:
    """One pass over the tokens of a text."""

    def __init__(self, text: str, country: str) -> None:
        self.gazetteer: Gazetteer = load()
        self.country = country
        self.scan = Scan()
        self.group: list[Mention | None] = [None]  # parents of the open parentheses
        self.colons = 0
        self.previous: list[Mention | None] = [None]  # the last mention of each open group
        self.relation = ""
        self.kinds: list[Word] = []  # waiting for the name that follows
        self.carried: Word | None = None  # a plural kind, for every name until something else
        self.after_kind_of = False
        self.left_of_kind: Mention | None = None
        self.marks: set[str] = set()
        self.touching: Mention | None = None  # the name that stands right before this word, nothing between
        self.text = text

    def run(self) -> Scan:
        text = self.text[:LONGEST_TEXT]
        whole = self.gazetteer.words.get(fold(text))
        if whole is not None and whole.role == "unknown":
            self.scan.unknown = True
            return self.scan
        if len(self.text) > LONGEST_TEXT:
            self.scan.unread.append("…")
        text = text.translate(_NOTE_SIGNS).replace("&", " and ")
        codes = self._codes(text)
        tokens = [(m.group(), m.start()) for m in _TOKEN.finditer(text)]
        folded = [fold(raw) for raw, _ in tokens]
        lower_case = text == text.lower()
        at, count = 0, len(tokens)
        while at < count:
            raw, start = tokens[at]
            if start in codes:
                end = start + len(codes[start])
                also = self.gazetteer.names.get(codes[start].lower(), {})  # "RS" is Serbia and Republika Srpska
                self._name(codes[start], {**also, codes[start]: 9.0}, is_code=not also)
                while at < count and tokens[at][1] < end:
                    at += 1
                continue
            if not folded[at]:
                self._sign(raw, text, start)
                at += 1
                continue
            at += self._words(tokens, folded, at, text, lower_case)
        self._finish_kinds()
        if self.marks & {"around", "part"} and self.scan.mentions:
            self.scan.mentions[-1].near = True  # "Tirana and surroundings"
        return self.scan

    def _codes(self, text: str) -> dict[int, str]:
        spots = self.gazetteer.spots
        shouting = len(text) > 8 and text == text.upper()
        return {
            m.start(): m.group()
            for m in _CODE.finditer(text)
            if m.group() in spots and not (shouting and len(m.group()) < 4)
        }

    def _sign(self, sign: str, text: str, start: int) -> None:
        if sign in "([{":
            self._finish_kinds()
            self.group.append(self.previous[-1])
            self.previous.append(None)
            self.relation = ""
        elif sign in ")]}":
            self._close_colons()
            if len(self.group) > 1:
                parent = self.group[-1]
                if self.kinds and self.previous[-1] is None and parent is not None and parent.kind is None:
                    parent.kind, self.kinds = self.kinds[-1], []  # "Elbasan (county)", "Fier, Vlorë (qarqe)"
                    if parent.kind.plural and parent is self.scan.mentions[-1]:
                        self._give_back(parent, parent.kind)
                self._finish_kinds()
                self.group.pop()
                self.previous.pop()
                self.relation = ""
        elif sign == ":":
            if self.previous[-1] is not None:
                self.group.append(self.previous[-1])
                self.previous.append(None)
                self.colons += 1
                self.relation = ""
        elif sign in _SIGNS:
            if sign in ";|\n":
                self._close_colons()
            self._join(_SIGNS[sign])
        elif sign in "-–—":
            if text[start - 1 : start].isspace() and text[start + 1 : start + 2].isspace():
                self._join(",")
            else:
                return  # a hyphen inside a name parts nothing
        elif sign == "." and text[start + 1 : start + 2].isspace():
            word = re.search(r"\w+$", text[:start])
            if word is None or len(word.group()) <= 3 or self.kinds:
                return  # an abbreviation
            self._close_colons()
            self._join(";")
        elif sign == ".":
            return
        self.touching = None

    def _close_colons(self) -> None:
        while self.colons:
            self.group.pop()
            self.previous.pop()
            self.colons -= 1

    def _join(self, sign: str) -> None:
        if sign == ";":
            self._finish_kinds()
        if _STRENGTH[sign] > _STRENGTH[self.relation]:
            self.relation = sign
        self.touching = None

    def _words(self, tokens: list[tuple[str, int]], folded: list[str], at: int, text: str, lower_case: bool) -> int:
        """Read one phrase from `at`; how many tokens it took."""
        gazetteer, limit = self.gazetteer, 1
        while at + limit < len(folded) and limit < 7:
            sign, place = tokens[at + limit]
            if not folded[at + limit]:
                tight = not text[place - 1].isspace() and at + limit + 1 < len(folded)
                if not (tight and (sign in "-–" or (sign == "." and len(folded[at + limit - 1]) <= 3))):
                    break
            limit += 1
        for size in range(min(limit, gazetteer.longest.get(folded[at].split()[0], 0) * 2), 0, -1):
            key = " ".join(word for word in folded[at : at + size] if word)
            if not folded[at + size - 1]:
                continue
            raw = text[tokens[at][1] : tokens[at + size - 1][1] + len(tokens[at + size - 1][0])]
            if key in gazetteer.areas and (self.kinds == [] or key not in gazetteer.names):
                self._name(raw, {}, area=gazetteer.areas[key])
                return size
            word = gazetteer.words.get(key)
            options = gazetteer.names.get(key)
            if (
                options
                and word is not None
                and max(options.values()) == 0
                and not self._next_is_kind(folded, at + size)
            ):
                options = None
            if options and not (len(key) <= 3 and raw == raw.lower() and not lower_case):
                self._name(raw, dict(options))
                return size
            if word is not None:
                self._word(key, word, raw)
                return size
        return self._strange(tokens, folded, at, limit, text, lower_case)

    def _next_is_kind(self, folded: list[str], at: int) -> bool:
        word = self.gazetteer.words.get(folded[at]) if at < len(folded) else None
        return (word is not None and word.role == "kind") or bool(self.kinds)

    def _strange(
        self, tokens: list[tuple[str, int]], folded: list[str], at: int, limit: int, text: str, lower_case: bool
    ) -> int:
        """A word that no list has: another way of typing a name, a misspelt name, or not understood."""
        for size in range(min(limit, 4), 0, -1):
            key = " ".join(word for word in folded[at : at + size] if word)
            if not folded[at + size - 1] or len(key) < 4:
                continue
            keys = self.gazetteer.loose.get(loosen(key))
            if keys:
                options: dict[str, float] = {}
                for found in keys:
                    for code, strength in self.gazetteer.names[found].items():
                        options[code] = max(options.get(code, 0.0), strength)
                raw = text[tokens[at][1] : tokens[at + size - 1][1] + len(tokens[at + size - 1][0])]
                self._name(raw, options)
                return size
        raw = tokens[at][0]
        capital = raw[:1].isupper() or (lower_case and len(folded) <= 6)
        if capital and not raw.isdigit():
            for size in range(min(limit, 3), 0, -1):
                key = " ".join(word for word in folded[at : at + size] if word)
                if not folded[at + size - 1] or any(
                    word in self.gazetteer.names for word in folded[at + 1 : at + size]
                ):
                    continue
                found_near = _near(key)
                if found_near:
                    options, sure = found_near
                    raw = text[tokens[at][1] : tokens[at + size - 1][1] + len(tokens[at + size - 1][0])]
                    self._name(raw, dict(options), misspelt=True, correction_sure=sure)
                    return size
        if raw.isdigit() and at + 1 < len(folded) and (word := gazetteer_word(folded, at + 1)) and word.plural:
            counts = self.counts()
            if any(counts.get(kind) == int(raw) for kind in word.asks_for(self.country)):
                self.marks.add("whole")  # "61 municipalities" are all that there are
                return 1
        if raw.isdigit() and len(raw) <= 2 and self._numbers_a_list(tokens, at, text):
            self._join(";")
            return 2
        self.scan.unread.append(raw)
        self.touching = None
        return 1

    def _numbers_a_list(self, tokens: list[tuple[str, int]], at: int, text: str) -> bool:
        """ "1. Tirana 2. Durrës", "1) Tirana"."""
        raw, start = tokens[at]
        if at + 2 >= len(tokens) or tokens[at + 1][0] not in {".", ")"} or tokens[at + 1][1] != start + len(raw):
            return False
        return len(self.group) == 1 and tokens[at + 2][0][:1].isupper()

    def counts(self) -> dict[str, int]:
        return next((pack.about.get("counts", {}) for pack in packs() if pack.code == self.country), {})

    def _word(self, key: str, word: Word, raw: str) -> None:
        role, scan = word.role, self.scan
        if role == "kind":
            self._kind(word)
        elif role in {"national", "regional", "balkans", "international"}:
            if role == "national" and self.marks & {"part"}:
                self.marks.discard("part")
                scan.dangling = True
            code = {"national": self.country, "international": "INT"}.get(role, "WB")
            mention = self._name(raw, {code: 9.0})
            mention.wide = True
            mention.says = role
            mention.near = role == "balkans"
        elif role == "outside":
            scan.outside.append(raw)
            self._name(raw, {"INT": 9.0}).wide = True
        elif role in {"and", "or", "in"}:
            if key in {"i", "e"}:
                self._join("soft")
            else:
                if role == "in" and self.relation in {"and", "or", ";"}:
                    role = self.relation  # "Tirana and in Durrës" is a list
                self._join(role)
            scan.either |= role == "or"
        elif role == "article":
            if self.touching is not None:
                self._join("soft")
        elif role in {"except", "around", "part", "rural", "whole"}:
            self.marks.add(role)
            if role in {"around", "part"} and self.touching is not None:
                self.touching.near = True
            elif key == "wide" and self.touching is not None:
                self.touching.wide = True  # "Kosovo-wide"
                self.marks.discard("whole")
        elif role == "unknown":
            scan.unknown = True
        elif role == "local":
            scan.unread.append(raw)
            self.touching = None
        elif role == "filler" and key == "of":
            if self.kinds:
                self.after_kind_of = True
            elif self.touching is not None:
                self._join("in")

    def _kind(self, word: Word) -> None:
        before = self.touching
        if before is not None and before.kind is None and not before.wide and self._goes_back(before, word):
            before.kind = word
            if word.plural:
                self._give_back(before, word)
            self.touching = None
            return
        if before is not None and before.kind is not None and before.kind.plural and word.english and not word.plural:
            before.kind = word  # "municipalities of Elbasan County"
            self.scan.dangling |= not before.wide
            self.carried = self.touching = None
            return
        if self.kinds and self.relation not in {"and", "/"}:
            self.kinds.pop()  # "administrative area unit": the later word is the exact one
        self.kinds.append(word)
        self.left_of_kind = before
        self.carried = None
        self.after_kind_of = False
        self.touching = None

    def _goes_back(self, before: Mention, word: Word) -> bool:
        return word.english or 0 in before.options.values()

    def _give_back(self, before: Mention, word: Word) -> None:
        relation = before.relation
        for mention in reversed(self.scan.mentions[:-1]):
            if (
                relation not in {",", "and", "/", "soft"}
                or mention.kind is not None
                or mention.parent is not before.parent
            ):
                break
            mention.kind = word
            relation = mention.relation

    def _finish_kinds(self) -> None:
        before, self.left_of_kind = self.left_of_kind, None
        if self.kinds and before is not None and before.kind is None and not before.wide:
            before.kind = self.kinds[-1]  # "Elbasan Prefekturë", with nothing after it
        elif self.kinds and "whole" not in self.marks:
            self.scan.dangling = True
        elif self.kinds:
            self.scan.everything = True
        self.kinds = []
        self.carried = None

    def _name(
        self, raw: str, options: dict[str, float], *, area: Area | None = None, is_code: bool = False,
        misspelt: bool = False, correction_sure: bool = True,
    ) -> Mention:  # fmt: skip
        relation = self.relation if self.previous[-1] is not None else ""
        kinds: list[Word | None] = list(self.kinds)
        if kinds:
            self.carried = kinds[-1] if kinds[-1] and kinds[-1].plural else None
        elif self.carried is not None and relation in {"", ",", "and", "/", "soft", "or"}:
            kinds = [self.carried]
        else:
            self.carried = None
        first: Mention | None = None
        for kind in kinds or [None]:
            mention = Mention(
                raw,
                dict.fromkeys((*area.codes, *area.alternatives), 3.0) if area else dict(options),
                relation if first is None else "and",
                self.group[-1],
                kind,
                area,
                misspelt=misspelt,
                correction_sure=correction_sure,
                is_code=is_code,
            )
            mention.excluded = "except" in self.marks
            mention.near = "around" in self.marks
            mention.part = "part" in self.marks
            mention.wide = "whole" in self.marks
            self.scan.mentions.append(mention)
            first = first or mention
        self.marks -= {"around", "part", "whole", "rural"}
        self.kinds, self.relation, self.after_kind_of = [], "", False
        self.previous[-1] = mention
        self.touching = mention
        return mention


def gazetteer_word(folded: list[str], at: int) -> Word | None:
    word = load().words.get(folded[at])
    return word if word is not None and word.role == "kind" else None


def scan(text: str, country: str) -> Scan:
    return _Walk(text, country).run()


@lru_cache(maxsize=8192)
def _near(key: str) -> tuple[dict[str, float], bool] | None:
    """The places whose name is nearest to a misspelt one, and whether that is sure; nothing if none is near."""
    gazetteer = load()
    allowed = rules.correction_allowed(len(key))
    if not allowed or key.isdigit():
        return None
    found = process.extract(
        key, gazetteer.by_letter.get(key[0], []), scorer=OSA.distance, score_cutoff=allowed + 2, limit=24
    )
    best = min((wrong for _, wrong, _ in found), default=99)
    if best > allowed:
        return None
    options: dict[str, float] = {}
    for name, wrong, _ in found:
        if wrong == best:
            for code, strength in gazetteer.names[name].items():
                options[code] = max(options.get(code, 0.0), strength)
    names = {name for code in options for name in _family(gazetteer, code)}
    next_wrong = min((wrong for name, wrong, _ in found if names.isdisjoint(gazetteer.names[name])), default=99)
    one_place = all(names >= _family(gazetteer, code) for code in options) and _one_family(gazetteer, options)
    return options, one_place and rules.correction_is_sure(len(key), int(best), int(next_wrong))


def _family(gazetteer: Gazetteer, code: str) -> set[str]:
    """A place and what lies above it: a county, its municipality and the unit of one name are one correction."""
    return {code, *gazetteer.spots[code].above}


def _one_family(gazetteer: Gazetteer, options: dict[str, float]) -> bool:
    longest = max(options, key=lambda code: len(gazetteer.spots[code].above))
    return set(options) <= _family(gazetteer, longest)
