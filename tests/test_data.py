"""The lists under data/ are whole, say where each row comes from, and name no person."""

import csv
import json
import re
from pathlib import Path

import pytest

from sofra.exchange.columns import LEFT_OUT, TARGETS
from sofra.ground.text import fold
from sofra.organisations.phrases import read_activity_kinds, read_themes
from sofra.organisations.rules import classify
from sofra.organisations.vocabulary import Kind

DATA = Path(__file__).parent.parent / "data"
ANNEX = (DATA / "annex-1.txt").read_text(encoding="utf-8")
HEADER = "No.\tTheme\tName of CSO / FBO\tGeographic Focus\tWebsite\tType of focus of activities"


def annex_rows() -> list[list[str]]:
    return [line.split("\t") for line in ANNEX.splitlines() if line[:1].isdigit()]


def chapter_rows() -> list[dict[str, str]]:
    with (DATA / "chapters.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_annex_has_its_55_rows_as_printed() -> None:
    rows = annex_rows()
    assert [int(row[0].rstrip(".")) for row in rows] == list(range(1, 56))
    assert {len(row) for row in rows} == {6}
    assert ANNEX.splitlines()[0] == "ANNEX I"
    assert ANNEX.splitlines().count(HEADER) == 8


@pytest.mark.parametrize(
    "quirk",
    ["\n40.\t", "\n41\t", "www.ymcatirana.ëordpress.com", "Kukës, Has\t-\t", "\tThe territory of Albania\t\t",
     "building community res\n",
     '"I, the Woman" Association', "“Another Vision” Center", "‘Pashko’ European Institute"],
)  # fmt: skip
def test_annex_keeps_its_quirks(quirk: str) -> None:
    assert quirk in ANNEX


def test_annex_rows_are_read_and_four_remain_to_be_asked() -> None:
    classes: dict[str, list[int]] = {}
    for row in annex_rows():
        themes, focus = read_themes(row[1]), read_activity_kinds(row[5])
        assert themes.codes, row
        assert focus.codes, row
        assert not focus.unread, row
        verdict = classify([*focus.codes, *read_activity_kinds(row[1]).codes])
        classes.setdefault(str(verdict.activity_class), []).append(int(row[0].rstrip(".")))
    assert classes.pop("unknown") == [22, 33, 34, 35]  # resilience whose goal the report does not state
    assert set(classes) == {"specific"}
    assert len(classes["specific"]) == 51


def test_chapters_say_kind_and_source_of_every_row() -> None:
    rows = chapter_rows()
    assert list(rows[0]) == "name other_names acronym kind place website part source note".split()
    for row in rows:
        assert None not in row, row
        assert all(value == value.strip() for value in row.values()), row
        assert row["name"], row
        assert row["kind"] in Kind.values, row
        assert re.search(r"chapter|footnote|foreword|Annex|paragraph|acronyms", row["source"]), row
        assert row["part"], row
        assert len(row["source"]) <= 300, row
    assert len({row["name"] for row in rows}) == len(rows)


def test_chapters_hold_the_lists_of_the_documents() -> None:
    rows = chapter_rows()
    grantees = [re.search(r"sub-grantees, no\. (\d+)", row["source"]) for row in rows]
    assert [int(found[1]) for found in grantees if found] == list(range(1, 21))
    assert sum("footnote 23" in row["source"] for row in rows) == 17
    assert sum(row["name"].startswith("Municipality of") for row in rows) == 19
    assert {row["place"] for row in rows if row["kind"] == "council"} == {
        "Cërrik", "Burrel", "Elbasan", "Librazhd", "Gramsh", "Prrenjas", "Peqin"
    }  # fmt: skip


def test_spellings_differ_from_annex_so_that_a_person_has_to_judge() -> None:
    annex = {fold(row[2]) for row in annex_rows()}
    names = {fold(row["name"]) for row in chapter_rows()}
    assert {
        "tjeter vizion",
        "other vision organization",
        "levizja rinore puke",
        "youth center of puke",
    } <= names - annex
    assert len(names & annex) < 12


def test_no_person_is_named() -> None:
    text = (DATA / "chapters.csv").read_text(encoding="utf-8") + ANNEX
    persons = (
        "Vurmo Sulstarova Jashari Sojati Ngjela Llubani Pero, Konomi Gjuraj Stefa Kuko Peleshi Simoni Xhaxho Lloshi"
        " Aliaj Korkuti Vito Moses Mandro Qirjazi Shehu Hide Dragoti Ismaili Kisic"
    )
    for surname in persons.split():
        assert surname not in text
    assert not re.search(r"\b(Mr|Mrs|Ms|Prof|Dr|Av)\.\s", text)


@pytest.mark.parametrize("name", ["annex-1", "chapters"])
def test_recipes_fit_their_files(name: str) -> None:
    recipe = json.loads((DATA / "recipes" / f"{name}.json").read_text(encoding="utf-8"))
    header = HEADER.split("\t") if name == "annex-1" else list(chapter_rows()[0])
    assert list(recipe["mapping"]) == header
    assert recipe["headers"] == [fold(column) for column in header]
    assert set(recipe["mapping"].values()) - {LEFT_OUT} <= set(TARGETS)
