"""Several tables as one XLSX workbook: a sheet each, texts stay texts."""

from collections.abc import Sequence

from .blocks import Document, Table


def written(tables: Sequence[Table], *, about: Sequence[tuple[str, str]] = ()) -> bytes:
    """The workbook; `about` is the last sheet: what it is, its edition, its date."""
    raise NotImplementedError


def tables_of(document: Document) -> list[Table]:
    """Every table of the document, those behind its figures included, in order."""
    raise NotImplementedError
