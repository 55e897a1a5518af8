"""Pages of schools and sessions. Each fetches by a query that also says whether the reader may, then shows or acts."""

from typing import Any

from django import forms as djangoforms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.activities import queries as activities
from sofra.activities.vocabulary import KINDS
from sofra.ground.refusals import put
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience, Language, Theme

from . import calendars, forms, queries, registering, rules, services
from .models import OPEN, School, Session

PAGE = 50
CHANGED = gettext_lazy("Somebody took another step with this request in the meantime. Read it again; nothing was done.")


# — schools ————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def school_list(request: HttpRequest) -> HttpResponse:
    """Names and places, for everyone."""
    form = forms.SearchForm(request.GET)
    typed, place, unknown = form.asked()
    found = queries.listed(level_of(request.user), typed=typed, place=place)
    page = Paginator(found if not unknown else found.none(), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "unknown": unknown, "narrowed": bool(typed or place or unknown),
        "may_add": has(request.user, roles.MAPPER), "signed_in": request.user.is_authenticated,
    }  # fmt: skip
    return render(request, "schools/school_list.html", context)


@require_safe
def school(request: HttpRequest, code: str) -> HttpResponse:
    """What the school is, for everyone; the load for those who may ask; requests for those who decide."""
    found = queries.school_for(request.user, code)
    decides = queries.decides(request.user, found)
    asks = has(request.user, roles.MEMBER)
    context: dict[str, Any] = {"school": found, "decides": decides, "asks": asks}
    if decides or asks:
        term = rules.term_at_or_after(timezone.localdate(), queries.spans())
        after = rules.term_at_or_after(term.last + rules.A_DAY, queries.spans())
        context["loads"] = [queries.load_of(found, one) for one in (term, after)]
        context["by_class"] = queries.loads_of_classes(found, term)
    if decides:
        context["waiting"] = _waiting(queries.desk_of(request.user).filter(school=found))
    return render(request, "schools/school_detail.html", context)


def _waiting(found: Any) -> list[Session]:
    return list(found.filter(state__in=OPEN).order_by("asked_at", "id")[:PAGE])


