"""Import of growing tables: rows a second beside the floor and beside django-import-export, and memory.

All three read the same XLSX and CSV in the same run. The floor is what no importer can do without: calamine reads the
workbook, one bulk insert writes the rows into one plain table. django-import-export (defaults) writes into the same
plain table, one row a line; Sofra checks each row, reads its places, looks for twins, stages it with what is to be
told, and writes it as about nine facts with their source. Each measure is its own process on a fresh SQLite.
"""

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
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SIZES = (10_000, 100_000)
ROUNDS = 3
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


def import_export(path: Path) -> None:
    import tablib
    from import_export import resources

    plain = _plain_model()

    class Resource(resources.ModelResource):
        class Meta:
            model = plain
            import_id_fields = ["number"]

    data = tablib.Dataset(headers=["number", "theme", "name", "place", "website", "focus"])
    from python_calamine import CalamineWorkbook

    for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]:
        data.append(row)
    result = Resource().import_data(data)
    assert not result.has_errors(), result.row_errors()[:1]


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


WHAT: dict[str, Callable[[Path], None]] = {"floor": floor, "import-export": import_export, "sofra": sofra}


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
    began = time.perf_counter()
    WHAT[what](path)
    seconds = time.perf_counter() - began
    over.set()
    watcher.join()
    return {"seconds": seconds, "peak_mb": peak[0], "more_mb": peak[0] - before}


def _own_memory() -> float:
    """MB of memory that are this process's own; pages of the database file, which the system lends, do not count."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def _apart(what: str, path: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as data:
        environment = {
            **os.environ, "SOFRA_DATA": data, "PYTHONPATH": str(PROJECT / "src"), "DJANGO_SETTINGS_MODULE": "sofra.settings",
        }  # fmt: skip
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, str(Path(__file__)), what, str(path)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, cwd=PROJECT)
        told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return told


def run(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> dict[str, Any]:
    """Medians of several rounds. django-import-export is measured at the smallest size: its rate does not rise."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            make_files(Path(folder), size)
            plan = [("floor", "xlsx"), ("sofra", "xlsx"), ("sofra", "csv")]
            plan += [("import-export", "xlsx")] if size == min(sizes) else []
            taken: dict[str, list[dict[str, float]]] = {}
            for _round in range(rounds if size < 100_000 else max(rounds - 2, 1)):
                for what, kind in plan:
                    taken.setdefault(f"{what}, {kind}", []).append(_apart(what, Path(folder) / f"list.{kind}"))
            results[str(size)] = {
                name: {
                    "rows_per_second": round(size / statistics.median(one["seconds"] for one in all_)),
                    "peak_mb": round(statistics.median(one["peak_mb"] for one in all_)),
                    "more_mb": round(statistics.median(one["more_mb"] for one in all_)),
                }
                for name, all_ in taken.items()
            }
    smallest, largest = str(min(sizes)), str(max(sizes))
    ours = results[largest]["sofra, csv"]["rows_per_second"]
    results["ratios"] = {
        "sofra / import-export": round(ours / results[smallest]["import-export, xlsx"]["rows_per_second"], 2),
        "sofra / floor": round(ours / results[largest]["floor, xlsx"]["rows_per_second"], 2),
        "memory, largest / smallest": round(
            results[largest]["sofra, csv"]["peak_mb"] / results[smallest]["sofra, csv"]["peak_mb"], 2
        ),
    }
    return results


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        print(json.dumps(run(), indent=2))
