"""Which pairs are worth comparing: those that share something rare, found in time that grows with the list."""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from .reading import BACKGROUND, Form, Reading
from .words import Gazetteer

RARE = 24  # an idea that at most so many names have is worth a comparison by itself
FULL = 40  # in a larger block only neighbours in order of name are compared
NEIGHBOURS = 6
WIDTH = 8  # ideas of a name that the quick look compares
CROWD = 12  # an acronym that more names give is compared within a place only
CHUNK = 1 << 18

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def _key(sort: int, text: str) -> int:
    """A number for what a name is found by. Two that happen to share a number only cost a comparison."""
    return (sort << 32) | zlib.crc32(text.encode())


def _keys(form: Form, weights: dict[str, float], rare: float) -> Iterator[int]:
    """What a name is found by: its address, rare ideas, pairs of ideas, ideas with places, all ideas together."""
    if not form.text:
        return
    if form.web:
        yield _key(0, form.web)
    ideas = sorted(form.core, key=lambda i: (-weights[i], i))[:5]
    if not ideas:
        yield _key(5, " ".join(sorted(form.kinds)) + "|" + " ".join(sorted(form.places | form.countries)))
        return
    yield _key(1, " ".join(sorted(ideas)) + "|" + "".join(sorted(form.places)[:1]))
    for idea in ideas:
        if weights[idea] >= rare:
            yield _key(2, idea)
    for one, other in combinations(sorted(ideas), 2):
        yield _key(3, one + " " + other)
    for place in sorted(form.places | form.seats)[:3]:
        for idea in ideas[:3]:
            yield _key(4, idea + " " + place)


