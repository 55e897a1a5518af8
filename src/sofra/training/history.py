"""What became of a session's counts: each row that was written, by whom and when, beside the one that it replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from . import queries
from .models import Count, Session


@dataclass(frozen=True, slots=True)
class Step:
    """`changes`: (field, before, after) in words, "" for nothing; of the first row of its kind all fields."""

    count: Count
    changes: list[tuple[str, str, str]]

    @property
    def stands(self) -> bool:
        return self.count.replaced_by_id is None


def counts_of(session: Session) -> QuerySet[Count]:
    """All rows, the newest first."""
    rows = Count.objects.filter(session=session).select_related("by", "day", "replaces").order_by("-pk")
    return rows.prefetch_related("parts", "replaces__parts")


def steps_of(counts: Sequence[Count]) -> list[Step]:
    return [Step(one, _compared(_said(getattr(one, "replaces", None)), _said(one))) for one in counts]


def _said(count: Count | None) -> dict[str, str]:
    """All that a row says, in words; what was not stated is not in it."""
    if count is None:
        return {}
    everybody = {True: _("yes, everybody"), False: _("no, it is incomplete"), None: _("not known")}
    found: dict[str, Any] = {
        _("People in all"): count.total, _("How they were counted"): count.get_how_display(),
        _("Does the number hold everybody?"): everybody[count.complete], _("Source"): count.source,
    }  # fmt: skip
    for part in count.parts.all():
        name = f"{queries.name_of_dimension(part.dimension)}: {queries.words_of(part.dimension, part.key)}"
        found[name] = part.number
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def _compared(before: dict[str, str], now: dict[str, str]) -> list[tuple[str, str, str]]:
    names = [*now, *(name for name in before if name not in now)]
    return [
        (name, before.get(name, ""), now.get(name, "")) for name in names if before.get(name, "") != now.get(name, "")
    ]
