"""Coverage by money: what activities cost, what projects have, who gave it; where it is known and may be seen.

The rules, so that no figure says more than its rows:
- Currencies are never added to one another.
- An amount is never split. It stands at the smallest place that holds all places of the work: a municipality, else a
  county, else "several counties". The whole country stands apart, and so does work whose place is not known. In the
  same way an amount for several kinds, themes or audiences stands in a line of its own.
- Projects' budgets are shown beside activities' costs, never added to them: a budget holds what its activities cost.
- Money that was passed on is shown beside what was given first, never added to it: it is the same money.
- What is not known, or not for this viewer's eyes, is counted as not known, never as 0.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings

from sofra.activities import dates
from sofra.activities import queries as kept
from sofra.activities.models import Project, ProjectParty
from sofra.activities.vocabulary import AUDIENCE_CODES, Form, Part, words_of
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import ACTIVITY_KINDS
from sofra.places.models import Place

from .heat import rows_of
from .holding import Holding, holding
from .queries import Cell, Filters, activities_of
from .veils import veiled

COUNTRY, COUNTIES, SEVERAL, UNKNOWN = "country", "counties", "several", "unknown"
Array = npt.NDArray[Any]


@dataclass(slots=True)
class Line:
    """What is known of one place or kind. `known` of `count` have an amount that may be seen; `sums` is by currency."""

    count: int = 0
    known: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, amount: Decimal | None, currency: str) -> None:
        self.count += 1
        if amount is not None:
            self.known += 1
            self.sums[currency] = self.sums.get(currency, Decimal(0)) + amount

    @property
    def unknown(self) -> int:
        return self.count - self.known


@dataclass(slots=True)
class Costs:
    """Lines by key (a place's code or a coded word, COUNTRY, COUNTIES, SEVERAL, UNKNOWN) and that of all together."""

    lines: dict[str, Line] = field(default_factory=dict)
    whole: Line = field(default_factory=Line)

    def add(self, keys: Iterable[str], amount: Decimal | None, currency: str) -> None:
        self.whole.add(amount, currency)
        for key in keys:
            self.lines.setdefault(key, Line()).add(amount, currency)

    def add_unknown(self, keys: Iterable[str], count: int) -> None:
        """So many that are there; what is known of them is told afterwards."""
        self.whole.count += count
        for key in keys:
            self.lines.setdefault(key, Line()).count += count

    def tell(self, keys: Iterable[str], amount: Decimal, currency: str) -> None:
        """An amount of one that was counted."""
        for line in (self.whole, *(self.lines.setdefault(key, Line()) for key in keys)):
            line.count -= 1
            line.add(amount, currency)

    @property
    def currencies(self) -> list[str]:
        return sorted(self.whole.sums)


@dataclass(frozen=True, slots=True)
class Given:
    """What an organisation gave: first, and passed on from somebody else. `projects` is how many of them."""

    organisation: Organisation
    projects: int
    first: Line
    passed_on: Line


@dataclass(frozen=True, slots=True)
class Money:
    activities: Costs
    projects: Costs
    funders: Sequence[Given]


@dataclass(slots=True)
class _Work:
    """Where and of what kind, put together over the activities of a project. `places` are codes; "*" the country."""

    places: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    def joined(self, other: "_Work") -> "_Work":
        return _Work(self.places | other.places, self.codes | other.codes)


Keys = Callable[[_Work], tuple[str, ...]]


def money(level: int, cell: Cell, *, by: str, funder: Organisation | None = None) -> Money:
    """Of what a viewer of this level may see. `by`: place, kind, goal, theme or audience; `funder`: its projects.

    How many there are is counted from what the process holds; only what has an amount is read one by one.
    """
    return _money(holding().as_told(level), level, cell, by, funder)


@lru_cache(maxsize=8)
def _money(held: Holding, level: int, cell: Cell, by: str, funder: Organisation | None) -> Money:
    projects = kept.projects(level)
    if funder is not None:
        projects = projects.filter(parties__in=_gifts(level).filter(organisation__in=_records(funder)))
    budgets = {one.pk: one for one in projects.select_related("owner").distinct()}
    keys = _keys(by, dict(Place.objects.values_list("code", "path")))
    rows = _rows_at(held, level, cell)
    of_project = _projects(held)[held.team[rows]]
    if funder is not None:
        inside = np.isin(of_project, list(budgets))
        rows, of_project = rows[inside], of_project[inside]
    works = _works(held, rows, by)
    costs = Costs()
    for work, number in works.counted():
        costs.add_unknown(keys(work), number)
    priced = activities_of(level, cell).exclude(money=None).filter(money_visible_to__lte=level)
    if funder is not None:
        priced = priced.filter(project__in=budgets)
    columns = ("places", "whole_country", "kinds", "themes", "audiences", "money", "currency")
    hidden = veiled(level)
    for owner, places, whole, kinds, themes, audiences, amount, currency in (
        priced.order_by().values_list("owner", *columns).iterator()
    ):
        told = [code for code in kinds if code not in ACTIVITY_KINDS] if owner in hidden else kinds
        codes = _by_dimension(told, themes, audiences)
        work = _Work(frozenset({"*"} if whole else places), frozenset(codes.get(by, ())))
        costs.tell(keys(work), amount, currency)
    worked = works.of_projects(of_project)
    at_work = set(np.unique(_projects(held)[held.team[np.flatnonzero(held.seen_by(level))]]).tolist())
    shown = {
        number: one
        for number, one in budgets.items()
        if number in worked or (number not in at_work and _may_fit(one, cell))
    }
    return Money(costs, _budgets(level, shown, worked, keys), _given(level, shown))


def _rows_at(held: Holding, level: int, cell: Cell) -> Array:
    """The rows of the holding that a cell counts, its place included."""
    period = Filters(begins=cell.begins, ends=cell.ends).period
    rows = rows_of(held, level, cell, period)
    if not cell.place:
        return rows
    codes = set(Place.objects.within(Place.objects.get(pk=cell.place)).values_list("code", flat=True))
    if cell.place == settings.COUNTRY:
        codes.add("*")
    meets = np.array([bool(codes.intersection(places)) for places in _places(held)], bool)
    return rows[meets[held.where[rows]]]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Rows of the holding by what they say of a dimension: `number` of each row into `said`."""

    said: Sequence[_Work]
    number: Array

    def counted(self) -> Iterator[tuple[_Work, int]]:
        for number, count in enumerate(np.bincount(self.number, minlength=len(self.said)).tolist()):
            if count:
                yield self.said[number], count

    def of_projects(self, projects: Array) -> dict[int, _Work]:
        """Project → all that its rows say."""
        found: dict[int, _Work] = {}
        both = np.unique(np.stack([projects, self.number]), axis=1)
        for project, number in both.T.tolist():
            if project:
                found[project] = found.get(project, _Work()).joined(self.said[number])
        return found


def _works(held: Holding, rows: Array, by: str) -> _Counted:
    if by in {"place", "audience"}:
        positions, numbers = held.known.audiences.expand(np.arange(len(held.known.audiences.starts)))
        places = _places(held)
        codes: list[set[str]] = [set() for _where in places]
        for where, number in zip(range(len(places)) if positions is None else positions.tolist(), numbers.tolist(),
                                 strict=True):  # fmt: skip
            if number and by == "audience":
                codes[where].add(AUDIENCE_CODES[number])
        said = [_Work(frozenset(some), frozenset(code)) for some, code in zip(places, codes, strict=True)]
        return _Counted(said, held.where[rows])
    words = [words_of(mask) for mask in held.known.masks.tolist()]
    found = [_Work(codes=frozenset(_by_dimension(kinds, themes, ())[by])) for kinds, themes in words]
    return _Counted(found, held.work[rows])


def _places(held: Holding) -> list[tuple[str, ...]]:
    """The places of each number of `where`, as it was when the holding was handed out."""
    sets = list(held.sets.places)
    wheres = list(held.sets.wheres)[: len(held.known.own.starts)]
    return [tuple(code for code in sets[number] if code) for number, _audiences in wheres]


def _projects(held: Holding) -> Array:
    """The project of each number of `team`; 0 for none."""
    return np.array([project for _owner, project, _partners in list(held.sets.teams)] or [0], np.int64)


def _by_dimension(kinds: Sequence[str], themes: Sequence[str], audiences: Sequence[str]) -> dict[str, set[str]]:
    forms = {kind for kind in kinds if kind in Form.values}
    return {"kind": forms, "goal": set(kinds) - forms, "theme": set(themes), "audience": set(audiences)}


def _keys(by: str, paths: Mapping[str, str]) -> Keys:
    """What gives the lines of a work: of places, the smallest that holds it and the larger ones; else its one code."""

    def of_code(work: _Work) -> tuple[str, ...]:
        return (next(iter(work.codes)),) if len(work.codes) == 1 else (SEVERAL if work.codes else UNKNOWN,)

    def of_place(work: _Work) -> tuple[str, ...]:
        if "*" in work.places or not work.places:
            return (COUNTRY if work.places else UNKNOWN,)
        common: list[str] = []
        for steps in zip(*(paths.get(code, code).strip("/").split("/") for code in work.places), strict=False):
            if len(set(steps)) > 1:
                break
            common.append(steps[0])
        return tuple(common[1:3]) or (COUNTIES,)

    return of_place if by == "place" else of_code


def _budgets(level: int, budgets: Mapping[int, Project], worked: Mapping[int, _Work], keys: Keys) -> Costs:
    costs = Costs()
    for number, project in budgets.items():
        amount = project.budget if project.budget_visible_to <= level else None
        costs.add(keys(worked.get(number, _Work())), amount, project.currency)
    return costs


def _may_fit(project: Project, cell: Cell) -> bool:
    """A project none of whose activities are known belongs to the whole table only, in the time that it names."""
    if cell.place or cell.audience or cell.kind or cell.theme:
        return False
    asked, own = dates.days_of(cell.begins, cell.ends), dates.days_of(project.begins, project.ends)
    return own.may_begin <= asked.may_end and asked.may_begin <= own.may_end


def _gifts(level: int) -> Any:
    return ProjectParty.objects.filter(part=Part.FUNDER, organisation__visible_to__lte=level)


def _records(organisation: Organisation) -> list[int]:
    return [organisation.pk, *organisation.joined.values_list("pk", flat=True)]


def funders(level: int) -> list[Organisation]:
    """Those that gave to a project that the viewer may see, in Albanian order."""
    gifts = _gifts(level).filter(project__in=kept.projects(level)).values("organisation")
    found = Organisation.objects.filter(pk__in=gifts)
    standing = kept.names_of(found, level).values()
    return sorted({one.pk: one for one in standing}.values(), key=lambda one: (one.sort_key, one.pk))


def _given(level: int, budgets: Mapping[int, Project]) -> list[Given]:
    gifts = list(_gifts(level).filter(project__in=budgets).select_related("organisation"))
    heads = kept.names_of((gift.organisation for gift in gifts), level)
    rows: dict[int, tuple[set[int], Line, Line]] = {}
    for gift in gifts:
        head = heads.get(gift.organisation_id)
        if head is None:
            continue
        projects, first, passed_on = rows.setdefault(head.pk, (set(), Line(), Line()))
        project = budgets[gift.project_id]
        projects.add(project.pk)
        amount = gift.amount if project.budget_visible_to <= level else None
        (first if gift.step <= 1 else passed_on).add(amount, project.currency)
    by_number = {head.pk: head for head in heads.values()}
    found = [Given(by_number[number], len(of), first, passed) for number, (of, first, passed) in rows.items()]
    return sorted(found, key=lambda one: (one.organisation.sort_key, one.organisation.pk))
