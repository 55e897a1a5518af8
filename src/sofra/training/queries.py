"""What can be asked of programmes and sessions, and what of it this person may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count as Number
from django.db.models import Q, QuerySet, Sum
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.activities import queries as activities
from sofra.activities.models import Activity
from sofra.activities.vocabulary import AgeBand, Mode, Status
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import rules
from .models import STATED, Count, CountPart, Curriculum, Programme, Sector, Session, Stated

HELD_OR_GOING_ON = (Status.HELD, Status.RUNNING)


def words_of(dimension: str, key: str) -> str:
    """How a part of a count is called: ("sex", "women") -> "women and girls"."""
    if "+" in dimension:
        pairs = zip(dimension.split("+"), key.split("+"), strict=False)
        return ", ".join(words_of(one, of) for one, of in pairs)
    return str(_known(dimension).get(key, key))


def _known(dimension: str) -> Mapping[str, Any]:
    """The keys that a dimension has words for, in the order of the form."""
    found: Mapping[str, Any] = {
        **rules.KEYS, "sector": dict(Sector.choices), "age": {code: word for code, word in AgeBand.choices if code}
    }.get(dimension, {})  # fmt: skip
    return found


def name_of_dimension(dimension: str) -> str:
    return " + ".join(str(rules.DIMENSIONS.get(one, one)) for one in dimension.split("+"))


# — who may see and write ——————————————————————————————————————————————————————————————————————————————————


def programmes(level: int) -> QuerySet[Programme]:
    return Programme.objects.filter(visible_to__lte=level).select_related("host")


def curricula(level: int) -> QuerySet[Curriculum]:
    return Curriculum.objects.filter(visible_to__lte=level).select_related("owner")


def may_edit(user: Any, owner: Organisation | None) -> bool:
    return activities.may_edit(user, owner)


def programme_for(user: Any, code: str, *, edit: bool = False) -> Programme:
    """The programme that the person may see (or, with `edit`, write); otherwise 404."""
    return _one_for(user, Programme.objects.select_related("host", "curriculum"), "host", code, edit)


def curriculum_for(user: Any, code: str, *, edit: bool = False) -> Curriculum:
    return _one_for(user, Curriculum.objects.select_related("owner"), "owner", code, edit)


def _one_for(user: Any, among: QuerySet[Any], owner: str, code: str, edit: bool) -> Any:
    found = among.filter(code=code).first()
    if found is None:
        raise Http404
    writes = may_edit(user, getattr(found, owner))
    if found.visible_to > level_of(user) and not writes:
        raise Http404
    if edit and not writes:
        raise PermissionDenied
    return found


def session_for(user: Any, code: str, *, edit: bool = False) -> Session:
    """The session of this activity, seen by whoever sees the activity; otherwise 404."""
    activity = activities.activity_for(user, code, edit=edit)
    found = Session.objects.select_related("activity__owner", "programme__host", "edition__curriculum__owner")
    session = found.filter(activity=activity).first()
    if session is None:
        raise Http404
    return session


def seen(user: Any, found: Programme | Curriculum | None) -> bool:
    """Whether the person may know of the programme or curriculum that something else leads to."""
    if found is None:
        return False
    owner = found.host if isinstance(found, Programme) else found.owner
    return found.visible_to <= level_of(user) or may_edit(user, owner)


def sessions(level: int) -> QuerySet[Session]:
    """The sessions whose activities a viewer of this level may know of, and that were not cancelled."""
    seen = activities.activities(level).exclude(status=Status.CANCELLED)
    return Session.objects.filter(activity__in=seen.values("pk")).select_related("activity__owner")


def sessions_to_join(programme: Programme, user: Any) -> QuerySet[Activity]:
    """Activities of the programme's host that could become its sessions, as far as this person may see them."""
    if programme.host is None:
        return Activity.objects.none()
    level = organisations.level_at(user, programme.host)
    return activities.activities(level).filter(activities.owned_by(programme.host), training=None)


# — counts ————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class Line:
    """A count as this reader may see it."""

    count: Count
    shown: rules.Shown
    odd: list[str] = field(default_factory=list)

    @property
    def parts(self) -> list[tuple[str, list[tuple[str, int, Decimal | None]], int | None]]:
        """(dimension, [(part, people, share in percent of the dimension's own sum)], not told apart)"""
        found = []
        for dimension, of in self.shown.parts.items():
            base = sum(of.values())
            rows = [(words_of(dimension, key), number, percent(number, base)) for key, number in of.items()]
            left = None if self.shown.total is None else self.shown.total - base
            found.append((name_of_dimension(dimension), rows, left))
        return found

    @property
    def hidden(self) -> list[str]:
        return [name_of_dimension(one) for one in self.shown.hidden]


def percent(number: int, base: int) -> Decimal | None:
    return round(Decimal(100 * number) / base, 1) if base else None


def standing(session: Session) -> QuerySet[Count]:
    """The counts that no newer one replaced."""
    return session.counts.filter(replaced_by=None).select_related("day").prefetch_related("parts")


