"""Every page of councils, walked as a secretary, a member, another council's member and a visitor; and what leaks."""

import io
from datetime import timedelta
from typing import Any

import docx
import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from tests.councils.conftest import Table

from sofra.councils import deciding, holding, queries
from sofra.councils.deciding import DecisionWish
from sofra.councils.models import Council, Meeting, Share
from sofra.ground.models import AuditLine

CLOSED, CLOSED_DECISION, CLOSED_ITEM = "zqclosedxj", "zqdecisionxj", "zqitemxj"
NAME = "zqnamexj"


def _written(table: Table, share: str = Share.PUBLIC) -> Meeting:
    """A held meeting with an open part, a closed one, a closed point and a closed decision; adopted and shared."""
    besa = table.people["besa"]
    meeting = table.held()
    holding.add_item(meeting, title=CLOSED_ITEM, is_closed=True, by=besa)
    closed = f"{CLOSED}\n\nVendim: {CLOSED_DECISION}"
    meeting = holding.save_minutes(meeting, minutes="# Rruga\n\nVendim: Ndriçim te shkolla.", closed=closed, by=besa,
                                   seen=meeting.version)  # fmt: skip
    return holding.adopt_minutes(meeting, share=share, by=besa, seen=meeting.version)


def test_a_secretary_does_the_whole_round_in_the_browser(table: Table) -> None:
    client, code = table.clients["besa"], table.upper.organisation.code
    when = timezone.localtime() - timedelta(days=2)
    planned = {"day": f"{when:%d.%m.%Y}", "time": "10:00", "until": "12:00", "where": "Salla", "seen": "0"}
    answer = client.post(reverse("meeting_new", args=[code]), planned | {"until": "09:00"})
    assert answer.status_code == 422
    answer = client.post(reverse("meeting_new", args=[code]), planned)
    assert answer.status_code == 302
    meeting = table.upper.meetings.get()
    page = reverse("meeting", args=[code, 1])
    client.post(page, {"act": "item", "title": "Rruga"})
    assert "Rruga" in client.get(page).context["preview"].body
    assert client.post(page, {"act": "cancel", "why": "", "seen": meeting.version}).status_code == 422
    client.post(page, {"act": "call", "seen": meeting.version})
    meeting.refresh_from_db()
    assert meeting.state == "called"
    assert len(client.get(page).context["letters"]) == 3
    assert client.get(reverse("meeting_edit", args=[code, 1])).status_code == 200
    seats = {f"seat_{seat.pk}": "holder" for seat in table.seats.values()}
    client.post(reverse("meeting_attendance", args=[code, 1]), seats | {"seen": meeting.version})
    meeting.refresh_from_db()
    assert meeting.state == "held"
    book = reverse("meeting_minutes", args=[code, 1])
    client.post(book, {"minutes": "Vendim: Ndriçim.", "closed": "", "seen": meeting.version})
    late = table.clients["teuta"].post(book, {"minutes": "My own words", "closed": "", "seen": meeting.version})
    assert late.status_code == 409
    assert "Ndriçim." in late.content.decode()
    assert "My own words" in late.content.decode()
    due = {"text": "Takim", "priority": "high", "owner": str(table.seats["police"].pk), "due_on": "01.01.2026",
           "needs_verifying": "on", "seen": "0"}  # fmt: skip
    assert client.post(reverse("decision_new", args=[code, 1]), due).status_code == 302
    meeting.refresh_from_db()
    client.post(page, {"act": "adopt", "share": "public", "seen": meeting.version})
    decision = reverse("decision", args=[code, 2])
    empty = client.post(decision, {"act": "done", "done": "", "seen": 1})
    assert empty.status_code == 422
    assert client.post(decision, {"act": "done", "done": "U mbajt", "seen": 1}).status_code == 302
    refused = client.post(decision, {"act": "verify", "words": "", "seen": 2})
    assert refused.status_code == 422
    assert table.clients["teuta"].post(decision, {"act": "verify", "words": "", "seen": 2}).status_code == 302
    assert table.upper.decisions.get(number=2).state == "verified"
    for path in (page, decision, reverse("decisions"), table.upper.get_absolute_url(), reverse("councils")):
        assert table.clients["visitor"].get(path).status_code == 200
        assert table.clients["visitor"].get(f"/en{path}").status_code == 200


