"""What the other rooms know of a municipality, as blocks of lines; each says what is not known and leads to its rows.

The number of queries does not grow with what there is. A reader sees what that reader may see in the room itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sofra.accounts.access import level_of
from sofra.activities import dates, finding
from sofra.activities.models import Activity
from sofra.councils import mechanism_queries as mechanisms
from sofra.councils import mechanism_rules
from sofra.councils import queries as councils
from sofra.councils.models import Council, Mechanism
from sofra.coverage import listing, wording
from sofra.coverage import queries as coverage
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations import place_queries
from sofra.organisations.place_queries import Coverage
from sofra.places.models import Kind, Place
from sofra.plans import queries as plans
from sofra.plans.models import Measure, Plan
from sofra.schools import queries as schools
from sofra.schools.models import Session as SchoolSession
from sofra.training import chains
from sofra.training import queries as training

OLD_DAYS = 365
FIRST = 5  # lines of a block; the rest is where it leads to


@dataclass(frozen=True)
class Line:
    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A part of the profile. `unknown` is said where there are no lines; `more` lines stand where `url` leads.

    `short` is what is known in a few words, for the table at the top; "" where nothing is.
    """

    key: str
    title: str
    lines: tuple[Line, ...]
    unknown: str
    url: str = ""
    leads: str = ""
    more: int = 0
    short: str = ""


@dataclass(frozen=True)
class Profile:
    place: Place
    level: int
    blocks: tuple[Block, ...]
    cells: tuple[mechanisms.Cell, ...]
    help_lines: tuple[Mechanism, ...] = ()

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
    cells = tuple(mechanisms.cells([place.code], level)[place.code])
    asked = _Asked(user, level, place, place_queries.coverage(level), cells)
    lines = tuple(mechanisms.help_lines(user, place.country))
    return Profile(place, level, tuple(part(asked) for part in _PARTS), cells, lines)


def _to(route: str, *args: Any, query: str = "") -> str:
    """The address; "" for a room that is not built in."""
    try:
        return reverse(route, args=args) + query
    except NoReverseMatch:
        return ""


def _number(words: str, number: int) -> str:
    """The words with their number; "" where it is 0, which says that nothing is known."""
    return words % {"n": number_format(number, force_grouping=True)} if number else ""


def _when(activity: Activity) -> str:
    return dates.written_span(activity.begins, activity.ends) if activity.begins else _("date not known")


def _activity(activity: Activity) -> Line:
    return Line(activity.title, activity.get_absolute_url(), _when(activity))


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
        _number(ngettext("%(n)s organisation", "%(n)s organisations", count), count),
    )  # fmt: skip


def _planned(asked: _Asked) -> Block:
    filters = finding.Filters(place=asked.place, status=("planned",))
    pages = finding.pages(asked.level, filters, "when" if "when" in finding.SORTS else "-when", FIRST)
    lines = tuple(_activity(one) for one in pages.page(1).object_list)
    return Block(
        "planned", _("What is planned"), lines, _("No planned activity is recorded here."),
        _to("activities", query=f"?place={asked.place.code}&status=planned"), _("All that is planned here"),
        pages.count - len(lines), _number(ngettext("%(n)s activity", "%(n)s activities", pages.count), pages.count),
    )  # fmt: skip


def _crowding(asked: _Asked) -> Block:
    """Crowded, nobody known although it was asked, or never asked: never a score."""
    short = ""
    crowded = list(coverage.crowded_places(asked.level, listing.Filters(place=asked.place)))
    address = _to("coverage_crowded", query=f"?place={asked.place.code}")
    lines = [
        Line(wording.care(one.crowd.number, one.audience, sure=one.crowd.sure), address) for one in crowded
    ]  # fmt: skip
    if lines:
        sure = any(one.crowd.sure for one in crowded)
        short = _("crowded: read why before you plan") if sure else _("perhaps crowded: read why before you plan")
    if not lines and not asked.counted.within.get(asked.place.code):
        last = coverage.askings(asked.place).first()
        if last is not None:
            when = dates.written(last.asked_on)
            short = _("Asked on %(when)s: nobody is known.") % {"when": when}
            lines.append(Line(short, _to("askings")))
    return Block(
        "coverage", _("Crowded, or nobody known"), tuple(lines[:FIRST]),
        _("No crowding is known. Whether somebody is missing here was not asked."),
        _to("coverage", query=f"?place={asked.place.code}"), _("Who is where"), max(len(lines) - FIRST, 0),
        short,
    )  # fmt: skip


# — council and mechanisms —————————————————————————————————————————————————————————————————————————————————


def _council(asked: _Asked) -> Block:
    """The councils that this reader may know of, each with its meetings held of those that were due."""
    found = list(councils.councils_for(asked.user).filter(place=asked.place.code)[:FIRST])
    alive = councils.lives(found)
    lines = [Line(str(one), _to("council", one.organisation.code), _life(one, alive[one.pk])) for one in found]
    short = _since(found[0]) if found else ""
    cell = next(one for one in asked.cells if one.kind == "council")
    if not lines and cell.row is not None and cell.exists != "unknown":
        short = cell.said
        lines.append(Line(capfirst(cell.said), _to("mechanism", asked.place.code, "council"), cell.row.source))
    return Block(
        "council", _("Local public safety council"), tuple(lines), _("Whether there is a council is not known."),
        _to("councils"), _("The network of councils"), short=short,
    )  # fmt: skip


