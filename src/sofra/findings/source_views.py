"""Pages of sources and figures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, require
from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations import queries as registry
from sofra.organisations.forms import place_choices
from sofra.organisations.models import Organisation
from sofra.places.titles import title_of
from sofra.questionnaires import queries as answers
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.keys import key_of
from sofra.questionnaires.models import Filling

from . import forms, queries, saying, services
from .models import Figure, Quote, Source, SourceRevision
from .views import CHANGED, PAGE, chosen_round, put

SEALED = Visibility.SEALED
_EDITED = (
    "kind", "title", "who", "places", "when", "url", "notes", "consent", "consent_note", "visible_to",
)  # fmt: skip


# — sources ————————————————————————————————————————————————————————————————————————————————————————————————


def listed(request: HttpRequest) -> tuple[forms.SourceFilterForm, QuerySet[Source]]:
    """The sources that the page with this address shows, in its order."""
    form = forms.SourceFilterForm(request.GET, rounds=queries.rounds(request.user))
    found = queries.sources(level_of(request.user), request.user)
    if not form.is_valid():
        return form, found.none()
    asked = form.cleaned_data
    if asked["round"]:
        found = found.filter(round__code=asked["round"])
    if asked["kind"]:
        found = found.filter(kind__in=asked["kind"])
    if asked["q"].strip():
        found = found.filter(title__icontains=asked["q"].strip())
    return form, found.order_by("-round__begins", "round", "code")


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    form, found = listed(request)
    found = found.annotate(quoted=Count("quotes", filter=~Q(quotes__text=""), distinct=True))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page": page, "asked": query.urlencode(), "maps": has(request.user, roles.MAPPER),
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "figures": queries.figures(level_of(request.user), request.user),
    }  # fmt: skip
    return render(request, "findings/source_list.html", context, status=422 if form.errors else 200)


@require_safe
def source(request: HttpRequest, code: str) -> HttpResponse:
    return _shown(request, queries.source_for(request.user, code))


def _organisations(found: Source, user: Any) -> list[Organisation]:
    heads = {registry.head(one) for one in found.organisations.select_related("joined_to")}
    return sorted((one for one in heads if one.visible_to <= level_of(user)), key=lambda one: one.sort_key)


def _shown(request: HttpRequest, found: Source, *, status: int = 200, **tried: Any) -> HttpResponse:
    user = request.user
    maps, level = has(user, roles.MAPPER), level_of(user)
    signed_in = level >= Visibility.MEMBERS
    context = {
        "source": found, "maps": maps, "own": user.is_authenticated and user.pk == found.recorded_by_id,
        "person": queries.person_of(found, user),
        "quotes": [(one, None) for one in queries.quotes_of(found, user)],
        "files": found.files.order_by("id") if signed_in else [],
        "organisations": _organisations(found, user),
        "places": [(one, title_of(one)) for one in forms.places_of(found.places)],
        "findings": queries.standing_on(found, user).order_by("code"),
        "figures": queries.figures(level, user).filter(source=found),
        "revisions": _revisions(found, user) if maps else [],
        "answers": _answers_of(found) if maps else None, "is_member": signed_in,
    }  # fmt: skip
    if maps:
        context["quotes"] = [(one, _quote_form(found, one)) for one in queries.quotes_of(found, user)]
        context["quote_form"] = forms.QuoteForm(initial={"visible_to": found.visible_to, "language": "sq"})
        context["file_form"] = forms.FileForm()
    return render(request, "findings/source_detail.html", context | tried, status=status)


def _revisions(found: Source, user: Any) -> list[SourceRevision]:
    """What it said before; the earlier words of a quote as far as the person may read the quote's."""
    level = SEALED if user.pk == found.recorded_by_id else level_of(user)
    return [one for one in found.revisions.select_related("by") if one.content.get("visible_to", 0) <= level]


