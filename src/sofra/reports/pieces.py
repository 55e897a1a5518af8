"""The pieces of a report that are computed from data, by name: each chart and map with its table.

What is not known is a row of its own that says so. Nothing that only members see is in what is made for everyone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.utils.translation import ngettext

from sofra.activities.vocabulary import KINDS
from sofra.coverage import crowds, tables
from sofra.coverage import queries as coverage
from sofra.coverage.forms import HeatForm
from sofra.findings.queries import fillings_of
from sofra.ground.models import Visibility
from sofra.mapping.models import Invitation
from sofra.mapping.rules import FEW, is_hidden
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Kind, Theme
from sofra.places.models import Place
from sofra.places.titles import short_name_of, title_of
from sofra.printing import charts
from sofra.printing.blocks import Block, Figure, Paragraph, Run, Table
from sofra.questionnaires import queries as questionnaires

from . import annexes, beside, counting, drawing
from .annexes import NOT_KNOWN, nothing
from .counting import UNKNOWN, Where
from .wanted import Piece, Wanted

MOST_BARS = 15  # of one question; of longer lists of choices only those that somebody made are drawn
MOST_ROWS = 200  # of a list that stands in a report; the hub's pages hold the whole
Pairs = Sequence[tuple[str, int | None]]


def made(name: str, wanted: Wanted) -> tuple[Block, ...]:
    """The blocks of a piece, each figure with its table. Raises KeyError for a name that there is not."""
    return PIECES[name].make(wanted)


# — bars ———————————————————————————————————————————————————————————————————————————————————————————————————


def bars(
    wanted: Wanted, name: str, caption: str, pairs: Pairs, *, what: str, of: str, base: str, source: str
) -> Figure:
    """A bar chart with its table. `what` heads the labels, `of` the numbers, `base` says what is counted."""
    values = [charts.Value(capfirst(label), number) for label, number in pairs]
    return Figure(
        caption,
        charts.bar(values, language=wanted.language, base=base),
        charts.words(values, language=wanted.language),
        source=source,
        anchor=name,
        table=charts.table(values, caption=caption, head=(what, of), language=wanted.language),
    )


def _registry() -> str:
    return _("Registry of the hub on %(day)s") % {"day": _today()}


def _records() -> str:
    return _("Activities recorded in the hub on %(day)s") % {"day": _today()}


def _today() -> str:
    return timezone.localdate().strftime("%d.%m.%Y")


def _of_organisations(number: int) -> str:
    return ngettext("Base: %(number)s organisation", "Base: %(number)s organisations", number) % {"number": number}


def _of_activities(number: int) -> str:
    return ngettext("Base: %(number)s activity", "Base: %(number)s activities", number) % {"number": number}


def _coded(
    wanted: Wanted, name: str, field: str, words: Mapping[str, object], caption: str, what: str
) -> tuple[Block, ...]:
    bodies = counting.mapped(wanted)
    if not bodies:
        return _nobody()
    counts, silent = counting.by_value(bodies, wanted.level, field)
    pairs = [(str(words.get(code, code)), number) for code, number in _most_first(counts)]
    if silent:
        pairs.append((str(NOT_KNOWN), silent))
    base = _of_organisations(len(bodies)) + "; " + _("an organisation may stand in several rows")
    figure = bars(
        wanted, name, caption, pairs, what=what, of=_("Organisations"), base=base, source=_registry()
    )  # fmt: skip
    return (figure,)


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _nobody() -> tuple[Block, ...]:
    return nothing(_("No organisation of this round is known to readers of this report."))


def themes(wanted: Wanted) -> tuple[Block, ...]:
    return _coded(
        wanted, "themes", "theme", dict(Theme.choices), _("Themes that the organisations work on"), _("Theme")
    )


def kinds(wanted: Wanted) -> tuple[Block, ...]:
    return _coded(
        wanted, "kinds", "activity_kind", ACTIVITY_KINDS, _("Kinds of activity, by Annex II"), _("Kind of activity")
    )  # fmt: skip


def audiences(wanted: Wanted) -> tuple[Block, ...]:
    return _coded(
        wanted, "audiences", "audience", dict(Audience.choices), _("Whom the organisations work with"), _("For whom")
    )  # fmt: skip


def bodies(wanted: Wanted) -> tuple[Block, ...]:
    found = counting.mapped(wanted)
    if not found:
        return _nobody()
    counts = Counter(one.kind for one in found)
    pairs = [(str(Kind(code).label), number) for code, number in _most_first(counts)]
    return (
        bars(wanted, "bodies", _("Organisations by kind of body"), pairs, what=_("Kind of body"), of=_("Organisations"),
             base=_of_organisations(len(found)), source=_registry()),
    )  # fmt: skip


def classes(wanted: Wanted) -> tuple[Block, ...]:
    found = counting.mapped(wanted)
    if not found:
        return _nobody()
    words = {
        "specific": _("P/CVE-specific only"), "relevant": _("P/CVE-relevant only"),
        "both": _("both specific and relevant"),
        UNKNOWN: _("not known or not public"),
    }  # fmt: skip
    counts = counting.by_class(found, wanted.level)
    pairs = [(word, counts[code]) for code, word in words.items()]
    source = _registry() + "; " + _("the class follows from the recorded kinds of activity, by Annex II")
    figure = bars(
        wanted, "classes", _("Organisations by class of their activities"), pairs, what=_("Class"),
        of=_("Organisations"), base=_of_organisations(len(found)), source=source,
    )  # fmt: skip
    return (figure,)


# — maps ———————————————————————————————————————————————————————————————————————————————————————————————————


def organisations_by_county(wanted: Wanted) -> tuple[Block, ...]:
    return _map(wanted, "organisations-by-county", 1, _("Organisations by county"))


def organisations_by_municipality(wanted: Wanted) -> tuple[Block, ...]:
    return _map(wanted, "organisations-by-municipality", 2, _("Organisations by municipality"))


def _map(wanted: Wanted, name: str, depth: int, caption: str) -> tuple[Block, ...]:
    found = counting.mapped(wanted)
    if not found:
        return _nobody()
    where = counting.organisations_by_place(found, wanted.level, depth)
    note = _of_organisations(len(found)) + "; " + _("each counts once in every place that it names")
    return _drawn(wanted, name, depth, caption, where, note, _("Organisations"))


def activities_by_place(wanted: Wanted) -> tuple[Block, ...]:
    found = counting.activities_of(wanted)
    if not found:
        return nothing(_("No activity is recorded that readers of this report may see."))
    where = counting.activities_by_place(found, 1)
    note = _of_activities(len(found)) + "; " + _("each counts once in every county that it names")
    return _drawn(wanted, "activities-by-place", 1, _("Activities by county"), where, note, _("Activities"))


def _drawn(wanted: Wanted, name: str, depth: int, caption: str, where: Where, note: str, of: str) -> tuple[Block, ...]:
    country = wanted.round.country
    kept = Place.objects.filter(country=country, level=depth, valid_to=None).order_by("sort_key", "code")
    places = [one for one in kept if depth == 1 or one.kind == "municipality"]
    counts = {one.code: where.counts.get(one.code) for one in places}
    svg = drawing.county_map(country, counts) if depth == 1 else drawing.tile_map(country, counts)
    rows = [
        (title_of(one) if depth == 1 else short_name_of(one), _number(counts[one.code]))
        for one in places if depth == 1 or counts[one.code]
    ]  # fmt: skip
    silent = sum(1 for one in places if not counts[one.code])
    if depth == 2 and silent:
        rows.append((_("municipalities that nobody names: %(number)s") % {"number": silent}, str(NOT_KNOWN)))
    apart = ((_("in the whole country"), where.country), (_("a larger area, not told apart"), where.wider),
             (_("where is not known"), where.unknown))  # fmt: skip
    rows += [(word, str(number)) for word, number in apart if number]
    beside = "".join(f" {capfirst(word)}: {number}." for word, number in apart if number)
    head = (_("County") if depth == 1 else _("Municipality"), of)
    source = _records() if name.startswith("activities") else _registry()
    table = Table(caption, head, tuple(rows), numbers=(1,), widths=(4, 1.2), source=note, anchor=f"{name}-table")
    if not svg:
        return (table,)
    told = [f"{word}: {number}" for word, number in rows]
    return (
        Figure(
            caption, svg, _map_in_words(told), source=f"{source}. {note}. {_legend()}{beside}", anchor=name, table=table
        ),
    )


def _legend() -> str:
    return _("The darker, the more; hatched with “?”: nobody named the place, so it is not known.")


def _map_in_words(told: Sequence[str]) -> str:
    return _("Map.") + " " + "; ".join(told[:20]) + ("; …" if len(told) > 20 else ".")


def _number(count: int | None) -> str:
    return str(NOT_KNOWN) if count is None else str(count)


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def activities_by_kind(wanted: Wanted) -> tuple[Block, ...]:
    found = counting.activities_of(wanted)
    if not found:
        return nothing(_("No activity is recorded that readers of this report may see."))
    hiding, counts, silent = counting.hides_kinds(wanted.level), Counter[str](), 0
    for one in found:
        codes = [code for code in one.kinds if not (one.owner_id in hiding and code in ACTIVITY_KINDS)]
        counts.update(set(codes))
        silent += not codes
    pairs = [(str(KINDS[code]).split(":")[0], number) for code, number in _most_first(counts) if code in KINDS]
    if silent:
        pairs.append((str(NOT_KNOWN), silent))
    figure = bars(
        wanted, "activities-by-kind", _("Activities by kind"), pairs, what=_("Kind of activity"), of=_("Activities"),
        base=_of_activities(len(found)) + "; " + _("an activity may be of several kinds"), source=_records(),
    )  # fmt: skip
    return (figure,)


def activities_by_quarter(wanted: Wanted) -> tuple[Block, ...]:
    found = counting.activities_of(wanted)
    if not found:
        return nothing(_("No activity is recorded that readers of this report may see."))
    counts = Counter(counting.quarter_of(one.begins) for one in found)
    pairs = [(_quarter(code), counts[code]) for code in sorted(counts) if code]
    pairs.append((_("when is not known"), counts[""]))
    figure = bars(
        wanted, "activities-by-quarter", _("Activities by the quarter in which they began"), pairs, what=_("Quarter"),
        of=_("Activities"), base=_of_activities(len(found)), source=_records(),
    )  # fmt: skip
    return (figure,)


def _quarter(code: str) -> str:
    year, _dash, quarter = code.partition("-Q")
    if not quarter:
        return _("%(year)s, quarter not known") % {"year": year}
    return _("quarter %(n)s of %(year)s") % {"n": quarter, "year": year}


# — coverage ———————————————————————————————————————————————————————————————————————————————————————————————


def heat(wanted: Wanted) -> tuple[Block, ...]:
    """Kinds of activity (or the option "by": themes, audiences, times) by county."""
    form = HeatForm({"by": str(wanted.options.get("by", "kind"))})
    if not form.is_valid():
        form = HeatForm({"by": "kind"})
        form.is_valid()
    told = tables.heat_table(wanted.level, form)
    if not told.columns:
        return nothing(_("No activity is recorded that readers of this report may see."))
    head = (
        _("Kind of work") if form.cleaned_data["by"] in ("", "kind") else _("What"),
        *(row.title for row in told.rows),
    )
    rows = [(_("All"), *(_cell(row.whole) for row in told.rows))]
    rows += [
        (capfirst(name), *(_cell(row.cells[number]) for row in told.rows)) for number, name in enumerate(told.columns)
    ]
    note = _("Numbers are activities; “?”: not known, since nobody was asked; 0: asked, and nobody is known.")
    if told.empty:
        note += " " + _("Nothing is recorded anywhere of: %(columns)s.") % {"columns": ", ".join(told.empty)}
    table = Table(
        _("Who works where: activities by county"), head, tuple(rows), numbers=tuple(range(1, len(head))),
        source=f"{_records()}. {note}", anchor="heat", wide=True, widths=(3.2, *(1.0 for _one in head[1:])),
    )  # fmt: skip
    return (table,)


def _cell(cell: tables.HeatCell) -> str:
    if not cell.may:
        return "0" if cell.state == "none" else "?"
    if cell.perhaps:
        return _("%(sure)s to %(may)s") % {"sure": cell.sure, "may": cell.may}
    return str(cell.may)


def crowded(wanted: Wanted) -> tuple[Block, ...]:
    """Places where more organisations than the hub's limit work with the same people at once."""
    if crowds.is_large():
        found = crowds.crowds(wanted.level, coverage.EVERYTHING)
        titles = {one.code: title_of(one) for one in Place.objects.filter(code__in={one.place for one in found})}
        rows = [
            (titles.get(one.place, one.place), _whom(one.audience), _how_sure(one.sure), str(one.number))
            for one in found
        ]
    else:
        notices = coverage.crowded_places(wanted.level)
        rows = [
            (title_of(one.place), _whom(one.audience), _how_sure(one.crowd.sure), str(one.crowd.number))
            for one in notices
        ]
    if not rows:
        return nothing(_("No place is crowded, as far as is known."))
    table = Table(
        _("Crowded places"), (_("Municipality"), _("For whom"), _("How sure"), _("Organisations at once, at most")),
        tuple(rows[:MOST_ROWS]), numbers=(3,), widths=(2, 2.4, 1.2, 1.4), source=_cut(rows, _records()),
        anchor="crowded",
    )  # fmt: skip
    return (table,)


