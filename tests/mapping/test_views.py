"""The pages of rounds, as a mapper, a visitor and an invited organisation find them."""

from collections.abc import Callable

import pytest
from django.test import Client

from sofra.accounts.models import User
from sofra.mapping import services
from sofra.mapping.models import Invitation, Round
from sofra.mapping.services import Pasted
from sofra.organisations.models import Organisation
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.keys import key_of

from .conftest import FORM, answer

pytestmark = pytest.mark.sterner

BASE = "/en/rounds/al.2026.mapping/"


@pytest.fixture
def mapper(client: Client, drita: User) -> Client:
    client.force_login(drita)
    return client


def test_the_public_reads_the_method_and_numbers_and_no_names(opened: Round, drita: User, client: Client) -> None:
    services.invite(opened, pasted=[Pasted("Alfa e fshehtë", "a@example.org")], by=drita)
    draft = services.open_round(code="al.2027.mapping", country="AL", titles={"en": "Later"}, state="draft", by=drita)
    page = client.get(BASE).content.decode()
    assert "Pyetësor." in page
    assert "Alfa" not in page
    assert client.get(f"/en/rounds/{draft.code}/").status_code == 404
    assert "Later" not in client.get("/en/rounds/").content.decode()


def test_pasted_lines_go_by_a_person(opened: Round, mapper: Client, body: Callable[..., Organisation]) -> None:
    known = body("Qendra Alfa")
    typed = "Qendra Alfa; alfa@example.org\nE re; re@example.org\nkeq; jo adresë"
    page = mapper.post(f"{BASE}invite/", {"act": "read", "lines": typed})
    assert "is no e-mail address" in page.content.decode()
    strange = mapper.post(f"{BASE}invite/", {"act": "read", "lines": "Qendra B; b@example.org; de"})
    assert "“de” is not understood" in strange.content.decode()
    assert Invitation.objects.count() == 0
    again = mapper.post(f"{BASE}invite/", {"act": "confirm", "lines": typed, "line1": known.code})
    assert again.status_code == 422
    mapper.post(f"{BASE}invite/", {"act": "confirm", "lines": typed, "line1": known.code, "line2": "new"})
    assert {(one.name, one.organisation) for one in Invitation.objects.all()} == {
        ("Qendra Alfa", known), ("E re", None),
    }  # fmt: skip


def test_the_registrys_filters_choose_whom_to_invite(
    opened: Round, mapper: Client, body: Callable[..., Organisation]
) -> None:
    body("A", theme="youth")
    body("B", theme="research")
    page = mapper.get(f"{BASE}invite/?theme=youth").content.decode()
    assert ">A</a>" in page
    assert ">B</a>" not in page
    mapper.post(f"{BASE}invite/?theme=youth", {"act": "all"})
    assert [one.name for one in Invitation.objects.all()] == ["A"]


def test_who_refused_before_is_asked_again_only_with_a_reason(
    opened: Round, mapper: Client, drita: User, body: Callable[..., Organisation]
) -> None:
    known = body("A")
    (one,) = services.invite(opened, organisations=[known], by=drita)
    services.mark_refused(one, because="S'kemi kohë")
    later = services.open_round(
        code="al.2027.mapping", country="AL", titles={"en": "Later"}, version=opened.version, by=drita
    )
    address = "/en/rounds/al.2027.mapping/invite/"
    page = mapper.post(address, {"act": "chosen", "organisation": known.code})
    assert page.status_code == 422
    assert "S&#x27;kemi kohë" in page.content.decode()
    assert mapper.post(address, {"act": "chosen", "organisation": known.code, "despite": " "}).status_code == 422
    mapper.post(address, {"act": "chosen", "organisation": known.code, "despite": "Na thirrën"})
    assert later.invitations.get().asked_again_because == "Na thirrën"


def test_an_invited_organisation_refuses_by_its_link_without_signing_in(
    opened: Round, drita: User, client: Client
) -> None:
    (one,) = services.invite(opened, pasted=[Pasted("Alfa")], by=drita)
    address = f"/en/q/{key_of(one.filling.instance, 1)}/refuse/"
    assert client.post(address, {"what": ""}).status_code == 422
    client.post(address, {"what": "refuse", "reason": "Jo tani"})
    one.refresh_from_db()
    assert (one.step, one.refused_because) == ("refused", "Jo tani")
    assert "Thank you" in client.get(address).content.decode()
    assert client.get("/en/q/AAAAAAAAAAAAAAAAAAAAAA/refuse/").status_code == 404


def test_this_is_not_us(opened: Round, drita: User, client: Client) -> None:
    (one,) = services.invite(opened, pasted=[Pasted("Alfa")], by=drita)
    client.post(f"/en/q/{key_of(one.filling.instance, 1)}/refuse/", {"what": "not-us"})
    one.refresh_from_db()
    assert (one.step, one.not_them) == ("unreachable", True)


def test_suggestions_are_decided_on_the_page(
    opened: Round, mapper: Client, drita: User, body: Callable[..., Organisation]
) -> None:
    (one,) = services.invite(opened, organisations=[body("A", website="https://old.example.org")], by=drita)
    answer(one, name="A", website="new.example.org", themes="youth")
    page = mapper.get(f"{BASE}suggestions/").content.decode()
    assert "https://old.example.org" in page
    assert "https://new.example.org" in page
    mapper.post(f"{BASE}suggestions/", {"act": "return-all", "reason": ""})
    assert one.suggestions.filter(state="open").count() == 2
    mapper.post(f"{BASE}suggestions/", {"act": "accept-all"})
    assert one.suggestions.filter(state="accepted").count() == 2
    assert "Accepted (2)" in mapper.get(f"{BASE}suggestions/?state=accepted").content.decode()


def test_downloads_hold_what_the_page_shows(opened: Round, mapper: Client, drita: User) -> None:
    made = services.invite(opened, pasted=[Pasted("Alfa"), Pasted("Beta")], by=drita)
    services.mark_refused(made[0], because="=1+1")
    rows = b"".join(mapper.get(f"{BASE}responses.csv?step=refused").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Alfa" in rows
    assert "Beta" not in rows
    assert "'=1+1" in rows


def test_a_round_is_made_changed_opened_and_closed(mapper: Client, opened: Round) -> None:
    said = {"title_en": "Third", "code": "al.2028.mapping", "begins": "3.2028", "ends": "2.2028", "remind_after": "7"}
    page = mapper.post("/en/rounds/new/", said)
    assert page.status_code == 422
    assert "before it begins" in page.content.decode()
    mapper.post("/en/rounds/new/", said | {"ends": "2028", "version": str(opened.version_id)})
    made = Round.objects.get(code="al.2028.mapping")
    assert (made.begins, made.ends, made.state) == ("2028-03", "2028", "draft")
    mapper.post("/en/rounds/al.2028.mapping/move/", {"act": "open"})
    made.refresh_from_db()
    assert made.state == "open"
    mapper.post("/en/rounds/al.2028.mapping/move/", {"act": "close"})
    made.refresh_from_db()
    assert made.state == "closed"


def test_two_versions_of_this_hub_are_compared(opened: Round, drita: User, mapper: Client) -> None:
    version = opened.version
    assert version is not None
    other = questionnaires.load_version(
        version.questionnaire, FORM.replace("| Website |", "| Page |").encode(), "other.md", by=drita
    )
    page = mapper.get(f"/en/methodologies/compare/?one={version.pk}&other={other.pk}").content.decode()
    assert "<del>Website</del>" in page
    assert "<ins>Page</ins>" in page
    assert mapper.get("/en/methodologies/compare/?one=x").status_code == 200
