"""What can be asked of the registry, each visible to whom. There is no query here that shows everything by default."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Count, F, Func, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from sofra.accounts import roles
from sofra.accounts.access import has, level_of, role_of
from sofra.ground.models import AuditLine, Visibility
from sofra.ground.text import sort_key
from sofra.places.models import Kind, Place
from sofra.places.titles import short_name_of, title_of

from . import rules, search, vocabulary
from .models import Candidate, Change, Editor, Fact, Judgement, Organisation, Proposal

SEARCH_LIMIT = 1000


def organisations(level: int) -> QuerySet[Organisation]:
    """The standing records (not joined to another, not taken back) that a viewer of this level may know of."""
    return Organisation.objects.filter(ended_in=None, joined_to=None, visible_to__lte=level)


def facts(level: int) -> QuerySet[Fact]:
    return Fact.objects.filter(ended_in=None, visible_to__lte=level)


# What the class follows from: where an organisation keeps its label out of public view, these would tell it.
TELLING = ("activity_kind", "focus_text")


def tells_class(organisation: Organisation, field: str, level: int) -> bool:
    """Would this field give away a class that the organisation keeps from a viewer of this level?"""
    return field in TELLING and organisation.class_hidden and level < Visibility.MEMBERS


# — lists ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; each is an address parameter of the same name."""

    q: str = ""
    kind: tuple[str, ...] = ()
    activity_class: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    activity_kind: tuple[str, ...] = ()
    place: Place | None = None
    age: str = ""

    def any(self) -> bool:
        return self != Filters()


def listed(level: int, filters: Filters = Filters()) -> QuerySet[Organisation]:
    """The organisations that fit all filters, in Albanian order. Values of one filter are alternatives."""
    found = organisations(level)
    if filters.kind:
        found = found.filter(kind__in=filters.kind)
    if filters.activity_class:
        shown = found.filter(activity_class__in=filters.activity_class)
        found = shown if level >= Visibility.MEMBERS else shown.filter(class_hidden=False)
    for name in ("theme", "audience", "language", "activity_kind"):
        if values := getattr(filters, name):
            found = found.filter(_says(level, field=name, value__in=values))
            if name in TELLING and level < Visibility.MEMBERS:
                found = found.filter(class_hidden=False)
    if filters.place is not None:
        below = Place.objects.within(filters.place).values("code")
        found = found.filter(_says(level, field__in=("place", "seat"), value__in=below))
    if filters.age:
        found = found.filter(_aged(filters.age))
    if search.words(filters.q):
        found = found.filter(searchable__words=filters.q)
    return found.order_by("sort_key", "id")


class Coded(Func):
    """ "The fact holds a code": written out in the query as in the index `fact_filter`, or SQLite passes it by."""

    conditional = True
    output_field = BooleanField()
    template = f"%(expressions)s IN ({', '.join(repr(field) for field in vocabulary.FILTERED)})"

    def __init__(self) -> None:
        super().__init__(F("field"))


def coded_facts(level: int) -> QuerySet[Fact]:
    """The facts that lists are narrowed by: themes, kinds of activity, audiences, languages, places, seats."""
    return facts(level).filter(Coded())


def _says(level: int, **said: Any) -> Q:
    return Q(pk__in=coded_facts(level).filter(**said).values("organisation"))


def _aged(age: str) -> Q:
    today = timezone.localdate()
    fresh, stale = today - timedelta(days=rules.FRESH_DAYS), today - timedelta(days=rules.STALE_DAYS)
    return {
        "fresh": Q(confirmed_on__gte=fresh),
        "ageing": Q(confirmed_on__lt=fresh, confirmed_on__gte=stale),
        "stale": Q(confirmed_on__lt=stale),
        "never": Q(confirmed_on=None),
    }.get(age, Q())


def facts_for(organisations: Iterable[Organisation], level: int, fields: Iterable[str]) -> dict[int, list[Fact]]:
    """The facts of some fields for a page of a list, by organisation, in one query."""
    by_id = {organisation.pk: organisation for organisation in organisations}
    found: dict[int, list[Fact]] = {pk: [] for pk in by_id}
    for fact in facts(level).filter(organisation__in=found, field__in=list(fields)).order_by("id"):
        if not tells_class(by_id[fact.organisation_id], fact.field, level):
            found[fact.organisation_id].append(fact)
    return found


@dataclass(frozen=True)
class Hits:
    """What a search found: at most `SEARCH_LIMIT` are counted; `more` says that there are more."""

    organisations: list[Organisation]
    total: int
    more: bool


