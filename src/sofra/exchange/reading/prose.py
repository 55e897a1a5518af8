"""A table that stands among the prose of a text file, as a report's annex does.

The separator and the header are found together: the header is a line whose cells read like headers (or whose
number of cells the following lines keep). A line is a row while it has as many separators as the header; lines
between rows (page numbers, a repeated header, blank ones) are passed over, and prose after the last row ends it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sofra.exchange.columns import known_words, suggest_field

from .headers import check_columns
from .table import Note, RawLine, clean

_FARTHEST = 15  # lines that are no rows, between two rows of one table
_PARTERS: dict[str, re.Pattern[str]] = {
    "tab": re.compile(r"\t"),
    "vertical bar": re.compile(r"\|"),
    "semicolon": re.compile(r";"),
    "two or more spaces": re.compile(r" {2,}"),
    "comma": re.compile(r","),
}
_RULE = re.compile(r"^[\s|:+=\-_]{3,}$")
_NUMBER = re.compile(r"^\(?\d{1,6}[.)]?$")


@dataclass(frozen=True)
class Found:
    shape: dict[str, Any]
    header: list[str]
    lines: list[RawLine]

    def rows(self) -> Iterator[RawLine]:
        for number, cells, notes in self.lines:
            yield number, list(cells), list(notes)


@dataclass
class _Candidate:
    separator: str
    at: int
    header: list[str]
    rows: list[RawLine]
    passed: int
    score: float


def find_table(lines: Sequence[str]) -> Found | None:
    """The best table among the lines, or None. The whole text must fit in memory (see texts.PROSE_UP_TO)."""
    best: _Candidate | None = None
    for separator, parter in _PARTERS.items():
        tried: set[tuple[str, ...]] = set()
        for at, line in enumerate(lines):
            if not parter.search(line):
                continue
            header = _cells(line, separator, parter)
            if len(header) < 2 or tuple(header) in tried or not _may_head(header, separator):
                continue
            tried.add(tuple(header))
            found = _follow(lines, at, header, separator, parter)
            if found is not None and (best is None or found.score > best.score):
                best = found
            if len(tried) > 200:
                break
    if best is None:
        return None
    check_columns(len(best.header))
    last = best.rows[-1][0]
    return Found(
        {
            "kind": "text with a table",
            "separator": best.separator,
            "header_row": best.at + 1,
            "rows_above": sum(bool(line.strip()) for line in lines[: best.at]),
            "rows_below": sum(bool(line.strip()) for line in lines[last:]),
            "passed_over": best.passed,
            "last_row": last,
        },
        best.header,
        best.rows,
    )


def _cells(line: str, separator: str, parter: re.Pattern[str]) -> list[str]:
    text = line.rstrip("\r\n")
    if separator == "vertical bar":
        text = text.strip().removeprefix("|").removesuffix("|")
    if separator == "two or more spaces":
        text = text.strip()
    return [_unquoted(clean(cell)) for cell in parter.split(text)]


def _unquoted(cell: str) -> str:
    """A cell without the marks that enclose the whole of it; marks around a part of a name stay."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', ""):
        return cell[1:-1].replace('""', '"')
    return cell


def _may_head(header: list[str], separator: str) -> bool:
    filled = [cell for cell in header if cell]
    if len(filled) < 2 or any(len(cell) > 80 for cell in filled) or any(_NUMBER.match(cell) for cell in filled):
        return False
    words = known_words(filled)
    # Commas, and gaps made of blanks, are everywhere in prose: there the header must be known.
    if separator in {"comma", "two or more spaces", "semicolon"}:
        return words >= 2 and any(suggest_field(cell).startswith("name") for cell in filled)
    return words >= 2 or (words >= 1 and len(filled) >= 3)


def _follow(
    lines: Sequence[str], at: int, header: list[str], separator: str, parter: re.Pattern[str]
) -> _Candidate | None:
    """The rows below a header."""
    width = len(header)
    loose = separator in {"tab", "vertical bar"} and width > 2
    rows: list[RawLine] = []
    gap = passed = passed_in_gap = 0
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if not line.strip() or _RULE.match(line):
            continue
        cells = _cells(line, separator, parter)
        if cells == header:
            gap = 0
            passed, passed_in_gap = passed + passed_in_gap, 0
            continue
        fits = len(cells) == width or (loose and width - 2 <= len(cells) <= width + 2)
        if fits and len(cells) > 1 and any(cells):
            rows.append((index + 1, cells, list[Note]()))
            gap = 0
            passed, passed_in_gap = passed + passed_in_gap, 0
            continue
        gap += 1
        passed_in_gap += 1
        if gap > _FARTHEST:
            break
    if not rows:
        return None
    even = sum(len(cells) == width for _number, cells, _notes in rows)
    score = known_words(header) * 3 + even * min(width, 8) / 4 - 0.5 * passed
    return _Candidate(separator, at, header, rows, passed, score)
