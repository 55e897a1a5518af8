"""Who works where, counted and listed by place. Everything asks for the viewer's level."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Length

from sofra.ground.text import fold
from sofra.places.models import Kind, Place, PlaceName

from . import queries
from .models import Organisation

WIDER = ("WB", "INT")  # work in the region, and across the world: larger than any country


@dataclass(frozen=True)
class Coverage:
    """How many organisations each place has, by code. Each organisation counts once a place, however often it is named.

    `exact`: the place itself is a place of work. `below`: a place that lies below it is. `within`: one or the other.
    `seats`: it, or a place below it, is the seat. A place without an entry has nobody recorded, which is not nobody.
    `places` are all places, to be read only, so that a page need not fetch its surroundings one by one.
    """

    exact: Mapping[str, int] = field(default_factory=dict)
    below: Mapping[str, int] = field(default_factory=dict)
    within: Mapping[str, int] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    everybody: int = 0
    places: Mapping[str, Place] = field(default_factory=dict)
    children: Mapping[str, list[Place]] = field(default_factory=dict)

    def above(self, place: Place) -> list[Place]:
        """The places that it lies in, from the country down."""
        return [self.places[code] for code in place.path.split("/")[:-2] if code in self.places]

    def beneath(self, place: Place) -> list[str]:
        """The codes of everything that lies below it, at any depth."""
        found = [child.code for child in self.children.get(place.code, ())]
        for code in found:
            found.extend(child.code for child in self.children.get(code, ()))
        return found

    def countries(self) -> list[Place]:
        """The hub's own first."""
        found = [place for place in self.places.values() if place.kind == Kind.COUNTRY]
        return sorted(found, key=lambda place: (place.code != settings.COUNTRY, place.sort_key))


def coverage(level: int) -> Coverage:
    """Counted once a process for each state of the hub, since counting reads every place of work."""
    if connection.in_atomic_block:  # what is read inside a transaction may be taken back
        return _count(level)
    return _kept(level, *_version())


def _version() -> tuple[int, int, int]:
    """Changes with whatever happens: the newest audit line, the newest fact, the number of places."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM ground_auditline), (SELECT MAX(id) FROM organisations_fact),"
            " (SELECT COUNT(*) FROM places_place)"
        )
        line, fact, places = cursor.fetchone()
    return line or 0, fact or 0, places


@lru_cache(maxsize=6)
def _kept(level: int, _line: int, _fact: int, _places: int) -> Coverage:
    return _count(level)


def _count(level: int) -> Coverage:
    """One pass over the index of places of work and seats: who is said to be where, then each place's union."""
    places = {place.code: place for place in Place.objects.order_by("sort_key", "code")}
    above = {code: tuple(place.path.split("/")[:-2]) for code, place in places.items()}
    children: dict[str, list[Place]] = {}
    for place in places.values():
        children.setdefault(place.parent_id or "", []).append(place)
    who = queries.who_is_where(level)
    below: dict[str, set[int]] = {}
    seats: dict[str, set[int]] = {}
    for code, there in who["place"].items():
        for larger in above.get(code, ()):
            below.setdefault(larger, set()).update(there)
    for code, there in who["seat"].items():
        for larger in (code, *above.get(code, ())):
            seats.setdefault(larger, set()).update(there)
    exact = {code: there for code, there in who["place"].items() if code in places}
    return Coverage(
        exact=_sizes(exact),
        below=_sizes(below),
        within={code: len(exact.get(code, set()) | below.get(code, set())) for code in {*exact, *below}},
        seats=_sizes(seats),
        everybody=queries.organisations(level).count(),
        places=places,
        children=children,
    )


def _sizes(found: Mapping[str, set[int]]) -> dict[str, int]:
    return {code: len(there) for code, there in found.items()}


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Entry:
    """An organisation as a place's page lists it: with the places of work that brought it there."""

    organisation: Organisation
    places: tuple[str, ...]


def organisations_at(
    level: int, said: str, codes: Sequence[str], *, count: int, everybody: int, until: int
) -> QuerySet[Organisation]:
    """Those of whom a fact `said` ("place" or "seat") names one of the codes, in Albanian order.

    `count` of `everybody` is how many to expect, `until` the last that is wanted: they only choose the quicker of two
    ways to the same list. Walking the sorted registry asks after each code of each organisation on the way; collecting
    takes all who fit and sorts them.
    """
    facts = queries.coded_facts(level).filter(field=said, value__in=codes)
    found = queries.organisations(level).order_by("sort_key", "id")
    if until * everybody * len(codes) < count * count:
        return found.filter(Exists(facts.filter(organisation=OuterRef("pk")).order_by()))
    return found.filter(pk__in=facts.order_by().values("organisation"))


def page_number(count: int, size: int, wanted: Any) -> Page[int]:
    """The page that is wanted of a list whose length is known, or the nearest that exists; its items are positions."""
    return Paginator(range(count), size).get_page(wanted)


def work_of(organisations: Iterable[Organisation], level: int, codes: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """For organisations of a page: which of these places each names as a place of work. One query."""
    named: dict[int, list[str]] = {}
    facts = queries.coded_facts(level).filter(
        field="place", value__in=list(codes), organisation__in=list(organisations)
    )
    for organisation, code in facts.order_by("value").values_list("organisation", "value").distinct():
        named.setdefault(organisation, []).append(code)
    return {organisation: tuple(found) for organisation, found in named.items()}


# — places —————————————————————————————————————————————————————————————————————————————————————————————————


def find(typed: str, places: Mapping[str, Place], limit: int = 50) -> list[Place]:
    """Places of which any form of the name holds what was typed, in any spelling; the closest and largest first."""
    key = fold(typed)
    if not key:
        return []
    names = PlaceName.objects.filter(folded__contains=key).order_by(Length("folded"), "place__level")
    codes = list(dict.fromkeys(names.values_list("place", flat=True)[: 4 * limit]))[:limit]
    return [places[code] for code in codes if code in places]
