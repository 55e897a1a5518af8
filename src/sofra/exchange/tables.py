"""Tables that leave the hub, as CSV or XLSX: the rows of a page with its filters applied, safe to open in a spreadsheet."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

FORMATS = ("csv", "xlsx")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET_ROWS = 1_048_000  # what a sheet holds, less the header and the note


def safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return "" if value is None else value


def table_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], form: str, *, note: str = ""
) -> HttpResponseBase:
    """The rows as a download. `form` is one of FORMATS; `note` (source, licence) closes an XLSX sheet."""
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(_csv(header, rows), content_type=_TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "text_wrap": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(header) - 1, 0), 24)
    sheet.write_row(0, 0, header, bold)
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007
        for column, value in enumerate(row):
            sheet.write(number, column, safe(value))
        if number == SHEET_ROWS:
            break
    if note:
        sheet.write(number + 2, 0, note)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_TYPES["xlsx"])


class _Echo:
    def write(self, line: str) -> str:
        return line


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"  # so that Excel reads ë and ç
    yield writer.writerow(header).encode()
    for row in rows:
        yield writer.writerow([safe(value) for value in row]).encode()
