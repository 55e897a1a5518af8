"""Answers of coverage as plain values: what the API and `sofra coverage … --json` say, word for word the same.

Codes everywhere, no sentences; partial dates as they are kept, days as ISO 8601, null for a side that is open.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sofra.activities.dates import FAR_OFF, LONG_AGO

from .models import Asking, PriorityArea
from .planning import Answer, Crowding, Found, Listed, Near, Partner
from .queries import Gap, Notice, Overlap
from .reading import Named
from .rules import Reason, Span, State

Told = dict[str, Any]


def overlap_told(one: Overlap) -> Told:
    """A pair: both activities, whether it is sure, why, and the days that both may share."""
    return {
        "first": _named(one.first), "second": _named(one.second), "sure": one.sure, "why": _why(one.why),
        "days": _days(one.days),
    }  # fmt: skip


def gap_told(one: Gap) -> Told:
    """A municipality where nobody is known for an audience; "" is for anybody at all."""
    return {
        "place": one.place.code, "audience": one.audience, "state": str(one.state), "asked": _asked(one.askings),
        "priority": _declared(one.priorities), "wider": one.wider,
    }  # fmt: skip


def crowd_told(one: Notice) -> Told:
    """A crowded municipality. Organisations that the viewer may not know of are counted and not named."""
    return {
        "place": one.place.code, "audience": one.audience, "sure": one.crowd.sure, "number": one.crowd.number,
        "days": [_days(span) for span in one.crowd.spans],
        "organisations": [organisation.code for organisation in one.organisations],
        "activities": [_named(activity) for activity in one.activities],
    }  # fmt: skip


def answer_told(answer: Answer) -> Told:
    """The answer of Before you plan."""
    return {
        "municipality": answer.municipality.code if answer.municipality else None,
        "there": _listed(answer.there),
        "was_there": _listed(answer.was_there),
        "background": _listed(answer.background),
        "partners": [_partner(one) for one in answer.partners],
        "crowding": [_crowding(one) for one in answer.crowding],
        "nobody_near": [_near(one) for one in answer.nobody_near],
    }


def _named(one: Named) -> Told:
    return {"id": one.code, "title": one.title}


def _why(reasons: Iterable[Reason]) -> list[Told]:
    return [{"side": str(one.side), "sure": one.sure, "shared": list(one.shared)} for one in reasons]


def _days(span: Span) -> Told:
    first, last = span
    return {
        "begins": None if first <= LONG_AGO else date.fromordinal(first).isoformat(),
        "ends": None if last >= FAR_OFF else date.fromordinal(last).isoformat(),
    }


def _asked(askings: Iterable[Asking]) -> list[Told]:
    return [
        {"place": one.place_id, "asked_by": one.asked_by, "asked_on": one.asked_on, "source": one.source}
        for one in askings
    ]


def _declared(areas: Iterable[PriorityArea]) -> list[Told]:
    return [{"place": one.place_id, "by": one.declared_by, "on": one.declared_on} for one in areas]


def _listed(listed: Listed) -> Told:
    return {"total": listed.total, "sure": listed.sure, "more": listed.more, "items": list(map(_found, listed.found))}


def _found(one: Found) -> Told:
    return {
        "id": one.code, "title": one.title, "organisations": [body.code for body in one.organisations],
        "places": list(one.places), "begins": one.begins, "ends": one.ends, "status": str(one.status),
        "sure": one.sure, "why": _why(one.why),
    }  # fmt: skip


def _partner(one: Partner) -> Told:
    return {
        "id": one.organisation.code, "name": one.organisation.name, "places": [place.code for place in one.places],
        "audiences": list(one.audiences), "kinds": list(one.kinds), "example": _named(one.example),
        "perhaps_busy": one.perhaps_busy,
    }  # fmt: skip


def _crowding(one: Crowding) -> Told:
    numbers = ("now_sure", "now_possible", "planned_sure", "planned_possible")
    return {
        "audience": one.audience,
        **{name: getattr(one, name) for name in numbers},
        "crowded_now": one.crowded_now,
        "crowded_then": one.crowd is not None,
        "sure": bool(one.crowd and one.crowd.sure),
    }


def _near(one: Near) -> Told:
    kilometres = None if one.kilometres is None else round(one.kilometres, 1)
    return {
        "place": one.place.code, "kilometres": kilometres, "same_county": one.same_county,
        "state": str(State(one.state).value), "asked": _asked(one.askings), "priority": one.priority,
    }  # fmt: skip
