"""The plan's report: one document, written as PDF, Word and XLSX; and the chart of an indicator."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sofra.accounts.access import level_of
from sofra.activities import dates
from sofra.ground.tongues import said
from sofra.printing import blocks, pdf, word, workbook

from . import queries, rules, tables
from .models import Indicator, Plan
from .queries import Standing

MOST = {"pdf": 1_000, "docx": 1_000, "xlsx": 2_000}  # rows of one table; what is left out is said
CHARTS = 60


def written(user: Any, plan: Plan, form: str, language: str) -> bytes:
    document = document_of(user, plan, language, MOST[form])
    if form == "xlsx":
        return workbook.written(workbook.tables_of(document), language=language, about=document.facts)
    return {"pdf": pdf.written, "docx": word.written}[form](document)


def document_of(user: Any, plan: Plan, language: str, most: int) -> blocks.Document:
    """What a reader may know of the plan: its objectives, tables of measures, money and indicators, charts."""
    with translation.override(language):
        level = level_of(user)
        laid: list[blocks.Block] = []
        if text := said(plan.about, language):
            laid.append(blocks.Paragraph((blocks.Run(text),), "lead"))
        if plan.objectives.exists():
            laid.append(blocks.Heading(_("Objectives"), 1, "objectives", True))
        laid += [
            blocks.Paragraph((blocks.Run(f"{one.number}. ", strong=True), blocks.Run(str(one))))
            for one in plan.objectives.all()
        ]
        for name in ("tree", "timeline", "bodies", "places", "money", "indicators"):
            table = tables.VIEWS[name](user, plan)
            laid.append(blocks.Heading(tables.view_names()[name], 1, name, True))
            if not table.rows:
                laid.append(blocks.Paragraph((blocks.Run(_("Nothing is recorded here.")),)))
                continue
            if name == "indicators":
                laid.append(blocks.Paragraph((blocks.Run(tables.lights_rule()),), "small"))
            if len(table.rows) > most:
                laid.append(blocks.Paragraph((blocks.Run(_left_out(most, len(table.rows))),), "small"))
            laid.append(_as_block(table, plan, most, wide=len(table.head) > 6))
        found = Indicator.objects.filter(plan=plan).order_by("code")
        laid += [
            figure for one in queries.standings(list(found[:CHARTS]), level) if (figure := chart(one, level, language))
        ]
        if (count := found.count()) > CHARTS:
            laid.append(blocks.Paragraph((blocks.Run(_left_out(CHARTS, count)),), "small"))
        facts = [
            (_("Kind of plan"), capfirst(str(plan.get_kind_display()))),
            (_("State"), capfirst(str(plan.get_state_display()))),
            (_("Whose plan it is"), queries.name_of(plan.owner, level) or _("not known")),
            (_("Period"), plan.when),
            (_("Adopted on"), dates.written(plan.adopted_on) or _("not known")),
            (_("Source"), plan.source or _("not known")),
        ]
        return blocks.Document(
            title=str(plan),
            subtitle=_("Report on the plan"),
            language=language,
            author=settings.HUB_NAME,
            blocks=tuple(laid),
            facts=tuple(facts),
            running=f"{plan} – {plan.code}",
            date=timezone.localdate().isoformat(),
        )


def _left_out(shown: int, count: int) -> str:
    return _(
        "The first %(shown)s of %(count)s are here; all of them stand on the plan's pages, and in their CSV and XLSX."
    ) % {"shown": shown, "count": count}


def _as_block(table: tables.Table, plan: Plan, most: int, *, wide: bool) -> blocks.Table:
    rows = [*table.rows[:most], *table.foot]
    told = tuple(tuple(cell.text for cell in row) for row in rows)
    return blocks.Table(table.caption, table.head, told, table.numbers, source=plan.source, wide=wide)


def chart(standing: Standing, level: int, language: str) -> blocks.Figure | None:
    """Values by period with the targets beside them; what is not known is blank; None for no value."""
    from sofra.printing import charts  # its engine is loaded where something is drawn

    indicator = standing.indicator
    targets = {one.period: one.value for one in indicator.targets.all()}
    values = {
        one.period: None if (indicator.pk, one.period) in standing.back else _drawn(indicator, one.value)
        for one in standing.readings
    }
    if not any(value is not None for value in values.values()) or indicator.scale == Indicator.Scale.LEVELS:
        return None
    periods = sorted({*targets, *values}, key=rules.after)
    drawn = [
        charts.Value(period, float(found) if (found := row.get(period)) is not None else None, series)
        for series, row in ((_("value"), values), (_("target"), targets))
        if row
        for period in periods
        if series == _("value") or period in targets
    ]
    words = "; ".join(
        f"{period}: {_read_words(standing, period, values.get(period)) or _('not known')}" for period in periods
    )
    return blocks.Figure(
        caption=str(indicator),
        svg=charts.bar(drawn, language=language, axis=tables.unit_words(indicator.unit)),
        alt=words,
        source=indicator.source,
        anchor=f"chart-{indicator.pk}",
        table=charts.table(drawn, caption=str(indicator), head=[_("Period"), _("Value")], language=language),
    )


def _drawn(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    """A share as the pages write it, with one decimal."""
    return value.quantize(Decimal("0.1")) if value is not None and indicator.scale == Indicator.Scale.SHARE else value


def _read_words(standing: Standing, period: str, value: Any) -> str:
    if (standing.indicator.pk, period) in standing.back:
        return tables.few_words()
    return tables.value_words(standing.indicator, value)
