"""Paper lists: counts without names; names with consent that go on their day; certificates; check-in."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from xlsxwriter import Workbook

from sofra.accounts.models import User
from sofra.ground import files
from sofra.training import certificates, checking_in, listing, queries, reading, services
from sofra.training.models import CheckedIn, Count, ListScan, Participant, Session
from sofra.training.services import SessionDay, SessionDraft, edit_session

from .conftest import client_of

HEAD = "Emri\tInstitucioni\tGjinia\tSektori\tMosha\tHera e parë"


def test_a_sheet_becomes_counts() -> None:
    text = (
        f"{HEAD}\nA B\tBashkia\tF\tBashkia\t34\tpo\nC D\tPolicia\tM\tPolicia\t17\tjo\nA B\tBashkia\tF\tBashkia\t34\tpo"
    )
    read = reading.read_list(reading.rows_of_text(text))
    assert (read.total, read.doubled) == (2, 1)
    assert read.parts == {
        "sex": {"women": 1, "men": 1}, "first": {"yes": 1, "no": 1}, "sector": {"municipality": 1, "police": 1},
        "age": {"30-64": 1, "15-18": 1},
    }  # fmt: skip
    consented = reading.read_list(reading.rows_of_text("Name;Consent\nA;po\nB;jo\nC;"))
    assert [name for name, _body in consented.names] == ["A"]


def test_workbooks_are_read_and_nonsense_gets_a_sentence() -> None:
    held = io.BytesIO()
    with Workbook(held) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((["Name", "Age"], ["A", 20], ["B", 70])):
            sheet.write_row(at, 0, row)
    assert reading.read_list(reading.rows_of_file(held.getvalue())).parts == {"age": {"19-24": 1, "65+": 1}}
    as_saved = "Emri;Hera e parë\nÇ;po\nË;jo"
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        assert reading.read_list(reading.rows_of_file(as_saved.encode(encoding))).parts == {
            "first": {"yes": 1, "no": 1}
        }
    for wrong in (b"PK nonsense", b"\xff\xfe\x00", b"\xe7\xeb;\x00\n"):
        with pytest.raises(ValidationError):
            reading.rows_of_file(wrong)
    with pytest.raises(ValidationError):
        reading.read_list(reading.rows_of_text("x;y\n1;2"))


def test_two_thousand_names_pasted_twice_do_nothing_twice_and_leave_no_name(session: Session, besa: User) -> None:
    names = "\n".join(f"Person {number}\tBashkia\t{'F' if number % 2 else 'M'}" for number in range(2000))
    said = {"what": "present", "day": "", "pasted": f"Emri\tInstitucioni\tGjinia\n{names}"}
    client = client_of(besa)
    for _time in range(2):
        assert client.post(reverse("training_list", args=[session.activity.code]), said).status_code == 302
    assert [count.total for count in Count.objects.all()] == [2000]
    assert not Participant.objects.exists()
    today = timezone.localdate()
    asked = said | {"certificates": "on", "consented_on": today.isoformat()}
    assert client.post(reverse("training_list", args=[session.activity.code]), asked).status_code == 422
    asked |= {"delete_on": (today + timedelta(days=30)).isoformat()}
    for _time in range(2):
        assert client.post(reverse("training_list", args=[session.activity.code]), asked).status_code == 302
    assert (Participant.objects.count(), Count.objects.count()) == (2000, 1)


def test_names_and_photos_go_on_their_day(session: Session, besa: User) -> None:
    today = timezone.localdate()
    day = today + timedelta(days=1)
    listing.keep_participants(session, [("A B", "x")], consented_on=today, delete_on=day, by=besa)
    photo = ContentFile(b"\xff\xd8\xff a list", "C:\\lista\\l.jpg")
    scan = listing.keep_scan(session, photo, delete_on=day, by=besa)
    assert (scan.name, scan.media_type) == ("l.jpg", "image/jpeg")
    assert listing.delete_due(today) == 0
    assert listing.delete_due(day) == 2
    assert not Participant.objects.exists()
    assert not ListScan.objects.exists()
    assert not files.path_of(scan.digest).exists()
    for wrong in (today, today + timedelta(days=400), None):
        with pytest.raises(ValidationError):
            listing.keep_participants(session, [("A B", "x")], consented_on=today, delete_on=wrong, by=besa)
    with pytest.raises(ValidationError):
        listing.keep_scan(session, ContentFile(b"<html>", "l.jpg"), delete_on=day, by=besa)


def test_certificates_have_a_page_for_each_who_completed(session: Session, besa: User) -> None:
    today = timezone.localdate()
    names = [("Arta Prova", "Bashkia"), ("Çlirim Shembulli", ""), ("Dritë Trillim", "")]
    listing.keep_participants(session, names, consented_on=today, delete_on=today + timedelta(9), by=besa)
    people = list(session.participants.all())
    listing.mark_completed(session, [people[0].pk, people[1].pk], by=besa)
    done = list(session.participants.filter(completed=True))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(certificates.certificates(
        session, done, language="sq"))).pages]  # fmt: skip
    assert len(pages) == 2
    assert "Arta Prova" in pages[0]
    assert done[0].certificate in pages[0]
    assert "Bashkia" not in pages[0]
    answer = client_of(besa).get(reverse("training_certificates", args=[session.activity.code]))
    assert answer["Content-Type"] == "application/pdf"


@pytest.fixture
def today(session: Session, besa: User) -> Session:
    draft = SessionDraft(
        title="Sot", places=["AL153"], status="running", programme=session.programme,
        days=[SessionDay(timezone.localdate())],
    )  # fmt: skip
    return edit_session(session, draft, seen=session.version, by=besa)


def test_check_in_counts_once_a_device_and_closes(today: Session, besa: User) -> None:
    day = today.days.get()
    opened = checking_in.open_check_in(day, closes_at=timezone.now() + timedelta(hours=1), by=besa)
    address = reverse("training_in", args=[opened.code])
    for number in range(6):
        phone = Client()
        assert phone.get(address).status_code == 200
        phone.post(address, {"sex": "women"} if number else {})
        assert phone.post(address, {"sex": "men"}).context["state"] == "again"
    assert CheckedIn.objects.count() == 6
    poster = client_of(besa).get(reverse("training_check_in", args=[today.activity.code])).content.decode()
    assert opened.code in poster
    assert "<svg" in poster
    assert checking_in.end_due() == 0
    assert checking_in.end_due(timezone.now() + timedelta(hours=2)) == 1
    count = queries.standing(today).get()
    assert (count.total, count.how, count.parts.get().number) == (6, "check_in", 5)
    assert Client().post(address).status_code == 410
    with pytest.raises(ValidationError):
        checking_in.open_check_in(day, closes_at=timezone.now() - timedelta(hours=1), by=besa)


def test_the_tick_deletes_names_whose_day_has_come_and_the_totals_stay(session: Session, besa: User) -> None:
    services.record_count(session, what="completed", total=30, by=besa)
    day = timezone.localdate()
    for name, goes in (("A B", day), ("C D", day + timedelta(days=1))):
        Participant.objects.create(session=session, name=name, consented_on=day, delete_on=goes, completed=True)
    call_command("tick", verbosity=0)
    assert [one.name for one in Participant.objects.all()] == ["C D"]
    assert Count.objects.get().total == 30