def test_seats_and_documents_are_kept_with_sentences(table: Table) -> None:
    client, code = table.clients["ana"], table.upper.organisation.code
    page = reverse("council_seats", args=[code])
    said = {"act": "mandate", "seat": str(table.seats["police"].pk), "function": "Shef", "begins": "01.05.2026",
            "ends": "01.04.2026", "name": NAME}  # fmt: skip
    wrong = client.post(page, said)
    assert wrong.status_code == 422
    assert client.post(page, {"act": "seat", "body": "Gjykata", "sector": "courts"}).status_code == 302
    assert client.post(page, {"act": "seat", "body": "", "sector": "courts"}).status_code == 422
    police, mandate = table.seats["police"], table.seats["police"].mandates.get()
    for asked in (f"?seat={police.pk}", f"?mandate={mandate.pk}", "?seat=x&mandate=99999999999"):
        assert client.get(page + asked).status_code == 200
    assert client.post(page, {"act": "edit_seat", "number": police.pk, "body": "Policia", "sector": "police",
                              "votes": "on", "chairs": ""}).status_code == 302  # fmt: skip
    right = {"act": "edit_mandate", "number": mandate.pk, "function": "Shefe", "begins": "01.02.2020", "name": NAME}
    assert table.clients["genc"].post(page, right | {"secretary": "on"}).status_code == 404
    assert client.post(page, right).status_code == 302
    mandate.refresh_from_db()
    police.refresh_from_db()
    assert (police.body, mandate.function, mandate.name) == ("Policia", "Shefe", NAME)
    own = right | {"number": table.seats["town"].mandates.get().pk}
    assert table.clients["besa"].post(page, own).status_code == 422, "nobody changes the own mandate"
    upload = io.BytesIO(b"%PDF-1.4 invented order")
    upload.name = "order.pdf"
    kept = {"act": "document", "kind": "order", "title": "Urdhri", "share": "council", "file": upload}
    assert client.post(page, kept).status_code == 302
    document = table.upper.documents.get()
    address = reverse("council_document", args=[code, document.pk])
    assert table.clients["genc"].get(address).status_code == 200
    assert {name: table.clients[name].get(address).status_code for name in ("visitor", "cvetan", "dora")} == {
        "visitor": 404, "cvetan": 404, "dora": 404,
    }  # fmt: skip
    client.post(page, {"act": "share", "number": document.pk, "share": "network"})
    assert client.get(address).status_code == 404, "who arranges a council does not read what it keeps for itself"
    table.clients["besa"].post(page, {"act": "share", "number": document.pk, "share": "network"})
    assert table.clients["cvetan"].get(address).status_code == 200
    assert table.clients["dora"].get(page).status_code == 404
    form = client.post(reverse("council_edit", args=[code]), {"place": "AL1", "meets_every": "2", "quorum": "half",
                                                              "since": "2025", "seen": "1"})  # fmt: skip
    assert form.status_code == 302
    new = {"name": "Këshill tjetër", "place": "AL2", "quorum": "number", "seats_needed": "3", "seen": "0"}
    assert client.post(reverse("council_new"), new).status_code == 302
    assert Council.objects.filter(quorum="3").exists()


@pytest.mark.parametrize("share", ["council", "network", "members", "public"])
def test_who_reads_shared_minutes(table: Table, share: str) -> None:
    meeting = _written(table, share)
    page = meeting.get_absolute_url()
    readers = {"besa", "genc"} | {"council": set(), "network": {"cvetan"}, "members": {"cvetan", "dora", "ana"},
                                  "public": {"cvetan", "dora", "ana", "visitor"}}[share]  # fmt: skip
    for name, client in table.clients.items():
        if name != "teuta":
            assert (client.get(page).status_code == 200) == (name in readers), name
    assert table.clients["visitor"].get(reverse("decision", args=[table.upper.organisation.code, 1])).status_code == (
        200 if share == "public" else 404
    )


