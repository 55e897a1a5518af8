"""What counts of plans and indicators: periods, ways covered, parts and wholes. Plain Python."""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.activities import dates

SMALL = 5  # fewer people than this are not told in public
HALF_WAY = Decimal("0.5")
_PERIOD = re.compile(r"(\d{4})(?:-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?")
_FOUR = Decimal("0.0001")


def read_period(typed: str) -> str:
    """ "2018", "2018-H1", "2018-Q3" or "2018-05", as people write them. Raises ValidationError with a sentence."""
    text = re.sub(r"[\s./-]+", "-", typed.strip().upper())
    if found := re.fullmatch(r"(H[12]|Q[1-4]|0?[1-9]|1[0-2])-(\d{4})", text):
        text = f"{found[2]}-{found[1]}"
    if re.fullmatch(r"\d{4}-[1-9]", text):
        text = f"{text[:5]}0{text[5:]}"
    if not _PERIOD.fullmatch(text) or not 1990 <= int(text[:4]) <= 2100:
        raise ValidationError(
            _(
                "“%(typed)s” is no period: write a year (2018), a half (2018-H1), a quarter"
                " (2018-Q3) or a month (2018-05)."
            )
            % {"typed": typed.strip()[:20]}
        )
    return text


def months(period: str) -> tuple[int, int]:
    """The first and the last month of a period."""
    part = period[5:]
    if not part:
        return 1, 12
    if part[0] == "H":
        return (1, 6) if part[1] == "1" else (7, 12)
    if part[0] == "Q":
        return 3 * int(part[1]) - 2, 3 * int(part[1])
    return int(part), int(part)


def days(period: str) -> tuple[date, date]:
    """Its first and its last day."""
    first, last = months(period)
    return dates.first_day(f"{period[:4]}-{first:02d}"), dates.last_day(f"{period[:4]}-{last:02d}")


def holds(outer: str, inner: str) -> bool:
    """Does all of one period lie within another?"""
    (first, last), (begins, ends) = months(outer), months(inner)
    return outer[:4] == inner[:4] and first <= begins and ends <= last


def after(period: str) -> tuple[int, int]:
    """What periods are sorted by: their end, the longer one last."""
    first, last = months(period)
    return int(period[:4]) * 12 + last, last - first


