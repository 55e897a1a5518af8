"""Minutes as a document to print: who was there, the agenda, what was said, what was decided."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sofra.activities import dates
from sofra.printing import markdown
from sofra.printing.blocks import Block, Document, Heading, Listing, Paragraph, Run, Table

from . import calendars, queries, rules
from .models import Decision, Item, Meeting


def quorum_words(found: rules.Quorum) -> str:
    """The quorum in a sentence, also where it is not known."""
    known = {"present": found.present, "voting": found.voting, "needed": found.needed, "unknown": found.unknown}
    said = _("%(present)s of %(voting)s voting seats were taken; %(needed)s are needed.") % known
    if found.unknown:
        said += " " + _("Of %(unknown)s it was not noted.") % known
    if found.met is None:
        return said + " " + _("Whether there was a quorum is not known.")
    return said + " " + (_("There was a quorum.") if found.met else _("There was no quorum."))


def agenda_for(meeting: Meeting, *, member: bool) -> list[Item]:
    """The points that the reader may know of: closed ones are for members."""
    found = list(meeting.agenda.select_related("decision__owner", "decision__council__organisation"))
    return [one for one in found if member or not (one.is_closed or (one.decision and one.decision.is_closed))]


def decisions_for(meeting: Meeting, *, member: bool) -> list[Decision]:
    found = meeting.decisions.select_related("owner", "council__organisation").order_by("number")
    return list(found if member else found.filter(is_closed=False))


def document_of(meeting: Meeting, language: str, *, closed: bool) -> Document:
    """The minutes ready to be printed. `closed`: with the part that only members read."""
    with translation.override(language):
        council = meeting.council.organisation.name
        begins = timezone.localtime(meeting.begins)
        facts = [(_("Council"), council), (_("Day"), f"{begins:%d.%m.%Y, %H:%M}")]
        if meeting.where:
            facts.append((_("Where"), meeting.where))
        adopted = dates.written(meeting.adopted_on.isoformat()) if meeting.adopted_on else _("not adopted yet")
        facts.append((_("Minutes adopted"), adopted))
        title = calendars.title_of(meeting)
        return Document(
            title=title, subtitle=_("Minutes with the closed part, for members of the council only")
            if closed
            else pgettext("council", "Minutes"), language=language, author=settings.HUB_NAME,
            blocks=tuple(_blocks(meeting, closed)),
            facts=tuple(facts), contents=False, cover=False, running=title, date=begins.date().isoformat(),
        )  # fmt: skip


def _blocks(meeting: Meeting, closed: bool) -> list[Block]:
    found: list[Block] = [Heading(_("Attendance"), 1), _text(quorum_words(queries.quorum_of(meeting)))]
    rows = queries.attendance_of(meeting)
    if rows:
        found.append(
            Table(
                caption=_("Attendance by seat"), head=(pgettext("council", "Seat"), _("Votes"), _("Attendance")),
                rows=tuple(
                    (one.seat.body, _("yes") if one.seat.votes else _("no"), str(queries.HOW.get(how, _("not noted"))))
                    for one, how in rows
                ),
            )
        )  # fmt: skip
    if agenda := agenda_for(meeting, member=closed):
        found += [Heading(_("Agenda"), 1), Listing(tuple((Run(item_words(one)),) for one in agenda), ordered=True)]
    found.append(Heading(pgettext("council", "Minutes"), 1))
    found += markdown.blocks(rules.emphasised(meeting.minutes), 2) or (_text(_("Nothing is written yet.")),)
    if closed and meeting.closed:
        found += [Heading(_("Closed part"), 1), *markdown.blocks(rules.emphasised(meeting.closed), 2)]
    if decisions := decisions_for(meeting, member=closed):
        found += [Heading(_("Decisions"), 1), _decisions(decisions)]
    return found


def _text(words: str) -> Paragraph:
    return Paragraph((Run(words),))


def item_words(item: Item) -> str:
    """A point of the agenda in a line: an open decision with its number and words."""
    if item.decision is not None:
        return f"{pgettext('minutes', 'Decision')} {item.decision.number}: {item.decision.text}"
    return f"{item.title}: {item.text}" if item.text else item.title


def state_words(decision: Decision) -> str:
    """Its state; what is done and waits for somebody else's word is not done yet."""
    said = str(decision.get_state_display())
    waits = decision.state == Decision.State.DONE and decision.needs_verifying
    return f"{said}, {_('to be verified')}" if waits else said


def _decisions(found: list[Decision]) -> Table:
    return Table(
        caption=_("What was decided"), head=(_("No."), _("Decision"), _("Owner"), _("Due date"), _("State")),
        rows=tuple(
            (
                str(one.number), one.text, one.owner.body if one.owner else _("not said"),
                f"{one.due_on:%d.%m.%Y}" if one.due_on else _("not said"), state_words(one),
            )
            for one in found
        ), widths=(1, 6, 3, 2, 2),
    )  # fmt: skip
