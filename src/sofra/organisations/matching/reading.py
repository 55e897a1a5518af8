"""How a record is read before it is compared: ideas, kind of body, places, acronyms, web address."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from urllib.parse import unquote

from sofra.ground.text import fold

from .words import COUNTRY, KIND, NUMBER, OTHER, PLACE, STOP, Lexicon, Word, place_parts

LONGEST_NAME = 400  # letters; what follows in a longer name is not read
MOST_NAMES = 12
# A list is read as if it stood among so many other organisations, so that a short list has sensible weights too.
BACKGROUND = 400
_USUAL = {KIND: 0.12, PLACE: 0.01, COUNTRY: 0.12}
_USUAL_IDEA, _USUAL_OWN = 0.02, 0.0008

_NOTHING: frozenset[str] = frozenset()
_BRACKETS = re.compile(r"\(([^()]{2,40})\)|\[([^\[\]]{2,40})\]")
_AFTER_DASH = re.compile(r"\s[-–—/:]\s*([^\W\d_]{2,9}\d?)\s*$")
_BEFORE_DASH = re.compile(r"^\s*([^\W\d_]{2,9})\s*(?:[-–—/:]\s)")
_CAPITALS = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){2,9}[^\W\d_]?(?!\w)|(?<![\w'’-])[^\W\d_]{2,10}(?![\w'’])")
# Endings that tell English where no word is known.
_ENGLISH_ENDING = re.compile(r"(?:ers|ing|ship|hood|ness|ists|ful|less|ways|works)\b")
_DIGRAPHS = frozenset(("dh", "gj", "ll", "nj", "rr", "sh", "th", "xh", "zh"))
# Addresses under which many bodies have a page: only the whole path says which one.
_SHARED = frozenset(
    "facebook.com fb.com fb.me m.me instagram.com twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com t.me "
    "wordpress.com blogspot.com wixsite.com weebly.com sites.google.com google.com google.al linktr.ee medium.com "
    "github.io gitlab.io tumblr.com webnode.com business.site flickr.com vimeo.com wikipedia.org issuu.com "
    "bit.ly tinyurl.com goo.gl yahoo.com gmail.com hotmail.com outlook.com jimdo.com squarespace.com webs.com".split()
)
_OWN_SUBDOMAIN = frozenset(
    "wordpress.com blogspot.com wixsite.com weebly.com github.io gitlab.io tumblr.com webnode.com "
    "business.site jimdo.com squarespace.com webs.com".split()
)
_EMPTY_PATHS = frozenset(("", "home", "index", "pages", "pg", "people", "profile.php", "en", "sq", "groups", "company"))
# In capitals too, and yet no acronym of a body.
_LEGAL = frozenset(
    "ngo npo cso ojf ojq oshc nvo ltd llc plc inc cic cio gmbh shpk sha doo dooel and of the for per dhe eu un".split()
)
_NO_WEBSITE = frozenset(("-", "n/a", "na", "none", "no", "nan", "null", "unknown", "pa", "ska", "nema", "jo"))


@dataclass(frozen=True, slots=True)
class Record:
    """One organisation as a list gives it. `names` are its name in any number of languages and spellings."""

    id: str
    names: tuple[str, ...]
    place: str = ""
    website: str = ""
    acronym: str = ""


@dataclass(slots=True)
class Form:
    """One name of one record, read. `core` are ideas and own words, without kind of body, place and country."""

    owner: int
    text: str
    core: frozenset[str]
    order: tuple[str, ...]
    kinds: frozenset[str]
    countries: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    seats: frozenset[str]
    web: str
    own_site: bool
    acronyms: frozenset[str]
    initials: frozenset[str]
    bare_acronym: bool
    languages: int
    spelt: dict[str, str]
    known: frozenset[str]
    mass: float = 0.0


def web_key(address: str) -> tuple[str, bool]:
    """What two addresses of one body share, and whether the host is its own.

    "http://www.cyp.al/index.php" and "https://CYP.al" are "cyp.al"; a page on a host that many use is known by
    host and path ("facebook.com/qendrafokus"); a shared host alone, or no address, is "".
    """
    text = unquote(address.strip().lower())[:500]
    text = re.sub(r"^[a-z]+:/+", "", text).removeprefix("//")
    if text in _NO_WEBSITE or "." not in text:
        return "", False
    if "@" in text.split("/")[0]:
        text = text.split("@", 1)[1]
    host, _, path = text.partition("/")
    host = re.sub(r"^(?:www?\d?|web|m|al-al|sq-al|en-gb|mobile)\.", "", host.split("?")[0].split(":")[0].strip(". "))
    host = host.replace("ë", "w")  # the Albanian keyboard has ë where w is
    labels = host.split(".")
    for size in (2, 3):
        shared = ".".join(labels[-size:])
        if shared in _SHARED:
            if host != shared and shared in _OWN_SUBDOMAIN:
                return host, True
            steps = [s for s in path.split("?")[0].split("#")[0].split("/") if s]
            while steps and steps[0] in _EMPTY_PATHS and len(steps) > 1:
                steps.pop(0)
            if not steps or steps[0] in _EMPTY_PATHS:
                match = re.search(r"[?&](?:id|v|list)=([\w-]+)", path)
                return (f"{shared}/{match.group(1)}", False) if match else ("", False)
            page = (
                "/".join(steps[:2]) if steps[0] in ("in", "channel", "c", "user", "wiki", "view", "site") else steps[0]
            )
            return f"{shared}/{fold(page).replace(' ', '')}", False
    return host, True


def _initials(tokens: list[str], words: Sequence[Word]) -> set[str]:
    """The acronyms that a name gives: of all words, without small words, place or kind, with Albanian NJ, SH."""
    if not 2 <= len(tokens) <= 14:
        return set()
    every = full = anchored = bare = naked = ""
    digraphs: list[tuple[int, str]] = []
    for token, word in zip(tokens, words, strict=True):
        letter, part = token[0], word.part
        every += letter
        if part == STOP:
            continue
        if token[:2] in _DIGRAPHS:
            digraphs.append((len(full), token[:2]))
        full += letter
        if part == PLACE:
            continue
        anchored += letter
        if part == COUNTRY:
            continue
        bare += letter
        if part != KIND:
            naked += letter
    found = {text for text in (every, full, anchored, bare, naked) if 2 <= len(text) <= 10}
    if digraphs and 2 <= len(full) <= 10:
        spelt = list(full)
        for at, letters in digraphs:
            spelt[at] = letters
        found.add("".join(spelt))
        if anchored == full[: len(anchored)]:
            found.add("".join(spelt[: len(anchored)]))
    return found


def _split_acronyms(name: str) -> tuple[str, set[str], bool]:
    """The name without the acronyms that it carries, those acronyms, and whether it is nothing but one."""
    found: set[str] = set()
    rest = name

    def taken(text: str) -> bool:
        compact = text.replace(".", "").replace(" ", "").replace("-", "")
        capitals = sum(c.isupper() for c in compact)
        if 2 <= len(compact) <= 10 and compact.isalpha() and capitals >= max(2, len(compact) - 3):
            folded = fold(compact)
            if folded not in _LEGAL:
                found.add(folded)
            return True
        return False

    if "(" in rest or "[" in rest:
        for match in _BRACKETS.finditer(rest):
            inner = match.group(1) or match.group(2)
            if taken(inner) or sum(taken(part) for part in inner.split() if part.isupper()):
                rest = rest.replace(match.group(0), " ", 1)
    shouting = rest.isupper()
    if not shouting:
        for pattern in (_AFTER_DASH, _BEFORE_DASH):
            beside = pattern.search(rest)
            if beside and beside.group(1).isupper() and taken(beside.group(1)):
                rest = rest.replace(beside.group(1), " ", 1)
        for match in _CAPITALS.finditer(rest):
            text = match.group(0)
            if text.isupper() and len(text) >= 2:
                taken(text)
    words = fold(rest).split()
    if len(words) == 1 and 2 <= len(words[0]) <= 9 and words[0].isalpha():
        alone = rest.strip().strip(".")
        capitals = sum(c.isupper() for c in alone)
        if alone.islower() or capitals >= max(2, len(words[0]) - 2) or found:
            found.add(words[0])
            return rest, found, True
    if not words and found:
        return " ".join(sorted(found)), found, True
    return rest, found, bool(found) and all(w in found for w in words)


@dataclass(slots=True)
class Reading:
    """A whole list, read: its forms, and how much each idea says in it (natural logarithm of its rarity)."""

    forms: list[Form]
    weights: dict[str, float]
    lexicon: Lexicon
    size: int
    acronym_counts: Counter[str]


def read(records: Sequence[Record]) -> Reading:
    """Read every name of every record. Nothing is refused: what cannot be read is an empty form without weight."""
    split = []
    for record in records:
        names = [n[:LONGEST_NAME] for n in record.names[:MOST_NAMES]] or [""]
        ready = []
        for name in names:
            rest, acronyms, bare = _split_acronyms(name)
            tokens = (fold(rest) or _other_scripts(rest)).split()[:40]
            ready.append((name, tokens, acronyms, bare))
        split.append(ready)
    counts = Counter(chain.from_iterable(tokens for ready in split for _, tokens, _, _ in ready))
    places = dict.fromkeys(r.place for r in records if r.place.strip())
    place_tokens = {t for p in places for part in place_parts(p) for t in part}
    for token in place_tokens:
        counts[token] += 1
    lexicon = Lexicon(counts, places)
    seats = {p: lexicon.place_codes(p) for p in places}
    forms: list[Form] = []
    for owner, (record, ready) in enumerate(zip(records, split, strict=True)):
        web, own_site = web_key(record.website) if record.website else ("", False)
        declared = fold(record.acronym).replace(" ", "") if record.acronym else ""
        everywhere = {a for _, _, acronyms, _ in ready for a in acronyms}
        if declared and len(declared) <= 12:
            everywhere.add(declared)
        for name, tokens, _, bare in ready:
            forms.append(
                _form(
                    owner, name, tokens, everywhere, bare, lexicon, seats.get(record.place, frozenset()), web, own_site
                )
            )
    weights = _weights(forms, len(records))
    for form in forms:
        form.mass = sum(weights[i] for i in form.core)
    acronym_counts = Counter(chain.from_iterable(f.acronyms | f.initials for f in forms))
    return Reading(forms, weights, lexicon, len(records), acronym_counts)


def _other_scripts(name: str) -> str:
    """Words in a script that fold does not know, as they are."""
    return " ".join(re.findall(r"\w+", name.lower()))


@lru_cache(maxsize=100_000)
def _kept(parts: frozenset[str]) -> frozenset[str]:
    return parts


def _one(parts: set[str]) -> frozenset[str]:
    """The same set for the same parts, so that a long list keeps each only once."""
    return _kept(frozenset(parts)) if parts else _NOTHING


def _form(
    owner: int,
    name: str,
    tokens: list[str],
    acronyms: set[str],
    bare: bool,
    lexicon: Lexicon,
    seats: frozenset[str],
    web: str,
    own_site: bool,
) -> Form:
    core: list[str] = []
    kinds: set[str] = set()
    countries: set[str] = set()
    numbers: set[str] = set()
    places: set[str] = set()
    known: set[str] = set()
    spelt: dict[str, str] = {}
    languages = [0, 0, 0]
    starts = lexicon.starts
    initials: set[str] = set()
    words = [lexicon.word(t) for t in tokens]
    if not bare:
        initials = _initials(tokens, words)
        carried = [t for t in tokens if t in acronyms] if acronyms else []
        if carried and len(carried) < len(tokens):
            rest = [t for t in tokens if t not in carried]
            rest_words = [lexicon.word(t) for t in rest]
            more = _initials(rest, rest_words)
            initials |= more
            if more.intersection(carried):
                tokens, words = rest, rest_words
    at, size = 0, len(tokens)
    while at < size:
        token = tokens[at]
        phrase = lexicon.phrase_at(tokens, at) if token[:3] in starts else None
        word, used = phrase if phrase else (words[at], 1)
        if used > 1:
            token = " ".join(tokens[at : at + used])
        at += used
        if word.languages:
            spoken = word.languages
            if spoken in (1, 2, 4):
                languages[spoken >> 1] += 1
        part = word.part
        if part == STOP:
            continue
        if part == KIND:
            kinds.add(word.idea)
        elif part == PLACE:
            places.add(word.idea)
            spelt[word.idea] = token
        elif part == COUNTRY:
            countries.add(word.idea)
        else:
            if part == NUMBER:
                numbers.add(word.idea)
            elif part != OTHER:
                known.add(word.idea)
            # A name that says a word twice is another than one that says it once: "Woman to Woman".
            idea = word.idea if word.idea not in spelt else word.idea + " again"
            core.append(idea)
            spelt[idea] = token
    top = max(languages)
    if not top and _ENGLISH_ENDING.search(" ".join(tokens)):
        languages[0] = top = 1
    spoken = sum(1 << i for i, n in enumerate(languages) if n == top) if top else 0
    return Form(
        owner=owner,
        text=" ".join(tokens),
        core=frozenset(core),
        order=tuple(core),
        kinds=_one(kinds),
        countries=_one(countries),
        numbers=_one(numbers),
        places=_one(places),
        seats=seats,
        web=web,
        own_site=own_site,
        acronyms=frozenset(acronyms),
        initials=frozenset(initials),
        bare_acronym=bare,
        languages=spoken,
        spelt=spelt,
        known=_one(known),
    )


def _weights(forms: Sequence[Form], size: int) -> dict[str, float]:
    """How much it says when two records share an idea: the logarithm of its rarity in this list and in general."""
    parts = (part for f in forms for part in (f.core, f.places, f.kinds, f.countries))
    counts = Counter(chain.from_iterable(parts))
    usual: dict[str, float] = {}
    for form in forms:
        for idea in form.core:
            if len(idea) <= 3:  # so short that it is rather a slip or an abbreviation than a name
                usual[idea] = _USUAL_IDEA
        for idea in form.known:
            usual[idea] = _USUAL_IDEA
        for idea in form.places:
            usual[idea] = _USUAL[PLACE]
        for idea in form.kinds:
            usual[idea] = _USUAL[KIND]
        for idea in form.countries:
            usual[idea] = _USUAL[COUNTRY]
    total = size + BACKGROUND
    return {
        idea: math.log(total / (count + BACKGROUND * usual.get(idea, _USUAL_OWN))) for idea, count in counts.items()
    }
