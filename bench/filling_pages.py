"""Filling in a form of 300 questions: a part a page, and all on one page; beside a bare view of the same bytes.

Two workers of granian on SQLite, one client that asks and sends one page after another, as one organisation does.
A form has ten parts of thirty questions of six kinds, with skip logic, constraints and choices. "Check" is the server's
own check of all 300 answers by the form's XPath, in the same process, without a page.
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.pages import _sofra, server
from bench.tables import Table

PROJECT = Path(__file__).resolve().parents[1]
QUESTIONS, PARTS = 300, 10
KINDS = ("text", "integer", "select_one c", "select_multiple c", "date", "decimal")
VALUES = ("Një përgjigje", "7", "c3", "c1 c2", "2018-12-17", "3.5")


def sheets(parts: int) -> str:
    """The form as XLSForm in Markdown."""
    rows = ["| survey |", "| | type | name | label::Shqip (sq) | label::English (en) | relevant | constraint |"]
    size = QUESTIONS // parts
    for n in range(QUESTIONS):
        if n % size == 0:
            rows.append(f"| | begin_group | g{n // size} | Pjesa {n // size + 1} | Part {n // size + 1} | | |")
        relevant = f"${{q{n - 1}}} != 'x'" if n % 5 == 4 else ""
        constraint = ". >= 0" if n % 6 in (1, 5) else ""
        kind = KINDS[n % 6]
        rows.append(f"| | {kind} | q{n} | Pyetja **{n}** | Question **{n}** | {relevant} | {constraint} |")
        if n % size == size - 1:
            rows.append("| | end_group | | | | | |")
    rows += ["| choices |", "| | list_name | name | label::Shqip (sq) | label::English (en) |"]
    rows += [f"| | c | c{i} | Zgjedhja {i} | Choice {i} |" for i in range(8)]
    return "\n".join([*rows, "| settings |", "| | form_id |", f"| | bench{parts} |"])


def fill() -> None:
    """In the hub's own process: both forms, a filling of each; prints their keys and how long the check takes."""
    from pyxform.xls2xform import convert

    from sofra.questionnaires import queries, services
    from sofra.questionnaires.keys import key_of
    from sofra.questionnaires.models import Questionnaire, Version

    told = {}
    for parts in (PARTS, 1):
        asked = Questionnaire.objects.create(code=f"bench.{parts}", titles={"sq": "Bench"})
        xform = convert(sheets(parts)).xform
        version = Version.objects.create(questionnaire=asked, number=1, form_id=f"b{parts}", xform=xform, state="open")
        filling = services.begin_filling(version, way="web")
        instance = queries.instance_of(filling)
        for n in range(QUESTIONS):
            instance.put(f"/data/g{n // (QUESTIONS // parts)}/q{n}", VALUES[n % 6])
        instance.recalculate()
        services.save_filling(filling, instance, seen=1)
        times = []
        for _round in range(9):
            began = time.perf_counter()
            fresh = queries.instance_of(filling)
            assert fresh.faults() == []
            times.append((time.perf_counter() - began) * 1000)
        told[parts] = [key_of(filling.instance, 1), statistics.median(times)]
    print(json.dumps(told))


def _median(act: Callable[[], None], rounds: int) -> float:
    act()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


class _Browser:
    """One connection with its cookie, as a browser keeps them."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def get(self, address: str) -> bytes:
        self.connection.request("GET", address, headers={"Cookie": self.cookie} if self.cookie else {})
        answer = self.connection.getresponse()
        if said := answer.getheader("Set-Cookie"):
            self.cookie = said.partition(";")[0]
        body = answer.read()
        assert answer.status == 200, (address, answer.status)
        return body

    def save(self, address: str, fields: list[tuple[str, str]]) -> None:
        body = urlencode(fields)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        self.connection.request("POST", address, body, kind)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status in (200, 302), answer.status


def _fields(page: bytes) -> list[tuple[str, str]]:
    from lxml import html

    form = html.fromstring(page.decode()).forms[-1]
    return [(str(name), str(value)) for name, value in form.form_values()]


def run(quick: bool = False) -> list[Table]:
    rounds = 5 if quick else 25
    table = Table(
        "Filling in a form of 300 questions", ["page", "kB", "ms", "bare view, ms", "times the bare view"],
        says="Median of one client, one page after another. The bare view answers with the same bytes. “Save” sends"
        " the page with one changed answer, writes it to the disk and answers with the next address.",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="sofra-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        environment = {"SOFRA_DATA": str(data), "SOFRA_MODE": "demo", "SOFRA_LOG_LEVEL": "ERROR", "DATABASE_URL": ""}
        environment |= {"DJANGO_SETTINGS_MODULE": "sofra.settings", "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"}
        _sofra(environment, "-m", "sofra", "migrate", "--verbosity", "0")
        _sofra(environment, "-m", "sofra", "collectstatic", "--noinput", "--verbosity", "0")
        begin = "import django; django.setup()\nfrom bench.filling_pages import fill; fill()"
        told = json.loads(_sofra(environment, "-c", begin).strip().splitlines()[-1])
        constant = Path(folder) / "constant"
        constant.mkdir()
        with server("sofra.wsgi:application", environment) as port:
            for parts, said in ((PARTS, "a part of 30 on a page"), (1, "300 on one page")):
                table.rows += _measured(port, told[str(parts)], said, constant, rounds)
        bare = {**environment, "BARE_PAGES": str(constant), "DJANGO_SETTINGS_MODULE": ""}
        with server("bench.bare:application", bare) as port:
            browser = _Browser(port)
            for row in table.rows:
                if row[3] is not None:
                    address = f"/{row[3]}"
                    row[3] = _median(lambda address=address: browser.get(address) and None, rounds)  # type: ignore[misc]
                    row[4] = row[2] / row[3]  # type: ignore[operator]
                else:
                    row[3] = row[4] = "–"
    return [table]


def _measured(port: int, told: list[object], said: str, constant: Path, rounds: int) -> list[list[object]]:
    key, check = told
    browser, rows = _Browser(port), []
    for name, end in (
        (said, "parts/1/"),
        (f"{said}: list of parts", "parts/"),
        (f"{said}: check before sending", "check/"),
    ):
        address = f"/en/q/{key}/{end}"
        page = browser.get(address)
        file = f"{len(list(constant.iterdir()))}.html"
        (constant / file).write_bytes(page)
        spent = _median(lambda address=address: browser.get(address) and None, rounds)  # type: ignore[misc]
        rows.append([name, len(page) / 1024, spent, file, None])
    fields = [(name, value) for name, value in _fields(browser.get(f"/en/q/{key}/parts/1/")) if name != "act"]
    turn = iter(range(10_000))

    def save() -> None:
        page = _fields(browser.get(f"/en/q/{key}/parts/1/"))
        changed = [(n, f"{v} {next(turn)}" if n.endswith("/q0") else v) for n, v in page if n != "act"]
        browser.save(f"/en/q/{key}/parts/1/", [*changed, ("act", "tasks")])

    spent = _median(save, rounds)
    rows.append([f"{said}: read, change one answer, save", len(urlencode(fields)) / 1024, spent, None, None])
    rows.append([f"{said}: the check of 300 answers alone", 0.0, check, None, None])
    return rows


if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "bench", "--only", "filling_pages", "--quick"], check=True, cwd=PROJECT)
