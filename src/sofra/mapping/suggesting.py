"""Answers become suggestions for the registry, and a person's word carries them out or returns them.

Nothing changes by itself: a suggestion waits until a mapper accepts it, and is then carried out by the registry's own
services, where it can be taken back like any other change.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.ground.tongues import said as said_in
from sofra.organisations import queries as organisations_known
from sofra.organisations import services as organisations
from sofra.organisations.models import Change, Fact, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.questionnaires.models import Filling

from . import readings
from .models import Invitation, Suggestion

State, Kind = Suggestion.State, Suggestion.Kind


@dataclass(slots=True)
class Decided:
    """How many were accepted, and which could not be, each with the sentence why."""

    done: int = 0
    problems: list[tuple[Suggestion, str]] = field(default_factory=list)


# — what answers suggest ———————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def suggest(invitation: Invitation) -> int:
    """Read the answers of an invitation anew: how many suggestions wait now.

    What waits and the answers no longer say is replaced; what was decided stays decided.
    """
    filling = invitation.filling
    if filling is None or filling.state != Filling.State.SENT:
        return 0
    wanted = {
        _key(kind, content): (kind, content)
        for kind, content in _not_returned(invitation, _suggested(invitation, filling))
    }
    there = {one.key: one for one in invitation.suggestions.select_for_update()}
    for key, one in there.items():
        if one.state == State.OPEN and key not in wanted:
            one.state, one.decided_at = State.REPLACED, timezone.now()
            one.save(update_fields=["state", "decided_at"])
        elif one.state == State.REPLACED and key in wanted:
            one.state, one.decided_at, one.content = State.OPEN, None, wanted[key][1]
            one.save(update_fields=["state", "decided_at", "content"])
    Suggestion.objects.bulk_create(
        Suggestion(invitation=invitation, kind=kind, content=content, key=key)
        for key, (kind, content) in wanted.items()
        if key not in there
    )
    invitation.suggested_at = timezone.now()
    invitation.save(update_fields=["suggested_at"])
    return invitation.suggestions.filter(state=State.OPEN).count()


def _key(kind: str, content: dict[str, Any]) -> str:
    plain = json.dumps([kind, content], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _suggested(invitation: Invitation, filling: Filling) -> list[tuple[str, dict[str, Any]]]:
    said = readings.bound_answers(filling)
    organisation = invitation.organisation and organisations_known.head(invitation.organisation)
    source = source_of(invitation)
    facts = readings.facts_said(said)
    found: list[tuple[str, dict[str, Any]]] = []
    for drafts in facts.values():
        for draft in drafts:
            draft.source = source
    if organisation is None:
        found.append((Kind.NEW, _new(invitation, [draft for drafts in facts.values() for draft in drafts])))
    else:
        standing = list(Fact.objects.filter(organisation=organisation, ended_in=None).order_by("id"))
        before = _said_before(filling)
        for question, drafts in facts.items():
            for changes in readings.changes(question, drafts, standing, before.get(question, set())):
                found.append((Kind.RECORD, {"question": question, "changes": changes}))
    found += [(Kind.ACTIVITY, one) for one in _activities(said, organisation, source)]
    return found


def _not_returned(invitation: Invitation, found: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """Without what a mapper returned in a round before and the answer says again, unchanged."""
    earlier = Suggestion.objects.filter(state=State.RETURNED, invitation__in=_before(invitation))
    returned = [(one.kind, _plainly(one.content)) for one in earlier]
    return [
        (kind, content) for kind, content in found
        if not any(kind == other and _plainly(content) <= said for other, said in returned)
    ]  # fmt: skip


def _before(invitation: Invitation) -> list[int]:
    """The invitations of the same body in the rounds that this one follows."""
    found, seen, round = [], set(), invitation.round.before
    while round is not None and round.pk not in seen:
        seen.add(round.pk)
        for number, organisation, name in round.invitations.values_list("pk", "organisation", "name"):
            same = organisation is not None and organisation == invitation.organisation_id
            if same or fold(name) == fold(invitation.name):
                found.append(number)
        round = round.before
    return found


def _plainly(content: dict[str, Any]) -> set[str]:
    """What a suggestion says, piece by piece, without in which round it was said and where it would be put."""
    about = content.get("question") or content.get("code") or ""
    rows = content.get("changes") or content.get("facts")
    if rows is None:
        pieces = [[name, value] for name, value in content.get("draft", {}).items() if name != "source"]
    else:
        pieces = [[row.get("field", ""), row.get("value") or row.get("fact"), row.get("detail") or {}] for row in rows]
    return {json.dumps([about, *piece], sort_keys=True, ensure_ascii=False, default=str) for piece in pieces}


def source_of(invitation: Invitation) -> str:
    """Where a fact that came of an answer is known from, in the hub's own language: it stays in the record."""
    with translation.override(settings.LANGUAGE_CODE):
        name = said_in(invitation.round.titles, settings.LANGUAGE_CODE) or invitation.round.code
        return str(_("Its own answer in “%(round)s”") % {"round": name})[:300]


