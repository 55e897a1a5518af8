"""The functions of ODK's XForms, by name. A function gets the node, where it is evaluated, and its arguments' values;

a lazy one gets its arguments as functions and evaluates what it needs. Differences between phone and paper
specification are decided for the phone (JavaRosa), because that is what collects.
"""

import base64
import hashlib
import itertools
import math
import random as chance
import uuid as identifiers
from collections.abc import Callable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from . import moments, patterns, values
from .trees import Node
from .values import NAN, Value, number, text, truth

Work = Callable[..., Any]
KNOWN: dict[str, tuple[int, int, Work, bool]] = {}
MANY = 99


def known(name: str, least: int, most: int | None = None, *, lazy: bool = False) -> Callable[[Work], Work]:
    def keep(work: Work) -> Work:
        KNOWN[name] = (least, least if most is None else most, work, lazy)
        return work

    return keep


def _strings(given: tuple[Value, ...]) -> list[str]:
    found: list[str] = []
    for value in given:
        found += [node.value() for node in value] if isinstance(value, list) else [text(value)]
    return found


def _numbers(given: tuple[Value, ...]) -> list[float]:
    found = [values.read_number(said) if isinstance(said, str) else number(said) for said in _flat(given)]
    return [it for it in found if it == it]


def _flat(given: tuple[Value, ...]) -> list[Any]:
    found: list[Any] = []
    for value in given:
        found += [node.value() for node in value] if isinstance(value, list) else [value]
    return found


# — text ————————————————————————————————————————————————————————————————————————————————————————————————————————————


@known("string", 0, 1)
def string(node: Node, env: Any, *given: Value) -> str:
    return text(given[0]) if given else node.value()


@known("concat", 0, MANY)
def concat(node: Node, env: Any, *given: Value) -> str:
    return "".join(_strings(given))


@known("join", 1, MANY)
def join(node: Node, env: Any, separator: Value, *given: Value) -> str:
    return text(separator).join(_strings(given))


@known("substr", 2, 3)
def substr(node: Node, env: Any, said: Value, start: Value, end: Value = "") -> str:
    whole = text(said)
    first = _whole(start)
    last = _whole(end) if end != "" else len(whole)
    first = first + len(whole) if first < 0 else first
    last = last + len(whole) if last < 0 else last
    return whole[max(0, first) : max(0, last)]


@known("substring", 2, 3)
def substring(node: Node, env: Any, said: Value, start: Value, length: Value | None = None) -> str:
    whole, first = text(said), _round(number(start))
    last = math.inf if length is None else first + _round(number(length))
    return "".join(letter for place, letter in enumerate(whole, 1) if first <= place < last)


@known("substring-before", 2)
def substring_before(node: Node, env: Any, said: Value, mark: Value) -> str:
    before, found, _after = text(said).partition(text(mark)) if text(mark) else ("", "", "")
    return before if found else ""


@known("substring-after", 2)
def substring_after(node: Node, env: Any, said: Value, mark: Value) -> str:
    return text(said).partition(text(mark))[2] if text(mark) else text(said)


@known("translate", 3)
def translate(node: Node, env: Any, said: Value, these: Value, those: Value) -> str:
    table: dict[int, str | None] = {}
    given = text(those)
    for place, letter in enumerate(text(these)):
        table.setdefault(ord(letter), given[place] if place < len(given) else None)
    return text(said).translate(table)


@known("string-length", 0, 1)
def string_length(node: Node, env: Any, *given: Value) -> float:
    return float(len(text(given[0]) if given else node.value()))


@known("normalize-space", 0, 1)
def normalize_space(node: Node, env: Any, *given: Value) -> str:
    return " ".join((text(given[0]) if given else node.value()).split())


@known("contains", 2)
def contains(node: Node, env: Any, whole: Value, part: Value) -> bool:
    return text(part) in text(whole)


@known("starts-with", 2)
def starts_with(node: Node, env: Any, whole: Value, part: Value) -> bool:
    return text(whole).startswith(text(part))


@known("ends-with", 2)
def ends_with(node: Node, env: Any, whole: Value, part: Value) -> bool:
    return text(whole).endswith(text(part))


@known("upper-case", 1)
@known("upper", 1)
def upper_case(node: Node, env: Any, said: Value) -> str:
    return text(said).upper()


@known("lower-case", 1)
@known("lower", 1)
def lower_case(node: Node, env: Any, said: Value) -> str:
    return text(said).lower()


@known("uuid", 0, 1)
def uuid(node: Node, env: Any, *given: Value) -> str:
    if not given:
        return str(identifiers.uuid4())
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(chance.choice(letters) for _ in range(min(1000, max(0, _whole(given[0])))))  # noqa: S311


