"""An operator's own boundaries: a GeoJSON file is checked as a whole, or refused with everything that is wrong.

What is checked: it is a FeatureCollection in WGS 84 degrees; every shape is one place of one pack and kind, each
exactly once and none missing; every shape is valid, lies in its country and overlaps no other by more than a sliver;
its licence is known, because maps must print it.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import shape

from sofra.ground.text import fold

from .gazetteer import Pack, load, packs
from .resolving import resolve

LARGEST_FILE = 100 * 1024 * 1024
SLIVER = 0.01  # of the smaller shape's area: neighbours that were simplified apart overlap by less
_CODES = ("code", "lau", "lau_code", "LAU_CODE", "iso_3166_2", "shapeISO", "id")
_NAMES = ("name", "name_sq", "NAME", "name_en", "shapeName", "NAME_2", "NAME_1", "emri")


@dataclass
class Sheet:
    """A checked set of boundaries: one shape for each place of one kind of one country."""

    pack: str
    kind: str
    licence: str
    shapes: dict[str, dict[str, Any]] = field(default_factory=dict)


class BadBoundaries(Exception):
    """The file cannot be taken; `problems` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_boundaries(path: Path, *, licence: str = "") -> Sheet:
    """Read and check a file. Raises BadBoundaries with every problem that was found."""
    content = _open(path)
    features = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(features, list) or not features:
        raise BadBoundaries([_("The file is no GeoJSON FeatureCollection with shapes in it.")])
    problems: list[str] = []
    if "crs" in content and "CRS84" not in json.dumps(content["crs"]) and "4326" not in json.dumps(content["crs"]):
        problems.append(_("The file names another coordinate system; export it in WGS 84 (EPSG:4326)."))
    licence = licence.strip() or _licence_of(content)
    if not licence:
        problems.append(
            _(
                "The file does not say under which licence it may be shown; add --licence “© … , licence”, maps print it."  # noqa: E501
            )
        )
    pack, kind = _meant(features)
    expected = {row["code"]: row["name"] for row in pack.places if row["kind"] == kind}
    sheet = Sheet(pack.code, kind, licence)
    found: Counter[str] = Counter()
    geometries: dict[str, shapely.Geometry] = {}
    for number, feature in enumerate(features, start=1):
        code, said = _code_of(feature, expected, pack)
        if code is None:
            problems.append(
                _("Shape %(number)d (%(said)s) is no %(kind)s of %(country)s that is known here.")
                % {"number": number, "said": said, "kind": kind, "country": pack.code}
            )
            continue
        found[code] += 1
        geometry = _geometry(feature, f"{expected[code]} ({code})", pack, problems)
        if geometry is not None and found[code] == 1:
            sheet.shapes[code] = feature["geometry"]
            geometries[code] = geometry
    problems += _counted(expected, found, len(features), kind)
    problems += _overlaps(geometries, expected)
    if problems:
        raise BadBoundaries(problems)
    return sheet


