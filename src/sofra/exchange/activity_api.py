"""The public API of activities and projects: what everyone may see, by the same queries as their pages."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from ninja.errors import HttpError

from sofra.activities import dates, finding, forms, queries, saying
from sofra.activities.finding import Filters
from sofra.activities.models import Project, ProjectParty, Reached
from sofra.activities.vocabulary import KINDS, Counted, Mode, Part, Status
from sofra.organisations import vocabulary
from sofra.places import queries as places

from .api import _ONE, _READABLE, PUBLIC, Code, Limit, Offset, _count, _only, api

WorkKind = StrEnum("WorkKind", {code: code for code in KINDS})  # type: ignore[misc]
ActivityStatus = StrEnum("ActivityStatus", {code: code for code in Status.values})  # type: ignore[misc]
ActivityMode = StrEnum("ActivityMode", {code: code for code in Mode.values})  # type: ignore[misc]
HowCounted = StrEnum("HowCounted", {code: code for code in Counted.values})  # type: ignore[misc]
_DATE = "A partial date: 2018-10-05, 2018-10 or 2018; empty: not known"


class ActivityBrief(Schema):
    id: str = Field(description="Never given to another activity")
    title: str
    owner: str | None = Field(description="Id of the organisation that leads it; null: not known, or not public")
    owner_name: str
    partners: list[str] = Field(description="Ids of the partners that are public")
    project: str = Field(description="Id of the project, or empty")
    kinds: list[WorkKind] = Field(description="Without those of Annex II where the owner keeps its class back")
    activity_class: vocabulary.ActivityClass | None = Field(
        description="By the rule of Annex II; null where the owner keeps its class out of public view"
    )
    themes: list[str]
    audiences: list[str]
    languages: list[str]
    places: list[str] = Field(description="Codes of the places of work; empty: not known, or the whole country")
    whole_country: bool
    begins: str = Field(description=_DATE)
    ends: str = Field(description=_DATE)
    status: ActivityStatus
    mode: ActivityMode
    times_held: int | None
    reached: int | None = Field(description="How many people, as counted; null: not known")
    counted: HowCounted
    reached_complete: bool | None = Field(description="Does the total hold everybody? null: not known")
    money: Decimal | None = Field(description="What it costs; null: not known, or not public")
    currency: str
    results: str
    source: str
    updated_at: datetime
    url: str = Field(description="The activity's page")


class GroupOut(Schema):
    by: str = Field(description="What is told apart; rows of one way never overlap")
    sex: str
    age: str
    audience: str
    number: int


class ActivityWhole(ActivityBrief):
    about: str
    place_text: str = Field(description="The words that the places were read from")
    groups: list[GroupOut] = Field(description="Those reached, told apart; they need not add up to the total")


class Activities(Schema):
    count: int = Field(description="How many fit the filters")
    items: list[ActivityBrief]


class FunderOut(Schema):
    organisation: str | None = Field(description="Null: an organisation that is not public")
    step: int = Field(description="1 gave the money first, 2 passed it on")
    amount: Decimal | None = Field(description="Null: not known, or not public")


class ProjectOut(Schema):
    id: str
    title: str
    owner: str | None = Field(description="Id of the organisation that leads it; null: not known, or not public")
    partners: list[str] = Field(description="Ids of the partners that are public")
    funders: list[FunderOut]
    aim: str
    about: str
    begins: str = Field(description=_DATE)
    ends: str = Field(description=_DATE)
    budget: Decimal | None = Field(description="Null: not known, or not public")
    currency: str
    results: str
    source: str
    activities: int = Field(description="How many public activities of it are recorded")
    updated_at: datetime
    url: str


class Projects(Schema):
    count: int
    items: list[ProjectOut]


class AskedActivities(Schema):
    """The filters of the list page, under the same names. Values of one filter are alternatives."""

    q: str = Field("", max_length=200, pattern=_READABLE, description="Words of title, description, organisation")
    place: str = Field(
        "", max_length=80, pattern=_READABLE, description="A place's code or name; what lies below it counts too"
    )
    organisation: str = Field("", max_length=250, pattern=_READABLE, description="That leads or is a partner: its id")
    project: str = Field("", max_length=60, pattern=_READABLE, description="A project's id")
    kind: list[WorkKind] = Field([], max_length=50)
    theme: list[vocabulary.Theme] = Field([], max_length=50)
    audience: list[vocabulary.Audience] = Field([], max_length=50)
    status: list[ActivityStatus] = Field([], max_length=50)
    mode: list[ActivityMode] = Field([], max_length=50)
    activity_class: list[vocabulary.ActivityClass] = Field([], max_length=50)
    begins: str = Field("", max_length=30, pattern=_READABLE, description="May have been at work since: 2018-10, 2018")
    ends: str = Field("", max_length=30, pattern=_READABLE, description="May have been at work until")
    date: Literal["", "known", "unknown"] = Field("", description="Whether any date is known")


class AskedProjects(Schema):
    q: str = Field("", max_length=200, pattern=_READABLE, description="Words of title, description, organisation")
    organisation: str = Field("", max_length=250, pattern=_READABLE, description="That leads, pays or is a partner")


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


@api.get("/activities", response={200: Activities, **_ONE}, tags=["activities"])
def list_activities(request: HttpRequest, asked: Query[AskedActivities], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Activities, the newest first and those without a date last, filtered as on the page."""
    _only(request, *AskedActivities.model_fields, "limit", "offset")
    found = finding.listed(PUBLIC, _filters(request, asked))
    page = list(found[offset : offset + limit])
    return {"count": _count(found, page, limit, offset), "items": _brief(request, page)}


