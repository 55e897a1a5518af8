"""The page of one duty by law: what it asks, where training deals with it, and how municipalities stand."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.councils import mechanism_queries as mechanisms
from sofra.councils import mechanism_rules as rules
from sofra.councils import mechanism_services as services
from sofra.councils.models import Taught
from sofra.ground.tongues import said
from sofra.places.titles import short_name_of
from sofra.training import queries as training

from . import duties
from .duty_forms import TaughtForm


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, code: str) -> HttpResponse:
    """A mapper says which module of a curriculum deals with it."""
    found, level = mechanisms.duty_for(code), level_of(request.user)
    decides = has(request.user, roles.MAPPER)
    form = None
    if request.method == "POST" or decides:
        by = require(request.user, roles.MAPPER)
        offered = list(training.curricula(level).prefetch_related("editions"))
        form = TaughtForm(request.POST or None, curricula=offered)
        if form.is_valid():
            curriculum, module = form.chosen()
            services.link_taught(found, curriculum=curriculum, module=module, by=by)
            messages.success(request, _("It is kept."))
            return redirect("duty", code)
    standings = duties.standings(level, found)
    states = Counter(one.check.state if one.check else "unknown" for one in standings)
    context = {
        "duty": found, "text": said(found.texts), "practice": said(found.practice), "form": form, "decides": decides,
        "lessons": duties.lessons_of(request.user, found), "count": len(standings),
        "states": [(word, states[key]) for key, word in rules.DUTY_STATES.items()],
        "rows": [
            (one.place, short_name_of(one.place), rules.DUTY_STATES.get(one.check.state), one.check)
            for one in standings if one.check
        ],
    }  # fmt: skip
    return render(request, "profiles/duty.html", context, status=422 if form is not None and form.errors else 200)


@require_POST
def duty_untaught(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A mapper takes back that a module deals with the duty."""
    by = require(request.user, roles.MAPPER)
    found = get_object_or_404(Taught.objects.select_related("duty"), duty__code=code, pk=number)
    services.unlink_taught(found, by=by)
    messages.success(request, _("It is taken back."))
    return redirect("duty", code)
