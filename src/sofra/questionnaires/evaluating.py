"""XPath trees made into functions of a node, once per form: a form of 300 questions is recalculated in milliseconds.

An absolute path inside a repeat means the same turn (the XForms of ODK deviate there from XForms 1.0 on purpose); what
is not asked is left out of every set of nodes, as on the phone.
"""

import math
from collections.abc import Callable
from typing import Any, Protocol

from . import functions, values
from .trees import Node
from .values import Value
from .xpath import BadExpression, Tree

_DEEPEST_NODES = 200_000


class World(Protocol):
    """What an expression may ask of the filling it is evaluated for."""

    root: Node
    language: str

    def secondary(self, name: str) -> Node | None: ...
    def choice_name(self, value: str, path: str, node: Node) -> str: ...
    def itext(self, key: str) -> str: ...
    def known_of(self, name: str) -> str: ...
    def pulled(self, name: str, wanted: str, key: str, value: str) -> str: ...

    @property
    def seed(self) -> int: ...

    @property
    def language_code(self) -> str: ...


class Env:
    """Where an expression is evaluated: `origin` is the node it belongs to, `position` and `size` are a predicate's."""

    __slots__ = ("origin", "position", "size", "world")

    def __init__(self, world: World, origin: Node) -> None:
        self.world = world
        self.origin = origin
        self.position = 0
        self.size = 0


Run = Callable[[Node, Env], Value]


