"""A person's word on one staged row: what it settles, and what then becomes of the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations.models import Organisation

from .models import ImportRow, What

Verdict = ImportRow.Verdict


@dataclass(frozen=True)
class Word:
    """See services.decide_rows for what each part means."""

    twin: str = ""
    place: Sequence[str] | None = None
    place_of: str = ""
    body: str | None = None
    body_of: str = ""
    accept: bool = False
    as_read: bool = False


def decide(row: ImportRow, word: Word, what: str) -> bool:
    """Let the word settle what the row asks, as far as it does. Returns whether a reading was changed."""
    asks = [ask for ask in row.asks.split(",") if ask]
    changed = False
    if word.twin == "skip" or (word.twin == "same" and what == What.ACTIVITIES):
        row.verdict = Verdict.SKIP
        return True
    if word.place is not None or word.as_read:
        changed = _settle_places(row, None if word.place is None else list(word.place), word.place_of)
        if all(found["sure"] or found.get("kept") for found in row.reading.get("places", ())):
            asks = [ask for ask in asks if ask != "place"]
    if word.body is not None:
        changed = _settle_bodies(row, word.body, word.body_of) or changed
        if all(found["sure"] or found.get("kept") for found in row.reading.get("bodies", ())):
            asks = [ask for ask in asks if ask != "body"]
    if word.accept:
        asks = [ask for ask in asks if ask not in {"shape", "doubt"}]
    if word.twin == "new":
        row.twin, row.same_row = None, None
        row.reading["is"] = "new"
    elif word.twin.startswith("same"):
        if not _same(row, word.twin.partition(":")[2]):
            return changed
        row.reading["is"] = "same"
    if word.twin:
        asks = [ask for ask in asks if ask != "twin"]
    row.asks = ",".join(asks)
    row.verdict = Verdict.ASK if asks else (Verdict.UPDATE if row.twin_id or row.same_row else Verdict.NEW)
    return changed


def _same(row: ImportRow, code: str) -> bool:
    """The row is about this record, or the likeliest one; False where there is none."""
    if code:
        row.twin = Organisation.objects.filter(code=code, ended_in=None, visible_to__lte=Visibility.MEMBERS).first()
    return row.twin is not None or bool(row.same_row)


def _open(found: dict[str, Any], text: str) -> bool:
    """Is this reading still to be settled, or was it by a person; and is it written as `text` (any, where empty)?"""
    if found["sure"] and not found.get("decided"):
        return False
    return not text or fold(found["text"]) == fold(text)


def _settle_places(row: ImportRow, codes: list[str] | None, text: str) -> bool:
    """Settle the unsure places of a row: by these codes, as words where there are none, or (None) as each was read."""
    changed = False
    for found in row.reading.get("places", ()):
        meant = found["codes"] if codes is None else codes
        if not _open(found, text) or (codes is None and not meant):
            continue
        found["decided"] = True
        if meant:
            found["codes"], found["sure"] = meant, True
            found.pop("kept", None)
        else:
            found["kept"], found["sure"] = True, False
        changed = True
    return changed


def _settle_bodies(row: ImportRow, code: str, text: str) -> bool:
    """Settle the organisations that the row names and that are not sure: by this code, or ("") as not known."""
    changed = False
    for found in row.reading.get("bodies", ()):
        if not _open(found, text):
            continue
        found["decided"] = True
        if code:
            found["code"], found["sure"] = code, True
            found.pop("kept", None)
        else:
            found["code"], found["sure"], found["kept"] = "", False, True
        changed = True
    return changed
