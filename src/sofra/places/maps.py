"""Maps of a country as SVG: counties with dots at the seats, a grid of equal tiles, an operator's own boundaries.

Every function takes counts by place code. Three states stay apart, to the eye and to the ear:
a number; 0, "asked, and nobody"; and no entry or None, "nobody recorded yet", which says nothing of who is there.
Nothing is styled in line: classes of maps.css do it, so that the strict content policy holds. Numbers are printed
beside every shade, each place is a link with its own name, and `rows` gives the same numbers for a table.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from django.db.models import Max
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sofra.ground.text import sort_key

from .gazetteer import packs
from .models import Boundary, Kind, Place
from .outlines import FINE, Frame, broken, frame_around, outline, path_of, spread, tiles
from .titles import short_name_of, title_of

Counts = Mapping[str, int | None]
Href = Callable[[str], str]
Drawing = Callable[..., SafeString]

WIDTH, HEIGHT, MARGIN = 360, 680, 16  # map units; one is a CSS pixel on a phone
DOT, DOT_MOST = 8.5, 25.0  # radius of the dot of one organisation, and of the largest dot
DOT_EMPTY = 4.5
TILE_WIDTH, TILE_HEIGHT, GAP = 54, 48, 2
SHADES = 4

ORGANISATIONS, ACTIVITIES = "organisations", "activities"  # what numbers are of
COUNCILS, SESSIONS = "councils", "sessions"
GEONAMES = _("GeoNames, CC BY 4.0")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a map knows it. x and y are map units; NaN where the pack has no point."""

    code: str
    parent: str
    kind: str
    title: str
    name: str
    sort_key: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shape:
    """An area: its path in tenths of a map unit, and a point well inside it. `code` is "" for a mere line."""

    code: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Atlas:
    """What is the same in every map of a country, in one language."""

    country: str
    title: str
    frame: Frame
    shapes: tuple[Shape, ...]
    regions: Mapping[str, Spot]
    towns: tuple[Spot, ...]
    dot: float
    licence: str

    @property
    def places(self) -> dict[str, Spot]:
        return {**self.regions, **{town.code: town for town in self.towns}}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table beside a map. `count` None: nobody recorded yet."""

    code: str
    title: str
    name: str
    href: str
    count: int | None
    below: tuple["Row", ...] = ()


# — what is drawn ——————————————————————————————————————————————————————————————————————————————————————————


def county_map(country: str, counts: Counts, *, href: Href) -> SafeString:
    """The counties with a dot at each municipality's seat; "" where the country's pack has no outline.

    A dot's area grows evenly with the number of organisations, from the smallest that a number fits in.
    """
    atlas = _atlas(country, get_language() or "sq")
    if atlas is None:
        return mark_safe("")
    dots = sorted(atlas.towns, key=lambda town: (-(counts.get(town.code) or 0), town.sort_key))
    drawn = [town for town in dots if not math.isnan(town.x)]
    most = max((counts.get(town.code) or 0 for town in drawn), default=0)
    radii = {town.code: _radius(counts.get(town.code), most, atlas.dot) for town in drawn}
    regional = [counts.get(shape.code) for shape in atlas.shapes]
    steps = shades(regional)
    areas = [_area(shape, atlas.regions.get(shape.code), counts, steps, href) for shape in atlas.shapes]
    hatch = f"map-{country.lower()}"
    marks = [_dot(town, counts.get(town.code), radii[town.code], href, hatch) for town in drawn]
    inner = (
        f'<g class="map-land tints" transform="scale({1 / FINE})">{_shore(atlas)}{"".join(areas)}</g>'
        f'<g class="map-dots">{"".join(marks)}</g>{_names(atlas, drawn, radii)}'
    )
    title = gettext("Map of %(country)s: who works where") % {"country": atlas.title}
    states = [counts.get(town.code) for town in drawn]
    return _block(
        f"map-{country.lower()}",
        _svg(atlas.frame.width, atlas.frame.height, title, inner, f"map-{country.lower()}", apart=2.5),
        legend=_legend(steps, states, dots=True),
        credit=[*_unplaced(atlas), atlas.licence, gettext("points: %(source)s") % {"source": GEONAMES}],
    )


def tile_grid(country: str, counts: Counts, *, href: Href, of: str = ORGANISATIONS) -> SafeString:
    """Every municipality as a tile of the same size, near where it lies; "" where the pack has no tiles.

    `of` says what the numbers are of.
    """
    atlas = _atlas(country, get_language() or "sq")
    grid = tiles(country)
    if atlas is None or not grid:
        return mark_safe("")
    places = atlas.places
    steps = shades([counts.get(tile.code) for tile in grid])
    parts = []
    for tile in grid:
        spot, count = places[tile.code], counts.get(tile.code)
        x, y = tile.column * TILE_WIDTH + GAP / 2, tile.row * TILE_HEIGHT + GAP / 2
        middle = x + (TILE_WIDTH - GAP) / 2
        label = "".join(
            f'<text class="tile-name" x="{middle:g}" y="{y + 13 + i * 10.5:g}">{escape(line)}</text>'
            for i, line in enumerate(broken(spot.name))
        )
        number = f'<text class="tile-number" x="{middle:g}" y="{y + 40.5:g}">{_number(count)}</text>'
        box = f'x="{x:g}" y="{y:g}" width="{TILE_WIDTH - GAP}" height="{TILE_HEIGHT - GAP}" rx="4"'
        fill = f' fill="url(#tiles-{country.lower()}-hatch)"' if count is None else ""
        parts.append(
            _link(
                tile.code,
                spot.title,
                count,
                _state(count, steps),
                href,
                f"<rect {box}{fill}/>{label}{number}",
                of=of,
            )
        )
    width = (max(tile.column for tile in grid) + 1) * TILE_WIDTH
    height = (max(tile.row for tile in grid) + 1) * TILE_HEIGHT
    title = _tiles_title(of) % {"country": atlas.title}
    states = [counts.get(tile.code) for tile in grid]
    inner = f'<g class="map-tiles">{"".join(parts)}</g><path class="tile-counties" d="{_county_lines(country)}"/>'
    return _block(
        f"tiles-{country.lower()}",
        _svg(width, height, title, inner, f"tiles-{country.lower()}", margin=3),
        legend=_legend(steps, states, dots=False, counties=True, of=of),
        credit=[gettext("positions: %(source)s") % {"source": GEONAMES}],
    )


def boundary_map(country: str, counts: Counts, *, href: Href) -> SafeString:
    """The operator's own boundaries, newest generation of each place, with their licence; "" where none is loaded."""
    newest = Boundary.objects.filter(place__country=country).aggregate(Max("pk"))["pk__max"]
    atlas = _atlas(country, get_language() or "sq")
    if newest is None or atlas is None:
        return mark_safe("")
    frame, shapes, licences = _boundaries(country, newest)
    places = atlas.places
    known = [shape for shape in shapes if shape.code in places]
    steps = shades([counts.get(shape.code) for shape in known])
    hatch = f"areas-{country.lower()}"
    areas = [_area(shape, places[shape.code], counts, steps, href, hatch) for shape in known]
    numbers = [
        f'<text class="area-number {_state(counts.get(shape.code), steps)}" x="{shape.x:.1f}" y="{shape.y + 4:.1f}">'
        f"{_number(counts.get(shape.code))}</text>"
        for shape in known
        if counts.get(shape.code) is not None
    ]
    title = gettext("Municipalities of %(country)s: who works where") % {"country": atlas.title}
    inner = (
        f'<g class="map-land" transform="scale({1 / FINE})">{"".join(areas)}</g>'
        f'<g class="map-numbers" aria-hidden="true">{"".join(numbers)}</g>'
    )
    return _block(
        f"areas-{country.lower()}",
        _svg(frame.width, frame.height, title, inner, f"areas-{country.lower()}", grain=FINE),
        legend=_legend(steps, [counts.get(shape.code) for shape in known], dots=False),
        credit=licences,
    )


