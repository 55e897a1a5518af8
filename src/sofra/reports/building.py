"""A report's outline and its data, made into a document: everything by reference, as the reader of a level may see it.

`Built` tells beside the document what of it stands on which source, so that a source can be taken out of it later.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sofra.activities import dates
from sofra.findings import queries as findings
from sofra.findings.models import Evidence, Figure, Finding
from sofra.findings.saying import base_words, source_words, value_words
from sofra.findings.vocabulary import ORDER, chapter_title
from sofra.ground.models import Visibility
from sofra.ground.tongues import part_in, said
from sofra.printing import blocks as printed
from sofra.printing import charts, markdown
from sofra.printing.blocks import Document, Heading, Paragraph, Run, Statement

from . import references
from .models import Block, Report
from .pieces import PIECES, made
from .wanted import Wanted

Kind = Block.Kind
DRAFT = gettext_lazy("draft")
_MADE = re.compile(r"(h\d+|(section|sources|attendance)-[\w-]+)\Z")  # anchors that nobody wrote
_STATES = ("draft", "proposed", "refused")


@dataclass
class Built:
    """`evidence`: anchor of a statement -> the code of the source behind each of its lines, "" where there is none.
    `figures`: anchor of a figure or table -> code of its source. `placed`: codes of the findings and figures in it."""

    document: Document
    evidence: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    placed: list[str] = field(default_factory=list)


def document_of(report: Report, language: str, level: int) -> Document:
    """The report as it stands now, to eyes of this level (ground.models.Visibility)."""
    return built(report, language, level).document


def built(report: Report, language: str, level: int, *, edition: str = "") -> Built:
    """`edition` is what the title page says of it: "edition 2, 21.11.2026"; a draft says that it is one."""
    with translation.override(language):
        making = _Making(report, language, level, draft=not edition)
        body = making.body()
        document = Document(
            title=said(report.titles, language) or report.code,
            language=language,
            blocks=body if edition else (_draft(level), *body),
            subtitle=said(report.subtitles, language),
            author=report.authors,
            facts=tuple(_facts(report, language, edition)),
            running=f"{_cut(said(report.titles, language) or report.code)} – {edition or DRAFT}",
            date=timezone.localdate().isoformat(),
        )
    return Built(document, making.evidence, making.figures, making.placed)


def _cut(title: str) -> str:
    """A title that fits the foot of a page beside its number."""
    return title if len(title) <= 60 else title[:59].rstrip() + "…"


def block_of(report: Report, block: Block, language: str, level: int) -> tuple[printed.Block, ...]:
    """One piece of the outline alone, for the editor's preview."""
    with translation.override(language):
        return tuple(_Making(report, language, level, draft=True).one(block))


def short(code: str) -> str:
    """The last part of a code, which is its anchor: "f07" of "al.2018.mapping.f07"."""
    return code.rsplit(".", 1)[-1]


def absolute(document: Document) -> Document:
    """The document with the hub's own addresses written out, for what is read outside the hub."""
    return replace(document, blocks=tuple(_linked(block) for block in document.blocks))


def _draft(level: int) -> Paragraph:
    words = _("Draft: not published. What it says may still change.")
    if level >= Visibility.MEMBERS:
        words += " " + _("It holds what only members of the hub may see: do not pass it on.")
    return Paragraph((Run(words),), "care")


def _facts(report: Report, language: str, edition: str) -> Iterator[tuple[str, str]]:
    yield _("Edition"), edition or str(DRAFT)
    yield _("Mapping round"), said(report.round.titles, language) or report.round.code
    if report.round.begins or report.round.ends:
        yield _("Period"), dates.written_span(report.round.begins, report.round.ends)
    for name, value in (
        (_("Publisher"), report.publisher),
        (_("Authors"), report.authors),
        (_("Funded by"), report.funder),
    ):
        if value:
            yield name, value
    yield _("Licence"), str(report.get_licence_display())


