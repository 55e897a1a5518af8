"""What the public is answered says nothing of the kinds of those who keep their class: other kinds, same answers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.coverage import oracle, worlds
from tests.coverage.test_listing import Bodies, written

from sofra.coverage import counting, heat, holding, money, queries
from sofra.coverage.planning import Question, before
from sofra.coverage.queries import Cell, Filters
from sofra.organisations.models import Organisation
from sofra.places.models import Place

HIDDEN = "o2"
TELLING = ["prevention", "reintegration", "rule-of-law"]
EVER = ("", "")


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    made = worlds.make_bodies()
    Organisation.objects.filter(pk=made[HIDDEN].pk).update(class_hidden=True)
    return made


def _leads(world: oracle.World, doing: oracle.Doing) -> bool:
    return world["joined"].get(doing["owner"], doing["owner"]) == HIDDEN


def _telling(world: oracle.World, kinds: list[str]) -> oracle.World:
    """The same world, the hidden organisation's activities with these kinds besides what else they are."""
    doings = [{**one, "kinds": [*one["kinds"], *kinds]} if _leads(world, one) else one for one in world["activities"]]
    return {**world, "activities": doings}


def _answers(level: int, made: dict[int, int]) -> Any:
    """All that a visitor can ask by kind, with the activities by their numbers in the world."""
    number = {pk: at for at, pk in made.items()}
    asked = [Filters(), Filters(kinds=("prevention",)), Filters(kinds=("dialogue", "rule-of-law"))]
    held = holding.holding().as_told(level)
    places, here = worlds.MUNICIPALITIES, Place.objects.get(pk="M1")
    return {
        "overlaps": [[(sorted((number[one.first.number], number[one.second.number])), one.sure, one.why, one.days)
                      for one in queries.overlaps(level, filters)] for filters in asked],
        "gaps": [[(one.place.code, one.state) for one in queries.gaps(level, filters)] for filters in asked],
        "heat": [heat.heat(level, Cell(kind=kind), by=by, places=places, period=Filters().period)
                 for by in ("kind", "theme") for kind in ("", "prevention", "unknown")],
        "cells": [sorted(number[one.pk] for one in queries.activities_of(level, Cell(kind=kind)))
                  for kind in ("prevention", "reintegration", "dialogue", "unknown")],
        "money": [money.money(level, Cell(kind=kind), by=by) for by in ("kind", "goal") for kind in ("", "prevention")],
        "table": counting.count(held, level, Filters().period).pairs.tolist(),
        "plan": [[sorted((number[one.number], one.sure, one.why) for one in listed.found)
                  for listed in (answer.there, answer.was_there, answer.background)]
                 for kinds in (("prevention",), ("dialogue", "reintegration"), ())
                 for answer in [before(level, Question(here, ("youth",), kinds, (), "2018-03", ""))]],
    }  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=4, most=9), kinds=st.lists(st.sampled_from(TELLING), min_size=1, unique=True))
def test_other_kinds_give_the_public_the_same_answers(world: oracle.World, kinds: list[str], bodies: Bodies) -> None:
    told = []
    for some in ([], kinds):
        with written(_telling(world, some), bodies) as made:
            Organisation.objects.filter(pk=bodies[HIDDEN].pk).update(class_hidden=True)
            told.append(_answers(0, made))
    assert told[0] == told[1]


def test_members_are_answered_by_the_kinds_themselves(bodies: Bodies) -> None:
    doing = {
        "number": 1, "owner": HIDDEN, "partners": [], "project": None, "whole": False, "places": ["M1"],
        "begins": "2018-03-01", "ends": "2018-03-09", "audiences": ["youth"], "kinds": ["prevention"], "themes": [],
        "visible_to": 0, "published": True, "status": "held",
    }  # fmt: skip
    world = {
        "parents": worlds.PARENTS, "kinds_of_place": worlds.KINDS_OF_PLACE, "joined": {}, "levels": {},
        "projects": {"p1": None, "p2": "o2"}, "activities": [doing, {**doing, "number": 2, "owner": "o1"}],
    }  # fmt: skip
    with written(world, bodies) as made:
        assert [one.sure for one in queries.overlaps(1)] == [True]
        assert [one.sure for one in queries.overlaps(0)] == [False]
        assert {one.pk for one in queries.activities_of(1, Cell(kind="prevention"))} == {made[1], made[2]}
        assert {one.pk for one in queries.activities_of(0, Cell(kind="prevention"))} == {made[2]}
