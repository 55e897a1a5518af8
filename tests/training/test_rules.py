"""Small numbers, what cannot be so, and how sure a share is."""

import itertools

import pytest

from sofra.training import rules

pytestmark = pytest.mark.once


def test_fewer_than_five_are_hidden_with_what_would_give_them_away() -> None:
    assert rules.shown_in_public(4, {"sex": {"women": 4}}) == rules.Shown(None, {}, True, ("sex",))
    shown = rules.shown_in_public(30, {"sex": {"women": 27, "men": 3}, "first": {"yes": 20, "no": 10}})
    assert (shown.total, shown.parts, shown.hidden) == (30, {"first": {"yes": 20, "no": 10}}, ("sex",))
    assert rules.shown_in_public(30, {"sex": {"women": 27}}).parts == {}  # 30 - 27 = 3
    assert rules.shown_in_public(30, {"sex+age": {"women+19-24": 12}}).parts == {}
    assert rules.shown_in_public(None, {"sex": {"women": 9, "men": 0}}).parts == {"sex": {"women": 9, "men": 0}}


def test_totals_that_are_too_near_to_each_other_are_not_all_told() -> None:
    assert rules.told_beside([30, 28, 31, 20, None, 3]) == [True, False, False, True, True, False]


def test_a_hidden_session_takes_the_next_smallest_with_it() -> None:
    assert rules.hidden_together({1: 30, 2: 3, 3: 12}) == {2, 3}
    assert rules.hidden_together({1: 30, 2: 3, 3: 2}) == {2, 3}
    assert rules.hidden_together({1: 30, 2: 12}) == set()


def test_no_difference_between_the_whole_and_what_is_told_is_small() -> None:
    for numbers in itertools.product(range(8), repeat=4):
        totals = dict(enumerate(numbers))
        hidden = rules.hidden_together(totals)
        left = sum(totals[one] for one in hidden)
        assert not rules.is_small(left) or len(hidden) == sum(1 for total in numbers if total)


def test_more_women_than_people_is_asked_about() -> None:
    assert len(rules.odd(10, {"sex": {"women": 11}}, {})) == 1
    assert len(rules.odd(10, {"sex": {"women": 6, "men": 6}}, {})) == 1
    assert rules.odd(10, {"sex": {"women": 6}}, {}) == []
    assert rules.odd(None, {"sex": {"women": 6}}, {}) == []


def test_attendance_is_the_fullest_day_and_never_the_registration() -> None:
    assert rules.attendance([("registered", 40, 1), ("present", 30, 2), ("present", 33, 3), ("completed", 28, 4)]) == 3
    assert rules.attendance([("registered", 40, 1), ("completed", 28, 4)]) == 4
    assert rules.attendance([("registered", 40, 1)]) is None


def test_intervals_are_those_of_the_papers() -> None:
    low, high = rules.interval(81, 263)  # Newcombe 1998a, table I, method 3
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    moved, low, high = rules.change((48, 80), (56, 70))  # Newcombe 1998b, table II (a), method 10, the other way round
    assert (round(moved, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)
    with pytest.raises(ValueError, match="base"):
        rules.interval(0, 0)
