"""Before you plan: one question (where, for whom, what, when), and what is known about it.

What is read depends on the question, not on how much there is: see reading.probes.
"""

import dataclasses
import functools
import math
import operator
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from sofra.activities.dates import FAR_OFF, LONG_AGO, Days, days_of
from sofra.activities.models import Activity
from sofra.activities.vocabulary import ANYBODY, AUDIENCE_CODES, work_of
from sofra.organisations.models import Organisation
from sofra.places.models import Kind, Place

from . import reading, rules
from .models import Asking, PriorityArea
from .reading import Named, Row, Scope
from .rules import Crowd, Reason, Span, Work

CAP = 50  # so many of each list are told
ASKER = 0  # who plans and is no organisation of the registry: nobody else's number
PARTNERS, TRIED = 12, 24  # so many partners are told, of so many that were looked at
YEARS_BACK = 3  # what was done longer ago tells little about who could be a partner
NEAREST = 8
ALIKE = 3.0  # a municipality is similar when it has at most three times, at least a third of the inhabitants


@dataclass(frozen=True, slots=True)
class Question:
    """Where, for whom, what, when, and who asks. What is empty is not known yet.

    `kinds` and `themes` are codes of activities.vocabulary; `begins` and `ends` partial dates.
    """

    where: Place
    audiences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    organisation: Organisation | None = None

    @property
    def days(self) -> Days:
        return days_of(self.begins, self.ends)

    @property
    def period(self) -> Span:
        """All days that it may take."""
        return self.days.may_begin, self.days.may_end

    @property
    def work(self) -> Work:
        """The plan as if it were an activity. Who plans is somebody else than those who are recorded."""
        stands = self.organisation and (self.organisation.joined_to_id or self.organisation.pk)
        return Work(
            number=0, organisations=frozenset({stands or ASKER}), project=None, lead=stands or ASKER,
            places=() if self.where.level == 0 else (self.where.path,), whole_country=self.where.level == 0,
            days=self.days, audiences=frozenset(self.audiences), work=work_of(self.kinds, self.themes),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """An activity of an answer. `sure` and `why` say how it meets the question; of background, how the sides other
    than the place do. `organisations` are those that the viewer may know of, the lead first; `places` are codes."""

    number: int
    code: str
    title: str
    organisations: tuple[Organisation, ...]
    places: tuple[str, ...]
    begins: str
    ends: str
    status: str
    sure: bool
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """The first `CAP` of what was found, the sure ones first. `total` is how many there are, `sure` how many of them
    are; with `more` there are more than `total` says."""

    found: tuple[Found, ...] = ()
    total: int = 0
    sure: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that could be a partner: it worked here or in a neighbouring place, with the same people or in
    work that completes the planned one, and is not known to be at work in that time.

    `audiences` and `kinds` are the codes that make it so, `places` where it worked, `example` one of its activities
    there. `perhaps_busy`: of some of its work the dates are not known well enough to say that it is free.
    """

    organisation: Organisation
    places: tuple[Place, ...]
    audiences: tuple[str, ...]
    kinds: tuple[str, ...]
    example: Named
    perhaps_busy: bool


@dataclass(frozen=True, slots=True)
class Crowding:
    """What the plan would do to crowding, for one audience.

    `now` and `planned` are the largest number of organisations on one day, surely and possibly, without and with the
    plan. `crowd` is the notice with the plan, None where there is none; `crowded_now` says that it is so without it.
    """

    audience: str
    now_sure: int
    now_possible: int
    planned_sure: int
    planned_possible: int
    crowd: Crowd | None
    crowded_now: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A similar municipality nearby where nobody is known for these people in that time."""

    place: Place
    kilometres: float | None
    same_county: bool
    state: str  # rules.State
    askings: tuple[Asking, ...]
    priority: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known before planning. `municipality` is where crowding is looked at; None for a place larger than one,
    and then `crowding` and `nobody_near` are empty."""

    question: Question
    municipality: Place | None
    there: Listed
    was_there: Listed
    background: Listed
    partners: tuple[Partner, ...]
    crowding: tuple[Crowding, ...]
    nobody_near: tuple[Near, ...]


def before(level: int, question: Question) -> Answer:
    """Who is there, who was there, who could be a partner, what the plan would do to crowding, who has nobody."""
    scope = reading.scope_of(question.where)
    whole = question.where.level == 0
    areas = (*scope.inside, *scope.above, reading.UNKNOWN_AREA, scope.country)
    rows = reading.presences(
        level, (scope.country,) if whole else areas, reading.numbers_of(question.audiences), question.period
    )
    works = reading.works_of(rows, scope.path_of, country={scope.country})
    found = [*_there(question, works), *_past(level, question, scope)]
    here = {row.activity for row in rows if row.area == scope.municipality}
    around = neighbours(question.where) if scope.municipality else []
    return Answer(
        question=question,
        municipality=around[0].place if around else None,
        **_listed(level, found),
        partners=_partners(level, question, around),
        crowding=_crowding(question, [works[number] for number in sorted(here)]) if around else (),
        nobody_near=_nobody_near(level, question, around),
    )


# — who is there, and who was ——————————————————————————————————————————————————————————————————————————————

Told = tuple[str, Work, tuple[Reason, ...]]  # in which list of the answer, what, why


def _there(question: Question, works: Mapping[int, Work]) -> Iterator[Told]:
    plan = question.work
    for work in works.values():
        if work.whole_country:
            everywhere = dataclasses.replace(work, whole_country=False, places=plan.places)
            meeting = rules.meet(dataclasses.replace(plan, whole_country=False), everywhere)
            if meeting is not None:
                yield "background", work, tuple(why for why in meeting.why if why.side != rules.Side.PLACE)
        elif (meeting := rules.meet(plan, work)) is not None:
            yield "there", work, meeting.why


def _past(level: int, question: Question, scope: Scope) -> Iterator[Told]:
    """Who was surely gone before that time: the same place, the same people, whatever the work was."""
    until = question.period[0] - 1
    if until < LONG_AGO or question.where.level == 0:
        return
    only = [code for code in scope.paths if scope.meets(code)] if question.where.level > 2 else []
    rows = reading.newest(
        level, (*scope.inside, *scope.above), reading.numbers_of(question.audiences), (LONG_AGO, until),
        ended=until, places=only, most=CAP + 1,
    )  # fmt: skip
    plan = dataclasses.replace(question.work, days=Days(LONG_AGO, FAR_OFF, None), work=0)
    works = reading.works_of(rows, scope.path_of, country={scope.country})
    for work in sorted(works.values(), key=lambda work: (-work.days.may_begin, work.number)):
        if (meeting := rules.meet(plan, work)) is not None:
            yield "was_there", work, tuple(why for why in meeting.why if why.side in _PAST_SIDES)


_PAST_SIDES = (rules.Side.ORGANISATIONS, rules.Side.PLACE, rules.Side.AUDIENCE)


def _listed(level: int, told: Iterable[Told]) -> dict[str, Listed]:
    lists: dict[str, list[tuple[bool, Work, tuple[Reason, ...]]]] = {"there": [], "was_there": [], "background": []}
    for name, work, why in told:
        lists[name].append((all(reason.sure for reason in why), work, why))
    for name in ("there", "background"):
        lists[name].sort(key=lambda one: (not one[0], one[1].days.may_begin, one[1].number))
    shown = {work.number: work for found in lists.values() for _sure, work, _why in found[:CAP]}
    rows = {
        row["pk"]: row
        for row in Activity.objects.filter(pk__in=shown).values(
            "pk", "code", "title", "places", "begins", "ends", "status", "owner", "owner__joined_to"
        )
    }
    whose = Organisation.objects.filter(visible_to__lte=level).in_bulk(
        {number for work in shown.values() for number in work.organisations}
    )
    return {
        name: Listed(
            tuple(_found(rows[work.number], work, sure, why, whose) for sure, work, why in found[:CAP]),
            total=min(len(found), CAP) if name == "was_there" else len(found),
            sure=sum(sure for sure, _work, _why in found),
            more=name == "was_there" and len(found) > CAP,
        )
        for name, found in lists.items()
    }


def _found(
    row: Mapping[str, Any], work: Work, sure: bool, why: tuple[Reason, ...], whose: Mapping[int, Organisation]
) -> Found:
    leads = row["owner__joined_to"] or row["owner"]
    by = sorted((number for number in work.organisations if number in whose), key=lambda n: (n != leads, n))
    return Found(
        number=work.number, code=row["code"], title=row["title"], organisations=tuple(whose[number] for number in by),
        places=tuple(row["places"]), begins=row["begins"], ends=row["ends"], status=row["status"], sure=sure, why=why,
    )  # fmt: skip


# — crowding ———————————————————————————————————————————————————————————————————————————————————————————————


def _crowding(question: Question, here: Sequence[Work]) -> tuple[Crowding, ...]:
    return tuple(_crowding_of(question, here, audience) for audience in question.audiences)


def _crowding_of(question: Question, here: Sequence[Work], audience: str) -> Crowding:
    most, within, planned = settings.CROWD, question.period, (*here, question.work)

    def at_once(works: Sequence[Work], surely: bool) -> int:
        present = rules.at_work(works, audience, surely=surely)
        return rules.most_at_once([(work.counts_as, days) for work, days in present], most=most, within=within)[0]

    return Crowding(
        audience=audience,
        now_sure=at_once(here, True), now_possible=at_once(here, False),
        planned_sure=at_once(planned, True), planned_possible=at_once(planned, False),
        crowd=rules.crowded(planned, audience, most=most, within=within),
        crowded_now=rules.crowded(here, audience, most=most, within=within) is not None,
    )  # fmt: skip


# — who is near ————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A municipality near a place; the first of a list is the place's own. `kilometres` is None where not known."""

    place: Place
    kilometres: float | None
    same_county: bool


def neighbours(place: Place) -> list[Neighbour]:
    """The municipality of a place (itself, for one), then those of its county, then the nearest others."""
    codes = [code for code in place.path.split("/") if code]
    own_code = codes[len(codes) - 1 - max(place.level - 2, 0)]
    standing = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate()) | Q(pk=own_code)
    municipalities = list(Place.objects.filter(standing, kind=Kind.MUNICIPALITY, country=place.country))
    own = next((one for one in municipalities if one.code == own_code), None)
    if own is None:
        return []
    found = [
        Neighbour(one, _kilometres(own, one), one.parent_id == own.parent_id and bool(own.parent_id))
        for one in municipalities
        if one.code != own_code
    ]
    found.sort(key=lambda one: (one.kilometres is None, one.kilometres or 0.0, one.place.sort_key, one.place.code))
    others = [one for one in found if not one.same_county][:NEAREST]
    return [Neighbour(own, 0.0, True), *(one for one in found if one.same_county), *others]


