"""The tables of coverage as pages and downloads show them: who is where, and money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.activities.vocabulary import KINDS
from sofra.organisations import place_queries
from sofra.organisations.vocabulary import Audience, Theme
from sofra.places import maps
from sofra.places.models import Kind, Place
from sofra.places.titles import short_name_of, title_of

from . import forms, heat, queries, reading, wording
from . import money as amounts
from .models import Asking
from .queries import UNKNOWN, Cell

# — who is where ———————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A number, or why there is none: "none" (asked, nobody known), "unasked". `level` 1 to 4 is its shade by what
    is sure; 0: nothing is."""

    may: int
    sure: int
    state: str
    level: int
    url: str
    said: str

    @property
    def perhaps(self) -> int:
        return self.may - self.sure


@dataclass(frozen=True, slots=True)
class HeatRow:
    title: str
    url: str
    registry: int | None
    organisations: int
    whole: HeatCell
    cells: Sequence[HeatCell]
    apart: bool = False


@dataclass(frozen=True)
class HeatTable:
    """The table as the page and the downloads show it. `empty` are the columns in which nothing is known anywhere."""

    of_what: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    empty: Sequence[str]
    counted: heat.Heat
    registry: Mapping[str, int]
    asked_nobody: frozenset[str]


def heat_table(level: int, form: forms.HeatForm) -> HeatTable:
    """Of a valid form, to eyes of this level."""
    cell, by = form.cell(), form.cleaned_data["by"] or "kind"
    period = queries.Filters(begins=cell.begins, ends=cell.ends).period
    rows = _places(form)
    everything = [*rows, *Place.objects.filter(country=settings.COUNTRY, level__in=[1, 2])]
    counted = heat.heat(level, cell, by=by, places=[place.code for place in everything], period=period)
    registry = place_queries.coverage(level).within
    askings = reading.askings_for(place.path for place in everything)
    shown = [n for n, _column in enumerate(counted.columns) if any(row[n].may for row in counted.counts.values())]
    bounds = maps.shades([counted.counts[place.code][n].sure for place in rows for n in shown])
    names = [_column_name(by, column) for column in counted.columns]
    special = [(settings.COUNTRY, _("In the whole country")), (UNKNOWN, _("Where is not known"))]
    drawing = _Drawing(cell, by, counted, bounds, shown, askings)
    lines = [
        HeatRow(
            short_name_of(place), _row_url(form, place), registry.get(place.code), counted.organisations[place.code],
            *drawing.row(place.code, place.path, short_name_of(place)),
        )
        for place in rows
    ]  # fmt: skip
    if form.asked_place is not None and form.asked_place.level == 1:  # what names the whole county is in this row only
        county = form.asked_place
        title = _("%(place)s, all of it") % {"place": title_of(county)}
        cells = drawing.row(county.code, county.path, title)
        told = registry.get(county.code), counted.organisations[county.code]
        lines.append(HeatRow(title, "", *told, *cells, apart=True))
    if form.asked_place is None:
        lines += [
            HeatRow(title, "", None, counted.organisations[code], *drawing.row(code, "", title), apart=True)
            for code, title in special
            if counted.whole[code].may
        ]
    audiences = [cell.audience] if cell.audience else []
    nobody = {
        place.code for place in everything
        if place.code in counted.whole and not counted.whole[place.code].may
        and reading.covering(askings, place.path, audiences, period)
    }  # fmt: skip
    empty = [names[n] for n, _column in enumerate(counted.columns) if n not in shown and _column.code != UNKNOWN]
    of_what = _("County") if rows and rows[0].level == 1 else _("Municipality")
    return HeatTable(of_what, [names[n] for n in shown], lines, empty, counted, registry, frozenset(nobody))


def _places(form: forms.HeatForm) -> list[Place]:
    """The rows: counties, or the municipalities of the country or of the place that was asked for."""
    place = form.asked_place
    if place is not None and place.level >= 2:
        return [place]
    if (place is not None and place.level == 1) or form.cleaned_data["rows"]:
        return queries.municipalities(place)
    country = place.code if place is not None else settings.COUNTRY
    return list(Place.objects.filter(country=country, kind=Kind.COUNTY).order_by("sort_key"))


def _column_name(by: str, column: heat.Column) -> str:
    if column.code == UNKNOWN:
        return _("not known")
    if by == "time":
        year, _dash, quarter = column.code.partition("-Q")
        return _("quarter %(n)s of %(year)s") % {"n": quarter, "year": year} if quarter else year
    names: dict[str, Mapping[str, object]] = {
        "kind": KINDS,
        "theme": dict(Theme.choices),
        "audience": dict(Audience.choices),
    }
    return str(names[by][column.code]).split(":")[0]


