"""Drawings stand alone: harmless, and with the colours that their classes meant."""

import re
from pathlib import Path

import pytest
from lxml import etree

from sofra.places import maps
from sofra.printing import palette, svg

pytestmark = pytest.mark.once
STYLES = Path(__file__).resolve().parents[2] / "src" / "sofra" / "web" / "static" / "sofra"
COUNTS = {"AL224": 38, "AL154": 5, "AL111": 0, "AL-11": 40, "AL-10": 0}


def href(code: str) -> str:
    return f"/places/{code}/"


def test_what_could_run_or_fetch_goes() -> None:
    bad = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'onload="x()" viewBox="0 0 9 9">'
        "<script>x()</script><style>*{}</style><foreignObject><p>a</p></foreignObject><image href='http://x.al/a'/>"
        '<use xlink:href="http://x.al/a#b"/><a href="javascript:x()"><text>ë</text></a>'
        '<a href="//x.al"><text>i</text></a>'
        '<rect style="fill: red; stroke: url(http://x.al)" clip-path="url(http://x.al/#a)"/><animate/><!-- a --></svg>'
    )
    said = svg.cleaned(bad)
    for word in ("script", "style", "foreign", "image", "x.al", "onload", "javascript", "animate", "<!--"):
        assert word not in said
    assert 'fill="red"' in said
    assert "<text>ë</text>" in said


@pytest.mark.parametrize("bad", ["", "no drawing", "<svg", "<svg></g></svg>", "<svg>&x;</svg>", "</svg><svg>"])
def test_what_is_no_drawing_is_nothing(bad: str) -> None:
    assert svg.cleaned(bad) in ("", '<svg xmlns="http://www.w3.org/2000/svg"/>')


def test_an_entity_bomb_is_not_opened() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    assert "aaaa" not in svg.cleaned(bomb)


@pytest.mark.parametrize("draw", [maps.county_map, maps.tile_grid])
def test_a_map_carries_its_colours_and_its_key(draw: object) -> None:
    drawn = draw("AL", COUNTS, href=href)  # type: ignore[operator]
    figure = svg.map_figure(drawn, caption="Kush punon ku", source="Regjistri")
    root = etree.fromstring(figure.svg.encode())
    assert "class=" not in figure.svg
    shapes = [node for node in root.iter() if etree.QName(node).localname in ("rect", "circle")]
    assert all(node.get("fill") for node in shapes if etree.QName(node.getparent()).localname != "svg")
    assert "GeoNames" in figure.source
    assert figure.source.startswith("Regjistri · ")
    assert figure.alt == re.search(r'aria-label="([^"]+)"', drawn)[1]  # type: ignore[index]
    words = " ".join("".join(node.itertext()) for node in root.iter(f"{{{svg.SVG}}}text"))
    for entry in re.findall(r"<li>.*?</li>", drawn[drawn.index("map-legend") :]):
        assert re.sub(r"<[^>]+>", "", entry).split()[0] in words
    assert svg.picture(figure.svg, dots_an_inch=30).startswith(b"\x89PNG")


def test_the_palette_is_that_of_the_site() -> None:
    css = "".join((STYLES / name).read_text(encoding="utf-8") for name in ("sofra.css", "maps.css"))
    for name, colour in palette.COLOURS.items():
        said = re.search(rf"--{name}: (#[0-9a-f]+)", css)
        assert said, name
        short = said[1] if len(said[1]) == 7 else "#" + "".join(letter * 2 for letter in said[1][1:])
        assert short == colour, name


def test_every_class_of_a_map_is_known_to_the_palette() -> None:
    drawn = maps.county_map("AL", COUNTS, href=href) + maps.tile_grid("AL", COUNTS, href=href)
    used = {name for classes in re.findall(r'class="([^"]+)"', drawn) for name in classes.split()}
    known = {name for selector, _look in palette.MAPS for name in re.findall(r"\.([\w-]+)", selector)}
    plain = {"map", "wide", "map-block", "map-past", "map-credit", "map-names", "county-line", "area"}
    assert used - known - plain <= {"map-numbers"}


def test_how_large_it_is_printed() -> None:
    assert svg.size('<svg viewBox="0 0 400 200">') == (400, 200)
    assert svg.size('<svg width="30" height="10px">') == (30, 10)
    assert svg.size("<svg>") == (300, 150)
    assert svg.width_mm('<svg viewBox="0 0 4000 200">', 160, 160) == 160
    assert svg.width_mm('<svg viewBox="0 0 100 4000">', 160, 160) == 4
