"""Open a table that somebody made: CSV, TSV, XLSX, ODS, or a table that stands among prose in a text file.

The content decides what a file is, never its ending. Nothing is written anywhere; a file that cannot be read
raises `Unreadable` with one sentence that says what to do. CSV and TSV are streamed, so memory stays flat;
workbooks are bounded by `guards.MOST_UNPACKED`.
"""

from pathlib import Path

from .guards import Kind, kind_of
from .table import Line, Note, Table, Unreadable
from .texts import open_text
from .workbooks import open_workbook

__all__ = ["Line", "Note", "Table", "Unreadable", "open_table"]


def open_table(path: Path | str, name: str = "", *, sheet: str = "", encoding: str = "") -> Table:
    """The table in a file. `name` is only shown; `sheet` and `encoding` overrule what would be recognised.

    Raises `Unreadable` where there is no table to be read.
    """
    path = Path(path)
    kind = kind_of(path)
    table = open_text(path, encoding=encoding) if kind is Kind.TEXT else open_workbook(path, kind, sheet=sheet)
    table.shape["file"] = name or path.name
    return table
