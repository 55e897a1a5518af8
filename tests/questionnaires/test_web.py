"""Filling in on the web without a script, from the letter's link to the copy of what was sent."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from tests.questionnaires import tried_form
from tests.questionnaires.browsing import Page, visit

from sofra.questionnaires import queries, services
from sofra.questionnaires.keys import key_of
from sofra.questionnaires.models import Filling, Questionnaire, Version

pytestmark = [pytest.mark.django_db, pytest.mark.sterner]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
HARMFUL = "<script>alert(1)</script> \"' & ${x} {{ 7*7 }} =SUM(A1) \u202e عربي 👩‍👩‍👧"


@pytest.fixture
def version(settings: Settings, tmp_path: Path) -> Version:
    settings.DATA = tmp_path
    asked = Questionnaire.objects.create(code="al.tried", titles={"sq": "Pyetësori i provës", "en": "The form tried"})
    return Version.objects.create(
        questionnaire=asked, number=1, form_id="tried", xform=tried_form.xform(), state="open",
        languages=["Shqip (sq)", "English (en)"],
    )  # fmt: skip


@pytest.fixture
def filling(version: Version) -> Filling:
    return services.begin_filling(version, way=Filling.Way.WEB)


@pytest.fixture
def link(filling: Filling) -> str:
    return f"/en/q/{key_of(filling.instance, filling.generation)}/"


def first(client: Client, link: str, **said: object) -> Page:
    """The first part, filled in as far as it must be."""
    page = visit(client, f"{link}parts/1/")
    return page.fill(**({"who__name": "Tryeza", "who__works": "yes"} | said))


def at(filling: Filling, path: str) -> str:
    return queries.instance_of(Filling.objects.get(pk=filling.pk)).get(path)


# — the whole way ——————————————————————————————————————————————————————————————————————————————————————————


def test_from_the_link_to_the_copy(client: Client, filling: Filling, link: str) -> None:
    start = visit(client, link)
    assert "Who sees them" in start.text
    assert "minutes; 3 parts" in start.text
    tasks = start.fill(language="English (en)").press()
    assert tasks.address == f"{link}parts/"
    assert "Not asked of you" in tasks.text  # the second part hangs on an answer of the first
    page = first(client, link, who__founded="1997").press("act", "next")
    assert page.address == f"{link}parts/2/"
    page = page.fill(**{"project[1]/title": "Ura", "project[1]/money": "1.200,50"})
    page = page.press("add", "/data/work/project")
    assert page.named("project[2]/title")
    assert page.value("project[1]/title") == "Ura"
    page = page.fill(**{"project[2]/title": "Shtegu"}).press("add", "/data/work/project[2]/partner")
    page = page.fill(**{"project[2]/partner[1]/partner_name": "Partneri", "work__themes": ["youth", "school"]})
    page = page.fill(**{"ranking#school": "2", "ranking#women": "2"}).press("act", "next")
    assert page.status == 422
    assert "Two answers have the number 2" in page.text
    assert page.value("ranking#women") == "2"
    page = page.fill(**{"ranking#school": "1", "ranking#women": "2", "ranking#youth": "3"}).press("act", "next")
    assert page.address == f"{link}parts/3/"
    page = page.fill(
        began="2018-12-17", month="2018-05", at="10:42", moment="2018-12-17T10:42", place="41,33",
        way="41.1 19.8\n41.2 19.9", degree="7", agreed=True, town="t7", code="AL-1",
    ).put("place#east", "19,82")  # fmt: skip
    page = page.put("photo", SimpleUploadedFile("../foto e parë.png", PNG)).press("act", "next")
    assert page.address == f"{link}check/"
    for said in (
        "Ura",
        "Shtegu",
        "Partneri",
        "Youth, School",
        "School › Women › Youth",
        "41.33, 19.82",
        "Municipality 7",
    ):
        assert said in page.text
    done = page.press()
    assert "Your answers were sent" in done.text
    copy = visit(client, f"{link}copy/")
    assert "Shtegu" in copy.text
    kept = Filling.objects.get(pk=filling.pk)
    assert kept.state == Filling.State.SENT
    answers = queries.instance_of(kept)
    assert answers.get("/data/work/project[1]/money") == "1200.50"
    assert answers.get("/data/rest/month") == "2018-05-01"
    assert answers.get("/data/rest/place") == "41.33 19.82 0 0"
    assert answers.get("/data/rest/moment").startswith("2018-12-17T10:42")
    photo = client.get(f"{link}files/{answers.get('/data/rest/photo')}")
    assert photo["Content-Disposition"].startswith("attachment")
    assert photo["X-Content-Type-Options"] == "nosniff"
    assert b"".join(photo.streaming_content) == PNG


def test_after_sending_a_change_keeps_what_was_sent(client: Client, filling: Filling, link: str) -> None:
    first(client, link, who__works="no").press("act", "tasks")
    visit(client, f"{link}check/").press()
    assert "You sent your answers" in visit(client, link).text
    visit(client, f"{link}parts/1/").fill(who__name="Tryeza e Re").press("act", "tasks")
    visit(client, f"{link}check/").press()
    kept = Filling.objects.get(pk=filling.pk)
    assert at(filling, "/data/who/name") == "Tryeza e Re"
    assert any("Tryeza</" in one.document for one in kept.revisions.all())


# — skip logic, faults, turns ——————————————————————————————————————————————————————————————————————————————


def test_questions_appear_after_a_save_without_a_script(client: Client, link: str) -> None:
    page = first(client, link)
    assert not page.named("why_not")
    page = page.fill(who__works="no").press("act", "stay")
    assert page.named("why_not")
    assert "Do you work with youth, Tryeza?" in page.text


def test_what_is_wrong_stands_at_its_question_and_is_kept(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link, who__name="", who__founded="rreth 1997").press("act", "next")
    assert page.status == 422
    assert "2 things need your attention" in page.text
    assert page.value("who/founded") == "rreth 1997"
    targets = page.all("//div[@class='error-summary']//li/a/@href")
    assert len(targets) == 2
    assert all(page.root.get_element_by_id(target.removeprefix("#")) is not None for target in targets)
    assert at(filling, "/data/who/founded") == "rreth 1997"
    page = page.fill(who__name="Tryeza", who__founded="1800").press("act", "next")
    assert "A year such as 1997" in page.text


def test_nothing_is_sent_while_something_is_missing(client: Client, filling: Filling, link: str) -> None:
    answer = client.post(f"{link}send/")
    assert answer.status_code == 422
    assert b"Name of the organisation" in answer.content
    assert Filling.objects.get(pk=filling.pk).state == Filling.State.BEGUN


def test_a_turn_is_taken_out(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link).press("act", "next")
    page = page.fill(**{"project[1]/title": "Një"}).press("add", "/data/work/project")
    page = page.fill(**{"project[2]/title": "Dy"}).press("remove", "/data/work/project[1]")
    assert page.value("project[1]/title") == "Dy"
    assert not page.named("project[2]/title")
    assert Filling.objects.get(pk=filling.pk).revisions.filter(document__contains="Një").exists()


def test_save_and_come_back(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link, who__name="").press("act", "later")
    assert page.status == 200
    assert "Come back by the same link" in page.text
    assert Client().get(link).status_code == 200  # from another device
    assert at(filling, "/data/who/works") == "yes"


@pytest.mark.parametrize("said", ["x" * 100_000, HARMFUL, "\x0b\x1f" + HARMFUL])
def test_nasty_and_endless_answers_are_kept(client: Client, filling: Filling, link: str, said: str) -> None:
    page = (
        first(client, link, who__works="no")
        .press("act", "stay")
        .fill(why_not=said.strip("\x0b\x1f"))
        .press("act", "next")
    )
    assert page.status == 200
    assert at(filling, "/data/who/why_not") == said.strip("\x0b\x1f")
    check = visit(client, f"{link}check/")
    assert not check.all("//main//script")


def test_a_post_of_rubbish_changes_nothing(client: Client, filling: Filling, link: str) -> None:
    before = Filling.objects.get(pk=filling.pk).document
    named = "/data/nothing|/etc/passwd 0|/data/work/project[99999]/title 0|/data/total 0|".split("|")
    rubbish = {"q": named, "/data/total": "7", "add": "/data/who", "/data/work/project[99999]/title": "x"}
    assert client.post(f"{link}parts/1/", rubbish).status_code in {302, 422}
    assert Filling.objects.get(pk=filling.pk).document == before


# — files ——————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_photo_that_is_a_program_is_refused_and_the_rest_kept(client: Client, filling: Filling, link: str) -> None:
    page = visit(client, f"{link}parts/3/").fill(code="AL-7")
    page = page.put("photo", SimpleUploadedFile("foto.png", b"MZ\x90\x00" + b"\x00" * 40)).press("act", "next")
    assert page.status == 422
    assert "is a program" in page.text
    assert at(filling, "/data/rest/code") == "AL-7"
    assert not filling.uploads.exists()


def test_a_file_is_taken_out(client: Client, filling: Filling, link: str) -> None:
    page = (
        visit(client, f"{link}parts/3/").put("report", SimpleUploadedFile("r.pdf", b"%PDF-1.7 x")).press("act", "stay")
    )
    assert "r.pdf" in page.text
    page.put("take-out", True).press("act", "stay")
    assert at(filling, "/data/rest/report") == ""


# — two people —————————————————————————————————————————————————————————————————————————————————————————————


def test_two_people_at_different_questions_both_keep_theirs(client: Client, filling: Filling, link: str) -> None:
    mine, theirs = visit(client, f"{link}parts/1/"), visit(Client(), f"{link}parts/1/")
    theirs.fill(who__founded="1997").press("act", "stay")
    page = mine.fill(who__name="Tryeza").press("act", "tasks")
    assert "Somebody else answered here at the same time" in page.text
    assert "Year of founding" in page.text
    assert (at(filling, "/data/who/name"), at(filling, "/data/who/founded")) == ("Tryeza", "1997")


@pytest.mark.parametrize(("choice", "holds"), [("mine", "Imja"), ("theirs", "E tyre")])
def test_two_people_at_the_same_question_are_asked(
    client: Client, filling: Filling, link: str, choice: str, holds: str
) -> None:
    mine, theirs = visit(client, f"{link}parts/1/"), visit(Client(), f"{link}parts/1/")
    theirs.fill(who__name="E tyre").press("act", "stay")
    page = mine.fill(who__name="Imja", who__founded="2001").press("act", "tasks")
    assert page.status == 409
    assert "Imja" in page.text
    assert "E tyre" in page.text
    assert at(filling, "/data/who/name") == "E tyre"
    page.put("take:/data/who/name", choice).press()
    assert (at(filling, "/data/who/name"), at(filling, "/data/who/founded")) == (holds, "2001")


def test_the_script_saves_and_draws_what_is_asked_now(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link, who__works="no")
    answer = client.post(f"{link}parts/1/keep/", page.data()).json()
    assert answer["says"].startswith("saved ")
    assert "why_not" in answer["html"]
    again = client.post(f"{link}parts/1/keep/", page.data() | {"shape": [answer["shape"]]}).json()
    assert "html" not in again
    assert at(filling, "/data/who/works") == "no"


def test_the_script_says_that_somebody_else_answered(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link, who__name="Imja")
    visit(Client(), f"{link}parts/1/").fill(who__name="E tyre").press("act", "stay")
    answer = client.post(f"{link}parts/1/keep/", page.data())
    assert answer.status_code == 409
    assert answer.json()["conflict"]
    assert at(filling, "/data/who/name") == "E tyre"


# — links ——————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_wrong_link(client: Client, version: Version) -> None:
    for key in ("x" * 22, "1", "..%2f", "ë" * 10, "0" * 200):
        page = visit(client, f"/en/q/{key}/")
        assert page.status == 404
    assert "leads to no questionnaire" in visit(client, "/en/q/" + "x" * 22 + "/").text


def test_an_expired_link_keeps_what_was_written(client: Client, filling: Filling, link: str) -> None:
    page = first(client, link)
    Filling.objects.filter(pk=filling.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    page = page.press("act", "next")
    assert page.status == 410
    assert "has expired" in page.text
    key = services.renew_link(Filling.objects.get(pk=filling.pk), by=None)
    assert visit(client, f"/en/q/{key}/").status == 200
    assert visit(client, link).status == 404


def test_withdrawn_closed_and_not_open_yet(client: Client, filling: Filling, version: Version, link: str) -> None:
    for state, sentence in (("closed", "is closed"), ("draft", "not open yet")):
        Version.objects.filter(pk=version.pk).update(state=state)
        page = visit(client, f"{link}parts/1/")
        assert page.status == 410
        assert sentence in page.text
    Version.objects.filter(pk=version.pk).update(state="open")
    services.withdraw_filling(filling, erase=True)
    assert "were withdrawn" in visit(client, link).text


def test_what_was_sent_can_be_read_after_the_closing(
    client: Client, version: Version, filling: Filling, link: str
) -> None:
    first(client, link, who__works="no").press("act", "tasks")
    visit(client, f"{link}check/").press()
    Version.objects.filter(pk=version.pk).update(state="closed")
    assert "Tryeza" in visit(client, f"{link}copy/").text
    assert visit(client, f"{link}parts/1/").status == 410


def test_pages_behind_a_link_are_kept_by_nobody(client: Client, link: str) -> None:
    for end in ("", "parts/", "parts/1/", "check/", "copy/"):
        answer = client.get(link + end)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(f"{link}parts/9/").status_code == 404


def test_the_language_of_the_page_is_that_of_the_questions(client: Client, link: str) -> None:
    assert "Emri i organizatës" in visit(client, link.removeprefix("/en") + "parts/1/").text
    page = visit(client, link).fill(language="Shqip (sq)").press()
    assert page.address.startswith("/q/")
