"""Uploaded files: kept below the data folder under names of our own, never larger than allowed."""

import errno
import hashlib
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from .reading import Unreadable
from .running import folder

ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".xlsx", ".ods", ".md", ".zip")
_SPARE = 50 * 1024 * 1024  # bytes that stay free for everything else
_MB = 1024 * 1024


class NoRoom(Unreadable):
    """There is no room on the disk; nothing was kept."""


@dataclass(frozen=True)
class Stored:
    """`path` is below the data folder; `name` is what a person called the file, without what could harm."""

    path: str
    name: str
    sha256: str
    size: int


def clean_name(name: str) -> str:
    """The last part of a file's name, printable, at most 200 letters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return kept[-200:] or "table"


def store(pieces: Iterable[bytes], name: str) -> Stored:
    """Keep a file. Raises `Unreadable` for a kind or a size that is not taken, `NoRoom` for a full disk."""
    name = clean_name(name)
    if not name.lower().endswith(ENDINGS):
        raise Unreadable(
            _("“%(name)s” is no kind of file that is taken. Choose one of: %(endings)s.")
            % {"name": name, "endings": ", ".join(ENDINGS)}
        )
    path = folder() / f"{secrets.token_hex(16)}.table"
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for piece in pieces:
                size += len(piece)
                if size > settings.UPLOAD_LIMIT:
                    raise Unreadable(
                        _(
                            "The file is larger than %(limit)d MB. "
                            "Leave out what is not needed, or part it into several files."
                        )
                        % {"limit": settings.UPLOAD_LIMIT // _MB}
                    )
                digest.update(piece)
                file.write(piece)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if is_full(error):
            raise no_room() from error
        raise
    return Stored(f"imports/{path.name}", name, digest.hexdigest(), size)


def path_of(stored: str) -> Path:
    return Path(settings.DATA) / stored


def discard(stored: str) -> None:
    path_of(stored).unlink(missing_ok=True)


def check_room(size: int) -> None:
    """Raises `NoRoom` before the work begins where the database could not grow by what a file of this size needs.

    A row takes about eight times its text in the database: staged, as facts, in the log and in indexes.
    """
    free = shutil.disk_usage(folder()).free
    if free < size * 8 + _SPARE:
        raise NoRoom(
            _(
                "There is too little room on the disk: %(free)d MB are free, this needs about %(needed)d MB. "
                "Nothing was changed. Make room and start again."
            )
            % {"free": free // _MB, "needed": (size * 8 + _SPARE) // _MB}
        )  # fmt: skip


def is_full(error: BaseException) -> bool:
    """Whether an error says that the disk is full."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    if isinstance(error, DatabaseError):
        text = str(error).lower()
        return "disk is full" in text or "no space left" in text or "disk i/o error" in text
    return False


def no_room() -> NoRoom:
    return NoRoom(_("The disk is full. Nothing was changed. Make room and start again."))