_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@known("digest", 2, 3)
def digest(node: Node, env: Any, said: Value, algorithm: Value, encoding: Value = "base64") -> str:
    name = _DIGESTS.get(text(algorithm).upper())
    if name is None:
        return ""
    made = hashlib.new(name, text(said).encode(), usedforsecurity=False)
    return made.hexdigest() if text(encoding) == "hex" else base64.b64encode(made.digest()).decode()


@known("base64-decode", 1)
def base64_decode(node: Node, env: Any, said: Value) -> str:
    try:
        return base64.b64decode(text(said), validate=False).decode("utf-8", "replace")
    except ValueError:
        return ""


@known("regex", 2)
def regex(node: Node, env: Any, said: Value, pattern: Value) -> bool:
    return patterns.matches(text(pattern), text(said))


# — truth ———————————————————————————————————————————————————————————————————————————————————————————————————————————


@known("if", 3, lazy=True)
def if_(node: Node, env: Any, runs: list[Any]) -> Value:
    return runs[1](node, env) if truth(runs[0](node, env)) else runs[2](node, env)


@known("coalesce", 1, MANY, lazy=True)
def coalesce(node: Node, env: Any, runs: list[Any]) -> Value:
    value: Value = ""
    for run in runs:
        value = run(node, env)
        said = text(value)
        if said and not (isinstance(value, float) and value != value):
            return value
    return value


@known("once", 1, lazy=True)
def once(node: Node, env: Any, runs: list[Any]) -> Value:
    return env.origin.text or runs[0](node, env)


@known("true", 0)
def true(node: Node, env: Any) -> bool:
    return True


@known("false", 0)
def false(node: Node, env: Any) -> bool:
    return False


@known("boolean", 1)
def boolean(node: Node, env: Any, value: Value) -> bool:
    return truth(value)


@known("not", 1)
def not_(node: Node, env: Any, value: Value) -> bool:
    return not truth(value)


@known("boolean-from-string", 1)
def boolean_from_string(node: Node, env: Any, value: Value) -> bool:
    return text(value).lower() in ("true", "1")


def _true_enough(value: Value) -> bool:
    return number(value) > 0 if not isinstance(value, str | list) else number(value) > 0 or text(value) == "true"


@known("checklist", 2, MANY)
def checklist(node: Node, env: Any, least: Value, most: Value, *given: Value) -> bool:
    count = sum(_true_enough(value) for value in _flat(given))
    low, high = number(least), number(most)
    return (low < 0 or count >= low) and (high < 0 or count <= high)


@known("weighted-checklist", 2, MANY)
def weighted_checklist(node: Node, env: Any, least: Value, most: Value, *given: Value) -> bool:
    if len(given) == 2 and isinstance(given[0], list) and isinstance(given[1], list):
        pairs = list(zip(_flat((given[0],)), _flat((given[1],)), strict=False))
    else:
        pairs = list(zip(given[::2], given[1::2], strict=False))
    total = sum(number(weight) for value, weight in pairs if _true_enough(value))
    low, high = number(least), number(most)
    return (low == -1 or total >= low) and (high == -1 or total <= high)


# — numbers —————————————————————————————————————————————————————————————————————————————————————————————————————————


def _whole(value: Value) -> int:
    found = number(value)
    return int(found) if math.isfinite(found) else 0


def _round(value: float) -> float:
    return float(math.floor(value + 0.5)) if math.isfinite(value) else value


@known("number", 0, 1)
def number_(node: Node, env: Any, *given: Value) -> float:
    return number(given[0]) if given else values.read_number(node.value())


@known("random", 0)
def random(node: Node, env: Any) -> float:
    return chance.random()  # noqa: S311


@known("int", 1)
def int_(node: Node, env: Any, value: Value) -> float:
    found = number(value)
    return float(int(found)) if math.isfinite(found) else found


@known("round", 1, 2)
def round_(node: Node, env: Any, value: Value, places: Value = 0.0) -> float:
    """Halves go up (towards zero below it), as Excel and ODK do."""
    found, digits = number(value), _whole(places)
    if not math.isfinite(found):
        return found
    if abs(digits) > 30:
        return NAN
    how = ROUND_HALF_DOWN if found < 0 else ROUND_HALF_UP
    try:
        return float(Decimal(repr(found)).quantize(Decimal(1).scaleb(-digits), rounding=how))
    except InvalidOperation:
        return found


@known("floor", 1)
def floor(node: Node, env: Any, value: Value) -> float:
    found = number(value)
    return float(math.floor(found)) if math.isfinite(found) else found


@known("ceiling", 1)
def ceiling(node: Node, env: Any, value: Value) -> float:
    found = number(value)
    return float(math.ceil(found)) if math.isfinite(found) else found


