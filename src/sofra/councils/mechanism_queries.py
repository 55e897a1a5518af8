"""What can be asked of mechanisms, consultations, drivers and duties, each visible to whom.

That a mechanism exists is public; its contact, a consultation, a driver and a duty's check say by themselves who may
see them. Mappers write; those who speak for the municipality's organisation or its council propose.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.ground.text import fold
from sofra.ground.tongues import said
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.places.models import Kind as PlaceKind
from sofra.places.models import Place
from sofra.places.titles import title_of

from .mechanism_rules import is_municipality_name
from .models import Asked, Consultation, Council, Driver, Duty, DutyCheck, Mandate, Mechanism

MOST_HITS = 10  # of a search
SEARCHED = 1000
Kind, Exists, Stage = Mechanism.Kind, Mechanism.Exists, Mechanism.Stage


@dataclass(frozen=True)
class Cell:
    """What is known of one kind in one place. `row` None: nobody has said anything. `council` where the hub has one."""

    place: str
    kind: str
    exists: str
    row: Mechanism | None = None
    council: Council | None = None

    @property
    def title(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def address(self) -> str:
        """Of the council's page; "" where there is none."""
        try:
            return self.council.get_absolute_url() if self.council else ""
        except NoReverseMatch:
            return ""

    @property
    def said(self) -> str:
        return str(Exists(self.exists).label)


def municipalities() -> list[Place]:
    """All of the hub's country, in the country's order."""
    return list(Place.objects.filter(country=settings.COUNTRY, kind=PlaceKind.MUNICIPALITY).order_by("sort_key"))


def place_for(code: str) -> Place:
    """A municipality of the hub's country, or the country itself for what is said of all of it; otherwise 404."""
    found = Place.objects.filter(code=code, country=settings.COUNTRY).first()
    if found is None or found.kind not in (PlaceKind.MUNICIPALITY, PlaceKind.COUNTRY):
        raise Http404
    return found


def kind_for(kind: str) -> str:
    if kind not in Kind.values:
        raise Http404
    return kind


# — who may write ——————————————————————————————————————————————————————————————————————————————————————————


def may_decide(user: Any) -> bool:
    return has(user, roles.MAPPER)


def bodies_of(code: str) -> list[Organisation]:
    """The municipality's own organisation and its council: those whose editors speak for the municipality."""
    said = organisations.coded_facts(99).filter(field__in=("seat", "place"), value=code).values("organisation")
    public = Organisation.objects.filter(kind="public", pk__in=said, ended_in=None)
    councils = Council.objects.filter(place=code).select_related("organisation")
    return [one for one in public if is_municipality_name(fold(one.name))] + [one.organisation for one in councils]


def bodies_at(level: int, place: Place) -> QuerySet[Organisation]:
    """Organisations that work in the place or have their seat there, for a list to choose from."""
    said = organisations.coded_facts(level).filter(field__in=("seat", "place"), value=place.code)
    found = Organisation.objects.filter(pk__in=said.values("organisation"), visible_to__lte=level)
    return found.filter(ended_in=None, joined_to=None).order_by("name")


def speaks(user: Any, code: str) -> bool:
    """Does this person speak for the municipality (a proposal of theirs waits for a mapper)? Editors of its own
    organisation or of its council do, and who keeps the council's minutes today."""
    if not has(user, roles.MEMBER):
        return False
    today = timezone.localdate()
    kept = Mandate.objects.filter(user=user, secretary=True, seat__council__place=code, begins__lte=today)
    if kept.filter(Q(ends=None) | Q(ends__gte=today), seat__ended_on=None).exists():
        return True
    return any(organisations.is_editor(user, organisations.head(one)) for one in bodies_of(code))


def writer_for(user: Any, code: str) -> User:
    """The person, where mapper or speaking for the municipality. Raises SignInNeeded, PermissionDenied."""
    by = require(user)
    if not (may_decide(by) or speaks(by, code)):
        raise PermissionDenied
    return by


# — mechanisms —————————————————————————————————————————————————————————————————————————————————————————————


def standing(codes: Iterable[str]) -> QuerySet[Mechanism]:
    return Mechanism.objects.filter(place__in=list(codes), replaced_at=None, stage=Stage.STANDING)


def cells(codes: Iterable[str], level: int = 0) -> Mapping[str, list[Cell]]:
    """For each place its six cells. Where nobody spoke of the council and the hub has one, it exists. Two queries."""
    codes = list(codes)
    rows = {(one.place, one.kind): one for one in standing(codes)}
    seen = Council.objects.filter(place__in=codes, organisation__visible_to__lte=level, organisation__ended_in=None)
    councils = {one.place: one for one in seen.select_related("organisation")}
    return {code: [_cell(code, kind, rows.get((code, kind)), councils) for kind in Kind.values] for code in codes}


def _cell(code: str, kind: str, row: Mechanism | None, councils: Mapping[str, Council]) -> Cell:
    council = councils.get(code) if kind == Kind.COUNCIL else None
    exists = row.exists if row else (Exists.YES.value if council else Exists.UNKNOWN.value)
    return Cell(code, kind, str(exists), row, council)


def cell_of(code: str, kind: str, level: int = 0) -> Cell:
    return next(one for one in cells([code], level)[code] if one.kind == kind)


