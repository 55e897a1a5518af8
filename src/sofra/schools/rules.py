"""What is allowed and what counts: terms, the times of a session, the names of classes, the limit of a school.

Terms are a plain rule, not every year's order of the ministry: the competence curriculum of Albanian schools is
planned and assessed in three periods, September–December, January–March, April–June (as the planning lists of the
quality agency ASCAP are cut since 2018). The operator sets others with SOFRA_SCHOOL_TERMS, such as the two halves
of Kosovo's schools. A day outside all terms (July, August) is no day for a session.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _

from sofra.ground.text import fold

USUAL_TERMS = "09-01/12-31 01-01/03-31 04-01/06-30"
SHORTEST, LONGEST = 10, 480  # minutes of a session
MOST_CLASSES = 20
MOST_IN_CLASS = 45  # beyond so many pupils a class the hub asks whether the number is right
MOST_PUPILS = 5_000
MOST_GUESTS = 50
A_DAY = timedelta(days=1)
MOST_WAITING = 20  # requests of one organisation that wait at one school: no desk is flooded
FAR_AHEAD = timedelta(days=550)  # a date later than that is a slip of the pen
REMIND_BEFORE = timedelta(days=3)  # both sides are reminded so long before a session
REMIND_WAITING = timedelta(days=7)  # the office is reminded of a request that waits so long
_SPAN = re.compile(r"(\d\d)-(\d\d)/(\d\d)-(\d\d)")


class Term(NamedTuple):
    """One term of one school year; `code` is "2026-1": the year in which the school year began, and its number."""

    code: str
    first: date
    last: date

    @property
    def year(self) -> int:
        return int(self.code[:4])

    @property
    def number(self) -> int:
        return int(self.code[5:])

    @property
    def title(self) -> str:
        return _("Term %(number)s of the school year %(year)s–%(next)s") % {
            "number": self.number, "year": self.year, "next": self.year + 1,
        }  # fmt: skip


Span = tuple[tuple[int, int], tuple[int, int]]


def read_terms(text: str) -> tuple[Span, ...]:
    """The terms of a school year as the operator wrote them: "09-01/12-31 01-01/06-30", month-day to month-day.

    Raises ImproperlyConfigured with a sentence where a term is no span of days, or two meet.
    """
    spans: list[Span] = []
    for part in text.split():
        match = _SPAN.fullmatch(part)
        try:
            if match is None:
                raise ValueError
            one, two, three, four = (int(number) for number in match.groups())
            first, last = date(2001, one, two), date(2001, three, four)
            if last < first:
                raise ValueError
        except ValueError:
            raise ImproperlyConfigured(
                f"SOFRA_SCHOOL_TERMS holds “{part}”: write each term as month-day/month-day within one calendar year, "
                f"such as {USUAL_TERMS}."
            ) from None
        spans.append(((one, two), (three, four)))
    ordered = sorted(spans)
    if not spans or any(later[0] <= earlier[1] for earlier, later in pairwise(ordered)):
        raise ImproperlyConfigured(
            f"SOFRA_SCHOOL_TERMS is “{text}”: name at least one term, none meeting another, such as {USUAL_TERMS}."
        )
    return tuple(spans)


def terms_of(year: int, spans: Sequence[Span]) -> list[Term]:
    """The terms of the school year that began in `year`. A term before the first one's month lies in the next year."""
    begins = spans[0][0]
    found = []
    for number, (first, last) in enumerate(spans, start=1):
        in_year = year if first >= begins else year + 1
        found.append(Term(f"{year}-{number}", date(in_year, *first), date(in_year, *last)))
    return found


def term_of(day: date, spans: Sequence[Span]) -> Term | None:
    """The term that a day lies in; None in the holidays between two school years."""
    for year in (day.year - 1, day.year):
        for term in terms_of(year, spans):
            if term.first <= day <= term.last:
                return term
    return None


def term_at_or_after(day: date, spans: Sequence[Span]) -> Term:
    """The term of that day, or the next one to begin."""
    coming = [term for year in (day.year - 1, day.year, day.year + 1) for term in terms_of(year, spans)]
    return min((term for term in coming if term.last >= day), key=lambda term: term.first)


def term_before(term: Term, spans: Sequence[Span]) -> Term:
    """The last term that ended before this one began."""
    gone = [one for year in (term.year - 1, term.year) for one in terms_of(year, spans) if one.last < term.first]
    return max(gone, key=lambda one: one.first)


def term_called(code: str, spans: Sequence[Span]) -> Term | None:
    """The term with this code, None where there is none."""
    match = re.fullmatch(r"(\d{4})-(\d)", code)
    if match is None or not 1990 <= int(match[1]) <= 2100:
        return None
    return next((term for term in terms_of(int(match[1]), spans) if term.code == code), None)


