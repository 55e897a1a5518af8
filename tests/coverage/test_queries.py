"""Crowded places and places where nobody is known, from the database: as the oracle says, each with its rows."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.coverage import oracle, worlds
from tests.coverage.test_listing import Bodies, written

from sofra.coverage import queries, services
from sofra.coverage.models import Asking
from sofra.coverage.queries import Cell, Filters
from sofra.places.models import Place

_ALL = st.one_of(st.just(("", "")), worlds.SPANS)


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    return worlds.make_bodies()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=6, most=16), span=_ALL, most=st.integers(1, 3), level=st.integers(0, 2))
def test_crowded_places_are_those_that_the_issue_calls_so(
    world: oracle.World, span: tuple[str, str], most: int, level: int, bodies: Bodies, settings: Any
) -> None:
    settings.CROWD = most
    doings, period = worlds.seen(world, level), worlds.period_of(*span)
    wanted = {}
    for place in worlds.MUNICIPALITIES:
        for audience in (*worlds.AUDIENCES, ""):
            here = [one for one in doings if any(oracle.lies_in(world, at, place) for at in one["places"])]
            anybody = any(audience in (one["audiences"] or [""]) and oracle.touch(oracle.maybe_days(one), period)
                          for one in here)  # fmt: skip
            verdict, number = oracle.crowd(world, doings, place, audience, most, period)
            if verdict != oracle.NO and anybody:
                wanted[place, audience] = (verdict == oracle.SURE, number)
    with written(world, bodies):
        filters = Filters(begins=span[0], ends=span[1])
        notices = queries.crowded_places(level, filters)
        assert {(one.place.code, one.audience): (one.crowd.sure, one.crowd.number) for one in notices} == wanted
        if notices:
            only = Filters(begins=span[0], ends=span[1], sure=True, place=Place.objects.get(pk="AL-01"))
            assert {(one.place.code, one.audience) for one in queries.crowded_places(level, only)} == {
                (place, audience) for (place, audience), (sure, _number) in wanted.items() if sure and place != "M2"
            }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=0, most=6), asked=st.lists(worlds.askings(), max_size=3), span=_ALL)
def test_nobody_known_is_where_somebody_asked(
    world: oracle.World, asked: list[dict[str, Any]], span: tuple[str, str], bodies: Bodies
) -> None:
    doings, period = worlds.seen(world, 0), worlds.period_of(*span)
    with written(world, bodies):
        for asking in asked:
            worlds.ask(asking)
        for audiences in ((), tuple(worlds.AUDIENCES)):
            filters = Filters(begins=span[0], ends=span[1], audiences=audiences)
            found = {(one.place.code, one.audience): one.state for one in queries.gaps(0, filters)}
            assert found == {
                (place, audience): state
                for place in worlds.MUNICIPALITIES
                for audience in (audiences or ("",))
                if (state := oracle.gap(world, doings, asked, place, audience, period))
            }


def test_priority_areas_come_first_for_those_who_may_know_of_them(bodies: Bodies) -> None:
    services.declare_priority(
        place=Place.objects.get(pk="U3"), declared_by="Këshilli i bashkisë", declared_on="2018-02", by=None
    )
    services.record_asking(
        place=Place.objects.get(pk="M11"), asked_by="Qendra pyeti bashkinë", asked_on="2018-05", by=None
    )
    members = list(queries.gaps(1, Filters(ends="2018-04")))
    assert [(one.place.code, one.state, len(one.priorities)) for one in members] == [
        ("M2", "not-asked", 1), ("M11", "nobody", 0), ("M1", "not-asked", 0),
    ]  # fmt: skip
    public = list(queries.gaps(0, Filters(ends="2018-04")))
    assert [one.place.code for one in public] == ["M11", "M1", "M2"]
    services.end_asking(Asking.objects.get(), by=None)
    assert {one.state for one in queries.gaps(0)} == {"not-asked"}


def test_what_is_done_in_the_county_or_the_country_is_background_of_a_gap(bodies: Bodies) -> None:
    from tests.coverage.test_planning import _world

    world = _world({"owner": "o1", "places": ["AL-01"]}, {"owner": "o2", "whole": True, "places": []})
    with written(world, bodies):
        found = {one.place.code: one.wider for one in queries.gaps(0, Filters(begins="2018-03", ends="2018-03"))}
        assert found == {"M1": 2, "M11": 2, "M2": 1}
        assert {one.wider for one in queries.gaps(0, Filters(begins="2018-03", audiences=("police",)))} == {0}
        found = {one.place.code: one.wider for one in queries.gaps(0, Filters(kinds=("education",)))}
        assert set(found.values()) == {0}


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (Cell(), [1, 2, 3, 4, 5]), (Cell(place="M1"), [1, 2]), (Cell(place="AL-01"), [1, 2, 3]),
        (Cell(place="U1"), [2]), (Cell(place="AL"), [1, 2, 3, 5]), (Cell(place="unknown"), [4]),
        (Cell(audience="youth"), [1, 3, 4, 5]), (Cell(audience="unknown"), [2]), (Cell(kind="dialogue"), [1, 2, 4, 5]),
        (Cell(theme="youth"), [3]), (Cell(begins="2018-04"), [3]), (Cell(place="AL-01", kind="dialogue"), [1, 2]),
    ],
)  # fmt: skip
def test_each_number_opens_its_rows(cell: Cell, numbers: list[int], bodies: Bodies) -> None:
    from tests.coverage.test_planning import _world

    world = _world(
        {"owner": "o1"}, {"owner": "o2", "places": ["S1"], "audiences": []},
        {"owner": None, "places": ["AL-01", "M11"], "themes": ["youth"], "kinds": [], "ends": "2018-04"},
        {"owner": "o3", "places": []}, {"owner": "o4", "places": [], "whole": True},
        {"owner": "o4", "published": False}, {"owner": "o4", "visible_to": 2},
    )  # fmt: skip
    with written(world, bodies) as made:
        found = queries.activities_of(0, cell)
        assert sorted(number for number, pk in made.items() if pk in {one.pk for one in found}) == numbers
