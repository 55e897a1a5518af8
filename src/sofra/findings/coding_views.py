"""Pages of coding: the code book, coding one thing after another, and the comparison of those who are done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sofra.accounts import roles
from sofra.accounts.access import require
from sofra.accounts.models import User
from sofra.coverage.wording import encoded
from sofra.mapping.models import Round

from . import agreeing, coding, coding_forms, queries, services
from .models import CodingTask
from .views import put

ON_A_PAGE = 20


def questions_of(round: Round) -> list[tuple[str, str]]:
    """(question, words) of all that can be coded in a round: the quotes, then each free question."""
    language = get_language() or ""
    asked = [(one.path, one.label or one.path) for one in coding.questions_to_code(round, language)]
    return [(coding.QUOTES, _("Quotes of all sources")), *asked]


def _question(request: HttpRequest, round: Round) -> tuple[str, str]:
    """The question that the address names, with its words; 404 for one that the round has not."""
    wanted = request.GET.get("question", "")
    for path, words in questions_of(round):
        if path == wanted:
            return path, words
    raise Http404


def _address(name: str, round: Round, question: str) -> str:
    return f"{reverse(name, args=[round.code])}?{encoded({'question': question})}"


@require_http_methods(["GET", "HEAD", "POST"])
def code_book(request: HttpRequest, code: str) -> HttpResponse:
    """The codes with what they mean, and what is coded by whom."""
    by = require(request.user, roles.MAPPER)
    round = queries.round_for(by, code, write=True)
    edited = round.codes.filter(code=request.GET.get("code", "")).first()
    initial = {"name_sq": edited.names.get("sq", ""), "name_en": edited.names.get("en", ""), "meaning": edited.meaning,
               "ended": edited.ended_at is not None} if edited else {}  # fmt: skip
    form = coding_forms.CodeForm(request.POST or None, initial=initial, edits=edited is not None)
    if form.is_valid():
        try:
            if edited is not None:
                services.edit_code(edited, **form.said(), by=by)
            else:
                services.add_code(round=round, **form.said(), by=by)
            messages.success(request, _("The code book was changed."))
            return redirect("coding", round.code)
        except ValidationError as problem:
            put(form, problem)
    context = {
        "round": round, "form": form, "edited": edited, "codes": round.codes.all(),
        "rows": [_row(round, question, words, by) for question, words in questions_of(round)],
    }  # fmt: skip
    return render(request, "findings/code_book.html", context, status=422 if form.errors else 200)


def _row(round: Round, question: str, words: str, by: User) -> dict[str, Any]:
    tasks = list(CodingTask.objects.filter(round=round, question=question, looked_at=None).select_related("coder"))
    return {
        "words": words, "count": len(coding.units(round, question, by)), "begun": len(tasks),
        "done": sum(task.done_at is not None for task in tasks),
        "mine": next((task for task in tasks if task.coder_id == by.pk), None),
        "code": _address("coding_units", round, question),
        "compare": _address("coding_compare", round, question) if coding.may_compare(round, question, by) else "",
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def code_units(request: HttpRequest, code: str) -> HttpResponse:
    """The answers or quotes, a page at a time, with the coder's own codes and nobody else's."""
    by = require(request.user, roles.MAPPER)
    round = queries.round_for(by, code, write=True)
    question, words = _question(request, round)
    units = coding.units(round, question, by)
    page = Paginator(units, ON_A_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        try:
            _keep(request, round, question, list(page.object_list), by)
            if request.POST.get("act") == "done":
                services.finish_coding(round=round, question=question, by=by)
                messages.success(request, _("You are done. Codes are compared when a second coder is done too."))
                return redirect("coding", round.code)
            messages.success(request, _("Your codes are saved."))
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        after = min(page.number + (1 if request.POST.get("act") == "next" else 0), page.paginator.num_pages)
        return redirect(f"{_address('coding_units', round, question)}&page={after}")
    given = coding.given_by(round, question, by)
    codes = list(round.codes.filter(ended_at=None))
    context = {
        "round": round, "question": question, "words": words, "page": page, "codes": codes,
        "rows": [{"unit": unit, "given": given.get(unit.key), "coded": unit.key in given} for unit in page.object_list],
        "coded": sum(unit.key in given for unit in units), "count": len(units),
        "task": coding.task_of(round, question, by), "looked": coding.LOOKED,
        "book": reverse("coding", args=[round.code]),
    }  # fmt: skip
    return render(request, "findings/code_units.html", context)


def _keep(request: HttpRequest, round: Round, question: str, units: list[coding.Unit], by: User) -> None:
    """What the page says of each of its units; one that nothing is said of stays uncoded."""
    known = {str(one.pk): one for one in round.codes.filter(ended_at=None)}
    for unit in units:
        chosen = request.POST.getlist(f"codes-{unit.key}")
        if not chosen:
            continue
        codes = [known[number] for number in chosen if number in known]
        if "none" in chosen and codes:
            raise ValidationError(_("“None of these” stands beside a code: choose the one or the other."))
        coding.give(round, question, unit, codes, by=by)


@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    by = require(request.user, roles.MAPPER)
    round = queries.round_for(by, code, write=True)
    question, words = _question(request, round)
    found = None
    if coding.may_compare(round, question, by):
        found = coding.comparison(round, question, by)
    asked = encoded({"round": round.code, "question": question})
    context = {
        "round": round, "words": words, "found": found,
        "counted": coding.counted(round, question, by) if found else [],
        "open": _differing(found) if found else [],
        "download": f"{reverse('codings_download', args=['csv'])}?{asked}",
        "limits": agreeing.LIMITS,
    }  # fmt: skip
    return render(request, "findings/code_compare.html", context)


def _differing(found: coding.Comparison) -> list[dict[str, Any]]:
    """What got different codes: each coder's first codes beside the coder's name."""
    return [
        {"row": row, "given": list(zip(found.coders, row.first, strict=True))} for row in found.rows if not row.agreed
    ]  # fmt: skip
