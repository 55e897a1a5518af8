"""How coverage reads: which areas meet a place, the presences there in a time, and activities as the rules see them.

Presences are asked by area, audience, length and beginning, as their index has them, so that what is read depends on
what is asked and not on how much there is.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from sofra.activities.dates import LONG_AGO, Days, first_day, last_day
from sofra.activities.vocabulary import ANYBODY, AUDIENCE_CODES, AUDIENCE_NUMBERS
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .bodies import Bodies
from .models import Asking
from .rules import Asked, Span, Work, covers
from .veils import REST, veiled

UNKNOWN_AREA = ""
# Bit lengths of a number of days: from one day to the two centuries that dates may lie in (dates.FIRST_YEAR), and what
# is open at its beginning (20), or at its end or on both sides (22).
SPANS = (*range(1, 18), 20, 22)
EVERYBODY = (ANYBODY, *AUDIENCE_CODES)

# An activity is seen as far as it and the organisation that leads it may be seen (activities.queries.activities).
SEEN = "p.visible_to <= %s AND (%s >= 2 OR a.owner_id IS NULL OR o.visible_to <= %s)"
LEADERS = (
    " JOIN activities_activity a ON a.id = p.activity_id LEFT JOIN organisations_organisation o ON o.id = a.owner_id"
)


def does(level: int, work: int) -> str:
    """The condition that it is or may be such work (bits), as far as a viewer of this level is told."""
    if not work:
        return "1 = 1"
    said = "p.work"
    if hidden := veiled(level):
        said = f"(CASE WHEN a.owner_id IN ({listed(sorted(hidden))}) THEN p.work & {REST} ELSE p.work END)"
    return f"({said} = 0 OR {said} & {int(work)} <> 0)"


@dataclass(frozen=True, slots=True)
class Named:
    """An activity of an answer: its number, public code and title."""

    number: int
    code: str
    title: str


class Detail(NamedTuple):
    """What a list tells of an activity; `owner` as it was recorded."""

    number: int
    code: str
    title: str
    places: tuple[str, ...]
    begins: str
    ends: str
    status: str
    owner: int | None


class Row(NamedTuple):
    """A presence, with what its activity adds. `lead` is who it counts for; both are records that stand."""

    activity: int
    place: str
    area: str
    audience: int
    work: int
    may_begin: int
    may_end: int
    sure_begin: int | None
    sure_end: int | None
    project: int | None
    owner: int | None
    lead: int | None


# All of them stand in the index presence_asked: the rows themselves lie all over the table, and are not opened.
COLUMNS = "p.activity_id, p.place, p.area, p.audience, p.work, p.may_begin, p.may_end, p.sure_begin, p.sure_end"
_BEGINS = COLUMNS.split(", ").index("p.may_begin")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a place lies. `inside` are the areas (Presence.area) at it or in it, `above` the larger ones but for the
    country, `country` that one. `paths` are those of all places in its municipality (or in it, where it is larger),
    and above. `municipality` is the one that it is or lies in; "" where it is larger than one."""

    path: str
    inside: tuple[str, ...]
    above: tuple[str, ...]
    country: str
    municipality: str
    paths: dict[str, str] = field(repr=False)

    def path_of(self, code: str) -> str:
        return self.paths.get(code, f"{code}/")

    def meets(self, code: str) -> bool:
        """Is this place the same, inside it, or does it hold it?"""
        path = self.paths.get(code)
        return path is not None and (path.startswith(self.path) or self.path.startswith(path))


def scope_of(place: Place) -> Scope:
    chain = [code for code in place.path.split("/") if code]
    at = len(chain) - 1 - max(place.level - 2, 0)  # of a unit or settlement: where its municipality stands
    root = "/".join(chain[: at + 1]) + "/"
    found = Place.objects.filter(Q(code__in=chain) | Q(path__gte=root, path__lt=root[:-1] + "0"))
    rows = sorted(found.order_by().values_list("path", "code", "level"))
    inside = tuple(code for path, code, level in rows if path.startswith(root) and 0 < level <= 2)
    above = tuple(code for path, code, level in rows if not path.startswith(root) and level > 0)
    municipality = chain[at] if place.level >= 2 else ""
    return Scope(place.path, inside, above, chain[0], municipality, {code: path for path, code, _level in rows})


def numbers_of(audiences: Iterable[str]) -> tuple[int, ...]:
    """The numbers under which presences for these audiences stand, with those of which it is not known; for no
    audience at all, every number."""
    asked = tuple(AUDIENCE_NUMBERS[code] for code in audiences)
    return (ANYBODY, *asked) if asked else EVERYBODY


