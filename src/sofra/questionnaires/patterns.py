"""Regular expressions of forms (Java's, as phones know them), read by Python without letting one run away."""

import re
from functools import lru_cache

from . import automata

LONGEST_PATTERN = 2_000
LONGEST_TEXT = 20_000
SHORT = 16  # letters, on which no pattern runs away

_LETTERS = (
    "a-zA-Z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0370-\u0481\u048a-\u058f\u05d0-\u05ea"
    "\u0620-\u06ff\u0900-\u097f\u1e00-\u1fff"
)
_CLASSES = {  # what stands between the brackets of a set
    "L": _LETTERS, "IsAlphabetic": _LETTERS, "IsLetter": _LETTERS, "IsLatin": "a-zA-Z\u00c0-\u024f", "Alpha": "A-Za-z",
    "Digit": "0-9", "N": "0-9", "Nd": "0-9", "IsDigit": "0-9", "Alnum": "A-Za-z0-9", "Upper": "A-Z", "Lower": "a-z",
    "Lu": "A-Z\u00c0-\u00de\u0410-\u042f", "Ll": "a-z\u00df-\u00ff\u0430-\u044f", "Space": "\\s",
    "Blank": " \\t", "P": "!-/:-@\\[-`{-~",
    "Punct": "!-/:-@\\[-`{-~", "IsPunctuation": "!-/:-@\\[-`{-~", "ASCII": "\\x00-\\x7f", "XDigit": "0-9A-Fa-f",
}  # fmt: skip
_PIECE = re.compile(r"\\p\{(\w+)\}|\\u([0-9A-Fa-f]{4})|\\[zZ]|\\h|\\.|[\[\]]", re.DOTALL)


def _ours(pattern: str) -> str:
    """Java's spelling of a pattern in Python's."""
    depth, made, at = 0, [], 0
    for piece in _PIECE.finditer(pattern):
        made.append(pattern[at : piece.start()])
        at, said = piece.end(), piece[0]
        if piece[1]:
            inside = _CLASSES.get(piece[1], _LETTERS)
            said = inside if depth else f"[{inside}]"
        elif piece[2]:
            said = re.escape(chr(int(piece[2], 16)))
        elif said in ("\\z", "\\Z"):
            said = "$"
        elif said == "\\h":
            said = " \\t" if depth else "[ \\t]"
        elif said == "[":
            said = "\\[" if depth else "["
            depth = 1
        elif said == "]":
            depth = 0
        made.append(said)
    return "".join(made) + pattern[at:]


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """None where Python cannot read it."""
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        return re.compile(_ours(pattern))
    except (re.error, OverflowError, RecursionError, ValueError):
        return None


@lru_cache(maxsize=256)
def _machine(pattern: str) -> automata.Machine | None:
    """For a pattern that could run away; None where it cannot, or where no machine can do it."""
    ours = _ours(pattern)
    try:
        return automata.Machine(ours) if automata.risky(ours) else None
    except (automata.Unfit, re.error, RecursionError, KeyError):
        return None


def matches(pattern: str, said: str) -> bool:
    """Does the whole text match, as on the phone? What cannot be read matches nothing."""
    found = compiled(pattern)
    if found is None or len(said) > LONGEST_TEXT:
        return False
    machine = _machine(pattern) if len(said) > SHORT else None
    if machine is not None:
        return len(said) <= automata.LONGEST and machine.matches(said)
    return found.fullmatch(said) is not None
