"""What was asked and what was declared: kept with an audit line, taken back and never destroyed; bad input is told."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.coverage import worlds

from sofra.coverage import queries, services
from sofra.coverage.models import Asking, PriorityArea
from sofra.ground.models import AuditLine, Visibility
from sofra.places.models import Place
from sofra.web.deeds import DEEDS

_ASKED: dict[str, Any] = {"asked_by": "Qendra pyeti bashkinë", "asked_on": "2018-05", "by": None}
_DECLARED: dict[str, Any] = {"declared_by": "Këshilli i bashkisë", "declared_on": "2018", "by": None}


@pytest.fixture
def place(db: None) -> Place:
    worlds.make_places()
    return Place.objects.get(pk="M1")


def test_each_leaves_a_line_and_is_taken_back_once(place: Place) -> None:
    asking = services.record_asking(place=place, audiences=["youth", "youth"], begins="2018", ends="2018", **_ASKED)
    area = services.declare_priority(place=place, **_DECLARED)
    assert asking.audiences == ["youth"]
    assert area.visible_to == Visibility.MEMBERS
    for _twice in range(2):
        asking, area = services.end_asking(asking, by=None), services.end_priority(area, by=None)
    assert asking.ended_on is not None
    assert area.ended_on is not None
    lines = list(AuditLine.objects.values_list("what", "about"))
    assert lines == [
        ("asking.recorded", "M1"), ("priority.declared", "M1"), ("asking.ended", "M1"), ("priority.ended", "M1"),
    ]  # fmt: skip
    assert {what for what, _about in lines} <= DEEDS.keys()
    assert (Asking.objects.count(), PriorityArea.objects.count()) == (1, 1), "nothing is destroyed"
    assert not queries.askings().exists()
    assert not queries.priority_areas(2).exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"asked_by": " "}, "asked_by"), ({"asked_by": "x" * 201}, "asked_by"), ({"asked_on": ""}, "asked_on"),
        ({"asked_on": "2018-13-40x"}, "asked_on"), ({"asked_on": "2090"}, "asked_on"),
        ({"audiences": ["wizards"]}, "audiences"), ({"begins": "2019", "ends": "2018"}, "ends"),
        ({"begins": "soon"}, "begins"), ({"source": "x" * 301}, "source"),
    ],
)  # fmt: skip
def test_an_asking_that_cannot_be_is_refused_at_its_field(place: Place, said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.record_asking(place=place, **(_ASKED | said))
    assert list(refused.value.message_dict) == [field]
    assert not Asking.objects.exists()
    assert not AuditLine.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"declared_by": ""}, "declared_by"), ({"declared_on": ""}, "declared_on"),
        ({"declared_on": "2090"}, "declared_on"), ({"visible_to": 7}, "visible_to"), ({"reason": "x" * 501}, "reason"),
    ],
)  # fmt: skip
def test_so_is_a_priority(place: Place, said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.declare_priority(place=place, **(_DECLARED | said))
    assert list(refused.value.message_dict) == [field]
    assert not PriorityArea.objects.exists()


def test_a_priority_is_seen_by_whom_it_is_meant_for(place: Place) -> None:
    services.declare_priority(place=place, **_DECLARED)
    services.declare_priority(place=place, visible_to=Visibility.PUBLIC, **_DECLARED)
    services.declare_priority(place=place, visible_to=Visibility.SEALED, **_DECLARED)
    assert [queries.priority_areas(level).count() for level in (0, 1, 2)] == [1, 2, 3]


def test_what_was_asked_of_a_larger_place_is_found_for_a_smaller(place: Place) -> None:
    asking = services.record_asking(place=Place.objects.get(pk="AL-01"), **_ASKED)
    services.record_asking(place=Place.objects.get(pk="M11"), **_ASKED)
    assert list(queries.askings(place)) == [asking]
    assert queries.askings().count() == 2
