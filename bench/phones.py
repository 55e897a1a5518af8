"""Phones and exports: 500 phones in one minute, each with a photo of 1 MB, and exports of Kobo and ODK coming in.

The phones speak as ODK Collect does (HEAD, then a multipart POST; every second one in chunks without a length) to a
hub that really runs, two workers of granian on SQLite, begun at a random moment of the minute. In its middle the
whole server is killed with SIGKILL and started again two seconds later. A phone that gets no answer, or none of 201
and 202, tries again. At the end every photo is read from the disk and compared with what was sent.

The export is imported as the pages and `sofra import answers` do it: each row checked by the form's own XPath,
staged with what is to be told, and written with its answers in one transaction. Beside it: reading the same file only.
"""

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.tables import Table

PROJECT = Path(__file__).resolve().parents[1]
PHOTO = 1024 * 1024
BOUNDARY = "----sofra-bench"
SHEETS = """
| survey |
| | type | name | label | required | constraint | relevant |
| | begin_group | who | About you | | | |
| | text | org | Name | yes | | |
| | select_one yn | works | Works in schools? | | | |
| | end_group | | | | | |
| | select_multiple kinds | kinds | Kinds of work | | | |
| | integer | staff | Staff | | . > 0 and . < 1000 | ${works} = 'yes' |
| | decimal | budget | Budget | | | |
| | date | since | Working since | | | |
| | text | aim | Aim | | | |
| | text | worry | Worry | | | |
| | select_one yn | partner | Has partners? | | | |
| | image | photo | Photo | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | kinds | school | In schools |
| | kinds | family | With families |
| | kinds | media | In media |
| settings |
| | form_id | version | form_title |
| | bench | 1 | Bench |
"""
COLUMNS = "who/org who/works kinds staff budget since aim worry partner _uuid _submission_time".split()
ANSWERS = 10  # of each filling: kinds has two


# — the hub ——————————————————————————————————————————————————————————————————————————————————————————————————


def _environment(data: Path) -> dict[str, str]:
    environment = {**os.environ, "SOFRA_DATA": str(data), "PYTHONPATH": str(PROJECT / "src"),
                   "DJANGO_SETTINGS_MODULE": "sofra.settings", "SOFRA_PHONE_RATE": "100000", "SOFRA_LOG_LEVEL": "ERROR"}  # fmt: skip
    environment.pop("DATABASE_URL", None)
    return environment


def _apart(data: Path, *words: str) -> Any:
    """A measure in a process of its own; what it prints last."""
    command = [sys.executable, str(Path(__file__)), *words]
    done = subprocess.run(command, env=_environment(data), check=True, stdout=subprocess.PIPE, cwd=PROJECT)
    return json.loads(done.stdout.splitlines()[-1])


def prepare() -> dict[str, Any]:
    """A database with an open questionnaire and the address of a team."""
    from pyxform.xls2xform import convert

    from sofra.questionnaires import collecting
    from sofra.questionnaires.models import Questionnaire, Version

    asked = Questionnaire.objects.create(code="al.bench", titles={"en": "Bench"})
    xform = convert(SHEETS, file_type=".md").xform
    version = Version.objects.create(
        questionnaire=asked, number=1, form_id="bench", form_version="1", languages=["default"], xform=xform,
        state=Version.State.OPEN,
    )  # fmt: skip
    _collector, key = collecting.make_collector(name="Bench", versions=[version], expires_at=None, by=None)
    return {"key": key, "version": version.pk}


class Server:
    """Granian with two workers, as `sofra serve` runs it; all its processes are one group that can be killed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.start()

    def start(self) -> None:
        command = [
            sys.executable, "-m", "granian", "sofra.wsgi:application", "--interface", "wsgi", "--no-ws", "--workers", "2",
            "--host", "127.0.0.1", "--port", str(self.port), "--blocking-threads", "4", "--log-level", "error",
        ]  # fmt: skip
        environment = _environment(self.data)
        self.process = subprocess.Popen(command, env=environment, cwd=PROJECT, start_new_session=True)

    def wait(self) -> None:
        for _attempt in range(600):
            with suppress(OSError, http.client.HTTPException):
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                link.request("GET", "/healthz")
                if link.getresponse().status == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("the hub did not start")

    def kill(self) -> None:
        """As a power cut for the processes: nobody is asked."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def memory(self) -> float:
        """MB that its processes hold for themselves."""
        found = 0.0
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):
                text = status.read_text()
                if "RssAnon:" in text and os.getpgid(int(status.parent.name)) == self.process.pid:
                    found += int(text.partition("RssAnon:")[2].split()[0]) / 1024
        return found


