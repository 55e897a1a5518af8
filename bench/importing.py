"""Import of growing tables: rows a second beside the floor and beside django-import-export, and memory.

All read the same invented rows in the same run, each measure in a process of its own on a fresh database. The floor is
what no importer can do without: calamine reads the workbook, one bulk insert writes the rows into one plain table.
django-import-export (defaults) writes into the same plain table; "dry run first" is how its own pages do it, since
that is where it checks and reports before it writes. Sofra checks each row, reads its places, looks for twins, stages
it with what is to be told, and writes it as about nine facts with their source, all of it in one transaction.
"""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.tables import Table

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
ROUNDS = {1_000: 3, 10_000: 3, 100_000: 1}
SAYS = (
    "Rows a second from the file to the report, and the peak of the process's own memory. Up to 10,000 rows medians of "
    "three runs, 100,000 rows once. “Processor” is rows for each second of processor time, which other work on the "
    "machine disturbs less. calamine keeps a whole sheet in memory, so XLSX takes more of it as rows grow; CSV does not."
)
HEADER = ["Nr", "Tema", "Emri", "Shtrirja gjeografike", "Faqja", "Lloji i fokusit"]
KINDS = "Qendra Shoqata Fondacioni Instituti Forumi Rrjeti Lëvizja Klubi".split()
FIELDS = "Rinore Gruas Komunitare Qytetare Sociale Kulturore Mjedisore Arsimore Evropiane Lokale".split()
NAMES = "Agimi Drita Shpresa Besa Ura Horizont Vizion Dialog Hapa Jeta Lule Dielli Ylli Mali Lumi Deti Pisha".split()
PLACES = (
    "Pukë;Bashkia Pukë;Municipality of Pogradec;Cërrik;District of Dibra;The territory of Albania;Roskovec;Has;"
    "Belsh, Cërrik;Bashkia Elbasan;Qarku Korçë;Tropojë"
).split(";")
THEMES = (
    "Awareness raising;Trainings/Informative sessions;Community engagement;Academic research;punë me të rinjtë;"
    "trajnime dhe ndërgjegjësim"
).split(";")
FOCUS = (
    "Prevention programming;Prevention programming/ whole-of-society approach;"
    "Whole-of-society approach/ building community resilience"
).split(";")


