"""What can be asked of reports, and who may see it.

Editions are public; a report without one, its outline and its drafts are the mappers'.
"""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.findings.models import Figure, Finding
from sofra.ground.models import Visibility

from .models import Block, Edition, Report


def editions() -> QuerySet[Edition]:
    """Those that stand, newest first, without their content: it may be megabytes."""
    return Edition.objects.filter(withdrawn_at=None).defer("content").order_by("-number")


def reports(user: Any) -> QuerySet[Report]:
    """Those with an edition that stands; for mappers all. `standing` are their editions, newest first."""
    found = Report.objects.select_related("round").prefetch_related(
        Prefetch("editions", editions(), to_attr="standing")
    )  # fmt: skip
    if not has(user, roles.MAPPER):
        found = found.filter(pk__in=editions().values("report"))
    return found.order_by("code")


def report_for(user: Any, code: str, *, edit: bool = False) -> Report:
    """The report that the person may see (or, with `edit`, arrange); otherwise 404."""
    found = Report.objects.select_related("round").filter(code=code).first()
    mapper = has(user, roles.MAPPER)
    if found is None or not (mapper or (not edit and found.editions.exists())):
        raise Http404
    return found


def edition_for(user: Any, code: str, number: int | None = None) -> Edition:
    """An edition, its newest that stands where no number is given. 404 where there is none. A withdrawn edition is
    found too, so that its address says that it was withdrawn; its content is for mappers only."""
    found = Edition.objects.select_related("report__round").filter(report__code=code)
    if number is not None:
        edition = found.filter(number=number).first()
    else:
        edition = found.filter(withdrawn_at=None).order_by("-number").first()
    if edition is None:
        raise Http404
    return edition


def newest(report: Report) -> Edition | None:
    return report.editions.filter(withdrawn_at=None).order_by("-number").first()


def blocks_of(report: Report) -> list[Block]:
    return list(report.blocks.order_by("position", "id"))


def block_for(report: Report, number: int) -> Block:
    found = report.blocks.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def finding_of(report: Report, code: str) -> Finding | None:
    return Finding.objects.filter(round=report.round, code=code).first()


def figure_of(report: Report, code: str, level: int) -> Figure | None:
    return Figure.objects.filter(round=report.round, code=code, visible_to__lte=level).select_related("source").first()


def figures(report: Report) -> QuerySet[Figure]:
    return Figure.objects.filter(round=report.round, visible_to__lte=Visibility.MEMBERS).order_by("code")


def findings(report: Report) -> QuerySet[Finding]:
    """What may be placed: everything of the round that was not refused and that members may see."""
    found = Finding.objects.filter(round=report.round, visible_to__lte=Visibility.MEMBERS)
    return found.exclude(state=Finding.State.REFUSED).order_by("chapter", "position", "id")