@require_http_methods(["GET", "HEAD", "POST"])
def school_new(request: HttpRequest) -> HttpResponse:
    """A mapper registers one school; many come by the importer."""
    by = require(request.user, roles.MAPPER)
    form = forms.SchoolForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        row = registering.SchoolRow(said["name"], said["municipality"], said["office"], said["limit"])
        try:
            done = registering.register_schools_many([row], by=by)
            if done.added:
                messages.success(request, _("The school is registered."))
                return redirect(done.added[0])
            form.add_error("name", _("A school of this name is registered in that municipality already."))
        except registering.RowsRefused as refused:
            for problem in refused.problems:
                form.add_error(problem.field, problem.sentence)
    context = {"form": form}
    return render(request, "schools/school_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def school_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The limit, for those who decide; place and office too, for mappers."""
    by = require(request.user)
    found = queries.school_for(by, code, decide=True)
    direct = has(by, roles.MAPPER)
    form = forms.SchoolForm(request.POST or None, school=found, direct=direct)
    if form.is_valid():
        try:
            _keep_school(found, form, by, direct)
            messages.success(request, _("The school was changed."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "school": found, "usual": queries.limit_above(found)}
    return render(request, "schools/school_form.html", context, status=422 if form.errors else 200)


def _keep_school(found: School, form: forms.SchoolForm, by: User, direct: bool) -> None:
    said = form.cleaned_data
    if not direct:
        services.set_limit(found, limit=said["limit"], by=by)
        return
    office = forms.office_named(said["office"]) if said["office"].strip() else None
    if said["office"].strip() and office is None:
        raise ValidationError(
            {"office": _("No public institution “%(name)s” is in the registry: write its code, or add it first.")
             % {"name": said["office"][:60]}}
        )  # fmt: skip
    assert form.place is not None
    registering.register_school(
        found.organisation, place=form.place, office=office, limit_per_term=said["limit"], by=by
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, code: str) -> HttpResponse:
    """The desk of an education office: its schools with their load, what waits, and the limit for all."""
    by = require(request.user)
    found = queries.office_for(by, code)
    form = forms.LimitForm(request.POST or None, initial={"limit": found.limit_per_term})
    if form.is_valid():
        try:
            services.set_limit(found, limit=form.cleaned_data["limit"], by=by)
            messages.success(request, _("The limit was changed."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    term = rules.term_at_or_after(timezone.localdate(), queries.spans())
    page = Paginator(queries.schools_of(found), PAGE).get_page(request.GET.get("page"))
    loads = queries.loads_of(list(page), term)
    context = {
        "office": found, "form": form, "page": page, "term": term,
        "rows": [(one, loads[one.pk]) for one in page],
        "waiting": _waiting(queries.desk_of(by).filter(school__office=found)),
    }  # fmt: skip
    return render(request, "schools/office.html", context, status=422 if form.errors else 200)


# — sessions ———————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def session_ask(request: HttpRequest, code: str) -> HttpResponse:
    """An organisation asks the school for a session. `?again=` begins with what an earlier request said."""
    by = require(request.user, roles.MEMBER)
    found = queries.school_for(by, code)
    mine = _askers(by, request.GET.get("for", ""))
    again = _again(by, request.GET.get("again", ""))
    form = forms.AskForm(
        request.POST or None, organisations=mine, initial=forms.first_said(again, timezone.localdate())
    )  # fmt: skip
    if form.is_valid():
        try:
            asked = services.ask_session(form.wish(), school=found, by=by)
            messages.success(request, _("Your request was sent. The school or its office answers it here."))
            return redirect(asked)
        except ValidationError as problem:
            put(form, problem)
    term = rules.term_at_or_after(timezone.localdate(), queries.spans())
    context = {
        "school": found, "form": form, "mine": mine, "load": queries.load_of(found, term),
        "more_open": bool({"audiences", "themes", "kinds", "visible_to"} & set(form.errors)),
    }  # fmt: skip
    return render(request, "schools/session_ask.html", context, status=422 if form.errors else 200)


def _askers(by: User, code: str) -> list[Organisation]:
    """In whose name the person may ask. A mapper may for any organisation: `?for=` names it."""
    mine = queries.asks_for(by)
    if code and has(by, roles.MAPPER) and code not in {one.code for one in mine}:
        named = organisations.head(organisations.organisation_for(by, code))
        mine = [named, *mine]
    return mine


def _again(by: User, number: str) -> Session | None:
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return queries.asked_by(by).filter(pk=int(number)).first()


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """What the person's organisations asked for, and what waits at the desks that the person decides at."""
    by = require(request.user)
    schools, offices = queries.desks_of(by)
    at_desk = bool(schools or offices) or has(by, roles.MAPPER)
    mine = queries.asks_for(by)
    view = request.GET.get("view", "")
    if view not in {"asked", "desk"}:
        view = "desk" if at_desk and (has(by, roles.MAPPER) or not queries.asked_by(by).exists()) else "asked"
    found = queries.desk_of(by).order_by("-asked_at", "-id") if view == "desk" else queries.asked_by(by)
    state = request.GET.get("state", "open" if view == "desk" else "")
    if state == "open":
        found = found.filter(state__in=OPEN)
    elif state in Session.State.values:
        found = found.filter(state=state)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")), "view": view, "state": state,
        "states": [("", _("All states")), ("open", _("Waiting")), *Session.State.choices], "at_desk": at_desk,
        "schools": schools, "offices": offices, "speaks": bool(mine),
    }  # fmt: skip
    return render(request, "schools/session_list.html", context)


# Act → words of its form's field, and who may ever take it.
_REASON = gettext_lazy("Why")
_WORDS = gettext_lazy("A word to the other side")
_ACTS: dict[str, Any] = {
    "accept": _WORDS, "propose": _WORDS, "refuse": _REASON, "move": _REASON, "agree": _WORDS, "decline": _WORDS,
    "withdraw": _WORDS, "cancel": _REASON,
}  # fmt: skip
_DESK = {"accept", "propose", "refuse", "move"}
_DONE = {
    "accept": gettext_lazy("The session is accepted. It stands among the organisation's planned activities."),
    "propose": gettext_lazy("Your proposal was sent. The organisation accepts or declines it."),
    "refuse": gettext_lazy("The request is refused, and the organisation can read why."),
    "move": gettext_lazy("The session is moved, and the organisation was told."),
    "agree": gettext_lazy("The session is agreed. It stands among your planned activities."),
    "decline": gettext_lazy("The proposed date is declined. What you asked for stands again."),
    "withdraw": gettext_lazy("The request is withdrawn."),
    "cancel": gettext_lazy("The session is cancelled, and the other side was told."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, number: int) -> HttpResponse:
    """One request: what was asked, what became of it, and the steps that this person may take."""
    by = require(request.user)
    found = queries.session_for(by, number)
    allowed = queries.acts_of(by, found)
    shown = {act: _form(act, found) for act in _ACTS if act in allowed}
    wrong = False
    if request.method == "POST":
        act = request.POST.get("act", "")
        _refuse_strangers(by, found, act)
        if act in allowed:
            shown[act] = form = _form(act, found, request.POST)
            if form.is_valid() and _taken(request, act, found, form, by):
                return redirect(found)
        else:
            messages.warning(request, CHANGED)
        wrong = True
    deciding = queries.decides(by, found.school)
    context = {
        "session": found, "acts": shown, "decides": deciding, "steps": queries.steps_of(found),
        "own": deciding and queries.is_own(by, found), "problems": [one for one in shown.values() if one.is_bound],
        "asks": activities.may_edit(by, found.organisation), "when": queries.when(found),
        "in_calendars": found.state in calendars.IN_CALENDARS, **_words_of(found),
        "activity_url": _activity_url(by, found), "differs": queries.differs(found),
    }  # fmt: skip
    if deciding:
        context |= _around(by, found)
    return render(request, "schools/session_detail.html", context, status=422 if wrong else 200)


def _words_of(found: Session) -> dict[str, list[str]]:
    """The coded words of a request in the reader's language."""
    return {
        "languages": [str(Language(code).label) for code in found.languages],
        "audiences": [str(Audience(code).label) for code in found.audiences],
        "work": [*(str(Theme(code).label) for code in found.themes), *(str(KINDS[code]) for code in found.kinds)],
    }


def _activity_url(by: User, found: Session) -> str:
    """Where the activity that it became is shown, for those who may see it."""
    try:
        return activities.activity_for(by, found.activity.code).get_absolute_url() if found.activity else ""
    except (Http404, NoReverseMatch):
        return ""


def _form(act: str, found: Session, data: Any = None) -> djangoforms.Form:
    initial: dict[str, Any] = {"seen": found.version}
    if act in {"propose", "move"}:
        begins = queries.when(found)[0].astimezone(queries.zone())
        initial |= {"day": begins.date(), "time": begins.time(), "minutes": found.offered_minutes or found.minutes}
        return forms.OtherDateForm(data, initial=initial, label=_ACTS[act], auto_id=f"{act}-%s")
    return forms.WordsForm(data, initial=initial, label=_ACTS[act], auto_id=f"{act}-%s")


def _refuse_strangers(by: User, found: Session, act: str) -> None:
    """What a side may never do is refused; what it may no longer do is told to it as a change in the meantime."""
    if act in _DESK and (not queries.decides(by, found.school) or queries.is_own(by, found)):
        raise PermissionDenied
    if act in {"agree", "decline", "withdraw"} and not activities.may_edit(by, found.organisation):
        raise PermissionDenied


def _taken(request: HttpRequest, act: str, found: Session, form: djangoforms.Form, by: User) -> bool:
    said = form.cleaned_data
    given: dict[str, Any] = {"words": said["words"], "seen": said["seen"], "by": by}
    if act in {"propose", "move"}:
        given |= {"begins": said["begins"], "minutes": said["minutes"]}
    try:
        getattr(services, act)(found, **given)
    except ValidationError as problem:
        put(form, problem)
        return False
    except services.Outdated:
        form.add_error(None, CHANGED)
        return False
    messages.success(request, _DONE[act])
    return True


def _around(by: User, found: Session) -> dict[str, Any]:
    """What the deciding side weighs: the load of the term, of each class, and other requests for the same classes."""
    term = rules.term_called(found.term, queries.spans())
    context: dict[str, Any] = {"others": queries.others_for(by, found)}
    if term is not None:
        own = {one.folded for one in found.classes.all()}
        by_class = queries.loads_of_classes(found.school, term)
        context["load"] = queries.load_of(found.school, term)
        context["by_class"] = [row for row in by_class if rules.same_classes({rules.fold_class(row[0])}, own)]
    return context
