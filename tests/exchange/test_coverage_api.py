"""Overlaps, gaps, crowds: the page, its table, the API and the command say the same; the API shows what is public."""

import csv
import json
import random
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from tests.coverage import worlds

from sofra.coverage import services
from sofra.ground.models import Visibility
from sofra.places.models import Place

ASKED: list[dict[str, Any]] = [
    {},
    {"place": "AL-01"},
    {"place": "M1", "audience": "youth"},
    {"audience": "teachers", "from": "2018", "to": "2018-04"},
    {"kind": "dialogue", "sure": "on"},
    {"from": "2019"},
]


@pytest.fixture
def one_world(db: None, settings: Any) -> dict[int, int]:
    settings.CROWD = 1
    worlds.make_places()
    bodies = worlds.make_bodies()
    world = worlds.world(random.Random(7).choice, least=60, most=60)
    world["levels"] = {"o3": 1}
    # Two of which everything is known, so that one pair is surely there.
    sure = {**world["activities"][0], "partners": [], "project": None, "whole": False, "places": ["U1"],
            "begins": "2018-03-01", "ends": "2018-03-31", "audiences": ["youth"], "kinds": ["dialogue"],
            "visible_to": 0, "published": True, "status": "held"}  # fmt: skip
    world["activities"] += [{**sure, "number": number, "owner": owner} for number, owner in ((61, "o1"), (62, "o2"))]
    world["joined"] = {}
    return worlds.write(world, bodies)


def get(path: str, query: dict[str, Any]) -> Any:
    answer = Client().get(f"{path}?{urlencode(query, doseq=True)}")
    assert answer.status_code == 200, answer.content[:300]
    return answer


def from_api(what: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    asked = {**query, "sure": "true"} if query.get("sure") else query
    found: list[dict[str, Any]] = []
    while True:
        answer = get(f"/api/coverage/{what}", {**asked, "limit": 7, "offset": len(found)}).json()
        found += answer["items"]
        if not (answer.get("more") or len(found) < answer.get("count", 0)):
            return found


def from_command(what: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    options = [
        part for name, value in query.items() for part in ([f"--{name}"] if name == "sure" else [f"--{name}", value])
    ]
    out = StringIO()
    call_command("coverage", what, "--json", *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def from_table(what: str, query: dict[str, Any]) -> list[list[str]]:
    answer = get(f"/en/coverage/{what}.csv", query)
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))[1:]


def from_page(what: str, query: dict[str, Any]) -> list[Any]:
    answer = get(f"/en/coverage/{what}/", query)
    found = list(answer.context["page"].paginator.object_list)
    shown = list(answer.context["page"].object_list)
    text = answer.content.decode()
    if what == "overlaps":
        assert all(f"/en/activities/{one.code}/" in text for pair in shown for one in (pair.first, pair.second))
    return found


@pytest.mark.parametrize("query", ASKED, ids=lambda query: urlencode(query) or "everything")
def test_overlaps_are_the_same_everywhere(one_world: dict[int, int], query: dict[str, Any]) -> None:
    told = from_api("overlaps", query)
    assert told == from_command("overlaps", query)
    pairs = [(one["first"]["id"], one["second"]["id"], one["sure"]) for one in told]
    assert len(set(pairs)) == len(pairs)
    table = [(row[1], row[4], row[0] == "sure") for row in from_table("overlaps", query)]
    assert table == pairs
    page = {(one.first.code, one.second.code, one.sure) for one in from_page("overlaps", query)}
    assert page == set(pairs)
    if not query:
        assert {sure for *_ids, sure in pairs} == {True, False}


@pytest.mark.parametrize("query", [one for one in ASKED if not {"kind", "sure"} & set(one)], ids=urlencode)
def test_gaps_are_the_same_everywhere(one_world: dict[int, int], query: dict[str, Any]) -> None:
    place = Place.objects.get(pk="M2")
    services.record_asking(place=place, asked_by="the hub asked the municipality", asked_on="2026", by=None)
    for level in (Visibility.PUBLIC, Visibility.MEMBERS):
        services.declare_priority(place=place, declared_by="A body", declared_on="2018", visible_to=level, by=None)
    told = from_api("gaps", query)
    assert told == from_command("gaps", query)
    keys = [(one["place"], one["audience"], one["state"]) for one in told]
    assert [row[0] for row in from_table("gaps", query)] == [place for place, _audience, _state in keys]
    assert [(one.place.code, one.audience, one.state) for one in from_page("gaps", query)] == keys
    assert all(len(one["priority"]) == 1 for one in told if one["place"] == "M2")


@pytest.mark.parametrize("query", [one for one in ASKED if "kind" not in one], ids=urlencode)
def test_crowds_are_the_same_everywhere(one_world: dict[int, int], query: dict[str, Any]) -> None:
    told = from_api("crowded", query)
    assert told == from_command("crowded", query)
    keys = [(one["place"], one["audience"], one["number"]) for one in told]
    assert [(one.place.code, one.audience, one.crowd.number) for one in from_page("crowded", query)] == keys
    assert [(row[0], int(row[4])) for row in from_table("crowded", query)] == [(place, n) for place, _whom, n in keys]
    if not query:
        assert keys


def test_before_you_plan_is_the_same_on_the_page(one_world: dict[int, int]) -> None:
    query = {"place": "M1", "audience": ["youth"], "kind": ["dialogue"], "from": "2018-03", "to": "2018-04"}
    told = get("/api/coverage/before", query).json()
    answer = get("/en/plan/", query).context["answer"]
    assert told["municipality"] == "M1"
    for name in ("there", "was_there", "background"):
        listed = getattr(answer, name)
        assert told[name]["total"] == listed.total
        assert [one["id"] for one in told[name]["items"]] == [one.code for one in listed.found]
    assert told["there"]["total"]
    assert [one["id"] for one in told["partners"]] == [one.organisation.code for one in answer.partners]
    assert [one["planned_sure"] for one in told["crowding"]] == [one.planned_sure for one in answer.crowding]
    assert [one["place"] for one in told["nobody_near"]] == [one.place.code for one in answer.nobody_near]


def test_a_change_is_answered_at_once(one_world: dict[int, int]) -> None:
    from sofra.activities import services as activities
    from sofra.activities.models import Activity

    before = from_api("overlaps", {})
    gone = before[0]["first"]["id"]
    activities.move(Activity.objects.get(code=gone), to="draft", by=None)
    after = from_api("overlaps", {})
    assert after == [one for one in before if gone not in (one["first"]["id"], one["second"]["id"])]


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("overlaps?place=Nowhere", "was not found"),
        ("overlaps?from=31.2.2018", "no day 31"),
        ("gaps?from=2019&to=2018", "before it begins"),
        ("overlaps?organisation=al.nobody", "al.nobody"),
        ("before?place=M1&organisation=al.nobody", "al.nobody"),
        ("before", "place"),
        ("gaps?sure=true", "sure"),
        ("overlaps?offset=10001", "offset"),
        ("overlaps?limit=201", "limit"),
    ],
)
def test_what_cannot_be_answered_gets_a_sentence(one_world: dict[int, int], address: str, word: str) -> None:
    answer = Client().get(f"/api/coverage/{address}", headers={"Accept-Language": "en"})
    assert answer.status_code in {404, 422}
    assert word in answer.json()["detail"]
