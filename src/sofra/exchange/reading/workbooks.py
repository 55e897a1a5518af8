"""Tables in workbooks: XLSX and ODS, read by calamine after `scans` has found them harmless."""

import datetime
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sofra.exchange.columns import known_words

from .guards import Kind
from .headers import find_header
from .scans import Scan, scan_sheets
from .table import Note, RawLine, Table, Unreadable, letter, name_apart

_SAMPLE_ROWS = 60
_MOST_SHEETS = 20
_MOST_MERGED = 20_000


def open_workbook(path: Path, kind: Kind, *, sheet: str = "") -> Table:
    try:
        with zipfile.ZipFile(path) as archive:
            scans = scan_sheets(archive, kind)
    except zipfile.BadZipFile as error:
        raise Unreadable(_damaged()) from error
    book = load_book(path)
    names = sheet_names(book)
    if sheet and sheet not in names:
        raise Unreadable(
            _("There is no sheet “%(sheet)s” in the workbook. It has: %(sheets)s.")
            % {"sheet": sheet, "sheets": ", ".join(names)}
        )
    chosen, index, header = _choose(book, [sheet] if sheet else names)
    scan = scans.get(chosen, Scan())
    shape: dict[str, Any] = {
        "kind": kind.value.upper(),
        "sheet": chosen,
        "sheets": names,
        "header_row": index + 1 if index is not None else None,
        "rows_above": index or 0,
        "merged": 0,
        "formulas_without_value": len(scan.empty_formulas),
    }
    first = index + 1 if index is not None else 0
    opened = sheet_of(book, chosen)
    shape["rows_about"] = max((opened.start[0] if opened.start else 0) + opened.height - first, 1)
    merged = _merged(opened, scan, first)
    shape["merged"] = len(merged)
    titles = name_apart(header)
    del book, opened

    def rows() -> Iterator[RawLine]:
        return _rows(sheet_of(load_book(path), chosen), first, titles, scan, merged)

    return Table(shape, header, rows)


def _damaged() -> str:
    return _("The workbook is damaged and cannot be opened. Open it in a spreadsheet and save it again.")


def load_book(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except BaseException as error:
        raise _unreadable(error) from error


def sheet_of(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        raise _unreadable(error) from error


def _unreadable(error: BaseException) -> BaseException:
    """What to raise for what calamine raised. Its panics are no Exception, so everything is caught and sorted."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError | Unreadable):
        return error
    if type(error).__name__ == "PasswordError":
        return Unreadable(
            _("The workbook is locked with a password. Open it, save it without a password, and try again.")
        )
    return Unreadable(_damaged())


def sheet_names(book: CalamineWorkbook) -> list[str]:
    kept = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
    ]
    if not kept:
        raise Unreadable(_("The workbook has no visible sheet."))
    return kept[:_MOST_SHEETS]


def _choose(book: CalamineWorkbook, names: list[str]) -> tuple[str, int | None, list[str]]:
    """The sheet that most looks like a table: its name, the row of its header counted from 0, and the header."""
    best: tuple[float, str, int | None, list[str]] | None = None
    refusal: Unreadable | None = None
    for name in names:
        sheet = sheet_of(book, name)
        if sheet.start is None:
            continue
        top = [[as_text(cell) for cell in row] for row in islice(sheet.iter_rows(), sheet.start[0] + _SAMPLE_ROWS)]
        try:
            index, header = find_header(top)
        except Unreadable as error:
            refusal = refusal or error
            continue
        score = known_words(header) * 3 + min(sheet.height, 50) / 50 + (0.5 if index is not None else 0)
        if best is None or score > best[0]:
            best = (score, name, index, header)
    if best is None:
        raise refusal or Unreadable(_("The workbook holds no table: its sheets are empty."))
    return best[1:]


def _rows(
    sheet: CalamineSheet, first: int, titles: list[str], scan: Scan, merged: dict[tuple[int, int], tuple[int, int]]
) -> Iterator[RawLine]:
    """Rows from `first` on. calamine gives the empty rows above the data, but not the empty columns left of it."""
    left = sheet.start[1] if sheet.start else 0
    values: dict[tuple[int, int], str] = {}
    origins = set(merged.values())
    merged_rows = {row for row, _column in merged} | {row for row, _column in origins}
    lacking = scan.rows_with_empty_formulas
    for row, raw in enumerate(sheet.iter_rows()):
        if row < first and row not in merged_rows:
            continue
        cells = [cell if type(cell) is str else as_text(cell) for cell in raw]
        if row in merged_rows:
            _fill(row, cells, values, merged, origins)
        if row < first:
            continue
        notes = [
            Note("formula-without-value", _title(titles, column - left), f"{letter(column)}{row + 1}")
            for column in lacking.get(row, ())
        ]
        yield row + 1, cells, notes


def _title(titles: list[str], index: int) -> str:
    return titles[index] if 0 <= index < len(titles) else letter(max(index, 0))


def _fill(
    row: int,
    cells: list[str],
    values: dict[tuple[int, int], str],
    merged: dict[tuple[int, int], tuple[int, int]],
    origins: set[tuple[int, int]],
) -> None:
    """Cells merged downwards hold their value in each row that has something of its own."""
    own = any(cell for column, cell in enumerate(cells) if (row, column) not in merged)
    for column in range(len(cells)):
        if (row, column) in origins:
            values[row, column] = cells[column]
        elif own and (row, column) in merged and not cells[column]:
            cells[column] = values.get(merged[row, column], "")


def _merged(sheet: CalamineSheet, scan: Scan, first: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Covered cell -> the cell that holds the value, for cells of the first column of each range.

    Cells merged across columns keep their value in the first one alone: the others are other fields.
    Columns count from the leftmost one that holds something.
    """
    offset = sheet.start[1] if sheet.start else 0
    try:
        ranges = sheet.merged_cell_ranges
    except BaseException as error:
        raise _unreadable(error) from error
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, left), (bottom, _right) in ranges if ranges is not None else scan.merged:
        for row in range(max(top + 1, first), min(bottom, top + _MOST_MERGED) + 1):
            covered[row, left - offset] = (top, left - offset)
        if len(covered) > _MOST_MERGED:
            break
    return covered


def as_text(cell: Any) -> str:
    """A cell's value as a person would write it: 2018 not 2018.0, dates as 2018-05-03."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
