"""Exports of Kobo, ODK Central, Aggregate and Briefcase: one table of fillings, and a table for each repeat.

A CSV, a ZIP of CSVs, or a workbook with a sheet for each. Unlike other tables, cells are taken as they stand: a line
break or a leading "=" is part of an answer.
"""

import csv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from . import encodings, guards
from .scans import scan_sheets
from .table import Unreadable, name_apart
from .workbooks import as_text, load_book, sheet_names, sheet_of

MOST_COLUMNS = 5_000
LONGEST_CELL = 1_000_000  # characters; an answer of 100,000 is none too long
MOST_TURNS = 2_000_000  # rows of repeats, which are kept in memory while their fillings pass by
PARENT_INDEX, PARENT_TABLE, PARENT_KEY = "_parent_index", "_parent_table_name", "parent_key"
INDEX, KEY = "_index", "key"
FILLING, TURN, WITHIN = "filling", "turn", "within turn"  # as this hub itself exports answers (given_answers)
Row = tuple[int, list[str]]
Rows = Callable[[], Iterator[Row]]


@dataclass(frozen=True)
class Sheet:
    """One table. `rows` reads it anew each time: number in the file (the header is 1), cells as wide as the header."""

    name: str
    header: list[str]
    rows: Rows

    def column(self, *names: str) -> int | None:
        """Where the first column stands that is called one of these, whatever its capitals."""
        plain = [title.lower() for title in self.header]
        return next((plain.index(name) for name in names if name in plain), None)


@dataclass(frozen=True)
class Export:
    """`main` holds a row a filling; `repeats` a row a turn, leading to their parent."""

    kind: str
    main: Sheet
    repeats: tuple[Sheet, ...]


def open_export(path: Path, name: str) -> Export:
    """The tables of an export. Raises Unreadable with a sentence."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04" and not _is_workbook(path):
        return _parted("ZIP", _of_zip(path))
    kind = guards.kind_of(path)
    if kind is guards.Kind.TEXT:
        return _parted("CSV", [_of_csv(path, name)])
    return _parted(kind.value.upper(), _of_book(path, kind))


def _parted(kind: str, sheets: list[Sheet]) -> Export:
    repeats = tuple(sheet for sheet in sheets if _is_repeat(sheet))
    mains = [sheet for sheet in sheets if sheet not in repeats and sheet.header]
    if not mains:
        raise Unreadable(_("No table of answers was found: each sheet holds only repeats, or none is there."))
    # Where several stand side by side, the one that names its fillings is the export, others are somebody's notes.
    known = [sheet for sheet in mains if sheet.column(INDEX, KEY, "_uuid", "instanceid", "meta/instanceid") is not None]
    return Export(kind, (known or mains)[0], repeats)


def _is_repeat(sheet: Sheet) -> bool:
    ours = sheet.column(TURN) is not None and sheet.column(WITHIN) is not None
    return ours or sheet.column(PARENT_INDEX, PARENT_KEY) is not None


# — CSV —————————————————————————————————————————————————————————————————————————————————————————————————————


def _of_csv(path: Path, name: str) -> Sheet:
    written = encodings.detect(path).name
    with path.open(encoding=written, newline="") as file:
        separator = _separator(file.readline(LONGEST_CELL))
    header = next((cells for _number, cells in _csv_rows(path, written, separator, None)), [])
    if not any(header):
        raise Unreadable(_("The file is empty: it holds no text. Choose the file that holds the table."))
    titles = _titles(header)
    return Sheet(PurePosixPath(name).stem, titles, lambda: _below(_csv_rows(path, written, separator, len(titles))))


def _separator(line: str) -> str:
    """Of the header's line, outside quotation marks: what parts it most often."""
    bare = "".join(line.split('"')[::2])
    return max((",", ";", "\t"), key=bare.count)


def _csv_rows(path: Path, encoding: str, separator: str, width: int | None) -> Iterator[Row]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=separator)
            for number, cells in enumerate(reader, 1):
                yield number, _fitted(cells, width, number)
    except csv.Error as error:
        raise Unreadable(_("The file cannot be read as CSV: %(why)s. Export it again.") % {"why": error}) from error
    except UnicodeError as error:
        raise Unreadable(_("The letters of the file cannot be read. Export it as CSV in UTF-8.")) from error
    finally:
        csv.field_size_limit(before)


def _below(rows: Iterator[Row]) -> Iterator[Row]:
    return ((number, cells) for number, cells in islice(rows, 1, None) if any(cells))


def _fitted(cells: list[str], width: int | None, number: int) -> list[str]:
    """As wide as the header. A row that is wider has a cell without a column: somebody cut the file by hand."""
    if any("\x00" in cell for cell in cells):
        raise Unreadable(_("Row %(row)d holds a zero byte, so the file is damaged. Export it again.") % {"row": number})
    if width is None or len(cells) == width:
        return cells
    if any(cells[width:]):
        raise Unreadable(_("Row %(row)d has more cells than the header. Export the file again.") % {"row": number})
    return [*cells, *[""] * (width - len(cells))][:width]


