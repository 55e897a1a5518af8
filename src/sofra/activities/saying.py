"""Activities and projects in the reader's words, as far as the reader may know: rows of lists, changes of a record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.accounts.access import level_of
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations import rules
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Language, Theme
from sofra.places.models import Place
from sofra.places.titles import title_of

from . import dates, queries
from .models import Activity, ActivityParty, Kept, Project, Version
from .vocabulary import KINDS, AgeBand, Counted, Mode, Part, Sex, Status

NOT_PUBLIC = gettext_lazy("an organisation that is not public")


def veiled(owner: Organisation | None, level: int) -> bool:
    """Does the organisation keep its class from this reader? Then the kinds that would tell it are not shown either."""
    return level < Visibility.MEMBERS and owner is not None and organisations.head(owner).class_hidden


def shown_kinds(activity: Activity, level: int) -> list[str]:
    hidden = veiled(activity.owner, level)
    return [code for code in activity.kinds if not (hidden and code in ACTIVITY_KINDS)]


def verdict_of(activity: Activity, level: int) -> rules.Verdict | None:
    """The class that follows from its kinds, with what it follows from; None where the owner keeps it back."""
    return None if veiled(activity.owner, level) else rules.classify(activity.kinds)


def class_code(activity: Activity, level: int) -> str:
    found = verdict_of(activity, level)
    return found.activity_class if found else ""


def days_are_open(kept: Kept) -> bool:
    """Is one of its dates only a month or a year?"""
    return any(0 < len(when) < 10 for when in (kept.begins, kept.ends))


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Row:
    """An activity as lists show it. `owner` is the record that stands; None: hidden from the reader, or not known."""

    activity: Activity
    owner: Organisation | None
    partners: list[Organisation]
    hidden_partners: int
    project: Project | None
    places: list[Place]
    kinds: list[str]
    verdict: rules.Verdict | None

    @property
    def owner_hidden(self) -> bool:
        return self.owner is None and self.activity.owner_id is not None

    @property
    def owner_name(self) -> str:
        return self.owner.name if self.owner else str(NOT_PUBLIC) if self.owner_hidden else ""

    @property
    def places_said(self) -> list[str]:
        return [title_of(place) for place in self.places]

    @property
    def places_titled(self) -> list[tuple[Place, str]]:
        """With the kind of place: there is a Municipality of Cërrik, and a unit of that name in it."""
        return list(zip(self.places, self.places_said, strict=True))

    @property
    def kinds_said(self) -> list[str]:
        return [str(KINDS[code]) for code in self.kinds]

    @property
    def themes_said(self) -> list[str]:
        return [str(Theme(code).label) for code in self.activity.themes]

    @property
    def audiences_said(self) -> list[str]:
        return [str(Audience(code).label) for code in self.activity.audiences]

    @property
    def languages_said(self) -> list[str]:
        return [str(Language(code).label) for code in self.activity.languages]

    @property
    def class_code(self) -> str:
        return self.verdict.activity_class if self.verdict else ""


def rows_of(activities: Iterable[Activity], level: int) -> list[Row]:
    """A page of activities, with four questions for all of them together."""
    found = list(activities)
    parties: dict[int, list[tuple[int, str]]] = {}
    for activity, organisation, part in ActivityParty.objects.filter(
        activity__in=[one.pk for one in found]
    ).values_list("activity", "organisation", "part"):
        parties.setdefault(activity, []).append((organisation, part))
    numbers = {number for said in parties.values() for number, _part in said}
    names = queries.standing(numbers | {one.owner_id for one in found if one.owner_id}, level)
    projects = queries.projects(level).in_bulk({one.project_id for one in found if one.project_id})
    places = Place.objects.in_bulk({code for one in found for code in one.places})
    return [_row(one, parties.get(one.pk, []), names, projects, places, level) for one in found]


def own_rows_of(activities: Iterable[Activity], user: Any, owner: Organisation) -> list[Row]:
    """As rows_of, for those who write for the organisation that leads these: they know it and its own projects, drafts
    too. Of others (partners, projects in which it takes part) they see what everybody of their role does."""
    found = list(activities)
    own = queries.projects_open_to(owner, level_of(user), organisations.level_at(user, owner))
    projects = own.in_bulk({one.project_id for one in found if one.project_id})
    return [
        replace(row, owner=row.owner or owner, project=row.project or projects.get(row.activity.project_id or 0))
        for row in rows_of(found, level_of(user))
    ]


def _row(
    activity: Activity,
    parties: Sequence[tuple[int, str]],
    names: Mapping[int, Organisation],
    projects: Mapping[int, Project],
    places: Mapping[str, Place],
    level: int,
) -> Row:
    owner = names.get(activity.owner_id or 0)
    partners = [number for number, part in parties if part == Part.PARTNER]
    shown = dict.fromkeys(names[number] for number in partners if number in names)
    # An owner of whom the reader may not know keeps its class as well.
    hides = level < Visibility.MEMBERS and owner is not None and owner.class_hidden
    kinds = [code for code in activity.kinds if not (hides and code in ACTIVITY_KINDS)]
    return Row(
        activity=activity,
        owner=owner,
        partners=[one for one in shown if one != owner],
        hidden_partners=sum(number not in names for number in partners),
        project=projects.get(activity.project_id or 0),
        places=[places[code] for code in activity.places if code in places],
        kinds=kinds,
        verdict=None if hides else rules.classify(activity.kinds),
    )


# — what was changed ———————————————————————————————————————————————————————————————————————————————————————

FIELD_NAMES = {
    "title": gettext_lazy("title"),
    "owner": gettext_lazy("led by"),
    "partners": gettext_lazy("partners"),
    "project": gettext_lazy("project"),
    "funders": gettext_lazy("funders"),
    "about": gettext_lazy("description"),
    "aim": gettext_lazy("what it wants to change"),
    "kinds": gettext_lazy("kinds of activity"),
    "themes": gettext_lazy("themes"),
    "audiences": gettext_lazy("for whom"),
    "languages": gettext_lazy("languages"),
    "places": gettext_lazy("places of work"),
    "place_text": gettext_lazy("places in the source's words"),
    "whole_country": gettext_lazy("whole country"),
    "begins": gettext_lazy("begins"),
    "ends": gettext_lazy("ends"),
    "status": gettext_lazy("status"),
    "mode": gettext_lazy("in person or online"),
    "times_held": gettext_lazy("times held"),
    "reached": gettext_lazy("people reached"),
    "counted": gettext_lazy("how they were counted"),
    "reached_complete": gettext_lazy("everybody is counted"),
    "groups": gettext_lazy("people reached, told apart"),
    "money": gettext_lazy("cost"),
    "budget": gettext_lazy("budget"),
    "currency": gettext_lazy("currency"),
    "money_visible_to": gettext_lazy("who may see the money"),
    "budget_visible_to": gettext_lazy("who may see the money"),
    "results": gettext_lazy("results"),
    "source": gettext_lazy("source"),
    "visible_to": gettext_lazy("who may see it"),
}
_CODED: dict[str, Any] = {
    "kinds": KINDS, "themes": dict(Theme.choices), "audiences": dict(Audience.choices),
    "languages": dict(Language.choices), "status": dict(Status.choices), "mode": dict(Mode.choices),
    "counted": dict(Counted.choices), "visible_to": dict(Visibility.choices),
    "money_visible_to": dict(Visibility.choices), "budget_visible_to": dict(Visibility.choices),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A version with what it changed, as (field, before, after) in words. `told`: may the reader know it?"""

    version: Version
    changes: list[tuple[str, str, str]]
    told: bool


