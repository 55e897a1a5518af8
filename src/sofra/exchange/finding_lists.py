"""Findings, sources and codes as rows: what each page shows, whole, with its own filters and to the same eyes."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.findings import coding, queries, source_views, views
from sofra.findings.vocabulary import chapter_title
from sofra.ground.models import Visibility
from sofra.organisations.vocabulary import ActivityClass

from .lists import List, Row, _day, _several


def findings(request: HttpRequest) -> List:
    """One row a finding, with what it stands on as far as the reader may see it."""
    _form, found = views.listed(request)
    user, level, language = request.user, level_of(request.user), get_language() or "sq"
    header = [
        _("id"), _("round"), _("chapter"), _("what it is"), _("state"), _("statement in Albanian"),
        _("statement in English"), _("codes of places"), _("organisations"), _("class"), _("its place in the document"),
        _("how it stands"), _("stands on"), _("objections"),
    ]  # fmt: skip
    classes = {code: str(label) for code, label in ActivityClass.choices} | {"both": _("both classes")}

    def rows() -> Iterator[Row]:
        for one in found.iterator(chunk_size=200):
            evidence = [
                "".join(run.text for run in line) for line in queries.evidence_lines(one, level, language, user)
            ]
            objections = [
                f"{queries.objector_words(step, level)}: {step.objection}" for step in queries.standing_objections(one)
            ]
            yield [
                one.code, one.round.code, chapter_title(one.chapter) if one.chapter else "", one.get_kind_display(),
                one.get_state_display(), one.statements.get("sq", ""), one.statements.get("en", ""),
                _several(one.places), _several(body.name for body in queries.organisations_of(one, user)),
                classes.get(one.activity_class, ""), one.where_said, queries.standing_words(one), _several(evidence),
                _several(objections) if one.state == "contested" else "",
            ]  # fmt: skip

    return header, rows()


def sources(request: HttpRequest) -> List:
    """One row a source. A person's name never leaves the hub."""
    _form, found = source_views.listed(request)
    level = level_of(request.user)
    header = [
        _("id"), _("round"), _("kind of source"), _("title"), _("whose words"), _("when"), _("codes of places"),
        _("web address"), _("consent"), _("quotes"), _("who may see it"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in found.iterator(chunk_size=200):
            told = queries.quotes_of(one, request.user)
            yield [
                one.code, one.round.code, one.get_kind_display(), one.title, one.who, one.when, _several(one.places),
                one.url, one.get_consent_display(),
                _several(f"“{quote.text}”" + (f" ({quote.page})" if quote.page else "") for quote in told),
                str(Visibility(one.visible_to).label) if level >= Visibility.MEMBERS else "",
            ]  # fmt: skip

    return header, rows()


def codings(request: HttpRequest) -> List:
    """What coders who are done gave, one row an answer or quote; for who may compare them."""
    by = require(request.user, roles.MAPPER)
    header = [_("answer or quote"), _("coder"), _("codes at first"), _("codes now"), _("time of the coder’s end")]
    found = queries.rounds(by).filter(code=request.GET.get("round", "")).first()
    question = request.GET.get("question", "")
    if found is None or not coding.may_compare(found, question, by):
        return header, []
    compared = coding.comparison(found, question, by)

    def rows() -> Iterator[Row]:
        for row in compared.rows:
            for task, first, now in zip(compared.coders, row.first, row.now, strict=True):
                yield [
                    row.unit.text, task.coder.name, _codes(first), _codes(now), _day(task.done_at),
                ]  # fmt: skip

    return header, rows()


def _codes(given: list[coding.Code] | None) -> str:
    """The codes given; a dash for none of them; nothing for what was not coded."""
    return "" if given is None else _several(code.code for code in given) or "–"
