"""The importer's pages, one a step. Each begins with who may, then fetches, then shows or acts."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sofra.accounts import roles
from sofra.accounts.access import require
from sofra.accounts.models import User

from . import checking, filled_columns, forms, importing, queries, running, services, tasks
from .models import Import, ImportRow, What, said_of_verdict
from .reading import Unreadable
from .reports import problems_table
from .showing import facts_said, shown
from .tables import FORMATS, table_response

State = Import.State
Verdict = ImportRow.Verdict
PAGE = 50
SAMPLE = 5


def mapper(request: HttpRequest) -> User:
    """The person, who must be a mapper or above."""
    require(request.user, roles.MAPPER)
    return cast(User, request.user)


def _import(request: HttpRequest, number: int) -> Import:
    """404 for a number that is none; 403 for answers that this mapper may not read."""
    found = queries.import_by_number(number)
    if not filled_columns.may_read(found, request.user):
        raise PermissionDenied(
            _("This export answers sealed questions: only the coordinators and whoever brought it in read its rows.")
        )
    return found


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    mapper(request)
    page = Paginator(queries.imports(), 25).get_page(request.GET.get("page"))
    return render(request, "exchange/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    by = mapper(request)
    form = forms.Upload(request.POST or None, request.FILES or None, initial=_said_by_address(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            wish = form.cleaned_data
            imported = services.upload_file(
                file.chunks(), name=file.name, by=by, what=wish["what"], source=wish["source"],
                version=wish["version"].pk if wish["version"] else None,
            )  # fmt: skip
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("import_columns", imported.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "exchange/import_new.html", {"form": form}, status=status)


def _said_by_address(request: HttpRequest) -> dict[str, str]:
    """What the address says that is to be imported; organisations where it says nothing."""
    asked, version = request.GET.get("what", ""), request.GET.get("version", "")
    known = {"version": version} if version.isascii() and version.isdigit() and len(version) < 12 else {}
    return {"what": asked if asked in What.values else What.ORGANISATIONS, **known}


@require_safe
def import_shown(request: HttpRequest, number: int) -> HttpResponse:
    """The page where this import stands now."""
    mapper(request)
    return redirect(_step_of(_import(request, number)), number)


def _step_of(imported: Import) -> str:
    steps = {
        State.UPLOADED: "import_columns",
        State.FAILED: "import_columns",
        State.CHECKED: "import_rows",
        State.DONE: "import_report",
        State.UNDONE: "import_report",
    }
    return steps.get(State(imported.state), "import_progress")


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, number: int) -> HttpResponse:
    by = mapper(request)
    imported = _import(request, number)
    if imported.state not in {State.UPLOADED, State.CHECKED, State.FAILED}:
        return redirect("import", number)
    again = request.POST.get("step") == "recognise"
    recognised = forms.Recognised(request.POST if again else None, imported=imported)
    columns = forms.Columns(request.POST if request.method == "POST" and not again else None, imported=imported)
    try:
        if again and recognised.is_valid():
            chosen = recognised.cleaned_data
            services.recognise_again(imported, sheet=chosen.get("sheet", ""), encoding=chosen.get("encoding", ""))
            return redirect("import_columns", number)
        if columns.is_bound and columns.is_valid():
            services.map_columns(
                imported,
                mapping=columns.mapping(),
                source=columns.cleaned_data["source"],
                remember_as=columns.cleaned_data["remember_as"],
                publish=columns.cleaned_data.get("publish", True),
                by=by,
            )
            return _check(imported)
        table = checking.table_of(imported)
        sample = [line for line, _n in zip(table, range(SAMPLE), strict=False)]
    except (Unreadable, services.NotNow, FileNotFoundError) as error:
        columns.add_error(None, str(error)) if columns.is_bound else messages.error(request, str(error))
        sample = []
    context = {
        "imported": imported,
        "recognised": recognised,
        "columns": columns,
        "sample": sample,
        "facts": shape_in_words(imported.shape),
        "examples": [
            (title, field, [line.cells[i] for line in sample if i < len(line.cells) and line.cells[i]][:3])
            for i, (title, field) in enumerate(columns.columns())
        ],
    }
    return render(request, "exchange/import_columns.html", context, status=422 if columns.errors else 200)


def _check(imported: Import) -> HttpResponse:
    imported = Import.objects.get(pk=imported.pk)
    if services.is_long(imported):
        tasks.check.enqueue(imported.pk, get_language() or "sq")
    else:
        services.check_import(imported.pk)
    return redirect("import", imported.pk)


def shape_in_words(shape: dict[str, Any]) -> list[tuple[str, str]]:
    """What was recognised, as a person reads it."""
    separators = {
        "tab": _("tabs"), "semicolon": _("semicolons"), "comma": _("commas"), "vertical bar": _("vertical bars"),
        "two or more spaces": _("gaps of two or more spaces"),
    }  # fmt: skip
    kinds = {"text with a table": _("a text in which a table stands")}
    facts = [(_("Kind of file"), kinds.get(shape.get("kind", ""), shape.get("kind", "")))]
    if len(shape.get("tables", ())) > 1:
        facts.append((_("Tables"), ", ".join(shape["tables"])))
    if "encoding" in shape:
        sure = "" if shape.get("encoding_sure") else f" ({_('most likely')})"
        facts.append((_("Letters"), f"{shape['encoding']}{sure}"))
    if "separator" in shape:
        facts.append((_("Columns are parted by"), separators.get(shape["separator"], shape["separator"])))
    if "sheet" in shape:
        facts.append((_("Sheet"), shape["sheet"]))
    row = shape.get("header_row")
    facts.append((_("Header"), _("row %(row)d") % {"row": row} if row else _("none was found: columns have letters")))
    for key, label in (
        ("rows_above", _("Lines above the table, left out")),
        ("rows_below", _("Lines below the table, left out")),
        ("passed_over", _("Lines between rows, left out")),
        ("merged", _("Merged cells, whose value holds for each row")),
        ("formulas_without_value", _("Formulas without a stored value")),
    ):
        if shape.get(key):
            facts.append((label, str(shape[key])))
    return facts


@require_safe
def import_progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far a long import is. A reload, or another person, sees the same; one that was killed is taken up again."""
    mapper(request)
    imported = _import(request, number)
    if imported.state not in {State.CHECKING, State.QUEUED, State.IMPORTING}:
        if request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse(status=204)
            response["HX-Redirect"] = imported.get_absolute_url()
            return response
        return redirect("import", number)
    working = running.is_running(number)
    if not working:
        tasks.take_up(imported, get_language() or "sq")
    told = running.progress_of(number) if working else {}
    context = {"imported": imported, "done": told.get("done", 0), "total": told.get("total"), "working": working}
    part = "exchange/_progress.html" if request.htmx else "exchange/import_progress.html"  # type: ignore[attr-defined]
    return render(request, part, context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_rows(request: HttpRequest, number: int) -> HttpResponse:
    """Every row's reading, filtered by what becomes of it; one word for all that a filter shows."""
    by = mapper(request)
    imported = _import(request, number)
    if imported.state != State.CHECKED:
        return redirect("import", number)
    bulk = forms.Bulk(request.POST or None, what=imported.what)
    if request.method == "POST" and bulk.is_valid():
        return _decide_all(request, imported, bulk, by)
    verdict, asks = request.GET.get("verdict", ""), request.GET.get("asks", "")
    page = Paginator(queries.rows(imported, verdict, asks), PAGE).get_page(request.GET.get("page"))
    counts = queries.verdicts(imported)
    listed = list(page.object_list)
    titles = queries.titles_of(listed)
    context = {
        "imported": imported,
        "page": page,
        "rows": [shown(row, titles) for row in listed],
        "verdict": verdict,
        "asks": asks,
        "tabs": _tabs(imported, counts),
        "counts": counts,
        "writes": counts[Verdict.NEW] + counts[Verdict.UPDATE],
        "asking": [
            (code, label, n)
            for code, label in (
                ("place", _("about a place")),
                ("twin", _("about a twin")),
                ("body", _("about an organisation")),
                ("doubt", _("about an unlikely value")),
                ("shape", _("about its cells")),
            )
            if (n := queries.rows(imported, Verdict.ASK, code).count())
        ],
        "bulk": forms.Bulk(initial={"verdict": verdict or Verdict.ASK, "asks": asks}, what=imported.what),
    }
    return render(request, "exchange/import_rows.html", context)


def _tabs(imported: Import, counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Code, words and number of each verdict that rows have; all of them first."""
    said = [(v.value, said_of_verdict(v, imported.what), counts[v]) for v in Verdict if counts[v]]
    return [("", _("All"), sum(counts.values())), *said]


def _decide_all(request: HttpRequest, imported: Import, bulk: forms.Bulk, by: User) -> HttpResponse:
    wish = bulk.cleaned_data
    action = wish["action"]
    decided = services.decide_all(
        imported, by=by, action=action, verdict=wish["verdict"] or Verdict.ASK, asks=wish["asks"]
    )
    messages.success(request, ngettext("%(n)d row was decided.", "%(n)d rows were decided.", decided) % {"n": decided})
    return redirect("import_rows", imported.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def import_row(request: HttpRequest, number: int, row: int) -> HttpResponse:
    by = mapper(request)
    imported = _import(request, number)
    found = queries.row_by_number(imported, row)
    titles = queries.titles_of([found])
    form = forms.DecideRow(request.POST or None, row=found, titles=titles)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_one(imported, found, form.cleaned_data, asked=form.asked, bodies=form.bodies, by=by)
        except services.NotNow as error:
            messages.error(request, str(error))
            return redirect("import", number)
        following = queries.next_to_decide(imported, row)
        if following is not None:
            return redirect("import_row", number, following.number)
        messages.success(request, _("No row waits for a decision any more."))
        return redirect("import_rows", number)
    context = {
        "imported": imported,
        "shown": shown(found, titles),
        "row": found,
        "form": form,
        "cells": list(zip(imported.shape.get("columns", []), found.raw, strict=False)),
        "facts": facts_said(found),
        "following": queries.next_to_decide(imported, row),
        "may_decide": imported.state == State.CHECKED and bool(form.fields),
    }
    return render(request, "exchange/import_row.html", context, status=422 if form.errors else 200)


@require_POST
def import_start(request: HttpRequest, number: int) -> HttpResponse:
    by = mapper(request)
    imported = _import(request, number)
    long = (imported.rows_total or 0) > tasks.INLINE_ROWS
    try:
        services.start_import(imported, by=by, queued=long)
    except services.NotNow:
        return redirect("import", number)  # a form sent twice: the first one counts
    if long:
        tasks.carry_out.enqueue(number, get_language() or "sq")
        return redirect("import_progress", number)
    done = services.run_import(number)
    if done.problem:
        messages.error(request, done.problem)
    return redirect("import", number)


@require_safe
def import_report(request: HttpRequest, number: int) -> HttpResponse:
    mapper(request)
    imported = _import(request, number)
    if imported.state not in {State.DONE, State.UNDONE}:
        return redirect("import", number)
    verdict = request.GET.get("verdict", "")
    page = Paginator(queries.rows(imported, verdict), PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    titles = queries.titles_of(listed)
    counts = queries.verdicts(imported)
    context = {
        "imported": imported,
        "page": page,
        "rows": [shown(row, titles) for row in listed],
        "verdict": verdict,
        "tabs": _tabs(imported, counts),
        "counts": counts,
        "summary": importing.summary(counts),
    }
    return render(request, "exchange/import_report.html", context)


@require_safe
def import_problems(request: HttpRequest, number: int, form: str) -> HttpResponseBase:
    """The rows with what is wrong with them beside, to be corrected in a spreadsheet and imported again."""
    mapper(request)
    if form not in FORMATS:
        raise Http404
    return table_response(problems_table(_import(request, number)), form)


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: HttpRequest, number: int) -> HttpResponse:
    by = mapper(request)
    imported = _import(request, number)
    if request.method == "POST":
        try:
            services.undo_import(imported, by=by)
        except services.NotNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The import was taken back: everything is as it was without it."))
        return redirect("import", number)
    if imported.state != State.DONE:
        return redirect("import", number)
    return render(request, "exchange/import_undo.html", {"imported": imported, "counts": queries.verdicts(imported)})


@require_POST
def import_discard(request: HttpRequest, number: int) -> HttpResponse:
    by = mapper(request)
    imported = _import(request, number)
    try:
        services.discard_import(imported, by=by)
    except services.NotNow as error:
        messages.error(request, str(error))
        return redirect("import", number)
    messages.success(request, _("“%(name)s” was thrown away; nothing else was touched.") % {"name": imported.file_name})
    return redirect("imports")
