"""Quorum, due meetings, decisions marked in the minutes: plain Python."""

from datetime import date

import pytest

from sofra.councils import rules

pytestmark = pytest.mark.once


def test_quorum_follows_its_rule() -> None:
    assert [rules.needed("half", n) for n in (4, 5)] == [3, 3]
    assert rules.needed("two_thirds", 7) == 5
    assert rules.needed("4", 9) == 4


def test_quorum_is_not_known_while_seats_are_not_noted() -> None:
    assert rules.quorum("half", ["holder", "deputy", "absent"]).met is True
    assert rules.quorum("half", ["holder", "absent", "excused"]).met is False
    assert rules.quorum("half", ["holder", "", "absent"]).met is None
    assert rules.quorum("half", []).met is None


def test_a_meeting_is_due_in_each_period_of_the_regulation() -> None:
    found = rules.periods(2, date(2026, 1, 15), [date(2026, 2, 3)], date(2026, 6, 10))
    assert [(one.first, one.held, one.over) for one in found] == [
        (date(2026, 1, 1), True, True), (date(2026, 3, 1), False, True), (date(2026, 5, 1), False, False),
    ]  # fmt: skip
    assert [one.missed for one in found] == [False, True, False]


def test_nothing_is_due_where_the_regulation_or_the_beginning_is_not_known() -> None:
    assert rules.periods(None, date(2026, 1, 1), [], date(2026, 6, 1)) == []
    assert rules.periods(2, None, [], date(2026, 6, 1)) == []


def test_old_periods_are_left_out() -> None:
    assert len(rules.periods(6, date(2001, 1, 1), [], date(2026, 6, 10))) <= 5


def test_decisions_are_found_in_the_minutes_once() -> None:
    text = "# Mbledhja\n\nVendim: Të vendoset ndriçim.\n- **Decision:** Meet parents.\nVendim 3: I vjetër.\nVendim:"
    found = rules.marked(text)
    assert found == [(2, "Të vendoset ndriçim."), (3, "Meet parents.")]
    kept = rules.numbered(text, [(2, 4, "Të vendoset ndriçim."), (3, 5, "Meet parents.")], "Vendim")
    assert rules.marked(kept) == []
    assert "**Vendim 4:** Të vendoset" in rules.emphasised(kept)


def test_nobody_verifies_what_is_theirs() -> None:
    assert rules.may_verify(person=3, owners={1}, told_by=2)
    assert not rules.may_verify(person=1, owners={1}, told_by=2)
    assert not rules.may_verify(person=2, owners={1}, told_by=2)
