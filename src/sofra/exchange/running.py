"""Who works at an import now, and how far: a locked file beside the upload.

The lock dies with its process, however that ends; so a state that says "importing" while nobody holds the lock was
interrupted, and may be taken up again at once. The file also carries the progress, which one large transaction
could not show through the database.
"""

import fcntl
import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings


class Busy(Exception):
    """Another process works at this import."""


class Progress:
    """What the working process tells: rows done of rows in all (None while that is not known)."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def tell(self, done: int, total: int | None, step: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"done": done, "total": total, "step": step}))
        self._file.flush()


def folder() -> Path:
    """Where uploads and their locks lie: below the data folder, readable by the hub's account alone."""
    path = Path(settings.DATA) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _path(number: int) -> Path:
    return folder() / f"{number}.work"


@contextmanager
def working(number: int) -> Iterator[Progress]:
    """Work at an import alone. Raises Busy where another process does."""
    with _path(number).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield Progress(file)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """While a hundred thousand rows pass by, look for cyclic garbage seldom: it took a third of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 5, 5)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def is_running(number: int) -> bool:
    try:
        with _path(number).open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def progress_of(number: int) -> dict[str, Any]:
    """What was told last; empty where nothing was, or while it is being written."""
    try:
        told = json.loads(_path(number).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def forget(number: int) -> None:
    _path(number).unlink(missing_ok=True)
