"""The table of the country is what comparing all pairs, day by day, finds; and follows each change at once."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from tests.coverage import oracle, worlds

from sofra.accounts.models import User
from sofra.activities import services
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.activities.vocabulary import AUDIENCE_CODES
from sofra.coverage import counting, holding, sets, sweeping, teams
from sofra.coverage.counting import Table
from sofra.organisations import services as organisations
from sofra.organisations.models import Organisation

Bodies = dict[str, Organisation]
Rows = dict[tuple[str, str, tuple[int, int]], dict[str, int]]
ALWAYS = (1, date.max.toordinal())
YEARS = (date(2018, 1, 1).toordinal(), date(2019, 12, 31).toordinal())


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    return worlds.make_bodies()


@contextmanager
def written(world: oracle.World, bodies: Bodies) -> Iterator[None]:
    with transaction.atomic():
        try:
            worlds.write(world, bodies)
            yield
        finally:
            transaction.set_rollback(True)


def rows_of(table: Table) -> Rows:
    found: Rows = {}
    for at in range(len(table.place)):
        quarter = table.quarters[int(table.quarter[at])]
        audience = AUDIENCE_CODES.get(int(table.audience[at]), "")
        key = (table.places[int(table.place[at])], audience, (quarter.year, quarter.number))
        if audience in ["", *worlds.AUDIENCES]:  # the others have what may be for anybody
            found[key] = {name: int(getattr(table, name)[at]) for name in counting.COLUMNS}
    return found


# — the same, the plainest way —————————————————————————————————————————————————————————————————————————————


def expected(world: oracle.World, level: int, span: tuple[int, int]) -> Rows:
    doings = worlds.seen(world, level)
    found: Rows = defaultdict(lambda: dict.fromkeys(counting.COLUMNS, 0))
    for quarter in counting.quarters_of(*span):
        period = date.fromordinal(quarter.first), date.fromordinal(quarter.last)
        when = (quarter.year, quarter.number)
        for place, audience in pairs_at(world, doings, period):
            found[place, audience, when]["pairs"] += 1
        for place in {area(world, code) for code in worlds.PLACES}:
            for audience in ["", *worlds.AUDIENCES]:
                row = presence_at(world, doings, place, audience, period)
                if any(row.values()):
                    found[place, audience, when] |= row
    return dict(found)


def area(world: oracle.World, code: str) -> str:
    return oracle.municipality_of(world, code) or code


def pairs_at(world: oracle.World, doings: list[oracle.Doing], period: tuple[date, date]) -> Iterator[tuple[str, str]]:
    """For each sure overlap in the period the places (the smaller of two) and audiences that it stands at."""
    by_number = {one["number"]: one for one in doings}
    for (one, other), said in oracle.overlaps(world, doings).items():
        first, second = by_number[one], by_number[other]
        if said != oracle.SURE or not oracle.touch(_both(first, second), period):
            continue
        places = {
            area(world, a if oracle.lies_in(world, a, b) else b)
            for a in tops(world, first)
            for b in tops(world, second)
            if oracle.lies_in(world, a, b) or oracle.lies_in(world, b, a)
        }
        for audience in set(first["audiences"]) & set(second["audiences"]):
            yield from ((place, audience) for place in places)


def _both(one: oracle.Doing, other: oracle.Doing) -> tuple[date, date]:
    mine, theirs = oracle.sure_days(one), oracle.sure_days(other)
    assert mine is not None and theirs is not None  # noqa: PT018
    return max(mine[0], theirs[0]), min(mine[1], theirs[1])


def tops(world: oracle.World, doing: oracle.Doing) -> list[str]:
    """Its places, without those that lie in another one of them."""
    return [
        one
        for one in doing["places"]
        if not any(other != one and oracle.lies_in(world, one, other) for other in doing["places"])
    ]


def presence_at(
    world: oracle.World, doings: list[oracle.Doing], place: str, audience: str, period: tuple[date, date]
) -> dict[str, int]:
    here = [one for one in doings if not one["whole"] and any(area(world, at) == place for at in one["places"])]
    surely = [one for one in here if audience in one["audiences"] and oracle.touch(oracle.sure_days(one), period)]
    maybe = [
        one
        for one in here
        if (not one["audiences"] or audience in one["audiences"]) and oracle.touch(oracle.maybe_days(one), period)
    ]
    led = [one for one in surely if oracle.leader(world, one)]
    return {
        "crowd": most(world, led, oracle.sure_days, period),
        "crowd_perhaps": most(world, maybe, oracle.maybe_days, period),
        "activities": len(surely),
        "perhaps": len([one for one in maybe if one not in surely]),
        "organisations": len({body for one in surely for body in oracle.bodies(world, one)}),
    }


def most(
    world: oracle.World, doings: list[oracle.Doing], days_of: Callable[[oracle.Doing], Any], period: tuple[date, date]
) -> int:
    present = [(oracle.whom(world, one), days_of(one)) for one in doings]
    return max(
        (
            len({who for who, days in present if days[0] <= day <= days[1]})
            for day in {max(days[0], period[0]) for _who, days in present}
        ),
        default=0,
    )


def check(world: oracle.World, span: tuple[int, int] = YEARS) -> None:
    for level in (0, 1, 2):
        assert rows_of(counting.count(holding.holding(), level, span)) == expected(world, level, span)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=3, most=9))
def test_the_table_is_what_comparing_all_pairs_finds(world: oracle.World, bodies: Bodies) -> None:
    with written(world, bodies):
        check(world)


@pytest.mark.parametrize("how", ["by subsets", "one by one", "numbered anew", "a part of the time"])
def test_so_it_is_of_larger_worlds_however_it_is_counted(
    how: str, bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "one by one":
        monkeypatch.setattr(sets, "MOST_WORDS", 1)
        monkeypatch.setattr(sets, "MOST_PLACES", 1)
        monkeypatch.setattr(teams, "MOST_KEYS", 1)
    elif how == "numbered anew":
        monkeypatch.setattr(sweeping, "_ROOM", 8)
    span = (date(2018, 2, 20).toordinal(), date(2018, 4, 7).toordinal()) if how == "a part of the time" else YEARS
    for seed in (1, 2):
        world = worlds.world(random.Random(seed).choice, least=90, most=120)
        with written(world, bodies):
            check(world, span)


def test_threads_count_the_same_and_nothing_is_kept_of_a_transaction(bodies: Bodies) -> None:
    with written(worlds.world(random.Random(3).choice, least=40, most=60), bodies):
        held = holding.holding()
        wanted = rows_of(counting.count(held, 0, YEARS))
        held.kept.forget()
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda _n: rows_of(counting.count(held, 0, YEARS)), range(8)))
        assert found == [wanted] * 8
    assert len(holding.holding().first) == 0


# — what has changed —————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.django_db(transaction=True)
def test_each_change_is_in_the_next_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds.make_places()
    bodies = worlds.make_bodies()
    monkeypatch.setattr(holding, "_kept", None)
    monkeypatch.setattr(holding, "_writer", None)

    def agree() -> Rows:
        version = holding.holding().version
        fresh = rows_of(counting.count(holding._Writer().brought_up(version), 0, YEARS))
        assert rows_of(counting.table(0, YEARS)) == fresh
        return fresh

    def add(owner: str, **said: Any) -> Activity:
        draft = ActivityDraft(
            **{"title": "Takim", "owner": bodies[owner].code, "places": ["M1"], "audiences": ["youth"],
               "kinds": ["dialogue"], "begins": "2018-03-01", "ends": "2018-03-31", **said}
        )  # fmt: skip
        return services.add_activity(draft, by=None, publish=True)

    assert agree() == {}
    first, second = add("o1"), add("o2", places=["U1"])
    key = ("M1", "youth", (2018, 1))
    assert agree()[key]["pairs"] == 1
    held = holding._writer
    services.edit_activity(second, replaced(second, ends="2018-05-02", begins="2018-04-01"), by=None, seen=1)
    assert agree()[key]["pairs"] == 0
    second = services.undo_last(second, by=None, seen=2)
    assert agree()[key]["pairs"] == 1
    services.move(first, to="binned", by=None)
    assert agree()[key]["pairs"] == 0
    services.move(first, to="published", by=None)
    assert agree()[key]["pairs"] == 1
    ana = User.objects.create_user("ana@example.org", "not-a-real-secret", name="Ana")
    judgement = organisations.judge_same(left=bodies["o1"], right=bodies["o2"], by=ana)
    assert agree()[key]["pairs"] == 0, "who is the same does not overlap"
    organisations.revoke_judgement(judgement, by=ana)
    assert agree()[key]["pairs"] == 1
    project = services.add_project(services.ProjectDraft(title="P", owner=bodies["o3"].code), by=None, publish=True)
    for one in (first, second):
        one.refresh_from_db()
        services.edit_activity(one, replaced(one, project=project.code), by=None, seen=one.version)
    rows = agree()
    assert (rows[key]["pairs"], rows[key]["crowd"]) == (0, 1)
    bare = services.ProjectDraft(title="P")
    services.edit_project(project, bare, by=None, seen=1)
    assert agree()[key]["crowd"] == 2
    assert holding._writer is held, "nothing made it read everything again"


def replaced(activity: Activity, **said: Any) -> ActivityDraft:
    draft = services.draft_of(activity)
    for name, value in said.items():
        setattr(draft, name, value)
    return draft