def test_the_closed_part_is_read_by_the_councils_members_and_nobody_else(table: Table) -> None:
    meeting = _written(table)
    code = table.upper.organisation.code
    table.meeting(days=5)
    deciding.edit_decision(
        queries.decision_for(table.people["besa"], code, 2),
        DecisionWish(CLOSED_DECISION, is_closed=True, due_on=queries.today()), why=CLOSED, by=table.people["besa"],
        seen=1,
    )  # fmt: skip
    file = reverse("meeting_file", args=[code, 1, "md"])
    addresses = [
        meeting.get_absolute_url(), table.upper.get_absolute_url(), reverse("councils"), reverse("decisions"), file,
        reverse("council_shared"), reverse("decisions_download", args=["csv"]), reverse("decision", args=[code, 1]),
        reverse("councils_download", args=["csv"]), reverse("activities"),
        reverse("organisation", args=[code]), reverse("place", args=["AL1"]),
    ]  # fmt: skip
    for name in ("visitor", "dora", "cvetan", "ana"):
        client = table.clients[name]
        for address in addresses:
            answer = client.get(address)
            body = b"".join(answer) if answer.streaming else answer.content
            shown = body.decode()
            assert not [word for word in (CLOSED, CLOSED_DECISION, CLOSED_ITEM) if word in shown], (name, address)
        none = client.get(reverse("search"), {"q": "zqnothing"}).content.decode().count("zqnothing")
        assert client.get(reverse("search"), {"q": CLOSED}).content.decode().count(CLOSED) == none
        for form in ("md", "pdf", "docx"):
            closed = reverse("meeting_file", args=[code, 1, form])
            assert client.get(f"{closed}?part=closed").status_code == 404
        for refused in ("decision", "decision_edit"):
            assert client.get(reverse(refused, args=[code, 2])).status_code in {302, 404}
        assert client.get(reverse("meeting", args=[code, 2])).status_code == 404
        assert client.get(reverse("meeting_minutes", args=[code, 1])).status_code in {302, 404}
        assert client.get(reverse("meeting_ics", args=[code, 1])).status_code in {302, 404}
    told = "".join(f"{line.what}{line.about}{line.detail}" for line in AuditLine.objects.all())
    assert not any(word in told for word in (CLOSED, CLOSED_DECISION, CLOSED_ITEM))
    member = table.clients["genc"].get(meeting.get_absolute_url()).content.decode()
    assert all(word in member for word in (CLOSED, CLOSED_DECISION, CLOSED_ITEM))


def test_minutes_are_taken_away_as_word_and_pdf(table: Table) -> None:
    _written(table)
    code = table.upper.organisation.code
    made: dict[str, Any] = {}
    for part in ("", "?part=closed"):
        word = table.clients["genc"].get(reverse("meeting_file", args=[code, 1, "docx"]) + part).content
        read = docx.Document(io.BytesIO(word))
        cells = [cell.text for one in read.tables for row in one.rows for cell in row.cells]
        made[part] = "\n".join([*(one.text for one in read.paragraphs), *cells])
    assert "Ndriçim te shkolla." in made[""]
    assert CLOSED not in made[""]
    assert CLOSED_DECISION not in made[""]
    assert CLOSED in made["?part=closed"]
    printed = table.clients["genc"].get(reverse("meeting_file", args=[code, 1, "pdf"])).content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    assert "Ndriçim" in text
    assert CLOSED not in text


def test_the_lists_are_downloads_too(table: Table) -> None:
    _written(table)
    for name in ("councils", "decisions"):
        for form in ("csv", "xlsx"):
            assert table.clients["visitor"].get(reverse(f"{name}_download", args=[form])).status_code == 200
    late = table.clients["besa"].get(reverse("decisions") + "?state=late")
    assert late.context["page"].paginator.count == 0


def test_the_api_tells_what_everyone_may_read(table: Table) -> None:
    meeting = _written(table)
    client = table.clients["besa"]
    found = {one["place"]: one for one in client.get("/api/councils").json()["items"]}
    assert (found["AL1"]["id"], found["AL1"]["meetings_held"]) == (table.upper.organisation.code, 1)
    assert found["AL2"]["meetings_held"] is None, "of its meetings nothing is known"
    told = client.get("/api/decisions", {"state": "open"}).json()
    assert [one["text"] for one in told["items"]] == ["Ndriçim te shkolla."]
    holding.adopt_minutes(meeting, share=Share.MEMBERS, by=table.people["besa"], seen=meeting.version)
    assert client.get("/api/decisions").json()["count"] == 0
    assert client.get("/api/councils?place=Nowhere").status_code == 404
