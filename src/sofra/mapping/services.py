"""What can happen to rounds and invitations. Each is one transaction and leaves an audit line.

A round that is open asks by one version of a questionnaire, and by no other until it is closed. Nobody is written to
who refused, unless a mapper says why it is asked again. A letter is handed to the mail server after its row is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.organisations import queries as organisations_known
from sofra.organisations.models import Organisation
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.listeners import Happened
from sofra.questionnaires.models import Filling, Version

from . import posting, queries, rules
from .models import Invitation, Round
from .posting import Sent, record_bounce, send_letters, why_not, write_letters
from .suggesting import accept_suggestions, return_suggestions, suggest

# Beside what stands here: one door to what can happen.
__all__ = [
    "Sent", "accept_suggestions", "record_bounce", "return_suggestions", "send_letters", "why_not", "write_letters",
]  # fmt: skip

State = Round.State


@dataclass(frozen=True, slots=True)
class Pasted:
    """A body that is not (yet) matched to the registry, as somebody wrote it down."""

    name: str
    email: str = ""
    language: str = "sq"
    organisation: Organisation | None = None


class RefusedBefore(Exception):
    """Some of those to be asked refused before; nothing was written. `refusals` are their invitations."""

    def __init__(self, refusals: list[Invitation]) -> None:
        super().__init__("refused before")
        self.refusals = refusals


# — rounds —————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def open_round(
    *,
    code: str,
    country: str,
    titles: Mapping[str, str],
    methodology: Mapping[str, str] | None = None,
    begins: str = "",
    ends: str = "",
    version: Version | None = None,
    before: Round | None = None,
    answers_by: date | None = None,
    remind_after: int | None = 10,
    source: str = "",
    state: str = Round.State.OPEN,
    by: User | None,
) -> Round:
    """Begin a round, open or as a draft. `begins` and `ends` are partial dates ("2018", "2018-10", "2018-12-17").

    Raises ValidationError of {field: sentences}.
    """
    found = Round(
        code=code.strip(), country=country.upper(), titles=dict(titles), methodology=dict(methodology or {}),
        begins=begins, ends=ends, version=version, before=before, answers_by=answers_by, remind_after=remind_after,
        source=source[:300], state=state, created_by=by,
        opened_at=timezone.now() if state != State.DRAFT else None,
        closed_at=timezone.now() if state == State.CLOSED else None,
    )  # fmt: skip
    _check(found)
    found.save(force_insert=True)
    record(what="round.opened" if state == State.OPEN else "round.made", about=found.code, by=by)
    return found


def _check(found: Round) -> None:
    wrong: dict[str, list[str]] = {}
    if not any(text.strip() for text in found.titles.values()):
        wrong["titles"] = [_("Give the round a title in at least one language.")]
    if Round.objects.filter(code=found.code).exclude(pk=found.pk).exists():
        wrong["code"] = [_("There is a round “%(code)s” already: choose another code.") % {"code": found.code}]
    try:
        dates.check_span(found.begins, found.ends)
    except ValidationError as error:
        wrong["ends"] = list(error.messages)
    if found.before_id is not None and found.before_id == found.pk:
        wrong["before"] = [_("A round cannot follow itself.")]
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def edit_round(found: Round, *, by: User | None, **said: Any) -> Round:
    """Let the round say something else of titles, methodology, begins, ends, answers_by, remind_after, version, before.

    Raises ValidationError of {field: sentences}: the questionnaire stays once somebody was asked by it.
    """
    found = Round.objects.select_for_update().get(pk=found.pk)
    asked = found.invitations.filter(filling__isnull=False).exists()
    if "version" in said and said["version"] != found.version and asked:
        raise ValidationError(
            {"version": [_("Somebody is asked by this questionnaire already: begin a next round with the new one.")]}
        )
    for name, value in said.items():
        setattr(found, name, value)
    _check(found)
    found.save()
    record(what="round.changed", about=found.code, by=by)
    return found


@transaction.atomic
def start_round(found: Round, *, by: User | None) -> Round:
    """Open a draft, or a closed round again: everyone asked gets a form to fill in."""
    found = Round.objects.select_for_update().get(pk=found.pk)
    if found.version is None:
        raise ValidationError(_("Choose the questionnaire first: without one there is nothing to answer."))
    if found.version.state != Version.State.OPEN:
        raise ValidationError(
            _("Open the version of the questionnaire first: nobody can answer a draft or a closed one.")
        )
    found.state, found.closed_at = State.OPEN, None
    found.opened_at = found.opened_at or timezone.now()
    found.save()
    for invitation in found.invitations.select_related("organisation", "round__version"):
        _give_form(invitation, by)
    Filling.objects.filter(invitation__round=found).update(expires_at=_expiry(found))
    record(what="round.opened", about=found.code, by=by)
    return found


@transaction.atomic
def close_round(found: Round, *, by: User | None) -> Round:
    """Nobody can answer any more; the links say so. What was begun and not sent stays and is counted as not sent."""
    found = Round.objects.select_for_update().get(pk=found.pk)
    found.state, found.closed_at = State.CLOSED, timezone.now()
    found.save(update_fields=["state", "closed_at"])
    Filling.objects.filter(invitation__round=found).update(expires_at=found.closed_at)
    record(what="round.closed", about=found.code, by=by)
    return found


def _expiry(found: Round) -> datetime | None:
    """When the links end: a week after the last day to answer; never, where none is said."""
    if found.answers_by is None:
        return None
    last = datetime.combine(found.answers_by + timedelta(days=7), time(23, 59))
    return timezone.make_aware(last)


# — whom to ask ————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def invite(
    found: Round,
    *,
    organisations: Iterable[Organisation] = (),
    pasted: Iterable[Pasted] = (),
    despite: str = "",
    by: User | None,
) -> list[Invitation]:
    """Put bodies on the round's list; who stands on it already is left as it is. No letter goes out yet.

    Raises RefusedBefore where some refused in another round and `despite` does not say why they are asked again.
    """
    found = Round.objects.select_for_update().get(pk=found.pk)
    if found.state == State.CLOSED:
        raise ValidationError(_("The round is closed: open it again before you ask more."))
    wanted = _wanted(found, organisations, pasted)
    refused = queries.refusals(found, [w.organisation for w in wanted if w.organisation], [w.name for w in wanted])
    if refused and not despite.strip():
        raise RefusedBefore(refused)
    again = {fold(one.name) for one in refused} | {one.organisation_id for one in refused if one.organisation_id}
    made = []
    for one in wanted:
        asked_again = bool(again & {fold(one.name), one.organisation.pk if one.organisation else -1})
        invitation = Invitation.objects.create(
            round=found, organisation=one.organisation, name=one.name[:250], email=one.email, language=one.language,
            asked_again_at=timezone.now() if asked_again else None,
            asked_again_because=despite.strip()[: rules.REASON] if asked_again else "",
        )  # fmt: skip
        _give_form(invitation, by)
        made.append(invitation)
    if made:
        record(what="round.invited", about=found.code, by=by, number=len(made), again=len(refused))
    return made


def _wanted(found: Round, chosen: Iterable[Organisation], pasted: Iterable[Pasted]) -> list[Pasted]:
    """Who is not on the list yet, each once, under the record that stands for it."""
    heads = {one.pk: one for one in map(organisations_known.head, chosen)}
    addresses, languages = queries.addresses_of(heads.values()), queries.languages_of(heads.values())
    wishes = [Pasted(one.name, addresses.get(pk, ""), languages.get(pk, "sq"), one) for pk, one in heads.items()] + [
        one for one in pasted if one.name.strip()
    ]
    there = list(found.invitations.values_list("organisation", "name"))
    numbers = {number for number, _name in there if number}
    names = {fold(name) for number, name in there if not number}
    fresh = []
    for one in wishes:
        body = organisations_known.head(one.organisation) if one.organisation else None
        if body.pk in numbers if body else fold(one.name) in names:
            continue
        numbers |= {body.pk} if body else set()
        names |= set() if body else {fold(one.name)}
        fresh.append(Pasted(" ".join(one.name.split()), one.email.strip(), one.language or "sq", body))
    return fresh


def _give_form(invitation: Invitation, by: User | None) -> None:
    """The form to fill in, begun from the last answers where the round before has some; none before the round opens."""
    found = invitation.round
    if invitation.filling_id or found.state != State.OPEN or found.version is None:
        return
    if found.version.state != Version.State.OPEN:
        return
    invitation.filling = questionnaires.begin_filling(
        found.version, way=Filling.Way.WEB, begun_from=last_answers(invitation), expires_at=_expiry(found),
        language=invitation.language, linked=True, by=by,
    )  # fmt: skip
    invitation.save(update_fields=["filling"])


def last_answers(invitation: Invitation) -> Filling | None:
    """What this body sent in the round before; in the one before that where it sent nothing then."""
    before, seen = invitation.round.before, set()
    while before is not None and before.pk not in seen:
        seen.add(before.pk)
        sent = before.invitations.filter(filling__state=Filling.State.SENT, filling__sent_at__isnull=False)
        same = sent.filter(organisation=invitation.organisation_id) if invitation.organisation_id else sent.none()
        earlier = same.first() or next(
            (one for one in sent.filter(organisation=None) if fold(one.name) == fold(invitation.name)), None
        )
        if earlier is not None:
            return earlier.filling
        before = before.before
    return None


@transaction.atomic
def record_answered_elsewhere(
    found: Round, *, organisations: Iterable[Organisation], source: str, by: User | None
) -> list[Invitation]:
    """Bodies of which a source says that they took part, outside this hub: they count as having answered.

    When they answered is not known and stays so; no form is made.
    """
    made = []
    for one in map(organisations_known.head, organisations):
        invitation, _new = Invitation.objects.get_or_create(
            round=found, organisation=one, defaults={"name": one.name, "elsewhere": source[:300]}
        )
        if not invitation.elsewhere and not invitation.sent_at:
            invitation.elsewhere = source[:300]
            invitation.save(update_fields=["elsewhere"])
        made.append(invitation)
    record(what="round.took_part", about=found.code, by=by, number=len(made))
    return made


# — one invitation —————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def change_address(invitation: Invitation, *, email: str, language: str, by: User | None, name: str = "") -> Invitation:
    """Write to another address from now on; where the old one was out of reach, the new one is not."""
    invitation = _locked(invitation)
    if email != invitation.email and invitation.unreachable_at and not invitation.not_them:
        invitation.unreachable_at, invitation.unreachable_because = None, ""
    invitation.email, invitation.language = email, language
    invitation.name = name.strip()[:250] or invitation.name
    invitation.save()
    record(what="invitation.changed", about=invitation.round.code, by=by, invitation=invitation.pk)
    return invitation


@transaction.atomic
def match_invitation(invitation: Invitation, organisation: Organisation | None, *, by: User | None) -> Invitation:
    """A person's word on which record of the registry was invited; None: none of them. Suggestions follow it."""
    invitation, head = _locked(invitation), organisation and organisations_known.head(organisation)
    invitation.organisation = head
    try:
        with transaction.atomic():
            invitation.save(update_fields=["organisation"])
    except IntegrityError:
        raise ValidationError(_("This record is on the round's list already, as an invitation of its own.")) from None
    record(
        what="invitation.matched", about=invitation.round.code, by=by, invitation=invitation.pk,
        organisation=head.code if head else "",
    )  # fmt: skip
    if invitation.sent_at:
        suggest(invitation)
    return invitation