def _titles(header: list[str]) -> list[str]:
    while header and not header[-1].strip():
        header = header[:-1]
    if len(header) > MOST_COLUMNS:
        raise Unreadable(
            _("The table has %(found)d columns; at most %(most)d are read. Leave out the columns that are not needed.")
            % {"found": len(header), "most": MOST_COLUMNS}
        )
    return name_apart(header)


# — ZIP ——————————————————————————————————————————————————————————————————————————————————————————————————————


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(_("The ZIP file is damaged. Export it again.")) from error
    return bool(names & {"xl/workbook.xml", "mimetype", "[Content_Types].xml"})


def _of_zip(path: Path) -> list[Sheet]:
    """The CSVs of an archive, unpacked to a folder of their own that lives as long as the sheets do."""
    folder = TemporaryDirectory(prefix="sofra-export-")
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = _tables_in(archive)
            sheets = [_unpacked(archive, part, Path(folder.name) / str(index)) for index, part in enumerate(wanted)]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(_("The ZIP file is damaged. Export it again.")) from error
    return [_holding(folder, sheet) for sheet in sheets]


def _tables_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    tables = [part for part in parts if part.filename.lower().endswith(".csv") and "__MACOSX" not in part.filename]
    if any(part.flag_bits & 1 for part in tables):
        raise Unreadable(_("The ZIP file is locked with a password. Export it without one."))
    unpacked = sum(part.file_size for part in tables)
    if unpacked > guards.MOST_UNPACKED or len(tables) > guards.MOST_PARTS:
        raise Unreadable(
            _("The ZIP file would unpack to %(size)d MB, which is more than is opened. Export fewer answers at once.")
            % {"size": unpacked // guards.CHUNK}
        )
    if not tables:
        raise Unreadable(_("There is no CSV in the ZIP file. Export the answers as CSV or XLSX."))
    return sorted(tables, key=lambda part: (part.filename.count("/"), len(part.filename)))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path) -> Sheet:
    left = part.file_size
    with archive.open(part) as source, target.open("wb") as out:
        while piece := source.read(guards.CHUNK):
            left -= len(piece)
            if left < 0:
                raise Unreadable(_("The ZIP file is damaged. Export it again."))
            out.write(piece)
    return _of_csv(target, part.filename)


def _holding(folder: TemporaryDirectory[str], sheet: Sheet) -> Sheet:
    """The sheet, keeping its folder while it can still be read."""

    def rows(_folder: TemporaryDirectory[str] = folder) -> Iterator[Row]:
        return sheet.rows()

    return Sheet(sheet.name, sheet.header, rows)


# — workbooks ————————————————————————————————————————————————————————————————————————————————————————————————


def _of_book(path: Path, kind: guards.Kind) -> list[Sheet]:
    with zipfile.ZipFile(path) as archive:
        scan_sheets(archive, kind)  # refuses what harms before anything is unpacked
    book = load_book(path)
    return [sheet for name in sheet_names(book) if (sheet := _of_sheet(path, name)) is not None]


def _of_sheet(path: Path, name: str) -> Sheet | None:
    def every() -> Iterator[list[str]]:
        for raw in sheet_of(load_book(path), name).iter_rows():
            yield [cell if type(cell) is str else as_text(cell) for cell in raw]

    header = next(every(), [])
    titles = _titles(header) if any(cell.strip() for cell in header) else []

    def rows() -> Iterator[Row]:
        fitted = ((number, _fitted(cells, len(titles), number)) for number, cells in enumerate(every(), 1))
        return _below(fitted)

    return Sheet(name, titles, rows) if titles else None


def turns_of(sheet: Sheet) -> dict[tuple[str, str], list[tuple[str, list[str]]]]:
    """Rows of a repeat by the table and key of their parent: (own key, cells) in the order of the file.

    The parent's table is "" where keys are of the whole export (ODK), as they are told apart by themselves.
    """
    if sheet.column(WITHIN) is not None:
        return _turns_of_ours(sheet)
    by_index = sheet.column(PARENT_INDEX)
    parent = by_index if by_index is not None else sheet.column(PARENT_KEY)
    table = sheet.column(PARENT_TABLE)
    own = sheet.column(INDEX) if by_index is not None else sheet.column(KEY)
    assert parent is not None
    found: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for number, (_row, cells) in enumerate(sheet.rows()):
        if number >= MOST_TURNS:
            raise Unreadable(
                _("The table “%(name)s” is too long. Export fewer answers at once.") % {"name": sheet.name}
            )
        where = cells[table] if table is not None else ""
        key = cells[own] if own is not None else ""
        found.setdefault((where, cells[parent]), []).append((key, cells))
    return found


def _turns_of_ours(sheet: Sheet) -> dict[tuple[str, str], list[tuple[str, list[str]]]]:
    """Turns are numbered within their filling: 2.1 is the first within the second."""
    columns = [sheet.column(FILLING), sheet.column(TURN), sheet.column(WITHIN)]
    found: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for _row, cells in sheet.rows():
        filling, turn, within = (cells[at] if at is not None else "" for at in columns)
        parent = f"{filling} {within}" if within else filling
        found.setdefault(("", parent), []).append((f"{filling} {turn}", cells))
    return found
