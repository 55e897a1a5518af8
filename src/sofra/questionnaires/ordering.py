"""In which order a form is worked out: what an expression reads comes first; what runs in a circle is told."""

from . import xpath
from .evaluating import Compiler
from .functions import names as known_functions
from .xform import Form, Item, Repeat, Trouble, Unit
from .xpath import BadExpression, Tree

Path = tuple[str, ...]
Key = tuple[str, str]


def settle(form: Form) -> None:
    """Fill in form.units in their order, form.settled and form.troubles."""
    units: dict[Key, Unit] = {}
    reads: dict[Key, set[tuple[Path, bool]]] = {}
    for path, item in form.items.items():
        for role in ("relevant", "calculate", "count"):
            _unit(form, item, path, role, units, reads)
        for role in ("constraint", "required", "readonly"):
            if getattr(item, role):
                _checked(form, item, path, role)
    _choices(form)
    _tell_own(form, reads)
    hard, soft = _edges(form, units, reads)
    for circle in _circles(hard):
        said = " → ".join(path.rpartition("/")[2] for _role, path in circle)
        form.troubles.append(Trouble(circle[0][1], circle[0][0], "cycle", said))
    order, form.settled = _sorted(list(units), hard, soft)
    form.units = [units[key] for key in order]


def _unit(
    form: Form, item: Item, path: str, role: str, units: dict[Key, Unit], reads: dict[Key, set[tuple[Path, bool]]]
) -> None:
    text = getattr(item, role, "")
    if not text or (role == "relevant" and text in ("true()", "1")):
        return
    home = path if role != "count" else path.rpartition("/")[0] or path
    tree = _checked(form, item, home, role)
    run = form.run(text, home) if tree is not None else None
    if tree is None or run is None:
        return
    units[role, path] = Unit(role, item, run)
    reads[role, path] = refs(tree, tuple(home.strip("/").split("/")))


def _checked(form: Form, item: Item, home: str, role: str) -> Tree | None:
    """The tree of an expression; what is wrong with it is added to the troubles."""
    text = getattr(item, role)
    try:
        tree = xpath.parse(text)
        Compiler(home, form.repeats).compile(tree)
    except BadExpression as error:
        form.troubles.append(Trouble(item.path, role, "expression", str(error)))
        return None
    except RecursionError:
        form.troubles.append(Trouble(item.path, role, "expression", text[:40]))
        return None
    for path, deep in refs(tree, tuple(home.strip("/").split("/"))):
        known = "/" + "/".join(path)
        if not deep and path and path[0] == form.root and known not in form.items:
            form.troubles.append(Trouble(item.path, role, "missing", known))
    return tree


def _choices(form: Form) -> None:
    for path, item in form.items.items():
        itemset = getattr(item, "itemset", None)
        if itemset is None or not itemset.nodeset:
            continue
        try:
            Compiler(path, form.repeats).compile(xpath.parse(itemset.nodeset))
        except (BadExpression, RecursionError) as error:
            form.troubles.append(Trouble(path, "choice_filter", "expression", str(error)))


def refs(tree: Tree, home: Path, here: Path | None = None, *, top: bool = True) -> set[tuple[Path, bool]]:
    """Paths that an expression reads, as names from the root; True beside one of which all below is read."""
    here = home if top else here
    kind = tree[0]
    if kind != "path":
        found: set[tuple[Path, bool]] = set()
        if kind == "filter":
            _path, found = _start(tree, home, here)
            return found
        for part in xpath.parts(tree):
            found |= refs(part, home, here, top=False)
        return found
    path, found = _start(tree, home, here)
    if path is not None:
        found.add((path, False))
    return found


def _start(tree: Tree, home: Path, here: Path | None) -> tuple[Path | None, set[tuple[Path, bool]]]:
    """Where a path leads, None where that is not in the form, and what its predicates read."""
    if tree[0] == "filter":
        path, found = _start(tree[1], home, here)
        for predicate in tree[2]:
            found |= refs(predicate, home, path, top=False)
        return path, found
    if tree[0] == "call":
        if tree[1] == "current":
            return home, set()
        found = set()
        for part in tree[2]:
            found |= refs(part, home, here, top=False)
        return None, found
    if tree[0] != "path":
        return None, refs(tree, home, here, top=False)
    if isinstance(tree[1], tuple):
        path, found = _start(tree[1], home, here)
    else:
        path, found = (() if tree[1] == "/" else here), set()
    for axis, name, predicates in tree[2]:
        path = _stepped(path, axis, name, found)
        for predicate in predicates:
            found |= refs(predicate, home, path, top=False)
    return path, found


