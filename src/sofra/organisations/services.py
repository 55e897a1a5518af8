"""What can happen to records of organisations. Each is one transaction and leaves an audit line.

Nothing here destroys: facts end, records are joined and parted, changes are undone by new changes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import Invitation, User
from sofra.ground.audit import record
from sofra.ground.bulk import update_rows
from sofra.ground.text import fold
from sofra.places.models import Place

from . import vocabulary
from .bulk import Ready, insert_facts, insert_ready, make_ready, words_of
from .models import Candidate, Change, Editor, Fact, Judgement, Organisation, Proposal
from .records import Derived, Draft, FactDraft, check, derive

BATCH = 2000


class Outdated(Exception):
    """Somebody else changed or decided the same thing in the meantime; nothing was written."""


# — registering and editing ————————————————————————————————————————————————————————————————————————————————


def open_change(*, kind: str, by: User | None, note: str = "", undoes: Change | None = None) -> Change:
    """Begin an act; what it adds and ends points to it, so that it can be read and undone as one."""
    return Change.objects.create(kind=kind, at=timezone.now(), by=by, note=note[:300], undoes=undoes)


@transaction.atomic
def register(draft: Draft, *, by: User | None, note: str = "") -> Organisation:
    """Add one organisation. Raises ValidationError where a fact cannot be kept or the name is missing."""
    for fact in draft.facts:
        check(fact)
    if not any(fact.field == "name" for fact in draft.facts):
        raise ValidationError(_("Give the organisation a name."))
    change = open_change(kind=Change.Kind.EDIT, by=by, note=note)
    organisation = register_many([draft], change=change, by=by)[0]
    record(what="organisation.registered", about=organisation.code, by=by, change=change.pk)
    return organisation


@transaction.atomic
def register_many(drafts: Sequence[Draft], *, change: Change, by: User | None) -> list[Organisation]:
    """Add many organisations, in batches; the caller checks the facts, and writes the audit line of its act."""
    numbers: list[int] = []
    for start in range(0, len(drafts), BATCH):
        numbers += register_ready(prepare(drafts[start : start + BATCH]), change=change, by=by)
    kept = Organisation.objects.in_bulk(numbers)
    return [kept[number] for number in numbers]


def prepare(drafts: Iterable[Draft]) -> list[Ready]:
    """What `register_ready` takes: made before a large act's transaction, which then holds the database shortly."""
    place_words = _place_words()
    return [make_ready(draft, place_words) for draft in drafts]


@transaction.atomic
def register_ready(ready: Sequence[Ready], *, change: Change, by: User | None) -> list[int]:
    """As register_many, of what `prepare` made, and all at once. Returns the numbers of the new organisations."""
    codes = _free_codes([base for base, _columns, _facts in ready])
    return insert_ready(ready, codes, change=change, by_id=by.pk if by else None)


@transaction.atomic
def add_facts_many(additions: Sequence[tuple[Organisation, FactDraft]], *, change: Change) -> int:
    """Add what is not yet said. Returns how many facts were added.

    A fact that stands open with the same value is left alone; so is a field of one value that already has
    another (nothing is overwritten silently: the caller proposes it instead).
    """
    wanted: dict[int, list[FactDraft]] = {}
    for organisation, draft in additions:
        wanted.setdefault(organisation.pk, []).append(draft)
    added: list[tuple[int, FactDraft]] = []
    for start in range(0, len(wanted), 500):
        ids = list(wanted)[start : start + 500]
        said: dict[int, set[tuple[str, str]]] = {}
        fields: dict[int, set[str]] = {}
        for pk, field, value, detail in Fact.objects.filter(organisation__in=ids, ended_in=None).values_list(
            "organisation", "field", "value", "detail"
        ):
            said.setdefault(pk, set()).add((field, _sameness(field, value, detail)))
            fields.setdefault(pk, set()).add(field)
        for pk in ids:
            for draft in wanted[pk]:
                same = (draft.field, _sameness(draft.field, draft.value, draft.detail))
                single = not vocabulary.FIELDS[draft.field].many and draft.field in fields.get(pk, ())
                if same in said.get(pk, ()) or single:
                    continue
                said.setdefault(pk, set()).add(same)
                fields.setdefault(pk, set()).add(draft.field)
                added.append((pk, draft))
    insert_facts(added, change=change, by_id=change.by_id)
    refresh({pk for pk, _draft in added})
    return len(added)


