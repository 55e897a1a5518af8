"""What a Word file of ours looks like: its styles, pages, numberings and properties."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from lxml import etree

from .blocks import Document
from .letters import fit
from .palette import COLOURS

NAMESPACES = (
    f'{nsdecls("w", "r", "wp", "a", "pic")} xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
)
W = nsdecls("w")
TEXT_MM, WIDE_MM = 160.0, 247.0  # the line of an upright page, and of one on its side
SERIF, SANS = "Georgia", "Calibri"
REGIONS = {"sq": "sq-AL", "en": "en-GB", "mk": "mk-MK", "sr": "sr-RS", "bs": "bs-BA"}

# name: (built on, size in points, colour, font, bold, italic, points before, after, kept with what follows)
_STYLES: dict[str, tuple[str, float, str, str, bool, bool, float, float, bool]] = {
    "Title": ("Normal", 30, "wood", SERIF, True, False, 150, 10, False),
    "Subtitle": ("Normal", 16, "soft", SERIF, False, False, 0, 18, False),
    "Heading 1": ("Normal", 20, "wood", SERIF, True, False, 24, 10, True),
    "Heading 2": ("Normal", 15, "wood", SERIF, True, False, 18, 6, True),
    "Heading 3": ("Normal", 12.5, "wood", SERIF, True, False, 14, 4, True),
    "Heading 4": ("Normal", 11, "wood", SERIF, False, True, 12, 4, True),
    "TOC Heading": ("Normal", 16, "wood", SERIF, True, False, 18, 6, True),
    "Author": ("Normal", 12, "soft", SANS, False, False, 0, 36, False),
    "Fact": ("Normal", 11, "soft", SANS, False, False, 0, 3, False),
    "Lead": ("Normal", 13, "soft", SERIF, False, False, 0, 10, False),
    "Small": ("Normal", 9.5, "soft", SANS, False, False, 0, 6, False),
    "Care": ("Normal", 11, "ink", SANS, False, False, 8, 8, False),
    "Quote": ("Normal", 11, "soft", SERIF, False, True, 4, 8, False),
    "Caption": ("Normal", 10, "wood", SANS, True, False, 14, 4, True),
    "Figure": ("Normal", 11, "ink", SANS, False, False, 2, 2, True),
    "Source": ("Normal", 8.5, "soft", SANS, False, False, 3, 12, False),
    "Table Text": ("Normal", 9.5, "ink", SANS, False, False, 1.5, 1.5, False),
    "Table Small": ("Table Text", 8, "ink", SANS, False, False, 1, 1, False),
    "Table Head": ("Table Text", 9.5, "wood", SANS, True, False, 1.5, 1.5, True),
    "Statement": ("Normal", 11, "ink", SANS, False, False, 12, 2, True),
    "Standing": ("Statement", 9, "soft", SANS, False, False, 0, 2, False),
    "Evidence": ("Statement", 9, "soft", SANS, True, False, 0, 1, True),
    "Evidence Line": ("Statement", 9, "soft", SANS, False, False, 0, 1, False),
    "footnote text": ("Normal", 9, "ink", SANS, False, False, 0, 2, False),
    "Footer": ("Normal", 8.5, "soft", SANS, False, False, 0, 0, False),
    "toc 1": ("Normal", 11, "ink", SANS, True, False, 6, 2, False),
    "toc 2": ("Normal", 11, "ink", SANS, False, False, 0, 2, False),
    "toc 3": ("Normal", 10, "soft", SANS, False, False, 0, 2, False),
    "table of figures": ("Normal", 10, "ink", SANS, False, False, 0, 2, False),
}
# Word's own styles are found by these names, and their numbers, whatever the language of its menus.
IDS = {
    "toc 1": "TOC1",
    "toc 2": "TOC2",
    "toc 3": "TOC3",
    "table of figures": "TableofFigures",
    "footnote text": "FootnoteText",
    "footnote reference": "FootnoteReference",
}
_BORDERED = {
    "Title": "clay",
    "Statement": "clay",
    "Standing": "clay",
    "Evidence": "line",
    "Evidence Line": "line",
    "Quote": "line",
    "Care": "honey",
}
_INDENTED = {
    "toc 2": 6,
    "toc 3": 12,
    "Statement": 4,
    "Standing": 4,
    "Evidence": 4,
    "Evidence Line": 4,
    "Quote": 4,
    "Care": 4,
}


_AFTER_NOTES = {qn(f"w:{name}") for name in ("hdrShapeDefaults", "endnotePr", "compat", "rsids", "themeFontLang")}


def dress(word: Any, document: Document, say: dict[str, str], made: datetime) -> None:
    """Styles, language, properties, foot of the page and settings of a new file."""
    language = REGIONS.get(document.language, document.language)
    _add_styles(word, language)
    _add_properties(word, document, language, made)
    _add_foot(word, document.running, say["page"])
    _add_settings(word)


def _add_styles(word: Any, language: str) -> None:
    styles = word.styles
    for lang in styles.element.iter(qn("w:lang")):
        for name in ("val", "eastAsia"):
            lang.set(qn(f"w:{name}"), language)
    normal = styles["Normal"]
    _font(normal, SANS, 11, "ink")
    normal.paragraph_format.space_after = Pt(8)
    normal.paragraph_format.line_spacing = 1.2
    for name, (parent, size, colour, font, bold, italic, before, after, kept) in _STYLES.items():
        known = name in IDS or name == "TOC Heading"
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=known)
        style.base_style = styles[parent]
        style.hidden, style.quick_style, style.unhide_when_used = False, True, False
        _font(style, font, size, colour)
        style.font.bold, style.font.italic = bold, italic
        look = style.paragraph_format
        look.space_before, look.space_after, look.keep_with_next = Pt(before), Pt(after), kept
        look.keep_together = name in ("Statement", "Evidence Line") or None
        look.left_indent = Mm(_INDENTED[name]) if name in _INDENTED else None
        _plain_borders(style, _BORDERED.get(name, ""))
        if name.startswith(("toc ", "table of")):
            look.tab_stops.add_tab_stop(Mm(TEXT_MM), alignment=2, leader=1)
    for name in ("List Bullet", "List Number"):
        styles[name].paragraph_format.space_after = Pt(3)
    for name, look in (("Hyperlink", "teal"), ("footnote reference", "")):
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=True)
        if look:
            style.font.color.rgb, style.font.underline = _rgb(look), True
        else:
            style.font.superscript = True
    for name, identifier in IDS.items():
        styles[name].element.set(qn("w:styleId"), identifier)
    styles.element.append(parse_xml(_table_style()))


def _font(style: Any, name: str, size: float, colour: str) -> None:
    style.font.name, style.font.size, style.font.color.rgb = name, Pt(size), _rgb(colour)
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(COLOURS[colour][1:].upper())


def _plain_borders(style: Any, colour: str) -> None:
    """No line but, where one is asked for, a thick one at the left; below a title."""
    properties, side = style.element.get_or_add_pPr(), "bottom" if style.name == "Title" else "left"
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if colour:
        line = f'<w:{side} w:val="single" w:sz="18" w:space="8" w:color="{COLOURS[colour][1:]}"/>'
        properties.insert_element_before(
            parse_xml(f"<w:pBdr {W}>{line}</w:pBdr>"),
            *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc"),
            *("w:outlineLvl", "w:rPr"),
        )


def _table_style() -> str:
    line, head = COLOURS["line"][1:], COLOURS["clay"][1:]
    return (
        f'<w:style {W} w:type="table" w:customStyle="1" w:styleId="SofraTable"><w:name w:val="Sofra Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
        '<w:tblPr><w:tblStyleRowBandSize w:val="1"/>'
        f'<w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="{line}"/>'
        f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{line}"/></w:tblBorders>'
        '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="10" w:space="0" w:color="{head}"/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{COLOURS["sunk"][1:]}"/><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr></w:style>"
    )


def _add_properties(word: Any, document: Document, language: str, made: datetime) -> None:
    said = word.core_properties
    said.title, said.subject = fit(document.title)[:255], fit(document.subtitle)[:255]
    said.author = said.last_modified_by = fit(document.author)[:255]
    said.language, said.comments, said.keywords, said.revision = language, "", "", 1
    said.created = said.modified = made.replace(tzinfo=None)


def _add_foot(word: Any, running: str, page: str) -> None:
    """The running line and "Page 3 of 20" on each page but a cover."""
    foot = word.sections[0].footer
    foot.is_linked_to_previous = False
    paragraph = foot.paragraphs[0]
    word.styles["Footer"].paragraph_format.tab_stops.clear_all()
    paragraph.style = word.styles["Footer"]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_MM), alignment=2)
    paragraph.add_run(f"{fit(running)}\t")
    for i, part in enumerate(page.replace("{all}", "{n}").split("{n}")):
        if i:
            field = f'<w:fldSimple {W} w:instr="{("PAGE", "NUMPAGES")[i - 1]}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            paragraph._p.append(parse_xml(field))
        paragraph.add_run(part)


def _wide_foot(word: Any) -> str:
    """The same foot for pages on their side, where the number stands further right; the relation's name."""
    name = PackURI("/word/footer-wide.xml")
    for known, relation in word.part.rels.items():
        if not relation.is_external and relation.target_part.partname == name:
            return str(known)
    upright = word.sections[0].footer.part
    said = deepcopy(upright.element)
    for tab in said.iter(qn("w:tab")):
        if tab.get(qn("w:pos")):
            tab.set(qn("w:pos"), str(round(WIDE_MM * 56.7)))
    content = etree.tostring(said, xml_declaration=True, encoding="UTF-8", standalone=True)
    foot = Part(name, upright.content_type, content, word.part.package)
    return str(word.part.relate_to(foot, RELATION.FOOTER))


