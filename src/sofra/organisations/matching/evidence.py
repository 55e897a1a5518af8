"""What speaks for and against two records being one body, as a table that can be read aloud.

Each sign that is seen adds its weight (natural logarithm of how many times likelier it is among true pairs than among
false ones that were worth comparing); the sum, through the logistic curve, is the probability. docs/duplicates.md
tells how the weights were found.
"""

import math
from dataclasses import dataclass

from rapidfuzz import fuzz

from .reading import BACKGROUND, Form, Reading
from .weights import BASE, SIGNS, WEIGHTS
from .words import Gazetteer


@dataclass(slots=True)
class Look:
    """The signs seen on one pair of names, and what is needed to say them."""

    signs: list[str]
    shared: set[str]

    score: float

    @property
    def probability(self) -> float:
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.score))))


def _aligned(left: Form, right: Form, ideas_left: set[str], ideas_right: set[str]) -> list[tuple[str, str]]:
    """Words left over on both sides that are one word written differently: a slip, an abbreviation, joined words."""
    found = []
    for one in sorted(ideas_left):
        best, partner = 0.0, ""
        spelt = left.spelt[one]
        for other in sorted(ideas_right):
            text = right.spelt[other]
            alike = fuzz.ratio(spelt, text)
            short, long = sorted((spelt, text), key=len)
            if len(short) >= 3 and long.startswith(short):
                alike = max(alike, 84)
            if alike > best:
                best, partner = alike, other
        if best >= (78 if len(spelt) >= 6 else 84 if len(spelt) >= 5 else 101 if len(spelt) < 3 else 86):
            found.append((one, partner))
            ideas_right.discard(partner)
    ideas_left.difference_update(one for one, _ in found)
    return found


def look(left: Form, right: Form, reading: Reading) -> Look:
    """Compare two names with all that belongs to their records."""
    weights = reading.weights
    shared = set(left.core & right.core)
    only_left, only_right = set(left.core - shared), set(right.core - shared)
    signs: list[str] = []
    crossing = bool(left.languages and right.languages and not left.languages & right.languages)
    mass = sum(weights[i] for i in shared)
    slips = 0
    if only_left and only_right:
        for one, other in _aligned(left, right, only_left, only_right):
            mass += 0.85 * (weights[one] + weights[other]) / 2
            slips += 1
        if only_left and only_right:
            joined = fuzz.ratio("".join(left.spelt[i] for i in left.order if i in only_left),
                                "".join(right.spelt[i] for i in right.order if i in only_right))  # fmt: skip
            if joined >= 85:
                mass += 0.85 * max(sum(weights[i] for i in only_left), sum(weights[i] for i in only_right))
                only_left.clear()
                only_right.clear()
                slips += 1
    rest_left = sum(weights[i] for i in only_left)
    rest_right = sum(weights[i] for i in only_right)
    less, more = min(rest_left, rest_right), max(rest_left, rest_right)
    part = mass / (mass + rest_left + rest_right) if mass else 0.0
    acronym = _acronym_sign(left, right, reading, crossing)
    bare = left.bare_acronym != right.bare_acronym

    if bare and not mass:
        signs.append("name: an acronym beside a name")
    elif left.text == right.text:
        signs.append("name: the same text")
    elif not left.core or not right.core:
        signs.append("name: only general words")
    else:
        signs.append(
            "name: no word in common" if not mass
            else "name: all words in common" if part >= 0.97
            else "name: most words in common" if part >= 0.7
            else "name: half of the words in common" if part >= 0.5
            else "name: some words in common" if part >= 0.3
            else "name: few words in common"
        )  # fmt: skip
        if less > 0:
            weight = less
            if crossing and (only_left - left.known) and (only_right - right.known):
                signs.append("words of their own on both sides, in languages that may say the same")
            else:
                signs.append(
                    "words of their own on both sides" if weight >= 5 else "a common word of its own on each side"
                )
        elif more > 0:
            signs.append("one name says more" if more >= 4 else "one name says a little more")
        if slips:
            signs.append("written a little differently")
    if crossing:
        signs.append("in two languages")
    elif left.text != right.text and not (bare and not mass):
        alike = fuzz.token_sort_ratio(left.text, right.text)
        signs.append(
            "looks nearly the same"
            if alike >= 94
            else "looks alike"
            if alike >= 86
            else "looks partly alike"
            if alike >= 70
            else "looks different"
        )
    places = left.places & right.places
    rarity = mass + sum(weights[p] for p in places) - math.log(reading.size + BACKGROUND)
    if not (bare and not mass):
        signs.append(
            "shared words: hardly any other body has them" if rarity >= 4
            else "shared words: few others have them" if rarity >= 1
            else "shared words: several others have them" if rarity >= -1.5
            else "shared words: many others have them"
        )  # fmt: skip
    if left.kinds and right.kinds:
        if left.kinds & right.kinds:
            signs.append("kind: the same")
        else:
            signs.append("kind: differs between languages" if crossing else "kind: differs")
    elif left.kinds or right.kinds:
        signs.append("kind: said on one side")
    signs += _place_signs(left, right, reading.lexicon.places, spoken=not bare, rare=rarity >= 1)
    if left.numbers != right.numbers:
        signs.append("number: differs" if left.numbers and right.numbers else "number: on one side")
    if left.web and right.web:
        if left.web == right.web:
            signs.append("website: the same" if left.own_site else "website: the same page")
        else:
            signs.append("website: differs" if left.own_site and right.own_site else "website: other pages")
    if acronym:
        signs.append(acronym)
    return Look(signs, shared | places, BASE + sum(map(WEIGHTS.__getitem__, signs)))


