"""When work overlaps, when a place is crowded, and where nobody is known: the rules, each with its reason.

1. Two activities overlap when different organisations share place, time, audience and kind or theme of work (`meet`).
   Where one of these sides is not known of one of them the overlap is possible, never sure. Who shares an
   organisation or a project works together, and is no overlap. Work in the whole country is background.
2. A municipality is crowded for an audience when more than a number of organisations (set by the operator) work there
   with it on the same day (`crowded`). Partners of one project count as the one that leads it. This is said out of
   care for the people who live there, never against those who work there.
3. Nobody is known in a place only where somebody asked (`gap`). Where nobody asked, it is not known.

Nothing here scores or ranks a place.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.activities.dates import FAR_OFF, LONG_AGO, Days
from sofra.activities.vocabulary import words_of

Span = tuple[int, int]  # a first and a last day, as ordinals; both belong to it
ALWAYS: Span = (LONG_AGO, FAR_OFF)


@dataclass(frozen=True, slots=True)
class Work:
    """One activity as the rules read it. What is empty is not known.

    `organisations` are the numbers of the records that stand for its lead and its partners. `lead` is the organisation
    that it counts for in a crowd: the lead of its project, or where that is not known its own. `places` are the paths
    of its places (Place.path). `work` holds its kinds and themes as bits (activities.vocabulary.work_of).
    """

    number: int
    organisations: frozenset[int]
    project: int | None
    lead: int | None
    places: tuple[str, ...]
    whole_country: bool
    days: Days
    audiences: frozenset[str]
    work: int

    @property
    def counts_as(self) -> int:
        """Who it is in a crowd: an organisation's number. Below 0 where the lead is not known: then each project is
        somebody of its own, and each activity without one (even for a project, odd for an activity)."""
        if self.lead is not None:
            return self.lead
        return -2 * self.project if self.project is not None else -2 * self.number - 1


# — 1. overlap —————————————————————————————————————————————————————————————————————————————————————————————


class Side(models.TextChoices):
    ORGANISATIONS = "organisations", _("organisations")
    PLACE = "place", _("place")
    TIME = "time", _("time")
    AUDIENCE = "audience", _("audience")
    WORK = "work", _("kind or theme")


SHARED: dict[str, Promise] = {
    Side.ORGANISATIONS: _("Different organisations, which do not do this together as one project."),
    Side.PLACE: _("The same place, or one place lies inside the other."),
    Side.TIME: _("There is a day on which both are surely at work."),
    Side.AUDIENCE: _("The same people are addressed."),
    Side.WORK: _("The same kind of work, or the same theme."),
}
UNKNOWN: dict[str, Promise] = {
    Side.ORGANISATIONS: _("Of one of them it is not known which organisation does it: it may be the same one."),
    Side.PLACE: _("Of one of them it is not known where it is done."),
    Side.TIME: _("The known dates allow that both are at work on the same day, but do not say so."),
    Side.AUDIENCE: _("Of one of them it is not known whom it addresses."),
    Side.WORK: _("Of one of them neither a kind nor a theme is known."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one side of two activities meets. `shared` is what both have, as codes (places by code, work as
    "kind:dialogue" and "theme:youth"); where it is not sure, what the one of which it is known says."""

    side: str
    sure: bool
    shared: tuple[str, ...] = ()

    @property
    def rule(self) -> Promise:
        return (SHARED if self.sure else UNKNOWN)[self.side]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two activities overlap: one reason a side, in the order of `Side`. `days` are those that both may share."""

    why: tuple[Reason, ...]
    days: Span

    @property
    def sure(self) -> bool:
        return all(reason.sure for reason in self.why)


def meet(one: Work, other: Work) -> Meeting | None:
    """Whether two activities overlap, surely or possibly, and why. None where they surely do not.

    Each side either meets (reason), does not meet (None, so there is no overlap), or is not known (a reason that is
    not sure). A side that is known of both and does not meet decides, whatever else is unknown.
    """
    if one.number == other.number or one.whole_country or other.whole_country:
        return None
    time = _same_time(one.days, other.days)
    if time is None:
        return None
    sides = (_different_organisations(one, other), _same_place(one, other), time[0], _same_people(one, other),
             _same_work(one, other))  # fmt: skip
    if any(side is None for side in sides):
        return None
    return Meeting(tuple(side for side in sides if side is not None), time[1])


def _different_organisations(one: Work, other: Work) -> Reason | None:
    if one.organisations & other.organisations or (one.project is not None and one.project == other.project):
        return None
    return Reason(Side.ORGANISATIONS, bool(one.organisations and other.organisations))


def _same_place(one: Work, other: Work) -> Reason | None:
    """The smaller of two places of which one lies inside the other is where both are at work."""
    if not one.places or not other.places:
        return Reason(Side.PLACE, False, tuple(sorted(last_code(path) for path in one.places or other.places)))
    shared = {
        max(mine, theirs, key=len)
        for mine in one.places
        for theirs in other.places
        if mine.startswith(theirs) or theirs.startswith(mine)
    }
    return Reason(Side.PLACE, True, tuple(sorted(map(last_code, shared)))) if shared else None


def last_code(path: str) -> str:
    """ "AL/AL-09/AL111/" is the place AL111."""
    return path.rstrip("/").rpartition("/")[2]


def _same_time(one: Days, other: Days) -> tuple[Reason, Span] | None:
    first, last = max(one.may_begin, other.may_begin), min(one.may_end, other.may_end)
    if first > last:
        return None
    sure = bool(one.sure and other.sure and max(one.sure[0], other.sure[0]) <= min(one.sure[1], other.sure[1]))
    return Reason(Side.TIME, sure), (first, last)


def _same_people(one: Work, other: Work) -> Reason | None:
    if not one.audiences or not other.audiences:
        return Reason(Side.AUDIENCE, False, tuple(sorted(one.audiences or other.audiences)))
    shared = one.audiences & other.audiences
    return Reason(Side.AUDIENCE, True, tuple(sorted(shared))) if shared else None


def _same_work(one: Work, other: Work) -> Reason | None:
    if not one.work or not other.work:
        return Reason(Side.WORK, False, coded(one.work or other.work))
    shared = one.work & other.work
    return Reason(Side.WORK, True, coded(shared)) if shared else None


def completes(work: int, plan: int) -> bool:
    """Does work complete a plan? It does where both are known and they share neither a kind nor a theme: who does the
    same would only do it twice."""
    return bool(work) and bool(plan) and not work & plan


@cache
def coded(work: int) -> tuple[str, ...]:
    """Bits as codes: "kind:dialogue", "theme:youth"."""
    kinds, themes = words_of(work)
    return (*(f"kind:{code}" for code in kinds), *(f"theme:{code}" for code in themes))


# — 2. crowding ————————————————————————————————————————————————————————————————————————————————————————————

CROWDED = _(
    "More than %(most)s organisations work with the same people in this municipality at the same time. For those who"
    " live there that can be too much at once, and give the place a name that it does not deserve: please agree with"
    " each other before more is begun."
)
PERHAPS_CROWDED = _(
    "It may be that more than %(most)s organisations work with the same people in this municipality at the same time:"
    " of some work the dates, the people or the organisation are not known. Please ask each other before more is begun."
)
CARE = {True: CROWDED, False: PERHAPS_CROWDED}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Too many at once. `number` is the largest number of organisations on one day, `spans` the days on which there
    are more than allowed, `works` who is at work on one of them: surely where it is sure, else possibly."""

    sure: bool
    number: int
    spans: tuple[Span, ...]
    works: tuple[Work, ...]


