"""What a spreadsheet lacks is said where it is; a form that asks nothing is none."""

import io
from collections.abc import Iterator

import openpyxl
import pytest
from django.utils import translation

from sofra.questionnaires import xlsform

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _book(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (["type", "name", "label"], *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _refused(*rows: list[str]) -> list[str]:
    with pytest.raises(xlsform.Refused) as refused:
        xlsform.read(_book(*rows), "form.xlsx")
    return [f"{one.row} {one.sentence}" for one in refused.value.problems]


@pytest.mark.parametrize("rows", [[], [["begin group", "g", "Group"], ["end group", "", ""]]])
def test_a_form_that_asks_nothing_is_refused(rows: list[list[str]]) -> None:
    assert any("asks nothing" in one for one in _refused(*rows))


def test_each_formula_without_a_value_is_named_where_a_label_is_missing() -> None:
    told = _refused(["text", "a", "=1+1"], ["text", "b", "=2+2"])
    assert [one for one in told if "formula" in one and one[0] in "23"] == [one for one in told if "Cell C" in one]
    assert sum("Cell C" in one for one in told) == 2


def test_a_form_of_notes_alone_is_a_form() -> None:
    assert xlsform.read(_book(["note", "n", "Read this"]), "form.xlsx").form_id == "form"
