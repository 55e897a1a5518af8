"""Tables in text files: the whole file is one (CSV, TSV), or one stands among prose."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from sofra.exchange.columns import known_words

from . import encodings, prose
from .headers import check_columns, find_header
from .table import MOST_COLUMNS, RawLine, Table, Unreadable

LONGEST_LINE = 1_000_000  # characters
MOST_LINES_A_ROW = 200  # a quote that swallows more lines than this was never closed
PROSE_UP_TO = 20 * 1024 * 1024  # bytes: a larger file is a table as a whole or none
SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "vertical bar"}
_SAMPLE_ROWS = 300


def open_text(path: Path, *, encoding: str = "") -> Table:
    written = encodings.detect(path, encoding)
    sample = list(_first_lines(path, written.name))
    if not any(line.strip() for line in sample):
        raise Unreadable(_("The file is empty: it holds no text. Choose the file that holds the table."))
    shape: dict[str, Any] = {"encoding": written.shown, "encoding_sure": written.sure}
    whole = _separator_of_whole(sample)
    small = path.stat().st_size <= PROSE_UP_TO
    if small and (whole is None or _printed(sample, *whole)):
        lines = list(_lines(path, written.name))
        if found := prose.find_table(lines):
            return Table({**shape, **found.shape}, found.header, found.rows)
    if whole is None:
        whole = _single_column(sample)
    if whole is None:
        raise Unreadable(
            _("No table was found in the file: no rows whose columns are parted by tabs, semicolons, commas or bars.")
        )
    separator, quoting = whole
    return _delimited(path, written.name, separator, quoting, shape)


def _delimited(path: Path, encoding: str, separator: str, quoting: int, shape: dict[str, Any]) -> Table:
    first: list[RawLine] = []
    for row in _records(path, encoding, separator, quoting):
        first.append(row)
        if len(first) >= _SAMPLE_ROWS:
            break
    index, header = find_header([cells for _number, cells, _notes in first])
    shape = {
        "kind": "TSV" if separator == "\t" else "CSV",
        **shape,
        "separator": SEPARATORS[separator],
        "header_row": first[index][0] if index is not None else None,
        "rows_about": max(_count_lines(path) - (first[index][0] if index is not None else 0), 1),
        "rows_above": sum(any(c.strip() for c in cells) for _n, cells, _x in first[:index]) if index else 0,
    }
    start = first[index][0] if index is not None else -1

    def rows() -> Iterator[RawLine]:
        for row in _records(path, encoding, separator, quoting):
            if row[0] > start:
                yield row

    return Table(shape, header, rows)


def _count_lines(path: Path) -> int:
    """How many lines there are, so that a progress bar knows its end; more than rows where cells hold line breaks."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1024 * 1024), b""))


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of the file with their ends, never more than one in memory.

    Raises `Unreadable` where a line is longer than any table's, or a byte does not fit the encoding.
    """
    number = 0
    with path.open(encoding=encoding, newline="") as file:
        while True:
            try:
                line = file.readline(LONGEST_LINE)
            except UnicodeError as error:
                raise Unreadable(
                    _("Line %(line)d cannot be read as %(encoding)s. Save the file as “CSV UTF-8” and try again.")
                    % {"line": number + 1, "encoding": encoding.upper()}
                ) from error
            if not line:
                return
            number += 1
            if len(line) >= LONGEST_LINE:
                check_columns(_separators_in_line(line, file) + 1)
                raise Unreadable(
                    _("Line %(line)d is longer than a million characters, so this is no table. Save it as CSV again.")
                    % {"line": number}
                )
            if "\x00" in line:
                raise Unreadable(
                    _("Line %(line)d holds a zero byte, so the file is no text, or is damaged. Save it as CSV (UTF-8).")
                    % {"line": number}
                )
            yield line


def _separators_in_line(start: str, rest: IO[str]) -> int:
    """How often the commonest separator stands in an endless line, of which a million characters are in memory."""
    separator = max(SEPARATORS, key=start.count)
    found = start.count(separator)
    with suppress(UnicodeError):
        while not start.endswith("\n") and (start := rest.readline(LONGEST_LINE)):
            found += start.count(separator)
    return found


def _first_lines(path: Path, encoding: str) -> Iterator[str]:
    size = 0
    for count, line in enumerate(_lines(path, encoding)):
        size += len(line)
        if count >= 1000 or size > LONGEST_LINE:
            return
        yield line


def _records(path: Path, encoding: str, separator: str, quoting: int) -> Iterator[RawLine]:
    """Rows of a CSV or TSV, each with the number of the line it begins on."""
    began = 1
    pending: list[str] = []  # the lines of the row that is being read

    def watched() -> Iterator[str]:
        for line in _lines(path, encoding):
            pending.append(line)
            if len(pending) > MOST_LINES_A_ROW:
                raise Unreadable(_unclosed(began))
            if line.count(separator) > MOST_COLUMNS * 2:
                check_columns(line.count(separator) + 1)
            yield line

    reader = csv.reader(watched(), delimiter=separator, quoting=quoting)  # type: ignore[arg-type]
    try:
        for cells in reader:
            suspect = len(pending) > 1 or (len(pending) == 1 and pending[0].count('"') % 2)
            if suspect and quoting != csv.QUOTE_NONE:
                # A quote that was never closed swallows rows up to the next one; strict reading notices that.
                list(csv.reader(pending, delimiter=separator, strict=True))
            yield began, cells, []
            began += len(pending)
            pending.clear()
    except csv.Error as error:
        raise Unreadable(_unclosed(began)) from error


def _unclosed(line: int) -> str:
    return _(
        'The row that begins on line %(line)d opens a quotation mark (") that is never closed. Close it or take it out.'
    ) % {"line": line}


def _separator_of_whole(sample: list[str]) -> tuple[str, int] | None:
    """The separator by which nearly every row of the file has the same number of cells, and how it quotes."""
    best: tuple[float, str, int] | None = None
    for separator in SEPARATORS:
        if not any(separator in line for line in sample):
            continue
        quoting = _quoting(sample, separator)
        # A quote that is never closed hides the rows; they are seen without it, and reading then names the line.
        evenness = max(_evenness(sample, separator, quoting), _evenness(sample, separator, csv.QUOTE_NONE) - 0.1)
        if evenness > 0 and (best is None or evenness > best[0]):
            best = (evenness, separator, quoting)
    return (best[1], best[2]) if best else None


def _split(sample: list[str], separator: str, quoting: int) -> list[list[str]]:
    try:
        reader = csv.reader(sample, delimiter=separator, quoting=quoting)  # type: ignore[arg-type]
        return [row for row in reader if any(map(str.strip, row))]
    except csv.Error:
        return []


def _evenness(sample: list[str], separator: str, quoting: int) -> float:
    """How evenly a separator parts the lines; 0 where it does not."""
    widths = [len(row) for row in _split(sample, separator, quoting)]
    several = [width for width in widths if width > 1]
    if len(several) * 4 < len(widths) * 3 or not several:
        return 0.0
    usual = max(set(several), key=several.count)
    alike = sum(width == usual for width in widths) / len(widths)
    # Commas stand in prose as well, so a table by commas must be more regular than one by tabs.
    if alike < (0.6 if separator == "," else 0.4):
        return 0.0
    return alike * 2 + min(usual, 12) / 12 + (0.2 if separator != "," else 0.0)


def _printed(sample: list[str], separator: str, quoting: int) -> bool:
    """Whether the file is a printed text after all: its header comes again, or prose stands around its rows."""
    rows = _split(sample, separator, quoting)
    alone = [row[0] for row in rows if len(row) == 1]
    if len(alone) >= 2 and any(len(text) > 80 for text in alone):
        return True
    again = [row for row, times in Counter(map(tuple, rows)).items() if times > 1 and len(row) > 1]
    return bool(alone) and any(known_words(row) >= 2 for row in again)


def _quoting(sample: list[str], separator: str) -> int:
    """Whether quotation marks enclose cells, or only stand in them (“"I, the Woman" Association” between tabs)."""
    if separator != "\t":
        return csv.QUOTE_MINIMAL
    marked = [cell for line in sample for cell in line.rstrip("\r\n").split("\t") if cell.startswith('"')]
    inside = sum('"' in cell[1:] and not cell.endswith('"') for cell in marked)
    return csv.QUOTE_NONE if inside * 3 > len(marked) else csv.QUOTE_MINIMAL


def _single_column(sample: list[str]) -> tuple[str, int] | None:
    """A list of names below a header that we know is a table with one column."""
    filled = [line.strip() for line in sample if line.strip()]
    if len(filled) > 1 and known_words(filled[:1]) and all(len(line) <= 200 for line in filled):
        return "\t", csv.QUOTE_NONE
    return None