# — statements —————————————————————————————————————————————————————————————————————————————————————————————


def probes(areas: Collection[str], audiences: Collection[int], span: Span) -> tuple[str, list[Any]]:
    """The beginning of a statement: each area with each audience and each length, and from when on presences of that
    length may reach into the time. Shorter than 2**n days they began at most so many before it."""
    # Numbers are written into the statement: drivers take as long to fill them in as databases to look them up.
    lengths = ", ".join(f"({length}, {int(span[0]) - 2**length + 2})" for length in SPANS)
    return (
        f"WITH spot(area) AS (VALUES {', '.join(['(%s)'] * len(areas))}),"
        f" whom(audience) AS (VALUES {', '.join(f'({int(audience)})' for audience in audiences)}),"
        f" lasting(span, since) AS (VALUES {lengths}) ",
        list(areas),
    )


FROM_PROBES = (
    " FROM spot CROSS JOIN whom CROSS JOIN lasting JOIN activities_presence p ON p.area = spot.area"
    " AND p.audience = whom.audience AND p.span = lasting.span AND p.may_begin >= lasting.since AND p.may_begin <= %s"
    " AND p.may_end >= %s"
)


def presences(
    bodies: Bodies, areas: Collection[str], audiences: Collection[int], span: Span, *, work: int = 0, all_of: str = ""
) -> list[Row]:
    """The presences in these areas for these audiences (numbers) that may fall in a time, as a viewer may see them.

    With `work` (bits), of other areas than `all_of` only those that are or may be such work.
    """
    if not areas or not audiences:
        return []
    begin, values = probes(areas, audiences, span)
    # Who leads is not known here: where somebody's kinds are not told, more is read than wanted, and looked through.
    perhaps = f"p.work & {REST} = 0" if bodies.veiled else "p.work = 0"
    wanted = f"p.visible_to <= %s AND (p.area = %s OR %s = 0 OR {perhaps} OR p.work & %s <> 0)"
    statement = f"{begin} SELECT {COLUMNS}{FROM_PROBES} WHERE {wanted}"
    found = shown(bodies, run(statement, [*values, span[1], span[0], bodies.level, all_of, work, work]))
    if not bodies.veiled or not work:
        return found
    return [row for row in found if row.area == all_of or not row.work or row.work & work]


def shown(bodies: Bodies, found: Sequence[Sequence[Any]]) -> list[Row]:
    """Rows of COLUMNS with what their activities add, as far as the viewer may know who leads them."""
    adds = _leaders(bodies, {row[0] for row in found})
    rows = [Row._make((*row, *adds[row[0]])) for row in found if row[0] in adds]
    return [row._replace(work=bodies.told(row.owner, row.work)) for row in rows] if bodies.veiled else rows


def _leaders(bodies: Bodies, activities: Collection[int]) -> dict[int, tuple[int | None, int | None, int | None]]:
    """Number → project, owner and lead, by the records that stand; without those that the viewer may not see led."""
    found: list[Any] = []
    for portion in portions(sorted(activities), 20_000):
        columns = "id, project_id, owner_id"
        found += run(f"SELECT {columns} FROM activities_activity WHERE id IN ({listed(portion)})")  # noqa: S608
    # Asked apart: joined, PostgreSQL reads all projects for a few hundred activities.
    leads: dict[int, int | None] = {}
    for portion in portions(sorted({row[1] for row in found if row[1] is not None}), 20_000):
        leads |= dict(run(f"SELECT id, owner_id FROM activities_project WHERE id IN ({listed(portion)})"))  # noqa: S608
    bodies.learn({number for row in found for number in (row[2], leads.get(row[1]))})
    return {
        number: (project, bodies.stands(owner), bodies.stands(lead if lead is not None else owner))
        for number, project, owner in found
        if bodies.shown(owner)
        for lead in [leads.get(project)]
    }


