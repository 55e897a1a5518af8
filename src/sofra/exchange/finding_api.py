"""The public API of findings: what rounds of mapping found and what each statement stands on, as all may see it."""

from enum import StrEnum
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from ninja.errors import HttpError

from sofra.findings import queries
from sofra.findings.models import Evidence, Finding
from sofra.findings.views import in_order
from sofra.findings.vocabulary import CHAPTERS
from sofra.mapping.models import Round
from sofra.organisations import queries as registry
from sofra.places import queries as places

from .activity_api import _organisation
from .api import _ONE, _READABLE, PUBLIC, Code, Limit, Offset, Speech, _count, _only, api

FindingKind = StrEnum("FindingKind", {code: code for code in Finding.Kind.values})  # type: ignore[misc]
EvidenceKind = StrEnum("EvidenceKind", {code: code for code in Evidence.Kind.values})  # type: ignore[misc]
Chapter = StrEnum("Chapter", {code: code for code in CHAPTERS})  # type: ignore[misc]


class FindingOut(Schema):
    id: str
    round: str = Field(description="The id of the mapping round")
    statements: dict[str, str] = Field(description="Language to the statement")
    chapter: str = Field(description="Of the report of 2018; empty: none")
    kind: FindingKind
    state: Literal["confirmed", "contested"]
    places: list[str] = Field(description="Codes of places; empty: none is named")
    organisations: list[str] = Field(description="Ids of organisations that it names")
    activity_class: str = Field(description="specific, relevant, both; empty: not said")
    where_said: str = Field(description="Its place in the document it is taken from")
    stands: str = Field(description="Who confirmed it, or that it is contested, and when")
    evidence: int = Field(description="How many things it stands on")
    url: str


class EvidenceOut(Schema):
    kind: EvidenceKind
    text: str = Field(description="What it says now, as far as everyone may see it")
    hidden: bool = Field(description="Is it one that is not open to everyone?")
    changed: bool = Field(description="Does it say something else than when it was last looked at?")
    lost: bool = Field(description="Was the consent for its source withdrawn?")
    url: str = Field(description="Page of the source, figure or activity; empty where there is none to open")


class ObjectionOut(Schema):
    by: str = Field(description="The body that objects; empty: one that is not open to everyone")
    text: str


class FindingWhole(FindingOut):
    stands_on: list[EvidenceOut]
    objections: list[ObjectionOut]


class Findings(Schema):
    count: int
    items: list[FindingOut]


class AskedFindings(Schema):
    """The filters of the list page, under the same names. Values of one filter are alternatives."""

    q: str = Field("", max_length=200, pattern=_READABLE, description="Words of the statement")
    round: str = Field("", max_length=60, pattern=_READABLE, description="The id of a mapping round")
    chapter: list[Chapter] = Field([], max_length=50)
    kind: list[FindingKind] = Field([], max_length=50)
    state: list[Literal["confirmed", "contested"]] = Field([], max_length=2)
    place: str = Field("", max_length=80, pattern=_READABLE, description="A place's code or name, with all below it")
    organisation: str = Field("", max_length=250, pattern=_READABLE, description="An organisation's id or name")


@api.get("/findings", response={200: Findings, **_ONE}, tags=["findings"])
def list_findings(request: HttpRequest, asked: Query[AskedFindings], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Findings that somebody confirmed, in the order of rounds and chapters; contested ones with their objections."""
    _only(request, *AskedFindings.model_fields, "limit", "offset")
    found = in_order(queries.narrowed(queries.findings(PUBLIC), _filters(asked)))
    whole = queries.with_counts(queries.with_evidence(found)).prefetch_related("organisations__joined_to")
    page = list(whole[offset : offset + limit])
    return {"count": _count(found, page, limit, offset), "items": [_told(request, one) for one in page]}


def _filters(asked: AskedFindings) -> queries.Filters:
    """Raises HttpError 404 with a sentence for a round, place or organisation that there is not."""
    place = places.find_place(asked.place) if asked.place.strip() else None
    if asked.place.strip() and place is None:
        raise HttpError(404, _("No place is called “%(name)s”. Take a code or a name from /api/places.")
                        % {"name": asked.place.strip()})  # fmt: skip
    code = asked.round.strip()
    found = Round.objects.exclude(state=Round.State.DRAFT).filter(code=code).first() if code else None
    if code and found is None:
        raise HttpError(404, _("No mapping round has the id “%(code)s”.") % {"code": code})
    return queries.Filters(
        q=asked.q, round=found, chapter=tuple(map(str, asked.chapter)), kind=tuple(map(str, asked.kind)),
        state=tuple(asked.state), place=place, organisation=_organisation(asked.organisation),
    )  # fmt: skip


def _told(request: HttpRequest, one: Any) -> dict[str, Any]:
    own = ("statements", "chapter", "kind", "state", "places", "activity_class", "where_said")
    heads = {registry.head(body) for body in one.organisations.all()}
    return {
        **{name: getattr(one, name) for name in own},
        "id": one.code,
        "round": one.round.code,
        "organisations": sorted(body.code for body in heads if body.visible_to <= PUBLIC),
        "stands": queries.standing_words(one),
        "evidence": one.held,
        "url": request.build_absolute_uri(one.get_absolute_url()),
    }


@api.get("/findings/{code}", response={200: FindingWhole, **_ONE}, tags=["findings"])
def get_finding(request: HttpRequest, code: Code, lang: Speech = "sq") -> Any:
    """One finding with what it stands on, and what is objected."""
    _only(request, "lang")
    found = queries.with_counts(queries.findings(PUBLIC)).filter(code=code).first()
    if found is None:
        raise HttpError(404, _("No finding has the id “%(code)s”.") % {"code": code})
    contested = queries.standing_objections(found) if found.state == Finding.State.CONTESTED else []
    return {
        **_told(request, found),
        "stands_on": [_evidence(request, one) for one in queries.told(found, PUBLIC, lang)],
        "objections": [
            {"by": queries.objector_words(step, PUBLIC), "text": step.objection} for step in contested
        ],
    }  # fmt: skip


def _evidence(request: HttpRequest, told: queries.Told) -> dict[str, Any]:
    link = next((run.link for run in told.runs if run.link), "")
    return {
        "kind": told.evidence.kind,
        "text": "".join(run.text for run in told.runs),
        "hidden": told.hidden,
        "changed": told.changed,
        "lost": told.lost,
        "url": request.build_absolute_uri(link) if link else "",
    }
