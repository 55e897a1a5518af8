"""What people write in Markdown, as blocks and as HTML."""

import pytest
from tests.printing.documents import WICKED

from sofra.printing import markdown
from sofra.printing.blocks import Heading, Listing, Paragraph, Run, Table

pytestmark = pytest.mark.once

TEXT = """# Titull

Një **fort** dhe *shtrirë* [lidhje](https://a.al/x), [brenda](#f07) dhe [keq](javascript:alert(1)).

> citim

- a
  - b
1. x

| A | B |
|---|--:|
| 1 | 2 |

![fjalët](http://foreign.example/x.png)

##### pesë
"""


def test_every_kind_becomes_its_block() -> None:
    blocks = markdown.blocks(TEXT, level=2)
    assert [type(block) for block in blocks] == [
        Heading, Paragraph, Paragraph, Listing, Listing, Table, Paragraph, Heading,
    ]  # fmt: skip
    assert blocks[0] == Heading("Titull", 2)
    assert blocks[-1] == Heading("pesë", 4)
    paragraph = blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert Run("fort", strong=True) in paragraph.runs
    assert Run("shtrirë", emphasis=True) in paragraph.runs
    assert Run("lidhje", link="https://a.al/x") in paragraph.runs
    assert Run("brenda", link="#f07") in paragraph.runs
    assert blocks[2] == Paragraph((Run("citim"),), "quote")
    assert blocks[3] == Listing(((Run("a"),), (Run("b"),)))
    assert blocks[5] == Table("", ("A", "B"), (("1", "2"),), numbers=(1,))
    assert blocks[6] == Paragraph((Run("fjalët"),))


def test_as_html_with_even_headings() -> None:
    said = markdown.html(TEXT, level=3)
    for part in (
        "<h3>Titull</h3>",
        "<h4>pesë</h4>",
        "<strong>fort</strong>",
        '<th scope="col">A</th>',
        "<p>fjalët</p>",
    ):
        assert part in said
    assert "<img" not in said
    assert 'href="javascript' not in said


@pytest.mark.parametrize(
    "text", [WICKED, "<script>alert(1)</script><b onclick=x()>", "[a](<javascript:x>)", "&lt;script&gt;"]
)
def test_nothing_of_it_is_run(text: str) -> None:
    said = str(markdown.html(text))
    assert "<script" not in said
    assert "<b" not in said.replace("<br", "")
    assert "href" not in said
    assert all(not run.link for block in markdown.blocks(text) for run in getattr(block, "runs", ()))


@pytest.mark.parametrize(
    "text", [">" * 20_000, "[" * 20_000, "*a " * 10_000, "- " * 10_000, "|" * 50_000, "a" * 300_000, "`" * 40_000]
)
def test_no_text_is_too_much(text: str) -> None:
    """Texts that cost a careless reader the square of their length, or its stack."""
    markdown.blocks(text)
    assert "<script" not in markdown.html(text)


def test_nothing_is_nothing() -> None:
    assert markdown.blocks("") == ()
    assert markdown.html("") == ""
