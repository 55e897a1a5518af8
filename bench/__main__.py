"""`sofra bench`: runs each measurement of this folder and writes docs/benchmarks.md.

A measurement is a module bench/<name>.py whose `run(quick: bool) -> list[Table]` does the work. Numbers are medians
of several runs, ratios are of numbers taken in the same run.
"""

import argparse
import importlib
import os
import platform
import sys
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bench.tables import Table

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
PAGE = PROJECT / "docs" / "benchmarks.md"
KEPT = PROJECT / "docs" / "benchmarks.json"
NAMED = ("Django", "granian", "psycopg", "rapidfuzz", "numpy", "python-calamine", "duckdb", "polars")


def machine() -> str:
    """What was measured on, without the machine's name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in NAMED)
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} on {platform.machine()}, "
        f"Python {platform.python_version()}, {libraries}."
    )


def shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def as_markdown(table: Table) -> str:
    lines = [f"### {table.title}", ""]
    if table.says:
        lines += [table.says, ""]
    lines += ["| " + " | ".join(table.head) + " |", "|" + "---|" * len(table.head)]
    lines += ["| " + " | ".join(shown(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines)


def measurements() -> list[str]:
    return sorted(path.stem for path in HERE.glob("[a-z]*.py") if "def run(" in path.read_text(encoding="utf-8"))


def main() -> None:
    import json

    names = measurements()
    parser = argparse.ArgumentParser(prog="sofra bench", description="Measures, and writes docs/benchmarks.md.")
    parser.add_argument(
        "--only", action="append", choices=names, help="one of the measurements; the others stay as they were"
    )
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs; writes nothing")
    options = parser.parse_args()
    sys.path[:0] = [str(PROJECT / "src"), str(PROJECT)]
    kept: dict[str, dict[str, object]] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for name in options.only or names:
        module = importlib.import_module(f"bench.{name}")
        print(f"{name} …", flush=True)
        began = time.monotonic()
        tables = module.run(options.quick)
        for table in tables:
            print(as_markdown(table) + "\n", flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        kept[name] = {
            "about": (module.__doc__ or "").strip(),
            "machine": machine(),
            "on": time.strftime("%d.%m.%Y"),
            "tables": [asdict(table) for table in tables],
        }
        if not options.quick:  # after each, so that a measurement that stops takes none with it
            KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            write_page({name: kept[name] for name in names if name in kept})


def write_page(kept: dict[str, dict[str, object]]) -> None:
    parts = ["# Measured", "", "Made by `make bench`; medians of several runs, ratios of numbers of the same run."]
    for name, result in kept.items():
        parts += ["", f"## {name.replace('_', ' ').capitalize()}", "", str(result["about"]), ""]
        parts += [f"Measured on {result['on']}: {result['machine']}", ""]
        parts += [as_markdown(Table(**table)) + "\n" for table in result["tables"]]  # type: ignore[attr-defined]
    PAGE.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