# — the phones ————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass
class Phone:
    """One filling with one photo, and how it fared."""

    number: int
    seconds: float = 0.0
    tries: int = 0
    answers: list[int] = field(default_factory=list)

    @property
    def instance(self) -> str:
        return f"uuid:{UUID(int=self.number + 1)}"

    def photo(self) -> bytes:
        return b"\xff\xd8\xff\xe0\x00\x10JFIF" + random.Random(self.number).randbytes(PHOTO - 10)

    def body(self) -> bytes:
        xml = (
            f'<data id="bench" version="1"><who><org>Team {self.number}</org><works>yes</works></who>'
            f"<kinds>school media</kinds><staff>{self.number + 1}</staff><photo>{self.number}.jpg</photo>"
            f"<meta><instanceID>{self.instance}</instanceID></meta></data>"
        ).encode()
        parts = [(f'name="xml_submission_file"; filename="{self.number}.xml"', "text/xml", xml)]
        parts.append((f'name="{self.number}.jpg"; filename="{self.number}.jpg"', "image/jpeg", self.photo()))
        said = b""
        for head, kind, content in parts:
            said += f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\nContent-Type: {kind}\r\n\r\n".encode()
            said += content + b"\r\n"
        return said + f"--{BOUNDARY}--\r\n".encode()

    def send(self, port: int, key: str, patience: float) -> None:
        """Try until the hub has it; `seconds` is that of the try that succeeded."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            self.tries += 1
            began = time.perf_counter()
            try:
                status = self._once(port, key)
            except (OSError, http.client.HTTPException):
                status = 0
            self.answers.append(status)
            if status in {201, 202}:
                self.seconds = time.perf_counter() - began
                return
            time.sleep(1 + random.Random(self.number * 100 + self.tries).random())

    def _once(self, port: int, key: str) -> int:
        headers = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2026 Dalvik"}
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            link.request("HEAD", f"/collect/{key}/submission", headers=headers)
            told = link.getresponse()
            told.read()
            if told.status != 204:
                return told.status
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            whole = self.body()
            body: Any = whole
            if self.number % 2:  # without a length, so that http.client sends it in chunks
                body = (whole[at : at + 65536] for at in range(0, len(whole), 65536))
            link.request("POST", f"/collect/{key}/submission", body, headers)
            answer = link.getresponse()
            answer.read()
            return answer.status
        finally:
            link.close()


def minute(phones: int, spread: float, *, kill: bool) -> list[object]:
    """One row of the table: so many phones, begun within `spread` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        key = _apart(data, "prepare")["key"]
        server = Server(data)
        try:
            server.wait()
            return _minute(server, key, phones, spread, kill)
        finally:
            with suppress(ProcessLookupError):
                server.kill()


