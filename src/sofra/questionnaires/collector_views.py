"""Pages on which mappers make and close the addresses that phones collect by."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import require

from . import collecting, phone_codes
from .collector_forms import CollectorForm
from .models import Collector

PAGE = 50
_MADE = "collector_made"  # in the session: the key of an address that was just made, to be shown once


@require_safe
def collector_list(request: HttpRequest) -> HttpResponse:
    require(request.user, roles.MAPPER)
    page = Paginator(collecting.collectors(), PAGE).get_page(request.GET.get("page"))
    return render(request, "questionnaires/collector_list.html", {"page": page, "rows": [_row(one) for one in page]})


def _row(collector: Collector) -> dict[str, Any]:
    return {"collector": collector, "over": collecting.is_over(collector), "last_day": collecting.last_day(collector)}


@require_http_methods(["GET", "HEAD", "POST"])
def collector_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    form = CollectorForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        collector, key = collecting.make_collector(
            name=said["name"], versions=said["versions"], expires_at=form.expires_at(), by=by
        )
        request.session[_MADE] = {"number": collector.pk, "key": key}
        return redirect("collector", collector.pk)
    return render(request, "questionnaires/collector_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def collector(request: HttpRequest, number: int) -> HttpResponse:
    """What came by an address, and what it offers. Right after it was made: the address itself, this once."""
    by = require(request.user, roles.MAPPER)
    found = get_object_or_404(collecting.collectors(), pk=number)
    form = CollectorForm(request.POST or None, collector=found)
    if form.is_valid() and found.ended_at is None:
        said = form.cleaned_data
        collecting.change_collector(
            found, name=said["name"], versions=said["versions"], expires_at=form.expires_at(), by=by
        )
        messages.success(request, _("The address was changed."))
        return redirect("collector", number)
    context = _row(found) | {"form": form, "counts": collecting.counts_of(found), "once": _once(request, found)}
    return render(request, "questionnaires/collector_detail.html", context, status=422 if form.errors else 200)


def _once(request: HttpRequest, collector: Collector) -> dict[str, Any] | None:
    """The address and its pictures, where it was made a moment ago; a second look finds nothing."""
    made = request.session.get(_MADE)
    if request.method != "GET" or not made or made["number"] != collector.pk:
        return None
    del request.session[_MADE]
    address = request.build_absolute_uri(reverse("collect", kwargs={"key": made["key"]}))
    odk = phone_codes.coded(phone_codes.settings_of_odk(address, collector.name))
    kobo = phone_codes.coded(phone_codes.settings_of_kobo(address, collector.name))
    return {
        "address": address,
        "odk": phone_codes.picture(odk, _("QR code that sets up ODK Collect")),
        "kobo": phone_codes.picture(kobo, _("QR code that sets up KoboCollect")),
    }


@require_POST
def collector_end(request: HttpRequest, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = get_object_or_404(Collector, pk=number)
    collecting.end_collector(found, by=by)
    messages.success(request, _("The address was closed. What came by it stays."))
    return redirect("collector", number)
