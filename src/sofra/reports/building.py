"""A report's outline and its data, made into a document."""

from sofra.printing.blocks import Document

from .models import Report


def document_of(report: Report, language: str, level: int) -> Document:
    """The report as it stands now, to eyes of this level (ground.models.Visibility)."""
    raise NotImplementedError
