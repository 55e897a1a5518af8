"""The page of a place, with a municipality's profile on it, and the profile on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sofra.accounts.access import level_of
from sofra.ground.text import fold
from sofra.organisations import place_views
from sofra.places.titles import short_name_of

from . import documents, queries

ON_THE_PAGE = {"organisations"}  # shown by the page of every place already


@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Who works in a place; of a municipality also what every other room knows of it."""
    context = place_views.context_of(request, code)
    if context is None:
        return redirect("place", code.upper())
    found = context["place"]
    if queries.has_profile(found) and not context["wanted"]:
        profile = queries.profile(request.user, found)
        context["profile"] = [one for one in profile.blocks if one.key not in ON_THE_PAGE]
    return render(request, "profiles/place.html", context)


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
