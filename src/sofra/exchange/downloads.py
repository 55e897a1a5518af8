"""Every list of the hub as CSV and XLSX: what the page shows, all of it, with the same filters and the same eyes."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from sofra.accounts import roles
from sofra.accounts.access import has

from . import (
    activity_lists,
    council_lists,
    coverage_lists,
    finding_lists,
    lists,
    mechanism_lists,
    plan_lists,
    round_lists,
    training_lists,
)
from .tables import FORMATS, Table, table_response


@dataclass(frozen=True)
class Download:
    """A list that can be taken away. `name` is that of its file; `address` has no ending, `for_whom` may take it."""

    name: str
    title: Promise
    build: lists.Build
    address: str
    for_whom: tuple[roles.Role, ...] = (roles.VISITOR,)

    @property
    def route(self) -> str:
        return f"{self.name}_download"


# Each builder checks once more who asks; `for_whom` only says which of them the page of open data lists.
DOWNLOADS: dict[str, Download] = {
    download.name: download
    for download in (
        Download(
            "organisations",
            gettext_lazy("Organisations, one row each; takes the filters of the list"),
            lists.organisations,
            "organisations",
        ),
        Download(
            "facts",
            gettext_lazy("All that is said of them, one row a statement, with its source; takes the same filters"),
            lists.facts,
            "facts",
        ),
        Download(
            "municipalities",
            gettext_lazy("The map’s numbers: organisations by municipality; takes the same filters"),
            lists.municipalities,
            "municipalities",
        ),
        Download(
            "activities",
            gettext_lazy("Activities, one row each; takes the filters of the list"),
            activity_lists.activities,
            "activities",
        ),
        Download(
            "reached",
            gettext_lazy("The people they reached, one row a group; takes the same filters"),
            activity_lists.reached,
            "reached",
        ),
        Download(
            "own_activities",
            gettext_lazy("An organisation’s own table of activities, drafts included; for its editors"),
            activity_lists.own_activities,
            "organisations/<str:code>/activities",
            (roles.MEMBER,),
        ),
        Download(
            "councils",
            gettext_lazy("Security councils by municipality: meetings held of due, decisions done of due"),
            council_lists.councils,
            "councils",
        ),
        Download(
            "decisions",
            gettext_lazy("Decisions of councils that you may read; takes the filters of the list"),
            council_lists.decisions,
            "decisions",
        ),
        Download("projects", gettext_lazy("Projects, one row each"), activity_lists.projects, "projects"),
        Download("places", gettext_lazy("Places with their names, codes and counts"), lists.places, "places"),
        Download("place", gettext_lazy("Who works at a place"), lists.place, "places/<str:code>"),
        Download(
            "plan",
            gettext_lazy("The answer of Before you plan; takes the question of the page"),
            coverage_lists.plan,
            "plan",
        ),
        Download(
            "coverage",
            gettext_lazy("Activities by place and by kind, audience, theme or time; takes the filters of the page"),
            coverage_lists.coverage,
            "coverage",
        ),
        Download(
            "overlaps",
            gettext_lazy("Overlaps, one row a pair, with the reason; takes the filters of the page"),
            coverage_lists.overlaps,
            "coverage/overlaps",
        ),
        Download(
            "crowded",
            gettext_lazy("Crowded municipalities by audience; takes the filters of the page"),
            coverage_lists.crowded,
            "coverage/crowded",
        ),
        Download(
            "gaps",
            gettext_lazy("Municipalities where nobody is known, asked or not; takes the filters of the page"),
            coverage_lists.gaps,
            "coverage/gaps",
        ),
        Download(
            "cell",
            gettext_lazy("Activities behind a number of coverage; takes the filters of the page"),
            coverage_lists.cell,
            "coverage/cell",
        ),
        Download(
            "money",
            gettext_lazy("Money by place or kind, where it is known; takes the filters of the page"),
            coverage_lists.amounts,
            "coverage/money",
        ),
        Download("askings", gettext_lazy("Which places were asked about"), coverage_lists.askings, "coverage/asked"),
        Download(
            "priorities",
            gettext_lazy("Priority areas"),
            coverage_lists.priorities,
            "coverage/priorities",
            (roles.MEMBER,),
        ),
        Download(
            "findings",
            gettext_lazy("Findings with what they stand on; takes the filters of the list"),
            finding_lists.findings,
            "findings",
        ),
        Download(
            "sources",
            gettext_lazy("Sources of findings; takes the filters of the list"),
            finding_lists.sources,
            "sources",
        ),
        Download(
            "codings",
            gettext_lazy("Codes of free answers and quotes, by coder; takes the round and the question of the page"),
            finding_lists.codings,
            "codings",
            (roles.MAPPER,),
        ),
        Download(
            "responses",
            gettext_lazy("Who was asked in a mapping round, and how far each came; takes the filters of the page"),
            round_lists.responses,
            "rounds/<str:code>/responses",
            (roles.MAPPER,),
        ),
        Download(
            "changes",
            gettext_lazy("What changed from one mapping round to the next"),
            round_lists.changes,
            "rounds/<str:code>/changes",
            (roles.MAPPER,),
        ),
        Download(
            "mechanisms",
            gettext_lazy("Mechanisms of municipalities, one row a municipality and kind, unknown ones too"),
            mechanism_lists.mechanisms,
            "mechanisms",
        ),
        Download(
            "consultations",
            gettext_lazy("What citizens asked the police for, and what was done"),
            mechanism_lists.consultations,
            "mechanisms/consultations",
        ),
        Download(
            "drivers", gettext_lazy("Drivers as sourced statements"), mechanism_lists.drivers, "mechanisms/drivers"
        ),
        Download(
            "duties", gettext_lazy("Duties of municipalities by law"), mechanism_lists.duties, "mechanisms/duties"
        ),
        Download(
            "training_sessions",
            gettext_lazy("Training sessions, one row each; ?programme= takes those of one programme"),
            training_lists.sessions,
            "training/sessions",
        ),
        Download(
            "training_counts",
            gettext_lazy("Attendance of training, one row a count and each of its parts; takes the same filter"),
            training_lists.counts,
            "training/counts",
        ),
        Download("plans", gettext_lazy("Strategies and plans"), plan_lists.plans, "plans"),
        Download(
            "plan_table",
            gettext_lazy("A plan: its measures, money, bodies, places, indicators, readings or changes"),
            plan_lists.plan_table,
            "plans/<str:code>/by/<slug:view>",
        ),
        Download("indicators", gettext_lazy("The bank of indicators"), plan_lists.indicators, "indicators"),
        Download("lessons", gettext_lazy("Lessons of projects"), plan_lists.lessons, "lessons"),
        Download("glossary", gettext_lazy("The glossary"), lists.glossary, "glossary"),
        Download(
            "history",
            gettext_lazy("What was changed in a record"),
            lists.history,
            "organisations/<str:code>/history",
            (roles.MEMBER,),
        ),
        Download(
            "proposals",
            gettext_lazy("Proposals that wait for an answer"),
            lists.proposals,
            "proposals",
            (roles.MEMBER,),
        ),
        Download(
            "duplicates", gettext_lazy("Pairs on the duplicates desk"), lists.duplicates, "duplicates", (roles.MAPPER,)
        ),
        Download("judgements", gettext_lazy("Judgements on pairs"), lists.judgements, "judgements", (roles.MAPPER,)),
        Download("audit", gettext_lazy("The audit chain"), lists.audit, "audit", (roles.COORDINATOR, roles.TECHNICAL)),
    )
}
KOSOVO = gettext_lazy(
    "This designation is without prejudice to positions on status, and is in line with UNSCR 1244(1999) and the ICJ"
    " Opinion on the Kosovo declaration of independence."
)


@require_safe
def download(request: HttpRequest, name: str, form: str, **asked: Any) -> HttpResponseBase:
    """One of DOWNLOADS in one of FORMATS. Builders refuse those who may not see the list."""
    if form not in FORMATS:
        raise Http404
    header, rows = DOWNLOADS[name].build(request, **asked)
    today = timezone.localdate().isoformat()
    parts = [settings.HUB_NAME, name, *asked.values(), today]
    about = [
        (_("Source"), settings.HUB_NAME),
        (_("Address"), request.build_absolute_uri()),
        (_("Taken on"), today),
        (_("Note"), _("An empty number is one that is not known or not recorded. It is not zero.")),
        ("Kosovo*", f"* {KOSOVO}"),
    ]
    table = Table(_file_name(parts), header, [] if request.method == "HEAD" else rows, about)
    return table_response(table, form)


def _file_name(parts: list[str]) -> str:
    """Letters that every system takes: "sofra-organisations-2026-02-03"."""
    kept = "-".join(parts).lower()
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in kept)[:120]


# What the page of open data tells of the API: address, what it gives, an address to try.
ENDPOINTS: tuple[tuple[str, Promise, str], ...] = (
    ("/api/organisations", gettext_lazy("Organisations, with the filters of the list page"), "?theme=youth&limit=10"),
    ("/api/organisations/{id}", gettext_lazy("One organisation with all that is said of it"), ""),
    ("/api/activities", gettext_lazy("Activities, with the filters of the list page"), "?place=AL-03&limit=10"),
    ("/api/activities/{code}", gettext_lazy("One activity with all that is public of it"), ""),
    ("/api/projects", gettext_lazy("Projects"), "?limit=10"),
    ("/api/projects/{code}", gettext_lazy("One project with all that is public of it"), ""),
    ("/api/coverage/overlaps", gettext_lazy("Activities that overlap, with the filters of the page"), "?sure=true"),
    ("/api/coverage/crowded", gettext_lazy("Municipalities with too many at once"), "?audience=youth"),
    ("/api/coverage/gaps", gettext_lazy("Municipalities where nobody is known"), "?audience=teachers"),
    ("/api/coverage/before", gettext_lazy("Before you plan: what is known of a place"), "?place=AL212&audience=youth"),
    ("/api/findings", gettext_lazy("What mapping rounds found"), "?kind=gap&limit=5"),
    ("/api/findings/{code}", gettext_lazy("One finding, with what it stands on"), ""),
    ("/api/councils", gettext_lazy("Security councils of municipalities, and whether they meet"), "?limit=10"),
    ("/api/decisions", gettext_lazy("Decisions of councils that everyone may read"), "?state=open"),
    ("/api/plans", gettext_lazy("Strategies and plans that are adopted"), "?limit=10"),
    ("/api/plans/{code}", gettext_lazy("One plan with its objectives"), ""),
    ("/api/plans/{code}/measures", gettext_lazy("A plan's measures with their public money"), ""),
    ("/api/plans/{code}/indicators", gettext_lazy("A plan's indicators, and where each stands"), ""),
    ("/api/indicators/{code}/readings", gettext_lazy("Approved readings of an indicator"), ""),
    ("/api/places", gettext_lazy("Places with their names, codes and counts"), "?country=AL&kind=county"),
    ("/api/places/{code}", gettext_lazy("One place, with every way of writing its name"), ""),
    ("/api/mechanisms", gettext_lazy("Mechanisms of municipalities, and how one reaches them"), "?place=AL153"),
    ("/api/glossary", gettext_lazy("The glossary"), "?lang=en"),
    ("/api/vocabulary", gettext_lazy("The codes that records and filters use, with their names"), "?lang=en"),
)


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What can be taken away, by people as tables and by programs through the API."""
    allowed = [d for d in DOWNLOADS.values() if has(request.user, *d.for_whom) and "<" not in d.address]
    context = {"downloads": allowed, "formats": FORMATS, "endpoints": ENDPOINTS}
    return render(request, "exchange/open_data.html", context)
