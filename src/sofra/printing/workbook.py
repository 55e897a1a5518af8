"""Several tables as one XLSX workbook: a sheet each, texts stay texts."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from .blocks import Document, Figure, Table
from .labels import labels
from .letters import fit
from .widths import evened, shares

CELL_LETTERS = 32_767  # what a cell of a sheet holds
SHEET_ROWS = 1_048_570
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d{1,15}\Z")


def written(tables: Sequence[Table], *, language: str, about: Sequence[tuple[str, str]] = ()) -> bytes:
    """The workbook; `about` is the last sheet: what it is, its edition, its date.

    No text becomes a formula or a link: one that looks like a formula is marked as quoted. Whole numbers in the
    columns of numbers are numbers, so that they can be added up; everything else stays as it is written.
    """
    file, say = BytesIO(), labels(language)
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    looks = _looks(book)
    names = _names(table.caption or f"{say['table']} {i}" for i, table in enumerate(tables, start=1))
    for name, table in zip(names, tables, strict=True):
        _sheet(book.add_worksheet(name), table, looks, say)
    if about or not tables:
        sheet = book.add_worksheet(_names([*names, say["about"]])[-1])
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        for row, (what, value) in enumerate(about):
            sheet.write_string(row, 0, _fitting(what), looks["head"])
            sheet.write_string(row, 1, _fitting(value), looks["quoted"])
    book.close()
    return file.getvalue()


def tables_of(document: Document) -> list[Table]:
    """Every table of the document, those behind its figures included, in order."""
    found = []
    for block in document.blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Figure) and block.table is not None:
            found.append(block.table)
    return found


def _looks(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 13, "font_color": "#3a2416"}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#f0e5d2"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "quoted": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "small": book.add_format({"italic": True, "font_color": "#5f4a3a"}),
    }


def _sheet(sheet: Any, table: Table, looks: dict[str, Any], say: dict[str, str]) -> None:
    """Caption in the first row, head in the third, source below the rows."""
    sheet.write_string(0, 0, _fitting(table.caption), looks["title"])
    sheet.freeze_panes(3, 0)
    for column, share in enumerate(shares(table)):
        sheet.set_column(column, column, max(10, min(60, share * 120)))
    for column, name in enumerate(table.head):
        sheet.write_string(2, column, _fitting(name), looks["head"])
    row = 2
    for row, texts in enumerate(evened(table)[:SHEET_ROWS], start=3):
        for column, text in enumerate(texts):
            if column in table.numbers and _NUMBER.match(text):
                sheet.write_number(row, column, int(text), looks["text"])
            elif text:
                quoted = looks["quoted" if text.startswith(_FORMULA) else "text"]
                sheet.write_string(row, column, _fitting(text), quoted)
    if table.rows:
        sheet.autofilter(2, 0, row, max(len(table.head), 1) - 1)
    if table.source:
        sheet.write_string(row + 2, 0, _fitting(f"{say['source']}: {table.source}"), looks["small"])


def _fitting(text: str) -> str:
    clean = fit(text)
    return clean if len(clean) <= CELL_LETTERS else clean[: CELL_LETTERS - 1] + "…"


def _names(captions: Iterable[str]) -> list[str]:
    """Sheet names that a spreadsheet takes: short, without its signs, each once whatever its case."""
    found: list[str] = []
    for caption in captions:
        plain = re.sub(r"[\x00-\x1f\[\]:*?/\\\ud800-\udfff]", " ", caption).strip().strip("'") or "–"
        name, number = plain[:31].strip().strip("'"), 1
        while name.lower() in {one.lower() for one in found} or name.lower() == "history":
            number += 1
            name = f"{plain[: 31 - len(str(number)) - 1].strip()} {number}"
        found.append(name)
    return found