def _sameness(field: str, value: str, detail: dict[str, Any]) -> str:
    return value.casefold().strip() or str(detail.get("text", "")).casefold().strip()


@transaction.atomic
def edit_record(
    organisation: Organisation,
    *,
    changes: Sequence[dict[str, Any]],
    by: User,
    note: str = "",
    kind: str = Change.Kind.EDIT,
) -> Change:
    """Carry out changes (see Proposal.changes) on a record at once. Raises Outdated where a fact has ended already."""
    drafts, ends = _read_changes(organisation, changes, by)
    change = open_change(kind=kind, by=by, note=note)
    _end(ends, change)
    Fact.objects.bulk_create([_fact(draft, organisation, change, by) for draft in drafts])
    refresh({organisation.pk})
    if not organisation.facts.filter(field="name", ended_in=None).exists():
        raise ValidationError(_("A record needs at least one name: add the new name before you end the last one."))
    record(what="organisation.edited", about=organisation.code, by=by, change=change.pk)
    return change


def _read_changes(
    organisation: Organisation, changes: Sequence[dict[str, Any]], by: User
) -> tuple[list[FactDraft], list[Fact]]:
    open_facts = {fact.pk: fact for fact in organisation.facts.filter(ended_in=None).select_for_update()}
    drafts: list[FactDraft] = []
    ends: list[Fact] = []
    for wish in changes:
        if wish["do"] in {"end", "replace"}:
            old = open_facts.pop(wish["fact"], None)
            if old is None:
                raise Outdated
            ends.append(old)
        if wish["do"] in {"add", "replace"}:
            draft = FactDraft(
                field=wish["field"],
                value=wish["value"].strip(),
                language=wish.get("language", ""),
                detail=wish.get("detail") or {},
                source=wish.get("source", ""),
                visible_to=wish.get("visible_to"),
                confirmed_on=timezone.localdate(),
            )
            check(draft)
            drafts.append(draft)
    for draft in drafts:
        field = vocabulary.FIELDS[draft.field]
        if not field.many and any(fact.field == draft.field for fact in open_facts.values()):
            raise ValidationError(
                _("“%(field)s” has a value already: change that one instead of adding another.") % {"field": field.name}
            )
    return drafts, ends


def _end(facts: Iterable[Fact], change: Change) -> None:
    ids = [fact.pk for fact in facts]
    if Fact.objects.filter(pk__in=ids, ended_in=None).update(ended_in=change) != len(ids):
        raise Outdated


@transaction.atomic
def confirm_record(organisation: Organisation, *, by: User) -> None:
    """Still true: everything that stands open is confirmed by this person today."""
    today = timezone.localdate()
    organisation.facts.filter(ended_in=None).update(confirmed_by=by, confirmed_on=today)
    organisation.confirmed_on = today
    organisation.save(update_fields=["confirmed_on", "updated_at"])
    record(what="organisation.confirmed", about=organisation.code, by=by)


@transaction.atomic
def hide_class(organisation: Organisation, *, hidden: bool, by: User) -> None:
    """Keep the class label out of public view, or show it again: the organisation's own choice."""
    organisation.class_hidden = hidden
    organisation.save(update_fields=["class_hidden", "updated_at"])
    record(what="organisation.class_hidden" if hidden else "organisation.class_shown", about=organisation.code, by=by)


# — proposals ——————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def propose_change(
    organisation: Organisation,
    *,
    changes: Sequence[dict[str, Any]],
    by: User,
    note: str = "",
    contests_class: bool = False,
) -> Proposal:
    """Ask for changes, or contest the class. Refuses what could never be accepted, so that nobody waits in vain."""
    _read_changes(organisation, changes, by)
    if not changes and not (contests_class and note.strip()):
        raise ValidationError(_("Nothing was changed. If you contest the class, say why in a sentence."))
    proposal = Proposal.objects.create(
        organisation=organisation, changes=list(changes), contests_class=contests_class, note=note, by=by
    )
    record(what="proposal.made", about=organisation.code, by=by, proposal=proposal.pk)
    return proposal


