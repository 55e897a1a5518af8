"""The public API: what everyone may see, by the same queries as the pages. Described by /api/openapi.json.

It needs no sign-in and shows no more to those who are signed in.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Field, NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError

from sofra import __version__
from sofra.ground.models import Visibility
from sofra.organisations import glossary, queries, vocabulary
from sofra.organisations.models import Organisation
from sofra.organisations.queries import Filters
from sofra.places import queries as place_queries
from sofra.places.models import Kind as PlaceKind
from sofra.places.models import Place

PUBLIC = Visibility.PUBLIC

api = NinjaAPI(
    title="Sofra",
    version=__version__,
    description="Who works where, on what: organisations, places and the glossary. Public data only.",
    docs_url=None,
    urls_namespace="api",
)


ActivityKind = StrEnum("ActivityKind", {code: code for code in vocabulary.ACTIVITY_KINDS})  # type: ignore[misc]


class Problem(Schema):
    detail: str


class FactOut(Schema):
    field: str
    value: str
    language: str
    text: str = Field("", description="The words that a place was read from")
    source: str
    confirmed_on: date | None


class OrganisationBrief(Schema):
    id: str
    name: str
    acronym: str
    kind: vocabulary.Kind
    activity_class: vocabulary.ActivityClass | None = Field(
        description="By the rule of Annex II; null where the organisation keeps it out of public view"
    )
    places: list[str] = Field(description="Codes of the places of work")
    themes: list[str]
    website: str
    confirmed_on: date | None
    url: str


class OrganisationWhole(OrganisationBrief):
    same_as: list[str] = Field(description="Ids of records that were joined to this one")
    facts: list[FactOut]


class Organisations(Schema):
    count: int
    items: list[OrganisationBrief]


class PlaceOut(Schema):
    code: str
    kind: PlaceKind
    name: str
    name_definite: str
    name_genitive: str
    name_en: str
    parent: str | None
    seat: str
    lat: float | None
    lon: float | None
    population: dict[str, Any]
    identifiers: dict[str, Any]
    footnote: str
    valid_from: date | None
    valid_to: date | None


class Places(Schema):
    count: int
    items: list[PlaceOut]


class TermOut(Schema):
    id: str
    term: str
    definition: str
    source: str


class Terms(Schema):
    count: int
    items: list[TermOut]


_PROBLEMS = {400: Problem, 414: Problem, 422: Problem}
_ONE = {**_PROBLEMS, 404: Problem}
Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to pass over")]
Words = Annotated[str, Query(max_length=200, description="Words; ë/e, ç/c and the scripts meet")]
Code = Annotated[str, Path(max_length=80)]


class Asked(Schema):
    """The filters of the list page, under the same names."""

    q: str = Field("", max_length=200)
    kind: list[vocabulary.Kind] = []
    activity_class: list[vocabulary.ActivityClass] = []
    theme: list[vocabulary.Theme] = []
    audience: list[vocabulary.Audience] = []
    language: list[vocabulary.Language] = []
    activity_kind: list[ActivityKind] = []
    place: str = Field("", max_length=80, description="A place's code; what lies below it counts too")
    age: str = Field("", pattern="^(|fresh|ageing|stale|never)$")


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    first = problem.errors[0] if problem.errors else {"loc": ["?"], "msg": "?"}
    return api.create_response(request, {"detail": f"{first['loc'][-1]}: {first['msg']}"}, status=422)


@api.get("/organisations", response={200: Organisations, **_PROBLEMS}, tags=["organisations"], by_alias=True)
def list_organisations(request: HttpRequest, asked: Query[Asked], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Organisations in Albanian order, filtered as on the page."""
    place = None
    if asked.place:
        place = Place.objects.filter(code=asked.place).first()
        if place is None:
            return 422, {"detail": f"place: no place has the code {asked.place!r}"}
    many = {
        name: tuple(str(value) for value in getattr(asked, name))
        for name in ("kind", "activity_class", "theme", "audience", "language", "activity_kind")
    }
    found = queries.listed(PUBLIC, Filters(q=asked.q, place=place, age=asked.age, **many))
    page = list(found[offset : offset + limit])
    return 200, {"count": found.count(), "items": _brief(page)}


