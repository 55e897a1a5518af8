"""What can happen to findings. Each is one transaction, one step of the finding's history and one audit line.

A finding is locked before it changes; `seen` is the version that the person had before them: when another was faster
nothing is written and Outdated tells what stands now.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import ActivityClass

from . import rules, standing
from .models import Evidence, Figure, Finding, Quote, RoundTable, Source, Step
from .recording import Outdated, clean_places, next_code
from .vocabulary import CHAPTERS

State, Kind = Finding.State, Step.Kind
_PLAIN = ("statements", "chapter", "kind", "places", "activity_class", "where_said", "position", "visible_to")


def said_by(finding: Finding) -> dict[str, Any]:
    """All that a finding says, as its steps keep it."""
    said = {name: getattr(finding, name) for name in _PLAIN}
    codes = finding.organisations.values_list("code", flat=True) if finding.pk else []
    return said | {"organisations": sorted(codes)}


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    said["statements"] = rules.clean_statements(said["statements"])
    said["places"] = clean_places(said["places"])
    if said["kind"] not in Finding.Kind.values:
        raise ValidationError({"kind": _("Choose what kind of finding it is.")})
    if len(said["chapter"]) > 40 or (said["chapter"] and said["chapter"] not in CHAPTERS):
        raise ValidationError({"chapter": _("Choose one of the chapters.")})
    if said["activity_class"] not in ("", "both", ActivityClass.SPECIFIC, ActivityClass.RELEVANT):
        raise ValidationError({"activity_class": _("Choose one of the classes, or leave it open.")})
    said["where_said"] = rules.clean_text("where_said", said["where_said"], 120)
    return said


@transaction.atomic
def record_finding(
    *, round: Round, statements: Mapping[str, str], kind: str, chapter: str = "", places: Iterable[str] = (),
    organisations: Iterable[Organisation] = (), activity_class: str = "", where_said: str = "",
    position: int | None = None, visible_to: int = Visibility.PUBLIC, code: str = "", by: User | None,
) -> Finding:  # fmt: skip
    """Record a draft. `visible_to` says who reads it once it is confirmed. Raises ValidationError."""
    said = _checked({
        "statements": statements, "kind": kind, "chapter": chapter, "places": places,
        "activity_class": activity_class, "where_said": where_said,
    })  # fmt: skip
    code = next_code(round, "f", Finding, code)
    if position is None:
        position = Finding.objects.filter(round=round, chapter=chapter).count() + 1
    finding = Finding.objects.create(
        round=round, code=code, position=position, visible_to=visible_to, recorded_by=by, **said
    )
    finding.organisations.set(organisations)
    _step(finding, Kind.RECORDED, by, after=said_by(finding))
    return finding


def _step(finding: Finding, kind: str, by: User | None, **said: Any) -> Step:
    step = Step.objects.create(finding=finding, kind=kind, by=by, **said)
    table = said.get("table")
    record(what=f"finding.{kind}", about=finding.code, by=by, **({"table": table.code} if table else {}))
    return step


def _taken(finding: Finding, act: str, reason: str, seen: int | None) -> Finding:
    """The finding, locked, where the act may be done to it as the person saw it."""
    finding = Finding.objects.select_for_update().get(pk=finding.pk)
    if seen is not None and finding.version != seen:
        raise Outdated(finding)
    rules.check_act(act, finding.state, reason)
    return finding


def _saved(finding: Finding) -> Finding:
    finding.version += 1
    finding.save()
    return finding


@transaction.atomic
def edit_finding(
    finding: Finding, *, seen: int, by: User | None, reason: str = "",
    organisations: Iterable[Organisation] | None = None, **changes: Any,
) -> Finding:  # fmt: skip
    """Change a draft or a proposed finding. Raises Outdated, ValidationError."""
    finding = _taken(finding, "edit", reason, seen)
    before = said_by(finding)
    for name, value in _checked({name: changes.get(name, getattr(finding, name)) for name in _PLAIN}).items():
        setattr(finding, name, value)
    _saved(finding)
    if organisations is not None:
        finding.organisations.set(organisations)
    after = said_by(finding)
    changed = {name for name in after if after[name] != before[name]}
    _step(
        finding, Kind.EDITED, by, reason=reason.strip(), before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip
    return finding


def _moved(
    finding: Finding, act: str, to: str, kind: str, by: User | None, reason: str, seen: int | None, **said: Any
) -> Finding:
    finding = _taken(finding, act, reason, seen)
    before, finding.state = finding.state, to
    if to == State.CONFIRMED and finding.confirmed_at is None:
        finding.confirmed_at = timezone.now()
    if to in (State.DRAFT, State.REFUSED):
        finding.confirmed_at = None
    _saved(finding)
    _step(finding, kind, by, reason=reason.strip(), before={"state": before}, after={"state": to}, **said)
    return finding


@transaction.atomic
def propose(finding: Finding, *, by: User | None, reason: str = "", seen: int | None = None) -> Finding:
    """A draft is ready to be talked over."""
    return _moved(finding, "propose", State.PROPOSED, Kind.PROPOSED, by, reason, seen)


@transaction.atomic
def confirm(
    finding: Finding, *, reason: str = "", table: RoundTable | None = None, by: User | None, seen: int | None = None
) -> Finding:
    """It stands. With a table, that table confirmed it."""
    return _moved(finding, "confirm", State.CONFIRMED, Kind.CONFIRMED, by, reason, seen, table=table)


@transaction.atomic
def amend(
    finding: Finding, *, statements: Mapping[str, str], reason: str, table: RoundTable | None = None, by: User | None,
    seen: int | None = None,
) -> Finding:  # fmt: skip
    """Other words, with the reason; what it said before stays in the step. Languages not given stay as they are."""
    finding = _taken(finding, "amend", reason, seen)
    before = dict(finding.statements)
    finding.statements = rules.clean_statements({**before, **statements})
    if finding.statements == before:
        raise ValidationError({"statements": _("These are the words that stand already: change them, or confirm.")})
    _saved(finding)
    _step(
        finding, Kind.AMENDED, by, reason=reason.strip(), before={"statements": before},
        after={"statements": finding.statements}, table=table,
    )  # fmt: skip
    return finding


@transaction.atomic
def contest(
    finding: Finding, *, objection: str, objector: Organisation | None = None, objector_name: str = "",
    reason: str = "", table: RoundTable | None = None, by: User | None, seen: int | None = None,
) -> Finding:  # fmt: skip
    """Somebody objects: who, and how, in its words. A body outside the registry is named by `objector_name`."""
    words = rules.clean_text(
        "objection", objection, rules.LONGEST_REASON, needed=_("Write what the objection is, in its own words.")
    )
    name = rules.clean_text("objector_name", objector_name, 250)
    if objector is None and not name:
        raise ValidationError({"objector": _("Say which body objects.")})
    return _moved(
        finding, "contest", State.CONTESTED, Kind.CONTESTED, by, reason, seen, table=table, objector=objector,
        objector_name=name, objection=words,
    )  # fmt: skip


@transaction.atomic
def refuse(
    finding: Finding, *, reason: str, table: RoundTable | None = None, by: User | None, seen: int | None = None
) -> Finding:
    """It does not stand; the reason says why."""
    return _moved(finding, "refuse", State.REFUSED, Kind.REFUSED, by, reason, seen, table=table)


@transaction.atomic
def reopen(finding: Finding, *, reason: str, by: User | None, seen: int | None = None) -> Finding:
    """A decided finding becomes a draft again: the public no longer reads it until it is confirmed anew."""
    return _moved(finding, "reopen", State.DRAFT, Kind.REOPENED, by, reason, seen)


# — evidence ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_evidence(
    finding: Finding, *, kind: str, source: Source | None = None, quote: Quote | None = None,
    figure: Figure | None = None, activity: Activity | None = None, asked: Mapping[str, Any] | None = None,
    page: str = "", note: str = "", by: User | None,
) -> Evidence:  # fmt: skip
    """Something that the finding stands on; what it says now is kept, so that a change shows. Raises ValidationError.

    `asked` of answers: {"version": number, "question": path, "value": code or ""}; of coverage: {"address": "/coverage/
    gaps/?…", "line": code of the place, or ""}.
    """
    finding = Finding.objects.select_for_update().get(pk=finding.pk)
    things = {"source": source, "quote": quote, "figure": figure, "activity": activity}
    if kind in things and things[kind] is None:
        raise ValidationError({kind: _("Say which one the finding stands on.")})
    origins = [source and source.pk, quote and quote.source_id, figure and figure.source_id]
    for origin in Source.objects.select_for_update().filter(pk__in=[number for number in origins if number]):
        if origin.withdrawn_at is not None:
            raise ValidationError(_("The consent for this source was withdrawn: nothing can stand on it."))
    evidence = Evidence(
        finding=finding, kind=kind, source=source, quote=quote, figure=figure, activity=activity,
        asked=dict(asked or {}), page=page[:40], note=rules.clean_text("note", note, 500), added_by=by,
    )  # fmt: skip
    if kind in (Evidence.Kind.ANSWERS, Evidence.Kind.COVERAGE):
        evidence.asked = standing.checked(kind, evidence.asked)
        evidence.seen = standing.now(evidence).kept
    evidence.save()
    record(what="evidence.added", about=finding.code, by=by, kind=kind)
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """The finding no longer stands on it; a decided finding is opened again first."""
    finding = Finding.objects.select_for_update().get(pk=evidence.finding_id)
    if not rules.possible("edit", finding.state):
        rules.check_act("edit", finding.state, "")
    said = {"kind": evidence.kind, "asked": evidence.asked, "of": _named(evidence)}
    evidence.delete()
    _step(finding, Kind.EDITED, by, before={"evidence": said}, after={"evidence": None})


def _named(evidence: Evidence) -> str:
    thing = evidence.source or (evidence.quote and evidence.quote.source) or evidence.figure or evidence.activity
    return thing.code if thing else ""


@transaction.atomic
def look_again(evidence: Evidence, *, by: User) -> Evidence:
    """Somebody looked at what changed: what it says now is what was last seen."""
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    before = evidence.seen
    if evidence.kind in (Evidence.Kind.ANSWERS, Evidence.Kind.COVERAGE):
        evidence.seen = standing.now(evidence).kept
    evidence.changed_at = None
    evidence.save(update_fields=["seen", "changed_at"])
    record(what="evidence.looked_again", about=evidence.finding.code, by=by, before=before, after=evidence.seen)
    return evidence


def refresh_evidence(version: int) -> int:
    """Answers of a version of a questionnaire changed: mark what stands on them and says something else now.

    Called inside the transaction of the change; how many were marked.
    """
    marked, now = 0, timezone.now()
    unmarked = Evidence.objects.filter(kind=Evidence.Kind.ANSWERS, changed_at=None, asked__version=version)
    for evidence in unmarked.select_related("finding__round"):
        if standing.now(evidence).kept != evidence.seen:
            evidence.changed_at = now
            evidence.save(update_fields=["changed_at"])
            marked += 1
    return marked


def refresh_coverage() -> int:
    """As refresh_evidence, for coverage rows: what changed since somebody last looked is marked."""
    marked, now = 0, timezone.now()
    for evidence in Evidence.objects.filter(kind=Evidence.Kind.COVERAGE, changed_at=None):
        if standing.now(evidence).kept != evidence.seen:
            evidence.changed_at = now
            evidence.save(update_fields=["changed_at"])
            marked += 1
    return marked
