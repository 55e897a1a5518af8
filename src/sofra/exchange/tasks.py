"""Long imports, done by the worker (`sofra db_worker`) while the person looks at a progress page."""

import time

from django.core.cache import cache
from django.utils import translation
from django_tasks import task

from . import services
from .models import Import

INLINE_ROWS = 500
_TAKE_UP_AFTER = 20  # seconds without a worker's lock before a piece of work is given out again


@task()
def check(number: int, language: str) -> None:
    with translation.override(language):
        services.check_import(number)


@task()
def carry_out(number: int, language: str) -> None:
    with translation.override(language):
        services.run_import(number)


def take_up(imported: Import, language: str) -> bool:
    """Give work out again whose process was killed, at most once in _TAKE_UP_AFTER seconds. Twice is harmless."""
    key = f"import-{imported.pk}-{imported.state}-waits"
    waits_since = cache.get(key)
    now = time.time()
    if waits_since is None:
        cache.set(key, now, 3600)
        return False
    if now - waits_since < _TAKE_UP_AFTER:
        return False
    cache.set(key, now, 3600)
    if imported.state == Import.State.CHECKING:
        check.enqueue(imported.pk, language)
    else:
        carry_out.enqueue(imported.pk, language)
    return True
