"""The rules' answers in the reader's words: why two things meet, what is asked for, what a crowd asks of people."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sofra.activities import dates
from sofra.activities.vocabulary import KINDS, Audience, Theme
from sofra.places.models import Place
from sofra.places.titles import short_name_of, title_of

from .queries import UNKNOWN, Cell, Question
from .rules import Reason, Side, Span

_A_DAY = len("2027-03-05")
Titles = Mapping[str, str]  # code of a place → what it is called
_MEETS: dict[str, Promise] = {
    Side.ORGANISATIONS: gettext_lazy("another organisation"),
    Side.PLACE: gettext_lazy("the same place"),
    Side.TIME: gettext_lazy("the same days"),
    Side.AUDIENCE: gettext_lazy("the same people"),
    Side.WORK: gettext_lazy("the same work"),
}
_OPEN: dict[str, Promise] = {
    Side.ORGANISATIONS: gettext_lazy("which organisation is not known"),
    Side.PLACE: gettext_lazy("where is not known"),
    Side.TIME: gettext_lazy("on which days is not known"),
    Side.AUDIENCE: gettext_lazy("for whom is not known"),
    Side.WORK: gettext_lazy("what kind of work is not known"),
}
_NOT_DAYS = gettext_lazy("you have not said on which days exactly")
_NOT_SAID: dict[str, Promise] = {
    Side.TIME: gettext_lazy("you have not said when"),
    Side.AUDIENCE: gettext_lazy("you have not said for whom"),
    Side.WORK: gettext_lazy("you have not said what"),
}


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """What places are called. One query."""
    return {code: title_of(place) for code, place in Place.objects.in_bulk(set(codes)).items()}


def why(
    reasons: Iterable[Reason], titles: Titles, asked: Question | None = None, dated: tuple[str, str] = ("", "")
) -> list[str]:
    """The reasons as short phrases. Those of a sure meeting say what is shared; otherwise only what is open is said,
    since that is why it is no more than possible. That organisations differ goes without saying. `dated` are the dates
    of what meets the question: where they are exact it is the question's that are not."""
    reasons = list(reasons)
    open_ = [reason for reason in reasons if not reason.sure]
    if open_:
        return [_open(reason, asked, dated) for reason in open_]
    return [_meets(reason, titles) for reason in reasons if reason.side != Side.ORGANISATIONS]


def _open(reason: Reason, asked: Question | None, dated: tuple[str, str]) -> str:
    if asked is not None and reason.side in _NOT_SAID and not _said(asked, reason.side):
        return str(_NOT_SAID[reason.side])
    if asked is not None and reason.side == Side.TIME and all(len(day) == _A_DAY for day in dated):
        return str(_NOT_DAYS)
    return str(_OPEN[reason.side])


def _said(asked: Question, side: str) -> bool:
    if side == Side.TIME:
        return bool(asked.begins or asked.ends)
    return bool(asked.audiences) if side == Side.AUDIENCE else bool(asked.kinds or asked.themes)


def _meets(reason: Reason, titles: Titles) -> str:
    words = str(_MEETS[reason.side])
    if reason.side == Side.PLACE:
        named = [titles.get(code, code) for code in reason.shared]
    elif reason.side == Side.WORK:
        named = [work_word(code) for code in reason.shared]
    else:
        named = [audience_word(code) for code in reason.shared]
    return f"{words} ({', '.join(named)})" if named else words


def audience_word(code: str) -> str:
    """ "young people"; for "" that it is not known."""
    return str(Audience(code).label) if code in Audience.values else _("for whom is not known")


def work_word(coded: str) -> str:
    """ "kind:dialogue" or "theme:youth" in words."""
    part, _colon, code = coded.partition(":")
    return str(KINDS.get(code, code) if part == "kind" else Theme(code).label if code in Theme.values else code)


