"""An export as the importer sees it: one header over all its tables, and a line a filling with its turns."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .filled_columns import OF_TURNS, Known
from .filled_rows import Columns, Filled, FilledReader, Turn
from .reading import Line
from .reading.exports import FILLING, INDEX, KEY, Export, Sheet, open_export, turns_of

_DEEPEST = 6  # repeats inside repeats


class FilledTable:
    """As reading.Table: `header`, `shape` and lines. Columns of repeats stand behind those of the fillings."""

    def __init__(self, path: Path, name: str) -> None:
        self.export: Export = open_export(path, name)
        repeated = [f"{sheet.name}{OF_TURNS}{title}" for sheet in self.export.repeats for title in sheet.header]
        self.header = [*self.export.main.header, *repeated]
        self.shape: dict[str, Any] = {
            "kind": self.export.kind, "header_row": 1, "columns": self.header, "file": name,
            "tables": [sheet.name for sheet in (self.export.main, *self.export.repeats)],
        }  # fmt: skip

    def __iter__(self) -> Iterator[Line]:
        for number, cells in self.export.main.rows():
            yield Line(number, cells)


class Turns:
    """The repeats of an export in memory, and which repeat of the form each of its tables is."""

    def __init__(self, export: Export, mapping: Mapping[str, str], known: Known) -> None:
        self.main = export.main
        self.sheets: list[tuple[Sheet, str, Columns, dict[tuple[str, str], list[tuple[str, list[str]]]]]] = []
        for sheet in export.repeats:
            prefix = f"{sheet.name}{OF_TURNS}"
            columns = Columns(sheet.header, mapping, prefix)
            repeats = Counter(known.repeat_of(path) for _index, path, _part, _title in columns.cells)
            repeats.pop("", None)
            if repeats:
                self.sheets.append((sheet, repeats.most_common(1)[0][0], columns, turns_of(sheet)))
        named = (INDEX, KEY, "instanceid", "meta/instanceid", FILLING)
        self.keys = [at for name in named if (at := self.main.column(name)) is not None]

    def below(self, cells: list[str], reader: FilledReader, problems: list[dict[str, str]]) -> dict[str, list[Turn]]:
        """The turns of a filling, by the path of their repeat."""
        found: dict[str, list[Turn]] = {}
        for at in self.keys:
            for path, turns in self._of(self.main, cells[at], reader, problems, 1).items():
                found.setdefault(path, turns)
        return found

    def _of(
        self, parent: Sheet, key: str, reader: FilledReader, problems: list[dict[str, str]], depth: int
    ) -> dict[str, list[Turn]]:
        found: dict[str, list[Turn]] = {}
        if not key or depth > _DEEPEST:
            return found
        for sheet, path, columns, rows in self.sheets:
            if sheet is parent:
                continue
            mine = rows.get((parent.name, key)) or rows.get(("", key)) or rows.get((parent.name[:31], key)) or []
            for own, cells in mine:
                values = reader.values(columns, cells, problems)
                turn = Turn(values, self._of(sheet, own, reader, problems, depth + 1))
                found.setdefault(path, []).append(turn)
        return found


def filled(line: Line, columns: Columns, turns: Turns, reader: FilledReader) -> Filled:
    """One row of the export with everything below it, as a document."""
    problems: list[dict[str, str]] = []
    top = Turn(reader.values(columns, line.cells, problems), turns.below(line.cells, reader, problems))
    return reader.filled(columns, line.cells, top, problems)
