"""The tables of a plan, each once: its page, the downloads and the report show the same rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sofra.accounts.access import level_of
from sofra.activities import dates
from sofra.organisations.queries import place_titles

from . import queries, rules
from .models import Indicator, Measure, Money, Plan
from .queries import Standing
from .saying import deed, field_words


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and where it leads. An unknown value is written out."""

    text: str
    url: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    numbers: tuple[int, ...] = ()


def _cell(text: str, url: str = "") -> Cell:
    return Cell(text, url) if text else Cell(_("not known"), "", True)


def number(value: Decimal | None) -> str:
    """A number as the reader's language writes it; "" where it is not known."""
    if value is None:
        return ""
    plain = value.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return number_format(value, decimal_pos=min(places, 2), force_grouping=True)


def value_words(indicator: Indicator, value: Decimal | None) -> str:
    """ "37.3 %", "12 people", "in part"; "" where it is not known."""
    if value is None:
        return ""
    if indicator.scale == Indicator.Scale.LEVELS:
        from sofra.ground.tongues import said

        at = int(value)
        return said(indicator.levels[at]) if 0 <= at < len(indicator.levels) else ""
    if indicator.scale == Indicator.Scale.SHARE:
        return f"{number(value.quantize(Decimal('0.1')))} %"
    return f"{number(value)} {unit_words(indicator.unit)}".strip()


def unit_words(unit: str) -> str:
    words = {
        "people": _("people"),
        "organisations": _("organisations"),
        "municipalities": _("municipalities"),
        "sessions": _("sessions"),
        "activities": _("activities"),
        "decisions": _("decisions"),
        "meetings": _("meetings"),
        "measures": _("measures"),
        "days": _("days"),
        "places": _("places"),
        "schools": _("schools"),
    }
    return words.get(unit, unit)


def money_words(by: dict[str, Decimal]) -> str:
    """Each currency by itself: "12 000 EUR; 5 000 ALL"."""
    return "; ".join(f"{number(amount)} {currency}" for currency, amount in sorted(by.items()))


def _measure(one: Measure, depth: int = 0) -> Cell:
    return Cell(
        f"{'– ' * depth}{one.number} {one}".strip() if one.number else f"{'– ' * depth}{one}", one.get_absolute_url()
    )


def _line(one: Measure, level: int) -> tuple[Cell, ...]:
    return (
        _cell(queries.name_of(one.responsible, level)),
        _cell(one.when if one.begins or one.ends else ""),
        Cell(capfirst(str(one.get_status_display())), "", one.status == Measure.Status.UNKNOWN),
    )


def tree(user: Any, plan: Plan) -> Table:
    """Every measure with whom it is with, when and how it goes."""
    level = level_of(user)
    objectives = {one.pk: one for one in plan.objectives.all()}
    rows = []
    for node in queries.tree(plan):
        objective = objectives.get(node.measure.objective_id or 0)
        rows.append(
            (
                _measure(node.measure, node.depth),
                Cell(f"{objective.number}. {objective}" if objective else _("none")),
                *_line(node.measure, level),
                Cell(str(node.indicators)),
                Cell(str(node.activities)),
            )
        )
    head = (_("Measure"), _("Objective"), _("Responsible"), _("When"), _("Status"), _("Indicators"), _("Activities"))
    return Table(_("Measures in the order of the plan"), head, rows, (5, 6))


def bodies(user: Any, plan: Plan) -> Table:
    level = level_of(user)
    found = list(plan.measures.select_related("responsible__joined_to"))
    found.sort(
        key=lambda one: (
            not queries.name_of(one.responsible, level),
            queries.name_of(one.responsible, level),
            one.position,
        )
    )
    rows = [
        (
            _cell(
                queries.name_of(one.responsible, level),
                one.responsible.get_absolute_url()
                if one.responsible and queries.name_of(one.responsible, level)
                else "",
            ),
            _measure(one),
            *_line(one, level)[1:],
        )
        for one in found
    ]
    return Table(_("Who is responsible for what"), (_("Responsible"), _("Measure"), _("When"), _("Status")), rows)


