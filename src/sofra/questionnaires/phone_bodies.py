"""What a phone sends, taken off the line whole before anything of it is believed.

A body may come in chunks, without a length: Django's own parser sees nothing then. And a body that was cut off reads
like a shorter one: so it is laid on the disk first, and parsed when its last boundary is there.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError

CHUNK = 64 * 1024
IN_MEMORY = 128 * 1024  # bytes of a body; a longer one lies on the disk, so that 500 photos do not fill the memory
MOST_XML = 5 * 1024 * 1024  # bytes of the answers themselves, without their files
_TAIL = 400  # bytes in which the last boundary must stand
XML = "xml_submission_file"


class BadBody(Exception):
    """What came is no whole submission; the text says why, in a word for the log."""


class TooLarge(Exception):
    """What came is larger than the hub takes."""


@dataclass(frozen=True)
class Sent:
    """The answers as XML, the files by the names that the answers call them, and whether more of them will come."""

    xml: bytes
    files: dict[str, UploadedFile]
    more_to_come: bool


@contextmanager
def submission(request: HttpRequest, *, most: int) -> Iterator[Sent]:
    """What the request carries; its files are there until the block ends. Raises BadBody, TooLarge (`most` bytes)."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        size = _take(request, body, most)
        _require_whole(request, body, size)
        body.seek(0)
        meta = {**request.META, "CONTENT_LENGTH": str(size)}
        try:
            said, files = MultiPartParser(meta, cast(Any, body), [TemporaryFileUploadHandler(request)], "utf-8").parse()
        except (MultiPartParserError, SuspiciousOperation) as error:
            raise BadBody("multipart") from error
        every = [file for _name, several in files.lists() for file in several]
        try:
            yield _sent(said, files, every)
        finally:
            for file in every:
                file.close()


def _take(request: HttpRequest, body: IO[bytes], most: int) -> int:
    """Lay the body down; how many bytes it has."""
    stream: Any = request.META["wsgi.input"]
    told = request.META.get("CONTENT_LENGTH") or ""
    left = int(told) if told.isdigit() else None
    if left is None and "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise BadBody("empty")
    if left is not None and left > most:
        raise TooLarge
    size = 0
    while left is None or left > 0:
        try:
            piece = stream.read(CHUNK if left is None else min(CHUNK, left))
        except OSError as error:
            raise BadBody("cut off") from error
        if not piece:
            break
        size += len(piece)
        if size > most:
            raise TooLarge
        left = None if left is None else left - len(piece)
        body.write(piece)
    if left:
        raise BadBody("cut off")
    return size


def _require_whole(request: HttpRequest, body: IO[bytes], size: int) -> None:
    """A multipart body ends with its boundary and two dashes; without them it was cut off on its way."""
    if request.content_type != "multipart/form-data":
        raise BadBody("not multipart")
    boundary = (request.content_params or {}).get("boundary", "")
    body.seek(max(0, size - _TAIL))
    if not boundary or b"--" + boundary.encode("ascii", "replace") + b"--" not in body.read(_TAIL):
        raise BadBody("cut off")


def _sent(said: Any, files: Any, every: list[UploadedFile]) -> Sent:
    answers = files.get(XML)
    if answers is not None and (answers.size or 0) > MOST_XML:
        raise TooLarge
    xml = answers.read() if answers is not None else said.get(XML, "").encode()
    if not xml:
        raise BadBody("no answers")
    named = {file.name: file for file in every if file is not answers and file.name}
    return Sent(xml, named, said.get("*isIncomplete*", "").lower() == "yes")