def _quote_form(found: Source, one: Quote, data: Any = None) -> forms.QuoteForm:
    said_now = {"text": one.text, "page": one.page, "language": one.language, "visible_to": one.visible_to}
    return forms.QuoteForm(data, initial=said_now, prefix=f"q{one.pk}")


def _answers_of(found: Source) -> list[tuple[str, str]] | None:
    """The coded answers of a source: (question, answer) in words; None where it has none."""
    filling = found.filling
    if filling is None or not filling.document:
        return None
    labels = {one.path: one for one in answers.questions(filling.version, get_language() or "")}
    rows: dict[str, list[str]] = {}
    for answer in filling.answers.order_by("id"):
        one = labels.get(answer.question)
        words = dict(one.choices).get(answer.value, "") if one else ""
        rows.setdefault(one.label if one else answer.question, []).append(words or answer.text or answer.value)
    return [(question, "; ".join(filter(None, given))) for question, given in rows.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    chosen = chosen_round(request)
    form = forms.SourceForm(
        request.POST or None, rounds=queries.rounds(by), level=level_of(by),
        initial={"round": chosen.code if chosen else None},
    )  # fmt: skip
    if form.is_valid():
        try:
            made = services.record_source(**form.said(), by=by)
            messages.success(request, _("The source is recorded. Add its quotes and files below."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "known_places": place_choices()}
    return render(request, "findings/source_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def source_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.source_for(by, code, write=True)
    own = found.recorded_by_id == by.pk
    initial = {name: getattr(found, name) for name in _EDITED} | {
        "organisations": _organisations(found, by), "seen": found.version,
    }  # fmt: skip
    if own:
        initial["person"] = found.person
    form = forms.SourceForm(request.POST or None, rounds=None, level=level_of(by), own=own, initial=initial)
    late: list[tuple[str, str, str]] = []
    status = 200
    if form.is_valid():
        kept = form.said()
        hidden = found.organisations.exclude(pk__in=[one.pk for one in _organisations(found, by)])
        kept["organisations"] = [*kept["organisations"], *hidden]
        try:
            services.edit_source(found, seen=form.cleaned_data["seen"] or 0, by=by, **kept)
            messages.success(request, _("The source was changed."))
            return redirect(found)
        except services.Outdated as outdated:
            late, status = _differences(outdated.now, form), 409
            data = request.POST.copy()
            data["seen"] = str(outdated.now.version)
            form.data = data
        except ValidationError as problem:
            put(form, problem)
    context = {
        "form": form, "source": found, "late": late, "changed": CHANGED, "known_places": place_choices(),
    }  # fmt: skip
    return render(request, "findings/source_form.html", context, status=422 if form.errors else status)


def _differences(now: Source, form: forms.SourceForm) -> list[tuple[str, str, str]]:
    mine, rows = form.said(), []
    for name in ("title", "who", "when", "url", "notes", "consent_note"):
        if str(getattr(now, name)) != str(mine[name]).strip():
            rows.append((str(form.fields[name].label), str(getattr(now, name)), str(mine[name])))
    return rows


@require_POST
def source_quotes(request: HttpRequest, code: str) -> HttpResponse:
    """Add a quote, or take one back on which nothing stands."""
    by = require(request.user, roles.MAPPER)
    found = queries.source_for(by, code, write=True)
    if request.POST.get("remove"):
        kept = get_object_or_404(found.quotes, pk=_number(request.POST["remove"]))
        try:
            services.remove_quote(kept, by=by)
            messages.success(request, _("The quote was taken back."))
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return redirect(found)
    if request.POST.get("edit"):
        return _quote_edited(request, found, by)
    form = forms.QuoteForm(request.POST)
    if form.is_valid():
        try:
            services.add_quote(found, **form.cleaned_data, by=by)
            messages.success(request, _("The quote is kept."))
            return redirect(f"{found.get_absolute_url()}#quotes")
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, quote_form=form, status=422)


def _quote_edited(request: HttpRequest, found: Source, by: User) -> HttpResponse:
    number = _number(request.POST["edit"])
    one = next((kept for kept in queries.quotes_of(found, by) if kept.pk == number), None)
    if one is None:
        raise Http404
    form = _quote_form(found, one, request.POST)
    if form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            services.edit_quote(one, seen=_number(seen) if seen else 0, **form.cleaned_data, by=by)
            messages.success(request, _("The quote was changed; findings that stand on it are marked."))
            return redirect(f"{found.get_absolute_url()}#q{one.pk}")
        except services.Outdated:
            found.refresh_from_db()
            messages.warning(
                request, _("Somebody else changed this source in the meantime. Read it again, then save once more.")
            )
            return _shown(request, found, quotes=_forms(found, by, form, one), status=409)
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, quotes=_forms(found, by, form, one), status=422)


def _forms(found: Source, by: User, tried: forms.QuoteForm, of: Quote) -> list[tuple[Quote, forms.QuoteForm]]:
    return [(one, tried if one.pk == of.pk else _quote_form(found, one)) for one in queries.quotes_of(found, by)]


def _number(typed: str) -> int:
    if not typed.isdigit() or len(typed) > 12:
        raise Http404
    return int(typed)


@require_POST
def source_files(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.source_for(by, code, write=True)
    form = forms.FileForm(request.POST, request.FILES)
    if form.is_valid():
        came = form.cleaned_data["file"]
        try:
            services.add_file(found, name=came.name, chunks=came.chunks(), by=by)
            messages.success(request, _("The file is kept."))
            return redirect(f"{found.get_absolute_url()}#files")
        except ValidationError as problem:
            put(form, problem)
    return _shown(request, found, file_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def source_file(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """A file, always as an attachment, for members who see the source; a mapper may take it away."""
    by = require(request.user, roles.MEMBER)
    kept = queries.file_for(by, code, number)
    if request.method == "POST":
        require(by, roles.MAPPER)
        services.remove_file(kept, by=by)
        messages.success(request, _("The file was taken away."))
        return redirect(kept.source)
    return files.attachment(kept.digest, kept.name)


@require_http_methods(["GET", "HEAD", "POST"])
def source_answers(request: HttpRequest, code: str) -> HttpResponse:
    """Coded answers: the round's questionnaire is filled in for the source by the researcher."""
    by = require(request.user, roles.MAPPER)
    found = queries.source_for(by, code, write=True)
    if request.method == "POST":
        filling = _begun(request, found, by)
        if filling is not None:
            return redirect(_filling_address(filling) or found.get_absolute_url())
        return redirect(found)
    address = _filling_address(found.filling) if found.filling else ""
    context = {"source": found, "address": address, "answers": _answers_of(found)}
    return render(request, "findings/source_answers.html", context)


def _begun(request: HttpRequest, found: Source, by: User) -> Filling | None:
    version = found.round.version
    if version is None:
        messages.error(request, _("This round has no questionnaire yet."))
        return None
    if found.filling is not None:
        return found.filling
    try:
        filling = questionnaires.begin_filling(version, way=Filling.Way.PAPER, by=by)
        services.attach_filling(found, filling, by=by)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return None
    return filling


def _filling_address(filling: Filling) -> str:
    """Where a filling is typed in: its private link's page."""
    try:
        return reverse("filling", args=[key_of(filling.instance, filling.generation)])
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def source_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """The page says what will go and which findings lose it; the button does it, for good."""
    by = require(request.user, roles.MAPPER)
    found = queries.source_for(by, code, write=True)
    if request.method == "POST":
        if request.POST.get("sure") != "yes":
            messages.error(request, _("Tick that you are sure: what goes cannot be brought back."))
            return redirect("source_withdraw", found.code)
        services.withdraw_consent(found, by=by)
        messages.success(
            request, _("The consent is withdrawn: the content went, and the findings say that they lost it.")
        )
        return redirect("source", found.code)
    context = {
        "source": found, "quotes": found.quotes.exclude(text="").count(), "files": found.files.count(),
        "findings": queries.standing_on(found, by),
    }  # fmt: skip
    return render(request, "findings/source_withdraw.html", context)


# — figures ————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.figure_for(request.user, code)
    level = level_of(request.user)
    shows_source = found.source is not None and queries.sees(found.source, level, request.user)
    stands = queries.findings_for(request.user).filter(evidence__figure=found).distinct()
    context = {
        "figure": found, "maps": has(request.user, roles.MAPPER), "base": saying.base_words(found),
        "rows": [(said(one.get("label")), saying.value_words(str(one.get("value", "")), found.unit), one.get("value"))
                 for one in found.series],
        "shows_source": shows_source, "findings": stands,
        "before": _figure_before(found) if has(request.user, roles.MAPPER) else [],
    }  # fmt: skip
    return render(request, "findings/figure_detail.html", context)


def _figure_form(request: HttpRequest, by: User, found: Figure | None, **initial: Any) -> forms.FigureForm:
    sources = queries.sources(level_of(by), by).filter(withdrawn_at=None)
    return forms.FigureForm(
        request.POST or None, rounds=queries.rounds(by) if found is None else None, level=level_of(by),
        sources=sources, initial=initial,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def figure_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    chosen = chosen_round(request)
    form = _figure_form(request, by, None, round=chosen.code if chosen else None, source=request.GET.get("source", ""))
    if form.is_valid():
        try:
            made = services.record_figure(round=form.cleaned_data["round"], **form.said(), by=by)
            messages.success(request, _("The figure is recorded."))
            return redirect(made)
        except ValidationError as problem:
            put(form, problem)
    return render(request, "findings/figure_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def figure_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.figure_for(by, code, write=True)
    if found.source is not None and not queries.sees(found.source, level_of(by), by):
        raise PermissionDenied
    form = _figure_form(
        request, by, found, title_sq=found.titles.get("sq", ""), title_en=found.titles.get("en", ""), unit=found.unit,
        base=found.base, base_note_sq=found.base_note.get("sq", ""), base_note_en=found.base_note.get("en", ""),
        lines=forms.figure_lines(found), source=found.source.code if found.source else "", page=found.page,
        visible_to=found.visible_to, seen=found.version,
    )  # fmt: skip
    late: list[tuple[str, str, str]] = []
    status = 200
    if form.is_valid():
        try:
            services.edit_figure(found, seen=form.cleaned_data["seen"] or 0, **form.said(), by=by)
            messages.success(request, _("The figure was changed; findings that stand on it are marked."))
            return redirect(found)
        except services.Outdated as outdated:
            late, status = _figure_differences(outdated.now, form), 409
            data = request.POST.copy()
            data["seen"] = str(outdated.now.version)
            form.data = data
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "figure": found, "late": late, "changed": CHANGED}
    return render(request, "findings/figure_form.html", context, status=422 if form.errors else status)


def _figure_differences(now: Figure, form: forms.FigureForm) -> list[tuple[str, str, str]]:
    """(field, what stands now, what this person wrote) where the two differ."""
    mine = form.said()
    rows = [
        (_("Title"), said(now.titles), said(mine["titles"])), (_("Unit"), now.unit, mine["unit"]),
        (_("How many were asked"), _base(now.base), _base(mine["base"])),
        (_("Numbers"), forms.figure_lines(now), forms.figure_lines(Figure(series=mine["series"]))),
        (_("Page"), now.page, mine["page"]),
    ]  # fmt: skip
    return [row for row in rows if row[1] != row[2]]


def _base(number: int | None) -> str:
    return _("not known") if number is None else str(number)


def _figure_before(found: Figure) -> list[dict[str, Any]]:
    """What the figure said before, in words."""
    return [
        {
            "number": one.number, "at": one.at, "by": one.by, "title": said(one.content.get("titles") or {}),
            "base": _base(one.content.get("base")), "lines": forms.figure_lines(Figure(series=one.content["series"])),
        }
        for one in found.revisions.select_related("by")
    ]  # fmt: skip