@transaction.atomic
def accept_proposal(proposal: Proposal, *, by: User, reason: str = "") -> Proposal:
    proposal = _undecided(proposal)
    if proposal.changes:
        note = _("Proposal %(number)s") % {"number": proposal.pk}
        proposal.change = edit_record(
            proposal.organisation, changes=proposal.changes, by=by, note=note, kind=Change.Kind.PROPOSAL
        )
    return _decide(proposal, Proposal.State.ACCEPTED, by, reason)


@transaction.atomic
def return_proposal(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    if not reason.strip():
        raise ValidationError(_("Say why you return it, so that the organisation can mend it."))
    return _decide(_undecided(proposal), Proposal.State.RETURNED, by, reason)


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User) -> Proposal:
    return _decide(_undecided(proposal), Proposal.State.WITHDRAWN, by, "")


def _undecided(proposal: Proposal) -> Proposal:
    proposal = Proposal.objects.select_for_update().select_related("organisation").get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise Outdated
    return proposal


def _decide(proposal: Proposal, state: str, by: User, reason: str) -> Proposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, timezone.now()
    proposal.reason = reason.strip()
    proposal.save()
    record(what=f"proposal.{state}", about=proposal.organisation.code, by=by, proposal=proposal.pk)
    return proposal


# — undoing ————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def undo_change(change: Change, *, by: User | None) -> Change:
    """Take back exactly what a change did: end what it added, say again what it ended.

    What later changes said stays. A record that the change created is hidden unless a later change added to it.
    """
    change = Change.objects.select_for_update().get(pk=change.pk)
    if Change.objects.filter(undoes=change).exists():
        raise Outdated
    undo = open_change(kind=Change.Kind.UNDO, by=by, undoes=change)
    coming_and_going = list(_joined_pairs(Q(created_in=change) | Q(ended_in=change)))
    touched = set(
        Fact.objects.filter(Q(added_in=change) | Q(ended_in=change))
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    again = Fact.objects.filter(ended_in=change)
    for start in range(0, again.count(), BATCH):
        copies = list(again.order_by("id")[start : start + BATCH])
        for copy in copies:
            copy.pk, copy.added_in, copy.ended_in = None, undo, None
            copy._state.adding = True
        Fact.objects.bulk_create(copies)
    Fact.objects.filter(added_in=change, ended_in=None).update(ended_in=undo)
    Organisation.objects.filter(ended_in=change).update(ended_in=None)
    created = Organisation.objects.filter(created_in=change, ended_in=None)
    created.exclude(facts_said__in=Fact.objects.filter(ended_in=None)).update(ended_in=undo)
    gone = Organisation.objects.filter(ended_in=undo).values_list("pk", flat=True)
    refresh(touched.difference(gone))  # what is shown nowhere needs no columns; they are derived when it comes back
    for pair in coming_and_going:
        _settle(set(pair))
    record(what="change.undone", about=f"change {change.pk}", by=by, change=undo.pk)
    return undo


# — the same body ——————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def judge(
    left: Organisation, right: Organisation, *, verdict: str, by: User, note: str = "", keep: Organisation | None = None
) -> Judgement:
    """A person's word on two records. SAME joins them under `keep` (`left` by default); an earlier word is revoked."""
    if left.pk == right.pk:
        raise ValidationError(_("These are one record already."))
    first, second = sorted((left, right), key=lambda organisation: organisation.pk)
    found = Candidate.objects.filter(left=first, right=second).first()
    revoked = list(Judgement.objects.select_for_update().filter(left=first, right=second, revoked_at=None))
    for old in revoked:
        _revoke(old, by)
    judgement = Judgement.objects.create(
        left=first,
        right=second,
        verdict=verdict,
        probability=found.probability if found else None,
        reasons=found.reasons if found else [],
        note=note[:300],
        by=by,
    )
    if found:
        found.delete()
    _settle({left.pk, right.pk}, prefer=(keep or left).pk)
    record(what=f"organisations.judged_{verdict}", about=first.code, by=by, other=second.code, judgement=judgement.pk)
    return judgement


def judge_same(*, left: Organisation, right: Organisation, by: User, note: str = "") -> Judgement:
    return judge(left, right, verdict=Judgement.Verdict.SAME, by=by, note=note)