def steps_of(kept: Activity | Project, versions: Sequence[Version], level: int, others: int) -> list[Step]:
    """What each of these versions (newest first) changed. `level`: the reader's here, `others`: elsewhere."""
    oldest = versions[-1].number if versions else 0
    before = kept.versions.filter(number__lt=oldest).order_by("-number").first()
    older = [*versions[1:], before]
    words = _Words([*(one.said for one in versions), before.said if before else {}], level, others)
    return [_step(version, previous, words, level) for version, previous in zip(versions, older, strict=True)]


def _step(version: Version, before: Version | None, words: "_Words", level: int) -> Step:
    said, past = version.said, before.said if before else {}
    told = max(said.get("visible_to", 0), past.get("visible_to", 0)) <= level
    return Step(version, _compared(past, said, words) if told and past else [], told)


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any], level: int, others: int
) -> list[tuple[str, str, str]]:
    """Two sayings of a record compared, as (field, before, now) in words."""
    return _compared(before, now, _Words([before, now], level, others))


def three_ways(said: Sequence[Mapping[str, Any]], level: int, others: int) -> list[tuple[str, str, list[str]]]:
    """Several sayings of a record side by side: (field, its name, each in words), where they are not all the same."""
    words = _Words(said, level, others)
    return [
        (name, str(capfirst(name_of)), [words.of(name, one) for one in said])
        for name, name_of in FIELD_NAMES.items()
        if any(one.get(name) != said[0].get(name) for one in said) and all(words.may(name, one) for one in said)
    ]


