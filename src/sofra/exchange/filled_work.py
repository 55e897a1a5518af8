"""Fillings written from an export, once per instanceID; taken back as one."""

import pickle
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from django.utils.dateparse import parse_datetime

from sofra.accounts.models import User
from sofra.ground.bulk import update_rows
from sofra.questionnaires import arriving
from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Filling

from . import filled_columns, filled_media, storing
from .importing import Turned, portions, turn
from .models import Import, ImportRow
from .running import Progress

Verdict = ImportRow.Verdict
Portion = list[tuple[int, arriving.Arriving]]  # number of the staged row, and what it becomes


class _Row(NamedTuple):
    """What of a staged row is needed to make its filling."""

    id: int
    number: int
    reading: dict[str, Any]


class FilledWork:
    """See importing.Work."""

    def prepare(self, imported: Import, into: IO[bytes], progress: Progress) -> None:
        done, total = 0, imported.rows.filter(verdict=Verdict.NEW).count()
        for rows in portions(imported, Verdict.NEW, _Row):
            pickle.dump([(row.id, _arriving(row.reading)) for row in rows], into, pickle.HIGHEST_PROTOCOL)
            done += len(rows)
            progress.tell(done // 2, total, "preparing")
        into.seek(0)

    def write(self, imported: Import, prepared: IO[bytes], progress: Progress) -> dict[str, Any]:
        version = filled_columns.version_of(imported)
        done, total = 0, imported.rows.filter(verdict=Verdict.NEW).count()
        newest: list[int] = []
        for portion in _loaded(prepared):
            done += len(portion)
            newest = self._write(imported, portion) or newest
            progress.tell((total + done) // 2, total, "importing")
        arriving.announce(newest, Happened.SENT)
        again = [row.reading["filling"] for rows in portions(imported, Verdict.UPDATE, _Row) for row in rows]
        arriving.bring_back(again)
        self._link_known(imported)
        rows = imported.rows.filter(filling__isnull=False).order_by("pk").values_list("filling", flat=True)
        numbers = [number for number in rows if number is not None]
        kept = filled_media.attach(storing.path_of(imported.stored), numbers)
        told = {"questionnaire": version.questionnaire.code, "version": version.number}
        return told | ({"files": kept} if kept else {})

    @staticmethod
    def _write(imported: Import, portion: Portion) -> list[int]:
        """The fillings made. What came to the hub after the file was checked is not written a second time."""
        version = filled_columns.version_of(imported)
        had = arriving.known([one.instance for _row, one in portion])
        turn([Turned(row, Verdict.SAME, "imported-before") for row, one in portion if one.instance in had])
        new = [(row, one) for row, one in portion if one.instance not in had]
        numbers = arriving.write(version, [one for _row, one in new], way=Filling.Way.IMPORT, by=imported.by)
        update_rows(ImportRow, ["filling"], [(pk, row) for (row, _one), pk in zip(new, numbers, strict=True)])
        return numbers

    @staticmethod
    def _link_known(imported: Import) -> None:
        """Rows that the hub had already lead to their filling as well."""
        for verdict in (Verdict.UPDATE, Verdict.SAME):
            for rows in portions(imported, verdict, _Row):
                known = [(row.reading["filling"], row.id) for row in rows if "filling" in row.reading]
                update_rows(ImportRow, ["filling"], known)

    def undo(self, imported: Import, by: User | None) -> dict[str, Any]:
        """Withdraw what this import brought. What was withdrawn since then stays so."""
        rows = imported.rows.filter(verdict__in=[Verdict.NEW, Verdict.UPDATE], filling__isnull=False)
        numbers = [number for number in rows.values_list("filling", flat=True) if number is not None]
        return {"fillings": arriving.take_back(numbers)}


def _arriving(reading: dict[str, Any]) -> arriving.Arriving:
    submitted = reading.get("submitted", "")
    return arriving.Arriving(
        reading["instance"], reading["document"], parse_datetime(submitted) if submitted else None,
        reading["notices"], [tuple(told) for told in reading["answers"]],
    )  # fmt: skip


def _loaded(prepared: IO[bytes]) -> Iterator[Portion]:
    while True:
        try:
            yield pickle.load(prepared)  # noqa: S301 -- this process wrote it a moment ago, and it has no name
        except EOFError:
            return
