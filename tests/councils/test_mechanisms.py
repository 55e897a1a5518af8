"""Mechanisms of municipalities: the table of what is known and what is not, history, proposals, who sees contacts."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.schools.conftest import make_body, make_person, make_place

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.councils import mechanism_queries as queries
from sofra.councils import mechanism_services as services
from sofra.councils.mechanism_services import Said
from sofra.councils.models import Consultation, Council, Driver, Duty, Mandate, Mechanism, Seat
from sofra.ground.models import AuditLine
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.places.models import Place

pytestmark = pytest.mark.django_db
KNOWN = Said("yes", office="Zyra e provës", phone="000", source="Urdhri i provës", how_to_reach={"sq": "Sporteli 1"})


@pytest.fixture
def puke() -> Place:
    make_place("AL151", "Kukës")
    return make_place()


@pytest.fixture
def mapper() -> User:
    return make_person("Genti", roles.MAPPER)


@pytest.fixture
def editor(puke: Place) -> User:
    """Speaks for the council's organisation of Pukë."""
    body = make_body("Këshilli i provës", "council")
    Council.objects.create(organisation=body, place="AL153")
    person = make_person("Besa")
    registry.name_editors(person, [body.code], by=None)
    return person


def make_activity() -> Any:
    body = make_body("Policia e provës", "public")
    draft = ActivityDraft(title="Takim me policinë", owner=body.code, places=["AL153"], begins="2026-03-05")
    return activities.add_activity(draft, by=make_person("Ana", roles.COORDINATOR), publish=True)


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def text(answer: Any) -> str:
    return b"".join(answer).decode()


def record(**said: Any) -> Mechanism:
    return services.record_mechanism(Said(**{"exists": "yes", "source": "Një urdhër", **said}), place="AL153",
                                     kind="policing", by=None)  # fmt: skip


def test_nobody_said_anything_is_not_known_and_not_none(puke: Place) -> None:
    record(exists="no")
    found = queries.cells(["AL153", "AL151"])
    assert [one.exists for one in found["AL151"]] == ["unknown"] * 6
    assert {one.kind: one.exists for one in found["AL153"]}["policing"] == "no"
    page = text(client_of(None).get("/en/mechanisms/"))
    assert page.count("does not exist") == 1
    assert page.count('class="unknown-value">not known') == 11


def test_a_council_of_the_hub_exists_where_nobody_spoke_of_it(editor: User) -> None:
    assert queries.cell_of("AL153", "council").exists == "yes"
    assert queries.cell_of("AL151", "council").exists == "unknown"


def test_what_was_replaced_stays_readable(puke: Place) -> None:
    record(legal_basis="Urdhri 1")
    record(legal_basis="Urdhri 2")
    assert [one.legal_basis for one in queries.history("AL153", "policing")] == ["Urdhri 2", "Urdhri 1"]
    assert Mechanism.objects.filter(replaced_at=None).count() == 1
    page = text(client_of(None).get("/en/mechanisms/AL153/policing/"))
    assert "Urdhri 1" in page
    assert AuditLine.objects.filter(what="mechanism.recorded").count() == 2


def test_what_is_told_needs_a_source(puke: Place) -> None:
    with pytest.raises(ValidationError):
        record(source=" ")
    assert not Mechanism.objects.exists()


def test_two_who_write_at_once_do_not_overwrite_each_other(puke: Place, mapper: User) -> None:
    row, client = record(), client_of(mapper)
    said = {"exists": "no", "source": "x", "contact_visible_to": "0"}
    address = "/en/mechanisms/AL153/policing/edit/"
    assert client.post(address, {**said, "seen": row.pk}).status_code == 302
    late = client.post(address, {**said, "exists": "yes", "seen": row.pk})
    assert late.status_code == 409
    assert queries.cell_of("AL153", "policing").exists == "no"