def _acronym_sign(left: Form, right: Form, reading: Reading, crossing: bool) -> str:
    common = left.acronyms & right.acronyms
    given = (left.acronyms & right.initials) | (right.acronyms & left.initials)
    if common or given:
        counts = reading.acronym_counts
        rarest = min(counts[a] for a in common | given)
        if common:
            return "acronym: the same, rare" if rarest <= 6 else "acronym: the same, common"
        if rarest <= 3 and max(map(len, given)) >= 4:
            return "acronym: the other's initials, rare and long"
        return (
            "acronym: the other's initials, rare" if rarest <= 3
            else "acronym: the other's initials, uncommon" if rarest <= 10
            else "acronym: the other's initials, common"
        )  # fmt: skip
    if left.acronyms and right.acronyms and not crossing:
        return "acronym: differs"
    return ""


def _related(ours: frozenset[str], theirs: frozenset[str], places: Gazetteer) -> str:
    """ "same", "within" (one lies in the other) or "apart"."""
    if not ours.isdisjoint(theirs):
        return "same"
    if any(not places.around(one).isdisjoint(theirs) for one in ours):
        return "within"
    if any(not places.around(other).isdisjoint(ours) for other in theirs):
        return "within"
    return "apart"


def _place_signs(left: Form, right: Form, places: Gazetteer, *, spoken: bool, rare: bool) -> list[str]:
    signs = []
    if left.places and right.places:
        how = _related(left.places, right.places, places)
        signs.append(
            {
                "same": "place: the same in both names",
                "within": "place: one in the other",
                "apart": "place: names of two places",
            }[how]
        )
    elif left.places or right.places:
        named, other = (left, right) if left.places else (right, left)
        if other.seats:
            how = _related(named.places, other.seats, places)
            signs.append(
                {
                    "same": "place: in the name and of the other",
                    "within": "place: one in the other",
                    "apart": "place: not that of the name",
                }[how]
            )
        elif spoken:
            signs.append("place: in one name only" if rare else "place: in one name only, and others have these words")
    if left.seats and right.seats:
        how = _related(left.seats, right.seats, places)
        signs.append({"same": "seat: the same", "within": "seat: one in the other", "apart": "seat: differs"}[how])
    if left.countries and right.countries and not left.countries & right.countries:
        signs.append("country: differs")
    return signs


def reasons(left: Form, right: Form, seen: Look) -> tuple[str, ...]:
    """What a person is told, weightiest first. Each is a sentence of the table, with what was seen after a colon."""
    told = []
    for sign in sorted(seen.signs, key=lambda s: -abs(WEIGHTS[s])):
        sentence = SIGNS[sign][1]
        shown = _shown(sign, left, right, seen)
        told.append(f"{sentence}: {shown}" if shown else sentence)
    return tuple(told)


def _shown(sign: str, left: Form, right: Form, seen: Look) -> str:
    """The words, place, address or acronym that a sign is about."""
    topic = sign.partition(":")[0]
    if topic == "name" and "in common" in sign:
        shared = [i for i in left.order if i in seen.shared]
        pairs = [(left.spelt[i], right.spelt[i]) for i in shared]
        return ", ".join(one if one == other else f"{one} = {other}" for one, other in pairs)
    if topic == "website":
        return left.web if left.web == right.web else f"{left.web}, {right.web}"
    if topic == "acronym":
        common = left.acronyms & right.acronyms or (left.acronyms & right.initials) | (right.acronyms & left.initials)
        ours = common or left.acronyms | right.acronyms
        return ", ".join(a.upper() for a in sorted(ours))
    if topic == "place" and left.places and right.places:
        here, there = (" ".join(f.spelt[p] for p in sorted(f.places)) for f in (left, right))
        return here if here == there else f"{here}, {there}"
    return ""