def _stepped(path: Path | None, axis: str, name: str, found: set[tuple[Path, bool]]) -> Path | None:
    if path is None or axis == "self":
        return path
    if axis == "parent":
        return path[:-1]
    if axis == "child" and name not in ("*", "node()", "text()", "comment()"):
        return (*path, name.rpartition(":")[2])
    if axis in ("preceding-sibling", "following-sibling"):
        return (*path[:-1], name.rpartition(":")[2]) if name not in ("*", "node()") else None
    if axis in ("child", "descendant", "descendant-or-self"):
        found.add((path, True))
    return None


def _edges(
    form: Form, units: dict[Key, Unit], reads: dict[Key, set[tuple[Path, bool]]]
) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    """What must come before each unit: the values it reads (hard), and whether those are asked (soft)."""
    hard: dict[Key, set[Key]] = {key: set() for key in units}
    soft: dict[Key, set[Key]] = {key: set() for key in units}
    for key, paths in reads.items():
        for path, deep in paths:
            named = "/" + "/".join(path)
            if ("calculate", named) in units:
                hard[key].add(("calculate", named))
            for depth in range(1, len(path) + 1):
                above = "/" + "/".join(path[:depth])
                if ("count", above) in units:
                    hard[key].add(("count", above))
                if ("relevant", above) in units:
                    soft[key].add(("relevant", above))
            if deep:
                soft[key] |= {other for other in units if other[1].startswith(named + "/")}
        role, path_of = key
        if role == "calculate" or role == "relevant":
            for depth in range(2, path_of.count("/") + 1):
                above = "/".join(path_of.split("/")[:depth])
                if ("count", above) in units:
                    soft[key].add(("count", above))
                if ("relevant", above) in units:
                    soft[key].add(("relevant", above))
            if role == "calculate" and ("relevant", path_of) in units:
                soft[key].add(("relevant", path_of))
        hard[key].discard(key)
        soft[key] -= hard[key] | {key}
    return hard, soft


def _tell_own(form: Form, reads: dict[Key, set[tuple[Path, bool]]]) -> None:
    """What reads its own value outside a repeat goes round in a circle of one (in a repeat it may mean another turn)."""
    for (role, path), paths in reads.items():
        own = tuple(path.strip("/").split("/"))
        repeated = any(isinstance(form.items.get("/" + "/".join(own[:depth])), Repeat) for depth in range(1, len(own)))
        if role != "count" and not repeated and (own, False) in paths:
            form.troubles.append(Trouble(path, role, "cycle", f"{own[-1]} → {own[-1]}"))


def _circles(edges: dict[Key, set[Key]]) -> list[list[Key]]:
    """One circle for each knot of units that wait for one another."""
    found: list[list[Key]] = []
    state: dict[Key, int] = {}
    for start in edges:
        if start in state:
            continue
        trail: list[Key] = [start]
        waiting = [iter(sorted(edges[start]))]
        state[start] = 1
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                state[trail.pop()] = 2
                waiting.pop()
            elif state.get(following) == 1:
                found.append([*trail[trail.index(following) :], following])
                state[following] = 3
            elif following not in state:
                state[following] = 1
                trail.append(following)
                waiting.append(iter(sorted(edges[following])))
    return found


def _sorted(keys: list[Key], hard: dict[Key, set[Key]], soft: dict[Key, set[Key]]) -> tuple[list[Key], bool]:
    """All units, each after what it waits for; False where something had to be left out of order."""
    order: list[Key] = []
    state: dict[Key, int] = {}
    settled = True
    for start in keys:
        if start in state:
            continue
        state[start] = 1
        trail = [(start, iter([*sorted(hard[start]), *sorted(soft[start])]))]
        while trail:
            key, rest = trail[-1]
            following = next(rest, None)
            if following is None:
                state[key] = 2
                order.append(key)
                trail.pop()
            elif state.get(following) == 1:
                settled = False
            elif following not in state:
                state[following] = 1
                trail.append((following, iter([*sorted(hard[following]), *sorted(soft[following])])))
    return order, settled


def unknown_functions(tree: Tree) -> set[str]:
    return xpath.calls(tree) - known_functions()
