"""What must hold before the hub is served to others: each broken rule is one sentence with what to do."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from sofra.accounts.services import has_demo_people

SHORTEST_KEY = 50
ENOUGH_DISK_MB = 200


def broken_rules() -> Iterator[str]:
    """Every setting that is unsafe, as a sentence. Nothing where the hub may be served."""
    yield from _of_the_key()
    yield from _of_the_address()
    yield from _of_debugging()
    yield from _of_the_source()
    yield from _of_the_data_folder()


def broken_rules_of_data() -> Iterator[str]:
    """Every unsafe thing in the database. Only asked once the database is of this version."""
    if has_demo_people():
        yield (
            "The database holds the demo's invented people, whose passwords are public: "
            "serve a database of its own (SOFRA_DATA or DATABASE_URL), never the demo's."
        )


def _of_the_key() -> Iterator[str]:
    key = os.environ.get("SOFRA_SECRET_KEY", "")
    advice = "make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(64))'` and keep it secret."
    if not key:
        yield f"SOFRA_SECRET_KEY is not set: {advice}"
    elif len(key) < SHORTEST_KEY or len(set(key)) < 10 or key.startswith(("not-secret", "django-insecure")):
        yield f"SOFRA_SECRET_KEY is too short or too plain (at least {SHORTEST_KEY} random characters): {advice}"


def _of_the_address() -> Iterator[str]:
    hosts = [host.strip() for host in os.environ.get("SOFRA_HOSTS", "").split(",") if host.strip()]
    if not hosts:
        yield "SOFRA_HOSTS is not set: name the hosts of the hub, for instance SOFRA_HOSTS=sofra.example.al."
    for host in hosts:
        if "*" in host or host.startswith("."):
            yield f"SOFRA_HOSTS holds “{host}”, which lets others pose as the hub: name each host in full."
    origin = os.environ.get("SOFRA_ORIGIN", "")
    parts = urlsplit(origin)
    if not origin:
        yield "SOFRA_ORIGIN is not set: the address that people type, for instance SOFRA_ORIGIN=https://sofra.example.al."
    elif parts.scheme != "https" or not parts.hostname:
        yield f"SOFRA_ORIGIN is “{origin}”: it must begin with https://, since passwords travel to it."
    elif hosts and parts.hostname not in hosts:
        yield f"SOFRA_ORIGIN names {parts.hostname}, which SOFRA_HOSTS does not: name it there too."
    if not settings.HTTPS:
        yield "SOFRA_HTTPS is 0, so cookies would travel in the open: unset it, with an https proxy in front."


def _of_debugging() -> Iterator[str]:
    if settings.DEBUG:
        yield "SOFRA_DEBUG is 1, so errors would show the insides of the hub to anybody: unset it."


def _of_the_source() -> Iterator[str]:
    if settings.SOURCE_URL and urlsplit(settings.SOURCE_URL).scheme not in {"https", "http"}:
        yield f"SOFRA_SOURCE_URL is “{settings.SOURCE_URL}”: it must begin with https://."


def _of_the_data_folder() -> Iterator[str]:
    folder = Path(settings.DATA)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError:
        yield f"The data folder {folder} cannot be made: make it for the account that runs Sofra, or set SOFRA_DATA."
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield f"The data folder {folder} cannot be written: give it to the account that runs Sofra (chown)."
        return
    if folder.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield f"The data folder {folder} is open to every account of this machine: `chmod 750 {folder}`."
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    if connection.vendor == "sqlite" and database.exists() and database.stat().st_mode & stat.S_IWOTH:
        yield f"The database {database} can be written by every account of this machine: `chmod 640 {database}`."
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize // (1024 * 1024)
    if free < ENOUGH_DISK_MB:
        yield f"The disk that holds {folder} has only {free} MB free: free at least {ENOUGH_DISK_MB} MB."


def database_answers() -> str:
    """Empty where the database can be reached; else a sentence."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database cannot be reached: check DATABASE_URL and that PostgreSQL runs."
    return ""
