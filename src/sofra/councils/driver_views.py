"""Pages of drivers, and of a municipality's duties."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.activities import dates
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.ground.tongues import said
from sofra.places.titles import title_of

from . import mechanism_forms as forms
from . import mechanism_queries as queries
from . import mechanism_rules as rules
from . import mechanism_services as services


@require_safe
def place_drivers(request: HttpRequest, code: str) -> HttpResponse:
    """What is said of the place, and, apart, of the whole country. Visitors see what is public."""
    place, level = queries.place_for(code), level_of(request.user)
    found = [(one, said(one.statements), dates.written_span(one.begins, one.ends))
             for one in queries.drivers(level, {code, place.country})]  # fmt: skip
    groups = [
        (_("Said of this place"), [line for line in found if line[0].place == code]),
        (_("Said of the whole country"), [line for line in found if line[0].place != code]),
    ]
    context = {
        "place": place, "title": title_of(place), "groups": groups if code != place.country else groups[:1],
        "rule": rules.DRIVER_RULE, "sees_members": level >= Visibility.MEMBERS,
        "may_write": queries.may_decide(request.user) or queries.speaks(request.user, code),
        "decides": queries.may_decide(request.user),
    }  # fmt: skip
    return render(request, "councils/place_drivers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def driver_new(request: HttpRequest, code: str) -> HttpResponse:
    """A mapper, or somebody who speaks for the municipality, writes down what a source says."""
    by = queries.writer_for(request.user, code)
    place = queries.place_for(code)
    form = forms.DriverForm(request.POST or None)
    if form.is_valid():
        told = dict(form.cleaned_data)
        statements = {language: told.pop(language) for language in ("sq", "en")}
        try:
            services.record_driver(place=code, statements=statements, by=by, **told)
            messages.success(request, _("The driver is kept."))
            return redirect("place_drivers", code)
        except ValidationError as problem:
            put(form, problem)
    context = {"place": place, "title": title_of(place), "form": form, "rule": rules.DRIVER_RULE}
    return render(request, "councils/driver_form.html", context, status=422 if form.errors else 200)


@require_POST
def driver_end(request: HttpRequest, number: int) -> HttpResponse:
    """A mapper takes away a driver that no longer stands, or that breaks the rule; the row is kept."""
    by = require(request.user, roles.MAPPER)
    found = services.end_driver(queries.driver_for(by, number), by=by)
    messages.success(request, _("The driver no longer stands."))
    return redirect("place_drivers", found.place)


@require_safe
def duty_list(request: HttpRequest) -> HttpResponse:
    """What laws ask of a municipality, and what that means in practice. The training uses this list."""
    return render(request, "councils/duty_list.html", {"lines": _lines(queries.duties(level_of(request.user)))})


@require_http_methods(["GET", "HEAD", "POST"])
def place_duties(request: HttpRequest, code: str) -> HttpResponse:
    """The checklist of one municipality, ticked by mappers and by those who speak for it."""
    place = queries.place_for(code)
    may_write = queries.may_decide(request.user) or queries.speaks(request.user, code)
    form = None
    if request.method == "POST":
        by = queries.writer_for(request.user, code)
        form = forms.DutyForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            duty = queries.duty_for(told["duty"])
            services.check_duty(
                duty, place=code, state=told["state"], note=told["note"], visible_to=told["visible_to"], by=by
            )
            messages.success(request, _("It is kept."))
            return redirect("place_duties", code)
    lines = queries.duties(level_of(request.user), code)
    context = {
        "place": place, "title": title_of(place), "lines": _lines(lines), "may_write": may_write, "form": form,
        "states": list(rules.DUTY_STATES.items()), "kept": sum(1 for one in lines if one.check), "count": len(lines),
    }  # fmt: skip
    return render(request, "councils/duty_list.html", context, status=422 if request.method == "POST" else 200)


def _lines(found: list[queries.DutyLine]) -> list[dict[str, object]]:
    return [
        {
            "duty": one.duty, "text": said(one.duty.texts), "practice": said(one.duty.practice), "check": one.check,
            "state": rules.DUTY_STATES.get(one.check.state) if one.check else None,
        }
        for one in found
    ]  # fmt: skip
