"""Who trained whom, trainers to be, mentoring."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.organisations import queries as organisations

from . import chains, person_forms, queries
from .models import Mentoring, Requirement, Trainer
from .views import FORM, first_owner


def _shown(request: HttpRequest, form: Any, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back}
    return render(request, "training/form.html", context, status=422 if form.errors else 200)


@require_safe
def trainer_list(request: HttpRequest) -> HttpResponse:
    """The chains of who trained whom, for everyone; trainers by name, for members."""
    level = level_of(request.user)
    found = list(chains.cohorts(level))
    member = level >= Visibility.MEMBERS
    standing = Trainer.objects.filter(ended_on=None)
    context = {
        "chains": chains.chains(found, level, by=request.user), "reach": chains.reach(found, level),
        "number": standing.count(),
        "trainers": standing.select_related("organisation").order_by("name")[:500] if member else [],
        "member": member, "may_add": has(request.user, roles.MEMBER),
    }  # fmt: skip
    return render(request, "training/trainer_list.html", context)


@require_http_methods(FORM)
def cohort_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    form = person_forms.CohortForm(request.POST or None, user=by, initial={"organisation": first_owner(by)})
    if form.is_valid():
        try:
            chains.add_cohort(by=by, added_for=form.owner, **form.said())
            return redirect("trainers")
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, form, _("A group that was trained"), reverse("trainers"))


@require_http_methods(FORM)
def cohort_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Mend a group: by the editors of the organisation that wrote it down, and by the coordinator."""
    by = require(request.user)
    found = get_object_or_404(chains.cohorts(level_of(by)), pk=number)
    if not queries.may_edit(by, found.host):
        raise PermissionDenied
    form = person_forms.CohortForm(request.POST or None, user=by, initial=person_forms.first_cohort(found))
    if form.is_valid():
        said = form.said()
        if not said["places"] and len(found.places) > 1:
            said["places"] = found.places
        try:
            chains.edit_cohort(found, said, by=by)
            messages.success(request, _("The group was changed."))
            return redirect("trainers")
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, form, _("A group that was trained"), reverse("trainers"))


@require_http_methods(FORM)
def trainer_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    form = person_forms.TrainerForm(request.POST or None, user=by, initial={"organisation": first_owner(by)})
    if form.is_valid() and form.owner:
        said = form.cleaned_data
        try:
            made = chains.add_trainer(
                name=said["name"], organisation=form.owner, consented_on=said["consented_on"], cohort=said["cohort"],
                languages=said["languages"], by=by,
            )  # fmt: skip
            return redirect("trainer", made.pk)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, form, _("A trainer, or one who becomes one"), reverse("trainers"))


@never_cache
@require_http_methods(FORM)
def trainer(request: HttpRequest, number: int) -> HttpResponse:
    """What a trainer to be has done of what is required; marked by the editors of the trainer's organisation."""
    by = require(request.user)
    found = get_object_or_404(Trainer.objects.select_related("organisation", "cohort"), pk=number)
    if not queries.may_edit(by, found.organisation):
        raise Http404
    if request.POST.get("act") == "forget":
        chains.forget_trainer(found, by=by)
        messages.success(request, _("The name is deleted. What was done stays, without it."))
        return redirect("trainers")
    form = person_forms.MeetingForm(request.POST or None)
    wanted = request.POST.get("requirement", "")
    if form.is_valid():
        one = get_object_or_404(Requirement, pk=int(wanted) if wanted.isdigit() and len(wanted) < 18 else 0)
        try:
            chains.mark_done(found, one, done_on=form.cleaned_data["on"], note=form.cleaned_data["note"][:300], by=by)
            return redirect("trainer", number)
        except ValidationError as problem:
            form.add_error("on", problem.messages)
    context = {
        "trainer": found, "progress": chains.progress_of(found), "form": form,
        "sessions": found.sessions.select_related("activity"),
    }  # fmt: skip
    return render(request, "training/trainer.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
def requirement_new(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user)
    found = queries.curriculum_for(by, code, edit=True)
    form = person_forms.RequirementForm(request.POST or None)
    if form.is_valid():
        texts = {code: form.cleaned_data[f"text_{code}"] for code in ("sq", "en") if form.cleaned_data[f"text_{code}"]}
        chains.add_requirement(found, texts=texts, by=by)
        return redirect(found)
    return _shown(request, form, _("What a trainer to be must have done"), found.get_absolute_url())


# — mentoring —————————————————————————————————————————————————————————————————————————————————————————————


@never_cache
@require_safe
def mentoring_list(request: HttpRequest) -> HttpResponse:
    """The pairs of the organisations that the person speaks for; mappers see all."""
    by = require(request.user, roles.MEMBER)
    found = Mentoring.objects.select_related("mentor", "mentored", "host").order_by("closed_on", "-begun_on", "-pk")
    if not has(by, roles.MAPPER):
        mine = organisations.edited_by(by)
        found = found.filter(Q(host__in=mine.values("pk")) | Q(host__in=mine.values("joined_to")))
    return render(request, "training/mentoring_list.html", {"pairs": found[:500]})


@require_http_methods(FORM)
def mentoring_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MEMBER)
    form = person_forms.MentoringForm(request.POST or None, user=by, initial={"organisation": first_owner(by)})
    if form.is_valid() and form.owner:
        said = form.cleaned_data
        try:
            names = ("mentor", "mentored", "goals", "begun_on")
            made = chains.begin_mentoring(host=form.owner, by=by, **{name: said[name] for name in names})
            return redirect("mentoring", made.pk)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, form, _("A mentoring pair"), reverse("mentorings"))


@never_cache
@require_http_methods(FORM)
def mentoring(request: HttpRequest, number: int) -> HttpResponse:
    """Goals, meetings and the close of a pair; for the host's editors."""
    by = require(request.user)
    found = get_object_or_404(Mentoring.objects.select_related("mentor", "mentored", "host"), pk=number)
    if not queries.may_edit(by, found.host):
        raise Http404
    act = request.POST.get("act", "")
    meeting = person_forms.MeetingForm(request.POST if act == "meeting" else None)
    close = person_forms.CloseForm(request.POST if act == "close" else None)
    form: Any = meeting if act == "meeting" else close
    if form.is_valid():
        try:
            if act == "meeting":
                chains.add_meeting(found, on=form.cleaned_data["on"], note=form.cleaned_data["note"], by=by)
            else:
                chains.close_mentoring(found, on=form.cleaned_data["on"], outcome=form.cleaned_data["outcome"], by=by)
                messages.success(request, _("The mentoring is closed."))
            return redirect("mentoring", number)
        except ValidationError as problem:
            put(form, problem)
    context = {"pair": found, "meetings": found.meetings.all(), "meeting": meeting, "close": close, "problems": [form]}
    return render(request, "training/mentoring.html", context, status=422 if form.errors else 200)
