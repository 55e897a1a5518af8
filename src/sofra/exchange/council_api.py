"""The public API of councils: which municipality has one, how alive it is, and what it decided in public."""

from datetime import date
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from ninja.errors import HttpError

from sofra.councils import council_views, queries
from sofra.councils.models import Council, Decision
from sofra.places import queries as places

from .api import _ONE, _READABLE, Limit, Offset, _only, api

_VISITOR = AnonymousUser()
DecisionState = StrEnum("DecisionState", {code: code for code in ("open", "late", "verify", "done")})  # type: ignore[misc]


class CouncilOut(Schema):
    place: str = Field(description="Code of the municipality")
    id: str | None = Field(description="Null: the hub knows of no council there; it does not mean that there is none")
    name: str
    since: str = Field(description="A year, a month or a day (ISO 8601); empty: not known")
    legal_basis: str = Field(description="Empty: not known")
    meets_every: int | None = Field(description="Months, as its regulation says; null: not said")
    meetings_held: int | None = Field(description="Null: the hub was told of no meeting")
    meetings_due: int | None = Field(description="In the last two years, by the regulation; null: not known")
    meetings_held_of_due: int | None
    decisions_due: int | None = Field(description="Null: not known")
    decisions_done: int | None
    source: str
    url: str


class Councils(Schema):
    count: int
    items: list[CouncilOut]


class DecisionOut(Schema):
    council: str = Field(description="Id of the council")
    number: int
    text: str
    owner: str = Field(description="The body; empty: not said")
    due_on: date | None
    priority: str
    places: list[str]
    state: str = Field(description="open, done, verified or dropped")
    needs_verifying: bool = Field(description="Then it is done once it is verified")
    decided_on: date
    url: str


class Decisions(Schema):
    count: int
    items: list[DecisionOut]


@api.get("/councils", response={200: Councils, **_ONE}, tags=["councils"])
def list_councils(
    request: HttpRequest, place: str = Query("", max_length=80, pattern=_READABLE), limit: Limit = 50,
    offset: Offset = 0,
) -> Any:  # fmt: skip
    """Every municipality with its councils, those too of which none is known. In the order of the alphabet."""
    _only(request, "place", "limit", "offset")
    rows = council_views.network(_VISITOR)
    if place.strip():
        found = places.find_place(place.strip())
        rows = [row for row in rows if found is not None and row["place"].code == found.code]
        if not rows:
            raise HttpError(
                404, _("No municipality is called “%(name)s”. Take a code or a name from /api/places.")
                % {"name": place}
            )  # fmt: skip
    return {"count": len(rows), "items": [_told(request, row) for row in rows[offset : offset + limit]]}


def _told(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    council: Council = row["council"] or Council()
    life: queries.Life | None = row["life"]
    known = life if life is not None and life.known else None
    due = life if life is not None and life.due is not None else None
    address = row["place"].get_absolute_url() if life is None else council.get_absolute_url()
    return {
        "place": row["place"].code, "id": council.organisation.code if life else None,
        "name": council.organisation.name if life else "", "since": council.since, "legal_basis": council.legal_basis,
        "meets_every": council.meets_every, "meetings_held": known.held if known else None,
        "meetings_due": due.due if due else None, "meetings_held_of_due": due.held_of_due if due else None,
        "decisions_due": known.decisions_due if known else None,
        "decisions_done": known.decisions_done if known else None, "source": council.source,
        "url": request.build_absolute_uri(address),
    }  # fmt: skip


class AskedDecisions(Schema):
    council: str = Field("", max_length=100, pattern=_READABLE, description="Id of a council")
    state: DecisionState | None = Field(
        None, description="late: open and past its due date; verify: done, not verified"
    )


@api.get("/decisions", response={200: Decisions, **_ONE}, tags=["councils"])
def list_decisions(request: HttpRequest, asked: Query[AskedDecisions], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Decisions of meetings whose minutes everyone may read; never a closed one. By due date."""
    _only(request, *AskedDecisions.model_fields, "limit", "offset")
    filters = queries.DecisionFilters(state=str(asked.state or ""), council=asked.council.strip())
    found = queries.listed_decisions(_VISITOR, filters)
    return {"count": found.count(), "items": [_decision(request, one) for one in found[offset : offset + limit]]}


def _decision(request: HttpRequest, one: Decision) -> dict[str, Any]:
    return {
        "council": one.council.organisation.code, "number": one.number, "text": one.text,
        "owner": one.owner.body if one.owner else "", "due_on": one.due_on, "priority": one.priority,
        "places": one.places, "state": one.state, "needs_verifying": one.needs_verifying,
        "decided_on": timezone.localtime(one.meeting.begins).date(),
        "url": request.build_absolute_uri(one.get_absolute_url()),
    }  # fmt: skip