def _kilometres(one: Place, other: Place) -> float | None:
    """The distance of two points on a globe, by the haversine formula."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    north, east = math.radians(other.lat - one.lat), math.radians(other.lon - one.lon)
    part = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat)) * math.sin(east / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(part))


def _alike(one: Place, other: Place) -> bool:
    """Have they about as many inhabitants? Where it is not known of one, they may have."""
    counts = [place.population[max(place.population)] for place in (one, other) if place.population]
    return len(counts) < 2 or not min(counts) or max(counts) / min(counts) <= ALIKE


def _nobody_near(level: int, question: Question, around: Sequence[Neighbour]) -> tuple[Near, ...]:
    similar = [one for one in around[1:] if _alike(around[0].place, one.place)]
    if not similar:
        return ()
    codes = [one.place.code for one in similar]
    taken = reading.areas_taken(level, codes, reading.numbers_of(question.audiences), question.period)
    empty = [one for one in similar if one.place.code not in taken]
    asked = reading.askings_for([one.place.path for one in empty])
    declared = list(
        PriorityArea.objects.filter(ended_on=None, visible_to__lte=level).values_list("place__path", flat=True)
    )
    found = []
    for one in empty:
        path = one.place.path
        covering = reading.covering(asked, path, question.audiences, question.period)
        state = rules.gap(False, covering)
        assert state is not None
        priority = any(path.startswith(area) or area.startswith(path) for area in declared)
        found.append(Near(one.place, one.kilometres, one.same_county, state, tuple(covering), priority))
    return tuple(sorted(found, key=lambda near: not near.priority))


# — who could be a partner —————————————————————————————————————————————————————————————————————————————————


def _partners(level: int, question: Question, around: Sequence[Neighbour]) -> tuple[Partner, ...]:
    """Those who worked here or nearby in the last years with the same people, or completing the plan, and are free."""
    places = {one.place.code: one.place for one in around}
    since = max(question.period[0] - YEARS_BACK * 366, LONG_AGO)
    rows = reading.newest(level, tuple(places), reading.EVERYBODY, (since, question.period[1]), most=3)
    asker, wanted = question.work.lead, set(reading.numbers_of(question.audiences)) - {ANYBODY}
    plan = question.work.work
    fitting: dict[int, list[Row]] = {}
    for row in rows:
        same_people = row.audience in wanted
        if row.owner is not None and row.owner != asker and (same_people or rules.completes(row.work, plan)):
            fitting.setdefault(row.owner, []).append(row)
    nearest = {code: rank for rank, code in enumerate(places)}

    def rank(number: int) -> tuple[Any, ...]:
        rows = fitting[number]
        same_people = any(row.audience in wanted for row in rows)
        return (
            not same_people, min(nearest[row.area] for row in rows), -max(row.may_begin for row in rows), number,
        )  # fmt: skip

    ranked = sorted(fitting, key=rank)[:TRIED]
    busy = _busy(level, ranked, question.period)
    free = [number for number in ranked if busy.get(number) is not True]
    free.sort(key=lambda number: number in busy)
    return _told_partners(level, free, fitting, places, wanted, plan, busy)


def _told_partners(
    level: int, free: Sequence[int], fitting: Mapping[int, list[Row]], places: Mapping[str, Place],
    wanted: Collection[int], plan: int, busy: Mapping[int, bool],
) -> tuple[Partner, ...]:  # fmt: skip
    whose = Organisation.objects.filter(visible_to__lte=level, ended_in=None).in_bulk(free)
    shown = [number for number in free if number in whose][:PARTNERS]
    newest = {number: max(fitting[number], key=lambda row: (row.may_begin, row.activity)) for number in shown}
    named = reading.named(row.activity for row in newest.values())
    found = []
    for number in shown:
        rows = fitting[number]
        completing = [row.work for row in rows if rules.completes(row.work, plan)]
        found.append(
            Partner(
                organisation=whose[number],
                places=tuple(place for code, place in places.items() if any(row.area == code for row in rows)),
                audiences=tuple(sorted({AUDIENCE_CODES[row.audience] for row in rows if row.audience in wanted})),
                kinds=rules.coded(functools.reduce(operator.or_, completing, 0)),
                example=named[newest[number].activity],
                perhaps_busy=number in busy,
            )
        )
    return tuple(found)


def _busy(level: int, organisations: Sequence[int], period: Span) -> dict[int, bool]:
    """Organisation → whether it is surely at work in that time, or may be; those that are not are left out.

    Dates are compared as they are kept: a text that begins another one sorts before it, and "~" sorts behind all.
    """
    if not organisations:
        return {}
    numbers = ", ".join(str(int(number)) for number in organisations)
    rows = reading.run(
        "SELECT COALESCE(o.joined_to_id, o.id), a.begins, a.ends FROM organisations_organisation o"  # noqa: S608
        " JOIN activities_activityparty y ON y.organisation_id = o.id"
        " JOIN activities_activity a ON a.id = y.activity_id"
        f" WHERE (o.id IN ({numbers}) OR o.joined_to_id IN ({numbers})) AND a.state = 'published'"
        " AND a.status <> 'cancelled' AND a.visible_to <= %s AND a.begins <= %s AND (a.ends = '' OR a.ends >= %s)",
        [level, date.fromordinal(period[1]).isoformat(), str(date.fromordinal(period[0]).year)],
    )
    busy: dict[int, bool] = {}
    for organisation, begins, ends in rows:
        days = days_of(begins, ends)
        if days.may_begin <= period[1] and days.may_end >= period[0]:
            surely = days.sure is not None and days.sure[0] <= period[1] and days.sure[1] >= period[0]
            busy[organisation] = busy.get(organisation, False) or surely
    return busy
