"""Downloads: what the page shows, all of it, to the same eyes, and safe to open in a spreadsheet."""

import csv
import html
import io
import re
import tracemalloc
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from python_calamine import CalamineWorkbook

from sofra.accounts.models import User
from sofra.exchange import lists
from sofra.exchange.downloads import DOWNLOADS
from sofra.exchange.tables import CELL_LETTERS, Table, csv_chunks, workbook
from sofra.ground.models import Visibility
from sofra.organisations import services
from sofra.organisations.records import FactDraft

from .conftest import Make, many

pytestmark = pytest.mark.sterner

NASTY = ("=cmd()", "+1", "-1", "@sum", "\tx", "\rx", "＝1+1")


def table(answer: Any) -> list[list[str]]:
    """The rows of a CSV answer, its header first."""
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def column(rows: list[list[str]], number: int) -> list[str]:
    return [row[number] for row in rows[1:]]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


ASKED = {"plan": "?place=AL153"}  # a table that needs a question


@pytest.mark.parametrize("name", [n for n, d in DOWNLOADS.items() if "<" not in d.address])
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_list_comes_as_csv_and_as_a_workbook(hundred: None, ana: User, name: str, language: str) -> None:
    client = signed_in(ana)
    rows = table(client.get(f"{language}/{DOWNLOADS[name].address}.csv{ASKED.get(name, '')}"))
    answer = client.get(f"{language}/{DOWNLOADS[name].address}.xlsx{ASKED.get(name, '')}")
    called = name.replace("_", "-")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="sofra-{called}-2')
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    sheet = book.get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows)
    assert sheet[0] == rows[0]
    about = book.get_sheet_by_index(1).to_python()
    assert any("/" + DOWNLOADS[name].address in str(line[1]) for line in about)
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["organisations.zip", "places/ZZ.csv", "places/AL.pdf", "nothing.csv"])
def test_what_is_not_there_is_not_found(albania: Any, address: str) -> None:
    assert Client().get(f"/{address}").status_code == 404


def test_filters_of_the_page_hold(hundred: None) -> None:
    assert len(table(Client().get("/organisations.csv"))) == 101
    some = column(table(Client().get("/organisations.csv?theme=youth&place=AL-10")), 0)
    listed = Client().get("/api/organisations?theme=youth&place=AL-10&limit=200").json()["items"]
    assert some == [item["id"] for item in listed] != []
    assert len(table(Client().get("/organisations.csv?place=Atlantis"))) == 1
    assert set(column(table(Client().get("/facts.csv?q=00007")), 0)) == {"al.key-7"}


def test_facts_lose_nothing(organisation: Make) -> None:
    organisation("Ura", FactDraft("name", "The Bridge", language="en", source="faqe 3"), place="AL153")
    rows = table(Client().get("/facts.csv"))
    assert ["al.ura", "name", "The Bridge", "en", "", "faqe 3", ""] in rows
    assert ["al.ura", "place", "AL153", "", "", "test", ""] in rows


def test_the_numbers_of_the_map(organisation: Make) -> None:
    organisation("Ura", place="AL153-1", theme="youth")
    organisation("Drita", place="AL153", theme="women")
    assert [row[-1] for row in table(Client().get("/municipalities.csv"))[1:]] == ["", "2"]
    assert [row[-1] for row in table(Client().get("/municipalities.csv?theme=women"))[1:]] == ["", "1"]


def test_places_with_nobody_recorded_have_no_zero(organisation: Make) -> None:
    organisation("Ura", place="AL153-1")
    rows = table(Client().get("/places.csv?within=AL-10"))
    assert {row[0]: row[12] for row in rows[1:]} == {"AL-10": "1", "AL153": "1", "AL153-1": "1", "AL151": ""}
    assert len(table(Client().get("/places.csv?within=ZZ"))) == 1
    assert len(table(Client().get("/places.csv?kind=county&country=al"))) == 2


def test_a_place_tells_which_list_each_row_is_of(organisation: Make) -> None:
    organisation("Këtu", place="AL153", seat="AL153")
    organisation("Poshtë", place="AL153-1")
    organisation("Gjithkund", place="AL")
    with translation.override("en"):
        rows = table(Client().get("/en/places/AL153.csv"))
    assert column(rows, 2) == ["Këtu", "Poshtë", "Këtu", "Gjithkund"]
    assert len(set(column(rows, 0))) == 4
    assert column(table(Client().get("/places/al153.csv?list=below")), 2) == ["Poshtë"]


def test_each_sees_what_the_page_shows(organisation: Make, ana: User) -> None:
    kept = organisation(
        "Vela",
        FactDraft("theme", "employment", source="test", visible_to=Visibility.MEMBERS),
        activity_kind="deradicalisation",
    )
    services.hide_class(kept, hidden=True, by=ana)
    public, known = (b"".join(client.get("/facts.csv")) for client in (Client(), signed_in(ana)))
    for secret in (b"employment", b"deradicalisation"):
        assert secret not in public
        assert secret in known


