"""Before you plan: one question (where, for whom, what, when), and what is known about it.

What is read depends on the question, not on how much there is: see reading.probes.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from sofra.activities.dates import FAR_OFF, LONG_AGO, Days, days_of
from sofra.activities.vocabulary import AUDIENCE_NUMBERS, work_of
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import deciding, reading, rules
from .bodies import Bodies
from .deciding import Met, Present
from .models import Asking, PriorityArea
from .neighbours import Neighbour, alike, neighbours
from .partners import Partner, partners
from .reading import Detail, Row, Scope
from .rules import Crowd, Reason, Span, Work

CAP = 50  # so many of each list are told
ASKER = 0  # who plans and is no organisation of the registry: nobody else's number


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
class Crowding:
    """What the plan would do to crowding, for one audience. Of `crowd` the works are not told.

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
    bodies, plan = Bodies(level), question.work
    rows = reading.presences(
        bodies, (scope.country,) if whole else areas, reading.numbers_of(question.audiences), question.period,
        work=plan.work, all_of=scope.municipality,
    )  # fmt: skip
    around = neighbours(question.where) if scope.municipality else []
    return Answer(
        question=question,
        municipality=around[0].place if around else None,
        **_listed(bodies, scope, [*_there(bodies, plan, scope, rows), _past(bodies, question, scope)]),
        partners=partners(bodies, plan, {one.place.code: one.place for one in around}),
        crowding=_crowding(question, [row for row in rows if row.area == scope.municipality]) if around else (),
        nobody_near=_nobody_near(level, question, around),
    )


# — who is there, and who was ——————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the answer, `met` in its order: what is met by which plan, and the presences that say so."""

    name: str
    plan: Work
    met: list[Met]
    rows: deciding.Rows


def _there(bodies: Bodies, plan: Work, scope: Scope, rows: Sequence[Row]) -> Iterator[_List]:
    each = reading.by_activity(rows)
    found = deciding.met(plan, each, scope, bodies)
    # What is sure first, then that of which least is unknown: what names the place before what may be anywhere.
    found.sort(key=lambda one: (one.unknown, one.begins, one.number))
    for name in ("there", "background"):
        yield _List(name, plan, [one for one in found if one.background == (name == "background")], each)


def _past(bodies: Bodies, question: Question, scope: Scope) -> _List:
    """Who was surely gone before that time: the same place, the same people, whatever the work was."""
    plan = dataclasses.replace(question.work, days=Days(LONG_AGO, FAR_OFF, None), work=0)
    until = question.period[0] - 1
    if until < LONG_AGO or question.where.level == 0:
        return _List("was_there", plan, [], {})
    only = [code for code in scope.paths if scope.meets(code)] if question.where.level > 2 else []
    each, enough = CAP - 10, False
    while not enough:
        rows, since = reading.newest(
            bodies, (*scope.inside, *scope.above), reading.numbers_of(question.audiences), (LONG_AGO, until),
            ended=until, places=only, each=each, most=2 * each,
        )  # fmt: skip
        together = reading.by_activity(reading.shown(bodies, rows))
        met = deciding.met(plan, together, scope, bodies, whenever=True)
        enough = since == LONG_AGO or sum(one.begins > since for one in met) > CAP
        each *= 8
    met.sort(key=lambda one: (-one.begins, one.number))
    return _List("was_there", plan, met[: CAP + 1], together)


_PAST_SIDES = (rules.Side.ORGANISATIONS, rules.Side.PLACE, rules.Side.AUDIENCE)


def _why(name: str, plan: Work, work: Work) -> tuple[Reason, ...]:
    """How an activity that was found meets the plan."""
    if work.whole_country:
        work = dataclasses.replace(work, whole_country=False, places=plan.places)
        plan = dataclasses.replace(plan, whole_country=False)
    meeting = rules.meet(plan, work)
    assert meeting is not None, "what was decided on presences holds for the activity"
    if name == "was_there":
        return tuple(reason for reason in meeting.why if reason.side in _PAST_SIDES)
    return tuple(reason for reason in meeting.why if name == "there" or reason.side != rules.Side.PLACE)


def _listed(bodies: Bodies, scope: Scope, lists: Sequence[_List]) -> dict[str, Listed]:
    shown = {one.number: each.rows[one.number] for each in lists for one in each.met[:CAP]}
    together = itertools.chain.from_iterable(shown.values())
    works = reading.works_of(together, scope.path_of, country={scope.country}, bodies=bodies)
    rows = reading.details(shown)
    whose = reading.organisations({one for work in works.values() for one in work.organisations}, bodies.level)

    def found(each: _List, number: int) -> Found:
        work = works[number]
        return _found(rows[number], bodies, work, _why(each.name, each.plan, work), whose)

    return {
        each.name: Listed(
            tuple(found(each, one.number) for one in each.met[:CAP]),
            total=min(len(each.met), CAP) if each.name == "was_there" else len(each.met),
            sure=sum(one.sure for one in each.met),
            more=each.name == "was_there" and len(each.met) > CAP,
        )
        for each in lists
    }


def _found(
    row: Detail, bodies: Bodies, work: Work, why: tuple[Reason, ...], whose: Mapping[int, Organisation]
) -> Found:
    leads = bodies.stands(row.owner)
    by = sorted((number for number in work.organisations if number in whose), key=lambda n: (n != leads, n))
    return Found(
        number=work.number, code=row.code, title=row.title, organisations=tuple(whose[number] for number in by),
        places=row.places, begins=row.begins, ends=row.ends, status=row.status,
        sure=all(reason.sure for reason in why), why=why,
    )  # fmt: skip


# — crowding ———————————————————————————————————————————————————————————————————————————————————————————————


def _crowding(question: Question, here: Sequence[Row]) -> tuple[Crowding, ...]:
    return tuple(_crowding_of(question, here, audience) for audience in question.audiences)


def _crowding_of(question: Question, here: Sequence[Row], audience: str) -> Crowding:
    most, number = settings.CROWD, AUDIENCE_NUMBERS[audience]
    sure, possible = (deciding.at_work(here, number, surely=surely) for surely in (True, False))

    def at_once(present: Present) -> tuple[int, tuple[Span, ...]]:
        return present.most_at_once(most=most, within=question.period)

    def planned(surely: bool) -> list[tuple[int, Span]]:
        return [(work.counts_as, days) for work, days in rules.at_work([question.work], audience, surely=surely)]

    now = at_once(sure)[0], at_once(possible)[0]
    then = at_once(sure.and_also(planned(True))), at_once(possible.and_also(planned(False)))
    over = [(surely, *found) for surely, found in zip((True, False), then, strict=True) if found[0] > most]
    return Crowding(
        audience=audience,
        now_sure=now[0], now_possible=now[1], planned_sure=then[0][0], planned_possible=then[1][0],
        crowd=Crowd(*over[0], works=()) if over else None,
        crowded_now=max(now) > most,
    )  # fmt: skip


# — who has nobody ———————————————————————————————————————————————————————————————————————————————————————————


def _nobody_near(level: int, question: Question, around: Sequence[Neighbour]) -> tuple[Near, ...]:
    similar = [one for one in around[1:] if alike(around[0].place, one.place)]
    if not similar:
        return ()
    codes = [one.place.code for one in similar]
    taken = reading.areas_taken(level, codes, reading.numbers_of(question.audiences), question.period)
    empty = [one for one in similar if one.place.code not in taken]
    if not empty:
        return ()
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
