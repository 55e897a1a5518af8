"""A document as a page: what leads somewhere, what a screen reader is told, and nothing that is run."""

import pytest
from lxml import html as reading
from tests.printing.documents import SVG, WICKED, everything, run

from sofra.printing import page
from sofra.printing.blocks import Figure, Heading, Paragraph, Run, Statement, Table

pytestmark = pytest.mark.once


def test_links_within_the_page_lead_to_what_is_there() -> None:
    tree = reading.fromstring(page.html(everything("en")))
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    targets = {link.get("href")[1:] for link in tree.iter("a") if link.get("href").startswith("#")}
    assert targets <= set(ids)
    assert {"hyrje", "tabela", "f", "al.f07", "note-1"} <= set(ids)


def test_headings_begin_where_the_page_says_and_skip_no_level() -> None:
    tree = reading.fromstring(page.html(everything("en"), level=3))
    assert [(node.tag, node.text) for node in tree.iter("h2", "h3", "h4", "h5")] == [
        ("h3", "Contents"), ("h3", "1 Hyrje"), ("h4", "1.1 Nën hyrje"), ("h3", "2 Shtojca"),
    ]  # fmt: skip


def test_a_statement_opens_its_evidence() -> None:
    tree = reading.fromstring(page.html(everything("en")))
    section = tree.get_element_by_id("al.f07")
    assert section.tag == "section"
    assert [node.text for node in section.iter("summary")] == ["Evidence (1)", "Objections (1)"]
    assert "23 nga 41" in section.find(".//details//li").text_content()


def test_a_figure_has_a_name_and_its_table() -> None:
    tree = reading.fromstring(page.html(everything("en")))
    figure = tree.get_element_by_id("f")
    drawing = figure.find(".//svg")
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", "Një drejtkëndësh")
    assert figure.find("figcaption").text == "Figure 1. Kush punon ku"
    assert figure.find(".//details//td").text == "3"


def test_a_table_says_its_columns_and_rows() -> None:
    tree = reading.fromstring(page.html(everything("en")))
    table = tree.get_element_by_id("tabela").find("table")
    assert table.find("caption").text == "Table 1. Temat"
    assert [node.get("scope") for node in table.iter("th")] == ["col", "col", "row", "row"]
    assert table.find(".//td").attrib == {"data-label": "Numri", "class": "number"}


def test_footnotes_lead_there_and_back() -> None:
    blocks = (Paragraph((Run("a", note="një"), Run("b", note="dy"))),)
    tree = reading.fromstring(page.blocks_html(blocks, language="en", prefix="x-"))
    assert [note.get("id") for note in tree.findall(".//section//li")] == ["x-note-1", "x-note-2"]
    assert tree.get_element_by_id("x-to-note-2").get("href") == "#x-note-2"


def test_no_text_is_run() -> None:
    bad = f'<script>alert(1)</script>"><img src=x onerror=alert(1)>{WICKED}'
    drawing = SVG.replace("<rect", '<script>alert(1)</script><image href="http://x.al/a.png"/><rect onclick="x()"')
    blocks = (
        Heading(bad, 1, bad), Paragraph(run(bad, note=bad, link="javascript:alert(1)")),
        Statement(bad, run(bad), bad, (run(bad),)),
        Table(bad, (bad, bad), ((bad, bad),), source=bad, anchor=bad), Figure(bad, drawing, bad, anchor=bad),
    )  # fmt: skip
    said = str(page.blocks_html(blocks, language="sq"))
    tree = reading.fromstring(said.replace("\x00", ""))
    assert not list(tree.iter("script", "img", "image"))
    assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on") or name == "style"]
    assert "javascript:" not in " ".join(link.get("href", "") for link in tree.iter("a"))
    assert not [node for node in tree.iter() if " " in (node.get("id") or "")]


def test_two_drawings_keep_their_patterns_apart() -> None:
    drawing = '<svg viewBox="0 0 9 9"><defs><pattern id="p"/></defs><rect fill="url(#p)" width="9" height="9"/></svg>'
    said = str(page.blocks_html((Figure("a", drawing, "a"), Figure("b", drawing, "b")), language="sq"))
    for name in ("d0-p", "d1-p"):
        assert f'id="{name}"' in said
        assert f"url(#{name})" in said
