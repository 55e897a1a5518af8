"""The councils of the demo: those that the mapping report of 2018 names, and two that are obviously invented.

Of the report's councils it is only known that they are named; everything else stays unknown. The invented ones are seen
by members only, so that they count in no public figure. Besa writes the minutes of the first, Cvetan those of the
second, and each council shares something with the other.
"""

from datetime import date, datetime, timedelta

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
from .models import Council, Document, Meeting, Seat, Share
from .services import CouncilWish

INVENTED = "Këshilli i trilluar i sigurisë publike “Trëndafili”"
SECOND = "Këshilli i trilluar i sigurisë publike “Zambaku”"
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
    """Make them once. Besa writes the minutes of one invented council, in which Cvetan sits, and he those of the other.

    Raises ImproperlyConfigured in every mode but the demo.
    """
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented councils.")
    if AuditLine.objects.filter(what=_MADE).exists():
        return []
    record(what=_MADE, about="hub", by=None)
    return [*named_councils(), _invented(besa, cvetan), _neighbour(cvetan)]


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
    """Meets every third month: of four meetings due two were held, one was cancelled, and one nobody called."""
    council, seats = _council(INVENTED, "Pukë", besa, months=12, every=3)
    services.seat_member(seats[1], function="Përfaqësues i trilluar", begins=_ago(12), user=cvetan, by=None)
    services.seat_member(seats[2], function="Zëvendës i trilluar", begins=_ago(12), deputy=True, by=None)
    for seat in seats[2:]:
        services.seat_member(seat, function="Përfaqësues i trilluar", begins=_ago(12), by=None)
    group = services.add_group(council, title="Grupi i punës për shkollat (i trilluar)", seats=seats[:3], by=None)
    _founding(council)
    _first_meeting(council, seats, besa, cvetan)
    _lost_meeting(council, besa)
    _second_meeting(council, seats, besa)
    now = _at(0)
    inside = holding.plan_meeting(council, begins=now - timedelta(days=20), group=group, by=besa)
    holding.hold_meeting(inside, attendance={one.pk: "holder" for one in seats[:3]}, by=besa, seen=inside.version)
    holding.plan_meeting(council, begins=now + timedelta(days=14), where="Salla e trilluar", by=besa)
    _date_back(council)
    return council


def _date_back(council: Council) -> None:
    """What was decided, done and verified happened in the months after each meeting, not on the day of the demo."""
    for decision in council.decisions.select_related("meeting"):
        for at, step in enumerate(decision.steps.order_by("id")):
            day = min(decision.meeting.begins + timedelta(days=30 * at), timezone.now())
            decision.steps.filter(pk=step.pk).update(at=day)


def _council(name: str, town: str, secretary: User, *, months: int, every: int) -> tuple[Council, list[Seat]]:
    """An invented council with its seats, the secretary in the first of them."""
    place = Place.objects.get(pk=resolve(town).codes[0])
    council = services.register_council(
        CouncilWish(
            place=place.pk, legal_basis="Urdhër i trilluar nr. 0", since=_ago(months).isoformat()[:7],
            meets_every=every, source=_SOURCE,
        ), name=name, visible_to=Visibility.MEMBERS, by=None,
    )  # fmt: skip
    seats = [
        services.add_seat(council, body=body, sector=sector, chairs=sector == "municipality", by=None)
        for body, sector in _BODIES
    ]
    services.seat_member(seats[0], function="Sekretar i trilluar", begins=_ago(months), user=secretary, secretary=True,
                         by=None)  # fmt: skip
    return council, seats


def _founding(council: Council) -> None:
    """An order that everyone may read, a regulation for the network, each as a small file."""
    for kind, title, share in (
        (Document.Kind.ORDER, "Urdhër i trilluar nr. 0", Share.MEMBERS),
        (Document.Kind.REGULATION, "Rregullore e trilluar e këshillit", Share.NETWORK),
    ):
        text = f"{title}\n\nDokument i trilluar për demonstrim: këshilli mblidhet të paktën një herë në tre muaj.\n"
        services.add_document(
            council, kind=kind, title=title, dated=_ago(12).isoformat()[:7], share=share, source=_SOURCE,
            file=services.File(f"{kind}.txt", [text.encode()]), by=None,
        )  # fmt: skip


