"""Schools written as organisations, each with its room for sessions; taken back as one."""

from collections.abc import Sequence
from typing import IO, Any, NamedTuple

from sofra.accounts.models import User
from sofra.ground.text import fold
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.schools import registering
from sofra.schools.models import Office, School

from .importing import OrganisationWork, Turned, portions, turn
from .models import Import, ImportRow
from .running import Progress
from .school_rows import place_of

Verdict = ImportRow.Verdict


class _Row(NamedTuple):
    """What of a written row is needed to make its school."""

    id: int
    number: int
    reading: dict[str, Any]
    organisation_id: int | None


class SchoolWork(OrganisationWork):
    """As organisations; see importing.Work."""

    def prepare(self, imported: Import, into: IO[bytes], progress: Progress) -> None:
        for verdict in (Verdict.NEW, Verdict.UPDATE):
            for rows in portions(imported, verdict, _Row):
                turn([Turned(row.id, Verdict.BAD, "school-place") for row in rows if not place_of(row.reading)])
        super().prepare(imported, into, progress)

    def write(self, imported: Import, prepared: IO[bytes], progress: Progress) -> dict[str, Any]:
        told = super().write(imported, prepared, progress)
        made: list[int] = []
        for rows in portions(imported, Verdict.NEW, _Row):
            made += self._enrol(rows, imported)
        for rows in portions(imported, Verdict.UPDATE, _Row):
            made += self._enrol_known(rows, imported)
        imported.options = {**imported.options, "schools": made}
        return {**told, "schools": len(made)}

    def undo(self, imported: Import, by: User | None) -> dict[str, Any]:
        """The organisations end; what was made a school is one no more, unless sessions were asked for since."""
        told = super().undo(imported, by)
        schools = School.objects.filter(pk__in=imported.options.get("schools", ()), sessions=None)
        schools.delete()
        return told

    @staticmethod
    def _enrol(rows: Sequence[_Row], imported: Import) -> list[int]:
        """New organisations become schools together, with their offices."""
        names = dict(Organisation.objects.filter(pk__in=_numbers(rows)).values_list("pk", "name"))
        listed = [
            registering.SchoolRow(
                name=names[row.organisation_id], municipality=place_of(row.reading), office=_office(row),
                line=row.number, source=row.reading.get("source", ""),
            )
            for row in rows
            if row.organisation_id in names
        ]  # fmt: skip
        done = registering.register_schools_many(listed, by=imported.by, change=imported.change)
        return [school.pk for school in done.added]

    @staticmethod
    def _enrol_known(rows: Sequence[_Row], imported: Import) -> list[int]:
        """Organisations that the registry knew become schools, where they are none yet."""
        known = Organisation.objects.filter(pk__in=_numbers(rows), school=None).in_bulk()
        offices = {fold(one.organisation.name): one for one in Office.objects.select_related("organisation")}
        made: dict[int, int] = {}
        for row in rows:
            organisation = known.get(row.organisation_id or 0)
            if organisation is None or organisation.pk in made:
                continue
            office = offices.get(fold(_office(row)))
            school = registering.register_school(
                organisation, place=Place.objects.get(pk=place_of(row.reading)), by=imported.by,
                office=office.organisation if office else None,
            )  # fmt: skip
            made[organisation.pk] = school.pk
        return list(made.values())


def _numbers(rows: Sequence[_Row]) -> list[int]:
    return [row.organisation_id for row in rows if row.organisation_id is not None]


def _office(row: _Row) -> str:
    return str(row.reading.get("school", {}).get("office", ""))[:250]