def _said_before(filling: Filling) -> dict[str, set[str]]:
    if filling.begun_from is None:
        return {}
    facts = readings.facts_said(readings.bound_answers(filling.begun_from))
    return {question: {draft.value for draft in drafts} for question, drafts in facts.items()}


def _new(invitation: Invitation, facts: list[FactDraft]) -> dict[str, Any]:
    """A new record: the name as invited comes first, unless the answers give it themselves."""
    if not any(one.field == "name" for one in facts):
        facts = [FactDraft("name", invitation.name, source=source_of(invitation)), *facts]
    kind = next((one.value for one in facts if one.field == "kind"), "unknown")
    rows = [{"field": one.field, "value": one.value, "detail": one.detail, "source": one.source} for one in facts]
    rows.sort(key=lambda row: row["field"] != "name")
    return {"kind": kind, "facts": rows}


def _activities(said: list[readings.Said], organisation: Organisation | None, source: str) -> list[dict[str, Any]]:
    """Each activity that the answers tell; one that the registry has already only where it says something else."""
    known = list(Activity.objects.filter(owner=organisation).exclude(state="binned")) if organisation else []
    found = []
    for wish in readings.activities_said(said):
        same = next((one for one in known if _is_same(one, wish)), None)
        if same is None:
            found.append({"draft": {**wish, "source": source}, "code": ""})
        elif changed := _differences(same, wish):
            found.append({"draft": changed, "code": same.code})
    return found


def _is_same(activity: Activity, wish: dict[str, Any]) -> bool:
    if fold(activity.title) != fold(wish["title"]):
        return False
    one, other = activity.begins, wish.get("begins", "")
    return not one or not other or one.startswith(other) or other.startswith(one)


def _differences(activity: Activity, wish: dict[str, Any]) -> dict[str, Any]:
    now = activities.said_of(activities.draft_of(activity))
    return {
        name: value
        for name, value in wish.items()
        if name not in ("title", "source") and value not in ("", None, []) and _plain(now.get(name)) != _plain(value)
    }


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


# — deciding ———————————————————————————————————————————————————————————————————————————————————————————————


def accept_suggestions(suggestions: Iterable[Suggestion], *, by: User) -> Decided:
    """Carry out each, one transaction a suggestion; one that cannot be carried out stays, with the sentence why."""
    decided = Decided()
    order = {Kind.NEW: 0, Kind.RECORD: 1, Kind.ACTIVITY: 2}  # an activity needs its organisation
    for one in sorted(suggestions, key=lambda one: (order[Kind(one.kind)], one.pk)):
        try:
            _accept(one, by)
            decided.done += 1
        except (organisations.Outdated, activities.Outdated):
            decided.problems.append(
                (one, _("The registry was changed meanwhile: read the answers anew, then decide on what is left."))
            )
        except ValidationError as problem:
            decided.problems.append((one, " ".join(problem.messages)))
    return decided


