"""What can happen to projects and activities. Each is one transaction and leaves an audit line.

Nothing is destroyed: a change writes a version, the bin can be emptied of nothing, an undo writes what was said before.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.bulk import new_ids
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from . import drafts, presence
from .drafts import ActivityDraft, Funder, Group, ProjectDraft
from .models import Activity, ActivityParty, Batch, Kept, Project, ProjectParty, Reached, Version
from .vocabulary import Part

State = Kept.State
_PLAIN = (
    "title", "about", "kinds", "themes", "audiences", "languages", "places", "place_text", "whole_country", "begins",
    "ends", "status", "mode", "times_held", "reached", "counted", "reached_complete", "money", "currency",
    "money_visible_to", "results", "source", "visible_to",
)  # fmt: skip
_PLAIN_PROJECT = (
    "title", "about", "aim", "begins", "ends", "budget", "currency", "budget_visible_to", "results", "source",
    "visible_to",
)  # fmt: skip
BATCH = 1000
_A_MOMENT = timedelta(seconds=20)  # a second click comes within seconds


class Outdated(Exception):
    """Somebody else changed it in the meantime; nothing was written. `now` is what it says now, `before` what the
    editor saw, each as a draft."""

    def __init__(self, kept: "Activity | Project", before: Any, now: Any) -> None:
        super().__init__(kept.code)
        self.kept, self.before, self.now = kept, before, now


# — what an activity says ——————————————————————————————————————————————————————————————————————————————————


def draft_of(activity: Activity) -> ActivityDraft:
    """All that the activity says, as a draft that would say the same."""
    said: dict[str, Any] = {name: getattr(activity, name) for name in _PLAIN}
    parties = activity.parties.select_related("organisation")
    said["owner"] = activity.owner.code if activity.owner else ""
    said["partners"] = [one.organisation.code for one in parties if one.part == Part.PARTNER]
    said["project"] = activity.project.code if activity.project else ""
    said["groups"] = [
        Group(by=one.by, number=one.number, sex=one.sex, age=one.age, audience=one.audience)
        for one in activity.groups.all()
    ]
    return ActivityDraft(**said)


def project_draft_of(project: Project) -> ProjectDraft:
    said: dict[str, Any] = {name: getattr(project, name) for name in _PLAIN_PROJECT}
    parties = list(project.parties.select_related("organisation"))
    said["owner"] = project.owner.code if project.owner else ""
    said["partners"] = [one.organisation.code for one in parties if one.part == Part.PARTNER]
    said["funders"] = [
        Funder(one.organisation.code, one.step, one.amount) for one in parties if one.part == Part.FUNDER
    ]
    return ProjectDraft(**said)


def said_of(draft: ActivityDraft | ProjectDraft) -> dict[str, Any]:
    """A draft as it is kept with a version: plain values, money as text."""
    names = drafts.FIELDS if isinstance(draft, ActivityDraft) else drafts.PROJECT_FIELDS
    return {name: _plain(getattr(draft, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Group | Funder):
        return {key: _plain(one) for key, one in dataclasses.asdict(value).items()}
    return str(value) if isinstance(value, Decimal) else value


def draft_from(said: dict[str, Any]) -> ActivityDraft:
    """The draft that `said_of` was made of."""
    values = {name: said[name] for name in drafts.FIELDS if name in said}
    values["groups"] = [Group(**one) for one in values.get("groups", ())]
    values["money"] = None if values.get("money") is None else Decimal(values["money"])
    return ActivityDraft(**values)


def project_draft_from(said: dict[str, Any]) -> ProjectDraft:
    values = {name: said[name] for name in drafts.PROJECT_FIELDS if name in said}
    values["funders"] = [
        Funder(one["organisation"], one["step"], None if one["amount"] is None else Decimal(one["amount"]))
        for one in values.get("funders", ())
    ]
    values["budget"] = None if values.get("budget") is None else Decimal(values["budget"])
    return ProjectDraft(**values)


# — adding and changing ————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_activity(draft: ActivityDraft, *, by: User | None, publish: bool = False) -> Activity:
    """Keep a new activity, as a draft or published. Raises ValidationError of {field: sentences}."""
    activity = add_many([draft], by=by, publish=publish)[0]
    record(what="activity.added", about=activity.code, by=by, published=publish)
    return activity


@transaction.atomic
def add_once(draft: ActivityDraft, *, by: User, publish: bool = False) -> Activity:
    """As add_activity; but where this person kept the very same a moment ago (a form that was sent twice), that one."""
    User.objects.select_for_update().get(pk=by.pk)
    since, said = timezone.now() - _A_MOMENT, said_of(draft)
    newest = Activity.objects.order_by("-pk").values_list("pk", "created_at", "version")[:50]
    fresh = [number for number, at, version in newest if at >= since and version == 1]
    for version in Version.objects.filter(activity__in=fresh, number=1, by=by).select_related("activity"):
        kept = version.activity
        if kept is not None and version.said == said and kept.state == (State.PUBLISHED if publish else State.DRAFT):
            return kept
    return add_activity(draft, by=by, publish=publish)


@transaction.atomic
def add_many(
    wanted: Sequence[ActivityDraft], *, by: User | None, batch: Batch | None = None, publish: bool = False
) -> list[Activity]:
    """Keep many at once; the caller writes its act's audit line. Raises ValidationError for the first wrong one."""
    made: list[Activity] = []
    for start in range(0, len(wanted), BATCH):
        made += _add_portion(wanted[start : start + BATCH], by, batch, publish)
    return made


