"""The demo as a newcomer starts it."""

import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.operations.conftest import environment
from tests.operations.test_serving import free_port

pytestmark = pytest.mark.once


class Demo:
    """One run of `sofra demo`, from its start to Ctrl-C."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.port = free_port()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sofra", "demo", "--port", str(self.port), *arguments],
            env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if "Ctrl-C" in line:
                break
        self.seconds = time.monotonic() - self.began

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        assert "Traceback" not in err
        return err + out


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def test_the_demo_from_nothing_then_again_then_fresh(data: Path) -> None:
    first = Demo(data)
    said = "".join(first.said)
    assert f"http://127.0.0.1:{first.port}" in said, first.stop()
    assert {"Ana", "Besa", "Cvetan"} <= set(re.findall(r"\w+", said))
    home = first.page("/")
    assert 'lang="sq"' in home
    assert 'lang="en"' in first.page("/en/")
    listed = first.page("/api/organisations?limit=1")
    assert int(re.findall(r'"count": ?(\d+)', listed)[0]) >= 55
    first.stop()
    assert (data / "demo" / "sofra.sqlite3").exists()
    assert list(data.iterdir()) == [data / "demo"], "nothing stands beside the demo's own folder"

    kept = data / "demo" / "files"
    kept.mkdir(exist_ok=True)
    (kept / "mine.txt").write_text("mine")
    second = Demo(data)
    assert "Importing" not in second.stop()
    assert (kept / "mine.txt").exists()

    fresh = Demo(data, "--fresh")
    assert "Starting over" in fresh.stop()
    assert not (kept / "mine.txt").exists()


def test_a_demo_that_was_interrupted_while_loading_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "sofra.sqlite3").write_bytes(b"half a database")
    demo = Demo(tmp_path)
    assert "interrupted" in demo.stop()