def _brief(page: list[Organisation]) -> list[dict[str, Any]]:
    said = queries.facts_for(page, PUBLIC, ("place", "theme", "website"))
    return [
        {
            "id": organisation.code,
            "name": organisation.name,
            "acronym": organisation.acronym,
            "kind": organisation.kind,
            "activity_class": None if organisation.class_hidden else organisation.activity_class,
            "places": [f.value for f in said[organisation.pk] if f.field == "place" and f.value],
            "themes": [f.value for f in said[organisation.pk] if f.field == "theme"],
            "website": next((f.value for f in said[organisation.pk] if f.field == "website"), ""),
            "confirmed_on": organisation.confirmed_on,
            "url": organisation.get_absolute_url(),
        }
        for organisation in page
    ]


@api.get("/organisations/{code}", response={200: OrganisationWhole, **_ONE}, tags=["organisations"])
def get_organisation(request: HttpRequest, code: Code) -> Any:
    """One organisation. The id of a record that was joined to another gives the record that stands for both."""
    found = queries.public_organisation(code)
    if found is None:
        return 404, {"detail": f"no organisation has the id {code!r}"}
    facts = [
        {
            "field": fact.field,
            "value": fact.value,
            "language": fact.language,
            "text": str(fact.detail.get("text", "")),
            "source": fact.source,
            "confirmed_on": fact.confirmed_on,
        }
        for facts in queries.record_of(found, PUBLIC).values()
        for fact in facts
        if not (found.class_hidden and fact.field == "activity_kind")
    ]
    joined = list(found.joined.values_list("code", flat=True))
    return 200, {**_brief([found])[0], "same_as": joined, "facts": facts}


def _place(place: Place) -> dict[str, Any]:
    kept = PlaceOut.model_fields.keys() - {"parent"}
    return {**{name: getattr(place, name) for name in kept}, "parent": place.parent_id}


@api.get("/places", response={200: Places, **_PROBLEMS}, tags=["places"])
def list_places(
    request: HttpRequest,
    q: Words = "",
    country: Annotated[str, Query(max_length=3)] = "",
    kind: Annotated[list[PlaceKind], Query()] = [],  # noqa: B006 (never altered)
    within: Annotated[str, Query(max_length=40)] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Places from the country down, with their codes and names in every form."""
    found = Place.objects.all()
    if country:
        found = found.filter(country=country)
    if kind:
        found = found.filter(kind__in=kind)
    if within:
        above = Place.objects.filter(code=within).first()
        if above is None:
            return 422, {"detail": f"within: no place has the code {within!r}"}
        found = found & Place.objects.within(above)
    if q:
        found = found.filter(pk__in=[place.pk for place in place_queries.find_places(q, limit=200)])
    page = found.order_by("path")
    return 200, {"count": page.count(), "items": [_place(place) for place in page[offset : offset + limit]]}


@api.get("/places/{code}", response={200: PlaceOut, **_ONE}, tags=["places"])
def get_place(request: HttpRequest, code: Code) -> Any:
    """One place."""
    place = Place.objects.filter(code=code).first()
    return (404, {"detail": f"no place has the code {code!r}"}) if place is None else (200, _place(place))


@api.get("/glossary", response={200: Terms, **_PROBLEMS}, tags=["glossary"])
def list_terms(
    request: HttpRequest, lang: Literal["sq", "en"] = "sq", limit: Limit = 50, offset: Offset = 0
) -> Any:
    """The terms that the hub uses, in our own words, with their sources."""
    with translation.override(lang):
        terms = [
            {"id": term.slug, "term": str(term.term), "definition": str(term.definition), "source": str(term.source)}
            for term in glossary.TERMS.values()
        ]
    return 200, {"count": len(terms), "items": terms[offset : offset + limit]}

