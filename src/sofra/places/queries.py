"""What can be asked of places. All of it is public."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sofra.ground.text import fold

from .models import Kind, Place, PlaceName, Reading
from .resolving import Resolution, resolve


def find_places(typed: str, *, limit: int = 20) -> list[Place]:
    """Places with a name that equals or begins with what was typed, in any form and script; the largest first."""
    folded = fold(typed)
    if not folded:
        return []
    names = PlaceName.objects.filter(Q(folded=folded) | Q(folded__startswith=folded)).values("place")
    own = Q(code__iexact=typed.strip()) | Q(pk__in=names)
    return sorted(
        Place.objects.filter(own)[: limit * 5],
        key=lambda place: (fold(place.name) != folded, place.level, place.sort_key),
    )[:limit]


def find_place(typed: str) -> Place | None:
    """The one place that was typed: its code, or its name in any form; a municipality before a county of that name."""
    typed = typed.strip()
    exact = Place.objects.filter(code=typed).first() or Place.objects.filter(code__iexact=typed).first()
    if exact:
        return exact
    names = PlaceName.objects.filter(folded=fold(typed)).values("place") if fold(typed) else PlaceName.objects.none()
    found = list(Place.objects.filter(pk__in=names))
    order = {2: 0, 1: 1, 0: 2, 3: 3, 4: 4}
    return min(found, key=lambda place: (order.get(place.level, 9), place.sort_key), default=None)


def name_of(code: str) -> str:
    """A place's name as a form shows it, so that `find_place` finds it again; the code where there is no such place."""
    place = None if "\x00" in code else Place.objects.filter(code=code).first()  # PostgreSQL cannot be asked for NUL
    if place is None:
        return code
    found = find_place(place.name)
    return place.name if found == place else code


# — where a place lies ——————————————————————————————————————————————————————————————————————————————————————


def place(code: str) -> Place | None:
    """The place of that code; upper and lower case are one."""
    return Place.objects.filter(pk=code).first() or Place.objects.filter(pk__iexact=code).first()


def chain(of: Place) -> list[Place]:
    """The places that it lies in, from the country down, without itself."""
    codes = [code for code in of.path.split("/") if code][:-1]
    found = Place.objects.in_bulk(codes)
    return [found[code] for code in codes if code in found]


def children(of: Place) -> QuerySet[Place]:
    """The places right below it, in Albanian order."""
    return of.children.order_by("level", "sort_key")


def within(of: Place) -> QuerySet[Place]:
    """The place and all that lies below it."""
    return Place.objects.within(of)


def counties(country: str) -> QuerySet[Place]:
    """A country's places of the first level, in Albanian order."""
    return Place.objects.filter(country=country, kind=Kind.COUNTY).order_by("sort_key")


# — how a text is read ———————————————————————————————————————————————————————————————————————————————————————


def read_place(text: str, country: str = "AL") -> Resolution:
    """How a text is read: as a person confirmed it; where nobody did, as the resolver proposes."""
    return read_places([text], country)[text]


def read_places(texts: Iterable[str], country: str = "AL") -> dict[str, Resolution]:
    """Many texts at once, with one question to the database for every 500: text → reading."""
    wanted = list(dict.fromkeys(texts))
    keys = {text: fold(text)[:500] for text in wanted}
    confirmed: dict[str, Reading] = {}
    folded = [key for key in dict.fromkeys(keys.values()) if key]
    for start in range(0, len(folded), 500):
        part = Reading.objects.filter(folded__in=folded[start : start + 500]).select_related("confirmed_by")
        confirmed |= {reading.folded: reading for reading in part}
    return {
        text: _as_confirmed(text, confirmed[key]) if key in confirmed else resolve(text, country=country)
        for text, key in keys.items()
    }


def _as_confirmed(text: str, reading: Reading) -> Resolution:
    said = _("A person confirmed on %(day)s that the text means this.") % {
        "day": reading.confirmed_on.strftime("%d.%m.%Y")
    }
    return Resolution(text, list(reading.codes), True, [], [said], [])
