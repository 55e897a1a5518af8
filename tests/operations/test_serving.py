"""Production: refuses what is unsafe and names it; one parent, no orphans; health."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.test import Client
from tests.operations.conftest import Run, environment

from sofra.web import health

pytestmark = pytest.mark.once

SAFE = {
    "SOFRA_SECRET_KEY": "kF9" + "xR2mQ7pL-vT4sW8zB1nC6" * 3,
    "SOFRA_HOSTS": "sofra.example.al",
    "SOFRA_ORIGIN": "https://sofra.example.al",
}
MAKE_DEMO_PEOPLE = (
    "import django; django.setup()\nfrom sofra.accounts.services import make_demo_people\nmake_demo_people()\n"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Setting -> (an unsafe value, what is said of it). One start names all that is wrong, so each column is one start.
UNSAFE = {
    "SOFRA_SECRET_KEY": [("", "is not set"), ("short", "SOFRA_SECRET_KEY is too short"), ("a" * 80, "too plain")],
    "SOFRA_HOSTS": [("", "is not set"), ("*", "SOFRA_HOSTS holds “*”"), (".example.al", "name each host in full")],
    "SOFRA_ORIGIN": [
        ("", "is not set"),
        ("http://sofra.example.al", "must begin with https://"),
        ("https://other.example.al", "which SOFRA_HOSTS does not"),
    ],
    "SOFRA_DEBUG": [("1", "SOFRA_DEBUG is 1")],
    "SOFRA_HTTPS": [("0", "SOFRA_HTTPS is 0")],
}


@pytest.mark.parametrize("column", range(3))
def test_unsafe_settings_are_refused_by_name(sofra: Run, hub: Path, column: int) -> None:
    wrong = {setting: values[column] for setting, values in UNSAFE.items() if column < len(values)}
    done = sofra("serve", "--check", data=hub, **{**SAFE, **{setting: value for setting, (value, _) in wrong.items()}})
    assert done.returncode == 1
    for setting, (value, said) in wrong.items():
        assert (said if value else f"{setting} {said}") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_out_of_reach_is_refused(sofra: Run, hub: Path) -> None:
    done = sofra("serve", "--check", data=hub, **SAFE, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert (done.returncode, "database cannot be reached" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_safe_settings_are_accepted(sofra: Run, hub: Path) -> None:
    done = sofra("serve", "--check", data=hub, **SAFE)
    assert (done.returncode, done.stdout) == (0, "Safe to serve.\n"), done.stderr


def test_a_folder_that_all_may_read_is_refused(sofra: Run, hub: Path) -> None:
    hub.chmod(0o755)
    assert "chmod 750" in sofra("serve", "--check", data=hub, **SAFE).stderr


def test_a_database_of_another_version_is_refused(sofra: Run, tmp_path: Path) -> None:
    done = sofra("serve", "--check", data=tmp_path / "new", **SAFE)
    assert (done.returncode, "--migrate" in done.stderr) == (1, True)


def test_the_demos_people_are_never_served(sofra: Run, hub: Path) -> None:
    made = environment(hub, SOFRA_MODE="demo", DJANGO_SETTINGS_MODULE="sofra.settings")
    subprocess.run([sys.executable, "-c", MAKE_DEMO_PEOPLE], env=made, check=True, capture_output=True)
    done = sofra("serve", "--check", data=hub, **SAFE)
    assert (done.returncode, "invented people" in done.stderr) == (1, True)


def test_a_port_that_is_taken_is_one_sentence(sofra: Run, hub: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = sofra("serve", "--port", port, data=hub, **SAFE)
        assert done.returncode == 1
        assert done.stderr == (
            f"CommandError: Port {port} is taken by another program: "
            f"stop that one, or choose another with --port {port + 1}.\n"
        )
        assert f"Port {port} is taken" in sofra("demo", "--port", port).stderr


@pytest.fixture
def served(hub: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sofra", "serve", "--port", str(port), "--workers", "1"],
        env=environment(hub, **SAFE), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(300):
        try:
            if ask(port)[0] == 200 and len(family(process.pid)) >= 3:
                break
        except OSError:
            time.sleep(0.2)
    yield process, port
    for one in [*family(process.pid), process]:
        if psutil.pid_exists(one.pid):
            one.kill()
    process.wait()


def ask(port: int) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "sofra.example.al"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


def family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def gone(processes: list[psutil.Process], patience: float = 20.0) -> bool:
    _gone, alive = psutil.wait_procs(processes, timeout=patience)
    return alive == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])  # SIGINT ends the demo in its test
def test_a_signal_ends_the_hub_and_all_its_children(
    served: tuple["subprocess.Popen[bytes]", int], how: signal.Signals
) -> None:
    process, port = served
    status, said = ask(port)
    assert (status, json.loads(said)["status"]) == (200, "ok")
    children = family(process.pid)
    assert len(children) >= 3, "the server, its process, the worker"
    process.send_signal(how)
    assert process.wait(30) == 0
    assert gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="children learn of a killed parent on Linux only")
def test_children_end_when_the_parent_is_killed(served: tuple["subprocess.Popen[bytes]", int]) -> None:
    process, _port = served
    children = family(process.pid)
    process.kill()
    process.wait()
    assert gone(children)


def test_a_second_hub_on_the_same_data_is_refused(
    served: tuple["subprocess.Popen[bytes]", int], sofra: Run, hub: Path
) -> None:
    done = sofra("serve", "--port", free_port(), data=hub, **SAFE)
    assert (done.returncode, "already running with this data" in done.stderr) == (1, True)


@pytest.mark.django_db
def test_health_says_ok_and_nothing_of_the_machine(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "writing": "ok"}}
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["_answers", "is_migrated", "can_write"])
def test_health_says_503_and_not_why(client: Client, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail() -> bool:
        raise OSError("/srv/secret/place is gone")

    monkeypatch.setattr(health, broken, fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert "secret" not in answer.content.decode()


def test_a_database_that_is_read_only_cannot_be_written(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        monkeypatch.setattr(health, "_free", lambda _folder: 0)  # root writes anywhere: a full disk instead
    else:
        (hub / "sofra.sqlite3").chmod(0o400)
    monkeypatch.setitem(health.settings.DATABASES["default"], "NAME", str(hub / "sofra.sqlite3"))
    monkeypatch.setattr(health.connection, "vendor", "sqlite")
    assert not health.can_write()