def has_tiles(country: str) -> bool:
    return bool(tiles(country))


def has_boundaries(country: str) -> bool:
    return Boundary.objects.filter(place__country=country).exists()


def locator(country: str, *, region: str = "", lat: float | None = None, lon: float | None = None) -> SafeString:
    """A small map that only shows where a place lies: its county shaded, a pin at its point. Nothing to click."""
    atlas = _atlas(country, get_language() or "sq")
    if atlas is None:
        return mark_safe("")
    frame, paths = _small(country)
    land = "".join(
        f'<path class="{"here" if code and code.startswith(region) and region else "land"}" d="{d}"/>'
        for code, d in paths
    )
    pin = ""
    if lat is not None and lon is not None:
        x, y = frame.xy(lon, lat)
        at = f'cx="{x:.1f}" cy="{y:.1f}"'
        pin = f'<circle class="pin-ring" {at} r="9"/><circle class="pin" {at} r="4"/>'
    label = escape(gettext("Where it lies in %(country)s") % {"country": atlas.title})
    return mark_safe(
        f'<svg class="locator" viewBox="0 0 {frame.width} {frame.height}" width="{frame.width}" '
        f'height="{frame.height}" '
        f'role="img" aria-label="{label}"><g class="map-land" transform="scale({1 / FINE})">{land}</g>{pin}</svg>'
    )


