"""A staged row as the pages show it, in the reader's words."""

from typing import Any

from django.utils.translation import gettext as _

from sofra.activities import dates
from sofra.activities import vocabulary as work
from sofra.organisations.models import Fact
from sofra.organisations.vocabulary import FIELDS, Audience, Language, Theme
from sofra.questionnaires import desk

from . import filled_columns
from .columns import COLUMNS
from .filled_rows import values_of
from .models import ImportRow, What
from .problems import says, weight

_CODED: dict[str, Any] = {
    "kinds": work.KINDS, "themes": dict(Theme.choices), "audiences": dict(Audience.choices),
    "languages": dict(Language.choices), "status": dict(work.Status.choices), "mode": dict(work.Mode.choices),
    "counted": dict(work.Counted.choices),
}  # fmt: skip
# What a draft of an activity says → the field of columns.COLUMNS that it was read from.
_TARGETS = {
    "about": "about", "kinds": "kind", "themes": "theme", "audiences": "audience", "languages": "language",
    "begins": "begins", "ends": "ends", "status": "status", "mode": "mode", "times_held": "times_held",
    "reached": "reached", "counted": "counted", "money": "money", "currency": "currency", "results": "results",
    "whole_country": "whole_country", "reached_complete": "complete",
}  # fmt: skip
_PARTS = {"owner": "owner", "partner": "partners", "funder": "funder"}


def shown(row: ImportRow, titles: dict[str, str]) -> dict[str, Any]:
    """What a list of rows and the page of one row show of it. `titles`: code of a place → its title."""
    return {
        "row": row,
        "filling": desk.address_of(row.filling) if row.filling else "",
        "name": (row.reading.get("names") or [[_("without a name")]])[0][0],
        "places": [
            {
                "text": place["text"],
                "sure": place["sure"],
                "titles": [titles.get(code, code) for code in place["codes"]],
                "others": [titles.get(code, code) for code in place.get("alternatives", ())],
                "why": place.get("why", []),
            }
            for place in row.reading.get("places", ())
        ],
        "bodies": [_body(body, row.imported.what) for body in row.reading.get("bodies", ())],
        "problems": [
            {**found, "says": says(found, verdict=row.verdict), "weight": weight(found)} for found in row.problems
        ],
        "twins": [
            {"code": code, "name": name, "percent": round(probability * 100), "reasons": reasons_said(reasons)}
            for code, name, probability, reasons in row.reading.get("twins", ())
        ],
    }


def _body(body: dict[str, Any], what: str) -> dict[str, Any]:
    return {
        "part": COLUMNS[what].targets.get(_PARTS.get(body["field"], body["field"]), ""),
        "text": body["text"],
        "sure": body["sure"],
        "code": body["code"],
        "alternatives": [name for _code, name, _probability, _reasons in body.get("alternatives", ())],
    }


def reasons_said(kept: list[str]) -> str:
    """The reasons of a likeness, kept in English, in the reader's language."""
    from sofra.organisations.matching.saying import in_words  # numpy is loaded only where twins are shown

    return "; ".join(in_words(reason) for reason in kept)


def facts_said(row: ImportRow) -> list[tuple[str, str]]:
    """What was read of the row beside names, places and organisations: each with the name of its field."""
    if row.imported.what == What.ACTIVITIES:
        return _of_activity(row.reading)
    if row.imported.what == What.ANSWERS:
        return _of_answers(row)
    said = [_of_organisation(field, value) for field, value, *_rest in row.reading.get("facts", ())]
    return said + [(str(COLUMNS[row.imported.what].targets[field]), value)
                   for field, value in row.reading.get("school", {}).items()]  # fmt: skip


def _of_answers(row: ImportRow) -> list[tuple[str, str]]:
    """Each answer with the label of its question."""
    known = filled_columns.known_of(filled_columns.version_of(row.imported))
    root = f"/{known.form.root}/"
    paths = ((path.removeprefix(root), value) for path, value in values_of(row.reading["document"]))
    return [(known.labels.get(path) or path, value) for path, value in paths]


def _of_organisation(field: str, value: str) -> tuple[str, str]:
    """A fact: the name of its field and its value, in the reader's words and not in codes."""
    if field not in FIELDS:
        return str(COLUMNS["organisations"].targets.get(field, field)), value
    fact = Fact(field=field, value=value)
    return fact.field_name, fact.shown


def _of_activity(reading: dict[str, Any]) -> list[tuple[str, str]]:
    targets, said = COLUMNS["activities"].targets, reading.get("said", {})
    found = [(str(targets[_TARGETS[name]]), _value(name, value)) for name, value in said.items() if name in _TARGETS]
    for group in said.get("groups", ()):
        found.append((str(targets["women" if group["sex"] == "f" else "men"]), str(group["number"])))
    project = reading.get("project", {})
    names = {"title": "project", "aim": "aim", "budget": "budget"}
    return found + [(str(targets[names[name]]), str(value)) for name, value in project.items() if name in names]


def _value(name: str, value: Any) -> str:
    if name in _CODED:
        codes = value if isinstance(value, list) else [value]
        return ", ".join(str(_CODED[name].get(code, code)) for code in codes)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return dates.written(value) if name in {"begins", "ends"} else str(value)
