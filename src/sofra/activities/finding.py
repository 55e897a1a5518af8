"""Lists of activities and projects: narrowed, sorted, counted; quick at a million, where nothing may read them all.

Two ways lead to the same list. Walking the sorted index tests each activity on the way, which is quick where many fit;
collecting takes all who fit and sorts them, which is quick where few do. They are counted first, up to FEW.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Exists, F, JSONField, Lookup, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left

from sofra.ground.models import AuditLine, Visibility
from sofra.organisations import queries as organisations
from sofra.organisations import search, vocabulary
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import dates, queries
from .models import Activity, ActivityParty, Presence, PresenceGone, Project, ProjectParty
from .presence import area_of
from .vocabulary import AUDIENCE_CODES, Status, audience_bits_of, words_of, work_of

MOST = 10_000  # so many are counted and paged; what is more is said to be more, and downloaded whole
FEW = 10_000  # up to so many are collected, more are walked to: as measured at a million
PAGE = 25
MOST_NAMES = 2_000

SORTS: dict[str, tuple[str, str]] = {
    "-when": ("-begins", "-id"),
    "when": ("begins", "id"),
    "title": ("sort_key", "id"),
    "-title": ("-sort_key", "-id"),
    "-changed": ("-updated_at", "-id"),
}
SPECIFIC = work_of(vocabulary.SpecificKind.values, ())
RELEVANT = work_of(vocabulary.RelevantKind.values, ())
TELLING = work_of(vocabulary.ACTIVITY_KINDS, ())  # the kinds of Annex II, from which a class follows


@JSONField.register_lookup
class HoldsAny(Lookup):
    """`places__holds_any=codes`: the list that is kept as JSON has one of these texts in it."""

    lookup_name = "holds_any"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        marks = ", ".join(["%s"] * len(self.rhs)) or "NULL"
        sql = f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({marks}))"  # noqa: S608
        return sql, [*parameters, *self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} ?| %s", [*parameters, list(self.rhs)]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; each is an address parameter. Values of one are alternatives, filters add up."""

    q: str = ""
    place: Place | None = None
    organisation: Organisation | None = None
    project: Project | None = None
    kind: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    activity_class: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    date: str = ""

    def any(self) -> bool:
        return self != Filters()


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def listed(
    level: int, filters: Filters = Filters(), sort: str = "-when", *, collect: bool = False
) -> QuerySet[Activity]:
    """The published activities that fit all filters. `collect` says that the first in order are not what is wanted."""
    found = queries.activities(level)
    for narrow in (_by_codes, _by_time, _by_class, _by_kinds):
        found = narrow(found, level, filters)
    if filters.project is not None:
        found = found.filter(project=filters.project)
    if filters.organisation is not None:
        found = _by_organisation(found, filters.organisation, level, collect)
    if filters.place is not None:
        found = _by_place(found, filters.place, collect)
    if search.words(filters.q):
        found = found.filter(pk__in=_said(level, filters.q))
    if collect and (filters.place or filters.organisation or filters.q):
        return found.order_by()
    return found.order_by(*SORTS.get(sort, SORTS["-when"]))


def _by_codes(found: QuerySet[Activity], _level: int, filters: Filters) -> QuerySet[Activity]:
    if filters.status:
        found = found.filter(status__in=filters.status)
    if filters.mode:
        found = found.filter(mode__in=filters.mode)
    if filters.theme:
        found = found.alias(themes_met=F("work").bitand(work_of((), filters.theme))).filter(themes_met__gt=0)
    if filters.audience:
        met = F("whom").bitand(audience_bits_of(filters.audience))
        found = found.alias(audiences_met=met).filter(audiences_met__gt=0)
    return found


def _by_time(found: QuerySet[Activity], _level: int, filters: Filters) -> QuerySet[Activity]:
    """Those that may have been at work in the period. Where neither date is known nobody can say: `date` finds them.

    A partial date sorts as its first day, so the beginning is compared as it stands. An end that is only a month or a
    year lasts to its last day: one in which the period begins counts too.
    """
    if filters.begins:
        day = dates.first_day(filters.begins).isoformat()
        found = found.filter(Q(ends__gte=day) | Q(ends__in=[day[:4], day[:7]]) | Q(ends="", begins__gt=""))
    if filters.ends:
        day = dates.last_day(filters.ends).isoformat()
        found = found.filter(Q(begins__lte=day, begins__gt="") | Q(begins="", ends__gt=""))
    if filters.date == "known":
        found = found.exclude(begins="", ends="")
    elif filters.date == "unknown":
        found = found.filter(begins="", ends="")
    return found


def _by_class(found: QuerySet[Activity], level: int, filters: Filters) -> QuerySet[Activity]:
    """By the rule of Annex II on the recorded kinds; who keeps the label out of public view is not found by it."""
    if not filters.activity_class:
        return found
    found = found.alias(specific=F("work").bitand(SPECIFIC), relevant=F("work").bitand(RELEVANT))
    conditions = {
        "specific": Q(specific__gt=0),
        "relevant": Q(specific=0, relevant__gt=0),
        "unknown": Q(specific=0, relevant=0),
    }
    wanted = Q(pk__in=())
    for code in filters.activity_class:
        wanted |= conditions[code]
    return _showing_class(found.filter(wanted), level)


