"""Pages of places: the map of the country, and for each place what lies below it and who works there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from sofra.accounts.access import level_of
from sofra.ground.models import Visibility
from sofra.places import maps
from sofra.places.models import Kind, Place
from sofra.places.titles import kind_of, short_name_of, title_of

from . import panels, place_queries
from .place_queries import Coverage, Entry

LONGEST_NAME = 100
PREVIEW, SPARE, PAGE = 10, 5, 25  # a list that is only SPARE longer than its preview is shown whole
CENSUSES = {"AL": ("2023", "2011")}
MAPS = {
    "counties": gettext_lazy("Counties"),
    "tiles": gettext_lazy("Municipalities as tiles"),
    "boundaries": gettext_lazy("Municipal boundaries"),
}
# The four lists of a place's page, in its order.
LISTS: dict[str, Promise] = {
    "here": gettext_lazy("Working in this place"),
    "below": gettext_lazy("Working in a place that lies below it"),
    "seat": gettext_lazy("Having their seat here"),
    "wider": gettext_lazy("In the background: working in a larger area"),
}


WHOLE: dict[str, Promise] = {
    Kind.COUNTRY: gettext_lazy("Working in the whole country"),
    Kind.COUNTY: gettext_lazy("Working in the whole county"),
    Kind.REGION: gettext_lazy("Working in the whole region"),
}


@dataclass(frozen=True)
class Group:
    """One of the lists: `entries` are the first ones, or a page of them when only this list is asked for."""

    key: str
    title: str
    count: int
    entries: list[Entry]
    page: Page[Any] | None = None
    parts: tuple[tuple[Place, str, int], ...] = ()


@dataclass(frozen=True)
class Below:
    """A place of the table of what lies below. None: nobody recorded yet."""

    place: Place
    title: str
    within: int | None
    population: int | None


def _href(code: str) -> str:
    return reverse("place", args=[code])


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    counted = place_queries.coverage(level)
    counts = counted.within
    country = settings.COUNTRY
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST_NAME]
    chosen = request.GET.get("map", "counties")
    drawn, offered = _map(country, counts, chosen)
    found = place_queries.find(typed, counted.places) if typed else []
    context = {
        "typed": typed,
        "found": [(place, title_of(place), kind_of(place), counts.get(place.code)) for place in found],
        "map": drawn,
        "maps": offered,
        "rows": maps.rows(country, counts, href=_href),
        "countries": [(place, title_of(place), counts.get(place.code)) for place in counted.countries()],
        "longest": LONGEST_NAME,
    }
    return render(request, "organisations/place_list.html", context)


def _map(country: str, counts: Mapping[str, int], chosen: str) -> tuple[str, list[tuple[str, Any, bool]]]:
    """The chosen map, and those to choose from as (code, name, whether it is shown). Only what exists is offered."""
    drawings = {"counties": maps.county_map, "tiles": maps.tile_grid, "boundaries": maps.boundary_map}
    has = {"counties": True, "tiles": maps.has_tiles(country), "boundaries": maps.has_boundaries(country)}
    shown = chosen if has.get(chosen) else "counties"
    offered = [(code, name, code == shown) for code, name in MAPS.items() if has[code]]
    return drawings[shown](country, counts, href=_href), offered


def context_of(request: HttpRequest, code: str) -> dict[str, Any] | None:
    """What the page of a place shows of organisations; None where the code is only spelt in small letters.

    The page itself stands in the room of profiles, which adds what the other rooms know.
    """
    level = level_of(request.user)
    counted = place_queries.coverage(level)
    found = counted.places.get(code)
    if found is None:
        if code.upper() not in counted.places:
            raise Http404
        return None
    above = counted.above(found)
    wanted = request.GET.get("list", "")
    wanted = wanted if wanted in LISTS else ""
    groups = _groups(level, found, above, counted, wanted, request.GET.get("page"))
    return {
        "place": found,
        "title": title_of(found),
        "name": short_name_of(found),
        "kind": kind_of(found),
        "above": [(step, title_of(step)) for step in above],
        "groups": groups,
        "recorded": any(group.count for group in groups if group.key != "wider"),
        "wanted": wanted,
        "counts": {
            "within": counted.within.get(found.code),
            "here": counted.exact.get(found.code),
            "seats": counted.seats.get(found.code),
        },
        "below": [] if wanted else _below(found, counted),
        "names": [] if wanted else list(found.names.exclude(name="").order_by("form", "name")),
        "population": _population(found),
        "identifiers": {key: value for key, value in found.identifiers.items() if value},
        "of_kosovo": found.country == "XK",
        "sees_hidden": level >= Visibility.MEMBERS,
        "panels": [] if wanted else [panel(request, found) for panel in panels.on_place],
        **({} if wanted else _drawn(found, above, counted.within)),
    }


def _drawn(place: Place, above: list[Place], counts: Mapping[str, int]) -> dict[str, Any]:
    """For a country its map, for anything smaller where it lies."""
    if place.kind == Kind.COUNTRY:
        drawn = maps.county_map(place.code, counts, href=_href)
        return {"map": drawn, "tiles": maps.tile_grid(place.code, counts, href=_href)}
    region = next((step.code for step in [*above, place] if step.level == 1), "")
    if place.country:
        pin = {} if place.level == 1 else {"lat": place.lat, "lon": place.lon}
        return {"locator": maps.locator(place.country, region=region, **pin)}
    return {}


def _below(place: Place, counted: Coverage) -> list[Below]:
    """What lies directly below, in the reader's order."""
    return [
        Below(child, title_of(child), counted.within.get(child.code), _inhabitants(child))
        for child in counted.children.get(place.code, ())
    ]


