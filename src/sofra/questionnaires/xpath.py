"""XPath 1.0 as questionnaires write it: text into a tree of tuples, and what such a tree refers to.

The tree: ("num", 2.0) · ("str", "x") · ("op", "+", left, right) · ("neg", it) · ("call", name, (arguments)) ·
("filter", it, (predicates)) · ("path", start, (steps)) with start "/" or "." or a tree, a step (axis, name,
predicates); the name "*" is any element, "node()" any node. Own work after the recommendation of 16 November 1999.
"""

import re
from functools import lru_cache
from typing import Any

Tree = tuple[Any, ...]

LONGEST = 60_000  # letters of one expression
DEEPEST = 110  # brackets and functions within one another; each costs a few frames of Python

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*$])"
    r"|(?P<name>[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?))"
)
_POWERS = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6,
           "mod": 6}  # fmt: skip
_WORDS = {"or", "and", "div", "mod"}
_BEFORE_OPERAND = {"@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "op"}
AXES = {
    "child", "parent", "self", "descendant", "descendant-or-self", "ancestor", "ancestor-or-self", "attribute",
    "following-sibling", "preceding-sibling",
}  # fmt: skip
_NODE_TESTS = {"node", "text", "comment"}


class BadExpression(ValueError):
    """The text is no XPath; `at` is the letter (from 0) where it stops making sense."""

    def __init__(self, why: str, at: int = 0) -> None:
        super().__init__(why)
        self.at = at


Token = tuple[str, str, int]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadExpression(text[at : at + 20].strip(), at)
        kind = match.lastgroup or ""
        word = match[kind]
        start = match.start(kind)
        at = match.end()
        before = found[-1] if found else None
        operand_due = (
            before is None or (before[0] in ("sign", "op") and before[1] in _BEFORE_OPERAND) or before[0] == "op"
        )
        if kind == "name" and word in _WORDS and not operand_due:
            kind = "op"
        elif kind == "sign" and word == "*":
            kind = "name" if operand_due else "op"
        elif kind == "sign" and word in _POWERS:
            kind = "op"
        found.append((kind, word, start))
    found.append(("end", "", len(text)))
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def fail(self) -> BadExpression:
        _kind, word, at = self.tokens[self.at]
        return BadExpression(word or "…", at)

    def take(self, word: str) -> bool:
        kind, found, _at = self.tokens[self.at]
        if found == word and kind in ("sign", "op"):
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.fail()

    def expression(self, power: int = 1) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadExpression("(" * 3, self.tokens[self.at][2])
        left = self.unary()
        while True:
            kind, word, _at = self.tokens[self.at]
            mine = _POWERS.get(word, 0) if kind == "op" else 0
            if mine < power or not mine:
                break
            self.at += 1
            right = self.expression(mine + 1)
            left = ("op", word, left, right)
        self.depth -= 1
        return left

    def unary(self) -> Tree:
        signs = 0
        while self.take("-"):
            signs += 1
        it = self.union()
        for _ in range(signs):
            it = ("neg", it)
        return it

    def union(self) -> Tree:
        it = self.path()
        while self.take("|"):
            it = ("op", "|", it, self.path())
        return it

    def path(self) -> Tree:
        kind, word, _at = self.tokens[self.at]
        if kind == "number":
            self.at += 1
            return self._after(("num", float(word)))
        if kind == "string":
            self.at += 1
            return self._after(("str", word[1:-1]))
        if word == "(" and kind == "sign":
            self.at += 1
            it = self.expression()
            self.need(")")
            return self._after(it)
        if kind == "name" and self._calls(word):
            return self._after(self.call())
        if word == "//" and kind == "sign":
            self.at += 1
            return ("path", "/", self.steps([("descendant-or-self", "node()", ())]))
        if word == "/" and kind == "sign":
            self.at += 1
            return ("path", "/", self.steps([]) if self._step_follows() else ())
        if not self._step_follows():
            raise self.fail()
        return ("path", ".", self.steps([]))

    def _calls(self, word: str) -> bool:
        following = self.tokens[self.at + 1]
        return following[1] == "(" and following[0] == "sign" and word not in _NODE_TESTS

    def _after(self, it: Tree) -> Tree:
        """Predicates and further steps after a bracket, a literal or a call."""
        predicates = self.predicates()
        if predicates:
            it = ("filter", it, predicates)
        if self.take("//"):
            return ("path", it, self.steps([("descendant-or-self", "node()", ())]))
        if self.take("/"):
            return ("path", it, self.steps([]))
        return it

    def call(self) -> Tree:
        name = self.tokens[self.at][1]
        self.at += 2
        given: list[Tree] = []
        if not self.take(")"):
            given.append(self.expression())
            while self.take(","):
                given.append(self.expression())
            self.need(")")
        return ("call", name, tuple(given))

    def _step_follows(self) -> bool:
        kind, word, _at = self.tokens[self.at]
        return kind == "name" or (kind == "sign" and word in (".", "..", "@"))

    def steps(self, found: list[Tree]) -> tuple[Tree, ...]:
        found.append(self.step())
        while True:
            if self.take("//"):
                found.append(("descendant-or-self", "node()", ()))
            elif not self.take("/"):
                return tuple(found)
            found.append(self.step())

    def step(self) -> Tree:
        if self.take("."):
            return ("self", "node()", self.predicates())
        if self.take(".."):
            return ("parent", "node()", self.predicates())
        axis = "child"
        if self.take("@"):
            axis = "attribute"
        elif self.tokens[self.at][1] in AXES and self.tokens[self.at + 1][1] == "::":
            axis = self.tokens[self.at][1]
            self.at += 2
        kind, word, _at = self.tokens[self.at]
        if kind != "name":
            raise self.fail()
        self.at += 1
        if word in _NODE_TESTS and self.take("("):
            self.need(")")
            word += "()"
        return (axis, word, self.predicates())

    def predicates(self) -> tuple[Tree, ...]:
        found = []
        while self.take("["):
            found.append(self.expression())
            self.need("]")
        return tuple(found)


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """Raises BadExpression."""
    if len(text) > LONGEST:
        raise BadExpression(text[:20], LONGEST)
    parser = _Parser(text)
    it = parser.expression()
    if parser.tokens[parser.at][0] != "end":
        raise parser.fail()
    return it


def parts(tree: Tree) -> list[Tree]:
    """The trees right below: operands, arguments, starts of paths and predicates."""
    kind = tree[0]
    if kind == "op":
        return [tree[2], tree[3]]
    if kind == "neg":
        return [tree[1]]
    if kind == "call":
        return list(tree[2])
    if kind == "filter":
        return [tree[1], *tree[2]]
    if kind == "path":
        below = [tree[1]] if isinstance(tree[1], tuple) else []
        return below + [predicate for step in tree[2] for predicate in step[2]]
    return []


def calls(tree: Tree) -> set[str]:
    """Names of all functions that are called."""
    found, waiting = set(), [tree]
    while waiting:
        it = waiting.pop()
        if it[0] == "call":
            found.add(it[1])
        waiting += parts(it)
    return found
