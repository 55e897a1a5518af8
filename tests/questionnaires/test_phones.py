"""ODK Collect and KoboCollect as they speak: OpenRosa, offline, twice, cut off, with what should not be sent."""

import io
import zlib
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from sofra.ground import files
from sofra.ground.models import AuditLine
from sofra.questionnaires import collecting, phone_codes, phone_rates
from sofra.questionnaires.models import Collector, Filling, Media, Revision, Upload, Version

from . import asked

pytestmark = pytest.mark.django_db
FORMS = "{http://openrosa.org/xforms/xformsList}"
FILES = "{http://openrosa.org/xforms/xformsManifest}"
SAID = "{http://openrosa.org/http/response}message"
Send = Callable[..., HttpResponse]


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> Version:
    settings.DATA = tmp_path
    return asked.a_version()


@pytest.fixture
def made(version: Version) -> tuple[Collector, str]:
    return collecting.make_collector(name="Ekipi", versions=[version], expires_at=None, by=None)


@pytest.fixture
def key(made: tuple[Collector, str]) -> str:
    return made[1]


@pytest.fixture
def send(key: str, client: Client) -> Send:
    def post(xml: str | bytes, files: dict[str, bytes] | None = None, *, body: bytes = b"", **more: Any) -> Any:
        whole = body or asked.multipart(xml, files)
        address = reverse("collect_submission", args=[key])
        return client.generic("POST", address, whole, content_type=asked.CONTENT_TYPE, **more)

    return post


def said(response: Any) -> str:
    message = ElementTree.fromstring(response.content).find(SAID)
    assert message is not None
    return message.text or ""


# — fetching ————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_list_of_forms_leads_to_the_form(client: Client, version: Version, key: str) -> None:
    listed = client.get(f"/collect/{key}/formList", headers={"X-OpenRosa-Version": "1.0"})
    assert listed["X-OpenRosa-Version"] == "1.0"
    assert listed["Date"]
    assert "text/xml" in listed["Content-Type"]
    (form,) = ElementTree.fromstring(listed.content).findall(f"{FORMS}xform")
    told = {child.tag.removeprefix(FORMS): child.text or "" for child in form}
    assert told["formID"] == "al_test"
    assert told["version"] == "1"
    assert told["name"] == "Provë"
    assert told["hash"].startswith("md5:")
    assert "manifestUrl" not in told
    assert "descriptionText" not in told
    fetched = client.get(told["downloadUrl"])
    assert fetched.content.decode() == version.xform
    assert "private" in fetched["Cache-Control"]


@pytest.mark.parametrize("address", ["/collect/{}", "/collect/{}/", "/collect/{}/formList/", "/collect/{}//formList"])
def test_a_slash_more_or_less_is_forgiven(client: Client, key: str, address: str) -> None:
    assert client.get(address.format(key)).status_code == 200


def test_files_of_a_form_are_told_and_fetched(client: Client, version: Version, key: str) -> None:
    kept = files.keep([b"name,label\nx,X\n"])
    Media.objects.create(
        version=version,
        name="vendet e reja.csv",
        digest=kept.digest,
        md5="a" * 32,
        size=kept.size,
        media_type="text/csv",
    )
    listed = ElementTree.fromstring(client.get(f"/collect/{key}/formList?verbose=true").content)
    manifest = client.get(listed.findtext(f".//{FORMS}manifestUrl") or "")
    (file,) = ElementTree.fromstring(manifest.content).findall(f"{FILES}mediaFile")
    assert file.findtext(f"{FILES}hash") == "md5:" + "a" * 32
    fetched = client.get(file.findtext(f"{FILES}downloadUrl") or "")
    assert b"".join(fetched.streaming_content) == b"name,label\nx,X\n"  # type: ignore[attr-defined]


