"""In which order a form is worked out: what an expression reads comes first; what runs in a circle is told."""

from . import xpath
from .evaluating import Compiler
from .functions import names as known_functions
from .shapes import Form, Group, Item, Question, Trouble, Unit, under
from .xpath import BadExpression, Tree

Path = tuple[str, ...]
Key = tuple[str, str]
Reads = set[
    tuple[Path, str]
]  # what is read, and how: "" plainly, "deep" with all below, "turn" in another turn perhaps


def settle(form: Form) -> None:
    """Fill in form.units in their order, form.settled and form.troubles."""
    units: dict[Key, Unit] = {}
    reads: dict[Key, Reads] = {}
    for path, item in form.items.items():
        for role in ("relevant", "calculate", "count"):
            _unit(form, item, path, role, units, reads)
        for role in ("constraint", "required", "readonly"):
            if getattr(item, role):
                _checked(form, item, path, role)
    _choices(form)
    for circle in _circles(_waiting(form)):
        said = " → ".join(path.rpartition("/")[2] for path in circle)
        form.troubles.append(Trouble(circle[0], _role_of(form, circle), "cycle", said))
    form.counting = frozenset(
        "/" + "/".join(path) for (role, _path), found in reads.items() if role == "count" for path, _how in found
    )
    hard, soft = _edges(form, units, reads)
    order, form.settled = _sorted(list(units), hard, soft)
    form.units = [units[key] for key in order]


def _unit(form: Form, item: Item, path: str, role: str, units: dict[Key, Unit], reads: dict[Key, Reads]) -> None:
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
    for path, how in refs(tree, tuple(home.strip("/").split("/"))):
        known = "/" + "/".join(path)
        if how != "deep" and path and path[0] == form.root and known not in form.items:
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


def refs(tree: Tree, home: Path) -> Reads:
    """Paths that an expression reads, as names from the root."""
    return _refs(tree, home, home)


def _refs(tree: Tree, home: Path, here: Path | None) -> Reads:
    found: Reads = set()
    if tree[0] in ("path", "filter"):
        path, turned, found = _start(tree, home, here)
        if path is not None and tree[0] == "path":
            found.add((path, "turn" if turned else ""))
        return found
    while tree[0] == "op":
        found |= _refs(tree[3], home, here)
        tree = tree[2]
    if tree[0] in ("path", "filter"):
        return found | _refs(tree, home, here)
    for place, part in enumerate(xpath.parts(tree)):
        more = _refs(part, home, here)
        if tree[0] == "call" and tree[1] == "indexed-repeat" and place == 0:
            more = {(path, how or "turn") for path, how in more}
        found |= more
    return found


def _start(tree: Tree, home: Path, here: Path | None) -> tuple[Path | None, bool, Reads]:
    """Where a path leads (None where that is not in the form), whether predicates chose, and what those read."""
    if tree[0] == "filter":
        path, _turned, found = _start(tree[1], home, here)
        for predicate in tree[2]:
            found |= _refs(predicate, home, path)
        return path, True, found
    if tree[0] == "call" and tree[1] == "current":
        return home, False, set()
    if tree[0] != "path":
        return None, False, _refs(tree, home, here)
    turned, found = False, set()
    path = () if tree[1] == "/" else here
    if isinstance(tree[1], tuple):
        path, turned, found = _start(tree[1], home, here)
    for axis, name, predicates in tree[2]:
        path = _stepped(path, axis, name, found)
        turned = turned or bool(predicates) or axis.endswith("-sibling")
        for predicate in predicates:
            found |= _refs(predicate, home, path)
    return path, turned, found


def _stepped(path: Path | None, axis: str, name: str, found: Reads) -> Path | None:
    if path is None or axis == "self":
        return path
    if axis == "parent":
        return path[:-1]
    if axis == "child" and name not in ("*", "node()", "text()", "comment()"):
        return (*path, name.rpartition(":")[2])
    if axis.endswith("-sibling"):
        return (*path[:-1], name.rpartition(":")[2]) if name not in ("*", "node()") else None
    if axis in ("child", "descendant", "descendant-or-self"):
        found.add((path, "deep"))
    return None


def _waiting(form: Form) -> dict[str, set[str]]:
    """For each question the questions that its value, or whether it is asked, waits for.

    As ODK's clients count: a group's condition is that of all it holds. That a value reads the same question in
    another turn of its repeat is no circle.
    """
    found: dict[str, set[str]] = {}
    for path, item in form.items.items():
        for role in ("relevant", "calculate", "readonly", "required"):
            text = getattr(item, role)
            if not text or form.run(text, path) is None:
                continue
            plain, below = set(), isinstance(item, Group) and role == "relevant"
            for named, how in refs(xpath.parse(text), tuple(path.strip("/").split("/"))):
                other = "/" + "/".join(named)
                if how == "deep" or isinstance(form.items.get(other), Group) or (how == "turn" and other == path):
                    continue
                plain.add(other)
            if role in ("readonly", "required"):
                plain &= {path}
            found.setdefault(path, set()).update(plain)
            for inner in _held(item) if below else ():
                found.setdefault(inner, set()).update(plain)
    return {path: {other for other in others if other in found} for path, others in found.items()}


def _held(item: Item) -> list[str]:
    return (
        [inner.path for inner in under(item.children) if isinstance(inner, Question)] if isinstance(item, Group) else []
    )


def _role_of(form: Form, circle: list[str]) -> str:
    item = form.items[circle[0]]
    return next((role for role in ("calculate", "relevant", "readonly", "required") if getattr(item, role)), "relevant")


def _edges(
    form: Form, units: dict[Key, Unit], reads: dict[Key, Reads]
) -> tuple[dict[Key, set[Key]], dict[Key, set[Key]]]:
    """What must come before each unit: the values it reads (hard), and whether those are asked (soft)."""
    hard: dict[Key, set[Key]] = {key: set() for key in units}
    soft: dict[Key, set[Key]] = {key: set() for key in units}
    for key, paths in reads.items():
        for path, how in paths:
            named = "/" + "/".join(path)
            if ("calculate", named) in units:
                hard[key].add(("calculate", named))
            for depth in range(1, len(path) + 1):
                above = "/" + "/".join(path[:depth])
                if ("count", above) in units:
                    hard[key].add(("count", above))
                if ("relevant", above) in units:
                    soft[key].add(("relevant", above))
            if how == "deep":
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


def _circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """One circle for each knot of questions that wait for one another."""
    found: list[list[str]] = []
    state: dict[str, int] = {}
    for start in edges:
        if start in state:
            continue
        trail: list[str] = [start]
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