@known("sum", 1)
def sum_(node: Node, env: Any, value: Value) -> float:
    return math.fsum(_numbers((value,)))


@known("max", 1, MANY)
def max_(node: Node, env: Any, *given: Value) -> float:
    return max(_numbers(given), default=NAN)


@known("min", 1, MANY)
def min_(node: Node, env: Any, *given: Value) -> float:
    return min(_numbers(given), default=NAN)


@known("pow", 2)
def pow_(node: Node, env: Any, base: Value, power: Value) -> float:
    try:
        made = math.pow(number(base), number(power))
    except OverflowError:
        return math.inf
    except ValueError:
        return NAN
    return made


def _simple(name: str, work: Callable[[float], float]) -> None:
    def run(node: Node, env: Any, value: Value) -> float:
        try:
            return work(number(value))
        except OverflowError:
            return math.inf
        except ValueError:
            return -math.inf if name in ("log", "log10") and number(value) == 0 else NAN

    KNOWN[name] = (1, 1, run, False)


_SIMPLE: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "exp10": lambda value: math.pow(10.0, value),
}
for _name, _work in _SIMPLE.items():
    _simple(_name, _work)


@known("atan2", 2)
def atan2(node: Node, env: Any, first: Value, second: Value) -> float:
    return math.atan2(number(first), number(second))


@known("pi", 0)
def pi(node: Node, env: Any) -> float:
    return math.pi


# — nodes ———————————————————————————————————————————————————————————————————————————————————————————————————————————


@known("count", 1)
def count(node: Node, env: Any, value: Value) -> float:
    return float(len(values.nodes(value)))


@known("count-non-empty", 1)
def count_non_empty(node: Node, env: Any, value: Value) -> float:
    return float(sum(bool(it.value()) for it in values.nodes(value)))


def _place(node: Node) -> float:
    if node.parent is None:
        return 1.0
    same = node.parent.named.get(node.name, ())
    return float(next((place for place, it in enumerate(same, 1) if it is node), 0))


@known("position", 0, 1)
def position(node: Node, env: Any, *given: Value) -> float:
    if given:
        found = values.nodes(given[0])
        return _place(found[0]) if found else 0.0
    return float(env.position) if env.position else _place(node)


@known("last", 0)
def last(node: Node, env: Any) -> float:
    return float(env.size or 1)


@known("name", 0, 1)
@known("local-name", 0, 1)
def name_(node: Node, env: Any, *given: Value) -> str:
    if not given:
        return node.name
    found = values.nodes(given[0])
    return found[0].name if found else ""


@known("namespace-uri", 0, 1)
def namespace_uri(node: Node, env: Any, *given: Value) -> str:
    found = values.nodes(given[0]) if given else [node]
    return found[0].space if found else ""


@known("instance", 1)
def instance(node: Node, env: Any, name: Value) -> list[Node]:
    found = env.world.secondary(text(name))
    return [found] if found is not None else []


@known("randomize", 1, 2)
def randomize(node: Node, env: Any, value: Value, seed: Value | None = None) -> list[Node]:
    found = list(values.nodes(value))
    if seed is None:
        return shuffled(found, env.world.seed)
    start = number(seed)
    if start != start:
        start = float(int.from_bytes(hashlib.sha256(text(seed).encode()).digest()[:8], "big", signed=True))
    return shuffled(found, int(start) if math.isfinite(start) else 0)


def shuffled(found: list[Any], seed: int) -> list[Any]:
    """Fisher and Yates "inside out" with the generator of Park and Miller, so that the phone's order is ours."""
    state = seed % 2147483647
    state = state + 2147483646 if state <= 0 else state
    made: list[Any] = []
    for place, it in enumerate(found):
        state = state * 16807 % 2147483647
        other = int((state - 1) / 2147483646 * (place + 1))
        made.append(it)
        if other != place:
            made[place] = made[other]
            made[other] = it
    return made


@known("pulldata", 4)
def pulldata(node: Node, env: Any, name: Value, wanted: Value, key: Value, value: Value) -> str:
    return env.world.pulled(text(name), text(wanted), text(key), text(value))


# — dates ———————————————————————————————————————————————————————————————————————————————————————————————————————————


@known("today", 0)
def today(node: Node, env: Any) -> str:
    return moments.now().date().isoformat()


@known("now", 0)
def now(node: Node, env: Any) -> str:
    return moments.written(moments.now())


def _moment(value: Value, *, whole: bool) -> Any:
    """The date or moment that a value says, None for an empty or impossible one."""
    if not isinstance(value, float):
        said = text(value)
        if read := moments.read(said):
            return read
        value = values.read_number(said)
    return moments.of_days(value, whole=whole) if math.isfinite(value) else None


