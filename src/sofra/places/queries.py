"""What can be asked of places. All of it is public."""

from django.db.models import Q

from sofra.ground.text import fold

from .models import Place, PlaceName


def find_places(typed: str, *, limit: int = 20) -> list[Place]:
    """Places with a name that equals or begins with what was typed, in any form and script; the largest first."""
    folded = fold(typed)
    if not folded:
        return []
    names = PlaceName.objects.filter(Q(folded=folded) | Q(folded__startswith=folded)).values("place")
    own = Q(code__iexact=typed.strip()) | Q(pk__in=names)
    return sorted(
        Place.objects.filter(own)[: limit * 5], key=lambda place: (fold(place.name) != folded, place.level, place.sort_key)
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
    place = Place.objects.filter(code=code).first()
    if place is None:
        return code
    found = find_place(place.name)
    return place.name if found == place else code
