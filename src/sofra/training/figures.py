"""The numbers that this room states, one definition each; indicators follow them by name."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sofra.activities import dates
from sofra.activities.vocabulary import Status
from sofra.ground.figures import Asked, Figure, Told, offer

from . import queries


def asked_sessions(asked: Asked) -> list[int]:
    """Sessions that were held or are going on, in the place (all that lies in it too) and surely within the days.

    A session whose days are not known counts only where no days are asked for.
    """
    found = queries.sessions(asked.level).filter(activity__status__in=[Status.HELD, Status.RUNNING])
    within = queries.places_within(asked.place) if asked.place else None
    numbers = []
    for pk, places, begins, ends in found.order_by().values_list(
        "pk", "activity__places", "activity__begins", "activity__ends"
    ):
        if within is not None and not within & set(places):
            continue
        if (asked.begins or asked.ends) and not _within(asked, begins, ends):
            continue
        numbers.append(pk)
    return numbers


def _within(asked: Asked, begins: str, ends: str) -> bool:
    if not (begins or ends):
        return False
    first, last = dates.first_day(begins or ends), dates.last_day(ends or begins)
    return (asked.begins is None or first >= asked.begins) and (asked.ends is None or last <= asked.ends)


def _totals(asked: Asked) -> queries.Totals:
    found = queries.sessions(asked.level).filter(activity__status__in=[Status.HELD, Status.RUNNING])
    if asked.place or asked.begins or asked.ends:
        found = found.filter(pk__in=asked_sessions(asked))
    return queries.totals_of(found, asked.level)


def sessions(asked: Asked) -> Told:
    number = len(asked_sessions(asked))
    return Told(Decimal(number), rows=number, address=reverse("programmes"))


def attendees(asked: Asked) -> Told:
    found = _totals(asked)
    value = None if found.attendees is None else Decimal(found.attendees)
    unknown = found.sessions - len(found.by_session)
    return Told(value, rows=len(found.by_session), unknown=unknown, address=reverse("programmes"))


def _part(asked: Asked, dimension: str, key: str) -> Told:
    found = _totals(asked)
    number, base = found.number(dimension, key), found.base(dimension)
    unknown = found.sessions - len(found.by_session) + found.hidden_parts.get(dimension, 0)
    if number is None or not base:
        return Told(None, unknown=unknown, address=reverse("programmes"))
    return Told(
        Decimal(number), Decimal(number), Decimal(base), rows=len(found.by_session), unknown=unknown,
        address=reverse("programmes"),
    )  # fmt: skip


def women(asked: Asked) -> Told:
    return _part(asked, "sex", "women")


def first_timers(asked: Asked) -> Told:
    return _part(asked, "first", "yes")


def state_figures() -> None:
    """Called once, when the hub starts."""
    people = "people"
    offer(Figure(
        "training.sessions", _("Training sessions held"),
        _("Sessions that were held or are going on, as published; cancelled and planned ones are not counted."),
        "sessions", sessions,
    ))  # fmt: skip
    offer(Figure(
        "training.attendees", _("People who attended training"),
        _("The fullest day of each session, else those who completed it; registration alone does not count. Who came "
          "to two sessions is counted twice. Sessions that nobody counted are not in it."),
        people, attendees,
    ))  # fmt: skip
    offer(Figure(
        "training.women", _("Women and girls who attended training"),
        _("Of those who attended and were told apart by sex, which is the base of the share."), people, women,
    ))  # fmt: skip
    offer(Figure(
        "training.first_timers", _("People who attended training on the subject for the first time"),
        _("Of those who attended and were asked whether it was their first time, which is the base of the share."),
        people, first_timers,
    ))  # fmt: skip
