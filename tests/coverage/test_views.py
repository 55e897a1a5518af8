"""Pages of coverage: what they say of a small world, to whom, and that they cost the same at any size."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import Settings
from tests.activities.conftest import activity, albania, ana, besa, cvetan, lugina, organisation, person, ura

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities import services as activity_services
from sofra.activities.drafts import Funder, ProjectDraft
from sofra.activities.models import Activity
from sofra.coverage import crowds, queries, services
from sofra.coverage.models import Asking, PriorityArea
from sofra.coverage.queries import Filters
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.places.models import Place, PlaceName

__all__ = ["activity", "albania", "ana", "besa", "cvetan", "lugina", "organisation", "person", "ura"]
Make = Callable[..., Activity]
ASK = "/en/plan/?place=Cerrik&audience=youth&kind=dialogue&from=03.2026&to=03.2026"
EXACT = "/en/plan/?place=Cerrik&audience=youth&kind=dialogue&from=05.03.2026&to=06.03.2026"


@pytest.fixture(autouse=True)
def _names(albania: dict[str, Place], settings: Settings) -> None:
    """As the places file has them, so that what is typed is found."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with translation.override("en"):
        for place in albania.values():
            PlaceName.objects.create(place=place, name=place.name, folded=place.name.lower().replace("ë", "e"))


@pytest.fixture
def cerrik(activity: Make, lugina: Organisation) -> Activity:
    """Lugina surely talks with young people in Cërrik on 2–6 March 2026."""
    return activity(title="Tryezë në Cërrik", owner=lugina.code, places=["AL112"], partners=[])


def words(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return " ".join(answer.content.decode().split())


def rows(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# — before you plan ————————————————————————————————————————————————————————————————————————————————————————


def test_the_answer_says_who_is_there_and_leads_to_the_activity(client: Client, cerrik: Activity) -> None:
    page = words(client, EXACT)
    assert "1 activity of others is surely there at that time" in page
    assert cerrik.get_absolute_url().removeprefix("/en") in page
    assert "Shoqata “Lugina”" in page
    assert "It shares: the same place" in page


def test_a_month_is_only_possible_and_says_why(client: Client, cerrik: Activity) -> None:
    page = words(client, ASK)
    assert "1 activity of others is possibly there" in page
    assert "you have not said on which days exactly" in page


def test_where_nobody_is_known_it_is_not_said_that_nobody_is_there(client: Client) -> None:
    page = words(client, EXACT)
    assert "Nobody else is known to do this there at that time." in page
    assert "That does not say that nobody is there" in page


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/en/plan/?place=Atlantis", "This place was not found."),
        ("/en/plan/?place=&kind=dialogue", "Write where: the name of a municipality."),
        ("/en/plan/?place=Cerrik&from=31.02.2026", "That month has no day 31"),
        ("/en/plan/?place=Cerrik&from=0020", "write it with four digits"),
        ("/en/plan/?place=Cerrik&from=2026&to=2025", "one of the two dates is wrong"),
        ("/en/plan/?place=Cerrik&kind=magic", "magic"),
        ("/en/coverage/gaps/?place=Atlantis", "This place was not found."),
        ("/en/coverage/overlaps/?from=tomorrow", "is no date"),
        ("/en/coverage/overlaps/?organisation=al.nobody", "There is no organisation “al.nobody”"),
        ("/en/coverage/crowded/?audience=everyone", "everyone"),
        ("/en/coverage/?from=2026-13", "There is no month 13"),
        ("/en/coverage/money/?place=Atlantis", "This place was not found."),
        ("/en/coverage/cell/?place=AL112&audience=nobody", "nobody"),
    ],
)
def test_bad_input_gets_a_sentence(client: Client, address: str, sentence: str) -> None:
    assert sentence in words(client, address, 422)


def test_a_download_of_a_bad_question_is_refused_in_words(client: Client) -> None:
    assert client.get("/plan.csv?place=Atlantis").status_code == 400