def _compared(past: Mapping[str, Any], said: Mapping[str, Any], words: "_Words") -> list[tuple[str, str, str]]:
    return [
        (str(capfirst(name_of)), words.of(name, past), words.of(name, said))
        for name, name_of in FIELD_NAMES.items()
        if past.get(name) != said.get(name) and words.may(name, said) and words.may(name, past)
    ]


class _Words:
    """Kept values in words; organisations, places and projects of all versions are looked up at once."""

    def __init__(self, said: Iterable[Mapping[str, Any]], level: int, others: int) -> None:
        self.level = level
        codes: set[str] = set()
        places: set[str] = set()
        projects: set[str] = set()
        for one in said:
            codes |= {one.get("owner", ""), *one.get("partners", ())}
            codes |= {funder["organisation"] for funder in one.get("funders", ())}
            places |= set(one.get("places", ()))
            projects.add(one.get("project", ""))
        known = Organisation.objects.filter(code__in=codes, visible_to__lte=others)
        self.organisations = dict(known.values_list("code", "name"))
        self.places = {code: title_of(place) for code, place in Place.objects.in_bulk(places).items()}
        self.projects = dict(queries.projects(others).filter(code__in=projects).values_list("code", "title"))

    def may(self, name: str, said: Mapping[str, Any]) -> bool:
        if said.get("visible_to", 0) > self.level:  # what it said while it was sealed
            return False
        limit = max(said.get("money_visible_to", 0), said.get("budget_visible_to", 0))
        return name not in {"money", "budget", "currency"} or limit <= self.level

    def of(self, name: str, said: Mapping[str, Any]) -> str:
        value = said.get(name)
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name == "groups":
            return "; ".join(f"{group_words(one)}: {one['number']}" for one in value)
        if name == "funders":
            return "; ".join(self._funder(one, said) for one in value)
        if isinstance(value, list):
            return ", ".join(self._one(name, item) for item in value)
        return self._one(name, value)

    def _one(self, name: str, value: Any) -> str:
        if name in _CODED:
            return str(_CODED[name].get(value, value))
        if name in {"owner", "partners"}:
            return str(self.organisations.get(value, NOT_PUBLIC))
        if name == "places":
            return self.places.get(value, value)
        if name == "project":
            return str(self.projects.get(value, value))
        return dates.written(value) if name in {"begins", "ends"} else str(value)

    def _funder(self, one: Mapping[str, Any], said: Mapping[str, Any]) -> str:
        name = str(self.organisations.get(one["organisation"], NOT_PUBLIC))
        shows = one["amount"] is not None and self.may("budget", said)
        return f"{name} ({one['amount']})" if shows else name


def group_words(group: Any) -> str:
    """What a group of those reached has in common: "women and girls, 15 to 18"."""
    said = group if isinstance(group, Mapping) else {n: getattr(group, n) for n in ("by", "sex", "age", "audience")}
    words = [
        str(Sex(said["sex"]).label) if said["sex"] else "",
        str(AgeBand(said["age"]).label) if said["age"] else "",
        str(dict(Audience.choices).get(said["audience"], said["audience"])),
    ]
    return ", ".join(word for word in words if word) or _("not said")
