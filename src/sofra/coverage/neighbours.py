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
    rows = Place.objects.filter(standing, kind=Kind.MUNICIPALITY, country=place.country).order_by()
    points = {row[0]: row for row in rows.values_list("code", "parent_id", "lat", "lon", "sort_key")}
    own = points.pop(own_code, None)
    if own is None:
        return []
    far = {code: _kilometres(own[2:4], row[2:4]) for code, row in points.items()}
    ranked = sorted(far, key=lambda code: (far[code] is None, far[code] or 0.0, points[code][4], code))
    same = [code for code in ranked if points[code][1] == own[1] and own[1]]
    others = [code for code in ranked if code not in same][:NEAREST]
    near = Place.objects.defer("identifiers", "sources", "footnote").in_bulk([own_code, *same, *others])
    return [
        Neighbour(near[own_code], 0.0, True),
        *(Neighbour(near[code], far[code], True) for code in same),
        *(Neighbour(near[code], far[code], False) for code in others),
    ]


Point = tuple[float | None, float | None]


def _kilometres(one: Point, other: Point) -> float | None:
    """The distance of two points (latitude, longitude) on a globe, by the haversine formula."""
    if one[0] is None or one[1] is None or other[0] is None or other[1] is None:
        return None
    north, east = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    part = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one[0])) * math.cos(math.radians(other[0])) * math.sin(east / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(part))


def alike(one: Place, other: Place) -> bool:
    """Have they about as many inhabitants? Where it is not known of one, they may have."""
    counts = [place.population[max(place.population)] for place in (one, other) if place.population]
    return len(counts) < 2 or not min(counts) or max(counts) / min(counts) <= ALIKE
