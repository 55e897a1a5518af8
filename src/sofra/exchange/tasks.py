"""Long imports, done by the worker (`sofra db_worker`) while the person looks at a progress page."""

from django.utils import translation
from django_tasks import task

from . import services


@task()
def check(number: int, language: str) -> None:
    with translation.override(language):
        services.check_import(number)


@task()
def carry_out(number: int, language: str) -> None:
    with translation.override(language):
        services.run_import(number)
