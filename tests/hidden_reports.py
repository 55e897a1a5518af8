"""A report with an edition, for every door; the marked secrets of findings are tried on it by `test_leaks`."""

from collections.abc import Callable
from typing import Any

from sofra.mapping.models import Round
from sofra.reports import services


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