def test_crowding_is_worded_as_care(client: Client, activity: Make, organisation: Any, settings: Settings) -> None:
    settings.CROWD = 3
    for number in range(3):
        activity(owner=organisation(f"Shoqata {number}").code, places=["AL112"])
    page = words(client, EXACT)
    assert "Think of the people: with your plan 4 organisations would ask the same people at once" in page
    assert "Without it there are at most 3 at once." in page
    assert "/en/coverage/cell/?place=AL112&amp;audience=youth&amp;from=2026-03-05&amp;to=2026-03-06" in page
    activity(owner=organisation("Shoqata 3").code, places=["AL112"])
    page = words(client, EXACT)
    assert "Think of the people: 4 organisations are already asking the same people (young people)." in page
    assert "With your plan there would be 5 at once." in page


def test_ones_own_activities_are_no_overlap(besa: User, activity: Make, ura: Organisation) -> None:
    activity(places=["AL112"])
    client = signed_in(besa)
    page = words(client, EXACT)
    assert "1 activity of others is surely there" in page
    assert "Leave out what your organisation does itself:" in page
    assert "Nobody else is known to do this there" in words(client, f"{EXACT}&organisation={ura.code}")


def test_to_write_to_them_is_one_click_where_the_viewer_may_know_how(
    client: Client, cerrik: Activity, lugina: Organisation, ana: User, besa: User
) -> None:
    said = {"do": "add", "field": "contact", "value": "zyra: zyra@lugina.example", "visible_to": 1, "source": "test"}
    registry.edit_record(lugina, changes=[said], by=ana)
    assert "mailto:" not in words(client, EXACT)
    assert "How to reach them" in words(client, EXACT)
    assert "mailto:zyra@lugina.example?subject=" in words(signed_in(besa), EXACT)


def test_a_visitor_signs_in_and_comes_back_with_the_question(client: Client) -> None:
    page = words(client, EXACT)
    assert "/account/login/?next=%2Fen%2Fplan%2F%3Fplace%3DCerrik" in page
    assert client.post("/en/plan/save/", {"place": "Cerrik"}).status_code == 302


def test_a_plan_is_kept_as_a_draft_of_ones_own_organisation(
    besa: User, ura: Organisation, lugina: Organisation
) -> None:
    client = signed_in(besa)
    asked = {"place": "Cerrik", "audience": "youth", "kind": "dialogue", "from": "03.2027", "owner": ura.code}
    answer = client.post("/en/plan/save/", {**asked, "title": "Punëtori me të rinj"})
    made = Activity.objects.get()
    assert answer["Location"] == f"/en/activities/{made.code}/edit/"
    assert (made.title, made.owner, made.state, made.status) == ("Punëtori me të rinj", ura, "draft", "planned")
    assert (made.places, made.audiences, made.kinds) == (["AL112"], ["youth"], ["dialogue"])
    assert (made.begins, made.ends) == ("2027-03", "2027-03")
    assert client.post("/en/plan/save/", {**asked, "owner": lugina.code}).status_code == 404
    assert client.post("/en/plan/save/", {**asked, "owner": ""})["Location"].startswith("/en/plan/?place=Cerrik")
    assert Activity.objects.count() == 1


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


def test_an_overlap_stands_with_both_and_its_reason(client: Client, cerrik: Activity, activity: Make) -> None:
    activity(title="Tjetra", places=["AL112"])
    page = words(client, "/en/coverage/overlaps/")
    assert "1 overlap" in page
    assert page.count("Tryezë në Cërrik") == page.count("Tjetra") == 1
    assert "They share: the same place" in page
    only = rows(client, "/en/coverage/overlaps.csv")
    assert len(only) == 1
    assert only[0]["sure or possible"] == "sure"
    assert {only[0]["one"], only[0]["the other"]} == set(Activity.objects.values_list("code", flat=True))
    assert rows(client, "/en/coverage/overlaps.csv?place=AL153") == []


