"""Readings from a table (CSV, XLSX, or pasted): every row is read before one is kept; what is wrong is told by row.

A column "sex: women" holds how many of the value were women: any heading of two words with a colon between them is a
part. Parts need not add up to the value.
"""

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
    "complete": ("complete", "i plote", "e plote"),
    "note": ("note", "shenim"),
}
YES_NO = {"": None, "yes": True, "po": True, "1": True, "no": False, "jo": False, "0": False}
Column = tuple[int, str, str]  # where a part stands, of what it is, which it is


@dataclass
class Checked:
    """What a table holds: readings with their parts, or sentences of rows that cannot be kept; then none is.

    `there`: rows that say what was handed in or approved already; they are left out.
    """

    readings: list[tuple[Reading, list[measuring.Part]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rows: int = 0
    wrong: int = 0
    there: int = 0


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
        found = pasted(_text(content))
    if len(found) > MOST_ROWS + 1:
        raise ValidationError(_("The table has more than %(most)s rows: take it apart.") % {"most": MOST_ROWS})
    return found


def _text(content: bytes) -> str:
    """The letters of a file: as UTF-8, as Excel writes "Unicode text", or as Windows of Central Europe wrote them."""
    names = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1250")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValidationError(_("The letters of this file cannot be read: save it again as “CSV UTF-8”, or as XLSX."))


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
    parts = _parts(rows[0])
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
            made.readings.append((reading, _read_parts(row, parts)))
        except ValidationError as problem:
            made.wrong += 1
            if len(made.problems) < MOST_TOLD:
                made.problems.append(_("Row %(n)s: %(words)s") % {"n": number, "words": " ".join(problem.messages)})
    there = queries.waiting_or_approved(plan, {one.period for one, _parts in made.readings})
    fresh = [(one, some) for one, some in made.readings if queries.as_read(one) not in there]
    made.there = len(made.readings) - len(fresh)
    made.readings = fresh
    return made


def _parts(head: Sequence[str]) -> list[Column]:
    """The columns of parts. Raises ValidationError for one that is too long, or that stands twice."""
    found: dict[tuple[str, str], int] = {}
    for at, cell in enumerate(head):
        which, colon, key = (word.strip() for word in cell.partition(":"))
        if not (colon and which and key):
            continue
        if len(which) > 20 or len(key) > 40:
            raise ValidationError(
                _("Shorten the heading “%(head)s”: at most 20 letters, a colon, at most 40.") % {"head": cell[:80]}
            )
        if (which, key) in found:
            raise ValidationError(_("The heading “%(head)s” stands twice.") % {"head": cell[:80]})
        found[which, key] = at
    return [(at, which, key) for (which, key), at in found.items()]


def _read_parts(row: Sequence[str], columns: Sequence[Column]) -> list[measuring.Part]:
    found = []
    for at, which, key in columns:
        value = _number(row[at].strip()) if at < len(row) else None
        if value is not None and value < 0:
            raise ValidationError(_("“%(which)s: %(key)s” is 0 or more.") % {"which": which, "key": key})
        if value is not None:
            found.append((which, key, value))
    return found


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
    complete = fold(said.get("complete", ""))
    if complete not in YES_NO:
        raise ValidationError(_("“complete” is yes, no or empty."))
    measuring.check_value(indicator, numbers["value"], why, source)
    return Reading(
        indicator=indicator,
        period=period,
        why_unknown=why,
        source=source,
        note=said.get("note", "")[:2000],
        complete=YES_NO[complete],
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
