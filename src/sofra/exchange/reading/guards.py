"""What a file is, told from its bytes; and what is refused before anything of it is unpacked."""

import enum
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from .table import Unreadable

MOST_UNPACKED = 400 * 1024 * 1024  # bytes of a workbook, unpacked
MOST_TIMES = 200  # a part that grows more than this when unpacked, and is large, is a bomb
MOST_PARTS = 2_000
MOST_CELLS = 12_000_000  # calamine keeps a rectangle of cells in memory, about 40 bytes each
CHUNK = 1024 * 1024


class Kind(enum.Enum):
    TEXT = "text"
    XLSX = "xlsx"
    ODS = "ods"


_OTHERS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"), (b"SQLite format 3", "SQLite"), (b"{\\rtf", "RTF"),
)  # fmt: skip


def kind_of(path: Path) -> Kind:
    """Text, XLSX or ODS. Raises `Unreadable` for everything else, with the way out."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise Unreadable(_("The file is empty: 0 bytes. Choose the file that holds the table."))
    if start[:4] == b"PK\x03\x04" or start[:4] == b"PK\x05\x06":
        return _kind_of_zip(path)
    if start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(_old_office(path))
    for magic, name in _OTHERS:
        # Two letters alone may begin a text ("MZ Tirana"), so a binary's zero bytes are asked for as well.
        if start.startswith(magic) and (len(magic) > 2 or b"\x00" in start[:64]):
            raise Unreadable(
                _("This is a %(kind)s file, whatever its name says. Save the table as CSV, XLSX or ODS.")
                % {"kind": name}
            )
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table", b"<svg")):
        raise Unreadable(_("This is a web page or XML file. Open it in a spreadsheet and save it as CSV or XLSX."))
    return Kind.TEXT


def _old_office(path: Path) -> str:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if "EncryptedPackage".encode("utf-16-le") in chunk:
                return _("The workbook is locked with a password. Open it, save it without a password, and try again.")
    return _("This is a file of an old Office program (XLS or DOC). Open it and save it as XLSX or CSV.")


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            return _checked_zip(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unreadable(
            _("The workbook is damaged and cannot be opened. Open it in a spreadsheet and save it again.")
        ) from error


def _checked_zip(archive: zipfile.ZipFile) -> Kind:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(
            _("The workbook is locked with a password. Open it, save it without a password, and try again.")
        )
    unpacked = sum(part.file_size for part in parts)
    bomb = any(p.file_size > 10 * CHUNK and p.file_size > MOST_TIMES * max(p.compress_size, 1) for p in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS or bomb:
        raise Unreadable(
            _("The workbook would unpack to %(size)d MB, which is more than is opened. Save the table as CSV.")
            % {"size": unpacked // CHUNK}
        )
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "mimetype" in names:
        mimetype = archive.read("mimetype") if archive.getinfo("mimetype").file_size < 200 else b""
        if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            manifest = "META-INF/manifest.xml"
            small = manifest in names and archive.getinfo(manifest).file_size < CHUNK
            if small and b"encryption-data" in archive.read(manifest):
                raise Unreadable(
                    _("The workbook is locked with a password. Open it, save it without a password, and try again.")
                )
            return Kind.ODS
    if "word/document.xml" in names or "mimetype" in names:
        raise Unreadable(_("This is a text document. Copy its table into a spreadsheet and save that as XLSX or CSV."))
    raise Unreadable(_("This is a ZIP file without a spreadsheet in it. Unpack it and choose the table itself."))


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part of an archive, unpacked a megabyte at a time; a part that lies about its size is found out.

    Raises `Unreadable` where it is damaged or declares entities (which multiply when read).
    """
    first = True
    try:
        with archive.open(name) as part:
            while piece := part.read(CHUNK):
                if first and re.search(rb"<!(DOCTYPE|ENTITY)", piece[:4096]):
                    raise Unreadable(_("The workbook holds definitions that no spreadsheet writes. Save it again."))
                first = False
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Unreadable(
            _("The workbook is damaged and cannot be opened. Open it in a spreadsheet and save it again.")
        ) from error
