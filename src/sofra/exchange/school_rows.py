"""A row of a list of schools: an organisation of kind school, with its unit, its education office and its address."""

from collections.abc import Callable, Sequence
from typing import Any

from sofra.activities.reading_cells import says_nothing

from .problems import problem
from .reading import Line
from .rows import Reading, Resolved, RowReader

EXTRA = ("unit", "office", "address")


class SchoolReader(RowReader):
    """As RowReader. `unit_of` gives the code of a municipality's unit by its name; "" where there is none."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: dict[str, str],
        *,
        resolve: Callable[[str], Resolved],
        unit_of: Callable[[str, str], str],
        places: dict[str, list[str]] | None = None,
    ) -> None:
        plain = {title: "" if field in EXTRA else field for title, field in mapping.items()}
        super().__init__(header, plain, resolve=resolve, places=places)
        self.extra = [(i, title, mapping[title]) for i, title in enumerate(header) if mapping.get(title) in EXTRA]
        self._unit_of = unit_of

    def read(self, line: Line) -> tuple[Reading, list[dict[str, str]], str]:
        reading, problems, asks = super().read(line)
        reading["kind"] = "school"
        cells = ((field, line.cells[index]) for index, _title, field in self.extra)
        said = {field: cell for field, cell in cells if not says_nothing(cell)}
        if said:
            reading["school"] = said
        if "address" in said:
            reading["facts"].append(["contact", said["address"][:500], "", {}])
        seat = next((place for place in reading.get("places", ()) if place["field"] == "seat"), None)
        if seat is None:
            problems.append(problem("school-place"))
        elif "unit" in said and len(seat["codes"]) == 1:
            self._keep_unit(seat, said["unit"], problems)
        return reading, problems, asks

    def _keep_unit(self, seat: dict[str, Any], unit: str, problems: list[dict[str, str]]) -> None:
        code = self._unit_of(seat["codes"][0], unit)
        if code:
            seat["codes"], seat["text"] = [code], f"{unit}, {seat['text']}"
        else:
            column = next((title for _index, title, field in self.extra if field == "unit"), "")
            problems.append(problem("unit-unread", column, unit))


def place_of(reading: Reading) -> str:
    """The code of the municipality or unit that a school surely lies in; "" where it is not known."""
    seats = [place for place in reading.get("places", ()) if place["field"] == "seat" and place["sure"]]
    return seats[0]["codes"][0] if seats and len(seats[0]["codes"]) == 1 else ""
