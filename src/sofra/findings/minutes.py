"""Minutes of a round table: drafted from its steps, in Markdown, edited by people; and as a document to take away."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sofra.activities import dates
from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.organisations.queries import head
from sofra.places.models import Place
from sofra.places.titles import title_of
from sofra.printing import markdown
from sofra.printing.blocks import Document

from . import queries, tables
from .models import Finding, RoundTable, Step
from .vocabulary import chapter_title

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~"})


def plain(text: str) -> str:
    """A text as Markdown that shows it as it is: no sign in it becomes a heading, a link or a picture."""
    return " ".join(text.translate(_SIGNS).split())


def drafted(table: RoundTable, language: str) -> str:
    """What was done at the table, finding by finding: a beginning for the secretary. Bodies only, never a person.

    Minutes are public once they are closed, so that only what the public or members may read of findings stands here.
    """
    with translation.override(language):
        parts = [_head(table), _bodies(table)]
        steps = queries.decided_at(table)
        agenda = Finding.objects.filter(agendas__table=table, visible_to__lt=Visibility.SEALED)
        for number, finding in enumerate(agenda.order_by("agendas__position", "agendas__id"), start=1):
            parts.append(_finding(number, finding, steps.get(finding.pk, []), language))
        return "\n\n".join(part for part in parts if part) + "\n"


def _head(table: RoundTable) -> str:
    place = Place.objects.filter(pk=table.place).first()
    where = title_of(place) if place else ""
    facts = [f"- {_('Day')}: {dates.written(table.on) or _('not known')}"]
    if where:
        facts.append(f"- {_('Place')}: {plain(where)}")
    if table.stated_attendance:
        facts.append(f"- {_('Attendance as stated')}: {plain(table.stated_attendance)}")
    return "\n".join(facts)


def _bodies(table: RoundTable) -> str:
    counted = tables.seen_by_table(table)
    seats = list(table.seats.select_related("organisation").order_by("name"))
    present = [plain(seat.name) for seat in seats if seat.present
               and (seat.organisation is None or head(seat.organisation).visible_to == Visibility.PUBLIC)]  # fmt: skip
    lines = [f"# {_('Who was at the table')}", ""]
    if not seats:
        return "\n".join([*lines, _("Which bodies were at the table is not known.")])
    if counted["unknown"] == counted["bodies"]:
        return "\n".join([*lines, _("Which bodies were at the table is not known.")])
    lines.append(
        ngettext("%(present)s body of %(bodies)s came.", "%(present)s bodies of %(bodies)s came.", counted["present"])
        % counted
    )
    if counted["people"] is not None:
        said_people = ngettext("%(n)s person came for them", "%(n)s people came for them", counted["people"])
        lines[-1] += " " + said_people % {"n": counted["people"]} + "."
    if counted["uncounted"]:
        lines[-1] += " " + ngettext(
            "For %(n)s of them it is not noted how many.", "For %(n)s of them it is not noted how many.",
            counted["uncounted"],
        ) % {"n": counted["uncounted"]}  # fmt: skip
    if counted["unknown"]:
        lines[-1] += " " + ngettext(
            "Of %(n)s it is not noted whether it came.", "Of %(n)s it is not noted whether they came.",
            counted["unknown"],
        ) % {"n": counted["unknown"]}  # fmt: skip
    lines += ["", *(f"- {name}" for name in present)]
    return "\n".join(lines)


def _finding(number: int, finding: Finding, steps: list[Step], language: str) -> str:
    words = said(finding.statements, language)
    lines = [f"# {number}. {plain(words)}", ""]
    if finding.chapter:
        lines += [f"*{plain(chapter_title(finding.chapter))}*", ""]
    if not steps:
        lines.append(_("Nothing was decided on it."))
    for step in steps:
        lines.append(f"- {_step(step, language)}")
    return "\n".join(lines)


def _step(step: Step, language: str) -> str:
    reason = f" {plain(step.reason)}" if step.reason else ""
    if step.kind == Step.Kind.AMENDED:
        before = said(step.before.get("statements"), language)
        after = said(step.after.get("statements"), language)
        return _("**Amended.** Before: “%(before)s” After: “%(after)s”") % {
            "before": plain(before), "after": plain(after),
        } + reason  # fmt: skip
    if step.kind == Step.Kind.CONTESTED:
        who = queries.objector_words(step, Visibility.PUBLIC) or _("a body that is not named")
        return _("**Contested** by %(who)s: “%(objection)s”") % {
            "who": plain(who), "objection": plain(step.objection),
        } + reason  # fmt: skip
    return f"**{str(step.get_kind_display()).capitalize()}.**{reason}"


def document_of(table: RoundTable, language: str) -> Document:
    """The minutes as they stand, ready to be printed."""
    with translation.override(language):
        title = said(table.titles, language) or table.code
        place = Place.objects.filter(pk=table.place).first()
        facts = [(_("Day"), dates.written(table.on) or _("not known"))]
        if place:
            facts.append((_("Place"), title_of(place)))
        facts.append((_("Mapping round"), said(table.round.titles, language)))
        return Document(
            title=title, subtitle=_("Minutes of the round table"), language=language, author=settings.HUB_NAME,
            blocks=markdown.blocks(table.minutes, 1), facts=tuple(facts), contents=False, cover=False,
            running=f"{title} – {table.code}",
        )  # fmt: skip