def test_only_open_versions_are_offered_and_of_one_form_the_newest(client: Client, made: Any, version: Version) -> None:
    collector, key = made
    second = asked.a_version(number=2, form_version="2")
    draft = asked.a_version(number=3, form_version="3", state="draft")
    collecting.change_collector(collector, name="Ekipi", versions=[version, second, draft], expires_at=None, by=None)
    listed = ElementTree.fromstring(client.get(f"/collect/{key}/formList").content)
    assert [one.text for one in listed.iter(f"{FORMS}version")] == ["2"]
    assert not ElementTree.fromstring(client.get(f"/collect/{key}/formList?formID=other").content)


# — sending —————————————————————————————————————————————————————————————————————————————————————————————————


def test_head_says_where_and_how_much(client: Client, key: str) -> None:
    told = client.head(f"/collect/{key}/submission?deviceID=x")
    assert told.status_code == 204
    assert told["Location"].endswith(f"/collect/{key}/submission")
    assert int(told["X-OpenRosa-Accept-Content-Length"]) > 1_000_000


def test_a_submission_is_stored_once_with_its_photo(send: Send) -> None:
    xml = asked.answers("uuid:1", photo="1.jpg")
    first = send(xml, {"1.jpg": asked.JPEG})
    assert first.status_code == 201
    assert said(first)
    assert send(xml, {"1.jpg": asked.JPEG}).status_code == 202
    filling = Filling.objects.get()
    assert (filling.instance, filling.state, filling.way) == ("uuid:1", "sent", "phone")
    upload = Upload.objects.get()
    assert b"".join(files.read(upload.digest)) == asked.JPEG
    assert upload.media_type == "image/jpeg"
    assert filling.answers.filter(question="kinds").count() == 2
    assert AuditLine.objects.filter(what="filling.received").count() == 1
    assert Revision.objects.count() == 0


def test_photos_come_in_several_parts(send: Send) -> None:
    xml = asked.answers("uuid:1", photo="1.jpg")
    assert send(xml, body=asked.multipart(xml, more_to_come=True)).status_code == 201
    assert send(xml, {"1.jpg": asked.JPEG}).status_code == 201
    assert send(xml, {"1.jpg": asked.JPEG}).status_code == 202
    assert Filling.objects.count() == Upload.objects.count() == 1


def test_faults_are_noted_and_nothing_is_refused_for_them(send: Send) -> None:
    assert send(asked.answers(org="", staff="5000")).status_code == 201
    notices = Filling.objects.get().notices
    assert {notice["path"] for notice in notices} == {"/data/who/org", "/data/staff"}
    assert all(notice["sentence"] for notice in notices)
    assert send(asked.answers(more="<stuff>9</stuff>")).status_code == 201
    assert "“stuff”" in Filling.objects.order_by("pk").last().notices[0]["sentence"]  # type: ignore[union-attr]


def test_a_program_that_is_called_a_photo_is_left_out_and_noted(send: Send) -> None:
    assert send(asked.answers(photo="1.jpg"), {"1.jpg": asked.PROGRAM}).status_code == 201
    assert not Upload.objects.exists()
    (notice,) = Filling.objects.get().notices
    assert notice["path"] == "/data/photo"
    assert "1.jpg" in notice["sentence"]


def test_edited_answers_take_the_place_of_the_first(send: Send) -> None:
    send(asked.answers("uuid:1", org="Para"))
    edited = asked.answers("uuid:2", org="Pas").replace(
        "</orx:meta>", "<orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta>"
    )
    assert send(edited).status_code == 201
    new = Filling.objects.get(state="sent")
    assert new.instance == "uuid:2"
    assert new.begun_from is not None
    assert "Para" in new.begun_from.document


def test_an_older_or_closed_version_of_the_same_questionnaire_is_taken(send: Send, version: Version) -> None:
    version.state = Version.State.CLOSED
    version.save()
    asked.a_version(number=2, form_version="2")
    assert send(asked.answers()).status_code == 201
    assert send(asked.answers(form_version="2")).status_code == 201
    assert set(Filling.objects.values_list("version__number", flat=True)) == {1, 2}


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<data id="al_test" version="1"><who><org>&b;</org></who></data>'
)


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        ("<data id='al_test' version='1'><who>", 400),
        ("not xml at all", 400),
        (BOMB, 400),
        (b"\xff\xfe\x00nonsense", 400),
        ("<other id='al_test' version='1'/>", 400),
        (asked.answers(form_id="another"), 404),
        (asked.answers(form_version="77"), 404),
        ("<data/>", 404),
    ],
)
def test_what_is_no_filling_of_an_offered_form_is_refused_with_a_sentence(send: Send, xml: Any, status: int) -> None:
    refused = send(xml, {"1.jpg": asked.JPEG})
    assert refused.status_code == status
    assert len(said(refused)) > 20
    assert not Filling.objects.exists()


