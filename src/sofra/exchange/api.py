"""The public API: what everyone may see, by the same queries as the pages. Described by /api/openapi.json.

It needs no sign-in and shows no more to those who are signed in. How to use it: docs/api.md.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Path, Query, Schema
from ninja.errors import HttpError, ValidationError

from sofra import __version__
from sofra.activities.vocabulary import Counted, Form, Mode, Status
from sofra.ground.models import Visibility
from sofra.organisations import glossary, place_queries, queries, rules, vocabulary
from sofra.organisations.models import Organisation
from sofra.organisations.queries import Filters
from sofra.places import queries as places
from sofra.places.models import Kind, Place, PlaceName

from .answers import describe

PUBLIC = Visibility.PUBLIC
LISTED = ("name", "place", "seat", "theme", "audience", "language", "website")


class OpenAPI(NinjaAPI):
    """Answers that programs of other sites may read in a browser too: all of it is public, and none needs a cookie."""

    def create_response(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response


api = OpenAPI(
    title="Sofra",
    version=__version__,
    description="Who does what, where, when, for whom: organisations, activities, findings, places. Public data only.",
    docs_url=None,
    urls_namespace="api",
)

# Names of their own: the description knows a list of codes by the name of its class, and two are called "Kind".
OrganisationKind = StrEnum("OrganisationKind", {code: code for code in vocabulary.Kind.values})  # type: ignore[misc]
ActivityKind = StrEnum("ActivityKind", {code: code for code in vocabulary.ACTIVITY_KINDS})  # type: ignore[misc]
PlaceKind = StrEnum("PlaceKind", {code: code for code in Kind.values})  # type: ignore[misc]
NameForm = StrEnum("NameForm", {code: code for code in PlaceName.Form.values})  # type: ignore[misc]


# — what comes out —————————————————————————————————————————————————————————————————————————————————————————


class Problem(Schema):
    detail: str = Field(description="A sentence that says what to do")


class FactOut(Schema):
    field: str
    value: str
    language: str
    text: str = Field("", description="The words that a place was read from")
    source: str
    confirmed_on: date | None


class OrganisationBrief(Schema):
    id: str = Field(description="Never given to another organisation; it goes on answering after a join")
    name: str
    names: list[str] = Field(description="All names, the one above first")
    acronym: str
    kind: OrganisationKind
    activity_class: vocabulary.ActivityClass | None = Field(
        description="By the rule of Annex II; null where the organisation keeps it out of public view"
    )
    places: list[str] = Field(description="Codes of the places of work")
    seat: str = Field(description="Code of the place of the seat, or empty where it is not known")
    themes: list[str]
    audiences: list[str]
    languages: list[str]
    website: str
    confirmed_on: date | None = Field(description="When somebody last said that the record is still true; null: never")
    url: str = Field(description="The organisation's page")


class OrganisationWhole(OrganisationBrief):
    same_as: list[str] = Field(description="Ids of records that were joined to this one")
    facts: list[FactOut]


class Organisations(Schema):
    count: int = Field(description="How many fit the filters")
    items: list[OrganisationBrief]


class PlaceOut(Schema):
    code: str
    kind: PlaceKind
    country: str = Field(description="ISO 3166-1 code; empty for what is larger than a country")
    name: str
    name_definite: str
    name_genitive: str
    name_en: str
    name_local: str
    parent: str | None
    seat: str
    lat: float | None
    lon: float | None
    population: dict[str, int | None] = Field(description="Census year to inhabitants; a missing year is not known")
    identifiers: dict[str, str | None]
    footnote: str
    valid_from: date | None
    valid_to: date | None
    organisations: int | None = Field(
        description="How many name it, or a place below it, as a place of work; null: nobody recorded, not nobody"
    )
    url: str


class NameOut(Schema):
    name: str
    form: NameForm
    language: str
    valid_from: date | None
    valid_to: date | None


class PlaceWhole(PlaceOut):
    names: list[NameOut] = Field(description="Every known way of writing its name")


class Places(Schema):
    count: int
    items: list[PlaceOut]


class TermOut(Schema):
    id: str
    term: str
    definition: str
    source: str
    see: list[str] = Field(description="Ids of the terms to read next")


class Terms(Schema):
    count: int
    items: list[TermOut]


class WordOut(Schema):
    field: str = Field(description="Where the code stands: kind, activity_class, theme, …")
    code: str
    name: str


class Vocabulary(Schema):
    count: int
    items: list[WordOut]


# — what may come in ———————————————————————————————————————————————————————————————————————————————————————

_PROBLEMS = {400: Problem, 422: Problem}
_ONE = {**_PROBLEMS, 404: Problem}
_READABLE = r"^[^\x00]*$"
Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to pass over")]
Code = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9._-]+$")]
Speech = Annotated[Literal["sq", "en"], Query(description="The language of names and definitions")]


class Asked(Schema):
    """The filters of the list page, under the same names. Values of one filter are alternatives."""

    q: str = Field("", max_length=200, pattern=_READABLE, description="Words; ë/e, ç/c and the scripts meet")
    kind: list[OrganisationKind] = Field([], max_length=50)
    activity_class: list[vocabulary.ActivityClass] = Field(
        [], max_length=50, description="Finds only organisations that show their class"
    )
    theme: list[vocabulary.Theme] = Field([], max_length=50)
    audience: list[vocabulary.Audience] = Field([], max_length=50)
    language: list[vocabulary.Language] = Field([], max_length=50)
    activity_kind: list[ActivityKind] = Field(
        [], max_length=50, description="Finds only organisations that show their class"
    )
    place: str = Field(
        "", max_length=80, pattern=_READABLE, description="A place's code or name; what lies below it counts too"
    )
    age: Literal["", "fresh", "ageing", "stale", "never"] = Field("", description="When the record was last confirmed")


class AskedPlaces(Schema):
    q: str = Field("", max_length=200, pattern=_READABLE, description="Any form of the name, in any spelling")
    country: str = Field("", max_length=3, pattern=r"^[A-Z]*$", description="AL, XK, MK, …")
    kind: list[PlaceKind] = Field([], max_length=50)
    within: str = Field("", max_length=40, pattern=r"^[A-Za-z0-9._-]*$", description="A place's code")


def _only(request: HttpRequest, *known: str) -> None:
    """Refuse a parameter that does not exist: passed over, a misspelt filter would look like an answer."""
    for name in request.GET:
        if name not in known:
            told = ", ".join(known) or _("none")
            raise HttpError(
                422, _("“%(name)s” is no parameter here. There are: %(told)s.") % {"name": name[:80], "told": told}
            )


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    with translation.override(get_language_from_request(request)):
        return api.create_response(request, {"detail": describe(problem.errors)}, status=422)


# — organisations ——————————————————————————————————————————————————————————————————————————————————————————


@api.get("/organisations", response={200: Organisations, **_ONE}, tags=["organisations"])
def list_organisations(request: HttpRequest, asked: Query[Asked], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Organisations in Albanian order, filtered as on the page."""
    _only(request, *Asked.model_fields, "limit", "offset")
    typed = asked.place.strip()
    place = places.find_place(typed) if typed else None
    if typed and place is None:
        raise HttpError(
            404, _("No place is called “%(name)s”. Take a code or a name from /api/places.") % {"name": typed}
        )
    many = {
        name: tuple(str(value) for value in getattr(asked, name))
        for name in ("kind", "activity_class", "theme", "audience", "language", "activity_kind")
    }
    found = queries.listed(PUBLIC, Filters(q=asked.q, place=place, age=asked.age, **many))
    page = list(found[offset : offset + limit])
    return {"count": _count(found, page, limit, offset), "items": _brief(request, page)}