def _row_url(form: forms.HeatForm, place: Place) -> str:
    """A county opens its municipalities with the same question; what is smaller has its page."""
    if place.level != 1:
        return place.get_absolute_url()
    kept = {name: str(form.data.get(name, "")) for name in ("by", "audience", "kind", "theme", "from", "to", "view")}
    return f"?{wording.encoded({**kept, 'place': place.code})}"


@dataclass(frozen=True)
class _Drawing:
    """What turns counts into cells: shade, address of the rows behind, and what a cell without any says."""

    cell: Cell
    by: str
    counted: heat.Heat
    bounds: Sequence[int]
    shown: Sequence[int]
    askings: Iterable[Asking]

    def row(self, code: str, path: str, title: str) -> tuple[HeatCell, list[HeatCell]]:
        whole = self._cell(code, path, self.counted.whole[code], heat.Column(""), title)
        cells = [
            self._cell(code, path, self.counted.counts[code][n], self.counted.columns[n], title) for n in self.shown
        ]
        return whole, cells

    def _cell(self, code: str, path: str, count: heat.Count, column: heat.Column, title: str) -> HeatCell:
        asked = self._asked(column)
        if count.may:
            query = {"place": code, "audience": asked.audience, "kind": asked.kind, "theme": asked.theme,
                     "from": asked.begins, "to": asked.ends}  # fmt: skip
            url = f"{reverse('coverage_cell')}?{wording.encoded(query)}"
            return HeatCell(count.may, count.sure, "", sum(count.sure >= bound for bound in self.bounds), url, "")
        period = queries.Filters(begins=asked.begins, ends=asked.ends).period
        known = path and column.code != UNKNOWN and reading.covering(
            self.askings, path, [asked.audience] if asked.audience else [], period
        )  # fmt: skip
        state = "none" if known else "unasked"
        return HeatCell(0, 0, state, 0, "", _("asked: nobody known") if known else _("not known"))

    def _asked(self, column: heat.Column) -> Cell:
        said = {"audience": self.cell.audience, "kind": self.cell.kind, "theme": self.cell.theme}
        begins, ends = self.cell.begins, self.cell.ends
        if column.begins:
            begins, ends = column.begins, column.ends
        elif column.code:
            said[self.by] = column.code
        return Cell("", begins=begins, ends=ends, **said)


# — money ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A line of the table of money. `place` is its code where it is one; `inner` lines are part of the one above."""

    title: str
    place: str
    activities: amounts.Line
    projects: amounts.Line
    inner: bool = False
    apart: bool = False


def money_rows(found: amounts.Money, by: str, *, inside: bool = True) -> list[MoneyRow]:
    """The lines in the reader's order; those that stand apart at the end. `inside`: municipalities below counties."""
    keys = {*found.activities.lines, *found.projects.lines}
    nothing = amounts.Line()

    def row(key: str, title: str, place: str = "", *, inner: bool = False, apart: bool = False) -> MoneyRow:
        lines = found.activities.lines.get(key, nothing), found.projects.lines.get(key, nothing)
        return MoneyRow(title, place, *lines, inner=inner, apart=apart)

    if by == "place":
        rows = []
        places = Place.objects.filter(code__in=keys).order_by("sort_key", "code")
        below: dict[str, list[Place]] = {}
        for place in places:
            below.setdefault(place.parent_id or "" if place.level > 1 else "", []).append(place)
        for county in below.get("", []):
            rows.append(row(county.code, title_of(county), county.code))
            rows += [
                row(town.code, title_of(town), town.code, inner=True) for town in below.get(county.code, []) if inside
            ]
    else:
        words = dict(forms.AUDIENCE_CHOICES if by == "audience" else forms.THEME_CHOICES if by == "theme" else ())
        words = words or {code: capfirst(str(label)) for code, label in KINDS.items()}
        rows = [row(code, str(name)) for code, name in words.items() if code in keys]
    special = {
        amounts.COUNTIES: _("In several counties, not split"),
        amounts.COUNTRY: _("In the whole country"),
        amounts.SEVERAL: _("Several of them, not split"),
        amounts.UNKNOWN: _("Where is not known") if by == "place" else _("Not known"),
    }
    return rows + [row(key, name, apart=True) for key, name in special.items() if key in keys]


def sums_in_words(line: amounts.Line) -> list[str]:
    """ "12 000 EUR", each currency by itself."""
    return [f"{_amount(amount)} {currency}" for currency, amount in sorted(line.sums.items())]


def _amount(amount: Decimal) -> str:
    return number_format(amount, decimal_pos=0 if amount == amount.to_integral() else 2, force_grouping=True)
