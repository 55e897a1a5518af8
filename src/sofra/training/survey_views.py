"""Questionnaires of programmes and sessions: opened by a short address, filled in without a name, told with a base."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sofra.accounts.access import level_of, require
from sofra.ground.refusals import put
from sofra.questionnaires.phone_codes import picture

from . import person_forms, queries, surveying
from .models import Survey
from .views import FORM


@require_http_methods(FORM)
def of_programme(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.programme_for(request.user, code)
    return _surveys(request, {"programme": found}, found, queries.may_edit(request.user, found.host))


@require_http_methods(FORM)
def of_session(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.session_for(request.user, code)
    return _surveys(request, {"session": found}, found, queries.may_edit(request.user, found.activity.owner))


def _surveys(request: HttpRequest, about: dict[str, Any], whose: Any, edits: bool) -> HttpResponse:
    """Results for everyone; opening and ending for the host's editors."""
    opening = request.POST.get("act") == "open"
    form = person_forms.SurveyForm(request.POST if opening else None)
    if request.method == "POST":
        by = require(request.user)
        if not edits:
            raise PermissionDenied
        if request.POST.get("act") == "end":
            number = request.POST.get("survey", "")
            one = get_object_or_404(whose.surveys, pk=int(number) if number.isdigit() and len(number) < 18 else 0)
            surveying.end_survey(one, by=by)
            return redirect(request.path)
        if form.is_valid():
            try:
                surveying.open_survey(form.cleaned_data["version"], when=form.cleaned_data["when"], by=by, **about)
                messages.success(request, _("The questionnaire is open: hand out its address."))
                return redirect(request.path)
            except ValidationError as problem:
                put(form, problem)
    mine = list(whose.surveys.select_related("version__questionnaire"))
    order = list(Survey.When.values)
    mine.sort(key=lambda one: (order.index(one.when), one.pk))
    context = {
        "whose": whose, "title": whose.activity.title if "session" in about else str(whose), "form": form,
        "surveys": [_row(request, one, edits) for one in mine], "may_edit": edits,
        "results": surveying.results(mine, level_of(request.user)), "times": mine,
    }  # fmt: skip
    return render(request, "training/surveys.html", context, status=422 if form.errors else 200)


def _row(request: HttpRequest, survey: Survey, edits: bool) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("training_ask", args=[survey.code]))
    opened = surveying.is_open(survey)
    qr = picture(address, _("Code that leads to the questionnaire")) if edits and opened else ""
    return {"survey": survey, "open": opened, "address": address if edits else "", "qr": qr}


@never_cache
@require_http_methods(FORM)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever has the address begins a filling of their own; no name, no account."""
    survey = Survey.objects.select_related("version__questionnaire").filter(code=code.lower()).first()
    if survey is None:
        raise Http404
    if request.method == "POST" and surveying.is_open(survey):
        key = surveying.begin(survey, language=get_language() or "sq")
        return redirect("filling", key)
    context = {"survey": survey, "open": surveying.is_open(survey)}
    return render(request, "training/ask.html", context, status=200 if context["open"] else 410)