_ORDER = {"present": 0, "completed": 1, "registered": 2}


def lines_of(session: Session, level: int) -> list[Line]:
    """The standing counts, as this level may read them."""
    public = level < Visibility.MEMBERS
    return _lines(list(standing(session)), public, hidden=public and session.pk in _hidden_with(session))


def lines_of_all(among: QuerySet[Session], level: int) -> Iterator[tuple[Session, list[Line]]]:
    """The same of many sessions, five hundred at a time."""
    public = level < Visibility.MEMBERS
    hidden = _hidden(among, _attended(among)) if public else set()
    numbers = list(among.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), 500):
        batch = Session.objects.filter(pk__in=numbers[start : start + 500]).select_related("activity").order_by("pk")
        rows = Count.objects.filter(session__in=numbers[start : start + 500], replaced_by=None)
        of: dict[int, list[Count]] = defaultdict(list)
        for count in rows.select_related("day").prefetch_related("parts"):
            of[count.session_id].append(count)
        for session in batch:
            yield session, _lines(of[session.pk], public, hidden=session.pk in hidden)


def _lines(counts: list[Count], public: bool, *, hidden: bool) -> list[Line]:
    """Attendance first, so that rule 4 keeps it and hides what is too near to it."""
    main = rules.attendance((one.what, one.total, one.pk) for one in counts)
    counts.sort(key=lambda one: (one.pk != main, _ORDER[one.what], str(one.day.on if one.day else ""), one.pk))
    parts = [_by_dimension((part.dimension, part.key, part.number) for part in one.parts.all()) for one in counts]
    if not public:
        return [
            Line(one, rules.Shown(one.total, of), rules.odd(one.total, of, said_of(of)))
            for one, of in zip(counts, parts, strict=True)
        ]
    told = [False] * len(counts) if hidden else rules.told_beside([one.total for one in counts])
    found = []
    for one, of, fits in zip(counts, parts, told, strict=True):
        shown = rules.shown_in_public(one.total, of) if fits else rules.Shown(None, {}, True, tuple(of))
        if fits and one.pk != main:  # the parts of two counts would give away who came to one of them alone
            shown = rules.Shown(shown.total, {}, shown.hidden_total, tuple(of))
        found.append(Line(one, shown))
    return sorted(found, key=lambda line: (_ORDER[line.count.what] != 2, line.count.pk))


def said_of(parts: rules.Parts) -> dict[tuple[str, str], str]:
    return {(dimension, key): words_of(dimension, key) for dimension, of in parts.items() for key in of}


