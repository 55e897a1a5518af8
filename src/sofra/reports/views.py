"""Pages of reports. Each fetches by a query that also says whether the reader may, then shows or acts."""

from datetime import datetime
from typing import Any

from django import forms as djangoforms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, require
from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.ground.refusals import put
from sofra.ground.tongues import said
from sofra.mapping.models import Round
from sofra.printing import page
from sofra.printing.blocks import Document

from . import building, forms, freezing, making, outlines, queries, rules, services, tasks
from .models import Block, Edition, Outline, Report

LANGUAGE_NAMES = {"sq": "Shqip", "en": "English"}


# — reading ————————————————————————————————————————————————————————————————————————————————————————————————


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Those that are published; for mappers also those that are being written."""
    mapper = has(request.user, roles.MAPPER)
    return render(
        request, "reports/report_list.html", {"reports": list(queries.reports(request.user)), "mapper": mapper}
    )


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The newest edition that stands; a mapper is led to the draft where there is none."""
    found = queries.report_for(request.user, code)
    newest = queries.newest(found)
    if newest is not None:
        return _read(request, newest)
    if has(request.user, roles.MAPPER):
        return redirect("report_draft", code)
    withdrawn = found.editions.order_by("-number").defer("content").first()
    assert withdrawn is not None  # report_for has seen to it
    return _withdrawn(request, withdrawn)


