"""The pages of coverage as rows: what each shows, whole, with its own filters and to the same eyes."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.activities import dates
from sofra.activities import queries as kept
from sofra.coverage import crowds, forms, listing, money, queries, rules, tables, wording
from sofra.coverage.rows import Row as ActivityRow
from sofra.coverage.rows import rows_of
from sofra.places.titles import title_of

from .lists import BATCH, List, Row, _several


def _valid(form: Any) -> Any:
    """The form, or the sentences that say what is wrong with the address."""
    if not form.is_valid():
        raise BadRequest("; ".join(sentence for said in form.errors.values() for sentence in said))
    return form


def _list_form(request: HttpRequest, level: int, *without: str) -> forms.ListForm:
    form: forms.ListForm = _valid(forms.ListForm(request.GET, level=level, without=without))
    return form


def _said(sure: bool) -> str:
    return _("sure") if sure else _("possible")


def _day(day: int) -> str:
    return "" if day in {dates.LONG_AGO, dates.FAR_OFF} else date.fromordinal(day).isoformat()


def plan(request: HttpRequest) -> List:
    """The answer of Before you plan: each activity, partner and place a row; the first column says what it is."""
    level = level_of(request.user)
    question = _valid(forms.PlanForm(request.GET, level=level)).question()
    answer = queries.before(level, question)
    header = [_("part"), _("id"), _("title or name"), _("organisations"), _("places"), _("from"), _("to"), _("why")]
    listed = (
        (None, answer.there),
        (_("was there"), answer.was_there),
        (_("in the background"), answer.background),
    )
    titles = wording.titles_of(code for _part, found in listed for one in found.found for code in one.places)

    def rows() -> Iterator[Row]:
        for part, found in listed:
            for one in found.found:
                yield [
                    part or (_("there, sure") if one.sure else _("there, possible")), one.code, one.title,
                    _several(body.name for body in one.organisations),
                    _several(titles.get(code, code) for code in one.places), one.begins, one.ends,
                    _several(wording.why(one.why, titles, question, (one.begins, one.ends))),
                ]  # fmt: skip
        for partner in answer.partners:
            why = [wording.audience_word(code) for code in partner.audiences]
            why += [wording.work_word(code) for code in partner.kinds]
            yield [
                _("possible partner"), partner.organisation.code, partner.organisation.name, "",
                _several(map(title_of, partner.places)), "", "", _several(why),
            ]  # fmt: skip
        for near in answer.nobody_near:
            state = str(rules.State(near.state).label)
            yield [_("nobody known near by"), near.place.code, title_of(near.place), "", "", "", "", state]

    return header, rows()


def coverage(request: HttpRequest) -> List:
    """Activities by place and column. Empty: not known; 0: it was asked, and nobody is known."""
    level = level_of(request.user)
    table = tables.heat_table(level, _valid(forms.HeatForm(request.GET)))
    header = [_("place"), _("organisations in the registry"), _("all activities"), _("of them surely in that time")]
    for name in table.columns:
        header += [name, _("%(column)s, surely") % {"column": name}]

    def numbers(cells: Iterable[tables.HeatCell]) -> Iterator[int | None]:
        for cell in cells:
            none = 0 if cell.state == "none" else None
            yield from (cell.may, cell.sure) if cell.may else (none, none)

    return header, ([row.title, row.registry, *numbers([row.whole, *row.cells])] for row in table.rows)


def overlaps(request: HttpRequest) -> List:
    """Every overlap, each pair once."""
    level = level_of(request.user)
    filters = _list_form(request, level).filters()
    header = [
        _("sure or possible"), _("one"), _("title of the one"), _("organisations of the one"), _("the other"),
        _("title of the other"), _("organisations of the other"), _("from"), _("to"), _("why"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        batch: list[listing.Overlap] = []
        for one in listing.overlaps(level, filters):
            batch.append(one)
            if len(batch) == BATCH:
                yield from _overlap_rows(batch, level)
                batch = []
        yield from _overlap_rows(batch, level)

    return header, rows()


def _overlap_rows(batch: list[listing.Overlap], level: int) -> Iterator[Row]:
    numbers = {named.number for one in batch for named in (one.first, one.second)}
    rows = {row.activity.pk: row for row in rows_of(kept.activities(level).filter(pk__in=numbers), level)}
    titles = wording.titles_of(
        code for one in batch for why in one.why if why.side == rules.Side.PLACE for code in why.shared
    )
    for one in batch:
        sides: list[str] = []
        for named in (one.first, one.second):
            bodies = rows[named.number].organisations if named.number in rows else ()
            sides += [named.code, named.title, _several(body.name for body in bodies)]
        why = _several(wording.why(one.why, titles))
        yield [_said(one.sure), *sides, _day(one.days[0]), _day(one.days[1]), why]


def crowded(request: HttpRequest) -> List:
    """Crowded municipalities by place and audience, with the activities that say so; not in a large hub, where they
    are too many for a cell: there each municipality's own list has them."""
    level = level_of(request.user)
    form = _list_form(request, level, "organisation", "activity", "kind", "theme")
    header = [
        _("code"), _("municipality"), _("for whom"), _("sure or possible"), _("most organisations on one day"),
        _("days"), _("organisations"), _("activities"),
    ]  # fmt: skip
    if crowds.is_large() and not (form.asked_place and form.asked_place.level >= 2):
        return header, _counted_crowds(crowds.crowds(level, form.filters()))
    found = queries.crowded_places(level, form.filters())
    codes = dict(
        kept.activities(level)
        .filter(pk__in={work.number for one in found for work in one.crowd.works})
        .values_list("pk", "code")
    )
    return header, (
        [
            one.place.code, title_of(one.place), wording.audience_word(one.audience), _said(one.crowd.sure),
            one.crowd.number, _several(wording.days(span) for span in one.crowd.spans),
            _several(body.name for body in one.organisations),
            _several(codes[work.number] for work in one.crowd.works if work.number in codes),
        ]
        for one in found
    )  # fmt: skip