class Compiler:
    """Makes functions of trees that belong to the node `home` (/data/people/age); `repeats` are paths of repeats."""

    def __init__(self, home: str, repeats: frozenset[str]) -> None:
        self.home = home.strip("/").split("/")
        self.repeats = repeats

    def compile(self, tree: Tree) -> Run:
        kind = tree[0]
        if kind in ("num", "str"):
            constant = tree[1]
            return lambda node, env: constant
        if kind == "op":
            if tree[1] in ("or", "and") and tree[2][:2] == ("op", tree[1]):
                return self._chain(tree)
            if tree[1] in ("+", "-") and tree[2][0] == "op" and tree[2][1] in ("+", "-"):
                return self._sum(tree)
            return self._operator(tree[1], self.compile(tree[2]), self.compile(tree[3]))
        if kind == "neg":
            inner = self.compile(tree[1])
            return lambda node, env: -values.number(inner(node, env))
        if kind == "call":
            return self._call(tree[1], tree[2])
        if kind == "filter":
            return self._filter(tree)
        return self._path(tree)

    def _chain(self, tree: Tree) -> Run:
        """a or b or c …, however long."""
        sign, found = tree[1], []
        while tree[:2] == ("op", sign):
            found.append(self.compile(tree[3]))
            tree = tree[2]
        runs = [self.compile(tree), *reversed(found)]
        truth, enough = values.truth, sign == "or"

        def run(node: Node, env: Env) -> Value:
            for it in runs:
                if truth(it(node, env)) is enough:
                    return enough
            return not enough

        return run

    def _sum(self, tree: Tree) -> Run:
        """a + b - c …, however long."""
        found = []
        while tree[0] == "op" and tree[1] in ("+", "-"):
            found.append((tree[1], self.compile(tree[3])))
            tree = tree[2]
        first, rest = self.compile(tree), found[::-1]
        number = values.number

        def run(node: Node, env: Env) -> Value:
            total = number(first(node, env))
            for sign, it in rest:
                total = total + number(it(node, env)) if sign == "+" else total - number(it(node, env))
            return total

        return run

    def _operator(self, sign: str, left: Run, right: Run) -> Run:
        truth, number = values.truth, values.number
        if sign == "or":
            return lambda node, env: truth(left(node, env)) or truth(right(node, env))
        if sign == "and":
            return lambda node, env: truth(left(node, env)) and truth(right(node, env))
        if sign in ("=", "!="):
            wanted = sign == "="
            return lambda node, env: values.equal(left(node, env), right(node, env), wanted=wanted)
        if sign == "|":
            return lambda node, env: _union(left(node, env), right(node, env))
        if sign in ("<", "<=", ">", ">="):
            return lambda node, env: values.ordered(left(node, env), right(node, env), sign)
        work = _ARITHMETIC[sign]
        return lambda node, env: work(number(left(node, env)), number(right(node, env)))

    # — functions ——————————————————————————————————————————————————————————————————————————————————————————————————

    def _call(self, name: str, given: tuple[Tree, ...]) -> Run:
        if name == "indexed-repeat":
            return self._indexed(given)
        if name == "current":
            return lambda node, env: [env.origin]
        known = functions.KNOWN.get(name)
        if known is None:
            raise BadExpression(f"{name}()")
        least, most, work, lazy = known
        if not least <= len(given) <= most:
            raise BadExpression(f"{name}()")
        runs = [self.compile(tree) for tree in given]
        if lazy:
            return lambda node, env: work(node, env, runs)
        if len(runs) == 1:
            only = runs[0]
            return lambda node, env: work(node, env, only(node, env))
        return lambda node, env: work(node, env, *[run(node, env) for run in runs])

    def _indexed(self, given: tuple[Tree, ...]) -> Run:
        if len(given) < 3 or len(given) % 2 == 0:
            raise BadExpression("indexed-repeat()")
        target = self.resolve(given[0])
        if target is None:
            raise BadExpression("indexed-repeat()")
        wanted: dict[int, Run] = {}
        for place, index in zip(given[1::2], given[2::2], strict=True):
            repeat = self.resolve(place)
            if repeat is None or target[: len(repeat)] != repeat:
                raise BadExpression("indexed-repeat()")
            wanted[len(repeat)] = self.compile(index)
        shared = _shared(self.home, target)
        repeats = {depth for depth in range(1, len(target) + 1) if "/" + "/".join(target[:depth]) in self.repeats}
        height = len(self.home)

        def run(node: Node, env: Env) -> Value:
            chosen = {depth: max(1, _whole(index(node, env))) for depth, index in wanted.items()}
            found, same = [env.world.root], True
            for depth in range(2, len(target) + 1):
                name = target[depth - 1]
                if depth in chosen:
                    place, same = chosen[depth], False
                    found = [kid for it in found for kid in it.named.get(name, ())[place - 1 : place] if not kid.off]
                elif depth in repeats and same and depth <= shared:
                    found = [_climb(env.origin, height - depth)]
                else:
                    found = [kid for it in found for kid in it.named.get(name, ()) if not kid.off]
            return found

        return run

    def resolve(self, tree: Tree) -> list[str] | None:
        """The names along a plain path from the root, as the form knows them; None for what is no such path."""
        if tree[0] != "path" or tree[1] not in ("/", "."):
            if tree[0] == "path" and tree[1] == ("call", "current", ()):
                names = list(self.home)
            else:
                return None
        else:
            names = list(self.home) if tree[1] == "." else []
        for axis, name, _predicates in tree[2]:
            if axis == "parent" and names:
                names.pop()
            elif axis == "child" and name not in ("*", "node()", "text()"):
                names.append(name.rpartition(":")[2])
            elif axis != "self":
                return None
        return names

    # — paths ——————————————————————————————————————————————————————————————————————————————————————————————————————

    def _filter(self, tree: Tree) -> Run:
        inner = self.compile(tree[1])
        predicates = [self.compile(predicate) for predicate in tree[2]]

        def run(node: Node, env: Env) -> Value:
            found = values.nodes(inner(node, env))
            for predicate in predicates:
                found = _chosen(found, predicate, env)
            return found

        return run

    def _path(self, tree: Tree) -> Run:
        start, steps = tree[1], list(tree[2])
        if start == "/":
            return self._absolute(steps)
        moves = [self._step(step) for step in steps]
        if start == "." and steps == [("self", "node()", ())]:
            return lambda node, env: [node]
        if start == ".":
            if len(moves) == 1:
                only = moves[0]
                return lambda node, env: only([node], env)
            return lambda node, env: _moved([node], moves, env)
        inner = self.compile(start)
        return lambda node, env: _moved(values.nodes(inner(node, env)), moves, env)

    def _absolute(self, steps: list[Tree]) -> Run:
        plain = []
        for axis, name, predicates in steps:
            if axis != "child" or predicates or name in ("*", "node()", "text()"):
                break
            plain.append(name.rpartition(":")[2])
        shared = _shared(self.home, plain)
        turn = max(
            (depth for depth in range(1, min(shared, len(steps) - 1) + 1) if self._repeats("/".join(plain[:depth]))),
            default=0,
        )  # fmt: skip
        if turn:
            up = len(self.home) - turn
            moves = [self._step(step) for step in steps[turn:]]
            return lambda node, env: _moved([_climb(env.origin, up)], moves, env)
        moves = [self._step(step) for step in steps[1:]]
        if not steps:
            return lambda node, env: [env.world.root]
        axis, name, predicates = steps[0]
        if axis == "descendant-or-self":
            whole = [self._step(step) for step in steps]
            return lambda node, env: _moved([env.world.root], whole, env, from_top=True)
        name = name.rpartition(":")[2]
        if predicates or axis != "child":
            first = [self.compile(predicate) for predicate in predicates]

            def run(node: Node, env: Env) -> Value:
                found = [env.world.root]
                for predicate in first:
                    found = _chosen(found, predicate, env)
                return _moved(found, moves, env)

            return run
        return lambda node, env: _moved([env.world.root], moves, env) if name in (env.world.root.name, "*") else []

    def _repeats(self, path: str) -> bool:
        return "/" + path in self.repeats

    def _step(self, step: Tree) -> Callable[[list[Node], Env], list[Node]]:
        axis, name, predicates = step
        name = name if name in ("*", "node()", "text()", "comment()") else name.rpartition(":")[2]
        move = _axis(axis, name)
        if not predicates:
            return lambda found, env: move(found)
        keyed = self._keyed(predicates[0]) if axis == "child" and name not in ("*", "node()") else None
        tests = [self.compile(predicate) for predicate in predicates]

        def run(found: list[Node], env: Env) -> list[Node]:
            gathered: list[Node] = []
            for node in found:
                here = None
                if keyed is not None:
                    here = _looked_up(node, name, keyed[0], keyed[1], env)
                mine = here if here is not None else move([node])
                for test in tests if here is None else tests[1:]:
                    mine = _chosen(mine, test, env)
                gathered += mine
            return gathered

        return run

    def _keyed(self, predicate: Tree) -> tuple[str, Run] | None:
        """[name = value], where the value is the same for every item: then an index finds the item."""
        if predicate[0] != "op" or predicate[1] != "=":
            return None
        for mine, other in ((predicate[2], predicate[3]), (predicate[3], predicate[2])):
            named = mine[0] == "path" and mine[1] == "." and len(mine[2]) == 1
            if named and mine[2][0][0] == "child" and not mine[2][0][2] and _same_for_all(other):
                return mine[2][0][1].rpartition(":")[2], self.compile(other)
        return None


