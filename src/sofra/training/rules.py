"""What counts as attendance, what of it may be told in public, and how sure a share or a change is.

Small numbers. In public nobody is told a number of one to four people, nor what would give it away:
1. a total of fewer than five is hidden, with all its parts;
2. where a part of a total, or what the parts leave over, is of fewer than five, no part of that dimension is told;
3. two dimensions at once (sex with age) are told to members only;
4. of several totals of one session those are hidden that differ by fewer than five from one that is told;
5. where the hidden sessions of a programme hold fewer than five people together, the next smallest is hidden too;
6. sums over sessions, programmes and places are made of what is told alone. So no difference of two pages, nor of a
   page and a number that somebody else published of the whole, can give a small number back.
The limit of five is the usual one of statistical offices for tables of counts.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FEWEST = 5  # people; fewer are hidden in public
SMALLEST_BASE = 10  # answers; a share of fewer says nothing and may give somebody away
MOST_PEOPLE = 1_000_000
Z_95 = 1.959963984540054  # of the normal distribution, both sides together 5 %

Parts = Mapping[str, Mapping[str, int]]  # dimension -> key -> people

DIMENSIONS = {
    "sex": gettext_lazy("sex"), "first": gettext_lazy("first time"), "sector": gettext_lazy("sector"),
    "age": gettext_lazy("age"),
}  # fmt: skip
KEYS = {
    "sex": {"women": gettext_lazy("women and girls"), "men": gettext_lazy("men and boys")},
    "first": {"yes": gettext_lazy("for the first time"), "no": gettext_lazy("not for the first time")},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be told of a count. `total` None and `hidden_total` False: not stated."""

    total: int | None
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    hidden_total: bool = False
    hidden: tuple[str, ...] = ()


def is_small(number: int) -> bool:
    return 0 < number < FEWEST


def shown_in_public(total: int | None, parts: Parts) -> Shown:
    """Rules 1 to 3."""
    if total is not None and is_small(total):
        return Shown(None, hidden_total=True, hidden=tuple(parts))
    told, hidden = {}, []
    for dimension, of in parts.items():
        over = 0 if total is None else abs(total - sum(of.values()))
        if "+" in dimension or is_small(over) or any(is_small(number) for number in of.values()):
            hidden.append(dimension)
        else:
            told[dimension] = dict(of)
    return Shown(total, told, hidden=tuple(hidden))


def told_beside(totals: Sequence[int | None]) -> list[bool]:
    """Rule 4: which of a session's totals, in this order, are told; one that is not stated gives nothing away."""
    told: list[int] = []
    answer = []
    for total in totals:
        fits = total is None or not (is_small(total) or any(is_small(abs(total - other)) for other in told))
        answer.append(fits)
        if fits and total is not None:
            told.append(total)
    return answer


def hidden_together(totals: Mapping[int, int]) -> set[int]:
    """Rule 5: session -> people; the sessions whose number is not told."""
    hidden = {session for session, total in totals.items() if is_small(total)}
    others = sorted((total, session) for session, total in totals.items() if session not in hidden and total)
    while hidden and others and sum(totals[one] for one in hidden) < FEWEST:
        hidden.add(others.pop(0)[1])
    return hidden


def odd(total: int | None, parts: Parts, said: Mapping[tuple[str, str], str]) -> list[str]:
    """Sentences for what cannot be so; it is asked about, and kept when somebody says that the list says so.

    `said` gives the words of (dimension, key). Parts below the total are not odd: some were not told apart.
    """
    if total is None:
        return []
    found = []
    for dimension, of in parts.items():
        more = [(said.get((dimension, key), key), number) for key, number in of.items() if number > total]
        found += [
            _("%(number)s people are “%(part)s”, but only %(total)s people in all: is one of the two numbers wrong?")
            % {"number": number, "part": part, "total": total}
            for part, number in more
        ]
        if not more and sum(of.values()) > total:
            found.append(
                _("By %(dimension)s the parts add up to %(sum)s, more than the %(total)s people in all.")
                % {"dimension": DIMENSIONS.get(dimension, dimension), "sum": sum(of.values()), "total": total}
            )
    return found


def attendance(counts: Iterable[tuple[str, int | None, int]]) -> int | None:
    """Which count says how many attended: (what, total, number of the row) -> that row's number, None where none does.

    The fullest day of those present, since who came on two days is one person; else those who completed. To be
    registered is not to have come.
    """
    best: tuple[int, int, int] | None = None
    for what, total, row in counts:
        if total is None or what not in {"present", "completed"}:
            continue
        rank = (1 if what == "present" else 0, total, row)
        best = max(best, rank) if best else rank
    return best[2] if best else None


# — how sure a share is ————————————————————————————————————————————————————————————————————————————————————


def interval(number: int, base: int) -> tuple[float, float]:
    """Where the share of all such people lies with 95 % confidence, from 0 to 1.

    Wilson's score interval (E. B. Wilson, Journal of the American Statistical Association 22, 1927, pp. 209-212): it
    stays between 0 and 1 and holds for small bases. Raises ValueError for a base of 0.
    """
    if base <= 0 or not 0 <= number <= base:
        raise ValueError("a share needs a base, and no more than it")
    share, squared = number / base, Z_95**2
    middle = share + squared / (2 * base)
    wide = Z_95 * math.sqrt(share * (1 - share) / base + squared / (4 * base**2))
    return max(0.0, (middle - wide) / (1 + squared / base)), min(1.0, (middle + wide) / (1 + squared / base))


def change(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float, float]:
    """By how much a share changed, and where the change lies with 95 % confidence: (change, from, to), -1 to 1.

    Newcombe's hybrid score interval for two independent shares (R. G. Newcombe, Statistics in Medicine 17, 1998,
    pp. 873-890, method 10). The answers are anonymous: who answered before is not known to be who answered after.
    """
    (x1, n1), (x2, n2) = before, after
    low1, high1 = interval(x1, n1)
    low2, high2 = interval(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    moved = p2 - p1
    down = math.sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    up = math.sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)
    return moved, max(-1.0, moved - down), min(1.0, moved + up)