@require_safe
def edition(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = queries.edition_for(request.user, code, number)
    if found.withdrawn_at is not None and not has(request.user, roles.MAPPER):
        return _withdrawn(request, found)
    return _read(request, found)


def _withdrawn(request: HttpRequest, found: Edition) -> HttpResponse:
    context = {"report": found.report, "edition": found, "newest": queries.newest(found.report)}
    return render(request, "reports/withdrawn.html", context, status=410)


def _read(request: HttpRequest, found: Edition) -> HttpResponse:
    language = _language(request, found.content["documents"])
    document = freezing.document(found, language)
    context = {
        **_shown(request, found.report, document, language), "edition": found,
        "newest": queries.newest(found.report), "editions": queries.editions().filter(report=found.report),
        "lost": [datetime.fromisoformat(one["at"]) for one in found.taken_out],
    }  # fmt: skip
    return render(request, "reports/report.html", context)


def _shown(request: HttpRequest, report_: Report, document: Document, language: str) -> dict[str, Any]:
    statements = reverse("finding", args=["CODE"]).replace("CODE", f"{report_.round.code}.{{}}")
    return {
        "report": report_, "document": document, "body": page.html(document, statements=statements),
        "content_language": language,
        "content_languages": [(code, LANGUAGE_NAMES[code], code == language) for code in rules.LANGUAGES],
        "forms": [(rules.SUFFIXES.get(code, code), words) for code, (_type, words) in rules.FORMATS.items()],
        "mapper": has(request.user, roles.MAPPER),
    }  # fmt: skip


def _language(request: HttpRequest, known: Any = rules.LANGUAGES) -> str:
    """The content's language: the one that was chosen, else the page's, else the first that there is."""
    wanted = request.GET.get("in") or (get_language() or "")[:2]
    return wanted if wanted in known else next(iter(known))


@require_safe
def edition_file(request: HttpRequest, code: str, number: int, language: str, form: str) -> HttpResponse:
    """A file of an edition, made once."""
    found = queries.edition_for(request.user, code, number)
    if found.withdrawn_at is not None and not has(request.user, roles.MAPPER):
        return _withdrawn(request, found)
    name = _form_of(form)
    if language not in found.content["documents"]:
        raise Http404
    if tasks.waits(found, language, name):
        return _wait(
            request, found.report, _("The file is being made"),
            _("It is made once and kept; that takes some seconds. You may close this page and come back."),
        )  # fmt: skip
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reports/_waiting.html", {"ready": request.path})
    return _file(making.of_edition(found, language, name), code, language, name)


def _wait(request: HttpRequest, report_: Report, title: str, words: str) -> HttpResponse:
    """A page that looks again by itself, without JavaScript too, while the worker is at it."""
    context = {"report": report_, "title": title, "words": words, "again": request.get_full_path()}
    part = "reports/_waiting.html" if request.htmx else "reports/waiting.html"  # type: ignore[attr-defined]
    response = render(request, part, context, status=200 if request.htmx else 202)  # type: ignore[attr-defined]
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What an edition says otherwise than the one before it."""
    found = queries.edition_for(request.user, code, number)
    if found.withdrawn_at is not None and not has(request.user, roles.MAPPER):
        return _withdrawn(request, found)
    before = found.report.editions.filter(number__lt=number, withdrawn_at=None).order_by("-number").first()
    language = _language(request, found.content["documents"])
    differences = []
    if before is not None:
        differences = freezing.differences(freezing.document(before, language), freezing.document(found, language))
    context = {"report": found.report, "edition": found, "before": before, "differences": differences}
    return render(request, "reports/changes.html", context)


def _form_of(form: str) -> str:
    name = {suffix: name for name, suffix in rules.SUFFIXES.items()}.get(form, form)
    if name not in rules.FORMATS or form in rules.SUFFIXES:
        raise Http404
    return name


def _file(made: making.Made, code: str, language: str, form: str) -> HttpResponse:
    response = HttpResponse(made.content, content_type=rules.FORMATS[form][0])
    name = rules.file_name(code, language, form, made.number)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


# — writing ————————————————————————————————————————————————————————————————————————————————————————————————


@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    asked = Round.objects.filter(code=request.GET.get("round", "")).first()
    initial = {"round": asked, "licence": "CC-BY-4.0", "arrangement": "2018"}
    if asked is not None:
        initial |= {f"title_{code}": said({code: asked.titles.get(code, "")}) for code in rules.LANGUAGES}
    form = forms.NewReportForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            found = services.begin_report(round=form.cleaned_data["round"], by=by, **form.facts())
            if how := form.cleaned_data["arrangement"]:
                services.arrange(found, how, by=by)
            return redirect("report_outline", found.code)
        except ValidationError as problem:
            put(form, problem)
    return render(request, "reports/report_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    form = forms.ReportForm(request.POST or None, initial=forms.initial_of(found))
    changed: list[Outline] = []
    if form.is_valid():
        try:
            services.edit_report(found, by=by, seen=form.cleaned_data["seen"], **form.facts())
            messages.success(request, _("The title page was changed."))
            return redirect("report_outline", code)
        except services.Outdated as outdated:
            changed = outdated.changes
            form = _again(forms.ReportForm, request, found.version)
        except ValidationError as problem:
            put(form, problem)
    context = {"form": form, "report": found, "changed": changed}
    return render(request, "reports/report_form.html", context, status=422 if form.errors or changed else 200)


def _again(form: type[djangoforms.Form], request: HttpRequest, version: int, **given: Any) -> Any:
    """The form with what was typed, and the version that the editor has been told of now."""
    data = request.POST.copy()
    data["seen"] = str(version)
    return form(data, **given)


_ACTS = ("arrange", "add", "up", "down", "deeper", "higher", "remove", "undo")


@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """Every piece in order, with what it will not show, and the acts that arrange it."""
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    blocks = queries.blocks_of(found)
    names = building.named(found, blocks)
    adding = request.method == "POST" and request.POST.get("act") == "add"
    form = forms.AddForm(
        request.POST if adding else None, report=found, blocks=list(names.items()),
        initial={"after": request.GET.get("after", "")},
    )  # fmt: skip
    changed: list[Outline] = []
    wrong = False
    if request.method == "POST":
        try:
            done = _act(request, found, form, by)
            if done:
                return redirect(done)
            wrong = True
        except services.Outdated as outdated:
            changed, wrong = outdated.changes, True
            found.refresh_from_db()
            blocks = queries.blocks_of(found)
            names = building.named(found, blocks)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            wrong = True
    problems = building.problems(found)
    context = {
        "report": found, "form": form, "changed": changed, "outdated": wrong and bool(changed),
        "rows": [(one, names[one.pk], problems.get(one.pk, ""), _depth(blocks, one)) for one in blocks],
        "arrangements": outlines.ARRANGEMENTS.items(), "problems": len(problems),
        "last": found.outlines.select_related("by").first(), "newest": queries.newest(found),
    }  # fmt: skip
    return render(request, "reports/outline.html", context, status=(409 if changed else 422) if wrong else 200)


def _depth(blocks: list[Block], block: Block) -> int:
    """How deep it stands under headings, for the page's indentation: a heading's level less one, else the level."""
    level = 0
    for one in blocks:
        if one.kind == Block.Kind.HEADING:
            level = one.level
        if one.pk == block.pk:
            return level - 1 if one.kind == Block.Kind.HEADING else level
    return 0


def _act(request: HttpRequest, found: Report, form: forms.AddForm, by: User) -> str:
    """Do what was asked; the address to go on at, "" where it could not be done."""
    act, seen = request.POST.get("act", ""), _number(request.POST.get("seen", ""))
    if act not in _ACTS:
        raise ValidationError(_("Choose what to do."))
    if act == "add":
        return _add(found, form, by, seen) if form.is_valid() else ""
    address = request.path
    if act == "arrange":
        services.arrange(found, request.POST.get("how", ""), by=by, seen=seen)
    elif act == "undo":
        services.undo_outline(found, by=by, seen=seen)
    else:
        block_ = queries.block_for(found, _number(request.POST.get("block", "")) or 0)
        if act in ("up", "down"):
            services.move_block(block_, up=act == "up", by=by, seen=seen)
        elif act in ("deeper", "higher"):
            services.indent_block(block_, deeper=act == "deeper", by=by, seen=seen)
        else:
            services.remove_block(block_, by=by, seen=seen)
            messages.success(request, _("Taken out of the outline. “Take back the last change” brings it back."))
            return address
        address += f"#block-{block_.pk}"
    return address


def _add(found: Report, form: forms.AddForm, by: User, seen: int | None) -> str:
    after = _number(form.cleaned_data["after"])
    kind = form.kind()
    new = {"texts": {"sq": "Titull i ri", "en": "New heading"}} if kind == Block.Kind.HEADING else {}
    added = services.add_block(
        found, kind=kind, about=form.about(), after=queries.block_for(found, after) if after else None, by=by,
        seen=seen, **new,
    )  # fmt: skip
    if kind in (Block.Kind.HEADING, Block.Kind.TEXT):
        return redirect("report_block", found.code, added.pk).url
    return f"{redirect('report_outline', found.code).url}#block-{added.pk}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One piece: its words side by side in both languages, and what readers will see of it."""
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    one = queries.block_for(found, number)
    form = forms.BlockForm(request.POST or None, block=one, initial=forms.initial_of_block(one))
    outdated = preview = False
    if form.is_valid():
        preview = "preview" in request.POST
        try:
            if not preview:
                services.edit_block(one, by=by, seen=form.cleaned_data["seen"], **form.said())
                return redirect(f"{redirect('report_outline', code).url}#block-{one.pk}")
        except services.Outdated:
            outdated = True
            one.refresh_from_db()
            form = _again(forms.BlockForm, request, one.version, block=one)
        except ValidationError as problem:
            put(form, problem)
    shown = _as_typed(one, form) if preview else one
    context = {
        "report": found, "block": one, "form": form, "outdated": outdated,
        "words": building.named(found, [one])[one.pk],
        "previews": [(LANGUAGE_NAMES[each], each, _preview(found, shown, each)) for each in rules.LANGUAGES],
        "problem": building.problems_of(found, [shown]).get(one.pk, "") if preview or not _new(one) else "",
        "previewed": preview, "new": _new(one) and not preview,
        "codes": building.placeable(found) if one.kind == Block.Kind.TEXT else [],
        "last": found.outlines.select_related("by").first() if outdated else None,
    }  # fmt: skip
    return render(request, "reports/block.html", context, status=422 if form.errors or outdated else 200)


def _new(one: Block) -> bool:
    """A text that nobody has written yet: there is nothing to show and nothing to complain of."""
    return one.kind == Block.Kind.TEXT and not one.about and not any(one.texts.values())


def _as_typed(one: Block, form: forms.BlockForm) -> Block:
    """The piece as it would be, not kept."""
    for name, value in form.said().items():
        setattr(one, name, value)
    return one


def _preview(found: Report, one: Block, language: str) -> str:
    made = building.block_of(found, one, language, Visibility.PUBLIC)
    shown = page.blocks_html(made, language=language, level=3, prefix=f"{language}-") if made else ""
    # Both languages stand on one page: what links lead to is kept apart. Texts hold no quotation mark as it is.
    return mark_safe(shown.replace(' id="', f' id="{language}-').replace('href="#', f'href="#{language}-'))


@require_safe
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The report as it would be published now; with ?as=members also what only members see."""
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    language = _language(request)
    members = request.GET.get("as") == "members"
    document = building.document_of(found, language, Visibility.MEMBERS if members else Visibility.PUBLIC)
    context = {**_shown(request, found, document, language), "members": members, "newest": queries.newest(found)}
    return render(request, "reports/draft.html", context)


@require_safe
def draft_file(request: HttpRequest, code: str, language: str, form: str) -> HttpResponse:
    """A file of the draft, made anew each time; so many in a while, since each costs seconds."""
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    name = _form_of(form)
    if language not in rules.LANGUAGES:
        raise Http404
    if not _within_limit(by):
        context = {"report": found, "most": rules.DRAFTS, "minutes": rules.DRAFT_MINUTES}
        return render(request, "reports/too_many.html", context, status=429)
    return _file(making.of_draft(found, language, name), code, language, name)


def _within_limit(by: User) -> bool:
    key = f"report-drafts-{by.pk}"
    cache.add(key, 0, rules.DRAFT_MINUTES * 60)
    try:
        return cache.incr(key) <= rules.DRAFTS
    except ValueError:  # it ran out between the two
        return True


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """What the next edition will hold, and otherwise than the last one; one click freezes it."""
    by = require(request.user, roles.MAPPER)
    found = queries.report_for(by, code, edit=True)
    if request.method != "POST" and (answer := _published(request, found)):
        return answer
    form = forms.PublishForm(request.POST or None, initial={"seen": found.version})
    changed: list[Outline] = []
    if form.is_valid():
        if tasks.is_long(found) and form.cleaned_data["seen"] in (None, found.version):
            return redirect(f"{request.path}?job={_publish_soon(found, form, by)}")
        try:
            made = services.publish(found, by=by, note=form.cleaned_data["note"], seen=form.cleaned_data["seen"])
            tasks.make_files.enqueue(made.pk)
            _say_published(request, made.number)
            return redirect(made)
        except services.Outdated as outdated:
            changed = outdated.changes
            found.refresh_from_db()
            form = _again(forms.PublishForm, request, found.version)
        except ValidationError as problem:
            put(form, problem)
    newest = queries.newest(found)
    language = _language(request)
    differences = []
    if newest is not None:
        now = building.built(found, language, Visibility.PUBLIC, edition="…").document
        differences = freezing.differences(freezing.document(newest, language), now)
    problems = building.problems(found)
    noted = [one for one in queries.blocks_of(found) if one.pk in problems]
    names = building.named(found, noted)
    rows = [(one, names[one.pk], problems[one.pk]) for one in noted]
    context = {
        "report": found, "form": form, "newest": newest, "differences": differences, "rows": rows, "changed": changed,
    }  # fmt: skip
    return render(request, "reports/publish.html", context, status=422 if form.errors or changed else 200)


def _publish_soon(found: Report, form: forms.PublishForm, by: User) -> str:
    """Leave it to the worker, once: a second click finds the first one's. The number of the task."""
    under_way = tasks.publishing(found)
    if under_way is not None:
        return str(under_way.pk)
    seen, language = form.cleaned_data["seen"], get_language() or "sq"
    return str(tasks.publish.enqueue(found.pk, by.pk, form.cleaned_data["note"], seen, language).id)


def _published(request: HttpRequest, found: Report) -> HttpResponse | None:
    """The page of an edition that is being made, or the way to it when it is there; None where none was asked for."""
    asked = tasks.published(found, request.GET["job"]) if request.GET.get("job") else tasks.publishing(found)
    if asked is None:
        return None
    if asked.finished_at is None:
        return _wait(
            request, found, _("The edition is being made"),
            _("Every chart is drawn and every piece of evidence is frozen in both languages. You may close this page."),
        )  # fmt: skip
    told = asked.return_value or {}
    if "edition" not in told:
        messages.error(request, told.get("problem") or _("It could not be published, and nothing was changed."))
        return _on(request, request.path)
    _say_published(request, told["edition"])
    return _on(request, redirect("edition", found.code, told["edition"]).url)


def _say_published(request: HttpRequest, number: int) -> None:
    messages.success(request, _("Edition %(number)s is published. It stays as it is now.") % {"number": number})


def _on(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    found = queries.edition_for(by, code, number)
    form = forms.WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            services.withdraw_edition(found, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("The edition is withdrawn. Its address says so, with the reason."))
            return redirect("reports")
        except ValidationError as problem:
            put(form, problem)
    context = {"report": found.report, "edition": found, "form": form}
    return render(request, "reports/withdraw.html", context, status=422 if form.errors else 200)
