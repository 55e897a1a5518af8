"""The councils of the demo: those that the mapping report of 2018 names, and one that is obviously invented.

Of the report's councils it is only known that they are named; everything else stays unknown. The invented one is seen
by members only, so that it counts in no public figure.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import AuditLine, Visibility
from sofra.places.models import Place
from sofra.places.resolving import resolve

from . import deciding, holding, queries, rules, services
from .deciding import DecisionWish
from .models import Council, Document, Seat, Share
from .services import CouncilWish

INVENTED = "Këshilli i trilluar i sigurisë publike “Trëndafili”"
_MADE = "demo.councils_made"
_NAMED = "Mapping report 2018: names the security councils “in the areas of Cërrik, Burrel, Elbasan Librazhd, etc.”"
_TOLD = (
    "Mapping report 2018: Other Vision tells that local security councils were established in Gramsh, Prrenjas and"
    " Peqin"
)
# As the report writes the place -> where it says so. Burrel is the seat of the municipality of Mat.
NAMED = {
    "Cërrik": _NAMED, "Burrel": _NAMED, "Elbasan": _NAMED, "Librazhd": _NAMED,
    "Gramsh": _TOLD, "Prrenjas": _TOLD, "Peqin": _TOLD,
}  # fmt: skip
# Two-day trainings of council members in three cities, in which the Foundation for Local Autonomy and Governance helped
# to draft plans for 2019 "which include measures to address VE"; Annex I, row 44 names the three.
_PLANS = ("Cërrik", "Elbasan", "Librazhd")
_PLAN_SOURCE = (
    "Mapping report 2018: drafted with the Foundation for Local Autonomy and Governance in two-day trainings of council"
    " members in three cities; Annex I, row 44 names Cërrik, Elbasan and Librazhd"
)
_SOURCE = "Shembull i trilluar i demonstrimit"
_BODIES = (
    ("Bashkia (e trilluar)", "municipality"), ("Komisariati i policisë (i trilluar)", "police"),
    ("Zyra arsimore (e trilluar)", "education"), ("Qendra shëndetësore (e trilluar)", "health"),
    ("Organizatat e shoqërisë civile (të trilluara)", "cso"),
)  # fmt: skip


@transaction.atomic
def make_demo_councils(*, besa: User, cvetan: User) -> list[Council]:
    """Make them once. Besa keeps the invented council's minutes, Cvetan sits in it for the police.

    Raises ImproperlyConfigured in every mode but the demo.
    """
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented councils.")
    if AuditLine.objects.filter(what=_MADE).exists():
        return []
    record(what=_MADE, about="hub", by=None)
    return [*named_councils(), _invented(besa, cvetan)]


def named_councils() -> list[Council]:
    """The seven that the report names: that they exist, where, and who says so."""
    found = []
    for written, source in NAMED.items():
        place = Place.objects.get(pk=resolve(written).codes[0])
        council = services.register_council(
            CouncilWish(place=place.pk, source=source),
            name=f"Këshilli i sigurisë publike, {place.name_definite or place.name}", by=None,
        )  # fmt: skip
        if written in _PLANS:
            services.add_document(
                council, kind=Document.Kind.PLAN, title="Plani i veprimit 2019", dated="2019", source=_PLAN_SOURCE,
                share=Share.PUBLIC, by=None,
            )  # fmt: skip
        found.append(council)
    return found


def _invented(besa: User, cvetan: User) -> Council:
    today = queries.today()
    place = Place.objects.get(pk=resolve("Pukë").codes[0])
    council = services.register_council(
        CouncilWish(
            place=place.pk, legal_basis="Urdhër i trilluar nr. 0", since=rules.months_on(today, -9).isoformat()[:7],
            meets_every=3, source=_SOURCE,
        ), name=INVENTED, visible_to=Visibility.MEMBERS, by=None,
    )  # fmt: skip
    seats = [
        services.add_seat(council, body=body, sector=sector, chairs=sector == "municipality", by=None)
        for body, sector in _BODIES
    ]
    begins = rules.months_on(today, -9)
    for seat, user in zip(seats, (besa, cvetan, None, None, None), strict=True):
        services.seat_member(seat, function="Përfaqësues i trilluar", begins=begins, user=user,
                             secretary=user is besa, by=None)  # fmt: skip
    services.add_group(council, title="Grupi i punës për shkollat (i trilluar)", seats=seats[:3], by=None)
    _meetings(council, seats, besa, cvetan)
    return council


def _meetings(council: Council, seats: list[Seat], besa: User, cvetan: User) -> None:
    """One held half a year ago with adopted minutes, one to come with what is open on its agenda."""
    now = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    first = holding.plan_meeting(council, begins=now - timedelta(days=170), where="Salla e trilluar", by=besa)
    holding.add_item(first, title="Siguria rreth shkollave", by=besa)
    attendance = {seat.pk: how for seat, how in zip(seats, ("holder", "holder", "deputy", "excused", ""), strict=True)}
    first = holding.hold_meeting(first, attendance=attendance, by=besa, seen=first.version)
    text = "# Siguria rreth shkollave\n\nU diskutua ndriçimi i rrugës.\n\nVendim: Të vendoset ndriçim te shkolla."
    first = holding.save_minutes(first, minutes=text, closed="Pjesa e mbyllur: vetëm për anëtarët.", by=besa,
                                 seen=first.version)  # fmt: skip
    light = council.decisions.get(number=1)
    deciding.edit_decision(
        light, DecisionWish(text=light.text, owner=seats[0], due_on=queries.today() - timedelta(days=20),
                            priority="high", places=[council.place]),
        why="Këshilli caktoi përgjegjësin dhe afatin.", by=besa, seen=light.version,
    )  # fmt: skip
    talk = deciding.make_decision(
        first, DecisionWish(text="Takim me prindërit dhe mësuesit.", owner=seats[1], needs_verifying=True,
                            due_on=queries.today() - timedelta(days=60)), by=besa,
    )  # fmt: skip
    deciding.complete_decision(talk, done="Takimi u mbajt në shkollë.", by=cvetan, seen=talk.version)
    holding.adopt_minutes(first, share=Share.NETWORK, by=besa, seen=first.version)
    holding.plan_meeting(council, begins=now + timedelta(days=14), where="Salla e trilluar", by=besa)