def judge_different(*, left: Organisation, right: Organisation, by: User, note: str = "") -> Judgement:
    return judge(left, right, verdict=Judgement.Verdict.DIFFERENT, by=by, note=note)


@transaction.atomic
def revoke_judgement(judgement: Judgement, *, by: User) -> None:
    """Take a word back. Where it had joined two records, they are parted again, each with what was said of it."""
    judgement = Judgement.objects.select_for_update().get(pk=judgement.pk)
    if judgement.revoked_at is not None:
        raise Outdated
    _revoke(judgement, by)
    _settle({judgement.left_id, judgement.right_id})
    record(what="organisations.judgement_revoked", about=judgement.left.code, by=by, judgement=judgement.pk)


def part_again(*, left: Organisation, right: Organisation, by: User) -> None:
    first, second = sorted((left.pk, right.pk))
    revoke_judgement(Judgement.objects.get(left=first, right=second, revoked_at=None), by=by)


def _revoke(judgement: Judgement, by: User) -> None:
    judgement.revoked_by, judgement.revoked_at = by, timezone.now()
    judgement.save(update_fields=["revoked_by", "revoked_at"])


def _joined_pairs(which: Q) -> QuerySet[Judgement, tuple[int, int]]:
    """The pairs that stand judged the same in which one record or both are of these."""
    records = Organisation.objects.filter(which).values("pk")
    same = Judgement.objects.filter(verdict=Judgement.Verdict.SAME, revoked_at=None)
    return same.filter(Q(left__in=records) | Q(right__in=records)).values_list("left_id", "right_id")


def _settle(start: set[int], prefer: int | None = None) -> None:
    """Make `joined_to` and the facts' places follow from the standing judgements around some records."""
    heads = set(Organisation.objects.filter(pk__in=start).values_list("joined_to", flat=True)) - {None} | start
    members = set(Organisation.objects.filter(Q(pk__in=heads) | Q(joined_to__in=heads)).values_list("pk", flat=True))
    links = list(
        Judgement.objects.filter(verdict=Judgement.Verdict.SAME, revoked_at=None)
        .filter(left__ended_in=None, right__ended_in=None)
        .filter(Q(left__in=members) | Q(right__in=members))
        .values_list("left_id", "right_id")
    )
    standing = set(Organisation.objects.filter(pk__in=members, joined_to=None).values_list("pk", flat=True))
    for group in _groups(members, links):
        head = prefer if prefer in group else min(group & standing or group)
        Organisation.objects.filter(pk__in=group - {head}).update(joined_to=head)
        Organisation.objects.filter(pk=head).update(joined_to=None)
        Fact.objects.filter(said_of__in=group).update(organisation=head)
    refresh(members)


def _groups(members: set[int], links: list[tuple[int, int]]) -> list[set[int]]:
    group = {pk: {pk} for pk in members}
    for left, right in links:
        if left in group and right in group and group[left] is not group[right]:
            joined = group[left] | group[right]
            for pk in joined:
                group[pk] = joined
    return list({id(g): g for g in group.values()}.values())


@transaction.atomic
def keep_candidates(pairs: Iterable[tuple[int, int, float, Sequence[str]]], *, by: User | None) -> int:
    """Put pairs (two record numbers, probability, reasons) on the duplicates desk, in place of those waiting there.

    Pairs that a person has judged stay judged.
    """
    judged = set(Judgement.objects.filter(revoked_at=None).values_list("left_id", "right_id"))
    waiting = [
        Candidate(left_id=min(a, b), right_id=max(a, b), probability=probability, reasons=list(reasons))
        for a, b, probability, reasons in pairs
        if (min(a, b), max(a, b)) not in judged
    ]
    Candidate.objects.all().delete()
    Candidate.objects.bulk_create(waiting, batch_size=BATCH, ignore_conflicts=True)
    record(what="duplicates.looked_for", about="registry", by=by, candidates=len(waiting))
    return len(waiting)


# — people who speak for an organisation ——————————————————————————————————————————————————————————————————