def search_organisations(level: int, typed: str, *, limit: int = 25, offset: int = 0) -> Hits:
    """Records whose names begin with what was typed come first, the rest in Albanian order."""
    if not search.words(typed):
        return Hits([], 0, False)
    found = organisations(level).filter(searchable__words=typed)
    ids = list(found.order_by().values_list("id", flat=True)[: SEARCH_LIMIT + 1])
    key = sort_key(typed)
    begins = list(
        organisations(level).filter(sort_key__gte=key, sort_key__lt=key + "~").order_by("sort_key", "id")[:limit]
    ) if key and offset == 0 else []  # fmt: skip
    first = [organisation.pk for organisation in begins]
    rest = list(
        Organisation.objects.filter(pk__in=ids[:SEARCH_LIMIT])
        .exclude(pk__in=first)
        .order_by("sort_key", "id")[offset : offset + limit]
    )
    total = min(len(ids), SEARCH_LIMIT)
    return Hits((begins + rest)[:limit], total, len(ids) > SEARCH_LIMIT)


# — one record —————————————————————————————————————————————————————————————————————————————————————————————


def organisation_for(user: Any, code: str) -> Organisation:
    """The record with this code that the viewer may see, even one that was joined to another; otherwise 404."""
    organisation = Organisation.objects.select_related("joined_to").filter(code=code, ended_in=None).first()
    if organisation is None:
        raise Http404
    # A record that was joined keeps its own level: its old address must not tell that it ever was.
    if max(organisation.visible_to, head(organisation).visible_to) > level_at(user, organisation):
        raise Http404
    return organisation


def public_organisation(code: str) -> Organisation | None:
    """What everyone may see under this code: the record itself or the one that stands for it."""
    found = Organisation.objects.select_related("joined_to").filter(code=code, ended_in=None).first()
    if found is None or found.visible_to > Visibility.PUBLIC:
        return None
    stands = head(found)
    return None if stands.visible_to > Visibility.PUBLIC or stands.ended_in_id is not None else stands


def other_codes(organisation: Organisation, level: int) -> list[str]:
    """The ids of records that were joined to this one, as far as the viewer may know of them."""
    joined = organisation.joined.filter(ended_in=None, visible_to__lte=level)
    return list(joined.order_by("code").values_list("code", flat=True))


def head(organisation: Organisation) -> Organisation:
    """The record that stands for this one."""
    return organisation.joined_to or organisation


def is_editor(user: Any, organisation: Organisation) -> bool:
    """Does this person speak for the organisation (or for one that was joined with it)?"""
    if not has(user, roles.MEMBER):  # a person whose roles have ended speaks for nobody
        return False
    same = Q(organisation=organisation) | Q(organisation__joined_to=organisation)
    return Editor.objects.filter(same, user=user, ended_on=None).exists()


def level_at(user: Any, organisation: Organisation) -> int:
    """How much of this record the person may see: an organisation's own editors see all of it."""
    level = level_of(user)
    if level < Visibility.SEALED and role_of(user) == roles.MEMBER and is_editor(user, organisation):
        return Visibility.SEALED
    return level


def may_propose(user: Any, organisation: Organisation) -> bool:
    return role_of(user).rank >= roles.MAPPER.rank or is_editor(user, organisation)


def may_decide(user: Any) -> bool:
    return role_of(user).rank >= roles.MAPPER.rank


def record_of(organisation: Organisation, level: int) -> dict[str, list[Fact]]:
    """All open facts that the viewer may see, by field, in the order of vocabulary.FIELDS."""
    found: dict[str, list[Fact]] = {code: [] for code in vocabulary.FIELDS}
    for fact in facts(level).filter(organisation=organisation).select_related("confirmed_by", "said_of").order_by("id"):
        if not tells_class(organisation, fact.field, level):
            found[fact.field].append(fact)
    with_places(fact for said in found.values() for fact in said)
    return {code: said for code, said in found.items() if said}


def with_places(said: Iterable[Fact]) -> list[Fact]:
    """The facts with their places looked up, in one query for all."""
    said = list(said)
    places = places_by_code(fact.value for fact in said if fact.field in {"place", "seat"})
    for fact in said:
        fact.place = places.get(fact.value) if fact.field in {"place", "seat"} else None
    return said


def history_of(organisation: Organisation, level: int) -> list[dict[str, Any]]:
    """What was changed, newest first: {"change", "added", "ended", "undone"}; only facts that the viewer may see."""
    seen = Fact.objects.filter(organisation=organisation, visible_to__lte=level)
    changes: dict[int, dict[str, Any]] = {}
    for fact in with_places(seen.select_related("added_in__by", "ended_in__by").order_by("id")):
        for act, key in ((fact.added_in, "added"), (fact.ended_in, "ended")):
            if act is not None:
                entry = changes.setdefault(act.pk, {"change": act, "added": [], "ended": []})
                entry[key].append(fact)
    undone = set(Change.objects.filter(undoes__in=changes).values_list("undoes", flat=True))
    for pk, entry in changes.items():
        entry["undone"] = pk in undone
    return [changes[pk] for pk in sorted(changes, reverse=True)]