def share(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """In per cent; None where either is not known, or where nobody was counted."""
    if numerator is None or not denominator:
        return None
    return (numerator / denominator * 100).quantize(_FOUR, ROUND_HALF_UP)


def check_share(numerator: Decimal | None, denominator: Decimal | None) -> None:
    """Raises ValidationError of {field: sentence}: half a share, none to be a share of, more than all."""
    if (numerator is None) != (denominator is None):
        field = "numerator" if numerator is None else "denominator"
        raise ValidationError({field: _("A share needs both: how many, and of how many.")})
    if denominator is None or numerator is None:
        return
    if denominator == 0:
        raise ValidationError(
            {"denominator": _("Nothing is a share of 0: leave both empty, and say why it is not known.")}
        )
    if denominator < 0 or numerator < 0:
        raise ValidationError({"numerator": _("Write numbers from 0 up.")})
    if numerator > denominator:
        raise ValidationError({"numerator": _("There cannot be more of them than there are in all.")})


# — lights, always with words —————————————————————————————————————————————————————————————————————————————

LIGHTS: Mapping[str, tuple[Promise, str]] = {
    "reached": (gettext_lazy("target reached"), "teal"),
    "on_way": (gettext_lazy("on the way: at least half is covered"), "honey"),
    "behind": (gettext_lazy("less than half of the way is covered"), "madder"),
    "short": (gettext_lazy("target not reached; how far is not known without a baseline"), "clay"),
    "unknown": (gettext_lazy("cannot be told: a value, a target or a direction is not known"), ""),
}
LIGHT_RULE = gettext_lazy(
    "The newest approved value is held against the target of its period, or else against the next one that has a"
    " target. The way goes from the baseline to the target: at the target or beyond it is reached, from half of it on"
    " it is on the way, before that it is less than half. Where anything is missing, nothing is judged."
)


def light(value: Decimal | None, target: Decimal | None, baseline: Decimal | None, direction: str) -> str:
    """Which of LIGHTS; see LIGHT_RULE."""
    if value is None or target is None or direction not in ("up", "down"):
        return "unknown"
    if value >= target if direction == "up" else value <= target:
        return "reached"
    if baseline is None or baseline == target:
        return "short"
    return "on_way" if (value - baseline) / (target - baseline) >= HALF_WAY else "behind"


def target_for(period: str, targets: Mapping[str, Decimal]) -> str:
    """The period whose target counts for a value of this one; "" where none does."""
    later = [one for one in sorted(targets, key=after) if after(one) >= after(period)]
    return period if period in targets else later[0] if later else ""


# — parts ——————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Told:
    """The parts by one dimension. `missing` above 0: not told apart; below 0: the parts are more than the whole."""

    dimension: str
    parts: tuple[tuple[str, Decimal | None], ...]  # None: too few people to be told
    missing: Decimal | None

    @property
    def beyond(self) -> Decimal:
        return -self.missing if self.missing is not None and self.missing < 0 else Decimal(0)


def told_apart(rows: Iterable[tuple[str, str, Decimal]], whole: Decimal | None, *, careful: bool) -> list[Told]:
    """Parts by dimension beside their whole. `careful`: fewer than SMALL people are left out, and a second part with
    them, so that no difference tells the first."""
    by: dict[str, list[tuple[str, Decimal]]] = {}
    for dimension, key, value in rows:
        by.setdefault(dimension, []).append((key, value))
    found = []
    for dimension, parts in by.items():
        missing = whole - sum((value for _key, value in parts), Decimal(0)) if whole is not None else None
        hidden = _hidden(parts, missing) if careful else set()
        shown = tuple((key, None if key in hidden else value) for key, value in parts)
        found.append(Told(dimension, shown, None if hidden else missing))
    return found


def _hidden(parts: list[tuple[str, Decimal]], missing: Decimal | None) -> set[str]:
    """Which parts are kept back: the small ones, and others with them where what is missing would tell them."""
    values: dict[Hashable, Decimal] = dict(parts)
    if missing is not None and missing > 0:
        values[_REST] = missing
    values[_WHOLE] = sum(values.values(), Decimal(0))
    back = kept_back(values, [(_WHOLE, [one for one in values if one != _WHOLE])], never=(_WHOLE, _REST))
    return {str(one) for one in back if one not in (_WHOLE, _REST)}


_REST, _WHOLE = object(), object()


def kept_back(
    values: Mapping[Hashable, Decimal],
    families: Sequence[tuple[Hashable, Sequence[Hashable]]],
    *,
    never: Collection[Hashable] = (),
) -> set[Hashable]:
    """The numbers of people that are not told in public, so that no small one follows from what is told.

    A family is a whole and its parts. Fewer than SMALL people are kept back; and where a whole and the other parts
    would tell them by difference (one alone is kept back, or all that are kept back come to fewer than SMALL, or to
    one each), the smallest other part is kept back too, and the whole where there is none. What a whole has beyond
    its parts counts as a part that nobody is told of. `never` names what has no page of its own.
    """
    back = {one for one, value in values.items() if 0 < value < SMALL}
    changed = True
    while changed:
        changed = False
        for whole, parts in families:
            if (more := _one_more(values, back, whole, parts)) is not None and more not in back:
                back.add(more)
                changed = True
    return back - set(never) if never else back


def _one_more(
    values: Mapping[Hashable, Decimal], back: Collection[Hashable], whole: Hashable, parts: Sequence[Hashable]
) -> Hashable | None:
    """What is to be kept back besides in a family; None where nothing of it follows."""
    known = [one for one in parts if one in values]
    if whole not in values or not known:
        return None
    rest = values[whole] - sum((values[one] for one in known), Decimal(0))
    if rest < 0:
        return None  # the parts are more than their whole: nothing follows by difference
    hidden = [values[one] for one in known if one in back]
    if rest > 0 and (hidden or rest < SMALL):
        hidden.append(rest)
    if whole in back:
        enough = bool(hidden)
    else:
        enough = not hidden or (len(hidden) > 1 and sum(hidden) >= SMALL and sum(hidden) > len(hidden))
    if enough:
        return None
    shown = sorted(((values[one], n) for n, one in enumerate(known) if one not in back and values[one] > 0))
    return known[shown[0][1]] if shown else whole


def within(periods: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Which periods lie in which: those of one length together: 2018 has quarters, and months."""
    found = []
    names = sorted(set(periods))
    for outer in names:
        by_length: dict[int, list[str]] = {}
        for inner in names:
            if inner != outer and holds(outer, inner):
                first, last = months(inner)
                by_length.setdefault(last - first, []).append(inner)
        found += [(outer, inner) for inner in by_length.values()]
    return found


def read_parts(typed: str) -> list[tuple[str, str, Decimal]]:
    """Lines "sex; women; 120". Raises ValidationError that names each line that cannot be read."""
    found: dict[tuple[str, str], Decimal] = {}
    wrong: list[str] = []
    for number, line in enumerate(typed.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"[;\t]", line)]
        value = read_number(cells[2]) if len(cells) == 3 else None
        if value is None or not cells[0] or not cells[1] or len(cells[0]) > 20 or len(cells[1]) > 40:
            wrong.append(
                _("Line %(n)s: write what is told apart; which; how many – such as “sex; women; 120”.") % {"n": number}
            )
        elif value < 0:
            wrong.append(_("Line %(n)s: a part is 0 or more.") % {"n": number})
        elif (cells[0], cells[1]) in found:
            wrong.append(_("Line %(n)s: “%(key)s” stands twice.") % {"n": number, "key": cells[1]})
        else:
            found[cells[0], cells[1]] = value
    if wrong:
        raise ValidationError(wrong[:20])
    return [(*key, value) for key, value in found.items()]


def read_number(typed: str) -> Decimal | None:
    """ "1 200", "1.200,5", "37,3", "-2.5"; None for what is no number, or longer than one that is kept."""
    text = re.sub(r"[\s\u00a0\u202f]", "", typed).replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+", text):
        text = text.replace(",", "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text):
        return None
    return Decimal(text)