def _by_kinds(found: QuerySet[Activity], level: int, filters: Filters) -> QuerySet[Activity]:
    if not filters.kind:
        return found
    found = found.alias(kinds_met=F("work").bitand(work_of(filters.kind, ()))).filter(kinds_met__gt=0)
    tells = any(code in vocabulary.ACTIVITY_KINDS for code in filters.kind)
    return _showing_class(found, level) if tells else found


def _showing_class(found: QuerySet[Activity], level: int) -> QuerySet[Activity]:
    return found if level >= Visibility.MEMBERS else found.filter(Q(owner=None) | ~Q(owner__in=_veiled()))


def _veiled() -> QuerySet[Organisation, Any]:
    """The numbers of organisations that keep their label out of public view, joined ones with them."""
    return Organisation.objects.filter(Q(class_hidden=True) | Q(joined_to__class_hidden=True)).values("pk")


def _by_organisation(
    found: QuerySet[Activity], organisation: Organisation, level: int, collect: bool
) -> QuerySet[Activity]:
    """What it leads or is a partner in, itself or as partner of a project that the viewer may see; joined records are
    one."""
    numbers = [organisation.pk, *organisation.joined.values_list("pk", flat=True)]
    taking_part = ProjectParty.objects.filter(organisation__in=numbers, part="partner").values("project")
    partner = queries.projects(level).filter(pk__in=taking_part).order_by().values("pk")
    there = ActivityParty.objects.filter(organisation__in=numbers).order_by().values("activity")
    of_projects = Activity.objects.filter(project__in=partner).order_by().values("pk")
    if not collect and many(there):
        return found.filter(Q(owner__in=numbers) | Q(pk__in=there) | Q(project__in=partner))
    return found.filter(pk__in=there.union(of_projects))


def _by_place(found: QuerySet[Activity], place: Place, collect: bool) -> QuerySet[Activity]:
    """At the place or in one that lies inside it. What was cancelled has no presences: its own list of places tells."""
    within = list(Place.objects.within(place))
    codes = [one.code for one in within]
    areas = sorted({area_of(one) for one in within})
    there = Presence.objects.filter(area__in=areas)
    if place.level > 2:
        there = there.filter(place__in=codes)
    named = Q(places__holds_any=codes) | (Q(whole_country=True) if place.level == 0 else Q())
    cancelled = Q(status=Status.CANCELLED) & named  # in this order: few lists of places are opened
    if (not collect or place.level == 0) and many(there):
        # An expression for the area, or each of a county's areas is looked up for each activity on the way.
        asked = Presence.objects.alias(lies=Coalesce("area", Value(""))).filter(lies__in=areas)
        asked = asked.filter(place__in=codes) if place.level > 2 else asked
        return found.filter(Exists(asked.filter(activity=OuterRef("pk"))) | cancelled)
    also = Activity.objects.filter(cancelled).order_by().values("pk")
    return found.filter(pk__in=there.order_by().values("activity").union(also))


def _said(level: int, typed: str) -> QuerySet[Any, Any]:
    """The numbers of activities whose own words, or whose organisation's names, hold all that was typed."""
    worded = Activity.objects.filter(searchable__words=typed).order_by().values("pk")
    named = named_so(level, typed)
    if not named:
        return worded
    return worded.union(ActivityParty.objects.filter(organisation__in=named).order_by().values("activity"))


def named_so(level: int, typed: str) -> list[int]:
    """The organisations, joined ones with them, one of whose names or acronyms holds every word that was typed.

    The registry's search looks into places and themes as well, which are not a name: "youth" is not half of all.
    """
    words = search.words(typed)
    hits = organisations.organisations(level).filter(searchable__words=typed).values("pk")
    said = organisations.facts(level).filter(field__in=("name", "acronym"), organisation__in=hits)
    names: dict[int, str] = {}
    for number, value in said.order_by().values_list("organisation", "value")[:MOST_NAMES]:
        names[number] = f"{names.get(number, '')} {search.fold(value)}"
    fit = [n for n, name in names.items() if all(any(w.startswith(t) for w in name.split()) for t in words)]
    return [*fit, *Organisation.objects.filter(joined_to__in=fit).values_list("pk", flat=True)] if fit else []


def many(found: QuerySet[Any, Any]) -> bool:
    """Are they better walked to than collected?"""
    return found.order_by()[: FEW + 1].count() > FEW


