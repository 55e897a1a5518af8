"""Measures the duplicates matcher: time, memory and F1 at several sizes on generated lists.

Each run is the command itself in a process of its own, start included, as a
person would run it. bench/rivals.py measures other libraries on the same lists.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT)]

from bench.generate_organisations import generate
from bench.tables import Table

SIZES, SEED = (1_000, 10_000, 100_000), 5
SAYS = (
    "`./sofra organisations match --json` on generated lists (bench/generate_organisations.py), threshold 0.5. "
    "Other libraries on the same lists: docs/duplicates.md."
)

_MEASURED = """
import os, resource, sys, time
begun = time.perf_counter()
child = os.fork()
if child == 0:
    os.dup2(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    os.execv(sys.executable, [sys.executable, "-m", "sofra", "organisations", "match", "--json", sys.argv[1]])
_, status, used = os.wait4(child, 0)
print(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, status)
"""


def write_list(folder: Path, size: int, style: str, seed: int) -> tuple[Path, set[tuple[str, str]]]:
    """A generated list as JSON lines, and its true pairs."""
    rows, truth = generate(size, seed, style)
    path = folder / f"{style}-{size}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path, truth


def measure(path: Path, truth: set[tuple[str, str]], runs: int) -> dict[str, float]:
    """Medians of `runs` runs of the command, and what it got right at the threshold 0.5."""
    out = path.with_suffix(".pairs")
    seen = []
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src")}
    for _ in range(runs):
        ended = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(path), str(out)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        seconds, used, memory, status = map(float, ended.stdout.split())
        if status:
            raise RuntimeError(f"the matcher failed on {path.name}: {ended.stderr}")
        seen.append((seconds, used, memory))
    found = {tuple(sorted((row["a"], row["b"]))) for row in map(json.loads, out.read_text().splitlines())}
    right = len(found & truth)
    precision, recall = right / max(1, len(found)), right / max(1, len(truth))
    return {
        "seconds": round(statistics.median(s[0] for s in seen), 2),
        "cpu_seconds": round(statistics.median(s[1] for s in seen), 2),
        "memory_mb": max(int(s[2]) for s in seen),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 3),
    }


def run(quick: bool = False) -> list[Table]:
    """Lists of both styles at each size, with a seed that no weight was fitted on."""
    columns = ["seconds", "cpu_seconds", "memory_mb", "precision", "recall", "f1"]
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for style in ("balkan", "english"):
            for size in SIZES[:1] if quick else SIZES:
                path, truth = write_list(Path(folder), size, style, SEED)
                found = measure(path, truth, 3 if size <= 10_000 else 1)
                rows.append([style, size, *(found[column] for column in columns)])
    return [Table("The whole command, start included", ["list", "records", *columns], rows, SAYS)]


if __name__ == "__main__":
    for row in run("--quick" in sys.argv)[0].rows:
        print(*row)