# — when ———————————————————————————————————————————————————————————————————————————————————————————————————


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """A day and a time of the clock on the wall as a moment. Raises ValidationError in the hours of clock changes."""
    if not 2000 <= day.year <= 2100:
        raise ValidationError(
            _("The year %(year)s cannot be right: write it with four digits, such as 2026.")
            % {"year": f"{day.year:04d}"}
        )
    first, second = (datetime.combine(day, at, tzinfo=zone).replace(fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise ValidationError(
            _("On %(day)s the clocks are put forward and %(time)s does not exist: choose another time.")
            % {"day": f"{day:%d.%m.%Y}", "time": f"{at:%H:%M}"}
        )
    if first.utcoffset() != second.utcoffset():
        raise ValidationError(
            _("On %(day)s the clocks are put back and %(time)s comes twice: choose another time.")
            % {"day": f"{day:%d.%m.%Y}", "time": f"{at:%H:%M}"}
        )
    return first.astimezone(UTC)


def check_when(begins: datetime, minutes: int, *, now: datetime, zone: tzinfo, spans: Sequence[Span]) -> Term:
    """The term of a session at that moment. Raises ValidationError of {field: sentence} where it cannot be then."""
    if not SHORTEST <= minutes <= LONGEST:
        raise ValidationError(
            {"minutes": _("A session takes %(least)s to %(most)s minutes.") % {"least": SHORTEST, "most": LONGEST}}
        )
    if begins <= now:
        raise ValidationError({"day": _("That moment has passed: choose a day and time that are still to come.")})
    if begins - now > FAR_AHEAD:
        raise ValidationError({"day": _("That is more than a school year away: look at the year again.")})
    local, end = begins.astimezone(zone), (begins + timedelta(minutes=minutes)).astimezone(zone)
    if end.date() != local.date():
        raise ValidationError(
            {"minutes": _("It would end on the next day: begin earlier, or make it shorter. A session ends before"
                          " midnight.")}
        )  # fmt: skip
    term = term_of(local.date(), spans)
    if term is None:
        coming = term_at_or_after(local.date(), spans)
        raise ValidationError(
            {"day": _("There is no school on %(day)s: the next term begins on %(first)s.")
             % {"day": f"{local:%d.%m.%Y}", "first": f"{coming.first:%d.%m.%Y}"}}
        )  # fmt: skip
    return term


# — classes ————————————————————————————————————————————————————————————————————————————————————————————————

_ROMAN = {"xiii": 13, "xii": 12, "xi": 11, "x": 10, "ix": 9, "viii": 8, "vii": 7, "vi": 6, "v": 5, "iv": 4, "iii": 3,
          "ii": 2, "i": 1}  # fmt: skip
_NUMBERED = re.compile(r"(\d{1,2})(.*)")


def read_classes(typed: str) -> list[str]:
    """The classes of a list such as "X-a, X-b; XI c", each once. Raises ValidationError for what is no class."""
    names = [" ".join(part.split()) for part in re.split(r"[,;\n]+", typed) if part.strip()]
    if not names:
        raise ValidationError(_("Name at least one class, such as X-a."))
    found: dict[str, str] = {}
    for name in names:
        key = fold_class(name)
        if not key:
            raise ValidationError(
                _("“%(name)s” is no class: write the year and the letter or number, such as X-a, 9b or 10/2. No names"
                  " of pupils.") % {"name": name[:30]}
            )  # fmt: skip
        found.setdefault(key, name)
    if len(found) > MOST_CLASSES:
        raise ValidationError(_("Name at most %(most)s classes in one request.") % {"most": MOST_CLASSES})
    return list(found.values())


def fold_class(name: str) -> str:
    """What two ways of writing a class have in common: "X-a", "Xa", "10 A" → "10a"; "" where it is no class."""
    plain = fold(name).removeprefix("klasa ").removeprefix("klasa")
    if len(plain) > 12:
        return ""
    first, _space, rest = plain.partition(" ")
    if first in _ROMAN:
        year, letters = _ROMAN[first], rest
    elif match := _NUMBERED.fullmatch(plain):
        year, letters = int(match[1]), match[2]
    else:
        roman = next((roman for roman in _ROMAN if plain.startswith(roman)), "")
        if not roman:
            return ""
        year, letters = _ROMAN[roman], plain[len(roman) :]
    letters = letters.replace(" ", "")
    if year > 13 or not re.fullmatch(r"[a-z]{0,2}|\d{1,2}", letters):
        return ""
    return f"{year}/{letters}" if letters.isdigit() else f"{year}{letters}"


def many_pupils(pupils: int | None, classes: int) -> bool:
    """Is that more than so many classes hold, so that the hub asks whether it is right?"""
    return pupils is not None and pupils > MOST_IN_CLASS * max(classes, 1)


# — the limit ——————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Load:
    """How many sessions a school has accepted in a term, of how many it takes, and how many requests wait."""

    term: Term
    accepted: int
    limit: int
    waiting: int = 0

    @property
    def left(self) -> int:
        return max(self.limit - self.accepted, 0)

    @property
    def full(self) -> bool:
        return self.accepted >= self.limit


def limit_of(own: int | None, offices: int | None, usual: int) -> int:
    """A school's own limit counts; where it has none its office's; where that has none the hub's."""
    return own if own is not None else offices if offices is not None else usual


def meet(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Do two spans of time share a moment? One may begin when the other ends."""
    return one[0] < other[1] and other[0] < one[1]


def same_classes(one: Iterable[str], other: Iterable[str]) -> set[str]:
    """The classes (folded) that two requests are both for; "10" is every class of that year."""
    return {
        max(left, right, key=len) for left in one for right in other if _covers(left, right) or _covers(right, left)
    }


def _covers(one: str, other: str) -> bool:
    year = re.match(r"\d+", other)
    return one == other or (one.isdigit() and year is not None and year[0] == one)
