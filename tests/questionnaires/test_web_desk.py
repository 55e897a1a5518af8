"""The mappers' pages: loading, opening, trying out, what was filled in, paper, and answers to take away."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries, Settings
from python_calamine import CalamineWorkbook
from tests.questionnaires import tried_form
from tests.questionnaires.browsing import visit

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.ground import files
from sofra.questionnaires import keys, paper, queries, services
from sofra.questionnaires.models import Filling, Media, Questionnaire, Version

pytestmark = pytest.mark.django_db
V = "/en/questionnaires/al.tried/1/"


@pytest.fixture
def drita(settings: Settings, tmp_path: Path) -> User:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("drita@example.org", "gjithmone-bashke-7", name="Drita")
    accounts.grant_role(user=user, role=roles.MAPPER, by=None)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def mapper(client: Client, drita: User) -> Client:
    client.force_login(drita)
    return client


@pytest.fixture
def version(drita: User) -> Version:
    asked = Questionnaire.objects.create(code="al.tried", titles={"sq": "Pyetësori i provës", "en": "The form tried"})
    return Version.objects.create(
        questionnaire=asked, number=1, form_id="tried", xform=tried_form.xform(), state="open",
        languages=["Shqip (sq)", "English (en)"],
    )  # fmt: skip


def filled(version: Version, said: dict[str, str], turns: int = 0, *, sent: bool = True) -> Filling:
    filling = services.begin_filling(version, way="web")
    instance = queries.instance_of(filling)
    for _turn in range(turns):
        instance.add_turn("/data/work/project")
    for path, value in {"who/name": "T", "who/works": "yes", "work/project[1]/title": "P", **said}.items():
        instance.put(f"/data/{path}", value)
    instance.recalculate()
    services.save_filling(filling, instance, seen=filling.revision)
    return services.send_filling(filling) if sent else filling


def test_a_questionnaire_is_loaded_tried_and_opened(mapper: Client) -> None:
    page = visit(mapper, "/en/questionnaires/new/")
    page.fill(title_sq="Pyetësor", title_en="Form", code="al.new")
    page.put("sheet", SimpleUploadedFile("tried.md", tried_form.SHEETS.read_bytes()))
    page = page.press()
    assert page.address.endswith("/questionnaires/al.new/1/"), page.text
    assert "Name of the organisation" in page.text
    assert visit(Client(), "/en/questionnaires/al.new/1/").status == 404  # a draft
    assert "al.new" not in visit(Client(), "/en/questionnaires/").text
    mapper.post("/en/questionnaires/al.new/1/state/", {"act": "open"})
    assert visit(Client(), "/en/questionnaires/al.new/1/").status == 200
    sheet = Client().get("/en/questionnaires/al.new/1/sheet/")
    assert b"".join(sheet.streaming_content) == tried_form.SHEETS.read_bytes()
    assert b"<h:html" in Client().get("/en/questionnaires/al.new/1/xform/").content
    mapper.post("/en/questionnaires/al.new/1/state/", {"act": "close"})
    assert Version.objects.get().state == "closed"


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no workbook", b"", b"\x00" * 50, b"| survey |\n| | type | name |\n| | select_one x | a |"]
)
def test_a_bad_sheet_changes_nothing_and_says_why(mapper: Client, content: bytes) -> None:
    page = visit(mapper, "/en/questionnaires/new/").fill(title_sq="P", code="al.bad")
    page = page.put("sheet", SimpleUploadedFile("form.md" if b"|" in content else "form.xlsx", content)).press()
    assert page.status == 422
    assert page.all("//div[@class='error-summary']//li")
    assert not Questionnaire.objects.exists()


@pytest.mark.parametrize("code", ["Al Keq", "../x", "al.tried", "new", ""])
def test_a_code_that_does_not_fit_is_told_at_its_field(mapper: Client, version: Version, code: str) -> None:
    page = visit(mapper, "/en/questionnaires/new/").fill(title_sq="P", code=code)
    page = page.put("sheet", SimpleUploadedFile("tried.md", tried_form.SHEETS.read_bytes())).press()
    assert page.status == 422
    assert page.all("//input[@name='code' and @aria-invalid='true']")


def test_trying_out_keeps_nothing(mapper: Client, version: Version) -> None:
    page = visit(mapper, f"{V}preview/").fill(who__name="Provë", who__works="yes").press("again", "1")
    assert page.named("project[1]/title")
    page = page.press("add", "/data/work/project")
    assert page.named("project[2]/title")
    assert page.value("who/name") == "Provë"
    page = page.press("try", "1")
    assert "2 things need your attention" in page.text
    assert not Filling.objects.exists()


def test_a_form_from_paper_is_typed_in_by_a_mapper(mapper: Client, drita: User, version: Version) -> None:
    page = visit(mapper, f"{V}fillings/")
    tasks = mapper.post(f"{V}fillings/new/", follow=True)
    assert tasks.status_code == 200
    filling = Filling.objects.get()
    link = f"/en/q/{keys.key_of(filling.instance, 1)}/"
    visit(mapper, f"{link}parts/1/").fill(who__name="Nga letra", who__works="no").press("act", "tasks")
    visit(mapper, f"{link}check/").press()
    kept = Filling.objects.get()
    assert (kept.way, kept.state, kept.typed_by) == ("paper", "sent", drita)
    page = visit(mapper, f"{V}fillings/{kept.pk}/")
    assert "typed in by Drita" in page.text
    assert "Nga letra" in page.text


def test_a_record_shows_what_it_said_before(mapper: Client, version: Version) -> None:
    filling = filled(version, {"who/name": "E vjetra"})
    instance = queries.instance_of(filling)
    instance.put("/data/who/name", "E reja")
    services.save_filling(filling, instance, seen=filling.revision)
    number = filling.revisions.get().number
    page = visit(mapper, f"{V}fillings/{filling.pk}/?revision={number}")
    assert page.all("//table[contains(@class,'diff')]//del[text()='E vjetra']")
    assert page.all("//table[contains(@class,'diff')]//ins[text()='E reja']")
    assert visit(mapper, f"{V}fillings/{filling.pk}/?revision=99999999999").status == 200


def test_links_are_taken_back_and_answers_withdrawn(mapper: Client, version: Version) -> None:
    filling = filled(version, {})
    old = keys.key_of(filling.instance, 1)
    mapper.post(f"{V}fillings/{filling.pk}/link/")
    assert visit(Client(), f"/en/q/{old}/").status == 404
    mapper.post(f"{V}fillings/{filling.pk}/withdraw/")
    kept = Filling.objects.get()
    assert kept.state == "withdrawn"
    assert kept.document
    mapper.post(f"{V}fillings/{filling.pk}/withdraw/", {"act": "erase"})
    assert not Filling.objects.get().document
    assert "erased" in visit(mapper, f"{V}fillings/{filling.pk}/").text


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_three(
    mapper: Client, version: Version, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    for _many in range(2):
        filled(version, {})
        mapper.get(f"{V}fillings/")
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert mapper.get(f"{V}fillings/?state=sent&way=web").status_code == 200
        counted.append(len(asked))
        filled(version, {})
    assert counted[0] == counted[1]


# — to take away ———————————————————————————————————————————————————————————————————————————————————————————


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_answers_as_tables(mapper: Client, version: Version) -> None:
    many = {"work/project[2]/title": "Dy", "work/project[2]/money": "7.5", "work/themes": "youth school"}
    filled(version, {"who/name": '=HYPERLINK("x")', "who/founded": "1997", **many}, 1)
    filled(version, {"who/name": "Begun"}, sent=False)
    said = rows(mapper.get(f"{V}answers.csv"))
    assert [one["who/name"] for one in said] == ['\'=HYPERLINK("x")', "Begun"]
    assert (said[0]["work/themes"], said[0]["work/themes/women"], said[1]["work/themes/women"]) == (
        "youth school",
        "0",
        "",
    )
    assert [one["who/name"] for one in rows(mapper.get(f"{V}answers.csv?state=begun"))] == ["Begun"]
    projects = rows(mapper.get(f"{V}answers.csv?sheet=work/project"))
    assert [(one["turn"], one["work/project/title"], one["work/project/money"]) for one in projects][1] == (
        "2",
        "Dy",
        "7.5",
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(mapper.get(f"{V}answers.xlsx").streaming_content)))
    assert book.sheet_names[:3] == ["Answers", "work project", "work project partner"]
    main = book.get_sheet_by_name("Answers").to_python()
    assert main[1][main[0].index("who/founded")] == 1997
    assert main[1][main[0].index("who/name")] == '=HYPERLINK("x")'
    assert Client().get(f"{V}answers.csv").status_code == 302


def test_files_of_a_form_are_shown_only_where_that_is_safe(client: Client, version: Version) -> None:
    for name, media_type in (("a.png", "image/png"), ("a.svg", "image/svg+xml"), ("a.html", "text/html")):
        kept = files.keep([name.encode()])
        Media.objects.create(
            version=version, name=name, digest=kept.digest, md5="0" * 32, size=kept.size, media_type=media_type
        )
        answer = client.get(f"{V}media/{name}")
        shown = answer["Content-Disposition"].startswith("inline")
        assert shown == (name == "a.png")
        assert "sandbox" in answer["Content-Security-Policy"]
    Version.objects.filter(pk=version.pk).update(state="draft")
    assert client.get(f"{V}media/a.png").status_code == 404  # a draft's files are the mappers'


# — on paper ———————————————————————————————————————————————————————————————————————————————————————————————


def test_on_paper(client: Client, version: Version) -> None:
    page = visit(client, f"{V}print/?language=English (en)")
    assert "Only if question 3 is “No”." in page.text
    assert "[answer to question 1]" in page.text
    assert "copy this page" in page.text
    assert "Emri i organizatës" in visit(client, f"{V}print/?language=Shqip (sq)").text
    pdf = client.get(f"{V}print.pdf?language=English (en)")
    assert pdf["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Name of the organisation" in text
    assert "Only if question 3" in text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (" /data/who/works  = 'yes'", "question 3 is “Yes”"),
        (
            "selected( /data/work/themes , 'youth') or  /data/who/founded  > 2000",
            "“Youth” is ticked or question 2 is above 2000",
        ),
        ("not(selected( /data/work/themes , 'women'))", "question 8: “Women” is not ticked"),
        (
            " /data/who/name  != '' and string-length( /data/who/name ) > 0",
            "question 1 is answered and question 1 is answered",
        ),
        ("count-selected( /data/work/themes ) >= 2", "the number of ticked answers >= 2"),
        ("regex( /data/who/name , 'x+')", "Only where this holds: regex( question 1 , 'x+')"),
    ],
)
def test_conditions_in_words(version: Version, expression: str, words: str) -> None:
    from django.utils import translation

    form = queries.form_of(version)
    item = form.items["/data/who/why_not"]
    before, item.relevant = item.relevant, expression
    try:
        with translation.override("en"):
            printed = next(one for one in paper.printed(form, "English (en)") if one.label == "Why not?")
    finally:
        item.relevant = before
    assert words in printed.condition
