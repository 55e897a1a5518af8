"""The maps: every place is a named link, numbers are printed, nobody recorded looks unlike nobody."""

import gzip
import xml.etree.ElementTree as ElementTree

import pytest
from django.utils import translation

from sofra.places import maps, outlines
from sofra.places.models import Boundary, Kind, Place

SVG = "{http://www.w3.org/2000/svg}"
COUNTRIES = ("AL", "XK", "BA", "MK", "ME", "RS")
COUNTS = {"AL224": 38, "AL154": 5, "AL111": 0, "AL-11": 40, "AL-10": 5}


def href(code: str) -> str:
    return f"/places/{code}/"


def links(drawn: str) -> dict[str, ElementTree.Element]:
    """The drawing's links by the code in their address; also proves that the drawing is well-formed."""
    root = ElementTree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))
    return {a.attrib["href"].split("/")[2]: a for a in root.iter(f"{SVG}a")}


def test_county_map_links_twelve_counties_and_sixty_one_seats() -> None:
    found = links(maps.county_map("AL", COUNTS, href=href))
    assert sum(code.startswith("AL-") for code in found) == 12
    assert sum(not code.startswith("AL-") for code in found) == 61


def test_tile_grid_has_every_municipality_once_and_no_two_on_one_spot() -> None:
    found = links(maps.tile_grid("AL", COUNTS, href=href))
    assert len(found) == 61
    assert len({(tile.row, tile.column) for tile in outlines.tiles("AL")}) == 61


@pytest.mark.parametrize("draw", [maps.county_map, maps.tile_grid])
def test_three_states_are_told_apart_by_class_name_and_number(draw: maps.Drawing) -> None:
    with translation.override("en"):
        found = links(draw("AL", COUNTS, href=href))
    many, nobody, unrecorded = found["AL224"], found["AL111"], found["AL153"]
    assert many.attrib["aria-label"] == "Municipality of Tirana: 38 organisations"
    assert nobody.attrib["aria-label"] == "Municipality of Bulqizë: asked: none"
    assert unrecorded.attrib["aria-label"] == "Municipality of Pukë: nobody recorded yet"
    assert len({many.attrib["class"], nobody.attrib["class"], unrecorded.attrib["class"]}) == 3
    numbers = {
        name: "".join(t.text or "" for t in a.iter(f"{SVG}text") if "number" in t.attrib["class"])
        for name, a in {"many": many, "nobody": nobody, "unrecorded": unrecorded}.items()
    }
    assert numbers == {"many": "38", "nobody": "0", "unrecorded": ""}
    assert any("hatch" in part.attrib.get("fill", "") for part in unrecorded.iter())
    assert not any("hatch" in part.attrib.get("fill", "") for part in nobody.iter())


def test_legend_names_only_states_that_are_on_the_map() -> None:
    with translation.override("en"):
        all_known = {tile.code: 1 for tile in outlines.tiles("AL")}
        assert "nobody recorded yet" not in maps.tile_grid("AL", all_known, href=href)
        assert "asked: none" not in maps.tile_grid("AL", all_known, href=href)
        assert "asked: none" in maps.tile_grid("AL", {**all_known, "AL111": 0}, href=href)


def test_albanian_names_carry_their_office() -> None:
    found = links(maps.county_map("AL", COUNTS, href=href))
    assert found["AL153"].attrib["aria-label"].startswith("Bashkia Pukë: ")
    assert found["AL-10"].attrib["aria-label"].startswith("Qarku Shkodër: ")


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_a_map_with_dots_inside_its_frame(country: str) -> None:
    drawn = maps.county_map(country, {}, href=href)
    root = ElementTree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))
    svg = next(root.iter(f"{SVG}svg"))
    _left, _top, width, height = map(float, svg.attrib["viewBox"].split())
    dots = [c for g in svg.iter(f"{SVG}g") if g.attrib.get("class") == "map-dots" for c in g.iter(f"{SVG}circle")]
    assert len(dots) >= 20
    assert all(0 < float(c.attrib["cx"]) < width and 0 < float(c.attrib["cy"]) < height for c in dots)
    assert "Natural Earth, public domain" in drawn


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_drawn_region_is_a_place_of_the_pack(country: str) -> None:
    shapes = outlines.outline(country)
    assert shapes is not None
    known = {place.code for place in maps._pack_places(country)}
    codes = [feature["properties"]["code"] for feature in shapes["features"]]
    assert {code for code in codes if code} <= known