def _add_settings(word: Any) -> None:
    """Contents are filled when the file is opened; the separators of footnotes are named."""
    settings = word.settings.element
    after = next((node for node in settings if node.tag in _AFTER_NOTES), None)
    for said in (
        f'<w:updateFields {W} w:val="true"/>',
        f'<w:footnotePr {W}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>',
    ):
        (settings.append if after is None else after.addprevious)(parse_xml(said))


def section(word: Any, *, wide: bool, cover: bool) -> str:
    """The properties of a section of A4 pages; every one has the same foot."""
    foot = word.sections[-1]._sectPr.find(qn("w:footerReference"))
    relation = _wide_foot(word) if wide else foot.get(qn("r:id"))
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if wide else 'w:w="11906" w:h="16838"'
    return (
        f'<w:sectPr {NAMESPACES}><w:footerReference w:type="default" r:id="{relation}"/><w:pgSz {size}/>'
        '<w:pgMar w:top="1361" w:right="1417" w:bottom="1361" w:left="1417" w:header="709" w:footer="624" '
        'w:gutter="0"/>'
        f"{'<w:titlePg/>' * cover}</w:sectPr>"
    )


def numberings(word: Any, lists: int) -> None:
    """Numbered headings (1, 1.1, …) as number 900, and each ordered list, beginning at 1, from 1001."""
    numbering = word.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="{".".join(f"%{n}" for n in range(1, i + 2))}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for i in range(4)
    )
    items = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl>'
    )
    dashes = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="–"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="397" w:hanging="170"/></w:pPr></w:lvl>'
    )
    first = numbering.find(qn("w:num"))
    for number, inside in (("900", levels), ("901", items), ("902", dashes)):
        first.addprevious(
            parse_xml(
                f'<w:abstractNum {W} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
                f"{inside}</w:abstractNum>"
            )
        )
    for number in ("900", "902"):
        numbering.append(parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    for i in range(1, lists + 1):
        restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        numbering.append(parse_xml(f'<w:num {W} w:numId="{1000 + i}"><w:abstractNumId w:val="901"/>{restart}</w:num>'))
