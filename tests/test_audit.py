"""Every act leaves an audit line: without one, kept pages would go on showing what was (docs/adr/0004)."""

import ast
from pathlib import Path

import pytest

from sofra.web.deeds import DEEDS

Functions = dict[str, ast.FunctionDef]
ROOMS = Path(__file__).resolve().parents[1] / "src" / "sofra"
# Parts of acts: their callers write the line of the whole act.
PARTS = {"open_change", "register_many", "register_ready", "add_facts_many", "add_many", "open_batch"}
# Steps of an import before anything is public: shown to the mapper who takes them, and to nobody else.
STEPS = {
    "map_columns",
    "start_import",
    "decide_one",
    "decide_all",
    "decide_rows",
    "decide_by_file",
    "take_doubtful_as_new",
    "begin_filling",
    "keep_upload",
}


def acts() -> list[tuple[str, str, ast.FunctionDef, Functions]]:
    found = []
    for path in sorted(ROOMS.glob("*/services.py")):
        functions = {n.name: n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)}
        for name, function in functions.items():
            keywords = {argument.arg for argument in function.args.kwonlyargs}
            if not name.startswith("_") and "by" in keywords and name not in PARTS | STEPS:
                found.append((path.parent.name, name, function, functions))
    return found


def records(
    function: ast.FunctionDef, functions: dict[str, ast.FunctionDef], seen: frozenset[str] = frozenset()
) -> bool:
    """Does it call audit.record, itself or by another function of the same shelf?"""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "record":
            return True
        if name in functions and name not in seen and records(functions[name], functions, seen | {name}):
            return True
    return False


@pytest.mark.parametrize(
    ("room", "name", "function", "functions"), acts(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_act_leaves_an_audit_line(room: str, name: str, function: ast.FunctionDef, functions: Functions) -> None:
    assert records(function, functions), f"{room}.services.{name} writes no audit line"


def test_every_deed_is_told_in_words() -> None:
    """Each `what` that a room records has its words; one with a part that varies, at least one of that beginning."""
    written: set[str] = set()
    for path in ROOMS.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record":
                for word in node.keywords:
                    if word.arg == "what":
                        written |= {str(n.value) for n in ast.walk(word.value) if isinstance(n, ast.Constant)}
    assert len(written) > 25
    assert not [what for what in written if what not in DEEDS and not any(d.startswith(what) for d in DEEDS)]
