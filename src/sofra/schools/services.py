"""What can happen to requests for sessions. Each is one transaction, one step of its history and one audit line.

A decision locks the school before it counts: of two that are accepted at the same second the second one counts the
first (PostgreSQL locks the row, SQLite lets one transaction write at a time). Who may do what is `queries.acts_of`;
here stands what nobody may: more sessions than the limit, a class in two at once, a date that is none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.activities.vocabulary import KINDS, Mode, Status
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience, Language, Theme

from . import calendars, letters, queries, rules
from .models import OPEN, STANDING, Feed, Office, School, Session, SessionClass, Step

State, Kind = Session.State, Step.Kind


class Outdated(Exception):
    """Somebody else took a step with the same request in the meantime; nothing was written."""


@dataclass(slots=True)
class Wish:
    """What an organisation asks a school for. `classes` as they were typed; `begins` with its time zone."""

    organisation: Organisation
    title: str
    classes: str
    begins: datetime
    minutes: int
    note: str = ""
    kinds: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=lambda: [Audience.STUDENTS.value])
    languages: list[str] = field(default_factory=list)
    who_comes: str = ""
    guests: int | None = None
    pupils: int | None = None
    sure_of_pupils: bool = False
    visible_to: int | None = Visibility.PUBLIC


# — asking —————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def ask_session(wish: Wish, *, school: School, by: User | None) -> Session:
    """Ask a school for a session. Raises ValidationError of {field: sentences}."""
    classes, term = _checked(wish)
    school = _locked(school)
    _refuse_too_much(wish, school)
    now = timezone.now()
    session = Session.objects.create(
        school=school, organisation=wish.organisation, title=wish.title.strip(), note=wish.note.strip(),
        kinds=wish.kinds, themes=wish.themes, audiences=wish.audiences, languages=wish.languages,
        who_comes=wish.who_comes.strip(), guests=wish.guests, pupils=wish.pupils, begins=wish.begins,
        minutes=wish.minutes, term=term.code, visible_to=wish.visible_to, asked_by=by, asked_at=now, changed_at=now,
    )  # fmt: skip
    SessionClass.objects.bulk_create(
        [SessionClass(session=session, name=name, folded=rules.fold_class(name)) for name in classes]
    )
    _note(session, Kind.ASKED, by, "", wish.begins)
    return session


def _checked(wish: Wish) -> tuple[list[str], rules.Term]:
    """The classes and the term of a wish that can be kept; all that is wrong at once otherwise."""
    wrong: dict[str, Any] = {}
    classes: list[str] = []
    term = None
    for name, longest in (("title", 200), ("note", 2000), ("who_comes", 300)):
        if len(getattr(wish, name)) > longest:
            wrong[name] = _("Shorten this to %(longest)s letters.") % {"longest": longest}
    if not wish.title.strip():
        wrong["title"] = _("Say in a few words what the session is about.")
    try:
        classes = rules.read_classes(wish.classes)
    except ValidationError as error:
        wrong["classes"] = error.messages
    try:
        term = rules.check_when(
            wish.begins, wish.minutes, now=timezone.now(), zone=queries.zone(), spans=queries.spans()
        )  # fmt: skip
    except ValidationError as error:
        wrong |= error.message_dict
    _check_codes(wish, wrong)
    _check_numbers(wish, len(classes), wrong)
    if wrong or term is None:
        raise ValidationError(wrong)
    return classes, term


def _check_codes(wish: Wish, wrong: dict[str, Any]) -> None:
    known: dict[str, Any] = {
        "kinds": list(KINDS), "themes": Theme.values, "audiences": Audience.values, "languages": Language.values,
    }  # fmt: skip
    for name, codes in known.items():
        if unknown := [code for code in getattr(wish, name) if code not in codes]:
            wrong[name] = _("“%(code)s” is not one of the choices.") % {"code": unknown[0]}
    if not wish.audiences:
        wrong["audiences"] = _("Say whom it is for.")


def _check_numbers(wish: Wish, classes: int, wrong: dict[str, Any]) -> None:
    for name, most in (("guests", rules.MOST_GUESTS), ("pupils", rules.MOST_PUPILS)):
        number = getattr(wish, name)
        if number is not None and not 1 <= number <= most:
            wrong[name] = _("Write a number from 1 to %(most)s, or leave it empty.") % {"most": most}
    if "pupils" not in wrong and rules.many_pupils(wish.pupils, classes) and not wish.sure_of_pupils:
        wrong["pupils"] = _(
            "%(pupils)s pupils are more than the classes asked for hold: put the number right, or tick that it is"
            " right."
        ) % {"pupils": wish.pupils}


def _refuse_too_much(wish: Wish, school: School) -> None:
    same = Session.objects.filter(
        school=school, organisation=wish.organisation, begins=wish.begins, state__in=STANDING
    )  # fmt: skip
    for other in same:
        if fold(other.title) == fold(wish.title):
            raise ValidationError(
                _("You have asked this school for the same session at the same time already: request %(number)s.")
                % {"number": other.pk}
            )
    waiting = Session.objects.filter(school=school, organisation=wish.organisation, state__in=OPEN).count()
    if waiting >= rules.MOST_WAITING:
        raise ValidationError(
            _("%(number)s requests of yours wait at this school already: wait for an answer, or withdraw some.")
            % {"number": waiting}
        )


# — deciding ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def accept(session: Session, *, by: User, seen: int, words: str = "") -> Session:
    """The school takes it, at the date asked for. Raises ValidationError where limit, class or date forbid it."""
    session = _taken(session, OPEN, seen)
    return _accept(session, session.begins, session.minutes, Kind.ACCEPTED, by, words)


@transaction.atomic
def agree(session: Session, *, by: User, seen: int, words: str = "") -> Session:
    """The organisation takes the date that the school proposed; the limit is kept as if it were accepted now."""
    session = _taken(session, (State.PROPOSED,), seen)
    assert session.offered_begins is not None
    return _accept(session, session.offered_begins, session.offered_minutes or session.minutes, Kind.AGREED, by, words)


@transaction.atomic
def propose(session: Session, *, begins: datetime, minutes: int, words: str, by: User, seen: int) -> Session:
    """The school proposes another date, on which the organisation decides."""
    session = _taken(session, OPEN, seen)
    _check_words(words, needed=False)
    _check_when(begins, minutes)
    if (begins, begins + timedelta(minutes=minutes)) == queries.when(session):
        raise ValidationError({"day": _("That is the date that stands already: accept it, or choose another.")})
    _refuse_clash(session, begins, minutes)
    session.offered_begins, session.offered_minutes = begins, minutes
    return _step(session, State.PROPOSED, Kind.PROPOSED, by, words, begins)


@transaction.atomic
def decline(session: Session, *, words: str = "", by: User, seen: int) -> Session:
    """The organisation cannot come on the proposed date: what it asked for stands again."""
    session = _taken(session, (State.PROPOSED,), seen)
    _check_words(words, needed=False)
    offered = session.offered_begins
    session.offered_begins = session.offered_minutes = None
    return _step(session, State.ASKED, Kind.DECLINED, by, words, offered)


@transaction.atomic
def refuse(session: Session, *, words: str, by: User, seen: int) -> Session:
    session = _taken(session, OPEN, seen)
    _check_words(words, needed=True)
    return _step(session, State.REFUSED, Kind.REFUSED, by, words)


@transaction.atomic
def withdraw(session: Session, *, words: str = "", by: User, seen: int) -> Session:
    session = _taken(session, OPEN, seen)
    _check_words(words, needed=False)
    return _step(session, State.WITHDRAWN, Kind.WITHDRAWN, by, words)


@transaction.atomic
def cancel(session: Session, *, words: str, by: User, seen: int) -> Session:
    """An agreed session does not take place; its activity says so at once, and the limit has room again."""
    session = _taken(session, (State.ACCEPTED,), seen)
    _check_words(words, needed=True)
    if session.activity is not None:
        _edit(session.activity, by, status=Status.CANCELLED.value)
    return _step(session, State.CANCELLED, Kind.CANCELLED, by, words)


@transaction.atomic
def move(session: Session, *, begins: datetime, minutes: int, words: str, by: User, seen: int) -> Session:
    """An agreed session takes place at another time; its activity's dates follow. The reason is told."""
    session = _taken(session, (State.ACCEPTED,), seen)
    _check_words(words, needed=True)
    term = _check_when(begins, minutes)
    if (begins, minutes) == (session.begins, session.minutes):
        raise ValidationError({"day": _("That is the date that stands already: choose another.")})
    if term.code != session.term:
        _refuse_beyond_limit(session, term)
    _refuse_clash(session, begins, minutes)
    session.begins, session.minutes, session.term = begins, minutes, term.code
    if session.activity is not None:
        day = queries.local_day(begins).isoformat()
        _edit(session.activity, by, begins=day, ends=day)
    return _step(session, State.ACCEPTED, Kind.MOVED, by, words, begins)


