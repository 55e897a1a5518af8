"""All that counts for coverage, held in the process as columns of numbers (docs/benchmarks.md tells how many bytes).

There is one `Holding` a process. Each question looks at the newest numbers of presences, of presences that were taken
out, and of the audit (three index look-ups), and reads only what came since: presences are never altered, so nothing
else can have changed. What others change of organisations and projects is read anew when the audit tells of it.

A holding that was handed out never changes: columns grow behind its end. So threads need no lock to read one.
"""

import gc
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from sofra.ground.models import Visibility
from sofra.places.models import Place

from .columns import Column
from .sets import AUDIENCES, Known, Sets, Tree
from .teams import TeamLists, Teams
from .veils import REST

Array = npt.NDArray[Any]
_PORTION = 100_000
_LARGE = 100_000  # activities
_MOST_KEPT = 1_000
_FRESH = 200_000  # so many rows at once are read with everything else, not row by row
_ROWS = (
    "SELECT id, activity_id, CASE WHEN place = '' AND area <> '' THEN '*' ELSE place END, audience, work, may_begin,"
    " may_end, COALESCE(sure_begin, 0), COALESCE(sure_end, -1), visible_to FROM activities_presence"
    " WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"
)
_COLUMNS = {
    "first": np.int64, "rows": np.int16, "activity": np.int64, "where": np.int32, "work": np.int32, "team": np.int32,
    "may_begin": np.int32, "may_end": np.int32, "sure_begin": np.int32, "sure_end": np.int32, "visible_to": np.int8,
}  # fmt: skip
# What can change who stands for an organisation, who may know of it, or who leads a project. Unheard-of things may.
_HARMLESS = (
    "activity.", "activities.", "person.", "role.", "invitation.", "editor.", "session.", "school", "office.",
    "hub.backed_up", "asking.", "priority.", "coverage.", "place.", "import.uploaded", "import.discarded",
    "duplicates.", "proposal.made", "proposal.returned", "proposal.withdrawn", "draft.",
)  # fmt: skip


_EVERYTHING = ("places.loaded", "hub.restored")


@dataclass(frozen=True, slots=True)
class Version:
    """The newest presence, the newest that was taken out, the newest line of the audit and its hash."""

    presence: int
    gone: int
    line: int
    hash: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Organisations and projects by their numbers: who stands for each, who may know of it, who leads the project."""

    stands: Array
    visible_to: Array
    hidden: Array
    leads: Array

    def know(self, organisation: int, project: int) -> bool:
        """Was there this organisation and this project when they were read?"""
        return organisation < len(self.stands) and project < len(self.leads)


class Kept:
    """What was worked out of some days, until a row of those days comes or goes. The oldest gives way."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[int, Any]] = {}

    def get(self, what: Hashable, days: tuple[int, int], held: "Holding") -> Any:
        at, found = self._found.get(what, (-1, None))
        if not 0 <= at <= len(held.changed):  # what a newer holding kept is not for an older one
            return None
        rows = held.changed[at:]
        touched = (held.may_begin[rows] <= days[1]) & (held.may_end[rows] >= days[0])
        return None if touched.any() else found

    def put(self, what: Hashable, found: Any, held: "Holding") -> None:
        while len(self._found) >= _MOST_KEPT:
            self._found.pop(next(iter(self._found), None), None)
        self._found[what] = (len(held.changed), found)

    def forget(self) -> None:
        self._found.clear()


@dataclass(frozen=True, eq=False)
class Holding:
    """The activities that count, a row each, as they were at `version`. `alive` tells which rows still stand.

    `where`, `work` and `team` are numbers of `sets`. Days are ordinals; where no day is sure `sure_end` is before
    `sure_begin`. `changed` are the rows that came or were taken out since everything was read; `kept` is what the
    counting worked out of it so far. `public` is the same with the works that the public is told (veils.py), where that
    is not everything.
    """

    version: Version
    sets: Sets
    known: Known
    teams: Teams
    kept: Kept
    changed: Array
    alive: Array
    first: Array
    rows: Array
    activity: Array
    where: Array
    work: Array
    team: Array
    may_begin: Array
    may_end: Array
    sure_begin: Array
    sure_end: Array
    visible_to: Array
    public: "Holding | None" = None

    def as_told(self, level: int) -> "Holding":
        """The same as far as a viewer of this level is told."""
        return self.public if self.public is not None and level < Visibility.MEMBERS else self

    def seen_by(self, level: int) -> Array:
        """Which rows a viewer of this level may see, as the lists of activities have it (activities.queries)."""
        seen = self.alive & (self.visible_to <= level)
        hidden = self.teams.visible_to > level
        return seen & ~hidden[self.team] if level < 2 and hidden.any() else seen


