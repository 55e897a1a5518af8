"""What can be asked of coverage, each visible to whom. Every answer leads back to its activities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sofra.activities import queries as activities
from sofra.activities.models import Activity, Presence
from sofra.activities.vocabulary import ANYBODY, AUDIENCE_CODES, AUDIENCE_NUMBERS, WORK_BITS, work_of
from sofra.organisations.models import Organisation
from sofra.places.models import Kind, Place

from . import reading, rules
from .bodies import Bodies
from .listing import EVERYTHING, Filters, Overlap, overlaps
from .models import Asking, PriorityArea
from .planning import (
    CAP,
    Answer,
    Crowding,
    Found,
    Listed,
    Near,
    Neighbour,
    Partner,
    Question,
    before,
    neighbours,
)  # fmt: skip
from .reading import Named, Row
from .rules import Crowd
from .veils import REST, veiled

__all__ = [
    "CAP", "EVERYTHING", "Answer", "Crowding", "Filters", "Found", "Listed", "Named", "Near", "Neighbour", "Overlap",
    "Partner", "Question", "before", "neighbours", "overlaps",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """A crowded municipality, for one audience ("" where it is not known whom the work addresses)."""

    place: Place
    audience: str
    crowd: Crowd
    organisations: tuple[Organisation, ...]  # that the viewer may know of
    activities: tuple[Named, ...]  # the rows that say so: `crowd.works`


@dataclass(frozen=True, slots=True)
class Gap:
    """A municipality where nobody is known for an audience ("": for anybody at all) in a time.

    `askings` are those that cover it; `wider` is how many activities of larger places or the whole country may be for
    these people in this time: background. `priorities` are the declarations that the viewer may see.
    """

    place: Place
    audience: str
    state: str  # rules.State
    askings: tuple[Asking, ...]
    priorities: tuple[PriorityArea, ...]
    wider: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What a number of coverage counts: a place with all that lies in it, an audience, a kind or theme, a time.
    `audience` "unknown" asks for those whose audience is not known."""

    place: str = ""
    audience: str = ""
    kind: str = ""
    theme: str = ""
    begins: str = ""
    ends: str = ""


UNKNOWN = "unknown"  # of a cell: the audience, the place, the kind or the theme is not known


def municipalities(place: Place | None) -> list[Place]:
    """The standing municipalities of a place (of the country, for none), in Albanian order."""
    standing = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate())
    found = Place.objects.filter(standing, kind=Kind.MUNICIPALITY).order_by("sort_key", "code")
    if place is None:
        return list(found.filter(country=settings.COUNTRY))
    return list(found.filter(code__in=reading.scope_of(place).inside))


def crowded_places(level: int, filters: Filters = EVERYTHING) -> list[Notice]:
    """The crowded municipalities by place and audience, in the order of places; none is more crowded than another.

    Of the filters it heeds place, audiences, time, organisation, activity and `sure`: whom a crowd burdens does not
    depend on what is done.
    """
    places = municipalities(filters.place)
    codes = {place.code for place in places}
    bodies = Bodies(level)
    rows = reading.presences(bodies, codes, reading.numbers_of(filters.audiences), filters.period)
    found = [
        (place, audience, crowd)
        for place, here in _by_area(rows, places)
        for audience, crowd in _crowds(here, filters, bodies)
    ]
    return _notices(level, found, filters)


def _by_area(rows: Sequence[Row], places: Sequence[Place]) -> Iterator[tuple[Place, list[Row]]]:
    by_area: dict[str, list[Row]] = {}
    for row in rows:
        by_area.setdefault(row.area, []).append(row)
    return ((place, by_area[place.code]) for place in places if place.code in by_area)


def _crowds(here: Sequence[Row], filters: Filters, bodies: Bodies) -> Iterator[tuple[str, Crowd]]:
    works = reading.works_of(here, lambda code: code, country=(), bodies=bodies).values()
    if len({work.counts_as for work in works}) <= settings.CROWD:
        return
    there = {row.audience for row in here}
    for number, audience in ((ANYBODY, ""), *AUDIENCE_CODES.items()):
        if number in there and (not filters.audiences or audience in filters.audiences):
            crowd = rules.crowded(works, audience, most=settings.CROWD, within=filters.period)
            if crowd is not None and (crowd.sure or not filters.sure):
                yield audience, crowd


def _notices(level: int, found: Sequence[tuple[Place, str, Crowd]], filters: Filters) -> list[Notice]:
    leads = {work.counts_as for _place, _audience, crowd in found for work in crowd.works}
    whose = {one.pk: one for one in Organisation.objects.filter(pk__in=leads, visible_to__lte=level)}
    asked = filters.organisation and (filters.organisation.joined_to_id or filters.organisation.pk)
    activity = Activity.objects.filter(code=filters.activity).values_list("pk", flat=True).first()
    named = reading.named({work.number for _place, _audience, crowd in found for work in crowd.works})
    notices = []
    for place, audience, crowd in found:
        if asked and not any(asked == work.lead or asked in work.organisations for work in crowd.works):
            continue
        if filters.activity and not any(work.number == activity for work in crowd.works):
            continue
        here = {work.counts_as for work in crowd.works}
        known = sorted((whose[one] for one in here if one in whose), key=lambda one: (one.sort_key, one.pk))
        rows = tuple(named[work.number] for work in crowd.works)
        notices.append(Notice(place, audience, crowd, tuple(known), rows))
    return notices


