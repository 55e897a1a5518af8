"""Pages of decisions: the list of what is open and late, one decision with its steps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts.access import require
from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.refusals import put
from sofra.organisations.queries import place_titles

from . import deciding, forms, queries, rules
from .council_views import CHANGED
from .models import Decision, DecisionStep
from .services import Outdated

PAGE = 50
_FORM = require_http_methods(["GET", "HEAD", "POST"])
_TOLD = ("made", "done", "verified")  # steps whose words others read; the rest may tell what was closed before


@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """What was decided and is open, late, waits or is done, as far as the reader may read it."""
    form, found = listed(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "today": queries.today(), "narrowed": any(request.GET.values())}
    return render(request, "councils/decision_list.html", context)


def listed(request: HttpRequest) -> tuple[forms.FilterForm, QuerySet[Decision]]:
    """The decisions that the address asks for; downloads ask the same."""
    form = forms.FilterForm(request.GET, councils=queries.councils_for(request.user))
    return form, queries.listed_decisions(request.user, form.asked())


@_FORM
def decision(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A decision, its steps, and what the reader can do with it."""
    if request.method == "POST":
        by = require(request.user)
        queries.own_council(by, code)
        return _act(request, queries.decision_for(by, code, number), by)
    found = queries.decision_for(request.user, code, number)
    return _shown(request, found, acts_of(request.user, found))


def acts_of(user: Any, found: Decision) -> dict[str, Any]:
    """What this person can do with the decision now: act -> empty form."""
    if not queries.is_member(user, found.council):
        return {}
    secretary, owner = queries.is_secretary(user, found.council), user.pk in queries.owners_of(found)
    acts: dict[str, Any] = {}

    def start(act: str) -> dict[str, Any]:
        return {"initial": {"seen": found.version}, "auto_id": f"{act}_%s"}

    if found.state == Decision.State.OPEN and (secretary or owner):
        acts["done"] = forms.DoneForm(**start("done"))
    if found.state == Decision.State.DONE and found.needs_verifying:
        acts["verify"] = forms.WordsForm(**start("verify"), label=_("What was seen"))
        acts["return"] = forms.WordsForm(**start("return"))
    if secretary and found.state in queries.OPEN:
        acts["drop"] = forms.WordsForm(**start("drop"))
    if secretary and found.state != Decision.State.OPEN:
        acts["reopen"] = forms.WordsForm(**start("reopen"))
    return acts


def _act(request: HttpRequest, found: Decision, by: User) -> HttpResponse:
    act, acts = request.POST.get("act", ""), acts_of(by, found)
    if act not in acts:
        messages.warning(request, str(CHANGED))
        return redirect(found)
    kind = forms.DoneForm if act == "done" else forms.WordsForm
    form = kind(request.POST, request.FILES, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            _step(act, found, form, by)
            messages.success(request, _("It is kept."))
            return redirect(found)
        except Outdated:
            messages.warning(request, str(CHANGED))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, acts | {act: form}, status=422)


def _step(act: str, found: Decision, form: Any, by: User) -> None:
    said = form.cleaned_data
    if act == "done":
        deciding.complete_decision(found, done=said["done"], evidence=said["evidence"], file=form.brought(), by=by,
                                   seen=said["seen"])  # fmt: skip
        return
    steps = {
        "verify": deciding.verify_decision, "return": deciding.return_decision, "drop": deciding.drop_decision,
        "reopen": deciding.reopen_decision,
    }  # fmt: skip
    steps[act](found, words=said["words"], by=by, seen=said["seen"])


def _shown(request: HttpRequest, found: Decision, acts: dict[str, Any], status: int = 200) -> HttpResponse:
    member = queries.is_member(request.user, found.council)
    meeting_open = queries.meetings_for(request.user, found.council).filter(pk=found.meeting_id).exists()
    open_ = found.state == Decision.State.OPEN
    context = {
        "decision": found, "council": found.council, "member": member, "acts": acts,
        "secretary": member and queries.is_secretary(request.user, found.council), "meeting_open": meeting_open,
        "late": rules.is_late(found.due_on, open_, queries.today()), "places": place_titles(found.places),
        "priority": rules.PRIORITIES[found.priority], "problems": [form for form in acts.values() if form.is_bound],
        "steps": [
            (one, one.text if member or one.what in _TOLD else "") for one in found.steps.select_related("by")
        ],
    }  # fmt: skip
    return render(request, "councils/decision_detail.html", context, status=status)


@_FORM
def decision_new(request: HttpRequest, code: str, number: int) -> HttpResponse:
    by = require(request.user)
    meeting = queries.minute_book(by, code, number)
    form = forms.DecisionForm(request.POST or None, council=meeting.council)
    if form.is_valid():
        try:
            made = deciding.make_decision(meeting, form.wish(), by=by)
            messages.success(request, _("The decision is kept. Until it is done it stands on each next agenda."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "council": meeting.council, "meeting": meeting}
    return render(request, "councils/decision_form.html", context, status=422 if form.errors else 200)


@_FORM
def decision_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    by = require(request.user)
    council = queries.own_council(by, code, secretary=True)
    found = queries.decision_for(by, code, number)
    form, status = forms.DecisionForm(request.POST or None, council=council, decision=found), 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            deciding.edit_decision(found, form.wish(), why=said["why"], by=by, seen=said["seen"])
            messages.success(request, _("It is kept."))
            return redirect(found)
        except Outdated:
            form.add_error(None, str(CHANGED))
            status = 409
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "council": council, "decision": found}
    status = status if status == 409 or not form.errors else 422
    return render(request, "councils/decision_form.html", context, status=status)


@require_safe
def decision_evidence(request: HttpRequest, code: str, number: int, step: int) -> HttpResponseBase:
    """The file that shows that it was done, for whoever reads the decision."""
    found = queries.decision_for(request.user, code, number)
    kept: DecisionStep | None = found.steps.filter(pk=step).exclude(digest="").first()
    if kept is None:
        raise Http404
    return files.attachment(kept.digest, kept.name)
