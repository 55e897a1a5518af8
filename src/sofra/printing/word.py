"""Word files that an editor goes on with: real styles, contents, captions that count, footnotes, alternative texts."""

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from . import links, svg
from .blocks import Block, Document, Figure, Heading, Listing, PageBreak, Paragraph, Run, Statement, Table
from .labels import labels
from .letters import fit
from .widths import evened, shares
from .word_styles import IDS, NAMESPACES, TEXT_MM, WIDE_MM, dress, numberings, section

EMU_A_MM = 36_000
TWIPS_A_MM = 56.7
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
SHORT = 6  # rows; a table with no more stays on one page, with its source


def written(document: Document) -> bytes:
    """The DOCX; the same bytes for the same document."""
    return _Writer(document).file()


class _Writer:
    """Writes the body as WordprocessingML, piece by piece, into the styles of word_styles."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks = links.stepped(document.blocks)
        self.marks = links.marks_of(self.blocks)
        self.given: set[str] = set()
        self.say = labels(document.language)
        self.word = docx.Document()
        self.notes: list[str] = []
        self.ids = count(1)
        self.lists = 0
        self.body: list[str] = []
        self.counted = {"table": 0, "figure": 0}
        self.wide = False
        self.at = 0  # the number of the block that is being written

    def file(self) -> bytes:
        self.made = datetime.fromisoformat(self.document.date or "2000-01-01").replace(tzinfo=UTC)
        dress(self.word, self.document, self.say, self.made)
        self._front()
        for wide, numbers in links.laid(self.blocks):
            self._turn(wide)
            for self.at in numbers:
                self._block(self.blocks[self.at])
        body = self.word.element.body
        last = body.sectPr
        for node in list(body):
            if node is not last:
                body.remove(node)
        for node in parse_xml(f"<w:body {NAMESPACES}>{''.join(self.body)}</w:body>"):
            last.addprevious(node)
        body.replace(last, parse_xml(self._section(self.wide)))
        self._add_footnotes()
        numberings(self.word, self.lists)
        out = BytesIO()
        self.word.save(out)
        return _settled(out.getvalue(), self.made)

    # — the pages before the text ——————————————————————————————————————————————————————————————————————————

    def _front(self) -> None:
        document = self.document
        self._add("Title", _run(document.title))
        if document.subtitle:
            self._add("Subtitle", _run(document.subtitle))
        if document.author:
            self._add("Author", _run(document.author))
        for name, value in document.facts:
            self._add("Fact", _run(f"{name}: ", strong=True) + _run(value))
        if document.cover:
            self.body.append(_PAGE_BREAK)
        if document.contents:
            self._contents()
            self.body.append(_PAGE_BREAK)

    def _contents(self) -> None:
        """Fields that Word fills anew when it opens the file; until then they hold the entries without numbers."""
        numbers = links.numbers_of(self.blocks)
        entries = [
            (block.level, f"{number} {block.text}".strip(), f"_Toc{1000 + i}")
            for i, (block, number) in enumerate(zip(self.blocks, numbers, strict=True))
            if isinstance(block, Heading)
        ]
        self._add("TOC Heading", _run(self.say["contents"]))
        self._listed(
            'TOC \\o "1-3" \\h \\z \\u', [(f"toc {level}", text, mark) for level, text, mark in entries if level <= 3]
        )
        for name, kind in (("table", Table), ("figure", Figure)):
            captions = [
                (block.caption, f"_Toc{1000 + i}")
                for i, block in enumerate(self.blocks)
                if isinstance(block, kind) and block.caption
            ]
            if captions:
                self._add("TOC Heading", _run(self.say[name + "s"]))
                label = self.say[name]
                said = [
                    ("table of figures", f"{label} {n}. {text}", mark)
                    for n, (text, mark) in enumerate(captions, start=1)
                ]
                self._listed(f'TOC \\h \\z \\c "{_counter(label)}"', said)

    def _listed(self, instruction: str, entries: list[tuple[str, str, str]]) -> None:
        begin = _field_char("begin", ' w:dirty="true"') + _instruction(instruction) + _field_char("separate")
        for i, (style, text, mark) in enumerate(entries):
            entry = f'<w:hyperlink w:anchor="{mark}" w:history="1">{_run(text)}</w:hyperlink>'
            entry = (begin if i == 0 else "") + entry + (_field_char("end") if i == len(entries) - 1 else "")
            self._add(style, entry)
        if not entries:
            self._add("Normal", begin + _field_char("end"))

    # — pages on their side ————————————————————————————————————————————————————————————————————————————————

    def _turn(self, wide: bool) -> None:
        """End the section where the page turns."""
        if wide != self.wide and not self.body:
            self.wide = wide
        if wide != self.wide:
            small = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
            self.body.append(f"<w:p><w:pPr>{small}{self._section(self.wide)}</w:pPr></w:p>")
            self.wide = wide

    def _section(self, wide: bool) -> str:
        return section(self.word, wide=wide, cover=self.document.cover)

    # — blocks —————————————————————————————————————————————————————————————————————————————————————————————

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            numbering = f'<w:numPr><w:ilvl w:val="{block.level - 1}"/><w:numId w:val="900"/></w:numPr>'
            self._add(
                f"Heading {block.level}", self._marked(block, _run(block.text)), numbering if block.numbered else ""
            )
        elif isinstance(block, Paragraph):
            style = {"lead": "Lead", "quote": "Quote", "small": "Small", "care": "Care"}.get(block.style, "Normal")
            self._add(style, self._runs(block.runs))
        elif isinstance(block, Listing):
            self._list(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)
        elif isinstance(block, Statement):
            self._statement(block)
        elif isinstance(block, PageBreak):
            self.body.append(_PAGE_BREAK)

    def _list(self, block: Listing) -> None:
        numbering = ""
        if block.ordered:
            self.lists += 1
            numbering = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{1000 + self.lists}"/></w:numPr>'
        for item in block.items:
            self._add("List Number" if block.ordered else "List Bullet", self._runs(item), numbering)

    def _table(self, block: Table) -> None:
        self._caption("table", block)
        line = (WIDE_MM if block.wide else TEXT_MM) * TWIPS_A_MM
        widths = [round(share * line) for share in shares(block)] or [round(line)]
        small = "" if len(widths) <= (8 if block.wide else 5) else "Table Small"
        rows, body = [], evened(block)
        if any(block.head):
            head = [*block.head, *[""] * (len(widths) - len(block.head))]
            rows.append(_row(head, widths, block.numbers, small, head=True, kept=True))
        for at, row in enumerate(body, start=1):
            last = at == len(body)
            kept = bool(block.source) if last else len(body) <= SHORT
            rows.append(_row(row, widths, block.numbers, small, kept=kept))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        look = (
            f'<w:tblLook w:val="0420" w:firstRow="{int(any(block.head))}" w:lastRow="0" w:noHBand="0" w:noVBand="1"/>'
        )
        named = f"<w:tblCaption w:val={quoteattr(fit(block.caption))}/>" if block.caption else ""
        if rows:
            self.body.append(
                f'<w:tbl><w:tblPr><w:tblStyle w:val="SofraTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
                f'<w:tblLayout w:type="fixed"/>{look}{named}</w:tblPr>'
                f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
            )
        self._source(block.source)

    def _figure(self, block: Figure) -> None:
        drawing = svg.cleaned(block.svg) or svg.EMPTY
        self._caption("figure", block)
        wide, high = svg.size(drawing)
        width = svg.printed_mm(drawing, wide=block.wide)
        extent = (round(width * EMU_A_MM), round(width * high / wide * EMU_A_MM))
        self._add("Figure", f"<w:r>{self._picture(drawing, extent, block.alt or block.caption or '–')}</w:r>")
        self._source(block.source)

    def _picture(self, drawing: str, extent: tuple[int, int], alt: str) -> str:
        """The drawing as vectors, with a picture of dots for readers that draw none."""
        relation, _image = self.word.part.get_or_add_image(BytesIO(svg.picture(drawing)))
        number = next(self.ids)
        part = Part(
            PackURI(f"/word/media/drawing{number}.svg"), "image/svg+xml", drawing.encode(), self.word.part.package
        )
        vectors = self.word.part.relate_to(part, RELATION.IMAGE)
        size = f'cx="{extent[0]}" cy="{extent[1]}"'
        said = f'<wp:docPr id="{number}" name="Drawing {number}" descr={quoteattr(fit(alt))}/>'
        return (
            f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>{said}'
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Drawing {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{relation}"><a:extLst><a:ext uri="{_SVG_EXTENSION}">'
            f'<asvg:svgBlip r:embed="{vectors}"/></a:ext></a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch>'
            f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing>"
        )

    def _caption(self, kind: str, block: Table | Figure) -> None:
        if not block.caption:
            return
        self.counted[kind] += 1
        label = self.say[kind]
        number = _field(f"SEQ {_counter(label)} \\* ARABIC", str(self.counted[kind]))
        self._add("Caption", self._marked(block, _run(f"{label} ") + number + _run(f". {block.caption}")))

    def _source(self, source: str) -> None:
        self._add("Source", _run(f"{self.say['source']}: {source}") if source else "")

    def _statement(self, block: Statement) -> None:
        self._add("Statement", self._marked(block, self._runs(block.runs)))
        if about := " · ".join(part for part in (block.code, block.standing) if part):
            self._add("Standing", _run(about), "<w:keepNext/>" * bool(block.evidence or block.objections))
        for name, lines in (("evidence", block.evidence), ("objections", block.objections)):
            if lines:
                self._add("Evidence", _run(self.say[name]))
                for line in lines:
                    self._add("Evidence Line", self._runs(line), _DASHED)

    # — runs, links, footnotes —————————————————————————————————————————————————————————————————————————————

    def _add(self, style: str, inner: str, more: str = "") -> None:
        self.body.append(f'<w:p><w:pPr><w:pStyle w:val="{_id_of(style)}"/>{more}</w:pPr>{inner}</w:p>')

    def _marked(self, block: Block, inner: str) -> str:
        """With the bookmarks that links and contents lead to."""
        names = [f"_Toc{1000 + self.at}"] if not isinstance(block, Statement) else []
        mark = self.marks.get(links.anchor_of(block), "")
        if mark and mark not in self.given:
            self.given.add(mark)
            names.append(mark)
        for name in names:
            number = next(self.ids)
            inner = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inner}<w:bookmarkEnd w:id="{number}"/>'
        return inner

    def _runs(self, runs: tuple[Run, ...]) -> str:
        return "".join(self._linked(run) + (self._note(run.note) if run.note else "") for run in runs)

    def _linked(self, run: Run) -> str:
        mark, address = links.inside(run.link, self.marks), links.outside(run.link)
        said = _run(run.text, strong=run.strong, emphasis=run.emphasis, style="Hyperlink" if mark or address else "")
        if mark:
            return f'<w:hyperlink w:anchor="{mark}">{said}</w:hyperlink>'
        if address:
            relation = self.word.part.relate_to(address, RELATION.HYPERLINK, is_external=True)
            return f'<w:hyperlink r:id="{relation}">{said}</w:hyperlink>'
        return said

    def _note(self, note: str) -> str:
        self.notes.append(note)
        return f'<w:r>{_RAISED}<w:footnoteReference w:id="{len(self.notes)}"/></w:r>'

    def _add_footnotes(self) -> None:
        """The part that python-docx does not make: two separators, then the notes."""
        kinds = (("separator", -1), ("continuationSeparator", 0))
        said = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
            f'w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for kind, number in kinds
        )
        for number, note in enumerate(self.notes, start=1):
            sign = f"<w:r>{_RAISED}<w:footnoteRef/></w:r>"
            said += (
                f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>{sign}'
                f"{_run(' ' + note)}</w:p></w:footnote>"
            )
        whole = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {NAMESPACES}>{said}</w:footnotes>'
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, whole.encode(), self.word.part.package)
        self.word.part.relate_to(part, RELATION.FOOTNOTES)


# — WordprocessingML ———————————————————————————————————————————————————————————————————————————————————————

_PAGE_BREAK = '<w:p><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'


_DASHED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="902"/></w:numPr>'
_RAISED = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'


def _id_of(style: str) -> str:
    return IDS.get(style, style.replace(" ", ""))


def _run(text: str, *, strong: bool = False, emphasis: bool = False, style: str = "") -> str:
    look = f'<w:rStyle w:val="{style}"/>' if style else ""
    look += "<w:b/>" * strong + "<w:i/>" * emphasis
    lines = fit(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{said}</w:r>"


def _counter(label: str) -> str:
    """The name that Word counts captions under: that of its own captions in the same language, in one word."""
    return re.sub(r"\W+", "_", label)


def _field_char(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'


def _instruction(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {escape(text)} </w:instrText></w:r>'


def _field(instruction: str, shown: str) -> str:
    return _field_char("begin") + _instruction(instruction) + _field_char("separate") + _run(shown) + _field_char("end")


def _row(
    texts: list[str], widths: list[int], numbers: tuple[int, ...], small: str, *, head: bool = False, kept: bool = False
) -> str:
    """`kept`: on the page of the row below it, or of the table's source."""
    look = "<w:cantSplit/>" if sum(map(len, texts)) < 1_500 else ""
    cells = []
    for i, (text, width) in enumerate(zip(texts, widths, strict=True)):
        name = "Table Head" if head and not small else small or "Table Text"
        style = (
            f'<w:pStyle w:val="{_id_of(name)}"/>' + "<w:keepNext/>" * kept + '<w:jc w:val="right"/>' * (i in numbers)
        )
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"<w:p><w:pPr>{style}</w:pPr>{_run(text, strong=head and bool(small))}</w:p></w:tc>"
        )
    return f"<w:tr><w:trPr>{look}{'<w:tblHeader/>' * head}</w:trPr>{''.join(cells)}</w:tr>"


def _settled(content: bytes, made: datetime) -> bytes:
    """The same archive with one date on every entry, so that equal documents are equal files."""
    stamp: Any = made.timetuple()[:6]
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return out.getvalue()
