"""The mapping of 2018 under data/mapping-2018/ says what the report says, in our own words, and names no respondent."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from sofra.findings.models import Finding, Source
from sofra.findings.vocabulary import NUMERALS
from sofra.mapping import services as mapping
from sofra.reports import services as reports
from sofra.reports.models import Edition, Report
from sofra.web import mapping_2018

DATA = Path(__file__).parents[2] / "data"
FOLDER = DATA / "mapping-2018"
# Points of each chapter of the report, counted on the printed text: bullets, findings, risks and their paragraphs.
# A chapter has at least as many findings here; one point may hold several statements.
POINTS = {"I": 25, "II": 9, "III": 1, "IV": 6, "V": 9, "VI": 1, "VII": 36, "VIII": 4, "IX": 28, "X": 13}
# Every number of the text that counts something, with the figure that keeps it.
NUMBERS = {
    "n01": ["41", "37.3", "33", "26", "25.8"], "n02": ["150", "31", "13"], "n03": ["1500"], "n04": ["28000"],
    "n05": ["90"], "n06": ["4"], "n07": ["55"], "n08": ["25"], "n09": ["5"], "n10": ["7", "140"], "n11": ["3", "2"],
    "n12": ["3", "5"], "n13": ["20", "21"], "n14": ["80"], "n15": ["7"], "n16": ["5000000"], "n17": ["6", "6", "3"],
    "n18": ["14", "18"], "n19": ["6"], "n20": ["20"], "n21": ["3"], "n22": ["4"],
}  # fmt: skip
# Family names of those who filled in a questionnaire, gave feedback or were interviewed.
RESPONDENTS = ("jashari", "ngjela", "llubani", "pero")

pytestmark = pytest.mark.once


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def apart(where: str) -> list[str]:
    """ "Chapter II, letters c and d" stands at both letters."""
    found = re.match(r"(.+, )(letter|point)s (\w+) and (\w+)", where)
    return [f"{found[1]}{found[2]} {found[at]}" for at in (3, 4)] if found else [where]


def test_every_chapter_has_its_points() -> None:
    found = Counter(row["chapter"] for row in rows("findings.csv"))
    for chapter, numeral in NUMERALS.items():
        assert found[chapter] >= POINTS[numeral], numeral
    for chapter, number in found.items():
        positions = [int(row["position"]) for row in rows("findings.csv") if row["chapter"] == chapter]
        assert positions == list(range(1, number + 1))


def test_every_bullet_and_finding_is_placed() -> None:
    """Chapter by chapter: each point of the printed lists is somebody's place in the document."""
    said = {one for row in rows("findings.csv") for one in apart(row["where_en"])}

    def placed(start: str) -> bool:
        return any(re.match(re.escape(start) + r"(,|$)", one) for one in said)

    points = [f"Chapter I, risk {risk}" for risk in range(1, 7)]
    points += [f"Chapter II, letter {letter}" for letter in "abcefgh"] + ["Chapter II, sample"]
    points += [f"Chapter IV, letter {letter}" for letter in "abcdef"]
    points += [f"Chapter V, finding {number}" for number in range(1, 10)]
    lists = {"VII": 10, "VII a": 5, "VII b": 11, "VII c": 6, "VIII": 4, "IX a": 13, "IX b": 9, "X a": 4, "X b": 8}
    points += [f"Chapter {part}, point {number}" for part, most in lists.items() for number in range(1, most + 1)]
    assert [one for one in points if not placed(one)] == []


def test_every_number_of_the_text_is_a_figure_with_its_source() -> None:
    found: dict[str, list[str]] = {}
    sources = {row["key"] for row in rows("sources.csv")}
    for row in rows("figures.csv"):
        found.setdefault(row["key"], []).append(row["value"])
        assert row["source"] in sources
        assert row["where"]
        assert row["base"] == ""  # the report states the base of none of them
        assert row["base_note_sq"]
        assert row["base_note_en"]
    assert found == NUMBERS
    [survey] = {(row["source"], row["page"]) for row in rows("figures.csv") if row["key"] == "n01"}
    assert survey == ("d-idm-2018", "114")


def test_55_organisations_as_annex_one_prints_them() -> None:
    asked = rows("respondents.csv")
    annex = [line.split("\t") for line in (DATA / "annex-1.txt").read_text("utf-8").splitlines() if line[:1].isdigit()]
    assert [(row["number"], row["name"]) for row in asked] == [(one[0].rstrip("."), one[2]) for one in annex]
    assert len({row["organisation"] for row in asked}) == 55