def gaps(level: int, filters: Filters = EVERYTHING) -> Iterator[Gap]:
    """Municipalities × audiences where nobody is known; priority areas first, then those that were asked about.

    Without audiences in the filters, a row for each municipality where nobody is known for anybody at all. With kinds
    or themes, nobody is known for that work. Of the other filters it heeds place and time.
    """
    places, work = municipalities(filters.place), work_of(filters.kinds, filters.themes)
    scopes = {place.code: [code for code in place.path.split("/") if code][:-1] for place in places}
    askings = reading.askings_for(place.path for place in places)
    declared = list(priority_areas(level))
    found: list[Gap] = []
    for audience in filters.audiences or ("",):
        numbers = reading.numbers_of([audience] if audience else [])
        taken = reading.areas_taken(level, list(scopes), numbers, filters.period, work)
        empty = [place for place in places if place.code not in taken]
        larger = {code for place in empty for code in scopes[place.code]}
        wider = reading.counts(level, larger, numbers, filters.period, work)
        for place in empty:
            asked = [audience] if audience else []
            covering = reading.covering(askings, place.path, asked, filters.period)
            state = rules.gap(False, covering)
            assert state is not None
            priorities = tuple(one for one in declared if concerns(one, place))
            count = sum(wider.get(code, 0) for code in scopes[place.code])
            found.append(Gap(place, audience, state, tuple(covering), priorities, count))
    found.sort(key=lambda one: (not one.priorities, one.state != rules.State.NOBODY))
    yield from found


def concerns(area: PriorityArea, place: Place) -> bool:
    """Does the declaration name this place, one that holds it, or one inside it?"""
    return place.path.startswith(area.place.path) or area.place.path.startswith(place.path)


def activities_of(level: int, cell: Cell) -> QuerySet[Activity]:
    """The activities behind a number: those that may be there, for these people, in that time and of that work."""
    rows = Presence.objects.filter(visible_to__lte=level)
    if cell.place:
        rows = rows.filter(_at(cell.place))
    if cell.audience:
        rows = rows.filter(audience=ANYBODY if cell.audience == UNKNOWN else AUDIENCE_NUMBERS[cell.audience])
    for word in ("kind", "theme"):
        if code := getattr(cell, word):
            bits = _all_bits(word) if code == UNKNOWN else WORK_BITS[f"{word}:{code}"]
            asked = {word: 0} if code == UNKNOWN else {f"{word}__gt": 0}
            told = {f"{word}_told": 0} if code == UNKNOWN else {f"{word}_told__gt": 0}
            rows = rows.annotate(**{word: F("work").bitand(bits), f"{word}_told": F("work").bitand(bits & REST)})
            rows = rows.filter(_as_told(level, Q(**asked), Q(**told)))
    if cell.begins or cell.ends:
        first, last = Filters(begins=cell.begins, ends=cell.ends).period
        rows = rows.filter(may_begin__lte=last, may_end__gte=first)
    return activities.activities(level).filter(pk__in=rows.values("activity"))


def _as_told(level: int, asked: Q, told: Q) -> Q:
    """`told` for activities of organisations whose class the viewer is not told, `asked` for all others."""
    hidden = veiled(level)
    if not hidden:
        return asked
    theirs = Q(activity__owner__in=hidden)
    return (theirs & told) | ((Q(activity__owner=None) | ~theirs) & asked)


def _all_bits(word: str) -> int:
    return sum(bit for name, bit in WORK_BITS.items() if name.startswith(f"{word}:"))


def _at(code: str) -> Q:
    """Presences at a place or inside it; of a country also those in the whole of it."""
    if code == UNKNOWN:
        return Q(area=reading.UNKNOWN_AREA)
    place = Place.objects.get(pk=code)
    if place.level > 2:
        return Q(place__in=Place.objects.within(place).values("code"))
    return Q(area__in=[*reading.scope_of(place).inside, *([code] if place.level == 0 else [])])


def priority_areas(level: int) -> QuerySet[PriorityArea]:
    """The standing declarations that a viewer of this level may see."""
    return PriorityArea.objects.filter(ended_on=None, visible_to__lte=level).select_related("place")


def askings(place: Place | None = None) -> QuerySet[Asking]:
    """The standing askings, the newest first; of a place, those of it and of larger places that hold it."""
    found = Asking.objects.filter(ended_on=None).select_related("place").order_by("-asked_on", "-id")
    return found if place is None else found.filter(place__in=place.path.rstrip("/").split("/"))
