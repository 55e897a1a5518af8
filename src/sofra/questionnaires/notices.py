"""What a form uses and this hub does not carry out, named when it is loaded: nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from .sealing import telltales
from .shapes import Form, Item, Question, Repeat, under

if TYPE_CHECKING:
    from .rows import Rows
    from .sheets import Sheets

MOST = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """`what` is the thing by its technical name; `sentence` says what the hub does instead."""

    sheet: str
    row: int
    what: str
    sentence: str

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def once_each(told: list[Notice]) -> list[Notice]:
    return list(dict.fromkeys(told))[:MOST]


LOOKS = {  # what our pages show as the author wants it, or as well
    "minimal", "field-list", "multiline", "numbers", "autocomplete", "vertical", "horizontal", "horizontal-compact",
    "columns", "columns-pack", "columns-flex", "compact", "quickcompact", "quick", "likert", "list", "list-nolabel",
    "label", "table-list", "no-buttons", "thousands-sep", "summary", "textarea", "randomized", "no-calendar", "tel",
    "email", "url", "text", "search", "picker", "no-ticks", "month-year", "year",
}  # fmt: skip
_LOOKS_LIKE = re.compile(r"(columns|compact|quickcompact|w|h)-?\d+|columns-\d+-pack")


def of_sheets(book: Sheets, survey: Rows) -> list[Notice]:
    """What can be seen in the spreadsheet only."""
    told = []
    for formula in book.formulas[:20]:
        sentence = (
            _("Cell %(cell)s holds a formula without a value: open the file in a spreadsheet and save it again.")
            if formula.empty
            else _("Cell %(cell)s holds a formula: its value was read as it was last computed.")
        )
        row = int(re.sub(r"\D", "", formula.cell) or 0)
        told.append(Notice(formula.sheet, row, "formula", sentence % {"cell": formula.cell}))
    if len(book.formulas) > 20:
        told.append(Notice("", 0, "formula", _("More cells hold formulas: their values were read.")))
    if book.data.entities:
        told.append(Notice("entities", 0, "entities", _("Entities are not kept: the hub has its own registry.")))
    if book.data.osm:
        told.append(Notice("osm", 0, "osm", _("OpenStreetMap tags are not asked for.")))
    told += [*_of_rows(survey), *_of_settings(book), *_of_headers(book)]
    return told


def _of_rows(survey: Rows) -> Iterator[Notice]:
    for row in survey.survey:
        kind = row.type.lower()
        if kind in _TYPES:
            yield Notice("survey", row.number, kind, str(_TYPES[kind]()))
        if "save_to" in row.cells:
            yield Notice("survey", row.number, "save_to", _("Entities are not kept: the hub has its own registry."))
        if "search(" in row.cells.get("appearance", ""):
            yield Notice(
                "survey", row.number, "search()",
                _("Choices are not looked up by search(): all are shown. Use select_one_from_file."),
            )  # fmt: skip
        if any("last-saved#" in text for text in row.cells.values()):
            yield Notice("survey", row.number, "last-saved", _("The last saved answers are not known here: empty."))
        if "intent" in row.cells:
            yield Notice("survey", row.number, "intent", _("No other app is opened from here."))


_TYPES = {
    "audit": lambda: _("No audit log of the filling is kept on the web; a phone may send its own."),
    "start-geopoint": lambda: _("The place is not recorded on the web without being asked; a phone may do so."),
    "background-geopoint": lambda: _("The place is not recorded on the web without being asked; a phone may do so."),
    "background-audio": lambda: _("Nothing is recorded in the background on the web; a phone may do so."),
    "osm": lambda: _("OpenStreetMap tags are not asked for."),
    "deviceid": lambda: _("On the web there is no device number: it stays “sofra”."),
    "imei": lambda: _("On the web there is no device number: it stays “sofra”."),
    "subscriberid": lambda: _("Numbers of phones and SIM cards are not known on the web: empty."),
    "simserial": lambda: _("Numbers of phones and SIM cards are not known on the web: empty."),
    "phonenumber": lambda: _("Numbers of phones and SIM cards are not known on the web: empty."),
    "email": lambda: _("The mail address set on a phone is not known on the web: empty."),
    "username": lambda: _("Who fills in a form by its link has no name of a user: empty."),
}


def _of_settings(book: Sheets) -> Iterator[Notice]:
    settings = (book.data.settings or [{}])[0] if book.data.settings else {}
    for key in settings:
        plain = "_".join(str(key).lower().split())
        if plain.startswith("sms_") or plain in ("prefix", "delimiter"):
            yield Notice("settings", 2, plain, _("Answers by text message are not received."))
        elif plain in ("auto_send", "auto_delete"):
            yield Notice("settings", 2, plain, _("This is a setting of the phone: the web pages have nothing like it."))
        elif plain == "style" and "theme-grid" in str(settings[key]):
            yield Notice("settings", 2, plain, _("The grid is not drawn: questions stand below one another."))
        elif plain == "client_editable":
            yield Notice("settings", 2, plain, _("Whether sent answers can be changed is decided by the link."))


_HEADERS = {
    "type", "name", "label", "hint", "guidance_hint", "relevant", "required", "required_message", "requiredmsg",
    "constraint", "constraint_message", "calculation", "readonly", "appearance", "default", "repeat_count",
    "choice_filter", "parameters", "trigger", "image", "big-image", "audio", "video", "media", "list_name", "list name",
    "sofra", "sofra:field", "sealed", "bind", "body", "instance", "control", "disabled", "autoplay", "rows", "save_to",
    "query", "intent", "jr:constraintmsg", "jr:requiredmsg", "no_app_error_string", "jr:noapperrorstring", "geometry",
    "saveincomplete", "jr:preload", "jr:preloadparams", "accuracythreshold", "value", "orx:max-pixels", "flat",
}  # fmt: skip


def _of_headers(book: Sheets) -> Iterator[Notice]:
    from .rows import column

    for line in book.data.survey_header or []:
        for header in line:
            plain = column(str(header))
            if plain not in _HEADERS and not str(header).startswith(("_", "#")):
                sentence = _("The column “%(column)s” is no part of XLSForm: it was not used.") % {"column": header}
                yield Notice("survey", 1, str(header), sentence)
            elif str(header).lower().startswith(("instance::", "body::")):
                sentence = _("The column “%(column)s” is kept for phones; the pages here do nothing with it.")
                yield Notice("survey", 1, str(header), sentence % {"column": header})


def of_warnings(warnings: list[str]) -> list[Notice]:
    """What pyxform warns of and an author would want to know."""
    told = []
    for warning in warnings:
        row = int(match[1]) if (match := re.search(r"\[row : (\d+)\]", warning)) else 0
        if "missing the" in warning and "column" in warning:
            for line in warning.split("\n"):
                if found := re.match(r"Language '(.*)' is missing the (\w+) columns? (.*?)\.?$", line):
                    sentence = _(
                        "The language “%(language)s” lacks: %(columns)s. The default language is shown instead."
                    )
                    told.append(
                        Notice(found[2], 0, "translation", sentence % {"language": found[1], "columns": found[3]})
                    )
        elif warning.startswith("or_other "):
            sentence = _("The hub does not know “Other” in %(language)s: add it to the list of choices by hand.")
            told.append(Notice("survey", row, "or_other", sentence % {"language": warning.partition(" ")[2]}))
        elif "case-insensitive match" in warning:
            told.append(Notice("survey", row, "name", _("Two names differ in capitals only.")))
        elif "similar names were found" in warning:
            told.append(
                Notice("", 0, "sheet", _("A sheet's name is nearly that of a sheet of XLSForm: it was not used."))
            )
        elif "is being skipped" in warning:
            told.append(Notice("survey", row, "row", _("This row has no type, name or label: it was not used.")))
        elif "no label" in warning:
            told.append(Notice("survey", row, "label", _("This has no label: its name is shown.")))
    return told


def of_form(form: Form, survey: Rows | None) -> list[Notice]:
    """What can be seen in the form itself, wherever it came from."""
    told: list[Notice] = []
    for item in under(form.children):
        row = survey.row_of(item.path) if survey is not None else 0
        told += _of_item(item, row)
    if not any(isinstance(one, Question) and (one.asked or one.kind == "note") for one in form.items.values()):
        told.append(Notice("survey", 0, "questions", _("Nothing is asked on the web: a phone may send what it notes.")))
    for source in sorted({source for source in form.sources.values() if "last-saved" in source}):
        told.append(Notice("survey", 0, source, _("The last saved answers are not known here: empty.")))
    if form.wanted:
        sentence = _("The form looks answers up in %(names)s: add these files before you open it.")
        told.append(Notice("survey", 0, "files", sentence % {"names": ", ".join(form.wanted)}))
    for path in telltales(form):
        row = survey.row_of(path) if survey is not None else 0
        sentence = _("“%(name)s” is asked because of a sealed answer, and so tells something of it: seal it too.")
        told.append(Notice("survey", row, "sealed", sentence % {"name": path.rpartition("/")[2]}))
    if form.media:
        sentence = _("The form shows these files; add them, or its labels stand without: %(names)s.")
        told.append(Notice("survey", 0, "media", sentence % {"names": ", ".join(form.media[:20])}))
    for trouble in form.troubles:
        if trouble.what == "missing":
            row = survey.row_of(trouble.path) if survey is not None else 0
            sentence = _("An expression names “%(path)s”, which is not in the form: it counts as empty.")
            told.append(Notice("survey", row, trouble.detail, sentence % {"path": trouble.detail}))
    return told


def _of_item(item: Item, row: int) -> Iterator[Notice]:
    for word in re.sub(r"\(.*\)", "", item.appearance).split():
        if word not in LOOKS and not _LOOKS_LIKE.fullmatch(word) and not item.appearance.startswith("search"):
            yield Notice(
                "survey", row, f"appearance {word}",
                _("“%(look)s” is not shown like that on the web: the question is asked in the plain way.")
                % {"look": word},
            )  # fmt: skip
    if isinstance(item, Question):
        for name in item.parameters:
            if name in _PARAMETERS:
                yield Notice("survey", row, name, _("“%(name)s” is heeded by phones only.") % {"name": name})
    elif isinstance(item, Repeat) and item.fixed and not item.counted:
        yield Notice("survey", row, "noAddRemove", _("Turns can be added and removed on the web."))


_PARAMETERS = {
    "quality", "allow-mock-accuracy", "incremental", "intent", "capture-accuracy", "accuracyThreshold",
    "unacceptableAccuracyThreshold", "max-pixels",
}  # fmt: skip