def crowded(works: Iterable[Work], audience: str, *, most: int, within: Span = ALWAYS) -> Crowd | None:
    """Whether more than `most` organisations are at work with an audience on some day of `within`.

    `works` are the activities in the municipality or at a place inside it. Sure where on some day more than `most`
    known organisations are surely at work, and each activity says that it is for this audience. Otherwise possible,
    where it takes those whose audience, dates or lead are not known. An `audience` of "" asks about those alone whose
    audience is not known.
    """
    there = list(works)
    return _crowd(at_work(there, audience, surely=True), most, within, sure=True) or _crowd(
        at_work(there, audience, surely=False), most, within, sure=False
    )


def at_work(works: Iterable[Work], audience: str, *, surely: bool) -> list[tuple[Work, Span]]:
    """Who is at work with an audience, and on which days: as far as it is sure, or as far as it may be."""
    there = [work for work in works if not work.whole_country and concerns(work, audience)]
    if not surely:
        return [(work, (work.days.may_begin, work.days.may_end)) for work in there]
    return [
        (work, work.days.sure)
        for work in there
        if work.days.sure is not None and work.audiences and work.lead is not None
    ]


def concerns(work: Work, audience: str) -> bool:
    """May the activity be for this audience? Where nothing is recorded it may be for anybody."""
    return not work.audiences or audience in work.audiences