def _by_dimension(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for dimension, key, number in rows:
        found.setdefault(dimension, {})[key] = number
    return found


def _hidden_with(session: Session) -> set[int]:
    """Rule 5, of the programme that the session belongs to."""
    return _hidden(Session.objects.filter(pk=session.pk), _attended(Session.objects.filter(pk=session.pk)))


def _attended(among: QuerySet[Session]) -> dict[int, int]:
    """Session -> how many attended, of those where somebody counted."""
    rows = Count.objects.filter(attends=True, session__in=among.order_by().values("pk")).order_by()
    return {session: total or 0 for session, total in rows.values_list("session", "total")}


def _hidden(among: QuerySet[Session], counts: Mapping[int, int]) -> set[int]:
    """Rule 5 looks at the whole programme, whatever part of it is asked for."""
    hidden = {pk for pk, total in counts.items() if rules.is_small(total)}
    whole = sessions(Visibility.PUBLIC).filter(programme__in=among.order_by().values("programme"))
    rows = Count.objects.filter(attends=True, session__in=whole.order_by().values("pk")).order_by()
    small = set(rows.filter(total__gt=0, total__lt=rules.FEWEST).values_list("session__programme", flat=True))
    if not small:
        return hidden
    of: dict[int, dict[int, int]] = defaultdict(dict)
    for programme, session, total in rows.filter(session__programme__in=small).values_list(
        "session__programme", "session", "total"
    ):
        of[programme][session] = total or 0
    for totals in of.values():
        hidden |= rules.hidden_together(totals)
    return hidden & set(counts)


# — totals ————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class Totals:
    """What the rows of many sessions add up to. `counted` sessions have a number; of `hidden` ones it is not told.

    `parts`: dimension -> key -> people; what is told apart by a dimension is the base of its shares. `places`: how many
    sessions where. `odd`: sessions whose parts go beyond their total; `incomplete`: who were
    not counted whole.
    """

    sessions: int = 0
    counted: int = 0
    hidden: int = 0
    attendees: int | None = None
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    hidden_parts: dict[str, int] = field(default_factory=dict)
    by_session: dict[int, int] = field(default_factory=dict)
    hidden_sessions: set[int] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    odd: int = 0
    incomplete: int = 0

    @property
    def not_counted(self) -> int:
        return self.sessions - self.counted

    def base(self, dimension: str) -> int:
        return sum(self.parts.get(dimension, {}).values())

    def number(self, dimension: str, key: str) -> int | None:
        return self.parts[dimension].get(key, 0) if dimension in self.parts else None


def totals_of(among: QuerySet[Session], level: int) -> Totals:
    """Sums over sessions; for the public of what is told alone (rules 5 and 6). The database adds up the parts."""
    known = among.order_by().values_list("pk", "activity__places")
    found = Totals()
    for _pk, codes in known:
        found.sessions += 1
        for code in codes:
            found.places[code] = found.places.get(code, 0) + 1
    rows = Count.objects.filter(attends=True, session__in=among.order_by().values("pk")).order_by()
    counts, flags = {}, []
    for pk, total, odd, complete in rows.values_list("session", "total", "odd", "complete"):
        counts[pk] = total or 0
        if odd or complete is False:
            flags.append((pk, odd, complete))
    public = level < Visibility.MEMBERS
    found.counted, found.hidden_sessions = len(counts), _hidden(among, counts) if public else set()
    found.hidden = len(found.hidden_sessions)
    found.by_session = {pk: total for pk, total in counts.items() if pk not in found.hidden_sessions}
    found.attendees = sum(found.by_session.values()) if found.by_session else None
    told = [(odd, complete) for pk, odd, complete in flags if pk not in found.hidden_sessions]
    found.odd, found.incomplete = sum(odd for odd, _all in told), sum(whole is False for _odd, whole in told)
    parts = CountPart.objects.filter(count__attends=True, count__session__in=among.order_by().values("pk")).order_by()
    if public:
        parts = _outside(parts, counts, found.hidden_sessions)
        dark = parts.filter(told=False).values("dimension").annotate(n=Number("count", distinct=True))
        found.hidden_parts = dict(dark.values_list("dimension", "n"))
        parts = parts.filter(told=True)
    sums = parts.values("dimension", "key").annotate(n=Sum("number"))
    for dimension, key, number in sorted(sums.values_list("dimension", "key", "n"), key=_place_of_part):
        found.parts.setdefault(dimension, {})[key] = number
    return found


def _outside(parts: QuerySet[CountPart], counts: Mapping[int, int], hidden: Collection[int]) -> QuerySet[CountPart]:
    """The parts of sessions that are not hidden: small ones are known by their number, the few beside them by name."""
    beside = [pk for pk in hidden if not rules.is_small(counts[pk])]
    parts = parts.exclude(count__session__in=beside) if beside else parts
    return parts.filter(Q(count__total=0) | Q(count__total__gte=rules.FEWEST))


def _place_of_part(row: tuple[str, str, int]) -> tuple[int, int, str]:
    """Where a part stands in tables: in the order of the form, what people wrote themselves after it."""
    dimension, key, _number = row
    order, keys = list(rules.DIMENSIONS), list(_known(dimension))
    return (
        order.index(dimension) if dimension in order else len(order),
        keys.index(key) if key in keys else len(keys), f"{dimension}:{key}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """A number as the rows add up to it, and as a source states it of the whole."""

    name: str
    computed: str
    computed_note: str
    stated: list[Stated]


def side_by_side(programme: Programme, totals: Totals) -> list[Beside]:
    """Computed and stated, each number in a line; neither is corrected by the other."""
    stated: dict[str, list[Stated]] = defaultdict(list)
    for one in programme.stated.order_by("id"):
        stated[one.what].append(one)
    unknown = _("not stated per session")
    lines = [
        Beside(_("Municipalities"), str(len(totals.places)), "", stated.pop("municipalities", [])),
        Beside(_("Sessions"), str(totals.sessions), "", stated.pop("sessions", [])),
        Beside(
            _("Attendees"), unknown if totals.attendees is None else str(totals.attendees),
            _("in %(counted)s of %(all)s sessions") % {"counted": len(totals.by_session), "all": totals.sessions}
            if totals.attendees is not None else "",
            stated.pop("attendees", []),
        ),
        _share_line(_("Women and girls"), totals, "sex", "women", stated.pop("women", [])),
        _share_line(_("For the first time"), totals, "first", "yes", stated.pop("first_time", [])),
    ]  # fmt: skip
    more = [(str(capfirst(STATED.get(what, what))), rows) for what, rows in stated.items()]
    return lines + [Beside(name, _("not counted"), "", rows) for name, rows in more]


def _share_line(name: str, totals: Totals, dimension: str, key: str, stated: list[Stated]) -> Beside:
    number, base = totals.number(dimension, key), totals.base(dimension)
    if number is None or not base:
        return Beside(name, _("not stated per session"), "", stated)
    share = percent(number, base)
    return Beside(name, str(number), _("%(share)s %% of %(base)s") % {"share": share, "base": base}, stated)


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    return {place.code: place.title for place in Place.objects.filter(code__in=set(codes))}


def places_within(code: str) -> set[str]:
    """The place and all that lies in it."""
    place = Place.objects.filter(code=code).first()
    return set(Place.objects.filter(path__startswith=place.path).values_list("code", flat=True)) if place else set()


def mode_of(session: Session) -> str:
    return str(Mode(session.activity.mode).label)


def writes_for_any(user: Any) -> bool:
    return has(user, roles.MEMBER)
