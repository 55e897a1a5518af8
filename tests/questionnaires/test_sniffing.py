"""What a file is, whatever it is called."""

import pytest

from sofra.questionnaires.sniffing import MOST, Unwelcome, sniffed, welcome

pytestmark = pytest.mark.once
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 32
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (JPEG, "image", "image/jpeg"),
        (PNG, "image", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image", "image/heic"),
        (b"ID3\x04\x00", "audio", "audio/mpeg"),
        (b"#!AMR\n\x00", "audio", "audio/amr"),
        (b"\x00\x00\x00\x18ftyp3gp4\x00", "audio", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypisom\x00", "video", "video/mp4"),
        (b"%PDF-1.7\n", "file", "application/pdf"),
        ("emri;mosha\nËndrra;3\n".encode(), "file", "text/plain"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "file", "application/zip"),
        (JPEG, "file", "image/jpeg"),
    ],
)
def test_what_it_is(head: bytes, kind: str, media_type: str) -> None:
    assert welcome(head, len(head), kind).media_type == media_type


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"MZ\x90\x00\x03", "image"),
        (b"\x7fELF\x02", "file"),
        (b"#!/bin/sh\nrm -rf /", "file"),
        (b"PK\x03\x04\x14\x00AndroidManifest.xml", "file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'>", "image"),
        (b"\xef\xbb\xbf  <HTML><script>", "file"),
        (b"<?php system($_GET['x']);", "file"),
        (b"%PDF-1.7", "image"),
        (b"\x00\x01\x02", "file"),
        (b"", "file"),
    ],
)
def test_what_is_not_kept(head: bytes, kind: str) -> None:
    with pytest.raises(Unwelcome, match=r"\."):
        welcome(head, len(head), kind)


def test_a_program_is_called_one() -> None:
    with pytest.raises(Unwelcome, match="program"):
        welcome(b"MZ\x90\x00", 4, "image")


def test_too_large() -> None:
    with pytest.raises(Unwelcome, match="21 MB"):
        welcome(JPEG, MOST["image"] + 1, "image")


def test_an_unknown_binary_is_nothing() -> None:
    assert sniffed(b"\x01\x02\x03\x04") is None
