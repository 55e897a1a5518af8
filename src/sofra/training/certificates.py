"""Certificates: a page for each who completed a session. It says what was learnt, where and when; nothing else."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sofra.printing import pdf
from sofra.printing.blocks import Block, Document, Heading, PageBreak, Paragraph, Run

from . import queries
from .models import Edition, Participant, Session

PROGRAM = Path(__file__).with_name("certificate.typ")


def certificates(session: Session, people: Sequence[Participant], *, language: str) -> bytes:
    """The PDF, in this language. Raises ValueError where nobody completed it."""
    if not people:
        raise ValueError("nobody completed it")
    with translation.override(language):
        return pdf.written(_document(session, people, language), PROGRAM)


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
            said = [_("Curriculum: %(title)s") % {"title": session.edition.curriculum}, _hours(session.edition)]
            blocks.append(Paragraph((Run(" · ".join(one for one in said if one)),)))
        blocks.append(Paragraph((Run(_("Number %(number)s") % {"number": one.certificate}),), "small"))
    return Document(
        title=_("Certificates: %(title)s") % {"title": activity.title}, language=language, blocks=tuple(blocks),
        contents=False, cover=False, running=activity.owner.name if activity.owner else "",
        date=timezone.localdate().isoformat(),
    )  # fmt: skip


def _hours(edition: Edition) -> str:
    """How long all modules take together; "" where of one of them it is not stated."""
    minutes = [module.get("minutes") for module in edition.modules]
    if not minutes or not all(minutes):
        return ""
    hours = sum(minutes) / 60
    words = number_format(hours, 1) if hours % 1 else str(int(hours))
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == 1 else 2) % {"hours": words}


def _span(days: Sequence[date]) -> str:
    if not days:
        return ""
    first, last = min(days), max(days)
    return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"