@transaction.atomic
def _accept(one: Suggestion, by: User) -> None:
    one = _waiting(one)
    invitation = one.invitation
    organisation = invitation.organisation and organisations_known.head(invitation.organisation)
    if one.kind == Kind.NEW:
        _register(one, invitation, by)
    elif organisation is None:
        raise ValidationError(_("Accept the new organisation first, or say which record was invited."))
    elif one.kind == Kind.RECORD:
        note = _("Answer in %(round)s") % {"round": invitation.round.code}
        proposal = organisations.propose_change(organisation, changes=one.content["changes"], by=by, note=note)
        one.proposal = organisations.accept_proposal(proposal, by=by)
        one.made = organisation.code
    else:
        one.made = _keep_activity(one, organisation, by).code
    _decide(one, State.ACCEPTED, by)
    record(what="suggestion.accepted", about=one.made, by=by, suggestion=one.pk, kind=one.kind)


def _register(one: Suggestion, invitation: Invitation, by: User) -> None:
    if invitation.organisation_id:
        raise ValidationError(_("The invitation belongs to a record of the registry already."))
    facts = [
        FactDraft(row["field"], row["value"], detail=row.get("detail") or {}, source=row.get("source", ""),
                  confirmed_on=timezone.localdate())
        for row in one.content["facts"]
    ]  # fmt: skip
    draft = Draft(kind=one.content["kind"], facts=facts, country=invitation.round.country)
    made = organisations.register(draft, by=by, note=_("Answer in %(round)s") % {"round": invitation.round.code})
    invitation.organisation = made
    invitation.save(update_fields=["organisation"])
    one.made = made.code


def _keep_activity(one: Suggestion, organisation: Organisation, by: User) -> Activity:
    """A new activity as a draft, or a change of the one that the registry has; the rest of it stays as it is."""
    wish = {**one.content["draft"]}
    if code := one.content.get("code"):
        activity = Activity.objects.get(code=code)
        now = activities.said_of(activities.draft_of(activity))
        return activities.edit_activity(activity, activities.draft_from({**now, **wish}), by=by, seen=activity.version)
    blank = activities.said_of(ActivityDraft(title="", owner=organisation.code))
    draft = activities.draft_from({**blank, **wish, "owner": organisation.code})
    return activities.add_activity(draft, by=by, publish=False)


def return_suggestions(suggestions: Iterable[Suggestion], *, reason: str, by: User) -> Decided:
    """Leave the registry as it is, and say why."""
    if not reason.strip():
        raise ValidationError(_("Say why you return it: the reason stays beside the answer."))
    decided = Decided()
    for one in suggestions:
        try:
            with transaction.atomic():
                waiting = _waiting(one)
                waiting.reason = reason.strip()
                _decide(waiting, State.RETURNED, by)
                record(what="suggestion.returned", about=waiting.invitation.round.code, by=by, suggestion=waiting.pk)
            decided.done += 1
        except ValidationError as problem:
            decided.problems.append((one, " ".join(problem.messages)))
    return decided


def _waiting(one: Suggestion) -> Suggestion:
    known = Suggestion.objects.select_related("invitation__round", "invitation__organisation__joined_to")
    found = known.select_for_update(of=("self",)).get(pk=one.pk)
    if found.state != State.OPEN:
        raise ValidationError(_("Somebody decided on it already."))
    return found


def _decide(one: Suggestion, state: str, by: User) -> None:
    one.state, one.decided_by, one.decided_at = state, by, timezone.now()
    one.save()


def taken_back(suggestions: Iterable[Suggestion]) -> set[int]:
    """Which of them were accepted and taken back since, by the registry's own undo."""
    changes = {one.proposal.change_id: one.pk for one in suggestions if one.proposal and one.proposal.change_id}
    undone = set(Change.objects.filter(undoes__in=changes).values_list("undoes", flat=True))
    return {pk for number, pk in changes.items() if number in undone}
