"""PDF/UA-1 by typst from a document: tagged, with its language, title, contents and alternative texts.

The program is document.typ, the same for every document; what people wrote reaches it as data.json and nothing else.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import links, svg
from .blocks import Document, Figure, Heading, Statement, Table, as_json
from .labels import labels
from .typesetting import typeset
from .widths import evened
from .widths import shares as widths_of

PROGRAM = Path(__file__).with_name("document.typ")
TALL_ROW = 18  # lines, about; a row with fewer is not parted by the end of a page
LETTERS_MM = {10: 0.62, 9: 0.69, 8: 0.78}  # how many letters of a size stand in a millimetre
LONG_WORD = 28  # letters; longer ones (addresses) may be broken anywhere
LONGEST_WORD = 500
LONG_STATEMENT = 1_200  # letters; a shorter one stands on one page, with where it was confirmed
_OURS = {"block", "style", "file", "label", "to", "url", "lang"}  # values that are no texts
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_RARE = re.compile(
    r"[^\n -~\u00a0-\u024f\u0391-\u03a1\u03a3-\u03c9\u0400-\u045f\u2013\u2014\u2018-\u201e\u2026\u20ac\u200b]"
)
_shown: dict[str, bool] = {}  # rarer characters, and whether one of typst's own fonts has them


class Unprintable(Exception):
    """typst refused the document; the message is typst's, for the log and not for a reader."""


def written(document: Document, program: Path = PROGRAM) -> bytes:
    """The file; the same bytes for the same document. Raises Unprintable, which would be a fault of ours.

    `program` lays the blocks out: document.typ, or a room's own that reads the same data.json.
    """
    data, drawings = told(document)
    made = datetime.fromisoformat(document.date or "2000-01-01").replace(tzinfo=UTC)
    _probe(_rare([*_texts(data), *drawings.values()]) - _shown.keys())
    for _attempt in range(3):
        unshown = _compiled(_printable_files(data, drawings, program), made)
        if isinstance(unshown, bytes):
            return unshown
        _shown.update(dict.fromkeys(unshown, False))
    raise Unprintable("characters without a shape remain")


def files_of(document: Document) -> dict[str, bytes]:
    """What typst gets: the program, the data and the drawings, by name."""
    data, drawings = told(document)
    _probe(_rare([*_texts(data), *drawings.values()]) - _shown.keys())
    return _printable_files(data, drawings, PROGRAM)


def _printable_files(data: dict[str, Any], drawings: dict[str, str], program: Path) -> dict[str, bytes]:
    files = {name: printable(drawing, breaking=False).encode() for name, drawing in drawings.items()}
    said = json.dumps(_each_text(data, printable)).encode()
    return {**files, "main": program.read_bytes(), "data.json": said}


def _rare(texts: Iterable[str]) -> set[str]:
    return {letter for text in texts if not text.isascii() for letter in _RARE.findall(text)}


def _compiled(files: dict[str, bytes], made: datetime) -> bytes | set[str]:
    """The PDF, or the characters that no font has. Raises Unprintable for every other refusal."""
    import typst

    try:
        return typeset(files, made=made)
    except typst.TypstError as refused:
        if unshown := _named_in(refused):
            return unshown
        raise Unprintable(str(refused)) from refused


# — characters —————————————————————————————————————————————————————————————————————————————————————————————


def printable(text: str, *, breaking: bool = True) -> str:
    """The text with only what can be set: no control characters, and words in brackets for what no font has."""
    composed = unicodedata.normalize("NFC", text)
    composed = _RARE.sub(lambda rare: _stand_in(rare[0]), composed)
    composed = _TOGETHER.sub(lambda two: two[0][:-1] + "\u00a0", composed) if breaking else composed
    return _LONG.sub(_breakable, composed) if breaking else composed


# A number stays on the line of what it belongs to: "f. 14", "page 31", "37,3 %", "1 500", "Annex I".
_TOGETHER = re.compile(
    r"\b((?:[fp]|pp|fq|nr|Nr)\.|faqja|page|[Kk]reu|[Cc]hapter|Shtojca|Annex|pika|shënimi|gjetja|finding) (?=[\dIVX])"
    r"|(\d) (?=[%‰€]|\d{3}\b)"
)
_LONG = re.compile(rf"\S{{{LONG_WORD},}}")


def _breakable(word: re.Match[str]) -> str:
    """An address may break anywhere; what is longer than any address gets spaces, or typst would take minutes."""
    if len(word[0]) > LONGEST_WORD:
        return " ".join(re.findall(r".{1,64}", word[0]))
    return "\u200b".join(re.findall(r".{1,8}", word[0]))


def _stand_in(letter: str) -> str:
    if letter in "\t\r\v\f\u2028\u2029":
        return " "
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs") or 0xFE00 <= ord(letter) <= 0xFE0F:
        return ""
    if _shown.get(letter, True):
        return letter
    if 0x1F1E6 <= ord(letter) <= 0x1F1FF:  # half a flag
        return chr(ord(letter) - 0x1F1E6 + ord("A"))
    name = unicodedata.name(letter, "").lower()
    return f"[{name}]" if name and not name.startswith("cjk") else f"[U+{ord(letter):04X}]"