def days(span: Span) -> str:
    """A span of days: "03.03.2027 – 05.03.2027", "since 2017", "at any time"."""
    first, last = (None if day in {dates.LONG_AGO, dates.FAR_OFF} else _day(day) for day in span)
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return _("since %(when)s") % {"when": first}
    return _("until %(when)s") % {"when": last} if last else _("at any time")


def _day(ordinal: int) -> str:
    return formats.date_format(date.fromordinal(ordinal), "SHORT_DATE_FORMAT")


def encoded(query: Mapping[str, str]) -> str:
    """Parameters of an address, without those that say nothing."""
    return urlencode({name: value for name, value in query.items() if value})


def time_of(begins: str, ends: str) -> str:
    return dates.written_span(begins, ends) if begins or ends else _("at any time")


def asked_words(question: Question) -> list[tuple[str, str]]:
    """The question as (what, said) pairs, so that the page and the paper repeat what was asked."""
    work = [str(KINDS[code]) for code in question.kinds] + [str(Theme(code).label) for code in question.themes]
    not_said = _("not said")
    when = dates.written_span(question.begins, question.ends) if question.begins or question.ends else not_said
    pairs = [
        (_("Where"), title_of(question.where)),
        (_("What"), capfirst(", ".join(work)) or not_said),
        (_("For whom"), capfirst(", ".join(audience_word(code) for code in question.audiences)) or not_said),
        (_("When"), when),
    ]
    return pairs + ([(_("Who plans"), question.organisation.name)] if question.organisation else [])


def working_title(question: Question) -> str:
    """A first title for what is planned: "Dialogue and tolerance: young people, Cërrik"."""
    work = [str(KINDS[code]).split(":")[0] for code in question.kinds[:2]]
    work = work or [str(Theme(code).label) for code in question.themes[:2]]
    whom = ", ".join(audience_word(code) for code in question.audiences[:3])
    what = capfirst(", ".join(work)) or _("Activity")
    return f"{f'{what}: {whom}' if whom else what}, {short_name_of(question.where)}"[:250]


def cell_words(cell: Cell, title: str) -> str:
    """What a number counted, in one line."""
    kinds, themes = KINDS | {UNKNOWN: _OPEN[Side.WORK]}, dict(Theme.choices) | {UNKNOWN: _OPEN[Side.WORK]}
    parts = [
        str(_OPEN[Side.PLACE]) if cell.place == UNKNOWN else title or _("all places"),
        audience_word("" if cell.audience == UNKNOWN else cell.audience) if cell.audience else "",
        str(kinds.get(cell.kind, "")),
        str(themes.get(cell.theme, "")),
        dates.written_span(cell.begins, cell.ends) if cell.begins or cell.ends else "",
    ]
    return " · ".join(capfirst(part) for part in parts if part)


def care(number: int, code: str, *, sure: bool, planned: bool = False) -> str:
    """The notice out of care for a community, as one sentence. Never a score, never a reproach."""
    if planned and sure:
        words = ngettext(
            "Think of the people: with your plan %(n)s organisation would ask the same people at once (%(whom)s).",
            "Think of the people: with your plan %(n)s organisations would ask the same people at once (%(whom)s).",
            number,
        )
    elif planned:
        words = ngettext(
            "Think of the people: with your plan perhaps %(n)s organisation would ask the same people (%(whom)s).",
            "Think of the people: with your plan perhaps %(n)s organisations would ask the same people (%(whom)s).",
            number,
        )
    elif sure:
        words = ngettext(
            "Think of the people: %(n)s organisation is already asking the same people (%(whom)s).",
            "Think of the people: %(n)s organisations are already asking the same people (%(whom)s).",
            number,
        )
    else:
        words = ngettext(
            "Think of the people: perhaps %(n)s organisation is already asking the same people (%(whom)s).",
            "Think of the people: perhaps %(n)s organisations are already asking the same people (%(whom)s).",
            number,
        )
    return words % {"n": number, "whom": audience_word(code)}
