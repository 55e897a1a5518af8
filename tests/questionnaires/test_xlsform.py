"""Spreadsheets that cannot be loaded say why and where; what is not supported is named; nothing eats memory."""

import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from sofra.questionnaires import xform, xlsform
from sofra.questionnaires.instance import Instance
from sofra.questionnaires.xlsform import Loaded, Problem, Refused

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


COLUMNS = ["type", "name", "label", "relevant", "constraint", "calculation", "repeat_count", "appearance"]
CHOICES = [["list_name", "name", "label"], ["yn", "y", "Yes"], ["yn", "n", "No"]]
Sheet = list[list[Any]]


def book(survey: Sheet, choices: Sheet | None = None, **others: Sheet) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True}) as made:
        for name, rows in {"survey": survey, "choices": choices or CHOICES, **others}.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if str(cell).startswith("="):
                        sheet.write_formula(number, place, cell, None, "computed")
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return out.getvalue()


def survey(*rows: list[Any]) -> Sheet:
    return [COLUMNS, *rows]


def problems(content: bytes, name: str = "tried.xlsx") -> list[Problem]:
    with pytest.raises(Refused) as refused:
        xlsform.read(content, name)
    assert all(problem.sentence for problem in refused.value.problems)
    return refused.value.problems


def notices(loaded: Loaded) -> dict[str, tuple[str, int]]:
    return {str(it["what"]): (str(it["sheet"]), int(it["row"])) for it in loaded.notices}


@pytest.mark.parametrize(
    ("rows", "row", "column", "words"),
    [
        ([["text", "a", "A", "${b} = "], ["text", "b", "B"]], 2, "relevant", "cannot be read"),
        ([["text", "a", "A", "", ". >> 3"]], 2, "constraint", "cannot be read"),
        ([["calculate", "a", "", "", "", "foo(1)"]], 2, "calculation", "foo()"),
        ([["calculate", "a", "", "", "", "if(1, 2)"]], 2, "calculation", "if()"),
        ([["calculate", "a", "", "", "", "${b}"], ["calculate", "b", "", "", "", "${a}"]], 2, "calculation", "circle"),
        ([["text", "a", "A", "${b} = 1"], ["text", "b", "B", "${a} = 1"]], 2, "relevant", "circle"),
        ([["text", "a", "A", "${a} = 1"]], 2, "relevant", "circle"),
        ([["begin group", "g", "G", "${a} = 1"], ["text", "a", "A"], ["end group"]], 3, "relevant", "circle"),
        ([["select_one no", "a", "A"]], 2, "type", "“no”"),
        ([["foo", "a", "A"]], 2, "type", "“foo”"),
        ([["text", "", "A"]], 2, "name", "no name"),
        ([["text", "1 a", "A"]], 2, "name", "“1 a”"),
        ([["text", "a", "A"], ["text", "a", "B"]], 3, "name", "row 2"),
        ([["text", "a", "A ${b}"]], 2, "label", "“b”"),
        ([["begin group", "g", "G"], ["text", "a", "A"]], 2, "type", "never ended"),
        ([["text", "a", "A"], ["end repeat"]], 3, "type", "never begun"),
        ([["calculate", "a", ""]], 2, "", "empty"),
        ([["text", "a"]], 2, "", "no label"),
        ([["begin group", f"g{n}", "G"] for n in range(40)], 27, "type", "nested deeper"),
        ([["calculate", "a", "", "", "", "(" * 300 + "1" + ")" * 300]], 2, "calculation", "cannot be read"),
    ],
)  # fmt: skip
def test_a_problem_says_sheet_row_and_column(rows: Sheet, row: int, column: str, words: str) -> None:
    found = problems(book(survey(*rows)))[0]
    assert (found.sheet, found.row, found.column) == ("survey", row, column), found.sentence
    assert words in found.sentence


def test_all_problems_are_told_at_once() -> None:
    rows = survey(["foo", "a", "A"], ["text", "", "B"], ["select_one no", "c", "C"], ["text", "d", "${nobody}"])
    assert [problem.row for problem in problems(book(rows))] == [2, 3, 4, 5]


def test_problems_of_the_choices() -> None:
    asked = survey(["select_one yn", "a", "A"], ["select_multiple yn", "b", "B"])
    assert problems(book(asked, [*CHOICES, ["yn", "y", "Again"]]))[0].row == 4
    assert problems(book(asked, [*CHOICES, ["yn", "", "None"]]))[0].row == 4
    spaced = problems(book(asked, [*CHOICES, ["yn", "a b", "Spaced"]]))[0]
    assert (spaced.sheet, spaced.row) == ("choices", 4)
    assert problems(book([["name", "label"], ["a", "A"]]))[0].column == "type"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"hello", "a.xlsx"),
        (b"hello", "a.csv"),
        (b"\0\1\2" * 50, "a.xls"),
        (b"%PDF-1.4", "a.xlsx"),
        (b"PK\3\4 broken", "a.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900, "a.xls"),
        (b"<html><body/></html>", "a.xls"),
        (b"<data", "a.xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml"),
        (b"<a>" * 5000, "a.xml"),
        (book([["a", "b"]], [["c"]]).replace(b"survey", b"surfey"), "a.xlsx"),
        (b"x" * (xlsform.sheets.LARGEST + 1), "a.csv"),
    ],
)
def test_what_is_no_form_is_refused_in_words(content: bytes, name: str) -> None:
    assert problems(content, name)


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def test_bombs_are_refused_before_they_unfold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsform.sheets, "LARGEST_INSIDE", 1_000_000)
    assert "unpacks" in problems(packed(xl__worksheets__sheet1=b"0" * 1_000_010))[0].sentence
    assert "entities" in problems(packed(xl__a=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))[0].sentence