def _how_sure(sure: bool) -> str:
    return _("sure") if sure else _("possible")


def _whom(audience: str) -> str:
    return str(Audience(audience).label) if audience else _("for whom is not known")


def nobody_known(wanted: Wanted) -> tuple[Block, ...]:
    """Municipalities where nobody is known to work: asked and nobody, or not asked."""
    found = list(coverage.gaps(wanted.level))
    if not found:
        return nothing(_("Somebody is known to work in every municipality."))
    words = {"nobody": _("asked: nobody known"), "not-asked": _("not asked, so not known")}
    rows = [
        (title_of(one.place), words.get(str(one.state), str(one.state)), str(one.wider)) for one in found
    ]  # fmt: skip
    table = Table(
        _("Municipalities where nobody is known to work"),
        (_("Municipality"), _("What is known"), _("Activities of larger places that may reach it")),
        tuple(rows[:MOST_ROWS]), numbers=(2,), widths=(2, 2, 2), source=_cut(rows, _records()), anchor="nobody-known",
    )  # fmt: skip
    return (table,)


def _cut(rows: Sequence[object], source: str) -> str:
    if len(rows) <= MOST_ROWS:
        return source
    return source + ". " + _("The first %(shown)s of %(all)s rows; the hub shows them all.") % {
        "shown": MOST_ROWS, "all": len(rows),
    }  # fmt: skip