def _add_portion(
    wanted: Sequence[ActivityDraft], by: User | None, batch: Batch | None, publish: bool
) -> list[Activity]:
    found = _Found(wanted)
    for draft in wanted:
        drafts.check_activity(draft)
        found.check(draft)
    now = timezone.now()
    numbers = new_ids(Activity, len(wanted))
    state = State.PUBLISHED if publish else State.DRAFT
    made = [
        Activity(
            pk=number, code=f"{settings.COUNTRY.lower()}.a{number}", state=state, batch=batch,
            owner=found.organisation(draft.owner), project=found.project(draft.project),
            **{name: getattr(draft, name) for name in _PLAIN},
        )
        for number, draft in zip(numbers, wanted, strict=True)
    ]  # fmt: skip
    for activity in made:
        activity.derive()
    Activity.objects.bulk_create(made)
    ActivityParty.objects.bulk_create(
        [party for activity, draft in zip(made, wanted, strict=True) for party in _parties(activity, draft, found)]
    )
    Reached.objects.bulk_create(
        [group for activity, draft in zip(made, wanted, strict=True) for group in _groups(activity, draft)]
    )
    Version.objects.bulk_create(
        [
            Version(activity=activity, number=1, kind=Version.Kind.ADDED, at=now, by=by, said=said_of(draft))
            for activity, draft in zip(made, wanted, strict=True)
        ]
    )
    presence.write_presences(made, country=settings.COUNTRY, new=True)
    return made


@transaction.atomic
def edit_activity(
    activity: Activity, draft: ActivityDraft, *, by: User | None, seen: int, kind: str = Version.Kind.EDITED
) -> Activity:
    """Let it say what the draft says. `seen` is the version that the editor saw: raises Outdated where it is older."""
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    before = draft_of(activity)
    if activity.version != seen:
        raise Outdated(activity, _seen(activity.versions, seen, draft_from), before)
    drafts.check_activity(draft)
    found = _Found([draft])
    found.check(draft, kept=before)
    if said_of(before) == said_of(draft):
        return activity
    for name in _PLAIN:
        setattr(activity, name, getattr(draft, name))
    activity.owner, activity.project = found.organisation(draft.owner), found.project(draft.project)
    _next(activity, kind, by, said_of(draft))
    activity.parties.all().delete()
    activity.groups.all().delete()
    ActivityParty.objects.bulk_create(_parties(activity, draft, found))
    Reached.objects.bulk_create(_groups(activity, draft))
    presence.write_presences([activity], country=settings.COUNTRY)
    record(what=f"activity.{kind}", about=activity.code, by=by, version=activity.version)
    return activity


def _seen(versions: Any, number: int, read: Any) -> Any:
    version = versions.filter(number__lte=number).order_by("-number").first()
    return read(version.said) if version else None


