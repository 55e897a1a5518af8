"""Private calendars: who may read them, what they hold, and that a calendar library reads them as they were meant."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import icalendar
from django.test import Client
from django.utils import timezone
from tests.schools.conftest import local, make_body

from sofra.accounts.models import RoleGrant, User
from sofra.ground.logs import scrubbed
from sofra.organisations import services as registry
from sofra.organisations.models import Editor, Organisation
from sofra.schools import calendars, services
from sofra.schools.models import Feed, School, Session

Ask = Callable[..., Session]


def path_of(feed: Feed) -> str:
    return calendars.address_of(feed).removeprefix("http://127.0.0.1:8000")


def read(feed: Feed) -> icalendar.Calendar:
    answer = Client().get(path_of(feed))
    assert answer.status_code == 200
    return icalendar.Calendar.from_ical(answer.content)


def test_a_calendar_library_reads_what_was_agreed(asked: Ask, cvetan: User, besa: User, ura: Organisation) -> None:
    title = "Çështje të gjuhës; “ë, ç” \\ dhe një titull i gjatë që nuk hyn në një rresht të kalendarit: " + "ë" * 60
    session = services.accept(asked(title=title, who_comes="Agim Kola", note="E fshehtë"), by=cvetan, seen=1)
    winter = services.accept(asked(title="Dimër", day=date(2027, 1, 15)), by=cvetan, seen=1)
    found = read(services.make_feed(ura, by=besa))
    first, second = found.events
    assert str(first["SUMMARY"]) == title
    assert first.start.astimezone(UTC) == session.begins == datetime(2026, 10, 15, 8, 0, tzinfo=UTC)
    assert first.end.astimezone(UTC) == session.ends
    assert second.start.astimezone(UTC) == winter.begins == datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
    assert str(first["DTSTART"].params["TZID"]) == "Europe/Tirane"
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Tirane"]
    assert (str(first["STATUS"]), int(first["SEQUENCE"])) == ("CONFIRMED", 1)
    assert str(first["LOCATION"]) == "Shkolla e mesme “Lulëkuqja”, Bashkia Pukë"
    assert str(first["URL"]).endswith(f"/sessions/{session.pk}/")
    assert first["DTSTAMP"].dt.tzinfo is not None


def test_the_file_is_folded_and_ended_as_the_standard_wants(asked: Ask, besa: User, ura: Organisation) -> None:
    asked(title="ë" * 150)
    body = Client().get(path_of(services.make_feed(ura, by=besa))).content
    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in lines:
        line.decode("utf-8")  # no letter is cut in two
    for needed in (b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:", b"UID:", b"DTSTAMP:"):
        assert needed in body


def test_no_personal_data_is_in_it(
    asked: Ask, cvetan: User, besa: User, ura: Organisation, office: Organisation
) -> None:
    services.accept(asked(who_comes="Agim Kola", note="Telefono Mirën"), by=cvetan, seen=1, words="Falë Dritës")
    for feed in (services.make_feed(ura, by=besa), services.make_feed(office, by=cvetan)):
        body = Client().get(path_of(feed)).content.decode()
        for private in ("Agim", "Mirën", "Dritës", "Besa", "Cvetan", "example.org"):
            assert private not in body.replace("\r\n ", "")


def test_what_waits_and_what_was_cancelled_says_so(asked: Ask, cvetan: User, besa: User, ura: Organisation) -> None:
    waits, gone, refused = asked(), asked(title="E anuluar", at=time(12, 0)), asked(title="Jo", at=time(14, 0))
    services.propose(waits, begins=local(date(2026, 10, 20), time(8, 0)), minutes=60, words="", by=cvetan, seen=1)
    services.accept(gone, by=cvetan, seen=1)
    services.cancel(gone, words="Dëborë.", by=cvetan, seen=2)
    services.refuse(refused, words="Jo.", by=cvetan, seen=1)
    found = {str(event["STATUS"]): event for event in read(services.make_feed(ura, by=besa)).events}
    assert set(found) == {"TENTATIVE", "CANCELLED"}
    assert found["TENTATIVE"].start == datetime(2026, 10, 20, 8, 0, tzinfo=ZoneInfo("Europe/Tirane"))


def test_each_side_reads_what_concerns_it(
    asked: Ask, besa: User, cvetan: User, drita: User, outsider: User, school: School
) -> None:
    asked()
    sees = {person.name: len(read(services.make_feed(_own(person), by=person)).events) for person in
            (besa, cvetan, drita, outsider)}  # fmt: skip
    assert sees == {"Besa": 1, "Cvetan": 1, "Drita": 1, "Edlira": 0}


def _own(person: User) -> Organisation:
    return Editor.objects.get(user=person).organisation


def test_an_address_is_renewed_and_closed(besa: User, ura: Organisation) -> None:
    feed = services.make_feed(ura, by=besa)
    old = path_of(feed)
    assert path_of(Feed.objects.get()) == old
    assert Client().get(old).status_code == 200
    feed = services.make_feed(ura, by=besa)
    assert Client().get(old).status_code == 404
    new = path_of(feed)
    assert Client().get(new).status_code == 200
    services.revoke_feed(feed, by=besa)
    assert Client().get(new).status_code == 404
    assert Feed.objects.count() == 1


def test_a_wrong_address_opens_nothing(besa: User, ura: Organisation) -> None:
    token = calendars.token_of(services.make_feed(ura, by=besa))
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), token[:-1], f"9{token}", "x", "-", "²-x", "1-",
                  "9" * 40 + "-x"):  # fmt: skip
        assert Client().get(f"/calendar/{wrong}/sofra.ics").status_code == 404


def test_it_opens_no_more_when_its_owner_no_longer_speaks(besa: User, ura: Organisation) -> None:
    feed = services.make_feed(ura, by=besa)
    grant = RoleGrant.objects.get(user=besa)
    RoleGrant.objects.filter(pk=grant.pk).update(ended_on=timezone.now())
    assert Client().get(path_of(feed)).status_code == 404
    RoleGrant.objects.filter(pk=grant.pk).update(ended_on=None)
    assert Client().get(path_of(feed)).status_code == 200
    registry.end_editor(Editor.objects.get(user=besa), by=besa)
    assert Client().get(path_of(feed)).status_code == 404


def test_it_is_kept_by_nobody_on_the_way(asked: Ask, besa: User, ura: Organisation) -> None:
    path = path_of(services.make_feed(ura, by=besa))
    answer = Client().head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"].startswith("text/calendar")
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    before = len(icalendar.Calendar.from_ical(Client().get(path).content).events)
    asked()
    assert len(icalendar.Calendar.from_ical(Client().get(path).content).events) == before + 1
    assert path.split("/")[2] not in scrubbed(f"GET {path} 404")


def test_the_page_shows_ones_own_addresses_and_nobody_elses(
    besa: User, cvetan: User, ura: Organisation, office: Organisation
) -> None:
    client = Client()
    client.force_login(besa)
    assert client.post("/sessions/calendars/", {"act": "make", "organisation": ura.code}).status_code == 302
    feed = Feed.objects.get()
    assert calendars.address_of(feed) in client.get("/sessions/calendars/").content.decode()
    assert calendars.address_of(feed) in client.get("/en/sessions/calendars/").content.decode()
    client.post("/sessions/calendars/", {"act": "make", "organisation": office.code})
    assert Feed.objects.count() == 1
    other = Client()
    other.force_login(cvetan)
    assert calendars.address_of(feed) not in other.get("/sessions/calendars/").content.decode()
    other.post("/sessions/calendars/", {"act": "revoke", "feed": feed.pk})
    assert Feed.objects.get().revoked_at is None
    client.post("/sessions/calendars/", {"act": "revoke", "feed": feed.pk})
    assert Feed.objects.get().revoked_at is not None


def test_one_session_as_a_file(asked: Ask, besa: User, cvetan: User) -> None:
    client = Client()
    client.force_login(besa)
    session = services.accept(asked(), by=cvetan, seen=1)
    answer = client.get(f"/sessions/{session.pk}/session.ics")
    assert "attachment" in answer["Content-Disposition"]
    [event] = icalendar.Calendar.from_ical(answer.content).events
    assert str(event["UID"]).startswith(f"session-{session.pk}@")
    refused = asked(title="Jo", at=time(14, 0))
    services.refuse(refused, words="Jo.", by=cvetan, seen=1)
    assert client.get(f"/sessions/{refused.pk}/session.ics").status_code == 404


def test_an_empty_calendar_is_one(ura: Organisation, besa: User) -> None:
    assert read(services.make_feed(ura, by=besa)).events == []
    assert isinstance(make_body("Tjetër"), Organisation)
    assert isinstance(calendars.ics_of([], name="x"), bytes)