def places(user: Any, plan: Plan) -> Table:
    """Measures by municipality, of the plan and of local plans below it; those that name none stand at the end."""
    level = level_of(user)
    found: dict[str, list[Measure]] = defaultdict(list)
    plans = {plan.pk: plan} | {one.pk: one for one in queries.nested(user, plan)}
    measures = Measure.objects.filter(plan__in=plans).select_related("plan", "responsible__joined_to")
    for one in measures:
        own = [plans[one.plan_id].place] if plans[one.plan_id].place else []
        for code in one.places or own or [""]:
            found[code].append(one)
    titles = place_titles([code for code in found if code])
    order = sorted(found, key=lambda code: (not code, titles.get(code, code)))
    rows = [
        (
            _cell(titles.get(code, code)),
            _measure(one),
            Cell(str(one.plan), one.plan.get_absolute_url()),
            *_line(one, level),
        )
        for code in order
        for one in found[code]
    ]
    head = (_("Place"), _("Measure"), _("Plan"), _("Responsible"), _("When"), _("Status"))
    return Table(_("Measures by municipality, of this plan and of the plans below it"), head, rows)


def money(user: Any, plan: Plan) -> Table:
    """Asked, found and spent by measure; a sum by currency at the end, and of how many measures nothing is known."""
    level = level_of(user)
    measures = [node.measure for node in queries.tree(plan)]
    held = queries.money_of([one.pk for one in measures], level)
    rows = []
    for one in measures:
        mine = queries.sums([one], held)
        by = sorted(
            {queries.name_of(row.funder, level) for row in held.get(one.pk, ()) if row.kind == Money.Kind.FOUND} - {""}
        )
        cells = [_cell(money_words(mine.by[kind])) for kind in Money.Kind.values]
        rows.append((_measure(one), *cells, _cell(", ".join(by)) if mine.by["found"] else Cell("–")))
    whole = queries.sums(measures, held)
    rows.append(
        (
            Cell(_("Together, as far as it is known")),
            *(_cell(money_words(whole.by[kind])) for kind in Money.Kind.values),
            Cell(""),
        )
    )
    rows.append(
        (
            Cell(_("Measures of which it is not known")),
            *(Cell(str(whole.unknown[kind])) for kind in Money.Kind.values),
            Cell(""),
        )
    )
    head = (_("Measure"), pgettext("money", "Asked"), _("Found"), _("Spent"), _("Found by"))
    return Table(_("Money, each currency by itself; what is not known is no zero"), head, rows, (1, 2, 3))


def timeline_rows(plan: Plan) -> list[tuple[Measure, list[str]]]:
    """Each measure with a mark a year: "sure", "may" (a date is not known to the day), or "" outside."""
    found = [node.measure for node in queries.tree(plan)]
    years = timeline_years(plan, found)
    return [(one, [_in_year(one, year) for year in years]) for one in found]


def timeline_years(plan: Plan, measures: Sequence[Measure]) -> list[int]:
    known = [int(when[:4]) for when in _dates(plan, measures) if when]
    if not known:
        return []
    first, last = min(known), max(known)
    return list(range(first, min(last, first + 30) + 1))


def _dates(plan: Plan, measures: Sequence[Measure]) -> list[str]:
    return [plan.begins, plan.ends, *(when for one in measures for when in (one.begins, one.ends))]


def _in_year(one: Measure, year: int) -> str:
    if not one.begins and not one.ends:
        return ""
    days = dates.days_of(one.begins, one.ends)
    first, last = dates.first_day(str(year)).toordinal(), dates.last_day(str(year)).toordinal()
    if last < days.may_begin or days.may_end < first:
        return ""
    if not one.begins or not one.ends:
        return "sure" if year == int((one.begins or one.ends)[:4]) else "may"
    return "sure" if days.sure and days.sure[0] <= last and first <= days.sure[1] else "may"


def timeline(user: Any, plan: Plan) -> Table:
    level = level_of(user)
    rows = timeline_rows(plan)
    years = timeline_years(plan, [one for one, _marks in rows])
    words = {"sure": "■ " + _("under way"), "may": "□ " + _("perhaps"), "": "·"}
    head = (_("Measure"), _("When"), *map(str, years))
    cells = [(_measure(one), _line(one, level)[1], *(Cell(words[mark]) for mark in marks)) for one, marks in rows]
    return Table(_("Measures by year: ■ as dated, □ perhaps, where a beginning or an end is not known"), head, cells)


