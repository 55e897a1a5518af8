"""Exports of Kobo, ODK Central and Aggregate, with groups, repeats, choices in one column or in many."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.accounts.services import grant_role
from sofra.exchange import services as exchange
from sofra.exchange.models import Import, ImportRow
from sofra.exchange.reading import Unreadable
from sofra.questionnaires import services
from sofra.questionnaires.models import Answer, Filling, Version

from . import asked

pytestmark = [pytest.mark.django_db, pytest.mark.sterner]
Told = list[tuple[str, str, str]]

KOBO: dict[str, list[list[Any]]] = {
    "Test": [
        ["Emri i organizatës", "Punon në shkolla?", "Llojet e punës", "Llojet e punës/Në shkolla",
         "Llojet e punës/Me familjet", "Llojet e punës/Në media", "Stafi", "Punon që nga", "Vendi",
         "_Vendi_latitude", "_Vendi_longitude", "_id", "_uuid", "_submission_time", "_index"],
        ["Ura", "Po", "Në shkolla Në media", 1, 0, 1, 12, "2019-05-01", "", 41.3, 19.8, 7, "aaaa-1",
         "2026-05-02T10:00:00", 1],
        ["= Hapi\nrresht", "Jo", "", "", "", "", "", "", "", "", "", 8, "aaaa-2", "2026-05-03T10:00:00", 2],
    ],
    "people": [
        ["Roli", "Mosha", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
        ["drejtues", 41, 1, "Test", 1, "aaaa-1"],
        ["trajner", 30, 2, "Test", 1, "aaaa-1"],
        ["vullnetar", 22, 3, "Test", 2, "aaaa-2"],
    ],
    "trainings": [
        ["Tema", "_index", "_parent_table_name", "_parent_index"],
        ["Media", 1, "people", 2],
        ["Ligji", 2, "people", 2],
    ],
}  # fmt: skip
CENTRAL = {
    "al_test.csv": "SubmissionDate,who-org,who-works,kinds,place-Latitude,place-Longitude,place-Altitude,"
    "place-Accuracy,meta-instanceID,KEY,SubmitterID\n"
    "2026-05-02T10:00:00.000Z,Ura,yes,school media,41.3,19.8,0,5,uuid:c1,uuid:c1,3\n"
    '2026-05-02T11:00:00.000Z,"Hapi, i parë",no,,,,,,uuid:c2,uuid:c2,3\n',
    "al_test-people.csv": "role,age,PARENT_KEY,KEY\nlead,41,uuid:c1,uuid:c1/people[1]\n"
    "trainer,30,uuid:c1,uuid:c1/people[2]\n",
    "al_test-people-trainings.csv": "topic,PARENT_KEY,KEY\nMedia,uuid:c1/people[2],uuid:c1/people[2]/trainings[1]\n",
    "media/1.jpg": "x",
}


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> Version:
    settings.DATA = tmp_path
    return asked.a_version()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def come_in(content: bytes, name: str, version: Version) -> Import:
    imported = exchange.upload_file([content], name=name, by=None, what="answers", version=version.pk)
    exchange.map_columns(imported, mapping=imported.mapping, by=None)
    imported = exchange.check_import(imported.pk)
    assert not imported.problem
    exchange.start_import(imported, by=None)
    return exchange.run_import(imported.pk)


def mapper() -> User:
    drita = User.objects.create_user("drita@example.org", "gjithmone-bashke-7", name="Drita")
    grant_role(user=drita, role=roles.MAPPER, by=None)
    return drita


def told(filling: Filling) -> Told:
    return list(filling.answers.values_list("question", "turn", "value"))


def test_kobo_with_labels_split_choices_and_repeats_in_repeats(version: Version) -> None:
    done = come_in(workbook(KOBO), "kobo.xlsx", version)
    assert done.counts["new"] == 2
    first, second = Filling.objects.order_by("instance")
    assert first.instance == "uuid:aaaa-1"
    assert first.sent_at is not None
    assert first.sent_at.isoformat() == "2026-05-02T10:00:00+00:00"
    assert told(first) == [
        ("who/org", "", "Ura"), ("who/works", "", "yes"), ("kinds", "", "school"), ("kinds", "", "media"),
        ("staff", "", "12"), ("since", "", "2019-05-01"), ("place", "", "41.3 19.8 0 0"),
        ("people/role", "1", "drejtues"), ("people/age", "1", "41"),
        ("people/role", "2", "trajner"), ("people/age", "2", "30"),
        ("people/trainings/topic", "2.1", "Media"), ("people/trainings/topic", "2.2", "Ligji"),
    ]  # fmt: skip
    assert second.answers.get(question="who/org").text == "= Hapi\nrresht"
    assert not first.notices


@pytest.mark.parametrize("mark", ["-", ".", "/", ":"])
def test_odk_as_a_zip_of_tables_whatever_parts_the_names(version: Version, mark: str) -> None:
    parts = {
        name: text.replace("who-", f"who{mark}").replace("place-", f"place{mark}") for name, text in CENTRAL.items()
    }
    assert come_in(archive(parts), "central.csv.zip", version).counts["new"] == 2
    first = Filling.objects.get(instance="uuid:c1")
    assert told(first) == [
        ("who/org", "", "Ura"), ("who/works", "", "yes"), ("kinds", "", "school"), ("kinds", "", "media"),
        ("place", "", "41.3 19.8 0 5"), ("people/role", "1", "lead"), ("people/age", "1", "41"),
        ("people/role", "2", "trainer"), ("people/age", "2", "30"), ("people/trainings/topic", "2.1", "Media"),
    ]  # fmt: skip


def test_photos_come_with_the_zip_and_what_is_none_is_told(version: Version) -> None:
    rows = [["org", "photo", "KEY"], ["Ura", "1.jpg", "uuid:p1"], ["Hapi", "1.jpg", "uuid:p2"],
            ["Tre", "2.jpg", "uuid:p3"], ["Katër", "3.jpg", "uuid:p4"]]  # fmt: skip
    parts: dict[str, str | bytes] = {"answers.csv": "\n".join(",".join(row) for row in rows).replace("org", "who-org")}
    parts |= {"u/attachments/f/p1/1.jpg": asked.JPEG, "u/attachments/f/p2/1.jpg": asked.JPEG + b"2"}
    content = archive(parts | {"media/2.jpg": asked.PROGRAM})
    assert come_in(content, "kobo.zip", version).counts["new"] == 4
    named = {one.instance: one for one in Filling.objects.all()}
    sizes = [one.uploads.get().size for one in (named["uuid:p1"], named["uuid:p2"])]
    assert sizes == [len(asked.JPEG), len(asked.JPEG) + 1]
    assert "program" in named["uuid:p3"].notices[0]["sentence"]
    assert "“3.jpg”" in named["uuid:p4"].notices[0]["sentence"]
    come_in(archive(parts | {"media/3.jpg": asked.JPEG}), "again.zip", version)  # what was missing comes later
    assert named["uuid:p4"].uploads.get().name == "3.jpg"


def test_the_rows_of_an_import_are_those_of_a_phone(version: Version) -> None:
    come_in(archive(CENTRAL), "central.zip", version)
    imported = Filling.objects.get(instance="uuid:c1")
    rows = list(imported.answers.values_list("question", "turn", "value", "text"))
    document = imported.document.replace("uuid:c1", "uuid:phone")
    received = services.receive(version, document, [], way="phone").filling
    assert list(received.answers.values_list("question", "turn", "value", "text")) == rows


def test_the_same_file_twice_adds_nothing_and_undo_takes_back_exactly_this(version: Version) -> None:
    services.receive(version, asked.answers("uuid:other"), [], way="phone")
    done = come_in(archive(CENTRAL), "central.zip", version)
    again = come_in(archive(CENTRAL), "central.zip", version)
    assert (again.counts["new"], again.counts["same"]) == (0, 2)
    exchange.undo_import(done, by=None)
    assert list(Filling.objects.filter(state="sent").values_list("instance", flat=True)) == ["uuid:other"]
    assert set(Answer.objects.values_list("filling__instance", flat=True)) == {"uuid:other"}
    back = come_in(archive(CENTRAL), "central.zip", version)
    assert back.counts["update"] == 2
    assert Filling.objects.filter(state="sent").count() == 3
    assert Answer.objects.filter(filling__instance="uuid:c1").count() == 10


def test_answers_without_an_id_are_told_apart_by_what_they_say(version: Version) -> None:
    table = b"org;works\nUra;yes\nHapi;no\nUra;yes\n"
    done = come_in(table, "plain.csv", version)
    assert (done.counts["new"], done.counts["skip"]) == (2, 1)
    assert come_in(table, "plain.csv", version).counts["same"] == 2


def test_what_the_hub_says_otherwise_stays_and_what_was_withdrawn_stays_away(version: Version) -> None:
    come_in(b"KEY;org\nuuid:1;Ura\nuuid:2;Hapi\n", "a.csv", version)
    services.withdraw_filling(Filling.objects.get(instance="uuid:2"))
    done = come_in(b"KEY;org\nuuid:1;Ura e re\nuuid:2;Hapi\n", "b.csv", version)
    assert done.counts["skip"] == 2
    codes = [row.problems[0]["code"] for row in done.rows.order_by("number")]
    assert codes == ["answers-differ", "filling-withdrawn"]
    assert "Ura e re" not in Filling.objects.get(instance="uuid:1").document


def test_faults_are_told_and_kept_and_refuse_nothing(version: Version) -> None:
    done = come_in(b"KEY,org,works,staff,since,kinds\nuuid:1,,yes,5000,dje,school flying\n", "a.csv", version)
    assert done.counts["new"] == 1
    found = {(problem["code"], problem["column"]) for problem in done.rows.get().problems}
    assert {("answer-unread", "since"), ("choice-unknown", "kinds")} <= found
    paths = {notice["path"] for notice in Filling.objects.get().notices}
    assert {"/data/who/org", "/data/staff"} <= paths
    assert Answer.objects.filter(value="flying").exists()


def test_a_row_without_answers_cannot_be_read(version: Version) -> None:
    assert come_in(b"KEY,org\nuuid:1,\nuuid:2,Ura\n", "a.csv", version).counts["bad"] == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 broken", "a.zip"),
        (archive({"readme.txt": "x"}), "a.zip"),
        (archive({"people.csv": "role,PARENT_KEY,KEY\nx,uuid:1,uuid:1/people[1]\n"}), "a.zip"),
        (b"", "a.csv"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "a.csv"),
        (b"org,works\nUra,yes,no,more\n", "a.csv"),
        (b"org,works\nUra\x00,yes\n", "a.csv"),
    ],
)
def test_what_is_no_export_says_what_to_do(version: Version, content: bytes, name: str) -> None:
    with pytest.raises((Unreadable, AssertionError)) as error:
        come_in(content, name, version)
    assert isinstance(error.value, Unreadable) or Import.objects.get().problem
    assert not Filling.objects.exists()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_the_hub_exports_it_takes_back(version: Version, form: str, client: Client) -> None:
    """From another hub, say; here everything is known already, repeats in repeats as well."""
    come_in(archive(CENTRAL), "central.zip", version)
    client.force_login(mapper())
    answer = client.get(f"/questionnaires/al.test/1/answers.{form}")
    content = answer.getvalue()
    done = come_in(content, f"answers.{form}", version)
    if form == "csv":
        assert done.counts["skip"] == 1  # without the sheets of the repeats the first says less; the hub's word stays
    assert done.counts["same"] == (2 if form == "xlsx" else 1)
    before = [told(one) for one in Filling.objects.order_by("instance")]
    Answer.objects.all().delete()
    ImportRow.objects.all().delete()
    Filling.objects.all().delete()
    if form == "xlsx":
        assert come_in(content, f"answers.{form}", version).counts["new"] == 2
        assert [told(one) for one in Filling.objects.order_by("instance")] == before


def test_the_command_says_first_and_then_does(version: Version, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "central.zip"
    path.write_bytes(archive(CENTRAL))
    call_command("import", "answers", path, questionnaire="al.test", number=1, dry_run=True, json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["counts"]["new"] == 2
    assert said["mapping"]["who-org"] == "who/org"
    assert not Filling.objects.exists()
    call_command("import", "answers", path, questionnaire="al.test")
    assert Filling.objects.count() == 2
    with pytest.raises(CommandError):
        call_command("import", "answers", path, questionnaire="al.nothing")
    with pytest.raises(CommandError):
        call_command("import", "answers", path)


def test_the_pages_lead_from_the_file_to_the_report(version: Version, settings: Settings) -> None:
    drita = mapper()
    client = Client()
    client.force_login(drita)
    file = SimpleUploadedFile("central.zip", archive(CENTRAL))
    refused = client.post("/imports/new/", {"what": "answers", "file": file})
    assert refused.status_code == 422
    file.seek(0)
    answer = client.post("/imports/new/", {"what": "answers", "file": file, "version": version.pk}, follow=True)
    page = answer.content.decode()
    assert 'list="questions"' in page
    assert 'value="people/role"' in page
    columns = {name: field.initial or "" for name, field in answer.context["columns"].fields.items()}
    wrong = client.post(answer.request["PATH_INFO"], {**columns, "step": "columns", "column-1": "nothing"})
    assert wrong.status_code == 422
    checked = client.post(answer.request["PATH_INFO"], {**columns, "step": "columns"}, follow=True)
    assert checked.context["writes"] == 2
    row = client.get(f"/imports/{Import.objects.get().pk}/rows/2/")
    assert "Emri i organizatës" in row.content.decode() or "Name of the organisation" in row.content.decode()
    report = client.post(f"/imports/{Import.objects.get().pk}/start/", follow=True)
    assert report.status_code == 200
    record = Filling.objects.get(instance="uuid:c1")
    assert f"/{record.pk}/" in report.content.decode()
    assert Filling.objects.filter(typed_by=drita).count() == 2
    undo = client.get(f"/imports/{Import.objects.get().pk}/undo/")
    assert undo.status_code == 200
