"""A look through a workbook's parts before it is opened: how large its sheets are, which formulas lack a value.

Each part is unpacked once, a megabyte at a time; a sheet that names a far corner (and would take the memory of
the whole rectangle) is refused here.
"""

import re
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.parsers import expat

from django.utils.translation import gettext as _

from .guards import CHUNK, MOST_CELLS, Kind, pieces
from .table import Unreadable

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,4})(\d{1,8})"')
_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,4})(\d{1,8})"[^>]*>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MOST_REMEMBERED = 20_000


@dataclass
class Scan:
    """What is known of one sheet. Rows and columns count from 0."""

    rows: int = 0
    columns: int = 0
    empty_formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    @property
    def rows_with_empty_formulas(self) -> dict[int, list[int]]:
        by_row: dict[int, list[int]] = {}
        for row, column in self.empty_formulas:
            by_row.setdefault(row, []).append(column)
        return by_row

    def check(self) -> None:
        if self.rows * self.columns > MOST_CELLS:
            raise Unreadable(
                _("The sheet spans %(rows)d rows and %(columns)d columns, which is too large to open. Save it as CSV.")
                % {"rows": self.rows, "columns": self.columns}
            )


def scan_sheets(archive: zipfile.ZipFile, kind: Kind) -> dict[str, Scan]:
    """Sheet name -> what is known of it. Raises `Unreadable` for damaged or oversized sheets."""
    scans = _scan_ods(archive) if kind is Kind.ODS else _scan_xlsx(archive)
    for scan in scans.values():
        scan.check()
    return scans


def _scan_xlsx(archive: zipfile.ZipFile) -> dict[str, Scan]:
    titles = _sheet_parts(archive)
    scans: dict[str, Scan] = {}
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            scans[titles.get(name, name)] = _scan_part(archive, name)
        elif name.endswith((".xml", ".rels")):
            for _piece in pieces(archive, name):  # only to find out that it is whole
                pass
    return scans


def _scan_part(archive: zipfile.ZipFile, name: str) -> Scan:
    scan = Scan()
    columns: set[bytes] = set()
    tail = b""
    for piece in pieces(archive, name):
        text = tail + piece
        cut = text.rfind(b"</c>") + 4 if b"</c>" in text else max(len(text) - CHUNK, 0)
        part, tail = text[:cut], text[cut:][-CHUNK:]
        _take(part, scan, columns)
    _take(tail, scan, columns)
    scan.columns = max((_index(column) + 1 for column in columns), default=0)
    return scan


def _take(part: bytes, scan: Scan, columns: set[bytes]) -> None:
    found = _CELL.findall(part)
    if found:
        columns.update({column for column, _row in found})
        scan.rows = max(scan.rows, int(found[-1][1]), int(found[0][1]))
    if b"<f" in part or b":f" in part:
        for column, row in _FORMULA.findall(part):
            if len(scan.empty_formulas) < _MOST_REMEMBERED:
                scan.empty_formulas.append((int(row) - 1, _index(column)))


def _index(column: bytes) -> int:
    number = 0
    for byte in column:
        number = number * 26 + byte - 64
    return number - 1


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name -> sheet name."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    try:
        book = ElementTree.fromstring(_small(archive, "xl/workbook.xml"))  # noqa: S314 - entities are refused
        links = ElementTree.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (ElementTree.ParseError, KeyError):
        return {}
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"):
        target = targets.get(sheet.get(relation), "")
        parts[target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))] = sheet.get("name", "")
    return parts


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > 5 * CHUNK:
        return b""
    return b"".join(pieces(archive, name))


def _scan_ods(archive: zipfile.ZipFile) -> dict[str, Scan]:
    reader = _OdsReader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        for piece in pieces(archive, "content.xml"):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, KeyError) as error:
        raise Unreadable(
            _("The workbook is damaged and cannot be opened. Open it in a spreadsheet and save it again.")
        ) from error
    return reader.scans


class _OdsReader:
    """Follows content.xml. Only cells that hold something count, as their repetitions take memory."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self.scan = Scan()
        self.row = self.column = 0
        self.row_repeated = self.cell_repeated = 1
        self.formula = self.filled = self.row_filled = self.in_cell = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.scan = self.scans.setdefault(attributes.get("table:name", ""), Scan())
            self.row = 0
        elif name == "table:table-row":
            self.column, self.row_filled = 0, False
            self.row_repeated = _count(attributes, "table:number-rows-repeated")
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self.in_cell = True
            self.cell_repeated = _count(attributes, "table:number-columns-repeated")
            self.formula = "table:formula" in attributes
            self.filled = any(key.endswith("value") and key.startswith("office:") for key in attributes)
            down = _count(attributes, "table:number-rows-spanned")
            across = _count(attributes, "table:number-columns-spanned")
            if down > 1 and len(self.scan.merged) < _MOST_REMEMBERED:
                corner = (self.row + down - 1, self.column + across - 1)
                self.scan.merged.append(((self.row, self.column), corner))

    def text(self, text: str) -> None:
        if self.in_cell and text.strip():
            self.filled = True

    def end(self, name: str) -> None:
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self.in_cell = False
            if self.formula and not self.filled and len(self.scan.empty_formulas) < _MOST_REMEMBERED:
                self.scan.empty_formulas.append((self.row, self.column))
            self.column += self.cell_repeated
            if self.filled:
                self.row_filled = True
                self.scan.columns = max(self.scan.columns, self.column)
        elif name == "table:table-row":
            self.row += self.row_repeated
            if self.row_filled:
                self.scan.rows = max(self.scan.rows, self.row)


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 1
