"""Real processes: one is killed in the middle of its writing, two import the same file at once."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty, migrated database."""
    folder = tmp_path_factory.mktemp("hub")
    subprocess.run(
        [sys.executable, "-m", "sofra", "migrate", "--skip-checks", "-v0"], env=_environment(folder), check=True
    )
    return folder


@pytest.fixture
def hub(empty: Path, tmp_path: Path) -> Iterator[Path]:
    with sqlite3.connect(empty / "sofra.sqlite3") as source, sqlite3.connect(tmp_path / "sofra.sqlite3") as target:
        source.backup(target)
    return tmp_path


def _environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**kept, "SOFRA_DATA": str(folder), "PYTHONPATH": str(PROJECT / "src"), "SOFRA_MODE": "develop"}


def _start(hub: Path, table: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sofra", "import", "organisations", str(table), "--yes-new", "--skip-checks"]
    return subprocess.Popen(
        command, env=_environment(hub), cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _count(hub: Path, query: str) -> int:
    with sqlite3.connect(f"file:{hub / 'sofra.sqlite3'}?mode=ro", uri=True, timeout=30) as database:
        return int(database.execute(query).fetchone()[0])


def _table(folder: Path, rows: int) -> Path:
    path = folder / "list.csv"
    lines = (f"{n},Qendra e Provës {n},Pukë,www.prova{n}.example" for n in range(rows))
    path.write_text("Nr,Emri,Bashkia,Faqja\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def _wait_for(hub: Path, step: str, seconds: float = 120) -> None:
    """Until the working process tells that it is in the middle of a step."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for told in (hub / "imports").glob("*.work"):
            text = told.read_text()
            if step in text and '"done": 0' not in text and text:
                return
        time.sleep(0.005)
    raise AssertionError(f"never came to {step}")


@pytest.mark.parametrize("step", ["checking", "preparing", "importing"])
def test_a_killed_import_leaves_nothing_and_the_second_run_completes(hub: Path, step: str) -> None:
    table = _table(hub, 12_000)
    process = _start(hub, table)
    _wait_for(hub, step)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _count(hub, "SELECT count(*) FROM organisations_organisation") == 0
    assert _count(hub, "SELECT count(*) FROM organisations_fact") == 0
    again = _start(hub, table)
    _out, error = again.communicate(timeout=300)
    assert again.returncode == 0, error
    assert _count(hub, "SELECT count(*) FROM organisations_organisation") == 12_000
    assert _count(hub, "SELECT count(*) FROM exchange_import WHERE state = 'done'") == 1
    assert _count(hub, "SELECT count(*) FROM exchange_import WHERE state = 'failed'") == 1
    assert _count(hub, "SELECT count(*) FROM exchange_importrow") == 12_000


def test_two_people_at_once_make_no_doubles(hub: Path) -> None:
    table = _table(hub, 3_000)
    processes = [_start(hub, table) for _person in range(2)]
    for process in processes:
        _out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
    assert _count(hub, "SELECT count(*) FROM organisations_organisation") == 3_000
    assert _count(hub, "SELECT count(*) FROM exchange_import WHERE state = 'done'") == 2
    assert _count(hub, "SELECT count(*) FROM organisations_organisation WHERE code LIKE '%-2'") == _count(
        hub, "SELECT count(*) FROM organisations_organisation WHERE name = 'Qendra e Provës 2'"
    )
