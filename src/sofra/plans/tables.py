"""The tables of a plan, each once: its page, the downloads and the report show the same rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sofra.accounts.access import level_of
from sofra.activities import dates
from sofra.ground.text import fold
from sofra.organisations.models import Organisation
from sofra.organisations.queries import place_titles

from . import few, queries, rules
from .models import Indicator, Measure, Money, Plan, Reading, Step
from .queries import Standing
from .saying import deed, field_words


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and where it leads. An unknown value is written out. `light` colours the words."""

    text: str
    url: str = ""
    unknown: bool = False
    light: str = ""


Row = tuple[Cell, ...]


class Rows(Sequence[Row]):
    """Rows that are made when they are looked at, some at a time: a page makes its hundred, a download them all."""

    BATCH = 500

    def __init__(self, items: Any, make: Callable[[Sequence[Any]], Iterable[Row]]) -> None:
        """`items`: a list or a query of what a row is made of."""
        self.items, self.make = items, make
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            self._count = self.items.count() if isinstance(self.items, QuerySet) else len(self.items)
        return self._count

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return list(self.make(list(self.items[at])))
        return next(iter(self.make([self.items[at]])))

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, len(self), self.BATCH):
            yield from self.make(list(self.items[start : start + self.BATCH]))


@dataclass(frozen=True)
class Table:
    """`foot`: rows that stand below every page of it, and once at the end of a file."""

    caption: str
    head: tuple[str, ...]
    rows: Sequence[Row]
    numbers: tuple[int, ...] = ()
    foot: tuple[Row, ...] = ()


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

    def made(places: Sequence[queries.Place]) -> Iterator[Row]:
        for node in queries.nodes(places, user):
            objective = node.measure.objective
            yield (
                _measure(node.measure, node.depth),
                Cell(f"{objective.number}. {objective}" if objective else _("none")),
                *_line(node.measure, level),
                Cell(str(node.indicators)),
                Cell(str(node.activities)),
            )

    head = (_("Measure"), _("Objective"), _("Responsible"), _("When"), _("Status"), _("Indicators"), _("Activities"))
    return Table(_("Measures in the order of the plan"), head, Rows(queries.order(plan), made), (5, 6))


def _held(numbers: Iterable[int]) -> dict[int, Measure]:
    found = Measure.objects.filter(pk__in=set(numbers)).select_related("plan", "responsible__joined_to")
    return {one.pk: one for one in found}


def bodies(user: Any, plan: Plan) -> Table:
    """By responsible body, in the order of the alphabet; what nobody is known to be responsible for at the end."""
    level = level_of(user)
    rank = {pk: n for n, (pk, _depth) in enumerate(queries.order(plan))}
    pairs = list(plan.measures.order_by().values_list("pk", "responsible"))
    names = {
        one.pk: queries.name_of(one, level)
        for one in Organisation.objects.filter(pk__in={body for _pk, body in pairs if body}).select_related("joined_to")
    }
    items = sorted(pairs, key=lambda pair: (not names.get(pair[1]), fold(names.get(pair[1], "")), rank.get(pair[0], 0)))

    def made(some: Sequence[tuple[int, int | None]]) -> Iterator[Row]:
        held = _held(pk for pk, _body in some)
        for pk, _body in some:
            one = held[pk]
            name = queries.name_of(one.responsible, level)
            url = one.responsible.get_absolute_url() if one.responsible and name else ""
            yield (_cell(name, url), _measure(one), *_line(one, level)[1:])

    head = (_("Responsible"), _("Measure"), _("When"), _("Status"))
    return Table(_("Who is responsible for what"), head, Rows(items, made))