def rows(country: str, counts: Counts, *, href: Href) -> list[Row]:
    """The numbers of the maps as a table: regions in the reader's order, each with the municipalities below it."""
    atlas = _atlas(country, get_language() or "sq")
    if atlas is None:
        return []
    below: dict[str, list[Row]] = {}
    region_of = {code: code for code in atlas.regions}
    for town in sorted(atlas.towns, key=lambda spot: spot.sort_key):
        row = Row(town.code, town.title, town.name, href(town.code), counts.get(town.code))
        below.setdefault(region_of.get(town.parent, ""), []).append(row)
    regions = [
        Row(spot.code, spot.title, spot.name, href(spot.code), counts.get(spot.code), tuple(below.get(spot.code, ())))
        for spot in sorted(atlas.regions.values(), key=lambda spot: spot.sort_key)
    ]
    return regions + below.get("", [])


def shades(counts: Sequence[int | None]) -> list[int]:
    """The lowest number of each shade, from light to dark: at most four, in even ratios up to the largest number.

    [1, 2, 3, 4] while the largest is at most 4; then round numbers: [1, 3, 10, 30] for a largest of about 100.
    """
    most = max((count for count in counts if count), default=0)
    if most <= SHADES:
        return list(range(1, most + 1))
    bounds = [1]
    for step in range(1, SHADES):
        bound = _round_number(most ** (step / SHADES))
        bounds.append(max(bound, bounds[-1] + 1))
    return bounds


# — what never changes while the process runs ——————————————————————————————————————————————————————————————


@lru_cache(maxsize=24)
def _atlas(country: str, language: str) -> Atlas | None:
    shapes = outline(country)
    if shapes is None:
        return None
    frame = frame_around((f["geometry"] for f in shapes["features"]), width=WIDTH, height=HEIGHT, margin=MARGIN)
    places = _pack_places(country)
    drawn = tuple(_shape(f["properties"]["code"], f["geometry"], frame) for f in shapes["features"])
    codes = {shape.code for shape in drawn}
    regions = {p.code: _spot(p, frame) for p in places if p.level == 1 or p.code in codes}
    found = [p for p in places if p.kind == Kind.MUNICIPALITY]
    dot = DOT if len(found) <= 100 else 6.0
    towns = _spread_towns([_spot(p, frame) for p in found], 2 * dot + 1)
    country_title = next((title_of(p) for p in places if p.kind == Kind.COUNTRY), country)
    return Atlas(country, country_title, frame, drawn, regions, towns, dot, shapes["licence"])


def _pack_places(country: str) -> list[Place]:
    """The pack's places down to municipalities, as unsaved rows: no query, and the same in every process."""
    by_hand = (outline(country) or {}).get("points_by_hand", {})
    return [
        Place(
            code=row["code"],
            kind=row["kind"],
            country=country,
            parent_id=row["parent"] or None,
            level=int(row["level"]),
            local_kind=row["local_kind"],
            name=row["name"],
            name_definite=row["name_definite"],
            name_en=row["name_en"],
            name_local=row["name_local"],
            lat=point[0] if point else None,
            lon=point[1] if point else None,
        )
        for pack in packs()
        if pack.code == country
        for row in pack.places
        if int(row["level"]) <= 2 and not row["valid_to"]
        for point in [_point(row, by_hand)]
    ]


def _point(row: dict[str, str], by_hand: Mapping[str, list[float]]) -> tuple[float, float] | None:
    """Latitude and longitude of a place; where no source gives them, the point that the outline sets by hand."""
    if row["lat"]:
        return float(row["lat"]), float(row["lon"])
    lon, lat = by_hand.get(row["code"], (None, None))
    return None if lat is None or lon is None else (lat, lon)


def _spot(place: Place, frame: Frame) -> Spot:
    x, y = (math.nan, math.nan) if place.lat is None or place.lon is None else frame.xy(place.lon, place.lat)
    name = short_name_of(place)
    return Spot(place.code, place.parent_id or "", place.kind, title_of(place), name, sort_key(name), x, y)


