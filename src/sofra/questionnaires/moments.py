"""Dates and times in answers: read from ISO 8601, counted in days since 1 January 1970, written in ODK's patterns."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from django.utils import timezone as here
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import override

_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
    r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_EPOCH = date(1970, 1, 1)
_START = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _clock(text: str) -> time:
    pieces = text.split(":")
    seconds = float(pieces[2]) if len(pieces) > 2 else 0.0
    return time(int(pieces[0]), int(pieces[1]), int(seconds), min(999_999, round((seconds % 1) * 1_000_000)))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def read(text: str) -> date | datetime | None:
    """A date, or a moment with its zone (the hub's where none is written); None where it is neither."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        year, month, day = (int(piece) for piece in match["date"].split("-"))
        on = date(year, month, day)
        if match["time"] is None:
            return on
        moment = datetime.combine(on, _clock(match["time"]))
        zone = _zone(match["zone"])
        return moment.replace(tzinfo=zone) if zone else moment.replace(tzinfo=here.get_current_timezone())
    except (ValueError, OverflowError):
        return None


def read_time(text: str) -> time | None:
    match = _TIME.fullmatch(text.strip())
    try:
        return _clock(match["time"]) if match else None
    except ValueError:
        return None


def days(it: date | datetime) -> float:
    """Days since 1 January 1970: whole ones for a date, with their part in UTC for a moment."""
    if isinstance(it, datetime):
        return (it - _START) / DAY
    return float((it - _EPOCH).days)


def days_at_midnight(it: date | datetime) -> float:
    """The same, a date counted from its midnight where the hub is, so that it can stand beside a moment."""
    if isinstance(it, datetime):
        return (it - _START) / DAY
    return (datetime.combine(it, time(), tzinfo=here.get_current_timezone()) - _START) / DAY


def of_days(number: float, *, whole: bool) -> date | datetime | None:
    try:
        if whole:
            return _EPOCH + timedelta(days=int(number))
        return (_START + timedelta(days=number)).astimezone(here.get_current_timezone())
    except (OverflowError, ValueError):
        return None


def local(it: datetime) -> datetime:
    return it.astimezone(here.get_current_timezone())


def written(it: date | datetime) -> str:
    """As XForms writes it: 2018-12-17, or 2018-12-17T09:30:00.000+01:00."""
    if isinstance(it, datetime):
        return local(it).isoformat(timespec="milliseconds")
    return it.isoformat()


def now() -> datetime:
    return local(here.now())


def formatted(it: date | datetime, pattern: str, language: str = "") -> str:
    """ODK's pattern: %Y %y %m %n %b %d %e %a %H %h %M %S %3 %j %W; other letters stay as they are."""
    moment = local(it) if isinstance(it, datetime) else datetime.combine(it, time())
    with override(language or None):
        values = {
            "Y": f"{moment.year:04d}", "y": f"{moment.year % 100:02d}", "m": f"{moment.month:02d}",
            "n": str(moment.month), "b": str(MONTHS_3[moment.month]).title(), "d": f"{moment.day:02d}",
            "e": str(moment.day),
            "a": str(WEEKDAYS_ABBR[moment.weekday()]), "H": f"{moment.hour:02d}", "h": str(moment.hour),
            "M": f"{moment.minute:02d}", "S": f"{moment.second:02d}", "3": f"{moment.microsecond // 1000:03d}",
            "j": f"{moment.timetuple().tm_yday:03d}", "W": f"{moment.isocalendar().week:02d}", "%": "%",
        }  # fmt: skip
    return re.sub(r"%(.)", lambda match: values.get(match[1], match[0]), pattern)
