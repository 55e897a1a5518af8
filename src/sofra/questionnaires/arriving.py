"""Fillings that come by the hundred thousand, from an export: written together, withdrawn together.

Whoever calls this does so inside one transaction and leaves the audit line; what is wrong with the answers is known
already and comes as notices. Each filling is told to the rooms above as if it had been sent alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml  # reads only documents that the hub wrote itself

from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.bulk import insert_rows

from . import queries
from .listeners import LISTENERS, Happened, tell
from .models import Answer, Filling, Version
from .xform import Form, Repeat

LONGEST_VALUE = 200  # characters that are counted by; the rest is text
_AT_ONCE = 500
Told = tuple[str, str, str, str]  # question, turn, value, text


class Arriving(NamedTuple):
    """A filling on its way in. `sent_at` None where nobody knows: then it is now."""

    instance: str
    document: str
    sent_at: datetime | None
    notices: list[dict[str, str]]
    answers: tuple[Told, ...] = ()


def prepare(version: Version, arriving: Iterable[Arriving]) -> list[Arriving]:
    """The same with their answers derived, which takes time and touches nothing."""
    form = queries.form_of(version)
    return [one._replace(answers=tuple(_answers(form, one.document))) for one in arriving]


def _answers(form: Form, document: str) -> Iterator[Told]:
    root = Xml.fromstring(document)  # noqa: S314 the hub's own documents
    yield from _below(form, root, f"/{form.root}", "")


def _below(form: Form, element: Xml.Element, path: str, turn: str) -> Iterator[Told]:
    turns: dict[str, int] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        below = f"{path}/{name}"
        item = form.items.get(below)
        here = turn
        if isinstance(item, Repeat):
            turns[name] = turns.get(name, 0) + 1
            here = f"{turn}.{turns[name]}" if turn else str(turns[name])
        if len(child):
            yield from _below(form, child, below, here)
        elif item is not None and item.kind not in {"meta", "note"} and (text := (child.text or "").strip()):
            question = below.split("/", 2)[2]
            values = text.split() if item.kind == "select_multiple" else [text]
            for value in values:
                yield question, turn, value[:LONGEST_VALUE], value if len(value) > LONGEST_VALUE else ""


def known(instances: Sequence[str]) -> set[str]:
    """Those that the hub has already, in whatever state."""
    found: set[str] = set()
    for start in range(0, len(instances), _AT_ONCE):
        rows = Filling.objects.filter(instance__in=instances[start : start + _AT_ONCE])
        found.update(rows.values_list("instance", flat=True))
    return found


def write(version: Version, arriving: Sequence[Arriving], *, way: str, by: User | None) -> list[int]:
    """Write fillings that the hub has not, with their answers; their numbers in the same order."""
    now = timezone.now()
    made = Filling.objects.bulk_create(
        [
            Filling(
                version=version, instance=one.instance, state=Filling.State.SENT, way=way, document=one.document,
                typed_by=by, saved_at=now, sent_at=one.sent_at or now, notices=one.notices,
            )
            for one in arriving
        ],
        batch_size=_AT_ONCE,
    )  # fmt: skip
    rows: Iterator[tuple[Any, ...]] = (
        (filling.pk, *told) for filling, one in zip(made, arriving, strict=True) for told in one.answers
    )
    insert_rows(Answer, ("filling_id", "question", "turn", "value", "text"), rows)
    _tell(made, Happened.SENT)
    return [filling.pk for filling in made]


def take_back(numbers: Sequence[int]) -> int:
    """Withdraw those that stand; how many. Their documents stay, so that they can come back."""
    return _move(numbers, Filling.State.SENT, Filling.State.WITHDRAWN, Happened.WITHDRAWN)


def bring_back(numbers: Sequence[int]) -> int:
    """The other way round."""
    return _move(numbers, Filling.State.WITHDRAWN, Filling.State.SENT, Happened.SENT)


def _move(numbers: Sequence[int], before: str, after: str, happened: Happened) -> int:
    moved = 0
    for start in range(0, len(numbers), _AT_ONCE):
        found = Filling.objects.filter(pk__in=numbers[start : start + _AT_ONCE], state=before).defer("document")
        fillings = list(found.order_by("pk"))
        Filling.objects.filter(pk__in=[one.pk for one in fillings]).update(state=after, saved_at=timezone.now())
        for one in fillings:
            one.state = after
        _tell(fillings, happened)
        moved += len(fillings)
    return moved


def _tell(fillings: Iterable[Filling], happened: Happened) -> None:
    if LISTENERS:
        for filling in fillings:
            tell(filling, happened)