def rows(count: int) -> list[list[str]]:
    """Invented organisations, the same ones each time."""
    chance = random.Random(1)
    made = []
    for number in range(count):
        word = "".join(chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou") for _ in range(4)).title()
        name = f"{chance.choice(KINDS)} {chance.choice(FIELDS)} {chance.choice(NAMES)} {word}"
        made.append(
            [str(number + 1), chance.choice(THEMES), name, chance.choice(PLACES), f"www.{word.lower()}{number}.example",
             chance.choice(FOCUS)]
        )  # fmt: skip
    return made


def make_files(folder: Path, count: int) -> None:
    import csv

    import xlsxwriter

    table = [HEADER, *rows(count)]
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    book = xlsxwriter.Workbook(str(folder / "list.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    for index, row in enumerate(table):
        sheet.write_row(index, 0, row)
    book.close()


# — what is measured, each in a process of its own —————————————————————————————————————————————————————————


def _plain_model() -> Any:
    """A plain table with a column for each column of the file."""
    from django.db import connection, models

    class Plain(models.Model):
        number = models.IntegerField(unique=True)
        theme = models.TextField()
        name = models.CharField(max_length=250)
        place = models.TextField()
        website = models.TextField()
        focus = models.TextField()

        class Meta:
            app_label = "exchange"

    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    return Plain


def floor(path: Path) -> None:
    from django.db import transaction
    from python_calamine import CalamineWorkbook

    plain = _plain_model()
    with transaction.atomic():
        read = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
        plain.objects.bulk_create([plain(None, *row) for row in read], batch_size=2000)


def import_export(path: Path, *, dry_run_first: bool = False) -> None:
    import tablib
    from import_export import resources
    from python_calamine import CalamineWorkbook

    plain = _plain_model()

    class Resource(resources.ModelResource):
        class Meta:
            model = plain
            import_id_fields = ["number"]

    data = tablib.Dataset(headers=["number", "theme", "name", "place", "website", "focus"])
    for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]:
        data.append(row)
    for dry_run in (True, False) if dry_run_first else (False,):
        result = Resource().import_data(data, dry_run=dry_run)
        assert not result.has_errors(), result.row_errors()[:1]


def dry_run_first(path: Path) -> None:
    import_export(path, dry_run_first=True)


def sofra(path: Path) -> None:
    from sofra.exchange import services

    imported = services.upload_file(
        [path.read_bytes()] if path.suffix == ".xlsx" else _pieces(path), name=path.name, by=None
    )
    services.map_columns(imported, mapping=imported.mapping, source="Bench", by=None)
    imported = services.check_import(imported.pk)
    assert not imported.problem, imported.problem
    services.start_import(imported, by=None)
    done = services.run_import(imported.pk)
    assert done.counts["new"] >= 0.95 * (done.rows_total or 0), done.counts


def _pieces(path: Path) -> Any:
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            yield piece


WHAT: dict[str, Callable[[Path], None]] = {
    "floor": floor, "import-export": import_export, "import-export-dry-run-first": dry_run_first, "sofra": sofra,
}  # fmt: skip


def measure(what: str, path: Path) -> dict[str, float]:
    """One measure in this process: seconds, and its own memory at the peak, in MB."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    before, peak = _own_memory(), [0.0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], _own_memory())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began, used = time.perf_counter(), _processor()
    WHAT[what](path)
    seconds, used = time.perf_counter() - began, _processor() - used
    over.set()
    watcher.join()
    return {"seconds": seconds, "processor": used, "peak_mb": peak[0], "more_mb": peak[0] - before}


def _own_memory() -> float:
    """MB of memory that are this process's own; pages of the database file, which the system lends, do not count."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _apart(what: str, path: Path, database: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as data:
        environment = {
            **os.environ, "SOFRA_DATA": data, "PYTHONPATH": str(PROJECT / "src"), "DJANGO_SETTINGS_MODULE": "sofra.settings",
        }  # fmt: skip
        environment.pop("DATABASE_URL", None)
        if database == "PostgreSQL":
            from tests.databases import new_database

            environment["DATABASE_URL"] = new_database("sofra_bench_import")
        command = [sys.executable, str(Path(__file__)), what, str(path)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, cwd=PROJECT)
        told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return told


def _plan(size: int, quick: bool) -> list[tuple[str, str, str]]:
    """What is measured at a size: (what, kind of file, database)."""
    plan = [("floor", "xlsx", "SQLite"), ("sofra", "csv", "SQLite"), ("sofra", "xlsx", "SQLite")]
    plan += [("import-export", "xlsx", "SQLite")]
    if not quick:
        plan += [("floor", "xlsx", "PostgreSQL"), ("sofra", "csv", "PostgreSQL")]
    if size == 10_000:
        plan += [("import-export-dry-run-first", "xlsx", "SQLite"), ("import-export", "xlsx", "PostgreSQL")]
    return plan


def run(quick: bool = False) -> list[Table]:
    """Each size in rounds, so that what else the machine does falls on all alike; medians, and ratios of them."""
    rows: list[list[object]] = []
    ratios: list[list[object]] = []
    for size in SIZES[:1] if quick else SIZES:
        taken: dict[tuple[str, str, str], list[dict[str, float]]] = {}
        with tempfile.TemporaryDirectory() as folder:
            make_files(Path(folder), size)
            for _round in range(1 if quick else ROUNDS[size]):
                for what, kind, database in _plan(size, quick):
                    told = _apart(what, Path(folder) / f"list.{kind}", database)
                    taken.setdefault((database, what, kind), []).append(told)
        middle = {
            key: {name: statistics.median(one[name] for one in all_) for name in all_[0]} for key, all_ in taken.items()
        }
        for (database, what, kind), told in sorted(middle.items()):
            rows.append(
                [size, database, what, kind.upper(), round(size / told["seconds"]), round(size / told["processor"]),
                 round(told["peak_mb"])]
            )  # fmt: skip
        for database in ("SQLite", "PostgreSQL"):
            for other in ("import-export", "import-export-dry-run-first", "floor"):
                ours, theirs = middle.get((database, "sofra", "csv")), middle.get((database, other, "xlsx"))
                if ours and theirs:
                    by_clock, by_use = (theirs[by] / ours[by] for by in ("seconds", "processor"))
                    ratios.append([size, database, f"Sofra / {other}", round(by_clock, 2), round(by_use, 2)])
    return [
        Table(
            "Import",
            ["rows", "database", "what", "file", "rows a second", "processor: rows a second", "peak MB"],
            rows,
            SAYS,
        ),
        Table("Ratios in the same run", ["rows", "database", "of", "by the clock", "by processor time"], ratios),
    ]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        for table in run("--quick" in sys.argv):
            for row in table.rows:
                print(*row, sep="\t")
