"""What holds a document together: its levels and numbers, which pages lie on their side, where its links lead."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .blocks import Block, Document, Figure, Heading, PageBreak, Statement, Table

_OUTSIDE = re.compile(r"(https?://[^\s<>\"\\^`{|}]+|mailto:[^\s<>\"\\^`{|}]+@[^\s<>\"\\^`{|}]+)\Z", re.IGNORECASE)
LONGEST = 2_000


def anchor_of(block: Block) -> str:
    """What a link to this block says after "#": a statement's code, the anchor of others."""
    if isinstance(block, Statement):
        return block.code
    return block.anchor if isinstance(block, Heading | Table | Figure) else ""


def marks_of(blocks: Iterable[Block]) -> dict[str, str]:
    """A short name of our own for each anchor, in order; of two blocks with the same anchor the first has it."""
    found: dict[str, str] = {}
    for block in blocks:
        if anchor := anchor_of(block):
            found.setdefault(anchor, f"a{len(found)}")
    return found


def inside(link: str, marks: dict[str, str]) -> str:
    """The mark that a link "#anchor" leads to; "" where nothing has that anchor."""
    return marks.get(link[1:], "") if link.startswith("#") else ""


def outside(link: str) -> str:
    """The address where it is one of the web or of mail; "" for anything else (javascript:, files)."""
    return link if len(link) <= LONGEST and _OUTSIDE.match(link) else ""


def has(document: Document, kind: type[Table] | type[Figure]) -> bool:
    """Is there a captioned table (figure) that a list of them could name?"""
    return any(isinstance(block, kind) and block.caption for block in document.blocks)


def even_levels(levels: Iterable[int]) -> list[int]:
    """Heading levels that begin at 1 and skip none, as readers by ear and PDF/UA ask for: 2, 4, 3 become 1, 2, 2."""
    open_levels: list[int] = []
    found = []
    for level in levels:
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        found.append(len(open_levels))
    return found


def stepped(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with even heading levels, none deeper than 4."""
    steps = iter(even_levels(block.level for block in blocks if isinstance(block, Heading)))
    return tuple(replace(block, level=min(next(steps), 4)) if isinstance(block, Heading) else block for block in blocks)


def anchored(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with an anchor for each heading: its own, else "section-3" of the third."""
    headings, found = 0, []
    for block in blocks:
        if isinstance(block, Heading):
            headings += 1
            block = block if block.anchor else replace(block, anchor=f"section-{headings}")
        found.append(block)
    return tuple(found)


def numbers_of(blocks: Iterable[Block]) -> list[str]:
    """For each block what stands before its words: "2.1" of a numbered heading, "" of anything else."""
    counted, found = [0, 0, 0, 0], []
    for block in blocks:
        number = ""
        if isinstance(block, Heading) and block.numbered:
            counted[block.level - 1] += 1
            counted[block.level :] = [0] * (4 - block.level)
            number = ".".join(str(count) for count in counted[: block.level])
        found.append(number)
    return found


def laid(blocks: Iterable[Block]) -> list[tuple[bool, tuple[int, ...]]]:
    """Runs of blocks that share a kind of page, by number: (does it lie on its side?, which blocks).

    A heading goes with the wide table below it. A page break where the pages turn anyway, or before anything
    stands, would make an empty page: it is left out.
    """
    listed = list(blocks)
    wide = [bool(getattr(block, "wide", False)) for block in listed]
    for i in range(len(listed) - 2, -1, -1):
        wide[i] = wide[i] or (wide[i + 1] and isinstance(listed[i], Heading))
    runs: list[tuple[bool, list[int]]] = []
    for i, side in enumerate(wide):
        if not isinstance(listed[i], PageBreak) and (not runs or runs[-1][0] != side):
            runs.append((side, []))
        if runs:
            runs[-1][1].append(i)
    for _side, numbers in runs:
        while isinstance(listed[numbers[-1]], PageBreak):
            numbers.pop()
    return [(side, tuple(numbers)) for side, numbers in runs]
