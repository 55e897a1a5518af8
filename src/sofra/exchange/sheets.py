"""A workbook of several sheets on its way out: as safe and as small in memory as a single table."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase

from .tables import SHEET_ROWS, TYPES, Table, looks_like_formula, table_response

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
CELL_LETTERS = 32_767
SHEET_COLUMNS = 16_384


@dataclass(frozen=True)
class Sheet:
    """`rows` are read once, when the sheet is written."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def sheets_response(sheets: Sequence[Sheet], form: str, name: str) -> HttpResponseBase:
    """The sheets as a download: CSV holds the first of them only."""
    if form == "csv":
        return table_response(Table(name, sheets[0].header, sheets[0].rows), form)
    response = FileResponse(
        workbook(sheets), as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES["xlsx"]
    )  # fmt: skip
    response["Cache-Control"] = "private, no-cache"
    return response


def workbook(sheets: Sequence[Sheet]) -> Any:
    """A temporary file; whoever gets it closes it. Texts stay texts, none becomes a formula or a link."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    quoted = book.add_format({"quote_prefix": True})
    taken: set[str] = set()
    for one in sheets:
        sheet = book.add_worksheet(_title(one.title, taken))
        sheet.freeze_panes(1, 0)
        header = one.header[:SHEET_COLUMNS]
        sheet.set_column(0, max(len(header) - 1, 0), 18)
        sheet.write_row(0, 0, [_fitting(text) for text in header], bold)
        for number, row in enumerate(islice(one.rows, SHEET_ROWS), start=1):
            for column, value in enumerate(row[:SHEET_COLUMNS]):
                if isinstance(value, str):
                    sheet.write_string(number, column, _fitting(value), quoted if looks_like_formula(value) else None)
                elif value is not None:
                    sheet.write(number, column, value)
    book.close()
    file.seek(0)
    return file


def _fitting(value: str) -> str:
    return value if len(value) <= CELL_LETTERS else value[: CELL_LETTERS - 1] + "…"


def _title(title: str, taken: set[str]) -> str:
    """A sheet's name as Excel allows it, each once."""
    plain = title.translate(_FORBIDDEN).strip()[:28] or "1"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[:26]} {number}"
    taken.add(name.lower())
    return name
