"""What can be asked of schools and sessions, each visible to whom.

That a school is there is public. Requests are for the editors of the organisation that asks, of the school and of its
office, and for mappers and coordinators; everybody else gets nothing, not even that there is one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.accounts.models import User
from sofra.activities import queries as activities
from sofra.activities.models import Activity
from sofra.activities.vocabulary import Status
from sofra.organisations import queries as organisations
from sofra.organisations import search
from sofra.organisations.models import Editor, Organisation
from sofra.places.models import Place

from . import rules
from .models import OPEN, STANDING, Feed, Office, School, Session, SessionClass, Step

State = Session.State
AROUND = (
    "school__organisation", "school__office__organisation__joined_to", "school__place", "organisation__joined_to",
)  # fmt: skip


@lru_cache(maxsize=8)
def _read_terms(text: str) -> tuple[rules.Span, ...]:
    return rules.read_terms(text)


def spans() -> tuple[rules.Span, ...]:
    """The terms of a school year as this hub's operator set them."""
    return _read_terms(settings.SCHOOL_TERMS)


def zone() -> tzinfo:
    """The hub's own time zone: what clocks on the walls of its schools show."""
    return timezone.get_default_timezone()


def local_day(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


# — schools and offices ————————————————————————————————————————————————————————————————————————————————————


def schools(level: int) -> QuerySet[School]:
    """The schools that a viewer of this level may know of, in Albanian order."""
    standing = School.objects.filter(organisation__ended_in=None, organisation__joined_to=None)
    found = standing.filter(organisation__visible_to__lte=level)
    return found.select_related("organisation", "office__organisation", "place").order_by(
        "organisation__sort_key", "organisation_id"
    )


def listed(level: int, *, typed: str = "", place: Place | None = None) -> QuerySet[School]:
    """Schools whose name holds the words, in a place or below it."""
    found = schools(level)
    if search.words(typed):
        named = Organisation.objects.filter(kind="school", searchable__words=typed)
        found = found.filter(organisation__in=named.values("pk"))
    if place is not None:
        found = found.filter(place__in=Place.objects.within(place).values("pk"))
    return found


def school_for(user: Any, code: str, *, decide: bool = False) -> School:
    """The school with this code that the person may see (with `decide`: decides for); otherwise 404."""
    organisation = organisations.head(organisations.organisation_for(user, code))
    found = School.objects.select_related("organisation__joined_to", "office__organisation__joined_to", "place")
    school = found.filter(organisation=organisation).first()
    if school is None or (decide and not decides(user, school)):
        raise Http404
    return school


def office_for(user: Any, code: str) -> Office:
    """The education office with this code, for those who decide for it; otherwise 404."""
    organisation = organisations.head(organisations.organisation_for(user, code))
    office = Office.objects.select_related("organisation__joined_to").filter(organisation=organisation).first()
    if office is None or not runs(user, office):
        raise Http404
    return office


def runs(user: Any, office: Office | None) -> bool:
    """Does this person decide for the office and all its schools?"""
    if office is None:
        return False
    return _speaks(user, office.organisation)


def decides(user: Any, school: School) -> bool:
    """Does this person decide for the school: its own editors, its office's, mappers and coordinators?"""
    return _speaks(user, school.organisation) or runs(user, school.office)


def _speaks(user: Any, organisation: Organisation) -> bool:
    if has(user, roles.MAPPER):
        return organisation.visible_to <= level_of(user)
    return organisations.is_editor(user, organisations.head(organisation))


def schools_of(office: Office) -> QuerySet[School]:
    return schools(99).filter(office=office)


def asks_for(user: Any) -> list[Organisation]:
    """The organisations in whose name this person may ask a school for a session."""
    return sorted(
        {organisations.head(one) for one in organisations.edited_by(user).select_related("joined_to")},
        key=lambda one: one.sort_key,
    )


def people_of(*wanted: Organisation | None) -> list[User]:
    """Those who speak for one of the organisations now: whom letters about it go to, each once."""
    numbers = {organisations.head(one).pk for one in wanted if one is not None}
    same = Q(organisation__in=numbers) | Q(organisation__joined_to__in=numbers)
    editors = Editor.objects.filter(same, ended_on=None, user__is_active=True).values("user")
    found = User.objects.filter(pk__in=editors, grants__ended_on=None).distinct().order_by("pk")
    return [user for user in found if has(user, roles.MEMBER)]


# — sessions ———————————————————————————————————————————————————————————————————————————————————————————————


def session_for(user: Any, number: int) -> Session:
    """The request with this number that the person may see; otherwise 404."""
    found = Session.objects.select_related(*AROUND, "activity").filter(pk=number).first()
    if found is None or not (decides(user, found.school) or activities.may_edit(user, found.organisation)):
        raise Http404
    if has(user, roles.MAPPER) and found.organisation.visible_to > level_of(user):
        raise Http404
    return found


def told_to(user: Any, found: QuerySet[Session]) -> QuerySet[Session]:
    """Of requests at a desk those that the person may read: a school reads all that it was asked, a mapper does not
    learn of an organisation that is sealed."""
    return found.filter(organisation__visible_to__lte=level_of(user)) if has(user, roles.MAPPER) else found


def acts_of(user: Any, session: Session) -> set[str]:
    """What this person may do with the request as it stands: names of services."""
    acts: set[str] = set()
    if decides(user, session.school):
        if session.is_open and not is_own(user, session):
            acts |= {"propose", "refuse"} | ({"accept"} if not session.is_past else set())
        if session.state == State.ACCEPTED:
            acts |= {"cancel"} | ({"move"} if not session.is_past else set())
    if activities.may_edit(user, session.organisation):
        if session.is_open:
            acts.add("withdraw")
        if session.state == State.PROPOSED:
            acts |= {"agree", "decline"}
        if session.state == State.ACCEPTED:
            acts.add("cancel")
    return acts


def differs(session: Session) -> bool:
    """Does the activity that an agreed session became say something else by now: other days, cancelled, in the bin?"""
    activity = session.activity
    if session.state != State.ACCEPTED or activity is None:
        return False
    day = local_day(session.begins).isoformat()
    gone = activity.state == Activity.State.BINNED or activity.status == Status.CANCELLED
    return gone or not activity.begins <= day <= (activity.ends or activity.begins)


def is_own(user: Any, session: Session) -> bool:
    """Does this person speak for the organisation that asks? Then somebody else decides for the school."""
    if has(user, roles.MAPPER):
        return False
    return organisations.is_editor(user, organisations.head(session.organisation))


def asked_by(user: Any) -> QuerySet[Session]:
    """The requests of the organisations that this person speaks for, the newest first."""
    mine = [one.pk for one in asks_for(user)]
    same = Q(organisation__in=mine) | Q(organisation__joined_to__in=mine)
    return Session.objects.filter(same).select_related(*AROUND).prefetch_related("classes").order_by("-asked_at", "-id")


def desk_of(user: Any) -> QuerySet[Session]:
    """The requests that this person decides on, for schools and offices that the person speaks for; mappers: all."""
    found = Session.objects.select_related(*AROUND).prefetch_related("classes")
    if has(user, roles.MAPPER):
        return told_to(user, found.filter(school__organisation__visible_to__lte=level_of(user)))
    mine = [one.pk for one in asks_for(user)]
    at_school = Q(school__organisation__in=mine) | Q(school__organisation__joined_to__in=mine)
    at_office = Q(school__office__organisation__in=mine) | Q(school__office__organisation__joined_to__in=mine)
    return found.filter(at_school | at_office)


def desks_of(user: Any) -> tuple[list[School], list[Office]]:
    """The schools and offices that this person speaks for."""
    mine = [one.pk for one in asks_for(user)]
    offices = Office.objects.filter(organisation__in=mine).select_related("organisation")
    return list(schools(99).filter(organisation__in=mine)), list(offices.order_by("organisation__sort_key"))


def steps_of(session: Session) -> list[Step]:
    return list(session.steps.select_related("by").order_by("id"))


def sessions_between(user: Any, schools: Iterable[School], first: date, last: date) -> list[Session]:
    """What stands in the calendar of these schools from the first to the last day: accepted and waiting, by time.

    A request for which another date was proposed stands at the proposed one.
    """
    begin = datetime.combine(first, time.min, tzinfo=zone())
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone())
    then = Q(offered_begins=None, begins__gte=begin, begins__lt=end)
    offered = Q(offered_begins__gte=begin, offered_begins__lt=end)
    found = Session.objects.filter(then | offered, school__in=[school.pk for school in schools], state__in=STANDING)
    return sorted(
        told_to(user, found).select_related(*AROUND).prefetch_related("classes"), key=lambda one: (when(one)[0], one.pk)
    )  # fmt: skip


