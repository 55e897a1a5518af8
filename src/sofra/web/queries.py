"""What the shell's own pages ask: home, search, glossary. Rooms answer; nothing is kept here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.ground.text import fold, sort_key
from sofra.organisations import queries as registry
from sofra.organisations.glossary import TERMS, Term
from sofra.places import maps
from sofra.places.models import Place

MOST_PLACES = 12


def places_found(typed: str) -> Sequence[Place]:
    """Places of which a name, in whatever form or script, begins with what was typed or has a word that does."""
    folded = fold(typed[:200])
    if not folded:
        return []
    named = Q(names__folded__startswith=folded) | Q(names__folded__contains=f" {folded}")
    return Place.objects.filter(named).distinct().order_by("level", "sort_key")[:MOST_PLACES]


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


# Icon, what can be done, the sentence below, route: three doors for each kind of reader.
_Door = tuple[str, Promise, Promise, str]
_VISITOR: tuple[_Door, ...] = (
    ("magnifying-glass", _("Find who works near you"),
     _("Every organisation with its themes, places and contacts, in a list, a table or on the map."), "organisations"),
    ("hand-raised", _("Put your record right"),
     _("Is your organisation here, or missing? What is said of it is yours to see, correct and contest."), "about"),
    ("arrow-down-tray", _("Take the data"),
     _("Every list can be downloaded, and other programs can read the hub. Each figure says where it comes from."),
     "open_data"),
)  # fmt: skip
_MEMBER: tuple[_Door, ...] = (
    ("check", _("Is your record still true?"),
     _("Confirm it with one click, or propose what should change. A mapper answers with a reason."), "organisations"),
    ("user-group", _("Find partners"),
     _("Who works on the same themes, with the same people, in the places next to yours."), "organisations"),
    ("chat-bubble-left-right", _("Follow your proposals"),
     _("What you asked for, what was accepted, and what came back with a reason."), "proposals"),
)  # fmt: skip
_MAPPER: tuple[_Door, ...] = (
    ("document-arrow-up", _("Bring in a list"),
     _("A table, or a report with a table in it. You see every reading before anything is kept, and can undo it."),
     "imports"),
    ("document-duplicate", _("Judge duplicates"),
     _("Records that may be the same body, with the reasons. You decide; it can be taken back."), "duplicates"),
    ("inbox-stack", _("Answer proposals"),
     _("What organisations ask to change in their own records."), "proposals"),
)  # fmt: skip
_COORDINATOR: tuple[_Door, ...] = (
    ("user-plus", _("Invite people"), _("Bring people to the table, and give or end what they may do."), "people"),
    ("inbox-stack", _("Answer proposals"), _("What organisations ask to change in their own records."), "proposals"),
    ("shield-check", _("Read the audit"), _("Everything that happened, in a chain that shows any alteration."),
     "audit"),
)  # fmt: skip
_TECHNICAL: tuple[_Door, ...] = (
    ("users", _("Keep the accounts"), _("Who may sign in, and what they may do."), "people"),
    ("shield-check", _("Read the audit"), _("Everything that happened, in a chain that shows any alteration."),
     "audit"),
    ("key", _("See who may do what"), _("Every address of the hub, every method, every role."), "permissions"),
)  # fmt: skip


def doors_for(user: Any) -> list[dict[str, Any]]:
    """Three things that this person can do here."""
    for role, doors in (
        (roles.COORDINATOR, _COORDINATOR),
        (roles.MAPPER, _MAPPER),
        (roles.MEMBER, _MEMBER),
        (roles.TECHNICAL, _TECHNICAL),
        (roles.VISITOR, _VISITOR),
    ):
        if has(user, role):
            break
    return [
        {
            "icon": icon,
            "title": title,
            "sentence": sentence,
            "url": reverse("about") + "#data" if route == "open_data" else reverse(route),
        }
        for icon, title, sentence, route in doors
    ]


def figures_of_home(level: int) -> dict[str, Any]:
    """How many are listed and of which class, and in how many of the country's municipalities somebody works."""
    by_municipality = registry.counts_by_ancestor(level, 2)
    return {
        "totals": registry.totals(level),
        "by_municipality": by_municipality,
        "reached": sum(1 for n in by_municipality.values() if n),
        "newest": registry.newest(level, 5),
    }


def map_of_home(level: int, by_municipality: Mapping[str, int]) -> SafeString:
    """The hub's own country: counties shaded, a dot at each municipality where somebody works."""
    counts = {**registry.counts_by_ancestor(level, 1), **by_municipality}
    return maps.county_map(settings.COUNTRY, counts, href=lambda code: reverse("place", args=[code]))
