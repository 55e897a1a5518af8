"""Organisations and facts written by the hundred thousand (see ground.bulk). Nothing is checked here."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from sofra.ground.bulk import insert_rows, new_ids

from .models import Change, Fact, Organisation
from .records import FactDraft

_FACT = (
    "said_of_id", "organisation_id", "field", "value", "language", "detail", "source", "confirmed_by_id",
    "confirmed_on", "visible_to", "added_in_id",
)  # fmt: skip
_DATED = {"confirmed_on", "updated_at"}
_ZONE = {"sqlite": "", "postgresql": "+00"}  # SQLite keeps moments as texts without their zone
_ORGANISATION = [field.attname for field in Organisation._meta.concrete_fields]


def insert_organisations(organisations: Sequence[Organisation]) -> None:
    """Write new organisations, and give each its number."""
    now = timezone.now()
    for organisation, number in zip(organisations, new_ids(Organisation, len(organisations)), strict=True):
        organisation.pk, organisation.updated_at = number, now
        organisation._state.adding = False
        organisation._state.db = "default"
    insert_rows(
        Organisation,
        _ORGANISATION,
        [_row(organisation) for organisation in organisations],
        together=200,
    )


def _row(organisation: Organisation) -> list[Any]:
    said = organisation.__dict__
    return [_kept(said[name]) if name in _DATED else said[name] for name in _ORGANISATION]


def _kept(value: Any) -> Any:
    """A value as both databases take it; a moment stands in UTC, as Django keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") + _ZONE[connection.vendor]
    return value.isoformat() if isinstance(value, date) else value


def insert_facts(said: Iterable[tuple[Organisation, FactDraft]], *, change: Change, by_id: int | None) -> int:
    """Write drafts as open facts of their organisations. Returns how many were written."""
    number = change.pk
    return insert_rows(
        Fact,
        _FACT,
        [
            (
                organisation.pk, organisation.pk, draft.field, draft.value, draft.language,
                json.dumps(draft.detail, ensure_ascii=False) if draft.detail else "{}", draft.source[:300],
                by_id if draft.confirmed_on else None,
                draft.confirmed_on.isoformat() if draft.confirmed_on else None, int(draft.level), number,
            )
            for organisation, draft in said
        ],
        together=50,
    )  # fmt: skip