def history(code: str, kind: str) -> QuerySet[Mechanism]:
    """All that was ever said and stood, the newest first; what was only proposed stands apart."""
    found = Mechanism.objects.filter(place=code, kind=kind, stage=Stage.STANDING)
    return found.select_related("by", "decided_by").order_by("-id")


def proposals(user: Any, code: str = "", kind: str = "") -> QuerySet[Mechanism]:
    """Those that wait, for mappers; one's own, waiting and returned, for everybody else who has an account."""
    found = Mechanism.objects.exclude(stage=Stage.STANDING).select_related("by").order_by("-id")
    if code:
        found = found.filter(place=code)
    if kind:
        found = found.filter(kind=kind)
    if may_decide(user):
        return found.filter(stage=Stage.PROPOSED)
    return found.filter(by=user) if user.is_authenticated else found.none()


def tells_contact(user: Any, row: Mechanism | None) -> bool:
    return row is not None and row.contact_visible_to <= level_of(user)


def help_lines(user: Any, country: str) -> list[Mechanism]:
    """What answers the telephone in the whole country: that which is said of the country itself and has a number."""
    lines = standing([country]).exclude(phone="").exclude(exists=Exists.NO)
    kinds = {kind: at for at, kind in enumerate(Kind.values)}
    return sorted((one for one in lines if tells_contact(user, one)), key=lambda one: kinds[one.kind])


@dataclass(frozen=True)
class Hit:
    """Something of mechanisms, drivers or duties that was searched for; `note` says what it is."""

    title: str
    url: str
    note: str


def search(user: Any, typed: str) -> list[Hit]:
    """What holds a word that begins with each word typed: mechanisms, drivers and duties that the person may see."""
    wanted = fold(typed[:200]).split()
    if not wanted:
        return []
    country = Place.objects.filter(code=settings.COUNTRY)
    names = {place.code: title_of(place) for place in [*municipalities(), *country]}
    hits: list[Hit] = []
    for text, hit in _searchable(user, names):
        words = fold(text).split()
        if all(any(word.startswith(one) for word in words) for one in wanted):
            hits.append(hit)
            if len(hits) == MOST_HITS:
                break
    return hits


def _searchable(user: Any, names: Mapping[str, str]) -> Iterator[tuple[str, Hit]]:
    """In the order of the hits. At most SEARCHED rows of a kind are looked through."""
    for _kind, label in Kind.choices:
        title = capfirst(str(label))
        yield f"{title} mekanizëm mechanism", Hit(title, reverse("mechanisms"), _("in all municipalities"))
    for duty in Duty.objects.all()[:SEARCHED]:
        texts = [*duty.texts.values(), *duty.practice.values(), duty.law]
        yield " ".join(texts), Hit(str(duty), reverse("duties"), _("duty of a municipality"))
    for row in Mechanism.objects.filter(replaced_at=None, stage=Stage.STANDING).order_by("place", "id")[:SEARCHED]:
        where, called = names.get(row.place, row.place), str(row.get_kind_display())
        words = [where, called, row.office, row.legal_basis, *row.how_to_reach.values()]
        yield " ".join(words), Hit(capfirst(called), reverse("mechanism", args=[row.place, row.kind]), where)
    for driver in drivers(level_of(user))[:SEARCHED]:
        where = names.get(driver.place, driver.place)
        title = f"{capfirst(str(driver.get_kind_display()))}: {said(driver.statements)}"
        yield f"{where} {title} {' '.join(driver.statements.values())}", Hit(
            title, reverse("place_drivers", args=[driver.place]), where
        )  # fmt: skip


# — consultations, drivers, duties —————————————————————————————————————————————————————————————————————————


def consultations(level: int, code: str = "") -> QuerySet[Consultation]:
    found = Consultation.objects.filter(visible_to__lte=level).order_by("-when", "-id")
    if code:
        found = found.filter(place=code)
    return found.prefetch_related(Prefetch("asked", Asked.objects.order_by("id"))).select_related("by_body")


def consultation_for(user: Any, number: int) -> Consultation:
    found = consultations(level_of(user)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def drivers(level: int, codes: Iterable[str] = ()) -> QuerySet[Driver]:
    """Those that stand. What is said of a place is seen at that place only; give the country's code for the whole."""
    found = Driver.objects.filter(visible_to__lte=level, ended_at=None).order_by("kind", "-begins", "id")
    codes = list(codes)
    return found.filter(place__in=codes) if codes else found


def driver_for(user: Any, number: int) -> Driver:
    """The driver that the person may see, for a mapper who ends it; otherwise 404."""
    found = drivers(level_of(user)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class DutyLine:
    """A duty with the newest word that this reader may see; `check` None: nobody has said."""

    duty: Duty
    check: DutyCheck | None


def duties(level: int, code: str = "") -> list[DutyLine]:
    """The checklist, two queries. Without a place the duties alone."""
    newest: dict[int, DutyCheck] = {}
    if code:
        seen = DutyCheck.objects.filter(Q(visible_to__lte=level), place=code).select_related("by").order_by("id")
        newest = {one.duty_id: one for one in seen}
    return [DutyLine(duty, newest.get(duty.pk)) for duty in Duty.objects.all()]


def duty_for(code: str) -> Duty:
    found = Duty.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found
