"""The shapes of a country pack, laid flat on a frame of map units and written as SVG paths."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from .gazetteer import PACKS, packs

FINE = 10  # paths are written in tenths of a map unit, as whole numbers


@dataclass(frozen=True, slots=True)
class Frame:
    """Lays longitude and latitude (degrees) on map units: x to the right, y down, equal scale both ways.

    One degree of longitude is shorter than one of latitude by the cosine of the middle latitude; over a country
    of three degrees that is exact to the width of a line.
    """

    west: float
    north: float
    scale: float  # map units a degree of latitude
    squeeze: float
    margin: float
    width: int
    height: int

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.margin + (lon - self.west) * self.squeeze * self.scale
        return x, self.margin + (self.north - lat) * self.scale


@dataclass(frozen=True, slots=True)
class Tile:
    """A municipality's square in the tile grid."""

    code: str
    county: str
    row: int
    column: int


@lru_cache(maxsize=16)
def outline(country: str) -> dict[str, Any] | None:
    """The pack's outline as GeoJSON with a `source` and a `licence`; None where the pack has none."""
    path = PACKS / country.lower() / "outline.json"
    if not country.isalpha() or not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=16)
def tiles(country: str) -> tuple[Tile, ...]:
    """The pack's tile grid, by code; empty where the pack has none."""
    for pack in packs():
        if pack.code == country:
            rows = {row["code"]: row for row in pack.places}
            return tuple(
                Tile(code, rows[code]["parent"], row, column) for code, (row, column) in sorted(pack.tiles.items())
            )
    return ()


@lru_cache(maxsize=512)
def broken(name: str) -> tuple[str, ...]:
    """A name in one line or two, at most nine letters each: parted at a space or hyphen, else between syllables."""
    if len(name) <= 9:
        return (name,)
    parted = [i + 1 for i, letter in enumerate(name) if letter in " -"]
    syllables = [i for i in range(2, len(name) - 2) if name[i - 1] in "aeiouyë" and name[i] not in "aeiouyë"]
    if not (parted or syllables):
        return (name,)
    at = min(parted or syllables, key=lambda i: abs(i - len(name) / 2))
    return (name[:at].strip() + ("" if parted else "-"), name[at:])


def frame_around(geometries: Iterable[dict[str, Any]], *, width: int, height: int, margin: float) -> Frame:
    """The largest frame within `width` × `height` map units that holds all geometries (GeoJSON, degrees)."""
    points = [point for geometry in geometries for ring in rings(geometry) for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
    return Frame(
        west, north, scale, squeeze, margin, round(wide * scale + 2 * margin), round(high * scale + 2 * margin)
    )


def rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Every ring of a GeoJSON Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def path_of(geometry: dict[str, Any], frame: Frame, *, fine: int = FINE) -> str:
    """The geometry as the `d` of an SVG path, in steps of 1/`fine` map unit; points that fall together are left out."""
    parts = []
    for ring in rings(geometry):
        points = [frame.xy(lon, lat) for lon, lat, *_ in ring[:-1]]
        whole = [(round(x * fine), round(y * fine)) for x, y in points]
        kept = [point for i, point in enumerate(whole) if point != whole[i - 1]]
        if len(kept) < 3:
            continue
        steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(kept)]
        parts.append(f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(parts)


def spread(points: list[tuple[float, float]], *, apart: float) -> list[tuple[float, float]]:
    """The points pushed from one another until they lie about `apart` map units from their nearest neighbour.

    So that the dots of towns side by side can each be seen and touched. A point is drawn back to where it belongs
    with a tenth of its way, hence none strays far. Same points, same result.
    """
    at = [list(point) for point in points]
    for _round in range(60):
        moved = False
        for i in range(len(at)):
            for j in range(i):
                dx, dy = at[i][0] - at[j][0], at[i][1] - at[j][1]
                distance = math.hypot(dx, dy)
                if distance < apart - 0.1:
                    if distance < 0.01:
                        dx, dy, distance = math.cos(i), math.sin(i), 1.0
                    push = min((apart - distance) / 2, apart / 4) / distance
                    at[i][0] += dx * push
                    at[i][1] += dy * push
                    at[j][0] -= dx * push
                    at[j][1] -= dy * push
                    moved = True
        if not moved:
            break
        if _round < 40:
            for point, home in zip(at, points, strict=True):
                point[0] += (home[0] - point[0]) * 0.05
                point[1] += (home[1] - point[1]) * 0.05
    return [(x, y) for x, y in at]
