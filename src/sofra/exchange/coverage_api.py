"""The public API of coverage: overlaps, crowds, gaps and the question before planning, as everyone may see them.

It answers with what coverage.telling makes of the pages' own queries; `sofra coverage … --json` prints the same.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from ninja.errors import HttpError

from sofra.coverage import forms, queries, rules, telling
from sofra.organisations import vocabulary

from .activity_api import WorkKind
from .api import _ONE, _READABLE, PUBLIC, Limit, _only, api

Side = StrEnum("Side", {code: code for code in rules.Side.values})  # type: ignore[misc]
GapState = StrEnum("GapState", {code: code for code in rules.State.values})  # type: ignore[misc]
MOST = 10_000  # so many pairs are passed over at most; the page's CSV has them all
Offset = Annotated[int, Query(ge=0, le=MOST, description="How many items to pass over")]
_DAY = "ISO 8601; null: it is open on this side"
_DATE = "A partial date: 2018-10-05, 2018-10 or 2018; empty: not known"


class NamedOut(Schema):
    id: str
    title: str


class Reason(Schema):
    side: Side
    sure: bool
    shared: list[str] = Field(description="Codes that both have; work as kind:… and theme:…")


class DaysOut(Schema):
    begins: str | None = Field(description=_DAY)
    ends: str | None = Field(description=_DAY)


class OverlapOut(Schema):
    first: NamedOut
    second: NamedOut
    sure: bool = Field(description="False: possible, as one of the sides is not known; `why` says which")
    why: list[Reason]
    days: DaysOut = Field(description="The days that both may share")


class Overlaps(Schema):
    more: bool = Field(description="Are there more after these?")
    items: list[OverlapOut]


class AskedOut(Schema):
    place: str = Field(description="Code of the place that was asked about; what lies in it was asked about too")
    asked_by: str
    asked_on: str = Field(description=_DATE)
    source: str


class DeclaredOut(Schema):
    place: str
    by: str = Field(description="The body that declared it")
    on: str = Field(description=_DATE)


class GapOut(Schema):
    place: str = Field(description="Code of the municipality")
    audience: str = Field(description="Empty: anybody at all")
    state: GapState = Field(description="nobody: asked, and nobody is known; not-asked: not known")
    asked: list[AskedOut]
    priority: list[DeclaredOut] = Field(description="Public declarations; most are not public")
    wider: int = Field(description="Activities of larger places or the whole country that may be for these people")


class Gaps(Schema):
    count: int
    items: list[GapOut]


class CrowdOut(Schema):
    place: str = Field(description="Code of the municipality")
    audience: str = Field(description="Empty: for whom is not known")
    sure: bool
    number: int = Field(description="The largest number of organisations at work with them on one day")
    days: list[DaysOut] = Field(description="When there are more than the hub's limit")
    organisations: list[str] = Field(description="Ids of those that are public")
    activities: list[NamedOut] = Field(description="Those that say so")


class Crowds(Schema):
    count: int
    items: list[CrowdOut]


class FoundOut(Schema):
    id: str
    title: str
    organisations: list[str]
    places: list[str]
    begins: str = Field(description=_DATE)
    ends: str = Field(description=_DATE)
    status: str
    sure: bool
    why: list[Reason]


class Listed(Schema):
    total: int
    sure: int
    more: bool = Field(description="Are there more than `total` says?")
    items: list[FoundOut] = Field(description="At most fifty, the sure ones first")


class PartnerOut(Schema):
    id: str
    name: str
    places: list[str]
    audiences: list[str]
    kinds: list[str]
    example: NamedOut
    perhaps_busy: bool


class CrowdingOut(Schema):
    audience: str
    now_sure: int
    now_possible: int
    planned_sure: int
    planned_possible: int
    crowded_now: bool
    crowded_then: bool
    sure: bool


class NearOut(Schema):
    place: str
    kilometres: float | None
    same_county: bool
    state: GapState
    asked: list[AskedOut]
    priority: bool


class Before(Schema):
    municipality: str | None = Field(description="Where crowding is looked at; null for a place larger than one")
    there: Listed
    was_there: Listed
    background: Listed = Field(description="What is done in the whole country: no overlap")
    partners: list[PartnerOut]
    crowding: list[CrowdingOut]
    nobody_near: list[NearOut]


# — what may come in ———————————————————————————————————————————————————————————————————————————————————————


class AskedWhere(Schema):
    place: str = Field("", max_length=80, pattern=_READABLE, description="A place's code or name")
    begins: str = Field(
        "", alias="from", max_length=40, pattern=_READABLE, description="The time asked about: 2018-10, 10.2018, 2018"
    )
    ends: str = Field("", alias="to", max_length=40, pattern=_READABLE)


class AskedGaps(AskedWhere):
    audience: list[vocabulary.Audience] = Field([], max_length=20, description="A row for each; none: anybody at all")
    kind: list[WorkKind] = Field([], max_length=50, description="Nobody is known for this work")
    theme: list[vocabulary.Theme] = Field([], max_length=50)


class AskedCrowds(AskedWhere):
    audience: list[vocabulary.Audience] = Field([], max_length=20)
    sure: bool = Field(False, description="Only what is sure")


class AskedOverlaps(AskedGaps):
    audience: list[vocabulary.Audience] = Field([], max_length=20)
    organisation: str = Field("", max_length=60, pattern=_READABLE, description="One of the two is of this id")
    activity: str = Field("", max_length=60, pattern=_READABLE, description="One of the two has this id")
    sure: bool = Field(False, description="Only what is sure")


class AskedBefore(AskedGaps):
    place: str = Field(..., min_length=1, max_length=80, pattern=_READABLE, description="Best a municipality")
    organisation: str = Field("", max_length=60, pattern=_READABLE, description="Who plans: its own is no overlap")


def _filters(request: HttpRequest, asked: AskedWhere) -> queries.Filters:
    """What was asked, read as the pages read it. Raises HttpError with a sentence for a place or day there is not."""
    said = asked.dict()
    form = forms.ListForm(
        {"place": asked.place, "from": asked.begins, "to": asked.ends, "organisation": said.get("organisation", "")},
        level=PUBLIC,
    )
    _check(request, form)
    found = form.filters()
    many = {f"{name}s": tuple(str(code) for code in said.get(name, ())) for name in ("audience", "kind", "theme")}
    return queries.Filters(
        place=found.place, organisation=found.organisation, begins=found.begins, ends=found.ends,
        activity=said.get("activity", ""), sure=said.get("sure", False), **many,
    )  # fmt: skip


def _check(request: HttpRequest, form: Any) -> None:
    with translation.override(get_language_from_request(request)):
        if not form.is_valid():
            told = [f"{form.add_prefix(name)}: {' '.join(said)}" for name, said in form.errors.items()]
            raise HttpError(404, " ".join(told))


def _named_of(*schemas: type[Schema]) -> list[str]:
    return [field.alias or name for schema in schemas for name, field in schema.model_fields.items()]


# — the answers ————————————————————————————————————————————————————————————————————————————————————————————


@api.get("/coverage/overlaps", response={200: Overlaps, **_ONE}, tags=["coverage"])
def list_overlaps(request: HttpRequest, asked: Query[AskedOverlaps], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Activities of different organisations that share place, time, people and work, each pair once."""
    _only(request, *_named_of(AskedOverlaps), "limit", "offset")
    found = queries.overlaps(PUBLIC, _filters(request, asked))
    items, more = _page(found, limit, offset)
    return {"more": more, "items": [telling.overlap_told(one) for one in items]}