@transaction.atomic
def name_editors(user: User, codes: Iterable[str], *, by: User | None) -> None:
    """Let a person speak for the organisations with these codes; unknown codes are left out."""
    for organisation in Organisation.objects.filter(code__in=list(codes)):
        head = organisation.joined_to or organisation
        if not Editor.objects.filter(organisation=head, user=user, ended_on=None).exists():
            Editor.objects.create(organisation=head, user=user, granted_by=by)
            record(what="editor.named", about=head.code, by=by, account=user.pk)


def refuse_unknown_codes(codes: Iterable[str]) -> None:
    """Nobody is invited for an organisation that is not there (see accounts.services.on_inviting)."""
    known = set(Organisation.objects.filter(code__in=list(codes), ended_in=None).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ValidationError(_("No organisation has the code %(codes)s."), params={"codes": ", ".join(unknown)})


def name_invited_editors(user: User, invitation: Invitation) -> None:
    """What an accepted invitation means to this room (see accounts.services.on_accepted)."""
    name_editors(user, invitation.organisations, by=invitation.invited_by)


@transaction.atomic
def end_editor(editor: Editor, *, by: User) -> None:
    editor.ended_on = timezone.now()
    editor.save(update_fields=["ended_on"])
    record(what="editor.ended", about=editor.organisation.code, by=by, account=editor.user_id)


# — derived columns ————————————————————————————————————————————————————————————————————————————————————————


def refresh(ids: Iterable[int]) -> None:
    """Make the columns that lists need follow from the open facts again."""
    place_words = _place_words()
    ids = sorted(ids)
    now = timezone.now()
    for start in range(0, len(ids), 500):
        facts: dict[int, list[Fact]] = {}
        said = Fact.objects.filter(organisation__in=ids[start : start + 500], ended_in=None).order_by("id")
        for fact in said.only("organisation_id", "field", "value", "visible_to"):
            facts.setdefault(fact.organisation_id, []).append(fact)
        # A record without open facts (joined to another, or ended) keeps the name it had.
        changed = [(*derive(said, words_of(said, place_words)), now, pk) for pk, said in facts.items()]
        update_rows(Organisation, [*Derived._fields, "updated_at"], changed)


def _place_words() -> dict[str, str]:
    rows = Place.objects.values_list("code", "name", "name_definite", "name_en", "seat")
    return {code: fold(" ".join(names)) for code, *names in rows}


def _fact(draft: FactDraft, organisation: Organisation, change: Change, by: User | None) -> Fact:
    return Fact(
        said_of=organisation,
        organisation=organisation,
        field=draft.field,
        value=draft.value,
        language=draft.language,
        detail=draft.detail,
        source=draft.source[:300],
        confirmed_by=by if draft.confirmed_on else None,
        confirmed_on=draft.confirmed_on,
        visible_to=draft.level,
        added_in=change,
    )


def _free_codes(bases: Sequence[str]) -> list[str]:
    """A code each, free and unlike the others: the base, or the base with a number behind it that is free."""
    taken = _taken(set(bases))
    last = _last_numbers({base: times for base, times in Counter(bases).items() if base in taken or times > 1})
    codes = []
    for base in bases:
        code = base
        while code in taken:
            last[base] = last.get(base, 1) + 1
            code = f"{base}-{last[base]}"
        taken.add(code)
        codes.append(code)
    return codes


def _taken(codes: set[str]) -> set[str]:
    return set(Organisation.objects.filter(code__in=codes).values_list("code", flat=True))


def _last_numbers(crowded: dict[str, int]) -> dict[str, int]:
    """A number for each base behind which as many are free as are wanted of it; asked for all together where one is."""
    found: dict[str, int] = {}
    waiting = [base for base, times in crowded.items() if times == 1]
    for number in (2, 3, 4):
        used = _taken({f"{base}-{number}" for base in waiting})
        found |= {base: number - 1 for base in waiting if f"{base}-{number}" not in used}
        waiting = [base for base in waiting if base not in found]
    return found | {base: _last_number(base) for base in crowded if base not in found}


def _last_number(base: str) -> int:
    numbers = [
        code.rpartition("-")[2]
        for code in Organisation.objects.filter(code__gte=f"{base}-", code__lt=f"{base}.").values_list(
            "code", flat=True
        )
        if code.rpartition("-")[0] == base
    ]
    return max((int(number) for number in numbers if number.isdigit()), default=1)
