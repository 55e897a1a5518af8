"""The second half of an import: write what was checked and decided, in one transaction, a few thousand rows at a time.

All or nothing: a process that dies leaves no trace in the registry. Two imports write one after the other, and what
the first one added is looked at again by the second inside its own transaction, so that no doubles arise.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.organisations import services as organisations
from sofra.organisations.models import Change, Fact, Organisation
from sofra.organisations.records import FactDraft

from . import storing
from .checking import BATCH, imported_before
from .models import Import, ImportRow
from .problems import problem
from .rows import draft_of, facts_of
from .running import Progress

_LOCK = 7_306_373  # one import writes at a time on PostgreSQL; SQLite has one writer anyway
Verdict = ImportRow.Verdict


class NotAgain(Exception):
    """The import is no longer in a state in which it may write: somebody was faster."""


def write_rows(number: int, progress: Progress) -> Import:
    """Carry an import out. Raises NotAgain where that has happened already; nothing is written when anything fails."""
    storing.check_room(Import.objects.values_list("size", flat=True).get(pk=number))
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        imported = Import.objects.select_for_update().select_related(None).get(pk=number)
        if imported.state != Import.State.IMPORTING:
            raise NotAgain
        note = imported.source or _("File %(name)s") % {"name": imported.file_name}
        change = organisations.open_change(kind=Change.Kind.IMPORT, by=imported.by, note=note)
        writer = _Writer(imported, change, progress)
        for rows in writer.portions():
            writer.write(rows)
        writer.keep_same()
        imported.counts = counts_of(imported)
        imported.state, imported.change, imported.problem = Import.State.DONE, change, ""
        imported.rows_done = imported.rows_total or 0
        imported.save(update_fields=["counts", "state", "change", "problem", "rows_done"])
        record(
            what="import.done", about=f"import {imported.pk}", by=imported.by, change=change.pk, sha256=imported.sha256,
            **imported.counts,
        )  # fmt: skip
    return imported


def counts_of(imported: Import) -> dict[str, int]:
    """Verdict -> rows, in the order of the verdicts; none is left out where it is 0."""
    found = dict(imported.rows.order_by().values_list("verdict").annotate(Count("id")))
    return {verdict: found.get(verdict, 0) for verdict in Verdict.values}


class Row(NamedTuple):
    """What of a staged row is needed to write it."""

    id: int
    number: int
    reading: dict[str, Any]
    verdict: str
    key: int | None
    twin_id: int | None
    same_row: int | None
    problems: list[dict[str, str]]
    decided_by_id: int | None


class _Writer:
    def __init__(self, imported: Import, change: Change, progress: Progress) -> None:
        self.imported, self.change, self.progress = imported, change, progress
        self.total = imported.rows.filter(verdict__in=[Verdict.NEW, Verdict.UPDATE]).count()
        self.done = 0
        # Names that came after this file was checked: a row with one of them waits for a person.
        later = Fact.objects.filter(
            field="name", added_in__gt=imported.seen_change, ended_in=None, organisation__ended_in=None
        ).exclude(added_in=change)
        self.later = {fold(name): code for name, code in later.values_list("value", "organisation__code").iterator()}

    def portions(self) -> Iterator[list[Row]]:
        last = -1
        while True:
            found = ImportRow.objects.filter(
                imported=self.imported, number__gt=last, verdict__in=[Verdict.NEW, Verdict.UPDATE]
            ).order_by("number")
            rows = [Row(*values) for values in found.values_list(*Row._fields)[:BATCH]]
            if not rows:
                return
            last = rows[-1].number
            yield rows

    def write(self, rows: list[Row]) -> None:
        before = imported_before([row.key for row in rows if row.key is not None], self.imported.pk)
        new: list[Row] = []
        adding: list[Row] = []
        for row in rows:
            pk = before.get(row.key) if row.key is not None else None
            if pk is not None:
                self._turn(row, Verdict.SAME, "imported-before", twin=pk)
            elif row.verdict == Verdict.UPDATE:
                adding.append(row)
            elif code := self._added_later(row):
                self._turn(row, Verdict.ASK, "added-meanwhile", read=code)
            else:
                new.append(row)
        drafts = [draft_of(row.reading, row.reading.get("source", ""), settings.COUNTRY) for row in new]
        registered = organisations.register_many(drafts, change=self.change, by=self.imported.by)
        self._link([(organisation.pk, row.id) for organisation, row in zip(registered, new, strict=True)])
        if adding:
            self._add(adding)
        self.done += len(rows)
        self.progress.tell(self.done, self.total, "importing")

    def _added_later(self, row: Row) -> str:
        if not self.later or row.decided_by_id:
            return ""
        return next((self.later[f] for name, _l in row.reading["names"] if (f := fold(name)) in self.later), "")

    def _add(self, rows: list[Row]) -> None:
        """Rows that add to a record: of the registry, or of an earlier row of this file."""
        earlier = {row.same_row for row in rows if row.same_row and not row.twin_id}
        of_row = dict(
            ImportRow.objects.filter(imported=self.imported, number__in=earlier).values_list("number", "organisation")
        )
        wanted = {row.id: row.twin_id or of_row.get(row.same_row or 0) for row in rows}
        found = self._standing({pk for pk in wanted.values() if pk})
        additions: list[tuple[Organisation, FactDraft]] = []
        links = []
        for row in rows:
            organisation = found.get(wanted[row.id] or 0)
            if organisation is None:
                self._turn(row, Verdict.ASK, "twin-gone")
                continue
            additions += [(organisation, fact) for fact in facts_of(row.reading, row.reading.get("source", ""))]
            links.append((organisation.pk, row.id))
        organisations.add_facts_many(additions, change=self.change)
        self._link(links)

    @staticmethod
    def _standing(numbers: set[int]) -> dict[int, Organisation]:
        """The record that stands for each number now; none where it was taken back."""
        found: dict[int, Organisation] = {}
        for organisation in Organisation.objects.filter(pk__in=numbers, ended_in=None).select_related("joined_to"):
            found[organisation.pk] = organisation.joined_to or organisation
        return found

    @staticmethod
    def _turn(row: Row, verdict: str, code: str, *, twin: int | None = None, read: str = "") -> None:
        problems = [*row.problems, problem(code, read=read)]
        ImportRow.objects.filter(pk=row.id).update(
            verdict=verdict, asks="", problems=problems, twin=twin or row.twin_id
        )

    @staticmethod
    def _link(pairs: list[tuple[int, int]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE exchange_importrow SET organisation_id = %s WHERE id = %s", pairs)

    def keep_same(self) -> None:
        """Rows that say nothing new lead to the record as well, so that the next file knows it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_importrow SET organisation_id = twin_id WHERE imported_id = %s AND verdict = %s",
                [self.imported.pk, Verdict.SAME],
            )


def summary(counts: dict[str, Any]) -> str:
    """One line for a terminal: "52 new, 3 ask"."""
    return ", ".join(f"{rows} {verdict}" for verdict, rows in counts.items() if rows) or "0"
