"""Dates as people know them: a day, a month or a year. What is not known stays unknown.

Kept as text that sorts: "2018", "2018-10", "2018-10-05"; "" is not known. A span is two of them, `begins` and `ends`.
Days are counted as `date.toordinal()` does.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sofra.ground.text import fold

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONG_AGO, FAR_OFF = 1, date.max.toordinal()
_KEPT = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan janar januar", "february feb shkurt februar", "march mar mars mart", "april apr prill",
            "may maj", "june jun qershor juni", "july jul korrik juli", "august aug gusht avgust",
            "september sep sept shtator septembar", "october oct tetor tet oktobar", "november nov nentor novembar",
            "december dec dhjetor dhj decembar",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which something may have been going on, and those on which it surely was.

    `sure` is None where no day is sure: "in October 2018" was on some day of that month, and on which nobody knows.
    """

    may_begin: int
    may_end: int
    sure: tuple[int, int] | None


def first_day(when: str) -> date:
    year, month, day = _parts(when)
    return date(year, month or 1, day or 1)


def last_day(when: str) -> date:
    year, month, day = _parts(when)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _parts(when: str) -> tuple[int, int, int]:
    match = _KEPT.fullmatch(when)
    if match is None:
        raise ValueError(when)
    return int(match[1]), int(match[2] or 0), int(match[3] or 0)


def days_of(begins: str, ends: str) -> Days:
    """The days of a span. Without an end it may still be going on; without a beginning it may always have been.

    Between the latest day on which it can have begun and the earliest on which it can have ended it surely went on.
    """
    if not begins and not ends:
        return Days(LONG_AGO, FAR_OFF, None)
    may_begin = first_day(begins).toordinal() if begins else LONG_AGO
    may_end = last_day(ends).toordinal() if ends else FAR_OFF
    # It ends no earlier than it begins: what is known of the one narrows the other.
    latest_begin = min(last_day(begins or ends), last_day(ends or begins)).toordinal()
    earliest_end = max(first_day(ends or begins), first_day(begins or ends)).toordinal()
    return Days(may_begin, may_end, (latest_begin, earliest_end) if latest_begin <= earliest_end else None)


def read_when(typed: str) -> str:
    """What a person typed as a date: "5.10.2018", "10.2018", "tetor 2018", "2018", "2018-10-05"; "" stays "".

    Raises ValidationError with a sentence: a day that no month has, a year beyond 1900–2100, what is no date.
    """
    text = typed.strip().rstrip(".")
    if not text:
        return ""
    year, month, day = _read_parts(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("The year %(year)s cannot be right: write it with four digits, such as 2026.") % {"year": f"{year:04d}"}
        )
    if month > 12:
        raise ValidationError(_("There is no month %(month)s: write day.month.year.") % {"month": month})
    if day and day > calendar.monthrange(year, month)[1]:
        raise ValidationError(
            _("That month has no day %(day)s: look at the date again, or write the month only.") % {"day": day}
        )
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _read_parts(text: str) -> tuple[int, int, int]:
    numbers = r"\s*[./\-]\s*"
    for pattern, order in (
        (rf"(\d{{1,2}}){numbers}(\d{{1,2}}){numbers}(\d{{4}})", (3, 2, 1)),
        (rf"(\d{{4}}){numbers}(\d{{1,2}}){numbers}(\d{{1,2}})", (1, 2, 3)),
        (rf"(\d{{1,2}}){numbers}(\d{{4}})", (2, 1, 0)),
        (rf"(\d{{4}}){numbers}(\d{{1,2}})", (1, 2, 0)),
        (r"(\d{4})", (1, 0, 0)),
    ):
        match = re.fullmatch(pattern, text)
        if match:
            parts = [int(match[group]) if group else 0 for group in order]
            if (parts[1] == 0 and order[1]) or (parts[2] == 0 and order[2]):
                break
            return parts[0], parts[1], parts[2]
    words = fold(text).split()
    found = [_MONTHS[word] for word in words if word in _MONTHS]
    figures = [word for word in words if word.isdigit()]
    if len(found) == 1 and len(words) == 1 + len(figures) and figures and len(figures[-1]) == 4 and len(figures) <= 2:
        return int(figures[-1]), found[0], int(figures[0]) if len(figures) == 2 else 0
    raise ValidationError(
        _("“%(typed)s” is no date. Write day.month.year (05.10.2018), month.year (10.2018) or the year (2018).")
        % {"typed": text[:40]}
    )


def check_span(begins: str, ends: str) -> None:
    """Refuse an end that lies before the beginning however the unknown days are filled in."""
    if begins and ends and last_day(ends) < first_day(begins):
        raise ValidationError(
            _("It ends (%(ends)s) before it begins (%(begins)s): one of the two dates is wrong.")
            % {"begins": written(begins), "ends": written(ends)}
        )


def written(when: str) -> str:
    """As the hub writes dates: 05.10.2018, 10.2018, 2018; "" for what is not known."""
    return ".".join(reversed(when.split("-")))


def written_span(begins: str, ends: str) -> str:
    """A span in words: "05.10.2018", "10.2018 – 11.2018", "since 2017", "until 2018", "not known"."""
    if begins and ends:
        return written(begins) if begins == ends else f"{written(begins)} – {written(ends)}"
    if begins:
        return _("since %(when)s") % {"when": written(begins)}
    return _("until %(when)s") % {"when": written(ends)} if ends else _("not known")