def indicators(user: Any, plan: Plan | None) -> Table:
    """Where each stands; the traffic light is a word."""
    level = level_of(user)
    found = list(Indicator.objects.filter(plan=plan).select_related("measure", "measured_by__joined_to"))
    rows = [_indicator(one, level) for one in queries.standings(found)]
    head = (
        _("Indicator"),
        _("Baseline"),
        _("Newest value"),
        _("Period"),
        _("Target"),
        _("Where it stands"),
        _("Source"),
    )
    return Table(_("Indicators"), head, rows, (1, 2, 4))


def _indicator(one: Standing, level: int) -> tuple[Cell, ...]:
    what = one.indicator
    few = queries.too_few(what, one.value, level)
    target = value_words(what, one.target)
    return (
        Cell(str(what), what.get_absolute_url()),
        _cell(value_words(what, what.baseline)),
        Cell(_("fewer than five")) if few else _cell(value_words(what, one.value)),
        Cell(one.period or "–"),
        _cell(f"{target} ({one.target_period})" if target else ""),
        Cell(one.words),
        Cell(what.source or "–"),
    )


def bank(user: Any, _plan: Any = None) -> Table:
    from sofra.ground.tongues import said

    rows = [
        (
            Cell(str(one), one.get_absolute_url()),
            Cell(said(one.definitions)),
            Cell(_scale(one)),
            Cell(str(one.get_direction_display())),
            Cell(one.source or "–"),
        )
        for one in queries.bank()
    ]
    head = (_("Indicator"), _("Definition"), _("Scale"), _("Direction"), _("Source"))
    return Table(_("Indicators to start from"), head, rows)


def _scale(one: Indicator) -> str:
    return str(one.get_scale_display()) + (f" ({unit_words(one.unit)})" if one.unit else "")


def readings(user: Any, plan: Plan) -> Table:
    """Approved readings, the newest first."""
    from .models import Reading

    level = level_of(user)
    found = Reading.objects.filter(indicator__plan=plan, state=Reading.State.APPROVED).select_related("indicator")
    rows = []
    for one in found.order_by("-period", "indicator__code")[:20_000]:
        few = queries.too_few(one.indicator, one.value, level)
        rows.append(
            (
                Cell(one.indicator.code),
                Cell(str(one.indicator), one.indicator.get_absolute_url()),
                Cell(one.period),
                Cell(_("fewer than five")) if few else _cell(number(one.value)),
                Cell(number(one.numerator)),
                Cell(number(one.denominator)),
                Cell(one.why_unknown),
                Cell(one.source),
            )
        )
    head = (
        _("code"),
        _("Indicator"),
        _("Period"),
        _("Value"),
        _("numerator"),
        _("denominator"),
        _("Why it is not known"),
        _("Source"),
    )
    return Table(_("Approved readings"), head, rows, (3, 4, 5))


def history(user: Any, plan: Plan) -> Table:
    rows = []
    seen = level_of(user) > 0
    for step in queries.steps(user, plan)[:2_000]:
        when = number_day(step.at)
        who = (
            (step.by.name or str(_("an account")))
            if step.by and seen
            else (_("the hub") if not step.by else _("an account"))
        )
        rows.append(
            (
                Cell(when),
                Cell(deed(step.what)),
                Cell(str(step.measure or step.about), step.measure.get_absolute_url() if step.measure else ""),
                Cell(field_words(step.before, step.after)),
                Cell(step.reason),
                Cell(who),
            )
        )
    head = (_("When"), _("What"), _("Of what"), _("Before → after"), _("Reason"), _("By"))
    return Table(_("Every change, the newest first"), head, rows)


def number_day(at: Any) -> str:
    from django.utils import timezone

    return timezone.localtime(at).strftime("%d.%m.%Y %H:%M")


VIEWS: dict[str, Callable[[Any, Any], Table]] = {
    "tree": tree,
    "timeline": timeline,
    "bodies": bodies,
    "places": places,
    "money": money,
    "indicators": indicators,
    "readings": readings,
    "history": history,
}


def view_names() -> dict[str, str]:
    return {
        "tree": _("As a tree"),
        "timeline": _("Timeline"),
        "bodies": _("By responsible body"),
        "places": _("By municipality"),
        "money": _("Money"),
        "indicators": _("Indicators"),
        "readings": _("Readings"),
        "history": _("Changes"),
    }


def lights_rule() -> str:
    return str(rules.LIGHT_RULE)
