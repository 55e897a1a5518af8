"""Partial dates: what is read, what is refused, and on which days something surely or perhaps went on."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sofra.activities import dates


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("5.10.2018", "2018-10-05"), ("05/10/2018", "2018-10-05"), ("2018-10-05", "2018-10-05"),
        ("10.2018", "2018-10"), ("2018-10", "2018-10"), ("2018", "2018"), ("tetor 2018", "2018-10"),
        ("5 tetor 2018", "2018-10-05"), ("October 2018", "2018-10"), ("nëntor 2018", "2018-11"), ("", ""),
        (" 29.02.2024 ", "2024-02-29"), ("2018.", "2018"),
    ],
)  # fmt: skip
def test_a_date_as_people_write_it(typed: str, kept: str) -> None:
    assert dates.read_when(typed) == kept


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("31.02.2026", "31"), ("29.02.2023", "29"), ("05.10.0020", "0020"), ("0020", "0020"), ("13.2018", "13"),
        ("3000", "3000"), ("soon", "soon"), ("00.10.2018", "00.10.2018"), ("5.10.20", "5.10.20"), ("1" * 9, "1111"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_what_stands_there(typed: str, hint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        dates.read_when(typed)
    assert hint in refused.value.messages[0]


def test_an_end_before_the_beginning_is_refused_unless_it_may_be_right() -> None:
    with pytest.raises(ValidationError):
        dates.check_span("2018-10-05", "2018-09")
    dates.check_span("2018-10-05", "2018-10")
    dates.check_span("2018", "2018-01-01")
    dates.check_span("", "2018")


def test_the_days_on_which_it_surely_went_on() -> None:
    day = date(2018, 10, 5).toordinal()
    assert dates.days_of("2018-10-05", "2018-10-05") == dates.Days(day, day, (day, day))
    assert dates.days_of("2018-10", "2018-10").sure is None, "a day in October, and nobody knows which"
    long = dates.days_of("2017-01", "2018-04")
    assert long.sure == (date(2017, 1, 31).toordinal(), date(2018, 4, 1).toordinal())
    assert dates.days_of("", "") == dates.Days(dates.LONG_AGO, dates.FAR_OFF, None)
    since = dates.days_of("2018-10-05", "")
    assert (since.may_begin, since.may_end, since.sure) == (day, dates.FAR_OFF, (day, day))
    assert dates.days_of("", "2018-10").sure is None


_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(_DAYS, st.sampled_from([4, 7, 10]))
def test_what_is_written_is_read_again(day: date, length: int) -> None:
    kept = day.isoformat()[:length]
    assert dates.read_when(dates.written(kept)) == kept
    assert dates.first_day(kept) <= day <= dates.last_day(kept)


@given(_DAYS, _DAYS, st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_sure_days_lie_within_every_span_that_the_words_allow(a: date, b: date, of_a: int, of_b: int) -> None:
    first, last = sorted((a, b))
    days = dates.days_of(first.isoformat()[:of_a], last.isoformat()[:of_b])
    assert days.may_begin <= first.toordinal() <= last.toordinal() <= days.may_end
    if days.sure:
        assert first.toordinal() <= days.sure[0] <= days.sure[1] <= last.toordinal()
