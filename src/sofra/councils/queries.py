"""What can be asked of councils, each visible to whom. The first line of every view comes from here.

Council members are people whose mandate stands today and who still have a role; secretaries are members whose mandate
says so. A closed part is read by the council's own members and by nobody else, the coordinator included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations

from . import rules
from .models import Council, Decision, Document, Mandate, Meeting, Present, Seat, Share

OPEN = (Decision.State.OPEN, Decision.State.DONE)


def today() -> date:
    return timezone.localdate()


# — who is looking —————————————————————————————————————————————————————————————————————————————————————————


def standing_mandates(on: date | None = None) -> QuerySet[Mandate]:
    day = on or today()
    return Mandate.objects.filter(Q(ends=None) | Q(ends__gte=day), Q(seat__ended_on=None) | Q(seat__ended_on__gt=day),
                                  begins__lte=day)  # fmt: skip


def own_councils(user: Any, *, secretary: bool = False) -> set[int]:
    """The numbers of the councils in which the person sits today (or whose minutes the person writes)."""
    if not has(user, roles.MEMBER):  # a person whose roles have ended sits nowhere
        return set()
    found = standing_mandates().filter(user=user)
    if secretary:
        found = found.filter(secretary=True)
    return set(found.values_list("seat__council", flat=True))


def is_member(user: Any, council: Council) -> bool:
    return council.pk in own_councils(user)


def is_secretary(user: Any, council: Council) -> bool:
    return council.pk in own_councils(user, secretary=True)


def may_arrange(user: Any, council: Council) -> bool:
    """Who writes seats, mandates and the legal basis: mappers, the organisation's editors, the secretary."""
    organisation = organisations.head(council.organisation)
    if has(user, roles.MAPPER) and organisation.visible_to <= level_of(user):
        return True
    return organisations.is_editor(user, organisation) or is_secretary(user, council)


def shares(user: Any) -> list[str]:
    """The levels of sharing that the person reads in councils other than the person's own."""
    found = [Share.PUBLIC.value]
    if level_of(user) >= Visibility.MEMBERS:
        found.append(Share.MEMBERS.value)
    if own_councils(user):
        found.append(Share.NETWORK.value)
    return found


# — councils ———————————————————————————————————————————————————————————————————————————————————————————————


def councils(level: int) -> QuerySet[Council]:
    return Council.objects.select_related("organisation").filter(
        organisation__visible_to__lte=level, organisation__ended_in=None
    )


def councils_for(user: Any) -> QuerySet[Council]:
    """Those whose organisation the person may see, and the person's own."""
    seen = Q(organisation__visible_to__lte=level_of(user)) | Q(pk__in=own_councils(user))
    return Council.objects.select_related("organisation").filter(seen, organisation__ended_in=None)


def council_for(user: Any, code: str, *, arrange: bool = False) -> Council:
    """The council with its organisation's code; 404 where the person may not see (or, with `arrange`, write) it."""
    found = Council.objects.select_related("organisation").filter(organisation__code=code).first()
    if found is None:
        raise Http404
    if not is_member(user, found):
        organisations.organisation_for(user, code)
    if arrange and not may_arrange(user, found):
        raise Http404
    return found


def own_council(user: Any, code: str, *, secretary: bool = False) -> Council:
    """A council in which the person sits; 404 for everyone else."""
    found = council_for(user, code)
    if not (is_secretary if secretary else is_member)(user, found):
        raise Http404
    return found


def keeps_documents(user: Any, council: Council) -> bool:
    """Who says who reads a document: the council's own people. Whoever arranges it, only while nobody sits in it."""
    if is_member(user, council):
        return True
    sits = standing_mandates().filter(seat__council=council).exclude(user=None).exists()
    return not sits and may_arrange(user, council)


def documents_for(user: Any, council: Council) -> QuerySet[Document]:
    found = council.documents.all()
    return found if keeps_documents(user, council) else found.filter(share__in=shares(user))


