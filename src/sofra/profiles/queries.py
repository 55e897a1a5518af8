"""What the other rooms know of a municipality, as blocks of lines; each says what is not known and leads to its rows.

The number of queries does not grow with what there is. A reader sees what that reader may see in the room itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sofra.accounts.access import level_of
from sofra.activities import dates, finding
from sofra.activities.models import Activity
from sofra.councils import mechanism_queries as mechanisms
from sofra.councils.models import Council, Decision, Meeting
from sofra.coverage import listing, wording
from sofra.coverage import queries as coverage
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations import place_queries
from sofra.organisations.place_queries import Coverage
from sofra.places.models import Kind, Place
from sofra.plans.models import Measure, Plan
from sofra.schools import queries as schools
from sofra.schools.models import Session as SchoolSession
from sofra.training import queries as training

FIRST = 5  # lines of a block; the rest is where it leads to


@dataclass(frozen=True)
class Line:
    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A part of the profile. `unknown` is said where there are no lines; `more` lines stand where `url` leads."""

    key: str
    title: str
    lines: tuple[Line, ...]
    unknown: str
    url: str = ""
    leads: str = ""
    more: int = 0


@dataclass(frozen=True)
class Profile:
    place: Place
    level: int
    blocks: tuple[Block, ...]
    cells: tuple[mechanisms.Cell, ...]

    def block(self, key: str) -> Block:
        return next(one for one in self.blocks if one.key == key)


@dataclass(frozen=True)
class _Asked:
    user: Any
    level: int
    place: Place
    counted: Coverage
    cells: tuple[mechanisms.Cell, ...]


def municipality_for(code: str) -> Place:
    """A municipality of the hub's country; otherwise 404."""
    found = Place.objects.filter(code=code.upper(), country=settings.COUNTRY, kind=Kind.MUNICIPALITY).first()
    if found is None:
        raise Http404
    return found


def all_municipalities() -> list[Place]:
    return mechanisms.municipalities()


def has_profile(place: Place) -> bool:
    return place.kind == Kind.MUNICIPALITY and place.country == settings.COUNTRY


def profile(user: Any, place: Place) -> Profile:
    """Everything that this reader may know of the municipality."""
    level = level_of(user)
    cells = tuple(mechanisms.cells([place.code])[place.code])
    asked = _Asked(user, level, place, place_queries.coverage(level), cells)
    return Profile(place, level, tuple(part(asked) for part in _PARTS), cells)


def _to(route: str, *args: Any, query: str = "") -> str:
    """The address; "" for a room that is not built in."""
    try:
        return reverse(route, args=args) + query
    except NoReverseMatch:
        return ""


def _activity(activity: Activity) -> Line:
    when = dates.written_span(activity.begins, activity.ends)
    return Line(activity.title, activity.get_absolute_url(), when)


# — who works here, what is planned ————————————————————————————————————————————————————————————————————————


def _organisations(asked: _Asked) -> Block:
    counted, code = asked.counted, asked.place.code
    count = counted.within.get(code, 0)
    found = place_queries.organisations_at(
        asked.level, "place", [code, *counted.beneath(asked.place)], count=count, everybody=counted.everybody, until=15
    )[:15] if count else []  # fmt: skip
    lines = tuple(Line(one.name, one.get_absolute_url()) for one in found)
    return Block(
        "organisations", _("Who works here"), lines,
        _("Nobody is recorded. That does not mean that nobody works here."),
        _to("organisations", query=f"?place={code}"), _("Organisations that work here"), max(count - len(lines), 0),
    )  # fmt: skip


def _planned(asked: _Asked) -> Block:
    filters = finding.Filters(place=asked.place, status=("planned",))
    pages = finding.pages(asked.level, filters, "when" if "when" in finding.SORTS else "-when", FIRST)
    lines = tuple(_activity(one) for one in pages.page(1).object_list)
    return Block(
        "planned", _("What is planned"), lines, _("No planned activity is recorded here."),
        _to("activities", query=f"?place={asked.place.code}&status=planned"), _("All that is planned here"),
        pages.count - len(lines),
    )  # fmt: skip


def _crowding(asked: _Asked) -> Block:
    """Crowded, nobody known although it was asked, or never asked: never a score."""
    lines = [
        Line(
            wording.care(notice.crowd.number, notice.audience, sure=notice.crowd.sure),
            _to("coverage_crowded", query=f"?place={asked.place.code}"),
        )
        for notice in coverage.crowded_places(asked.level, listing.Filters(place=asked.place))
    ]
    if not lines and not asked.counted.within.get(asked.place.code):
        last = coverage.askings(asked.place).first()
        if last is not None:
            when = dates.written(last.asked_on)
            lines.append(Line(_("Asked on %(when)s: nobody is known.") % {"when": when}, _to("askings")))
    return Block(
        "coverage", _("Crowded, or nobody known"), tuple(lines[:FIRST]),
        _("No crowding is known. Whether somebody is missing here was not asked."),
        _to("coverage", query=f"?place={asked.place.code}"), _("Who is where"), max(len(lines) - FIRST, 0),
    )  # fmt: skip


