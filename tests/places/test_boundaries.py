"""An operator's own boundaries: a good sheet is kept with its licence, a bad one is refused with all that is wrong.

The sheet is made here: each municipality of Montenegro as a square of its own inside the country's box.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sofra.ground.models import AuditLine
from sofra.places import gazetteer, services
from sofra.places.boundaries import BadBoundaries, read_boundaries
from sofra.places.models import Boundary

LICENCE = "© Surveyors of Nowhere, CC BY 4.0"
Sheet = dict[str, Any]


def square(x: float, y: float, size: float = 0.1) -> Sheet:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def sheet() -> Sheet:
    rows = [row for pack in gazetteer.packs() if pack.code == "ME" for row in pack.places if row["level"] == "2"]
    features = [
        {
            "type": "Feature",
            "properties": {"code": row["code"], "name": row["name"]},
            "geometry": square(18.5 + 0.1 * (at % 5), 42.0 + 0.1 * (at // 5)),
        }
        for at, row in enumerate(rows)
    ]
    return {"type": "FeatureCollection", "attribution": LICENCE, "features": features}


def written(folder: Path, content: object) -> Path:
    path = folder / "sheet.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_good_sheet_is_read(tmp_path: Path) -> None:
    read = read_boundaries(written(tmp_path, sheet()))
    assert (read.pack, read.kind, len(read.shapes), read.licence) == ("ME", "municipality", 25, LICENCE)


def test_shapes_are_known_by_name_where_they_have_no_code(tmp_path: Path) -> None:
    content = sheet()
    for feature in content["features"]:
        feature["properties"] = {"NAME": f"Opština {feature['properties']['name']}"}
    assert set(read_boundaries(written(tmp_path, content)).shapes) == {f"ME-{n:02}" for n in range(1, 26)}


def test_a_sliver_between_neighbours_is_no_overlap(tmp_path: Path) -> None:
    content = sheet()
    content["features"][0]["geometry"] = square(18.5, 42.0, 0.1002)
    read_boundaries(written(tmp_path, content))


def _drop(content: Sheet) -> None:
    content["features"].pop()


def _twice(content: Sheet) -> None:
    content["features"].append(content["features"][0])


def _overlap(content: Sheet) -> None:
    content["features"][0]["geometry"] = square(18.55, 42.0)


def _bow(content: Sheet) -> None:
    ring = [[18.5, 42.0], [18.6, 42.1], [18.6, 42.0], [18.5, 42.1], [18.5, 42.0]]
    content["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}


def _swap(content: Sheet) -> None:
    for feature in content["features"]:
        ring = feature["geometry"]["coordinates"][0]
        feature["geometry"]["coordinates"] = [[[y, x] for x, y in ring]]


def _unknown_code(content: Sheet) -> None:
    content["features"][0]["properties"]["code"] = "ME-99"


def _no_licence(content: Sheet) -> None:
    del content["attribution"]


def _no_geometry(content: Sheet) -> None:
    content["features"][0]["geometry"] = None


def _nonsense(content: Sheet) -> None:
    content["features"][0]["geometry"]["coordinates"] = [[["a", "b"]]]


def _metres(content: Sheet) -> None:
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6870"}}


BAD = [
    (_drop, ["24", "25", "ME-25"]),
    (_twice, ["ME-01", "2"]),
    (_overlap, ["ME-01", "ME-02", "50"]),
    (_bow, ["ME-01"]),
    (_swap, ["WGS 84"]),
    (_unknown_code, ["ME-99", "ME-01"]),
    (_no_licence, ["--licence"]),
    (_no_geometry, ["ME-01"]),
    (_nonsense, ["ME-01"]),
    (_metres, ["EPSG:4326"]),
]


@pytest.mark.parametrize(("damage", "words"), BAD, ids=[damage.__name__ for damage, _ in BAD])
def test_a_bad_sheet_is_refused_and_told_why(tmp_path: Path, damage: Callable[[Sheet], None], words: list[str]) -> None:
    content = sheet()
    damage(content)
    with pytest.raises(BadBoundaries) as refused:
        read_boundaries(written(tmp_path, content))
    told = " ".join(refused.value.problems)
    assert all(word in told for word in words), told


@pytest.mark.parametrize(
    "content", ["", "hello", "[1, 2]", "{}", '{"type": "FeatureCollection", "features": [', "null"]
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadBoundaries):
        read_boundaries(written(tmp_path, content))


@pytest.mark.django_db
def test_all_problems_of_a_file_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    services.load_places()
    content = sheet()
    _no_licence(content)
    _drop(content)
    _bow(content)
    with pytest.raises(CommandError, match=r"(?s)licence.*ME-01.*ME-25"):
        call_command("places", "load-boundaries", str(written(tmp_path, content)))
    assert not Boundary.objects.exists()


@pytest.mark.django_db
def test_a_second_load_is_a_new_generation_and_the_first_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services.load_places()
    path = str(written(tmp_path, sheet()))
    call_command("places", "load-boundaries", path)
    call_command("places", "load-boundaries", path, "--licence", "© Somebody")
    assert list(Boundary.objects.values_list("generation", "licence").distinct().order_by("generation")) == [
        (1, LICENCE),
        (2, "© Somebody"),
    ]
    assert AuditLine.objects.filter(what="places.boundaries_loaded").count() == 2
    assert LICENCE in capsys.readouterr().out


@pytest.mark.django_db
def test_boundaries_before_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="places load"):
        call_command("places", "load-boundaries", str(written(tmp_path, sheet())))
