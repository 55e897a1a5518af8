"""The report of 2018, generated from what the demo holds, beside the printed one: same annex, counts and points."""

import csv
import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from tests.test_data import annex_rows

from sofra.findings.vocabulary import CHAPTERS
from sofra.ground.text import fold
from sofra.printing import page
from sofra.printing.blocks import Document, Figure, Heading, Statement, Table
from sofra.reports import building
from sofra.reports.models import Report
from sofra.web import first_lists

pytestmark = pytest.mark.once
DATA = Path(__file__).parents[2] / "data" / "mapping-2018"
REPAIRED = {13, 37}  # addresses that the importer put right: "unegrujaja", "ymcatirana.ëordpress.com"
SURVEY = {"41 %", "37.3 %", "33 %", "26 %", "25.8 %"}


def written(cell: str) -> str:
    """Without what the registry writes out: the beginning of an address, a dash for what is not known."""
    plain = fold(re.sub(r"^https?://", "", cell.strip()))
    return "not known" if plain == "" else plain


def figures_of(document: Document) -> dict[str, Any]:
    return {block.anchor: block for block in document.blocks if isinstance(block, Figure | Table)}


@pytest.mark.django_db
def test_the_generated_report_stands_beside_the_printed_one(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    first_lists.load_lists(first_lists.NAMES, lambda _said: None)
    report = Report.objects.get(code="al.2018.mapping")
    assert building.problems(report) == {}
    document = building.document_of(report, "en", 0)
    _has_the_same_annex(document)
    _has_every_point(document)
    _has_the_survey(document)
    _has_the_round_table(document)
    _says_what_stands_where(document)
    whole = page.html(document, statements="/en/findings/al.2018.mapping.{}/")
    assert len(gzip.compress(whole.encode())) < 70_000, "a phone on a slow network reads it too"


def _has_the_same_annex(document: Document) -> None:
    """Annex I: 55 rows of the same six columns, each cell as printed."""
    annex = figures_of(document)["annex-organisations"]
    assert [name.casefold() for name in annex.head] == [
        "no.", "theme", "name of cso / fbo", "geographic focus", "website", "type of focus of activities",
    ]  # fmt: skip
    assert len(annex.rows) == 55
    for printed, generated in zip(annex_rows(), annex.rows, strict=True):
        number = int(generated[0])
        assert number == int(printed[0].rstrip("."))
        for column in (1, 2, 3, 4, 5):
            if column != 4 or number not in REPAIRED:
                assert written(printed[column]) == written(generated[column]), (number, column)


def _has_every_point(document: Document) -> None:
    """Each recorded finding stands below its own chapter, in the chapters' order."""
    with (DATA / "findings.csv").open(encoding="utf-8", newline="") as file:
        recorded = [(row["chapter"], row["en"]) for row in csv.DictReader(file)]
    found, chapter = [], ""
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapter = block.anchor
        if isinstance(block, Statement):
            found.append((chapter, "".join(run.text for run in block.runs)))
            assert block.evidence
            assert "17.12.2018" in block.standing
    assert sorted(found) == sorted(recorded)
    order = [chapter for chapter, _words in found]
    assert list(dict.fromkeys(order)) == [chapter for chapter in CHAPTERS if chapter in order]
    assert set(CHAPTERS) - set(order) <= {"recommendations"}


def _has_the_survey(document: Document) -> None:
    survey = figures_of(document)["n01"]
    assert isinstance(survey, Figure)
    assert survey.table is not None
    assert {row[1] for row in survey.table.rows} == SURVEY
    assert "114" in survey.source  # the page of the national assessment that states it


def _has_the_round_table(document: Document) -> None:
    words = " ".join("".join(run.text for run in getattr(block, "runs", ())) for block in document.blocks)
    assert "more than 25 CSOs" in words
    tables = [block for anchor, block in figures_of(document).items() if anchor.startswith("attendance-")]
    assert len(tables) == 1
    assert len(tables[0].rows) == len((DATA / "seats.csv").read_text(encoding="utf-8").strip().splitlines()) - 1


def _says_what_stands_where(document: Document) -> None:
    """Annex V: the counts by chapter are those of the data, every statement stands beside its place."""
    with (DATA / "findings.csv").open(encoding="utf-8", newline="") as file:
        recorded = list(csv.DictReader(file))
    counts, places = figures_of(document)["beside-counts"], figures_of(document)["beside-places"]
    *chapters, annex = counts.rows
    assert annex[1:3] == ("55", "55")
    assert sum(int(row[2]) for row in chapters) == sum(int(row[3]) for row in chapters) == len(recorded)
    assert [row[0] for row in places.rows] == list(dict.fromkeys(row["where_en"] for row in recorded))
    assert sum(len(row[1].split(", ")) for row in places.rows) == len(recorded)
    assert {row[0].split(",")[0] for row in places.rows} >= {
        f"Chapter {n}" for n in "I II III IV V VI VII VIII".split()
    }
