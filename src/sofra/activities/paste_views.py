"""Pasting a table: paste it, look it over, mend what is wrong or leave it out, write the rest at once."""

import dataclasses
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sofra.accounts.access import require
from sofra.accounts.models import User
from sofra.organisations.forms import place_choices
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.places.titles import title_of

from . import columns, pasting, queries, unsaved
from .models import Unsaved
from .reading_rows import Problem, Read
from .table_views import remember

_FIRST_ROWS = 5


@require_http_methods(["GET", "HEAD", "POST"])
def own_paste(request: HttpRequest, code: str) -> HttpResponse:
    """The box for the table."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    kept = unsaved.unsaved_of(by, owner, what=Unsaved.What.PASTE)
    problem, text = "", request.POST.get("text", "").replace("\x00", "")
    if request.method == "POST":
        if request.POST.get("do") == "discard":
            unsaved.drop_unsaved(by=by, owner=owner, what=Unsaved.What.PASTE)
            messages.success(request, _("The pasted table is thrown away; nothing of it was written."))
            return redirect("own_activities", code=owner.code)
        try:
            pasting.split_table(text)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            pasting.keep_paste({"text": text}, owner=owner, by=by)
            return redirect("own_paste_check", code=owner.code)
    context = {
        "organisation": owner,
        "kept": kept,
        "text": text[: pasting.MOST_LETTERS] if problem else "",
        "problem": problem,
        "targets": [(name, capfirst(str(words))) for name, words in columns.TARGETS.items() if name != "number"],
        "usual": [columns.TARGETS[name] for name in pasting.USUAL],
    }
    return render(request, "activities/table_paste.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def own_paste_check(request: HttpRequest, code: str) -> HttpResponse:
    """How many rows are right, which are not and why; mend them in place, leave them out, and write."""
    by = require(request.user)
    owner = queries.organisation_for(request.user, code)
    kept = unsaved.unsaved_of(by, owner, what=Unsaved.What.PASTE)
    if kept is None:
        if request.method == "POST":
            messages.info(request, _("This table was written or thrown away already."))
        return redirect("own_paste", code=owner.code)
    if request.method == "POST":
        kept = pasting.keep_paste(_told(request, kept.typed), owner=owner, by=by)
    preview = pasting.look_over(kept.typed, owner=owner, by=by)
    if request.method == "POST" and request.POST.get("do") == "left":
        left = sorted({*preview.left, *(one.number for one in preview.wrong)})
        kept = pasting.keep_paste({**kept.typed, "left": left}, owner=owner, by=by)
        return redirect("own_paste_check", code=owner.code)
    if request.method == "POST" and request.POST.get("do") == "write":
        answer = _write(request, kept, owner, by)
        if answer is not None:
            return answer
    return render(request, "activities/table_paste_check.html", _context(request, owner, preview, kept))


def _told(request: HttpRequest, typed: dict[str, Any]) -> dict[str, Any]:
    """What the person said on this page, beside what was said before."""
    posted = request.POST
    mends = {number: dict(cells) for number, cells in typed.get("mends", {}).items()}
    for name, value in posted.items():
        sign, _dash, rest = name.partition("-")
        number, _dash, target = rest.partition("-")
        if sign == "m" and _is_row(number) and target in columns.TARGETS:
            mends.setdefault(number, {})[target] = str(value)[:10_000].replace("\x00", "")
    shown = {int(number) for number in posted.getlist("shown") if _is_row(number)}
    told = {**typed, "mends": mends, **_told_of_places(posted, typed)}
    for what in ("left", "sure"):
        ticked = {int(number) for number in posted.getlist(what) if _is_row(number)}
        told[what] = sorted((set(typed.get(what, ())) - shown) | ticked)
    if chosen := posted.getlist("column"):
        told["mapping"] = chosen[: pasting.MOST_COLUMNS]
        if chosen != typed.get("mapping") and "mapping" in typed:
            told["mends"] = {}
    if posted.get("do") == "everything":
        told["left"] = []
    return told


def _is_row(number: str) -> bool:
    return number.isdecimal() and len(number) < 8


def _told_of_places(posted: Any, typed: dict[str, Any]) -> dict[str, Any]:
    """What words for a place mean in every row: other words, or that they stay as they are."""
    places, kept = dict(typed.get("places", {})), set(typed.get("kept", ()))
    for index, words in enumerate(posted.getlist("words")[: pasting.SHOWN]):
        meant = posted.get(f"place-{index}", "").strip()[:500]
        if posted.get(f"keep-{index}"):
            kept.add(words)
        elif meant and meant != words:
            before = [first for first, then in places.items() if then == words]
            places |= dict.fromkeys(before or [words], meant)
    return {"places": places, "kept": sorted(kept)}


def _write(request: HttpRequest, kept: Unsaved, owner: Organisation, by: User) -> HttpResponse | None:
    publish, again = bool(request.POST.get("publish")), request.POST.get("twins") == "again"
    try:
        batch, made = pasting.write_paste(kept, owner=owner, by=by, publish=publish, again=again)
    except pasting.NotYet:
        return None
    if batch is None:
        messages.info(request, _("Every row stood there already; nothing was written."))
        return redirect("own_activities", code=owner.code)
    said = (
        ngettext("%(n)s activity was pasted and published.", "%(n)s activities were pasted and published.", made)
        if publish
        else ngettext("%(n)s activity was pasted as a draft.", "%(n)s activities were pasted as drafts.", made)
    )
    remember(request, owner, said % {"n": made}, [["batch", batch.pk]])
    return redirect(f"{reverse('own_activities', args=[owner.code])}?state={'published' if publish else 'draft'}")


def _context(request: HttpRequest, owner: Organisation, preview: pasting.Preview, kept: Unsaved) -> dict[str, Any]:
    asked = list(preview.places)[: pasting.SHOWN]
    cards = [one for one in preview.wrong if _fields_of(one, preview)][: pasting.SHOWN]
    others = [one for one in preview.wrong if one.number in {preview.places[text][0] for text in asked}]
    titles = _titles([*cards, *others], preview.taken)
    wrong = [
        {
            "number": one.number,
            "title": one.draft.title,
            "may_be_sure": not one.is_bad,
            "fields": [
                {
                    "name": name,
                    "label": capfirst(str(columns.TARGETS.get(name, name))),
                    "value": preview.cells[one.number].get(name, ""),
                    "says": [_says(p, titles) for p in one.problems if p.field == name and p.weight != "note"],
                }
                for name in _fields_of(one, preview)
            ],
        }
        for one in cards
    ]
    names = [("", _("Leave it out")), *((name, capfirst(str(words))) for name, words in columns.TARGETS.items())]
    return {
        "organisation": owner,
        "preview": preview,
        "right": len(preview.right),
        "total": len(preview.reads),
        "wrong": wrong,
        "waiting": len(preview.wrong),
        "wrong_more": max(sum(1 for one in preview.wrong if _fields_of(one, preview)) - pasting.SHOWN, 0),
        "places": [
            {"words": text, "rows": len(preview.places[text]), "says": _place_says(text, others, titles)}
            for text in asked
        ],
        "taken": [(text, "; ".join(titles.get(c, c) for c in codes)) for text, codes in preview.taken.items()][:50],
        "twins": len(preview.twins),
        "left": len(preview.left & {one.number for one in preview.reads}),
        "columns": [
            {"header": header, "target": target, "example": _example(preview, index)}
            for index, (header, target) in enumerate(zip(preview.table.header, preview.mapping, strict=True))
        ],
        "names": names,
        "no_title": "title" not in preview.mapping,
        "first": preview.right[:_FIRST_ROWS],
        "notes": _notes(preview),
        "publish": bool(request.POST.get("publish")),
        "at": kept.at,
        "known_places": place_choices(),
    }


def _fields_of(one: Read, preview: pasting.Preview) -> list[str]:
    """The fields of a row that need a word in the row itself: words for places of several rows are asked once."""
    return list(
        dict.fromkeys(
            problem.field
            for problem in one.problems
            if problem.weight != "note" and not (problem.field == "place" and problem.value in preview.places)
        )
    )


def _titles(wrong: list[Read], taken: dict[str, list[str]]) -> dict[str, str]:
    """Code → title with its code, of the places that unclear words may mean and of those that were taken."""
    codes = {code for found in taken.values() for code in found}
    for one in wrong:
        for problem in one.problems:
            codes |= set(problem.read.split("; ")) if problem.code == "place-ask" else set()
    return {code: f"{title_of(place)} ({code})" for code, place in Place.objects.in_bulk(codes).items()}


def _place_says(text: str, wrong: list[Read], titles: dict[str, str]) -> str:
    return next((_says(p, titles) for one in wrong for p in one.problems if p.field == "place" and p.value == text), "")


def _says(problem: Problem, titles: dict[str, str]) -> str:
    """The sentence of a problem, with places by their names."""
    if problem.code == "place-ask":
        meant = "; ".join(titles.get(code, code) for code in problem.read.split("; "))
        problem = dataclasses.replace(problem, read=meant)
    return problem.says()


def _example(preview: pasting.Preview, index: int) -> str:
    return next((cells[index] for _n, cells in preview.table.rows[:50] if index < len(cells) and cells[index]), "")


def _notes(preview: pasting.Preview) -> list[tuple[int, str, str]]:
    """The first things to be told that ask for nothing: (row, column, sentence)."""
    found = []
    for read in preview.reads:
        for problem in read.problems:
            if problem.weight == "note":
                found.append((read.number, problem.column, problem.says()))
                if len(found) == 20:
                    return found
    return found
