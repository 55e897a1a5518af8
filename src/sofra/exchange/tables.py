"""Tables that leave the hub, as CSV or XLSX: safe to open in a spreadsheet, and no larger in memory than a few rows."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

FORMATS = ("csv", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET_ROWS = 1_048_575  # what a sheet holds below its header
CELL_LETTERS = 32_767  # what a cell of a sheet holds
ROWS_A_CHUNK = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Table:
    """A list on its way out. `rows` may be endless in principle: it is read once, row by row.

    `about` are (what, value) lines that tell where the rows come from; a workbook carries them on a second sheet.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    about: Sequence[tuple[str, str]] = ()


def looks_like_formula(value: Any) -> bool:
    """Would a spreadsheet that opens a CSV file run this text? (OWASP, CSV injection)"""
    return isinstance(value, str) and value.startswith(_FORMULA)


def table_response(table: Table, form: str) -> HttpResponseBase:
    """The table as a download. `form` is one of FORMATS."""
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(csv_chunks(table), content_type=TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    else:
        response = FileResponse(
            workbook(table), as_attachment=True, filename=f"{table.name}.xlsx", content_type=TYPES["xlsx"]
        )
    response["Cache-Control"] = "private, no-cache"
    return response


def csv_chunks(table: Table) -> Iterator[bytes]:
    """UTF-8 with a mark at the beginning, so that Excel reads ë and ç; a text like a formula gets an apostrophe.

    The rows are made in the reader's language even though the answer is sent when the request is long done.
    """
    language = translation.get_language() or "en"
    rows, writer = iter(table.rows), csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + writer.writerow([_disarmed(name) for name in table.header]).encode()
    while True:
        with translation.override(language):
            lines = [writer.writerow([_disarmed(value) for value in row]) for row in islice(rows, ROWS_A_CHUNK)]
        if not lines:
            return
        yield "".join(lines).encode("utf-8", "replace")


class _Echo:
    def write(self, line: str) -> str:
        return line


def _disarmed(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if looks_like_formula(value) else value


def workbook(table: Table) -> Any:
    """A temporary file that holds the workbook; whoever gets it closes it. Rows go to the disk one by one.

    Texts stay texts: none becomes a formula or a link. One that looks like a formula is marked as a quoted text,
    which is what a spreadsheet itself keeps for a leading apostrophe.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    quoted = book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet(_("List")[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(table.header) - 1, 0), 24)
    sheet.write_row(0, 0, table.header, bold)
    number = 0
    for number, row in enumerate(islice(table.rows, SHEET_ROWS), start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, _fitting(value), quoted if looks_like_formula(value) else None)
            elif value is not None:
                sheet.write(number, column, value)
    about = book.add_worksheet(_("About this list")[:31])
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 100)
    for line, (what, value) in enumerate([*table.about, (_("Rows"), str(number))]):
        about.write_string(line, 0, what, bold)
        about.write_string(line, 1, _fitting(value))
    book.close()
    file.seek(0)
    return file


def _fitting(value: str) -> str:
    return value if len(value) <= CELL_LETTERS else value[: CELL_LETTERS - 1] + "…"