def _since(council: Council) -> str:
    since = dates.written(council.since)
    return _("exists since %(when)s") % {"when": since} if since else _("exists; since when: not known")


def _life(council: Council, life: councils.Life) -> str:
    """Facts, no score: meetings held of due, the last one, decisions done of due."""
    told = [_since(council), _meetings(life)]
    if life.last:
        told.append(_("the last on %(day)s") % {"day": date_format(life.last, "SHORT_DATE_FORMAT")})
    if life.decisions_due:
        words = ngettext("%(done)s of %(n)s decision that is due is done",
                         "%(done)s of %(n)s decisions that are due are done", life.decisions_due)  # fmt: skip
        told.append(words % {"done": life.decisions_done, "n": life.decisions_due})
    elif not life.known:
        told.append(_("of its decisions nothing is known"))
    return "; ".join(told)


def _meetings(life: councils.Life) -> str:
    if not life.known:
        return _("of its meetings nothing is known")
    if life.due is None:
        words = ngettext("%(n)s meeting held; how many are due is not known",
                         "%(n)s meetings held; how many are due is not known", life.held)  # fmt: skip
        return words % {"n": life.held}
    if not life.due:
        return _("no meeting is due yet")
    words = ngettext("%(held)s of %(n)s meeting that was due was held",
                     "%(held)s of %(n)s meetings that were due were held", life.due)  # fmt: skip
    return words % {"held": life.held_of_due, "n": life.due}


def _mechanisms(asked: _Asked) -> Block:
    code = asked.place.code
    lines = tuple(Line(cell.title.capitalize(), _to("mechanism", code, cell.kind), cell.said) for cell in asked.cells)
    known = sum(cell.exists != "unknown" for cell in asked.cells)
    words = _("of %(n)s of %(all)s it is known whether they exist") % {"n": known, "all": len(asked.cells)}
    return Block(
        "mechanisms", _("Mechanisms that help"), lines, _("Of none of the six it is known whether they exist."),
        _to("place_mechanisms", code),
        _("All six, with their basis and source"), short=words if known else "",
    )  # fmt: skip


def contact_of(user: Any, cell: mechanisms.Cell) -> str:
    """Office, telephone, e-mail, each as far as it is known and the reader may see it."""
    if cell.row is None:
        return ""
    tells = mechanisms.tells_contact(user, cell.row)
    parts = [cell.row.office, *((cell.row.phone, cell.row.email) if tells else ())]
    return ", ".join(part for part in parts if part)


def confirmed_of(cell: mechanisms.Cell) -> str:
    """How old the word is; a contact that nobody confirmed for a year says so."""
    if cell.row is None or cell.row.confirmed_on is None:
        return _("never confirmed")
    day = cell.row.confirmed_on
    words = _("confirmed on %(day)s, older than a year") if is_old(day) else _("confirmed on %(day)s")
    return words % {"day": date_format(day, "SHORT_DATE_FORMAT")}


def is_old(day: date) -> bool:
    return (timezone.localdate() - day).days > OLD_DAYS


def _contacts(asked: _Asked) -> Block:
    lines = tuple(
        Line(f"{cell.title.capitalize()}: {contact}", _to("mechanism", asked.place.code, cell.kind), confirmed_of(cell))
        for cell in asked.cells
        if (contact := contact_of(asked.user, cell))
    )
    return Block(
        "contacts", _("Contacts of offices"), lines, _("No office's contact is known that you may see."),
        _to("place_mechanisms", asked.place.code), _("Mechanisms and how one reaches them"),
        short=_number(ngettext("%(n)s office", "%(n)s offices", len(lines)), len(lines)),
    )  # fmt: skip


def _consultations(asked: _Asked) -> Block:
    """What citizens asked the police and the municipality for, and how much of it was answered."""
    found = list(mechanisms.consultations(asked.level, asked.place.code)[:50])
    lines = []
    for one in found:
        wishes = list(one.asked.all())
        words = ngettext("%(done)s of %(n)s thing asked for is answered",
                         "%(done)s of %(n)s things asked for are answered", len(wishes))  # fmt: skip
        done = sum(wish.state != "open" for wish in wishes)
        note = words % {"done": done, "n": len(wishes)} if wishes else _("what was asked for is not known")
        when = dates.written(one.when) or _("date not known")
        lines.append(Line(f"{capfirst(str(one.get_kind_display()))}, {when}", _to("consultation", one.pk), note))
    count = len(found)
    return Block(
        "consultations", _("Police and citizens: you said, we did"), tuple(lines[:FIRST]),
        _("No consultation or survey is recorded. That does not mean that there was none."),
        _to("place_mechanisms", asked.place.code, query="#talks"), _("What citizens asked for, and what was done"),
        max(count - FIRST, 0),
        _number(ngettext("%(n)s consultation or survey", "%(n)s consultations and surveys", count), count),
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
        short=_number(ngettext("%(n)s school", "%(n)s schools", count), count) or _number(
            ngettext("%(n)s session", "%(n)s sessions", agreed), agreed),
    )  # fmt: skip


