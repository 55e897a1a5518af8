"""The latest activities, as the pages of organisations and of places show them.

A room above this one that adds something to activities (a training session, say) appends its part of an activity's page
to `on_activity` when it is ready: HTML, "" where it has nothing to say.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from sofra.accounts.access import level_of
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import finding, queries, saying
from .finding import Filters
from .models import Activity

LATEST = 5

on_activity: list[Callable[[HttpRequest, Activity], str]] = []


def of_organisation(request: HttpRequest, organisation: Organisation) -> str:
    may = queries.may_edit(request.user, organisation)
    own = reverse("own_activities", args=[organisation.code]) if may else ""
    asked = {"organisation": organisation.code}
    has_projects = finding.listed_projects(level_of(request.user), organisation=organisation).exists()
    projects = f"{reverse('projects')}?{urlencode(asked)}" if has_projects else ""
    return _panel(request, Filters(organisation=organisation), asked, own_url=own, projects_url=projects)


def of_place(request: HttpRequest, place: Place) -> str:
    return _panel(request, Filters(place=place), {"place": place.code}, of_place=True)


def _panel(request: HttpRequest, filters: Filters, asked: dict[str, str], **more: Any) -> str:
    level = level_of(request.user)
    pages = finding.pages(level, filters, size=LATEST)
    context = {
        "rows": saying.rows_of(pages.page(1).object_list, level),
        "count": pages.count,
        "more": pages.more,
        "all_url": f"{reverse('activities')}?{urlencode(asked)}",
        **more,
    }
    return render_to_string("activities/_panel.html", context, request)
