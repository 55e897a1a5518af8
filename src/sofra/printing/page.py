"""The blocks of a document as accessible HTML in the components of the site (with static printing/printing.css)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import links, svg
from .blocks import Block, Document, Figure, Heading, Listing, PageBreak, Paragraph, Run, Statement, Table
from .labels import labels
from .letters import fit
from .widths import evened

_OWN_PAGE = re.compile(r"/(?!/)[\w/.\-?=&%#:+,]*\Z", re.ASCII)  # another page of the hub
_FIT_FOR_ID = re.compile(r"[A-Za-z0-9][\w.\-]{0,119}\Z", re.ASCII)


def html(document: Document, *, level: int = 2, statements: str = "") -> SafeString:
    """Contents (where asked), blocks and footnotes; a heading of level 1 becomes <h2> where `level` is 2. No <h1>.

    `statements` is the address of a statement's own page, with {} for its code; empty: codes lead nowhere.
    """
    blocks = links.anchored(links.stepped(document.blocks))
    page = _Page(document.language, level, links.marks_of(blocks), statements=statements)
    return page.whole(blocks, contents=document.contents)


def blocks_html(blocks: Sequence[Block], *, language: str, level: int = 2, prefix: str = "") -> SafeString:
    """Some blocks alone: a chapter of a report, one statement. Their footnotes stand at their end.

    `prefix` keeps footnotes and drawings apart where several such pieces stand on one page.
    """
    page = _Page(language, level, links.marks_of(blocks), prefix=prefix)
    return page.whole(links.stepped(blocks), contents=False)


@dataclass
class _Page:
    """What has been counted so far while a document is written out."""

    language: str
    level: int
    marks: dict[str, str]
    prefix: str = ""
    statements: str = ""
    notes: list[str] = field(default_factory=list)
    tables: int = 0
    figures: int = 0
    drawings: int = 0
    given: set[str] = field(default_factory=set)

    def whole(self, blocks: Sequence[Block], *, contents: bool) -> SafeString:
        self.say = labels(self.language)
        numbers = links.numbers_of(blocks)
        numbered = [
            (block, f"{n} {getattr(block, 'text', '')}".strip()) for block, n in zip(blocks, numbers, strict=True)
        ]
        inner = "".join(self._block(block, words) for block, words in numbered)
        listed = self._contents(numbered) if contents else ""
        return mark_safe(
            fit(f'<div class="document" lang="{escape(self.language)}">{listed}{inner}{self._notes()}</div>')
        )

    # — where things are ———————————————————————————————————————————————————————————————————————————————————

    def _target(self, anchor: str) -> str:
        """The id that an anchor has on the page: itself where it can be one, else a short mark."""
        return anchor if _FIT_FOR_ID.match(anchor) else f"{self.prefix}{self.marks.get(anchor, '')}"

    def _id(self, block: Block) -> str:
        anchor = links.anchor_of(block)
        if not anchor or anchor in self.given:
            return ""
        self.given.add(anchor)
        return f' id="{escape(self._target(anchor))}"'

    def _contents(self, numbered: Sequence[tuple[Block, str]]) -> str:
        """Two levels of headings as links, lists within a list."""
        entries = [
            (block.level, self._target(block.anchor), words)
            for block, words in numbered
            if isinstance(block, Heading) and block.level <= 2
        ]
        if len(entries) < 2:
            return ""
        said, depth = "", 0
        for level, target, words in entries:
            said += "<ol>" * (level - depth) if level > depth else "</li>" + "</ol></li>" * (depth - level)
            said, depth = f'{said}<li><a href="#{escape(target)}">{escape(words)}</a>', level
        said += "</li></ol>" * depth
        title = escape(self.say["contents"])
        return f'<nav class="document-contents" aria-label="{title}"><h{self.level}>{title}</h{self.level}>{said}</nav>'

    # — blocks —————————————————————————————————————————————————————————————————————————————————————————————

    def _block(self, block: Block, words: str) -> str:
        if isinstance(block, Heading):
            name = f"h{min(block.level + self.level - 1, 6)}"
            return f"<{name}{self._id(block)}>{_lines(words)}</{name}>"
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, Listing):
            name = "ol" if block.ordered else "ul"
            return f"<{name}>{self._items(block.items)}</{name}>"
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Figure):
            return self._figure(block)
        if isinstance(block, Statement):
            return self._statement(block)
        assert isinstance(block, PageBreak)
        return ""

    def _paragraph(self, block: Paragraph) -> str:
        runs = self._runs(block.runs)
        if block.style == "quote":
            return f"<blockquote><p>{runs}</p></blockquote>"
        if block.style == "care":
            return f'<div class="notice care"><p>{runs}</p></div>'
        kind = f' class="{block.style}"' if block.style in ("lead", "small") else ""
        return f"<p{kind}>{runs}</p>"

    def _items(self, items: Iterable[tuple[Run, ...]]) -> str:
        return "".join(f"<li>{self._runs(item)}</li>" for item in items)

    def _table(self, block: Table, *, numbered: bool = True) -> str:
        caption = _lines(block.caption)
        if block.caption and numbered:
            self.tables += 1
            caption = f"{escape(self.say['table'])} {self.tables}. {caption}"
        said = f"<caption>{caption}</caption>" if caption else ""
        if any(block.head):
            cells = (_cell("th", name, ' scope="col"', i in block.numbers) for i, name in enumerate(block.head))
            said += f"<thead><tr>{''.join(cells)}</tr></thead>"
        rows = "".join(f"<tr>{self._row(block, row)}</tr>" for row in evened(block))
        where = self._id(block) if numbered else ""
        return (
            f'<div class="table-wrap"{where} tabindex="0" role="group" aria-label="{escape(block.caption)}">'
            f'<table class="cards">{said}<tbody>{rows}</tbody></table></div>{self._source(block.source)}'
        )

    def _row(self, block: Table, row: Sequence[str]) -> str:
        said = []
        for i, text in enumerate(row):
            name = block.head[i] if i < len(block.head) else ""
            if i == 0 and 0 not in block.numbers and any(block.head):
                said.append(_cell("th", text, ' scope="row"', False))
            else:
                said.append(_cell("td", text, f' data-label="{escape(name)}"' if name else "", i in block.numbers))
        return "".join(said)

    def _figure(self, block: Figure) -> str:
        where = self._id(block)
        caption = _lines(block.caption)
        if block.caption:
            self.figures += 1
            caption = f"{escape(self.say['figure'])} {self.figures}. {caption}"
        drawing = svg.on_a_page(block.svg, alt=block.alt or block.caption, prefix=f"{self.prefix}d{self.drawings}-")
        self.drawings += 1
        said = f"<figcaption>{caption}</figcaption>" if caption else ""
        wide, high = svg.size(drawing) if drawing else (1.0, 1.0)
        broad = f' class="drawing broad" tabindex="0" role="group" aria-label="{escape(block.caption)}"'
        kind = broad if wide > high * 1.2 and wide > 360 else ' class="drawing"'
        said += f"<div{kind}>{drawing}</div>"
        if block.table is not None:
            table = self._table(block.table, numbered=False)
            said += f"<details><summary>{escape(self.say['as_table'])}</summary>{table}</details>"
        return f"<figure{where}>{said}</figure>{self._source(block.source)}"

    def _source(self, source: str) -> str:
        return f'<p class="source">{escape(self.say["source"])}: {_lines(source)}</p>' if source else ""

    def _statement(self, block: Statement) -> str:
        said = f"<p>{self._runs(block.runs)}</p>"
        if about := " · ".join(part for part in (self._code(block.code), escape(block.standing)) if part):
            said += f'<p class="standing">{about}</p>'
        for name, lines in (("evidence", block.evidence), ("objections", block.objections)):
            if lines:
                title = f"{escape(self.say[name])} ({len(lines)})"
                said += f"<details><summary>{title}</summary><ul>{self._items(lines)}</ul></details>"
        return f'<section class="statement"{self._id(block)}>{said}</section>'

    def _code(self, code: str) -> str:
        """A second copy ("f07-2") leads where the first one does."""
        if not code or not self.statements:
            return escape(code)
        return f'<a href="{escape(self.statements.format(re.sub(r"-[0-9]+$", "", code)))}">{escape(code)}</a>'

    # — runs and notes —————————————————————————————————————————————————————————————————————————————————————

    def _runs(self, runs: Iterable[Run]) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Run) -> str:
        said = _lines(run.text)
        said = f"<em>{said}</em>" if run.emphasis else said
        said = f"<strong>{said}</strong>" if run.strong else said
        if run.link.startswith("#") and run.link[1:] in self.marks:
            said = f'<a href="#{escape(self._target(run.link[1:]))}">{said}</a>'
        elif _OWN_PAGE.match(run.link):
            said = f'<a href="{escape(run.link)}">{said}</a>'
        elif address := links.outside(run.link):
            said = f'<a href="{escape(address)}" rel="noopener noreferrer">{said}</a>'
        return said + (self._note(run.note) if run.note else "")

    def _note(self, note: str) -> str:
        self.notes.append(note)
        n = len(self.notes)
        told = escape(self.say["note"].replace("{n}", str(n)))
        return (
            f'<sup><a href="#{self.prefix}note-{n}" id="{self.prefix}to-note-{n}" role="doc-noteref" '
            f'aria-label="{told}">{n}</a></sup>'
        )

    def _notes(self) -> str:
        if not self.notes:
            return ""
        back, title = escape(self.say["back"]), escape(self.say["notes"])
        lines = "".join(
            f'<li id="{self.prefix}note-{n}">{_lines(note)} '
            f'<a href="#{self.prefix}to-note-{n}" role="doc-backlink" aria-label="{back}">↩</a></li>'
            for n, note in enumerate(self.notes, start=1)
        )
        return f'<section class="notes" role="doc-endnotes" aria-label="{title}"><ol>{lines}</ol></section>'


def _lines(text: str) -> str:
    return escape(fit(text)).replace("\n", "<br>")


def _cell(name: str, text: str, more: str, number: bool) -> str:
    kind = ' class="number"' if number else ""
    return f"<{name}{more}{kind}>{_lines(text)}</{name}>"
