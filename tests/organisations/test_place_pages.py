"""Pages of places: who is counted where, what is listed apart, and that a page costs the same at any size."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from sofra.accounts.models import User
from sofra.organisations import place_queries, services
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place, PlaceName
from sofra.places.titles import title_of

Make = Callable[..., Organisation]


@pytest.fixture
def working(ana: User, albania: dict[str, Place]) -> Make:
    """An organisation with these places of work and this seat."""

    def make(name: str, *places: str, seat: str = "", visible_to: int = 0) -> Organisation:
        facts = [FactDraft("name", name)]
        facts += [FactDraft("place", code, visible_to=visible_to) for code in places]
        facts += [FactDraft("seat", seat)] if seat else []
        return services.register(Draft(kind="cso", facts=facts), by=ana)

    return make


def test_an_organisation_in_two_units_of_a_municipality_is_counted_once(
    working: Make, albania: dict[str, Place]
) -> None:
    Place.objects.create(
        code="AL153-2", kind="unit", country="AL", parent=albania["AL153"], path="AL/AL-10/AL153/AL153-2/", level=3,
        name="Qelëz", name_en="Qelëz",
    )  # fmt: skip
    working("Ura", "AL153-1", "AL153-2", "AL153")
    working("Drita", "AL153-1")
    counted = place_queries.coverage(0)
    assert counted.within["AL153"] == counted.within["AL-10"] == counted.within["AL"] == 2
    assert counted.exact["AL153"] == 1
    assert counted.below["AL153"] == 2


def test_a_place_without_anyone_has_no_count_rather_than_nought(working: Make) -> None:
    working("Ura", "AL153")
    assert "AL151" not in place_queries.coverage(0).within


def test_what_only_members_may_see_is_not_counted_for_visitors(working: Make) -> None:
    working("Ura", "AL153", visible_to=1)
    assert "AL153" not in place_queries.coverage(0).within
    assert place_queries.coverage(1).within["AL153"] == 1


def test_larger_areas_are_background_and_not_added(working: Make, client: Client) -> None:
    working("Në gjithë qarkun", "AL-10")
    working("Në gjithë vendin", "AL")
    working("Vetëm këtu", "AL153")
    page = client.get("/places/AL153/")
    groups = {group.key: group for group in page.context["groups"]}
    assert [entry.organisation.name for entry in groups["here"].entries] == ["Vetëm këtu"]
    assert groups["wider"].count == 2
    assert [(step.code, count) for step, _title, count in groups["wider"].parts] == [("AL-10", 1), ("AL", 1)]
    assert page.context["counts"]["within"] == 1


def test_groups_tell_exact_below_and_seat_apart(working: Make, client: Client) -> None:
    working("Në bashki", "AL153", seat="AL151")
    working("Në njësi", "AL153-1", seat="AL153")
    groups = {group.key: group for group in client.get("/places/AL153/").context["groups"]}
    assert [entry.organisation.name for entry in groups["here"].entries] == ["Në bashki"]
    assert [(e.organisation.name, e.places) for e in groups["below"].entries] == [
        ("Në njësi", ("Njësia administrative Gjegjan",))
    ]
    assert [entry.organisation.name for entry in groups["seat"].entries] == ["Në njësi"]


def test_empty_place_says_that_nobody_is_recorded_not_that_nobody_is_there(
    albania: dict[str, Place], client: Client
) -> None:
    with translation.override("en"):
        page = client.get("/en/places/AL151/").content.decode()
    assert "Nobody is recorded here yet." in page
    assert "That does not mean that nobody works here." in page


def test_unknown_population_is_said_for_each_census(albania: dict[str, Place], client: Client) -> None:
    Place.objects.filter(pk="AL153").update(population={"2011": 11069})
    assert client.get("/places/AL153/").context["population"] == [("2023", None), ("2011", 11069)]
    with translation.override("en"):
        page = client.get("/en/places/AL153/").content.decode()
    assert "11,069" in page
    assert "not known" in page


def test_titles_carry_the_office_in_albanian_and_english(albania: dict[str, Place]) -> None:
    albania["AL-10"].name, albania["AL-10"].name_en = "Qark Shkodër", "Shkodër County"
    assert title_of(albania["AL153"]) == "Bashkia Pukë"
    assert title_of(albania["AL-10"]) == "Qarku Shkodër"
    assert title_of(albania["AL153-1"]) == "Njësia administrative Gjegjan"
    with translation.override("en"):
        assert title_of(albania["AL153"]) == "Municipality of Pukë"
        assert title_of(albania["AL-10"]) == "Shkodër County"


def test_kosovo_carries_its_footnote_as_the_report_prints_it(db: None, client: Client) -> None:
    Place.objects.create(
        code="XK", kind="country", country="XK", path="XK/", level=0, name="Kosovë*", name_en="Kosovo*"
    )
    with translation.override("en"):
        for address in ("/en/places/XK/", "/en/places/"):
            page = client.get(address).content.decode()
            assert "Kosovo*" in page
            assert "is in line with UNSCR 1244(1999) and the ICJ Opinion on the Kosovo declaration" in page


def test_long_lists_have_pages(working: Make, client: Client) -> None:
    for i in range(30):
        working(f"Ura {i:02}", "AL153")
    whole = client.get("/places/AL153/")
    assert len(whole.context["groups"][0].entries) == 10
    second = client.get("/places/AL153/?list=here&page=2")
    assert [e.organisation.name for e in second.context["groups"][0].entries] == [f"Ura {i}" for i in range(25, 30)]
    assert client.get("/places/AL153/?list=here&page=99").status_code == 200
    assert client.get("/places/AL153/?list=nonsense&page=x").status_code == 200


@pytest.mark.parametrize("expected", [1, 1000])
def test_both_ways_to_a_list_give_the_same(expected: int, working: Make) -> None:
    for name in ("Zëri", "Çelësi", "Ana e Malit"):
        working(name, "AL153", "AL153-1")
    found = place_queries.organisations_at(0, "place", ["AL153", "AL153-1"], count=expected, everybody=1000, until=10)
    assert [one.name for one in found] == ["Ana e Malit", "Çelësi", "Zëri"]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("address", "most"), [("/places/AL153/", 40), ("/places/AL-10/", 14), ("/places/", 8)])
def test_queries_do_not_grow(
    size: int,
    address: str,
    most: int,
    working: Make,
    client: Client,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for i in range(size):
        working(f"Ura {i}", "AL153", "AL153-1", "AL-10", "AL", seat="AL153")
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
        assert client.get(address).status_code == 200


def test_places_are_found_in_any_spelling(albania: dict[str, Place], client: Client) -> None:
    for name, folded in (("Pukë", "puke"), ("Puka", "puka")):
        PlaceName.objects.create(place=albania["AL153"], name=name, folded=folded, form="other")
    for typed in ("Pukë", "PUKE", "puka"):
        found = client.get("/places/", {"q": typed}).context["found"]
        assert [place.code for place, *_ in found] == ["AL153"], typed


def test_odd_addresses(albania: dict[str, Place], client: Client) -> None:
    assert client.get("/places/al153/").headers["Location"] == "/places/AL153/"
    assert client.get("/places/NOWHERE/").status_code == 404
    assert client.get("/places/", {"q": "x" * 3000}).status_code == 200
    assert client.get("/places/", {"map": "nonsense"}).status_code == 200
    assert client.post("/places/").status_code == 405