# — who answered, and what —————————————————————————————————————————————————————————————————————————————————


def answered_by_county(wanted: Wanted) -> tuple[Block, ...]:
    codes = counting.answered(wanted.round, "county")
    titles = {one.code: title_of(one) for one in Place.objects.filter(code__in=codes)}
    return _answered(wanted, "answered-by-county", _("Who answered, by county"), _("County"), codes, titles)


def answered_by_kind(wanted: Wanted) -> tuple[Block, ...]:
    codes = counting.answered(wanted.round, "kind")
    words = {code: capfirst(str(label)) for code, label in Kind.choices}
    return _answered(wanted, "answered-by-kind", _("Who answered, by kind of body"), _("Kind of body"), codes, words)


def _answered(
    wanted: Wanted, name: str, caption: str, what: str, found: Mapping[str, Counter[str]], words: Mapping[str, str]
) -> tuple[Block, ...]:
    if not found:
        return nothing(_("Whom this round asked, and who answered, is not recorded: it is not known."))
    every: Counter[str] = sum(found.values(), Counter())
    small = Counter[str]()
    if wanted.level < Visibility.MEMBERS:  # of few it could be told which of them refused
        small = sum((counts for counts in found.values() if sum(counts.values()) < FEW), small)
        found = {code: counts for code, counts in found.items() if sum(counts.values()) >= FEW}
    rows = [
        _answer_row(words.get(code, capfirst(str(NOT_KNOWN))), counts)
        for code, counts in sorted(found.items(), key=lambda one: (one[0] == UNKNOWN, words.get(one[0], "")))
    ]
    if small:
        rows.append(_answer_row(_("Others, fewer than %(few)s each") % {"few": FEW}, small))
    rows.append(_answer_row(_("All"), every))
    head = (what, _("Asked"), _("Answered"), _("Rate"), _("Refused"), _("Unreachable"), _("No answer"))
    table = Table(
        caption, head, tuple(rows), numbers=(1, 2, 3, 4, 5, 6), widths=(2.6, 1, 1, 1, 1, 1, 1),
        source=_("Invitations of the round %(round)s") % {"round": wanted.round.code}, anchor=f"{name}-table",
    )  # fmt: skip
    pairs = [(row[0], int(row[2])) for row in rows[:-1]]
    values = [
        charts.Value(label, number, shown=f"{number} / {row[1]}")
        for (label, number), row in zip(pairs, rows, strict=False)
    ]
    base = ngettext("Base: %(number)s asked", "Base: %(number)s asked", sum(every.values())) % {
        "number": sum(every.values())
    }
    svg = charts.bar(values, language=wanted.language, base=base)
    return (Figure(caption, svg, charts.words(values, language=wanted.language), anchor=name, table=table),)