class Pages(Paginator[Any]):
    """Pages of a list of which only the first MOST are counted and shown; `more` says that there are more.

    `counted` is the same list without an order, where that is counted quicker.
    """

    def __init__(self, found: QuerySet[Any], size: int = PAGE, counted: QuerySet[Any] | None = None) -> None:
        super().__init__(found, size)
        self._asked = found if counted is None else counted

    @cached_property
    def _counted(self) -> int:
        return int(self._asked[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @property
    def more(self) -> bool:
        return self._counted > MOST


def pages(level: int, filters: Filters, sort: str = "-when", size: int = PAGE) -> Pages:
    """Collected to be counted, which ends at MOST; where there are more, the pages may be walked to."""
    collected = listed(level, filters, sort, collect=True)
    found = Pages(collected.order_by(*SORTS[sort]), size, collected)
    if found.more:
        found.object_list = listed(level, filters, sort)
    return found


# — in numbers —————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Numbers:
    """How many of a list fall under each word; one that names several counts under each. "" is not known."""

    year: Mapping[str, int]
    status: Mapping[str, int]
    mode: Mapping[str, int]
    kind: Mapping[str, int]
    theme: Mapping[str, int]
    audience: Mapping[str, int]
    total: int


def numbers(level: int, filters: Filters) -> Numbers:
    """Counted once a process for each state of the hub, since it reads the whole list."""
    if connection.in_atomic_block:  # what is read inside a transaction may be taken back
        return _numbers(level, filters)
    return _kept_numbers(level, filters, *version())


@lru_cache(maxsize=64)
def _kept_numbers(level: int, filters: Filters, *_version: int) -> Numbers:
    return _numbers(level, filters)


def _numbers(level: int, filters: Filters) -> Numbers:
    found = listed(level, filters, collect=True).order_by()
    shown = _grouped(_showing_class(found, level))
    if level < Visibility.MEMBERS:  # kinds that would tell a class which its owner keeps back are not counted
        shown += [(year, status, mode, work & ~TELLING, whom, n)
                  for year, status, mode, work, whom, n in _grouped(found.filter(owner__in=_veiled()))]  # fmt: skip
    counted: dict[str, Counter[str]] = {
        name: Counter() for name in ("year", "status", "mode", "kind", "theme", "audience")
    }
    total = 0
    for year, status, mode, work, whom, n in shown:
        kinds, themes = words_of(work)
        audiences = [code for number, code in AUDIENCE_CODES.items() if whom >> number & 1]
        for name, words in (
            ("year", [year]), ("status", [status]), ("mode", [mode]), ("kind", kinds), ("theme", themes),
            ("audience", audiences),
        ):  # fmt: skip
            for word in words or [""]:
                counted[name][word] += n
        total += n
    return Numbers(**counted, total=total)


def _grouped(found: QuerySet[Activity]) -> list[tuple[Any, ...]]:
    rows = found.values_list(Left("begins", 4), "status", "mode", "work", "whom").annotate(n=Count("pk"))
    return [tuple(row) for row in rows]


def by_area(level: int, filters: Filters) -> Mapping[str, int]:
    """Municipality code → how many of a list are at work in it or below it. Larger areas and cancelled ones are not."""
    if connection.in_atomic_block:
        return _by_area(level, filters)
    return _kept_by_area(level, filters, *version())


@lru_cache(maxsize=64)
def _kept_by_area(level: int, filters: Filters, *_version: int) -> Mapping[str, int]:
    return _by_area(level, filters)


def _by_area(level: int, filters: Filters) -> Mapping[str, int]:
    towns = Place.objects.filter(level=2, country=settings.COUNTRY).values_list("code", flat=True)
    there = Presence.objects.filter(area__in=list(towns), visible_to__lte=level)
    if filters.any():
        there = there.filter(activity__in=listed(level, filters, collect=True).order_by().values("pk"))
    elif level < Visibility.SEALED:  # of the whole list only what hidden organisations do is left out
        hidden = Organisation.objects.filter(visible_to__gt=level).values("pk")
        there = there.exclude(activity__in=Activity.objects.filter(owner__in=hidden).order_by().values("pk"))
    return dict(there.order_by().values_list("area").annotate(n=Count("activity", distinct=True)))


def version() -> tuple[int, int, int, int]:
    """Changes with whatever happens: the newest audit line, activity and presence, and what was taken out."""
    newest = [
        model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for model in (AuditLine, Activity, Presence, PresenceGone)
    ]
    return newest[0], newest[1], newest[2], newest[3]


# — projects ———————————————————————————————————————————————————————————————————————————————————————————————


def listed_projects(level: int, *, q: str = "", organisation: Organisation | None = None) -> QuerySet[Project]:
    """The published projects, newest first; `q` looks into titles and names, `organisation` leads or is a partner."""
    found = queries.projects(level)
    if search.words(q):
        worded = Q()
        for word in search.words(q):
            worded &= Q(searchable__startswith=word) | Q(searchable__contains=f" {word}")
        named = named_so(level, q)
        seen = ProjectParty.objects.filter(organisation__in=named).exclude(part="funder").values("project")
        found = found.filter(worded | Q(pk__in=seen)) if named else found.filter(worded)
    if organisation is not None:
        numbers = [organisation.pk, *organisation.joined.values_list("pk", flat=True)]
        found = found.filter(pk__in=ProjectParty.objects.filter(organisation__in=numbers).values("project"))
    return found.order_by("-begins", "sort_key", "id")


def activities_of(projects: Iterable[Project], level: int) -> Mapping[int, int]:
    """Project number → how many activities of it the viewer may see."""
    found = queries.activities(level).filter(project__in=[one.pk for one in projects])
    return dict(found.order_by().values_list("project").annotate(n=Count("pk")))
