"""Which value a page was drawn from, as a short mark that the page carries back."""

import zlib


def seal(value: str) -> str:
    return format(zlib.crc32(value.encode("utf-8", "replace")), "x")