def draft_at(activity: Activity, number: int) -> ActivityDraft:
    """What the activity said at that version, or at the last one before it; now, where there was none."""
    return _seen(activity.versions, number, draft_from) or draft_of(activity)


def _next(kept: Activity | Project, kind: str, by: User | None, said: dict[str, Any]) -> None:
    kept.version += 1
    kept.derive()
    kept.save()
    whose = {"activity": kept} if isinstance(kept, Activity) else {"project": kept}
    Version.objects.create(**whose, number=kept.version, kind=kind, at=timezone.now(), by=by, said=said)


@transaction.atomic
def add_project(draft: ProjectDraft, *, by: User | None, publish: bool = False) -> Project:
    """Keep a new project. Raises ValidationError of {field: sentences}."""
    drafts.check_project(draft)
    found = _Found([draft])
    found.check(draft)
    number = new_ids(Project, 1)[0]
    project = Project(
        pk=number, code=f"{settings.COUNTRY.lower()}.p{number}", owner=found.organisation(draft.owner),
        state=State.PUBLISHED if publish else State.DRAFT,
        **{name: getattr(draft, name) for name in _PLAIN_PROJECT},
    )  # fmt: skip
    project.derive()
    project.save(force_insert=True)
    ProjectParty.objects.bulk_create(_project_parties(project, draft, found))
    Version.objects.create(
        project=project, number=1, kind=Version.Kind.ADDED, at=timezone.now(), by=by, said=said_of(draft)
    )
    record(what="project.added", about=project.code, by=by, published=publish)
    return project


