"""The PDF is one that a screen reader can follow, and no text of a person is ever run."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdf
import pytest
from tests.printing.documents import WICKED, everything, run

from sofra.printing import pdf
from sofra.printing.blocks import Document, Figure, Heading, Paragraph, Run, Statement, Table

pytestmark = pytest.mark.once


def opened(document: Document) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(pdf.written(document)))


def text_of(document: Document) -> str:
    text = "\n".join(page.extract_text() for page in opened(document).pages)
    return text.replace("\u200b", "").replace("\xad", "")


def structure(reader: pypdf.PdfReader) -> list[tuple[str, dict[str, Any]]]:
    """Every element of the structure tree as (kind, its dictionary), in order."""
    found: list[tuple[str, dict[str, Any]]] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), node))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_it_says_that_it_is_pdf_ua_its_language_and_its_title() -> None:
    reader = opened(everything())
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"] == "sq"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == "Hartëzimi"
    assert reader.metadata.author == "Sofra"
    assert str(reader.metadata.creation_date).startswith("2018-12-17")
    assert [one.title for one in reader.outline if not isinstance(one, list)] == ["1 Hyrje", "2 Shtojca"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()


def test_everything_in_it_has_its_tag() -> None:
    elements = structure(opened(everything()))
    kinds = {kind for kind, _node in elements}
    assert {
        "/H1",
        "/H2",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TR",
        "/TH",
        "/TD",
        "/Figure",
        "/Caption",
        "/TOC",
        "/Link",
        "/Note",
    } <= kinds
    assert any(node.get("/Alt") == "Një drejtkëndësh" for kind, node in elements if kind == "/Figure")
    assert "/H3" not in kinds, "a heading of level 3 right below one of level 1 is taken as level 2"


def test_contents_lists_numbers_and_the_foot_are_there() -> None:
    text = text_of(everything("en"))
    for words in (
        "Contents",
        "List of tables",
        "List of figures",
        "1.1 Nën hyrje",
        "Table 2",
        "Source: Pyetësori",
        "Page 2 of",
    ):
        assert words in text
    assert "Botimi 1" in text
    assert "al.f07 · Konfirmuar" in text
    assert "Në fund të faqes." in text


def test_links_lead_outside_and_inside_and_nowhere_else() -> None:
    reader = opened(everything())
    addresses, inside = set(), 0
    for page in reader.pages:
        for one in page.get("/Annots") or []:
            one = one.get_object()
            if (action := one.get("/A")) and "/URI" in action:
                addresses.add(action["/URI"])
            else:
                inside += 1
    assert addresses == {"https://example.org/a?b=c"}
    assert inside > 8, "contents, lists, the footnote and the table that the text names"


def test_a_wide_table_lies_on_its_side() -> None:
    sides = [page.mediabox.width > page.mediabox.height for page in opened(everything()).pages]
    assert sides.count(True) == 1
    assert not sides[-1]


def test_a_long_table_repeats_its_head_and_parts_no_row() -> None:
    rows = tuple((f"fillim-{i}.", "fjalë " * 60 + f"fund-{i}.") for i in range(60))
    table = Table("Gjatë", ("Kolona e parë", "B"), (*rows, ("më e lartë se faqja", "fjalë " * 3000)))
    reader = opened(Document("T", "sq", (table,), cover=False, contents=False))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 4
    assert all("Kolona e parë" in page for page in pages)
    for i in range(60):
        assert [f"fillim-{i}." in page for page in pages] == [f"fund-{i}." in page for page in pages], i


def test_one_number_alone_stands_large_and_no_unit_without_its_number() -> None:
    table = Table("Mësues", ("Çfarë", "Vlera"), (("mësues", "28 000 njerëz"),), numbers=(1,))
    said = text_of(Document("T", "sq", (table, Paragraph(run("Burimi, f. 14: 37,3 %, Kreu IV."))), cover=False))
    assert "28\u00a0000 njerëz" in said
    assert "Çfarë" not in said, "it is no table: it needs no head"
    assert "f.\u00a014: 37,3\u00a0%, Kreu\u00a0IV." in said


def test_the_same_document_is_the_same_file() -> None:
    assert pdf.written(everything()) == pdf.written(everything())


@pytest.mark.parametrize("text", [WICKED, "a" * 100_000, "fjalë " * 17_000, "", " ", "\n\n", "#", "\\"])
def test_no_text_is_run_or_refused(text: str) -> None:
    blocks = (
        Heading(text[:500]), Paragraph((Run(text, note=text[:500], link="https://x.al/" + text[:30]),)),
        Table(text[:300], (text[:300], "b"), ((text[:20_000], text[:2000]),), source=text[:300]),
        Statement("c", run(text[:5000]), text[:300], (run(text[:3000]),)),
        Figure(text[:300], text, text[:300]),
    )  # fmt: skip
    said = text_of(
        Document(text[:200], "sq", blocks, subtitle=text[:200], running=text[:100], facts=((text[:50], text[:50]),))
    )
    if text == WICKED:
        for words in ('#panic("x")', "*b*", "@ref", "[grinning face]", "AL", "[U+4E2D]", "ë ç š ž ј ћ њ љ џ ќ", "]]>"):
            assert words in said


def test_what_the_fonts_have_stays_as_it_is() -> None:
    letters = "ËÇëç ŠĐČĆŽ šđčćž ЈЉЊЋЏ јљњћџ ЃЌЅ ѓќѕ „“”‘’–—…€ №"
    assert letters in text_of(Document("T", "sr", (Paragraph(run(letters)),), cover=False, contents=False))


def test_an_empty_document_is_a_document() -> None:
    assert len(opened(Document("T", "sq", (), cover=False, contents=False)).pages) == 1
    assert len(opened(Document("T", "xx-unknown", ())).pages) >= 1


def test_a_table_with_ragged_rows_or_none_at_all() -> None:
    tables = (
        Table("a", (), ()),
        Table("b", ("x",), ()),
        Table("c", ("x",), (("1", "2"), ("3",))),
        Table("", (), (("1",),)),
    )
    assert "3" in text_of(Document("T", "sq", tables))


def test_two_of_one_anchor_and_a_link_to_it() -> None:
    blocks = (Heading("A", 1, "x"), Heading("B", 1, "x"), Paragraph(run("a", link="#x")))
    assert len(opened(replace(everything(), blocks=blocks)).pages) == 3


def test_two_hundred_pages_are_written() -> None:
    many = tuple(Paragraph(run("Organizatat e shoqërisë civile punojnë me të rinjtë. " * 20)) for _ in range(700))
    assert len(opened(Document("T", "sq", many)).pages) > 100