def open_proposals(user: Any) -> QuerySet[Proposal]:
    """What waits: for mappers everything, for an editor what concerns the editor's organisations."""
    waiting = Proposal.objects.filter(state=Proposal.State.OPEN).select_related("organisation", "by").order_by("at")
    if may_decide(user):
        return waiting.exclude(pk__in=[one.pk for one in waiting if not _reads(user, one)])
    if not has(user, roles.MEMBER):
        return waiting.none()
    return waiting.filter(organisation__editors__in=Editor.objects.filter(user=user, ended_on=None))


def _reads(user: Any, proposal: Proposal) -> bool:
    """May a mapper read it? One that says or ends something sealed waits for the coordinator."""
    level = level_of(user)
    if level >= Visibility.SEALED or proposal.by == user:
        return True
    ended = [wish["fact"] for wish in proposal.changes if "fact" in wish]
    said = [wish["visible_to"] for wish in proposal.changes if wish.get("visible_to") is not None]
    said += Fact.objects.filter(pk__in=ended).values_list("visible_to", flat=True) if ended else []
    return max([proposal.organisation.visible_to, *said]) <= level


def contests(organisation: Organisation) -> QuerySet[Proposal]:
    """Standing objections to the class that the rule gives."""
    return organisation.proposals.filter(contests_class=True, state=Proposal.State.OPEN).order_by("at")


def edited_by(user: Any) -> QuerySet[Organisation]:
    """The organisations that the person speaks for; none for people whose roles have ended."""
    if not has(user, roles.MEMBER):
        return Organisation.objects.none()
    return Organisation.objects.filter(editors__user=user, editors__ended_on=None, ended_in=None).distinct()


# — duplicates —————————————————————————————————————————————————————————————————————————————————————————————


def _both(level: int) -> dict[str, int]:
    return {"left__visible_to__lte": level, "right__visible_to__lte": level}


def candidates(level: int) -> QuerySet[Candidate]:
    return Candidate.objects.filter(**_both(level)).select_related("left", "right").order_by("-probability", "id")


def judgements(level: int) -> QuerySet[Judgement]:
    standing = Judgement.objects.filter(revoked_at=None, **_both(level))
    return standing.select_related("left", "right", "by").order_by("-at")


def judgement_for(level: int, number: int) -> Judgement:
    """A word on two records of which the viewer may know, standing or revoked; 404 for every other number."""
    found = Judgement.objects.filter(**_both(level), pk=number).first()
    if found is None:
        raise Http404
    return found


# — the audit ——————————————————————————————————————————————————————————————————————————————————————————————

UNTOLD = "…"


def audit_lines(level: int, about: str = "") -> QuerySet[AuditLine]:
    """The audit, newest first, or of one thing of which the viewer may know."""
    lines = AuditLine.objects.order_by("-id")
    if not about:
        return lines
    return lines.none() if about in _untold(level) else lines.filter(about=about)


def _untold(level: int) -> set[str]:
    return set(Organisation.objects.filter(visible_to__gt=level).values_list("code", flat=True))


def discreet(lines: Iterable[AuditLine], level: int) -> Iterator[AuditLine]:
    """The lines without the codes of records that the viewer may not know of: a code is made from a name.

    The technical administrator keeps the chain and reads nothing sealed.
    """
    untold = _untold(level)
    for line in lines:
        if line.about.partition(" ")[0] in untold:  # "al.council meeting 3" names it too
            line.about = UNTOLD
        line.detail = {key: UNTOLD if _names_one(value, untold) else value for key, value in line.detail.items()}
        yield line


def _names_one(value: Any, untold: set[str]) -> bool:
    return not untold.isdisjoint(value if isinstance(value, list) else [str(value)])


# — places and figures —————————————————————————————————————————————————————————————————————————————————————


def working_at(codes: Iterable[str], level: int) -> QuerySet[Organisation]:
    """Those who work at, or have their seat at, exactly one of these places."""
    return organisations(level).filter(_says(level, field__in=("place", "seat"), value__in=list(codes)))


def who_is_where(level: int, among: QuerySet[Organisation] | None = None) -> dict[str, dict[str, set[int]]]:
    """ "place" or "seat" → place code → the organisations (by number) of which it is said.

    A hundred thousand organisations are read in one pass over the index; no row of theirs is touched.
    """
    said = coded_facts(level).filter(field__in=("place", "seat")).exclude(value="")
    if among is not None:
        said = said.filter(organisation__in=among.order_by().values("pk"))
    elif level < Visibility.SEALED:
        said = said.exclude(organisation__in=Organisation.objects.filter(visible_to__gt=level).values("pk"))
    found: dict[str, dict[str, set[int]]] = {"place": {}, "seat": {}}
    rows = said.order_by().values_list("field", "value", "organisation")
    for name, code, organisation in rows.iterator(chunk_size=5000):
        found[name].setdefault(code, set()).add(organisation)
    return found


