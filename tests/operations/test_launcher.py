"""./sofra: what it says when the machine is not as it should be, and that it heals."""

import ast
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "sofra").read_text(encoding="utf-8")
SAYS_HELLO = "import sys; print('started with', *sys.argv[1:])\n"


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    loader = importlib.machinery.SourceFileLoader("launcher", str(ROOT / "sofra"))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which only the launcher is real: its locks name no library, so that no network is asked."""
    folder = tmp_path / "project"
    (folder / "src" / "sofra").mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "sofra", folder / "sofra")
    (folder / "src" / "sofra" / "__init__.py").touch()
    (folder / "src" / "sofra" / "__main__.py").write_text(SAYS_HELLO)
    for kind in ("run", "test"):
        (folder / "requirements" / f"{kind}.txt").write_text(f"# {kind}\n")
    return folder


def start(project: Path, *arguments: str, **more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(project / "sofra"), *arguments]
    environment = {**os.environ, **more}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(project: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    process = start(project, *arguments, **more)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_an_old_python_can_read_it() -> None:
    tree = ast.parse(SOURCE, feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns]


def test_an_old_python_gets_one_sentence(launcher: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(launcher.Stop, match=r"needs Python 3\.11 or later and found only 3\.8: install it"):
        launcher.use_a_newer_python()


def test_a_newer_python_on_the_path_is_used(
    launcher: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "python3.12"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    called: list[str] = []
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setenv("PATH", str(tmp_path))

    def replace_process(path: str, arguments: list[str]) -> None:
        called.append(path)
        raise SystemExit

    monkeypatch.setattr(os, "execv", replace_process)
    with pytest.raises(SystemExit):
        launcher.use_a_newer_python()
    assert called == [str(other)]


def test_the_first_start_makes_the_environment_and_the_second_finds_it(project: Path) -> None:
    code, out, err = run(project, "help", "me")
    assert (code, out) == (0, "started with help me\n")
    assert "making the environment" in err
    assert "ready after" in err
    code, out, err = run(project, "help")
    assert (code, out, err) == (0, "started with help\n", "")


def test_a_changed_lock_is_installed_again(project: Path) -> None:
    run(project, "help")
    (project / "requirements" / "run.txt").write_text("# another\n")
    assert "making the environment" in run(project, "help")[2]
    assert run(project, "help")[2] == ""


def test_an_interrupted_set_up_begins_anew(project: Path) -> None:
    run(project, "help")
    (project / ".venv" / "being-made").touch()
    (project / ".venv" / "made-for-run.stamp").unlink()
    half = project / ".venv" / "half-written"
    half.touch()
    code, _out, err = run(project, "help")
    assert code == 0
    assert "interrupted: beginning anew" in err
    assert not half.exists()


def test_a_python_that_went_away_is_replaced(project: Path) -> None:
    run(project, "help")
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    code, out, _err = run(project, "help")
    assert (code, out) == (0, "started with help\n")


def test_two_at_once_do_not_clash(project: Path) -> None:
    both = [start(project, "help") for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted("making the environment in" in err for _out, err in said) == [False, True]


def test_no_network_is_one_sentence(project: Path) -> None:
    lock = project / "requirements" / "run.txt"
    lock.write_text(f"sofra-is-not-on-any-index==1.0 --hash=sha256:{'0' * 64}\n")
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0",
        "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "",
    }  # fmt: skip
    code, out, err = run(project, "help", **nowhere)
    assert (code, out) == (1, "")
    assert "check the network" in err
    assert "Traceback" not in err
    lock.write_text("# nothing\n")
    assert run(project, "help")[0] == 0


def test_no_disk_and_no_right_to_write_are_one_sentence_each(
    launcher: types.ModuleType, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    monkeypatch.setattr(launcher, "ROOT", str(project))
    monkeypatch.setattr(launcher, "VENV", str(project / ".venv"))
    monkeypatch.setattr(os, "statvfs", lambda _path: types.SimpleNamespace(f_bavail=10, f_frsize=1024 * 1024))
    with pytest.raises(launcher.Stop, match="10 MB free and Sofra needs 400 MB"):
        launcher.check_room("run")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(launcher.Stop, match="may not write in"):
        launcher.check_room("run")


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "may not write"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "hash differs"),
        ("NewConnectionError: [Errno -3] Temporary failure", "check the network"),
        ("something else", "set-up.log"),
    ],
)
def test_what_an_installer_prints_becomes_a_sentence(launcher: types.ModuleType, printed: str, sentence: str) -> None:
    with pytest.raises(launcher.Stop) as stopped:
        launcher.refuse(printed, "installing the libraries failed")
    assert sentence in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_no_pip_is_one_sentence(launcher: types.ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(launcher, "VENV", str(tmp_path))
    monkeypatch.setattr(launcher, "usable", lambda *_: False)
    with pytest.raises(launcher.Stop, match="no pip to install Sofra's libraries with: install it once"):
        launcher.install("run", 0)


def test_the_locks_have_hashes_and_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        names = [line for line in text.splitlines() if line[:1].isalpha()]
        assert names
        assert all(line.rstrip().endswith("\\") for line in names), "each is followed by its hashes"
        assert text.count("--hash=sha256:") >= len(names)
