"""What a file that came with a filling really is, by its first bytes: what it is called proves nothing.

Only kinds that are named here are kept; a program, a page or a drawing that can run a script never is. The signatures
are those that the formats' own specifications fix.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HEAD = 4096  # bytes that must be seen to tell
MB = 1024 * 1024
MOST = {"image": 20 * MB, "audio": 50 * MB, "video": 200 * MB, "file": 25 * MB}  # of one file, by kind of question


class Unwelcome(ValueError):
    """The file is not kept; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Sniffed:
    """`group` is image, audio, video or document."""

    media_type: str
    group: str


_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", "image"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
    (b"GIF87a", "image/gif", "image"),
    (b"GIF89a", "image/gif", "image"),
    (b"II*\x00", "image/tiff", "image"),
    (b"MM\x00*", "image/tiff", "image"),
    (b"ID3", "audio/mpeg", "audio"),
    (b"\xff\xfb", "audio/mpeg", "audio"),
    (b"\xff\xf3", "audio/mpeg", "audio"),
    (b"\xff\xf1", "audio/aac", "audio"),
    (b"\xff\xf9", "audio/aac", "audio"),
    (b"OggS", "audio/ogg", "audio"),
    (b"fLaC", "audio/flac", "audio"),
    (b"#!AMR", "audio/amr", "audio"),
    (b"\x1aE\xdf\xa3", "video/webm", "video"),
    (b"\x00\x00\x01\xba", "video/mpeg", "video"),
    (b"%PDF-", "application/pdf", "document"),
    (b"{\\rtf", "application/rtf", "document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "document"),
    (b"PK\x03\x04", "application/zip", "document"),
)  # fmt: skip
_RIFF = {b"WEBP": ("image/webp", "image"), b"WAVE": ("audio/wav", "audio"), b"AVI ": ("video/x-msvideo", "video")}
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"#!", b"dex\n", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?php", b"<?xml", b"<body", b"<iframe", b"<%")
_IN_A_PROGRAM = (b"AndroidManifest.xml", b"classes.dex", b"META-INF/MANIFEST.MF")


def sniffed(head: bytes) -> Sniffed | None:
    """What the first bytes say; None for what is not known or must not be kept (a program, a page with scripts)."""
    for beginning, media_type, group in _BEGINNINGS:
        if head.startswith(beginning):
            archive_runs = media_type == "application/zip" and any(mark in head for mark in _IN_A_PROGRAM)
            return None if archive_runs else Sniffed(media_type, group)
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return Sniffed(*_RIFF[head[8:12]])
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    return None if is_program(head) else _of_text(head)


def _of_brand(brand: bytes) -> Sniffed:
    if brand in _PICTURES:
        return Sniffed("image/avif" if brand == b"avif" else "image/heic", "image")
    if brand in (b"M4A ", b"M4B "):
        return Sniffed("audio/mp4", "audio")
    return Sniffed("video/3gpp" if brand.startswith(b"3g") else "video/mp4", "video")


def _of_text(head: bytes) -> Sniffed | None:
    """A plain text, such as a CSV or notes; not one that a browser would run."""
    if not head or any(byte < 9 or 13 < byte < 32 for byte in head):
        return None
    if any(mark in head[:1024].lower() for mark in _MARKUP):
        return None
    return Sniffed("text/plain", "document")


def is_program(head: bytes) -> bool:
    """Something that a computer would run, whatever it is called."""
    if head.startswith(b"#!AMR"):
        return False
    return head.startswith(_PROGRAMS) or any(mark in head for mark in _IN_A_PROGRAM)


def welcome(head: bytes, size: int, kind: str) -> Sniffed:
    """What the file is, where it fits a question of this kind (image, audio, video, file). Raises Unwelcome."""
    if not size:
        raise Unwelcome(_("This file is empty. Choose another."))
    most = MOST.get(kind, MOST["file"])
    if size > most:
        raise Unwelcome(
            _("This file is too large: %(size)s MB, the most is %(most)s MB. Choose a smaller one.")
            % {"size": -(-size // MB), "most": most // MB}
        )
    if is_program(head):
        raise Unwelcome(_("This file is a program, whatever its name says. It was not kept."))
    found = sniffed(head)
    wanted = {"image": ("image",), "audio": ("audio", "video"), "video": ("video", "audio")}.get(kind)
    if found is None or (wanted and found.group not in wanted):
        raise Unwelcome(str(_WISHES.get(kind, _WISHES["file"])))
    return found


_WISHES = {
    "image": gettext_lazy("This file is not a picture. Choose one in the format JPEG, PNG, GIF, WebP or HEIC."),
    "audio": gettext_lazy("This file is not a recording. Choose one in the format MP3, M4A, OGG, WAV, AMR or FLAC."),
    "video": gettext_lazy("This file is not a video. Choose one in the format MP4, 3GP, WebM or AVI."),
    "file": gettext_lazy(
        "Files of this kind are not kept. Choose a PDF, a document, a table, a text, a picture or a ZIP."
    ),
}
