"""The Markdown that people write between findings and in minutes: as blocks or as clean HTML, never as raw HTML."""

from django.utils.safestring import SafeString

from .blocks import Block


def blocks(text: str, level: int = 2) -> tuple[Block, ...]:
    """Headings are shifted so that the highest possible (#) is of this `level`; none is deeper than 4."""
    raise NotImplementedError


def html(text: str, level: int = 2) -> SafeString:
    """The same as HTML that is safe to show: links to http(s), mailto and within the page only."""
    raise NotImplementedError
