"""`./sofra coverage`: the same answers as the queries, an object a line; what cannot be asked gets one sentence."""

import io
import json
import random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.coverage import oracle, worlds
from tests.coverage.test_listing import Bodies, expected, written

from sofra.activities.models import Activity


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    return worlds.make_bodies()


def told(*arguments: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("coverage", *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(("seen_as", "level"), [("public", 0), ("members", 1), ("coordinator", 2)])
def test_a_line_an_overlap(seen_as: str, level: int, bodies: Bodies) -> None:
    world = worlds.world(random.Random(5).choice, least=30, most=30)
    with written(world, bodies) as numbers:
        own = {one.code: number for number, pk in numbers.items() for one in Activity.objects.filter(pk=pk)}
        lines = told("overlaps", "--as", seen_as)
        assert {
            (own[line["first"]["id"]], own[line["second"]["id"]]): oracle.SURE if line["sure"] else oracle.POSSIBLE
            for line in lines
        } == expected(world, level, numbers)
        assert [reason["side"] for reason in lines[0]["why"]] == ["organisations", "place", "time", "audience", "work"]
        only = told("overlaps", "--as", seen_as, "--place", "AL-01", "--sure", "--audience", "youth")
        assert only == [line for line in lines if line["sure"] and _youth_in(line, world)]


def _youth_in(line: dict[str, Any], world: oracle.World) -> bool:
    shared = {reason["side"]: reason["shared"] for reason in line["why"]}
    return "youth" in shared["audience"] and any(oracle.lies_in(world, at, "AL-01") for at in shared["place"])


def test_gaps_and_crowds_and_words(bodies: Bodies, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    from tests.coverage.test_planning import _world

    settings.CROWD = 1
    worlds.ask({"place": "M2", "audiences": [], "begins": "", "ends": "2019", "asked_on": "2018-01"})
    with written(_world({"owner": "o1"}, {"owner": "o2"}), bodies):
        assert [(line["place"], line["state"]) for line in told("gaps", "--from", "3.2018", "--to", "2018-03")] == [
            ("M2", "nobody"), ("M11", "not-asked"),
        ]  # fmt: skip
        crowds = told("crowded")
        assert [(line["place"], line["audience"], line["sure"], line["number"]) for line in crowds] == [
            ("M1", "youth", True, 2)
        ]
        for action, words in (("overlaps", "the same people (young people)"), ("gaps", "nobody known"),
                              ("crowded", "2 organisations at once")):  # fmt: skip
            call_command("coverage", action)
            out = capsys.readouterr().out
            assert words in out
            assert ("agree with each other before more is begun" in out) == (action == "crowded")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--place", "Atlantis"], "Atlantis"), (["--audience", "wizards"], "wizards"), (["--kind", "magic"], "magic"),
        (["--theme", "x"], "x"), (["--from", "31.02.2018"], "31"), (["--to", "0020"], "0020"),
        (["--from", "2019", "--to", "2018"], "2018"), (["--organisation", "al.none"], "al.none"),
        (["--activity", "al.a0"], "al.a0"), (["--place", ""], "no place"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_gets_one_sentence(arguments: list[str], hint: str, bodies: Bodies) -> None:
    with pytest.raises(CommandError) as refused:
        told("overlaps", *arguments)
    assert hint in str(refused.value)
    assert "\n" not in str(refused.value)
