"""What a text of a report refers to: a line `[[f07]]` places a statement, figure or piece; `(#n01)` links to one."""

import re
from collections.abc import Iterator

from sofra.printing.links import LONGEST

_PLACED = re.compile(r"^[ \t]*\[\[([^\[\]\n]{1,120})\]\][ \t]*\r?$", re.MULTILINE)
_LINKED = re.compile(rf"\]\(#([^\s()]{{1,{min(LONGEST, 120)}}})\)")


def parts(text: str) -> Iterator[tuple[str, str]]:
    """The text in order, cut where something is placed: ("text", Markdown) or ("place", what the line names)."""
    for at, part in enumerate(_PLACED.split(text)):
        if at % 2:
            yield "place", part.strip()
        elif part.strip():
            yield "text", part


def placed(text: str) -> list[str]:
    return [name for kind, name in parts(text) if kind == "place"]


def linked(text: str) -> list[str]:
    """What `[words](#name)` leads to, in order."""
    return _LINKED.findall(text)
