"""The Word file has what an editor goes on with: styles, fields that count, footnotes, alternative texts."""

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from lxml import etree
from tests.printing.documents import WICKED, everything, run

from sofra.printing import word
from sofra.printing.blocks import Document, Figure, Heading, Listing, Paragraph, Run, Statement, Table

pytestmark = pytest.mark.once
OFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""


@pytest.fixture(scope="module")
def content() -> bytes:
    return word.written(everything("en"))


@pytest.fixture(scope="module")
def opened(content: bytes) -> Any:
    return docx.Document(BytesIO(content))


def styled(opened: Any, style: str) -> list[str]:
    return [paragraph.text for paragraph in opened.paragraphs if paragraph.style.name == style]


def test_every_piece_has_its_style(opened: Any) -> None:
    assert styled(opened, "Title") == ["Hartëzimi"]
    assert styled(opened, "Heading 1") == ["Hyrje", "Shtojca"]
    assert styled(opened, "Heading 2") == ["Nën hyrje"]
    assert styled(opened, "Quote") == ["Fjalët e tjetrit"]
    assert styled(opened, "List Number") == ["një", "dy"]
    assert styled(opened, "List Bullet") == ["pikë"]
    assert styled(opened, "Statement") == ["Mungon financimi."]
    assert styled(opened, "Standing") == ["al.f07 · Konfirmuar"]
    assert styled(opened, "Evidence") == ["Evidence", "Objections"]
    assert styled(opened, "Evidence Line") == ["23 nga 41 thonë kështu", "Jo në Pukë"]
    assert styled(opened, "Caption") == ["Table 1. Temat", "Figure 1. Kush punon ku", "Table 2. E gjerë"]
    assert styled(opened, "toc 1") == ["1 Hyrje", "2 Shtojca"]


def test_contents_lists_and_captions_are_fields(opened: Any) -> None:
    said = [node.text.strip() for node in opened.element.iter(qn("w:instrText"))]
    assert 'TOC \\o "1-3" \\h \\z \\u' in said
    assert 'TOC \\h \\z \\c "Table"' in said
    assert 'TOC \\h \\z \\c "Figure"' in said
    assert said.count("SEQ Table \\* ARABIC") == 2
    names = [etree.QName(node).localname for node in opened.settings.element]
    assert names.index("updateFields") < names.index("footnotePr") < names.index("compat"), "Word minds the order"
    kinds = [node.get(qn("w:fldCharType")) for node in opened.element.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("end") == kinds.count("separate") == len(said)


def test_headings_are_numbered_by_word(opened: Any) -> None:
    heading = next(one for one in opened.paragraphs if one.text == "Nën hyrje" and one.style.name == "Heading 2")
    assert heading._p.pPr.numPr.numId.val == 900
    assert heading._p.pPr.numPr.ilvl.val == 1


def test_tables_repeat_their_head_and_the_wide_one_lies_on_its_side(opened: Any) -> None:
    assert [table.style.name for table in opened.tables] == ["Sofra Table", "Sofra Table"]
    assert [[cell.text for cell in row.cells] for row in opened.tables[0].rows] == [
        ["Tema", "Numri"], ["Rinia", "12"], ["Gratë", ""],
    ]  # fmt: skip
    for table in opened.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [section.page_width > section.page_height for section in opened.sections] == [False, True, False]
    stops = [section.footer.paragraphs[0].paragraph_format.tab_stops[0].position.mm for section in opened.sections]
    assert [round(stop) for stop in stops] == [160, 247, 160]


def test_footnotes_are_in_their_own_part(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        notes = etree.fromstring(archive.read("word/footnotes.xml"))
        body = archive.read("word/document.xml").decode()
        assert "footnotes+xml" in archive.read("[Content_Types].xml").decode()
    texts = ["".join(note.itertext()).strip() for note in notes]
    assert texts == ["", "", "Në fund të faqes."]
    assert body.count("<w:footnoteReference ") == 1


def test_a_drawing_is_a_vector_with_a_picture_and_words(opened: Any, content: bytes) -> None:
    said = [node.get("descr") for node in opened.element.iter(qn("wp:docPr"))]
    assert said == ["Një drejtkëndësh"]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        vector = next(archive.read(name) for name in names if name.endswith(".svg"))
        picture = next(archive.read(name) for name in names if name.endswith(".png"))
    assert b"<svg" in vector
    assert picture.startswith(b"\x89PNG")


def test_links_lead_outside_and_to_bookmarks_that_exist(opened: Any) -> None:
    anchors = {node.get(qn("w:anchor")) for node in opened.element.iter(qn("w:hyperlink"))} - {None}
    marks = [node.get(qn("w:name")) for node in opened.element.iter(qn("w:bookmarkStart"))]
    assert anchors <= set(marks)
    assert len(marks) == len(set(marks))
    targets = [one.target_ref for one in opened.part.rels.values() if one.is_external]
    assert targets == ["https://example.org/a?b=c"]


def test_language_and_properties_are_set() -> None:
    opened = docx.Document(BytesIO(word.written(everything("sq"))))
    assert {lang.get(qn("w:val")) for lang in opened.styles.element.iter(qn("w:lang"))} == {"sq-AL"}
    assert (opened.core_properties.title, opened.core_properties.language) == ("Hartëzimi", "sq-AL")
    assert opened.core_properties.created is not None
    assert opened.core_properties.created.year == 2018


def test_the_same_document_is_the_same_file(content: bytes) -> None:
    assert word.written(everything("en")) == content


@pytest.mark.parametrize("text", [WICKED, "a" * 100_000, "", "\n"])
def test_no_text_breaks_the_file(text: str) -> None:
    blocks = (
        Heading(text), Paragraph((Run(text, note=text, link="https://x.al/" + text[:30]),)), Listing((run(text),)),
        Table(text, (text, "b"), ((text, text),), source=text), Statement("c", run(text), text, (run(text),)),
        Figure(text, text, text),
    )  # fmt: skip
    opened = docx.Document(BytesIO(word.written(Document(text, "sq", blocks, running=text, facts=((text, text),)))))
    if text == WICKED:
        assert any('#panic("x")' in one.text and "😀" in one.text and "]]>" in one.text for one in opened.paragraphs)


def test_two_blocks_that_are_the_same_have_a_mark_each() -> None:
    opened = docx.Document(BytesIO(word.written(Document("T", "sq", (Heading("A"), Heading("A"))))))
    assert len({node.get(qn("w:name")) for node in opened.element.iter(qn("w:bookmarkStart"))}) == 2


def test_an_empty_document_is_a_document() -> None:
    assert docx.Document(BytesIO(word.written(Document("T", "xx", (), cover=False)))).paragraphs[0].text == "T"


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not here")
def test_libreoffice_opens_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.docx").write_bytes(content)
    command = [OFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "report.docx"], check=True, timeout=60, capture_output=True
    )
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages)
    for words in ("Në fund të faqes.", "Figure 1. Kush punon ku", "Table 2. E gjerë", "1.1 Nën hyrje", "Page 2 of"):
        assert words in text
