"""What a report counts: who was mapped, where, of which class and work; activities by kind, place and time.

Everything is counted to eyes of a level. What is not known is counted apart and never as nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from sofra.activities import queries as activities
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.mapping.models import Invitation, Round
from sofra.organisations import queries as registry
from sofra.organisations.models import Fact, Organisation
from sofra.organisations.vocabulary import RelevantKind, SpecificKind
from sofra.places.models import Place

from .wanted import Wanted

UNKNOWN, COUNTRY = "unknown", "country"
_ROW = re.compile(r"(\d+)$")
_SPECIFIC, _RELEVANT = frozenset(SpecificKind.values), frozenset(RelevantKind.values)


# — who was mapped —————————————————————————————————————————————————————————————————————————————————————————


def annex_of(round_: Round) -> str:
    """How the source of a record begins that came from the annex of the round's printed report; "" where none did."""
    start = f"{round_.source}, Annex I, "
    return start if round_.source and Fact.objects.filter(field="name", source__startswith=start).exists() else ""


def mapped(wanted: Wanted) -> list[Organisation]:
    """The organisations that the round mapped, once each, as far as the reader may know of them.

    Those that sent answers; those of the annex of its printed report; those invited; without any of them nobody.
    The option "of" narrows to one of "answered", "annex", "invited", or takes the whole "registry".
    """
    how = wanted.options.get("of", "")
    known = registry.organisations(wanted.level)
    if how == "registry":
        return list(known.order_by("sort_key", "id"))
    invited = Invitation.objects.filter(round=wanted.round).exclude(organisation=None)
    start = annex_of(wanted.round)
    if how == "annex" or (not how and start):
        return of_annex(start, wanted.level)
    answered = invited.exclude(sent_at=None)
    if how == "answered" or (not how and answered.exists()):
        invited = answered
    return _standing(invited.values("organisation"), known)


def _standing(numbers: object, known: "object") -> list[Organisation]:
    found = Organisation.objects.filter(Q(pk__in=numbers) | Q(joined__in=numbers))
    return list(known.filter(pk__in=found.values("pk")).order_by("sort_key", "id"))  # type: ignore[attr-defined]


def of_annex(start: str, level: int) -> list[Organisation]:
    """In the order of the annex's rows."""
    if not start:
        return []
    names = registry.facts(level).filter(field="name", source__startswith=start).order_by("id")
    number: dict[int, int] = {}
    for organisation, source in names.values_list("organisation", "source"):
        match = _ROW.search(source)
        number.setdefault(organisation, int(match[1]) if match else 0)
    found = registry.organisations(level).filter(pk__in=number)
    return sorted(found, key=lambda one: (number[one.pk], one.sort_key))


def facts_of(bodies: Iterable[Organisation], level: int, fields: Sequence[str]) -> Mapping[int, list[Fact]]:
    """The open facts of these fields, in one query for every thousand organisations."""
    bodies = list(bodies)
    found: dict[int, list[Fact]] = {}
    for start in range(0, len(bodies), 1000):
        found |= registry.facts_for(bodies[start : start + 1000], level, fields)
    return found


def by_value(bodies: Sequence[Organisation], level: int, field: str) -> tuple[Counter[str], int]:
    """How many say each code of a field, each organisation once a code; and of how many nothing is known (or shown)."""
    counts: Counter[str] = Counter()
    silent = 0
    for facts in facts_of(bodies, level, [field]).values():
        codes = {fact.value for fact in facts if fact.value}
        counts.update(codes)
        silent += not codes
    return counts, silent


def by_class(bodies: Sequence[Organisation], level: int) -> Counter[str]:
    """specific, relevant, both, unknown: by the kinds of activity that the reader may see."""
    counts: Counter[str] = Counter()
    for facts in facts_of(bodies, level, ["activity_kind"]).values():
        kinds = {fact.value for fact in facts}
        specific, relevant = bool(kinds & _SPECIFIC), bool(kinds & _RELEVANT)
        counts[
            "both" if specific and relevant else "specific" if specific else "relevant" if relevant else UNKNOWN
        ] += 1
    return counts


