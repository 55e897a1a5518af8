"""The class follows from kinds of activity alone, by the sentences of Annex II; age from one date alone."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from django.utils import translation

from sofra.organisations import glossary, rules
from sofra.organisations.vocabulary import ACTIVITY_KINDS, RelevantKind, SpecificKind

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("kind", SpecificKind.values)
def test_any_specific_kind_makes_specific_whatever_stands_beside_it(kind: str) -> None:
    verdict = rules.classify([kind, *RelevantKind.values, "community-resilience"])
    assert (verdict.activity_class, verdict.because) == ("specific", (kind,))
    assert not verdict.note


@pytest.mark.parametrize("kind", RelevantKind.values)
def test_relevant_kinds_make_relevant_when_no_specific_one_is_there(kind: str) -> None:
    verdict = rules.classify([kind])
    assert (verdict.activity_class, verdict.because, verdict.rule) == ("relevant", (kind,), rules.RELEVANT_RULE)


def test_resilience_without_a_goal_decides_nothing_and_is_asked_after() -> None:
    alone = rules.classify(["community-resilience"])
    assert (alone.activity_class, alone.because, alone.note) == (
        "unknown",
        ("community-resilience",),
        rules.GOAL_NOT_STATED,
    )
    beside = rules.classify(["community-resilience", "education"])
    assert (beside.activity_class, beside.because, beside.note) == ("relevant", ("education",), rules.GOAL_NOT_STATED)
    assert rules.classify(["resilience-to-ve"]).activity_class == "specific"


def test_nothing_recorded_is_not_known_and_says_what_to_ask() -> None:
    for kinds in ([], ["a word that Annex II does not have"]):
        verdict = rules.classify(kinds)
        assert (verdict.activity_class, verdict.because, verdict.note) == ("unknown", (), rules.NOTHING_RECORDED)


def test_order_and_repetition_never_matter_and_more_facts_never_lower_the_class() -> None:
    weight = {"unknown": 0, "relevant": 1, "specific": 2}
    for first, second in combinations(ACTIVITY_KINDS, 2):
        both = rules.classify([first, second])
        assert both == rules.classify({second, first}) == rules.classify((second, first, second))
        assert weight[both.activity_class] == max(
            weight[rules.classify([kind]).activity_class] for kind in (first, second)
        )


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "fresh"), (365, "fresh"), (366, "ageing"), (730, "ageing"), (731, "stale"), (9000, "stale"), (-1, "fresh")],
)
def test_age_turns_on_the_day(days: int, age: str) -> None:
    assert rules.age_of(TODAY - timedelta(days=days), TODAY) == age


def test_what_nobody_confirmed_is_not_stale_but_never_confirmed() -> None:
    assert rules.age_of(None, TODAY) == rules.Age.NEVER
    assert set(rules.AGE_REASONS) == set(rules.Age.values)


def test_every_word_of_the_glossary_is_whole_and_leads_on() -> None:
    with translation.override("en"):
        for slug, term in glossary.TERMS.items():
            assert slug == term.slug
            assert len(str(term.definition)) > 60, slug
            assert str(term.source), slug
            assert set(term.see) <= set(glossary.TERMS) - {slug}, slug
    assert set(glossary.TERM_OF_KIND) == set(ACTIVITY_KINDS)
    assert set(glossary.TERM_OF_KIND.values()) <= set(glossary.TERMS)
