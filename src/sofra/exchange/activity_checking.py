"""Rows of activities: read, their organisations looked up, and what the hub or the file holds already."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity, Project
from sofra.activities.reading_rows import keys_of
from sofra.ground.models import Visibility
from sofra.ground.text import fold

from .activity_rows import PROJECT_CODE, ActivityReader, asks_of, bodies_of, draft_of
from .bodies import Bodies
from .checking import BATCH, Checked, Said, confirmed_places, resolver, row_word, verdict_of
from .models import Import, ImportRow
from .problems import problem
from .reading import Line, Table
from .rows import Reading

Verdict = ImportRow.Verdict
# Whoever imports learns nothing of what a sealed organisation does.
_OPEN = Q(owner=None) | Q(owner__visible_to__lte=Visibility.MEMBERS)
Same = tuple[str, str, str, tuple[str, ...]]  # owner, and what activities.reading_rows.keys_of gives


class ActivityChecker:
    portion = BATCH

    def __init__(self, imported: Import, table: Table) -> None:
        self.imported, self.row_word = imported, row_word()
        given = {fold(text): str(code) for text, code in imported.options.get("organisations", {}).items()}
        self.bodies = Bodies(given)
        self.reader = ActivityReader(
            table.header, imported.mapping, resolve=resolver(), parts=self.bodies.parts,
            places=confirmed_places(imported), country=settings.COUNTRY,
        )  # fmt: skip
        self.keys, self.same = Said(), Said()
        self.projects = Projects()

    def check(self, lines: Sequence[Line]) -> list[Checked]:
        rows = [self._read(line) for line in lines]
        self.bodies.look_up(body["text"] for row in rows for body in row.reading["bodies"])
        for row in rows:
            self._name_bodies(row)
        drafts = {id(row): draft_of(row.reading, settings.COUNTRY) for row in rows}
        self._compare_with_hub(rows, drafts)
        self._compare_with_file(rows, drafts)
        for row in rows:
            row.verdict = verdict_of(row)
        return rows

    def _read(self, line: Line) -> Checked:
        reading, problems = self.reader.read(line)
        own = reading["said"].get("source", "")
        parts = [self.imported.source, own or f"{self.row_word} {reading.get('n') or line.number}"]
        reading["source"] = ", ".join(part for part in dict.fromkeys(parts) if part)[:300]
        return Checked(line, reading, problems, [])

    def _name_bodies(self, row: Checked) -> None:
        for body in row.reading["bodies"]:
            body.update(self.bodies.read(body["text"]))
            if not body["sure"]:
                row.problems.append(problem("body-ask", body["column"], body["text"]))
        row.asks = asks_of(row.problems)

    def _compare_with_hub(self, rows: Sequence[Checked], drafts: dict[int, ActivityDraft]) -> None:
        before = imported_before([row.reading["key"] for row in rows], self.imported.pk)
        codes = known_codes(row.reading["code"] for row in rows if "code" in row.reading)
        known = known_activities(drafts.values())
        for row in rows:
            if not row.reading["names"]:
                continue
            self._look_up_project(row)
            if row.reading.get("whole"):
                if (code := self.projects.code_of(row.reading)) is not None:
                    self._is_there(row, None, "activity-known", code)
            elif (pk := before.get(row.reading["key"])) is not None:
                self._is_there(row, pk, "imported-before", "")
            elif found := (codes.get(row.reading.get("code", "")) or known.get(same_of(drafts[id(row)]))):
                self._is_there(row, found[0], "activity-known", found[1])

    def _look_up_project(self, row: Checked) -> None:
        """A project may be named before there is one, but an id is somebody's already or a slip."""
        title = row.reading.get("project", {}).get("title", "")
        if PROJECT_CODE.fullmatch(title.strip().lower()) and self.projects.code_of(row.reading) is None:
            row.problems.append(problem("project-unknown", "", title))

    @staticmethod
    def _is_there(row: Checked, pk: int | None, code: str, read: str) -> None:
        row.verdict, row.activity, row.asks = Verdict.SAME, pk, []
        row.problems = [problem(code, read=read)]

    def _compare_with_file(self, rows: Sequence[Checked], drafts: dict[int, ActivityDraft]) -> None:
        """A row that the file has said already is left out; one of the same title, time and place is asked about."""
        saying = [row for row in rows if row.reading["names"] and row.verdict != Verdict.SAME]
        numbers = [row.line.number for row in saying]
        again = self.keys.first([row.reading["key"] for row in saying], numbers)
        alike = self.same.first([hash((row.reading.get("whole"), same_of(drafts[id(row)]))) for row in saying], numbers)
        for row, key_first, same_first in zip(saying, again, alike, strict=True):
            if key_first != row.line.number:
                row.problems, row.asks = [problem("row-again", read=str(key_first))], []
            elif same_first != row.line.number and not row.reading.get("whole"):
                row.same_row = same_first
                row.asks.append("twin")
                row.problems.append(problem("activity-again", read=str(same_first)))


