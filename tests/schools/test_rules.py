"""Terms, times of the clock, names of classes: plain rules."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from sofra.schools import rules

TIRANE = ZoneInfo("Europe/Tirane")
SPANS = rules.read_terms(rules.USUAL_TERMS)
HALVES = rules.read_terms("09-01/12-31 01-01/06-20")
NOW = datetime(2026, 10, 5, 9, 0, tzinfo=TIRANE)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 9, 1), "2026-1"), (date(2026, 12, 31), "2026-1"), (date(2027, 1, 1), "2026-2"),
        (date(2027, 3, 31), "2026-2"), (date(2027, 4, 1), "2026-3"), (date(2027, 6, 30), "2026-3"),
        (date(2027, 7, 1), None), (date(2026, 8, 31), None),
    ],
)  # fmt: skip
def test_a_day_lies_in_one_term_or_in_the_holidays(day: date, code: str | None) -> None:
    term = rules.term_of(day, SPANS)
    assert (term and term.code) == code


def test_the_operator_may_cut_the_year_in_halves() -> None:
    assert [(term.code, term.first, term.last) for term in rules.terms_of(2026, HALVES)] == [
        ("2026-1", date(2026, 9, 1), date(2026, 12, 31)), ("2026-2", date(2027, 1, 1), date(2027, 6, 20)),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "09-01", "09-31/12-01", "12-31/09-01", "09-01/12-31 12-01/12-31", "a-b/c-d"])
def test_terms_that_are_none_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SOFRA_SCHOOL_TERMS"):
        rules.read_terms(text)


def test_before_and_after_a_term() -> None:
    first = rules.terms_of(2026, SPANS)[0]
    assert rules.term_before(first, SPANS).code == "2025-3"
    assert rules.term_at_or_after(date(2027, 7, 2), SPANS).code == "2027-1"
    assert rules.term_called("2026-2", SPANS) == rules.terms_of(2026, SPANS)[1]
    assert rules.term_called("2026-9", SPANS) is rules.term_called("x", SPANS) is None


def test_times_that_the_clock_does_not_show_once_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"28\.03\.2027"):
        rules.moment_of(date(2027, 3, 28), time(2, 30), TIRANE)
    with pytest.raises(ValidationError, match=r"25\.10\.2026"):
        rules.moment_of(date(2026, 10, 25), time(2, 30), TIRANE)
    assert rules.moment_of(date(2027, 3, 29), time(10, 0), TIRANE) == datetime(2027, 3, 29, 8, 0, tzinfo=UTC)
    assert rules.moment_of(date(2027, 3, 26), time(10, 0), TIRANE) == datetime(2027, 3, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "minutes", "field"),
    [
        (date(2026, 10, 5), time(8, 59), 45, "day"),  # has passed
        (date(2029, 10, 5), time(10, 0), 45, "day"),  # years away
        (date(2027, 7, 5), time(10, 0), 45, "day"),  # holidays
        (date(2026, 10, 15), time(23, 30), 45, "minutes"),  # across midnight
        (date(2026, 10, 15), time(23, 0), 60, "minutes"),  # to midnight itself
        (date(2026, 10, 15), time(10, 0), 9, "minutes"),
        (date(2026, 10, 15), time(10, 0), 481, "minutes"),
    ],
)
def test_a_session_cannot_be_then(day: date, at: time, minutes: int, field: str) -> None:
    begins = rules.moment_of(day, at, TIRANE)
    with pytest.raises(ValidationError) as refused:
        rules.check_when(begins, minutes, now=NOW, zone=TIRANE, spans=SPANS)
    assert list(refused.value.message_dict) == [field]


def test_a_session_over_the_change_of_clocks_lasts_as_long_as_it_says() -> None:
    begins = rules.moment_of(date(2026, 10, 25), time(1, 30), TIRANE)
    term = rules.check_when(begins, 120, now=NOW, zone=TIRANE, spans=SPANS)
    assert term.code == "2026-1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("X-a", "10 A"),
        ("Xa", "x/a"),
        ("XI c", "11-C"),
        ("IXb", "9b"),
        ("Klasa VIII-1", "8/1"),
        ("XII", "12"),
        ("xi", "11"),
    ],
)
def test_ways_of_writing_a_class_meet(one: str, other: str) -> None:
    assert rules.fold_class(one) == rules.fold_class(other) != ""


@pytest.mark.parametrize("name", ["Agim Kola", "blu", "14-a", "X-abc", "", "99", "X-a e X-b e tjera"])
def test_what_is_no_class(name: str) -> None:
    assert rules.fold_class(name) == ""


def test_a_year_and_a_number_is_no_other_year() -> None:
    assert rules.fold_class("1/0") != rules.fold_class("10")
    assert rules.same_classes({"10"}, {"10a", "11a"}) == {"10a"}
    assert rules.same_classes({"1"}, {"10a", "1/0"}) == {"1/0"}
    assert rules.same_classes({"10a"}, {"10b"}) == set()


def test_classes_are_read_once_each() -> None:
    assert rules.read_classes("X-a, X-b;  10 A\nXI c") == ["X-a", "X-b", "XI c"]
    for typed in (
        "",
        " , ;",
        "X-a, Agim Kola",
        ", ".join(f"{year}-{letter}" for year in "789" for letter in "abcdefg"),
    ):
        with pytest.raises(ValidationError):
            rules.read_classes(typed)
