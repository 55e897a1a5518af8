"""What can be asked of rounds: which there are, who was asked, how far each came. Mappers read invitations."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.organisations.models import Fact, Organisation
from sofra.organisations.vocabulary import Kind as Body
from sofra.places.models import Place
from sofra.places.titles import title_of
from sofra.questionnaires.models import Filling

from . import rules
from .models import Invitation, Letter, Round, Suggestion

Step = Invitation.Step
UNKNOWN, SEVERAL, WHOLE = "?", "*", "all"
_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")


# — rounds —————————————————————————————————————————————————————————————————————————————————————————————————


def may_map(user: Any) -> bool:
    return has(user, roles.MAPPER)


def rounds(user: Any) -> QuerySet[Round]:
    """All but drafts; for mappers all."""
    found = Round.objects.select_related("version__questionnaire", "before")
    return found if may_map(user) else found.exclude(state=Round.State.DRAFT)


def round_for(user: Any, code: str) -> Round:
    """Raises Http404 for a code that is none, and for a draft that the viewer may not see."""
    found = rounds(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def next_code(country: str, year: str) -> str:
    """A free code for a round of a country: "al.2026.mapping", "al.2026-2.mapping"."""
    base, number = f"{country.lower()}.{year}", 1
    while Round.objects.filter(code=f"{base}{f'-{number}' if number > 1 else ''}.mapping").exists():
        number += 1
    return f"{base}{f'-{number}' if number > 1 else ''}.mapping"


def counted(found: Iterable[Round]) -> "dict[int, Rate]":
    """How many answered of those whom each round asks, for a list of rounds, in one query."""
    listed: dict[int, list[Invitation]] = {one.pk: [] for one in found}
    for invitation in Invitation.objects.filter(round__in=listed):
        listed[invitation.round_id].append(invitation)
    return {pk: _whole(of) for pk, of in listed.items()}


def whole_rate(rows: Sequence["Row"]) -> "Rate":
    """How many of all on the list answered."""
    return _whole([row.invitation for row in rows])


def _whole(listed: Sequence[Invitation]) -> "Rate":
    known = not listed or any(map(asked_here, listed))
    return replace(rate_of("", "", [one.step for one in listed]), asked_known=known)


# — who was asked ——————————————————————————————————————————————————————————————————————————————————————————


def invitations(found: Round) -> QuerySet[Invitation]:
    return found.invitations.select_related("organisation__joined_to", "filling", "round")


def invitation_for(found: Round, number: int) -> Invitation:
    one = invitations(found).filter(pk=number).first()
    if one is None:
        raise Http404
    return one


def invitation_of(filling: Filling) -> Invitation | None:
    known = Invitation.objects.select_related("round__version", "organisation")
    return known.filter(filling=filling).first()


@dataclass(slots=True)
class Row:
    """A line of the response table. `county` is a place's code, or UNKNOWN, SEVERAL, WHOLE; `kind` a code of body."""

    invitation: Invitation
    county: str
    county_name: str
    kind: str
    kind_name: str
    step: str
    failed: str

    @property
    def step_name(self) -> str:
        return str(Step(self.step).label)


def response_table(found: Round) -> list[Row]:
    """Everyone that the round asks, in the order of their names, each with where it works and how far it came."""
    asked = list(invitations(found))
    where = counties_of([one.organisation for one in asked if one.organisation])
    names = county_names(where.values())
    kinds = {code: capfirst(str(name)) for code, name in Body.choices}
    failed = _failures(found)
    rows = []
    for one in asked:
        county = where.get(one.organisation_id or 0, UNKNOWN)
        kind = one.organisation.kind if one.organisation else Body.UNKNOWN.value
        rows.append(Row(one, county, names[county], kind, kinds[kind], one.step, failed.get(one.pk, "")))
    return sorted(rows, key=lambda row: fold(row.invitation.name))


def _failures(found: Round) -> dict[int, str]:
    """Why the newest letter to an invitation did not arrive; nothing for those whose newest did."""
    newest: dict[int, str] = {}
    for letter in Letter.objects.filter(invitation__round=found).order_by("id"):
        newest[letter.invitation_id] = letter.bounced_because or letter.failed_because
    return {number: why for number, why in newest.items() if why}


def counties_of(organisations: Iterable[Organisation]) -> dict[int, str]:
    """The county of each: that of its seat; else the one in which it works, SEVERAL, or WHOLE for the whole country."""
    ids = [one.pk for one in organisations]
    said: dict[int, dict[str, list[str]]] = {}
    facts = Fact.objects.filter(organisation__in=ids, field__in=("seat", "place"), ended_in=None).exclude(value="")
    for pk, field, value in facts.filter(visible_to__lte=Visibility.MEMBERS).values_list(
        "organisation", "field", "value"
    ):
        said.setdefault(pk, {}).setdefault(field, []).append(value)
    codes = {code for fields in said.values() for values in fields.values() for code in values}
    paths = dict(Place.objects.filter(pk__in=codes).values_list("code", "path"))
    return {pk: _county(fields, paths) for pk, fields in said.items()}


