"""Questionnaires: a form of 300 questions read, worked out and checked, beside a bare Django view and beside lxml alone.

The form has every second question asked only after the one before, a constraint on each, a calculation to each third
and a list of 61 municipalities chosen through 12 counties. "A page's work" is what one visit needs: read the kept
document, work it out, say what is wrong, write it again.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.tables import Table


def _django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sofra.settings")
        django.setup()


def spreadsheet(questions: int) -> str:
    """The form as a Markdown XLSForm."""
    lines = ["| survey |", "| | type | name | label | relevant | constraint | calculation | choice_filter |"]
    lines.append("| | select_one county | county | County | | | | |")
    for number in range(questions):
        asked = f"${{q{number - 1}}} != ''" if number % 2 else ""
        kind, constraint, choice_filter = "integer", ". >= 0 and . <= 500", ""
        if number % 10 == 9:
            kind, constraint, choice_filter = "select_one town", "", "county = ${county}"
        if number % 30 == 0:
            lines.append(f"| | begin group | g{number} | Part {number} | | | | |")
        lines.append(f"| | {kind} | q{number} | Question {number} | {asked} | {constraint} | | {choice_filter} |")
        if number % 3 == 0:
            lines.append(f"| | calculate | c{number} | | | | ${{q{number}}} * 2 + count-selected(${{county}}) | |")
        if number % 30 == 29:
            lines.append("| | end group | | | | | | |")
    lines += ["| choices |", "| | list_name | name | label | county |"]
    lines += [f"| | county | k{number} | County {number} | |" for number in range(12)]
    lines += [f"| | town | t{number} | Town {number} | k{number % 12} |" for number in range(61)]
    return "\n".join(lines)


def milliseconds(work: Callable[[], Any], rounds: int) -> float:
    """The median of so many runs."""
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def bare_view(rounds: int) -> float:
    """Milliseconds of Django's own way to a view that returns a constant: what no page of the hub can be faster than."""
    from django.core.handlers.base import BaseHandler
    from django.test import RequestFactory, override_settings

    handler, request = BaseHandler(), RequestFactory().get("/bare/")
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=_Addresses):
        handler.load_middleware()
        if handler.get_response(request).status_code != 200:
            raise RuntimeError("the bare view does not answer")
        return milliseconds(lambda: handler.get_response(request).content, rounds)


class _Addresses:
    """One address, as a URLconf."""

    @staticmethod
    def _constant(request: Any) -> Any:
        from django.http import HttpResponse

        return HttpResponse(b"x" * 40_000)

    urlpatterns: list[Any] = []


def run(quick: bool) -> list[Table]:
    _django()
    from lxml import etree

    from sofra.questionnaires import xform, xlsform
    from sofra.questionnaires.instance import Instance

    questions, rounds = (60, 3) if quick else (300, 25)
    text = spreadsheet(questions).encode()
    loaded = xlsform.read(text, "bench.md")
    form = xform.read(loaded.xform)
    instance = Instance.blank(form)
    instance.put("/data/county", "k1")
    for number in range(questions):
        instance.put(f"/data/g{number // 30 * 30}/q{number}", "t1" if number % 10 == 9 else str(number % 400))
    instance.recalculate()
    document = instance.xml()

    def page() -> None:
        came = Instance.read(form, document)
        came.recalculate()
        came.faults("en")
        came.xml()

    def check() -> None:
        instance.recalculate()
        instance.faults("en")

    from django.urls import path as address

    _Addresses.urlpatterns = [address("bare/", _Addresses._constant)]
    bare = bare_view(rounds)
    alone = milliseconds(lambda: etree.fromstring(loaded.xform.encode()), rounds)
    document_alone = milliseconds(lambda: etree.tostring(etree.fromstring(document.encode())), rounds)
    rows: list[list[Any]] = []
    for name, work, beside, what in (
        ("spreadsheet read by pyxform and checked", lambda: xlsform.read(text, "bench.md"), alone, "lxml, the XForm"),
        (
            "XForm read into a tree, every XPath compiled (kept)",
            lambda: xform.read(loaded.xform),
            alone,
            "lxml, the XForm",
        ),
        ("all worked out", instance.recalculate, bare, "a bare view"),
        ("all worked out and checked", check, bare, "a bare view"),
        ("parts with their status", lambda: instance.parts("en"), bare, "a bare view"),
        ("a page's work", page, document_alone, "lxml, the document"),
    ):
        taken = milliseconds(work, max(3, rounds // 5) if name.startswith("spreadsheet") else rounds)
        rows.append([name, taken, beside, what, f"{taken / beside:.1f}×"])
    says = f"{questions} questions, {len(document) // 1024} kB of answers, {len(loaded.xform) // 1024} kB of XForm."
    return [Table("A form of 300 questions", ["step", "ms", "beside, ms", "beside what", "ratio"], rows, says)]
