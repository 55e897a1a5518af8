"""A table that was pasted: split into cells, read, looked over, and written as one batch; nothing half-written.

What a person typed stays with that person (models.Unsaved) from the first look to the last: the text, which column is
what, what was mended, and which rows are left out.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.organisations.models import Organisation
from sofra.organisations.queries import level_at
from sofra.places import queries as places
from sofra.places.resolving import Resolution

from . import columns, services, table_forms
from .copying import Key, keys_there
from .forms import find_organisation
from .models import Batch, Project, Unsaved
from .queries import projects_open_to
from .reading_rows import Problem, Read, RowReader, keys_of, read_rows
from .unsaved import keep_unsaved

MOST_ROWS, MOST_LETTERS, MOST_COLUMNS = 20_000, 5_000_000, 60
SHOWN = 30  # rows to be mended at a time
USUAL = ("title", "place", "when", "audience", "kind", "reached", "status", "about")  # where there is no header


@dataclass(frozen=True)
class Table:
    """Rows as they were pasted, each with its number as a spreadsheet counts; `headed`: the first was a header."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    headed: bool


def split_table(text: str) -> Table:
    """Rows and cells: parted by tabs as a spreadsheet copies them, else by semicolons or commas.

    Raises ValidationError with a sentence for what is too long or no table.
    """
    if len(text) > MOST_LETTERS:
        raise ValidationError(_("That is more than 5 million letters. Paste a part, or send the file to the importer."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\ufeff")
    lines = [line for line in text.split("\n", 40)[:40] if line.strip()]
    if not lines:
        raise ValidationError(_("Paste the rows of your table into the box."))
    sign = next((s for s in "\t;," if sum(s in line for line in lines) * 2 > len(lines)), "\t")
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=sign))
    except csv.Error:
        found = [line.split(sign) for line in text.split("\n")]
    rows = [(number, [_clean(cell) for cell in cells]) for number, cells in enumerate(found, start=1)]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    return _checked(rows)


def _clean(cell: str) -> str:
    return (
        " ".join(cell.split()) if "\n" not in cell else "\n".join(" ".join(line.split()) for line in cell.split("\n"))
    )


def _checked(rows: list[tuple[int, list[str]]]) -> Table:
    headed = columns.known_words(rows[0][1]) >= min(2, len(rows[0][1]))
    width = max(len(cells) for _number, cells in rows)
    if width > MOST_COLUMNS:
        raise ValidationError(
            _("The table has %(found)s columns; at most %(most)s are read. Leave out those that are not needed.")
            % {"found": width, "most": MOST_COLUMNS}
        )
    header = [*rows[0][1], *[""] * (width - len(rows[0][1]))] if headed else [""] * width
    body = rows[1:] if headed else rows
    if len(body) > MOST_ROWS:
        raise ValidationError(
            _("The table has %(found)s rows; at most %(most)s are taken at once. Paste a part, or send the file to the"
              " importer.") % {"found": len(body), "most": MOST_ROWS}
        )  # fmt: skip
    if not body:
        raise ValidationError(_("There is only a header. Paste the rows below it as well."))
    return Table(_apart(header), body, headed)


def _apart(header: Sequence[str]) -> list[str]:
    """Headers that differ: a nameless column has its number, the second of a name its number too."""
    named: list[str] = []
    for number, raw in enumerate(header, start=1):
        name = raw[:80] or _("column %(number)s") % {"number": number}
        named.append(f"{name} ({number})" if name in named else name)
    return named


def suggested(table: Table) -> list[str]:
    """Which field each column most likely is."""
    if not table.headed:
        return [*USUAL, *[columns.LEFT_OUT] * len(table.header)][: len(table.header)]
    return list(columns.suggest(table.header).values())


# — looked over ————————————————————————————————————————————————————————————————————————————————————————————


