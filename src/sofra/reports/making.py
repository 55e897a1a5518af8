"""A report as a file: PDF, Word, XLSX, one HTML page, data package. An edition's files are made once and kept."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from sofra.ground import files
from sofra.ground.models import Visibility
from sofra.printing import page, pdf, word, workbook
from sofra.printing.blocks import Document, Table

from . import building, freezing, packaging
from .models import Edition, Printed, Report


@dataclass(frozen=True)
class Made:
    """`content` of the file; `number` of its edition, None of a draft."""

    content: bytes
    number: int | None


def of_edition(edition: Edition, language: str, form: str) -> Made:
    """The kept file; made now where nobody has asked yet. Raises KeyError for a language or form that is none."""
    kept = edition.files.filter(language=language, form=form).first()
    if kept is not None:
        try:
            return Made(b"".join(files.read(kept.digest)), edition.number)
        except FileNotFoundError:  # put away by hand: it is made again, the same
            kept.delete()
    document = freezing.document(edition, language)
    content = _written(document, form, edition.report, edition.content["data"], edition)
    held = files.keep([content])
    Printed.objects.get_or_create(
        edition=edition, language=language, form=form, defaults={"digest": held.digest, "size": held.size}
    )  # fmt: skip
    return Made(content, edition.number)


def is_kept(edition: Edition, language: str, form: str) -> bool:
    kept = edition.files.filter(language=language, form=form).first()
    return kept is not None and files.path_of(kept.digest).exists()


def of_draft(report: Report, language: str, form: str) -> Made:
    """The report as it would be published now; it says that it is a draft. Nothing is kept."""
    document = building.document_of(report, language, Visibility.PUBLIC)
    data = packaging.data_of(report) if form == "package" else {}
    return Made(_written(document, form, report, data, None), None)


def _written(
    document: Document, form: str, report: Report, data: packaging.Data, edition: Edition | None
) -> bytes:  # fmt: skip
    if form == "package":
        return packaging.packed(report, data, edition=edition)
    outside = building.absolute(document)
    with translation.override(document.language):
        if form == "xlsx":
            return workbook.written(
                _annexes_first(workbook.tables_of(outside)), about=_about(outside, edition), language=document.language
            )
        if form == "html":
            context = {"document": outside, "body": page.html(outside), "digest": edition.digest if edition else ""}
            return render_to_string("reports/alone.html", context).encode()
        return {"pdf": pdf.written, "docx": word.written}[form](outside)


def _annexes_first(tables: list[Table]) -> list[Table]:
    """The sheets in the report's order, but who opens the file meets the annexes first."""
    return sorted(tables, key=lambda table: not table.anchor.startswith(("annex-", "sources-", "attendance-")))


def _about(document: Document, edition: Edition | None) -> list[tuple[str, str]]:
    lines = [(_("Report"), document.title), *document.facts]
    return [*lines, ("SHA-256", edition.digest)] if edition else lines