def _open(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadBoundaries([_("The file is larger than 100 MB; simplify the shapes first.")])
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadBoundaries([_("There is no file %(path)s.") % {"path": path}]) from None
    except OSError as error:
        raise BadBoundaries([_("The file cannot be read: %(error)s.") % {"error": error.strerror}]) from None
    except UnicodeDecodeError:
        raise BadBoundaries([_("The file is not in UTF-8.")]) from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise BadBoundaries(
            [_("The file is not whole: it stops being JSON in line %(line)d.") % {"line": line}]
        ) from None
    if not isinstance(content, dict):
        raise BadBoundaries([_("The file is no GeoJSON FeatureCollection with shapes in it.")])
    return content


def _licence_of(content: dict[str, Any]) -> str:
    places = [content, content.get("metadata"), content.get("properties")]
    said = [
        str(place[key]).strip()
        for place in places
        if isinstance(place, dict)
        for key in ("attribution", "copyright", "license", "licence")
        if place.get(key)
    ]
    return " · ".join(dict.fromkeys(said))


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    properties = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(feature, dict) and "id" in feature:
        properties.setdefault("id", feature["id"])
    return properties


def _meant(features: list[Any]) -> tuple[Pack, str]:
    """Which country's places of which kind most shapes name; the first country's municipalities where none does."""
    spots, counts = load().spots, Counter[tuple[str, str]]()
    for feature in features:
        properties = _properties(feature)
        codes = [str(properties[key]) for key in _CODES if str(properties.get(key, "")) in spots]
        for code in codes[:1]:
            counts[(spots[code].country, spots[code].kind)] += 1
    if not counts:
        for pack in packs():
            for kind, number in pack.about["counts"].items():
                named = sum(1 for f in features if _by_name(_properties(f), _of_kind(pack, kind), pack.code))
                counts[(pack.code, kind)] = named * 1000 - abs(number - len(features))
    country, kind = counts.most_common(1)[0][0]
    return next((pack for pack in packs() if pack.code == country), packs()[0]), kind


def _of_kind(pack: Pack, kind: str) -> dict[str, str]:
    return {row["code"]: row["name"] for row in pack.places if row["kind"] == kind}


def _code_of(feature: Any, expected: dict[str, str], pack: Pack) -> tuple[str | None, str]:
    properties = _properties(feature)
    coded = next((str(properties[key]) for key in ("code", "lau", "lau_code") if properties.get(key)), "")
    if coded and coded not in expected:
        return None, coded
    for key in _CODES:
        if str(properties.get(key, "")) in expected:
            return str(properties[key]), str(properties[key])
    named = next((str(properties[key]) for key in _NAMES if properties.get(key)), _("without a name"))
    return _by_name(properties, expected, pack.code), named


def _by_name(properties: dict[str, Any], expected: dict[str, str], country: str) -> str | None:
    for key in _NAMES:
        name = str(properties.get(key) or "")
        if not fold(name):
            continue
        reading = resolve(name, country=country)
        fitting = [code for code in dict.fromkeys(reading.codes + reading.alternatives) if code in expected]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _geometry(feature: dict[str, Any], told: str, pack: Pack, problems: list[str]) -> shapely.Geometry | None:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        problems.append(_("%(place)s has no polygon.") % {"place": told})
        return None
    try:
        numbers = list(_numbers(geometry.get("coordinates")))
        if not numbers or not all(math.isfinite(n) for n in numbers):
            raise ValueError
        made = shape(geometry)
    except (GEOSException, ShapelyError, ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        problems.append(_("The coordinates of %(place)s cannot be read.") % {"place": told})
        return None
    if made.is_empty or not made.is_valid:
        reason = shapely.is_valid_reason(made)
        problems.append(_("The shape of %(place)s is not valid: %(reason)s.") % {"place": told, "reason": reason})
        return None
    west, south, east, north = made.bounds
    box = pack.about["bounds"]
    if west < box[0] or south < box[1] or east > box[2] or north > box[3]:
        problems.append(
            _("%(place)s lies outside its country; coordinates are longitude, latitude in degrees (WGS 84).")
            % {"place": told}
        )
        return None
    return made


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError
    else:
        yield float(value)


def _counted(expected: dict[str, str], found: Counter[str], shapes: int, kind: str) -> list[str]:
    problems = []
    if shapes != len(expected):
        problems.append(
            _("The file has %(found)d shapes; there are %(expected)d places of this kind (%(kind)s).")
            % {"found": shapes, "expected": len(expected), "kind": kind}
        )
    problems += [
        _("%(place)s is there %(times)d times.") % {"place": f"{expected[code]} ({code})", "times": times}
        for code, times in found.items()
        if times > 1
    ]
    missing = [f"{name} ({code})" for code, name in expected.items() if code not in found]
    if missing:
        problems.append(_("Missing: %(places)s.") % {"places": ", ".join(missing)})
    return problems


def _overlaps(geometries: dict[str, shapely.Geometry], expected: dict[str, str]) -> list[str]:
    if len(geometries) < 2:
        return []
    codes = list(geometries)
    shapes = [geometries[code] for code in codes]
    tree = shapely.STRtree(shapes)
    problems = []
    for left, right in sorted(tree.query(shapes, predicate="intersects").T.tolist()):
        if left >= right:
            continue
        common = shapely.intersection(shapes[left], shapes[right]).area
        share = common / min(shapes[left].area, shapes[right].area)
        if share > SLIVER:
            problems.append(
                _("%(one)s and %(other)s overlap by %(share)d %% of the smaller.")
                % {
                    "one": f"{expected[codes[left]]} ({codes[left]})",
                    "other": f"{expected[codes[right]]} ({codes[right]})",
                    "share": max(1, round(share * 100)),
                }
            )
    return problems