def _county(said: dict[str, list[str]], paths: dict[str, str]) -> str:
    for field in ("seat", "place"):
        chains = [paths[code].strip("/").split("/") for code in said.get(field, ()) if code in paths]
        if not chains:
            continue
        if any(len(chain) == 1 for chain in chains):
            return WHOLE
        counties = {chain[1] for chain in chains}
        return counties.pop() if len(counties) == 1 else SEVERAL
    return UNKNOWN


def county_names(codes: Iterable[str]) -> dict[str, str]:
    known = {code: title_of(place) for code, place in Place.objects.in_bulk(list(set(codes))).items()}
    said = {UNKNOWN: _("not known"), SEVERAL: _("several counties"), WHOLE: _("the whole country")}
    return known | {code: capfirst(words) for code, words in said.items()}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a group answered. `base` are all that the round means to ask; shares in whole percent of it."""

    code: str
    label: str
    base: int
    sent: int
    refused: int
    unreachable: int
    waiting: int
    asked_known: bool = True

    @property
    def percent(self) -> int | None:
        return rules.percent(self.sent, self.base)


def rate_of(code: str, label: str, steps: Sequence[str]) -> Rate:
    sent, refused, unreachable = (steps.count(step) for step in (Step.SENT, Step.REFUSED, Step.UNREACHABLE))
    waiting = len(steps) - sent - refused - unreachable
    return Rate(code, label, len(steps), sent, refused, unreachable, waiting)


def rates(rows: Sequence[Row], by: str) -> list[Rate]:
    """The rates by "county" or "kind"; those of which it is not known stand last, apart."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by), []).append(row)
    last = (UNKNOWN, Body.UNKNOWN.value)
    found = [rate_of(code, getattr(of[0], f"{by}_name"), [row.step for row in of]) for code, of in groups.items()]
    return sorted(found, key=lambda one: (one.code in last, one.code in (SEVERAL, WHOLE), fold(one.label)))


