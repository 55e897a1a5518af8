"""Pages of what came of answers: suggestions for the registry, and what changed since the round before."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import require

from . import comparing, forms, queries, services, showing, suggesting
from .models import Suggestion
from .views import around, read_number

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def round_suggestions(request: HttpRequest, code: str) -> HttpResponse:
    """What waits, with before and after; accepted or returned one by one or together."""
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    state = request.GET.get("state", "open")
    state = state if state in Suggestion.State.values else "open"
    known = queries.suggestions(found).filter(state=state)
    if of := read_number(request.GET.get("of", "")):
        known = known.filter(invitation=of)
    reason = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and reason.is_valid():
        act = request.POST.get("act", "")
        whole = act.endswith("-all")
        numbers = [read_number(text) for text in request.POST.getlist("suggestion")]
        chosen = known if whole else known.filter(pk__in=numbers)
        return _decide(request, list(chosen), act.removesuffix("-all"), reason.cleaned_data["reason"], by)
    page = Paginator(known, PAGE).get_page(request.GET.get("page"))
    counts = [
        (one.value, capfirst(str(one.label)), queries.suggestions(found).filter(state=one).count())
        for one in Suggestion.State
    ]
    context = {
        **around(request, found, "round_suggestions"), "page": page, "shown": showing.shown(page.object_list),
        "state": state, "counts": counts, "reason": reason, "number": page.paginator.count,
    }  # fmt: skip
    return render(request, "mapping/suggestion_list.html", context, status=422 if reason.errors else 200)


def _decide(request: HttpRequest, chosen: list[Suggestion], act: str, reason: str, by: Any) -> HttpResponse:
    if not chosen:
        messages.error(request, _("Tick at least one suggestion."))
        return redirect(request.get_full_path())
    try:
        if act == "return":
            done = services.return_suggestions(chosen, reason=reason, by=by)
            said = ngettext("%(n)s suggestion is returned.", "%(n)s suggestions are returned.", done.done)
        elif act == "accept":
            done = services.accept_suggestions(chosen, by=by)
            said = ngettext("%(n)s suggestion is carried out.", "%(n)s suggestions are carried out.", done.done)
        else:
            done, said = suggesting.Decided(done=_read_anew(chosen)), _("The answers are read anew.")
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(request.get_full_path())
    if done.done:
        messages.success(request, said % {"n": done.done})
    for one, why in done.problems[:10]:
        messages.warning(request, f"{one.invitation.name}: {why}")
    return redirect(request.get_full_path())


def _read_anew(chosen: Iterable[Suggestion]) -> int:
    invitations = {one.invitation_id: one.invitation for one in chosen}
    return sum(suggesting.suggest(invitation) or 1 for invitation in invitations.values())


@require_safe
def round_changes(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    context = {**around(request, found, "round_changes"), "differences": comparing.differences(found)}
    return render(request, "mapping/changes.html", context)
