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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sofra.activities import dates
from sofra.activities import queries as kept
from sofra.activities.models import Project, ProjectParty
from sofra.activities.vocabulary import Form, Part
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .queries import Cell, activities_of

COUNTRY, COUNTIES, SEVERAL, UNKNOWN = "country", "counties", "several", "unknown"
BATCH = 5000


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
    """Where and of what kind, put together over the activities of a project."""

    places: set[str] = field(default_factory=set)
    whole_country: bool = False
    said: dict[str, set[str]] = field(default_factory=dict)


def money(level: int, cell: Cell, *, by: str, funder: Organisation | None = None) -> Money:
    """Of what a viewer of this level may see. `by`: place, kind, goal, theme or audience; `funder`: its projects."""
    projects = kept.projects(level)
    if funder is not None:
        projects = projects.filter(parties__in=_gifts(level).filter(organisation__in=_records(funder)))
    budgets = {one.pk: one for one in projects.select_related("owner").distinct()}
    paths = dict(Place.objects.values_list("code", "path"))
    keys = _keys(by, paths)
    costs, worked = Costs(), dict[int, _Work]()
    found = activities_of(level, cell)
    if funder is not None:
        found = found.filter(project__in=budgets)
    columns = ("places", "whole_country", "kinds", "themes", "audiences", "project_id", "money", "currency",
               "money_visible_to")  # fmt: skip
    for places, whole, kinds, themes, audiences, project, amount, currency, seen in (
        found.order_by().values_list(*columns).iterator(chunk_size=BATCH)
    ):
        work = _Work(set(places), whole, _by_dimension(kinds, themes, audiences))
        costs.add(keys(work), amount if seen <= level else None, currency)
        if project in budgets:
            _join(worked.setdefault(project, _Work()), work)
    at_work = set(kept.activities(level).filter(project__in=budgets).values_list("project", flat=True))
    shown = {
        number: one for number, one in budgets.items()
        if number in worked or (number not in at_work and _may_fit(one, cell))
    }  # fmt: skip
    return Money(costs, _budgets(level, shown, worked, keys), _given(level, shown))


def _by_dimension(kinds: Sequence[str], themes: Sequence[str], audiences: Sequence[str]) -> dict[str, set[str]]:
    forms = {kind for kind in kinds if kind in Form.values}
    return {"kind": forms, "goal": set(kinds) - forms, "theme": set(themes), "audience": set(audiences)}


def _join(whole: _Work, part: _Work) -> None:
    whole.places |= part.places
    whole.whole_country = whole.whole_country or part.whole_country
    for dimension, codes in part.said.items():
        whole.said.setdefault(dimension, set()).update(codes)


def _keys(by: str, paths: Mapping[str, str]) -> Callable[[_Work], list[str]]:
    """What gives the lines of a work: of places, the smallest that holds it and the larger ones; else its one code."""

    def of_code(work: _Work) -> list[str]:
        codes = work.said.get(by, set())
        return [next(iter(codes))] if len(codes) == 1 else [SEVERAL if codes else UNKNOWN]

    def of_place(work: _Work) -> list[str]:
        if work.whole_country:
            return [COUNTRY]
        if not work.places:
            return [UNKNOWN]
        chains = [paths.get(code, code).strip("/").split("/") for code in work.places]
        common = []
        for steps in zip(*chains, strict=False):
            if len(set(steps)) > 1:
                break
            common.append(steps[0])
        return common[1:3] or [COUNTIES]

    return of_place if by == "place" else of_code


def _budgets(
    level: int, budgets: Mapping[int, Project], worked: Mapping[int, _Work], keys: Callable[[_Work], list[str]]
) -> Costs:
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