def test_the_municipality_proposes_and_a_mapper_decides(editor: User, mapper: User) -> None:
    address = "/en/mechanisms/AL153/trafficking/"
    said = {"exists": "yes", "source": "Urdhri 7", "contact_visible_to": "0", "seen": "0"}
    assert client_of(editor).post(f"{address}edit/", said).status_code == 302
    assert queries.cell_of("AL153", "trafficking").exists == "unknown"
    proposal = Mechanism.objects.get()
    assert "Urdhri 7" not in text(client_of(None).get(address))
    decide = f"/en/mechanisms/proposals/{proposal.pk}/"
    assert client_of(editor).post(decide, {"act": "accept"}).status_code == 403
    client_of(mapper).post(decide, {"act": "return", "reason": "Cili urdhër?"})
    assert "Cili urdhër?" in text(client_of(editor).get(address))
    client_of(editor).post(f"{address}edit/", said)
    again = Mechanism.objects.get(stage="proposed")
    client_of(mapper).post(f"/en/mechanisms/proposals/{again.pk}/", {"act": "accept"})
    assert queries.cell_of("AL153", "trafficking").exists == "yes"
    assert client_of(mapper).post(f"/en/mechanisms/proposals/{again.pk}/", {"act": "accept"}).status_code == 404


def test_others_do_not_write(editor: User) -> None:
    outsider = make_person("Edlira")
    for address in ("AL153/policing/edit/", "AL153/consultations/new/", "AL153/drivers/new/"):
        assert client_of(outsider).get(f"/mechanisms/{address}").status_code == 403
        assert client_of(None).get(f"/mechanisms/{address}").status_code == 302
    assert client_of(editor).get("/mechanisms/AL151/policing/edit/").status_code == 403
    seat = Seat.objects.create(council=Council.objects.get(), body="Bashkia", sector="municipality")
    Mandate.objects.create(seat=seat, function="Sekretar", user=outsider, begins=date(2020, 1, 1), secretary=True)
    assert client_of(outsider).get("/mechanisms/AL153/policing/edit/").status_code == 200


def test_a_contact_for_members_is_hidden_from_visitors_everywhere(puke: Place, mapper: User) -> None:
    record(office="Zyra", phone="042 00 11", contact_visible_to=1)
    for address in ("mechanisms/AL153/", "mechanisms/AL153/policing/", "mechanisms.csv", "places/AL153/"):
        assert "042 00 11" not in text(client_of(None).get(f"/en/{address}"))
    assert "042 00 11" in text(client_of(mapper).get("/en/mechanisms/AL153/policing/"))


def test_still_true_is_one_click_and_gives_the_contact_its_age(puke: Place, mapper: User) -> None:
    row = record()
    assert "never confirmed" in text(client_of(None).get("/en/mechanisms/AL153/"))
    client_of(mapper).post("/en/mechanisms/AL153/policing/confirm/", {"fact": row.pk})
    assert "confirmed" in text(client_of(None).get("/en/mechanisms/AL153/"))
    assert Mechanism.objects.get().confirmed_on is not None
    client_of(mapper).post("/en/mechanisms/AL153/policing/confirm/", {"fact": "12345678901234567890"})


