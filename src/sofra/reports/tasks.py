"""What takes seconds is left to the worker (`sofra db_worker`): publishing a long report, and the files of editions."""

import time
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from sofra.accounts.models import User

from . import making, services
from .models import Edition, Report
from .rules import LANGUAGES

LONG = 40  # findings and pieces; a shorter report is published while the person waits
HEAVY = ("pdf", "docx")  # forms that take seconds to make
_LOST_AFTER = 300  # seconds; then the worker was killed
_WORKER_HAS = 20  # seconds to make a file; then there is no worker, and the one who asks makes it


def is_long(report: Report) -> bool:
    return report.blocks.count() + report.round.findings.count() > LONG


# — publishing —————————————————————————————————————————————————————————————————————————————————————————————


@task()
def publish(report: int, by: int, note: str, seen: int | None, language: str) -> dict[str, Any]:
    """{"edition": its number}, or {"problem": a sentence in the language of the person who asked}."""
    with translation.override(language):
        try:
            found = Report.objects.get(pk=report)
            made = services.publish(found, by=User.objects.get(pk=by), note=note, seen=seen)
        except services.Outdated:
            return {"problem": _("Somebody changed the report in the meantime: look at it once more, then publish.")}
        except ValidationError as refused:
            return {"problem": " ".join(refused.messages)}
    make_files.enqueue(made.pk)
    return {"edition": made.number}


def publishing(report: Report) -> DBTaskResult[Any, Any] | None:
    """The edition of this report that is being made now."""
    since = timezone.now() - timedelta(seconds=_LOST_AFTER)
    waiting = DBTaskResult.objects.filter(
        task_path=publish.module_path, finished_at=None, enqueued_at__gt=since
    ).order_by("enqueued_at")
    return next((one for one in waiting if _report_of(one) == report.pk), None)


def published(report: Report, number: str) -> DBTaskResult[Any, Any] | None:
    """What became of an edition that was asked for, by the number of its task."""
    try:
        found = DBTaskResult.objects.filter(task_path=publish.module_path, pk=number).first()
    except ValidationError:  # no number of a task
        return None
    return found if found is not None and _report_of(found) == report.pk else None


def _report_of(one: DBTaskResult[Any, Any]) -> int | None:
    given = one.args_kwargs.get("args") or [None]
    number: int | None = given[0]
    return number


# — files ——————————————————————————————————————————————————————————————————————————————————————————————————


@task()
def make_files(edition: int) -> None:
    """Every heavy file of an edition, so that nobody has to wait for it."""
    found = Edition.objects.select_related("report__round").get(pk=edition)
    for form in HEAVY:
        for language in LANGUAGES:
            if language in found.content["documents"]:
                making.of_edition(found, language, form)


def waits(edition: Edition, language: str, form: str) -> bool:
    """Is the file being made by the worker? False: it is there, quick to make, or the worker does not come."""
    if form not in HEAVY or making.is_kept(edition, language, form):
        return False
    key = f"report-files-{edition.pk}-{edition.digest[:16]}"
    now = time.time()
    if cache.add(key, now, 600):
        make_files.enqueue(edition.pk)
        return True
    return now - cache.get(key, 0.0) < _WORKER_HAS
