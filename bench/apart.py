"""One step of a measurement in a process of its own, so that its memory is its own and nothing is warm from others."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def apart(module: str, step: str, folder: Path, size: float) -> dict[str, float]:
    """What `one(step, size)` of a module of bench gives, in a fresh process whose data folder is `folder`.

    Raises RuntimeError with the end of what the process complained of.
    """
    code = "import os, json; os.environ['DJANGO_SETTINGS_MODULE'] = 'sofra.settings'; import django; django.setup(); "
    code += f"from bench import {module}; print(json.dumps({module}.one({step!r}, {size})))"
    environment = {
        **os.environ, "PYTHONPATH": f"{PROJECT}/src:{PROJECT}", "SOFRA_DATA": str(folder), "SOFRA_MODE": "develop",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{step}: {done.stderr[-2000:]}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def median_seconds(work: Callable[[], object], times: int) -> float:
    """The middle one of as many runs."""
    taken = []
    for _time in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
