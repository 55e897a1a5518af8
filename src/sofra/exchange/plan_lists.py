"""Plans, indicators and lessons as rows: the tables of their pages, whole, to the same eyes."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.organisations.vocabulary import Theme
from sofra.plans import queries, tables

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
    """One of a plan's tables, as its page shows it."""
    plan = queries.plan_for(request.user, code)
    if view not in tables.VIEWS:
        raise Http404
    return _rows_of(tables.VIEWS[view](request.user, plan))


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
