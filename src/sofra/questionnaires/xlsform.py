"""XLSForm in: the spreadsheet that a questionnaire is written in becomes the form that phones and our pages read."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.utils import external_choices_to_csv, has_external_choices
from pyxform.xls2json import workbook_to_json

from . import checking, notices, others, rows, sealing, sheets, trees, xform
from .problems import of_form, of_formulas, of_pyxform
from .sheets import Problem, Refused

__all__ = ["Loaded", "Problem", "Refused", "read"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """`titles` language -> title; `languages` names as the form writes them ("Shqip (sq)"), the default first.

    `notices`: [{"sheet", "row", "what", "sentence"}]; `bindings`: path -> words of bindings.py; `itemsets`: the CSV
    that select_one_external looks values up in ("" where there is none); `wanted`: names of files the form asks for.
    """

    form_id: str
    form_version: str
    titles: dict[str, str]
    languages: list[str]
    xform: str
    notices: list[dict[str, Any]] = field(default_factory=list)
    bindings: dict[str, str] = field(default_factory=dict)
    itemsets: str = ""
    wanted: tuple[str, ...] = ()


def read(content: bytes, name: str) -> Loaded:
    """Read XLSX, XLS, CSV, Markdown or an XForm's own XML. Raises Refused."""
    if _is_xml(content):
        return _from_xform(content)
    book = sheets.read(content, name)
    survey = rows.Rows(book.data)
    bound = survey.take_bindings()
    seals = survey.take_seals()
    strays = survey.take_strays()
    if problems := survey.dangers():
        raise Refused(problems)
    told = strays + notices.of_sheets(book, survey)
    text, itemsets, warnings = _converted(book, survey, name)
    text, left_out = _without_submission(text)
    form = _form(text)
    sealed, misread = survey.sealed(seals, form)
    if sealed:
        text = sealing.written(text, sealed)
        form = _form(text)
    if problems := of_form(form, survey):
        raise Refused(problems)
    told += misread + left_out + notices.of_warnings(warnings) + notices.of_form(form, survey)
    bindings, strange = survey.bindings(bound, form)
    return _loaded(form, text, told + strange, bindings, itemsets)


def _loaded(form: xform.Form, text: str, told: list[notices.Notice], bindings: dict[str, str], itemsets: str) -> Loaded:
    language = checking.code_of(form.languages[0]) or "sq"
    return Loaded(
        form_id=form.form_id, form_version=form.version, titles={language: form.title}, languages=form.languages,
        xform=text,
        notices=[notice.kept() for notice in notices.once_each(told)], bindings=bindings, itemsets=itemsets,
        wanted=form.wanted,
    )  # fmt: skip


def _converted(book: sheets.Sheets, survey: rows.Rows, name: str) -> tuple[str, str, list[str]]:
    """The XForm, the CSV of external choices, and pyxform's warnings. Raises Refused."""
    warnings: list[str] = []
    fallback = re.sub(r"[^\w\-]+", "_", name.rpartition("/")[2].rpartition(".")[0])[:60] or "form"
    try:
        kept = rows.copied(book.data) if book.data.external_choices else book.data
        described = workbook_to_json(workbook_dict=book.data, fallback_form_name=fallback, warnings=warnings)
        untold = others.translated(described)
        warnings += [f"or_other {name}" for name in untold]
        itemsets = external_choices_to_csv(workbook_dict=kept) if has_external_choices(described) else ""
        survey_element = create_survey_element_from_dict(described)
        return survey_element._to_ugly_xml(), itemsets or "", warnings
    except PyXFormError as error:
        raise Refused([*of_formulas(book), *of_pyxform(error, survey)]) from None
    except RecursionError:
        raise sheets.whole(_("Groups or expressions of this form are nested too deep.")) from None
    except Exception:
        raise Refused([*of_formulas(book), *of_pyxform(None, survey)]) from None


def _form(text: str) -> xform.Form:
    try:
        return xform.read(text)
    except xform.BadForm:
        raise sheets.whole(
            _("The form that comes of this spreadsheet is no whole XML: look for stray prefixes in column headers.")
        ) from None


_SUBMISSION = re.compile(r"<submission\b([^>]*?)(?:/>|>.*?</submission>)", re.DOTALL)


def _without_submission(text: str) -> tuple[str, list[notices.Notice]]:
    """Answers go to this hub, readable: an address elsewhere and a key to encrypt with are left out, and told."""
    match = _SUBMISSION.search(text)
    if match is None:
        return text, []
    told = []
    if "base64RsaPublicKey" in match[1]:
        sentence = _("Answers are not encrypted on the phone: the hub could not read them. They travel by HTTPS.")
        told.append(notices.Notice("settings", 2, "public_key", sentence))
    if "action=" in match[1]:
        sentence = _("The address that answers were to be sent to was left out: they are sent to this hub.")
        told.append(notices.Notice("settings", 2, "submission_url", sentence))
    return _SUBMISSION.sub("", text, count=1), told


# — XForms that somebody made elsewhere ——————————————————————————————————————————————————————————————————————————————


def _is_xml(content: bytes) -> bool:
    return content[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


def _from_xform(content: bytes) -> Loaded:
    if len(content) > sheets.LARGEST:
        raise sheets.whole(
            _("This file is too large for a questionnaire: at most %(most)s MB.") % {"most": sheets.LARGEST // 1024**2}
        )
    try:
        element = trees.element(content, largest=sheets.LARGEST, most=500_000)
        text, left_out = _without_submission(trees.plain(element))
        form = xform.read(text)
    except trees.BadXml as error:
        sentence = {
            "entities": _("This file declares XML entities, which no form does: it was not read."),
            "deep": _("This file is nested deeper than a form can be."),
        }.get(error.why) or _("This file is no whole XML document.")
        raise sheets.whole(sentence) from None
    except xform.BadForm:
        raise sheets.whole(_("This XML is no XForm: it needs a model with an instance, and a body.")) from None
    if problems := of_form(form, None):
        raise Refused(problems)
    return _loaded(form, text, left_out + notices.of_form(form, None), {}, "")
