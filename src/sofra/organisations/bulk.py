"""Organisations and facts written by the hundred thousand (see ground.bulk). Nothing is checked here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from sofra.ground.bulk import insert_rows, new_ids

from .models import Change, Fact, Organisation
from .records import Derived, Draft, FactDraft, code_base, derive

# A draft as it will stand in the tables: the code to try first, the derived columns with the day of confirmation,
# and its facts. All that takes time and no database; plain values, so that it can wait in a file.
Ready = tuple[str, tuple[Any, ...], list[tuple[Any, ...]]]

_FACT = (
    "said_of_id", "organisation_id", "field", "value", "language", "detail", "source", "visible_to", "confirmed_on",
    "confirmed_by_id", "added_in_id",
)  # fmt: skip
_ORGANISATION = (
    "id", "code", *Derived._fields, "confirmed_on", "class_hidden", "created_in_id", "updated_at",
)  # fmt: skip
_ZONE = {"sqlite": "", "postgresql": "+00"}  # SQLite keeps moments as texts without their zone


def make_ready(draft: Draft, place_words: dict[str, str]) -> Ready:
    """Everything of a draft that does not depend on what the registry holds. `place_words`: code -> folded names."""
    facts = draft.facts
    if not any(fact.field == "kind" for fact in facts):
        facts = [*facts, FactDraft("kind", draft.kind, source=facts[0].source if facts else "")]
    derived = derive(facts, words_of(facts, place_words))
    confirmed = max((fact.confirmed_on for fact in facts if fact.confirmed_on), default=None)
    base = draft.code or code_base(draft.country, _first(facts, "name"), _first(facts, "acronym"))
    return base, (*derived, confirmed and confirmed.isoformat()), [_fact_row(fact) for fact in facts]


def words_of(facts: Iterable[Any], place_words: dict[str, str]) -> list[str]:
    """The names of the places of facts, as they are searched by."""
    return [place_words.get(fact.value, "") for fact in facts if fact.field in {"place", "seat"} and fact.value]


def _first(facts: Iterable[FactDraft], field: str) -> str:
    return next((fact.value for fact in facts if fact.field == field), "")


def _fact_row(fact: FactDraft) -> tuple[Any, ...]:
    """The columns of a fact between `organisation_id` and `confirmed_by_id`."""
    return (
        fact.field, fact.value, fact.language, json.dumps(fact.detail, ensure_ascii=False) if fact.detail else "{}",
        fact.source[:300], int(fact.level), fact.confirmed_on and fact.confirmed_on.isoformat(),
    )  # fmt: skip


def insert_ready(ready: Sequence[Ready], codes: Sequence[str], *, change: Change, by_id: int | None) -> list[int]:
    """Write new organisations with their facts. Returns their numbers."""
    numbers = new_ids(Organisation, len(ready))
    number, now = change.pk, datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") + _ZONE[connection.vendor]
    insert_rows(
        Organisation,
        _ORGANISATION,
        (
            (pk, code, *columns, False, number, now)
            for pk, code, (_base, columns, _facts) in zip(numbers, codes, ready, strict=True)
        ),
        together=1000,
    )
    insert_rows(
        Fact,
        _FACT,
        _with_ends(zip(numbers, (facts for _base, _columns, facts in ready), strict=True), number, by_id),
        together=100,
    )
    return numbers


def insert_facts(said: Iterable[tuple[int, FactDraft]], *, change: Change, by_id: int | None) -> int:
    """Write drafts as open facts of organisations, named by their numbers. Returns how many were written."""
    rows = _with_ends(((pk, (_fact_row(draft),)) for pk, draft in said), change.pk, by_id)
    return insert_rows(Fact, _FACT, rows, together=100)


def _with_ends(
    said: Iterable[tuple[int, Iterable[tuple[Any, ...]]]], change: int, by_id: int | None
) -> Iterator[tuple[Any, ...]]:
    """Rows of facts with whose they are before, and who confirmed them (on a day, or not at all) behind."""
    return ((pk, pk, *fact, fact[-1] and by_id, change) for pk, facts in said for fact in facts)
