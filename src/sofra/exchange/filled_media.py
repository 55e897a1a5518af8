"""Photos and other files of an export: those of the ZIP that answers name, looked at and kept with their filling.

ODK Central packs them into `media/`, KoboToolbox into `…/attachments/<form>/<uuid>/`. What an answer names and the
ZIP lacks, or what is not what it says, is noted at the filling; the answers come in all the same.
"""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from sofra.ground import files
from sofra.questionnaires import arriving, sniffing
from sofra.questionnaires.models import Filling

_CHUNK = 1024 * 1024
MOST_UNPACKED = 4 * 1024**3  # bytes of all files together


class Attachments:
    """The files of an archive by their plain name, "" of the path before it."""

    def __init__(self, path: Path) -> None:
        self.archive: zipfile.ZipFile | None = None
        self.parts: dict[str, list[zipfile.ZipInfo]] = {}
        self.left = MOST_UNPACKED
        with suppress(zipfile.BadZipFile, OSError):
            self.archive = zipfile.ZipFile(path)
            names = set(self.archive.namelist())
            if names & {"xl/workbook.xml", "mimetype", "[Content_Types].xml"}:
                return
            for part in self.archive.infolist():
                plain = PurePosixPath(part.filename.replace("\\", "/")).name
                if not part.is_dir() and not plain.lower().endswith(".csv") and "__MACOSX" not in part.filename:
                    self.parts.setdefault(plain, []).append(part)

    def close(self) -> None:
        if self.archive is not None:
            self.archive.close()

    def of(self, name: str, instance: str) -> zipfile.ZipInfo | None:
        """The file that an answer names; of several those in the folder of its own filling come first."""
        found = self.parts.get(PurePosixPath(name.replace("\\", "/")).name, [])
        own = instance.removeprefix("uuid:")
        return next((part for part in found if own and own in part.filename), found[0] if len(found) == 1 else None)

    def keep(self, part: zipfile.ZipInfo, kind: str) -> tuple[files.Kept, str]:
        """The file as it is kept, and its media type. Raises Unwelcome."""
        assert self.archive is not None
        self.left -= part.file_size
        if part.flag_bits & 1 or self.left < 0:
            raise sniffing.Unwelcome(_("This file could not be unpacked. Add it by hand."))
        try:
            with self.archive.open(part) as source:
                head = source.read(sniffing.HEAD)
                found = sniffing.welcome(head, part.file_size, kind)
                kept = files.keep(_pieces(head, source), most=part.file_size)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, files.TooLarge):
            raise sniffing.Unwelcome(_("This file could not be unpacked. Add it by hand.")) from None
        return kept, found.media_type


def _pieces(head: bytes, source: IO[bytes]) -> Iterator[bytes]:
    yield head
    while piece := source.read(_CHUNK):
        yield piece


def attach(path: Path, numbers: list[int]) -> int:
    """Keep the files that these fillings name and have not; how many were kept."""
    archive = Attachments(path)
    try:
        if not archive.parts:
            return 0
        return sum(_attached(archive, filling, named) for filling, named in arriving.files_named(numbers))
    finally:
        archive.close()


def _attached(archive: Attachments, filling: Filling, named: list[arriving.Named]) -> int:
    kept, notices = 0, []
    for one in named:
        part = archive.of(one.name, filling.instance)
        try:
            if part is None:
                raise sniffing.Unwelcome(_("The ZIP holds no file “%(name)s”.") % {"name": one.name[:100]})
            stored, media_type = archive.keep(part, one.kind)
        except sniffing.Unwelcome as unwelcome:
            notices.append({"path": one.path, "sentence": str(unwelcome)})
            continue
        arriving.attach(filling, one.name, stored, media_type)
        kept += 1
    arriving.note(filling, notices)
    return kept