def _blocks(forms: Sequence[Form], reading: Reading, order: Ints) -> Ints:
    """Pairs of forms that share a key, as left * forms + right with left < right, each once."""
    total = reading.size + BACKGROUND
    rare = float(np.log(total / (RARE + BACKGROUND * 0.0008)))
    keys, members = array("q"), array("q")
    for number, form in enumerate(forms):
        before = len(keys)
        keys.extend(_keys(form, reading.weights, rare))
        members.extend([number] * (len(keys) - before))
    if not keys:
        return np.zeros(0, np.int64)
    raw = np.frombuffer(keys, np.int64)
    numbered = np.searchsorted(_distinct(raw), raw)
    count = len(order)
    key, member = numbered.astype(np.int32), np.frombuffer(members, np.int64)
    size = np.bincount(key)
    alone = size[key] < 2
    key, member = key[~alone], member[~alone]
    sort = np.lexsort((order[member], key))
    key, member = key[sort], member[sort]
    reach = np.where(size[key] > FULL, NEIGHBOURS, FULL)
    found: list[Ints] = []
    step = 1
    places = np.arange(len(key))
    while len(places) and step < FULL:
        places = places[(places + step < len(key)) & (reach[places] >= step)]
        places = places[key[places] == key[np.minimum(places + step, len(key) - 1)]]
        left, right = member[places], member[places + step]
        found.append(np.minimum(left, right) * count + np.maximum(left, right))
        step += 1
    return _distinct(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _distinct(numbers: Ints) -> Ints:
    """The numbers in order, each once; sorting beats the hashing of numpy.unique on millions of them."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _acronyms(reading: Reading) -> Ints:
    """Pairs where one bears the acronym that the other bears or that its name gives."""
    bearers: dict[str, list[int]] = {}
    givers: dict[str, list[int]] = {}
    for number, form in enumerate(reading.forms):
        for acronym in form.acronyms:
            bearers.setdefault(acronym, []).append(number)
    for number, form in enumerate(reading.forms):
        for acronym in form.initials - form.acronyms:
            if acronym in bearers:
                givers.setdefault(acronym, []).append(number)
    forms = len(reading.forms)
    found: list[int] = []
    for acronym, bearing in bearers.items():
        others = givers.get(acronym, [])
        everybody = bearing + others
        if len(everybody) > CROWD:
            found += _acronyms_by_place(reading, bearing, everybody)
            continue
        for left in bearing:
            for right in everybody:
                if left != right:
                    found.append(min(left, right) * forms + max(left, right))
    return _distinct(np.asarray(found, np.int64))


def _acronyms_by_place(reading: Reading, bearing: list[int], everybody: list[int]) -> list[int]:
    """For an acronym that many names give: only those of one place are compared, and not more than a few each."""
    forms = len(reading.forms)
    by_place: dict[str, list[int]] = {}
    for number in everybody:
        form = reading.forms[number]
        for place in form.places | form.seats:
            by_place.setdefault(place, []).append(number)
    found = []
    for left in bearing:
        form = reading.forms[left]
        for place in form.places | form.seats:
            near = by_place[place]
            if len(near) <= FULL:
                found += [min(left, right) * forms + max(left, right) for right in near if right != left]
    return found


def candidates(reading: Reading) -> tuple[Ints, Ints]:
    """The pairs of forms to weigh, as two arrays, sorted."""
    forms = reading.forms
    count = len(forms)
    if count < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ranked = sorted(
        range(count), key=lambda n: (" ".join(forms[n].order), forms[n].text, sorted(forms[n].seats), forms[n].web, n)
    )
    order = np.empty(count, np.int64)
    order[ranked] = np.arange(count)
    alike = _blocks(forms, reading, order)
    acronyms = _acronyms(reading)
    bare = np.fromiter((form.bare_acronym for form in forms), bool, count)
    lone = bare[acronyms // count] | bare[acronyms % count]
    web = np.fromiter((zlib.crc32(form.web.encode()) for form in forms), np.int64, count)
    pairs = _distinct(np.concatenate((alike, acronyms)))
    sure = (web[pairs // count] == web[pairs % count]) & (web[pairs // count] != 0)
    sure[np.searchsorted(pairs, acronyms[lone])] = True
    pairs = pairs[_worth(reading, pairs, sure)]
    left, right = pairs // count, pairs % count
    owners = np.fromiter((f.owner for f in forms), np.int64, count)
    apart = owners[left] != owners[right]
    return left[apart], right[apart]


def _where(ideas: Iterable[str], places: Gazetteer) -> int:
    """Places as bits of one number, each with the county that it lies in: no common bit means other places."""
    bits = 0
    for idea in ideas:
        for place in places.chain(idea):
            if "-" in place or place == idea:
                bits |= 1 << (zlib.crc32(place.encode()) % 63)
    return bits


def _worth(
    reading: Reading, pairs: Ints, sure: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A quick look at all pairs at once: do they share enough of what they say, or look alike as text?

    Pairs that are `sure` (one address, or an acronym beside the name that gives it) need neither. Names with two
    different places are never worth more.
    """
    forms, weights = reading.forms, reading.weights
    count = len(forms)
    numbers = {idea: n for n, idea in enumerate(weights, start=1)}
    said = np.zeros((count, WIDTH), np.int32)
    worth = np.zeros((count, WIDTH), np.float32)
    for n, form in enumerate(forms):
        for k, idea in enumerate(sorted(form.core, key=lambda i: (-weights[i], i))[:WIDTH]):
            said[n, k] = numbers[idea]
            worth[n, k] = weights[idea]
    mass = worth.sum(axis=1)
    tongue = np.fromiter((form.languages for form in forms), np.int8, count)
    texts = [" ".join(sorted(form.text[:120].split())) for form in forms]
    places = reading.lexicon.places
    named = np.fromiter((_where(f.places, places) for f in forms), np.int64, count)
    cache: dict[frozenset[str], int] = {}
    seated = np.fromiter(
        (cache[f.seats] if f.seats in cache else cache.setdefault(f.seats, _where(f.seats, places)) for f in forms),
        np.int64,
        count,
    )
    keep = np.zeros(len(pairs), bool)
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        left, right = chunk // count, chunk % count
        shared = np.zeros(len(chunk), np.float32)
        a, b = said[left], said[right]
        for k in range(WIDTH):
            one = a[:, k]
            both = (one[:, None] == b).any(axis=1) & (one > 0)
            shared += np.where(both, worth[left, k], 0)
        whole = np.maximum(mass[left] + mass[right] - shared, 1e-6)
        less = np.maximum(np.minimum(mass[left], mass[right]), 1e-6)
        asked = np.where(tongue[left] & tongue[right], 0.42, 0.26)
        good = (shared / whole >= asked) | (shared / less >= 0.85)
        # Where only one name has a place, it is held against where the other works.
        either = np.where(named[left] != 0, named[left], seated[left])
        other = np.where(named[right] != 0, named[right], seated[right])
        apart = ((named[left] != 0) | (named[right] != 0)) & (either != 0) & (other != 0) & (either & other == 0)
        trusted = sure[start : start + CHUNK]
        doubtful = np.flatnonzero(
            ~apart & ~trusted & ((shared / whole < 0.6) & (tongue[left] & tongue[right] > 0) | ~good)
        )
        if len(doubtful):
            alike = cpdist(
                [texts[i] for i in left[doubtful]], [texts[i] for i in right[doubtful]],
                scorer=Indel.normalized_similarity, dtype=np.float32,
            )  # fmt: skip
            contained = shared[doubtful] / less[doubtful] >= 0.85
            good[doubtful] = alike >= np.where(good[doubtful], np.where(contained, 0.5, 0.7), 0.8)
        good = (good | trusted) & ~apart
        keep[start : start + CHUNK] = good
    return keep
