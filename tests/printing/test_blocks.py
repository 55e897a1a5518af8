"""A document goes to JSON and back without loss."""

import json

import pytest
from tests.printing.documents import everything

from sofra.printing.blocks import Heading, PageBreak, Paragraph, Table, as_json, from_json
from sofra.printing.links import even_levels, laid, outside

pytestmark = pytest.mark.once


def test_there_and_back() -> None:
    document = everything()
    assert from_json(json.loads(json.dumps(as_json(document)))) == document


@pytest.mark.parametrize(
    ("levels", "even"), [([], []), ([2, 2], [1, 1]), ([1, 3, 4, 2], [1, 2, 3, 2]), ([4, 1, 2], [1, 1, 2])]
)
def test_headings_skip_no_level(levels: list[int], even: list[int]) -> None:
    assert even_levels(levels) == even


@pytest.mark.parametrize(
    "link", ["javascript:x()", "//a.al", "file:///etc", "https://a b", "http://a\n", "data:x", "mailto:x", ""]
)
def test_where_a_link_may_not_lead(link: str) -> None:
    assert outside(link) == ""


def test_a_heading_goes_with_its_wide_table_and_no_page_is_empty() -> None:
    text, wide, heading = Paragraph(()), Table("", (), (), wide=True), Heading("A")
    assert laid(()) == []
    assert laid((PageBreak(),)) == []
    assert laid((PageBreak(), text, PageBreak(), heading, wide, wide, PageBreak(), heading, text)) == [
        (False, (1,)), (True, (3, 4, 5)), (False, (7, 8)),
    ]  # fmt: skip
    assert laid((text, PageBreak(), text, PageBreak())) == [(False, (0, 1, 2))]