def _accept(session: Session, begins: datetime, minutes: int, kind: str, by: User, words: str) -> Session:
    _check_words(words, needed=False)
    term = _check_when(begins, minutes)
    _refuse_beyond_limit(session, term)
    _refuse_clash(session, begins, minutes)
    session.begins, session.minutes, session.term = begins, minutes, term.code
    session.offered_begins = session.offered_minutes = None
    session.activity = _activity_of(session, by)
    return _step(session, State.ACCEPTED, kind, by, words, begins)


# — what nobody may ————————————————————————————————————————————————————————————————————————————————————————


def _locked(school: School) -> School:
    """The school, held until the transaction ends: requests of one school are decided one after the other."""
    School.objects.select_for_update().get(pk=school.pk)
    return School.objects.select_related("organisation", "office__organisation", "place").get(pk=school.pk)


def _taken(session: Session, states: tuple[str, ...], seen: int) -> Session:
    """The request as it stands now, its school held. Raises Outdated where it is not what the person saw."""
    school = _locked(session.school)
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.version != seen or session.state not in states:
        raise Outdated
    session.school = school
    return session


def _check_when(begins: datetime, minutes: int) -> rules.Term:
    return rules.check_when(begins, minutes, now=timezone.now(), zone=queries.zone(), spans=queries.spans())


