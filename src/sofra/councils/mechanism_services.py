"""What can happen to mechanisms, consultations, drivers and duties. Each is one transaction and one audit line.

Nothing is overwritten: a newer word replaces the row that stood, which stays readable.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.places.models import Place

from . import mechanism_rules as rules
from .models import Asked, Consultation, Decision, Driver, Duty, DutyCheck, Mechanism, Taught

Stage = Mechanism.Stage


class Outdated(Exception):
    """Somebody else wrote in the meantime; nothing was kept."""


@dataclass(slots=True)
class Said:
    """What somebody says of a mechanism. `confirmed` says that it is true today."""

    exists: str
    legal_basis: str = ""
    office: str = ""
    phone: str = ""
    email: str = ""
    how_to_reach: dict[str, str] = field(default_factory=dict)
    source: str = ""
    contact_visible_to: int = Visibility.PUBLIC
    confirmed: bool = False


# — mechanisms —————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_mechanism(said: Said, *, place: str, kind: str, by: User | None, seen: int | None = None) -> Mechanism:
    """What stands from now on. Raises Outdated where `seen` (0: none stood) is not the row that stands."""
    _check(said)
    before = _standing(place, kind, seen)
    _replace(before)
    row = _row(said, place, kind, by, Stage.STANDING)
    record(what="mechanism.recorded", about=f"{place} {kind}", by=by, exists=said.exists,
           replaces=before.pk if before else None)  # fmt: skip
    return row


@transaction.atomic
def propose_mechanism(said: Said, *, place: str, kind: str, by: User) -> Mechanism:
    """Waits for a mapper; a person's earlier proposal that still waits is replaced by it."""
    _check(said)
    Mechanism.objects.filter(place=place, kind=kind, by=by, stage=Stage.PROPOSED).delete()
    row = _row(said, place, kind, by, Stage.PROPOSED)
    record(what="mechanism.proposed", about=f"{place} {kind}", by=by, exists=said.exists)
    return row


@transaction.atomic
def accept_mechanism(proposal: Mechanism, *, by: User) -> Mechanism:
    """What was proposed stands; who proposed it stays its author. Raises Outdated where it was decided already."""
    row = _waiting(proposal)
    before = _standing(row.place, row.kind, None)
    _replace(before)
    row.stage, row.decided_by = Stage.STANDING, by
    row.save(update_fields=["stage", "decided_by"])
    record(what="mechanism.accepted", about=f"{row.place} {row.kind}", by=by, exists=row.exists,
           replaces=before.pk if before else None)  # fmt: skip
    return row


