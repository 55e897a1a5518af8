"""What a document consists of, before anybody decides whether it becomes PDF, Word or a page.

Everything is plain data and goes to JSON and back without loss, so that a published edition can be kept as it was.
Texts are texts: nothing in them is markup. `as_json` and `from_json` are each other's reverse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """A stretch of text. `note` is a footnote that hangs behind it; `link` an address or "#anchor" in the document."""

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """`level` 1 to 4. `anchor` is what links lead to; `numbered` headings get their number from the document."""

    text: str
    level: int = 1
    anchor: str = ""
    numbered: bool = False


@dataclass(frozen=True)
class Paragraph:
    """`style`: "" ordinary, "lead" an opening, "quote" words of another, "small" an aside, "care" a notice."""

    runs: tuple[Run, ...]
    style: str = ""


@dataclass(frozen=True)
class Listing:
    """A list; each item is one paragraph's runs."""

    items: tuple[tuple[Run, ...], ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts below a head. `numbers` are the columns (from 0) set flush right, `widths` shares of the line.

    An empty cell stays empty: what is not known is written out by whoever makes the table.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    source: str = ""
    anchor: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart or map as SVG, with what it shows in words for those who do not see it, and the same as a table."""

    caption: str
    svg: str
    alt: str
    source: str = ""
    anchor: str = ""
    table: Table | None = None
    wide: bool = False


@dataclass(frozen=True)
class Statement:
    """A finding: its words, where it stands ("confirmed at …"), and the evidence behind it, a line each."""

    code: str
    runs: tuple[Run, ...]
    standing: str = ""
    evidence: tuple[tuple[Run, ...], ...] = ()
    objections: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True)
class PageBreak:
    """The next block begins a new page on paper; nothing on a screen."""


Block = Heading | Paragraph | Listing | Table | Figure | Statement | PageBreak
_KINDS: dict[str, type[Any]] = {
    "heading": Heading, "paragraph": Paragraph, "list": Listing, "table": Table, "figure": Figure,
    "statement": Statement, "page_break": PageBreak,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True)
class Document:
    """`language` is that of its texts ("sq", "en"); `facts` are lines of the title page: publisher, date, edition.

    `contents` asks for a table of contents and lists of tables and figures. `running` stands at each page's foot.
    `date` is the ISO day of publication: it stands in the file's properties, and makes the same document the same file.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    author: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    contents: bool = True
    cover: bool = True
    running: str = ""
    date: str = ""


def as_json(document: Document) -> dict[str, Any]:
    said = asdict(document)
    said["blocks"] = [{"block": _NAMES[type(block)], **asdict(block)} for block in document.blocks]
    return said


def from_json(said: Mapping[str, Any]) -> Document:
    """Raises KeyError or TypeError for what `as_json` did not write."""
    values = dict(said)
    blocks = tuple(_block(one) for one in values.pop("blocks"))
    facts = tuple((str(name), str(value)) for name, value in values.pop("facts", ()))
    return Document(blocks=blocks, facts=facts, **values)


def _block(said: Mapping[str, Any]) -> Block:
    values = dict(said)
    kind = _KINDS[values.pop("block")]
    if kind in (Paragraph, Statement):
        values["runs"] = _runs(values["runs"])
    if kind is Statement:
        values["evidence"] = tuple(_runs(line) for line in values["evidence"])
        values["objections"] = tuple(_runs(line) for line in values["objections"])
    if kind is Listing:
        values["items"] = tuple(_runs(item) for item in values["items"])
    if kind is Table:
        values = _table_values(values)
    if kind is Figure and values.get("table"):
        values["table"] = Table(**_table_values(values["table"]))
    block: Block = kind(**values)
    return block


def _runs(said: Sequence[Mapping[str, Any]]) -> tuple[Run, ...]:
    return tuple(Run(**one) for one in said)


def _table_values(said: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(said)
    values["rows"] = tuple(tuple(row) for row in values["rows"])
    for name in ("head", "numbers", "widths"):
        values[name] = tuple(values[name])
    return values
