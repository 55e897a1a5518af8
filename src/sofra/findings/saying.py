"""Evidence in words, a line each, as far as a reader may see it: pages and reports say the same."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sofra.activities import queries as activities
from sofra.activities.models import Activity
from sofra.ground.models import Visibility
from sofra.ground.tongues import part_in, said
from sofra.mapping.rules import is_hidden
from sofra.printing.blocks import Run

from . import standing
from .models import Evidence, Figure, Finding, Quote, Source, Step

Kind = Evidence.Kind
Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Told:
    """One piece of evidence: what it says to this reader; `then` what it said before, where it changed since."""

    evidence: Evidence
    runs: Runs
    then: str = ""
    hidden: bool = False

    @property
    def lost(self) -> bool:
        return self.evidence.lost_at is not None

    @property
    def changed(self) -> bool:
        return bool(self.then)


def evidence_lines(finding: Finding, level: int, language: str, user: Any = None) -> list[Runs]:
    """What the finding stands on, a line each, for a reader of this level (or this person) in this language."""
    return [one.runs for one in told(finding, level, language, user)]


def with_evidence(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """With all that is said of many findings, read in two questions instead of two for each."""
    steps = Step.objects.select_related("table").order_by("-id")
    return found.prefetch_related(
        Prefetch("evidence", _evidence(Evidence.objects.all()), to_attr="evidence_read"),
        Prefetch("steps", steps, to_attr="steps_read"),
    )


def _evidence(rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
    return rows.select_related("source", "quote__source", "figure__source", "activity__owner").order_by("id")


def told(finding: Finding, level: int, language: str, user: Any = None) -> list[Told]:
    rows: Iterable[Evidence] | None = getattr(finding, "evidence_read", None)
    if rows is None:
        rows = _evidence(finding.evidence.all())
    with translation.override(language):
        return [_told(evidence, level, user) for evidence in rows]


def _told(evidence: Evidence, level: int, user: Any) -> Told:
    if evidence.lost_at is not None:
        return Told(evidence, _lost(evidence))
    if evidence.kind in (Kind.ANSWERS, Kind.COVERAGE):
        return _living(evidence, level)
    runs: Runs | None = None
    if evidence.kind == Kind.SOURCE and evidence.source is not None and sees(evidence.source, level, user):
        runs = _source(evidence.source, evidence.page)
    elif evidence.kind == Kind.QUOTE and evidence.quote is not None and sees_quote(evidence.quote, level, user):
        runs = _quote(evidence.quote)
    elif evidence.kind == Kind.FIGURE and evidence.figure is not None and evidence.figure.visible_to <= level:
        runs = _figure(evidence.figure, level, user)
    elif evidence.kind == Kind.ACTIVITY and evidence.activity is not None:
        runs = _activity(evidence.activity, level)
    if runs is None:
        return Told(evidence, (Run(_hidden(evidence), emphasis=True),), hidden=True)
    if evidence.note and not _is_hidden_note(level):
        runs = (*runs, Run(f" – {evidence.note}"))
    changed = _("other numbers") if evidence.changed_at else ""
    return Told(evidence, runs, then=changed)


def _is_hidden_note(level: int) -> bool:
    """A note is the recorder's word to members; the public reads the evidence itself."""
    return level < Visibility.MEMBERS


def sees(source: Source, level: int, user: Any = None) -> bool:
    """Does this reader see the source? A sealed one: coordinators, and who recorded it."""
    return source.visible_to <= level or bool(user and user.pk and user.pk == source.recorded_by_id)


def sees_quote(quote: Quote, level: int, user: Any = None) -> bool:
    own = bool(user and user.pk and user.pk == quote.source.recorded_by_id)
    return own or max(quote.visible_to, quote.source.visible_to) <= level


def _hidden(evidence: Evidence) -> str:
    if evidence.kind in (Kind.SOURCE, Kind.QUOTE):
        source = evidence.source or (evidence.quote.source if evidence.quote else None)
        if source is not None:
            return _("A source that is not open to everyone: %(kind)s.") % {"kind": source.get_kind_display()}
    if evidence.kind == Kind.ACTIVITY:
        return _("An activity that is not open to everyone.")
    return _("A figure that is not open to everyone.")


def _lost(evidence: Evidence) -> Runs:
    assert evidence.lost_at is not None
    day = date_format(timezone.localtime(evidence.lost_at), "SHORT_DATE_FORMAT")
    source = (
        evidence.source or (evidence.quote and evidence.quote.source) or (evidence.figure and evidence.figure.source)
    )
    what = source.get_kind_display() if source else evidence.get_kind_display()
    words = _("The consent for a source (%(kind)s) was withdrawn on %(day)s: this statement no longer stands on it.")
    return (Run(words % {"kind": what, "day": day}, emphasis=True),)


