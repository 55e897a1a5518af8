"""Home, search, and the pages that belong to no room; and what is said when something cannot be shown."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.ground.models import Visibility
from sofra.organisations import queries as registry
from sofra.places.models import Kind, Place

from . import deeds, doors, examples, queries, tasks

LONGEST_SEARCH = 200
PAGE = 25
AUDIT_PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    level = level_of(request.user)
    figures = queries.figures_of_home(level)
    context = {
        **figures,
        "municipalities": Place.objects.filter(country=settings.COUNTRY, kind=Kind.MUNICIPALITY).count(),
        "doors": tasks.doors_for(request.user),
        "map": queries.map_of_home(figures["by_place"]),
    }
    return render(request, "web/home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Organisations and places by any spelling of their names; findings, mechanisms, duties and drivers by words."""
    level = level_of(request.user)
    typed = " ".join(request.GET.get("q", "").split())
    searched = typed[:LONGEST_SEARCH]
    wanted = request.GET.get("page", "1")
    first = registry.search_organisations(level, searched, limit=PAGE)
    page = Paginator(range(first.total), PAGE).get_page(wanted)
    offset = page.start_index() - 1 if first.total else 0
    hits = first if offset == 0 else registry.search_organisations(level, searched, limit=PAGE, offset=offset)
    context = {
        "searched": searched,
        "cut": LONGEST_SEARCH if len(typed) > LONGEST_SEARCH else 0,
        "hits": hits,
        "page": page,
        "places": queries.places_found(searched) if page.number == 1 else [],
        "findings": queries.findings_found(request.user, searched) if page.number == 1 else ([], 0),
        "local": queries.local_found(request.user, searched) if page.number == 1 else [],
        "sees_hidden": level >= Visibility.MEMBERS,
    }
    return render(request, "web/search.html", context)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "web/glossary.html", {"letters": queries.glossary_in_order()})


@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """Printed from the roles and from the table of doors that a test compares with what the hub really does."""
    return render(request, "web/permissions.html", {"roles": roles.ALL, "doors": doors.table()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, with its code beside it."""
    return render(request, "web/components.html", examples.context(request))


@require_safe
@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    """What happened, newest first; `about` narrows it to one thing by its public code."""
    require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    about_code = request.GET.get("about", "").strip()[:120]
    level = level_of(request.user)
    page = Paginator(registry.audit_lines(level, about_code), AUDIT_PAGE).get_page(request.GET.get("page"))
    asked = urlencode({"about": about_code}) if about_code else ""
    lines = [
        {"line": line, "deed": deeds.told(line.what), "by": deeds.told_by(line.by)}
        for line in registry.discreet(page, level)
    ]
    return render(request, "web/audit.html", {"page": page, "lines": lines, "about_code": about_code, "asked": asked})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the words of the address ready to be searched for: "/organisations/al.inac/" → "inac"."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("There is nothing at this address. See /api/openapi.json.")}, status=404)
    last = request.path.rstrip("/").rsplit("/", 1)[-1]
    words = last.rsplit(".", 1)[-1].replace("-", " ").replace("_", " ").strip()
    return render(request, "404.html", {"suggested": words[:60]}, status=404)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence of who may, as the table of doors declares it."""
    match = request.resolver_match
    who = (doors.declared(match.view_name) or {}).get(request.method or "") if match else None
    context = {"who": doors.WHO[who] if who else "", "why": str(exception)}
    return render(request, "403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("This request cannot be read.")}, status=400)
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        told = _(
            "What you sent is larger than %(most)s MB, so it was not read. Send less at once, or use the importer."
        )
        return render(request, "400.html", {"sentence": told % {"most": most}}, status=413)
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that asks nothing of the database or of the session, which may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)