def test_a_crowd_opens_the_rows_that_say_so(
    client: Client, activity: Make, organisation: Any, settings: Settings
) -> None:
    settings.CROWD = 1
    made = [activity(title=f"E {n}", owner=organisation(f"Shoqata {n}").code, places=["AL112"]) for n in range(2)]
    page = words(client, "/en/coverage/crowded/")
    assert "2 organisations on one day" in page
    assert "The 2 activities that say so" in page
    assert "/en/coverage/cell/?place=AL112&amp;audience=youth&amp;from=2026-03-02&amp;to=2026-03-06" in page
    table = rows(client, "/en/coverage/crowded.csv")
    assert [row["activities"] for row in table] == [" | ".join(one.code for one in made)]
    behind = rows(client, "/en/coverage/cell.csv?place=AL112&audience=youth&from=2026-03-02&to=2026-03-06")
    assert {row["id"] for row in behind} == {one.code for one in made}


def test_whom_a_crowd_counts_and_cannot_name_is_said(
    client: Client, activity: Make, organisation: Any, settings: Settings
) -> None:
    settings.CROWD = 1
    for n in range(2):
        activity(title=f"E {n}", owner=organisation(f"Shoqata {n}").code, places=["AL112"])
    assert "not known or not public" not in words(client, "/en/coverage/crowded/")
    activity(title="E 3", owner="", places=["AL112"])
    settings.CROWD = 2
    assert "and one that is not known or not public" in words(client, "/en/coverage/crowded/")


@pytest.mark.parametrize(("page", "default"), [("", "kind"), ("money/", "place")])
def test_an_address_may_name_the_columns_that_are_shown_anyway(
    client: Client, cerrik: Activity, page: str, default: str
) -> None:
    named, plain = (client.get(f"/en/coverage/{page}{asked}") for asked in (f"?by={default}", ""))
    assert (named.status_code, plain.status_code) == (200, 200)
    assert [one[:2] for one in named.context["bys"]] == [one[:2] for one in plain.context["bys"]]


def test_a_place_and_an_activity_lead_to_what_coverage_says_of_them(client: Client, cerrik: Activity) -> None:
    assert 'href="/en/plan/?place=AL112"' in words(client, "/en/places/AL112/")
    assert f'href="/en/coverage/overlaps/?activity={cerrik.code}"' in words(client, f"/en/activities/{cerrik.code}/")
    page = client.get(f"/en/coverage/overlaps/?activity={cerrik.code}")
    assert page.status_code == 200
    assert [chip["label"] for chip in page.context["chips"]] == [f"Activity: {cerrik.title}"]
    assert client.get("/en/coverage/overlaps/?activity=al.no-such").status_code == 422