class _Making:
    """One pass over the outline, in the language in force. Findings and their evidence are read once."""

    def __init__(self, report: Report, language: str, level: int, *, draft: bool) -> None:
        self.report, self.language, self.draft = report, language, draft
        self.level = min(level, Visibility.MEMBERS)  # what is sealed stands in no report, whoever makes it
        self.evidence: dict[str, list[str]] = {}
        self.figures: dict[str, str] = {}
        self.placed: list[str] = []
        self._anchors: set[str] = set()
        found = findings.findings(self.level, round=report.round).exclude(state=Finding.State.REFUSED)
        self.findings = sorted(
            findings.with_evidence(found),
            key=lambda one: (ORDER.get(one.chapter, 99), one.chapter, one.position, one.pk),
        )

    def body(self) -> tuple[printed.Block, ...]:
        rows: list[tuple[Block, list[printed.Block]]] = []
        for block in self.report.blocks.order_by("position", "id"):
            rows.append((block, self.one(block)))
        return tuple(block for _row, made_ in _without_empty(rows) for block in made_)

    def one(self, block: Block) -> list[printed.Block]:
        return [self._anchored(each) for each in self._made(block)]

    def _made(self, block: Block) -> Sequence[printed.Block]:
        if block.kind == Kind.HEADING:
            words = said(block.texts, self.language)
            return [Heading(words, block.level, anchor=block.about or f"h{block.pk or 0}")] if words else []
        if block.kind == Kind.TEXT:
            return self._text(said(texts_of(self.report, block), self.language))
        if block.kind == Kind.FINDING:
            return [self._statement(one) for one in self.findings if one.code == block.about]
        if block.kind == Kind.FINDINGS:
            return [self._statement(one) for one in self.findings if fits(one, block)]
        if block.kind == Kind.FIGURE:
            return self._figure_of(block.about)
        if block.about not in PIECES:
            return []
        return made(block.about, Wanted(self.report.round, self.language, self.level, block.options))

    def _text(self, words: str) -> list[printed.Block]:
        """Markdown, and what its lines [[f07]] place; in a draft a sentence stands where nothing can be placed."""
        found: list[printed.Block] = []
        for kind, part in references.parts(words):
            if kind == "text":
                found += markdown.blocks(part, level=2)
            elif here := self._placed(part):
                found += here
            elif self.draft:
                found.append(Paragraph((Run(nothing_named(part)),), "care"))
        return found

    def _placed(self, name: str) -> Sequence[printed.Block]:
        code = full(self.report, name)
        if statements := [self._statement(one) for one in self.findings if one.code == code]:
            return statements
        if name in PIECES:
            return made(name, Wanted(self.report.round, self.language, self.level))
        return self._figure_of(code)

    def _figure_of(self, code: str) -> list[printed.Block]:
        found = self._figures.get(code)
        return self._figure(found) if found is not None else []

    @cached_property
    def _figures(self) -> dict[str, Figure]:
        shown = findings.figures(self.level, round=self.report.round).select_related("source", "round")
        return {one.code: one for one in shown}

    def _statement(self, finding: Finding) -> Statement:
        told = findings.told(finding, self.level, self.language)
        anchor = short(finding.code)
        self.placed.append(finding.code)
        self.evidence[anchor] = [source_behind(one.evidence) for one in told]
        lines = [self._line(one) for one in told]
        standing = findings.standing_words(finding)
        if finding.where_said:
            where = part_in(finding.where_said, self.language)
            standing += ". " + _("In the document: %(where)s") % {"where": where}
        return Statement(
            anchor, (Run(said(finding.statements, self.language)),), standing=standing,
            evidence=tuple(lines) or ((Run(_("No evidence is recorded."), emphasis=True),),),
            objections=tuple(self._objection(step) for step in self._objections(finding)),
        )  # fmt: skip

    def _line(self, told: findings.Told) -> tuple[Run, ...]:
        prefix = "" if self.language == settings.LANGUAGE_CODE else f"/{self.language}"
        runs = tuple(
            replace(run, link=prefix + run.link)
            if run.link.startswith("/") and not run.link.startswith(f"{prefix}/")
            else run
            for run in told.runs
        )
        if not told.then:
            return runs
        return (*runs, Run(" " + _("(it said %(then)s when this was decided)") % {"then": told.then}))

    def _objections(self, finding: Finding) -> list[Any]:
        if finding.state != Finding.State.CONTESTED:  # most are not, and each would cost two questions
            return []
        return findings.standing_objections(finding)

    def _objection(self, step: Any) -> tuple[Run, ...]:
        who = findings.objector_words(step, self.level) or _("An organisation that is not public")
        return (Run(f"{who}: ", strong=True), Run(step.objection))

    def _figure(self, figure: Figure) -> list[printed.Block]:
        anchor = short(figure.code)
        self.placed.append(figure.code)
        source = figure.source
        if source is not None:
            self.figures[anchor] = source.code
        caption = said(figure.titles, self.language) or figure.code
        behind = ""
        if source is not None and findings.sees(source, self.level):
            page = _(", p. %(page)s") % {"page": figure.page} if figure.page else ""
            behind = f"{source.name} ({source_words(source)}){page}"
        base = base_words(figure)
        values = [
            charts.Value(said(one.get("label"), self.language), number_of(str(one.get("value", ""))),
                         shown=value_words(str(one.get("value", "")), figure.unit))
            for one in figure.series
        ]  # fmt: skip
        rows = tuple((value.label, value.shown) for value in values)
        table = printed.Table(
            caption, (_("What"), figure.counted or _("Value")), rows, numbers=(1,), widths=(4, 1.2), source=base,
            anchor=f"{anchor}-table",
        )  # fmt: skip
        if len(values) == 1:
            table = replace(table, head=(_("What"), _("Value")))
        # Unlike things (three cities, two days) and a single number are no chart: a bar would compare what cannot be.
        if len(values) < 2 or not figure.unit or not any(value.number is not None for value in values):
            return [replace(table, anchor=anchor, source="; ".join(part for part in (base, behind) if part))]
        svg = charts.bar(values, language=self.language, base=base)
        words = charts.words(values, language=self.language)
        return [printed.Figure(caption, svg, words, source=behind, anchor=anchor, table=table)]

    def _anchored(self, block: printed.Block) -> printed.Block:
        """The same piece placed twice keeps both copies, the second under an anchor of its own."""
        name = "code" if isinstance(block, Statement) else "anchor"
        anchor = getattr(block, name, "")
        if not anchor:
            return block
        own, number = anchor, 2
        while own in self._anchors:
            own, number = f"{anchor}-{number}", number + 1
        self._anchors.add(own)
        if own == anchor:
            return block
        for kept in (self.evidence, self.figures):
            if anchor in kept:
                kept[own] = kept[anchor]  # type: ignore[assignment]
        changed: printed.Block = replace(block, **{name: own})  # type: ignore[arg-type]
        return changed


