"""What the shell's own pages ask: home, search, glossary. Rooms answer; nothing is kept here."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sofra.councils import mechanism_queries as mechanisms
from sofra.findings import queries as findings
from sofra.findings.models import Finding
from sofra.findings.views import in_order
from sofra.ground.text import fold, sort_key
from sofra.mapping.models import Round
from sofra.organisations import queries as registry
from sofra.organisations.glossary import TERMS, Term
from sofra.organisations.place_queries import coverage
from sofra.places import maps
from sofra.places.models import Kind, Place
from sofra.places.titles import title_of
from sofra.reports import queries as reports

MOST_PLACES = 12
MOST_FINDINGS = 5  # of a search; the list of findings shows all of them
LEAST_LETTERS = 3  # fewer stand in nearly every statement


def places_found(typed: str) -> list[tuple[Place, str]]:
    """Places with their titles: those with a name, in any form or script, that has a word beginning as typed."""
    folded = fold(typed[:200])
    if not folded:
        return []
    named = Q(names__folded__startswith=folded) | Q(names__folded__contains=f" {folded}")
    found = Place.objects.filter(named).distinct().order_by("level", "sort_key")[:MOST_PLACES]
    return [(place, title_of(place)) for place in found]


def findings_found(user: Any, typed: str) -> tuple[list[Finding], int]:
    """The first findings whose words hold all that was typed, as far as the person may read them; how many more."""
    if len(fold(typed)) < LEAST_LETTERS:
        return [], 0
    seen = findings.narrowed(findings.findings_for(user), findings.Filters(q=typed))
    found = list(in_order(seen))
    return found[:MOST_FINDINGS], max(len(found) - MOST_FINDINGS, 0)


def local_found(user: Any, typed: str) -> list[mechanisms.Hit]:
    """Mechanisms of municipalities, their duties by law and drivers."""
    return mechanisms.search(user, typed) if len(fold(typed)) >= LEAST_LETTERS else []


def glossary_in_order() -> list[tuple[str, list[Term]]]:
    """The terms by their first letter in the reader's language."""
    albanian = get_language() not in {"en"}
    found: dict[str, list[Term]] = {}
    for term in sorted(TERMS.values(), key=lambda t: sort_key(str(t.term)) if albanian else fold(str(t.term))):
        found.setdefault(_first_letter(str(term.term), albanian), []).append(term)
    return list(found.items())


def _first_letter(word: str, albanian: bool) -> str:
    start = word.strip("“\"'( ").upper()
    if albanian and start[:2] in {"DH", "GJ", "LL", "NJ", "RR", "SH", "TH", "XH", "ZH"}:
        return start[0] + start[1].lower()
    return start[0]


def leads_of_round(request: HttpRequest, found: Round) -> list[tuple[str, str]]:
    """From a mapping round to its reports, as far as the reader may see them."""
    return [(one.get_absolute_url(), str(one)) for one in reports.reports(request.user).filter(round=found)]


def figures_of_home(level: int) -> dict[str, Any]:
    """How many are listed and of which class, and in how many of the country's municipalities somebody works."""
    by_place = coverage(level).within
    municipalities = Place.objects.filter(country=settings.COUNTRY, kind=Kind.MUNICIPALITY).values_list(
        "code", flat=True
    )
    return {
        "totals": registry.totals(level),
        "by_place": by_place,
        "reached": sum(1 for code in municipalities if by_place.get(code)),
        "newest": registry.newest(level, 5),
    }


def map_of_home(by_place: Mapping[str, int]) -> SafeString:
    """The hub's own country: counties shaded, a dot at each municipality where somebody works."""
    return maps.county_map(settings.COUNTRY, by_place, href=lambda code: reverse("place", args=[code]))