def _population(place: Place) -> list[tuple[str, int | None]]:
    """(census year, inhabitants or None where not known), newest first; the years that the country had are listed."""
    years = dict.fromkeys([*CENSUSES.get(place.country, ()), *sorted(place.population, reverse=True)])
    return [(year, place.population.get(year)) for year in years]


def _inhabitants(place: Place) -> int | None:
    """By the newest census of which the number is known."""
    return next((count for _year, count in _population(place) if count is not None), None)


# — who works there ————————————————————————————————————————————————————————————————————————————————————————


def _groups(
    level: int, place: Place, above: list[Place], counted: Coverage, wanted: str, page: str | None
) -> list[Group]:
    """The lists that have somebody in them, or only the one that is wanted, by pages."""
    parts = _wider(place, above, counted)
    sizes = {
        "here": counted.exact.get(place.code, 0),
        "below": counted.below.get(place.code, 0),
        "seat": counted.seats.get(place.code, 0),
        "wider": sum(count for _step, count in parts),
    }
    lower = counted.beneath(place)
    codes = {
        "here": [place.code],
        "below": lower,
        "seat": [place.code, *lower],
        "wider": [step.code for step, _count in parts],
    }
    groups = []
    for key, name in LISTS.items():
        if wanted and key != wanted:
            continue
        title = str(WHOLE.get(place.kind, name) if key == "here" else name)
        if not sizes[key] and not wanted:
            continue
        said = "seat" if key == "seat" else "place"
        shown = place_queries.page_number(sizes[key], PAGE, page) if wanted else None
        preview = sizes[key] if sizes[key] <= PREVIEW + SPARE else PREVIEW
        first, until = (shown.start_index() - 1, shown.end_index()) if shown else (0, preview)
        organisations = place_queries.organisations_at(
            level, said, codes[key], count=sizes[key], everybody=counted.everybody, until=until
        )[max(first, 0) : until]
        groups.append(
            Group(
                key,
                title,
                sizes[key],
                [Entry(one, ()) for one in organisations],
                shown,
                tuple((step, title_of(step), count) for step, count in parts) if key == "wider" else (),
            )
        )
    return _with_places(level, groups, lower, codes["wider"], counted)


def _wider(place: Place, above: list[Place], counted: Coverage) -> list[tuple[Place, int]]:
    """The larger areas in which somebody works as a whole, smallest first, each with how many."""
    larger = [counted.places[code] for code in place_queries.WIDER if code != place.code and code in counted.places]
    steps = [*reversed(above), *larger]
    return [(step, counted.exact[step.code]) for step in steps if counted.exact.get(step.code)]


def _with_places(level: int, groups: list[Group], lower: list[str], wider: list[str], counted: Coverage) -> list[Group]:
    """The same groups, each entry of "below" and "wider" with the places it was found by. One query."""
    telling = [group for group in groups if group.key in {"below", "wider"}]
    organisations = [entry.organisation for group in telling for entry in group.entries]
    if not organisations:
        return groups
    named = place_queries.work_of(organisations, level, [*lower, *wider])
    titles = {code: title_of(counted.places[code]) for found in named.values() for code in found}
    allowed = {"below": set(lower), "wider": set(wider)}
    for group in telling:
        group.entries[:] = [
            Entry(
                entry.organisation,
                tuple(titles[code] for code in named.get(entry.organisation.pk, ()) if code in allowed[group.key]),
            )
            for entry in group.entries
        ]
    return groups
