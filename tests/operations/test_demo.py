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


def test_the_demo_from_nothing_then_again_then_fresh_then_killed(tmp_path: Path) -> None:
    data = tmp_path
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

    assert "Starting over" in begun_and_killed(data)
    assert not (kept / "mine.txt").exists()
    after = Demo(data)
    assert "interrupted" in after.stop()


def begun_and_killed(data: Path) -> str:
    """What a fresh start said until it was killed with its database half made."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "sofra", "demo", "--port", str(free_port()), "--fresh"],
        env=environment(data), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert begun.stderr is not None
    said = ""
    for line in begun.stderr:
        said += line
        if "Importing" in line:
            break
    begun.kill()
    begun.communicate(timeout=60)
    return said
