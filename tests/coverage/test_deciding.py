"""Counting on columns comes to what the rule says, whoever begins, pauses and ends on whichever days."""

from hypothesis import given
from hypothesis import strategies as st

from sofra.coverage import deciding, rules

_DAYS = st.integers(100, 120)
_PRESENT = st.lists(st.tuples(st.integers(-3, 4), st.tuples(_DAYS, _DAYS)), max_size=12)


@given(known=_PRESENT, added=_PRESENT, within=st.tuples(_DAYS, _DAYS), most=st.integers(0, 4))
def test_most_at_once(
    known: list[tuple[int, rules.Span]], added: list[tuple[int, rules.Span]], within: rules.Span, most: int
) -> None:
    present = deciding.at_work([], 1, surely=True).and_also(known).and_also(added)
    said = rules.most_at_once([*known, *added], most=most, within=within)
    assert present.most_at_once(most=most, within=within) == said
