"""Characters that a file may hold at all."""

import re

_UNFIT = re.compile("[^\t\n\r -\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """The text without what XML 1.0 and HTML have no place for: control characters, halves of characters."""
    return _UNFIT.sub("", text)
