"""Suggestions as a reader sees them: what is asked, what the registry says now, what it would say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.activities.models import Activity
from sofra.activities.services import draft_of, said_of
from sofra.activities.vocabulary import KINDS, Status
from sofra.ground.models import Visibility
from sofra.organisations import vocabulary
from sofra.organisations.models import Fact
from sofra.organisations.queries import with_places
from sofra.places.models import Place
from sofra.places.titles import title_of

from .models import Suggestion
from .suggesting import taken_back

_ACTIVITY_FIELDS = {
    "title": gettext_lazy("Title"),
    "about": gettext_lazy("Description"),
    "kinds": gettext_lazy("Kinds of activity"),
    "themes": gettext_lazy("Themes"),
    "audiences": gettext_lazy("For whom"),
    "languages": gettext_lazy("Languages"),
    "places": gettext_lazy("Places"),
    "place_text": gettext_lazy("Place in their words"),
    "whole_country": gettext_lazy("The whole country"),
    "begins": gettext_lazy("Begins"),
    "ends": gettext_lazy("Ends"),
    "status": gettext_lazy("Status"),
    "reached": gettext_lazy("People reached"),
    "groups": gettext_lazy("Of them"),
    "money": gettext_lazy("Money"),
    "currency": gettext_lazy("Currency"),
    "results": gettext_lazy("Results"),
    "source": gettext_lazy("Source"),
}


@dataclass(slots=True)
class Step:
    """One line of before and after; an empty text is "nothing". `beside`: it joins what stands there."""

    field: str
    before: str = ""
    after: str = ""
    ended: bool = False
    beside: bool = False


@dataclass(slots=True)
class Shown:
    suggestion: Suggestion
    title: str
    steps: list[Step] = field(default_factory=list)
    url: str = ""
    taken_back: bool = False


def shown(suggestions: Iterable[Suggestion]) -> list[Shown]:
    suggestions = list(suggestions)
    before = _facts(suggestions)
    back = taken_back(suggestions)
    return [_one(one, before, one.pk in back) for one in suggestions]


def _facts(suggestions: list[Suggestion]) -> dict[int, Fact]:
    wishes = [wish for one in suggestions for wish in one.content.get("changes", ())]
    found = Fact.objects.in_bulk([wish["fact"] for wish in wishes if "fact" in wish])
    with_places(found.values())
    return found


def _one(one: Suggestion, before: dict[int, Fact], back: bool) -> Shown:
    if one.kind == Suggestion.Kind.RECORD:
        organisation = one.invitation.organisation
        steps = _record_steps(one.content["changes"], before)
        entry = Shown(one, ", ".join(dict.fromkeys(step.field for step in steps)), steps, taken_back=back)
        entry.url = organisation.get_absolute_url() if organisation else ""
    elif one.kind == Suggestion.Kind.NEW:
        entry = Shown(one, one.invitation.name)
        facts = [_fact(row) for row in one.content["facts"]]
        with_places(facts)
        entry.steps = [Step(capfirst(fact.field_name), "", fact.shown) for fact in facts]
    else:
        entry = Shown(one, str(one.content["draft"].get("title") or one.content.get("code", "")))
        entry.steps = _activity_steps(one.content)
    return entry


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(field=row["field"], value=row["value"], detail=row.get("detail") or {})


def _readable(old: Fact) -> str:
    """What stands there; of what is sealed only who may read it, for mappers look at suggestions."""
    sealed = old.visible_to == Visibility.SEALED
    return f"({Visibility.SEALED.label})" if sealed else old.shown


def _record_steps(changes: list[dict[str, Any]], before: dict[int, Fact]) -> list[Step]:
    steps = []
    for wish in changes:
        field_of = vocabulary.FIELDS[wish["field"]]
        name = capfirst(str(field_of.name))
        old = before.get(wish.get("fact", 0))
        new = None if wish["do"] == "end" else _fact(wish)
        with_places([new] if new else [])
        gone = old is not None and old.ended_in_id is not None
        beside = wish["do"] == "add" and field_of.many
        steps.append(Step(name, _readable(old) if old else "", new.shown if new else "", gone, beside))
    return steps


def _activity_steps(content: dict[str, Any]) -> list[Step]:
    now: dict[str, Any] = {}
    if content.get("code") and (activity := Activity.objects.filter(code=content["code"]).first()):
        now = said_of(draft_of(activity))
    return [
        Step(str(_ACTIVITY_FIELDS.get(name, name)), _words(name, now.get(name)), _words(name, value))
        for name, value in content["draft"].items()
    ]


def _words(name: str, value: Any) -> str:
    if value in (None, "", [], False):
        return ""
    if name in ("kinds", "themes", "audiences", "languages"):
        return ", ".join(str(_labels(name).get(code, code)) for code in value)
    if name == "places":
        known = Place.objects.in_bulk(value)
        return ", ".join(title_of(known[code]) if code in known else code for code in value)
    if name in ("begins", "ends"):
        return ".".join(reversed(str(value).split("-")))
    if name == "status":
        return str(Status(value).label)
    if name == "groups":
        return ", ".join(f"{group['number']} {_('women and girls')}" for group in value)
    return str(_("yes")) if value is True else str(value)


def _labels(name: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        "kinds": KINDS, "themes": dict(vocabulary.Theme.choices), "audiences": dict(vocabulary.Audience.choices),
        "languages": dict(vocabulary.Language.choices),
    }  # fmt: skip
    return known[name]
