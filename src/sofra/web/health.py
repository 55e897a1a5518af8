"""Is the hub well? Asked by the launcher, a load balancer, a monitor. Says nothing of the machine."""

import shutil
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ENOUGH_DISK = 20 * 1024 * 1024  # bytes below which a write may fail


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """The last migration of each room and library, as this version of the code has them."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def is_migrated() -> bool:
    """Has every migration that the code knows been applied?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return _expected() <= set(cursor.fetchall())


def can_write() -> bool:
    """Would the database take a change now? A database that is busy with another change counts as well."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')")
            recovering, read_only = cursor.fetchone()
        return not recovering and read_only == "off"
    name = str(settings.DATABASES["default"]["NAME"])
    if "memory" in name:
        return True
    free = _free(Path(name).parent)
    link = sqlite3.connect(f"file:{name}?mode=rw", uri=True, timeout=0.1, isolation_level=None)
    try:
        link.execute("BEGIN IMMEDIATE")
        link.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error) and free > ENOUGH_DISK
    finally:
        link.close()
    return free > ENOUGH_DISK


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def checks() -> dict[str, str]:
    """Each thing that must hold and whether it does; an error of any kind is a "failed", without its words."""
    found: dict[str, str] = {}
    for name, check in (("database", _answers), ("migrations", is_migrated), ("writing", can_write)):
        try:
            found[name] = "ok" if check() else "failed"
        except Exception:  # whatever it is, the hub is not well, and a visitor need not know more
            found[name] = "failed"
    return found


def _answers() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0] == 1


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 and "ok" where the database can be read and written and is of this version; else 503."""
    found = checks()
    well = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ok" if well else "failing", "checks": found}, status=200 if well else 503)
