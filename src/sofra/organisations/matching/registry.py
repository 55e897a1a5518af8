"""The organisations of this hub as records to compare with."""

from collections import defaultdict

from sofra.ground.models import Visibility
from sofra.organisations.models import Fact, Organisation

from .reading import Record

_FIELDS = ("name", "acronym", "website", "social", "place", "seat")


def registry_records(*, visible_to: int = Visibility.MEMBERS) -> list[Record]:
    """Every standing organisation by code, with its open names, acronym, website and places. Sealed facts stay out."""
    facts: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        Fact.objects.filter(ended_in=None, field__in=_FIELDS, visible_to__lte=visible_to)
        .order_by("id")
        .values_list("organisation_id", "field", "value", "detail")
    )
    for owner, field, value, detail in rows.iterator(chunk_size=5000):
        text = (detail.get("text") or value) if field in ("place", "seat") else value
        if text:
            facts[owner][field].append(str(text))
    records = []
    standing = Organisation.objects.filter(ended_in=None, joined_to=None, visible_to__lte=visible_to).order_by("id")
    for number, code, name, acronym in standing.values_list("id", "code", "name", "acronym").iterator(chunk_size=5000):
        said = facts[number]
        names = dict.fromkeys([name, *said["name"]])
        places = dict.fromkeys(said["seat"] or said["place"])
        websites = said["website"] or said["social"]
        acronyms = [acronym, *said["acronym"]] if acronym else said["acronym"]
        records.append(
            Record(
                code, tuple(names), ", ".join(places), websites[0] if websites else "", acronyms[0] if acronyms else ""
            )
        )
    return records