@transaction.atomic
def mark_refused(invitation: Invitation, *, because: str, by: User | None = None) -> Invitation:
    """It does not want to take part; the reason is its own words, and may be left unsaid. Nobody writes to it again."""
    invitation = _locked(invitation)
    _close_suggestions(invitation)
    invitation.refused_at, invitation.refused_because = timezone.now(), because.strip()[: rules.REASON]
    invitation.save(update_fields=["refused_at", "refused_because"])
    record(what="invitation.refused", about=invitation.round.code, by=by, invitation=invitation.pk)
    return invitation


@transaction.atomic
def mark_not_them(invitation: Invitation, *, because: str, by: User | None = None) -> Invitation:
    """Whoever got the letter says that another body was meant: the one that was is out of reach at this address."""
    invitation = _locked(invitation)
    invitation.not_them = True
    invitation.unreachable_at, invitation.unreachable_because = timezone.now(), because.strip()[: rules.REASON]
    invitation.save(update_fields=["not_them", "unreachable_at", "unreachable_because"])
    record(what="invitation.not_them", about=invitation.round.code, by=by, invitation=invitation.pk)
    return invitation


@transaction.atomic
def mark_unreachable(invitation: Invitation, *, because: str, by: User | None = None) -> Invitation:
    """Neither letter nor telephone reaches it; the reason says what was tried."""
    if not because.strip():
        raise ValidationError(_("Say what was tried, in a sentence."))
    invitation = _locked(invitation)
    invitation.unreachable_at, invitation.unreachable_because = timezone.now(), because.strip()[: rules.REASON]
    invitation.save(update_fields=["unreachable_at", "unreachable_because"])
    record(what="invitation.unreachable", about=invitation.round.code, by=by, invitation=invitation.pk)
    return invitation


