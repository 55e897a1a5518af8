"""What people type, and what the document keeps of it."""

import pytest

from sofra.questionnaires import typed

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("reader", "raw", "kept"),
    [
        (typed.whole, " 1 200 ", "1200"), (typed.whole, "−5", "-5"), (typed.whole, "007", "7"),
        (typed.whole, "rreth 30", "rreth 30"), (typed.whole, "3.5", "3.5"), (typed.whole, "٣", "٣"),
        (typed.whole, "9" * 40, "9" * 40),
        (typed.number, "3,5", "3.5"), (typed.number, "1.200,50", "1200.50"), (typed.number, "0.25", "0.25"),
        (typed.number, "1,2,3", "1,2,3"), (typed.number, "inf", "inf"),
        (typed.day, "3.2.2026", "2026-02-03"), (typed.day, "2026-2-3", "2026-02-03"),
        (typed.day, "31.2.2026", "31.2.2026"), (typed.day, "nesër", "nesër"), (typed.day, "29/02/2024", "2024-02-29"),
        (typed.moment, "2026-02-03T10:42", "2026-02-03T10:42:00.000+01:00"),
        (typed.moment, "3.7.2026 9.05", "2026-07-03T09:05:00.000+02:00"), (typed.moment, "dje", "dje"),
        (typed.moment, "2026-02-03T25:00", "2026-02-03T25:00"),
        (typed.line, "41.33 19.82\nlumi", "41.33 19.82\nlumi"),
        (typed.line, "41.33, 19.82\r\n41.5 19.9", "41.33 19.82 0 0;41.5 19.9 0 0"),
        (typed.text_of, " a\x00b\x0bc\r\nd\ud800 ", "abc\nd"),
    ],
)  # fmt: skip
def test_what_is_kept(reader: typed.Callable[[str], str], raw: str, kept: str) -> None:
    assert reader(raw) == kept


def test_a_year_or_a_month_alone() -> None:
    assert typed.day("2018", "year") == "2018-01-01"
    assert typed.day("2018-05", "month-year") == "2018-05-01"
    assert typed.day("5.2018", "month-year") == "2018-05-01"
    assert typed.day("13.2018", "month-year") == "13.2018"
    assert typed.shown("date", "2018-05-01", "month-year") == "2018-05"
    assert typed.shown("date", "2018-05-01", "year") == "2018"


@pytest.mark.parametrize(
    ("north", "east", "kept"),
    [
        ("41,33", "19,82", "41.33 19.82 0 0"),
        ("41.33, 19.82", "", "41.33 19.82 0 0"),
        ("41.33", "", "41.33 ? 0 0"),
        ("", "", ""),
        ("afër lumit", "", "afër lumit "),
    ],
)
def test_points(north: str, east: str, kept: str) -> None:
    assert typed.point(north, east) == kept


def test_points_are_shown_as_typed() -> None:
    assert typed.halves("41.33 ? 0 0") == ("41.33", "")
    assert typed.shown("geotrace", "41.33 19.82 0 0;41.5 19.9 0 0") == "41.33 19.82\n41.5 19.9"


def test_ranks() -> None:
    assert typed.ranked([("a", "2"), ("b", "1"), ("c", "")]) == "b a"
    assert typed.ranked([("a", "1"), ("b", "1"), ("c", "x")]) == "a b"
    assert [typed.doubled(given) for given in ([("a", "2"), ("b", "02")], [("a", "1"), ("b", ""), ("c", "x")])] == [
        2,
        0,
    ]


def test_times() -> None:
    assert typed.clock("9.05").startswith("09:05:00.000+0")
    assert typed.clock("25:00") == "25:00"
    assert typed.shown("time", "09:05:00.000+01:00") == "09:05"
    assert typed.shown("dateTime", "2026-02-03T10:42:00.000+01:00") == "2026-02-03T10:42"