def _living(evidence: Evidence, level: int) -> Told:
    now = standing.now(evidence)
    changed = now.missing or (evidence.changed_at is not None and now.kept != evidence.seen)
    if evidence.kind == Kind.ANSWERS and is_hidden(int(now.kept.get("base", 0)), level):
        few = standing.few_words(evidence)
        return Told(evidence, (Run(few, emphasis=True),), then=_("something else") if changed else "", hidden=True)
    link = str(evidence.asked.get("address", "")) if evidence.kind == Kind.COVERAGE else ""
    runs: Runs = (Run(now.sentence, link=link),)
    before = "" if is_hidden(int(evidence.seen.get("base", 0)), level) else standing.then(evidence).rstrip(".")
    return Told(evidence, runs, then=(before or _("something else")) if changed else "")


def _page(page: str) -> str:
    return _(", p. %(page)s") % {"page": page} if page else ""


def source_words(source: Source) -> str:
    """What stands behind a source's title: its kind, whose it is, when."""
    parts = [source.get_kind_display(), source.whose, source.dated]
    return ", ".join(part for part in parts if part)


def _source(source: Source, page: str) -> Runs:
    return (Run(source.name, link=source.get_absolute_url()), Run(f" ({source_words(source)}){_page(page)}"))


def _quote(quote: Quote) -> Runs:
    source = quote.source
    behind = f" ({source_words(source)}){_page(quote.page)}"
    return (Run(f"“{quote.text}” – "), Run(source.name, link=source.get_absolute_url()), Run(behind))


def value_words(value: str, unit: str) -> str:
    """ "41 %", "37,3 %" in Albanian; an empty value is one that is not known."""
    return f"{_as_written(value)} {part_in(unit)}".strip() if value else _("not known")


def _as_written(value: str) -> str:
    """A number as the reader's language writes it; what is no number stays as the source says it."""
    return number_format(value, force_grouping=True) if re.fullmatch(r"\d+(\.\d+)?", value) else value


def base_words(figure: Figure) -> str:
    if figure.base is None:
        return said(figure.base_note) or _("how many were asked is not stated")
    words = _("base: %(base)s") % {"base": figure.base}
    note = said(figure.base_note)
    return f"{words} ({note})" if note else words


def _figure(figure: Figure, level: int, user: Any) -> Runs:
    lines = "; ".join(f"{said(one.get('label'))}: {value_words(str(one.get('value', '')), figure.unit)}"
                      for one in figure.series)  # fmt: skip
    runs: Runs = (Run(said(figure.titles), link=figure.get_absolute_url()), Run(f": {lines} ({base_words(figure)})"))
    source = figure.source
    if source is not None and sees(source, level, user):
        runs += (Run(". "), Run(source.name, link=source.get_absolute_url()), Run(_page(figure.page)))
    return runs


def _activity(activity: Activity, level: int) -> Runs | None:
    found = activities.activities(level).filter(pk=activity.pk).first()
    if found is None:
        return None
    owner = activities.names_of([found.owner], level).get(found.owner_id or 0) if found.owner_id else None
    parts = [str(owner) if owner else "", found.when if isinstance(getattr(found, "when", None), str) else ""]
    behind = ", ".join(part for part in parts if part)
    return (Run(found.title, link=found.get_absolute_url()), Run(f" ({behind})" if behind else ""))


def standing_words(finding: Finding, table: Mapping[str, str] | None = None) -> str:
    """ "Confirmed on 17.12.2018 at the round table …"; "" for what nobody decided on."""
    read: list[Step] | None = getattr(finding, "steps_read", None)
    steps: Iterable[Step]
    if read is None:
        steps = finding.steps.filter(kind=finding.state).select_related("table").order_by("-id")[:1]
    else:
        steps = [step for step in read if step.kind == finding.state][:1]
    for step in steps:
        if step.table is not None and step.table.on:
            when = ".".join(reversed(step.table.on.split("-")))
            return _("%(state)s at the round table of %(day)s") % {
                "state": str(finding.get_state_display()).capitalize(), "day": when,
            }  # fmt: skip
        day = date_format(timezone.localtime(step.at), "SHORT_DATE_FORMAT")
        return _("%(state)s on %(day)s") % {"state": str(finding.get_state_display()).capitalize(), "day": day}
    return str(finding.get_state_display()).capitalize()