def test_what_findings_stand_on_is_there_and_all_of_it_is_used() -> None:
    known = {f"{mark}:{row['key']}" for mark, name in (("s", "sources"), ("q", "quotes"), ("n", "figures"))
             for row in rows(f"{name}.csv")}  # fmt: skip
    quoted = {f"s:{row['source']}" for name in ("quotes", "figures") for row in rows(f"{name}.csv")}
    with (DATA / "activities.csv").open(encoding="utf-8", newline="") as file:
        known |= {f"a:{row['number']}" for row in csv.DictReader(file) if row["title"]}
    used = set()
    for row in rows("findings.csv"):
        marks = {mark.split("@")[0] for mark in row["evidence"].split()}
        assert marks, row["key"]
        assert {mark for mark in marks if mark[:2] != "c:"} <= known, row["key"]
        used |= marks
    assert {mark for mark in known if mark[0] != "a"} - used - quoted == set()


def test_findings_are_told_in_both_languages_of_one_kind_each() -> None:
    for row in rows("findings.csv"):
        assert row["kind"] in Finding.Kind.values
        assert [row[language][-1] for language in ("sq", "en")] == [".", "."], row["key"]
        assert row["sq"] != row["en"]
        assert len(f"{row['where_sq']} / {row['where_en']}") <= 120
        assert row["activity_class"] in ("", "specific", "relevant", "both")
    for row in rows("sources.csv"):
        assert row["kind"] in Source.Kind.values
        assert row["consent"] == ("not_needed" if row["consent_en"] == "published" else "unknown"), row["key"]
        assert row["kind"] in ("document", "social") or row["consent"] == "unknown"


def test_statements_are_our_own_words() -> None:
    """No eight words in a row of a quote, which is the report's or its sources' text, stand in a statement."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}

    printed = set().union(*(runs(row["text"]) for row in rows("quotes.csv")))
    seed = DATA.parents[1] / "shared" / "seeds" / "mapping-report.txt"
    if seed.exists():  # the report itself is not part of the project
        printed |= runs(seed.read_text("utf-8"))
    texts = [row["en"] for name in ("findings.csv", "outline.csv") for row in rows(name)]
    texts += [(FOLDER / name).read_text("utf-8") for name in ("methodology.en.md", "minutes.md")]
    for text in texts:
        assert not runs(text) & printed, text


def test_nobody_who_answered_is_named() -> None:
    for path in FOLDER.iterdir():
        words = set(re.findall(r"\w+", path.read_text("utf-8").lower()))
        assert not words & set(RESPONDENTS), path.name


def test_the_table_names_its_seventeen_bodies_and_no_person() -> None:
    seats = rows("seats.csv")
    assert len(seats) == 17
    assert len({row["organisation"] for row in seats}) == 17
    assert all(row["source"] == "chapter II, footnote 23" for row in seats)


def test_the_outline_has_the_chapters_in_order_each_with_its_findings() -> None:
    outline = rows("outline.csv")
    chapters = [row["about"] for row in outline if row["kind"] == "findings"]
    assert chapters == list(NUMERALS)
    for row in outline:
        if row["kind"] == "heading" and row["about"] in NUMERALS:
            assert row["sq"].startswith(f"{NUMERALS[row['about']]}. ")
    placed = {row["about"] for row in outline if row["kind"] == "figure"}
    # The rest are single numbers that only the evidence of one statement says.
    assert set(NUMBERS) - placed == {"n06", "n18", "n19", "n20", "n21", "n22"}
    annexes = [row["about"] for row in outline if row["kind"] == "annex"]
    assert annexes[:2] == ["annex-organisations", "annex-definitions"]


def test_the_place_in_the_document_is_told_in_the_reader_s_language() -> None:
    finding = Finding(where_said="Kreu V, gjetja 9 / Chapter V, finding 9")
    with translation.override("en"):
        assert finding.where == "Chapter V, finding 9"
    with translation.override("sq"):
        assert finding.where == "Kreu V, gjetja 9"
    assert Finding(where_said="p. 4").where == "p. 4"


@pytest.mark.django_db
def test_the_worker_publishes_the_first_edition_once(monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = mapping.open_round(code=mapping_2018.CODE, country="AL", titles={"en": "A round"}, by=None)
    reports.begin_report(round=round_, titles={"en": "A report"}, by=None)

    def publish(report: Report, *, by: None) -> Edition:
        return Edition.objects.create(report=report, number=1, digest="0" * 64, published_at=timezone.now())

    monkeypatch.setattr(mapping_2018.reports, "publish", publish)
    mapping_2018.publish_soon()
    assert DBTaskResult.objects.count() == 1
    mapping_2018.publish_first.func()
    mapping_2018.publish_first.func()  # a worker that was killed after its work does it again
    assert Edition.objects.count() == 1
    mapping_2018.publish_soon()
    assert DBTaskResult.objects.count() == 2, "the edition, and its files once"