def _training(asked: _Asked) -> Block:
    seen = finding.listed(asked.level, finding.Filters(place=asked.place), collect=True)
    among = training.sessions(asked.level).filter(activity__in=seen.values("pk"))
    found = list(among.order_by("-activity__begins", "-pk")[:200])
    lines = [
        Line(
            one.activity.title, _to("training_session", one.activity.code) or one.activity.get_absolute_url(),
            _when(one.activity),
        )
        for one in found
    ]  # fmt: skip
    lines += _trained(asked)
    short = [
        _number(ngettext("%(n)s session", "%(n)s sessions", len(found)), len(found)),
        _number(ngettext("%(n)s group that was trained", "%(n)s groups that were trained", len(lines) - len(found)),
                len(lines) - len(found)),
    ]  # fmt: skip
    return Block(
        "training", _("Training"), tuple(lines[:FIRST]),
        _("No training is recorded here. That does not mean that there was none."),
        _to("programmes"), _("Training programmes"), max(len(lines) - FIRST, 0),
        ", ".join(filter(None, short)),
    )  # fmt: skip


def _trained(asked: _Asked) -> list[Line]:
    """Trainers, mentors and peer educators who were trained here, as numbers of people; small numbers are hidden."""
    here = {asked.place.code, *asked.counted.beneath(asked.place)}
    found = []
    links = chains.chains([one for one in chains.cohorts(asked.level) if here & set(one.places)], asked.level)
    while links:
        link = links.pop(0)
        links = [*link.trained, *links]
        people = _("number of people not stated")
        if link.hidden:
            people = _("the number is hidden: fewer than five")
        elif link.shown is not None:
            people = ngettext("%(n)s person", "%(n)s people", link.shown) % {"n": link.shown}
        found.append(Line(link.title, _to("trainers"), people))
    return found


# — plan, drivers, duties, priorities ——————————————————————————————————————————————————————————————————————


def _plan(asked: _Asked) -> Block:
    """The municipality's own plans that this reader may read; a draft says that it is one."""
    own = plans.plans_at(asked.user, asked.place.code).annotate(
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
        draft = _("draft, not adopted") + "; " if one.state == Plan.State.DRAFT else ""
        lines.append(Line(str(one), _to("plan_tree", one.code), f"{draft}{one.when}; {progress}"))
    return Block(
        "plan", _("Plan and its progress"), tuple(lines[:FIRST]),
        _("No plan known: whether the municipality has one, nobody has told the hub."),
        _to("plans"), _("Strategies and plans"), max(len(lines) - FIRST, 0),
        lines[0].note if len(lines) == 1 else _number(ngettext("%(n)s plan", "%(n)s plans", len(lines)), len(lines)),
    )  # fmt: skip


def _drivers(asked: _Asked) -> Block:
    told = list(mechanisms.drivers(asked.level, [asked.place.code, asked.place.country])[:100])
    found = [one for one in told if one.place == asked.place.code]
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
    if wider := len(told) - len(found):
        words = ngettext("Of the whole country there is %(n)s statement.",
                         "Of the whole country there are %(n)s statements.", wider)  # fmt: skip
        unknown += " " + words % {"n": wider}
    return Block(
        "drivers", _("Drivers"), lines, unknown, _to("place_drivers", asked.place.code),
        _("Drivers, with their rule and sources"), len(found) - len(lines),
        _number(ngettext("%(n)s statement with its source", "%(n)s statements with their sources", len(found)),
                len(found)),
    )  # fmt: skip


def _duties(asked: _Asked) -> Block:
    found = mechanisms.duties(asked.level, asked.place.code)
    told = [one for one in found if one.check is not None and one.check.state != "unknown"]
    lines: tuple[Line, ...] = ()
    short = ""
    if told:
        states = mechanism_rules.DUTY_STATES
        address = _to("place_duties", asked.place.code)
        lines = tuple(Line(str(one.duty), address, str(states[one.check.state])) for one in told if one.check)
        kept = sum(1 for one in told if one.check is not None and one.check.state == "yes")
        words = _("of %(all)s duties %(told)s have an answer; %(kept)s are kept")
        short = words % {"all": len(found), "told": len(told), "kept": kept}
    return Block(
        "duties", _("Duties by law"), lines[:FIRST], _("How the municipality's duties stand is not known."),
        _to("place_duties", asked.place.code), _("The checklist of duties"), max(len(lines) - FIRST, 0), short,
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
    short = _("declared by %(who)s") % {"who": found[0].declared_by} if found else ""
    return Block("priorities", _("Priorities"), lines, unknown, _to("priorities"), _("Priority areas"), short=short)


_PARTS: tuple[Callable[[_Asked], Block], ...] = (
    _organisations, _planned, _crowding, _council, _mechanisms, _contacts, _consultations, _schools, _training, _plan,
    _drivers, _duties, _priorities,
)  # fmt: skip