def _page(found: Iterator[Any], limit: int, offset: int) -> tuple[list[Any], bool]:
    """A page of what is found one after the other, and whether there is more; how many in all nobody counts."""
    page = list(islice(found, offset, offset + limit + 1))
    return page[:limit], len(page) > limit


@api.get("/coverage/crowded", response={200: Crowds, **_ONE}, tags=["coverage"])
def list_crowds(request: HttpRequest, asked: Query[AskedCrowds], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Municipalities where more organisations than the hub's limit work with the same people at once."""
    _only(request, *_named_of(AskedCrowds), "limit", "offset")
    found = queries.crowded_places(PUBLIC, _filters(request, asked))
    page = [telling.crowd_told(one) for one in found[offset : offset + limit]]
    return {"count": len(found), "items": page}


@api.get("/coverage/gaps", response={200: Gaps, **_ONE}, tags=["coverage"])
def list_gaps(request: HttpRequest, asked: Query[AskedGaps], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Municipalities where nobody is known, and whether anybody asked."""
    _only(request, *_named_of(AskedGaps), "limit", "offset")
    found = list(queries.gaps(PUBLIC, _filters(request, asked)))
    page = [telling.gap_told(one) for one in found[offset : offset + limit]]
    return {"count": len(found), "items": page}


@api.get("/coverage/before", response={200: Before, **_ONE}, tags=["coverage"])
def ask_before(request: HttpRequest, asked: Query[AskedBefore]) -> Any:
    """Before you plan: who is there, who was, who could be a partner, what it would do to crowding, who has nobody."""
    _only(request, *_named_of(AskedBefore))
    form = forms.PlanForm(
        {
            "place": asked.place, "from": asked.begins, "to": asked.ends, "organisation": asked.organisation,
            "audience": [str(code) for code in asked.audience], "kind": [str(code) for code in asked.kind],
            "theme": [str(code) for code in asked.theme],
        },
        level=PUBLIC,
    )  # fmt: skip
    _check(request, form)
    if asked.organisation and form.who is None:
        raise HttpError(404, _("No organisation has the id “%(code)s”.") % {"code": asked.organisation})
    return telling.answer_told(queries.before(PUBLIC, form.question()))
