"""How schools come into the hub: one by one, or the two thousand of a country from a list.

A school and an education office are organisations of the registry; here they get room for sessions. Registering the
same list again adds nothing: a school is the same where its folded name and its municipality are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Kind, Place
from sofra.places.queries import find_place

from .models import Office, School

MOST_LIMIT = 1000
_PORTION = 500


@dataclass(slots=True)
class SchoolRow:
    """A school as a list has it. `municipality` is a place's name or code, `office` an organisation's name or code.

    An office that the registry does not know is added as a public institution. `limit` None: as its office says.
    `line` is the row's number in its file, for the sentences about it.
    """

    name: str
    municipality: str
    office: str = ""
    limit: int | None = None
    line: int = 0
    source: str = ""


class RowProblem(NamedTuple):
    """What is wrong with a row: its line, the SchoolRow field, and a sentence that says what to do."""

    line: int
    field: str
    sentence: str


@dataclass
class Enrolled:
    """What became of a list: the schools that were added, how many were there already, and the rows left out."""

    added: list[School] = field(default_factory=list)
    known: int = 0
    offices_added: int = 0
    problems: list[RowProblem] = field(default_factory=list)


class RowsRefused(Exception):
    """Rows of the list cannot be kept, so nothing of it was. `problems` says why, row by row."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"{len(problems)} rows cannot be kept")
        self.problems = list(problems)


def check_rows(rows: Sequence[SchoolRow]) -> list[RowProblem]:
    """What is wrong with the rows, in their order; nothing is written."""
    return _Reading(rows).problems


@transaction.atomic
def register_school(
    organisation: Organisation,
    *,
    place: Place,
    office: Organisation | None = None,
    limit_per_term: int | None = None,
    by: User | None,
) -> School:
    """Give an organisation of the registry room for sessions; where it has it, change office, place and limit.

    Raises ValidationError of {field: sentence}.
    """
    if place.kind not in (Kind.MUNICIPALITY, Kind.UNIT):
        raise ValidationError({"place": _("Choose a municipality or an administrative unit.")})
    if limit_per_term is not None and not 0 <= limit_per_term <= MOST_LIMIT:
        raise ValidationError({"limit_per_term": _("Write a number from 0 to %(most)s.") % {"most": MOST_LIMIT}})
    if office is not None and office.pk == organisation.pk:
        raise ValidationError({"office": _("A school is not its own education office: choose another organisation.")})
    said = {"office": office and register_office(office, by=by), "place": place, "limit_per_term": limit_per_term}
    school, new = School.objects.update_or_create(organisation=organisation, defaults=said)
    record(what="school.registered" if new else "school.changed", about=organisation.code, by=by,
           office=office.code if office else "", place=place.code, limit=limit_per_term)  # fmt: skip
    return school


@transaction.atomic
def register_office(organisation: Organisation, *, by: User | None) -> Office:
    """Make an organisation an education office; one that is already stays as it is."""
    office, new = Office.objects.get_or_create(organisation=organisation)
    if new:
        record(what="office.registered", about=organisation.code, by=by)
    return office


@transaction.atomic
def register_schools_many(
    rows: Sequence[SchoolRow], *, by: User | None, change: Change | None = None, skip_bad: bool = False
) -> Enrolled:
    """Register a whole list in one act. Raises RowsRefused with nothing written, unless `skip_bad` leaves bad rows out.

    `change` is the act of the registry that new organisations belong to, so that an import can be taken back as one
    (organisations.services.undo_change); without one an act is opened.
    """
    reading = _Reading(rows)
    if reading.problems and not skip_bad:
        raise RowsRefused(reading.problems)
    change = change or registry.open_change(kind=Change.Kind.IMPORT, by=by, note="schools")
    done = Enrolled(problems=reading.problems)
    offices = _offices(reading, change, by, done)
    done.added = _schools(reading, offices, change, by, done)
    record(what="schools.enrolled", about=f"change {change.pk}", by=by, added=len(done.added), known=done.known,
           offices=done.offices_added)  # fmt: skip
    return done


enrol_schools = register_schools_many


class _Reading:
    """The rows with their places looked up, each school once, and what is wrong with the others."""

    def __init__(self, rows: Sequence[SchoolRow]) -> None:
        self.problems: list[RowProblem] = []
        self.ready: dict[tuple[str, str], tuple[SchoolRow, Place]] = {}
        self.repeated = 0
        places: dict[str, Place | None] = {}
        for row in rows:
            if row.municipality not in places:
                places[row.municipality] = _municipality(row.municipality)
            place = places[row.municipality]
            wrong = list(_wrong(row, place))
            self.problems += wrong
            if not wrong and place is not None:
                key = (fold(row.name), place.code)
                self.repeated += key in self.ready
                self.ready.setdefault(key, (row, place))


