"""Invented schools, an invented office and their requests, for the demo only.

Every name says that it is invented. The organisation that asks is invented too, so that nothing is said of a real one;
its sessions are seen by members only and count in no public figure.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft

from . import queries, registering, rules, services
from .models import School, Session
from .registering import SchoolRow

OFFICE = "Zyra arsimore “Trëndafili” (e trilluar)"
ASKER = "Qendra “Ura e Vogël” (e trilluar)"
ROWS = (
    SchoolRow("Shkolla e mesme “Lulëkuqja” (e trilluar)", "Pukë", OFFICE),
    SchoolRow("Shkolla 9-vjeçare “Thëllëza” (e trilluar)", "Fushë-Arrëz", OFFICE, limit=4),
    SchoolRow("Shkolla e mesme “Bletëza” (e trilluar)", "Vau i Dejës", OFFICE),
)
_MADE = "demo.schools_made"
_SOURCE = "Shembull i trilluar i demonstrimit"


@transaction.atomic
def make_demo_schools(*, besa: User, cvetan: User) -> list[School]:
    """Make office, schools and requests; nothing where they were made once.

    Besa speaks for the organisation that asks, Cvetan for the office.
    Raises ImproperlyConfigured in every mode but the demo.
    """
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented schools.")
    if AuditLine.objects.filter(what=_MADE).exists():
        return []
    record(what=_MADE, about="hub", by=None)
    made = registering.register_schools_many([_with_source(row) for row in ROWS], by=None).added
    office = Organisation.objects.get(name=OFFICE)
    facts = [FactDraft("name", ASKER, source=_SOURCE), FactDraft("kind", "cso", source=_SOURCE)]
    asker = registry.register(Draft(kind="cso", facts=facts, country=settings.COUNTRY), by=None)
    registry.name_editors(cvetan, [office.code], by=None)
    registry.name_editors(besa, [asker.code], by=None)
    _requests(made, asker, besa, cvetan)
    return made


def _with_source(row: SchoolRow) -> SchoolRow:
    return SchoolRow(row.name, row.municipality, row.office, row.limit, row.line, _SOURCE)


def _requests(schools: list[School], asker: Organisation, besa: User, cvetan: User) -> None:
    """One that waits, one accepted, two for the same class at the same hour, one with another date proposed."""
    first, second, _third = schools
    days = _school_days()
    near, later, last = next(days), next(days), next(days)

    def ask(school: School, title: str, classes: str, day: date, hour: int, minute: int = 0) -> Session:
        wish = services.Wish(
            organisation=asker, title=title, classes=classes, begins=_at(day, hour, minute), minutes=45,
            languages=["sq"], themes=["awareness"], who_comes="Dy trajnues dhe një psikolog", guests=3, pupils=28,
            visible_to=Visibility.MEMBERS,
        )  # fmt: skip
        return services.ask_session(wish, school=school, by=besa)

    accepted = ask(first, "Si i njohim lajmet e rreme", "X-a", near, 10)
    services.accept(accepted, by=cvetan, seen=1, words="Salla e bibliotekës është e lirë.")
    ask(first, "Flasim pa frikë: dialogu në klasë", "X-a, X-b", near, 10, 30)
    ask(first, "Të rinjtë dhe interneti", "XI-c", later, 9)
    proposed = ask(second, "Të jetojmë së bashku", "IX-a", later, 11)
    services.propose(
        proposed, begins=_at(last, 9), minutes=45, words="Atë ditë klasa ka provim.", by=cvetan, seen=1
    )  # fmt: skip


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return rules.moment_of(day, time(hour, minute), queries.zone())


def _school_days() -> Iterator[date]:
    """Days of school from a week on: no weekend, no holidays between two school years."""
    day = timezone.localdate() + timedelta(days=7)
    while True:
        if day.weekday() < 5 and rules.term_of(day, queries.spans()) is not None:
            yield day
        day += rules.A_DAY