@known("date", 1)
def date_(node: Node, env: Any, value: Value) -> str:
    found = _moment(value, whole=True)
    if found is None:
        return ""
    return moments.local(found).date().isoformat() if isinstance(found, moments.datetime) else found.isoformat()


@known("date-time", 1)
def date_time(node: Node, env: Any, value: Value) -> str:
    found = _moment(value, whole=False)
    if found is None:
        return ""
    if not isinstance(found, moments.datetime):
        found = moments.datetime.combine(found, moments.time(), tzinfo=moments.here.get_current_timezone())
    return moments.written(found)


@known("format-date", 2)
@known("format-date-time", 2)
def format_date(node: Node, env: Any, value: Value, pattern: Value) -> str:
    found = _moment(value, whole=False)
    if found is None:
        at = moments.read_time(text(value))
        found = moments.datetime.combine(moments.now().date(), at, tzinfo=moments.now().tzinfo) if at else None
    return "" if found is None else moments.formatted(found, text(pattern), env.world.language_code)


@known("decimal-date-time", 1)
def decimal_date_time(node: Node, env: Any, value: Value) -> float:
    if isinstance(value, float):
        return value
    found = moments.read(text(value))
    return moments.days_at_midnight(found) if found is not None else values.read_number(text(value))


@known("decimal-time", 1)
def decimal_time(node: Node, env: Any, value: Value) -> float:
    return value - math.floor(value) if isinstance(value, float) and math.isfinite(value) else values.clock(text(value))


# — choices —————————————————————————————————————————————————————————————————————————————————————————————————————————


@known("selected", 2)
@known("is-selected", 2)
def selected(node: Node, env: Any, chosen: Value, value: Value) -> bool:
    wanted, given = text(value).strip(), text(chosen)
    return wanted == given or (wanted in given.split() if wanted else not given.strip())


@known("selected-at", 2)
def selected_at(node: Node, env: Any, chosen: Value, place: Value) -> str:
    given, at = text(chosen).split(), number(place)
    return given[int(at)] if math.isfinite(at) and 0 <= at < len(given) else ""


@known("count-selected", 1)
def count_selected(node: Node, env: Any, chosen: Value) -> float:
    return float(len(text(chosen).split()))


@known("jr:choice-name", 2)
def choice_name(node: Node, env: Any, value: Value, path: Value) -> str:
    return env.world.choice_name(text(value), text(path), env.origin)


@known("jr:itext", 1)
def itext(node: Node, env: Any, key: Value) -> str:
    return env.world.itext(text(key))


@known("property", 1)
def property_(node: Node, env: Any, name: Value) -> str:
    return env.world.known_of(text(name))


@known("version", 0)
def version(node: Node, env: Any) -> str:
    return env.world.root.attributes.get("version", "")


@known("depend", 1, MANY)
def depend(node: Node, env: Any, *given: Value) -> Value:
    return given[0]


# — the Earth ———————————————————————————————————————————————————————————————————————————————————————————————————————

EARTH = 6_378_100.0  # metres, the radius at the equator that ODK counts with


def points(value: Value) -> list[tuple[float, float]]:
    """Latitude and longitude of a trace, a shape or many points; nothing where one of them is no point."""
    said = [node.value() for node in value] if isinstance(value, list) else [text(value)]
    found = []
    for piece in ";".join(said).split(";"):
        numbers = [values.read_number(word) for word in piece.split()]
        if not numbers:
            continue
        if len(numbers) < 2 or any(it != it for it in numbers[:2]):
            return []
        found.append((numbers[0], numbers[1]))
    return found


@known("distance", 1, MANY)
def distance(node: Node, env: Any, *given: Value) -> float:
    found = [point for value in given for point in points(value)]
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in itertools.pairwise(found):
        half_lat, half_lon = math.radians(lat2 - lat1) / 2, math.radians(lon2 - lon1) / 2
        part = (
            math.sin(half_lat) ** 2
            + math.cos(math.radians(lat1)) * math.cos(math.radians(lat2)) * math.sin(half_lon) ** 2
        )
        total += 2 * EARTH * math.asin(min(1.0, math.sqrt(part)))
    return total


@known("area", 1)
@known("enclosed-area", 1)
def area(node: Node, env: Any, value: Value) -> float:
    found = points(value)
    if len(found) < 3:
        return 0.0
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in zip(found, found[1:] + found[:1], strict=True):
        total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return abs(total * EARTH * EARTH / 2)


@known("geofence", 2)
def geofence(node: Node, env: Any, point: Value, shape: Value) -> bool:
    inside, here, ring = False, points(point), points(shape)
    if not here or len(ring) < 3:
        return False
    lat, lon = here[0]
    for (lat1, lon1), (lat2, lon2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    return frozenset(KNOWN) | {"indexed-repeat", "current"}


VOLATILE = {"random", "uuid"}
