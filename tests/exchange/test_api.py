"""The API: what it answers, to whom, and that its description tells the truth."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode

from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.organisations import services
from sofra.organisations.models import Organisation
from sofra.organisations.records import FactDraft
from sofra.wsgi import application

from .conftest import Make

MOST_QUERIES = 8
PATHS = (
    "organisations", "organisations/{code}", "activities", "activities/{code}", "projects", "projects/{code}",
    "findings", "findings/{code}", "coverage/overlaps", "coverage/crowded", "coverage/gaps", "coverage/before",
    "places", "places/{code}", "glossary", "vocabulary", "mechanisms",
    "indicators/{code}/readings",
)  # fmt: skip
# They take what others take, so that they are not tried by themselves.
ALIKE = ("councils", "decisions", "plans", "plans/{code}", "plans/{code}/indicators", "plans/{code}/measures")


def get(address: str, client: Client | None = None) -> Any:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(address: str) -> list[str]:
    return [item["id"] for item in get(address)["items"]]


# — what it gives ——————————————————————————————————————————————————————————————————————————————————————————


def test_lists_have_one_shape_and_pages_meet(hundred: None) -> None:
    for path in ("organisations", "activities", "projects", "places", "glossary", "vocabulary", "mechanisms"):
        assert set(get(f"/api/{path}")) == {"count", "items"}
    first, second = ids("/api/organisations?limit=60"), ids("/api/organisations?limit=60&offset=60")
    assert (len(first), len(second)) == (60, 40)
    assert not set(first) & set(second)
    assert get("/api/organisations?offset=5000") == {"count": 100, "items": []}


def test_filters_find_what_the_page_finds(hundred: None, organisation: Make) -> None:
    organisation("Drita", place="AL153", theme="women", audience="police", language="en")
    assert "al.drita" in ids("/api/organisations?place=AL-10&limit=200")
    assert get("/api/organisations?place=Puk%C3%AB")["count"] == get("/api/organisations?place=AL153")["count"] > 0
    assert ids("/api/organisations?audience=police&language=en&theme=women&theme=youth") == ["al.drita"]
    assert get("/api/organisations?age=never")["count"] == 101
    page = Client().get("/organisations/?theme=women&place=AL153").content.decode()
    listed = get("/api/organisations?theme=women&place=AL153")
    assert all(item["name"] in page for item in listed["items"])


def test_an_organisation_tells_all_that_is_public_with_sources(organisation: Make) -> None:
    organisation("Ura", place="AL153", website="https://ura.example", activity_kind="education")
    found = get("/api/organisations/al.ura")
    assert (found["activity_class"], found["places"]) == ("relevant", ["AL153"])
    assert {fact["source"] for fact in found["facts"]} == {"test"}
    assert found["url"] == "http://testserver/organisations/al.ura/"


def test_places_say_nobody_recorded_apart_from_a_number(organisation: Make) -> None:
    organisation("Ura", place="AL153-1")
    counts = {item["code"]: item["organisations"] for item in get("/api/places")["items"]}
    assert counts == {"AL": 1, "AL-10": 1, "AL153": 1, "AL153-1": 1, "AL151": None}
    assert [item["code"] for item in get("/api/places?within=AL153")["items"]] == ["AL153", "AL153-1"]
    assert get("/api/places/al153")["code"] == "AL153"


def test_words_come_in_albanian_and_english(db: None) -> None:
    assert get("/api/glossary?lang=en")["items"][0]["term"] == "violent extremism"
    assert {"field": "theme", "code": "youth", "name": "young people"} in get("/api/vocabulary?lang=en")["items"]


# — what it keeps to itself ————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def veiled(organisation: Make, ana: User) -> Organisation:
    """A public record with one thing for members and one sealed, that keeps its class to itself."""
    kept = organisation(
        "Vela",
        FactDraft("name", "Emri i fshehtë", source="test", visible_to=Visibility.MEMBERS),
        FactDraft("theme", "employment", source="test", visible_to=Visibility.MEMBERS),
        FactDraft("contact", "zyra: +355 00 000 000", source="test"),
        FactDraft("seeks", "e vulosur", source="test", visible_to=Visibility.SEALED),
        FactDraft("activity_kind", "deradicalisation", source="test"),
        FactDraft("focus_text", "Prevention programming", source="test"),
        place="AL153",
    )
    services.hide_class(kept, hidden=True, by=ana)
    return kept


def everything(client: Client) -> str:
    """All that the API and the public downloads say."""
    answers = [
        get("/api/organisations?limit=200", client),
        get("/api/organisations/al.vela", client),
        *(b"".join(client.get(f"/{name}.csv")).decode() for name in ("organisations", "facts", "places/AL153")),
    ]
    return json.dumps(answers, ensure_ascii=False)


def test_members_and_sealed_facts_stay_out(veiled: Organisation, ana: User) -> None:
    said = everything(Client())
    for secret in ("fshehtë", "employment", "+355", "e vulosur"):
        assert secret not in said
    assert ids("/api/organisations?q=fshehte") == []
    assert ids("/api/organisations?theme=employment") == []
    signed_in = Client()
    signed_in.force_login(ana)
    assert "+355" not in json.dumps(get("/api/organisations/al.vela", signed_in))


def test_a_hidden_class_cannot_be_found_out(veiled: Organisation, organisation: Make) -> None:
    organisation("Hapur", activity_kind="deradicalisation")
    assert get("/api/organisations/al.vela")["activity_class"] is None
    said = everything(Client())
    assert "Prevention programming" not in said
    assert said.count("deradicalisation") <= 2  # the other record's fact, in two tables
    for asked in (
        "activity_class=specific", "activity_class=relevant", "activity_class=unknown", "activity_kind=deradicalisation"
    ):  # fmt: skip
        assert "al.vela" not in ids(f"/api/organisations?{asked}")
        assert b"al.vela" not in b"".join(Client().get(f"/organisations.csv?{asked}"))
    page = Client().get("/organisations/al.vela/").content.decode()
    assert "Prevention programming" not in page


def test_a_record_with_no_public_name_is_not_there(organisation: Make) -> None:
    organisation("Publike")
    hidden = services.register(
        services.Draft(kind="cso", facts=[FactDraft("name", "Fshehur", visible_to=Visibility.MEMBERS)]), by=None
    )
    assert Client().get(f"/api/organisations/{hidden.code}").status_code == 404
    assert get("/api/organisations")["count"] == 1


def test_joined_records_lead_to_one_and_hidden_ids_are_not_told(organisation: Make, ana: User) -> None:
    left, right = organisation("Tjetër Vizion"), organisation("Another Vision")
    hidden = services.register(
        services.Draft(kind="cso", facts=[FactDraft("name", "Fshehur", visible_to=Visibility.MEMBERS)]), by=ana
    )
    services.judge_same(left=left, right=right, by=ana)
    services.judge_same(left=left, right=hidden, by=ana)
    assert ids("/api/organisations") == [left.code]
    found = get(f"/api/organisations/{right.code}")
    assert (found["id"], found["same_as"]) == (left.code, [right.code])
    assert "Fshehur" not in json.dumps(found)
    assert Client().get(f"/api/organisations/{hidden.code}").status_code == 404
    services.part_again(left=left, right=right, by=ana)
    assert get(f"/api/organisations/{right.code}")["id"] == right.code


def test_what_was_undone_is_gone(organisation: Make, ana: User) -> None:
    made = organisation("Gabim")
    services.undo_change(made.created_in, by=ana)
    assert get("/api/organisations")["count"] == 0
    assert Client().get(f"/api/organisations/{made.code}").status_code == 404


# — what it cannot read ————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("organisations?limit=0", 422, "limit"),
        ("organisations?limit=zzz", 422, "limit"),
        ("organisations?offset=-1", 422, "offset"),
        ("organisations?kind=zzz", 422, "kind"),
        ("organisations?themes=youth", 422, "themes"),
        ("organisations?q=" + "x" * 201, 422, "q"),
        ("organisations?q=%00", 400, ""),
        ("organisations?q=" + "x" * 9000, 400, ""),
        ("organisations?place=Atlantis", 404, "Atlantis"),
        ("organisations/al.nobody", 404, "al.nobody"),
        ("organisations/%00", 400, ""),
        ("organisations/a%2Fb", 404, ""),
        ("organisations/" + "x" * 2000, 400, ""),
        ("places?within=ZZ", 404, "ZZ"),
        ("nothing", 404, "openapi.json"),
    ],
)
def test_bad_requests_get_a_sentence(albania: Any, address: str, status: int, word: str) -> None:
    answer = Client(headers={"Accept-Language": "en"}).get(f"/api/{address}")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, "application/json")
    assert word in answer.json()["detail"]
    assert len(answer.json()["detail"]) > 12


@pytest.mark.parametrize("path", ["organisations", "places", "glossary", "openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(db: None, path: str, method: str) -> None:
    answer = Client().generic(method, f"/api/{path}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


# — its cost ———————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    "address",
    [
        "organisations?limit=200",
        "organisations?limit=200&place=AL-10&theme=youth&activity_class=relevant&q=celesi&age=never&offset=5",
        "organisations/al.key-7",
        "places?within=AL&q=puk",
        "places/AL153",
    ],
)
def test_few_queries_however_long_the_list(hundred: None, django_assert_max_num_queries: Any, address: str) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        get(f"/api/{address}")


def test_conditional_requests_and_other_sites(hundred: None, ana: User) -> None:
    answer = Client().get("/api/organisations?limit=3")
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = Client(headers={"If-None-Match": answer["ETag"]})
    assert again.get("/api/organisations?limit=3").status_code == 304
    services.confirm_record(Organisation.objects.order_by("sort_key", "id")[0], by=ana)
    assert again.get("/api/organisations?limit=3").status_code == 200


def test_the_page_of_open_data_names_every_address(hundred: None) -> None:
    described = get("/api/openapi.json")
    assert set(described["paths"]) == {f"/api/{path}" for path in (*PATHS, *ALIKE)}
    for language in ("/api/", "/en/api/"):
        page = Client().get(language).content.decode()
        for path in (*PATHS, *ALIKE):
            assert f"/api/{path.split('{')[0]}" in page
        assert "/api/openapi.json" in page
        assert "audit.csv" not in page


# — its description ————————————————————————————————————————————————————————————————————————————————————————


PLAIN = {"Accept-Encoding": "identity"}  # the way in without a network does not decompress
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
GENERATION = GenerationConfig(modes=MODES, allow_x00=True)
BOUNDED = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)  # fmt: skip


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The hub itself, called as a server calls it, would end the test's own transaction after the first request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.sterner
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("path", PATHS)
def test_the_description_tells_the_truth(hundred: None, path: str) -> None:
    """No 5xx, no undocumented answer, nothing good refused and nothing bad taken, by all checks of Schemathesis.

    First the edges of every parameter, one by one (its coverage phase, methods that are not there included), then
    data that Hypothesis makes, good and bad.
    """
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=GENERATION)))
    description = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=config)
    operation = description[f"/api/{path}"]["GET"]
    edges = 0
    for case in description.iter_coverage_cases(operation, generation_modes=MODES, generation_config=GENERATION):
        case.call_and_validate(headers=PLAIN)
        edges += 1
    assert edges >= 5
    for mode in MODES:

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=PLAIN)

        run()


NASTY_NAMES = st.sampled_from(
    ["q", "place", "within", "kind", "theme", "limit", "offset", "lang", "age", "country", "zzz"]
)
NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["\x00", "a\x00b", "x" * 5000, "ë" * 900, "../../etc/passwd", "%", "%s{}'\"\\", "\ud83d\ude00", "-1", "1e9"]
    ),
)


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), code=NASTY, names=st.dictionaries(NASTY_NAMES, NASTY, max_size=4))
def test_nothing_breaks_it(hundred: None, path: str, code: str, names: dict[str, str]) -> None:
    address = f"/api/{path}".replace("{code}", quote(code.encode("utf-8", "replace"), safe=""))
    query = urlencode({name: value.encode("utf-8", "replace") for name, value in names.items()})
    answer = Client().get(f"{address}?{query}")
    assert answer.status_code in {200, 400, 404, 422}
    assert answer["Content-Type"].startswith(("application/json", "text/html"))
    if answer["Content-Type"].startswith("text/html"):
        assert answer.status_code in {200, 400}


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def test_activities_are_filtered_as_on_their_page(hundred: None) -> None:
    (one,) = get("/api/activities")["items"]
    assert (one["owner"], one["partners"], one["places"]) == ("al.key-7", ["al.key-9"], ["AL153"])
    assert (one["begins"], one["reached"], one["activity_class"], one["money"]) == ("2026-03", 9, "unknown", None)
    whole = get(f"/api/activities/{one['id']}")
    assert whole["groups"] == [{"by": "sex", "sex": "f", "age": "", "audience": "", "number": 5}]
    for asked, count in (
        ("place=AL-10&audience=youth&kind=dialogue", 1), ("place=AL-10&audience=women", 0),
        ("organisation=al.key-9", 1),
        ("begins=2026-03-10&ends=2027", 1), ("begins=2025&ends=2025", 0), ("date=unknown", 0), ("q=takim", 1),
        (f"project={one['project']}&status=held", 1),
    ):  # fmt: skip
        assert get(f"/api/activities?{asked}")["count"] == count, asked
    for asked in ("place=Atlantis", "organisation=al.nobody", "project=al.p999", "begins=31.02.2018", "ends=x"):
        answer = Client(headers={"Accept-Language": "en"}).get(f"/api/activities?{asked}")
        assert answer.status_code == 404
        assert len(answer.json()["detail"]) > 20


def test_projects_tell_their_money_only_as_far_as_it_is_public(hundred: None) -> None:
    (one,) = get("/api/projects")["items"]
    assert one["funders"] == [{"organisation": "al.key-8", "step": 1, "amount": None}]
    assert (one["activities"], one["budget"], one["aim"]) == (1, None, "Bashkë")
    assert get(f"/api/projects/{one['id']}") == one
    assert get("/api/projects?q=askund")["count"] == 0
