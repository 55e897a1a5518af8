"""The registry seen as records to match, and the search for duplicates among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sofra.accounts.models import User
from sofra.ground.models import Visibility

from .models import Fact, Organisation
from .services import keep_candidates

if TYPE_CHECKING:
    from .matching import Record

FLOOR = 0.5
_FIELDS = ("name", "acronym", "website", "place", "seat")


def registry_records() -> list[Record]:
    """Every standing organisation with its names, for the matcher; nothing sealed. The id is the code."""
    return [record for _pk, record in _records()]


def _records() -> Iterator[tuple[int, Record]]:
    from .matching import Record  # numpy is loaded only where it is needed: a web worker starts without it

    said: dict[int, dict[str, list[str]]] = {}
    known = {"ended_in": None, "visible_to__lte": Visibility.MEMBERS}  # mappers read the reasons
    facts = Fact.objects.filter(field__in=_FIELDS, organisation__ended_in=None, **known).order_by("id")
    for pk, field, value in facts.values_list("organisation", "field", "value").iterator(chunk_size=5000):
        said.setdefault(pk, {}).setdefault(field, []).append(value)
    codes = Organisation.objects.filter(joined_to=None, **known).values_list("id", "code")
    for pk, code in codes.iterator(chunk_size=5000):
        found = said.get(pk, {})
        places = found.get("seat") or found.get("place") or [""]
        yield (
            pk,
            Record(
                id=code,
                names=tuple(found.get("name", ())),
                place=places[0] if len(places) == 1 else "",
                website=(found.get("website") or [""])[0],
                acronym=(found.get("acronym") or [""])[0],
            ),
        )


def look_for_duplicates(*, by: User | None) -> int:
    """Look through the whole registry and put what may be the same on the desk. Returns how many pairs wait."""
    from .matching import find_pairs

    numbers, records = {}, []
    for pk, record in _records():
        numbers[record.id] = pk
        records.append(record)
    pairs = find_pairs(records, floor=FLOOR)
    return keep_candidates(((numbers[p.a], numbers[p.b], p.probability, p.reasons) for p in pairs), by=by)
