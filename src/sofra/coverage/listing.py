"""Every overlap, each pair once, one after the other: memory does not grow with the number of pairs."""

import functools
import operator
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import F, Max, Min, Q, QuerySet
from numpy.typing import NDArray

from sofra.activities.dates import FAR_OFF, LONG_AGO, first_day, last_day
from sofra.activities.models import Activity, ActivityParty, Presence
from sofra.activities.vocabulary import ANYBODY, AUDIENCE_NUMBERS, WORK_BITS
from sofra.ground.models import Visibility
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import pairing, reading, rules
from .bodies import Bodies
from .pairing import Held, Numbers, Pairs
from .reading import Named
from .rules import Meeting, Reason, Side, Span, Work
from .veils import REST, veiled


@dataclass(frozen=True, slots=True)
class Filters:
    """What overlaps, gaps and crowds are narrowed to. Values of one filter are alternatives; all filters hold at once.

    A filter of place, audience, kind or theme keeps an overlap where the value is among what the two share; where it
    is not known of one of them, among what the other says; where it is known of neither, the overlap is left out.
    `place` takes what lies in it and the larger places that hold it. `begins` and `ends` are partial dates ("": open):
    the days that both may share must touch that time. `organisation` and `activity` (a code): one of the two.
    """

    place: Place | None = None
    audiences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    organisation: Organisation | None = None
    activity: str = ""
    begins: str = ""
    ends: str = ""
    sure: bool = False

    @property
    def period(self) -> Span:
        """Its first and last day as ordinals; an open side reaches to the end of days."""
        return (
            first_day(self.begins).toordinal() if self.begins else LONG_AGO,
            last_day(self.ends).toordinal() if self.ends else FAR_OFF,
        )


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two activities that overlap; `first` has the lower number. `days` are those that both may share."""

    first: Named
    second: Named
    sure: bool
    why: tuple[Reason, ...]
    days: Span


PORTION = 500  # overlaps whose titles are looked up at once
REMEMBERED = 50_000  # activities kept while the pairs of their neighbours are looked at


def overlaps(level: int, filters: Filters = EVERYTHING) -> Iterator[Overlap]:
    """The overlaps of what a viewer of this level may see, each pair once, by the activities' numbers.

    Where a filter says whose overlaps are wanted (an activity, an organisation, a place…) they come by the numbers of
    the activities that it speaks of.
    """
    narrowed = _Narrowed(filters)
    held = _held(_wanted(level, narrowed), veiled(level))
    if not len(held.numbers):
        return
    waiting: list[tuple[Work, Work, Meeting]] = []
    named: dict[int, Named] = {}
    for pair in _meetings(held, narrowed.drivers(held)):
        if narrowed.fits(pair[2]):
            waiting.append(pair)
        if len(waiting) >= PORTION:
            yield from _told(waiting, named)
            waiting.clear()
    yield from _told(waiting, named)


def _meetings(held: Held, drivers: NDArray[np.bool_]) -> Iterator[tuple[Work, Work, Meeting]]:
    works: dict[int, Work] = {}
    for at, others in Pairs(held).candidates(drivers):
        if len(works) > REMEMBERED:
            works.clear()
        mine = held.work_of(at)
        for other in others:
            theirs = works.get(other)
            if theirs is None:
                theirs = works[other] = held.work_of(other)
            first, second = (mine, theirs) if mine.number < theirs.number else (theirs, mine)
            meeting = rules.meet(first, second)
            if meeting is not None:
                yield first, second, meeting


def _told(found: Sequence[tuple[Work, Work, Meeting]], named: dict[int, Named]) -> Iterator[Overlap]:
    """The overlaps with their titles; those that were looked up before are remembered in `named`."""
    if len(named) > REMEMBERED:
        named.clear()
    named |= reading.named({work.number for pair in found for work in pair[:2]} - named.keys())
    for first, second, meeting in found:
        yield Overlap(named[first.number], named[second.number], meeting.sure, meeting.why, meeting.days)


# — filters ————————————————————————————————————————————————————————————————————————————————————————————————


class _Narrowed:
    """Filters, with what they ask of the registry looked up once."""

    def __init__(self, filters: Filters) -> None:
        self.filters, self.period = filters, filters.period
        self.scope = reading.scope_of(filters.place) if filters.place else None
        self.places: set[str] = set()
        if filters.place is not None and self.scope is not None:
            self.places = {code for code in self.scope.paths if self.scope.meets(code)} - reading.countries()
        self.whose = self._whose()

    def _whose(self) -> QuerySet[Any] | None:
        """The activities that the filters name by code or organisation; None where they name none."""
        filters = self.filters
        named = Activity.objects.all()
        if filters.organisation is not None:
            stands = filters.organisation.joined_to_id or filters.organisation.pk
            same = Q(organisation=stands) | Q(organisation__joined_to=stands)
            named = named.filter(pk__in=ActivityParty.objects.filter(same).values("activity"))
        if filters.activity:
            named = named.filter(code=filters.activity)
        return named.values("pk") if filters.organisation is not None or filters.activity else None

    def fits(self, meeting: Meeting) -> bool:
        """Does the overlap fit the filters on what the two share? See Filters."""
        filters, (first, last) = self.filters, self.period
        if (filters.sure and not meeting.sure) or meeting.days[0] > last or meeting.days[1] < first:
            return False
        shared = {reason.side: reason.shared for reason in meeting.why}
        work = shared[Side.WORK]
        return (
            (filters.place is None or not self.places.isdisjoint(shared[Side.PLACE]))
            and (not filters.audiences or not set(filters.audiences).isdisjoint(shared[Side.AUDIENCE]))
            and (not filters.kinds or any(f"kind:{code}" in work for code in filters.kinds))
            and (not filters.themes or any(f"theme:{code}" in work for code in filters.themes))
        )

    def drivers(self, held: Held) -> NDArray[np.bool_]:
        """Which of the held activities an overlap must have one of."""
        everyone = np.ones(len(held.numbers), dtype=bool)
        if self.whose is not None:
            return np.isin(held.numbers, pairing.column(pk for pk in self.whose.values_list("pk", flat=True)))
        if self.filters.place is not None:
            at = [number for number, path in enumerate(held.places) if rules.last_code(path) in self.places]
            return _any(held, np.isin(held.place, pairing.column(at)))
        if self.filters.audiences:
            asked = [AUDIENCE_NUMBERS[code] for code in self.filters.audiences]
            return _any(held, np.isin(held.audience, pairing.column(asked)))
        return everyone


def _any(held: Held, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Has the activity such a row?"""
    found: NDArray[np.bool_] = np.logical_or.reduceat(rows, held.starts[:-1])
    return found


