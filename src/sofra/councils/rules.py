"""What counts for a council, in plain Python that its secretary can read: quorum, mandates, due meetings, decisions.

Nothing here asks a database.
"""

import calendar
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The bodies that the mapping report names as members of a security council, and "other" for what a regulation adds.
SECTORS: dict[str, Promise] = {
    "municipality": _("municipality"),
    "police": _("police"),
    "education": _("education"),
    "health": _("health"),
    "prosecutor": _("prosecutor's office"),
    "courts": _("courts"),
    "religious": _("religious communities"),
    "cso": _("civil society organisations"),
    "other": _("another body"),
}
PRIORITIES: dict[str, Promise] = {"high": _("high"), "normal": _("normal"), "low": _("low")}
LOOKS_BACK = 24  # months within which due meetings are counted
REMINDS_BEFORE = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=10)  # a letter that could not go is tried anew
MOST_TRIES = 10
MOST_MINUTES = 100_000  # letters
MOST_BYTES = 20 * 1024 * 1024


# — quorum —————————————————————————————————————————————————————————————————————————————————————————————————


def is_quorum_rule(rule: str) -> bool:
    return rule in {"half", "two_thirds"} or (rule.isascii() and rule.isdigit() and 1 <= int(rule) <= 200)


def needed(rule: str, voting: int) -> int:
    """How many voting seats must be taken: more than half, two thirds (rounded up), or a number of seats."""
    if rule == "two_thirds":
        return -(-2 * voting // 3)
    return int(rule) if rule.isdigit() else voting // 2 + 1


@dataclass(frozen=True)
class Quorum:
    """`met` None: of too many seats it was not noted whether they were taken."""

    needed: int
    present: int
    voting: int
    unknown: int

    @property
    def met(self) -> bool | None:
        if self.voting and self.present >= self.needed:
            return True
        return None if not self.voting or self.present + self.unknown >= self.needed else False


def quorum(rule: str, noted: Iterable[str]) -> Quorum:
    """`noted`: for each voting seat how it was taken ("holder", "deputy", "excused", "absent"; "" not noted)."""
    seats = list(noted)
    present = sum(how in {"holder", "deputy"} for how in seats)
    return Quorum(needed(rule, len(seats)), present, len(seats), seats.count(""))


# — mandates ———————————————————————————————————————————————————————————————————————————————————————————————


def stands(begins: date, ends: date | None, on: date) -> bool:
    """A mandate counts from its first to its last day, both included."""
    return begins <= on and (ends is None or on <= ends)


# — meetings that are due ——————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Period:
    """A stretch of time in which the regulation asks for one meeting."""

    first: date
    last: date
    held: bool
    over: bool

    @property
    def missed(self) -> bool:
        return self.over and not self.held


def periods(every: int | None, start: date | None, held: Collection[date], today: date) -> list[Period]:
    """The periods of `every` months, one after the other from the month of `start`, up to the running one.

    Periods that ended more than LOOKS_BACK months ago are left out. Nothing is due where the regulation does not say
    how often, or where it is not known since when the council exists.
    """
    if not every or start is None or start > today:
        return []
    found, first = [], start.replace(day=1)
    oldest = months_on(today.replace(day=1), -LOOKS_BACK)
    while first <= today:
        after = months_on(first, every)
        last = after - timedelta(days=1)
        if last >= oldest:
            found.append(Period(first, last, any(first <= day <= last for day in held), last < today))
        first = after
    return found


def months_on(day: date, months: int) -> date:
    """The same day so many months later (or earlier), the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# — decisions ——————————————————————————————————————————————————————————————————————————————————————————————


def is_late(due: date | None, open_: bool, today: date) -> bool:
    return open_ and due is not None and due < today


def is_important(priority: str) -> bool:
    """What is of high priority is not done because its owner says so: somebody else verifies it."""
    return priority == "high"


def may_verify(*, person: int, owners: Collection[int], told_by: int | None) -> bool:
    """Whether somebody may say that it was done: neither its owner's people nor who reported it done."""
    return person not in owners and person != told_by


# A line of the minutes that is a decision: "Vendim: …" (new), "Vendim 7: …" (kept as number 7). English works too.
_MARK = re.compile(r"^[ \t]*(?:[-*>] )?\**(?:vendim|decision)\**[ \t]*:\**[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE)
_KEPT = re.compile(r"^([ \t]*)\**(vendim|decision) (\d{1,6})\**[ \t]*:\**", re.IGNORECASE | re.MULTILINE)


def marked(minutes: str) -> list[tuple[int, str]]:
    """The new decisions in these minutes: (number of the line, words)."""
    found = ((at, _MARK.match(line)) for at, line in enumerate(minutes.splitlines()))
    return [(at, match[1].strip("* ")) for at, match in found if match and match[1].strip("* ")]


def numbered(minutes: str, numbers: Sequence[tuple[int, int, str]], word: str) -> str:
    """The minutes with the new decisions' lines carrying their number: (line, number, words)."""
    lines = minutes.splitlines()
    for at, number, words in numbers:
        lines[at] = f"{word} {number}: {words}"
    return "\n".join(lines)


def emphasised(minutes: str) -> str:
    """Decisions stand out in what is read and printed: "**Vendim 7:** …", each a paragraph of its own."""
    return _KEPT.sub(lambda match: f"\n{match[1]}**{match[2].capitalize()} {match[3]}:**", minutes)