def _count(found: QuerySet[Any], page: Sequence[Any], limit: int, offset: int) -> int:
    """How many there are in all; asked only where the page itself does not tell."""
    return len(page) if offset == 0 and len(page) < limit else found.count()


def _brief(request: HttpRequest, page: list[Organisation]) -> list[dict[str, Any]]:
    """A page of organisations as lists show them, with one query for all their facts."""
    said = queries.facts_for(page, PUBLIC, LISTED)
    items = []
    for organisation in page:
        values: dict[str, list[str]] = {field: [] for field in LISTED}
        for fact in said[organisation.pk]:
            if fact.value and fact.value not in values[fact.field]:
                values[fact.field].append(fact.value)
        items.append(
            {
                "id": organisation.code,
                "name": organisation.name,
                "names": list(dict.fromkeys([organisation.name, *values["name"]])),
                "acronym": organisation.acronym,
                "kind": organisation.kind,
                "activity_class": None if organisation.class_hidden else organisation.activity_class,
                "places": values["place"],
                "seat": next(iter(values["seat"]), ""),
                "themes": values["theme"],
                "audiences": values["audience"],
                "languages": values["language"],
                "website": next(iter(values["website"]), ""),
                "confirmed_on": organisation.confirmed_on,
                "url": request.build_absolute_uri(organisation.get_absolute_url()),
            }
        )
    return items


