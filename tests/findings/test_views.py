"""The pages: what they show to whom, and what their forms do."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sofra.findings import services
from sofra.findings.models import Evidence, Finding, Source, SourceFile

from .conftest import World
from .test_services import PDF, finding, source

pytestmark = pytest.mark.sterner

PAGES = ("sources", "findings", "round_tables")


def test_everybody_reads_the_lists(world: World) -> None:
    for name in PAGES:
        for who in ("", "besa", "drita"):
            assert world.client(who).get(reverse(name)).status_code == 200


def test_a_mapper_records_a_source_a_finding_and_what_it_stands_on(world: World) -> None:
    drita = world.client("drita")
    sent: dict[str, Any] = {
        "round": world.round.code, "kind": "interview", "title": "Talk with an office", "who": "An office",
        "person": "N. N.", "places": "Pukë", "when": "10.2026", "consent": "given", "visible_to": "1",
        "organisations": "One table",
    }  # fmt: skip
    assert drita.get(reverse("source_new")).status_code == 200
    answer = drita.post(reverse("source_new"), sent)
    made = Source.objects.get()
    assert answer.status_code == 302, answer.content.decode()
    assert (made.places, made.when, made.person) == (["AL153"], "2026-10", "N. N.")
    assert list(made.organisations.all()) == [world.one]
    code = made.code
    assert drita.post(reverse("source_quotes", args=[code]), {"text": "There are few.", "page": "3", "visible_to": "0"})
    file = SimpleUploadedFile("scan.pdf", PDF)
    assert drita.post(reverse("source_files", args=[code]), {"file": file}).status_code == 302
    page = drita.get(made.get_absolute_url())
    assert b"N. N." in page.content
    assert b"scan.pdf" in page.content
    sent = {
        "round": world.round.code, "statement_en": "There are few.", "kind": "gap", "chapter": "gaps",
        "visible_to": "0",
    }  # fmt: skip
    assert drita.post(reverse("finding_new"), sent).status_code == 302
    one = Finding.objects.get()
    evidence = reverse("finding_evidence", args=[one.code])
    for kind in ("source", "quote", "figure", "activity", "answers", "coverage"):
        assert drita.get(f"{evidence}?kind={kind}").status_code == 200
    assert drita.post(f"{evidence}?kind=quote", {"quote": made.quotes.get().pk}).status_code == 302
    assert drita.post(f"{evidence}?kind=source", {"source": code, "page": "3"}).status_code == 302
    gaps = {"address": "https://hub.example.org/coverage/gaps/?audience=youth", "line": "Pukë"}
    assert drita.post(f"{evidence}?kind=coverage", gaps).status_code == 302
    assert Evidence.objects.count() == 3
    shown = drita.get("/en" + reverse("finding", args=[one.code])).content.decode()
    assert "Municipality of Pukë" in shown
    assert "There are few." in shown
    assert drita.post(f"{evidence}?kind=coverage", {"address": "/places/"}).status_code == 422


def test_the_person_is_read_by_who_recorded_it(world: World) -> None:
    kept = source(world, person="Zyzzyva Nobody", visible_to=0, title="Open to all")
    address = kept.get_absolute_url()
    assert "Zyzzyva" in world.client("drita").get(address).content.decode()
    for who in ("", "besa", "edon", "ana"):
        for page in (address, reverse("sources"), "/sources.csv", f"/sources/{kept.code}/edit/"):
            assert "Zyzzyva" not in world.client(who).get(page).getvalue().decode()


def test_files_are_attachments_for_members_who_see_the_source(world: World) -> None:
    kept = services.add_file(source(world, visible_to=2), name="scan.pdf", chunks=[PDF], by=world.people["drita"])
    address = reverse("source_file", args=[kept.source.code, kept.pk])
    answer = world.client("drita").get(address)
    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert world.client("ana").get(address).status_code == 200
    for who in ("edon", "besa"):
        assert world.client(who).get(address).status_code == 404
    assert world.client().get(address).status_code == 302
    assert world.client("besa").post(address).status_code == 404
    assert SourceFile.objects.exists()


def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    drita = world.client("drita")
    sent = {"round": world.round.code, "kind": "interview", "title": "", "places": "Nowhere", "when": "31.2.2026",
            "consent": "given", "visible_to": "1", "notes": "Kept words"}  # fmt: skip
    answer = drita.post("/en" + reverse("source_new"), sent)
    said = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("Give the source a title.", "This place was not found", "That month has no day 31", "Kept words"):
        assert sentence in said
    assert not Source.objects.exists()


def test_the_second_of_two_editors_sees_what_changed(world: World) -> None:
    one = finding(world)
    address = "/en" + reverse("finding_edit", args=[one.code])
    sent = {"statement_en": "The first words.", "kind": "gap", "visible_to": "0", "seen": "1"}
    assert world.client("drita").post(address, sent).status_code == 302
    late = world.client("edon").post(address, sent | {"statement_en": "The second words."})
    assert late.status_code == 409
    assert "The first words." in late.content.decode()
    assert "The second words." in late.content.decode()
    again = sent | {"statement_en": "The second words.", "seen": "2"}
    assert world.client("edon").post(address, again).status_code == 302
    one.refresh_from_db()
    assert one.statements == {"en": "The second words."}


def test_an_organisation_contests_what_is_said_of_it(world: World) -> None:
    drita = world.people["drita"]
    one = finding(world, organisations=[world.one], visible_to=2)
    services.propose(one, by=drita)
    address = reverse("finding_contest", args=[one.code])
    assert world.client("besa").get(one.get_absolute_url()).status_code == 200, "it is said of al.one"
    assert world.client("cvetan").get(address).status_code == 404
    assert world.client().get(address).status_code == 302
    answer = world.client("besa").post(address, {"organisation": "al.one", "objection": "It is not so."})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.state == "contested"
    assert one.steps.get(kind="contested").objector == world.one
    assert "It is not so." in world.client("besa").get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize("who", ["", "besa"])
def test_drafts_are_of_members(world: World, who: str) -> None:
    one = finding(world, statements={"en": "A zyzzyva statement."})
    client = world.client(who)
    assert client.get(one.get_absolute_url()).status_code == (200 if who else 404)
    for page in (reverse("findings"), "/findings.csv"):
        assert ("zyzzyva" in client.get(page).getvalue().decode()) is bool(who)
    services.confirm(services.propose(one, by=world.people["drita"]), by=world.people["drita"])
    assert client.get(one.get_absolute_url()).status_code == 200


def test_what_nobody_confirmed_of_an_organisation_is_not_read_by_the_others(world: World) -> None:
    drita = world.people["drita"]
    one = services.propose(finding(world, organisations=[world.one]), by=drita)
    address = one.get_absolute_url()
    told = {who: world.client(who).get(address).status_code for who in ("besa", "cvetan", "drita")}
    assert told == {"besa": 200, "cvetan": 404, "drita": 200}
    services.confirm(one, by=drita)
    assert world.client("cvetan").get(address).status_code == 200


def test_the_list_is_narrowed(world: World) -> None:
    first = finding(world, places=["AL153"], organisations=[world.one])
    finding(world, kind="strength", chapter="strengths", statements={"en": "They are strong."})
    drita = world.client("drita")
    for asked, count in (
        ("", 2), ("kind=gap", 1), ("chapter=strengths", 1), ("state=draft", 2), ("state=confirmed", 0),
        ("place=Pukë", 1),
        ("organisation=al.one", 1), ("q=strong", 1), ("changed=on", 0), (f"round={world.round.code}", 2),
    ):  # fmt: skip
        page = drita.get(f"{reverse('findings')}?{asked}")
        assert page.context["page"].paginator.count == count, asked
        rows = drita.get(f"/findings.csv?{asked}").getvalue().decode().splitlines()
        assert len(rows) - 1 == count, asked
    assert drita.get(f"{reverse('findings')}?place=Nowhere").status_code == 422
    assert drita.get("/findings.xlsx").status_code == 200
    assert first.code in drita.get("/findings.csv").getvalue().decode()


def test_the_search_and_the_api_tell_what_everyone_may_read(world: World) -> None:
    drita, seen, kept = world.people["drita"], finding(world, organisations=[world.one]), source(world)
    services.add_evidence(seen, kind="source", source=kept, by=drita)
    finding(world, statements={"en": "There are few, and nobody confirmed it."})
    services.confirm(services.propose(seen, by=drita), by=drita)
    assert "There are few." in world.client("").get("/en/search/?q=few").content.decode()
    assert "nobody confirmed" not in world.client("").get("/en/search/?q=few").content.decode()
    assert "nobody confirmed" in world.client("drita").get("/en/search/?q=few").content.decode()
    for client in (world.client(""), world.client("drita")):
        told = client.get("/api/findings?kind=gap&organisation=al.one").json()
        assert (told["count"], told["items"][0]["id"], told["items"][0]["evidence"]) == (1, seen.code, 1)
        whole = client.get(f"/api/findings/{seen.code}?lang=en").json()
        assert [(one["text"], one["hidden"]) for one in whole["stands_on"]] == [
            ("A source that is not open to everyone: interview.", True)
        ]
        assert client.get("/api/findings?round=nothing").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_as_much_for_three_as_for_one(world: World, number: int, django_assert_max_num_queries: Any) -> None:
    drita = world.client("drita")
    for _ in range(number):
        one = finding(world, places=["AL153"], organisations=[world.one])
        services.add_evidence(one, kind="source", source=source(world), by=world.people["drita"])
    for name in PAGES:
        drita.get(reverse(name))
        with django_assert_max_num_queries(16):
            assert drita.get(reverse(name)).status_code == 200


def test_a_withdrawn_consent_is_asked_for_twice_and_said_everywhere(world: World) -> None:
    drita = world.people["drita"]
    kept = source(world, title="Zyzzyva talk", notes="zyzzyva notes")
    one = finding(world)
    services.add_evidence(one, kind="source", source=kept, by=drita)
    client, address = world.client("drita"), reverse("source_withdraw", args=[kept.code])
    assert "zyzzyva" in client.get(kept.get_absolute_url()).content.decode()
    client.post(address, {})
    assert Source.objects.get().withdrawn_at is None
    client.post(address, {"sure": "yes"})
    for page in (kept.get_absolute_url(), one.get_absolute_url(), reverse("sources"), "/sources.csv", "/findings.csv"):
        assert "zyzzyva" not in client.get(page).getvalue().decode().lower()
    assert "no longer stands on it" in client.get("/en" + one.get_absolute_url()).content.decode()