def newest(
    bodies: Bodies, areas: Collection[str], audiences: Collection[int], begun: Span, *, each: int, most: int,
    ended: int | None = None, places: Collection[str] = (),
) -> tuple[list[Sequence[Any]], int]:  # fmt: skip
    """The `most` presences (COLUMNS, for `shown`) that began last within some days, looked for among the last `each` of
    an area, audience and length; with `ended`, only those that were surely over by that day; with `places`, only those
    at one of them. Also gives the day after which nothing was left out; LONG_AGO where nothing was at all."""
    if not areas or not audiences:
        return [], LONG_AGO
    begin, values = probes(areas, audiences, begun)
    wanted = (
        "p.area = spot.area AND p.audience = whom.audience AND p.span = lasting.span AND p.visible_to <= %s"
        " AND p.may_begin >= %s AND p.may_begin <= %s"
    )
    values += [bodies.level, *begun]
    if ended is not None:
        wanted += " AND p.may_end <= %s"
        values.append(ended)
    if places:
        wanted += f" AND p.place IN ({', '.join(['%s'] * len(places))})"
        values += places
    inner = f"FROM activities_presence p WHERE {wanted} ORDER BY p.may_begin DESC LIMIT {int(each)}"
    rows = _last_of_each(begin, inner, values)
    rows.sort(key=lambda row: -row[_BEGINS])
    del rows[most:]
    return rows, _complete_since(rows, each, most)


def _last_of_each(begin: str, inner: str, values: Sequence[Any]) -> list[Sequence[Any]]:
    """Rows of COLUMNS: what `inner` finds for each area, audience and length. SQLite knows no LATERAL: there what is
    found for each comes as one text."""
    each = "spot CROSS JOIN whom CROSS JOIN lasting"
    if connection.vendor == "postgresql":
        lateral = f"JOIN LATERAL (SELECT {COLUMNS} {inner}) p ON true"
        return run(f"{begin} SELECT p.* FROM {each} {lateral}", values)  # noqa: S608
    packed = f"SELECT json_group_array(json_array({COLUMNS})) FROM (SELECT {COLUMNS} {inner}) p"  # noqa: S608
    texts = run(f"{begin} SELECT ({packed}) FROM {each}", values)  # noqa: S608
    return json.loads(f"[{','.join(text[1:-1] for (text,) in texts if text != '[]')}]")


def _complete_since(rows: Sequence[Sequence[Any]], each: int, most: int) -> int:
    """The day after which the limits left nothing out: the first of the last rows that were taken where one was met."""
    stretches: dict[tuple[str, int, int], list[int]] = {}
    for _activity, _place, area, audience, _work, may_begin, may_end, *_rest in rows:
        stretches.setdefault((area, audience, (may_end - may_begin + 1).bit_length()), []).append(may_begin)
    cut = [min(begins) for begins in stretches.values() if len(begins) >= each]
    if len(rows) >= most:
        cut.append(min(row[5] for row in rows))
    return max(cut, default=LONG_AGO)


def areas_taken(level: int, areas: Collection[str], audiences: Collection[int], span: Span, work: int = 0) -> set[str]:
    """In which of these areas there may be somebody for one of the audiences (numbers) in that time; with `work`
    (bits), somebody who does or may do such work."""
    if not areas:
        return set()
    begin, values = probes(areas, audiences, span)
    inside = FROM_PROBES.replace(" FROM spot CROSS JOIN whom", " FROM whom", 1)
    where = f"{SEEN} AND {does(level, work)}"
    statement = f"{begin} SELECT spot.area FROM spot WHERE EXISTS (SELECT 1{inside}{LEADERS} WHERE {where})"  # noqa: S608
    return {row[0] for row in run(statement, [*values, span[1], span[0], level, level, level])}


def counts(level: int, areas: Collection[str], audiences: Collection[int], span: Span, work: int = 0) -> dict[str, int]:
    """Area → how many activities may be there, as `areas_taken` looks for them. Areas without any are left out."""
    if not areas:
        return {}
    begin, values = probes(areas, audiences, span)
    statement = (
        f"{begin} SELECT spot.area, COUNT(DISTINCT p.activity_id){FROM_PROBES}{LEADERS}"
        f" WHERE {SEEN} AND {does(level, work)} GROUP BY spot.area"
    )
    return dict(run(statement, [*values, span[1], span[0], level, level, level]))