def texts_of(report: Report, block: Block) -> dict[str, str]:
    """What a text says by language: its own words, else the round's methodology where it stands for that."""
    found: dict[str, str] = block.texts
    return report.round.methodology if block.about == "methodology" and not found else found


def full(report: Report, name: str) -> str:
    """The code of a finding or figure of the round from what somebody wrote: "f07" or the whole code."""
    name = name.casefold()
    return name if name.startswith(f"{report.round.code}.") else f"{report.round.code}.{name}"


def nothing_named(name: str) -> str:
    return _(
        "“%(name)s” is no finding, figure or piece that stands in what readers see. Write the code of one on a line of "
        "its own, such as [[f07]] or [[n01]]."
    ) % {"name": name}


def fits(finding: Finding, block: Block) -> bool:
    """Does the finding stand in this list: of the chapter it names, of the kind in its options, of all for neither?"""
    kind = block.options.get("kind", "")
    return (not kind or finding.kind == kind) and (finding.chapter == block.about or (bool(kind) and not block.about))


def source_behind(evidence: Evidence) -> str:
    """The code of the source that a piece of evidence is taken from; "" for what the hub itself counts."""
    source = (
        evidence.source or (evidence.quote and evidence.quote.source) or (evidence.figure and evidence.figure.source)
    )
    return source.code if source else ""


