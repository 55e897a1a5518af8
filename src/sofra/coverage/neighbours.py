"""Which municipalities are near a place, and which of them are like it."""

import math
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from sofra.places.models import Kind, Place

NEAREST = 8  # of other counties
ALIKE = 3.0  # a municipality is similar when it has at most three times, at least a third of the inhabitants


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A municipality near a place; the first of a list is the place's own. `kilometres` is None where not known."""

    place: Place
    kilometres: float | None
    same_county: bool


def neighbours(place: Place) -> list[Neighbour]:
    """The municipality of a place (itself, for one), then those of its county, then the nearest others."""
    codes = [code for code in place.path.split("/") if code]
    own_code = codes[len(codes) - 1 - max(place.level - 2, 0)]
    standing = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate()) | Q(pk=own_code)
    found_places = Place.objects.filter(standing, kind=Kind.MUNICIPALITY, country=place.country)
    municipalities = list(found_places.defer("identifiers", "sources", "footnote"))
    own = next((one for one in municipalities if one.code == own_code), None)
    if own is None:
        return []
    found = [
        Neighbour(one, _kilometres(own, one), one.parent_id == own.parent_id and bool(own.parent_id))
        for one in municipalities
        if one.code != own_code
    ]
    found.sort(key=lambda one: (one.kilometres is None, one.kilometres or 0.0, one.place.sort_key, one.place.code))
    others = [one for one in found if not one.same_county][:NEAREST]
    return [Neighbour(own, 0.0, True), *(one for one in found if one.same_county), *others]


def _kilometres(one: Place, other: Place) -> float | None:
    """The distance of two points on a globe, by the haversine formula."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    north, east = math.radians(other.lat - one.lat), math.radians(other.lon - one.lon)
    part = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat)) * math.sin(east / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(part))


def alike(one: Place, other: Place) -> bool:
    """Have they about as many inhabitants? Where it is not known of one, they may have."""
    counts = [place.population[max(place.population)] for place in (one, other) if place.population]
    return len(counts) < 2 or not min(counts) or max(counts) / min(counts) <= ALIKE
