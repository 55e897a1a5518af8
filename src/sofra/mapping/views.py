"""Pages of rounds: for everyone how a mapping is done and who takes part in numbers; for mappers the ways on."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.ground.tongues import said
from sofra.printing import markdown

from . import forms, panels, queries, services
from .models import Round


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    found = list(queries.rounds(request.user))
    counted = queries.counted(found)
    rows = [{"round": one, "rate": counted[one.pk]} for one in found]
    context = {"rows": rows, "may_map": queries.may_map(request.user)}
    return render(request, "mapping/round_list.html", context)


@require_safe
def round_detail(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.round_for(request.user, code)
    context: dict[str, Any] = {
        **around(request, found, "round"),
        "method": markdown.html(said(found.methodology), 3),
        "numbers": queries.public_numbers(found, level_of(request.user)),
        "leads": [lead for leads in panels.on_round for lead in leads(request, found)],
    }
    if context["may_map"]:
        context["waiting"] = queries.suggestions(found).filter(state="open").count()
        context["arrived"] = queries.arrivals(found).count()
    return render(request, "mapping/round_detail.html", context)


def around(request: HttpRequest, found: Round, here: str) -> dict[str, Any]:
    """What every page of a round shows: its name, and for mappers the ways to its other pages."""
    ways = [
        ("round", _("The round")),
        ("round_invite", _("Whom to invite")),
        ("round_responses", _("Responses")),
        ("round_letters", pgettext("mail", "Letters")),
        ("round_suggestions", _("Suggestions")),
        ("round_changes", _("Since the round before")),
    ]
    return {"round": found, "here": here, "ways": ways, "may_map": queries.may_map(request.user)}


def read_number(text: str) -> int:
    """A row's number as an address or form gives it; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    first = {"code": queries.next_code(settings.COUNTRY, str(timezone.localdate().year)), "remind_after": 10}
    form = forms.RoundForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            made = services.open_round(
                code=form.cleaned_data["code"], country=settings.COUNTRY, state=Round.State.DRAFT, by=by, **form.said()
            )
            messages.success(request, _("The round is kept as a draft. Choose whom to invite, then open it."))
            return redirect("round_invite", code=made.code)
        except ValidationError as problem:
            _tell(form, problem)
    return _form_page(request, {"form": form, "round": None})


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    form = forms.RoundForm(request.POST or None, found=found)
    if form.is_valid():
        try:
            services.edit_round(found, by=by, **form.said())
            messages.success(request, _("The round is changed."))
            return redirect(found)
        except ValidationError as problem:
            _tell(form, problem)
    return _form_page(request, {"form": form, "round": found})


@require_http_methods(["GET", "HEAD", "POST"])
def round_next(request: HttpRequest, code: str) -> HttpResponse:
    """The round that follows: same method, list and questionnaire; each form begins with the last answers."""
    by = require(request.user, roles.MAPPER)
    before = queries.round_for(by, code)
    first = {
        "code": queries.next_code(before.country, str(timezone.localdate().year)), "begins": "", "ends": "",
        "before": before.pk, "title_sq": "", "title_en": "", "answers_by": None,
    }  # fmt: skip
    form = forms.RoundForm(request.POST or None, initial=first | {"version": services.newest_open(before.version)})
    form.fields["method_sq"].initial = before.methodology.get("sq", "")
    form.fields["method_en"].initial = before.methodology.get("en", "")
    if form.is_valid():
        known = form.said()
        known.pop("before")
        try:
            made = services.begin_next_round(before, code=form.cleaned_data["code"], by=by, **known)
            messages.success(
                request, _("The next round is kept as a draft, with everyone on its list who did not refuse.")
            )
            return redirect("round_responses", code=made.code)
        except ValidationError as problem:
            _tell(form, problem)
    return _form_page(request, {"form": form, "round": None, "before": before})


@require_POST
def round_move(request: HttpRequest, code: str) -> HttpResponse:
    """Open it, or close it."""
    by = require(request.user, roles.MAPPER)
    found = queries.round_for(by, code)
    try:
        if request.POST.get("act") == "close":
            services.close_round(found, by=by)
            messages.success(request, _("The round is closed: nobody can answer any more."))
        else:
            services.start_round(found, by=by)
            messages.success(request, _("The round is open. Now send the invitations."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(found)


def _tell(form: Any, problem: ValidationError) -> None:
    """The service's sentences beside the form's fields, where it has such a field."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    names = {"titles": "title_sq"}
    for name, sentences in problem.message_dict.items():
        known = names.get(name, name)
        form.add_error(known if known in form.fields else None, sentences)


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "mapping/round_form.html", context, status=status)