def number_of(value: str) -> float | None:
    """ "37.3", "37,3 %" or "1 500" as a number; None for what is no number or not known."""
    plain = value.replace("%", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return None


def _without_empty(rows: Sequence[tuple[Block, list[printed.Block]]]) -> list[tuple[Block, list[printed.Block]]]:
    """Without headings under which nothing stands, down to the next heading of their level or a higher one."""
    kept = []
    for at, (block, made_) in enumerate(rows):
        if block.kind == Kind.HEADING and not _filled(rows[at + 1 :], block.level):
            continue
        kept.append((block, made_))
    return kept


def _filled(rows: Sequence[tuple[Block, list[printed.Block]]], level: int) -> bool:
    for block, made_ in rows:
        if block.kind == Kind.HEADING:
            if block.level <= level:
                return False
        elif made_:
            return True
    return False


def named(report: Report, blocks: Sequence[Block]) -> dict[int, str]:
    """Which piece each is, for people: a finding by its statement, a figure by its title, a list by its chapter.

    What is sealed goes by its code alone: mappers lay the outline.
    """
    open_ones: dict[str, Any] = {"round": report.round, "visible_to__lt": Visibility.SEALED}
    known: dict[str, str] = {
        one.code: f"{short(one.code)}: {said(one.statements)}" for one in Finding.objects.filter(**open_ones)
    }
    known |= {one.code: f"{short(one.code)}: {one}" for one in Figure.objects.filter(**open_ones)}
    found = {}
    for block in blocks:
        words = known.get(block.about, block.about)
        if block.kind == Kind.FINDINGS:
            kind = str(dict(Finding.Kind.choices).get(block.options.get("kind", ""), ""))
            words = ", ".join(part for part in (chapter_title(block.about) if block.about else "", kind) if part)
        elif block.about in PIECES and block.kind not in (Kind.HEADING, Kind.TEXT):
            words = str(PIECES[block.about].title)
        elif block.kind in (Kind.HEADING, Kind.TEXT):
            empty = _("a text in Markdown") if block.kind == Kind.TEXT else str(block.get_kind_display())
            words = said(block.texts).strip() or _the_methodology(block) or empty
        found[block.pk] = words if len(words) <= 110 else words[:109] + "…"
    return found


def _the_methodology(block: Block) -> str:
    return _("the round's methodology") if block.about == "methodology" else ""


def placeable(report: Report) -> list[tuple[str, str]]:
    """What a line [[…]] can place, in its short form, and what each is; nothing that is sealed or refused."""
    open_ones: dict[str, Any] = {"round": report.round, "visible_to__lt": Visibility.SEALED}
    statements = Finding.objects.filter(**open_ones).exclude(state=Finding.State.REFUSED).order_by("position", "id")
    found = [(short(one.code), Truncator(said(one.statements)).chars(90)) for one in statements]
    found += [(short(one.code), str(one)) for one in Figure.objects.filter(**open_ones).order_by("code")]
    return found + [(one.name, str(one.title)) for one in PIECES.values()]


# — what an editor is told —————————————————————————————————————————————————————————————————————————————————


def problems(report: Report) -> dict[int, str]:
    """What will not be in the next edition, by the number of the block: a sentence for the editor."""
    return problems_of(report, report.blocks.order_by("position", "id"))


def problems_of(report: Report, rows: Iterable[Block]) -> dict[int, str]:
    """The same for some pieces, as they are given and not as they are kept."""
    shown = {one.code: one for one in findings.findings(Visibility.PUBLIC, round=report.round)}
    known = {one.code: one for one in Finding.objects.filter(round=report.round)}
    figures = {one.code: one for one in Figure.objects.filter(round=report.round).select_related("source")}
    found: dict[int, str] = {}
    for block in rows:
        if sentence := _problem(report, block, shown, known, figures):
            found[block.pk] = sentence
    return found


def _problem(
    report: Report,
    block: Block,
    shown: Mapping[str, Finding],
    known: Mapping[str, Finding],
    figures: Mapping[str, Figure],
) -> str:
    if block.kind == Kind.FINDING and block.about not in shown:
        return _finding_problem(known.get(block.about))
    if block.kind == Kind.FINDINGS and not any(fits(one, block) for one in shown.values()):
        waiting = sum(fits(one, block) for one in known.values())
        if waiting:
            return ngettext(
                "The one finding here is not confirmed and public yet.",
                "None of the %(number)s findings here is confirmed and public yet.",
                waiting,
            ) % {"number": waiting}
        return _("No finding is recorded here yet.")
    if block.kind == Kind.FIGURE:
        return _figure_problem(figures.get(block.about))
    if block.kind == Kind.TEXT:
        return _text_problem(report, block, shown, known, figures)
    if block.kind in (Kind.CHART, Kind.MAP, Kind.TABLE, Kind.ANNEX) and block.about not in PIECES:
        return _("There is no piece of this name any more: remove it, or choose another.")
    return ""


def _stands(report: Report, name: str, codes: Container[str]) -> bool:
    """Is there something in the report that a link "#name" could lead to?"""
    if name in PIECES or _MADE.match(name) or full(report, name) in codes:
        return True
    return report.blocks.filter(kind=Kind.HEADING, about=name).exists()


def _finding_problem(finding: Finding | None) -> str:
    if finding is None:
        return _("The finding is no longer there: remove this line, or choose another finding.")
    if finding.state == Finding.State.REFUSED:
        return _("The finding was refused, so it is left out. Remove this line, or open the finding again.")
    if finding.visible_to > Visibility.PUBLIC:
        return _("Only members may see the finding, so it is left out of what is published.")
    state = finding.get_state_display()
    return _("The finding is not confirmed (%(state)s), so it is left out of what is published.") % {"state": state}


def _figure_problem(figure: Figure | None) -> str:
    if figure is None:
        return _("The figure is no longer there: remove this line, or choose another figure.")
    if figure.visible_to > Visibility.PUBLIC:
        return _("Only members may see the figure, so it is left out of what is published.")
    if figure.source is not None and figure.source.withdrawn_at is not None:
        return _("The consent for the figure's source was withdrawn: look whether the figure may stay.")
    return ""


def _text_problem(
    report: Report,
    block: Block,
    shown: Mapping[str, Finding],
    known: Mapping[str, Finding],
    figures: Mapping[str, Figure],
) -> str:
    texts = texts_of(report, block)
    for words in texts.values():
        for name in references.placed(words):
            code = full(report, name)
            if code in known and code not in shown:
                return f"[[{name}]]: {_finding_problem(known[code])}"
            if code in figures and (problem := _figure_problem(figures[code])):
                return f"[[{name}]]: {problem}"
            if name not in PIECES and code not in known and code not in figures:
                return nothing_named(name)
        for name in references.linked(words):
            if not _stands(report, name, {*known, *figures}):
                return _("The link to “#%(name)s” leads to nothing in this report.") % {"name": name}
    missing = [name for code, name in (("sq", _("Albanian")), ("en", _("English"))) if not texts.get(code, "").strip()]
    if len(missing) == 2:
        return _("Nothing is written yet: it is left out.")
    if missing:
        return _("Not written in %(language)s: readers of that language get the other one.") % {"language": missing[0]}
    return ""


# — addresses ——————————————————————————————————————————————————————————————————————————————————————————————


def _linked(block: printed.Block) -> printed.Block:
    if isinstance(block, Paragraph):
        return replace(block, runs=_out(block.runs))
    if isinstance(block, printed.Listing):
        return replace(block, items=tuple(_out(item) for item in block.items))
    if isinstance(block, Statement):
        return replace(
            block, runs=_out(block.runs), evidence=tuple(_out(line) for line in block.evidence),
            objections=tuple(_out(line) for line in block.objections),
        )  # fmt: skip
    return block


def _out(runs: Sequence[Run]) -> tuple[Run, ...]:
    origin = settings.ORIGIN.rstrip("/")
    return tuple(replace(run, link=origin + run.link) if run.link.startswith("/") else run for run in runs)
