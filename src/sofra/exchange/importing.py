"""The second half of an import: write what was checked and decided, in one transaction, a few thousand rows at a time.

What takes time and touches nothing (making facts and derived columns of readings) is done before, into a file, so
that the transaction is as short as the database allows: on SQLite everyone else who writes waits for it.

All or nothing: a process that dies leaves no trace in the registry. Two imports write one after the other, and what
the first one added is looked at again by the second inside its own transaction, so that no doubles arise.
"""

import pickle
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.bulk import update_rows
from sofra.ground.text import fold
from sofra.organisations import services as organisations
from sofra.organisations.bulk import Ready
from sofra.organisations.models import Change, Fact, Organisation
from sofra.organisations.records import FactDraft

from . import storing
from .models import Import, ImportRow
from .problems import problem
from .rows import draft_of, facts_of
from .running import Progress, folder

_LOCK = 7_306_373  # one import writes at a time on PostgreSQL; SQLite has one writer anyway
_PORTION = 1_000  # rows in memory at a time; each is about nine facts
Verdict = ImportRow.Verdict


class NotAgain(Exception):
    """The import is no longer in a state in which it may write: somebody was faster."""


class Work(Protocol):
    """How rows of one kind of file are written."""

    def prepare(self, imported: Import, into: IO[bytes], progress: Progress) -> None:
        """What takes time and touches nothing. Nobody decides rows while their import is being written."""

    def write(self, imported: Import, prepared: IO[bytes], progress: Progress) -> dict[str, Any]:
        """Write the rows, within the transaction, and set what the import points to. Returns what the audit tells."""

    def undo(self, imported: Import, by: User | None) -> dict[str, Any]:
        """Take back exactly what this import added. Returns what the audit tells."""


def write_rows(number: int, progress: Progress, work: Work) -> Import:
    """Carry an import out. Raises NotAgain where that has happened already; nothing is written when anything fails."""
    imported = Import.objects.get(pk=number)
    if imported.state != Import.State.IMPORTING:
        raise NotAgain
    storing.check_room(imported.size)
    with TemporaryFile(dir=folder()) as prepared:
        work.prepare(imported, prepared, progress)
        return _write(imported.pk, prepared, progress, work)


def _write(number: int, prepared: IO[bytes], progress: Progress, work: Work) -> Import:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        imported = Import.objects.select_for_update().select_related(None).get(pk=number)
        if imported.state != Import.State.IMPORTING:
            raise NotAgain
        told = work.write(imported, prepared, progress)
        imported.counts = counts_of(imported)
        imported.state, imported.problem = Import.State.DONE, ""
        imported.rows_done = imported.rows_total or 0
        imported.save(update_fields=["counts", "state", "change", "batch", "options", "problem", "rows_done"])
        record(
            what="import.done", about=f"import {imported.pk}", by=imported.by, sha256=imported.sha256,
            **told, **imported.counts,
        )  # fmt: skip
    return imported


def note_of(imported: Import) -> str:
    """What the act of an import is called in the history."""
    return imported.source or _("File %(name)s") % {"name": imported.file_name}


