"""Acts at the same second, on a database on which writers wait for one another as they do in the hub."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def in_a_file(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """SQLite's database of the tests lives in one process's memory, where writers do not wait for one another: the
    tests of a module that takes this fixture as its own use a copy of it in a file."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "hub.sqlite3")])
    kept, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, str(tmp_path / "hub.sqlite3")
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = kept, name


def at_once(*acts: Callable[[], Any], refusals: tuple[type[Exception], ...]) -> list[str]:
    """Run the acts in threads that begin together, each with a connection of its own: "done", or which of the
    refusals it met, in alphabetical order; "lost" for one that any other exception ended."""
    start, said = Barrier(len(acts)), ["lost"] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            act()
            said[number] = "done"
        except refusals as refused:
            said[number] = type(refused).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number, act]) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(said)