def test_a_large_hub_reads_the_same_crowds_from_the_counted_table(
    client: Client, activity: Make, organisation: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CROWD = 1
    bodies = [organisation(f"Shoqata {n}").code for n in range(3)]
    for n, (place, audiences, begins, ends) in enumerate((
        ("AL112", ["youth"], "2026-03-02", "2026-03-06"), ("AL112", ["youth", "parents"], "2026-03-04", "2026-05-06"),
        ("AL153-1", ["women"], "2026", "2026"), ("AL153", [], "2026-02", "2026-03"), ("AL-10", ["women"], "2026", ""),
        ("AL112", ["parents"], "2026-03", "2027-01-05"), ("AL153", [], "", "2027"),
    )):  # fmt: skip
        activity(owner=bodies[n % 3], places=[place], audiences=audiences, begins=begins, ends=ends)
    for period in ({}, {"begins": "2026-03", "ends": "2026-04"}, {"begins": "2027"}, {"sure": True}):
        filters = Filters(**period)
        exact = [(one.place.code, one.audience, one.crowd.sure, one.crowd.number)
                 for one in queries.crowded_places(0, filters)]  # fmt: skip
        counted = [(one.place, one.audience, one.sure, one.number) for one in crowds.crowds(0, filters)]
        assert counted == exact, period
    assert exact
    monkeypatch.setattr(crowds, "MOST_LISTED", 0)
    page = words(client, "/en/coverage/crowded/")
    assert "On which days, and by which activities" in page
    assert "The 2 activities that say so" in words(client, "/en/coverage/crowded/?place=AL112&audience=youth")


def test_in_a_large_hub_a_place_is_chosen_before_overlaps_are_listed(
    client: Client, cerrik: Activity, activity: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity(title="Tjetra", places=["AL112"])
    activity(title="Vetëm", places=["AL153"])
    monkeypatch.setattr(crowds, "MOST_LISTED", 0)
    page = words(client, "/en/coverage/overlaps/?from=2026")
    assert 'href="?from=2026&amp;place=AL112"' in page
    assert 'place=AL153"' not in page
    assert "1 overlap" in words(client, "/en/coverage/overlaps/?from=2026&place=AL112")


def test_nobody_known_is_told_apart_from_not_asked(
    client: Client, ana: User, albania: dict[str, Place], cerrik: Activity, besa: User
) -> None:
    services.record_asking(place=albania["AL153"], asked_by="Qendra pyeti bashkinë", asked_on="2026-01", by=ana)
    services.declare_priority(place=albania["AL151"], declared_by="Këshilli", declared_on="2026", by=ana)
    page = words(client, "/en/coverage/gaps/")
    assert "Nobody known</span>" in page
    assert "asked by: Qendra pyeti bashkinë, 01.2026" in page
    assert "Not asked, so not known" in page
    assert 'href="/en/places/AL112/"' not in page
    assert "Këshilli" not in page
    assert [row["code"] for row in rows(client, "/en/coverage/gaps.csv")] == ["AL153", "AL151"]
    member = signed_in(besa)
    assert "priority: Këshilli" in words(member, "/en/coverage/gaps/")
    assert [row["code"] for row in rows(member, "/en/coverage/gaps.csv")] == ["AL151", "AL153"]
    assert "Këshilli" in words(member, "/en/coverage/priorities/")


def test_a_mapper_writes_down_what_was_asked_and_takes_it_back(ana: User) -> None:
    client = signed_in(ana)
    asked = {"place": "Pukë", "asked_by": "Qendra pyeti", "asked_on": "10.2026", "from": "", "audiences": ["youth"]}
    assert client.post("/en/coverage/asked/", {**asked, "asked_on": ""}).status_code == 422
    assert client.post("/en/coverage/asked/", {**asked, "place": "Atlantis"}).status_code == 422
    wrong = client.post("/en/coverage/asked/", {**asked, "begins": "2027", "ends": "2026"})
    assert "one of the two dates is wrong" in wrong.content.decode()
    assert client.post("/en/coverage/asked/", asked)["Location"] == "/en/coverage/asked/"
    made = Asking.objects.get()
    assert (made.place_id, made.asked_on, made.audiences) == ("AL153", "2026-10", ["youth"])
    assert "Qendra pyeti" in words(client, "/en/coverage/asked/")
    client.post(f"/en/coverage/asked/{made.pk}/end/")
    assert "Qendra pyeti" not in words(client, "/en/coverage/asked/")


def test_a_mapper_declares_a_priority_and_ends_it(ana: User, besa: User, client: Client) -> None:
    declared = {"place": "Pukë", "declared_by": "Këshilli", "declared_on": "2026", "visible_to": "1"}
    assert signed_in(besa).post("/en/coverage/priorities/", declared).status_code == 403
    assert client.get("/en/coverage/priorities/").status_code == 302
    mapper = signed_in(ana)
    mapper.post("/en/coverage/priorities/", declared)
    area = PriorityArea.objects.get()
    mapper.post(f"/en/coverage/priorities/{area.pk}/end/")
    area.refresh_from_db()
    assert area.ended_on is not None


# — who is where ———————————————————————————————————————————————————————————————————————————————————————————


def test_each_number_opens_what_it_counts(client: Client, cerrik: Activity, activity: Make) -> None:
    activity(places=["AL153-1"], begins="2026", ends="2026", audiences=[])
    activity(whole_country=True, places=[])
    page = words(client, "/en/coverage/?by=audience&rows=municipality&from=2026-03&to=2026-03")
    assert "/en/coverage/cell/?place=AL112&amp;audience=youth&amp;from=2026-03&amp;to=2026-03" in page
    table = {
        row["place"]: row
        for row in rows(client, "/en/coverage.csv?by=audience&rows=municipality&from=2026-03&to=2026-03")
    }
    assert (table["Cërrik"]["young people"], table["Cërrik"]["young people, surely"]) == ("1", "1")
    assert (table["Pukë"]["not known"], table["Pukë"]["not known, surely"]) == ("1", "0")
    assert table["Fushë-Arrëz"]["young people"] == ""
    assert table["In the whole country"]["all activities"] == "1"
    for address, number in (
        ("/en/coverage/cell.csv?place=AL112&audience=youth&from=2026-03&to=2026-03", 1),
        ("/en/coverage/cell.csv?place=AL153&audience=unknown&from=2026-03&to=2026-03", 1),
        ("/en/coverage/cell.csv?kind=unknown", 0),
    ):
        assert len(rows(client, address)) == number, address


def test_not_known_asked_and_nobody_and_a_number_look_different(
    client: Client, cerrik: Activity, ana: User, albania: dict[str, Place]
) -> None:
    services.record_asking(place=albania["AL153"], asked_by="Qendra pyeti", asked_on="2026", by=ana)
    page = words(client, "/en/coverage/?rows=municipality")
    assert 'class="none"' in page
    assert 'class="unasked"' in page
    table = {row["place"]: row["all activities"] for row in rows(client, "/en/coverage.csv?rows=municipality")}
    assert table == {"Cërrik": "1", "Fushë-Arrëz": "", "Pukë": "0"}


def test_counties_open_their_municipalities_and_time_is_a_list(
    client: Client, cerrik: Activity, activity: Make
) -> None:
    page = words(client, "/en/coverage/")
    assert 'href="?place=AL-03"' in page
    assert 'href="?from=2026&amp;to=2026"' in page
    assert "2026, quarter 1" in words(client, "/en/coverage/?from=2026&to=2026")
    activity(places=["AL-03"], owner="")
    inside = {row["place"]: row["all activities"] for row in rows(client, "/en/coverage.csv?place=AL-03")}
    assert inside == {"Cërrik": "1", "Elbasan, all of it": "2"}
    quarters = rows(client, "/en/coverage.csv?by=time&from=2026&to=2026&place=AL-03")
    assert [quarters[0][f"quarter {n} of 2026"] for n in range(1, 5) if f"quarter {n} of 2026" in quarters[0]] == ["1"]


def test_presence_by_registry_and_by_activity_stand_apart(
    client: Client, cerrik: Activity, ana: User, ura: Organisation
) -> None:
    said = {"do": "add", "field": "place", "value": "AL153", "visible_to": 0, "source": "test"}
    registry.edit_record(ura, changes=[said], by=ana)
    table = {row["place"]: row for row in rows(client, "/en/coverage.csv?rows=municipality")}
    assert (table["Pukë"]["organisations in the registry"], table["Pukë"]["all activities"]) == ("1", "")
    assert (table["Cërrik"]["organisations in the registry"], table["Cërrik"]["all activities"]) == ("", "1")


def test_what_members_see_is_not_counted_for_visitors(client: Client, activity: Make, besa: User) -> None:
    hidden = activity(title="Vetëm për anëtarë", places=["AL112"], visible_to=1)
    addresses = ("/en/coverage/cell/", EXACT, "/en/coverage/overlaps/", "/en/coverage/crowded/")
    for address in addresses:
        assert hidden.title not in words(client, address), address
    assert "Nobody else is known" in words(client, EXACT)
    assert hidden.title in words(signed_in(besa), "/en/coverage/cell/")
    assert hidden.title in words(signed_in(besa), EXACT)


# — money ——————————————————————————————————————————————————————————————————————————————————————————————————


def test_money_is_told_where_it_is_known_and_never_added_across_currencies(
    client: Client, activity: Make, ura: Organisation, lugina: Organisation, ana: User, besa: User
) -> None:
    funders = [Funder(lugina.code, 1, Decimal(900)), Funder(ura.code, 2, None)]
    project = activity_services.add_project(
        ProjectDraft(title="Projekt", owner=ura.code, funders=funders, budget=Decimal(900), currency="EUR"),
        by=ana, publish=True,
    )  # fmt: skip
    shown = {"money_visible_to": 0}
    activity(project=project.code, places=["AL112"], money=Decimal(100), currency="EUR", **shown)
    activity(places=["AL112"], money=Decimal(5000), currency="ALL", **shown)
    activity(places=["AL153", "AL151"], money=Decimal(70), currency="EUR", **shown)
    activity(places=["AL112", "AL151"], money=Decimal(30), currency="EUR", **shown)
    activity(places=["AL112"], money=Decimal(1), currency="EUR", money_visible_to=1)
    activity(whole_country=True, places=[])
    table = {row["line"]: row for row in rows(client, "/en/coverage/money.csv")}
    assert list(table)[-2:] == ["In several counties, not split", "In the whole country"]
    cerrik = next(row for name, row in table.items() if "Cërrik" in name)
    assert (cerrik["activities"], cerrik["activities with a known amount"]) == ("3", "2")
    assert (Decimal(cerrik["activities, EUR"]), Decimal(cerrik["activities, ALL"])) == (100, 5000)
    shkoder = next(row for name, row in table.items() if "Shkodër" in name)
    assert Decimal(shkoder["activities, EUR"]) == 70
    assert Decimal(table["In several counties, not split"]["activities, EUR"]) == 30
    assert table["In the whole country"]["activities, EUR"] == ""
    page = words(client, "/en/coverage/money/")
    assert "The cost of 4 of 6 activities is known, and the budget of 0 of 1 projects." in page
    member = words(signed_in(besa), "/en/coverage/money/")
    assert "The cost of 5 of 6 activities is known, and the budget of 1 of 1 projects." in member
    assert "900 EUR" in member
    assert "900 EUR" not in page
    one = rows(signed_in(besa), f"/en/coverage/money.csv?funder={lugina.code}&by=kind")
    assert [(row["line"], row["activities"]) for row in one] == [
        ("Dialogue and tolerance: round tables, workshops, forums", "1")
    ]


# — every page —————————————————————————————————————————————————————————————————————————————————————————————

PAGES = (
    EXACT,
    "/en/coverage/",
    "/en/coverage/?by=audience&rows=municipality",
    "/en/coverage/money/",
    "/en/coverage/crowded/",
    "/en/coverage/gaps/",
    "/en/coverage/overlaps/",
    "/en/coverage/cell/",
    "/en/coverage/asked/",
)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_as_many_questions_for_three_as_for_one(
    client: Client, activity: Make, organisation: Any, ana: User, albania: dict[str, Place], address: str,
    settings: Settings,
) -> None:  # fmt: skip
    settings.CROWD = 1

    def add(number: int) -> None:
        activity(owner=organisation(f"Shoqata {number}").code, places=["AL112"], title=f"E {number}")
        services.record_asking(place=albania["AL153"], asked_by="Qendra", asked_on="2026", by=ana)

    def asked() -> int:
        words(client, address)  # what is kept for a state of the hub is counted once
        with CaptureQueriesContext(
            connection,
        ) as found:
            words(client, address)
        return len(found)

    add(0)
    add(1)
    first = asked()
    for number in range(2, 5):
        add(number)
    assert asked() == first


@pytest.mark.parametrize("address", [*PAGES, "/coverage/?view=map", "/coverage/?view=tiles&presence=registry"])
def test_a_page_reads_in_both_languages_without_a_script(client: Client, address: str, cerrik: Activity) -> None:
    for asked in (address, address.removeprefix("/en")):
        page = words(client, asked)
        assert page.count("<h1") == 1
        assert "<script>" not in page  # nothing inline; the slider of the periods is a comfort of its own file
        assert " style=" not in page


def test_a_text_like_a_formula_is_disarmed(client: Client, activity: Make) -> None:
    activity(title="=1+1")
    assert [row["title"] for row in rows(client, "/en/coverage/cell.csv")] == ["'=1+1"]


def test_a_workbook_has_the_rows_of_the_page(client: Client, cerrik: Activity) -> None:
    answer: Any = client.get("/en/coverage/cell.xlsx")
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_members_only_areas_are_refused_to_others(client: Client, person: Callable[..., User]) -> None:
    guest = signed_in(person("Guest"))
    assert guest.get("/en/coverage/priorities/").status_code == 403
    assert guest.get("/en/coverage/priorities.csv").status_code == 403
    member = signed_in(person("Drita", roles.MEMBER))
    assert member.post("/en/coverage/asked/", {}).status_code == 403