def _answer_row(label: str, counts: Counter[str]) -> tuple[str, ...]:
    step = Invitation.Step
    asked = sum(counts.values()) - counts[step.ADDED]
    sent, refused, lost = counts[step.SENT], counts[step.REFUSED], counts[step.UNREACHABLE]
    rate = f"{100 * sent / asked:.0f} %" if asked else "–"
    return (label, str(asked), str(sent), rate, str(refused), str(lost), str(asked - sent - refused - lost))


def answers(wanted: Wanted) -> tuple[Block, ...]:
    """The questionnaire's answers by question: counts with their base; what people wrote freely is only counted."""
    version = wanted.round.version
    if version is None:
        return nothing(_("This round has no questionnaire in the hub."))
    asked = questionnaires.questions(version, wanted.language)
    only = wanted.options.get("question")
    blocks: list[Block] = []
    for question in asked:
        if only and question.path != only:
            continue
        blocks += _question(wanted, version.pk, question)
    return tuple(blocks) or nothing(_("No answer was sent yet."))


def _question(wanted: Wanted, version: int, question: questionnaires.Asked) -> list[Block]:
    told = questionnaires.counts([version], question.path, within=fillings_of(wanted.round, version))
    if not told.asked:
        return []
    none = _("Base: %(base)s of %(asked)s answered this question") % {"base": told.base, "asked": told.asked}
    if is_hidden(told.base, wanted.level):
        few = _("fewer than %(few)s answered, so their answers are not shown") % {"few": FEW}
        return [Paragraph((Run(question.label, strong=True), Run(f" – {few}.")), "small")]
    if not question.choices or not told.base:  # of nobody's answers no bar is drawn: it would say 0 of something
        return [Paragraph((Run(question.label, strong=True), Run(f" – {none}.")), "small")]
    pairs = [(label, told.values.get(code, 0)) for code, label in question.choices]
    if len(pairs) > MOST_BARS:
        given = [pair for pair in pairs if pair[1]]
        none += "; " + _("choices that nobody made are left out: %(number)s") % {"number": len(pairs) - len(given)}
        pairs = given
    name = "answers-" + question.path.replace("/", "-").replace("_", "-")
    return [
        bars(wanted, name, question.label, pairs, what=_("Answer"), of=_("Answers"), base=none,
             source=_("Questionnaire of the round %(round)s") % {"round": wanted.round.code}),
    ]  # fmt: skip