def _check_words(words: str, *, needed: bool) -> None:
    if needed and not words.strip():
        raise ValidationError({"words": _("Say why, so that the other side can plan anew.")})
    if len(words) > 1000:
        raise ValidationError({"words": _("Shorten this to %(longest)s letters.") % {"longest": 1000}})


def _refuse_beyond_limit(session: Session, term: rules.Term) -> None:
    load = queries.load_of(session.school, term)
    if load.full:
        raise ValidationError(
            _("%(school)s has accepted %(accepted)s of %(limit)s sessions in %(term)s: propose a date in another term,"
              " refuse this one, or raise the school's limit.")
            % {"school": session.school, "accepted": load.accepted, "limit": load.limit, "term": term.title}
        )  # fmt: skip


def _refuse_clash(session: Session, begins: datetime, minutes: int) -> None:
    """Which session it is stands on the page of those who decide; the sentence is read by who asks too."""
    own = {one.folded: one.name for one in session.classes.all()}
    for other in queries.clashes(session.school, own, begins, minutes, but=session.pk):
        taken = {one.folded for one in other.classes.all()}
        names = [name for folded, name in own.items() if rules.same_classes({folded}, taken)]
        raise ValidationError(
            _("At that time another session of %(classes)s is accepted already: choose another time.")
            % {"classes": ", ".join(names)}
        )


# — what follows ———————————————————————————————————————————————————————————————————————————————————————————


def _activity_of(session: Session, by: User) -> Activity:
    """The planned activity of the organisation that asked. It names the municipality, not the school."""
    day = queries.local_day(session.begins).isoformat()
    with translation.override(settings.LANGUAGE_CODE):
        source = _("School session %(number)s") % {"number": session.pk}
    draft = ActivityDraft(
        title=session.title, owner=organisations.head(session.organisation).code, kinds=session.kinds,
        themes=session.themes, audiences=session.audiences, languages=session.languages,
        places=[session.school.place_id], begins=day, ends=day, status=Status.PLANNED.value,
        mode=Mode.IN_PERSON.value, source=source,
        visible_to=Visibility.PUBLIC if session.visible_to is None else session.visible_to,
    )  # fmt: skip
    return activities.add_activity(draft, by=by, publish=session.visible_to is not None)


def _edit(activity: Activity, by: User, **said: Any) -> None:
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    draft = activities.draft_of(activity)
    for name, value in said.items():
        setattr(draft, name, value)
    activities.edit_activity(activity, draft, by=by, seen=activity.version)


def _step(session: Session, state: str, kind: str, by: User, words: str, begins: datetime | None = None) -> Session:
    session.state, session.version, session.changed_at = state, session.version + 1, timezone.now()
    if state != State.PROPOSED:
        session.offered_begins = session.offered_minutes = None
    session.save()
    _note(session, kind, by, words, begins)
    return session


def _note(session: Session, kind: str, by: User | None, words: str, begins: datetime | None) -> None:
    """History, audit and, once all is written, the letter to the other side."""
    Step.objects.create(session=session, kind=kind, at=timezone.now(), by=by, words=words.strip()[:1000], begins=begins)
    record(what=f"session.{kind}", about=f"session {session.pk}", by=by)
    transaction.on_commit(lambda: letters.tell(session.pk, kind, words=words.strip(), by=by))


# — limits —————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def set_limit(whose: School | Office, *, limit: int | None, by: User) -> None:
    """How many sessions a term the school takes (an office: each of its schools); None: as the next one above says.

    What was accepted stays so where the limit is now lower.
    """
    if limit is not None and not 0 <= limit <= 1000:
        raise ValidationError({"limit": _("Write a number from 0 to %(most)s.") % {"most": 1000}})
    held = type(whose).objects.select_for_update().get(pk=whose.pk)
    held.limit_per_term = limit
    held.save(update_fields=["limit_per_term"])
    what = "school.limit_set" if isinstance(whose, School) else "office.limit_set"
    record(what=what, about=held.organisation.code, by=by, limit=limit)


# — private calendars ——————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def make_feed(organisation: Organisation, *, by: User) -> Feed:
    """A private calendar address for what this person sees of the organisation; an old address opens no more."""
    said = {"nonce": calendars.new_nonce(), "made_at": timezone.now(), "revoked_at": None}
    feed, _new = Feed.objects.update_or_create(user=by, organisation=organisation, defaults=said)
    record(what="feed.made", about=organisation.code, by=by)
    return feed


@transaction.atomic
def revoke_feed(feed: Feed, *, by: User) -> None:
    """The address opens no more."""
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at"])
    record(what="feed.revoked", about=feed.organisation.code, by=by)
