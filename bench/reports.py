"""A report of 200 pages from a round in the database: its outline read, published in two languages, printed.

The round is generated: organisations over all of Albania, findings with evidence, figures; the outline places 60 charts
and maps. Each step is a process of its own; what printing takes beside typst alone is measured in bench/printing.py.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.apart import apart
from bench.printing import SENTENCES, _peak
from bench.tables import Table

CODE = "al.bench.mapping"
ORGANISATIONS, FINDINGS, FIGURES, MAPS = 2000, 620, 46, 14  # 46 charts and 14 maps
STEPS = ("document", "publish", "page", "pdf", "docx", "xlsx", "package")
NAMES = {
    "document": "the outline and its data made into a document, one language",
    "publish": "published: frozen in two languages with the data package's tables",
    "page": "the edition's page, as a reader gets it", "pdf": "PDF/UA-1 of the edition, made once",
    "docx": "Word of the edition, made once", "xlsx": "tables and annexes as XLSX", "package": "data package",
}  # fmt: skip


def fill(share: float) -> None:
    """The round, its findings and figures, and the report with its outline; the same each time."""
    from bench import worlds
    from django.core.management import call_command

    from sofra.findings import services as findings
    from sofra.findings.models import Figure, Finding
    from sofra.findings.vocabulary import CHAPTERS
    from sofra.mapping.models import Round
    from sofra.reports import services

    call_command("migrate", verbosity=0, interactive=False)
    call_command("places", "load", verbosity=0)
    worlds.fill(round(ORGANISATIONS * share))
    chance = random.Random(4)
    round_ = Round.objects.create(code=CODE, country="AL", titles={"sq": "Raundi", "en": "The round"}, state="open")
    source = findings.record_source(round=round_, kind="document", title="Një studim", consent="not_needed",
                                    visible_to=0, by=None)  # fmt: skip
    quote = findings.add_quote(source, text=chance.choice(SENTENCES), page="3", by=None)
    chapters = list(CHAPTERS)
    for number in range(round(FINDINGS * share)):
        words = " ".join(chance.choice(SENTENCES) for _sentence in range(2))
        finding = findings.record_finding(
            round=round_, statements={"sq": words, "en": words}, kind=chance.choice(Finding.Kind.values),
            chapter=chapters[number % len(chapters)], by=None,
        )  # fmt: skip
        findings.add_evidence(finding, kind="source", source=source, page=str(number), by=None)
        findings.add_evidence(finding, kind="quote", quote=quote, by=None)
        findings.confirm(findings.propose(finding, by=None), by=None)
    for _number in range(round(FIGURES * share)):
        series = [
            {"label": {"sq": f"Tema {n}", "en": f"Theme {n}"}, "value": str(chance.randrange(100))} for n in range(8)
        ]
        findings.record_figure(
            round=round_,
            titles={"sq": "Përgjigjet", "en": "Answers"},
            unit="%",
            base=400,
            series=series,
            source=source,
            by=None,
        )
    report = services.begin_report(round=round_, titles={"sq": "Raport i gjatë"}, by=None)
    laid: list[dict[str, Any]] = []
    for number, chapter in enumerate(chapters):
        laid.append({"kind": "heading", "about": chapter, "texts": {"sq": f"Kapitulli {number + 1}"}})
        laid.append({"kind": "text", "texts": {"sq": " ".join(chance.choice(SENTENCES) for _n in range(40))}})
        laid.append({"kind": "findings", "about": chapter})
    laid += [{"kind": "figure", "about": code} for code in Figure.objects.values_list("code", flat=True)]
    names = ("organisations-by-county", "organisations-by-municipality")
    laid += [
        {"kind": "map", "about": names[n % 2], "options": {"of": "registry"}} for n in range(round(MAPS * share))
    ]  # fmt: skip
    laid.append({"kind": "annex", "about": "annex-organisations", "options": {"of": "registry"}})
    services.lay_outline(report, laid, by=None)


def one(step: str, share: float) -> dict[str, float]:
    """Seconds and peak memory in MB of one step, and what it made in MB."""
    from sofra.reports import building, freezing, making, services
    from sofra.reports.models import Edition, Report

    if step == "fill":
        fill(share)
        return {"seconds": 0.0, "memory": 0.0, "size": 0.0, "pages": 0}
    report = Report.objects.get(code=CODE)
    ways: dict[str, Callable[[], Any]] = {
        "document": lambda: building.document_of(report, "sq", 0),
        "publish": lambda: services.publish(report, by=None),
    }
    began = time.perf_counter()
    size, pages = 0.0, 0
    if step in ways:
        ways[step]()
    elif step == "page":
        from sofra.printing import page

        edition = Edition.objects.get()
        size = len(page.html(freezing.document(edition, "sq")).encode()) / 1e6
    else:
        made = making.of_edition(Edition.objects.get(), "sq", step).content
        size = len(made) / 1e6
    seconds, memory = time.perf_counter() - began, _peak()
    if step == "pdf":
        import io

        import pypdf

        pages = len(pypdf.PdfReader(io.BytesIO(made)).pages)
    return {"seconds": seconds, "memory": memory, "size": size, "pages": pages}


def run(quick: bool = False) -> list[Table]:
    share = 0.05 if quick else 1.0
    folder = Path(tempfile.mkdtemp(prefix="sofra-bench-"))
    try:
        apart("reports", "fill", folder, share)
        found = {step: apart("reports", step, folder, share) for step in STEPS}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows: list[list[object]] = [
        [NAMES[step], one_["seconds"], one_["memory"], one_["size"] or ""] for step, one_ in found.items()
    ]
    says = (
        f"{int(found['pdf']['pages'])} pages; {round(FINDINGS * share)} findings with two pieces of evidence each, "
        f"{round(FIGURES * share)} charts, {round(MAPS * share)} maps, an annex of {round(ORGANISATIONS * share)} "
        "organisations. Each step once, in a new process."
    )
    return [Table("A report from the database", ["what", "seconds", "peak memory, MB", "file, MB"], rows, says)]
