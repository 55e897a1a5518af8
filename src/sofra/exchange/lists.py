"""The lists of the hub as rows: each as its page shows it, whole, to the same eyes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts import roles
from sofra.accounts.access import level_of, require
from sofra.ground.models import Visibility
from sofra.organisations import glossary as words
from sofra.organisations import place_queries, queries, vocabulary
from sofra.organisations.forms import FilterForm
from sofra.organisations.models import Fact, Organisation
from sofra.organisations.place_views import LISTS
from sofra.places import queries as place_names
from sofra.places.models import Kind, Place
from sofra.places.titles import kind_of, title_of

BATCH = 1000
Row = list[Any]
List = tuple[list[str], Iterator[Row] | Iterable[Row]]  # the names of the columns, and the rows
Build = Callable[..., List]

_JOINED = ("theme", "activity_kind", "audience", "language", "website", "place", "seat")


def _day(moment: date | datetime | None) -> str:
    """A day, or a moment in the hub's own time, as ISO 8601 writes it; empty where there is none."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds")
    return moment.isoformat() if moment else ""


def _several(values: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(value for value in values if value))


# — organisations ——————————————————————————————————————————————————————————————————————————————————————————


def _asked(request: HttpRequest, level: int) -> QuerySet[Organisation]:
    """The organisations that the page with the same address shows."""
    form = FilterForm(request.GET)
    found = queries.listed(level, form.filters())
    return found.none() if form.unknown_place() else found


