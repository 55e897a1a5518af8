"""Certificates: a page for each who completed a session. It says what was learnt, where and when; nothing else."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sofra.printing import pdf
from sofra.printing.blocks import Block, Document, Heading, PageBreak, Paragraph, Run

from . import queries
from .models import Participant, Session


def certificates(session: Session, people: Sequence[Participant], *, language: str) -> bytes:
    """The PDF, in this language. Raises ValueError where nobody completed it."""
    if not people:
        raise ValueError("nobody completed it")
    with translation.override(language):
        return pdf.written(_document(session, people, language))


def _document(session: Session, people: Sequence[Participant], language: str) -> Document:
    activity = session.activity
    where = ", ".join(queries.titles_of(activity.places).values())
    days = [day.on for day in session.days.all()]
    when = _span(days) or activity.when
    blocks: list[Block] = []
    for number, one in enumerate(people):
        if number:
            blocks.append(PageBreak())
        blocks += [
            Heading(_("Certificate"), 1),
            Paragraph((Run(_("It is confirmed that")),), "lead"),
            Heading(one.name, 2),
            Paragraph((Run(_("completed the training")),), "lead"),
            Paragraph((Run(activity.title, strong=True),), "lead"),
        ]
        if activity.owner:
            blocks.append(Paragraph((Run(_("held by %(name)s") % {"name": activity.owner.name}),)))
        blocks.append(Paragraph((Run(" · ".join(part for part in (where, when) if part)),)))
        if session.edition:
            hours = sum(module.get("minutes") or 0 for module in session.edition.modules) / 60
            said = _("Curriculum: %(title)s") % {"title": session.edition.curriculum}
            blocks.append(Paragraph((Run(f"{said} · {hours:g} h" if hours else said),)))
        blocks.append(Paragraph((Run(_("Number %(number)s") % {"number": one.certificate}),), "small"))
    return Document(
        title=_("Certificates: %(title)s") % {"title": activity.title}, language=language, blocks=tuple(blocks),
        contents=False, cover=False, running=activity.owner.name if activity.owner else "",
        date=timezone.localdate().isoformat(),
    )  # fmt: skip


def _span(days: Sequence[date]) -> str:
    if not days:
        return ""
    first, last = min(days), max(days)
    return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"
