"""The annexes of a report: the organisations as Annex I of 2018 lists them, the definitions, sources, attendance."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.activities import dates
from sofra.findings import queries as findings
from sofra.findings.models import RoundTable, Seat, Source
from sofra.ground.models import Visibility
from sofra.ground.tongues import part_in, said
from sofra.organisations import glossary
from sofra.organisations import queries as registry
from sofra.organisations.models import Fact, Organisation
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Theme
from sofra.places import queries as places
from sofra.places.titles import short_name_of
from sofra.printing.blocks import Block, Heading, Paragraph, Run, Table

from . import counting
from .wanted import Wanted

NOT_KNOWN = gettext_lazy("not known")
NOT_PUBLIC = gettext_lazy("not public")
FIELDS = ("name", "acronym", "theme", "theme_text", "place", "website", "social", "focus_text", "activity_kind")
ANNEX_II = (
    "violent-extremism", "p-cve", "p-cve-specific", "deradicalisation", "disengagement", "reintegration",
    "counter-narrative", "community-resilience", "p-cve-relevant",
)  # fmt: skip


def nothing(words: str) -> tuple[Block, ...]:
    """What stands where a piece has nothing to show: a sentence that says why, never an empty chart."""
    return (Paragraph((Run(words),), "small"),)


# — Annex I ————————————————————————————————————————————————————————————————————————————————————————————————


def organisations(wanted: Wanted) -> tuple[Block, ...]:
    """Annex I: the original's six columns, a row an organisation that the round mapped."""
    bodies = counting.mapped(wanted)
    if not bodies:
        return nothing(_("No organisation of this round is known to readers of this report."))
    rows = organisation_rows(bodies, wanted)
    head = (
        _("No."), _("Theme"), _("Name of CSO / FBO"), _("Geographic focus"), _("Website"),
        _("Type of focus of activities"),
    )  # fmt: skip
    table = Table(
        _("Organisations that the mapping covers"), head, tuple(rows), numbers=(0,),
        widths=(0.5, 2.4, 2.1, 1.7, 2.1, 3), source=_("Registry of the hub, each statement with its own source"),
        anchor="annex-organisations", wide=True,
    )  # fmt: skip
    return (table,)


def organisation_rows(bodies: Sequence[Organisation], wanted: Wanted) -> list[tuple[str, ...]]:
    """A row of six cells for each; the facts and places of all are read at once."""
    facts = counting.facts_of(bodies, wanted.level, FIELDS)
    start = counting.annex_of(wanted.round)
    titles = registry.place_titles(fact.value for said in facts.values() for fact in said if fact.field == "place")
    return [_row(number, one, facts[one.pk], start, titles, wanted) for number, one in enumerate(bodies, start=1)]


def _row(
    number: int, one: Organisation, facts: Iterable[Fact], start: str, titles: Mapping[str, str], wanted: Wanted
) -> tuple[str, ...]:
    """In the source's words where they are in the reader's language, else by the registry's coded words."""
    by_field: dict[str, list[Fact]] = {}
    for fact in facts:
        by_field.setdefault(fact.field, []).append(fact)
    for said_ in by_field.values():  # what the annex says itself comes first, the rest in the order in which it came
        said_.sort(key=lambda fact: not (start and fact.source.startswith(start)))
    own_words = wanted.language != "sq"  # the sources that we know are English
    hidden = registry.tells_class(one, "focus_text", wanted.level)
    theme = _texts(by_field, "theme_text") if own_words else ""
    focus = _texts(by_field, "focus_text") if own_words else ""
    return (
        str(number),
        theme or _words(by_field.get("theme", ()), dict(Theme.choices)) or str(NOT_KNOWN),
        name_of(one, by_field, start),
        _geography(by_field.get("place", ()), titles, own_words=own_words),
        _website(by_field) or str(NOT_KNOWN),
        str(NOT_PUBLIC) if hidden
        else focus or _words(by_field.get("activity_kind", ()), ACTIVITY_KINDS) or str(NOT_KNOWN),
    )  # fmt: skip


def name_of(one: Organisation, facts: Mapping[str, list[Fact]], start: str) -> str:
    """ "Institute for Democracy and Mediation (IDM Albania)": as the annex writes it, where the record came from it."""
    names = [fact.value for fact in facts.get("name", ()) if not start or fact.source.startswith(start)]
    if not names:
        names = [one.name]
    short = [fact.value for fact in facts.get("acronym", ()) if not start or fact.source.startswith(start)]
    beside = names[1:2] or short[:1]
    return f"{names[0]} ({beside[0]})" if beside and beside[0] != names[0] else names[0]


def _texts(facts: Mapping[str, list[Fact]], field: str) -> str:
    said_ = facts.get(field, [])
    same = [fact.value for fact in said_ if fact.source == said_[0].source]
    return "; ".join(dict.fromkeys(same))


def _words(facts: Iterable[Fact], words: Mapping[str, object]) -> str:
    return capfirst("; ".join(str(words.get(code, code)) for code in dict.fromkeys(fact.value for fact in facts)))


