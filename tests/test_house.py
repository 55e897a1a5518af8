"""The house keeps its own promises: rooms say what they are for, nothing is a drawer, everything is documented."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sofra"
ROOMS = sorted(path.parent for path in SOURCE.glob("*/apps.py"))
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "lib", "tools", "shared", "base"}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_is_for(room: Path) -> None:
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert said, f"{room.name}/__init__.py says what the room is for and what it never holds"
    assert len(said) > 40


def test_no_module_is_a_drawer() -> None:
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert names & DRAWERS == set()


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(SOURCE))
        for path in MODULES
        if path.name not in {"__init__.py", "apps.py"}
        and not path.stem.endswith("urls")
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_setting_is_documented() -> None:
    read = set()
    for path in [*MODULES, ROOT / "sofra"]:
        read |= set(re.findall(r"\b(SOFRA_[A-Z_]+|DATABASE_URL)\b", path.read_text(encoding="utf-8")))
    documented = set(re.findall(r"`(SOFRA_[A-Z_]+|DATABASE_URL)`", OPERATORS))
    assert read - documented - {"SOFRA_SKIP_NOTHING"} == set()
    assert documented - read == set(), "documented, but nothing reads it"


def test_every_command_is_documented() -> None:
    ours = {name for name, app in get_commands().items() if app.startswith("sofra.")}
    documented = set(re.findall(r"`([a-z_]+)`", OPERATORS.split("## Commands")[1].split("## Backup")[0]))
    assert ours - documented == set()


def test_every_library_has_its_sentence_and_is_locked() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = tomllib.loads(text)["project"]["dependencies"]
    locked = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").lower()
    for requirement in wanted:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert re.search(rf'"{re.escape(requirement)}", # \w', text), f"{name} lacks its sentence"
        assert re.search(rf"^{re.escape(name.lower())}==", locked, re.MULTILINE), f"{name} is not locked: make lock"


def test_decisions_are_short() -> None:
    for path in (ROOT / "docs" / "adr").glob("*.md"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 25, path.name


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
