"""Makes the outline of each country pack from Natural Earth's admin-1 polygons (public domain).

Run it once when a pack is made: `python tools/make_outlines.py ADMIN1.geojson PLACES.csv src/sofra/places/packs`.
Natural Earth draws municipalities where we keep regions (XK, MK): they are joined by the code of the
municipality of that name. Shared borders are simplified together, so that no gap opens between neighbours.
"""

import csv
import json
import sys
from pathlib import Path

import shapely
from shapely.geometry import mapping, shape

from sofra.ground.text import fold

SOURCE = "Natural Earth 10m admin-1, simplified"
LICENCE = "Natural Earth, public domain"
TOLERANCE = {"AL": 0.00001, "XK": 0.00001, "ME": 0.00003, "MK": 0.00003, "BA": 0.0001, "RS": 0.0003}  # square degrees
CANTONS = {
    "Bosnian Podrinje": "BA-BIH-C01", "West Bosnia": "BA-BIH-C02", "Herzegovina-Neretva": "BA-BIH-C03",
    "Sarajevo": "BA-BIH-C04", "Central Bosnia": "BA-BIH-C05", "Tuzla": "BA-BIH-C06", "Una-Sana": "BA-BIH-C07",
    "Zenica-Doboj": "BA-BIH-C08", "Posavina": "BA-BIH-C09", "West Herzegovina": "BA-BIH-C10",
    "Brčko Distrikt": "BA-BRC",
}  # fmt: skip
# Seats that GeoNames does not have: longitude and latitude, to about two kilometres, for the dot on the map only.
BY_HAND = {"AL": {"AL331": [20.27, 39.93]}}
# Names that Natural Earth writes its own way; the last four were joined to Kičevo in 2013.
OTHER_NAMES = {
    "Dečani": "XK-GK", "Đakovica": "XK-GK", "Kosovska Kamenica": "XK-GJ", "Mavrovo and Rostusa": "MK-R6",
    "Strumitsa": "MK-R4", "Kavadartsi": "MK-R1", "Brod": "MK-R3", "Oslomej": "MK-R3", "Zajas": "MK-R3",
    "Drugovo": "MK-R3", "Vraneštica": "MK-R3",
}  # fmt: skip


def parents_by_name(path: Path) -> dict[tuple[str, str], str]:
    """(country, folded name of a municipality) → code of the region above it."""
    found = {}
    for row in csv.DictReader(path.open(encoding="utf-8")):
        if row["level"] == "2":
            for name in [row["name"], row["name_en"], *row["name_alt"].split("|"), *row["name_local"].split("/")]:
                found[row["country"], fold(name.replace("Municipality of", "").replace("Opština", ""))] = row[
                    "parent_code"
                ]
    return found


def code_of(properties: dict[str, str], parents: dict[tuple[str, str], str]) -> str:
    country, name = properties["country"], properties["name"]
    if country in {"AL", "RS"}:
        return properties["iso_3166_2"]
    if country == "BA":
        return CANTONS[name] if properties["type"] != "Region" else "BA-SRP"
    if country == "ME":
        return f"ME:{fold(name)}"  # municipalities of before 2013: a line on the map, not a place of ours
    return OTHER_NAMES.get(name) or parents[country, fold(name)]


def main(admin1: Path, places: Path, packs: Path) -> None:
    parents = parents_by_name(places)
    parts: dict[str, dict[str, list[shapely.Geometry]]] = {}
    for feature in json.loads(admin1.read_text(encoding="utf-8"))["features"]:
        properties = feature["properties"]
        code = code_of(properties, parents)
        parts.setdefault(properties["country"], {}).setdefault(code, []).append(shape(feature["geometry"]).buffer(0))
    for country, shapes in sorted(parts.items()):
        joined = [shapely.union_all(pieces, grid_size=0.0001) for pieces in shapes.values()]
        simple = shapely.coverage_simplify(joined, TOLERANCE[country] ** 0.5, simplify_boundary=True)
        features = [
            {
                "type": "Feature",
                "properties": {"code": "" if ":" in code else code},
                "geometry": rounded(without_specks(geometry)),
            }
            for code, geometry in sorted(zip(shapes, simple, strict=True), key=lambda pair: pair[0])
        ]
        outline = {"type": "FeatureCollection", "source": SOURCE, "licence": LICENCE, "features": features}
        if country in BY_HAND:
            outline["points_by_hand"] = BY_HAND[country]
        target = packs / country.lower() / "outline.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(outline, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        print(country, len(features), "shapes", target.stat().st_size, "bytes")


def without_specks(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape without slivers below a thousandth of a square degree, save the largest."""
    polygons = sorted(getattr(geometry, "geoms", [geometry]), key=lambda polygon: -polygon.area)
    kept = [shapely.Polygon(polygon.exterior) for polygon in polygons if polygon is polygons[0] or polygon.area > 0.001]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def rounded(geometry: shapely.Geometry) -> dict[str, object]:
    """As GeoJSON with three decimals: a hundred metres, finer than a pixel of the map."""

    def three(value: object) -> object:
        return round(value, 3) if isinstance(value, float) else [three(part) for part in value]  # type: ignore[union-attr]

    drawn = mapping(geometry)
    return {"type": drawn["type"], "coordinates": three(drawn["coordinates"])}


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
