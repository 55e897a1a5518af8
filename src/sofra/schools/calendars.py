"""Calendars: the days, weeks and terms of the pages, and what programs read (iCalendar, RFC 5545).

A calendar outside the hub holds what, where, when and for which classes. Notes and who comes stay here: people write
names into such fields, whatever the hint says.
"""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from secrets import token_urlsafe
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from . import queries, rules
from .models import Feed, Session

VIEWS = ("week", "day", "term")
_STATUS = {
    Session.State.ASKED: "TENTATIVE", Session.State.PROPOSED: "TENTATIVE", Session.State.ACCEPTED: "CONFIRMED",
    Session.State.CANCELLED: "CANCELLED",
}  # fmt: skip
IN_CALENDARS = tuple(_STATUS)


# — pages ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Shown:
    """What a page of the calendar shows: from the first to the last day, and where "before" and "after" lead."""

    view: str
    on: date
    first: date
    last: date
    before: date
    after: date
    term: rules.Term | None


def shown(view: str, on: date) -> Shown:
    """The days of a view around a day. A term's view in the holidays shows the next term."""
    spans = queries.spans()
    term = rules.term_of(on, spans)
    if view == "term":
        term = term or rules.term_at_or_after(on, spans)
        before = rules.term_before(term, spans)
        after = rules.term_at_or_after(term.last + timedelta(days=1), spans)
        return Shown(view, on, term.first, term.last, before.first, after.first, term)
    if view == "day":
        return Shown(view, on, on, on, on - timedelta(days=1), on + timedelta(days=1), term)
    monday = on - timedelta(days=on.weekday())
    return Shown(
        "week", on, monday, monday + timedelta(days=6), monday - timedelta(days=7), monday + timedelta(days=7), term
    )  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A day with its sessions, in the order of time."""

    day: date
    sessions: list[Session]
    today: bool

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() >= months.SATURDAY


def by_day(sessions: Iterable[Session], first: date, last: date, today: date) -> list[Day]:
    """Every day from the first to the last, those without sessions too."""
    at: dict[date, list[Session]] = {}
    for session in sessions:
        at.setdefault(queries.local_day(queries.when(session)[0]), []).append(session)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [Day(day, at.get(day, []), day == today) for day in days]


# — private addresses ——————————————————————————————————————————————————————————————————————————————————————


def new_nonce() -> str:
    return token_urlsafe(16)


def token_of(feed: Feed) -> str:
    """The secret part of a feed's address: its number and a signature that only this hub can make."""
    return f"{feed.pk}-{_signature(feed)}"


def _signature(feed: Feed) -> str:
    return salted_hmac("sofra.schools.feed", f"{feed.pk}:{feed.nonce}", algorithm="sha256").hexdigest()


def feed_of(token: str) -> Feed | None:
    """The feed that this address opens now; None for a wrong, renewed or revoked one."""
    number, _dash, signature = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    feed = Feed.objects.select_related("user", "organisation__joined_to").filter(pk=int(number)).first()
    if feed is None or not constant_time_compare(signature, _signature(feed)) or not queries.may_read(feed):
        return None
    return feed


def address_of(feed: Feed) -> str:
    """The whole address, the same in every language of the reader."""
    with translation.override(settings.LANGUAGE_CODE):
        return settings.ORIGIN.rstrip("/") + reverse("calendar_feed", args=[token_of(feed)])


# — iCalendar ——————————————————————————————————————————————————————————————————————————————————————————————


def ics_of(sessions: Iterable[Session], *, name: str) -> bytes:
    """The sessions as a calendar file in the hub's time zone, with the zone's rules in it."""
    found = icalendar.Calendar()
    found.add("prodid", f"-//{settings.HUB_NAME}//Sofra//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", timedelta(hours=2), parameters={"VALUE": "DURATION"})
    for session in sessions:
        found.add_component(_event(session))
    if found.events:
        found.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    return found.to_ical()


def _event(session: Session) -> icalendar.Event:
    begins, ends = (moment.astimezone(queries.zone()) for moment in queries.when(session))
    state = Session.State(session.state)
    title = session.title if state == Session.State.ACCEPTED else f"{state.label}: {session.title}"
    event = icalendar.Event()
    event.add("uid", f"session-{session.pk}@{urlsplit(settings.ORIGIN).hostname or 'sofra'}")
    event.add("dtstamp", session.changed_at)
    event.add("last-modified", session.changed_at)
    event.add("sequence", session.version - 1)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", title)
    event.add("status", _STATUS[state])
    event.add("location", f"{session.school}, {session.school.where}")
    event.add("description", "\n".join(_description(session)))
    event.add("url", settings.ORIGIN.rstrip("/") + reverse("session", args=[session.pk]))
    return event


def _description(session: Session) -> list[str]:
    return [
        _("Organisation: %(name)s") % {"name": session.organisation.name},
        _("Classes: %(classes)s") % {"classes": ", ".join(one.name for one in session.classes.all())},
    ]
