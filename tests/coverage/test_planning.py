"""Before you plan, from the database: who is there, who was, what it would do, who has nobody; as the oracle says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as hub
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.coverage import oracle, worlds
from tests.coverage.test_listing import Bodies, written

from sofra.activities import services
from sofra.activities.models import Activity
from sofra.coverage import queries
from sofra.coverage.queries import Answer, Question
from sofra.organisations.models import Organisation
from sofra.places.models import Place

_NOBODY = "asker"


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    return worlds.make_bodies()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=4, most=14), plan=worlds.worlds(least=1, most=1), data=st.data())
def test_the_answer_is_what_the_issue_says(
    world: oracle.World, plan: oracle.World, data: st.DataObject, bodies: Bodies
) -> None:
    where = data.draw(st.sampled_from([code for code in worlds.PLACES if code != "AL"]))
    asks = data.draw(st.sampled_from([None, "o1", "o5"]))
    said = plan["activities"][0] | {
        "number": 0, "owner": asks or _NOBODY, "partners": [], "project": None, "places": [where], "whole": False,
    }  # fmt: skip
    level = data.draw(st.sampled_from([0, 1, 2]))
    with written(world, bodies) as numbers:
        organisation = Organisation.objects.get(pk=bodies[asks].pk) if asks else None
        question = Question(
            Place.objects.get(pk=where), tuple(said["audiences"]), tuple(said["kinds"]), tuple(said["themes"]),
            said["begins"], said["ends"], organisation,
        )  # fmt: skip
        answer = queries.before(level, question)
        _compare(world, worlds.seen(world, level), said, answer, {pk: own for own, pk in numbers.items()})


def _compare(
    world: oracle.World, doings: list[oracle.Doing], said: oracle.Doing, answer: Answer, own: dict[int, int]
) -> None:
    def told(listed: queries.Listed) -> dict[int, str]:
        assert listed.total == len(listed.found)
        assert listed.sure == sum(one.sure for one in listed.found)
        return {own[one.number]: oracle.SURE if one.sure else oracle.POSSIBLE for one in listed.found}

    there = {one["number"]: oracle.overlap(world, said, one)[0] for one in doings}
    assert told(answer.there) == {number: verdict for number, verdict in there.items() if verdict != oracle.NO}
    everywhere = {
        one["number"]: oracle.overlap(world, said, one | {"whole": False, "places": said["places"]})[0]
        for one in doings
        if one["whole"]
    }
    assert told(answer.background) == {n: verdict for n, verdict in everywhere.items() if verdict != oracle.NO}
    assert told(answer.was_there) == _past(world, doings, said)
    municipality = oracle.municipality_of(world, said["places"][0])
    assert (answer.municipality.code if answer.municipality else None) == municipality
    assert [one.audience for one in answer.crowding] == (said["audiences"] if municipality else [])
    for crowding in answer.crowding:
        _compare_crowding(world, doings, said, crowding, str(municipality))
    if municipality:
        period = oracle.maybe_days(said)
        near = {
            code: "nobody-there"
            for code in worlds.MUNICIPALITIES
            if code != municipality
            and all(oracle.gap(world, doings, [], code, audience, period) for audience in (said["audiences"] or [""]))
        }
        assert {one.place.code for one in answer.nobody_near} == set(near)


def _past(world: oracle.World, doings: list[oracle.Doing], said: oracle.Doing) -> dict[int, str]:
    """Who was surely gone by then, at the same place for the same people."""
    if not said["begins"]:
        return {}
    before = oracle.maybe_days(said)[0] - timedelta(days=1)
    whenever = said | {"begins": "", "ends": "", "kinds": [], "themes": []}
    found = {}
    for one in doings:
        verdict, sides = oracle.overlap(world, whenever, one)
        if verdict != oracle.NO and one["places"] and oracle.maybe_days(one)[1] <= before:
            sure = all(sides[side] == oracle.SURE for side in ("organisations", "place", "audience"))
            found[one["number"]] = oracle.SURE if sure else oracle.POSSIBLE
    return found


def _compare_crowding(
    world: oracle.World, doings: list[oracle.Doing], said: oracle.Doing, crowding: queries.Crowding, place: str
) -> None:
    planned = [*doings, said | {"places": [place]}]
    most, period, audience = hub.CROWD, oracle.maybe_days(said), crowding.audience
    verdict, number = oracle.crowd(world, planned, place, audience, most, period)
    assert (crowding.crowd.sure if crowding.crowd else None) == {"no": None, "possible": False, "sure": True}[verdict]
    assert crowding.crowd is None or crowding.crowd.number == number
    assert crowding.crowded_now == (oracle.crowd(world, doings, place, audience, most, period)[0] != oracle.NO)
    for works, sure, possible in (
        (doings, crowding.now_sure, crowding.now_possible),
        (planned, crowding.planned_sure, crowding.planned_possible),
    ):
        for least in range(8):  # "more than so many" for each number says how many there are
            verdict = oracle.crowd(world, works, place, audience, least, period)[0]
            assert (sure > least) == (verdict == oracle.SURE)
            assert (max(sure, possible) > least) == (verdict != oracle.NO)


# — partners, and what changes at once —————————————————————————————————————————————————————————————————————


def _world(*activities: dict[str, Any]) -> oracle.World:
    usual = {
        "partners": [], "project": None, "whole": False, "places": ["M1"], "begins": "2018-03-01",
        "ends": "2018-03-09", "audiences": ["youth"], "kinds": ["dialogue"], "themes": [], "visible_to": 0,
        "published": True, "status": "held",
    }  # fmt: skip
    return {
        "parents": worlds.PARENTS, "kinds_of_place": worlds.KINDS_OF_PLACE, "joined": {}, "levels": {}, "projects": {},
        "activities": [usual | {"number": number, **said} for number, said in enumerate(activities, start=1)],
    }  # fmt: skip


def _question(**said: Any) -> Question:
    usual = {
        "where": Place.objects.get(pk=said.pop("at", "M1")), "audiences": ("youth",), "kinds": ("dialogue",),
        "begins": "2018-06-01", "ends": "2018-06-30",
    }  # fmt: skip
    return Question(**(usual | said))


def test_a_partner_works_with_the_same_people_nearby_or_completes_the_plan_and_is_free(bodies: Bodies) -> None:
    world = _world(
        {"owner": "o1", "places": ["M11"]},
        {"owner": "o2", "places": ["M1"], "kinds": ["education"], "audiences": ["police"]},
        {"owner": "o3", "places": ["U3"]},  # nearby, and busy then
        {"owner": "o3", "places": ["AL-02"], "begins": "2018-06-10", "ends": "2018-06-11", "audiences": ["police"]},
        {"owner": "o4", "places": ["M11"], "audiences": ["police"]},  # neither the same people nor other work
        {"owner": "o5", "places": ["M11"]},  # perhaps busy: it began in May, and nobody knows until when
        {"owner": "o5", "places": ["M2"], "begins": "2018-05", "ends": ""},
    )
    with written(world, bodies):
        partners = {one.organisation.name: one for one in queries.before(0, _question()).partners}
        assert set(partners) == {"Qendra o1", "Qendra o2", "Qendra o5"}
        assert partners["Qendra o1"].audiences == ("youth",)
        assert partners["Qendra o1"].kinds == ()
        assert [place.code for place in partners["Qendra o1"].places] == ["M11"]
        assert partners["Qendra o2"].kinds == ("kind:education",)
        assert partners["Qendra o2"].audiences == ()
        assert partners["Qendra o2"].example.title == "Takimi 2"
        assert [one.perhaps_busy for one in partners.values()] == [False, False, True]
        mine = queries.before(0, _question(organisation=bodies["o1"])).partners
        assert "Qendra o1" not in {one.organisation.name for one in mine}


def test_the_answer_changes_with_the_data_at_once(bodies: Bodies) -> None:
    question = {"begins": "2018-03-05", "ends": "2018-03-06"}
    with written(_world({"owner": "o1"}), bodies) as numbers:
        activity = Activity.objects.get(pk=numbers[1])
        assert queries.before(0, _question(**question)).there.total == 1
        services.move(activity, to="draft", by=None)
        assert queries.before(0, _question(**question)).there.total == 0
        services.move(activity, to="published", by=None)
        activity.refresh_from_db()
        draft = services.draft_of(activity)
        draft.audiences = []
        services.edit_activity(activity, draft, by=None, seen=activity.version)
        there = queries.before(0, _question(**question)).there
        assert (there.total, there.sure) == (1, 0)
        assert [reason.side for reason in there.found[0].why if not reason.sure] == ["audience"]


def test_asked_and_not_asked_are_told_apart(bodies: Bodies) -> None:
    with written(_world({"owner": "o1"}), bodies):
        worlds.ask({"place": "AL-01", "audiences": [], "begins": "2018", "ends": "2018", "asked_on": "2018-12"})
        near = {one.place.code: one for one in queries.before(0, _question()).nobody_near}
        assert {code: one.state for code, one in near.items()} == {"M11": "nobody", "M2": "not-asked"}
        assert near["M11"].same_county
        assert near["M11"].askings[0].place_id == "AL-01"
        assert not near["M11"].priority


def test_a_hidden_organisation_is_not_named(bodies: Bodies) -> None:
    world = _world({"owner": "o1", "partners": ["o2"]})
    world["levels"] = {"o2": 2}
    with written(world, bodies):
        question = {"begins": "2018-03-05", "ends": "2018-03-06"}
        found = queries.before(0, _question(**question)).there.found[0]
        assert [one.name for one in found.organisations] == ["Qendra o1"]
        found = queries.before(2, _question(**question)).there.found[0]
        assert [one.name for one in found.organisations] == ["Qendra o1", "Qendra o2"]


@pytest.mark.parametrize("many", [1, 30])
def test_it_asks_the_database_as_often_however_much_there_is(
    many: int, bodies: Bodies, django_assert_max_num_queries: Any
) -> None:
    world = _world(*({"owner": f"o{number % 5 + 1}", "places": ["M1", "M11"]} for number in range(many)))
    with written(world, bodies):
        question = _question(begins="2018-03-05", ends="2018-03-06")
        with django_assert_max_num_queries(19):
            assert queries.before(0, question).there.total == many


def test_of_the_whole_country_only_the_background_is_told(bodies: Bodies) -> None:
    with written(_world({"owner": "o1"}, {"owner": "o2", "whole": True, "places": []}), bodies):
        answer = queries.before(0, _question(at="AL", begins="2018-03-05", ends="2018-03-06"))
        assert (answer.there.total, answer.background.total, answer.municipality) == (0, 1, None)
        assert answer.crowding == ()


def test_the_nearest_come_first_those_of_the_county_before_all(bodies: Bodies) -> None:
    for code, lat in (("M1", 42.0), ("M11", 43.0), ("M2", 42.1)):
        Place.objects.filter(pk=code).update(lat=lat, lon=20.0)
    found = queries.neighbours(Place.objects.get(pk="U1"))
    assert [(one.place.code, one.same_county) for one in found] == [("M1", True), ("M11", True), ("M2", False)]
    assert found[2].kilometres == pytest.approx(11.1, abs=0.1)
    assert queries.neighbours(Place.objects.get(pk="AL-01")) == []
    Place.objects.filter(pk="M2").update(valid_to=date(2015, 6, 21))
    assert len(queries.neighbours(Place.objects.get(pk="M1"))) == 2
