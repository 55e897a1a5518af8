"""What can be asked of imports. All of it is for mappers and above; the views require that first."""

from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.places.titles import title_of

from .models import Import, ImportRow

Verdict = ImportRow.Verdict
_LED_TO = ("twin", "organisation", "activity", "project", "filling__version__questionnaire")


def imports() -> QuerySet[Import]:
    """Every import, newest first."""
    return Import.objects.select_related("by")


def import_by_number(number: int) -> Import:
    return get_object_or_404(Import.objects.select_related("by", "recipe", "change"), pk=number)


def verdicts(imported: Import) -> dict[str, int]:
    """Verdict -> rows, as they stand now."""
    found = dict(imported.rows.order_by().values_list("verdict").annotate(Count("id")))
    return {verdict: found.get(verdict, 0) for verdict in Verdict.values}


def rows(imported: Import, verdict: str = "", asks: str = "") -> QuerySet[ImportRow]:
    """The rows of an import, in the order of the file; `verdict` "problems" are those with something to tell."""
    found = imported.rows.select_related(*_LED_TO).order_by("number")
    if verdict == "problems":
        found = found.exclude(problems=[])
    elif verdict in Verdict.values:
        found = found.filter(verdict=verdict)
    return found.filter(asks__contains=asks) if asks in {"place", "twin", "shape", "body", "doubt"} else found


def row_by_number(imported: Import, number: int) -> ImportRow:
    return get_object_or_404(imported.rows.select_related(*_LED_TO), number=number)


def next_to_decide(imported: Import, after: int) -> ImportRow | None:
    """The next row that asks, from the beginning again at the end of the file."""
    asking = imported.rows.filter(verdict=Verdict.ASK).order_by("number")
    return asking.filter(number__gt=after).first() or asking.exclude(number=after).first()


def titles_of(rows_shown: list[ImportRow]) -> dict[str, str]:
    """Titles of every place that the rows name, in one query."""
    codes = {
        code
        for row in rows_shown
        for place in row.reading.get("places", ())
        for code in [*place["codes"], *place.get("alternatives", ())]
    }
    return place_titles(codes)


def place_titles(codes: Any) -> dict[str, str]:
    return {place.code: title_of(place) for place in Place.objects.filter(code__in=codes)}


def bodies_called(typed: str) -> list[Organisation]:
    """The organisations that have exactly this id, name or acronym; where none has, the only one found by it."""
    standing = organisations.organisations(Visibility.MEMBERS)
    if found := standing.filter(code=typed.strip().lower()).first():
        return [found]
    hits = organisations.search_organisations(Visibility.MEMBERS, typed, limit=50).organisations
    said = organisations.facts_for(hits, Visibility.MEMBERS, ["name", "acronym"])
    exact = [one for one in hits if any(fold(fact.value) == fold(typed) for fact in said[one.pk])]
    return exact or hits
