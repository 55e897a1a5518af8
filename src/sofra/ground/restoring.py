"""Puts a backup in the place of what is here, whole or not at all.

On SQLite the backup becomes a new file that takes the old one's name when it is complete. On PostgreSQL everything
happens in one transaction. An older backup is loaded into tables of its own time and brought up to this version.
"""

import copy
import fcntl
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from . import backups
from .backups import BackupRefused, Contents


def holds_data(connection: Any) -> int:
    """How many audit lines the database holds: nothing can be done in a hub without leaving one."""
    if "ground_auditline" not in connection.introspection.table_names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ground_auditline")
        return int(cursor.fetchone()[0])


@contextmanager
def nobody_else() -> Iterator[None]:
    """No hub may be running with this data folder. Raises BackupRefused where one is."""
    folder = Path(settings.DATA)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with (folder / "running").open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupRefused("Sofra is running with this data: stop it first; nothing was changed.") from None
        yield


def restore(source: Path) -> Contents:
    """Check the backup and put it in the place of all data. Raises BackupRefused; then nothing was changed."""
    staged = Path(settings.DATA) / "restoring-files"
    with nobody_else(), backups.opened(source) as (archive, contents):
        backups.check_fits(contents)
        backups.unpack_files(archive, contents, staged)
        try:
            _place_files(staged, replace=False)
            if connections["default"].vendor == "sqlite":
                _restore_sqlite(archive, contents)
            else:
                _restore_postgresql(archive, contents)
            _place_files(staged, replace=True)
            _forget_others(contents)
        except DatabaseError as error:
            if "disk is full" in str(error) or "No space left" in str(error):
                raise BackupRefused("The disk is full: free some space and try again; nothing was changed.") from error
            raise BackupRefused(
                f"{source} cannot be loaded, since its rows do not fit together ({type(error).__name__}); "
                "nothing was changed."
            ) from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return contents


def _restore_sqlite(archive: zipfile.ZipFile, contents: Contents) -> None:
    target = Path(str(settings.DATABASES["default"]["NAME"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".restoring")
    _remove_sqlite(beside)
    try:
        with _default_is(beside):
            _load(archive, contents, connections["default"])
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        _release(target)
        beside.replace(target)
        _sync_folder(target.parent)
    finally:
        _remove_sqlite(beside)


@contextmanager
def _default_is(path: Path) -> Iterator[None]:
    """The new file as the default database while it is filled.

    Not under another alias: migrations of libraries speak to the default one whatever they are told.
    """
    described = connections.databases["default"]
    connections["default"].close()
    del connections["default"]
    filling: dict[str, Any] = copy.deepcopy(described)
    filling["NAME"] = str(path)
    filling["OPTIONS"]["init_command"] = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000;"
    connections.databases["default"] = filling
    try:
        yield
    finally:
        connections["default"].close()
        del connections["default"]
        connections.databases["default"] = described


def _release(target: Path) -> None:
    """Leave no journal of the old database beside its name. Raises BackupRefused where somebody still has it open."""
    if not target.exists():
        return
    link = sqlite3.connect(target, timeout=2)
    try:
        mode = link.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError:
        mode = "locked"
    except sqlite3.DatabaseError:  # what stands there is no database: it is replaced
        mode = "delete"
    finally:
        link.close()
    if mode != "delete":
        raise BackupRefused("Another program has the database open: stop it first; nothing was changed.")
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)


def _remove_sqlite(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _restore_postgresql(archive: zipfile.ZipFile, contents: Contents) -> None:
    connection = connections["default"]
    with transaction.atomic():
        _drop_ours(connection)
        _load(archive, contents, connection)


def _drop_ours(connection: Any) -> None:
    """Take away the hub's own tables and functions, and nothing else that may live in the same database."""
    labels = tuple(app.label for app in apps.get_app_configs())
    quote = connection.ops.quote_name
    known = {*connection.introspection.django_table_names(), "django_migrations"}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in known or table.startswith(tuple(f"{label}_" for label in labels)):
                cursor.execute(f"DROP TABLE IF EXISTS {quote(table)} CASCADE")
        cursor.execute(
            "SELECT oid::regprocedure::text, proname FROM pg_proc"
            " WHERE pronamespace = current_schema()::regnamespace AND proowner = current_user::regrole"
        )
        for signature, name in cursor.fetchall():
            if name.startswith(tuple(f"{label}_" for label in labels)):
                cursor.execute(f"DROP FUNCTION {signature} CASCADE")


def _load(archive: zipfile.ZipFile, contents: Contents, connection: Any) -> None:
    """Tables as they were when the backup was made, its rows, then this version's tables."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    made = {node for node in contents.migrations if node in graph.nodes}
    then = [n for n in sorted(made) if not any(c.key in made and c.key[0] == n[0] for c in graph.node_map[n].children)]
    executor.migrate(then)
    registry = executor.loader.project_state(then).apps
    with connection.constraint_checks_disabled(), transaction.atomic(using=connection.alias):
        backups.fill(archive, contents, connection=connection, registry=registry)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _place_files(staged: Path, *, replace: bool) -> None:
    """Move the backup's files to where they belong; those that would take another's place only when told to."""
    for path in [path for path in staged.rglob("*") if path.is_file()]:
        target = Path(settings.DATA) / path.relative_to(staged)
        if replace or not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


def _forget_others(contents: Contents) -> None:
    """Take away uploaded files that the backup does not know: no record leads to them any more."""
    kept = set(contents.files)
    for path, name in backups.uploaded():
        if name not in kept:
            path.unlink()