def _filters(request: HttpRequest, asked: AskedActivities) -> Filters:
    """What was asked. Raises HttpError 404 with a sentence for a place, organisation, project or day there is not."""
    many = {
        name: tuple(str(value) for value in getattr(asked, name))
        for name in ("kind", "theme", "audience", "status", "mode", "activity_class")
    }
    place = places.find_place(asked.place) if asked.place.strip() else None
    if asked.place.strip() and place is None:
        raise HttpError(404, _("No place is called “%(name)s”. Take a code or a name from /api/places.")
                        % {"name": asked.place.strip()})  # fmt: skip
    project = queries.projects(PUBLIC).filter(code=asked.project.strip()).first()
    if asked.project.strip() and project is None:
        raise HttpError(404, _("No project has the id “%(code)s”.") % {"code": asked.project.strip()})
    try:
        begins, ends = dates.read_when(asked.begins), dates.read_when(asked.ends)
        dates.check_span(begins, ends)
    except ValidationError as problem:
        with translation.override(get_language_from_request(request)):
            raise HttpError(404, " ".join(problem.messages)) from problem
    return Filters(
        q=asked.q, place=place, organisation=_organisation(asked.organisation), project=project, begins=begins,
        ends=ends, date=asked.date, **many,
    )  # fmt: skip


def _organisation(typed: str) -> Any:
    found = forms.find_organisation(typed, PUBLIC)
    if typed.strip() and found is None:
        raise HttpError(404, _("No organisation has the id “%(code)s”.") % {"code": typed.strip()})
    return found


def _brief(request: HttpRequest, page: list[Any]) -> list[dict[str, Any]]:
    return [_told(request, row) for row in saying.rows_of(page, PUBLIC)]


