"""What all tests stand on: the database that was asked for, a browser, and that nothing is skipped unseen."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import translation

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--disable-dev-shm-usage"]
# Begun first, so that two workers end at about the same time.
LONGEST = {"test_axe.py", "test_doors.py", "test_fuzz.py", "test_leaks.py", "test_demo.py", "test_processes.py"}
_folder = tempfile.TemporaryDirectory(prefix="sofra-tests-")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgresql"], default=None, help="what the tests run on (sqlite)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Before any test connects: the database, and a data folder of the run's own."""
    from django.conf import settings
    from django.db import connections

    if config.getoption("--database") == "postgresql" and "DATABASE_URL" not in os.environ:
        from tests.databases import postgresql

        from sofra.settings import database

        os.environ["DATABASE_URL"] = postgresql()  # the workers of a parallel run read it from here
        settings.DATABASES["default"] = database(os.environ["DATABASE_URL"])
        connections.settings = connections.configure_settings(settings.DATABASES)
        del connections["default"]
    # The real one is slow on purpose; what is tried here is who may do what, hundreds of times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = Path(_folder.name)
    settings.STATIC_ROOT = settings.DATA / "static"
    settings.STATIC_ROOT.mkdir()
    settings.EMAIL_FILE_PATH = settings.DATA / "mail"
    settings.STORAGES["default"]["OPTIONS"]["location"] = str(settings.DATA / "files")


def pytest_report_header() -> list[str]:
    from django.conf import settings

    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    return [f"database: {engine}; Chromium: {CHROMIUM or 'none found, so tests in a browser are skipped'}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)
    if not CHROMIUM:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium here: install the package chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With SOFRA_SKIP_NOTHING=1 (as CI runs) a test that is skipped has failed."""
    report: Any = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("SOFRA_SKIP_NOTHING") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, though nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        pytest.skip("no Chromium here: install the package chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own loop would make Django believe that it runs asynchronously.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        shown = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield shown
        shown.close()


@pytest.fixture(autouse=True)
def _in_albanian() -> Iterator[None]:
    """Each test begins in the hub's own language, whatever the one before it spoke."""
    with translation.override("sq"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_audit_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions end by emptying every table, which the guard of the audit would refuse."""
    with pytest.MonkeyPatch.context() as patch:
        operations: Any = DatabaseWrapper.ops_class
        empty = operations.execute_sql_flush

        def empty_without_guard(self: Any, statements: Sequence[str]) -> None:
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ground_auditline'"
                )
                guards: list[tuple[Any, ...]] = cursor.fetchall()
                for name, _ in guards:
                    cursor.execute(f"DROP TRIGGER {name}")
                empty(self, statements)
                for _, statement in guards:
                    cursor.execute(statement)

        patch.setattr(operations, "execute_sql_flush", empty_without_guard)
        yield
