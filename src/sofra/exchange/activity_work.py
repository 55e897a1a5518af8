"""Activities written in one act, with the projects that their rows name; taken back as one."""

from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft, ProjectDraft
from sofra.activities.models import Activity, Batch, Project
from sofra.ground.bulk import update_rows
from sofra.ground.text import fold

from .activity_checking import Projects, imported_before, known_activities, same_of
from .activity_rows import bodies_of, draft_of, merge_projects, project_draft_of
from .importing import Turned, note_of, portions, turn
from .models import Import, ImportRow
from .running import Progress

Verdict = ImportRow.Verdict


class _Row(NamedTuple):
    """What of a staged row is needed to make its activity."""

    id: int
    number: int
    reading: dict[str, Any]
    key: int | None
    decided_by_id: int | None


class ActivityWork:
    """All activities of a file in one batch. See importing.Work."""

    def prepare(self, imported: Import, into: IO[bytes], progress: Progress) -> None:
        return  # reading was done at the check; making drafts takes no time that matters

    def write(self, imported: Import, prepared: IO[bytes], progress: Progress) -> dict[str, Any]:
        batch = activities.open_batch(kind=Batch.Kind.IMPORT, by=imported.by, owner=None, note=note_of(imported))
        writer = _Writer(imported, batch, progress)
        writer.add_projects()
        for rows in portions(imported, Verdict.NEW, _Row):
            writer.add(rows)
        imported.batch = batch
        imported.options = {**imported.options, "projects": writer.made}
        return {"batch": batch.pk, "projects": len(writer.made)}

    def undo(self, imported: Import, by: User | None) -> dict[str, Any]:
        """Put what came in in the bin; what people changed since then stays, and so do the projects that hold it."""
        assert imported.batch is not None
        activities.undo_batch(imported.batch, by=by)
        made = Project.objects.filter(code__in=imported.options.get("projects", ()), version=1)
        held = Activity.objects.exclude(state=Activity.State.BINNED).filter(project__in=made)
        for project in made.exclude(pk__in=held.values("project")):
            activities.move(project, to=Project.State.BINNED, by=by)
        return {"batch": imported.batch_id}


class _Wanted:
    """A project to be made, from all rows that name it. A row that is the project itself says who leads it."""

    def __init__(self, reading: dict[str, Any]) -> None:
        self.draft = project_draft_of(reading)
        self.whole = bool(reading.get("whole"))
        self.organisations = {self.draft.owner, *bodies_of(reading, "partner")} - {""}

    def fits(self, other: "_Wanted") -> bool:
        """Do both mean one project: one leads it or takes part in the other's, or a lead is not known?"""
        mine, theirs = self.draft.owner, other.draft.owner
        return not mine or not theirs or theirs in self.organisations or mine in other.organisations

    def merge(self, other: "_Wanted") -> None:
        if other.whole and not self.whole:
            self.draft, other.draft = other.draft, self.draft
        if self.whole or other.whole:
            other.draft.owner = ""
        merge_projects(self.draft, other.draft)
        self.whole = self.whole or other.whole
        self.organisations |= other.organisations


