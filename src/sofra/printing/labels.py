"""The few words that a document says by itself, in the document's language, whatever the reader's is."""

from django.utils import translation
from django.utils.translation import pgettext


def labels(language: str) -> dict[str, str]:
    """The words by name. "page" holds {n} and {all}."""
    with translation.override(language):
        return {
            "contents": pgettext("document", "Contents"),
            "tables": pgettext("document", "List of tables"),
            "figures": pgettext("document", "List of figures"),
            "table": pgettext("document", "Table"),
            "figure": pgettext("document", "Figure"),
            "source": pgettext("document", "Source"),
            "page": pgettext("document", "Page {n} of {all}"),
            "evidence": pgettext("document", "Evidence"),
            "objections": pgettext("document", "Objections"),
            "notes": pgettext("document", "Notes"),
            "note": pgettext("document", "Note {n}"),
            "back": pgettext("document", "Back to the text"),
            "as_table": pgettext("document", "The same as a table"),
            "not_known": pgettext("document", "not known"),
            "about": pgettext("document", "About this file"),
        }