def counts_of(found: QuerySet[Organisation], level: int) -> Mapping[str, int]:
    """For a filtered list: municipality code → how many of them work in it or below it, each once."""
    paths = dict(Place.objects.filter(level__gte=2).values_list("code", "path"))
    there: dict[str, set[int]] = {}
    for code, organisations_there in who_is_where(level, among=found)["place"].items():
        if code in paths:
            there.setdefault(paths[code].split("/")[2], set()).update(organisations_there)
    return {code: len(numbers) for code, numbers in there.items()}


def totals(level: int) -> dict[str, int]:
    """How many are listed, and how many of each class the hub may say."""
    rows = organisations(level).values_list("activity_class").annotate(n=Count("id")).order_by()
    by_class = dict(rows)
    if level < Visibility.MEMBERS:
        hidden = dict(
            organisations(level)
            .filter(class_hidden=True)
            .values_list("activity_class")
            .annotate(n=Count("id"))
            .order_by()
        )
        by_class = {code: n - hidden.get(code, 0) for code, n in by_class.items()}
        by_class["unknown"] = by_class.get("unknown", 0) + sum(hidden.values())
    return {
        "listed": sum(by_class.values()),
        **{code: by_class.get(code, 0) for code in vocabulary.ActivityClass.values},
    }


def newest(level: int, limit: int = 5) -> list[Organisation]:
    return list(organisations(level).order_by("-updated_at", "-id")[:limit])


def place_titles(codes: Iterable[str]) -> Mapping[str, str]:
    """What lists call places: a municipality by its bare name, anything else by its title ("Qarku Elbasan")."""
    return {
        code: short_name_of(place) if place.kind == Kind.MUNICIPALITY else title_of(place)
        for code, place in places_by_code(codes).items()
    }


def places_by_code(codes: Iterable[str]) -> Mapping[str, Place]:
    return Place.objects.in_bulk([code for code in set(codes) if code])


def joined_to(organisation: Organisation, level: int) -> list[Judgement]:
    """The standing judgements by which other records, of which the viewer may know, were joined to this one."""
    members = [organisation.pk, *organisation.joined.order_by().values_list("pk", flat=True)]
    if len(members) == 1:
        return []
    same = judgements(level).filter(verdict=Judgement.Verdict.SAME)
    return list(same.filter(left__in=members, right__in=members))


def proposals_of(organisation: Organisation) -> QuerySet[Proposal]:
    return organisation.proposals.select_related("by", "decided_by").order_by("-at")[:10]


def proposal_for(user: Any, number: int) -> Proposal:
    """In any state: for mappers all but sealed ones, for others what they wrote or what concerns their organisations.

    Raises Http404 for every other number.
    """
    found = Proposal.objects.select_related("organisation", "by", "decided_by").filter(pk=number)
    if not may_decide(user):
        found = found.filter(Q(by=user) | Q(organisation__in=edited_by(user)))
    proposal = found.first()
    if proposal is None or (may_decide(user) and not _reads(user, proposal)):
        raise Http404
    return proposal


def before_and_after(proposal: Proposal) -> list[dict[str, Any]]:
    """Each change as {"field", "before", "after", "still_open"}; the ended facts are read even once accepted."""
    ids = [wish["fact"] for wish in proposal.changes if "fact" in wish]
    before = Fact.objects.in_bulk(ids)
    steps: list[dict[str, Any]] = []
    for wish in proposal.changes:
        old = before.get(wish.get("fact", 0))
        steps.append(
            {
                "field": vocabulary.FIELDS[wish["field"]],
                "before": old,
                "after": None if wish["do"] == "end" else Fact(**{k: wish[k] for k in _KEPT if k in wish}),
                "still_open": old is None or old.ended_in_id is None,
            }
        )
    with_places(fact for step in steps for fact in (step["before"], step["after"]) if fact is not None)
    return steps


_KEPT = ("field", "value", "language", "detail", "source", "visible_to")


def candidate_of(left: Organisation, right: Organisation) -> Candidate | None:
    first, second = sorted((left, right), key=lambda organisation: organisation.pk)
    return Candidate.objects.filter(left=first, right=second).first()


def side_by_side(left: Organisation, right: Organisation, level: int) -> list[tuple[Any, list[Fact], list[Fact]]]:
    """What was said of each of two records, field by field, where at least one of them has something."""
    said: dict[str, tuple[list[Fact], list[Fact]]] = {code: ([], []) for code in vocabulary.FIELDS}
    for fact in with_places(facts(level).filter(said_of__in=(left, right)).order_by("id")):
        said[fact.field][fact.said_of_id == right.pk].append(fact)
    return [(vocabulary.FIELDS[code], *both) for code, both in said.items() if both[0] or both[1]]