class _Writer:
    def __init__(self, imported: Import, batch: Batch, progress: Progress) -> None:
        self.imported, self.batch, self.progress = imported, batch, progress
        self.publish = bool(imported.options.get("publish", True))
        self.total, self.done = imported.rows.filter(verdict=Verdict.NEW).count(), 0
        self.projects = Projects()
        self.made: list[str] = []
        self.refused: dict[str, str] = {}  # folded title of a project → why it cannot be kept

    # — projects —

    def add_projects(self) -> None:
        """Make the projects that rows name and that there are not yet; several rows may tell of one."""
        for draft in self._wanted():
            try:
                with transaction.atomic():
                    made = activities.add_project(draft, by=self.imported.by, publish=self.publish)
            except ValidationError as error:
                self.refused[fold(draft.title)] = " ".join(error.messages)
            else:
                self.made.append(made.code)
                self.projects.add(made.code, made.title, draft.owner, draft.partners)

    def _wanted(self) -> list[ProjectDraft]:
        wanted: dict[str, list[_Wanted]] = {}
        for rows in portions(self.imported, Verdict.NEW, _Row):
            for row in rows:
                if "project" in row.reading and self.projects.code_of(row.reading) is None:
                    one = _Wanted(row.reading)
                    alike = wanted.setdefault(fold(one.draft.title), [])
                    first = next((first for first in alike if first.fits(one)), None)
                    if first is None:
                        alike.append(one)
                    else:
                        first.merge(one)
        return [one.draft for alike in wanted.values() for one in alike]

    # — activities —

    def add(self, rows: Sequence[_Row]) -> None:
        kept = self._without_refused(rows)
        self._link_projects([row for row in kept if row.reading.get("whole")])
        drafts = [(row, self._draft(row)) for row in kept if not row.reading.get("whole")]
        new = list(self._new(drafts))
        made = self._write(new)
        update_rows(ImportRow, ["activity"], [(activity.pk, row.id) for row, activity in made])
        self.done += len(rows)
        self.progress.tell(self.done, self.total, "importing")

    def _draft(self, row: _Row) -> ActivityDraft:
        project = self.projects.code_of(row.reading) if "project" in row.reading else ""
        draft = draft_of(row.reading, settings.COUNTRY, project or "")
        draft.source = row.reading.get("source", "")
        return draft

    def _link_projects(self, rows: Sequence[_Row]) -> None:
        codes = {row.id: self.projects.code_of(row.reading) for row in rows}
        numbers = dict(Project.objects.filter(code__in=set(codes.values()) - {None}).values_list("code", "pk"))
        update_rows(ImportRow, ["project"], [(numbers[code], row) for row, code in codes.items() if code in numbers])

    def _without_refused(self, rows: Sequence[_Row]) -> list[_Row]:
        """The rows but for those whose project cannot be kept, which then say why."""
        why = {row.id: self._why_refused(row) for row in rows} if self.refused else {}
        turn([Turned(row, Verdict.BAD, "activity-bad", read=said) for row, said in why.items() if said])
        return [row for row in rows if not why.get(row.id)]

    def _why_refused(self, row: _Row) -> str:
        if "project" not in row.reading or self.projects.code_of(row.reading) is not None:
            return ""
        return self.refused.get(fold(row.reading["project"]["title"]), "")

    def _new(self, drafts: Sequence[tuple[_Row, ActivityDraft]]) -> Iterator[tuple[_Row, ActivityDraft]]:
        """The rows that nobody brought in after the check."""
        before = imported_before([row.key for row, _draft in drafts if row.key is not None], self.imported.pk)
        known = known_activities(draft for _row, draft in drafts)
        turned = []
        for row, draft in drafts:
            found = known.get(same_of(draft)) if row.reading.get("is") != "new" else None
            pk = before.get(row.key or 0) or (found and found[0])
            if pk:
                turned.append(Turned(row.id, Verdict.SAME, "imported-before", activity=pk))
            else:
                yield row, draft
        turn(turned)

    def _write(self, new: Sequence[tuple[_Row, ActivityDraft]]) -> list[tuple[_Row, Activity]]:
        """Keep them together; where one of them is refused, each for itself, so that it can say why."""
        try:
            with transaction.atomic():
                made = self._add([draft for _row, draft in new])
            return [(row, activity) for (row, _draft), activity in zip(new, made, strict=True)]
        except ValidationError:
            return list(self._one_by_one(new))

    def _one_by_one(self, new: Sequence[tuple[_Row, ActivityDraft]]) -> Iterator[tuple[_Row, Activity]]:
        turned = []
        for row, draft in new:
            try:
                with transaction.atomic():
                    made = self._add([draft])[0]
            except ValidationError as error:
                turned.append(Turned(row.id, Verdict.BAD, "activity-bad", read=" ".join(error.messages)))
            else:
                yield row, made
        turn(turned)

    def _add(self, drafts: Sequence[ActivityDraft]) -> list[Activity]:
        return activities.add_many(drafts, by=self.imported.by, batch=self.batch, publish=self.publish)
