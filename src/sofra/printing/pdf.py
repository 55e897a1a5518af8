"""PDF/UA-1 by typst from a document: tagged, with its language, title, contents and alternative texts."""

from .blocks import Document


def written(document: Document) -> bytes:
    """The whole file."""
    raise NotImplementedError