def _same_for_all(tree: Tree) -> bool:
    if tree[0] == "str":
        return True
    if tree[0] != "path" or any(step[2] for step in tree[2]):
        return False
    return tree[1] == "/" or tree[1] == ("call", "current", ())


def _looked_up(node: Node, item: str, key: str, run: Run, env: Env) -> list[Node] | None:
    """The items whose `key` is that value, in order; None where an index does not pay or cannot say."""
    items = node.named.get(item)
    if items is None or len(items) < 8 or items[0].spec is not None:
        return None
    value = run(node, env)
    if isinstance(value, list):
        if len(value) > 1:
            return None
        value = value[0].value() if value else ""
    if not isinstance(value, str):
        return None
    if node.index is None:
        node.index = {}
    slot = f"{item}/{key}"
    if slot not in node.index:
        made: dict[str, list[Node]] = {}
        for it in items:
            for same in it.named.get(key, ()) or (None,):
                made.setdefault(same.value() if same is not None else "", []).append(it)
        node.index[slot] = made
    return node.index[slot].get(value, [])


def _shared(home: list[str], path: list[str]) -> int:
    depth = 0
    while depth < len(home) and depth < len(path) and home[depth] == path[depth]:
        depth += 1
    return depth


def _climb(node: Node, levels: int) -> Node:
    for _ in range(levels):
        if node.parent is None:
            break
        node = node.parent
    return node