def _minute(server: Server, key: str, phones: int, spread: float, kill: bool) -> list[object]:
    chance = random.Random(7)
    every = [Phone(number) for number in range(phones)]
    begins = {phone.number: chance.random() * spread for phone in every}
    peak = [0.0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            peak[0] = max(peak[0], server.memory())

    def one(phone: Phone) -> None:
        time.sleep(begins[phone.number])
        phone.send(server.port, key, patience=spread + 240)

    threads = [threading.Thread(target=one, args=(phone,), daemon=True) for phone in every]
    watcher = threading.Thread(target=watch, daemon=True)
    began = time.perf_counter()
    for thread in [*threads, watcher]:
        thread.start()
    if kill:
        time.sleep(max(spread / 2, 1.0))
        server.kill()
        time.sleep(2)
        server.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    over.set()
    watcher.join()
    stored, photos, doubled, lost = _stored(server.data, every)
    times = sorted(phone.seconds for phone in every)
    again = sum(phone.tries - 1 for phone in every)
    return [
        phones, f"{spread:.0f} s", "yes" if kill else "no", again, stored, photos, doubled, lost, round(seconds, 1),
        statistics.median(times), times[int(len(times) * 0.95)], round(peak[0]),
    ]  # fmt: skip


def _stored(data: Path, phones: list[Phone]) -> tuple[int, int, int, int]:
    """Fillings and photos that are there as they were sent; what is there twice; what is missing or differs."""
    with sqlite3.connect(data / "sofra.sqlite3") as database:
        rows = database.execute(
            "SELECT f.instance, u.digest FROM questionnaires_filling f"
            " LEFT JOIN questionnaires_upload u ON u.filling_id = f.id"
        ).fetchall()
    kept = dict(rows)
    good = 0
    for phone in phones:
        digest = kept.get(phone.instance)
        if digest is None or hashlib.sha256(phone.photo()).hexdigest() != digest:
            continue
        path = data / "files" / digest[:2] / digest
        good += path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
    return len(kept), good, len(rows) - len(kept), len(phones) - good


# — exports ———————————————————————————————————————————————————————————————————————————————————————————————————


def write_export(path: Path, fillings: int) -> None:
    """As Kobo exports it: a row a filling, names as values."""
    import csv

    import xlsxwriter

    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([COLUMNS, *_export_rows(fillings)])
        return
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Bench")
        for number, row in enumerate([COLUMNS, *_export_rows(fillings)]):
            sheet.write_row(number, 0, row)


def _export_rows(fillings: int) -> Iterator[list[str]]:
    chance = random.Random(3)
    for number in range(fillings):
        yield [
            f"Organisation {number}", "yes", "school media", str(chance.randrange(1, 900)), f"{chance.random() * 9e4:.2f}",
            f"20{chance.randrange(10, 26)}-0{chance.randrange(1, 9)}-11", f"To set a table for {number} people",
            f"Who sits at it, and who does not: {chance.random():.9f}", chance.choice(["yes", "no"]),
            str(UUID(int=10**9 + number)), "2026-05-02T10:00:00",
        ]  # fmt: skip


def read_only(path: Path) -> int:
    """What no importer can do without."""
    from sofra.exchange.reading.exports import open_export

    return sum(1 for _row in open_export(path, path.name).main.rows())


def import_all(path: Path, version: int) -> int:
    from sofra.exchange import services

    imported = services.upload_file(_pieces(path), name=path.name, by=None, what="answers", version=version)
    services.map_columns(imported, mapping=imported.mapping, by=None)
    imported = services.check_import(imported.pk)
    assert not imported.problem, imported.problem
    services.start_import(imported, by=None)
    return int(services.run_import(imported.pk).counts["new"])


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            yield piece


def measure_export(what: str, path: Path) -> dict[str, float]:
    """Seconds and the peak of the process's own memory."""
    version = prepare()["version"]
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            status = Path("/proc/self/status").read_text()
            peak[0] = max(peak[0], int(status.partition("RssAnon:")[2].split()[0]) / 1024)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.perf_counter()
    done = read_only(path) if what == "read" else import_all(path, version)
    seconds = time.perf_counter() - began
    over.set()
    watcher.join()
    return {"seconds": seconds, "rows": done, "peak": peak[0]}


def exports(sizes: tuple[int, ...]) -> Table:
    rows: list[list[object]] = []
    for fillings in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("csv", "xlsx"):
                path = Path(folder) / f"export.{kind}"
                write_export(path, fillings)
                told = {}
                for what in ("read", "import"):
                    with tempfile.TemporaryDirectory() as data:
                        told[what] = _apart(Path(data), what, str(path))
                assert told["import"]["rows"] == fillings, told
                seconds, floor = told["import"]["seconds"], told["read"]["seconds"]
                rows.append(
                    [fillings, fillings * ANSWERS, kind.upper(), round(seconds, 1), round(fillings / seconds),
                     round(fillings * ANSWERS / seconds), round(fillings / floor), round(seconds / floor),
                     round(told["import"]["peak"])]
                )  # fmt: skip
    # 10,000 fillings of ten answers are the 100,000 answers that the hub is asked to take in.
    head = ["fillings", "answers", "file", "seconds", "fillings a second", "answers a second",
            "reading only: rows a second", "times reading only", "peak MB"]  # fmt: skip
    return Table("Exports coming in", head, rows, "SQLite, once each; from the file to the report.")


def run(quick: bool = False) -> list[Table]:
    plan = [(20, 3.0, True)] if quick else [(500, 60.0, True), (100, 1.0, False)]
    head = ["phones", "begun within", "server killed", "tries again", "fillings stored", "photos the same", "doubled", "lost",
            "seconds until the last was told", "median seconds of a submission", "p95", "server's peak MB"]  # fmt: skip
    says = (
        "Seconds of a submission are those of the try that succeeded, HEAD and POST, with what else the machine and the "
        "500 clients on the same two cores do."
    )
    phones = Table("Phones in a minute", head, [minute(*one[:2], kill=one[2]) for one in plan], says)
    return [phones, exports((1_000,) if quick else (1_000, 10_000))]


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    told = prepare() if sys.argv[1] == "prepare" else measure_export(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
