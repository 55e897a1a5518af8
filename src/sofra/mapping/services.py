"""What can happen to rounds and invitations. Each is one transaction and leaves an audit line.

A round that is open asks by one version of a questionnaire, and by no other until it is closed. Nobody is written to
who refused, unless a mapper says why it is asked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground.audit import record
from sofra.organisations.models import Organisation
from sofra.questionnaires.models import Version

from . import rules
from .models import Invitation, Round

State = Round.State


@dataclass(frozen=True, slots=True)
class Pasted:
    """A body that is not (yet) matched to the registry, as somebody wrote it down."""

    name: str
    email: str = ""
    language: str = "sq"
    organisation: Organisation | None = None


@dataclass(slots=True)
class RefusedBefore(Exception):
    """Some of those to be asked refused before; nothing was written. `refusals` are their invitations."""

    refusals: list[Invitation] = field(default_factory=list)


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