def _batches(found: QuerySet[Organisation]) -> Iterator[list[Organisation]]:
    """All of a list in its order, a thousand at a time, each asked for from where the last ended."""
    last: Organisation | None = None
    while True:
        rest = found
        if last is not None:
            rest = found.filter(sort_key__gte=last.sort_key).exclude(sort_key=last.sort_key, pk__lte=last.pk)
        batch = list(rest[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def _names_of_columns() -> list[str]:
    return [
        _("id"),
        _("name"),
        _("other names"),
        _("acronym"),
        _("kind of body"),
        _("class"),
        *(str(vocabulary.FIELDS[code].name) for code in _JOINED),
        _("last confirmed"),
        _("source"),
    ]


def _organisation_rows(batch: list[Organisation], level: int) -> Iterator[Row]:
    said = queries.facts_for(batch, level, ["name", *_JOINED])
    queries.with_places(fact for facts in said.values() for fact in facts)
    kinds = {code: str(name) for code, name in vocabulary.Kind.choices}
    classes = {code: str(name) for code, name in vocabulary.ActivityClass.choices}
    known: dict[tuple[str, str], str] = {}  # a code is translated once a batch, which is half of the work

    def shown(fact: Fact) -> str:
        key = (fact.field, fact.value)
        if not fact.value or key not in known:
            known[key] = fact.shown
        return known[key]

    for organisation in batch:
        facts = said[organisation.pk]
        hidden = organisation.class_hidden and level < Visibility.MEMBERS
        yield [
            organisation.code,
            organisation.name,
            _several(fact.value for fact in facts if fact.field == "name" and fact.value != organisation.name),
            organisation.acronym,
            kinds[organisation.kind],
            "" if hidden else classes[organisation.activity_class],
            *(_several(shown(fact) for fact in facts if fact.field == code) for code in _JOINED),
            _day(organisation.confirmed_on),
            _several(fact.source for fact in facts),
        ]


def organisations(request: HttpRequest) -> List:
    """One row an organisation, with the filters of the list page."""
    level = level_of(request.user)
    found = _asked(request, level)
    return _names_of_columns(), (row for batch in _batches(found) for row in _organisation_rows(batch, level))


def facts(request: HttpRequest) -> List:
    """One row for each thing said of the same organisations, in codes, with its source: nothing is lost on the way."""
    level = level_of(request.user)
    header = [
        _("id"), _("field"), _("value"), _("language"), _("words of the source"), _("source"), _("last confirmed"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for batch in _batches(_asked(request, level)):
            said = queries.facts_for(batch, level, vocabulary.FIELDS)
            for organisation in batch:
                for fact in said[organisation.pk]:
                    words_read = str(fact.detail.get("text", ""))
                    yield [
                        organisation.code, fact.field, fact.value, fact.language, words_read, fact.source,
                        _day(fact.confirmed_on),
                    ]  # fmt: skip

    return header, rows()


def municipalities(request: HttpRequest) -> List:
    """The map's numbers, with the filters of the list page: how many work in each municipality or below it."""
    level = level_of(request.user)
    counts = queries.counts_of(_asked(request, level), level)
    towns = Place.objects.filter(kind=Kind.MUNICIPALITY).select_related("parent").order_by("country", "sort_key")
    asked_country = request.GET.get("country", "")[:3].upper()
    header = [_("code"), _("country"), _("county"), _("municipality"), _("organisations recorded")]

    def rows() -> Iterator[Row]:
        for place in towns.filter(country=asked_country) if asked_country else towns:
            upper = title_of(place.parent) if place.parent and place.parent.level else ""
            yield [place.code, place.country, upper, title_of(place), counts.get(place.code)]

    return header, rows()


# — places —————————————————————————————————————————————————————————————————————————————————————————————————


def places(request: HttpRequest) -> List:
    """Places with what they are called and how many organisations work there; `within`, `country` and `kind` narrow it.

    A count that is empty says that nobody is recorded there, which is not that nobody works there.
    """
    counted = place_queries.coverage(level_of(request.user))
    found = Place.objects.select_related("parent").order_by("path")
    within, country, kind = (request.GET.get(name, "").strip() for name in ("within", "country", "kind"))
    if within:
        above = place_names.place(within)
        found = found & Place.objects.within(above) if above else found.none()
    if country:
        found = found.filter(country=country.upper())
    if kind:
        found = found.filter(kind=kind)
    header = [
        _("code"), _("kind of place"), _("name"), _("name in English"), _("local name"), _("lies in"), _("country"),
        _("seat"), _("latitude"), _("longitude"), _("inhabitants (census 2023)"), _("inhabitants (census 2011)"),
        _("organisations working here or below"), _("organisations naming exactly this place"),
        _("organisations with their seat here or below"), _("footnote"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for place in found.iterator(chunk_size=BATCH):
            yield [
                place.code, kind_of(place), title_of(place), place.name_en, place.name_local, place.parent_id or "",
                place.country, place.seat, place.lat, place.lon, place.population.get("2023"),
                place.population.get("2011"), counted.within.get(place.code), counted.exact.get(place.code),
                counted.seats.get(place.code), place.footnote,
            ]  # fmt: skip

    return header, rows()


def place(request: HttpRequest, code: str) -> List:
    """Who works at a place: the lists of its page one below the other, the first column says which."""
    level = level_of(request.user)
    found = place_names.place(code)
    if found is None:
        raise Http404
    wanted = request.GET.get("list", "")
    lower = [step.code for step in Place.objects.within(found).exclude(pk=found.pk).order_by().only("code")]
    wider = [*(step.code for step in place_names.chain(found)), *place_queries.WIDER]
    asked: dict[str, tuple[str, list[str]]] = {
        "here": ("place", [found.code]),
        "below": ("place", lower),
        "seat": ("seat", [found.code, *lower]),
        "wider": ("place", [step for step in wider if step != found.code]),
    }

    def rows() -> Iterator[Row]:
        for key, (said, codes) in asked.items():
            if not codes or (wanted in asked and key != wanted):
                continue
            named = queries.coded_facts(level).filter(field=said, value__in=codes).values("organisation")
            listed = queries.organisations(level).filter(pk__in=named).order_by("sort_key", "id")
            for batch in _batches(listed):
                for row in _organisation_rows(batch, level):
                    yield [str(LISTS[key]), *row]

    return [_("list"), *_names_of_columns()], rows()


# — words ——————————————————————————————————————————————————————————————————————————————————————————————————


def glossary(_request: HttpRequest) -> List:
    """The terms of the hub with their meanings."""
    terms = words.TERMS.values()
    header = [_("id"), _("term"), _("meaning"), _("source"), _("see also")]
    return header, ([t.slug, str(t.term), str(t.definition), str(t.source), _several(t.see)] for t in terms)


# — the desk ———————————————————————————————————————————————————————————————————————————————————————————————


def history(request: HttpRequest, code: str) -> List:
    """What was changed in a record, newest first, one row for each thing that was added or ended."""
    require(request.user)
    organisation = queries.head(queries.organisation_for(request.user, code))
    level = queries.level_at(request.user, organisation)
    if level < Visibility.MEMBERS:
        raise PermissionDenied
    header = [_("when"), _("by"), _("act"), _("note"), _("taken back"), _("what"), _("field"), _("value"), _("source")]

    def rows() -> Iterator[Row]:
        for entry in queries.history_of(organisation, level):
            act = entry["change"]
            said: list[tuple[str, Fact]] = [(_("ended"), fact) for fact in entry["ended"]]
            said += [(_("added"), fact) for fact in entry["added"]]
            for what, fact in said:
                yield [
                    _day(act.at), act.by.name if act.by else "", act.get_kind_display(), act.note,
                    _("yes") if entry["undone"] else "", what, fact.field_name, fact.shown, fact.source,
                ]  # fmt: skip

    return header, rows()


def proposals(request: HttpRequest) -> List:
    """What waits for an answer: for mappers everything, for editors what concerns their organisations."""
    require(request.user)
    waiting = queries.open_proposals(request.user)
    header = [
        _("number"), _("organisation"), _("name"), _("from"), _("since"), _("contests the class"), _("changes"),
        _("note"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for one in waiting.iterator(chunk_size=BATCH):
            yield [
                one.pk, one.organisation.code, one.organisation.name, one.by.name, _day(one.at),
                _("yes") if one.contests_class else "",
                _several(f"{vocabulary.FIELDS[wish['field']].name}: {wish.get('value', '–')}" for wish in one.changes),
                one.note,
            ]  # fmt: skip

    return header, rows()


def duplicates(request: HttpRequest) -> List:
    """The pairs on the duplicates desk, the likeliest first."""
    require(request.user, roles.MAPPER)
    header = [_("one"), _("its name"), _("the other"), _("its name"), _("how likely, in percent"), _("reasons")]
    return header, (
        [pair.left.code, pair.left.name, pair.right.code, pair.right.name, pair.percent, _several(pair.reasons)]
        for pair in queries.candidates(level_of(request.user)).iterator(chunk_size=BATCH)
    )


def judgements(request: HttpRequest) -> List:
    """The words that people gave on pairs and that stand, newest first."""
    require(request.user, roles.MAPPER)
    header = [
        _("one"), _("its name"), _("the other"), _("its name"), _("word"), _("by"), _("when"), _("note"), _("reasons"),
    ]  # fmt: skip
    return header, (
        [
            one.left.code, one.left.name, one.right.code, one.right.name, one.get_verdict_display(),
            one.by.name if one.by else "", _day(one.at), one.note, _several(one.reasons),
        ]
        for one in queries.judgements(level_of(request.user)).iterator(chunk_size=BATCH)
    )  # fmt: skip


def audit(request: HttpRequest) -> List:
    """The audit chain, newest first; `about` narrows it to one thing. A person stands in it as an account's number."""
    require(request.user, roles.COORDINATOR, roles.TECHNICAL)
    about = request.GET.get("about", "").strip()[:120]
    level = level_of(request.user)
    lines = queries.audit_lines(level, about).iterator(chunk_size=BATCH)
    header = [_("number"), _("when"), _("account"), _("what"), _("about"), _("detail"), _("hash")]
    return header, (
        [line.pk, _day(line.at), line.by, line.what, line.about, str(line.detail), line.hash]
        for line in queries.discreet(lines, level)
    )