def _probe(letters: set[str]) -> None:
    """Ask typst, in a document of nothing else, which of these its fonts have."""
    import typst

    asked = sorted(letter for letter in letters if _stand_in(letter) == letter)
    if not asked:
        return
    program = b"""#set document(title: "-")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern"))
#for letter in json("letters.json") [#letter ]"""
    files = {"main": program, "letters.json": json.dumps(asked).encode()}
    missing: set[str] = set()
    try:
        typeset(files)
    except typst.TypstError as refused:
        missing = _named_in(refused)
    _shown.update({letter: letter not in missing for letter in asked})


def _named_in(refused: Any) -> set[str]:
    found: set[str] = set()
    for said in _UNSHOWN.findall(refused.diagnostic):
        plain = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), said)
        found |= set(_RARE.findall(plain))
    return found


def _texts(data: Any, name: str = "") -> Iterable[str]:
    if isinstance(data, str):
        if name not in _OURS:
            yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, key)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value, name)


def _each_text(data: Any, change: Callable[[str], str], name: str = "") -> Any:
    if isinstance(data, str):
        return data if name in _OURS else change(data)
    if isinstance(data, dict):
        return {key: _each_text(value, change, key) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_each_text(value, change, name) for value in data]
    return data


# — what the program is told ———————————————————————————————————————————————————————————————————————————————


def told(document: Document) -> tuple[dict[str, Any], dict[str, str]]:
    """The data of document.typ, and the drawings by the names that it knows them under."""
    document = replace(document, blocks=links.stepped(document.blocks))
    marks, used, drawings = links.marks_of(document.blocks), set[str](), dict[str, str]()
    said: dict[str, Any] = {
        **as_json(document),
        "lang": _language(document.language),
        "labels": labels(document.language),
    }
    for block, one in zip(document.blocks, said["blocks"], strict=True):
        mark = marks.get(links.anchor_of(block), "")
        one["label"] = "" if mark in used else mark
        used.add(mark)
        if isinstance(block, Table):
            one |= _table(block)
        elif isinstance(block, Figure):
            name = f"drawing-{len(drawings)}.svg"
            drawings[name] = svg.cleaned(block.svg) or svg.EMPTY
            one |= {"file": name, "alt": block.alt or block.caption or "–", "svg": "", "table": None}
            one["width"] = svg.printed_mm(drawings[name], wide=block.wide)
        for run in _runs(one):
            run |= {"to": links.inside(run["link"], marks), "url": links.outside(run.pop("link"))}
        if isinstance(block, Statement):
            one["long"] = sum(len(run.text) for run in block.runs) > LONG_STATEMENT
        if isinstance(block, Heading) and not block.text.strip():
            one["text"] = "–"  # PDF/UA has no heading without words
    blocks = said.pop("blocks")
    said["runs"] = [{"wide": wide, "blocks": [blocks[i] for i in run]} for wide, run in links.laid(document.blocks)]
    said["title"] = document.title.strip() or "–"
    said["tables"] = links.has(document, Table)
    said["figures"] = links.has(document, Figure)
    return said, drawings


def _lines_of(row: list[str], per_line: list[float]) -> float:
    """About how many lines the highest cell of a row takes; `per_line` letters stand in a line of each column."""
    return max(
        (sum(len(part) // most + 1 for part in text.split("\n")) for text, most in zip(row, per_line, strict=True)),
        default=0,
    )


def _language(code: str) -> str:
    """As typst takes it: two or three letters; "und", not known, for anything else."""
    found = re.match(r"[a-z]{2,3}(?=-|\Z)", code)
    return found[0] if found else "und"


def _runs(one: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from one.get("runs", ())
    for lines in ("items", "evidence", "objections"):
        for line in one.get(lines, ()):
            yield from line


def _table(table: Table) -> dict[str, Any]:
    """Cells in a row without what a typst table would refuse, and letters the smaller the more columns there are."""
    widths = widths_of(table) or (1.0,)
    head = [*table.head, *[""] * (len(widths) - len(table.head))] if any(table.head) else []
    room = 1.5 if table.wide else 1.0
    size = 10 if len(widths) <= 4 * room else 9 if len(widths) <= 6 * room else 8
    rows = evened(table)
    line = (svg.WIDE_MM if table.wide else svg.PAGE_MM)[0]
    per_line = [max(line * width / sum(widths) - 4, 5) * LETTERS_MM[size] for width in widths]
    return {
        "head": head, "rows": rows, "widths": widths, "numbers": list(table.numbers), "size": size,
        "tall": [i for i, row in enumerate(rows) if _lines_of(row, per_line) > TALL_ROW],
        "key": len(rows) == 1 and len(widths) == 2 and table.numbers == (1,) and len("".join(rows[0])) < LONG_WORD * 4,
    }  # fmt: skip
