"""Runs the hub: the web server and the worker of the queue as children that end with their parent."""

import contextlib
import ctypes
import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import IO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

PR_SET_PDEATHSIG = 1
LEVELS = {"demo": "error"}  # what a mode's terminal shows of the server's own lines
TICK = 600  # seconds between two looks at what is due (`sofra tick`)
FIRST_TICK = 30  # seconds after the start: the first visitor comes first
GRACE = 12  # seconds that children have to finish what they are at
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def require_port(host: str, port: int) -> None:
    """Raise CommandError with a sentence where the address cannot be listened at."""
    if not 0 < port < 65536:
        raise CommandError(f"{port} is no port: choose one from 1 to 65535 with --port, for instance --port 8000.")
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CommandError(
            f"“{host}” is no address of this machine: --host 127.0.0.1 serves this machine only."
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is taken by another program: stop that one, or choose another with --port {port + 1}."
            ) from None
        if error.errno == errno.EACCES:
            raise CommandError(
                f"Port {port} is for the administrator only: choose one above 1024 with --port."
            ) from None
        raise CommandError(
            f"“{host}” is no address of this machine: --host 127.0.0.1 serves this machine only."
        ) from None


def hold_data(address: str) -> IO[str]:
    """Take the data folder for this process until the file that is returned closes.

    Raises CommandError where another process serves it, naming that one's address.
    """
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
    path = settings.DATA / "running"
    held = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.seek(0)
        where = held.read().strip()
        held.close()
        raise CommandError(
            f"Sofra is already running with this data{f' at {where}' if where else ''}: "
            "stop it first (Ctrl-C where it runs), or give this one another folder with SOFRA_DATA."
        ) from None
    held.truncate(0)
    held.write(address)
    held.flush()
    return held


def pending_migrations() -> list[str]:
    """The migrations that this version has and the database has not, by name."""
    executor = MigrationExecutor(connection)
    return [
        f"{step.app_label}.{step.name}" for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]


def collect_static() -> None:
    """Bring the static files, compressed and named by their content, into the data folder, where they changed."""
    digest = sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest())


def _end_with_parent() -> None:
    """In the child: be told to stop when the parent dies, however it dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Hub:
    """The web server and the worker, from start to stop."""

    def __init__(self, *, host: str, port: int, workers: int, name: str = "") -> None:
        self.host, self.port, self.workers = host, port, workers
        self.name = name or host
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        self.next_tick = float("inf")

    def run(self, *, ready: Callable[[], None], with_worker: bool = True) -> None:
        """Start, call `ready` when the hub answers, stay until a signal. Raises CommandError where it cannot start."""
        previous = {number: signal.signal(number, self._stop) for number in ENDED_BY}
        try:
            self._start("web", self._web_command())
            self._wait_until_well()
            if with_worker and not self.stopping:
                self._start("worker", self._worker_command())
                self.next_tick = time.monotonic() + FIRST_TICK
            if not self.stopping:
                ready()
            self._watch()
        finally:
            self._end_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _web_command(self) -> list[str]:
        log = settings.DATA / "server-log.json"
        log.write_text(json.dumps(_server_log()), encoding="utf-8")
        return [
            sys.executable, "-m", "granian", "sofra.wsgi:application", "--interface", "wsgi", "--no-ws",
            "--host", self.host, "--port", str(self.port), "--workers", str(self.workers), "--blocking-threads", "4",
            "--respawn-failed-workers", "--workers-kill-timeout", "8", "--no-access-log", "--log-config", str(log),
            "--log-level", LEVELS.get(settings.MODE, "info"),
        ]  # fmt: skip

    def _worker_command(self) -> list[str]:
        return [sys.executable, "-m", "sofra", "db_worker", "--queue-name", "*", "--no-startup-delay", "--no-reload",
                "--verbosity", "0" if settings.MODE == "demo" else "1"]  # fmt: skip

    def _start(self, name: str, command: list[str]) -> None:
        # A session of its own: Ctrl-C reaches only the parent, which then stops the children in order.
        self.children[name] = subprocess.Popen(  # noqa: S603 the command is written above, word by word
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_parent
        )

    def _wait_until_well(self, patience: float = 40.0) -> None:
        until = time.monotonic() + patience
        answer = "it did not answer"
        while time.monotonic() < until and not self.stopping:
            if self.children["web"].poll() is not None:
                raise CommandError("The web server stopped while starting; its own lines above say why.")
            try:
                status, answer = self._ask()
                if status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        if not self.stopping:
            raise CommandError(f"The hub did not become well within {patience:.0f} seconds: {answer}")

    def _ask(self) -> tuple[int, str]:
        nearby = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        link = http.client.HTTPConnection(nearby, self.port, timeout=5)
        try:
            link.request("GET", "/healthz", headers={"Host": self.name, "X-Forwarded-Proto": "https"})
            response = link.getresponse()
            return response.status, response.read(2000).decode("utf-8", "replace")
        finally:
            link.close()

    def _watch(self) -> None:
        """Stay while the web server lives; a worker that died is started again, not more than every five seconds."""
        while not self.stopping:
            if self.children["web"].poll() is not None:
                raise CommandError("The web server stopped by itself; its own lines above say why.")
            worker = self.children.get("worker")
            if worker is not None and worker.poll() is not None and not self.stopping:
                sys.stderr.write("The worker stopped and is started again.\n")
                self._start("worker", self._worker_command())
                time.sleep(5)
            self._tick()
            time.sleep(0.2)

    def _tick(self) -> None:
        """Let what is due be done, in a process of its own, one at a time; what it breaks is broken without the hub."""
        ticking = self.children.get("tick")
        if ticking is not None and ticking.poll() is not None:
            del self.children["tick"]
        if time.monotonic() >= self.next_tick:
            self.next_tick = time.monotonic() + TICK
            if "tick" not in self.children:
                self._start("tick", [sys.executable, "-m", "sofra", "tick", "--verbosity", "0"])

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        """Ask every child to finish, then end what is left, grandchildren included."""
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        until = time.monotonic() + GRACE
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, until - time.monotonic()))
            _end_group(child.pid)
            child.wait()


def _end_group(leader: int) -> None:
    """End whatever is left of a child's own process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _server_log() -> dict[str, object]:
    """The web server's own log lines in the same shape as ours."""
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "json"}
    level = LEVELS.get(settings.MODE, "info").upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "sofra.ground.logs.JsonFormatter"}},
        "handlers": {"out": handler},
        "loggers": {"_granian": {"handlers": ["out"], "level": level, "propagate": False}},
    }