def test_too_many_choices_are_refused_at_once() -> None:
    many = book(survey(["select_one yn", "a", "A"]), [*CHOICES, *(["yn", f"n{n}", "N"] for n in range(21_000))])
    begun = time.perf_counter()
    found = problems(many)[0]
    assert found.sheet == "choices"
    assert "select_one_from_file" in found.sentence
    assert time.perf_counter() - begun < 3
    lines = "\n".join(f",yn,n{n},N" for n in range(60_000))
    text = f"survey,,,\n,type,name,label\n,select_one yn,a,A\nchoices,,,\n,list_name,name,label\n{lines}"
    assert problems(text.encode(), "a.csv")


def test_what_is_not_supported_is_named() -> None:
    rows = survey(
        ["text", "a", "A", "", "", "", "", "ex:org.other.app"], ["audit", ""], ["start-geopoint", "b"],
        ["image", "c", "C", "", "", "", "", "draw"], ["select_one_from_file towns.csv", "d", "D"],
        ["text", "e", "=CONCATENATE(1)"], ["username", "f"], ["text", "g", "G", "/data/nowhere = 1"],
    )  # fmt: skip
    settings_sheet = [
        ["form_id", "public_key", "submission_url", "auto_send"],
        ["t", "MIIB", "https://a.example", "true"],
    ]
    loaded = xlsform.read(
        book(rows, None, settings=settings_sheet, entities=[["list_name", "label"], ["e", "x"]]), "t.xlsx"
    )
    found = notices(loaded)
    assert found["appearance ex:org.other.app"] == ("survey", 2)
    assert found["audit"] == ("survey", 3)
    assert found["start-geopoint"] == ("survey", 4)
    assert found["appearance draw"] == ("survey", 5)
    assert found["formula"] == ("survey", 7)
    assert found["/data/nowhere"] == ("survey", 9)
    assert {"files", "username", "public_key", "submission_url", "auto_send", "entities"} <= set(found)
    assert "<submission" not in loaded.xform
    assert "computed" in loaded.xform


def test_bindings_are_read_and_do_not_reach_the_phone() -> None:
    rows = [
        ["type", "name", "label", "bind::sofra:field", "bind::foo:bar"],
        ["begin repeat", "act", "Act"],
        ["text", "a", "A", "activity.title", "x"],
        ["end repeat"],
        ["text", "b", "B", "nonsense"],
    ]
    loaded = xlsform.read(book(rows), "a.xlsx")
    assert loaded.bindings == {"/data/act/a": "activity.title"}
    assert notices(loaded)["sofra"] == ("survey", 5)
    assert "bind::foo:bar" in notices(loaded)
    assert "sofra:" not in loaded.xform


def test_other_is_said_in_the_language_of_the_form() -> None:
    sheet = [
        ["type", "name", "label::Shqip (sq)", "label::Deutsch (de)"],
        ["select_one c or_other", "a", "A", "A"],
    ]
    choices = [["list_name", "name", "label::Shqip (sq)", "label::Deutsch (de)"], ["c", "x", "Iks", "Ix"]]
    loaded = xlsform.read(book(sheet, choices), "a.xlsx")
    form = xform.parse(loaded.xform)
    blank = Instance.blank(form, language="Shqip (sq)")
    assert [one.label for one in blank.choices("/data/a")] == ["Iks", "Tjetër"]
    assert blank.label("/data/a_other") == "Cila tjetër?"
    assert "or_other" in notices(loaded)  # nobody here knows it in German


def test_what_is_asked_nowhere_and_what_a_phone_alone_notes() -> None:
    assert "Nothing is asked on the web" in str(xlsform.read(book(survey(["audit", "audit", ""])), "a.xlsx").notices)
    lost = xlsform.read(book(survey(["text", "a", "A"])), "a.xlsx").xform.replace("<a/>", "<b/>")
    assert "have no such element" in problems(lost.encode(), "a.xml")[0].sentence


def test_an_xform_of_somebody_else_is_read_as_it_is() -> None:
    first = xlsform.read(book(survey(["text", "a", "A"])), "first.xlsx")
    again = xlsform.read(first.xform.encode(), "first.xml")
    assert (again.form_id, again.languages) == (first.form_id, first.languages)
    assert list(xform.parse(again.xform).items) == list(xform.parse(first.xform).items)


_CELL = st.one_of(
    st.sampled_from(
        [
            "text",
            "integer",
            "note",
            "calculate",
            "begin group",
            "end group",
            "begin repeat",
            "end repeat",
            "select_one yn",
            "select_multiple yn or_other",
            "rank yn",
            "range",
            "a",
            "b",
            "${a}",
            "${b} + 1",
            "${a} = 'y'",
            "yes",
            "1",
            "",
        ]
    ),
    st.text(alphabet="abc${}()'= .1|", max_size=8),
)


@given(st.lists(st.lists(_CELL, min_size=3, max_size=8), max_size=8))
@settings(max_examples=40, deadline=None)
def test_no_sheet_breaks_the_reader(rows: Sheet) -> None:
    """Whatever stands in it: it is loaded and can be filled in, or refused in sentences."""
    lines = ["| survey |", "| | " + " | ".join(COLUMNS) + " |"]
    lines += ["| | " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines += ["| choices |", *("| | " + " | ".join(row) + " |" for row in CHOICES)]
    try:
        loaded = xlsform.read("\n".join(lines).encode(), "a.md")
    except Refused:
        return
    assert xform.parse(loaded.xform).form_id
