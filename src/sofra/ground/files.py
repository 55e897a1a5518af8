"""Uploaded files, kept once each under the SHA-256 of their content, below the data folder where backups find them.

A file is on the disk, whole and flushed, before its name is given out: a row that names it can be believed after a
power cut. What no row names any more is let go of at once by `let_go`, and whatever was missed by `sweep`.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import Http404, StreamingHttpResponse

CHUNK = 256 * 1024
_DAY = 86_400.0  # seconds
_AT_ONCE = 500  # digests that are looked for by one question
_OTHER_HASHES = frozenset({"hash", "previous", "key", "key_hash", "token_hash", "device", "sha256"})  # of no file here


class TooLarge(Exception):
    """The file is larger than `most` bytes."""


@dataclass(frozen=True)
class Kept:
    """`digest` is the name it can be asked for by; `size` in bytes."""

    digest: str
    size: int


def folder() -> Path:
    return Path(settings.DATA) / "files"


def path_of(digest: str) -> Path:
    """Where the file of this digest lies. Raises ValueError for what is no digest (a path, say)."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a digest")
    return folder() / digest[:2] / digest


def keep(chunks: Iterable[bytes], *, most: int | None = None) -> Kept:
    """Write the file and flush it to the disk; the same content a second time is kept once.

    Raises TooLarge as soon as it is longer than `most` bytes; nothing is left behind then.
    """
    root = folder()
    root.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle, temporary = tempfile.mkstemp(prefix=".coming-", dir=root)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if most is not None and size > most:
                    raise TooLarge(f"more than {most} bytes")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True, mode=0o750)
        if target.exists():
            os.utime(target)  # asked for again: `sweep` must not take it from under the row that is being written
        else:
            Path(temporary).replace(target)
            _flush_folder(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size)


def read(digest: str) -> Iterator[bytes]:
    """The file in pieces. Raises FileNotFoundError where it is not kept (any more)."""
    with path_of(digest).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def named(digests: Iterable[str]) -> set[str]:
    """Which of these some row names, in whatever room: every column that could hold a digest is asked.

    A room that keeps files need not say so here, so none can forget to.
    """
    wanted, found = list(digests), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for rows, column in _columns():
            found.update(rows.filter(**{f"{column}__in": some}).values_list(column, flat=True))
    return found


def _columns() -> Iterator[tuple[Any, str]]:
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            digest = isinstance(column, models.CharField) and column.max_length == 64 and not column.primary_key
            if digest and column.name not in _OTHER_HASHES:
                yield model._base_manager.order_by(), column.attname


def let_go(digests: Iterable[str]) -> int:
    """Delete those of these files that no row names any more; how many went.

    Call it after the transaction that let go of them has ended.
    """
    wanted = set(filter(None, digests))
    gone = wanted - named(wanted)
    for digest in gone:
        path_of(digest).unlink(missing_ok=True)
    return len(gone)


def sweep(*, older_than: float = _DAY) -> int:
    """Delete what no row names, and what was left half-written, unless it came in the last `older_than` seconds.

    How many files went. A younger file may belong to a row that is not written yet.
    """
    limit, gone = time.time() - older_than, 0
    for path in folder().glob(".coming-*"):
        gone += _deleted(path, limit)
    old = [path for path in folder().glob("??/*") if path.stat().st_mtime <= limit]
    kept = named(path.name for path in old)
    return gone + sum(_deleted(path, limit) for path in old if path.name not in kept)


def sweep_daily() -> int:
    """Sweep unless it was done within the last day, by whichever process."""
    mark = folder() / ".swept"
    if not folder().exists() or (mark.exists() and mark.stat().st_mtime > time.time() - _DAY):
        return 0
    mark.touch()
    return sweep()


def _deleted(path: Path, limit: float) -> bool:
    """Looked at once more: `keep` touches what is brought in again."""
    if not path.exists() or path.stat().st_mtime > limit:
        return False
    path.unlink(missing_ok=True)
    return True


def _flush_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def attachment(digest: str, name: str) -> StreamingHttpResponse:
    """A kept file as a download under its name, never shown in the browser; 404 where it is gone."""
    try:
        size = path_of(digest).stat().st_size
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    answer = StreamingHttpResponse(read(digest), content_type="application/octet-stream")
    answer["Content-Length"] = str(size)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
