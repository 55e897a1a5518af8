"""The page of a place, with a municipality's profile on it, and the profile on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sofra.accounts.access import level_of
from sofra.ground.text import fold
from sofra.ground.tongues import said
from sofra.organisations import place_views
from sofra.places.titles import short_name_of

from . import documents, queries

# Shown by the page of every place already, and within the mechanisms.
ELSEWHERE = {"organisations", "contacts"}


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Who works in a place; of a municipality also what every other room knows of it."""
    context = place_views.context_of(request, code)
    if context is None:
        return redirect("place", code.upper())
    found = context["place"]
    if queries.has_profile(found) and not context["wanted"]:
        context |= _shown(request, queries.profile(request.user, found))
    return render(request, "profiles/place.html", context)


def _shown(request: HttpRequest, profile: queries.Profile) -> dict[str, Any]:
    """The table at the top has every part; a part of which nothing is known has no place of its own below."""
    told = [one for one in profile.blocks if one.key not in ELSEWHERE and one.lines]
    mechanisms = [
        {
            "cell": cell, "contact": queries.contact_of(request.user, cell), "confirmed": queries.confirmed_of(cell),
            "reach": said(cell.row.how_to_reach) if cell.row else "",
            "old": bool(cell.row and cell.row.confirmed_on and queries.is_old(cell.row.confirmed_on)),
        }
        for cell in profile.cells
    ]  # fmt: skip
    untold = ", ".join(cell.title for cell in profile.cells if cell.exists == "unknown")
    return {"profile": profile, "shown": told, "mechanisms": mechanisms, "untold": untold}


@require_safe
def place_profile(request: HttpRequest, code: str) -> HttpResponse:
    """Two pages as PDF, in the reader's language (Albanian where it is another than the two)."""
    found = queries.municipality_for(code)
    language = (get_language() or "sq").split("-")[0]
    language = language if language in documents.LANGUAGES else "sq"
    content = b"" if request.method == "HEAD" else documents.written(found, language=language, user=request.user)
    answer = HttpResponse(content, content_type="application/pdf")
    name = slugify(fold(short_name_of(found))) or found.code.lower()
    answer["Content-Disposition"] = f'inline; filename="sofra-{name}-{language}.pdf"'
    if level_of(request.user):
        answer["Cache-Control"] = "private, no-store"
    return answer