@transaction.atomic
def return_mechanism(proposal: Mechanism, *, reason: str, by: User) -> Mechanism:
    """Goes back to its author with a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that it can be put right.")})
    row = _waiting(proposal)
    row.stage, row.decided_by, row.answer = Stage.RETURNED, by, reason.strip()[:300]
    row.save(update_fields=["stage", "decided_by", "answer"])
    record(what="mechanism.returned", about=f"{row.place} {row.kind}", by=by)
    return row


@transaction.atomic
def confirm_mechanism(*, place: str, kind: str, seen: int, by: User) -> Mechanism:
    """Somebody who knows says that all of it is still true today. Raises Outdated where something else stands now."""
    row = _standing(place, kind, seen)
    if row is None:
        raise Outdated
    row.confirmed_on = timezone.localdate()
    row.save(update_fields=["confirmed_on"])
    record(what="mechanism.confirmed", about=f"{place} {kind}", by=by)
    return row


def _check(said: Said) -> None:
    wrong: dict[str, Any] = {}
    if said.exists not in Mechanism.Exists.values:
        wrong["exists"] = _("Say whether it exists, does not exist, or is not known.")
    told = said.exists != Mechanism.Exists.UNKNOWN
    if told and not said.source.strip():
        wrong["source"] = _("Say where this is known from, such as an order, a page or a call to the office.")
    if wrong:
        raise ValidationError(wrong)


def _standing(place: str, kind: str, seen: int | None) -> Mechanism | None:
    """The row that stands, held; the place is held too, so that two who write at once come one after the other."""
    Place.objects.select_for_update().filter(code=place).first()
    found = Mechanism.objects.select_for_update().filter(place=place, kind=kind, replaced_at=None, stage=Stage.STANDING)
    row = found.first()
    if seen is not None and seen != (row.pk if row else 0):
        raise Outdated
    return row


def _replace(row: Mechanism | None) -> None:
    if row is not None:
        row.replaced_at = timezone.now()
        row.save(update_fields=["replaced_at"])


def _waiting(proposal: Mechanism) -> Mechanism:
    row = Mechanism.objects.select_for_update().get(pk=proposal.pk)
    if row.stage != Stage.PROPOSED:
        raise Outdated
    return row


def _row(said: Said, place: str, kind: str, by: User | None, stage: str) -> Mechanism:
    return Mechanism.objects.create(
        place=place, kind=kind, exists=said.exists, legal_basis=said.legal_basis, office=said.office,
        phone=said.phone, email=said.email, how_to_reach=said.how_to_reach, source=said.source,
        contact_visible_to=said.contact_visible_to, by=by, stage=stage,
        confirmed_on=timezone.localdate() if said.confirmed else None,
    )  # fmt: skip


# — consultations ——————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_consultation(*, place: str, asked: list[str], by: User | None, **said: Any) -> Consultation:
    """A meeting of police and citizens or a survey, and each thing that citizens asked for."""
    found = Consultation.objects.create(place=place, **said)
    Asked.objects.bulk_create([Asked(consultation=found, text=text) for text in asked])
    record(what="consultation.recorded", about=f"consultation {found.pk}", by=by, place=place, asked=len(asked))
    return found


@transaction.atomic
def edit_consultation(
    consultation: Consultation, *, seen: int, asked: list[str], by: User, **said: Any
) -> Consultation:
    """What was wrongly written is put right, what else was asked for is added; nothing that was asked for goes away.

    Raises Outdated where somebody else wrote after version `seen`.
    """
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if row.version != seen:
        raise Outdated
    before = {name: getattr(row, name) for name in said}
    for name, value in said.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    have = set(row.asked.values_list("text", flat=True))
    new = [Asked(consultation=row, text=text) for text in asked if text not in have]
    Asked.objects.bulk_create(new)
    changed = sorted(name for name, value in said.items() if before[name] != value)
    record(what="consultation.changed", about=f"consultation {row.pk}", by=by, fields=changed, asked=len(new))
    return row


@transaction.atomic
def answer_asked(
    asked: Asked, *, state: str, answer: str, by: User | None, text: str = "", decision: Decision | None = None
) -> Asked:
    """You said, we did: what became of it, and the council's decision where there is one. Done and refused need words.

    `text` puts the words right in which it was asked; "" leaves them.
    """
    asked = Asked.objects.select_for_update().get(pk=asked.pk)
    if state not in rules.ASKED_STATES:
        raise ValidationError({"state": _("Choose one of the answers.")})
    if state != "open" and not answer.strip():
        raise ValidationError({"answer": _("Say what was done, or why it cannot be done.")})
    asked.state, asked.answer, asked.decision = state, answer.strip(), decision
    asked.text = text.strip() or asked.text
    asked.answered_on = timezone.localdate() if state != "open" else None
    asked.save(update_fields=["state", "answer", "answered_on", "text", "decision"])
    record(what="consultation.answered", about=f"consultation {asked.consultation_id}", by=by, asked=asked.pk,
           state=state)  # fmt: skip
    return asked


# — drivers and duties —————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def record_driver(
    *, place: str, kind: str, statements: dict[str, str], source: str, by: User | None, agreed: bool,
    begins: str = "", ends: str = "", visible_to: int = Visibility.MEMBERS, looked_again: bool = False,
) -> Driver:  # fmt: skip
    """A sourced statement on a place and a period. Raises ValidationError without source, words or agreement.

    A statement that names people by faith or ethnicity is kept only where somebody `looked_again`.
    """
    wrong: dict[str, Any] = {}
    for code, text in statements.items():
        if rules.tells_contact_of_person(text):
            wrong[code] = _("Take out the e-mail address or telephone number: a driver is about no person.")
        elif not looked_again and (word := rules.group_named(fold(text))):
            wrong[code] = _(
                "“%(word)s” names people by faith or ethnicity. Write what happens in the place, not who people are."
                " If the word must stand, to say what is done to them, tick that you looked again."
            ) % {"word": word}
            wrong["looked_again"] = _("Tick this only if the statement says nothing of the group as such.")
    if not any(statements.values()):
        wrong["sq"] = _("Write the statement in at least one language.")
    if not source.strip():
        wrong["source"] = _("A driver without a source is an opinion: name the study or the meeting.")
    if not agreed:
        wrong["agreed"] = _("Read the rule and tick that the statement keeps it.")
    if begins and ends and ends < begins[: len(ends)]:
        wrong["ends"] = _("It ends before it begins.")
    if wrong:
        raise ValidationError(wrong)
    found = Driver.objects.create(
        place=place, kind=kind, statements={code: text for code, text in statements.items() if text},
        source=source.strip(), begins=begins, ends=ends, visible_to=visible_to, by=by,
    )  # fmt: skip
    record(what="driver.recorded", about=f"driver {found.pk}", by=by, place=place, kind=kind, looked_again=looked_again)
    return found


@transaction.atomic
def end_driver(driver: Driver, *, by: User) -> Driver:
    """It no longer stands; the row is kept."""
    driver.ended_at = timezone.now()
    driver.save(update_fields=["ended_at"])
    record(what="driver.ended", about=f"driver {driver.pk}", by=by)
    return driver


@transaction.atomic
def link_taught(duty: Duty, *, curriculum: str, module: str, by: User | None) -> Taught:
    """A module of a curriculum deals with the duty. Said twice it stands once."""
    found, new = Taught.objects.get_or_create(
        duty=duty, curriculum=curriculum, module=module, defaults={"by": by}
    )  # fmt: skip
    if new:
        record(what="duty.taught", about=f"duty {duty.code}", by=by, curriculum=curriculum)
    return found


@transaction.atomic
def unlink_taught(taught: Taught, *, by: User) -> None:
    """It does not, after all; the audit keeps that it was said."""
    record(what="duty.untaught", about=f"duty {taught.duty.code}", by=by, curriculum=taught.curriculum,
           module=taught.module[:120])  # fmt: skip
    taught.delete()


@transaction.atomic
def check_duty(
    duty: Duty, *, place: str, state: str, note: str = "", by: User | None, visible_to: int = Visibility.MEMBERS
) -> DutyCheck:
    """What the municipality says of a duty; the word before stays."""
    if state not in rules.DUTY_STATES:
        raise ValidationError({"state": _("Choose one of the answers.")})
    found = DutyCheck.objects.create(
        duty=duty, place=place, state=state, note=note.strip(), by=by, visible_to=visible_to
    )
    record(what="duty.checked", about=f"{place} {duty.code}", by=by, state=state)
    return found