# — council and mechanisms —————————————————————————————————————————————————————————————————————————————————


def _council(asked: _Asked) -> Block:
    told = Council.objects.filter(
        place=asked.place.code, organisation__visible_to__lte=asked.level, organisation__ended_in=None
    )
    told_apart = Q(decisions__is_closed=False)
    found = told.select_related("organisation").annotate(
        held=Count("meetings", filter=Q(meetings__state=Meeting.State.HELD), distinct=True),
        last=Max("meetings__begins", filter=Q(meetings__state=Meeting.State.HELD)),
        open=Count("decisions", filter=told_apart & Q(decisions__state=Decision.State.OPEN), distinct=True),
        all=Count("decisions", filter=told_apart, distinct=True),
    )  # fmt: skip
    lines = [Line(str(one), _to("council", one.organisation.code), _life(one)) for one in found]
    cell = next(one for one in asked.cells if one.kind == "council")
    if not lines and cell.row is not None and cell.exists != "unknown":
        lines.append(Line(cell.said.capitalize(), _to("mechanism", asked.place.code, "council"), cell.row.source))
    return Block(
        "council", _("Local public safety council"), tuple(lines), _("Whether there is a council is not known."),
        _to("councils"), _("The network of councils"),
    )  # fmt: skip


def _life(council: Any) -> str:
    since = (
        _("since %(when)s") % {"when": dates.written(council.since)} if council.since else _("since when: not known")
    )
    if not council.held:
        return f"{since}; {_('no meeting is recorded')}"
    last = date_format(localtime(council.last).date(), "SHORT_DATE_FORMAT")
    held = ngettext("%(n)s meeting, on %(last)s", "%(n)s meetings, the last on %(last)s", council.held)
    decided = ngettext("%(open)s of %(n)s decision open", "%(open)s of %(n)s decisions open", council.all)
    return "; ".join(
        [since, held % {"n": council.held, "last": last}, decided % {"open": council.open, "n": council.all}]
    )


def _mechanisms(asked: _Asked) -> Block:
    code = asked.place.code
    lines = tuple(Line(cell.title.capitalize(), _to("mechanism", code, cell.kind), cell.said) for cell in asked.cells)
    return Block(
        "mechanisms", _("Mechanisms"), lines, "", _to("place_mechanisms", code), _("All six, with their basis")
    )


def contact_of(user: Any, cell: mechanisms.Cell) -> str:
    """Office, telephone, e-mail, each as far as it is known and the reader may see it."""
    if cell.row is None:
        return ""
    tells = mechanisms.tells_contact(user, cell.row)
    parts = [cell.row.office, *((cell.row.phone, cell.row.email) if tells else ())]
    return ", ".join(part for part in parts if part)


def confirmed_of(cell: mechanisms.Cell) -> str:
    if cell.row is None or cell.row.confirmed_on is None:
        return _("never confirmed")
    return _("confirmed on %(day)s") % {"day": date_format(cell.row.confirmed_on, "SHORT_DATE_FORMAT")}


def _contacts(asked: _Asked) -> Block:
    lines = tuple(
        Line(f"{cell.title.capitalize()}: {contact}", _to("mechanism", asked.place.code, cell.kind), confirmed_of(cell))
        for cell in asked.cells
        if (contact := contact_of(asked.user, cell))
    )
    return Block(
        "contacts", _("Contacts of offices"), lines, _("No office's contact is known that you may see."),
        _to("place_mechanisms", asked.place.code), _("Mechanisms and how one reaches them"),
    )  # fmt: skip


# — schools and training ———————————————————————————————————————————————————————————————————————————————————


def _schools(asked: _Asked) -> Block:
    """Schools that can be asked, and sessions that were agreed and whose activity this reader may see."""
    here = [asked.place.code, *asked.counted.beneath(asked.place)]
    count = schools.schools(asked.level).filter(place__in=here).count()
    seen = finding.listed(asked.level, finding.Filters(place=asked.place), collect=True)
    agreed = SchoolSession.objects.filter(activity__in=seen.values("pk"), state="accepted").count()
    lines = []
    if count:
        words = ngettext("%(n)s school can be asked for a session", "%(n)s schools can be asked for a session", count)
        lines.append(Line(words % {"n": count}, _to("schools", query=f"?place={asked.place.code}")))
    if agreed:
        words = ngettext("%(n)s agreed session is shown", "%(n)s agreed sessions are shown", agreed)
        lines.append(Line(words % {"n": agreed}, _to("activities", query=f"?place={asked.place.code}")))
    return Block(
        "schools", _("Schools and sessions"), tuple(lines), _("No school of this municipality is registered yet."),
        _to("schools", query=f"?place={asked.place.code}"), _("Schools"),
    )  # fmt: skip


