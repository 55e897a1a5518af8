"""Uploaded files, kept once each under the SHA-256 of their content, below the data folder where backups find them.

A file is on the disk, whole and flushed, before its name is given out: a row that names it can be believed after a
power cut. What no row names any more is swept away by `sweep`.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

CHUNK = 256 * 1024


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


def sweep(named: set[str], *, older_than: float = 86_400) -> int:
    """Delete what no row names and nobody brought in the last `older_than` seconds; how many files went.

    Call it after the transaction that let go of them has ended. A younger file may belong to a row not yet written.
    """
    gone, limit = 0, time.time() - older_than
    for path in folder().glob("??/*"):
        if path.name not in named and path.stat().st_mtime <= limit:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _flush_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
