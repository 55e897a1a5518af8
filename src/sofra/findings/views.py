"""Pages of findings. Each fetches by a query that also says whether the reader may, then shows or acts."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.activities import queries as activities
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.mapping.models import Round
from sofra.organisations.forms import place_choices
from sofra.places.titles import title_of
from sofra.questionnaires import queries as answers

from . import forms, queries, rules, services
from .models import Evidence, Finding, Step
from .vocabulary import ORDER, chapter_title

PAGE = 50
CHANGED = gettext_lazy(
    "Somebody else changed this in the meantime; nothing of yours was written. Below is what stands now, and what you"
    " wrote: put them together and save again."
)
DONE = {
    "propose": gettext_lazy("The finding is proposed."),
    "confirm": gettext_lazy("The finding is confirmed."),
    "refuse": gettext_lazy("The finding is refused."),
    "reopen": gettext_lazy("The finding is a draft again."),
}


def put(form: Any, problem: ValidationError) -> None:
    """What a service refuses stands beside its field; what belongs to no field stands above."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        fields = [known for known in form.fields if known == name or known.rpartition("_")[0] == name]
        fields = fields or [known for known in form.fields if name.rstrip("s") == known.rpartition("_")[0]]
        form.add_error(fields[0] if fields else None, errors)


def in_order(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """By round, then by the report's chapters, then by place in the chapter."""
    chapters = Case(
        *[When(chapter=code, then=Value(number)) for code, number in ORDER.items()],
        default=Value(len(ORDER)), output_field=IntegerField(),
    )  # fmt: skip
    return found.alias(at=chapters).order_by("-round__begins", "round", "at", "position", "id")


def chosen_round(request: HttpRequest) -> Round | None:
    """The round that a new thing belongs to: the one asked for, else the newest."""
    found = queries.rounds(request.user)
    return found.filter(code=request.GET.get("round", "")).first() or found.first()


# — the list ———————————————————————————————————————————————————————————————————————————————————————————————


def listed(request: HttpRequest) -> tuple[forms.FilterForm, QuerySet[Finding]]:
    """The findings that the page with this address shows, in its order; none where the filters are not understood."""
    form = forms.FilterForm(request.GET, rounds=queries.rounds(request.user), level=level_of(request.user))
    found = queries.findings_for(request.user)
    return form, in_order(queries.narrowed(found, form.filters()) if form.is_valid() else found.none())


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    form, found = listed(request)
    page = Paginator(queries.with_counts(found), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page": page, "groups": _by_chapter(page.object_list),
        "several": len({one.round_id for one in page.object_list}) > 1,
        "asked": query.urlencode(), "narrowed": any(request.GET.get(name) for name in form.fields),
        "known_places": place_choices(), "maps": has(request.user, roles.MAPPER),
        "is_member": level_of(request.user) >= Visibility.MEMBERS,
    }  # fmt: skip
    return render(request, "findings/finding_list.html", context, status=422 if form.errors else 200)


def _by_chapter(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings of a page under the chapters of their rounds, in the order they come in."""
    return [
        {"round": str(mine[0].round), "chapter": chapter_title(chapter) if chapter else "", "findings": mine}
        for (_round, chapter), rows in groupby(found, key=lambda one: (one.round_id, one.chapter))
        if (mine := list(rows))
    ]


# — one finding ————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def finding(request: HttpRequest, code: str) -> HttpResponse:
    return _shown(request, queries.finding_for(request.user, code))


def _shown(request: HttpRequest, found: Finding, *, act: Any = None, status: int = 200) -> HttpResponse:
    user, language = request.user, get_language() or "sq"
    level = level_of(user)
    maps = has(user, roles.MAPPER)
    objections = [(step, queries.objector_words(step, level)) for step in queries.standing_objections(found)]
    table = found.steps.filter(table__isnull=False, kind=found.state).select_related("table").order_by("-id").first()
    context = {
        "finding": found, "chapter": chapter_title(found.chapter) if found.chapter else "",
        "statements": _statements(found, language), "told": queries.told(found, level, language, user),
        "standing": queries.standing_words(found), "objections": objections if found.state == "contested" else [],
        "steps": [_step(step, level) for step in queries.steps_of(found, user)],
        "organisations": queries.organisations_of(found, user),
        "places": [(one, title_of(one)) for one in forms.places_of(found.places)],
        "class_words": dict(forms.CLASSES).get(found.activity_class, "") if found.activity_class else "",
        "table": table.table if table else None, "maps": maps, "is_member": level >= Visibility.MEMBERS,
        "acts": {name: rules.possible(name, found.state) for name in rules.POSSIBLE} if maps else {},
        "may_contest": rules.possible("contest", found.state) and (maps or bool(queries.speaks_in(found, user))),
        "form": act, "is_public": rules.is_public(found.state, was_confirmed=found.confirmed_at is not None),
    }  # fmt: skip
    return render(request, "findings/finding_detail.html", context, status=status)


def _statements(found: Finding, language: str) -> list[tuple[str, str]]:
    """(language, words): the reader's language first."""
    first = "en" if language == "en" else "sq"
    order = [first, *(code for code in ("sq", "en") if code != first), *found.statements]
    return [(code, found.statements[code]) for code in dict.fromkeys(order) if found.statements.get(code)]


def _step(step: Step, level: int) -> dict[str, Any]:
    return {
        "step": step, "objector": queries.objector_words(step, level) if step.kind == Step.Kind.CONTESTED else "",
        "changes": changes_of(step) if level >= Visibility.MEMBERS or step.kind == Step.Kind.AMENDED else [],
        "by": step.by.name if step.by and level >= Visibility.MEMBERS else "",
    }  # fmt: skip


_FIELDS = {
    "statements": gettext_lazy("Statement"), "chapter": gettext_lazy("Chapter"), "kind": gettext_lazy("What it is"),
    "places": gettext_lazy("Places"), "organisations": gettext_lazy("Organisations"),
    "activity_class": gettext_lazy("Class"), "where_said": gettext_lazy("Its place in the document"),
    "visible_to": gettext_lazy("Who may see it"), "evidence": gettext_lazy("Evidence"),
    "position": gettext_lazy("Place in the chapter"),
}  # fmt: skip


def changes_of(step: Step) -> list[tuple[str, str, str]]:
    """(field, before, after) of an edit or an amendment, in words."""
    if step.kind not in (Step.Kind.EDITED, Step.Kind.AMENDED):
        return []
    found = []
    for name in step.after:
        before, after = step.before.get(name), step.after[name]
        if name == "statements":
            for code in dict.fromkeys([*(before or {}), *(after or {})]):
                old, new = (before or {}).get(code, ""), (after or {}).get(code, "")
                if old != new:
                    found.append((f"{_FIELDS[name]} ({code})", old, new))
        elif name in _FIELDS:
            found.append((str(_FIELDS[name]), _plain(name, before), _plain(name, after)))
    return found


def _plain(name: str, value: Any) -> str:
    if name == "evidence":
        return dict(forms.EVIDENCE_KINDS).get(value["kind"], "") + f" {value['of']}" if value else "—"
    if name == "chapter":
        return chapter_title(value) if value else ""
    if name == "kind":
        return str(dict(forms.KINDS).get(value, value))
    if name == "visible_to":
        return str(Visibility(value).label)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


@require_http_methods(["GET", "HEAD", "POST"])
def finding_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    chosen = chosen_round(request)
    form = forms.FindingForm(
        request.POST or None, rounds=queries.rounds(by), level=level_of(by),
        initial={"round": chosen.code if chosen else None, "chapter": request.GET.get("chapter", "")},
    )  # fmt: skip
    if form.is_valid():
        try:
            made = services.record_finding(round=form.cleaned_data["round"], **form.said(), by=by)
            messages.success(request, _("The finding is recorded as a draft. Say now what it stands on."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "known_places": place_choices()}
    return render(request, "findings/finding_form.html", context, status=422 if form.errors else 200)


def _initial(found: Finding, user: Any) -> dict[str, Any]:
    names = ("kind", "chapter", "places", "activity_class", "where_said", "visible_to")
    return {name: getattr(found, name) for name in names} | {
        "statement_sq": found.statements.get("sq", ""), "statement_en": found.statements.get("en", ""),
        "organisations": queries.organisations_of(found, user), "seen": found.version,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def finding_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.finding_for(by, code, write=True)
    form = forms.FindingForm(
        request.POST or None, rounds=None, level=level_of(by), edits=True, initial=_initial(found, by)
    )
    late: list[tuple[str, str, str]] = []
    status = 200
    if form.is_valid():
        kept = form.said()
        hidden = found.organisations.exclude(pk__in=[one.pk for one in queries.organisations_of(found, by)])
        kept["organisations"] = [*kept["organisations"], *hidden]
        try:
            services.edit_finding(
                found, seen=form.cleaned_data["seen"] or 0, reason=form.cleaned_data["reason"], by=by, **kept
            )  # fmt: skip
            messages.success(request, _("The finding was changed."))
            return redirect(found)
        except services.Outdated as outdated:
            late, status = _differences(outdated.now, form), 409
            data = request.POST.copy()
            data["seen"] = str(outdated.now.version)
            form.data = data
        except ValidationError as problem:
            put(form, problem)
    context = {
        "form": form, "finding": found, "late": late, "changed": CHANGED, "known_places": place_choices(),
        "decided": not rules.possible("edit", found.state),
    }  # fmt: skip
    return render(request, "findings/finding_form.html", context, status=422 if form.errors else status)


def _differences(now: Finding, form: forms.FindingForm) -> list[tuple[str, str, str]]:
    """(field, what stands now, what this person wrote) where the two differ."""
    mine = form.said()
    rows = [(f"{_FIELDS['statements']} ({code})", now.statements.get(code, ""), mine["statements"][code])
            for code, _label in forms.LANGUAGES]  # fmt: skip
    for name in ("kind", "chapter", "places", "activity_class", "where_said", "visible_to"):
        rows.append((str(_FIELDS[name]), _plain(name, getattr(now, name)), _plain(name, mine[name])))
    return [row for row in rows if row[1] != row[2]]


@require_POST
def finding_decide(request: HttpRequest, code: str) -> HttpResponse:
    """Propose, confirm, refuse, open again: a mapper, with the reason."""
    by = require(request.user, roles.MAPPER)
    found = queries.finding_for(by, code, write=True)
    form = forms.ActForm(request.POST)
    if form.is_valid():
        kept = form.cleaned_data
        try:
            getattr(services, kept["act"])(found, reason=kept["reason"], seen=kept["seen"], by=by)
            messages.success(request, str(DONE[kept["act"]]))
            return redirect(found)
        except services.Outdated:
            messages.warning(request, _("Somebody else changed this finding in the meantime: read it again."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, act=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_contest(request: HttpRequest, code: str) -> HttpResponse:
    """A named organisation's editors contest what is said of it; mappers write down another's objection."""
    by = require(request.user)
    found = queries.finding_for(by, code)
    own = None if has(by, roles.MAPPER) else queries.speaks_in(found, by)
    if own == []:
        raise Http404 if not has(by, roles.MEMBER) else PermissionDenied
    form = forms.ContestForm(request.POST or None, own=own, level=level_of(by), initial={"seen": found.version})
    if form.is_valid():
        try:
            services.contest(found, objection=form.cleaned_data["objection"], **form.who(), by=by)
            messages.success(request, _("The objection is kept, and shown with the finding."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "finding": found}
    return render(request, "findings/finding_contest.html", context, status=422 if form.errors else 200)


# — evidence ———————————————————————————————————————————————————————————————————————————————————————————————


def _evidence_form(request: HttpRequest, found: Finding, kind: str) -> Any:
    """The form for one kind of evidence, with what this person may choose from."""
    user, level, data = request.user, level_of(request.user), request.POST or None
    if kind == Evidence.Kind.SOURCE:
        form: Any = forms.SourceEvidence(data)
        form.fields["source"].queryset = queries.sources(level, user, round=found.round).filter(withdrawn_at=None)
    elif kind == Evidence.Kind.QUOTE:
        form = forms.QuoteEvidence(data)
        form.fields["quote"].queryset = queries.quotes(level, user, round=found.round)
        form.fields["quote"].label_from_instance = lambda one: f"{one.text[:90]} – {one.source.title[:60]}"
    elif kind == Evidence.Kind.FIGURE:
        form = forms.FigureEvidence(data)
        form.fields["figure"].queryset = queries.figures(level, user, round=found.round)
    elif kind == Evidence.Kind.ACTIVITY:
        form = forms.ActivityEvidence(data, activities=activities.activities(level))
    elif kind == Evidence.Kind.COVERAGE:
        form = forms.CoverageEvidence(data)
    else:
        version = found.round.version
        asked = answers.questions(version, get_language() or "") if version else []
        chosen = (request.POST or request.GET).get("question", "")
        form = forms.AnswersEvidence(
            data, version=version.pk if version else None, asked=asked, chosen=chosen, initial={"question": chosen}
        )  # fmt: skip
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def finding_evidence(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.finding_for(by, code, write=True)
    kinds = dict(forms.EVIDENCE_KINDS)
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in kinds else Evidence.Kind.SOURCE.value
    form = _evidence_form(request, found, kind)
    if form.is_valid():
        try:
            services.add_evidence(found, kind=kind, **form.said(), by=by)
            messages.success(request, _("The finding stands on one thing more."))
            return redirect(found)
        except ValidationError as problem:
            put(form, problem)
    context = {
        "form": form, "finding": found, "kind": kind, "kinds": forms.EVIDENCE_KINDS, "known_places": place_choices(),
        "chosen": request.GET.get("question", ""),
        "told": queries.told(found, level_of(by), get_language() or "sq", by),
    }  # fmt: skip
    return render(request, "findings/finding_evidence.html", context, status=422 if form.errors else 200)


@require_POST
def evidence_act(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Look again at what changed, or take evidence away."""
    by = require(request.user, roles.MAPPER)
    found = queries.finding_for(by, code, write=True)
    evidence = get_object_or_404(found.evidence, pk=number)
    try:
        if request.POST.get("act") == "remove":
            services.remove_evidence(evidence, by=by)
            messages.success(request, _("The finding no longer stands on it."))
        else:
            services.look_again(evidence, by=by)
            messages.success(request, _("Looked at again: what it says now is what counts as seen."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(found)


def title_words(found: Finding) -> str:
    """The statement, short enough for a title."""
    words = said(found.statements)
    return words if len(words) <= 90 else words[:88].rsplit(" ", 1)[0] + " …"