@pytest.mark.parametrize("part", [0.2, 0.9, 0.999])
def test_a_body_that_was_cut_off_leaves_nothing(send: Send, part: float) -> None:
    whole = asked.multipart(asked.answers(photo="1.jpg"), {"1.jpg": asked.JPEG})
    refused = send("", body=whole[: int(len(whole) * part) - 4])
    assert refused.status_code == 400
    assert said(refused)
    assert not Filling.objects.exists()
    assert not list((files.folder()).glob("??/*"))


def test_a_body_larger_than_allowed_is_refused(send: Send, settings: Settings) -> None:
    settings.PHONE_LIMIT = 1024
    refused = send(asked.answers(photo="1.jpg"), {"1.jpg": asked.JPEG * 4})
    assert refused.status_code == 413
    assert said(refused)
    assert not Filling.objects.exists()


def test_chunks_without_a_length_arrive_whole(client: Client, key: str) -> None:
    """As the server hands them over: no CONTENT_LENGTH, and a stream that ends. Raw sockets: test_phones_live.py."""
    body = asked.multipart(asked.answers("uuid:chunked", photo="1.jpg"), {"1.jpg": asked.JPEG})
    told = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/collect/{key}/submission", "CONTENT_TYPE": asked.CONTENT_TYPE,
        "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": "",
    }  # fmt: skip
    assert client.request(**told).status_code == 201
    assert Upload.objects.get().filling.instance == "uuid:chunked"


def test_too_many_at_once_wait(send: Send, settings: Settings, made: Any) -> None:
    settings.PHONE_RATE = 2
    phone_rates._sent.clear()
    assert [send(asked.answers()).status_code for _ in range(3)] == [201, 201, 429]
    phone_rates._sent.clear()


# — addresses ———————————————————————————————————————————————————————————————————————————————————————————————


def test_an_ended_or_expired_address_takes_nothing_and_says_so(send: Send, client: Client, made: Any) -> None:
    collector, key = made
    Collector.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    expired = send(asked.answers())
    assert expired.status_code == 404
    assert said(expired)
    Collector.objects.update(expires_at=None)
    collecting.end_collector(collector, by=None)
    ended = send(asked.answers())
    assert ended.status_code == 404
    assert said(ended) != said(expired)
    assert client.get(f"/collect/{key}/formList").status_code == 404
    assert client.get("/collect/no-such-key/formList").status_code == 404
    assert not Filling.objects.exists()


def test_the_code_sets_up_a_phone() -> None:
    settings = phone_codes.settings_of_kobo("https://hub.example.org/collect/k", "Ekipi i Elbasanit")
    told = zlib.decompress(b64decode(phone_codes.coded(settings))).decode()
    assert '"server_url": "https://hub.example.org/collect/k"' in told
    assert '"protocol": "odk_default"' in told
    assert set(settings) == {"general", "admin", "project"}
    drawn = phone_codes.picture(phone_codes.coded(settings), 'for "Kobo"')
    assert drawn.startswith("<svg")
    assert "&quot;Kobo&quot;" in drawn


def test_a_withdrawn_filling_does_not_come_back_with_a_late_photo(send: Send) -> None:
    from sofra.questionnaires import services

    xml = asked.answers("uuid:1", photo="1.jpg")
    send(xml)
    services.withdraw_filling(Filling.objects.get())
    assert send(xml, {"1.jpg": asked.JPEG}).status_code == 202
    assert not Upload.objects.exists()
    assert Filling.objects.get().document == ""