@pytest.mark.parametrize("address", ["duplicates", "judgements", "audit", "proposals", "organisations/al.ura/history"])
def test_the_desk_is_not_for_visitors(organisation: Make, address: str) -> None:
    organisation("Ura")
    answer = Client().get(f"/{address}.csv")
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_the_desk_in_tables(organisation: Make, ana: User) -> None:
    left, right = organisation("Tjetër Vizion"), organisation("Another Vision")
    services.keep_candidates([(left.pk, right.pk, 0.93, ["emri i përkthyer"])], by=ana)
    services.propose_change(left, changes=[], by=ana, note="Nuk është kështu", contests_class=True)
    client = signed_in(ana)
    assert table(client.get("/duplicates.csv"))[1][4:] == ["93", "emri i përkthyer"]
    assert table(client.get("/proposals.csv"))[1][-1] == "Nuk është kështu"
    services.judge_different(left=left, right=right, by=ana, note="dy shoqata")
    assert "dy shoqata" in table(client.get("/judgements.csv"))[1]
    assert len(table(client.get(f"/audit.csv?about={left.code}"))) >= 3
    assert "Tjetër Vizion" in str(table(client.get(f"/organisations/{left.code}/history.csv")))


def test_no_text_becomes_a_formula(organisation: Make) -> None:
    for number, name in enumerate(NASTY):
        organisation(f"{name} {number}")
    names = column(table(Client().get("/organisations.csv")), 1)
    assert all(name[0] == "'" for name in names)
    rows = [[name, -5, 1.5, None, "ë" * 40_000] for name in NASTY]
    made = workbook(Table("t", ["=A1", "b", "c", "d", "e"], rows))
    content = made.read()
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [str(row[0]).strip() for row in read[1:]] == [name.strip() for name in NASTY]
    assert read[1][1:4] == [-5, 1.5, ""]
    assert len(read[1][4]) == CELL_LETTERS
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_signs_of_all_kinds_survive(organisation: Make) -> None:
    name = 'Çelësi “Ура” 🕊, me presje; "thonjëza"'
    organisation(name)
    assert column(table(Client().get("/organisations.csv")), 1) == [name]
    book = CalamineWorkbook.from_filelike(io.BytesIO(Client().get("/organisations.xlsx").getvalue()))
    assert book.get_sheet_by_index(0).to_python()[1][1] == name


def test_a_long_list_is_read_in_order_and_never_held(albania: Any, django_assert_max_num_queries: Any) -> None:
    many(3000)
    request = RequestFactory().get("/organisations.csv")
    request.user = AnonymousUser()
    with CaptureQueriesContext(connection) as asked:
        _header, rows = lists.organisations(request)
    assert not any("organisations_organisation" in query["sql"] for query in asked.captured_queries)
    with django_assert_max_num_queries(16):
        ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids)) == 3000
    assert ids == [f"al.key-{number}" for number in range(3000)]


def test_memory_stays_flat_as_rows_grow() -> None:
    """The most that is held while 40,000 rows go out, beside 4,000: CSV and workbook."""

    def most(how_many: int) -> int:
        rows = ([f"Organizata {number}", number, "ë" * 50] for number in range(how_many))
        tracemalloc.start()
        for _chunk in csv_chunks(Table("t", ["a", "b", "c"], rows)):
            pass
        rows = ([f"Organizata {number}", number, "ë" * 50] for number in range(how_many // 4))
        workbook(Table("t", ["a", "b", "c"], rows)).close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(100)
    assert most(40_000) < most(4_000) * 1.5


def test_a_long_answer_is_compressed_and_has_no_length(hundred: None) -> None:
    answer = Client(headers={"Accept-Encoding": "gzip"}).get("/organisations.csv")
    assert answer.streaming
    assert answer["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "page",
    [
        "/organisations/?theme=youth",
        "/organisations/?view=map&theme=youth",
        "/places/",
        "/places/AL153/",
        "/places/AL-10/?list=below",
        "/glossary/",
        "/duplicates/",
        "/proposals/",
        "/audit/",
        "/organisations/al.ura/history/",
        "/api/",
    ],
)
def test_pages_lead_to_their_downloads(hundred: None, organisation: Make, ana: User, page: str) -> None:
    ura, drita = organisation("Ura", place="AL153"), organisation("Drita", place="AL153")
    services.keep_candidates([(ura.pk, drita.pk, 0.9, ["emri"])], by=ana)
    services.propose_change(ura, changes=[], by=ana, note="jo", contests_class=True)
    client = signed_in(ana)
    links = re.findall(r'href="([^"]+\.(?:csv|xlsx)[^"]*)"', client.get(page).content.decode())
    assert len(links) >= 2
    for link in links:
        assert len(b"".join(client.get(html.unescape(link)))) > 20
