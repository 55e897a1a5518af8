"""The first half of an import: read every row, look for its twin in the registry, and stage what was found.

Rows are staged in batches, so memory does not grow with the file (but with the registry, which the matcher keeps as
records). Nothing outside the import's own rows is touched.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from sofra.ground.bulk import insert_rows
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations import vocabulary
from sofra.organisations.duplicates import registry_records
from sofra.organisations.matching import Record, find_twins
from sofra.organisations.models import Change, Fact, Organisation
from sofra.places.models import Reading as PlaceReading

from . import storing
from .filled_tables import FilledTable
from .models import Import, ImportRow, What
from .problems import problem, weight
from .reading import Line, Table, Unreadable, open_table
from .rows import Reading, RowReader, facts_of, source_of
from .running import Progress

BATCH = 2_000
LARGE_BATCH = 20_000  # against a large registry, as the matcher indexes it anew for each batch
SURE = 0.9  # with the same name as well: taken as the same body without asking
DOUBTFUL = 0.5  # from here on a person is asked
_MOST_TWINS = 3
Verdict = ImportRow.Verdict
Says = dict[int, set[tuple[str, str]]]


@dataclass
class Checked:
    """One row on its way into the staging table."""

    line: Line
    reading: Reading
    problems: list[dict[str, str]]
    asks: list[str]
    verdict: str = Verdict.NEW
    twin: int | None = None
    probability: float | None = None
    same_row: int | None = None
    activity: int | None = None


class Said:
    """What the rows of a file have said so far, as numbers in order: twelve bytes each, so that memory stays flat."""

    def __init__(self) -> None:
        self._said, self._rows = np.zeros(0, np.int64), np.zeros(0, np.int32)

    def first(self, said: Sequence[int], rows: Sequence[int]) -> list[int]:
        """Of each thing that these rows say, the number of the row that said it first: their own, or an earlier one."""
        new = np.array(said, np.int64)
        every = np.concatenate((self._rows, np.array(rows, np.int32)))
        self._said, at = np.unique(np.concatenate((self._said, new)), return_index=True)
        self._rows = every[at]
        return self._rows[np.searchsorted(self._said, new)].tolist()


@dataclass
class Seen:
    """Whole rows by their keys, and names."""

    keys: Said = field(default_factory=Said)
    names: Said = field(default_factory=Said)


def table_of(imported: Import) -> Table | FilledTable:
    options = imported.options
    if imported.what == What.ANSWERS:
        return FilledTable(storing.path_of(imported.stored), imported.file_name)
    return open_table(
        storing.path_of(imported.stored),
        imported.file_name,
        sheet=options.get("sheet", ""),
        encoding=options.get("encoding", ""),
    )


class Checker(Protocol):
    """Reads and weighs the rows of one file, `portion` of them at a time."""

    portion: int

    def check(self, lines: Sequence[Line]) -> list[Checked]: ...


def check_rows(imported: Import, progress: Progress, checker_of: Callable[[Import, Any], Checker]) -> int:
    """Stage every row of the file. Returns their number. Raises `Unreadable` where the file turns out to be bad."""
    storing.check_room(imported.size)
    table = table_of(imported)
    if missing := [title for title in imported.mapping if title not in table.header]:
        raise Unreadable(
            _("The file has no column “%(title)s” any more. Map its columns again.") % {"title": missing[0]}
        )
    newest = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    Import.objects.filter(pk=imported.pk).update(seen_change=newest)
    checker = checker_of(imported, table)
    done, expected = 0, table.shape.get("rows_about")
    lines = iter(table)
    while batch := list(islice(lines, checker.portion)):
        checked = checker.check(batch)
        with transaction.atomic():
            insert_rows(ImportRow, _COLUMNS, [_staged(imported, row) for row in checked])
        done += len(batch)
        progress.tell(done, max(done, expected) if expected else None, "checking")
    if not done:
        raise Unreadable(_("There is a header, but no row below it. Choose the file that holds the rows."))
    return done


class OrganisationChecker:
    """Rows of organisations: read into facts, with their twins in the registry and in the file."""

    def __init__(self, imported: Import, table: Table) -> None:
        self.imported = imported
        self.reader = self.make_reader(table.header)
        self.registry = registry_records()
        self.row_word = row_word()
        self.seen = Seen()
        self.portion = LARGE_BATCH if len(self.registry) > LARGE_BATCH else BATCH

    def make_reader(self, header: Sequence[str]) -> RowReader:
        return RowReader(header, self.imported.mapping, resolve=resolver(), places=confirmed_places(self.imported))

    def may_be(self, row: Checked, code: str) -> bool:
        """Whether a row and a record that are called alike can be one body at all."""
        return True

    def called(self, row: Checked, name: str) -> str:
        """By what two rows of a file are taken for one body, unless a person says otherwise."""
        return fold(name)

    def check(self, lines: Sequence[Line]) -> list[Checked]:
        checked = [_read(self.reader, line, self.imported.source, self.row_word) for line in lines]
        _find_twins(checked, self.registry, self.imported, self.may_be)
        compare_with_file(checked, self.seen, self.called)
        for row in checked:
            row.verdict = verdict_of(row)
        return checked


def row_word() -> str:
    """The word for "row" in sources, in the language of the hub."""
    with override(settings.LANGUAGE_CODE):
        return _("row")


def resolver() -> Callable[[str], Any]:
    from sofra.places.resolving import resolve

    return lambda text: resolve(text, country=settings.COUNTRY)


def confirmed_places(imported: Import) -> dict[str, list[str]]:
    """How people read texts before: confirmed readings, and those that were given with this file."""
    confirmed = dict(PlaceReading.objects.values_list("folded", "codes"))
    given = imported.options.get("places", {})
    return confirmed | {fold(text): list(codes) for text, codes in given.items()}


def _read(reader: RowReader, line: Line, source: str, row_word: str) -> Checked:
    reading, problems, asks = reader.read(line)
    reading["source"] = source_of(reading, line.number, source, row_word)
    return Checked(line, reading, problems, asks.split(",") if asks else [])


def verdict_of(row: Checked) -> str:
    """What will become of a row as it stands."""
    if any(weight(found) == "bad" for found in row.problems):
        return Verdict.BAD
    if any(found["code"] == "row-again" for found in row.problems):
        return Verdict.SKIP
    if row.verdict == Verdict.SAME:
        return Verdict.SAME
    return Verdict.ASK if row.asks else row.verdict


# — twins in the registry ———————————————————————————————————————————————————————————————————————————————


def _find_twins(
    rows: Sequence[Checked], registry: Sequence[Record], imported: Import, may_be: Callable[[Checked, str], bool]
) -> None:
    before = imported_before([row.reading["key"] for row in rows], imported.pk)
    open_rows = []
    for row in rows:
        if (pk := before.get(row.reading["key"])) is not None and row.reading["names"]:
            row.verdict, row.twin, row.probability, row.asks = Verdict.SAME, pk, 1.0, []
            row.problems = [problem("imported-before")]
        elif row.reading["names"]:
            open_rows.append(row)
    if not registry or not open_rows:
        return
    by_number = {str(row.line.number): row for row in open_rows}
    found: dict[str, list[tuple[float, str, tuple[str, ...]]]] = {}
    for pair in find_twins([record_of(row.reading, key) for key, row in by_number.items()], registry, floor=DOUBTFUL):
        if may_be(by_number[pair.a], pair.b):
            found.setdefault(pair.a, []).append((pair.probability, pair.b, tuple(pair.reasons)))
    if found:
        _weigh(by_number, found)


def record_of(reading: Reading, key: str) -> Record:
    places = [p for p in reading.get("places", ()) if p["sure"]]
    codes = next((p["codes"] for p in places if p["field"] == "seat"), places[0]["codes"] if places else [])
    return Record(
        id=key,
        names=tuple(name for name, _language in reading["names"]),
        place=codes[0] if len(codes) == 1 else "",
        website=next((value for name, value, _l, _d in reading["facts"] if name == "website"), ""),
        acronym=next(iter(reading.get("acronyms", ())), ""),
    )


def imported_before(keys: Sequence[int], but: int) -> dict[int, int]:
    """Key of a row -> the organisation that the same row led to in an import that stands."""
    found: dict[int, int] = {}
    for start in range(0, len(keys), 500):
        rows = ImportRow.objects.filter(
            key__in=keys[start : start + 500],
            imported__state=Import.State.DONE,
            organisation__isnull=False,
            organisation__ended_in=None,
        ).exclude(imported=but)
        for key, pk, joined in rows.values_list("key", "organisation", "organisation__joined_to"):
            if key is not None and pk is not None:
                found[key] = joined or pk
    return found


def _weigh(by_number: dict[str, Checked], found: dict[str, list[tuple[float, str, tuple[str, ...]]]]) -> None:
    codes = {code for pairs in found.values() for _p, code, _r in pairs}
    known = _organisations(codes)
    numbers = {pk for pk, _name in known.values()}
    says = open_values(numbers)
    for number, pairs in found.items():
        row = by_number[number]
        pairs = sorted((pair for pair in pairs if pair[1] in known), reverse=True)[:_MOST_TWINS]
        if not pairs:
            continue
        probability, code, _reasons = pairs[0]
        pk, name = known[code]
        row.twin, row.probability = pk, probability
        row.reading["twins"] = [[c, known[c][1], round(p, 3), list(reasons)] for p, c, reasons in pairs]
        alone = len(pairs) == 1 or pairs[1][0] < SURE
        names = {value for field_, value in says.get(pk, ()) if field_ == "name"}
        same_name = any(name.casefold().strip() in names for name, _l in row.reading["names"])
        if probability >= SURE and alone and same_name:
            settle_same(row, says.get(pk, set()))
        else:
            row.asks.append("twin")
            row.problems.append(problem("twin-ask", "", row.reading["names"][0][0], read=f"{name} ({code})"))


def settle_same(row: Checked, says: set[tuple[str, str]]) -> None:
    """The row is about this record: does it say anything new, and anything else than the record?"""
    news, differing = compare(row.reading, says)
    row.verdict = Verdict.UPDATE if news else Verdict.SAME
    if not news:
        row.asks = []
        row.problems = [found for found in row.problems if weight(found) != "ask"]
    row.problems += [problem("differs", field_, value, read=stands) for field_, value, stands in differing]


def compare(reading: Reading, says: set[tuple[str, str]]) -> tuple[int, list[tuple[str, str, str]]]:
    """How many facts of a row the record lacks; and the fields of one value in which it says something else."""
    single = {field_: value for field_, value in says if not vocabulary.FIELDS[field_].many}
    news, differing = 0, []
    for fact in facts_of(reading, ""):
        value = sameness(fact.value, fact.detail)
        if (fact.field, value) in says:
            continue
        if fact.field in single:
            if single[fact.field] not in {"unknown", ""}:
                differing.append((fact.field, fact.value, single[fact.field]))
            continue
        news += 1
    return news, differing


def sameness(value: str, detail: dict[str, Any]) -> str:
    """What makes two facts of a field the same; the services of organisations compare alike."""
    return value.casefold().strip() or str(detail.get("text", "")).casefold().strip()


def _organisations(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    wanted = sorted(codes)
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(wanted), 500):
        rows = Organisation.objects.filter(
            code__in=wanted[start : start + 500], ended_in=None, visible_to__lte=Visibility.MEMBERS
        )
        found.update({code: (pk, name) for pk, code, name in rows.values_list("id", "code", "name")})
    return found


def open_values(numbers: Iterable[int]) -> Says:
    wanted = sorted(numbers)
    says: Says = {}
    for start in range(0, len(wanted), 500):
        facts = Fact.objects.filter(
            organisation__in=wanted[start : start + 500], ended_in=None, visible_to__lte=Visibility.MEMBERS
        )
        for pk, field_, value, detail in facts.values_list("organisation", "field", "value", "detail"):
            says.setdefault(pk, set()).add((field_, sameness(value, detail)))
    return says


# — the same file ————————————————————————————————————————————————————————————————————————————————————————


def compare_with_file(rows: Sequence[Checked], seen: Seen, called: Callable[[Checked, str], str]) -> None:
    """A row that the file has said already is left out; one that only has the same name is asked about."""
    saying = [row for row in rows if row.reading["names"] and row.verdict != Verdict.SAME]
    firsts = seen.keys.first([row.reading["key"] for row in saying], [row.line.number for row in saying])
    said: list[tuple[Checked, str]] = []
    for row, first in zip(saying, firsts, strict=True):
        if first != row.line.number:
            row.problems = [problem("row-again", read=str(first))]
            row.asks = []
        else:
            said += [(row, name) for name, _language in row.reading["names"]]
    others = seen.names.first([hash(called(row, name)) for row, name in said], [row.line.number for row, _name in said])
    for (row, name), other in zip(said, others, strict=True):
        if other != row.line.number and row.same_row is None and row.twin is None:
            row.same_row = other
            row.asks.append("twin")
            row.problems.append(problem("name-again", "", name, read=str(other)))


_COLUMNS = (
    "imported_id", "number", "raw", "reading", "problems", "verdict", "asks", "key", "same_row", "twin_id",
    "probability", "activity_id",
)  # fmt: skip


def _staged(imported: Import, row: Checked) -> tuple[Any, ...]:
    """The row as the staging table keeps it, in the order of _COLUMNS."""
    key = row.reading.pop("key")
    return (
        imported.pk,
        row.line.number,
        json.dumps(row.line.cells, ensure_ascii=False),
        json.dumps(row.reading, ensure_ascii=False),
        json.dumps(row.problems, ensure_ascii=False) if row.problems else "[]",
        str(row.verdict),
        ",".join(dict.fromkeys(row.asks)),
        key,
        row.same_row,
        row.twin,
        row.probability,
        row.activity,
    )


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
