"""How the letters of a text file are written: UTF-8, UTF-16, or one of the old code pages of the region.

ë and ç have the same byte in Windows-1250 and -1252 and in ISO-8859-1, -2 and -16; the quotes and dashes of
Windows, and š ž č ć đ, tell these apart. A file is read once, a megabyte at a time.
"""

import codecs
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from .guards import CHUNK
from .table import Unreadable

CHOICES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "iso8859-2": "ISO-8859-2",
    "iso8859-16": "ISO-8859-16",
    "cp1251": "Windows-1251",
}
_LEGACY = ("cp1252", "cp1250", "iso8859-2", "iso8859-16", "cp1251")
_WEIGHTS = {
    **dict.fromkeys("ëçËÇ", 3.0),
    **dict.fromkeys("šžčćđŠŽČĆĐ", 2.0),
    **dict.fromkeys("“”„‘’‚–—…«»€•·", 1.5),
    **dict.fromkeys("éèêàâáíìîóòôöúùûüäñßÉÖÜÄ°§©®´\u00a0", 0.6),
    **dict.fromkeys("абвгдежзијклмнопрстуфхцчшђћџѓќљњѕАБВГДЕЖЗИЈКЛМНОПРСТУФХЦЧШЂЋЏЃЌЉЊЅ", 1.0),
}
_CONTROLS = bytes(b for b in range(1, 32) if b not in (9, 10, 11, 12, 13, 26)) + b"\x7f"
_NOT_CONTROLS = bytes(b for b in range(256) if b not in _CONTROLS)
_ASCII = bytes(range(128))
_SAMPLE = CHUNK


@dataclass(frozen=True)
class Encoding:
    """`name` is Python's, `shown` is for people; `sure` where the bytes leave no other reading."""

    name: str
    shown: str
    sure: bool = True


def detect(path: Path, chosen: str = "") -> Encoding:
    """How the file is written. Raises `Unreadable` where that cannot be told or where it is no text."""
    with path.open("rb") as file:
        start = file.read(8192)
    if chosen in CHOICES:
        bom = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
        has_bom = start.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return Encoding(bom.get(chosen, chosen) if has_bom else chosen, CHOICES[chosen])
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable(_("The file is written in UTF-32, which hardly any program reads. Save it as UTF-8."))
    if start.startswith(codecs.BOM_UTF8):
        _scan(path, must_be_utf8=True)
        return Encoding("utf-8-sig", _("UTF-8 (marked)"))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", _("UTF-16 (marked)"))
    if guess := _unmarked_utf16(start):
        return guess
    high = _scan(path)
    return _legacy(high) if high is not None else Encoding("utf-8", "UTF-8")


def _unmarked_utf16(start: bytes) -> Encoding | None:
    """UTF-16 without its mark: every second byte of Latin text is zero, and the other ones are not."""
    half = max(len(start) // 2, 1)
    even, odd = start[0::2].count(0) / half, start[1::2].count(0) / half
    if odd > 0.7 and even < 0.02:
        return Encoding("utf-16-le", "UTF-16 LE", sure=False)
    if even > 0.7 and odd < 0.02:
        return Encoding("utf-16-be", "UTF-16 BE", sure=False)
    return None


def _scan(path: Path, *, must_be_utf8: bool = False) -> bytes | None:
    """None where the whole file is UTF-8; otherwise a sample of the bytes above 127."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    wrong: int | None = None
    high = bytearray()
    controls = size = sequences = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if (at := chunk.find(0)) >= 0:
                raise Unreadable(
                    _(
                        "Byte %(at)d of the file is zero, so it is no text, or it is damaged. "
                        "Save the table as CSV (UTF-8)."
                    )
                    % {"at": size + at + 1}
                )
            controls += len(chunk.translate(None, _NOT_CONTROLS))
            if len(high) < _SAMPLE:
                high += chunk.translate(None, _ASCII)[:_SAMPLE]
            if wrong is None:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    wrong = size + error.start
                    sequences = len(chunk[: error.start].decode("utf-8", "ignore").encode("ascii", "ignore"))
                    sequences = error.start - sequences
            size += len(chunk)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            wrong = size if wrong is None else wrong
    if controls > max(3, size // 1000):
        raise Unreadable(_("This is no text file: it is full of control signs. Save the table as CSV, XLSX or ODS."))
    if wrong is None:
        return None
    if must_be_utf8 or sequences > 3:
        raise Unreadable(
            _("The file is UTF-8 up to byte %(at)d and something else from there on. Save the whole of it as UTF-8.")
            % {"at": wrong}
        )
    return bytes(high)


def _legacy(high: bytes) -> Encoding:
    counts = Counter(high)
    best, best_score = "", float("-inf")
    for name in _LEGACY:
        score = 0.0
        for byte, count in counts.items():
            character = bytes([byte]).decode(name, "replace")
            control = character == "\ufffd" or 0x80 <= ord(character) < 0xA0
            score += count * (-10.0 if control else _WEIGHTS.get(character, -1.0))
        if score > best_score:
            best, best_score = name, score
    if best_score < 0.3 * len(high):
        raise Unreadable(
            _("We cannot tell how the letters of this file are written. Save it as “CSV UTF-8” and try again.")
        )
    alike = best == "cp1252" and set(high) <= set("ëçËÇ“”„‘’–—…é".encode("cp1252"))
    return Encoding(best, "Windows-1252 / Windows-1250" if alike else CHOICES[best], sure=alike)
