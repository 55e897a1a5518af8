"""What reading gives: a header, and lines of cells that know their number in the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sofra.ground.text import fold

MOST_COLUMNS = 300
LONGEST_CELL = 20_000  # characters; a cell of Excel holds 32,767


class Unreadable(Exception):
    """The file cannot be read; the text is a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say of one cell or row. `code` is explained in problems.SENTENCES."""

    code: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class Line:
    """One row of the table. `number` counts as the program counts that the file was made with."""

    number: int
    cells: list[str]
    notes: list[Note] = field(default_factory=list)


RawLine = tuple[int, list[str], list[Note]]


class Table:
    """A table in a file. Each iteration reads it anew from the beginning.

    `shape` says what was recognised, in plain values: kind, encoding, separator, sheet, sheets, header_row,
    columns, and so on. `lines` gives the raw lines below the header.
    """

    def __init__(self, shape: dict[str, Any], header: list[str], lines: Callable[[], Iterator[RawLine]]) -> None:
        self.header = name_apart(header)
        self.shape = {**shape, "columns": self.header}
        self._lines = lines
        # Pages of a printed table repeat the header as it stood there, not as we named columns apart.
        self._repeated = [fold(cell) for cell in header]

    def __iter__(self) -> Iterator[Line]:
        width = len(self.header)
        first = self._repeated[0]
        for number, cells, notes in self._lines():
            cells = [clean(cell) for cell in cells]
            if not any(cells):
                continue
            if fold(cells[0]) == first and [fold(cell) for cell in cells[:width]] == self._repeated[: len(cells)]:
                continue
            if len(cells) != width:
                notes = [*notes, *self._fit(cells, width)]
            for index, cell in enumerate(cells):
                if cell[:1] == "=" and len(cell) > 1:
                    notes = [*notes, Note("formula-text", self.header[index], cell[:200])]
                    cells[index] = ""
                elif len(cell) > LONGEST_CELL:
                    notes = [*notes, Note("too-long", self.header[index], cell[:200])]
                    cells[index] = cell[:LONGEST_CELL]
            yield Line(number, cells, notes)

    @staticmethod
    def _fit(cells: list[str], width: int) -> list[Note]:
        """Make the row as wide as the header, and say so where a cell had no column or a row stopped early."""
        found = len(cells)
        extra = [cell for cell in cells[width:] if cell]
        del cells[width:]
        cells.extend([""] * (width - len(cells)))
        if extra:
            return [Note("more-cells", "", f"{found}: {' | '.join(extra)[:200]}")]
        return [Note("fewer-cells", "", str(found))] if found < width else []


def clean(cell: str) -> str:
    """A cell without the blanks around it; line breaks inside it become "; "."""
    if "\n" in cell or "\r" in cell:
        cell = "; ".join(part for part in (part.strip(" ;") for part in cell.splitlines()) if part)
    if "\x00" in cell or not cell.isprintable():
        cell = "".join(c if c.isprintable() else " " for c in cell if c not in "\u200b\u200c\u200d\ufeff\u00ad\x00")
    return " ".join(cell.split())


def name_apart(header: list[str]) -> list[str]:
    """Headers that differ: the second "Website" is "Website (2)", a nameless column has its letter."""
    named: list[str] = []
    seen: set[str] = set()
    for index, raw in enumerate(header):
        base = clean(raw)[:120] or f"({letter(index)})"
        title, copy = base, 2
        while fold(title) in seen or title in seen:
            title, copy = f"{base} ({copy})", copy + 1
        seen |= {fold(title) or title, title}
        named.append(title)
    return named


def letter(index: int) -> str:
    """The letter that spreadsheets give to a column: 0 is A, 25 Z, 26 AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