def _told(request: HttpRequest, row: saying.Row) -> dict[str, Any]:
    one = row.activity
    own = ("title", "themes", "audiences", "languages", "whole_country", "begins", "ends", "status", "mode",
           "times_held", "reached", "counted", "reached_complete", "results", "source", "updated_at")  # fmt: skip
    shows_money = one.money_visible_to <= PUBLIC
    return {
        **{name: getattr(one, name) for name in own},
        "id": one.code,
        "owner": row.owner.code if row.owner else None,
        "owner_name": row.owner.name if row.owner else "",
        "partners": [partner.code for partner in row.partners],
        "project": row.project.code if row.project else "",
        "kinds": row.kinds,
        "activity_class": row.class_code or None,
        "places": [place.code for place in row.places],
        "money": one.money if shows_money else None,
        "currency": one.currency if shows_money else "",
        "url": request.build_absolute_uri(one.get_absolute_url()),
    }


@api.get("/activities/{code}", response={200: ActivityWhole, **_ONE}, tags=["activities"])
def get_activity(request: HttpRequest, code: Code) -> Any:
    """One activity with all that is public of it."""
    _only(request)
    found = queries.activities(PUBLIC).filter(code=code).first()
    if found is None:
        raise HttpError(404, _("No activity has the id “%(code)s”.") % {"code": code})
    groups = Reached.objects.filter(activity=found).order_by("by", "id")
    return {
        **_brief(request, [found])[0],
        "about": found.about,
        "place_text": found.place_text,
        "groups": list(groups.values("by", "sex", "age", "audience", "number")),
    }


# — projects ———————————————————————————————————————————————————————————————————————————————————————————————


@api.get("/projects", response={200: Projects, **_ONE}, tags=["activities"])
def list_projects(request: HttpRequest, asked: Query[AskedProjects], limit: Limit = 50, offset: Offset = 0) -> Any:
    """Projects, the newest first."""
    _only(request, *AskedProjects.model_fields, "limit", "offset")
    found = finding.listed_projects(PUBLIC, q=asked.q, organisation=_organisation(asked.organisation))
    page = list(found[offset : offset + limit])
    return {"count": _count(found, page, limit, offset), "items": _projects(request, page)}


@api.get("/projects/{code}", response={200: ProjectOut, **_ONE}, tags=["activities"])
def get_project(request: HttpRequest, code: Code) -> Any:
    """One project with all that is public of it."""
    _only(request)
    found = queries.projects(PUBLIC).filter(code=code).first()
    if found is None:
        raise HttpError(404, _("No project has the id “%(code)s”.") % {"code": code})
    return _projects(request, [found])[0]


def _projects(request: HttpRequest, page: list[Project]) -> list[dict[str, Any]]:
    """A page of projects, with three questions for all of them together."""
    parties: dict[int, list[ProjectParty]] = {}
    for party in ProjectParty.objects.filter(project__in=page).order_by("part", "step", "id"):
        parties.setdefault(party.project_id, []).append(party)
    numbers = {party.organisation_id for said in parties.values() for party in said}
    names = queries.standing(numbers | {one.owner_id for one in page if one.owner_id}, PUBLIC)
    counts = finding.activities_of(page, PUBLIC)
    own = ("title", "aim", "about", "begins", "ends", "results", "source", "updated_at")
    told = []
    for one in page:
        said, shows = parties.get(one.pk, []), one.budget_visible_to <= PUBLIC
        owner = names.get(one.owner_id or 0)
        partners = [
            names[p.organisation_id].code for p in said if p.part == Part.PARTNER and p.organisation_id in names
        ]
        told.append(
            {
                **{name: getattr(one, name) for name in own},
                "id": one.code,
                "owner": owner.code if owner else None,
                "partners": list(dict.fromkeys(partners)),
                "funders": [
                    {
                        "organisation": names[p.organisation_id].code if p.organisation_id in names else None,
                        "step": p.step,
                        "amount": p.amount if shows else None,
                    }
                    for p in said
                    if p.part == Part.FUNDER
                ],
                "budget": one.budget if shows else None,
                "currency": one.currency if shows else "",
                "activities": counts.get(one.pk, 0),
                "url": request.build_absolute_uri(one.get_absolute_url()),
            }
        )
    return told
