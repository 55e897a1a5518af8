"""The public API of mechanisms: which exist in which municipality, and how one reaches them, as everyone may see it."""

from datetime import date
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from ninja.errors import HttpError

from sofra.councils import mechanism_queries as queries
from sofra.councils.models import Mechanism
from sofra.places import queries as places

from .api import _ONE, _READABLE, Limit, Offset, _only, api

MechanismKind = StrEnum("MechanismKind", {code: code for code in Mechanism.Kind.values})  # type: ignore[misc]
Existence = StrEnum("Existence", {code: code for code in Mechanism.Exists.values})  # type: ignore[misc]


class MechanismOut(Schema):
    place: str = Field(description="Code of the municipality, or of the country for what is said of all of it")
    kind: MechanismKind
    exists: Existence = Field(description="unknown: nobody has told the hub; it does not mean that there is none")
    legal_basis: str
    office: str = Field(description="The coordinator's office; empty: not known")
    phone: str = Field(description="Empty: not known, or not public")
    email: str = Field(description="Empty: not known, or not public")
    how_to_reach: dict[str, str] = Field(description="Language code to words")
    confirmed_on: date | None = Field(description="When somebody last said that this is still true; null: never")
    source: str
    url: str


class Mechanisms(Schema):
    count: int
    items: list[MechanismOut]


class AskedMechanisms(Schema):
    place: str = Field(
        "", max_length=80, pattern=_READABLE, description="Code or name of a municipality or the country"
    )
    kind: list[MechanismKind] = Field([], max_length=20)
    exists: list[Existence] = Field([], max_length=10)


@api.get("/mechanisms", response={200: Mechanisms, **_ONE}, tags=["mechanisms"])
def list_mechanisms(request: HttpRequest, asked: Query[AskedMechanisms], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Every municipality with its six kinds of mechanism, those too of which nothing is known."""
    _only(request, *AskedMechanisms.model_fields, "limit", "offset")
    codes = _codes(asked.place.strip())
    kinds, states = {str(one) for one in asked.kind}, {str(one) for one in asked.exists}
    found = [
        cell for cells in queries.cells(codes).values() for cell in cells
        if (not kinds or cell.kind in kinds) and (not states or cell.exists in states)
    ]  # fmt: skip
    return {"count": len(found), "items": [_told(request, cell) for cell in found[offset : offset + limit]]}


def _codes(typed: str) -> list[str]:
    known = queries.municipalities()
    if not typed:
        return [place.code for place in known]
    place = places.find_place(typed)
    if place is None or place.code not in {*(one.code for one in known), *(one.country for one in known)}:
        raise HttpError(
            404, _("No municipality is called “%(name)s”. Take a code or a name from /api/places.") % {"name": typed}
        )
    return [place.code]


def _told(request: HttpRequest, cell: queries.Cell) -> dict[str, Any]:
    row = cell.row or Mechanism()
    tells = cell.row is not None and queries.tells_contact(AnonymousUser(), cell.row)
    return {
        "place": cell.place, "kind": cell.kind, "exists": cell.exists, "legal_basis": row.legal_basis,
        "office": row.office, "phone": row.phone if tells else "", "email": row.email if tells else "",
        "how_to_reach": row.how_to_reach, "confirmed_on": row.confirmed_on, "source": row.source,
        "url": request.build_absolute_uri(reverse("mechanism", args=[cell.place, cell.kind])),
    }  # fmt: skip
