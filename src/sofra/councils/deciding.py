"""What can happen to decisions: made, moved, reported done, verified, returned, given up, taken up again.

Each is one transaction, one step that stays readable, and one audit line without the decision's words. What is open
stands on the agenda of the next meeting by itself, and leaves it by itself once it is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.places.models import Place

from . import queries, rules
from .models import Council, Decision, DecisionStep, Item, Meeting, Seat
from .services import File, Outdated, keep_file

State = Decision.State
LONGEST = 2000


@dataclass(slots=True)
class DecisionWish:
    """What a decision says. `places` are codes; what is important needs verifying in any case."""

    text: str
    owner: Seat | None = None
    due_on: date | None = None
    priority: str = "normal"
    places: list[str] = field(default_factory=list)
    needs_verifying: bool = False
    is_closed: bool = False


@transaction.atomic
def make_decision(meeting: Meeting, wish: DecisionWish, *, by: User | None) -> Decision:
    """Keep what a meeting decided, with the council's next number. Raises ValidationError."""
    council = Council.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=meeting.council_id)
    if meeting.state == Meeting.State.CANCELLED:
        raise ValidationError(_("The meeting was cancelled: it decided nothing."))
    if meeting.state != Meeting.State.HELD:
        raise ValidationError(_("Note first that the meeting was held and who came: then it can decide."))
    if queries.quorum_of(meeting).met is False:
        raise ValidationError(_("The meeting had no quorum: it cannot decide. Put the attendance right if it had."))
    _check(wish, council)
    newest = council.decisions.aggregate(newest=Max("number"))["newest"] or 0
    decision = Decision.objects.create(
        council=council, meeting=meeting, number=newest + 1, text=wish.text.strip(), owner=wish.owner,
        due_on=wish.due_on, priority=wish.priority, places=wish.places, needs_verifying=_is_verified(wish),
        is_closed=wish.is_closed,
    )  # fmt: skip
    _step(decision, "made", "", by)
    return decision


@transaction.atomic
def edit_decision(decision: Decision, wish: DecisionWish, *, why: str, by: User, seen: int) -> Decision:
    """Its secretary puts owner, date or words right; why is kept with what it said before. Outdated, ValidationError.

    What was closed can be opened, and the other way round; the minutes' words are not touched.
    """
    decision = _taken(decision, seen, State.values)
    _check(wish, decision.council)
    if not why.strip():
        raise ValidationError({"why": _("Say why, so that the change can be understood later.")})
    before = _said(decision)
    for name in ("owner", "due_on", "priority", "places", "is_closed"):
        setattr(decision, name, getattr(wish, name))
    decision.needs_verifying = _is_verified(wish)
    decision.text = wish.text.strip()
    if changed := [f"{name}: {old} → {new}" for name, old, new in _differences(before, _said(decision))]:
        _keep(decision, decision.state)
        _step(decision, "moved", "\n".join([why.strip(), *changed]), by)
    return decision


@transaction.atomic
def complete_decision(
    decision: Decision, *, done: str, evidence: str = "", file: File | None = None, by: User, seen: int
) -> Decision:
    """Report that it was done, with what was done and where that can be seen. Raises Outdated, ValidationError."""
    decision = _taken(decision, seen, [State.OPEN])
    if not done.strip():
        raise ValidationError({"done": _("Say what was done: a decision is not closed without it.")})
    kept, media_type = keep_file(file) if file else (None, "")
    _keep(decision, State.DONE)
    _step(
        decision, "done", done.strip(), by, evidence=evidence, digest=kept.digest if kept else "",
        name=file.name.replace("\\", "/").rsplit("/", 1)[-1][:200] if file else "", media_type=media_type,
    )  # fmt: skip
    return decision


@transaction.atomic
def verify_decision(decision: Decision, *, words: str = "", by: User, seen: int) -> Decision:
    """Somebody else than its owner says that it was done. Raises Outdated, ValidationError."""
    decision = _taken(decision, seen, [State.DONE])
    _refuse_own(decision, by)
    _keep(decision, State.VERIFIED)
    _step(decision, "verified", words.strip(), by)
    return decision


@transaction.atomic
def return_decision(decision: Decision, *, words: str, by: User, seen: int) -> Decision:
    """Who was to verify it found it not done: it is open again, and the reason is kept."""
    decision = _taken(decision, seen, [State.DONE])
    _refuse_own(decision, by)
    _need_words(words)
    _keep(decision, State.OPEN)
    _step(decision, "returned", words.strip(), by)
    return decision


@transaction.atomic
def drop_decision(decision: Decision, *, words: str, by: User, seen: int) -> Decision:
    """The council gives it up; the reason stays."""
    decision = _taken(decision, seen, [State.OPEN, State.DONE])
    _need_words(words)
    _keep(decision, State.DROPPED)
    _step(decision, "dropped", words.strip(), by)
    return decision