def _spread_towns(towns: list[Spot], apart: float) -> tuple[Spot, ...]:
    """Towns side by side are moved apart, so that each dot can be seen and touched."""
    placed = [town for town in towns if not math.isnan(town.x)]
    at = spread([(town.x, town.y) for town in placed], apart=apart)
    moved = {
        town.code: Spot(town.code, town.parent, town.kind, town.title, town.name, town.sort_key, x, y)
        for town, (x, y) in zip(placed, at, strict=True)
    }
    return tuple(moved.get(town.code, town) for town in towns)


def _shape(code: str, geometry: dict[str, Any], frame: Frame) -> Shape:
    inside = shapely.geometry.shape(geometry).representative_point()
    x, y = frame.xy(inside.x, inside.y)
    return Shape(code, path_of(geometry, frame), x, y)


@lru_cache(maxsize=16)
def _small(country: str) -> tuple[Frame, tuple[tuple[str, str], ...]]:
    features = (outline(country) or {"features": []})["features"]
    frame = frame_around((f["geometry"] for f in features), width=170, height=190, margin=6)
    return frame, tuple((f["properties"]["code"], path_of(f["geometry"], frame, fine=FINE)) for f in features)


@lru_cache(maxsize=8)
def _boundaries(country: str, newest: int) -> tuple[Frame, tuple[Shape, ...], list[str]]:
    """Frame, shapes and licence lines of the boundaries as they stood when `newest` was the last row."""
    rows_ = Boundary.objects.filter(place__country=country, place__kind=Kind.MUNICIPALITY, pk__lte=newest)
    latest = {row.place_id: row for row in rows_.order_by("generation")}
    frame = frame_around((row.geometry for row in latest.values()), width=WIDTH, height=HEIGHT, margin=MARGIN)
    shapes = tuple(_shape(code, row.geometry, frame) for code, row in sorted(latest.items()))
    return frame, shapes, sorted({row.licence for row in latest.values()})


@lru_cache(maxsize=8)
def _county_lines(country: str) -> str:
    """The lines between tiles of different counties, as an SVG path."""
    grid = tiles(country)
    county = {(tile.row, tile.column): tile.county for tile in grid}
    parts = []
    for (row, column), here in sorted(county.items()):
        x, y = column * TILE_WIDTH, row * TILE_HEIGHT
        if county.get((row, column + 1), here) != here:
            parts.append(f"M{x + TILE_WIDTH} {y}v{TILE_HEIGHT}")
        if county.get((row + 1, column), here) != here:
            parts.append(f"M{x} {y + TILE_HEIGHT}h{TILE_WIDTH}")
    return "".join(parts)


# — pieces —————————————————————————————————————————————————————————————————————————————————————————————————


def _radius(count: int | None, most: int, dot: float) -> float:
    """Area grows evenly with the number: one organisation has the smallest dot, `most` the largest."""
    if not count:
        return DOT_EMPTY if dot == DOT else 3.5
    largest = min(DOT_MOST, math.sqrt(dot**2 + 22 * (most - 1)))
    share = (count - 1) / (most - 1) if most > 1 else 0
    return math.sqrt(dot**2 + (largest**2 - dot**2) * share)


def _dot(town: Spot, count: int | None, radius: float, href: Href, hatch: str) -> str:
    number = ""
    if count is not None:
        tight = " tight" if len(_number(count)) * 3.4 > radius else ""
        number = f'<text class="dot-number{tight}" x="{town.x:.1f}" y="{town.y:.1f}" dy=".35em">{_number(count)}</text>'
    fill = f' fill="url(#{hatch}-hatch)"' if count is None else ""
    paper = f'<circle class="paper" cx="{town.x:.1f}" cy="{town.y:.1f}" r="{radius:.1f}"/>' if fill else ""
    mark = f'{paper}<circle cx="{town.x:.1f}" cy="{town.y:.1f}" r="{radius:.1f}"{fill}/>'
    return _link(town.code, town.title, count, _state(count), href, mark + number)


def _area(shape: Shape, spot: Spot | None, counts: Counts, steps: Sequence[int], href: Href, hatch: str = "") -> str:
    if spot is None:
        return f'<path class="area" d="{shape.d}"/>'
    count = counts.get(shape.code)
    fill = f' fill="url(#{hatch}-hatch)"' if hatch and count is None else ""
    inner = f'<path class="area" d="{shape.d}"{fill}/>'
    return _link(shape.code, spot.title, count, _state(count, steps), href, inner)


