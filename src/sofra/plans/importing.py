"""Readings from a table (CSV, XLSX, or pasted): every row is read before one is kept; what is wrong is told by row."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.text import fold

from . import measuring, queries, rules
from .models import Indicator, Plan, Reading

MOST_ROWS, MOST_BYTES, MOST_TOLD = 20_000, 8_000_000, 100
NAMES: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "treguesi", "tregues", "code", "kodi"),
    "period": ("period", "periudha"),
    "value": ("value", "vlera"),
    "numerator": ("numerator", "numeruesi"),
    "denominator": ("denominator", "emeruesi"),
    "why_unknown": ("why not known", "pse nuk dihet"),
    "source": ("source", "burimi"),
    "note": ("note", "shenim"),
}


@dataclass
class Checked:
    """What a table holds: readings that can be kept, or sentences of rows that cannot; then nothing is kept."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rows: int = 0


def rows_of(content: bytes, name: str) -> list[list[str]]:
    """Raises ValidationError for what is no table."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The table is too large: take it apart, at most 8 MB each."))
    if name.lower().endswith((".xlsx", ".ods", ".xls")):
        try:
            sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            found = [[_cell(cell) for cell in row] for row in sheet.to_python()]
        except Exception:
            raise ValidationError(_("This file cannot be read as a table: save it again as XLSX or CSV.")) from None
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1250", "replace")
        found = pasted(text)
    if len(found) > MOST_ROWS + 1:
        raise ValidationError(_("The table has more than %(most)s rows: take it apart.") % {"most": MOST_ROWS})
    return found


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def pasted(text: str) -> list[list[str]]:
    """Cells of a table as it is copied from a sheet, or of CSV."""
    head = text.split("\n", 1)[0]
    mark = max("\t;,", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error as problem:
        raise ValidationError(_("This is no table: a cell of it has no end.")) from problem
    return [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]


def checked(plan: Plan, rows: Sequence[Sequence[str]], *, by: User | None) -> Checked:
    """Raises ValidationError where the columns are not there at all."""
    if not rows:
        raise ValidationError(_("The table is empty."))
    columns = _columns(rows[0])
    for needed in ("indicator", "period"):
        if needed not in columns:
            raise ValidationError(
                _(
                    "The first row names the columns: “indicator” and “period” are needed, then “value”, or"
                    " “numerator” and “denominator”, and “source”."
                )
            )
    known = {one.code: one for one in Indicator.objects.filter(plan=plan).select_related("plan")}
    locks = list(queries.locks(plan).values_list("period", flat=True))
    made, told = Checked(rows=len(rows) - 1), set[tuple[int, str]]()
    for number, row in enumerate(rows[1:], start=2):
        said = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        try:
            reading = _read(said, known, locks, by)
            if (key := (reading.indicator_id, reading.period)) in told:
                raise ValidationError(_("this indicator stands twice for the same period."))
            told.add(key)
            made.readings.append(reading)
        except ValidationError as problem:
            if len(made.problems) < MOST_TOLD:
                made.problems.append(_("Row %(n)s: %(words)s") % {"n": number, "words": " ".join(problem.messages)})
    return made


def _columns(head: Sequence[str]) -> dict[str, int]:
    folded = [fold(cell) for cell in head]
    return {name: folded.index(word) for name, words in NAMES.items() for word in words if word in folded}


def _read(said: dict[str, str], known: dict[str, Indicator], locks: Sequence[str], by: User | None) -> Reading:
    indicator = known.get(said["indicator"])
    if indicator is None:
        raise ValidationError(
            _("no indicator of this plan has the code “%(code)s”.") % {"code": said["indicator"][:60]}
        )
    period = rules.read_period(said["period"])
    if lock := next((one for one in locks if rules.holds(one, period)), ""):
        raise ValidationError(_("the period %(period)s is closed.") % {"period": lock})
    numbers = {name: _number(said.get(name, "")) for name in ("value", "numerator", "denominator")}
    if indicator.scale == Indicator.Scale.SHARE:
        rules.check_share(numbers["numerator"], numbers["denominator"])
        numbers["value"] = rules.share(numbers["numerator"], numbers["denominator"])
    why, source = said.get("why_unknown", "")[:300], said.get("source", "")[:300]
    measuring.check_value(indicator, numbers["value"], why, source)
    return Reading(
        indicator=indicator,
        period=period,
        why_unknown=why,
        source=source,
        note=said.get("note", ""),
        by=by,
        state=Reading.State.SUBMITTED,
        **numbers,
    )


def _number(typed: str) -> Any:
    if not typed:
        return None
    if (number := rules.read_number(typed)) is None:
        raise ValidationError(_("“%(typed)s” is no number.") % {"typed": typed[:30]})
    return number