# — what is read ———————————————————————————————————————————————————————————————————————————————————————————


def _wanted(level: int, narrowed: _Narrowed) -> QuerySet[Presence]:
    """The presences of all activities that may be one of a pair that is asked for."""
    first, last = narrowed.period
    seen = Presence.objects.filter(visible_to__lte=level).exclude(area__in=reading.countries())
    if level < Visibility.SEALED:
        seen = seen.filter(Q(activity__owner=None) | Q(activity__owner__visible_to__lte=level))
    seen = seen.filter(may_begin__lte=last, may_end__gte=first)
    near = Presence.objects.all()
    if narrowed.whose is not None:
        near = _beside(seen.filter(activity__in=narrowed.whose))
    if narrowed.scope is not None:
        areas = [*narrowed.scope.inside, *narrowed.scope.above, reading.UNKNOWN_AREA]
        near = near.filter(area__in=areas)
    if narrowed.filters.audiences:
        near = near.filter(audience__in=reading.numbers_of(narrowed.filters.audiences))
    for word, codes in (("kind", narrowed.filters.kinds), ("theme", narrowed.filters.themes)):
        if codes:
            bits = functools.reduce(operator.or_, (WORK_BITS[f"{word}:{code}"] for code in codes))
            perhaps = Q(work=0) | Q(**{f"{word}__gt": 0}) | Q(activity__owner__in=veiled(level))
            seen = seen.annotate(**{word: F("work").bitand(bits)}).filter(perhaps)
    return seen if near.query.is_empty() or not near.query.where else seen.filter(activity__in=near.values("activity"))


def _beside(own: QuerySet[Presence]) -> QuerySet[Presence]:
    """Presences where, when and with whom these are, so that a few activities are compared with few."""
    rows = set(own.values_list("area", "audience"))
    days = own.aggregate(Min("may_begin"), Max("may_end"))
    if not rows:
        return Presence.objects.none()
    near = Presence.objects.filter(may_begin__lte=days["may_end__max"], may_end__gte=days["may_begin__min"])
    areas, audiences = {area for area, _audience in rows}, {audience for _area, audience in rows}
    if reading.UNKNOWN_AREA not in areas:
        scopes = [reading.scope_of(place) for place in Place.objects.filter(code__in=areas)]
        around = {code for scope in scopes for code in (*scope.inside, *scope.above)}
        near = near.filter(area__in=[*areas, *around, reading.UNKNOWN_AREA])
    return near if ANYBODY in audiences else near.filter(audience__in=[*audiences, ANYBODY])


_READ = (
    "activity_id", "place", "area", "audience", "work", "span", "may_begin", "may_end", "sure_begin", "sure_end",
    "activity__project_id", "activity__owner_id",
)  # fmt: skip


def _held(wanted: QuerySet[Presence], hidden: Collection[int]) -> Held:
    """The presences as arrays. What is not known is 0; of `hidden` organisations so are the kinds that tell a class."""
    places = [""]
    path_of = dict(Place.objects.values_list("code", "path"))
    position: dict[str, int] = {"": 0}

    def at(code: str) -> int:
        if code not in position:
            position[code] = len(places)
            places.append(path_of.get(code, f"{code}/"))
        return position[code]

    parts: list[list[Numbers]] = [[] for _name in _READ]
    rows = wanted.values_list(*_READ).iterator(chunk_size=20_000)
    while portion := list(islice(rows, 20_000)):
        for number, values in enumerate(zip(*portion, strict=True)):
            read = map(at, values) if number in (1, 2) else (value or 0 for value in values)
            parts[number].append(pairing.column(read))
    columns = [np.concatenate(part) if part else pairing.column(()) for part in parts]
    order = np.argsort(columns[0], kind="stable")
    activity, *rest = (values[order] for values in columns)
    numbers, starts = np.unique(activity, return_index=True)
    place, area, audience, work, span, may_begin, may_end, sure_begin, sure_end, project, owner = rest
    if hidden:
        work = np.where(np.isin(owner, list(hidden)), work & REST, work)
    return Held(
        numbers=numbers, starts=np.append(starts, len(activity)), place=place, area=area, audience=audience, work=work,
        span=span, may_begin=may_begin, may_end=may_end, sure_begin=sure_begin, sure_end=sure_end, project=project,
        places=places, organisations=reading.parties_of(numbers.tolist(), Bodies(Visibility.SEALED)),
    )  # fmt: skip