def run(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def parties_of(activities: Collection[int], bodies: Bodies) -> dict[int, list[int]]:
    """The standing records of all organisations of these activities, lead and partners."""
    found: dict[int, list[int]] = {}
    for portion in portions(list(activities), 20_000):
        statement = (
            "SELECT activity_id, organisation_id FROM activities_activityparty"  # noqa: S608
            f" WHERE activity_id IN ({listed(portion)})"
        )
        rows = run(statement)
        bodies.learn(organisation for _activity, organisation in rows)
        for activity, organisation in rows:
            found.setdefault(activity, []).append(bodies.stands(organisation) or organisation)
    return found


def named(activities: Iterable[int]) -> dict[int, Named]:
    """Number → code and title."""
    found: dict[int, Named] = {}
    for portion in portions(sorted(set(activities)), 20_000):
        statement = f"SELECT id, code, title FROM activities_activity WHERE id IN ({listed(portion)})"  # noqa: S608
        found |= {row[0]: Named(*row) for row in run(statement)}
    return found


def details(activities: Iterable[int]) -> dict[int, Detail]:
    """Number → what a list tells of it."""
    numbers = list(activities)
    if not numbers:
        return {}
    columns = "id, code, title, places, begins, ends, status, owner_id"
    rows = run(f"SELECT {columns} FROM activities_activity WHERE id IN ({listed(numbers)})")  # noqa: S608
    return {
        row[0]: Detail._make((*row[:3], tuple(json.loads(row[3]) if isinstance(row[3], str) else row[3]), *row[4:]))
        for row in rows
    }


def organisations(numbers: Iterable[int], level: int) -> dict[int, Organisation]:
    """Those that a viewer of this level may know of."""
    wanted = list(numbers)
    if not wanted:
        return {}
    found = Organisation.objects.raw(
        "SELECT * FROM organisations_organisation"  # noqa: S608
        f" WHERE visible_to <= {int(level)} AND id IN ({listed(wanted)})"
    )
    return {one.pk: one for one in found}


def listed(numbers: Iterable[int]) -> str:
    """Numbers as a statement lists them."""
    return ", ".join(str(int(number)) for number in numbers)


# — what was asked —————————————————————————————————————————————————————————————————————————————————————————


def asked_of(asking: Asking) -> Asked:
    """An asking as the rules see it. Without an end, what was asked about is the time until the day of the asking."""
    begins = first_day(asking.begins).toordinal() if asking.begins else LONG_AGO
    ends = last_day(asking.ends or asking.asked_on).toordinal()
    return Asked(asking.pk, asking.place.path, frozenset(asking.audiences), (begins, ends))


def askings_for(paths: Iterable[str]) -> list[Asking]:
    """The standing askings of these places and of the larger ones that hold them, the newest first."""
    codes = {code for path in paths for code in path.split("/") if code}
    found = Asking.objects.filter(ended_on=None, place__in=codes) if codes else Asking.objects.none()
    return list(found.select_related("place").order_by("-asked_on", "-id"))


def covering(askings: Iterable[Asking], path: str, audiences: Collection[str], period: Span) -> list[Asking]:
    """Those that cover a place, all of these audiences and all of a time."""
    return [asking for asking in askings if covers(asked_of(asking), path, audiences, period)]


# — activities as the rules see them ———————————————————————————————————————————————————————————————————————


def works_of(
    rows: Iterable[Row], path_of: Callable[[str], str], *, country: Collection[str], bodies: Bodies
) -> dict[int, Work]:
    """Number → activity, from its presences (as far as they were read). `path_of` gives a place's path; the areas of
    `country` are whole countries: an activity that is nowhere else is background."""
    together = by_activity(rows)
    parties = parties_of(together, bodies)
    return {number: _work(number, found, parties, path_of, country) for number, found in together.items()}


def by_activity(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Number → the presences of that activity."""
    together: dict[int, list[Row]] = {}
    for row in rows:
        together.setdefault(row.activity, []).append(row)
    return together


def _work(
    number: int,
    rows: Sequence[Row],
    parties: dict[int, list[int]],
    path_of: Callable[[str], str],
    country: Collection[str],
) -> Work:
    one = rows[0]
    places = {row.place for row in rows if row.place and row.area not in country}
    owners = [one.owner] if one.owner is not None else []
    return Work(
        number=number,
        organisations=frozenset((*owners, *parties.get(number, ()))),
        project=one.project,
        lead=one.lead,
        places=tuple(map(path_of, sorted(places))),
        whole_country=not places and any(row.area in country for row in rows),
        days=days_of(one),
        audiences=frozenset(AUDIENCE_CODES[row.audience] for row in rows if row.audience != ANYBODY),
        work=one.work,
    )


def days_of(row: Row) -> Days:
    sure = None if row.sure_begin is None or row.sure_end is None else (row.sure_begin, row.sure_end)
    return Days(row.may_begin, row.may_end, sure)


def countries() -> frozenset[str]:
    """The areas that are whole countries (or more): background."""
    return frozenset(Place.objects.filter(level=0).values_list("code", flat=True))


def portions(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