# — by name ————————————————————————————————————————————————————————————————————————————————————————————————

_CHART, _MAP, _TABLE, _ANNEX = "chart", "map", "table", "annex"
PIECES: dict[str, Piece] = {
    one.name: one
    for one in (
        Piece("answered-by-county", _CHART, _t("Who answered, by county"),
              _t("Invitations and answers of the round, with the rate."), answered_by_county, "method"),
        Piece("answered-by-kind", _CHART, _t("Who answered, by kind of body"),
              _t("Invitations and answers of the round, with the rate."), answered_by_kind, "method"),
        Piece("bodies", _CHART, _t("Organisations by kind of body"), _t("Of those that the round mapped."),
              bodies, "analysis"),
        Piece("classes", _CHART, _t("Organisations by class"), _t("Specific, relevant, both, not known."),
              classes, "analysis"),
        Piece("organisations-by-county", _MAP, _t("Organisations by county"), _t("Map and table."),
              organisations_by_county, "analysis"),
        Piece("organisations-by-municipality", _MAP, _t("Organisations by municipality"), _t("Equal tiles and table."),
              organisations_by_municipality, "analysis"),
        Piece("themes", _CHART, _t("Themes"), _t("What the organisations work on."), themes, "fields"),
        Piece("kinds", _CHART, _t("Kinds of activity of the organisations"), _t("By Annex II."), kinds, "fields"),
        Piece("audiences", _CHART, _t("Audiences"), _t("Whom the organisations work with."), audiences, "fields"),
        Piece("activities-by-kind", _CHART, _t("Activities by kind"), _t("Chapter IV's forms and Annex II's kinds."),
              activities_by_kind, "fields"),
        Piece("activities-by-place", _MAP, _t("Activities by county"), _t("Map and table."),
              activities_by_place, "findings"),
        Piece("activities-by-quarter", _CHART, _t("Activities by quarter"), _t("When they began."),
              activities_by_quarter, "findings"),
        Piece("heat", _TABLE, _t("Who works where"), _t("Kinds of activity by county."), heat, "findings"),
        Piece("crowded", _TABLE, _t("Crowded places"), _t("More organisations than the limit with the same people."),
              crowded, "gaps"),
        Piece("nobody-known", _TABLE, _t("Places where nobody is known"), _t("Asked and nobody, or not asked."),
              nobody_known, "gaps"),
        Piece("answers", _ANNEX, _t("The questionnaire's answers"), _t("Counts by question, each with its base."),
              answers),
        Piece("sources", _ANNEX, _t("Sources"), _t("By kind; those that are public."), annexes.sources),
        Piece("attendance", _ANNEX, _t("Round tables and who was there"), _t("By organisation, never a person."),
              annexes.attendance),
        Piece("annex-organisations", _ANNEX, _t("Organisations involved in the mapping"),
              _t("The six columns of Annex I of 2018."), annexes.organisations),
        Piece("beside-document", _ANNEX, _t("Beside the printed document"),
              _t("Each place of the document, and the statements that say what stands there."), beside.document),
        Piece("annex-definitions", _ANNEX, _t("Definitions"), _t("Annex II, from the glossary."), annexes.definitions),
    )
}  # fmt: skip