@transaction.atomic
def edit_project(
    project: Project, draft: ProjectDraft, *, by: User | None, seen: int, kind: str = Version.Kind.EDITED
) -> Project:
    """As edit_activity."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    before = project_draft_of(project)
    if project.version != seen:
        raise Outdated(project, _seen(project.versions, seen, project_draft_from), before)
    drafts.check_project(draft)
    found = _Found([draft])
    found.check(draft, kept=before)
    if said_of(before) == said_of(draft):
        return project
    for name in _PLAIN_PROJECT:
        setattr(project, name, getattr(draft, name))
    project.owner = found.organisation(draft.owner)
    _next(project, kind, by, said_of(draft))
    project.parties.all().delete()
    ProjectParty.objects.bulk_create(_project_parties(project, draft, found))
    record(what=f"project.{kind}", about=project.code, by=by, version=project.version)
    return project


# — publishing, the bin, taking back ———————————————————————————————————————————————————————————————————————

_KINDS = {
    State.PUBLISHED: Version.Kind.PUBLISHED, State.DRAFT: Version.Kind.WITHDRAWN, State.BINNED: Version.Kind.BINNED,
}  # fmt: skip


@transaction.atomic
def move(kept: Activity | Project, *, to: str, by: User | None) -> Activity | Project:
    """Publish it, make it a draft again, put it in the bin or take it out. What is so already stays as it is."""
    found: Any = type(kept).objects.select_for_update().get(pk=kept.pk)
    if found.state == to:
        return found
    kind = Version.Kind.RESTORED if found.state == State.BINNED else _KINDS[State(to)]
    found.state = to
    is_activity = isinstance(found, Activity)
    _next(found, kind, by, said_of(draft_of(found) if is_activity else project_draft_of(found)))
    if is_activity:
        presence.write_presences([found], country=settings.COUNTRY)
    what = f"activity.{kind}" if is_activity else f"project.{kind}"
    record(what=what, about=found.code, by=by, version=found.version)
    return found


@transaction.atomic
def move_many(activities: QuerySet[Activity], *, to: str, by: User | None) -> list[tuple[int, str]]:
    """As move, of many at once and with one audit line. Returns (number, state before) of each that was moved."""
    numbers = list(activities.exclude(state=to).order_by("id").values_list("pk", flat=True))
    moved: list[tuple[int, str]] = []
    for start in range(0, len(numbers), BATCH):
        portion = list(
            Activity.objects.select_for_update().filter(pk__in=numbers[start : start + BATCH]).order_by("id")
        )
        moved += [(one.pk, one.state) for one in portion]
        _move_all(portion, to=to, by=by)
    if moved:
        record(what=f"activities.{_KINDS[State(to)]}", about=f"{len(moved)} activities", by=by, activities=len(moved))
    return moved


def _move_all(locked: Sequence[Activity], *, to: str, by: User | None) -> None:
    """Move each to the state, write its version, and what of it counts; the caller writes the audit line."""
    said, now = _last_said(locked), timezone.now()
    versions = []
    for one in locked:
        kind = Version.Kind.RESTORED if one.state == State.BINNED else _KINDS[State(to)]
        one.state, one.version, one.updated_at = to, one.version + 1, now
        versions.append(Version(activity=one, number=one.version, kind=kind, at=now, by=by, said=said.get(one.pk, {})))
    numbers = [one.pk for one in locked]
    Activity.objects.filter(pk__in=numbers).update(state=to, version=F("version") + 1, updated_at=now)
    Version.objects.bulk_create(versions)
    presence.write_presences(locked, country=settings.COUNTRY)


def _last_said(activities: Iterable[Activity]) -> dict[int, dict[str, Any]]:
    """Number → all that the activity says, as its last version keeps it."""
    versions = Version.objects.filter(activity__in=list(activities), number=F("activity__version"))
    return dict(versions.order_by().values_list("activity", "said"))


def drafts_of(activities: Sequence[Activity]) -> list[ActivityDraft]:
    """As draft_of, of many at once."""
    said: dict[int, dict[str, Any]] = {}
    for start in range(0, len(activities), BATCH):
        said |= _last_said(activities[start : start + BATCH])
    return [draft_from(said[one.pk]) for one in activities]


def problems_of(wanted: Sequence[ActivityDraft], *, checked: bool = False) -> list[dict[str, list[str]]]:
    """For each draft what would be refused of it, field → sentences; empty where it can be kept.

    `checked` says that drafts.check_activity has passed them, so that only what they name is looked up.
    """
    found: list[dict[str, list[str]]] = []
    for start in range(0, len(wanted), BATCH):
        portion = wanted[start : start + BATCH]
        named = _Found(portion)
        for draft in portion:
            wrong: dict[str, list[str]] = {}
            for check in [named.check] if checked else [drafts.check_activity, named.check]:
                try:
                    check(draft)
                except ValidationError as error:
                    wrong |= error.message_dict
            found.append(wrong)
    return found


@transaction.atomic
def undo_last(activity: Activity, *, by: User | None, seen: int) -> Activity:
    """Let it say again what it said before its last change of words. Raises ValidationError where there was none."""
    before = _before_last(activity)
    return edit_activity(activity, draft_from(before.said), by=by, seen=seen, kind=Version.Kind.UNDONE)


@transaction.atomic
def undo_project(project: Project, *, by: User | None, seen: int) -> Project:
    """As undo_last, of a project."""
    before = _before_last(project)
    return edit_project(project, project_draft_from(before.said), by=by, seen=seen, kind=Version.Kind.UNDONE)


def _before_last(kept: Activity | Project) -> Version:
    """What was said before the last change of words."""
    worded = kept.versions.filter(kind__in=[Version.Kind.EDITED, Version.Kind.UNDONE]).order_by("-number").first()
    before = worded and kept.versions.filter(number__lt=worded.number).order_by("-number").first()
    if before is None:
        raise ValidationError(_("There is nothing to take back."))
    return before


def open_batch(*, kind: str, by: User | None, owner: Organisation | None, note: str = "") -> Batch:
    """Begin an act that writes many; what it adds points to it, so that it can be taken back as one."""
    return Batch.objects.create(kind=kind, at=timezone.now(), by=by, owner=owner, note=note[:300])


@transaction.atomic
def undo_batch(batch: Batch, *, by: User | None) -> int:
    """Put everything that the act added in the bin. What somebody changed since then stays, and is not counted."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        return 0
    waiting = list(batch.activities.select_for_update().filter(version=1).exclude(state=State.BINNED).order_by("id"))
    for start in range(0, len(waiting), BATCH):
        _move_all(waiting[start : start + BATCH], to=State.BINNED, by=by)
    batch.undone_at = timezone.now()
    batch.save(update_fields=["undone_at"])
    record(what="activities.undone", about=f"batch {batch.pk}", by=by, activities=len(waiting))
    return len(waiting)