def _link(
    code: str, title: str, count: int | None, state: str, href: Href, inner: str, *, of: str = ORGANISATIONS
) -> str:
    """A place that can be followed, by pointer or keyboard; its name says the number or why there is none."""
    said = escape(f"{title}: {state_text(count, of=of)}")
    return f'<a href="{escape(href(code))}" class="{state}" aria-label="{said}"><title>{said}</title>{inner}</a>'


def _unplaced(atlas: Atlas) -> list[str]:
    """Says how many municipalities have no dot, since no source gives their point."""
    missing = sum(math.isnan(town.x) for town in atlas.towns)
    if not missing:
        return []
    words = ngettext(
        "%(n)s municipality has no known point and is only in the table",
        "%(n)s municipalities have no known point and are only in the table",
        missing,
    )
    return [words % {"n": missing}]


def _shore(atlas: Atlas) -> str:
    """The whole land once more beneath, with a broad soft edge."""
    return f'<path class="map-shore" d="{"".join(shape.d for shape in atlas.shapes)}"/>'


def _names(atlas: Atlas, drawn: Sequence[Spot], radii: Mapping[str, float]) -> str:
    """The names of the largest dots, wherever one fits without covering a dot or another name."""
    if len(drawn) > 100:
        return ""
    taken = [(t.x - radii[t.code], t.y - radii[t.code], t.x + radii[t.code], t.y + radii[t.code]) for t in drawn]
    labels = []
    for town in drawn[:22]:
        if radii[town.code] < atlas.dot:
            break
        wide, r = 5.7 * len(town.name) + 2, radii[town.code] + 2
        for anchor, x, y, left in (
            ("start", town.x + r, town.y, town.x + r),
            ("end", town.x - r, town.y, town.x - r - wide),
            ("middle", town.x, town.y - r - 5, town.x - wide / 2),
            ("middle", town.x, town.y + r + 5, town.x - wide / 2),
            *(("start", town.x + r, town.y + shift, town.x + r) for shift in (-6, 6)),
            *(("end", town.x - r, town.y + shift, town.x - r - wide) for shift in (-6, 6)),
            *(("start", town.x + off, town.y + shift, town.x + off) for off in (-r, 0) for shift in (-r - 4, r + 4)),
            *(
                ("end", town.x - off, town.y + shift, town.x - off - wide)
                for off in (-r, 0)
                for shift in (-r - 4, r + 4)
            ),
        ):
            box = (left, y - 6, left + wide, y + 6)
            if box[0] < 1 or box[2] > atlas.frame.width - 1 or any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            labels.append(
                f'<text class="dot-name {anchor}" x="{x:.1f}" y="{y:.1f}" dy=".35em">{escape(town.name)}</text>'
            )
            break
    return f'<g class="map-names" aria-hidden="true">{"".join(labels)}</g>'


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _state(count: int | None, steps: Sequence[int] | None = None) -> str:
    """The class that maps.css paints: unrecorded, nobody, or the shade."""
    if count is None:
        return "unrecorded"
    if count == 0:
        return "nobody"
    if steps is None:
        return "counted"
    return f"shade-{sum(count >= bound for bound in steps)}"


