"""The command as a person runs it: a process of its own, with its own data folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Of the surroundings only what a program needs, so that a developer's settings decide nothing here."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SOFRA_", "DATABASE_", "DJANGO_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "SOFRA_DATA": str(data), **more}


@pytest.fixture
def sofra(tmp_path: Path) -> Run:
    """Run `sofra …` to its end and give what it said."""

    def run(
        *arguments: object, data: Path | None = None, stdin: str = "", **more: str
    ) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "sofra", *map(str, arguments)]
        surroundings = environment(data or tmp_path / "data", **more)
        return subprocess.run(
            command, env=surroundings, input=stdin, capture_output=True, text=True, timeout=300, cwd=tmp_path
        )

    return run


@pytest.fixture(scope="session")
def made_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an empty hub, migrated once; copy it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    command = [sys.executable, "-m", "sofra", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)
    return folder


@pytest.fixture
def hub(made_hub: Path, tmp_path: Path) -> Path:
    """The data folder of an empty hub of the test's own."""
    return Path(shutil.copytree(made_hub, tmp_path / "hub"))
