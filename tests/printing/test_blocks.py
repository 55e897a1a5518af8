"""A document goes to JSON and back without loss."""

import json

import pytest
from tests.printing.documents import everything

from sofra.printing.blocks import as_json, from_json
from sofra.printing.links import even_levels, outside

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
