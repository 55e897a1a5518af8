"""A running server, a raw socket, chunks: what phones send when they do not know the length beforehand."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from sofra.questionnaires import collecting

from . import asked

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hub(transactional_db: None, tmp_path: Path) -> Iterator[tuple[int, str, Path]]:
    """Granian as `sofra serve` runs it, on a copy of the test's database: port, key of an address, database."""
    if connection.vendor != "sqlite":
        pytest.skip("the copy of the database is SQLite's")
    _collector, key = collecting.make_collector(name="Ekipi", versions=[asked.a_version()], expires_at=None, by=None)
    copy = tmp_path / "hub.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{copy}'")
    port = free_port()
    environment = {
        **os.environ, "SOFRA_DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{copy}", "SOFRA_MODE": "develop",
        "PYTHONPATH": str(settings.PROJECT / "src"),
    }  # fmt: skip
    command = [sys.executable, "-m", "granian", "sofra.wsgi:application", "--interface", "wsgi", "--no-ws", "--workers"]
    command += ["1", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4", "--log-level", "error"]
    server = subprocess.Popen(command, env=environment, cwd=settings.PROJECT, start_new_session=True)
    try:
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, key, copy
    finally:
        server.terminate()
        server.wait(20)


def spoken(port: int, head: str, pieces: list[bytes], *, cut: bool = False) -> str:
    """The status of the answer; "" where the server hung up. `cut`: the phone lost its network after the pieces."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(head.encode() + b"".join(pieces))
        if cut:
            link.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := link.recv(65536):
            answer += piece
    return answer[9:12].decode()


def chunked(body: bytes, size: int) -> list[bytes]:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts] + [b"0\r\n\r\n"]


def test_chunks_arrive_whole_and_half_a_body_leaves_nothing(hub: tuple[int, str, Path]) -> None:
    port, key, copy = hub
    body = asked.multipart(asked.answers("uuid:live", photo="1.jpg"), {"1.jpg": asked.JPEG * 2000})
    head = (
        f"POST /collect/{key}/submission HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"X-OpenRosa-Version: 1.0\r\nContent-Type: {asked.CONTENT_TYPE}\r\n"
    )
    by_length, by_chunks = f"{head}Content-Length: {len(body)}\r\n\r\n", f"{head}Transfer-Encoding: chunked\r\n\r\n"
    assert spoken(port, by_chunks, chunked(body, 7000)[:20], cut=True) in {"", "400"}
    assert spoken(port, by_length, [body[: len(body) // 2]], cut=True) in {"", "400"}
    assert spoken(port, by_chunks, chunked(body, 7000)) == "201"
    assert spoken(port, by_length, [body]) == "202"
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT instance FROM questionnaires_filling").fetchall() == [("uuid:live",)]
        ((size,),) = database.execute("SELECT size FROM questionnaires_upload").fetchall()
    assert size == len(asked.JPEG) * 2000