@transaction.atomic
def reopen_decision(decision: Decision, *, words: str, by: User, seen: int) -> Decision:
    decision = _taken(decision, seen, [State.DONE, State.VERIFIED, State.DROPPED])
    _need_words(words)
    _keep(decision, State.OPEN)
    _step(decision, "reopened", words.strip(), by)
    return decision


# — the next agenda ————————————————————————————————————————————————————————————————————————————————————————


def refresh_agendas(council: Council) -> None:
    """Open decisions, and those that wait to be verified, stand on each agenda to come; what is done leaves it."""
    to_come = council.meetings.filter(state__in=[Meeting.State.PLANNED, Meeting.State.CALLED], group=None)
    for meeting in to_come:
        carry_open(meeting)


def carry_open(meeting: Meeting) -> None:
    waiting = list(
        meeting.council.decisions.filter(state__in=queries.OPEN)
        .exclude(state=State.DONE, needs_verifying=False).exclude(meeting=meeting).order_by("number")
    )  # fmt: skip
    standing = set(meeting.agenda.exclude(decision=None).values_list("decision", flat=True))
    meeting.agenda.exclude(decision=None).exclude(decision__in=waiting).delete()
    last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    missing = [one for one in waiting if one.pk not in standing]
    Item.objects.bulk_create(
        [
            Item(meeting=meeting, position=last + at, decision=one, is_closed=one.is_closed,
                 title=_("Decision %(number)s") % {"number": one.number})
            for at, one in enumerate(missing, start=1)
        ]
    )  # fmt: skip


# — what every step does ———————————————————————————————————————————————————————————————————————————————————


def _taken(decision: Decision, seen: int, states: Iterable[str]) -> Decision:
    """The decision as it stands now, held until the transaction ends."""
    Council.objects.select_for_update().get(pk=decision.council_id)
    now = Decision.objects.select_related("council__organisation", "meeting", "owner").get(pk=decision.pk)
    if now.version != seen or now.state not in set(states):
        raise Outdated(now)
    return now


def _keep(decision: Decision, state: str) -> None:
    decision.state, decision.version = state, decision.version + 1
    decision.save()


def _step(decision: Decision, what: str, text: str, by: User | None, **more: Any) -> None:
    DecisionStep.objects.create(decision=decision, what=what, text=text, by=by, **more)
    about = f"{decision.council.organisation.code} decision {decision.number}"
    record(what=f"decision.{what}", about=about, by=by)
    refresh_agendas(decision.council)


def _refuse_own(decision: Decision, by: User) -> None:
    told = decision.steps.filter(what="done").order_by("-id").values_list("by", flat=True).first()
    if not rules.may_verify(person=by.pk, owners=queries.owners_of(decision), told_by=told):
        raise ValidationError(
            _("Somebody else verifies it: whoever owns a decision, or reported it done, cannot. Ask another member.")
        )


def _need_words(words: str) -> None:
    if not words.strip():
        raise ValidationError({"words": _("Say why, so that the change can be understood later.")})


def _is_verified(wish: DecisionWish) -> bool:
    return wish.needs_verifying or rules.is_important(wish.priority)


def _check(wish: DecisionWish, council: Council) -> None:
    wrong: dict[str, Any] = {}
    if not wish.text.strip():
        wrong["text"] = _("Write what was decided.")
    elif len(wish.text) > LONGEST:
        wrong["text"] = _("Shorten this to %(longest)s letters.") % {"longest": LONGEST}
    if wish.owner is not None and wish.owner.council_id != council.pk:
        wrong["owner"] = _("Choose a seat of this council.")
    if wish.priority not in rules.PRIORITIES:
        wrong["priority"] = _("Choose high, normal or low.")
    if wish.places and Place.objects.filter(pk__in=wish.places).count() != len(set(wish.places)):
        wrong["place"] = _("Choose a place that the hub knows.")
    if wrong:
        raise ValidationError(wrong)


def _said(decision: Decision) -> dict[str, str]:
    return {
        _("Words"): decision.text, _("Owner"): decision.owner.body if decision.owner else "–",
        _("Due date"): f"{decision.due_on:%d.%m.%Y}" if decision.due_on else "–",
        _("Priority"): str(rules.PRIORITIES.get(decision.priority, decision.priority)),
        _("Place"): ", ".join(decision.places) or "–",
        _("Needs verifying"): _("yes") if decision.needs_verifying else _("no"),
        _("Closed"): _("yes") if decision.is_closed else _("no"),
    }  # fmt: skip


def _differences(before: dict[str, str], after: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    return ((name, old, after[name]) for name, old in before.items() if after[name] != old)