# — where ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Where:
    """Numbers by code of a place; beside them how many are in the whole country, and of how many it is not known.

    `wider` are those that name a larger place than the ones counted (a whole county among municipalities) and none.
    """

    counts: Mapping[str, int]
    country: int
    wider: int
    unknown: int


def organisations_by_place(bodies: Sequence[Organisation], level: int, depth: int) -> Where:
    """`depth` 1 counts counties, 2 municipalities; each organisation once a place, also where it names a part of it."""
    said = facts_of(bodies, level, ["place"])
    return _where(({fact.value for fact in facts if fact.value} for facts in said.values()), depth)


def activities_by_place(found: Iterable[Activity], depth: int) -> Where:
    sets = []
    for one in found:
        sets.append({"*"} if one.whole_country else set(one.places))
    return _where(sets, depth)


def _where(sets: Iterable[set[str]], depth: int) -> Where:
    paths = dict(Place.objects.values_list("code", "path"))
    counts: Counter[str] = Counter()
    country = wider = unknown = 0
    for codes in sets:
        chains = [paths[code].rstrip("/").split("/") for code in codes if code in paths]
        at = {chain[depth] for chain in chains if len(chain) > depth}
        counts.update(at)
        if not at and ("*" in codes or any(len(chain) == 1 for chain in chains)):
            country += 1
        elif not at and chains:
            wider += 1
        elif not at:
            unknown += 1
    return Where(counts, country, wider, unknown)


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def activities_of(wanted: Wanted) -> list[Activity]:
    """The published activities that the reader may see; the option "of" = "mapped" keeps those of the organisations
    that the round mapped."""
    found = activities.activities(wanted.level).only(
        "id", "kinds", "places", "whole_country", "begins", "ends", "owner", "status"
    )
    if wanted.options.get("work_of") == "mapped":
        numbers = [one.pk for one in mapped(wanted)]
        found = found.filter(Q(owner__in=numbers) | Q(owner__joined_to__in=numbers))
    return list(found.order_by("id"))


def hides_kinds(level: int) -> set[int]:
    """The organisations whose class is not for these eyes: the kinds of their activities would tell it."""
    if level >= Visibility.MEMBERS:
        return set()
    return set(Organisation.objects.filter(class_hidden=True).values_list("pk", flat=True))


def quarter_of(begins: str) -> str:
    """ "2018-Q4"; "2018" where the month is not known, "" where nothing is."""
    if len(begins) >= 7:
        return f"{begins[:4]}-Q{(int(begins[5:7]) + 2) // 3}"
    return begins[:4]


# — who answered ———————————————————————————————————————————————————————————————————————————————————————————

STEPS = ("sent", "begun", "opened", "invited", "refused", "unreachable", "added")


def answered(round_: Round, by: str) -> dict[str, Counter[str]]:
    """Invitations by "kind" of body or by "county" (a code; UNKNOWN where it is not known), each by its step."""
    invited = list(Invitation.objects.filter(round=round_).select_related("organisation__joined_to"))
    bodies = {one.pk: registry.head(one.organisation) for one in invited if one.organisation}
    groups = _groups(bodies, by)
    found: dict[str, Counter[str]] = {}
    for one in invited:
        found.setdefault(groups.get(one.pk, UNKNOWN), Counter())[one.step] += 1
    return found


def _groups(bodies: Mapping[int, Organisation], by: str) -> dict[int, str]:
    if by == "kind":
        return {number: body.kind for number, body in bodies.items()}
    paths = dict(Place.objects.filter(level__gte=1).values_list("code", "path"))
    said = facts_of({one.pk: one for one in bodies.values()}.values(), Visibility.PUBLIC, ["seat", "place"])
    found = {}
    for number, body in bodies.items():
        facts = sorted(said[body.pk], key=lambda fact: fact.field != "seat")
        counties = [paths[fact.value].split("/")[1] for fact in facts if fact.value in paths]
        seat = bool(facts) and facts[0].field == "seat" and facts[0].value in paths
        if counties and (seat or len(set(counties)) == 1):
            found[number] = counties[0]
    return found
