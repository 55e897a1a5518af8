"""The reasons of a pair in the reader's language. Reasons are kept in English, so that a stored pair reads in any."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# The sentences of weights.py once more, as literals that the tools of translation find; a test compares the two.
TOLD = (
    _("The names are the same, letter by letter"),
    _("Every word of the names says the same"),
    _("Most words of the names say the same"),
    _("Half of the words of the names say the same"),
    _("Some words of the names say the same"),
    _("Few words of the names say the same"),
    _("No word of the names says the same"),
    _("A name has only general words"),
    _("One record has only an acronym as its name"),
    _("Each name has words that the other lacks"),
    _("Each name has a common word that the other lacks"),
    _("Each name has words of its own, in two languages, that may say the same"),
    _("One name says more than the other"),
    _("One name says a little more than the other"),
    _("Some words are written a little differently"),
    _("The names look nearly the same"),
    _("The names look alike"),
    _("The names look partly alike"),
    _("The names look different"),
    _("The names are in two languages"),
    _("Hardly any other record has these words together"),
    _("Few other records have these words together"),
    _("Several other records have these words together"),
    _("Many other records may have these words together"),
    _("The same kind of body"),
    _("Another kind of body"),
    _("Another kind of body, in another language"),
    _("Only one name says what kind of body it is"),
    _("The same place in both names"),
    _("The place in one name is where the other works"),
    _("Only one name has a place"),
    _("Only one name has a place, and others have these words too"),
    _("The place of one lies in the place of the other"),
    _("The names have two different places"),
    _("The place in one name is not where the other works"),
    _("Both work in the same place"),
    _("One works in a part of where the other works"),
    _("They work in different places"),
    _("The names have two different countries"),
    _("The names have two different numbers"),
    _("Only one name has a number"),
    _("The same website"),
    _("The same page on a host that many use"),
    _("Different websites"),
    _("Different pages on the web"),
    _("The same acronym, which hardly any other has"),
    _("The same acronym, which others have too"),
    _("The acronym is the initials of the other name"),
    _("The short acronym is the initials of the other name"),
    _("The acronym is the initials of the other name and of a few more"),
    _("The acronym is the initials of the other name and of many more"),
    _("Different acronyms"),
    _("A third record joins them"),
)


def in_words(reason: str) -> str:
    """A reason, translated: the sentence before the colon is looked up, what was seen stays as it is."""
    sentence, colon, shown = reason.partition(": ")
    return gettext(sentence) + colon + shown