def _counted_crowds(found: list[crowds.Crowded]) -> Iterator[Row]:
    titles = wording.titles_of(one.place for one in found)
    for one in found:
        days = _several(wording.days((quarter.first, quarter.last)) for quarter in one.quarters)
        yield [
            one.place, titles[one.place], wording.audience_word(one.audience), _said(one.sure), one.number, days, "",
            "",
        ]  # fmt: skip


def gaps(request: HttpRequest) -> List:
    """Municipalities where nobody is known, and whether anybody asked."""
    level = level_of(request.user)
    form = _list_form(request, level, "organisation", "activity", "kind", "theme", "sure")
    header = [
        _("code"), _("municipality"), _("for whom"), _("what is known"), _("asked by"), _("asked when"),
        _("declared a priority by"), _("activities of larger places"),
    ]  # fmt: skip
    return header, (
        [
            one.place.code, title_of(one.place), wording.audience_word(one.audience) if one.audience else "",
            str(rules.State(one.state).label), _several(asking.asked_by for asking in one.askings),
            _several(asking.asked_on for asking in one.askings),
            _several(area.declared_by for area in one.priorities), one.wider,
        ]
        for one in queries.gaps(level, form.filters())
    )  # fmt: skip


def cell(request: HttpRequest) -> List:
    """The activities behind a number."""
    level = level_of(request.user)
    found = queries.activities_of(level, _valid(forms.CellForm(request.GET, level=level)).cell())
    header = [
        _("id"), _("title"), _("organisations"), _("places"), _("from"), _("to"), _("for whom"), _("kinds and themes"),
        _("status"), _("source"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        numbers = list(found.values_list("pk", flat=True))
        for start in range(0, len(numbers), BATCH):
            batch = kept.activities(level).filter(pk__in=numbers[start : start + BATCH])
            yield from map(_activity_row, rows_of(batch, level))

    return header, rows()


def _activity_row(row: ActivityRow) -> Row:
    one = row.activity
    return [
        one.code, one.title, _several(body.name for body in row.organisations), _several(row.places), one.begins,
        one.ends, _several(row.audiences), _several(row.work), one.get_status_display(), one.source,
    ]  # fmt: skip


def amounts(request: HttpRequest) -> List:
    """Money by place or kind, each currency in a column of its own, with of how many it is known."""
    level = level_of(request.user)
    form: forms.MoneyForm = _valid(forms.MoneyForm(request.GET, givers=money.funders(level)))
    by = form.cleaned_data["by"] or "place"
    found = money.money(level, form.cell(), by=by, funder=form.giver)
    header = [_("line"), _("part of the line above")]
    sides = (
        (_("activities"), found.activities.currencies),
        (_("projects"), found.projects.currencies),
    )
    for name, currencies in sides:
        header += [name, _("%(what)s with a known amount") % {"what": name}]
        header += [_("%(what)s, %(currency)s") % {"what": name, "currency": one} for one in currencies]

    def numbers(line: money.Line, currencies: Iterable[str]) -> Row:
        return [line.count, line.known, *(float(line.sums[one]) if one in line.sums else None for one in currencies)]

    return header, (
        [
            row.title, _("yes") if row.inner else "", *numbers(row.activities, found.activities.currencies),
            *numbers(row.projects, found.projects.currencies),
        ]
        for row in tables.money_rows(found, by)
    )  # fmt: skip


def askings(request: HttpRequest) -> List:
    """Which places were asked about, by whom and when."""
    header = [_("code"), _("place"), _("who asked whom"), _("when"), _("about whom"), _("from"), _("to"), _("source")]
    return header, (
        [
            one.place_id, title_of(one.place), one.asked_by, one.asked_on,
            _several(wording.audience_word(code) for code in one.audiences), one.begins, one.ends, one.source,
        ]
        for one in queries.askings().iterator(chunk_size=BATCH)
    )  # fmt: skip


def priorities(request: HttpRequest) -> List:
    """Declared priority areas that the person may see."""
    user = require(request.user, roles.MEMBER)
    header = [_("code"), _("place"), _("declared by"), _("when"), _("why"), _("source"), _("who may see it")]
    return header, (
        [
            one.place_id, title_of(one.place), one.declared_by, one.declared_on, one.reason, one.source,
            one.get_visible_to_display(),
        ]
        for one in queries.priority_areas(level_of(user)).order_by("place__sort_key", "id")
    )  # fmt: skip