def _geography(facts: Iterable[Fact], titles: Mapping[str, str], *, own_words: bool) -> str:
    facts = list(facts)
    if not facts:
        return str(NOT_KNOWN)
    first = [fact for fact in facts if fact.source == facts[0].source]
    if own_words and (texts := dict.fromkeys(str(fact.detail.get("text", "")) for fact in first)) and all(texts):
        return "; ".join(texts)
    named = [titles.get(fact.value) or str(fact.detail.get("text", "")) for fact in facts]
    return ", ".join(dict.fromkeys(name for name in named if name)) or str(NOT_KNOWN)


def _website(facts: Mapping[str, list[Fact]]) -> str:
    found = [*facts.get("website", ()), *facts.get("social", ())]
    return found[0].value if found else ""


# — Annex II ———————————————————————————————————————————————————————————————————————————————————————————————


def definitions(wanted: Wanted) -> tuple[Block, ...]:
    """Annex II: the hub's glossary, in our own words; each with where the word comes from."""
    terms = [glossary.TERMS[slug] for slug in ANNEX_II]
    if wanted.options.get("all"):
        terms = list(glossary.TERMS.values())
    blocks: list[Block] = []
    behind = {str(term.source) for term in terms}
    for term in terms:
        note = str(term.source) if len(behind) > 1 else ""
        words = (Run(capfirst(str(term.term)) + ": ", strong=True), Run(str(term.definition), note=note))
        blocks.append(Paragraph(words))
    if len(behind) == 1:
        blocks.append(Paragraph((Run(_("Source: %(source)s") % {"source": behind.pop()}),), "small"))
    return tuple(blocks)


# — sources ————————————————————————————————————————————————————————————————————————————————————————————————


def sources(wanted: Wanted) -> tuple[Block, ...]:
    """The sources of the round that the reader may know of, by kind. What a withdrawn consent took is not listed."""
    found = list(sources_of(wanted))
    hidden = Source.objects.filter(round=wanted.round).count() - len(found)
    blocks: list[Block] = []
    order = list(Source.Kind.values)
    found.sort(key=lambda one: (order.index(one.kind), one.code))
    for kind, group in groupby(found, key=lambda one: one.kind):
        rows = tuple(_source_row(one) for one in group)
        title = capfirst(str(Source.Kind(kind).label))
        head = (_("No."), _("Title"), _("By, or with whom"), _("When"), _("Where to read it"))
        blocks.append(Table(title, head, rows, widths=(0.7, 3, 2.2, 1, 2.4), anchor=f"sources-{kind}", wide=True))
    if not found:
        return nothing(_("No source of this round is public."))
    if hidden:
        words = _("Sources that are not public are not listed here: %(number)s.") % {"number": hidden}
        blocks.append(Paragraph((Run(words),), "small"))
    return tuple(blocks)


def sources_of(wanted: Wanted) -> list[Source]:
    # A report never tells more of a source than members may see, whoever makes it.
    level = min(wanted.level, Visibility.MEMBERS)
    found = findings.sources(level, None, round=wanted.round).exclude(consent=Source.Consent.WITHDRAWN)
    return list(found.order_by("code"))


def _source_row(one: Source) -> tuple[str, ...]:
    return (
        one.code.rsplit(".", 1)[-1],
        one.name,
        one.whose or str(NOT_KNOWN),
        one.dated or str(NOT_KNOWN),
        one.url or "–",
    )


# — round tables ———————————————————————————————————————————————————————————————————————————————————————————


def attendance(wanted: Wanted) -> tuple[Block, ...]:
    """Who was at the round tables, by organisation; never a person."""
    blocks: list[Block] = []
    tables = RoundTable.objects.filter(round=wanted.round)
    if wanted.level < Visibility.MEMBERS:
        tables = tables.filter(state=RoundTable.State.CLOSED)
    for one in tables.order_by("on", "code"):
        place = places.place(one.place) if one.place else None
        where = ", ".join(part for part in (dates.written(one.on), short_name_of(place) if place else "") if part)
        title = said(one.titles, wanted.language) or one.code
        blocks.append(Heading(f"{title} ({where})" if where else title, 3, anchor=one.code.rsplit(".", 1)[-1]))
        if one.stated_attendance:
            stated = part_in(one.stated_attendance, wanted.language)
            words = _("Attendance as the source states it: %(stated)s.") % {"stated": stated}
            blocks.append(Paragraph((Run(words, note=one.source),)))
        seats = list(one.seats.select_related("organisation"))
        if seats:
            blocks.append(_seats(one, seats, wanted.level))
        else:
            blocks += nothing(_("Which organisations came is not known."))
    return tuple(blocks) or nothing(_("No round table of this round is recorded."))


def _seats(table: RoundTable, seats: Iterable[Seat], level: int) -> Table:
    words = {True: _("present"), False: _("invited, not present"), None: str(NOT_KNOWN)}
    rows = []
    for seat in seats:
        if seat.organisation is not None and seat.organisation.visible_to > level:
            continue
        people = str(NOT_KNOWN) if seat.people is None else str(seat.people)
        rows.append((seat.name, words[seat.present], people))
    return Table(
        _("Organisations at the round table"), (_("Organisation"), _("Attendance"), _("People who came for it")),
        tuple(rows), numbers=(2,), widths=(4, 1.6, 1.4), source=table.source,
        anchor=f"attendance-{table.code.rsplit('.', 1)[-1]}",
    )  # fmt: skip
