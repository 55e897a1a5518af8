"""Maps of a report as SVG that stands on its own: no style sheet, no script, no link, so that it prints anywhere.

Three states stay apart: a number, with its shade; 0, asked and nobody; None, not known, which is hatched.
"""

import shapely
from django.utils.html import escape

from sofra.places import maps
from sofra.places.models import Place
from sofra.places.outlines import FINE, Frame, broken, frame_around, outline, path_of, tiles
from sofra.places.titles import short_name_of
from sofra.printing import palette
from sofra.printing.palette import COLOURS

WIDTH, HEIGHT, MARGIN = 420, 720, 12
TILE_WIDTH, TILE_HEIGHT = 62, 52
SHADES = tuple(COLOURS[name] for name in ("surface", "map-1", "map-2", "map-3", "map-4"))  # 0 nobody, then to dark
DARK = 3  # from this shade on the letters are light
INK, LINE, PAPER, GROUND = (COLOURS[name] for name in ("ink", "edge", "surface", "paper"))
FONT = f'font-family="{palette.FONT}"'
_HATCH = (
    '<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="scale({scale})">'
    f'<rect width="6" height="6" fill="{PAPER}"/><path d="M0 6L6 0" stroke="{LINE}" stroke-width="0.7"/>'
    "</pattern></defs>"
)

Counts = maps.Counts


def can_draw(country: str) -> bool:
    return outline(country) is not None


def county_map(country: str, counts: Counts) -> str:
    """Counties shaded by their number, which stands on each; "" where the country's pack has no outline."""
    shapes = outline(country)
    if shapes is None:
        return ""
    frame = frame_around((one["geometry"] for one in shapes["features"]), width=WIDTH, height=HEIGHT, margin=MARGIN)
    bounds = maps.shades(list(counts.values()))
    names = {one.code: short_name_of(one) for one in Place.objects.filter(country=country, level=1)}
    areas, labels = [], []
    for feature in shapes["features"]:
        code = feature["properties"]["code"]
        count = counts.get(code)
        d = path_of(feature["geometry"], frame)
        areas.append(f'<path d="{d}" fill="{_fill(count, bounds, "counties-hatch")}" stroke="{INK}" stroke-width="6"/>')
        labels.append(_label(feature["geometry"], frame, names.get(code, ""), count, bounds))
    inner = f'<g transform="scale({1 / FINE})" stroke-linejoin="round">{"".join(areas)}</g>{"".join(labels)}'
    return _svg(frame.width, frame.height, _HATCH.format(name="counties-hatch", scale=FINE) + inner)


def tile_map(country: str, counts: Counts) -> str:
    """Every municipality as a tile of the same size, near where it lies; "" where the pack has no tiles."""
    grid = tiles(country)
    if not grid:
        return ""
    bounds = maps.shades([counts.get(one.code) for one in grid])
    names = {one.code: short_name_of(one) for one in Place.objects.filter(code__in=[tile.code for tile in grid])}
    parts = []
    for tile in grid:
        x, y, count = tile.column * TILE_WIDTH + 2, tile.row * TILE_HEIGHT + 2, counts.get(tile.code)
        ink = PAPER if _shade(count, bounds) >= DARK else INK
        middle = x + TILE_WIDTH / 2 - 2
        words = "".join(
            f'<text x="{middle:g}" y="{y + 14 + line * 10.5:g}" font-size="9.5">{escape(word)}</text>'
            for line, word in enumerate(broken(names.get(tile.code, tile.code)))
        )
        number = f'<text x="{middle:g}" y="{y + 43:g}" font-size="14" font-weight="bold">{_number(count)}</text>'
        parts.append(
            f'<rect x="{x}" y="{y}" width="{TILE_WIDTH - 4}" height="{TILE_HEIGHT - 4}" rx="4" '
            f'fill="{_fill(count, bounds, "tiles-hatch")}" stroke="{LINE}"/>'
            f'<g {FONT} text-anchor="middle" fill="{ink}">{words}{number}</g>'
        )
    width = (max(tile.column for tile in grid) + 1) * TILE_WIDTH
    height = (max(tile.row for tile in grid) + 1) * TILE_HEIGHT
    return _svg(width, height, _HATCH.format(name="tiles-hatch", scale=1) + "".join(parts))


def _label(geometry: dict[str, object], frame: Frame, name: str, count: int | None, bounds: list[int]) -> str:
    inside = shapely.geometry.shape(geometry).representative_point()
    x, y = frame.xy(inside.x, inside.y)
    ink = PAPER if _shade(count, bounds) >= DARK else INK
    return (
        f'<g {FONT} text-anchor="middle" fill="{ink}">'
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12">{escape(name)}</text>'
        f'<text x="{x:.1f}" y="{y + 17:.1f}" font-size="16" font-weight="bold">{_number(count)}</text></g>'
    )


def _shade(count: int | None, bounds: list[int]) -> int:
    return 0 if not count else sum(count >= bound for bound in bounds)


def _fill(count: int | None, bounds: list[int], hatch: str) -> str:
    return f"url(#{hatch})" if count is None else SHADES[_shade(count, bounds)]


def _number(count: int | None) -> str:
    return "?" if count is None else str(count)


def _svg(width: float, height: float, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}"><rect width="{width:g}" height="{height:g}" fill="{GROUND}"/>{inner}</svg>'
    )
