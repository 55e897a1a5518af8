"""Pages of mechanisms: the table of all municipalities, a municipality's six, one with its history and its form."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.activities import dates
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.ground.tongues import said
from sofra.places.titles import short_name_of, title_of

from . import mechanism_forms as forms
from . import mechanism_queries as queries
from . import mechanism_services as services
from .models import Mechanism

CHANGED = gettext_lazy("Somebody else wrote in the meantime. Read it again; nothing was kept.")


@require_safe
def mechanism_list(request: HttpRequest) -> HttpResponse:
    """All municipalities and six kinds: exists, does not exist, not known."""
    places = queries.municipalities()
    found = queries.cells((place.code for place in places), level_of(request.user))
    columns = [
        (label, sum(found[place.code][n].exists != "unknown" for place in places))
        for n, (_code, label) in enumerate(Mechanism.Kind.choices)
    ]
    context = {
        "rows": [(place, short_name_of(place), found[place.code]) for place in places],
        "columns": columns, "count": len(places), "general": places[0].country if places else "",
        "waiting": queries.proposals(request.user) if request.user.is_authenticated else [],
    }  # fmt: skip
    return render(request, "councils/mechanism_list.html", context)


@require_safe
def place_mechanisms(request: HttpRequest, code: str) -> HttpResponse:
    """A municipality's mechanisms with contacts, and what citizens and police spoke about."""
    place = queries.place_for(code)
    level = level_of(request.user)
    speaks = queries.may_decide(request.user) or queries.speaks(request.user, code)
    context = {
        "place": place, "title": title_of(place), "may_write": speaks, "decides": queries.may_decide(request.user),
        "cells": [_shown(request, cell) for cell in queries.cells([code], level)[code]],
        "consultations": [(one, dates.written(one.when)) for one in queries.consultations(level, code)[:50]],
        "proposals": queries.proposals(request.user, code), "of_country": code == place.country,
        "sees_members": level >= Visibility.MEMBERS,
        "help_lines": queries.help_lines(request.user, place.country),
    }  # fmt: skip
    return render(request, "councils/place_mechanisms.html", context)


def _shown(request: HttpRequest, cell: queries.Cell) -> dict[str, Any]:
    row = cell.row
    tells = queries.tells_contact(request.user, row)
    return {"cell": cell, "row": row, "tells": tells, "reach": said(row.how_to_reach) if row else ""}


@require_safe
def mechanism(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One mechanism with all that was ever said of it."""
    place, kind = queries.place_for(code), queries.kind_for(kind)
    may_write = queries.may_decide(request.user) or queries.speaks(request.user, code)
    context = {
        "place": place, "title": title_of(place),
        **_shown(request, queries.cell_of(code, kind, level_of(request.user))),
        "history": [_shown_row(request, one) for one in queries.history(code, kind)[:100]],
        "proposals": queries.proposals(request.user, code, kind), "may_write": may_write,
        "decides": queries.may_decide(request.user), "return_form": forms.ReasonForm(),
    }  # fmt: skip
    return render(request, "councils/mechanism.html", context)


def _shown_row(request: HttpRequest, row: Mechanism) -> dict[str, Any]:
    return {"row": row, "tells": queries.tells_contact(request.user, row), "reach": said(row.how_to_reach)}


@require_http_methods(["GET", "HEAD", "POST"])
def mechanism_edit(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A mapper writes what stands; who speaks for the municipality proposes."""
    by = queries.writer_for(request.user, code)
    place, kind = queries.place_for(code), queries.kind_for(kind)
    cell, direct, status = queries.cell_of(code, kind), queries.may_decide(by), 200
    first = forms.first_said(cell.row if direct or queries.tells_contact(by, cell.row) else None)
    form = forms.MechanismForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            if direct:
                seen = form.cleaned_data["seen"] or 0
                services.record_mechanism(form.said(), place=code, kind=kind, by=by, seen=seen)
                messages.success(request, _("It is kept. What stood before can still be read below."))
            else:
                services.propose_mechanism(form.said(), place=code, kind=kind, by=by)
                messages.success(request, _("Your proposal was sent. A mapper of the hub decides on it."))
            return redirect("mechanism", code, kind)
        except ValidationError as problem:
            put(form, problem)
        except services.Outdated:
            form.add_error(None, CHANGED)
            status = 409
    context = {"place": place, "title": title_of(place), "form": form, "cell": cell, "direct": direct}
    status = 422 if form.errors and status == 200 else status
    return render(request, "councils/mechanism_form.html", context, status=status)


@require_POST
def mechanism_confirm(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Still true? One click by somebody who knows."""
    by = queries.writer_for(request.user, code)
    queries.place_for(code)
    seen = request.POST.get("fact", "")
    try:
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else -1
        services.confirm_mechanism(place=code, kind=queries.kind_for(kind), seen=number, by=by)
        messages.success(request, _("Thank you: it is marked as true today."))
    except services.Outdated:
        messages.warning(request, CHANGED)
    return redirect("mechanism", code, kind)


@require_POST
def mechanism_decide(request: HttpRequest, number: int) -> HttpResponse:
    """A mapper accepts a proposal, or sends it back with a reason."""
    by = require(request.user, roles.MAPPER)
    found = queries.proposals(by).filter(pk=number).first()
    if found is None:
        raise Http404
    try:
        if request.POST.get("act") == "accept":
            services.accept_mechanism(found, by=by)
            messages.success(request, _("The proposal stands now."))
        else:
            services.return_mechanism(found, reason=request.POST.get("reason", "").replace("\0", ""), by=by)
            messages.success(request, _("The proposal went back with your reason."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    except services.Outdated:
        messages.warning(request, CHANGED)
    return redirect("mechanism", found.place, found.kind)