def _municipality(typed: str) -> Place | None:
    found = find_place(typed) if typed.strip() else None
    if found is not None and found.kind in (Kind.MUNICIPALITY, Kind.UNIT) and found.country == settings.COUNTRY:
        return found
    return None


def _wrong(row: SchoolRow, place: Place | None) -> Iterable[RowProblem]:
    if not fold(row.name):
        yield RowProblem(row.line, "name", _("Write the school's name."))
    elif len(row.name) > 250:
        yield RowProblem(row.line, "name", _("Shorten the name to 250 letters."))
    if place is None:
        yield RowProblem(
            row.line, "municipality",
            _("“%(typed)s” is no municipality that the hub knows: write its name or its code.")
            % {"typed": row.municipality[:60]},
        )  # fmt: skip
    if len(row.office) > 250:
        yield RowProblem(row.line, "office", _("Shorten the name to 250 letters."))
    if row.limit is not None and not 0 <= row.limit <= MOST_LIMIT:
        yield RowProblem(row.line, "limit", _("Write a number from 0 to %(most)s.") % {"most": MOST_LIMIT})


def _offices(reading: _Reading, change: Change, by: User | None, done: Enrolled) -> dict[str, Office]:
    """What a row calls an office → the office; those that the registry does not know are added to it."""
    wanted = {fold(row.office): row.office.strip() for row, _place in reading.ready.values() if fold(row.office)}
    standing = Organisation.objects.filter(ended_in=None, joined_to=None)
    known = {fold(one.code): one for one in standing.filter(code__in=list(wanted.values()))}
    if set(wanted) - set(known):
        known |= {fold(one.name): one for one in standing.filter(kind="public") if fold(one.name) in wanted}
    missing = [name for key, name in wanted.items() if key not in known]
    drafts = [Draft(kind="public", facts=_facts(name, "public", "", ""), country=settings.COUNTRY) for name in missing]
    for name, one in zip(missing, registry.register_many(drafts, change=change, by=by), strict=True):
        known[fold(name)] = one
    done.offices_added = len(missing)
    there = {one.organisation_id: one for one in Office.objects.filter(organisation__in=[k.pk for k in known.values()])}
    new = [Office(organisation=one) for pk, one in {k.pk: k for k in known.values()}.items() if pk not in there]
    there |= {one.organisation_id: one for one in Office.objects.bulk_create(new)}
    return {key: there[one.pk] for key, one in known.items()}


def _schools(
    reading: _Reading, offices: dict[str, Office], change: Change, by: User | None, done: Enrolled
) -> list[School]:
    there = {
        (fold(name), place): pk
        for name, place, pk in School.objects.filter(organisation__ended_in=None).values_list(
            "organisation__name", "place", "pk"
        )
    }
    new = {key: kept for key, kept in reading.ready.items() if key not in there}
    done.known = len(reading.ready) - len(new) + reading.repeated
    # A school that the registry has already, without room for sessions yet, is not added a second time.
    seats = _listed_schools()
    drafts, waiting, found = [], [], []
    for key, (row, place) in new.items():
        listed = seats.get(key)
        if listed is None:
            drafts.append(Draft(kind="school", country=settings.COUNTRY,
                                facts=_facts(row.name, "school", place.code, row.source)))  # fmt: skip
            waiting.append((row, place))
        else:
            found.append((listed, row, place))
    made = registry.register_many(drafts, change=change, by=by)
    found += [(one, *kept) for one, kept in zip(made, waiting, strict=True)]
    schools = [
        School(organisation=one, place=place, office=offices.get(fold(row.office)), limit_per_term=row.limit)
        for one, row, place in found
    ]
    return School.objects.bulk_create(schools, batch_size=_PORTION)


def _listed_schools() -> dict[tuple[str, str], Organisation]:
    listed = Organisation.objects.filter(kind="school", ended_in=None, joined_to=None, school=None)
    seats = listed.filter(facts__field="seat", facts__ended_in=None).values_list("pk", "facts__value")
    by_pk = {one.pk: one for one in listed}
    return {(fold(by_pk[pk].name), place): by_pk[pk] for pk, place in seats if pk in by_pk}


def _facts(name: str, kind: str, place: str, source: str) -> list[FactDraft]:
    facts = [FactDraft("name", " ".join(name.split()), source=source), FactDraft("kind", kind, source=source)]
    if place:
        facts.append(FactDraft("seat", place, source=source))
    return facts
