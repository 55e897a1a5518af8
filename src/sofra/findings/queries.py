"""What can be asked of sources, findings and round tables, each visible to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from sofra.accounts import roles
from sofra.accounts.access import has, level_of
from sofra.activities.finding import HoldsAny  # noqa: F401 (the look-up `places__holds_any`)
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.mapping.models import Round
from sofra.organisations import queries as registry
from sofra.organisations.models import Organisation
from sofra.places.models import Place

from .models import Figure, Finding, Quote, RoundTable, Source, SourceFile, Step
from .saying import Told, evidence_lines, sees, standing_words, told, with_evidence
from .standing import fillings_of

# What pages and reports say of evidence.
__all__ = ["Told", "evidence_lines", "fillings_of", "sees", "standing_words", "told", "with_evidence"]

State = Finding.State
PUBLIC_STATES = Q(state=State.CONFIRMED) | Q(state=State.CONTESTED, confirmed_at__isnull=False)


# — rounds —————————————————————————————————————————————————————————————————————————————————————————————————


def round_for(user: Any, code: str, *, write: bool = False) -> Round:
    """The round that the person may see (with `write`: for which sources and findings are recorded); otherwise 404."""
    found = Round.objects.filter(code=code).first()
    if found is None or (found.state == Round.State.DRAFT and not has(user, roles.MAPPER)):
        raise Http404
    if write and not has(user, roles.MAPPER):
        raise Http404
    return found


def rounds(user: Any) -> QuerySet[Round]:
    found = Round.objects.all()
    return found if has(user, roles.MAPPER) else found.exclude(state=Round.State.DRAFT)


def _of_open_rounds(found: QuerySet[Any], level: int, user: Any = None) -> QuerySet[Any]:
    """Of a round that is not open yet only mappers know. Where no person is named, members count as such."""
    maps = level >= Visibility.MEMBERS if user is None else has(user, roles.MAPPER)
    return found if maps else found.exclude(round__state=Round.State.DRAFT)


# — findings ———————————————————————————————————————————————————————————————————————————————————————————————


def findings(level: int, *, round: Round | None = None) -> QuerySet[Finding]:
    """Findings that a viewer of this level may see: the public reads what was confirmed, members also what was not.

    In the order of rounds, chapters (by their code's name, see vocabulary.ORDER) and places within them.
    """
    found = _of_open_rounds(Finding.objects.filter(visible_to__lte=level), level)
    if level < Visibility.MEMBERS:
        found = found.filter(PUBLIC_STATES)
    return (found if round is None else found.filter(round=round)).select_related("round")


def findings_for(user: Any) -> QuerySet[Finding]:
    """As findings, for a person: also what the person recorded, and what is said of organisations it speaks for.

    What nobody confirmed of an organisation is read by mappers and that organisation, not by the others.
    """
    level = level_of(user)
    if level < Visibility.MEMBERS or level >= Visibility.SEALED:
        return findings(level)
    readable = Q(visible_to__lte=level)
    if not has(user, roles.MAPPER):
        of_nobody = ~Exists(Finding.organisations.through.objects.filter(finding=OuterRef("pk")))
        readable &= PUBLIC_STATES | Q(of_nobody)
    mine = readable | Q(recorded_by=user)
    own = registry.edited_by(user).values("pk")
    heads = registry.edited_by(user).exclude(joined_to=None).values("joined_to")
    named = Finding.organisations.through.objects.filter(
        Q(organisation__in=own) | Q(organisation__in=heads) | Q(organisation__joined_to__in=own)
    ).values("finding")
    found = Finding.objects.filter(mine | Q(pk__in=named)).select_related("round")
    return _of_open_rounds(found, level, user)


def finding_for(user: Any, code: str, *, write: bool = False) -> Finding:
    """The finding with this code that the person may see (or write); otherwise 404."""
    found = findings_for(user).filter(code=code).first()
    if found is None or (write and not has(user, roles.MAPPER)):
        raise Http404
    return found


def organisations_of(finding: Finding, user: Any) -> list[Organisation]:
    """The organisations that the finding names, as far as the person may know of them, as the records that stand."""
    found = {}
    for one in finding.organisations.select_related("joined_to"):
        head = registry.head(one)
        if head.visible_to <= registry.level_at(user, head):
            found[head.pk] = head
    return sorted(found.values(), key=lambda one: (one.sort_key, one.pk))


def speaks_in(finding: Finding, user: Any) -> list[Organisation]:
    """The organisations named in the finding for which this person speaks: they may contest it."""
    if not has(user, roles.MEMBER):
        return []
    return [one for one in organisations_of(finding, user) if registry.is_editor(user, one)]


def objectors(user: Any) -> list[Organisation]:
    """The organisations in whose name this person may contest findings."""
    found = {registry.head(one) for one in registry.edited_by(user).select_related("joined_to")}
    return sorted(found, key=lambda one: one.sort_key)


@dataclass(frozen=True)
class Filters:
    """What a list of findings is narrowed to; each is an address parameter."""

    q: str = ""
    round: Round | None = None
    chapter: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    place: Place | None = None
    organisation: Organisation | None = None
    changed: bool = False


def narrowed(found: QuerySet[Finding], filters: Filters) -> QuerySet[Finding]:
    if filters.round is not None:
        found = found.filter(round=filters.round)
    for name in ("chapter", "kind", "state"):
        if values := getattr(filters, name):
            found = found.filter(**{f"{name}__in": values})
    if filters.place is not None:
        inside = Place.objects.within(filters.place).values_list("code", flat=True)
        found = found.filter(places__holds_any=list(inside))
    if filters.organisation is not None:
        one = filters.organisation
        numbers = [one.pk, *one.joined.values_list("pk", flat=True)]
        found = found.filter(organisations__in=numbers).distinct()
    if filters.changed:
        found = found.filter(Q(evidence__changed_at__isnull=False) | Q(evidence__lost_at__isnull=False)).distinct()
    if words := fold(filters.q).split():
        numbers = [one.pk for one in found if _says(one, words)]
        found = found.filter(pk__in=numbers)
    return found


def _says(finding: Finding, words: Iterable[str]) -> bool:
    text = fold(" ".join([finding.code, finding.where_said, *finding.statements.values()]))
    return all(word in text for word in words)


def with_counts(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """With how many pieces of evidence each has, how many changed and how many it lost."""
    return found.annotate(
        held=Count("evidence", filter=Q(evidence__lost_at=None), distinct=True),
        changes=Count("evidence", filter=Q(evidence__changed_at__isnull=False), distinct=True),
        losses=Count("evidence", filter=Q(evidence__lost_at__isnull=False), distinct=True),
    )


def steps_of(finding: Finding, user: Any) -> list[Step]:
    """What happened to it: all of it for members, for the public what was decided and objected."""
    steps = finding.steps.select_related("table", "objector", "by").order_by("id")
    if level_of(user) < Visibility.MEMBERS:
        decided = (Step.Kind.CONFIRMED, Step.Kind.CONTESTED, Step.Kind.REOPENED)
        steps = steps.filter(kind__in=decided)
    return list(steps)


def standing_objections(finding: Finding) -> list[Step]:
    """The objections raised since it was last confirmed or opened again."""
    ended = finding.steps.filter(kind__in=(Step.Kind.CONFIRMED, Step.Kind.REOPENED)).order_by("-id").first()
    found = finding.steps.filter(kind=Step.Kind.CONTESTED).select_related("objector", "table").order_by("id")
    return list(found.filter(pk__gt=ended.pk) if ended else found)


def objector_words(step: Step, level: int) -> str:
    """The body that objected, as far as the viewer may know of it."""
    if step.objector is not None:
        head = registry.head(step.objector)
        return head.name if head.visible_to <= level else ""
    return step.objector_name


# — sources, quotes, figures ———————————————————————————————————————————————————————————————————————————————


def sources(level: int, user: Any = None, *, round: Round | None = None) -> QuerySet[Source]:
    """The sources that a viewer of this level may see, and those that the person recorded."""
    seen = Q(visible_to__lte=level)
    if user is not None and user.is_authenticated and has(user, roles.MAPPER):
        seen |= Q(recorded_by=user)
    found = _of_open_rounds(Source.objects.filter(seen), level, user)
    return (found if round is None else found.filter(round=round)).select_related("round")


def source_for(user: Any, code: str, *, write: bool = False) -> Source:
    """The source that the person may see (or write: mappers who see it); otherwise 404."""
    found = sources(level_of(user), user).filter(code=code).first()
    if found is None or (write and not has(user, roles.MAPPER)):
        raise Http404
    return found


def person_of(source: Source, user: Any) -> str:
    """The name of the person behind a source: for the researcher who recorded it, and nobody else."""
    own = user.is_authenticated and user.pk == source.recorded_by_id and has(user, roles.MAPPER)
    return source.person if own else ""


def quotes_of(source: Source, user: Any) -> list[Quote]:
    own = user.is_authenticated and user.pk == source.recorded_by_id
    found = source.quotes.exclude(text="").order_by("id")
    return list(found if own else found.filter(visible_to__lte=level_of(user)))


def quotes(level: int, user: Any = None, *, round: Round | None = None) -> QuerySet[Quote]:
    """Quotes that still have their words, of sources that the viewer may see."""
    found = Quote.objects.filter(source__in=sources(level, user, round=round)).exclude(text="")
    own = Q(visible_to__lte=level)
    if user is not None and user.is_authenticated:
        own |= Q(source__recorded_by=user)
    return found.filter(own).select_related("source")


def file_for(user: Any, code: str, number: int) -> SourceFile:
    """A file of a source that the person may see; otherwise 404. Only who signed in gets files."""
    source = source_for(user, code)
    found = source.files.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def figures(level: int, user: Any = None, *, round: Round | None = None) -> QuerySet[Figure]:
    found = _of_open_rounds(Figure.objects.filter(visible_to__lte=level), level, user)
    return (found if round is None else found.filter(round=round)).select_related("round", "source")


def figure_for(user: Any, code: str, *, write: bool = False) -> Figure:
    found = figures(level_of(user), user).filter(code=code).first()
    if found is None or (write and not has(user, roles.MAPPER)):
        raise Http404
    return found


def standing_on(source: Source, user: Any) -> QuerySet[Finding]:
    """The findings, as far as the person may see them, that stand on the source, its quotes or figures."""
    on = Q(evidence__source=source) | Q(evidence__quote__source=source) | Q(evidence__figure__source=source)
    return findings_for(user).filter(on).distinct()


# — round tables ———————————————————————————————————————————————————————————————————————————————————————————


def tables(user: Any, *, round: Round | None = None) -> QuerySet[RoundTable]:
    """Tables of rounds that the person may see; those not closed yet are of members."""
    found = RoundTable.objects.select_related("round")
    if not has(user, roles.MAPPER):
        found = found.exclude(round__state=Round.State.DRAFT)
    if level_of(user) < Visibility.MEMBERS:
        found = found.filter(state=RoundTable.State.CLOSED)
    return found if round is None else found.filter(round=round)


def table_for(user: Any, code: str, *, write: bool = False) -> RoundTable:
    found = tables(user).filter(code=code).first()
    if found is None or (write and not has(user, roles.MAPPER)):
        raise Http404
    return found


def agenda_of(table: RoundTable, user: Any) -> list[Finding]:
    """The findings on the agenda, in its order, as far as the person may see them."""
    numbers = list(table.agenda.order_by("position", "id").values_list("finding", flat=True))
    seen: Mapping[int, Finding] = findings_for(user).in_bulk(numbers)
    return [seen[number] for number in numbers if number in seen]


def decided_at(table: RoundTable) -> dict[int, list[Step]]:
    """What happened at the table, by the finding's number."""
    found: dict[int, list[Step]] = {}
    for step in table.steps.select_related("objector").order_by("id"):
        found.setdefault(step.finding_id, []).append(step)
    return found