@api.get("/organisations/{code}", response={200: OrganisationWhole, **_ONE}, tags=["organisations"])
def get_organisation(request: HttpRequest, code: Code) -> Any:
    """One organisation with all that is said of it. The id of a joined record gives the record that stands for both."""
    _only(request)
    found = queries.public_organisation(code)
    if found is None:
        raise HttpError(404, _("No organisation has the id “%(code)s”.") % {"code": code})
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
    ]
    return {**_brief(request, [found])[0], "same_as": queries.other_codes(found, PUBLIC), "facts": facts}


# — places —————————————————————————————————————————————————————————————————————————————————————————————————


def _place(request: HttpRequest, place: Place, counts: Mapping[str, int]) -> dict[str, Any]:
    own = PlaceOut.model_fields.keys() - {"parent", "organisations", "url", "identifiers"}
    return {
        **{name: getattr(place, name) for name in own},
        "parent": place.parent_id,
        "identifiers": {key: str(value) for key, value in place.identifiers.items() if value},
        "organisations": counts.get(place.code),
        "url": request.build_absolute_uri(place.get_absolute_url()),
    }


@api.get("/places", response={200: Places, **_ONE}, tags=["places"])
def list_places(request: HttpRequest, asked: Query[AskedPlaces], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Places from the country down, with their codes, names and how many organisations work there."""
    _only(request, *AskedPlaces.model_fields, "limit", "offset")
    found = Place.objects.all()
    if asked.country:
        found = found.filter(country=asked.country)
    if asked.kind:
        found = found.filter(kind__in=[str(kind) for kind in asked.kind])
    if asked.within:
        above = places.place(asked.within)
        if above is None:
            raise HttpError(404, _("No place has the code “%(code)s”.") % {"code": asked.within})
        found = found & Place.objects.within(above)
    if asked.q.strip():
        found = found.filter(pk__in=[place.pk for place in places.find_places(asked.q, limit=200)])
    page = list(found.order_by("path")[offset : offset + limit])
    counts = place_queries.coverage(PUBLIC).within
    return {"count": _count(found, page, limit, offset), "items": [_place(request, place, counts) for place in page]}


@api.get("/places/{code}", response={200: PlaceWhole, **_ONE}, tags=["places"])
def get_place(request: HttpRequest, code: Code) -> Any:
    """One place, with every known way of writing its name."""
    _only(request)
    place = places.place(code)
    if place is None:
        raise HttpError(404, _("No place has the code “%(code)s”.") % {"code": code})
    told = _place(request, place, place_queries.coverage(PUBLIC).within)
    return {**told, "names": list(place.names.exclude(name="").order_by("form", "name"))}


# — words ——————————————————————————————————————————————————————————————————————————————————————————————————


@api.get("/glossary", response={200: Terms, **_PROBLEMS}, tags=["words"])
def list_terms(request: HttpRequest, lang: Speech = "sq", limit: Limit = 50, offset: Offset = 0) -> Any:
    """The terms that the hub uses, in our own words, with their sources."""
    _only(request, "lang", "limit", "offset")
    with translation.override(lang):
        terms = [
            {
                "id": term.slug,
                "term": str(term.term),
                "definition": str(term.definition),
                "source": str(term.source),
                "see": list(term.see),
            }
            for term in glossary.TERMS.values()
        ]
    return {"count": len(terms), "items": terms[offset : offset + limit]}


@api.get("/vocabulary", response={200: Vocabulary, **_PROBLEMS}, tags=["words"])
def list_words(request: HttpRequest, lang: Speech = "sq", limit: Limit = 200, offset: Offset = 0) -> Any:
    """The codes that records and filters use, with their names."""
    _only(request, "lang", "limit", "offset")
    lists: dict[str, Any] = {
        "kind": vocabulary.Kind.choices,
        "activity_class": vocabulary.ActivityClass.choices,
        "theme": vocabulary.Theme.choices,
        "audience": vocabulary.Audience.choices,
        "language": vocabulary.Language.choices,
        "activity_kind": vocabulary.ACTIVITY_KINDS.items(),
        "age": rules.Age.choices,
        "form": Form.choices,
        "status": Status.choices,
        "mode": Mode.choices,
        "counted": Counted.choices,
        "field": [(field.code, field.name) for field in vocabulary.FIELDS.values()],
    }
    with translation.override(lang):
        words = [
            {"field": field, "code": code, "name": str(name)} for field, pairs in lists.items() for code, name in pairs
        ]
    return {"count": len(words), "items": words[offset : offset + limit]}