def _ago(months: int) -> date:
    return rules.months_on(queries.today(), -months)


def _at(days: int) -> datetime:
    return timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=days)


def _first_meeting(council: Council, seats: list[Seat], besa: User, cvetan: User) -> None:
    """Ten months ago: minutes adopted and shared; one decision late, one reported done, one done and verified."""
    first = holding.plan_meeting(council, begins=_at(320), where="Salla e trilluar", by=besa)
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
    patrol = deciding.make_decision(
        first, DecisionWish(text="Polici i zonës viziton shkollën çdo muaj.", owner=seats[1], priority="high",
                            due_on=queries.today() - timedelta(days=200), places=[council.place]), by=besa,
    )  # fmt: skip
    proof = services.File("vizitat.txt", ["Vizita të trilluara: janar, shkurt, mars.\n".encode()])
    patrol = deciding.complete_decision(patrol, done="Vizitat po bëhen.", file=proof, by=cvetan, seen=patrol.version)
    deciding.verify_decision(patrol, words="Drejtoria e shkollës e pohoi (e trilluar).", by=besa, seen=patrol.version)
    _adopt(first, _ago(9), Share.NETWORK, besa)


def _lost_meeting(council: Council, besa: User) -> None:
    lost = holding.plan_meeting(council, begins=_at(230), where="Salla e trilluar", by=besa)
    holding.cancel_meeting(lost, why="Salla nuk ishte e lirë (arsye e trilluar).", by=besa, seen=lost.version)


def _second_meeting(council: Council, seats: list[Seat], besa: User) -> None:
    """Half a year ago, and a decision done that needed nobody else's word."""
    second = holding.plan_meeting(council, begins=_at(150), where="Salla e trilluar", by=besa)
    attendance = dict.fromkeys((seat.pk for seat in seats[:4]), "holder") | {seats[4].pk: "absent"}
    second = holding.hold_meeting(second, attendance=attendance, by=besa, seen=second.version)
    text = "# Ndjekja e vendimeve\n\nU lexuan vendimet e hapura.\n\nVendim: Të hapet kutia e kërkesave te bashkia."
    second = holding.save_minutes(second, minutes=text, closed="", by=besa, seen=second.version)
    box = council.decisions.order_by("number").last()
    assert box is not None
    wish = DecisionWish(text=box.text, owner=seats[0], due_on=queries.today() - timedelta(days=90))
    box = deciding.edit_decision(box, wish, why="Afati u caktua në mbledhje.", by=besa, seen=box.version)
    deciding.complete_decision(box, done="Kutia u vendos në hyrje.", by=besa, seen=box.version)
    _adopt(second, _ago(4), Share.MEMBERS, besa)


def _adopt(meeting: Meeting, on: date, share: str, by: User) -> None:
    holding.adopt_minutes(meeting, share=share, by=by, seen=meeting.version)
    Meeting.objects.filter(pk=meeting.pk).update(adopted_on=on)


def _neighbour(cvetan: User) -> Council:
    """A second invented council, which shares its minutes and its action plan with the network."""
    council, seats = _council(SECOND, "Has", cvetan, months=6, every=2)
    met = holding.plan_meeting(council, begins=_at(75), where="Salla e trilluar", by=cvetan)
    attendance = dict.fromkeys((seat.pk for seat in seats[:3]), "holder")
    met = holding.hold_meeting(met, attendance=attendance, by=cvetan, seen=met.version)
    text = "# Rinia\n\nU fol për hapësira pas mësimit.\n\nVendim: Palestra e shkollës hapet dy pasdite në javë."
    met = holding.save_minutes(met, minutes=text, closed="Pjesa e mbyllur e këtij këshilli.", by=cvetan,
                               seen=met.version)  # fmt: skip
    _adopt(met, _ago(2), Share.NETWORK, cvetan)
    services.add_document(
        council, kind=Document.Kind.PLAN, title="Plan veprimi i trilluar", dated=str(queries.today().year),
        share=Share.NETWORK, source=_SOURCE, file=services.File("plani.txt", [b"Plan i trilluar.\n"]), by=None,
    )  # fmt: skip
    return council
