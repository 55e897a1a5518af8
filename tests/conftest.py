"""What all tests stand on."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_albanian() -> Iterator[None]:
    """Each test begins in the hub's own language, whatever the one before it spoke."""
    with translation.override("sq"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_audit_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions end by emptying every table, which the guard of the audit would refuse."""
    with pytest.MonkeyPatch.context() as patch:
        empty = DatabaseOperations.execute_sql_flush

        def empty_without_guard(self: DatabaseOperations, statements: Sequence[str]) -> None:
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

        patch.setattr(DatabaseOperations, "execute_sql_flush", empty_without_guard)
        yield
