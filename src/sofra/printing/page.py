"""The blocks of a document as accessible HTML in the components of the site."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from .blocks import Block, Document


def html(document: Document, *, level: int = 2) -> SafeString:
    """Contents (where asked), blocks and footnotes; a heading of level 1 becomes <h2> where `level` is 2. No <h1>."""
    raise NotImplementedError


def blocks_html(blocks: Sequence[Block], *, language: str, level: int = 2) -> SafeString:
    """Some blocks alone: a chapter of a report, one statement. Their footnotes stand at their end."""
    raise NotImplementedError