def places(user: Any, plan: Plan) -> Table:
    """Measures by municipality, of the plan and of all plans below it; those that name none stand at the end."""
    level = level_of(user)
    plans = queries.below(user, plan)
    items: list[tuple[str, int]] = []
    rows = Measure.objects.filter(plan__in=plans).order_by("plan", "position", "id")
    for pk, whose, named in rows.values_list("pk", "plan", "places"):
        own = [plans[whose].place] if plans[whose].place else []
        items += [(code, pk) for code in named or own or [""]]
    titles = place_titles(sorted({code for code, _pk in items if code}))
    items.sort(key=lambda item: (not item[0], fold(titles.get(item[0], item[0]))))

    def made(some: Sequence[tuple[str, int]]) -> Iterator[Row]:
        held = _held(pk for _code, pk in some)
        for code, pk in some:
            one = held[pk]
            yield (
                _cell(titles.get(code, code)),
                _measure(one),
                Cell(str(one.plan), one.plan.get_absolute_url()),
                *_line(one, level),
            )

    head = (_("Place"), _("Measure"), _("Plan"), _("Responsible"), _("When"), _("Status"))
    return Table(_("Measures by municipality, of this plan and of the plans below it"), head, Rows(items, made))


def money(user: Any, plan: Plan) -> Table:
    """Asked, found and spent by measure; a sum by currency at the end, and of how many measures nothing is known."""
    level = level_of(user)

    def made(places: Sequence[queries.Place]) -> Iterator[Row]:
        measures = _held(pk for pk, _depth in places)
        held = queries.money_of(measures, level)
        for pk, depth in places:
            one = measures[pk]
            mine = queries.sums([one], held)
            by = {queries.name_of(row.funder, level) for row in held.get(pk, ()) if row.kind == Money.Kind.FOUND} - {""}
            cells = [_cell(money_words(mine.by[kind])) for kind in Money.Kind.values]
            yield (_measure(one, depth), *cells, _cell(", ".join(sorted(by))) if mine.by["found"] else Cell("–"))

    whole = queries.whole_money(plan, level)
    kinds = Money.Kind.values
    foot: tuple[Row, ...] = (
        (Cell(_("Together, as far as it is known")), *(_cell(money_words(whole.by[kind])) for kind in kinds), Cell("")),
        (Cell(_("Measures of which it is not known")), *(Cell(str(whole.unknown[kind])) for kind in kinds), Cell("")),
    )
    head = (_("Measure"), pgettext("money", "Asked"), _("Found"), _("Spent"), _("Found by"))
    caption = _("Money, each currency by itself; what is not known is no zero")
    return Table(caption, head, Rows(queries.order(plan), made), (1, 2, 3), foot)


def years_of(plan: Plan) -> list[int]:
    """From the first year that the plan or a measure of it names to the last, at most thirty years on."""
    when = [*plan.measures.order_by().values_list("begins").distinct()]
    when += plan.measures.order_by().values_list("ends").distinct()
    known = [int(one[:4]) for (one,) in [*when, (plan.begins,), (plan.ends,)] if one]
    return list(range(min(known), min(max(known), min(known) + 30) + 1)) if known else []


def in_year(one: Measure, year: int) -> str:
    """ "sure", "may" (a beginning or an end is not known), or "" outside."""
    if not one.begins and not one.ends:
        return ""
    days = dates.days_of(one.begins, one.ends)
    first, last = dates.first_day(str(year)).toordinal(), dates.last_day(str(year)).toordinal()
    if last < days.may_begin or days.may_end < first:
        return ""
    if not one.begins or not one.ends:
        return "sure" if year == int((one.begins or one.ends)[:4]) else "may"
    if first <= days.may_begin and days.may_end <= last:
        return "sure"  # whenever in the year it was
    return "sure" if days.sure and days.sure[0] <= last and first <= days.sure[1] else "may"


def timeline(user: Any, plan: Plan) -> Table:
    """A column a year. The page draws a bar of the same."""
    level, years = level_of(user), years_of(plan)
    words = {"sure": "■ " + _("under way"), "may": "□ " + _("perhaps"), "": "·"}

    def made(places: Sequence[queries.Place]) -> Iterator[Row]:
        measures = _held(pk for pk, _depth in places)
        for pk, depth in places:
            one = measures[pk]
            yield (
                _measure(one, depth),
                *_line(one, level)[1:],
                *(Cell(words[in_year(one, year)]) for year in years),
            )

    head = (_("Measure"), _("When"), _("Status"), *map(str, years))
    caption = _("Measures by year: ■ as dated, □ perhaps, where a beginning or an end is not known")
    return Table(caption, head, Rows(queries.order(plan), made))


