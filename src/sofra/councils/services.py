"""What can happen to a council: its basis, seats, mandates, working groups and documents.

Each is one transaction and one audit line. Nobody seats themselves: whoever could would read what is closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground import files
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.questionnaires import sniffing

from . import queries, rules
from .models import Council, Document, Group, Mandate, Seat, Share


class Outdated(Exception):
    """Somebody else wrote the same in the meantime; nothing was written. `now` is what stands now."""

    def __init__(self, now: Any) -> None:
        super().__init__(str(now.pk))
        self.now = now


@dataclass(slots=True)
class CouncilWish:
    """What is said of a council. `since` a partial date; `meets_every` months, None: not said."""

    place: str
    legal_basis: str = ""
    since: str = ""
    meets_every: int | None = None
    quorum: str = "half"
    source: str = ""


# — the council ————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def register_council(
    wish: CouncilWish, *, by: User | None, organisation: Organisation | None = None, name: str = "",
    visible_to: int = Visibility.PUBLIC,
) -> Council:  # fmt: skip
    """Make a council of an organisation, or of a new one with this name. Raises ValidationError."""
    _check_council(wish)
    if organisation is None:
        facts = [
            FactDraft("name", name, source=wish.source, visible_to=visible_to),
            FactDraft("kind", "council", source=wish.source, visible_to=visible_to),
            FactDraft("place", wish.place, source=wish.source, visible_to=visible_to),
        ]
        organisation = registry.register(Draft(kind="council", facts=facts, country=settings.COUNTRY), by=by)
    organisation = organisations.head(organisation)
    if Council.objects.filter(organisation=organisation).exists():
        raise ValidationError(_("This organisation is a council already."))
    council = Council.objects.create(
        organisation=organisation, place=wish.place, legal_basis=wish.legal_basis.strip(), since=wish.since,
        meets_every=wish.meets_every, quorum=wish.quorum, source=wish.source.strip(),
    )  # fmt: skip
    record(what="council.registered", about=organisation.code, by=by, place=wish.place)
    return council


@transaction.atomic
def edit_council(council: Council, wish: CouncilWish, *, by: User, seen: int) -> Council:
    """Say anew where it is, on what it stands and how often it meets. Raises Outdated, ValidationError."""
    council = Council.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=council.pk)
    if council.version != seen:
        raise Outdated(council)
    _check_council(wish)
    council.place, council.legal_basis, council.since = wish.place, wish.legal_basis.strip(), wish.since
    council.meets_every, council.quorum, council.source = wish.meets_every, wish.quorum, wish.source.strip()
    council.version += 1
    council.save()
    record(what="council.changed", about=council.organisation.code, by=by, version=council.version)
    return council


def _check_council(wish: CouncilWish) -> None:
    wrong: dict[str, Any] = {}
    if not Place.objects.filter(pk=wish.place).exists():
        wrong["place"] = _("Name the municipality whose council it is.")
    if wish.meets_every is not None and not 1 <= wish.meets_every <= 24:
        wrong["meets_every"] = _("Write a number of months from 1 to 24, or leave it empty where it is not said.")
    if not rules.is_quorum_rule(wish.quorum):
        wrong["quorum"] = _("Choose a rule, or write a number of seats from 1 to 200.")
    if wish.since:
        try:
            dates.first_day(wish.since)
        except ValueError:
            wrong["since"] = _("Write a year, a month or a day, such as 2018 or 05.2018.")
    if wrong:
        raise ValidationError(wrong)


def _locked(council: Council) -> Council:
    Council.objects.select_for_update().get(pk=council.pk)
    return council


# — seats and mandates —————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_seat(
    council: Council, *, body: str, sector: str, votes: bool = True, chairs: bool = False,
    organisation: Organisation | None = None, by: User | None,
) -> Seat:  # fmt: skip
    council = _locked(council)
    _check_seat(body, sector)
    if chairs and council.seats.filter(chairs=True, ended_on=None).exists():
        raise ValidationError({"chairs": _("Another seat chairs the council: end it first, or leave this unticked.")})
    seat = council.seats.create(
        body=body.strip(), sector=sector, votes=votes, chairs=chairs, organisation=organisation,
        position=council.seats.count() + 1,
    )  # fmt: skip
    record(what="seat.added", about=council.organisation.code, by=by, seat=seat.pk)
    return seat


def _check_seat(body: str, sector: str) -> None:
    if not body.strip():
        raise ValidationError({"body": _("Name the body as the regulation names it.")})
    if sector not in rules.SECTORS:
        raise ValidationError({"sector": _("Choose what kind of body it is.")})


@transaction.atomic
def edit_seat(seat: Seat, *, body: str, sector: str, votes: bool, chairs: bool, by: User) -> Seat:
    """Put a seat right: how its body is named, whether it votes or chairs. Raises ValidationError."""
    council = _locked(seat.council)
    _check_seat(body, sector)
    if chairs and council.seats.filter(chairs=True, ended_on=None).exclude(pk=seat.pk).exists():
        raise ValidationError({"chairs": _("Another seat chairs the council: end it first, or leave this unticked.")})
    seat.body, seat.sector, seat.votes, seat.chairs = body.strip(), sector, votes, chairs
    seat.save(update_fields=["body", "sector", "votes", "chairs"])
    record(what="seat.changed", about=council.organisation.code, by=by, seat=seat.pk)
    return seat


@transaction.atomic
def end_seat(seat: Seat, *, on: date, by: User) -> None:
    """The body has no seat any more from this day on; its mandates end the day before."""
    _locked(seat.council)
    seat.ended_on = on
    seat.save(update_fields=["ended_on"])
    record(what="seat.ended", about=seat.council.organisation.code, by=by, seat=seat.pk)


@transaction.atomic
def seat_member(
    seat: Seat, *, function: str, begins: date, ends: date | None = None, name: str = "", deputy: bool = False,
    secretary: bool = False, user: User | None = None, by: User | None,
) -> Mandate:  # fmt: skip
    """Give a seat a holder or a deputy for a time. Raises ValidationError.

    A seat has one holder at a time; deputies may be several. Nobody gives a mandate to themselves.
    """
    _locked(seat.council)
    wrong = _wrong_mandate(seat, function, begins, ends, deputy)
    if user is not None and by is not None and user.pk == by.pk:
        wrong["email"] = _("Nobody gives a mandate to themselves: ask the coordinator or another secretary.")
    if user is not None and not has(user, roles.MEMBER):
        wrong["email"] = _("This account has no role on the hub: the coordinator invites the person first.")
    if wrong:
        raise ValidationError(wrong)
    mandate = seat.mandates.create(
        function=function.strip(), name=name.strip(), deputy=deputy, secretary=secretary, user=user, begins=begins,
        ends=ends,
    )  # fmt: skip
    record(what="mandate.given", about=seat.council.organisation.code, by=by, mandate=mandate.pk,
           account=user.pk if user else None, secretary=secretary)  # fmt: skip
    return mandate


def _wrong_mandate(
    seat: Seat, function: str, begins: date, ends: date | None, deputy: bool, but: int = 0
) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if not function.strip():
        wrong["function"] = _("Name the function, such as “chief of the police station”.")
    if ends is not None and ends < begins:
        wrong["ends"] = _("The mandate ends before it begins: one of the two days is wrong.")
    if seat.ended_on is not None and begins >= seat.ended_on:
        wrong["begins"] = _("The body has no seat any more on that day.")
    if not wrong and not deputy and (other := _holder_between(seat, begins, ends, but)):
        wrong["begins"] = _("The seat has a holder in that time (%(function)s): end that mandate first.") % {
            "function": other.function
        }
    return wrong


@transaction.atomic
def edit_mandate(
    mandate: Mandate, *, function: str, begins: date, ends: date | None, name: str, deputy: bool, secretary: bool,
    by: User,
) -> Mandate:  # fmt: skip
    """Put a mandate right, its name and its days among it; seat and account stay. Raises ValidationError.

    Nobody changes the own mandate: it says what one reads.
    """
    _locked(mandate.seat.council)
    if mandate.user_id == by.pk:
        raise ValidationError({"function": _("Nobody changes their own mandate: ask another secretary or the"
                                             " coordinator.")})  # fmt: skip
    if wrong := _wrong_mandate(mandate.seat, function, begins, ends, deputy, mandate.pk):
        raise ValidationError(wrong)
    mandate.function, mandate.begins, mandate.ends, mandate.name = function.strip(), begins, ends, name.strip()
    mandate.deputy, mandate.secretary = deputy, secretary
    mandate.save()
    record(what="mandate.changed", about=mandate.seat.council.organisation.code, by=by, mandate=mandate.pk,
           secretary=secretary)  # fmt: skip
    return mandate


def _holder_between(seat: Seat, begins: date, ends: date | None, but: int) -> Mandate | None:
    for one in seat.mandates.filter(deputy=False).exclude(pk=but):
        if (ends is None or one.begins <= ends) and (one.ends is None or begins <= one.ends):
            return one
    return None


@transaction.atomic
def end_mandate(mandate: Mandate, *, ends: date, by: User) -> None:
    """The last day of a mandate. Raises ValidationError where it lies before the first."""
    _locked(mandate.seat.council)
    if ends < mandate.begins:
        raise ValidationError({"ends": _("The mandate ends before it begins: one of the two days is wrong.")})
    mandate.ends = ends
    mandate.save(update_fields=["ends"])
    record(what="mandate.ended", about=mandate.seat.council.organisation.code, by=by, mandate=mandate.pk)


# — working groups and documents ———————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_group(council: Council, *, title: str, task: str = "", seats: Iterable[Seat], by: User | None) -> Group:
    chosen = list(seats)
    if not title.strip():
        raise ValidationError({"title": _("Give the working group a name.")})
    if not chosen or any(one.council_id != council.pk for one in chosen):
        raise ValidationError({"seats": _("Choose at least one seat of this council.")})
    group = council.groups.create(title=title.strip(), task=task.strip())
    group.seats.set(chosen)
    record(what="council.group_made", about=council.organisation.code, by=by, group=group.pk)
    return group


@transaction.atomic
def end_group(group: Group, *, by: User) -> None:
    group.ended_on = queries.today()
    group.save(update_fields=["ended_on"])
    record(what="council.group_ended", about=group.council.organisation.code, by=by, group=group.pk)


@dataclass(slots=True)
class File:
    """A file that somebody brings: its name and its content in pieces."""

    name: str
    chunks: Iterable[bytes]


def add_document(
    council: Council, *, kind: str, title: str, dated: str = "", url: str = "", source: str = "",
    share: str = Share.COUNCIL, file: File | None = None, by: User | None,
) -> Document:  # fmt: skip
    """Keep an order, a regulation or a plan: as a file, as an address, or only that it exists. ValidationError."""
    if not title.strip():
        raise ValidationError({"title": _("Give the document its title.")})
    if not (file or url or source.strip()):
        raise ValidationError({"file": _("Add a file or an address, or say where it is told that it exists.")})
    kept, media_type = keep_file(file) if file else (None, "")
    with transaction.atomic():
        document = council.documents.create(
            kind=kind, title=title.strip(), dated=dated, url=url, source=source.strip(), share=share,
            name=file.name.replace("\\", "/").rsplit("/", 1)[-1][:200] if file else "", media_type=media_type,
            digest=kept.digest if kept else "", size=kept.size if kept else 0,
        )  # fmt: skip
        record(what="council.document_added", about=council.organisation.code, by=by, document=document.pk)
    return document


@transaction.atomic
def share_document(document: Document, *, share: str, by: User) -> None:
    document.share = share
    document.save(update_fields=["share"])
    record(what="council.document_shared", about=document.council.organisation.code, by=by, share=share)


def keep_file(file: File) -> tuple[files.Kept, str]:
    """The file on the disk and what it really is. Raises ValidationError for what is not to be kept."""
    try:
        kept = files.keep(file.chunks, most=rules.MOST_BYTES)
    except files.TooLarge as error:
        raise ValidationError(
            {"file": _("This file is larger than %(most)s MB: keep a smaller copy here.")
             % {"most": rules.MOST_BYTES // 1024 // 1024}}
        ) from error  # fmt: skip
    try:
        with files.path_of(kept.digest).open("rb") as read:
            found = sniffing.welcome(read.read(sniffing.HEAD), kept.size, "file")
    except sniffing.Unwelcome as error:
        raise ValidationError({"file": str(error)}) from error
    return kept, found.media_type
