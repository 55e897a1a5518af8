"""Charts: unknown is not zero, colour is never alone, and the same values are the same drawing."""

import re

import pytest
from lxml import etree

from sofra.printing import charts, svg, typesetting
from sofra.printing.charts import Value

pytestmark = pytest.mark.once

VALUES = [Value("Rinia", 23, shown="56 %"), Value("Gratë", None), Value("Asnjë", 0), Value("Të tjera", 1234.5)]
SERIES = [
    Value(year, number, who)
    for who, numbers in (("Gra", (3, None, 5)), ("Burra", (2, 4, None)))
    for year, number in zip(("2018", "2019", "2020"), numbers, strict=True)
]


def texts(drawing: str) -> list[str]:
    """Each line of text in the drawing."""
    found = etree.fromstring(drawing.encode()).iter(f"{{{svg.SVG}}}text", f"{{{svg.SVG}}}tspan")
    return [node.text for node in found if node.text]


def test_bars_print_every_number_as_the_language_writes_it() -> None:
    drawing = charts.bar(VALUES, language="sq", base="n = 41", axis="Përgjigje")
    said = texts(drawing)
    for words in ("Rinia", "56 %", "0", "n = 41", "Përgjigje"):
        assert words in said
    assert any(re.fullmatch(r"1\W?234,5", words) for words in said)
    assert any(re.fullmatch(r"1,234\.5", words) for words in texts(charts.bar(VALUES, language="en")))


def test_what_is_not_known_is_hatched_and_says_so() -> None:
    drawing = charts.bar(VALUES, language="en")
    assert texts(drawing).count("not known") == 2, "the words, and the light edge below them"
    assert re.search(r'fill="url\(#p\w+u\)"', drawing)
    assert charts.UNKNOWN not in drawing
    assert "not known" not in texts(charts.bar([Value("a", 0)], language="en"))


def test_series_differ_by_pattern_and_by_shape() -> None:
    stacked = charts.stacked(SERIES, language="en")
    assert len(set(re.findall(r'fill="(url\(#p\w+\)|#9e3c1c)"', stacked))) == 2
    lined = etree.fromstring(charts.line(SERIES, language="en").encode())
    assert lined is not None


def test_an_unknown_part_of_a_stack_is_named_behind_what_is_known() -> None:
    values = [Value("A", 3, "po"), Value("A", None, "jo"), Value("B", None, "po"), Value("B", None, "jo")]
    said = texts(charts.stacked(values, language="en", share=True))
    assert "jo: not known" in said
    assert "not known" in said


def test_a_line_has_a_gap_and_not_a_zero() -> None:
    drawing = charts.line(SERIES, language="en", base="n = 41")
    assert {"Gra: not known", "Burra: not known"} <= set(texts(drawing))
    assert "0" in texts(drawing), "the axis begins at nothing"


@pytest.mark.parametrize("draw", [charts.bar, charts.stacked, charts.line, charts.dots])
@pytest.mark.parametrize(
    "values",
    [
        [],
        [Value("a", None)],
        [Value("", 0)],
        [Value("x" * 5_000, 1)],
        [Value("a", float("nan"))],
        [Value('"\\\n\x00<b>', -3, "</svg>")],
    ],
)
def test_no_values_break_a_drawing(draw: object, values: list[Value]) -> None:
    drawing = draw(values, language="sq", base="<b>")  # type: ignore[operator]
    assert etree.fromstring(drawing.encode()) is not None
    assert "NaN" not in drawing


def test_the_same_values_are_the_same_drawing_even_when_drawn_anew() -> None:
    first = charts.dots(VALUES, language="sq")
    for path in (charts.folder()).glob("*.svg"):
        path.unlink()
    assert charts.dots(VALUES, language="sq") == first


def test_a_drawing_prints_with_the_fonts_of_typst() -> None:
    program = b'#set document(title: "x")\n#image("a.svg", alt: "x")'
    drawing = charts.bar(VALUES, language="sq")
    assert typesetting.typeset({"main": program, "a.svg": drawing.encode()}).startswith(b"%PDF")


def test_words_and_table_say_the_same() -> None:
    assert charts.words(VALUES[:3], language="en") == "Rinia: 56 %; Gratë: not known; Asnjë: 0"
    table = charts.table(SERIES, caption="C", head=("Viti",), language="en")
    assert table.head == ("Viti", "Gra", "Burra")
    assert table.rows == (("2018", "3", "2"), ("2019", "not known", "4"), ("2020", "5", "not known"))
    assert charts.table(VALUES, caption="C", head=("Tema", "Numri"), language="en").rows[1] == ("Gratë", "not known")
