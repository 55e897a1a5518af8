"""A report with an edition, for every door; the marked secrets of findings and rounds are tried on it by `test_leaks`.

`hide_reports` publishes a second edition when all secrets stand in the world: an edition is public, whatever the
person who publishes may see; and it keeps a draft, which mappers alone read.
"""

from collections.abc import Callable
from typing import Any

from sofra.findings.models import Figure, Finding
from sofra.mapping.models import Round
from sofra.reports import services
from sofra.reports.models import Report
from sofra.reports.pieces import PIECES

New = Callable[[str, str], str]


def show_reports(made: Any) -> None:
    """A report of the round of `show_findings`: `made.report` its code, `made.block` a piece of its outline."""
    drita = made.people["drita"]
    round = Round.objects.get(code="al.found")
    report = services.begin_report(round=round, titles={"en": "The table is told of"}, code="al.told", by=drita)
    services.add_block(report, kind="heading", texts={"en": "Gaps"}, by=drita)
    services.add_block(report, kind="findings", about="gaps", by=drita)
    made.block = services.add_block(report, kind="annex", about="sources", by=drita).pk
    services.publish(report, by=drita)
    made.report = report.code


def _report(world: Any) -> dict[str, Any]:
    return {"code": world.report}


def _edition(world: Any) -> dict[str, Any]:
    return {"code": world.report, "number": 1}


REPORT_EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "report": _report,
    **dict.fromkeys((f"report_{name}" for name in ("edit", "outline", "draft", "publish")), _report),
    "report_block": lambda world: {"code": world.report, "number": world.block},
    "report_draft_file": lambda world: {"code": world.report, "language": "en", "form": "zip"},
    **dict.fromkeys(("edition", "edition_changes", "edition_withdraw"), _edition),
    "edition_file": lambda world: {**_edition(world), "language": "en", "form": "zip"},
}


def hide_reports(made: Any, new: New) -> None:
    ana, drita, report = made.people["ana"], made.people["drita"], Report.objects.get(code=made.report)
    for name, piece in PIECES.items():
        services.add_block(report, kind=piece.kind, about=name, by=ana)
    for finding in Finding.objects.filter(round=report.round):
        services.add_block(report, kind="finding", about=finding.code, by=ana)
    for figure in Figure.objects.filter(round=report.round):
        services.add_block(report, kind="figure", about=figure.code, by=ana)
    services.publish(report, by=ana, note="Told again")
    services.add_block(report, kind="text", texts={"en": new("reporttext", "mappers")}, by=drita)
    early = services.begin_report(
        round=Round.objects.get(code="al.asked.mapping"), titles={"en": new("reporttitle", "mappers")},
        subtitles={"en": new("reportsub", "mappers")}, authors=new("reportauthor", "mappers"), code="al.untold",
        by=drita,
    )  # fmt: skip
    services.add_block(early, kind="heading", texts={"en": new("reporthead", "mappers")}, by=drita)


def report_addresses(world: Any) -> list[str]:
    """Both editions in each form that is quick to write, the drafts, and what became of what."""
    told = f"/reports/{world.report}"
    return [
        "/reports/", "/en/reports/", f"{told}/", f"{told}/editions/2/", f"{told}/editions/2/changes/",
        *(f"{told}/editions/2/{file}" for file in ("sq.html", "en.html", "en.xlsx", "en.zip", "sq.docx")),
        f"/en{told}/draft/", f"{told}/outline/", "/reports/al.untold/", "/reports/al.untold/outline/",
        "/en/reports/al.untold/draft/", "/reports/al.untold/title/", "/reports/al.untold/draft/en.html",
    ]  # fmt: skip
