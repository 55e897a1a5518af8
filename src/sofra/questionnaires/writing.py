"""How values are written in a document: what people type, and what calculations yield, brought into ODK's form."""

import re
from datetime import datetime, time

from . import moments, trees, values
from .shapes import Item, Question

_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_POINT = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*°?\s*[,; ]\s*(-?\d+(?:[.,]\d+)?)\s*°?\s*", re.ASCII)


def normal(question: Question, text: str) -> str:
    """What was typed, as the form writes it; what cannot be read stays as it was typed, and is a fault."""
    said = trees.clean(text.replace("\r\n", "\n").replace("\r", "\n"))
    kind = question.kind if question.asked else question.type
    if kind in ("text", "note", "string", ""):
        return said.rstrip()
    work = _WAYS.get(kind)
    return work(said.strip()) if work else said.strip()


def _integer(said: str) -> str:
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", said)
    return str(int(plain)) if re.fullmatch(r"[+-]?\d{1,18}", plain, re.ASCII) else said


def _decimal(said: str) -> str:
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", said).removeprefix("+")
    if re.fullmatch(r"-?\d+,\d+", plain, re.ASCII):
        plain = plain.replace(",", ".")
    return plain if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", plain, re.ASCII) else said


def _date(said: str) -> str:
    match = _DATE.fullmatch(said)
    plain = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}" if match else said
    found = moments.read(plain)
    if found is None:
        return said
    return found.date().isoformat() if isinstance(found, datetime) else found.isoformat()


def _time(said: str) -> str:
    at = moments.read_time(said)
    if at is None or len(said) > 8:
        return said
    zone = moments.now().strftime("%z")
    return f"{at.isoformat(timespec='milliseconds')}{zone[:3]}:{zone[3:]}"


def _moment(said: str) -> str:
    match = re.match(r"(\d{1,2}[./]\d{1,2}[./]\d{4})[T ,]*(.*)", said)
    found = moments.read(f"{_date(match[1])}T{match[2] or '00:00'}" if match else said)
    if found is None or re.search(r"(Z|[+-]\d{2}:\d{2})$", said):
        return said
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(), tzinfo=moments.here.get_current_timezone())
    return moments.written(found)


def _words(said: str) -> str:
    return " ".join(dict.fromkeys(said.split()))


def _point(said: str) -> str:
    match = _POINT.fullmatch(said)
    return f"{match[1].replace(',', '.')} {match[2].replace(',', '.')} 0 0" if match else " ".join(said.split())


def _points(said: str) -> str:
    return "; ".join(_point(piece.strip()) for piece in re.split(r"[;\n]", said) if piece.strip())


_WAYS = {
    "integer": _integer, "int": _integer, "decimal": _decimal, "date": _date, "time": _time, "dateTime": _moment,
    "select_multiple": _words, "rank": _words, "geopoint": _point, "geotrace": _points, "geoshape": _points,
    "range": _decimal,
}  # fmt: skip


def result(item: Item, value: values.Value) -> str:
    """What a calculation yields, as it is kept: no number is "", a number of days becomes a date where one is due."""
    if isinstance(value, float):
        if value != value:
            return ""
        if item.type in ("date", "dateTime"):
            found = moments.of_days(value, whole=item.type == "date")
            return moments.written(found) if found is not None else ""
        if item.type in ("int", "integer") and abs(value) < 1e15:
            return str(int(value))
    text = values.text(value)
    if item.type == "date" and "T" in text:
        return _date(text)
    return trees.clean(text)
