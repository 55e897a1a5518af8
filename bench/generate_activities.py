"""Worlds of activities of any size over all Albanian places, the same every time. All of it is invented.

12 audiences × 8 kinds over ten years; most work is in the larger municipalities; one-day workshops, weeks, months and
projects of years; some dates are known by the month or the year only, some audiences, kinds, places or organisations
not at all. A few thousand organisations, most of them at home in a handful of municipalities, some with partners and
in projects. `python bench/generate_activities.py 10000` fills the hub of SOFRA_DATA or DATABASE_URL.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

AUDIENCES = (
    "students", "youth", "teachers", "women", "parents", "local-officials", "community", "civil-society", "police",
    "religious-leaders", "families", "roma",
)  # fmt: skip
KINDS = (
    "dialogue", "capacity-building", "prevention", "youth-empowerment", "civic-engagement", "education",
    "women-empowerment", "policy-advocacy",
)  # fmt: skip
FIRST_DAY, DAYS = date(2017, 1, 1), 3650
ORGANISATIONS = {10_000: 400, 100_000: 1_500, 1_000_000: 4_000}
_PORTION = 50_000


class World:
    """What is drawn for every activity, as arrays. `crowded` is how many days each goes on, as a factor."""

    def __init__(self, size: int, organisations: int, places: list[tuple[str, int, str, float]], crowded: float = 1.0):
        self.size = size
        chance = np.random.default_rng(size)
        self.chance = chance
        self.places = places
        self.projects = max(size // 50, 1)
        self.owner = self._skewed(organisations, size, 0.6)
        self.owner_unknown = chance.random(size) < 0.01
        self.project = np.where(chance.random(size) < 0.3, chance.integers(1, self.projects + 1, size), 0)
        self.project_owner = self._skewed(organisations, self.projects + 1, 0.6)
        of_project = (self.project > 0) & (chance.random(size) < 0.8)
        self.owner = np.where(of_project, self.project_owner[self.project], self.owner)
        self.partners = np.where(chance.random(size) < 0.1, chance.integers(1, 4, size), 0)
        self._draw_places(organisations)
        self.audiences = self._some(len(AUDIENCES), (0.03, 0.8, 0.14, 0.03), 0.7)
        self.kinds = self._some(len(KINDS), (0.03, 0.76, 0.17, 0.04), 0.4)
        long = chance.choice(5, size, p=(0.55, 0.2, 0.15, 0.08, 0.02))
        lengths = np.choose(long, [np.ones(size), *(chance.integers(low, high, size) for low, high in (
            (2, 8), (30, 90), (180, 365), (365, 1095)))])  # fmt: skip
        self.length = np.maximum(lengths * crowded, 1).astype(int)
        self.start = (DAYS * chance.random(size) ** 0.8).astype(int)
        self.known_by = chance.choice(5, size, p=(0.86, 0.08, 0.02, 0.02, 0.02))
        self.hidden = chance.random(size) < 0.03

    def _skewed(self, many: int, size: int, by: float) -> Any:
        """Numbers below `many`; low ones are drawn more often."""
        weights = 1 / np.arange(1, many + 1) ** by
        return self.chance.choice(many, size, p=weights / weights.sum())

    def _some(self, many: int, how_many: tuple[float, ...], by: float) -> Any:
        """For each activity up to three numbers below `many`, -1 where there is none."""
        drawn = np.stack([self._skewed(many, self.size, by) for _ in range(3)])
        count = self.chance.choice(4, self.size, p=how_many)
        return np.where(np.arange(3)[:, None] < count, drawn, -1).T

    def _draw_places(self, organisations: int) -> None:
        """Seven of ten are at one of the five homes of their organisation, the others anywhere."""
        weights = np.array([weight for *_place, weight in self.places])
        weights /= weights.sum()
        homes = self.chance.choice(len(self.places), (organisations, 5), p=weights)
        drawn = self.chance.choice(len(self.places), (3, self.size), p=weights)
        at_home = self.chance.random((3, self.size)) < 0.7
        drawn = np.where(at_home, homes[self.owner, self.chance.integers(0, 5, (3, self.size))], drawn)
        count = self.chance.choice(5, self.size, p=(0.02, 0.86, 0.09, 0.02, 0.01))
        self.whole = count == 4
        self.where = np.where(np.arange(3)[:, None] < np.where(self.whole, 0, count), drawn, -1).T

    def when(self, at: int) -> tuple[str, str]:
        """Two partial dates."""
        how = self.known_by[at]
        begins = FIRST_DAY + timedelta(days=int(self.start[at]))
        ends = begins + timedelta(days=int(self.length[at]) - 1)
        if how == 3:
            return "", ""
        if how == 4:
            return begins.isoformat(), ""
        cut = (10, 7, 4)[how]
        return begins.isoformat()[:cut], ends.isoformat()[:cut]


def weighted_places() -> list[tuple[str, int, str, float]]:
    """(code, level, name, weight): municipalities by their inhabitants, a quarter of that to their units, counties."""
    from sofra.places.models import Place

    found = list(Place.objects.filter(country="AL", level__in=(1, 2, 3)).order_by("code"))
    people = {place.code: (place.population or {}).get("2023", 20_000) for place in found if place.level == 2}
    units: dict[str, int] = {}
    for place in found:
        if place.level == 3:
            units[place.parent_id or ""] = units.get(place.parent_id or "", 0) + 1
    weights = {
        1: lambda place: 0.05 * sum(people.values()) / 12,
        2: lambda place: people[place.code],
        3: lambda place: 0.25 * people.get(place.parent_id, 0) / units[place.parent_id or ""],
    }
    return [(place.code, place.level, place.name, weights[place.level](place)) for place in found]


def fill(size: int, crowded: float = 1.0) -> None:
    """Put a world into a hub that has places but no activities, in one transaction."""
    from bench.worlds import fill as fill_registry
    from django.db import transaction

    from sofra.activities.models import Project
    from sofra.ground.audit import record
    from sofra.ground.bulk import insert_rows
    from sofra.organisations.models import Organisation

    organisations = ORGANISATIONS.get(size, max(size // 25, 20))
    fill_registry(organisations)
    owners = list(Organisation.objects.order_by("id").values_list("id", "code"))
    world = World(size, organisations, weighted_places(), crowded)
    now = "2026-01-01 00:00:00+00:00"
    with transaction.atomic():
        insert_rows(
            Project,
            ["id", "code", "owner_id", "title", "about", "aim", "begins", "ends", "results", "source", "state", "visible_to",
             "version", "created_at", "updated_at", "budget_visible_to", "currency"],
            (
                (n, f"al.p{n}", owners[world.project_owner[n]][0], f"Projekti {n}", "", "", "", "", "", "bench",
                 "published", 0, 1, now, now, 1, "")
                for n in range(1, world.projects + 1)
            ),
        )  # fmt: skip
        for start in range(0, size, _PORTION):
            _write(world, owners, range(start, min(start + _PORTION, size)), now)
        record(what="bench.filled", about="activities", by=None, activities=size)
    _settle()


_ACTIVITY = (
    "id", "code", "owner_id", "project_id", "title", "about", "kinds", "themes", "audiences", "languages", "places", "place_text",
    "whole_country", "begins", "ends", "status", "mode", "counted", "currency", "money_visible_to", "results", "source",
    "state", "visible_to", "version", "sort_key", "searchable", "created_at", "updated_at", "work", "whom",
)  # fmt: skip


def _write(world: World, owners: list[tuple[int, str]], numbers: range, now: str) -> None:
    from sofra.activities import presence
    from sofra.activities.models import Activity, ActivityParty, Presence
    from sofra.ground.bulk import insert_rows

    made = list(_drawn(world, owners, numbers))
    insert_rows(Activity, _ACTIVITY, (_row(one, now) for one in made), together=100)
    insert_rows(ActivityParty, ("activity_id", "organisation_id", "part"), _party_rows(world, owners, made))
    areas = _areas()
    insert_rows(Presence, presence.COLUMNS, (row for one in made for row in presence.rows_of(one, areas, "AL")))


@dataclass(slots=True)
class Drawn:
    """As much of an activity as presences are made of; a model's instance takes half of the time."""

    pk: int
    owner_id: int | None
    project_id: int | None
    title: str
    kinds: list[str]
    audiences: list[str]
    places: list[str]
    whole_country: bool
    begins: str
    ends: str
    visible_to: int
    themes: tuple[str, ...] = ()