def _told(found: QuerySet[Any]) -> QuerySet[Any]:
    """Of what is there that which everybody who imports may know; what is sealed is to a list as if it were not."""
    owners = Q(owner=None) | Q(owner__visible_to__lte=Visibility.MEMBERS)
    return found.filter(owners, visible_to__lte=Visibility.MEMBERS).exclude(state=Activity.State.BINNED)


def same_of(draft: ActivityDraft) -> Same:
    """By what an activity is known when it comes a second time."""
    return (draft.owner, *keys_of(draft))


def imported_before(keys: Sequence[int], but: int) -> dict[int, int]:
    """Key of a row -> the activity that the same row led to in an import that stands."""
    found: dict[int, int] = {}
    for start in range(0, len(keys), 500):
        rows = ImportRow.objects.filter(
            key__in=keys[start : start + 500], imported__state=Import.State.DONE, activity__isnull=False
        ).exclude(Q(imported=but) | Q(activity__state=Activity.State.BINNED))
        found.update((key, pk) for key, pk in rows.values_list("key", "activity") if key is not None and pk is not None)
    return found


def known_codes(codes: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Code → number and code of the activities that there are."""
    wanted, found = list(dict.fromkeys(codes)), {}
    for start in range(0, len(wanted), 500):
        rows = _told(Activity.objects.filter(code__in=wanted[start : start + 500]))
        found.update({code: (pk, code) for pk, code in rows.order_by().values_list("pk", "code")})
    return found


def known_activities(drafts: Iterable[ActivityDraft]) -> dict[Same, tuple[int, str]]:
    """The activities of the same organisations that begin when these do, by what makes them the same."""
    begins: dict[str, set[str]] = {}
    for draft in drafts:
        begins.setdefault(draft.owner, set()).add(draft.begins)
    found: dict[Same, tuple[int, str]] = {}
    owners = list(begins)
    for start in range(0, len(owners), 300):
        portion = owners[start : start + 300]
        whose = Q(owner__code__in=portion) | Q(owner__joined_to__code__in=portion)
        if "" in portion:
            whose |= Q(owner=None)
        days = set().union(*(begins[owner] for owner in portion))
        rows = _told(Activity.objects.filter(whose, begins__in=days)).order_by()
        for pk, code, owner, head, title, day, places in rows.values_list(
            "pk", "code", "owner__code", "owner__joined_to__code", "title", "begins", "places"
        ).iterator(chunk_size=5000):
            found[(head or owner or "", fold(title), day, tuple(sorted(places)))] = (pk, code)
    return found


class _Project(NamedTuple):
    code: str
    owner: str
    organisations: frozenset[str]


class Projects:
    """The projects that there are, to be found by code, or by title where the organisation fits.

    It fits where it leads the project or takes part in it, or where either's lead is not known.
    """

    def __init__(self) -> None:
        self.by_title: dict[str, list[_Project]] = {}
        self.codes: set[str] = set()
        standing = _told(Project.objects.all())
        partners: dict[str, set[str]] = {}
        for code, organisation in standing.filter(parties__part="partner").values_list(
            "code", "parties__organisation__code"
        ):
            partners.setdefault(code, set()).add(organisation)
        for code, title, owner, head in standing.values_list(
            "code", "title", "owner__code", "owner__joined_to__code"
        ).iterator(chunk_size=5000):
            self.add(code, title, head or owner or "", partners.get(code, ()))

    def add(self, code: str, title: str, owner: str, partners: Iterable[str]) -> None:
        self.codes.add(code)
        self.by_title.setdefault(fold(title), []).append(_Project(code, owner, frozenset({owner, *partners})))

    def code_of(self, reading: Reading) -> str | None:
        """The code of the project that a row names; None where there is none yet."""
        title = reading["project"]["title"]
        if title.strip().lower() in self.codes:
            return str(title.strip().lower())
        owner = next(iter(bodies_of(reading, "owner")), "")
        fitting = [
            one for one in self.by_title.get(fold(title), ())
            if not owner or not one.owner or owner in one.organisations
        ]  # fmt: skip
        fitting.sort(key=lambda one: one.owner != owner)
        return fitting[0].code if fitting else None
