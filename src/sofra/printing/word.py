"""Word files that an editor goes on with: real styles, contents, captions, footnotes."""

from .blocks import Document


def written(document: Document) -> bytes:
    """The whole file."""
    raise NotImplementedError
