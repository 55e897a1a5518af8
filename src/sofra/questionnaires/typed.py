"""What people type into a page → the text that a questionnaire's document keeps, and back.

What cannot be read is kept as it was typed: the check says so at its question, and nothing is lost. Formats of the
document are those of the ODK XForms specification, so that a phone reads them too.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from itertools import pairwise

from django.utils import timezone

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DAY = re.compile(r"^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_MONTH = re.compile(r"^(?:(\d{4})-(\d{1,2})|(\d{1,2})[./ -](\d{4}))$")
_CLOCK = re.compile(r"^(\d{1,2})[:.](\d{2})(?::(\d{2}))?")
_PAIR = re.compile(r"^(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)$")


def text_of(raw: str) -> str:
    """Any text: line ends as XML writes them, without signs that XML cannot hold."""
    return _UNWRITABLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()


def whole(raw: str) -> str:
    """ "1 200" → "1200"; what is no whole number stays."""
    said = text_of(raw)
    plain = _SPACES.sub("", said).replace("−", "-").removeprefix("+")
    return str(int(plain)) if re.fullmatch(r"-?\d{1,18}", plain, re.ASCII) else said


def number(raw: str) -> str:
    """ "3,5" → "3.5", "1.200,5" → "1200.5"; what is no number stays."""
    said = text_of(raw)
    plain = _SPACES.sub("", said).replace("−", "-").removeprefix("+")
    if plain.count(",") == 1:
        plain = plain.replace(".", "").replace(",", ".")
    return plain if re.fullmatch(r"-?\d{1,18}(\.\d{1,12})?", plain, re.ASCII) else said


def day(raw: str, appearance: str = "") -> str:
    """ "3.2.2026" → "2026-02-03"; a year or a month alone where that is what is asked."""
    said = text_of(raw)
    plain = _SPACES.sub(" ", said)
    if "year" in appearance and "month-year" not in appearance and re.fullmatch(r"\d{4}", plain, re.ASCII):
        return f"{plain}-01-01"
    if "month-year" in appearance and (found := _MONTH.match(plain)):
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _day_or(said, year, month, "1")
    if found := _DAY.match(plain):
        return _day_or(said, found[3], found[2], found[1])
    if found := _ISO_DAY.match(plain):
        return _day_or(said, found[1], found[2], found[3])
    return said


def _day_or(said: str, year: str, month: str, number_: str) -> str:
    try:
        return date(int(year), int(month), int(number_)).isoformat()
    except ValueError:
        return said


def clock(raw: str) -> str:
    """ "10:42" → "10:42:00.000+01:00", in the hub's own zone."""
    said = text_of(raw)
    found = _CLOCK.match(said)
    if not found:
        return said
    try:
        at = time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return said
    offset = timezone.localtime().strftime("%z")
    return f"{at.isoformat()}.000{offset[:3]}:{offset[3:]}"


def moment(raw: str) -> str:
    """ "2026-02-03T10:42" or "3.2.2026 10:42" → "2026-02-03T10:42:00.000+01:00"."""
    said = text_of(raw)
    first, _sep, rest = said.replace("T", " ").partition(" ")
    found, on = _CLOCK.match(rest.strip()), day(first)
    if not found or not _ISO_DAY.match(on):
        return said
    try:
        naive = datetime.combine(
            date.fromisoformat(on), time(int(found[1]), int(found[2]), int(found[3] or 0))
        )  # fmt: skip
        return timezone.make_aware(naive).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return said


def point(latitude: str, longitude: str) -> str:
    """ "41,33" and "19,82" → "41.33 19.82 0 0"; both may stand in the first field, as maps copy them."""
    north, east = text_of(latitude), text_of(longitude)
    if not east and (found := _PAIR.match(north)):
        north, east = found[1], found[2]
    north, east = number(north), number(east)
    if not north and not east:
        return ""
    return f"{north or '?'} {east or '?'} 0 0" if not (" " in north or " " in east) else f"{north} {east}"


def line(raw: str) -> str:
    """Points, one a line ("41.33 19.82") or with ";" between → "41.33 19.82 0 0;…"."""
    said = text_of(raw)
    points = []
    for one in re.split(r"[;\n]+", said):
        if not one.strip():
            continue
        found = _PAIR.match(_SPACES.sub(" ", one.strip()))
        if not found:
            whole_point = _SPACES.sub(" ", one.strip())
            if not re.fullmatch(r"-?\d+(\.\d+)?( -?\d+(\.\d+)?){3}", whole_point):
                return said
            points.append(whole_point)
            continue
        points.append(f"{found[1]} {found[2]} 0 0")
    return ";".join(points)


def several(chosen: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(value for one in chosen for value in text_of(one).split()))


def ranked(places: Sequence[tuple[str, str]]) -> str:
    """(choice, number typed) → the choices that got a number, in that order; equal ones as they stand in the form."""
    numbered = [(int(typed), at, choice) for at, (choice, typed) in enumerate(places) if _is_place(typed)]
    return " ".join(choice for _number, _at, choice in sorted(numbered))


def doubled(places: Sequence[tuple[str, str]]) -> int:
    """A place that two choices were given, 0 where there is none."""
    given = sorted(int(typed) for _choice, typed in places if _is_place(typed))
    return next((one for one, after in pairwise(given) if one == after), 0)


def _is_place(typed: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{1,4}\s*", typed, re.ASCII))


READERS: dict[str, Callable[[str], str]] = {
    "integer": whole, "decimal": number, "range": number, "date": day, "time": clock, "dateTime": moment,
    "geotrace": line, "geoshape": line,
}  # fmt: skip


def shown(kind: str, text: str, appearance: str = "") -> str:
    """The document's text as a field of the page wants it."""
    if kind == "date" and _ISO_DAY.match(text[:10]):
        if "month-year" in appearance:
            return text[:7]
        return text[:4] if "year" in appearance else text[:10]
    if kind == "time" and _CLOCK.match(text):
        return text[:5]
    if kind == "dateTime" and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        return text[:16]
    if kind in ("geotrace", "geoshape"):
        return "\n".join(" ".join(one.split()[:2]) for one in text.split(";") if one.strip())
    return text


def halves(text: str) -> tuple[str, str]:
    """Latitude and longitude of a point, as its two fields show them."""
    parts = ["" if part == "?" else part for part in text.split()]
    return (parts[0] if parts else "", parts[1] if len(parts) > 1 else "")
