"""Plans, indicators and lessons as rows, whole, to the same eyes as their pages: what pages word, files say plainly.

Dates stand as they are kept, amounts and values as numbers with their currency or unit beside them, bodies and measures
with their id. An empty cell is not known.
"""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.ground.tongues import said
from sofra.organisations.vocabulary import Theme
from sofra.plans import few, queries, tables
from sofra.plans.models import Plan

from .lists import List, Row, _several


def plans(request: HttpRequest) -> List:
    level = level_of(request.user)
    header = [
        _("id"),
        _("title"),
        _("kind of plan"),
        _("whose plan"),
        _("begins"),
        _("ends"),
        _("state"),
        _("nests in"),
        _("source"),
    ]
    found = list(queries.plans(request.user))
    there = {one.pk for one in found}

    def rows() -> Iterator[Row]:
        for one in found:
            yield [
                one.code, str(one), one.get_kind_display(), queries.name_of(one.owner, level), one.begins, one.ends,
                one.get_state_display(), one.under.code if one.under and one.under_id in there else "", one.source,
            ]  # fmt: skip

    return header, rows()


def plan_table(request: HttpRequest, code: str, view: str) -> List:
    """One of a plan's tables."""
    plan = queries.plan_for(request.user, code)
    if view not in tables.VIEWS:
        raise Http404
    plain = {"tree": _measures, "money": _money, "indicators": _indicators, "readings": _readings}
    return plain[view](request.user, plan) if view in plain else _rows_of(tables.VIEWS[view](request.user, plan))


BATCH = 1_000


def _measures(user: Any, plan: Plan) -> List:
    """Every measure of the plan in its order, with all that it says."""
    level, header = level_of(user), [
        _("id"), _("number"), _("title"), _("objective"), _("part of"), _("counts towards"), _("responsible"),
        _("partners"), _("places"), _("begins"), _("ends"), _("status"), _("needs"), _("indicators"), _("activities"),
        _("source"),
    ]  # fmt: skip
    places = queries.order(plan)

    def rows() -> Iterator[Row]:
        for start in range(0, len(places), BATCH):
            nodes = queries.nodes(places[start : start + BATCH], user)
            more = queries.partners_of(node.measure.pk for node in nodes)
            for node in nodes:
                one = node.measure
                names = [queries.name_of(body, level) for body in more.get(one.pk, [])]
                yield [
                    one.code, one.number, str(one), one.objective.number if one.objective else "",
                    one.within.code if one.within else "", one.serves.code if one.serves else "",
                    queries.name_of(one.responsible, level), _several(name for name in names if name),
                    _several(one.places), one.begins, one.ends,
                    "" if one.status == one.Status.UNKNOWN else one.get_status_display(), said(one.needs),
                    node.indicators, node.activities, one.source,
                ]  # fmt: skip

    return header, rows()


def _money(user: Any, plan: Plan) -> List:
    """A row of money each; amounts of several currencies are never added."""
    level, header = level_of(user), [
        _("measure"), _("title"), _("kind"), _("amount"), _("currency"), _("found by"), _("when"), _("source"),
    ]  # fmt: skip
    found = queries.plan_money(plan, level)
    return header, (
        [row.measure.code, str(row.measure), row.get_kind_display(), row.amount, row.currency,
         queries.name_of(row.funder, level), row.when, row.source]
        for row in found.iterator(chunk_size=BATCH)
    )  # fmt: skip


def _indicators(user: Any, plan: Plan) -> List:
    level, header = level_of(user), [
        _("id"), _("title"), _("definition"), _("scale"), _("unit"), _("direction"), _("objective"), _("measure"),
        _("part of"), _("rule"), _("figure of the hub"), _("measured by"), _("how often"), _("baseline"),
        _("date of the baseline"), _("source of the baseline"), _("newest value"), _("period"), _("numerator"),
        _("denominator"), _("target"), _("target's period"), _("where it stands"), _("told in public"), _("source"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        found = plan.indicators.order_by("code").select_related(
            "objective", "measure", "parent", "measured_by__joined_to"
        )
        for start in range(0, found.count(), BATCH):
            for one in queries.standings(list(found[start : start + BATCH]), level):
                what, newest = one.indicator, one.newest
                hidden = few.too_few(what, what.baseline_numerator or what.baseline, level)
                yield [
                    what.code, str(what), said(what.definitions), what.get_scale_display(), what.unit,
                    what.get_direction_display(), what.objective.number if what.objective else "",
                    what.measure.code if what.measure else "", what.parent.code if what.parent else "",
                    what.get_rolls_up_display(), what.figure, queries.name_of(what.measured_by, level), what.how_often,
                    "" if hidden or what.baseline is None else what.baseline, what.baseline_on, what.baseline_source,
                    *(["", one.period, "", ""] if one.few or newest is None else
                      [newest.value, one.period, newest.numerator, newest.denominator]),
                    one.target, one.target_period, one.words, tables.few_words() if one.few else "", what.source,
                ]  # fmt: skip

    return header, rows()


def _readings(user: Any, plan: Plan) -> List:
    """Approved readings, the newest first; parts as "sex: women = 120", where they may be told."""
    level, header = level_of(user), [
        _("indicator"), _("title"), _("period"), _("value"), _("numerator"), _("denominator"), _("complete"),
        _("parts"), _("why not known"), _("source"), _("told in public"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        last: tuple[str, int] | None = None
        while some := queries.readings_after(plan, last, BATCH):
            last = (some[-1].period, some[-1].pk)
            back = few.kept_back([one.indicator for one in some], level)
            for one in some:
                kept = (one.indicator_id, one.period) in back
                yield [
                    one.indicator.code, str(one.indicator), one.period,
                    *(["", "", ""] if kept else [one.value, one.numerator, one.denominator]),
                    {True: _("yes"), False: _("no")}.get(one.complete, "") if one.complete is not None else "",
                    "" if kept else _several(tables.part_words(one, level)), one.why_unknown, one.source,
                    tables.few_words() if kept else "",
                ]  # fmt: skip

    return header, rows()


def indicators(request: HttpRequest) -> List:
    return _rows_of(tables.bank(request.user))


def _rows_of(table: tables.Table) -> List:
    return list(table.head), (
        [("" if cell.unknown else cell.text) for cell in row] for rows in (table.rows, table.foot) for row in rows
    )


def lessons(request: HttpRequest) -> List:
    names = {code: str(words) for code, words in Theme.choices}
    header = [_("project"), _("was to change"), _("changed"), _("learnt"), _("did not work"), _("themes"), _("source")]
    rows = (
        [one.project.title, one.was_to_change, one.changed, one.learnt, one.did_not_work,
         _several(names.get(code, code) for code in one.themes), one.source]
        for one in queries.assessments(request.user)
    )  # fmt: skip
    return header, rows
