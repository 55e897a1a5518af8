"""Pages of what citizens and police spoke about: you said, we did."""

from typing import Any

from django import forms as djangoforms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sofra.accounts.access import level_of
from sofra.accounts.models import User
from sofra.activities import dates, finding
from sofra.activities import queries as activities
from sofra.ground.refusals import put
from sofra.organisations import queries as organisations
from sofra.places.models import Place
from sofra.places.titles import title_of

from . import mechanism_forms as forms
from . import mechanism_queries as queries
from . import mechanism_services as services
from . import queries as councils
from .mechanism_rules import told_people
from .mechanism_views import CHANGED
from .models import Asked, Consultation, Decision

MOST = 200  # things that can be chosen of


@require_http_methods(["GET", "HEAD", "POST"])
def consultation_new(request: HttpRequest, code: str) -> HttpResponse:
    """Recorded by mappers and by those who speak for the municipality."""
    by = queries.writer_for(request.user, code)
    place = queries.place_for(code)
    form = forms.ConsultationForm(request.POST or None, **_choices(by, place))
    if form.is_valid():
        kept = services.record_consultation(place=code, by=by, **_said(form))
        messages.success(request, _("It is kept. Now each thing asked for can be answered."))
        return redirect("consultation", kept.pk)
    context = {"place": place, "title": title_of(place), "form": form}
    return render(request, "councils/consultation_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def consultation_edit(request: HttpRequest, number: int) -> HttpResponse:
    """What was wrongly written is put right, what else was asked for is added."""
    found = queries.consultation_for(request.user, number)
    by = queries.writer_for(request.user, found.place)
    place, status = queries.place_for(found.place), 200
    form = forms.ConsultationForm(request.POST or None, edits=True, initial=_first(found), **_choices(by, place, found))
    if form.is_valid():
        try:
            services.edit_consultation(found, seen=form.cleaned_data["seen"] or 0, by=by, **_said(form))
            messages.success(request, _("It is kept."))
            return redirect("consultation", number)
        except services.Outdated:
            form.add_error(None, CHANGED)
            status = 409
    context = {"place": place, "title": title_of(place), "form": form, "found": found}
    status = 422 if form.errors and status == 200 else status
    return render(request, "councils/consultation_form.html", context, status=status)


def _said(form: forms.ConsultationForm) -> dict[str, Any]:
    told = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    told["by_body_id"], told["activity_id"] = told.pop("by_body"), told.pop("activity")
    return told


def _first(found: Consultation) -> dict[str, Any]:
    names = "kind when people note source visible_to".split()
    keys = {"by_body": found.by_body_id or "", "activity": found.activity_id or "", "seen": found.version}
    return {**{name: getattr(found, name) for name in names}, **keys}


def _choices(by: User, place: Place, found: Consultation | None = None) -> dict[str, Any]:
    """Bodies and activities of the place that the writer may see, and what is chosen already."""
    seen = finding.listed(level_of(by), finding.Filters(place=place)).order_by("-begins")
    offered = [(one.pk, f"{one.title}, {dates.written_span(one.begins, one.ends)}") for one in seen[:MOST]]
    bodies = [(one.pk, one.name) for one in queries.bodies_at(level_of(by), place)[:MOST]]
    if found and found.by_body and found.by_body_id not in {key for key, _name in bodies}:
        bodies.append((found.by_body.pk, found.by_body.name))
    if found and found.activity_id and found.activity_id not in {key for key, _title in offered}:
        kept = activities.activities(level_of(by)).filter(pk=found.activity_id).first()
        offered.append((found.activity_id, kept.title if kept else _("an activity that you may not see")))
    return {"bodies": bodies, "activities": offered}


@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: HttpRequest, number: int) -> HttpResponse:
    """You said, we did: what citizens asked for, and what became of it."""
    found = queries.consultation_for(request.user, number)
    place = queries.place_for(found.place)
    may_write = queries.may_decide(request.user) or queries.speaks(request.user, found.place)
    decisions = {one.pk: one for one in councils.decisions_for(request.user).filter(council__place=found.place)[:MOST]}
    wrong: djangoforms.Form | None = None
    asked = None
    if request.method == "POST":
        by = queries.writer_for(request.user, found.place)
        asked = next((one for one in found.asked.all() if str(one.pk) == request.POST.get("asked")), None)
        wrong = _answer_form(asked, decisions, request.POST) if asked else forms.AnswerForm({})
        if asked is not None and wrong.is_valid() and _answered(wrong, asked, decisions, by):
            messages.success(request, _("The answer is kept."))
            return redirect("consultation", number)
    lines = [
        (one, wrong if asked and wrong and one.pk == asked.pk else _answer_form(one, decisions),
         decisions.get(one.decision_id or 0))
        for one in found.asked.all()
    ]  # fmt: skip
    level = level_of(request.user)
    people, few = told_people(found.people, public=not level)
    body = organisations.head(found.by_body) if found.by_body else None
    held = activities.activities(level).filter(pk=found.activity_id or 0).first()
    context = {
        "found": found, "place": place, "title": title_of(place), "lines": lines, "may_write": may_write,
        "wrong": wrong, "answered": sum(one.state != "open" for one, _form, _decision in lines), "people": people,
        "few": few, "activity": held, "body": body if body and body.visible_to <= level else None,
        "when": dates.written(found.when),
    }  # fmt: skip
    return render(request, "councils/consultation.html", context, status=422 if request.method == "POST" else 200)


def _answer_form(asked: Asked, decisions: dict[int, Decision], told: Any = None) -> forms.AnswerForm:
    offered = [(key, f"{one.number}. {Truncator(one.text).chars(80)}") for key, one in decisions.items()]
    if asked.decision_id and asked.decision_id not in decisions:
        offered.append((asked.decision_id, _("a decision that you may not see")))
    first = {"state": asked.state, "answer": asked.answer, "text": asked.text, "decision": asked.decision_id or ""}
    return forms.AnswerForm(told, prefix=f"a{asked.pk}", initial=first, decisions=offered)


def _answered(form: djangoforms.Form, asked: Asked, decisions: dict[int, Decision], by: User) -> bool:
    told = dict(form.cleaned_data)
    chosen = told.pop("decision")
    decision = decisions.get(chosen) or (asked.decision if chosen == asked.decision_id else None)
    try:
        services.answer_asked(asked, by=by, decision=decision, **told)
    except ValidationError as problem:
        put(form, problem)
        return False
    return True
