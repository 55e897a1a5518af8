"""What a form asks: an XForm read into a tree of groups, repeats and questions. The door to shapes and reading."""

from .reading import cached, parse, read
from .shapes import (
    LANGUAGES,
    Action,
    BadForm,
    Form,
    Group,
    Item,
    Itemset,
    Question,
    Repeat,
    Said,
    Text,
    Trouble,
    Unit,
    repeated,
    under,
)  # fmt: skip

__all__ = [
    "LANGUAGES", "Action", "BadForm", "Form", "Group", "Item", "Itemset", "Question", "Repeat", "Said", "Text",
    "Trouble", "Unit", "cached", "parse", "read", "repeated", "under",
]  # fmt: skip
