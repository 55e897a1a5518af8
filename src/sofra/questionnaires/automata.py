"""Patterns that would run away (a repetition within a repetition) matched without going back: time grows with length.

After Thompson (1968): all states that the pattern can be in are followed at once. What such a machine cannot do
(references back, looking ahead) is left to Python's own.
"""

import re
from collections.abc import Callable
from typing import Any

_parser: Any = getattr(re, "_parser")  # noqa: B009 - Python's own reader of patterns has no public name
MOST_STATES = 4_000
LONGEST = 2_000  # letters of a text that is tried
MANY = 12  # repetitions that count as "any number"
Test = Callable[[str], bool]


class Unfit(ValueError):
    """The pattern needs more than a machine of states."""


def risky(pattern: str) -> bool:
    """Does a repetition without end stand within another?"""
    try:
        return _nested(_parser.parse(pattern), inside=False)
    except (re.error, RecursionError, OverflowError):
        return False


def _nested(ops: Any, *, inside: bool) -> bool:
    for op, value in ops:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _low, high, body = value
            endless = high > MANY
            if (endless and inside) or _nested(body, inside=inside or endless):
                return True
            continue
        bodies = {"SUBPATTERN": lambda it: [it[3]], "BRANCH": lambda it: it[1]}.get(name, lambda it: [])(value)
        if any(_nested(body, inside=inside) for body in bodies):
            return True
    return False


class Machine:
    """States: ("test", test, next), ("split", nexts), ("at", start or end, next); the first of all is the match."""

    def __init__(self, pattern: str) -> None:
        """Raises Unfit."""
        parsed = _parser.parse(pattern)
        if parsed.state.flags & (re.IGNORECASE | re.VERBOSE | re.DOTALL | re.MULTILINE):
            raise Unfit
        self.states: list[tuple[str, Any, Any]] = [("match", None, None)]
        self.start = self._sequence(parsed, 0)

    def _add(self, kind: str, value: Any, following: Any = None) -> int:
        if len(self.states) >= MOST_STATES:
            raise Unfit
        self.states.append((kind, value, following))
        return len(self.states) - 1

    def _sequence(self, ops: Any, following: int) -> int:
        for op, value in reversed(list(ops)):
            following = self._one(str(op), value, following)
        return following

    def _one(self, name: str, value: Any, following: int) -> int:
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return self._add("test", _test(name, value), following)
        if name == "BRANCH":
            return self._add("split", [self._sequence(branch, following) for branch in value[1]])
        if name == "SUBPATTERN" and not value[1] and not value[2]:
            return self._sequence(value[3], following)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, body = value
            return self._repeated(low, high, body, following)
        if name == "AT" and str(value) in ("AT_BEGINNING", "AT_BEGINNING_STRING", "AT_END", "AT_END_STRING"):
            return self._add("at", "start" if "BEGINNING" in str(value) else "end", following)
        raise Unfit

    def _repeated(self, low: int, high: int, body: Any, following: int) -> int:
        if high > 1_000:
            loop = self._add("split", [following])
            self.states[loop][1].append(self._sequence(body, loop))
            following = loop
        else:
            for _time in range(high - low):
                following = self._add("split", [following, self._sequence(body, following)])
        for _time in range(low):
            following = self._sequence(body, following)
        return following

    def matches(self, said: str) -> bool:
        """Does the whole text match?"""
        here = self._reached({self.start}, 0, len(said))
        for place, letter in enumerate(said, 1):
            there = {self.states[it][2] for it in here if self.states[it][0] == "test" and self.states[it][1](letter)}
            if not there:
                return False
            here = self._reached(there, place, len(said))
        return 0 in here

    def _reached(self, states: set[int], place: int, end: int) -> set[int]:
        """All states that these lead to without a letter."""
        found, waiting = set(states), list(states)
        while waiting:
            kind, value, following = self.states[waiting.pop()]
            nexts = value if kind == "split" else ()
            if kind == "at" and place == (0 if value == "start" else end):
                nexts = (following,)
            for it in nexts:
                if it not in found:
                    found.add(it)
                    waiting.append(it)
        return found


def _test(name: str, value: Any) -> Test:
    if name == "ANY":
        return lambda letter: letter != "\n"
    if name == "LITERAL":
        return lambda letter: ord(letter) == value
    if name == "NOT_LITERAL":
        return lambda letter: ord(letter) != value
    tests: list[Test] = []
    wanted = True
    for op, inner in value:
        if str(op) == "NEGATE":
            wanted = False
        elif str(op) == "RANGE":
            tests.append(lambda letter, low=inner[0], high=inner[1]: low <= ord(letter) <= high)  # type: ignore[misc]
        elif str(op) == "CATEGORY":
            tests.append(_CATEGORIES[str(inner)])
        else:
            tests.append(lambda letter, code=inner: ord(letter) == code)  # type: ignore[misc]
    return lambda letter: any(test(letter) for test in tests) is wanted


_CATEGORIES: dict[str, Test] = {
    "CATEGORY_DIGIT": lambda letter: re.match(r"\d", letter) is not None,
    "CATEGORY_NOT_DIGIT": lambda letter: re.match(r"\D", letter) is not None,
    "CATEGORY_SPACE": lambda letter: re.match(r"\s", letter) is not None,
    "CATEGORY_NOT_SPACE": lambda letter: re.match(r"\S", letter) is not None,
    "CATEGORY_WORD": lambda letter: re.match(r"\w", letter) is not None,
    "CATEGORY_NOT_WORD": lambda letter: re.match(r"\W", letter) is not None,
}