_kept: Holding | None = None
_writer: "_Writer | None" = None
_writing = Lock()


def holding() -> Holding:
    """What counts now. Reads what came since the last question; the first one of a process reads everything.

    What a transaction that wrote sees may be taken back: then everything is read for it alone.
    """
    global _kept, _writer
    kept = _kept
    version, _continues = _version_after(kept)
    if kept is not None and kept.version == version:
        return kept
    if connection.in_atomic_block:
        return _Writer().brought_up(version)
    with _writing:
        while True:  # what is written while we read is read next
            version, continues = _version_after(_kept)
            if _kept is not None and _kept.version == version:
                return _kept
            anew = _writer is None or not continues or _writer.is_outdated(version)
            if _writer is None or anew:
                _writer = _Writer()
            _kept = _writer.brought_up(version)
            if anew and len(_kept.first) > _LARGE:
                gc.collect()
                gc.freeze()  # hundreds of thousands of sets that stay: the collector need not walk them each time


def _version_after(kept: Holding | None) -> tuple[Version, bool]:
    """The version now, and whether it continues the kept one: its newest line of the audit still stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM activities_presence), (SELECT MAX(id) FROM activities_presencegone), line.id,"
            " line.hash, (SELECT hash FROM ground_auditline WHERE id = %s)"
            " FROM (SELECT 1 AS one) AS single LEFT JOIN ground_auditline AS line"
            " ON line.id = (SELECT MAX(id) FROM ground_auditline)",
            [kept.version.line if kept else 0],
        )
        presence, gone, line, newest, before = cursor.fetchone()
    version = Version(presence or 0, gone or 0, line or 0, newest or "")
    if kept is None or (before or "") != kept.version.hash:
        return version, False
    return version, presence is None or version.presence >= kept.version.presence


class _Writer:
    """Reads the database into columns. One at a time writes; the holdings that it gave out stay as they are."""

    def __init__(self) -> None:
        self.sets = Sets(Tree(Place.objects.all()))
        self.columns = {name: Column(kind) for name, kind in _COLUMNS.items()}
        self.alive: Array = np.empty(0, bool)
        self.changed, self.kept = Column(np.int64), Kept()
        self.version: Version | None = None
        self.parties: Parties | None = None
        self.teams: TeamLists | None = None

    def is_outdated(self, version: Version) -> bool:
        """Must everything be read again? Places were loaded anew, or more has changed than stayed."""
        assert self.version is not None
        rows = int(self.columns["rows"].now.sum(dtype=np.int64))
        many = version.presence - self.version.presence + version.gone - self.version.gone > max(10_000, rows)
        return many or any(what.startswith(_EVERYTHING) for what in _whats(self.version.line, version.line))

    def brought_up(self, version: Version) -> Holding:
        before = self.version
        if before is None or any(not what.startswith(_HARMLESS) for what in _whats(before.line, version.line)):
            self.parties, self.teams = _read_parties(), None
            self.kept, self.kept_public = Kept(), Kept()
        self._add(before.presence if before else 0, version.presence)
        if before is not None:
            self._take_out(before.gone, version.gone)
        self.version = version
        if self.parties is None or not self.parties.know(*self.sets.highest):
            self.parties, self.teams = _read_parties(), None
        if self.teams is None or not self.teams.took(self.sets.teams):
            self.teams = TeamLists(
                self.parties.stands, self.parties.visible_to, self.parties.hidden, self.parties.leads
            )
            self.teams.take(self.sets.teams)
            self.kept, self.kept_public = Kept(), Kept()
        teams = self.teams.now()
        told = self._told(teams.veiled)
        columns: dict[str, Any] = {name: column.now for name, column in self.columns.items()}
        held = Holding(
            version=version, sets=self.sets, known=self.sets.now(), teams=teams, alive=self.alive,
            kept=self.kept, changed=self.changed.now,
            **columns,
        )  # fmt: skip
        return held if told is None else replace(held, public=replace(held, work=told, kept=self.kept_public))

    def _told(self, veiled: Array) -> Array | None:
        """The numbers of the works as the public is told them; None where it is told all."""
        work = self.columns["work"].now
        if not veiled.any():
            return None
        rows = np.flatnonzero(veiled[self.columns["team"].now])
        told, masks = work.copy(), list(self.sets.works)
        told[rows] = _each_once(work[rows], lambda number: self.sets.work(masks[number] & REST))
        return told

    def _add(self, after: int, until: int) -> None:
        parties = _Who(until - after > _FRESH)
        rest: list[tuple[Any, ...]] = []
        while after < until:
            with connection.cursor() as cursor:
                cursor.execute(_ROWS, [after, until, _PORTION])
                found = rest + cursor.fetchall()
            if len(found) - len(rest) < _PORTION:
                after, rest = until, []
            else:  # the last activity of a portion may go on in the next one
                after, last = found[-1][0], found[-1][1]
                cut = next(at for at in range(len(found), 0, -1) if found[at - 1][1] != last)
                found, rest = found[:cut], found[cut:]
            if found:
                self._take_in(found, parties)
        size = len(self.columns["first"])
        if self.version is not None:
            self.changed.extend(np.arange(len(self.alive), size))
        self.alive = np.concatenate([self.alive, np.ones(size - len(self.alive), bool)])

    def _take_in(self, found: list[tuple[Any, ...]], parties: "_Who") -> None:
        """Rows of whole activities, one after another: a row of the columns for each activity."""
        numbers, activities, places, audiences, works, *others = zip(*found, strict=True)
        activity = np.array(activities, np.int64)
        begins = np.flatnonzero(np.diff(activity, prepend=-1))
        counts = np.diff(begins, append=len(activity))
        masks = np.bitwise_or.reduceat(1 << np.array(audiences, np.int64), begins)
        work = np.array(works, np.int64)[begins]
        taken: dict[str, Any] = {
            "first": np.array(numbers, np.int64)[begins],
            "rows": counts,
            "activity": activity[begins],
            "where": self._wheres(places, masks, begins, counts),
            "work": _each_once(work, self.sets.work),
            "team": parties.teams(activity[begins], self.sets.team),
        }
        days = ("may_begin", "may_end", "sure_begin", "sure_end", "visible_to")
        taken |= {name: np.array(column, np.int32)[begins] for name, column in zip(days, others, strict=True)}
        for name, values in taken.items():
            self.columns[name].extend(values)

    def _wheres(self, places: Sequence[str], masks: Array, begins: Array, counts: Array) -> Array:
        """The numbers of places with audiences. Most activities are at one place: looked up once for all alike."""
        codes = list(dict.fromkeys(places))
        number = {code: at for at, code in enumerate(codes)}
        place = np.array([number[code] for code in places], np.int64)
        single = np.minimum.reduceat(place, begins) == np.maximum.reduceat(place, begins)
        found = np.empty(len(begins), np.int64)
        found[single] = _each_once(
            place[begins[single]] << AUDIENCES | masks[single],
            lambda both: self.sets.where((codes[both >> AUDIENCES],), both % (1 << AUDIENCES)),
        )
        for at in np.flatnonzero(~single).tolist():
            some = places[begins[at] : begins[at] + counts[at]]
            found[at] = self.sets.where(tuple(sorted(set(some))), int(masks[at]))
        return found

    def _take_out(self, after: int, until: int) -> None:
        if after == until:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT presence FROM activities_presencegone WHERE id > %s AND id <= %s", [after, until])
            gone = np.array([row[0] for row in cursor.fetchall()], np.int64)
        first, rows = self.columns["first"].now, self.columns["rows"].now
        at = np.searchsorted(first, gone, "right") - 1
        known = at >= 0
        known[known] = gone[known] < first[at[known]] + rows[at[known]]
        self.alive = self.alive.copy()
        self.alive[at[known]] = False
        self.changed.extend(np.unique(at[known]))


def _whats(after: int, until: int) -> list[str]:
    """What has happened since, in the words of the audit."""
    if after == until:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT what FROM ground_auditline WHERE id > %s AND id <= %s", [after, until])
        return [row[0] for row in cursor.fetchall()]


def _read_parties() -> "Parties":
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, COALESCE(joined_to_id, id), visible_to, CASE WHEN class_hidden THEN 1 ELSE 0 END"
            " FROM organisations_organisation"
        )
        organisations = cursor.fetchall()
        cursor.execute("SELECT id, COALESCE(owner_id, 0) FROM activities_project")
        projects = cursor.fetchall()
    stands, visible_to = _by_number(organisations, 1), _by_number(organisations, 2)
    while not np.array_equal(stands, stands[stands]):  # a record that stands for others may be joined to another
        stands = stands[stands]
    return Parties(stands, visible_to, _by_number(organisations, 3)[stands].astype(bool), _by_number(projects, 1))


def _by_number(rows: Sequence[tuple[int, ...]], column: int) -> Array:
    """A column of rows by the number that stands first in each; 0 where there is no such row."""
    found = np.zeros(max((row[0] for row in rows), default=0) + 1, np.int64)
    if rows:
        found[[row[0] for row in rows]] = [row[column] for row in rows]
    return found


def _each_once(values: Array, number: Callable[[int], int]) -> Array:
    """The number of each value, asked once for all that are alike."""
    different, which = np.unique(values, return_inverse=True)
    return np.array([number(value) for value in different.tolist()], np.int64)[which]


class _Who:
    """Who does activities: owner, project and partners by their numbers. All are read at once where many are asked."""

    def __init__(self, everything: bool) -> None:
        self._all = _Parties("", []) if everything else None

    def teams(self, activities: Array, number: Callable[[int, int, tuple[int, ...]], int]) -> Array:
        """The numbers of their teams."""
        if self._all is not None:
            return self._all.teams(activities, number)
        found = np.empty(len(activities), np.int64)
        for start in range(0, len(activities), 500):
            some = activities[start : start + 500]
            marks = ", ".join(["%s"] * len(some))
            found[start : start + 500] = _Parties(f" AND activity.id IN ({marks})", some.tolist()).teams(some, number)
        return found


class _Parties:
    """Owners, projects and partners of some activities, or of all."""

    def __init__(self, which: str, numbers: list[int]) -> None:
        self.partners: dict[int, tuple[int, ...]] = {}
        portions: list[Array] = [np.zeros((0, 3), np.int64)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, COALESCE(owner_id, 0), COALESCE(project_id, 0) FROM activities_activity AS activity"  # noqa: S608
                f" WHERE state = 'published'{which}",
                numbers,
            )
            while found := cursor.fetchmany(_PORTION):
                portions.append(np.array(found, np.int64))
            cursor.execute(
                "SELECT activity.id, party.organisation_id FROM activities_activityparty AS party"  # noqa: S608
                " JOIN activities_activity AS activity ON activity.id = party.activity_id"
                f" WHERE party.part = 'partner'{which} ORDER BY activity.id, party.organisation_id",
                numbers,
            )
            for activity, organisation in cursor.fetchall():
                self.partners[activity] = (*self.partners.get(activity, ()), organisation)
        read = np.concatenate(portions)
        self.read = read[np.argsort(read[:, 0])]

    def teams(self, activities: Array, number: Callable[[int, int, tuple[int, ...]], int]) -> Array:
        at = np.searchsorted(self.read[:, 0], activities).clip(max=max(len(self.read) - 1, 0))
        owner, project = np.zeros((2, len(activities)), np.int64)
        if len(self.read):
            known = self.read[at, 0] == activities  # what was taken out meanwhile is not: it is taken out next
            owner, project = np.where(known, self.read[at, 1], 0), np.where(known, self.read[at, 2], 0)
        found = _each_once(owner << 32 | project, lambda both: number(both >> 32, both & 0xFFFFFFFF, ()))
        if self.partners:
            for place, activity in enumerate(activities.tolist()):
                if activity in self.partners:
                    found[place] = number(int(owner[place]), int(project[place]), self.partners[activity])
        return found