# — what a draft names —————————————————————————————————————————————————————————————————————————————————————


class _Found:
    """The organisations, projects and places that drafts name, looked up at once."""

    def __init__(self, wanted: Iterable[Any]) -> None:
        codes: set[str] = set()
        projects: set[str] = set()
        places: set[str] = set()
        for draft in wanted:
            codes |= {draft.owner, *draft.partners}
            if isinstance(draft, ActivityDraft):
                projects.add(draft.project)
                places |= set(draft.places)
            else:
                codes |= {funder.organisation for funder in draft.funders}
        standing = Organisation.objects.filter(code__in=codes - {""}, ended_in=None).select_related("joined_to")
        self.organisations = {one.code: one for one in standing}
        self.projects = {one.code: one for one in Project.objects.filter(code__in=projects - {""})} if projects else {}
        self.places = {one.code: one for one in Place.objects.filter(code__in=places)} if places else {}

    def check(self, draft: Any, kept: Any = None) -> None:
        """Refuse what there is not. A place that ended stays where it stood before the change (`kept`)."""
        wrong: dict[str, list[str]] = {}
        if draft.owner and draft.owner not in self.organisations:
            wrong["owner"] = [self._no_organisation(draft.owner)]
        if unknown := [code for code in draft.partners if code not in self.organisations]:
            wrong["partners"] = [self._no_organisation(unknown[0])]
        if isinstance(draft, ProjectDraft):
            if unknown := [one.organisation for one in draft.funders if one.organisation not in self.organisations]:
                wrong["funders"] = [self._no_organisation(unknown[0])]
        else:
            if draft.project and draft.project not in self.projects:
                wrong["project"] = [
                    _("There is no project “%(code)s”: choose one of the list.") % {"code": draft.project}
                ]
            if problem := self._places(draft, set(kept.places) if kept else set()):
                wrong["places"] = [problem]
        if wrong:
            raise ValidationError(wrong)

    def _places(self, draft: ActivityDraft, before: set[str]) -> str:
        for code in draft.places:
            place = self.places.get(code)
            if place is None:
                return _("There is no place “%(code)s”: choose one of the list.") % {"code": code}
            ended = place.valid_to is not None and place.valid_to <= timezone.localdate()
            began = draft.begins[:4]
            after_its_end = not began or place.valid_to is None or int(began) > place.valid_to.year
            if ended and after_its_end and code not in before:
                return _("“%(place)s” ended in %(year)s: choose the place that it belongs to now.") % {
                    "place": place.title, "year": place.valid_to.year if place.valid_to else ""
                }  # fmt: skip
        return ""

    @staticmethod
    def _no_organisation(code: str) -> str:
        return _("There is no organisation “%(code)s” in the registry: choose one of the list, or add it first.") % {
            "code": code
        }

    def organisation(self, code: str) -> Organisation | None:
        return self.organisations.get(code)

    def project(self, code: str) -> Project | None:
        return self.projects.get(code)


def _parties(activity: Activity, draft: ActivityDraft, found: _Found) -> list[ActivityParty]:
    named = [(draft.owner, Part.LEAD), *((code, Part.PARTNER) for code in dict.fromkeys(draft.partners))]
    return [
        ActivityParty(activity=activity, organisation=organisation, part=part)
        for code, part in named
        if (organisation := found.organisation(code)) is not None
    ]


def _groups(activity: Activity, draft: ActivityDraft) -> list[Reached]:
    return [Reached(activity=activity, **dataclasses.asdict(group)) for group in draft.groups]


def _project_parties(project: Project, draft: ProjectDraft, found: _Found) -> list[ProjectParty]:
    named: list[tuple[str, str, int, Decimal | None]] = [(draft.owner, Part.LEAD, 0, None)]
    named += [(code, Part.PARTNER, 0, None) for code in dict.fromkeys(draft.partners)]
    named += [(one.organisation, Part.FUNDER, one.step, one.amount) for one in draft.funders]
    return [
        ProjectParty(project=project, organisation=organisation, part=part, step=step, amount=amount)
        for code, part, step, amount in named
        if (organisation := found.organisation(code)) is not None
    ]