def _whole(value: Value) -> int:
    number = values.number(value)
    return int(number) if math.isfinite(number) else 0


def _chosen(found: list[Node], predicate: Run, env: Env) -> list[Node]:
    before = env.position, env.size
    env.size = len(found)
    kept = []
    for position, node in enumerate(found, 1):
        env.position = position
        value = predicate(node, env)
        if value is True or (
            value is not False and (value == position if isinstance(value, float) else values.truth(value))
        ):
            kept.append(node)
        env.size = len(found)
    env.position, env.size = before
    return kept


def _moved(found: list[Node], moves: list[Any], env: Env, *, from_top: bool = False) -> list[Node]:
    for move in moves:
        if not found:
            return []
        found = move(found, env)
        if len(found) > _DEEPEST_NODES:
            raise BadExpression("//")
    return found


def _union(left: Value, right: Value) -> list[Node]:
    seen: dict[int, Node] = {}
    for node in values.nodes(left) + values.nodes(right):
        seen.setdefault(id(node), node)
    return list(seen.values())


def _distinct(found: list[Node]) -> list[Node]:
    return list({id(node): node for node in found}.values())


def _axis(axis: str, name: str) -> Callable[[list[Node]], list[Node]]:
    """A step without its predicates."""
    anything = name in ("*", "node()")
    if name in ("text()", "comment()"):
        return (lambda found: found) if name == "text()" else (lambda found: [])
    if axis == "child":
        if anything:
            return lambda found: [kid for node in found for kid in node.kids if not kid.off]
        return lambda found: [kid for node in found for kid in node.named.get(name, ()) if not kid.off]
    if axis == "self":
        return lambda found: [node for node in found if anything or node.name == name]
    if axis == "parent":

        def up(found: list[Node]) -> list[Node]:
            above = [node.parent for node in found if node.parent is not None]
            kept = [node for node in above if anything or node.name == name]
            return kept if len(kept) < 2 else _distinct(kept)

        return up
    walk = _WALKS[axis]
    if axis == "attribute":
        return lambda found: [it for node in found for it in walk(node) if anything or it.name == name]
    return lambda found: _distinct(
        [it for node in found for it in walk(node) if not it.off and (anything or it.name == name)]
    )


def _attributes(node: Node) -> list[Node]:
    found = []
    for key, value in node.attributes.items():
        it = Node(key.rpartition("}")[2], value)
        it.parent = node
        found.append(it)
    return found


def _above(node: Node) -> list[Node]:
    found, above = [], node.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found


def _siblings(node: Node, *, before: bool) -> list[Node]:
    if node.parent is None:
        return []
    place = next(place for place, kid in enumerate(node.parent.kids) if kid is node)
    return node.parent.kids[:place][::-1] if before else node.parent.kids[place + 1 :]


_WALKS: dict[str, Callable[[Node], list[Node]]] = {
    "attribute": _attributes,
    "ancestor": _above,
    "ancestor-or-self": lambda node: [node, *_above(node)],
    "descendant": lambda node: list(node.walk())[1:],
    "descendant-or-self": lambda node: list(node.walk()),
    "preceding-sibling": lambda node: _siblings(node, before=True),
    "following-sibling": lambda node: _siblings(node, before=False),
}


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    if left != left or not left:
        return values.NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _rest(left: float, right: float) -> float:
    if not right or not math.isfinite(left) or right != right:
        return values.NAN
    return math.fmod(left, right) if math.isfinite(right) else left


def _times(left: float, right: float) -> float:
    return left * right


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": _times,
    "div": _divided,
    "mod": _rest,
}
