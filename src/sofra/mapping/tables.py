"""The response table as pages and downloads show it: narrowed to what was asked, in the same order."""

from collections.abc import Iterable, Sequence
from typing import Any

from sofra.ground.text import fold

from . import queries
from .queries import Row


def counties_of(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The counties of the table, for its filter; those of which it is not known stand last."""
    known = {row.county: row.county_name for row in rows}
    last = (queries.SEVERAL, queries.WHOLE, queries.UNKNOWN)
    return sorted(known.items(), key=lambda one: (one[0] in last, fold(one[1])))


def narrowed(rows: Sequence[Row], asked: dict[str, Any]) -> list[Row]:
    """The rows that fit what was asked: steps are alternatives, a name is found without its marks."""
    name = fold(str(asked.get("q", "")))
    steps, county, kind = asked.get("step") or (), asked.get("county", ""), asked.get("kind", "")
    return [
        row
        for row in rows
        if (not name or name in fold(row.invitation.name))
        and (not steps or row.step in steps)
        and (not county or row.county == county)
        and (not kind or row.kind == kind)
    ]
