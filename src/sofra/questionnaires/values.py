"""What XPath's values are worth as text, number and truth, as ODK's clients see it.

Where a node is not asked or missing it counts as "", a reference to one node is as true as its value, and dates count
as days since 1970 (getodk.github.io/xforms-spec, "XPath Functions", number()).
"""

import math
import re
from decimal import Decimal

from . import moments
from .trees import Node

Value = float | str | bool | list[Node]

_NUMBER = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)\s*", re.ASCII).fullmatch
_DATED = re.compile(r"\s*\d{4}-\d").match
NAN = float("nan")
NUMERIC = {"int", "integer", "decimal", "long", "double", "float", "short"}


def kind_of(node: Node) -> str:
    return getattr(node.spec, "type", "string")


def written(number: float) -> str:
    """A number as XPath writes it: 3, 0.5, never 1e20."""
    if number != number:
        return "NaN"
    if number in (math.inf, -math.inf):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number):
        return str(int(number))
    plain = repr(number)
    return format(Decimal(plain), "f") if "e" in plain else plain


def text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return value[0].value() if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value)


def read_number(said: str) -> float:
    if _NUMBER(said):
        return float(said)
    if _DATED(said):
        moment = moments.read(said)
        return moments.days(moment) if moment is not None else NAN
    return NAN


def number(value: Value) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return read_number(text(value))


def truth(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and abs(value) > 1e-12
    if isinstance(value, str):
        return bool(value)
    if len(value) != 1:
        return bool(value)
    said, kind = value[0].value(), kind_of(value[0])
    if kind in NUMERIC:
        found = read_number(said)
        return found == found and found != 0
    return bool(said) and not (kind == "boolean" and said in ("false", "0"))


def nodes(value: Value) -> list[Node]:
    return value if isinstance(value, list) else []


def _same(node: Node | None, said: str, other: str, other_node: Node | None = None) -> bool:
    """Equal as text; as numbers too, where the form says that one of them is a number."""
    if said == other:
        return True
    typed = (node is not None and kind_of(node) in NUMERIC) or (
        other_node is not None and kind_of(other_node) in NUMERIC
    )
    return bool(typed and said and other and read_number(said) == read_number(other))


def equal(left: Value, right: Value, *, wanted: bool) -> bool:
    """= (`wanted`) or != of two values."""
    if isinstance(left, list) or isinstance(right, list):
        return _equal_nodes(left, right, wanted)
    if isinstance(left, bool) or isinstance(right, bool):
        return (truth(left) == truth(right)) is wanted
    if isinstance(left, float) or isinstance(right, float):
        return (number(left) == number(right)) is wanted
    return (left == right) is wanted


def _said(found: list[Node]) -> list[tuple[Node | None, str]]:
    """What is missing counts as empty."""
    return [(node, node.value()) for node in found] or [(None, "")]


def _equal_nodes(left: Value, right: Value, wanted: bool) -> bool:
    if not isinstance(left, list):
        left, right = right, left
    ours = _said(nodes(left))
    if isinstance(right, bool):
        return (truth(left) == right) is wanted
    if isinstance(right, float):
        return any((read_number(said) == right) is wanted for _node, said in ours)
    if isinstance(right, str):
        return any(_same(node, said, right) is wanted for node, said in ours)
    theirs = _said(right)
    return any(_same(node, said, other, their) is wanted for node, said in ours for their, other in theirs)


_ORDERS = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def ordered(left: Value, right: Value, sign: str) -> bool:
    compare = _ORDERS[sign]
    if isinstance(right, float) and isinstance(left, list) and len(left) == 1:  # by far the most common
        return compare(read_number(left[0].value()), right)
    ours = [node.value() for node in left] if isinstance(left, list) else [left]
    theirs = [node.value() for node in right] if isinstance(right, list) else [right]
    return any(compare(*_pair(mine, other)) for mine in ours for other in theirs)


def _pair(left: float | str | bool, right: float | str | bool) -> tuple[float, float]:
    """Both as numbers that can be compared: a date beside a moment counts from the hub's midnight."""
    if isinstance(left, str) and isinstance(right, str):
        if ("T" in left) != ("T" in right) and _DATED(left) and _DATED(right):
            first, second = moments.read(left), moments.read(right)
            if first is not None and second is not None:
                return moments.days_at_midnight(first), moments.days_at_midnight(second)
        if ":" in left and ":" in right and not _DATED(left):
            return clock(left), clock(right)
    return number(left), number(right)


def clock(said: str) -> float:
    """The part of a day: noon is 0.5."""
    moment = moments.read(said)
    at = moments.read_time(said)
    if at is None and isinstance(moment, moments.datetime):
        at = moments.local(moment).time()
    if at is None:
        return NAN
    return (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6) / 86_400