def bars(plan: Plan, rows: Iterable[Row]) -> dict[str, Any]:
    """What the timeline draws: the years, and of each row its cells before the years with the marks of a bar."""
    years = years_of(plan)
    marks = {"■": "sure", "□": "may"}
    drawn = [
        (
            row[:3],
            [(n * 10, marks[cell.text[0]]) for n, cell in enumerate(row[3:]) if cell.text[0] in marks],
            ", ".join(
                f"{year} {cell.text[2:]}" for year, cell in zip(years, row[3:], strict=True) if cell.text[0] in marks
            ),
        )
        for row in rows
    ]
    return {"drawn": drawn, "years": years, "width": 10 * len(years), "ticks": [n * 10 for n in range(len(years) + 1)]}


def indicators(user: Any, plan: Plan | None) -> Table:
    """Where each stands; the traffic light is a word."""
    level = level_of(user)
    found = Indicator.objects.filter(plan=plan).order_by("code").select_related("measure", "measured_by__joined_to")

    def made(some: Sequence[Indicator]) -> Iterator[Row]:
        yield from (indicator_row(one, level) for one in queries.standings(some, level))

    head = (
        _("Indicator"),
        _("Baseline"),
        _("Newest value"),
        _("Period"),
        _("Target"),
        _("Where it stands"),
        _("Source"),
    )
    return Table(_("Indicators"), head, Rows(found, made), (1, 2, 4))


def few_words() -> str:
    """Of a number of people that is not told in public."""
    return _("fewer than five, or kept with them")


def indicator_row(one: Standing, level: int) -> Row:
    what = one.indicator
    target = value_words(what, one.target)
    few_at_first = few.too_few(what, what.baseline_numerator or what.baseline, level)
    return (
        Cell(str(what), what.get_absolute_url()),
        Cell(few_words()) if few_at_first else _cell(value_words(what, what.baseline)),
        Cell(few_words()) if one.few else _cell(value_words(what, one.value)),
        Cell(one.period or "–"),
        _cell(f"{target} ({one.target_period})" if target else ""),
        Cell(one.words, light=one.colour or "plain"),
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
    level = level_of(user)
    found = Reading.objects.filter(indicator__plan=plan, state=Reading.State.APPROVED)

    def made(some: Sequence[Reading]) -> Iterator[Row]:
        back = few.kept_back([one.indicator for one in some], level)
        for one in some:
            kept = (one.indicator_id, one.period) in back
            yield (
                Cell(one.indicator.code),
                Cell(str(one.indicator), one.indicator.get_absolute_url()),
                Cell(one.period),
                Cell(few_words()) if kept else _cell(number(one.value)),
                Cell("" if kept else number(one.numerator)),
                Cell("" if kept else number(one.denominator)),
                Cell(one.why_unknown),
                Cell(one.source),
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
    ordered = found.order_by("-period", "indicator_id").select_related("indicator")
    return Table(_("Approved readings"), head, Rows(ordered, made), (3, 4, 5))


def part_words(one: Reading, level: int) -> Iterator[str]:
    """ "sex: women = 120", for a file; few people, and what would tell them, are left out in public."""
    careful = level == 0 and one.indicator.of_people
    whole = one.numerator if one.indicator.scale == Indicator.Scale.SHARE else one.value
    parts = [(part.dimension, part.key, part.value) for part in one.parts.all()]
    for told in rules.told_apart(parts, whole, careful=careful):
        for key, value in told.parts:
            yield f"{told.dimension}: {key} = {number(value) if value is not None else few_words()}"


def history(user: Any, plan: Plan) -> Table:
    seen = level_of(user) > 0

    def made(some: Sequence[Step]) -> Iterator[Row]:
        for step in some:
            known = step.by.name or str(_("an account")) if step.by and seen else ""
            yield (
                Cell(number_day(step.at)),
                Cell(deed(step.what)),
                Cell(str(step.measure or step.about), step.measure.get_absolute_url() if step.measure else ""),
                Cell(field_words(step.before, step.after, careful=not seen)),
                Cell(step.reason),
                Cell(known or (_("an account") if step.by else _("the hub"))),
            )

    head = (_("When"), _("What"), _("Of what"), _("Before → after"), _("Reason"), _("By"))
    return Table(_("Every change, the newest first"), head, Rows(queries.steps(user, plan), made))


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