class OrganisationWork:
    """Organisations with their facts, in one change."""

    def prepare(self, imported: Import, into: IO[bytes], progress: Progress) -> None:
        done, total = 0, imported.rows.filter(verdict=Verdict.NEW).count()
        for rows in portions(imported, Verdict.NEW, _New):
            drafts = (draft_of(row.reading, row.reading.get("source", ""), settings.COUNTRY) for row in rows)
            ready = organisations.prepare(drafts)
            portion = [(row.id, row.key, bool(row.decided_by_id), one) for row, one in zip(rows, ready, strict=True)]
            pickle.dump(portion, into, pickle.HIGHEST_PROTOCOL)
            done += len(rows)
            progress.tell(done // 2, total, "preparing")
        into.seek(0)

    def write(self, imported: Import, prepared: IO[bytes], progress: Progress) -> dict[str, Any]:
        change = organisations.open_change(kind=Change.Kind.IMPORT, by=imported.by, note=note_of(imported))
        writer = _Writer(imported, change, progress)
        for portion in _loaded(prepared):
            writer.register(portion)
        for rows in portions(imported, Verdict.UPDATE, _Adding):
            writer.add(rows)
        writer.keep_same()
        imported.change = change
        return {"change": change.pk}

    def undo(self, imported: Import, by: User | None) -> dict[str, Any]:
        assert imported.change is not None
        organisations.undo_change(imported.change, by=by)
        return {"change": imported.change_id}


def counts_of(imported: Import) -> dict[str, int]:
    """Verdict -> rows, in the order of the verdicts; none is left out where it is 0."""
    found = dict(imported.rows.order_by().values_list("verdict").annotate(Count("id")))
    return {verdict: found.get(verdict, 0) for verdict in Verdict.values}


class _New(NamedTuple):
    """What of a staged row is needed to make its organisation."""

    id: int
    number: int
    reading: dict[str, Any]
    key: int | None
    decided_by_id: int | None


class _Adding(NamedTuple):
    """What of a staged row is needed to add it to a record."""

    id: int
    number: int
    reading: dict[str, Any]
    key: int | None
    twin_id: int | None
    same_row: int | None


_Prepared = tuple[int, int | None, bool, Ready]  # number of the staged row, its key, whether a person decided it


def portions(imported: Import, verdict: str, kind: Any) -> Iterator[list[Any]]:
    last = -1
    while True:
        found = ImportRow.objects.filter(imported=imported, number__gt=last, verdict=verdict).order_by("number")
        rows = [kind._make(values) for values in found.values_list(*kind._fields)[:_PORTION]]
        if not rows:
            return
        last = rows[-1].number
        yield rows


def _loaded(prepared: IO[bytes]) -> Iterator[list[_Prepared]]:
    while True:
        try:
            yield pickle.load(prepared)  # noqa: S301 -- this process wrote it a moment ago, and it has no name
        except EOFError:
            return


class Turned(NamedTuple):
    """A staged row that is not written after all, and why."""

    id: int
    verdict: str
    code: str
    twin: int | None = None
    read: str = ""
    asks: str = ""
    activity: int | None = None


def turn(turned: list[Turned]) -> None:
    """Let staged rows say what became of them instead of being written."""
    rows = (
        ImportRow.objects.only("problems", "twin_id", "activity_id").in_bulk([one.id for one in turned])
        if turned
        else {}
    )
    update_rows(
        ImportRow,
        ["verdict", "asks", "problems", "twin", "activity"],
        [
            (one.verdict, one.asks, [*rows[one.id].problems, problem(one.code, read=one.read)],
             one.twin or rows[one.id].twin_id, one.activity or rows[one.id].activity_id, one.id)
            for one in turned
        ],
    )  # fmt: skip


class _Writer:
    def __init__(self, imported: Import, change: Change, progress: Progress) -> None:
        self.imported, self.change, self.progress = imported, change, progress
        self.total = self._writing().count()
        self.done = 0
        self.before = self._imported_meanwhile()
        # Names that came after this file was checked: a row with one of them waits for a person.
        later = Fact.objects.filter(
            field="name", added_in__gt=imported.seen_change, ended_in=None, organisation__ended_in=None
        ).exclude(added_in=change)
        self.later = {fold(name): code for name, code in later.values_list("value", "organisation__code").iterator()}

    def _writing(self) -> QuerySet[ImportRow]:
        return ImportRow.objects.filter(imported=self.imported, verdict__in=[Verdict.NEW, Verdict.UPDATE])

    def _imported_meanwhile(self) -> dict[int, int]:
        """Key of a row -> the organisation that the same row led to in an import that was done after the check."""
        rows = ImportRow.objects.filter(
            key__in=self._writing().values("key"), imported__state=Import.State.DONE, organisation__isnull=False,
            organisation__ended_in=None,
        ).values_list("key", "organisation", "organisation__joined_to")  # fmt: skip
        return {key: joined or pk for key, pk, joined in rows.iterator() if key is not None}

    def register(self, portion: list[_Prepared]) -> None:
        known = [found for one in portion if (found := self._known(*one))] if self.before or self.later else []
        turn(known)
        left_out = {one.id for one in known}
        new = [one for one in portion if one[0] not in left_out]
        numbers = organisations.register_ready(
            [ready for _row, _key, _decided, ready in new], change=self.change, by=self.imported.by
        )
        self._link([(pk, row) for pk, (row, _key, _decided, _ready) in zip(numbers, new, strict=True)])
        self._tell(len(portion))

    def _tell(self, rows: int) -> None:
        self.done += rows
        self.progress.tell((self.total + self.done) // 2, self.total, "importing")

    def _known(self, row: int, key: int | None, decided: bool, ready: Ready) -> Turned | None:
        """What to say of a row that somebody brought into the registry after the check, it or its name."""
        if (pk := self.before.get(key or 0)) is not None:
            return Turned(row, Verdict.SAME, "imported-before", twin=pk)
        if not self.later or decided:
            return None
        names = (fold(value) for field, value, *_rest in ready[2] if field == "name")
        code = next((self.later[name] for name in names if name in self.later), "")
        return Turned(row, Verdict.ASK, "added-meanwhile", read=code) if code else None

    def add(self, rows: list[_Adding]) -> None:
        """Rows that add to a record: of the registry, or of an earlier row of this file."""
        earlier = {row.same_row for row in rows if row.same_row and not row.twin_id}
        of_row = dict(
            ImportRow.objects.filter(imported=self.imported, number__in=earlier).values_list("number", "organisation")
        )
        wanted = {row.id: row.twin_id or of_row.get(row.same_row or 0) for row in rows}
        found = self._standing({pk for pk in wanted.values() if pk})
        additions: list[tuple[Organisation, FactDraft]] = []
        links, turned = [], []
        for row in rows:
            organisation = found.get(wanted[row.id] or 0)
            if (pk := self.before.get(row.key or 0)) is not None:
                turned.append(Turned(row.id, Verdict.SAME, "imported-before", twin=pk))
            elif organisation is None:
                turned.append(Turned(row.id, Verdict.ASK, "twin-gone"))
            else:
                additions += [(organisation, fact) for fact in facts_of(row.reading, row.reading.get("source", ""))]
                links.append((organisation.pk, row.id))
        turn(turned)
        organisations.add_facts_many(additions, change=self.change)
        self._link(links)
        self._tell(len(rows))

    @staticmethod
    def _standing(numbers: set[int]) -> dict[int, Organisation]:
        """The record that stands for each number now; none where it was taken back."""
        found: dict[int, Organisation] = {}
        for organisation in Organisation.objects.filter(pk__in=numbers, ended_in=None).select_related("joined_to"):
            found[organisation.pk] = organisation.joined_to or organisation
        return found

    @staticmethod
    def _link(pairs: Iterable[tuple[int, int]]) -> None:
        update_rows(ImportRow, ["organisation"], list(pairs))

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