def _number(count: int | None) -> str:
    """As it is printed on a map: "12", "1,2k" for 1,234, "" where nobody is recorded."""
    if count is None:
        return ""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k".replace(".0k", "k") if count < 10_000 else f"{count // 1000}k"


def _tiles_title(of: str) -> str:
    if of == COUNCILS:
        return gettext("Municipalities of %(country)s as equal tiles: where a council is known")
    if of == ACTIVITIES:
        return gettext("Municipalities of %(country)s as equal tiles: where activities are")
    if of == SESSIONS:
        return gettext("Municipalities of %(country)s as equal tiles: where trainings were")
    return gettext("Municipalities of %(country)s as equal tiles: who works where")


def state_text(count: int | None, *, of: str = ORGANISATIONS) -> str:
    """The state in words: "3 organisations", "asked: none", "nobody recorded yet"."""
    if count is None:
        return gettext("nobody recorded yet") if of == ORGANISATIONS else gettext("nothing recorded yet")
    if count == 0:
        return gettext("asked: none")
    if of == COUNCILS:
        return ngettext("%(n)s council", "%(n)s councils", count) % {"n": count}
    if of == ACTIVITIES:
        return ngettext("%(n)s activity", "%(n)s activities", count) % {"n": count}
    if of == SESSIONS:
        return ngettext("%(n)s session", "%(n)s sessions", count) % {"n": count}
    return ngettext("%(n)s organisation", "%(n)s organisations", count) % {"n": count}


def _round_number(value: float) -> int:
    """The nearest of 1, 2, 3, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return int(min((1, 2, 3, 5, 10), key=lambda lead: abs(math.log(lead * power / value))) * power)


def _svg(
    width: int, height: int, title: str, inner: str, name: str, *, margin: int = 0, apart: float = 5, grain: int = 1
) -> str:
    """The frame of a map: hatching lines lie `apart` units from one another, `grain` times larger in fine paths."""
    box = f"{-margin} {-margin} {width + 2 * margin} {height + 2 * margin}"
    hatch = (
        f'<defs><pattern id="{name}-hatch" width="{apart}" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45) scale({grain})"><path class="hatch" d="M0 0v5"/></pattern></defs>'
    )
    wide = " wide" if width > height else ""
    size = f'width="{width + 2 * margin}" height="{height + 2 * margin}"'
    label = escape(title)
    return f'<svg class="map{wide}" viewBox="{box}" {size} role="group" aria-label="{label}">{hatch}{inner}</svg>'


def _block(name: str, svg: str, *, legend: str, credit: Sequence[str]) -> SafeString:
    past = escape(gettext("Past the map"))
    return mark_safe(
        f'<div class="map-block"><a class="map-past" href="#{name}-end">{past}</a>{svg}'
        f'<div id="{name}-end" tabindex="-1">{legend}'
        f'<p class="map-credit">{" · ".join(escape(line) for line in credit)}</p></div></div>'
    )


def _legend(
    steps: Sequence[int],
    states: Sequence[int | None],
    *,
    dots: bool,
    counties: bool = False,
    of: str = ORGANISATIONS,
) -> str:
    """What the shades mean, in numbers; the two empty states only where they are on the map."""
    entries = []
    if dots and any(states):
        entries.append(_key("counted", gettext("dot: organisations working in the municipality"), round_=True))
    if steps:
        what = gettext("organisations in the whole county:") if dots else gettext("organisations:")
        others = {
            ACTIVITIES: gettext("activities:"), COUNCILS: gettext("councils:"), SESSIONS: gettext("sessions:"),
        }  # fmt: skip
        what = others.get(of, what)
        entries.append(f"<li>{escape(what)}</li>")
    for i, bound in enumerate(steps):
        last = i == len(steps) - 1
        top = bound if last and len(steps) < SHADES else None if last else steps[i + 1] - 1
        words = f"{bound}+" if top is None else str(bound) if top == bound else f"{bound}–{top}"
        entries.append(_key(f"shade-{i + 1}", words))
    if any(state == 0 for state in states):
        entries.append(_key("nobody", gettext("asked: none"), round_=dots))
    if any(state is None for state in states):
        text = gettext("nobody recorded yet, which does not mean that nobody is there")
        if of in (ACTIVITIES, SESSIONS):
            text = gettext("nothing recorded yet, which does not mean that nothing is done there")
        elif of == COUNCILS:
            text = gettext("nothing recorded yet, which does not mean that there is no council")
        entries.append(_key("unrecorded", text, round_=dots))
    if counties:
        entries.append(_key("county-line", gettext("county border")))
    return f'<ul class="map-legend{" tints" if dots else ""}">{"".join(entries)}</ul>'


def _key(state: str, words: str, *, round_: bool = False) -> str:
    mark = '<circle cx="9" cy="7" r="6"/>' if round_ else '<rect x="1" y="1" width="16" height="12" rx="2"/>'
    if state == "county-line":
        mark = '<path class="tile-counties" d="M1 7h16"/>'
    if state == "unrecorded":
        mark = mark.replace("/>", ' fill="none"/>') + (
            '<path class="hatch" d="M5 9l5-7M7 12l6-8"/>'
            if round_
            else '<path class="hatch" d="M3 13l8-12M8 13l8-12"/>'
        )
    return (
        f'<li><svg class="{state}" viewBox="0 0 18 14" width="18" height="14" aria-hidden="true">{mark}</svg> '
        f"{escape(words)}</li>"
    )
