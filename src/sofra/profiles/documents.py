"""A municipality's profile on two pages: what there is room for, and where the rest can be read.

Everything that could be long is cut at a written number of letters and lines, so that the fullest municipality takes
two pages too; the page in the hub has all of it.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from sofra.ground.models import Visibility
from sofra.ground.tongues import said
from sofra.places.models import Place
from sofra.places.titles import title_of
from sofra.printing import pdf
from sofra.printing.blocks import Block as Printed
from sofra.printing.blocks import Document, Heading, PageBreak, Paragraph, Run, Table

from . import queries
from .queries import Block, Line, Profile

LANGUAGES = ("sq", "en")
LETTERS = (330, 240, 155, 110, 75)  # of a line: the first that surely fits, the last where there is much to say
LINES, WIDE, NARROW = 44, 76, 20  # that the second page surely has room for; letters of a line in its two columns
MOST = {"organisations": 12, "planned": 3, "coverage": 2, "training": 3, "drivers": 3, "plan": 2, "priorities": 2}
USUAL = 2


def written(place: Place, *, language: str, user: Any = None) -> bytes:
    """The PDF for this reader (a visitor, where none is named). Raises pdf.Unprintable, a fault of ours."""
    with translation.override(language):
        reader = user if user is not None else AnonymousUser()
        return pdf.written(document(queries.profile(reader, place), reader, language))


def document(profile: Profile, user: Any, language: str) -> Document:
    """In the language that is active."""
    place, today = profile.place, timezone.localdate()
    day = date_format(today, "SHORT_DATE_FORMAT")
    running = f"{settings.HUB_NAME} · {title_of(place)} · {day}"
    if profile.level >= Visibility.MEMBERS:
        running += " · " + _("for members of the hub: not to be passed on")
    told = _("What the hub knows, and what it does not. “Not known” is not “none”. All of it, with its sources:")
    shown = [one for one in profile.blocks if one.key not in {"organisations", "mechanisms", "contacts"}]
    fitting = (most for most in LETTERS if _fits([(one.title, _said(one, most)) for one in shown]))
    letters = next(fitting, LETTERS[-1])
    blocks = (
        Paragraph((Run(_facts(place)),)),
        Paragraph((Run(f"{told} "), Run(_address(place), link=_address(place))), style="small"),
        *_help_lines(profile),
        Table(_("Mechanisms for people who need support"), _mechanism_head(), tuple(_mechanism_rows(profile, user)),
              widths=(2.8, 1.5, 3, 2.9, 1.9)),
        Heading(_("Who works here"), level=2),
        Paragraph((Run(_said(profile.block("organisations"), letters)),)),
        PageBreak(),
        Table(_("The municipality at a glance"), (_("What"), _("What is known")),
              tuple((one.title, _said(one, letters)) for one in shown), widths=(1.4, 5)),
    )  # fmt: skip
    return Document(
        title=title_of(place), language=language, subtitle=_("Profile of a municipality"), blocks=blocks,
        contents=False, cover=False, running=running, date=today.isoformat(), author=settings.HUB_NAME,
    )  # fmt: skip


def _help_lines(profile: Profile) -> list[Printed]:
    lines = [f"{one.phone} ({_short(one.office or str(one.get_kind_display()), 60)})" for one in profile.help_lines]
    words = _("Somebody needs help now? These answer in the whole country: %(lines)s.")
    return [Paragraph((Run(words % {"lines": ", ".join(lines[:4])}),), style="care")] if lines else []


def _address(place: Place) -> str:
    return f"{settings.ORIGIN}{place.get_absolute_url()}"


def _facts(place: Place) -> str:
    year, count = max(((y, n) for y, n in place.population.items() if n is not None), default=("", None))
    people = _("%(n)s inhabitants (census of %(year)s)") % {"n": number_format(count), "year": year} if count else _(
        "number of inhabitants not known"
    )  # fmt: skip
    seat = [_("seat: %(seat)s") % {"seat": place.seat}] if place.seat else []
    return capfirst("; ".join([people, *seat])) + "."


def _mechanism_head() -> tuple[str, ...]:
    return (_("Mechanism"), _("Exists"), _("Office and contact"), _("How one reaches it"), _("Confirmed"))


def _mechanism_rows(profile: Profile, user: Any) -> list[tuple[str, ...]]:
    return [
        (
            capfirst(cell.title), cell.said, _short(queries.contact_of(user, cell), 80) or _("not known"),
            _short(said(cell.row.how_to_reach), 80) if cell.row and cell.row.how_to_reach else _("not known"),
            queries.confirmed_of(cell) if cell.row else _("not known"),
        )
        for cell in profile.cells
    ]  # fmt: skip


def _fits(rows: list[tuple[str, str]]) -> bool:
    """Would these rows surely stand on the second page?"""
    lines = 0.0
    for title, text in rows:
        broken = sum(max(-(-len(line) // WIDE), 1) for line in text.split("\n"))
        lines += max(broken, -(-len(title) // NARROW)) + 0.4
    return lines <= LINES


def _said(block: Block, letters: int) -> str:
    """The first lines of a block as the lines of a cell, or that it is not known."""
    if not block.lines:
        return block.unknown
    most = MOST.get(block.key, USUAL)
    more = block.more + max(len(block.lines) - most, 0)
    if block.key == "organisations":
        names = _short("; ".join(line.text for line in block.lines[:most]), 420)
        return f"{names}{'; ' + _and_more(more) if more else ''}"
    lines = [_short(_line(line), letters) for line in block.lines[:most]]
    return "\n".join([*lines, *([_and_more(more)] if more else [])])


def _line(line: Line) -> str:
    return f"{_short(line.text, 85)} ({line.note})" if line.note else line.text


def _and_more(number: int) -> str:
    return _("and %(n)s more") % {"n": number}


def _short(text: str, letters: int) -> str:
    return Truncator(" ".join(text.split())).chars(letters)