def test_unknown_country_has_no_map() -> None:
    assert maps.county_map("FR", {}, href=href) == ""
    assert maps.tile_grid("RS", {}, href=href) == ""
    assert maps.county_map("../al", {}, href=href) == ""


def test_nothing_is_styled_or_scripted_in_line_and_names_are_escaped() -> None:
    drawn = maps.county_map("AL", COUNTS, href=lambda code: f'/x"><script>/{code}') + maps.tile_grid(
        "AL", COUNTS, href=href
    )
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert " on" not in {part[:3] for part in drawn.split('"')}


def test_map_of_home_is_small() -> None:
    full = {spot.code: 3 for spot in maps._atlas("AL", "sq").places.values()}  # type: ignore[union-attr]
    drawn = maps.county_map("AL", full, href=href)
    assert len(gzip.compress(drawn.encode())) < 25_000


def test_dot_areas_grow_evenly_with_numbers() -> None:
    one, ten, most = (maps._radius(n, 19, 8.5) for n in (1, 10, 19))
    assert ten**2 - one**2 == pytest.approx(most**2 - ten**2)
    assert maps._radius(None, 19, 8.5) == maps._radius(0, 19, 8.5) < one


def test_towns_side_by_side_are_moved_apart_but_not_far() -> None:
    points = [(10.0, 10.0), (10.0, 10.0), (14.0, 10.0), (90.0, 90.0)]
    moved = outlines.spread(points, apart=12)
    for i, a in enumerate(moved):
        for b in moved[:i]:
            assert ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 > 11
    assert moved[3] == points[3]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, []), (1, [1]), (4, [1, 2, 3, 4]), (5, [1, 2, 3, 4]), (100, [1, 3, 10, 30]), (100_000, [1, 20, 300, 5000])],
)
def test_shades_begin_with_one_and_rise(most: int, expected: list[int]) -> None:
    bounds = maps.shades([None, 0, most])
    assert bounds == expected
    assert bounds == sorted(set(bounds))


def test_long_names_break_where_they_may() -> None:
    assert outlines.broken("Pukë") == ("Pukë",)
    assert outlines.broken("Fushë-Arrëz") == ("Fushë-", "Arrëz")
    assert outlines.broken("Malësi e Madhe") == ("Malësi", "e Madhe")
    assert outlines.broken("Gjirokastër") == ("Gjiro-", "kastër")
    assert all(
        len(line) <= 9 for place in maps._pack_places("AL") if place.level == 2 for line in outlines.broken(place.name)
    )


def test_rows_are_the_same_numbers_in_albanian_order() -> None:
    rows = maps.rows("AL", COUNTS, href=href)
    assert [row.name for row in rows][:4] == ["Berat", "Dibër", "Durrës", "Elbasan"]
    towns = [town for row in rows for town in row.below]
    assert len(towns) == 61
    assert next(town.count for town in towns if town.code == "AL111") == 0
    assert next(town.count for town in towns if town.code == "AL153") is None


def test_locator_is_a_picture_with_a_name() -> None:
    with translation.override("en"):
        drawn = maps.locator("AL", region="AL-10", lat=42.04, lon=19.9)
    assert 'role="img" aria-label="Where it lies in Albania"' in drawn
    assert drawn.count('class="here"') == 1


@pytest.fixture
def puka(db: None) -> Place:
    return Place.objects.create(
        code="AL153", kind=Kind.MUNICIPALITY, country="AL", path="AL/AL-10/AL153/", level=2, name="Pukë", name_en="Pukë"
    )


def square(west: float, south: float, side: float) -> dict[str, object]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def test_operators_boundaries_are_drawn_newest_first_with_their_licence(puka: Place) -> None:
    assert maps.boundary_map("AL", {}, href=href) == ""
    Boundary.objects.create(place=puka, generation=1, geometry=square(19.8, 42.0, 0.2), licence="old licence")
    first = maps.boundary_map("AL", {"AL153": 2}, href=href)
    Boundary.objects.create(place=puka, generation=2, geometry=square(19.8, 42.0, 0.1), licence="© invented, by hand")
    second = maps.boundary_map("AL", {"AL153": 2}, href=href)
    assert "old licence" in first
    assert "old licence" not in second
    assert "© invented, by hand" in second
    assert set(links(second)) == {"AL153"}
    assert ">2</text>" in second