def _crowd(present: Sequence[tuple[Work, Span]], most: int, within: Span, *, sure: bool) -> Crowd | None:
    number, spans = most_at_once([(work.counts_as, days) for work, days in present], most=most, within=within)
    if not spans:
        return None
    works = [work for work, (first, last) in present if any(first <= until and last >= since for since, until in spans)]
    return Crowd(sure, number, spans, tuple(sorted(works, key=lambda work: work.number)))


def most_at_once(present: Sequence[tuple[int, Span]], *, most: int, within: Span) -> tuple[int, tuple[Span, ...]]:
    """The largest number of different organisations on one day of `within`, and the days with more than `most`.

    Goes through the days on which somebody begins or has ended; an organisation that is there twice is one.
    """
    changes: dict[int, list[tuple[int, int]]] = {}
    for who, (begins, ends) in present:
        first, last = max(begins, within[0]), min(ends, within[1])
        if first <= last:
            changes.setdefault(first, []).append((who, 1))
            changes.setdefault(last + 1, []).append((who, -1))
    there: Counter[int] = Counter()
    number, spans, since = 0, [], 0
    for day in sorted(changes):
        for who, change in changes[day]:
            there[who] += change
            if not there[who]:
                del there[who]
        number = max(number, len(there))
        if len(there) > most and not since:
            since = day
        elif len(there) <= most and since:
            spans.append((since, day - 1))
            since = 0
    return number, tuple(spans)


# — 3. nobody known ————————————————————————————————————————————————————————————————————————————————————————


class State(models.TextChoices):
    NOBODY = "nobody", _("nobody known")
    NOT_ASKED = "not-asked", _("not asked, so not known")


REASONS: dict[str, Promise] = {
    State.NOBODY: _("This place was asked about, for these people and this time, and nobody is known to work there."),
    State.NOT_ASKED: _(
        "Nobody is known to work there, and nobody has asked: that says nothing about the place. Ask before you"
        " conclude."
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A place (its path) was asked about. No audiences: about everybody. `days` are those that were asked about."""

    number: int
    place: str
    audiences: frozenset[str]
    days: Span


def covers(asked: Asked, place: str, audiences: Collection[str], period: Span) -> bool:
    """Was this place asked about, for all these people and all of this time?

    It was where the place that was asked about is the same or holds it. A period that is open on a side asks for
    nothing on that side. Who asks about no audience in particular wants to know about everybody.
    """
    if not place.startswith(asked.place):
        return False
    if asked.audiences and not (audiences and asked.audiences.issuperset(audiences)):
        return False
    begun = period[0] == LONG_AGO or asked.days[0] <= period[0]
    return begun and (period[1] == FAR_OFF or asked.days[1] >= period[1])


def gap(anybody: bool, askings: Collection[object]) -> str | None:
    """The state of a place where nobody is known, for an audience and a time; None where somebody is, or may be.

    `anybody`: is there an activity at the place or inside it that may be for this audience and may fall in this time?
    `askings`: those that cover place, audience and time. Larger places and the whole country are background.
    """
    if anybody:
        return None
    return State.NOBODY if askings else State.NOT_ASKED