def _drawn(world: World, owners: list[tuple[int, str]], numbers: range) -> Iterator[Drawn]:
    for at in numbers:
        begins, ends = world.when(at)
        places = list(dict.fromkeys(world.places[n][0] for n in world.where[at] if n >= 0))
        audiences = list(dict.fromkeys(AUDIENCES[n] for n in world.audiences[at] if n >= 0))
        kinds = list(dict.fromkeys(KINDS[n] for n in world.kinds[at] if n >= 0))
        named = world.places[world.where[at][0]][2] if places else "Shqipëri"
        whom = audiences[0] if audiences else "banorë"
        yield Drawn(
            at + 1, None if world.owner_unknown[at] else owners[world.owner[at]][0], int(world.project[at]) or None,
            f"Takim me {whom} në {named}", kinds, audiences, places, bool(world.whole[at]), begins, ends,
            int(world.hidden[at]),
        )  # fmt: skip


def _row(one: Drawn, now: str) -> tuple[Any, ...]:
    from sofra.activities.vocabulary import audience_bits_of, work_of

    key, searchable = _derived(one.title)
    return (
        one.pk, f"al.a{one.pk}", one.owner_id, one.project_id, one.title, "", json.dumps(one.kinds), "[]",
        json.dumps(one.audiences), "[]", json.dumps(one.places), "", one.whole_country, one.begins, one.ends, "held",
        "in-person", "unknown", "", 1, "", "bench", "published", one.visible_to, 1, key, searchable, now, now,
        work_of(one.kinds, ()), audience_bits_of(one.audiences),
    )  # fmt: skip


@cache
def _derived(title: str) -> tuple[str, str]:
    from sofra.activities.models import Activity

    one = Activity(title=title)
    one.derive()
    return one.sort_key, one.searchable


@cache
def _areas() -> dict[str, str]:
    from sofra.activities.presence import area_of
    from sofra.places.models import Place

    return {place.code: area_of(place) for place in Place.objects.all()}


def _party_rows(world: World, owners: list[tuple[int, str]], made: list[Drawn]) -> Iterator[tuple[int, int, str]]:
    for one in made:
        at = one.pk - 1
        if one.owner_id is not None:
            yield one.pk, one.owner_id, "lead"
        for step in range(int(world.partners[at])):
            partner = owners[(int(world.owner[at]) + 7 * step + 1 + at % 5) % len(owners)][0]
            if partner != one.owner_id:
                yield one.pk, partner, "partner"


def _settle() -> None:
    """Fresh numbers begin after those that were written, and the database knows how its values are spread."""
    from django.core.management.color import no_style
    from django.db import connection

    from sofra.activities import models

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [models.Activity, models.Project]):
            cursor.execute(statement)
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
