"""What can be wrong with a row, in sentences: what stands there, and what would be right.

A problem is kept as {"code", "column", "value", and what its sentence needs}; it is put into words in the reader's
language when it is shown.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.activities import reading_rows

from .reading import Note

PREFIX = "activity."  # of the codes of problems that activities.reading_rows found; it puts them into words itself

# code -> (weight, sentence). `bad`: the row cannot be imported. `ask`: a person decides. `note`: told, and no more.
SENTENCES: dict[str, tuple[str, str | Promise]] = {
    "name-missing": ("bad", _("The name is missing. Every row needs the name of an organisation.")),
    "name-too-long": ("bad", _("The name is longer than 250 letters. Write the name alone in this column.")),
    "more-cells": ("ask", _(
        "The row has more cells than the header (%(value)s). A separator inside a cell needs quotation marks around the"
        " cell."
    )),
    "fewer-cells": ("note", _("The row has only %(value)s cells, so the last columns are taken as empty.")),
    "formula-without-value": ("note", _(
        "Cell %(value)s holds a formula without a stored value, so it is taken as empty. Open the file in a spreadsheet"
        " and save it, or write the value itself."
    )),
    "formula-text": ("note", _("The text begins with “=” like a formula, so it is not kept. Write the value itself.")),
    "too-long": ("note", _("The cell is longer than 20,000 letters; the rest is left out. Shorten it.")),
    "address-repaired": ("note", _("Read as %(read)s. Correct it in the file if that is wrong.")),
    "address-unread": ("note", _("This is no web address, so it is not kept. Write it like www.example.org.")),
    "email-unread": ("note", _("This is no e-mail address, so it is not kept. Write it like office@example.org.")),
    "year-unread": ("note",
        _("No founding year was found, so it is not kept. Write it with four digits, such as 1997.")),
    "kind-unread": ("note", _("This kind of body is not known, so it is left open. Write one of: %(right)s.")),
    "theme-unread": ("note", _("No theme is known by these words; they are kept as written: %(read)s.")),
    "focus-unread": ("note",
        _("No kind of activity of Annex II is known by these words; they are kept as written: %(read)s.")),
    "audience-unread": ("note", _("Nobody is known by these words: %(read)s. Write one of: %(right)s.")),
    "language-unread": ("note", _("These languages are not known: %(read)s. Write them like “Albanian, English”.")),
    "shortened": ("note", _("The text is longer than %(read)s letters; the rest is left out.")),
    "place-ask": ("ask", _("This can be read in more than one way. Choose the place that is meant.")),
    "place-unread": ("ask", _("No place is known by this name. Choose the place, or keep the words as they are.")),
    "twin-ask": ("ask", _("This may be %(read)s, which is in the registry. Say whether it is the same body.")),
    "name-again": ("ask", _("Row %(read)s has the same name. Say whether it is the same body.")),
    "body-ask": ("ask", _(
        "No organisation of the registry is surely meant by this. Choose the one that is meant, or leave it open."
    )),
    "activity-again": ("ask", _(
        "Row %(read)s has the same organisation, title, time and place. Say whether it is another activity."
    )),
    "activity-known": ("note", _("This activity is in the hub already (%(read)s); it is changed on its own page.")),
    "activity-bad": ("bad", _("It cannot be kept: %(read)s")),
    "project-unknown": ("bad", _("No project has this id. Write the project's title, or leave the cell empty.")),
    "funder-alone": ("note", _(
        "Who pays is kept with a project; the row names none, so a project with the activity's title is made."
    )),
    "currency-missing": ("bad", _("Say which currency the amount is in: ALL, EUR, USD.")),
    "yes-unread": ("note", _("Write yes or no; this is left open.")),
    "school-place": ("bad", _("A school needs its municipality, by name or code. Write it in its column.")),
    "unit-unread": ("note", _("The municipality has no unit of this name, so the school stands in the municipality.")),
    "row-again": ("note", _("The same row stands in the file already as row %(read)s, so it is left out.")),
    "differs": ("note", _("The registry says %(read)s; that stays until somebody changes it there.")),
    "imported-before": ("note", _("The same row has been imported before.")),
    "answers-none": ("bad", _("No column that is mapped holds an answer in this row.")),
    "answer-unread": ("note", _("This cannot be read as what the question asks for; it is kept as it stands.")),
    "choice-unknown": ("note", _("The question has no such choice; it is kept as it stands.")),
    "tick-unread": ("note", _("Write 1 or 0; this is taken as not chosen.")),
    "answer-fault": ("note", "%(read)s"),  # the form says it in its own words
    "answers-differ": ("note",
        _("The hub has other answers under this id. They stay, and this row is left out.")),
    "filling-withdrawn": ("note",
        _("These answers were withdrawn in the hub. They stay so, and this row is left out.")),
    "document-bad": ("bad", _("It cannot be kept: %(read)s")),
    "added-meanwhile": ("ask",
        _("Somebody added %(read)s after this file was checked. Import the file again to decide.")),
    "twin-gone": ("ask",
        _("The record that this row should add to is no longer there. Import the file again to decide.")),
}  # fmt: skip


def problem(code: str, column: str = "", value: str = "", **more: str) -> dict[str, str]:
    found = {"code": code, "column": column, "value": value[:300]}
    return found | more if more else found


def of_note(note: Note) -> dict[str, str]:
    return problem(note.code, note.column, note.value)


def weight(found: dict[str, Any]) -> str:
    if found["code"].startswith(PREFIX):
        return _of_activity(found).weight
    return SENTENCES.get(found["code"], ("note", ""))[0]


def says(found: dict[str, Any], *, verdict: str = "ask") -> str:
    """The sentence of a problem, in the language that is active; of a row that is decided, it asks no more."""
    if verdict not in {"ask", "bad"} and weight(found) == "ask":
        return str(_("This was doubtful and has been decided."))
    if found["code"].startswith(PREFIX):
        return _of_activity(found).says()
    sentence = str(SENTENCES.get(found["code"], ("note", found["code"]))[1])
    return sentence % {"value": "", "read": "", "right": "", **found} if "%(" in sentence else sentence


def _of_activity(found: dict[str, Any]) -> reading_rows.Problem:
    code = found["code"].removeprefix(PREFIX)
    return reading_rows.Problem(code, found.get("field", ""), found["column"], found["value"], found.get("read", ""))