@transaction.atomic
def ask_again(invitation: Invitation, *, because: str, by: User | None) -> Invitation:
    """Ask a body anew that refused or could not be reached. Why is said, and stays."""
    if not because.strip():
        raise ValidationError(_("Say why you ask again: whoever refused will want to know."))
    invitation = _locked(invitation)
    if invitation.sent_at:
        raise ValidationError(_("It has answered in the meantime."))
    invitation.asked_again_at, invitation.asked_again_because = timezone.now(), because.strip()[: rules.REASON]
    invitation.unreachable_at, invitation.not_them = None, False
    invitation.save()
    record(what="invitation.asked_again", about=invitation.round.code, by=by, invitation=invitation.pk)
    return invitation


@transaction.atomic
def renew_link(invitation: Invitation, *, by: User | None) -> str:
    """The old private link opens nothing any more; the new key is returned and stands in the next letter."""
    invitation = _locked(invitation)
    if invitation.filling is None:
        raise ValidationError(_("There is no link yet: it is made when the round opens."))
    key = questionnaires.renew_link(invitation.filling, by=by, expires_at=_expiry(invitation.round))
    record(what="invitation.link_renewed", about=invitation.round.code, by=by, invitation=invitation.pk)
    return key


@transaction.atomic
def attach_filling(
    found: Round, filling: Filling, *, invitation: Invitation | None, name: str = "", by: User | None
) -> Invitation:
    """Say whose answers these are that came without an invitation; without one, a new respondent of that name."""
    if filling.version_id != found.version_id:
        raise ValidationError(_("These answers are to another questionnaire."))
    if invitation is None:
        if not name.strip():
            raise ValidationError(_("Choose whose answers they are, or write the name."))
        invitation = Invitation.objects.create(round=found, name=name.strip()[:250])
    invitation = _locked(invitation)
    if invitation.sent_at:
        raise ValidationError(_("%(name)s has sent answers already.") % {"name": invitation.name})
    own = invitation.filling
    invitation.filling, invitation.sent_at = filling, filling.sent_at
    invitation.begun_at = invitation.begun_at or filling.begun_at
    invitation.save()
    if own is not None and own.pk != filling.pk:
        questionnaires.withdraw_filling(own, by=by)  # its link leads to no invitation any more
    record(what="invitation.answers_attached", about=found.code, by=by, invitation=invitation.pk)
    suggest(invitation)
    return invitation


