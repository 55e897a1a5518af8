"""Every overlap once, from the database: the oracle finds the same, for each viewer and each filter."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.coverage import oracle, worlds

from sofra.activities.models import Activity
from sofra.coverage import listing, pairing
from sofra.coverage.listing import EVERYTHING, Filters, Overlap
from sofra.organisations.models import Organisation
from sofra.places.models import Place

Bodies = dict[str, Organisation]
Found = dict[tuple[int, int], str]


@pytest.fixture
def bodies(db: None) -> Bodies:
    worlds.make_places()
    return worlds.make_bodies()


@contextmanager
def written(world: oracle.World, bodies: Bodies) -> Iterator[dict[int, int]]:
    """The world in the database, and nothing of it afterwards."""
    with transaction.atomic():
        try:
            yield worlds.write(world, bodies)
        finally:
            transaction.set_rollback(True)


def listed(numbers: dict[int, int], level: int, filters: Filters = EVERYTHING) -> Found:
    """What is listed, by the numbers of the world; each pair once and in order."""
    world_number = {number: own for own, number in numbers.items()}
    found: Found = {}
    for one in listing.overlaps(level, filters):
        pair = (world_number[one.first.number], world_number[one.second.number])
        assert one.first.number < one.second.number
        assert pair not in found
        assert one.first.title == f"Takimi {pair[0]}"
        found[pair] = oracle.SURE if one.sure else oracle.POSSIBLE
    return found


def expected(world: oracle.World, level: int, numbers: dict[int, int]) -> Found:
    """Pairs as the database numbers them: drafts come after what is published."""
    found = oracle.overlaps(world, worlds.seen(world, level))
    return {
        ((one, other) if numbers[one] < numbers[other] else (other, one)): said for (one, other), said in found.items()
    }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=4, most=14))
def test_the_list_is_what_comparing_all_pairs_finds(world: oracle.World, bodies: Bodies) -> None:
    with written(world, bodies) as numbers:
        for level in (0, 1, 2):
            assert listed(numbers, level) == expected(world, level, numbers)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 1 << 40))
def test_so_it_is_of_a_larger_world(seed: int, bodies: Bodies) -> None:
    world = worlds.world(random.Random(seed).choice, least=120, most=160)
    with written(world, bodies) as numbers, pytest.MonkeyPatch.context() as patch:
        wanted = expected(world, 0, numbers)
        assert listed(numbers, 0) == wanted
        patch.setattr(pairing, "MOST", 50)
        patch.setattr(pairing, "BLOCK", 32)
        patch.setattr(listing, "REMEMBERED", 3)
        assert listed(numbers, 0) == wanted, "in small portions"
        everything = list(listing.overlaps(0))
        assert [(one.first.number, one.second.number) for one in everything] == sorted(
            (one.first.number, one.second.number) for one in everything
        )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds.worlds(least=4, most=14), data=st.data())
def test_a_filter_keeps_what_the_two_share(world: oracle.World, data: st.DataObject, bodies: Bodies) -> None:
    said = {
        "place": data.draw(st.sampled_from([None, *worlds.PLACES])),
        "audiences": tuple(data.draw(st.lists(st.sampled_from(worlds.AUDIENCES), max_size=2, unique=True))),
        "kinds": data.draw(st.sampled_from([(), ("dialogue",), ("dialogue", "education")])),
        "themes": data.draw(st.sampled_from([(), (), ("youth",)])),
        "body": data.draw(st.sampled_from([None, None, "o1", "o2"])),
        "activity": data.draw(st.sampled_from([None, None, 1])),
        "span": data.draw(st.one_of(st.just(("", "")), worlds.SPANS)),
        "sure": data.draw(st.booleans()),
    }
    with written(world, bodies) as numbers:
        code = Activity.objects.get(pk=numbers[said["activity"]]).code if said["activity"] else ""
        filters = Filters(
            place=Place.objects.get(pk=said["place"]) if said["place"] else None,
            audiences=said["audiences"], kinds=said["kinds"], themes=said["themes"], activity=code,
            organisation=Organisation.objects.get(pk=bodies[said["body"]].pk) if said["body"] else None,
            begins=said["span"][0], ends=said["span"][1], sure=said["sure"],
        )  # fmt: skip
        by_number = {one["number"]: one for one in world["activities"]}
        wanted = {
            pair: verdict
            for pair, verdict in expected(world, 0, numbers).items()
            if _fits(world, by_number[pair[0]], by_number[pair[1]], verdict, said)
        }
        assert listed(numbers, 0, filters) == wanted


def _fits(world: oracle.World, one: oracle.Doing, other: oracle.Doing, verdict: str, said: dict[str, Any]) -> bool:
    place, work = said["place"], oracle.shared(world, one, other, "work")
    if place and not any(
        oracle.lies_in(world, at, place) or oracle.lies_in(world, place, at)
        for at in oracle.shared(world, one, other, "place")
    ):
        return False
    if said["audiences"] and not set(said["audiences"]) & oracle.shared(world, one, other, "audience"):
        return False
    if any(
        said[f"{word}s"] and not {f"{word}:{code}" for code in said[f"{word}s"]} & work for word in ("kind", "theme")
    ):
        return False
    stands = world["joined"].get(said["body"], said["body"])
    if said["body"] and not any(stands in oracle.bodies(world, doing) for doing in (one, other)):
        return False
    if said["activity"] and said["activity"] not in (one["number"], other["number"]):
        return False
    mine, theirs = oracle.maybe_days(one), oracle.maybe_days(other)
    both = max(mine[0], theirs[0]), min(mine[1], theirs[1])
    return oracle.touch(both, worlds.period_of(*said["span"])) and (verdict == oracle.SURE or not said["sure"])


def test_the_country_is_background_even_where_it_is_named_as_a_place(bodies: Bodies) -> None:
    world = worlds.world(random.Random(1).choice, least=2, most=2)
    for doing, owner in zip(world["activities"], ("o1", "o2"), strict=True):
        doing.update(owner=owner, partners=[], project=None, whole=False, places=["M1"], begins="2018-03-01",
                     ends="2018-03-09", audiences=["youth"], kinds=["dialogue"], visible_to=0, published=True,
                     status="held")  # fmt: skip
    with written(world, bodies) as numbers:
        assert listed(numbers, 0) == {(1, 2): oracle.SURE}
    world["activities"][0]["places"] = ["AL"]
    with written(world, bodies) as numbers:
        assert listed(numbers, 0) == {}


def test_it_takes_as_many_statements_for_many_as_for_few(bodies: Bodies, django_assert_max_num_queries: Any) -> None:
    world = worlds.world(random.Random(7).choice, least=60, most=60)
    with written(world, bodies), django_assert_max_num_queries(6) as captured:
        found: list[Overlap] = list(listing.overlaps(2))
    assert isinstance(captured, CaptureQueriesContext)
    assert len(found) > 60
