"""The rules on worlds that nobody thought of: the oracle, which was written from the issue, says the same."""

import random
from datetime import date
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.coverage import oracle, worlds

from sofra.activities.dates import FAR_OFF, LONG_AGO
from sofra.coverage import rules

_SIDES = {True: oracle.SURE, False: oracle.POSSIBLE}


@settings(max_examples=100, deadline=None)
@given(worlds.worlds())
def test_two_activities_overlap_as_the_issue_says(world: oracle.World) -> None:
    _compare(world)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 40))
def test_they_do_so_in_thousands_of_worlds(seed: int) -> None:
    choice = random.Random(seed).choice
    for _world in range(100):
        _compare(worlds.world(choice))


def _compare(world: oracle.World) -> None:
    for one, other in combinations(world["activities"], 2):
        verdict, sides = oracle.overlap(world, one, other)
        mine, theirs = worlds.work_of_doing(world, one), worlds.work_of_doing(world, other)
        meeting = rules.meet(mine, theirs)
        if meeting is None:
            assert verdict == oracle.NO
            continue
        assert _SIDES[meeting.sure] == verdict
        assert {reason.side: _SIDES[reason.sure] for reason in meeting.why} == sides
        said = {str(reason.side): set(reason.shared) for reason in meeting.why}
        for side in ("place", "audience", "work"):
            assert said[side] == oracle.shared(world, one, other, side)
        assert rules.meet(theirs, mine) == meeting
        assert all(str(reason.rule) for reason in meeting.why)


@settings(max_examples=50, deadline=None)
@given(worlds.worlds(least=4, most=9), worlds.SPANS, st.integers(1, 3))
def test_a_crowd_is_one_as_the_issue_says(world: oracle.World, span: tuple[str, str], most: int) -> None:
    _compare_crowds(world, span, most)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 40), worlds.SPANS, st.integers(1, 3))
def test_it_is_so_in_a_thousand_worlds(seed: int, span: tuple[str, str], most: int) -> None:
    choice = random.Random(seed).choice
    for _world in range(100):
        _compare_crowds(worlds.world(choice, least=4, most=9), span, most)


def _compare_crowds(world: oracle.World, span: tuple[str, str], most: int) -> None:
    period = worlds.period_of(*span)
    for place in worlds.MUNICIPALITIES:
        here = [
            worlds.work_of_doing(world, one)
            for one in world["activities"]
            if any(oracle.lies_in(world, at, place) for at in one["places"])
        ]
        for audience in (*worlds.AUDIENCES, ""):
            verdict, number = oracle.crowd(world, world["activities"], place, audience, most, period)
            crowd = rules.crowded(here, audience, most=most, within=(period[0].toordinal(), period[1].toordinal()))
            assert (oracle.NO if crowd is None else _SIDES[crowd.sure]) == verdict
            assert crowd is None or crowd.number == number


def test_the_days_of_a_crowd_and_who_is_there() -> None:
    world = {
        "parents": worlds.PARENTS, "joined": {}, "projects": {"p1": "o1", "p2": None}, "levels": {},
        "activities": [
            _doing(1, "o1", "2018-03-01", "2018-03-10"), _doing(2, "o2", "2018-03-05", "2018-03-20"),
            _doing(3, "o3", "2018-03-08", "2018-03-09"), _doing(4, "o2", "2018-03-08", "2018-03-30"),
            _doing(5, "o4", "2018-05-01", "2018-05-09"), _doing(6, "o5", "2018-03-08", "2018-03-09", project="p1"),
        ],
    }  # fmt: skip
    works = [worlds.work_of_doing(world, one) for one in world["activities"]]
    crowd = rules.crowded(works, "youth", most=2)
    assert crowd is not None
    assert crowd.sure
    assert crowd.number == 3, "o1 with its partner of one project, o2 once, o3"
    assert crowd.spans == ((date(2018, 3, 8).toordinal(), date(2018, 3, 9).toordinal()),)
    assert [work.number for work in crowd.works] == [1, 2, 3, 4, 6]
    assert rules.crowded(works, "youth", most=3) is None
    assert rules.crowded(works, "police", most=0) is None


def _doing(number: int, owner: str, begins: str, ends: str, project: str | None = None) -> oracle.Doing:
    return {
        "number": number, "owner": owner, "partners": [], "project": project, "whole": False, "places": ["U1"],
        "begins": begins, "ends": ends, "audiences": ["youth"], "kinds": ["dialogue"], "themes": [],
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(worlds.askings(), max_size=3), worlds.SPANS, st.sampled_from(["", *worlds.AUDIENCES]))
def test_nobody_known_needs_that_somebody_asked(
    askings: list[dict[str, object]], span: tuple[str, str], audience: str
) -> None:
    world = {"parents": worlds.PARENTS, "kinds_of_place": worlds.KINDS_OF_PLACE}
    period = worlds.period_of(*span)
    days = (
        period[0].toordinal() if span[0] else LONG_AGO,
        period[1].toordinal() if span[1] else FAR_OFF,
    )
    for place in worlds.MUNICIPALITIES:
        covering = [one for one in map(_asked, askings) if rules.covers(one, worlds.path(place), _one(audience), days)]
        assert rules.gap(False, covering) == oracle.gap(world, [], askings, place, audience, period)
        assert rules.gap(True, covering) is None


def _one(audience: str) -> list[str]:
    return [audience] if audience else []


def _asked(asking: dict[str, object]) -> rules.Asked:
    begins = oracle.days_meant(str(asking["begins"]))[0].toordinal()
    ends = oracle.days_meant(str(asking["ends"] or asking["asked_on"]))[1].toordinal()
    return rules.Asked(1, worlds.path(str(asking["place"])), frozenset(asking["audiences"]), (begins, ends))  # type: ignore[call-overload]


_MEANT = st.sampled_from(["2018-03", "2018-02-27", "2018-03-02", "2018-04-01", "2018-04"])


@settings(max_examples=100, deadline=None)
@given(_MEANT, _MEANT)
def test_the_sure_days_are_those_of_every_way_to_fill_the_dates_in(begins: str, ends: str) -> None:
    first, last = oracle.days_meant(begins), oracle.days_meant(ends)
    ways = [(one, other) for one in oracle.every_day(*first) for other in oracle.every_day(*last) if one <= other]
    if not ways:
        return
    always = [
        day for day in oracle.every_day(date(2018, 2, 1), date(2018, 5, 1)) if all(b <= day <= e for b, e in ways)
    ]
    sure = oracle.sure_days({"begins": begins, "ends": ends})
    assert always == (oracle.every_day(*sure) if sure else [])
    days = rules.Days(0, 0, None) if not ways else worlds.days_of(begins, ends)
    assert days.sure == ((sure[0].toordinal(), sure[1].toordinal()) if sure else None)