def document_for(user: Any, code: str, number: int) -> Document:
    found = documents_for(user, council_for(user, code)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Seated:
    """A seat with the mandates that stand on a day: holders and deputies."""

    seat: Seat
    holders: tuple[Mandate, ...]
    deputies: tuple[Mandate, ...]


def seated(council: Council, on: date | None = None) -> list[Seated]:
    """The seats of a day in the regulation's order, each with who sits in it."""
    day = on or today()
    seats = council.seats.filter(Q(ended_on=None) | Q(ended_on__gt=day)).select_related("organisation")
    at: dict[int, list[Mandate]] = {}
    for one in standing_mandates(day).filter(seat__council=council).select_related("user").order_by("begins", "id"):
        at.setdefault(one.seat_id, []).append(one)
    return [
        Seated(
            seat,
            tuple(one for one in at.get(seat.pk, ()) if not one.deputy),
            tuple(one for one in at.get(seat.pk, ()) if one.deputy),
        )
        for seat in seats
    ]


def people_of(council: Council, *, on: date | None = None, secretary: bool = False, seat: int = 0) -> list[User]:
    """The accounts behind the mandates of a day, each once: whom a letter goes to."""
    found = standing_mandates(on).filter(seat__council=council).exclude(user=None)
    if secretary:
        found = found.filter(secretary=True)
    if seat:
        found = found.filter(seat=seat)
    people = User.objects.filter(pk__in=found.values("user"), is_active=True).order_by("pk")
    return [person for person in people if has(person, roles.MEMBER)]


# — meetings ———————————————————————————————————————————————————————————————————————————————————————————————


def meetings_for(user: Any, council: Council) -> QuerySet[Meeting]:
    """What the person may open: all of the own council's; of others those whose adopted minutes are shared."""
    found = council.meetings.select_related("council__organisation", "group")
    if is_member(user, council):
        return found
    return found.filter(share__in=shares(user), adopted_on__isnull=False, state=Meeting.State.HELD)


def meeting_for(user: Any, code: str, number: int) -> Meeting:
    found = meetings_for(user, council_for(user, code)).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def minute_book(user: Any, code: str, number: int) -> Meeting:
    """A meeting whose minutes the person writes."""
    council = own_council(user, code, secretary=True)
    found = council.meetings.select_related("council__organisation").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def shared_meetings(user: Any) -> QuerySet[Meeting]:
    """Minutes that councils share with the person, newest first; those of the person's own councils too."""
    mine = Q(council__in=own_councils(user))
    open_to = Q(share__in=shares(user), council__in=councils_for(user).values("pk"))
    return (
        Meeting.objects.select_related("council__organisation")
        .filter(mine | open_to, state=Meeting.State.HELD, adopted_on__isnull=False, group=None)
        .order_by("-begins", "-id")
    )


def attendance_of(meeting: Meeting) -> list[tuple[Seated, str]]:
    """Each seat of the meeting's day, and how it was taken; "" where that was not noted."""
    noted = dict(meeting.attendance.values_list("seat", "how"))
    seats = seated(meeting.council, timezone.localtime(meeting.begins).date())
    if meeting.group_id:
        of_group = set(meeting.group.seats.values_list("pk", flat=True)) if meeting.group else set()
        seats = [one for one in seats if one.seat.pk in of_group]
    return [(one, noted.get(one.seat.pk, "")) for one in seats]


def quorum_of(meeting: Meeting) -> rules.Quorum:
    noted = [how for one, how in attendance_of(meeting) if one.seat.votes]
    return rules.quorum(meeting.council.quorum, noted)


HOW = dict(Present.How.choices)


def late(council: Council) -> QuerySet[Decision]:
    """Open decisions whose due date has passed, closed ones too: for those who sit there."""
    return council.decisions.filter(state=Decision.State.OPEN, due_on__lt=today())


# — decisions ——————————————————————————————————————————————————————————————————————————————————————————————


def decisions_for(user: Any) -> QuerySet[Decision]:
    """All of the person's own councils; of others what was decided at meetings whose minutes are shared, never what
    is closed."""
    mine = Q(council__in=own_councils(user))
    open_to = Q(
        is_closed=False, meeting__share__in=shares(user), meeting__adopted_on__isnull=False,
        council__in=councils_for(user).values("pk"),
    )  # fmt: skip
    found = Decision.objects.select_related("council__organisation", "meeting", "owner")
    return found.filter(mine | open_to).order_by("council", "number")


def decision_for(user: Any, code: str, number: int) -> Decision:
    found = decisions_for(user).filter(council__organisation__code=code, number=number).first()
    if found is None:
        raise Http404
    return found


def owners_of(decision: Decision) -> set[int]:
    """The accounts that sit today in the seat that does it."""
    if decision.owner_id is None:
        return set()
    found = standing_mandates().filter(seat=decision.owner_id).exclude(user=None)
    return set(found.values_list("user", flat=True))


@dataclass(frozen=True)
class DecisionFilters:
    """`state`: "", open, late, verify (done, not yet verified), done. `council`: an organisation's code."""

    state: str = ""
    council: str = ""
    priority: str = ""


def listed_decisions(user: Any, asked: DecisionFilters) -> QuerySet[Decision]:
    found = decisions_for(user)
    if asked.council:
        found = found.filter(council__organisation__code=asked.council)
    if asked.priority:
        found = found.filter(priority=asked.priority)
    if asked.state == "open":
        found = found.filter(state=Decision.State.OPEN)
    elif asked.state == "late":
        found = found.filter(state=Decision.State.OPEN, due_on__lt=today())
    elif asked.state == "verify":
        found = found.filter(state=Decision.State.DONE, needs_verifying=True)
    elif asked.state == "done":
        found = found.filter(
            Q(state=Decision.State.VERIFIED) | Q(state=Decision.State.DONE, needs_verifying=False)
        )  # fmt: skip
    return found.order_by("due_on", "council__place", "number")


# — how alive: counts, never texts —————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Life:
    """The facts of a council. `due` None: how often it must meet, or since when it exists, is not known.

    `known`: the hub was told of a meeting. What nobody told it is "not recorded", which is not the same as not held.
    """

    known: bool
    held: int
    due: int | None
    held_of_due: int
    missed: tuple[rules.Period, ...]
    running: rules.Period | None
    decisions_due: int
    decisions_done: int
    last: date | None


def start_of(council: Council, held: Iterable[date]) -> date | None:
    """Since when meetings are due: its founding; without it, the first meeting that is known."""
    if council.since:
        return dates.last_day(council.since)
    return min(held, default=None)


def lives(found: Iterable[Council]) -> Mapping[int, Life]:
    """The life of each council, in four queries whatever their number. What is closed is not counted."""
    all_ = list(found)
    days: dict[int, list[date]] = {one.pk: [] for one in all_}
    told = set(Meeting.objects.filter(council__in=all_).values_list("council", flat=True))
    held = Meeting.objects.filter(council__in=all_, state=Meeting.State.HELD, group=None)
    for number, begins in held.values_list("council", "begins"):
        days[number].append(timezone.localtime(begins).date())
    due: dict[int, list[bool]] = {one.pk: [] for one in all_}
    asked = Decision.objects.filter(council__in=all_, is_closed=False, due_on__lte=today()).exclude(
        state=Decision.State.DROPPED
    )
    for number, state, verify in asked.values_list("council", "state", "needs_verifying"):
        due[number].append(state == Decision.State.VERIFIED or (state == Decision.State.DONE and not verify))
    return {one.pk: _life(one, days[one.pk], due[one.pk], one.pk in told) for one in all_}


def _life(council: Council, held: list[date], due: list[bool], told: bool) -> Life:
    start = start_of(council, held)
    spans = rules.periods(council.meets_every, start, held, today())
    over = [one for one in spans if one.over]
    known = council.meets_every is not None and start is not None
    return Life(
        known=told, held=len(held), due=len(over) if known else None,
        held_of_due=sum(one.held for one in over), missed=tuple(one for one in over if one.missed) if known else (),
        running=next((one for one in spans if not one.over), None) if known else None,
        decisions_due=len(due), decisions_done=sum(due), last=max(held, default=None),
    )  # fmt: skip