def _training(asked: _Asked) -> Block:
    seen = finding.listed(asked.level, finding.Filters(place=asked.place), collect=True)
    among = training.sessions(asked.level).filter(activity__in=seen.values("pk"))
    found = list(among.order_by("-activity__begins", "-pk")[:200])
    lines = tuple(
        Line(
            one.activity.title, _to("training_session", one.activity.code) or one.activity.get_absolute_url(),
            dates.written_span(one.activity.begins, one.activity.ends),
        )
        for one in found[:FIRST]
    )  # fmt: skip
    return Block(
        "training", _("Training"), lines, _("No training is recorded here. That does not mean that there was none."),
        _to("programmes"), _("Training programmes"), len(found) - len(lines),
    )  # fmt: skip


# — plan, drivers, duties, priorities ——————————————————————————————————————————————————————————————————————


def _plan(asked: _Asked) -> Block:
    """Adopted and ended ones; a draft stays in its own room."""
    adopted = Plan.objects.filter(place=asked.place.code, visible_to__lte=asked.level).exclude(state=Plan.State.DRAFT)
    own = adopted.annotate(
        number=Count("measures"),
        done=Count("measures", filter=Q(measures__status=Measure.Status.DONE)),
        untold=Count("measures", filter=Q(measures__status=Measure.Status.UNKNOWN)),
    ).order_by("-begins", "code")[:20]  # fmt: skip
    lines = []
    for one in own:
        words = ngettext("%(done)s of %(n)s measure done", "%(done)s of %(n)s measures done", one.number)
        progress = words % {"done": one.done, "n": one.number} if one.number else _("no measure recorded")
        if one.untold:
            progress += "; " + _("%(n)s not known") % {"n": one.untold}
        lines.append(Line(str(one), _to("plan_tree", one.code), f"{one.when}; {progress}"))
    return Block(
        "plan", _("Plan and its progress"), tuple(lines[:FIRST]), _("No plan of this municipality is recorded."),
        _to("plans"), _("Strategies and plans"), max(len(lines) - FIRST, 0),
    )  # fmt: skip


def _drivers(asked: _Asked) -> Block:
    found = list(mechanisms.drivers(asked.level, [asked.place.code])[:100])
    lines = tuple(
        Line(
            f"{one.get_kind_display().capitalize()}: {said(one.statements)}", "",
            f"{dates.written_span(one.begins, one.ends)}. {_('Source')}: {one.source}",
        )
        for one in found[:FIRST]
    )  # fmt: skip
    unknown = _("Nothing is recorded of this place.")
    if asked.level < Visibility.MEMBERS:
        unknown = _("Nothing public is recorded. Most drivers are read by members of the hub only.")
    return Block(
        "drivers", _("Drivers"), lines, unknown, _to("place_drivers", asked.place.code),
        _("Drivers, with their rule and sources"), len(found) - len(lines),
    )  # fmt: skip


def _duties(asked: _Asked) -> Block:
    found = mechanisms.duties(asked.level, asked.place.code)
    told = [one for one in found if one.check is not None and one.check.state != "unknown"]
    lines = ()
    if told:
        kept = sum(1 for one in told if one.check is not None and one.check.state == "yes")
        words = _("Of %(all)s duties %(told)s have an answer; %(kept)s are kept.")
        lines = (Line(words % {"all": len(found), "told": len(told), "kept": kept}),)  # type: ignore[assignment]
    return Block(
        "duties", _("Duties"), lines, _("How the municipality's duties stand is not known."),
        _to("place_duties", asked.place.code), _("The checklist of duties"),
    )  # fmt: skip


def _priorities(asked: _Asked) -> Block:
    above = asked.place.path.rstrip("/").split("/")[1:]
    found = list(coverage.priority_areas(asked.level).filter(place__in=above)[:20])
    lines = tuple(
        Line(one.declared_by, _to("priorities"), " · ".join(filter(None, [dates.written(one.declared_on), one.reason])))
        for one in found[:FIRST]
    )  # fmt: skip
    if asked.level < Visibility.MEMBERS:
        unknown = _("Priorities are read by members of the hub only.")
        return Block("priorities", _("Priorities"), lines, unknown)
    unknown = _("Nobody declared it a priority, as far as the hub knows.")
    return Block("priorities", _("Priorities"), lines, unknown, _to("priorities"), _("Priority areas"))


_PARTS: tuple[Callable[[_Asked], Block], ...] = (
    _organisations, _planned, _crowding, _council, _mechanisms, _contacts, _schools, _training, _plan, _drivers,
    _duties, _priorities,
)  # fmt: skip