def _locked(invitation: Invitation) -> Invitation:
    known = Invitation.objects.select_related("round__version", "filling", "organisation")
    return known.select_for_update(of=("self",)).get(pk=invitation.pk)


def _close_suggestions(invitation: Invitation) -> None:
    waiting = invitation.suggestions.filter(state="open")
    waiting.update(state="replaced", decided_at=timezone.now())


# — what happens to the forms ——————————————————————————————————————————————————————————————————————————————


def note_filling(filling: Filling, happened: Happened) -> None:
    """How far an invited body came, as the questionnaires' room tells it; called inside its transaction."""
    invitation = queries.invitation_of(filling)
    if invitation is None:
        return
    now = timezone.now()
    if happened == Happened.OPENED and invitation.opened_at is None:
        invitation.opened_at = filling.opened_at or now
    if happened == Happened.BEGUN and invitation.begun_at is None:
        invitation.begun_at = now
    if happened == Happened.SENT:
        invitation.opened_at = invitation.opened_at or now
        invitation.begun_at, invitation.sent_at = invitation.begun_at or now, filling.sent_at or now
        invitation.unreachable_at = None
    if happened == Happened.WITHDRAWN:
        invitation.sent_at, invitation.refused_at = None, now
        invitation.refused_because = _("The answers were taken back.")
        _close_suggestions(invitation)
    invitation.save()
    if happened == Happened.SENT:
        suggest(invitation)
        posting.thank(invitation)


# — the next round —————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def begin_next_round(
    before: Round,
    *,
    code: str,
    titles: Mapping[str, str],
    begins: str = "",
    ends: str = "",
    version: Version | None = None,
    methodology: Mapping[str, str] | None = None,
    answers_by: date | None = None,
    remind_after: int | None = 10,
    by: User | None,
) -> Round:
    """A draft of the round that follows, with the same method, questionnaire and list of those to ask.

    Who refused is not on the list: it is asked again only by a mapper's own word (invite).
    """
    found = open_round(
        code=code, country=before.country, titles=titles, methodology=methodology or before.methodology,
        begins=begins, ends=ends, version=version or newest_open(before.version), before=before,
        answers_by=answers_by, remind_after=remind_after, state=State.DRAFT, by=by,
    )  # fmt: skip
    asked = [one for one in before.invitations.select_related("organisation__joined_to") if not one.refuses]
    bodies: dict[str, Pasted] = {}
    for one in asked:
        body = organisations_known.head(one.organisation) if one.organisation else None
        if body is None or body.ended_in_id is None:
            email = "" if one.not_them else one.email
            bodies.setdefault(body.code if body else fold(one.name), Pasted(one.name, email, one.language, body))
    if bodies:
        invite(found, pasted=list(bodies.values()), by=by)
    return found


def newest_open(version: Version | None) -> Version | None:
    """The newest open version of the same questionnaire: the next round asks by what is asked now."""
    if version is None:
        return None
    newest = Version.objects.filter(questionnaire=version.questionnaire_id, state=Version.State.OPEN)
    return newest.order_by("-number").first() or version