@dataclass
class Preview:
    """A pasted table as it was read.

    `wrong` are the rows to be mended or left out, `twins` what is there already, `places` the words for places that
    stand in several rows and are not clear, each with its rows, `taken` the words of which the likely place was taken.
    """

    table: Table
    mapping: list[str]
    reads: list[Read]
    wrong: list[Read]
    twins: set[int]
    left: set[int]
    notes: int
    places: dict[str, list[int]]
    taken: dict[str, list[str]]
    cells: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def right(self) -> list[Read]:
        """The rows that can be written as they stand."""
        wrong = {one.number for one in self.wrong}
        return [one for one in self.reads if one.number not in wrong and one.number not in self.left]


def look_over(typed: dict[str, Any], *, owner: Organisation, by: User) -> Preview:
    """Read a pasted table with all that its person has said of it since, as far as that person may see the hub."""
    table = split_table(typed["text"])
    mapping = _mapping(table, typed.get("mapping"))
    mended = {int(number): cells for number, cells in typed.get("mends", {}).items()}
    extra = sorted({name for cells in mended.values() for name in cells if name not in mapping})
    header, fields = [*table.header, *extra], [*mapping, *extra]
    at = {name: index for index, name in reversed(list(enumerate(fields))) if name}
    said_of_places = typed.get("places", {})
    rows = [(number, _mend(cells, fields, at, mended.get(number, {}), said_of_places)) for number, cells in table.rows]
    found, taken = _places([cells[i] for _n, cells in rows for i, name in enumerate(fields) if name == "place"])
    reader = _reader(header, fields, found, owner, by)
    reads = list(read_rows(reader, rows))
    left, sure, kept = (set(typed.get(name, ())) for name in ("left", "sure", "kept"))
    _waive(reads, sure, kept)
    _look_up(reads)
    wrong = [one for one in reads if (one.is_bad or one.asks) and one.number not in left]
    cells = {number: {name: row[index] for name, index in at.items()} for number, row in rows}
    notes = sum(1 for one in reads for problem in one.problems if problem.weight == "note")
    twins = _twins(reads, left, keys_there(owner, level_at(by, owner)))
    return Preview(table, mapping, reads, wrong, twins, left, notes, _unclear(wrong), taken, cells)


def _reader(header: list[str], fields: list[str], found: Any, owner: Organisation, by: User) -> RowReader:
    level = level_of(by)
    open_to = projects_open_to(owner, level, level_at(by, owner))
    reader = RowReader(
        [],
        {},
        resolve=lambda text: found.get(text) or Resolution(text),
        organisations=lambda name: _organisation(name, level),
        projects=lambda name: _project(name, open_to),
        owner=owner.code,
        country=settings.COUNTRY,
        today=timezone.localdate(),
    )
    reader.columns = [(index, header[index], name) for index, name in enumerate(fields) if name]
    return reader


def _unclear(wrong: list[Read]) -> dict[str, list[int]]:
    """Words for places that are not clear and stand in several rows: they are asked about once for all of them."""
    found: dict[str, list[int]] = {}
    for one in wrong:
        for problem in one.problems:
            if problem.code in {"place-ask", "place-unread"}:
                found.setdefault(problem.value, []).append(one.number)
    return {text: numbers for text, numbers in found.items() if len(numbers) > 1}


def _mapping(table: Table, chosen: list[str] | None) -> list[str]:
    if chosen is None or len(chosen) != len(table.header):
        return suggested(table)
    return [name if name in columns.TARGETS else columns.LEFT_OUT for name in chosen]


def _mend(
    cells: list[str], fields: list[str], at: dict[str, int], mended: dict[str, str], places: dict[str, str]
) -> list[str]:
    row = [*cells, *[""] * (len(fields) - len(cells))]
    if places:
        row = [places.get(cell, cell) if name == "place" else cell for name, cell in zip(fields, row, strict=True)]
    for name, text in mended.items():
        row[at[name]] = text
    return row