def steps_counted(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """(code, name, how many) of each step, those at which nobody stands too."""
    reached = [row.step for row in rows]
    return [(step.value, capfirst(str(step.label)), reached.count(step)) for step in Step]


def public_numbers(found: Round, level: int = Visibility.PUBLIC) -> dict[str, Any]:
    """What may be known of who takes part: numbers only; none is named. Of few it is told together (rules.FEW)."""
    rows = response_table(found)
    whole = whole_rate(rows)
    careful = level < Visibility.MEMBERS and whole.asked_known
    by = {name: rates(rows, name) for name in ("county", "kind")}
    told = {f"by_{name}": _told_apart(of) if careful else of for name, of in by.items()}
    return {"asked_known": whole.asked_known, "whole": whole, **told}


def _told_apart(found: list[Rate]) -> list[Rate]:
    """Groups of fewer than FEW bodies become one row, with the next larger one where they are few together too.

    None at all where that one row would be everyone.
    """
    least = sorted(found, key=lambda one: one.base)
    few = [one for one in least if one.base < rules.FEW]
    while few and len(few) < len(least) and sum(one.base for one in few) < rules.FEW:
        few.append(least[len(few)])
    if not few:
        return found
    if len(few) == len(found):
        return []
    added = {name: sum(getattr(one, name) for one in few) for name in ("base", "sent", "refused", "unreachable")}
    others = Rate("", _("Others together"), waiting=sum(one.waiting for one in few), **added)
    return [one for one in found if one not in few] + [others]


def asked_here(invitation: Invitation) -> bool:
    """Is it known that this body was asked? Of one that a source names as having taken part, only that it did."""
    return not invitation.elsewhere or invitation.invited_at is not None


# — whom to ask ————————————————————————————————————————————————————————————————————————————————————————————


def addresses_of(organisations: Iterable[Organisation]) -> dict[int, str]:
    """The e-mail address that the registry has for each, as members see it; none for the others."""
    found: dict[int, str] = {}
    facts = Fact.objects.filter(
        organisation__in=[one.pk for one in organisations], field="contact", ended_in=None,
        visible_to__lte=Visibility.MEMBERS,
    )  # fmt: skip
    for pk, value in facts.order_by("id").values_list("organisation", "value"):
        if pk not in found and (match := _ADDRESS.search(value)):
            found[pk] = match[0]
    return found


def languages_of(organisations: Iterable[Organisation]) -> dict[int, str]:
    """The language to write to each in: Albanian, unless the registry names English and not Albanian."""
    said: dict[int, set[str]] = {}
    ids = [one.pk for one in organisations]
    for pk, value in Fact.objects.filter(organisation__in=ids, field="language", ended_in=None).values_list(
        "organisation", "value"
    ):
        said.setdefault(pk, set()).add(value)
    return {pk: "en" if "en" in spoken and "sq" not in spoken else "sq" for pk, spoken in said.items()}


def refusals(found: Round, organisations: Iterable[Organisation], names: Iterable[str] = ()) -> list[Invitation]:
    """The standing refusals of these bodies in other rounds, the newest of each."""
    ids = {one.pk for one in organisations}
    folded = {fold(name) for name in names}
    refused = Invitation.objects.filter(refused_at__isnull=False).exclude(round=found)
    newest: dict[str, Invitation] = {}
    for one in refused.select_related("round", "organisation").order_by("refused_at"):
        if one.refuses and (one.organisation_id in ids or fold(one.name) in folded):
            newest[fold(one.name)] = one
    return list(newest.values())


def matches(names: Iterable[str]) -> dict[str, list[tuple[Organisation, str, int]]]:
    """For each pasted name the records that may be meant: (record, reasons, percent), the likeliest first.

    Only a person's word makes one of them the invited one.
    """
    names = list(dict.fromkeys(names))
    if not names:
        return {}
    from sofra.organisations.duplicates import registry_records
    from sofra.organisations.matching import Record, find_twins  # numpy is loaded only where it is needed
    from sofra.organisations.matching.saying import in_words

    rows = [Record(id=str(number), names=(name,)) for number, name in enumerate(names)]
    pairs = find_twins(rows, registry_records(), floor=0.3)
    by_code = {
        one.code: one for one in Organisation.objects.filter(code__in=[p.b for p in pairs] + [p.a for p in pairs])
    }
    found: dict[str, list[tuple[Organisation, str, int]]] = {}
    for pair in sorted(pairs, key=lambda pair: -pair.probability):
        row, code = (pair.a, pair.b) if pair.b in by_code else (pair.b, pair.a)
        if code in by_code and row.isdigit():
            why = ", ".join(in_words(reason) for reason in pair.reasons)
            found.setdefault(names[int(row)], []).append((by_code[code], why, min(round(pair.probability * 100), 99)))
    return {name: likely[:4] for name, likely in found.items()}


def likely_name(name: str) -> Organisation | None:
    """The one standing record that bears exactly this name or acronym."""
    records = Organisation.objects.filter(ended_in=None, joined_to=None)
    found = records.filter(Q(name__iexact=name) | Q(acronym__iexact=name))[:2]
    return found[0] if len(found) == 1 else None


def uninvited_in(found: Round, version: int | None) -> Q:
    """Which fillings that no invitation asked for are the round's: several rounds may ask with one version.

    Such a filling belongs to the round that had opened last when it was begun; with one round alone, to that.
    """
    others = Round.objects.filter(version=version).exclude(pk=found.pk).exclude(state=Round.State.DRAFT, opened_at=None)
    openings = [one.opened_at or one.created_at for one in others]
    mine, window = found.opened_at or found.created_at, Q(invitation=None)
    if any(at < mine for at in openings):
        window &= Q(begun_at__gte=mine)
    if later := [at for at in openings if at >= mine]:
        window &= Q(begun_at__lt=min(later))
    return window


def arrivals(found: Round) -> QuerySet[Filling]:
    """Answers to the round's questionnaire that came without an invitation: from a phone, on paper, from an export."""
    sent = Filling.objects.filter(version=found.version_id, state=Filling.State.SENT)
    mine = sent.filter(uninvited_in(found, found.version_id), begun_at__gte=found.opened_at or found.created_at)
    return mine.order_by("sent_at")


# — letters and suggestions ————————————————————————————————————————————————————————————————————————————————


def letters(found: Round) -> QuerySet[Letter]:
    return Letter.objects.filter(invitation__round=found).select_related("invitation__organisation", "by")


def in_the_post(found: Round) -> dict[str, int]:
    """How many of the round's letters wait for the post, went out and could not go."""
    return Letter.objects.filter(invitation__round=found).aggregate(
        waiting=Count("pk", filter=Q(sent_at=None, failed_because="")),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        failed=Count("pk", filter=~Q(failed_because="")),
    )


def letter_for(found: Round, number: int) -> Letter:
    one = letters(found).filter(pk=number).first()
    if one is None:
        raise Http404
    return one


def suggestions(found: Round) -> QuerySet[Suggestion]:
    of = Suggestion.objects.filter(invitation__round=found)
    return of.select_related("invitation__organisation", "invitation__filling", "decided_by", "proposal__change")
