"""Tables as a workbook: each on its sheet, and no text becomes a formula."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from tests.printing.documents import WICKED, everything

from sofra.printing import workbook
from sofra.printing.blocks import Table

pytestmark = pytest.mark.once


def test_each_table_has_its_sheet_with_head_and_source() -> None:
    tables = workbook.tables_of(everything())
    content = workbook.written(tables, language="en", about=(("Edition", "1"),))
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["Temat", "Numrat pas figurës", "E gjerë", "About this file"]
    rows = book.get_sheet_by_name("Temat").to_python()
    assert rows[0][0] == "Temat"
    assert rows[2:5] == [["Tema", "Numri"], ["Rinia", 12.0], ["Gratë", ""]]
    assert rows[-1][0] == "Source: Pyetësori"


def test_texts_stay_texts_and_names_are_fitting() -> None:
    table = Table("[=x]:*?/\\'" + "a" * 40, ("=1+1", WICKED), (("=2+2", "@x"), ("-3", "a" * 40_000)), numbers=(0,))
    content = workbook.written([table, table, Table("History", (), ())], language="sq")
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert all(len(name) <= 31 for name in book.sheet_names)
    assert len({name.lower() for name in book.sheet_names}) == 3
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[2][0] == "=1+1"
    assert rows[3] == ["=2+2", "@x"]
    assert rows[4][0] == -3.0
    assert len(rows[4][1]) == workbook.CELL_LETTERS
    assert b"<f>" not in content


def test_no_tables_are_a_workbook_too() -> None:
    assert CalamineWorkbook.from_filelike(BytesIO(workbook.written([], language="en"))).sheet_names
