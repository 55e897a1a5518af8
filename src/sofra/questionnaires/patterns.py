"""Regular expressions of forms (Java's, as phones know them), read by Python without letting one run away."""

import re
from functools import lru_cache

LONGEST_PATTERN = 2_000
LONGEST_TEXT = 20_000

_CLASSES = {
    "\\p{L}": "[^\\W\\d_]", "\\p{Alpha}": "[A-Za-z]", "\\p{Digit}": "[0-9]", "\\p{Alnum}": "[A-Za-z0-9]",
    "\\p{Upper}": "[A-Z]", "\\p{Lower}": "[a-z]", "\\p{Lu}": "[A-ZÇË]", "\\p{Ll}": "[a-zçë]", "\\p{N}": "[0-9]",
    "\\p{Nd}": "[0-9]", "\\p{Punct}": "[!-/:-@\\[-`{-~]", "\\p{Space}": "\\s", "\\p{IsAlphabetic}": "[^\\W\\d_]",
}  # fmt: skip


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """None where Python cannot read it."""
    if len(pattern) > LONGEST_PATTERN:
        return None
    for theirs, ours in _CLASSES.items():
        if theirs in pattern:
            inside = re.search(r"\[[^\]]*" + re.escape(theirs), pattern)
            pattern = pattern.replace(theirs, ours[1:-1] if inside and ours[0] == "[" and ours[1] != "^" else ours)
    pattern = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: re.escape(chr(int(match[1], 16))), pattern)
    pattern = pattern.replace("\\Z", "$").replace("\\z", "$").replace("\\h", "[ \\t]")
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def matches(pattern: str, said: str) -> bool:
    """Does the whole text match, as on the phone? What cannot be read matches nothing."""
    found = compiled(pattern)
    if found is None or len(said) > LONGEST_TEXT:
        return False
    return found.fullmatch(said) is not None