def when(session: Session) -> tuple[datetime, datetime]:
    """When it is, or would be: the proposed date where one waits for the organisation's answer."""
    ends = session.offered_ends
    if session.offered_begins is not None and ends is not None:
        return session.offered_begins, ends
    return session.begins, session.ends


# — the load ———————————————————————————————————————————————————————————————————————————————————————————————


def limit_of(school: School) -> int:
    office = school.office.limit_per_term if school.office else None
    return rules.limit_of(school.limit_per_term, office, settings.SCHOOL_LIMIT)


def limit_above(school: School) -> int:
    """The limit that holds where the school has none of its own."""
    office = school.office.limit_per_term if school.office else None
    return rules.limit_of(None, office, settings.SCHOOL_LIMIT)


def load_of(school: School, term: rules.Term) -> rules.Load:
    return loads_of([school], term)[school.pk]


def loads_of(schools: Sequence[School], term: rules.Term) -> Mapping[int, rules.Load]:
    """For each school (by number) how many sessions of the term it has accepted, and how many requests wait."""
    rows = Session.objects.filter(school__in=schools, term=term.code, state__in=STANDING)
    counted: Counter[tuple[int, bool]] = Counter()
    for school, state, number in rows.order_by().values_list("school", "state").annotate(n=Count("id")):
        counted[school, state == State.ACCEPTED] += number
    return {
        one.pk: rules.Load(term, counted[one.pk, True], limit_of(one), counted[one.pk, False]) for one in schools
    }  # fmt: skip


