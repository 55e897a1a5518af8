"""What may stand in a report, and what of it is published. Plain Python."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("sq", "en")  # of a report's content
FORMATS: dict[str, tuple[str, Promise]] = {
    "pdf": ("application/pdf", _("PDF")),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word (DOCX)")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Tables and annexes (XLSX)")),
    "html": ("text/html; charset=utf-8", _("One page (HTML)")),
    "package": ("application/zip", _("Data package (ZIP)")),
}
SUFFIXES = {"package": "zip"}
# What the public reads: a contested finding stands with what was said against it.
PUBLISHED_STATES = frozenset({"confirmed", "contested"})
MOST_BLOCKS = 600
LONGEST_TEXT = 40_000  # letters of one text between findings, in one language
DRAFTS, DRAFT_MINUTES = 12, 10  # files of drafts that a person may ask for in so many minutes


def file_name(code: str, language: str, form: str, number: int | None) -> str:
    """ "al.2018.mapping-2-sq.pdf"; of a draft "al.2018.mapping-draft-sq.pdf"."""
    return f"{code}-{number or 'draft'}-{language}.{SUFFIXES.get(form, form)}"