_CODED = re.compile(r"\([A-Z]{2}[\w-]*\)")


def _places(texts: list[str]) -> tuple[dict[str, Resolution], dict[str, list[str]]]:
    """How the words for places are read, and of which the likely place was taken though they are not sure.

    As a person confirmed them, else as the resolver reads them; a code in brackets says which place is meant.
    """
    read = places.read_places([text for text in set(texts) if text], settings.COUNTRY)
    likely: dict[str, list[str]] = {}
    for text, resolution in list(read.items()):
        if _CODED.search(text):
            try:
                codes, _words, whole = table_forms.read_places(text)
            except ValidationError:
                continue
            read[text] = Resolution(text, [settings.COUNTRY] if whole else codes, sure=True)
        elif not resolution.sure and (codes := table_forms.taken(resolution)):
            likely[text] = codes
            read[text] = Resolution(text, codes, sure=True)
    return read, likely


def _organisation(name: str, level: int) -> list[str]:
    found = find_organisation(name[:250], level)
    return [found.code] if found else []


def _project(name: str, open_to: QuerySet[Project]) -> list[str]:
    return [one.code for one in open_to if name == one.code or fold(name) == fold(one.title)]


def _waive(reads: list[Read], sure: set[int], kept: set[str]) -> None:
    """A person said that these rows are right as they stand, that these words for a place stay words.

    Questions are answered so, faults are not.
    """
    for read in reads:
        if read.number in sure:
            read.problems = [one for one in read.problems if one.weight != "ask"]
        elif kept:
            asked = {"place-ask", "place-unread"}
            read.problems = [one for one in read.problems if one.code not in asked or one.value not in kept]


def _look_up(reads: list[Read]) -> None:
    """What only the registry knows: a place that ended."""
    able = [read for read in reads if not read.is_bad]
    for read, wrong in zip(able, services.problems_of([one.draft for one in able], checked=True), strict=True):
        for name, sentences in wrong.items():
            read.problems.append(Problem("check", "place" if name == "places" else name, read=" ".join(sentences)))


def _twins(reads: list[Read], left: set[int], there: Iterable[Key]) -> set[int]:
    """The rows that say what is there already, or what a row above says: same title, beginning and places."""
    seen, twins = set(there), set()
    for read in reads:
        if read.number in left:
            continue
        key = keys_of(read.draft)
        if key in seen:
            twins.add(read.number)
        seen.add(key)
    return twins


# — written ————————————————————————————————————————————————————————————————————————————————————————————————


class NotYet(Exception):
    """Some rows still need a person's word; nothing was written."""


@transaction.atomic
def write_paste(
    kept: Unsaved, *, owner: Organisation, by: User, publish: bool, again: bool
) -> tuple[Batch | None, int]:
    """Write every row that is right as one batch. Returns it and how many. A second call finds nothing to do.

    `again` writes the rows that are there already too. Raises NotYet while rows are neither mended nor left out.
    """
    found = Unsaved.objects.select_for_update().filter(pk=kept.pk).first()
    if found is None:
        return None, 0
    preview = look_over(found.typed, owner=owner, by=by)
    if preview.wrong:
        raise NotYet
    drafts = [one.draft for one in preview.right if again or one.number not in preview.twins]
    found.delete()
    if not drafts:
        return None, 0
    note = _("a pasted table of %(number)s rows") % {"number": len(drafts)}
    batch = services.open_batch(kind=Batch.Kind.PASTE, by=by, owner=owner, note=note)
    services.add_many(drafts, by=by, batch=batch, publish=publish)
    record(what="activities.pasted", about=owner.code, by=by, activities=len(drafts), batch=batch.pk, published=publish)
    return batch, len(drafts)


def keep_paste(typed: dict[str, Any], *, owner: Organisation, by: User) -> Unsaved:
    return keep_unsaved(by=by, owner=owner, typed=typed, what=Unsaved.What.PASTE)