def loads_of_classes(school: School, term: rules.Term) -> list[tuple[str, int]]:
    """How many accepted sessions of the term each class has, the most first: (class as it was written, number)."""
    rows = SessionClass.objects.filter(session__school=school, session__term=term.code, session__state=State.ACCEPTED)
    names: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for folded, name in rows.order_by("id").values_list("folded", "name"):
        names.setdefault(folded, name)
        counted[folded] += 1
    return [(names[folded], number) for folded, number in counted.most_common()]


@dataclass(frozen=True)
class Other:
    """Another request for classes that this one is for too. `clash`: their times meet."""

    session: Session
    classes: list[str]
    same_day: bool
    clash: bool


def others_for(user: Any, session: Session) -> list[Other]:
    """Other standing requests at the school for the same classes in the same term, those of the same day first."""
    around = Session.objects.filter(school=session.school, term=session.term, state__in=STANDING)
    found = []
    own = {one.folded for one in session.classes.all()}
    for other in told_to(user, around).exclude(pk=session.pk).select_related(*AROUND).prefetch_related("classes"):
        shared = rules.same_classes(own, {one.folded for one in other.classes.all()})
        if shared:
            names = [one.name for one in other.classes.all() if rules.same_classes({one.folded}, own)]
            same_day = local_day(when(other)[0]) == local_day(when(session)[0])
            found.append(Other(other, names, same_day, rules.meet(when(session), when(other))))
    return sorted(found, key=lambda one: (not one.clash, not one.same_day, when(one.session)[0]))


def clashes(
    school: School, classes: Iterable[str], begins: datetime, minutes: int, *, but: int | None = None
) -> list[Session]:
    """Accepted sessions at the school that one of these classes (folded) has at that time already."""
    ends, wanted = begins + timedelta(minutes=minutes), set(classes)
    # No session takes longer than a day, so one that meets this began within the day before it ends.
    near = Session.objects.filter(school=school, state=State.ACCEPTED, begins__lt=ends, begins__gt=begins - _DAY)
    return [
        other
        for other in near.exclude(pk__in=[but] if but else [])
        .prefetch_related("classes")
        .select_related("organisation")
        if other.ends > begins and rules.same_classes(wanted, {one.folded for one in other.classes.all()})
    ]


_DAY = timedelta(days=1)


# — calendars outside ——————————————————————————————————————————————————————————————————————————————————————


def feeds_of(user: User) -> QuerySet[Feed]:
    return Feed.objects.filter(user=user, revoked_at=None).select_related("organisation__joined_to")


def feed_sessions(feed: Feed) -> list[Session]:
    """What a private calendar holds: what the organisation asked for, and what its schools were asked for.

    Nothing where its owner no longer speaks for the organisation. Cancelled ones stay, so that calendars learn it.
    """
    organisation = organisations.head(feed.organisation)
    mine = [organisation.pk, *organisation.joined.values_list("pk", flat=True)]
    whose = (
        Q(organisation__in=mine) | Q(school__organisation__in=mine) | Q(school__office__organisation__in=mine)
    )  # fmt: skip
    since = timezone.now() - timedelta(days=120)
    found = Session.objects.filter(whose, state__in=(*STANDING, State.CANCELLED), begins__gte=since)
    return list(found.select_related(*AROUND).prefetch_related("classes").order_by("begins", "id")[:2000])


def may_read(feed: Feed) -> bool:
    """Does the address still open: it was not revoked, and its owner still speaks for the organisation?"""
    return feed.revoked_at is None and feed.user.is_active and _speaks(feed.user, feed.organisation)


# — what is due ————————————————————————————————————————————————————————————————————————————————————————————


def soon(now: datetime) -> QuerySet[Session]:
    """Accepted sessions of which both sides are to be reminded."""
    found = Session.objects.filter(state=State.ACCEPTED, begins__gt=now, begins__lte=now + rules.REMIND_BEFORE)
    return found.select_related(*AROUND).prefetch_related("classes").order_by("begins", "id")


def waiting_long(now: datetime) -> QuerySet[Session]:
    """Requests that wait for somebody since long, and whose date has not passed."""
    found = Session.objects.filter(state__in=OPEN, changed_at__lte=now - rules.REMIND_WAITING)
    ahead = Q(begins__gt=now) | Q(offered_begins__gt=now)
    return found.filter(ahead).select_related(*AROUND).prefetch_related("classes").order_by("changed_at", "id")