def test_the_table_costs_the_same_for_one_and_for_many(
    puke: Place, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        queries.cells(["AL153"])
    record()
    with django_assert_num_queries(2):
        queries.cells(["AL153", "AL151"])
    with django_assert_max_num_queries(9):
        assert client_of(None).get("/mechanisms/").status_code == 200


def test_citizens_asked_and_got_an_answer(puke: Place, mapper: User) -> None:
    client = client_of(mapper)
    asked = "Drita në park\n\nDrita në park\nNjë patrullë"
    said = {"kind": "meeting", "when": "5.3.2026", "people": "", "asked": asked,
            "source": "Procesverbal i provës", "visible_to": "0"}  # fmt: skip
    assert client.post("/en/mechanisms/AL153/consultations/new/", said).status_code == 302
    kept = queries.consultations(0).get()
    asked = list(kept.asked.all())
    assert [one.text for one in asked] == ["Drita në park", "Një patrullë"]
    address, key = f"/en/mechanisms/consultations/{kept.pk}/", f"a{asked[0].pk}"
    bare = client.post(address, {"asked": asked[0].pk, f"{key}-state": "done", f"{key}-answer": ""})
    assert bare.status_code == 422
    assert "Say what was done" in text(bare)
    client.post(address, {"asked": asked[0].pk, f"{key}-state": "done", f"{key}-answer": "U vunë drita."})
    page = text(client_of(None).get(address))
    assert "U vunë drita." in page
    assert "not answered yet" in page
    assert "1 of 2 things" in page
    assert "not known" in page  # how many came
    edit, activity = f"{address}edit/", make_activity()
    changed = {**said, "seen": "1", "people": "3", "asked": "Një patrullë\nStola", "activity": activity.pk}
    secret = make_body("E fshehur", "cso")
    Organisation.objects.filter(pk=secret.pk).update(visible_to=2)
    Consultation.objects.update(by_body=secret)
    assert "E fshehur" not in text(client_of(None).get(address))
    Consultation.objects.update(by_body=None)
    assert "What else" in text(client.get(edit))
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 409  # an old page
    assert [one.text for one in queries.consultations(0).get().asked.all()] == [
        "Drita në park",
        "Një patrullë",
        "Stola",
    ]
    assert "fewer than five" in text(client_of(None).get(address))
    assert activity.title in text(client_of(None).get(address))
    assert client_of(make_person("Edlira")).get(edit).status_code == 403
    assert client.post(edit, {**changed, "seen": "2", "activity": "999"}).status_code == 422


def test_a_driver_has_a_source_the_rule_and_eyes(puke: Place, mapper: User) -> None:
    client, address = client_of(mapper), "/en/mechanisms/AL153/drivers/new/"
    said = {"kind": "push", "sq": "Pak punë në zonë", "source": "Studim i provës, f. 3", "visible_to": "1"}
    assert "names" in text(client.get(address))
    refused = client.post(address, said)
    assert refused.status_code == 422
    assert "Read the rule" in text(refused)
    assert client.post(address, {**said, "agreed": "on", "begins": "2020", "ends": "2018"}).status_code == 422
    assert not Driver.objects.exists()
    assert client.post(address, {**said, "agreed": "on", "source": " "}).status_code == 422
    group = client.post(address, {**said, "agreed": "on", "sq": "Myslimanët e zonës"})
    assert "names people by faith" in text(group)
    assert client.post(address, {**said, "agreed": "on", "sq": "Pyet te 042 123 456"}).status_code == 422
    client.post(address, {**said, "agreed": "on"})
    shown = "/en/mechanisms/AL153/drivers/"
    assert "Pak punë" in text(client.get(shown))
    assert "Pak punë" not in text(client_of(None).get(shown))
    assert "Pak punë" not in text(client_of(None).get("/en/mechanisms/drivers.csv"))
    assert "Push factor: Pak pun" in text(client.get("/en/search/?q=pune+zone"))
    assert "Pak pun" not in text(client_of(None).get("/en/search/?q=pune+zone"))
    client.post(f"/en/mechanisms/drivers/{Driver.objects.get().pk}/end/")
    assert "Pak punë" not in text(client.get(shown))


def test_a_duty_is_not_known_until_somebody_says(puke: Place, mapper: User) -> None:
    Duty.objects.create(code="prova", law="Ligji i provës", texts={"sq": "Të provojë"}, source="Provë")
    page = text(client_of(None).get("/en/mechanisms/AL153/duties/"))
    assert "not stated" in page
    assert "not known" in page
    client = client_of(mapper)
    wrong = client.post("/en/mechanisms/AL153/duties/", {"duty": "prova", "state": "maybe", "visible_to": "1"})
    assert wrong.status_code == 422
    client.post("/en/mechanisms/AL153/duties/", {"duty": "prova", "state": "partly", "visible_to": "1"})
    assert "Is kept in part" in text(client.get("/en/mechanisms/AL153/duties/"))
    assert "Is kept in part" not in text(client_of(None).get("/en/mechanisms/AL153/duties/"))


@pytest.mark.parametrize("address", ["ZZ/", "AL153/none/", "AL153/none/edit/", "consultations/99/"])
def test_what_is_not_there_is_not_there(puke: Place, mapper: User, address: str) -> None:
    assert client_of(mapper).get(f"/mechanisms/{address}").status_code == 404
