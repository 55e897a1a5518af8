"""Where the links of a document lead: to a place in it that exists, or to an address that may be followed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .blocks import Block, Document, Figure, Heading, Listing, Paragraph, Run, Statement, Table

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


def runs_of(block: Block) -> list[Run]:
    """Every run of text in the block, in reading order."""
    if isinstance(block, Paragraph):
        return list(block.runs)
    if isinstance(block, Listing):
        return [run for item in block.items for run in item]
    if isinstance(block, Statement):
        return [*block.runs, *(run for line in (*block.evidence, *block.objections) for run in line)]
    return []


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
