"""The short way to an empty database makes the same tables as Django's own."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

QUICK = (
    "import django; django.setup(); from django.core.management import call_command; {}"
    "call_command('migrate', verbosity=0)"
)
SLOW = (
    "from django.db.migrations.executor import MigrationExecutor; from sofra.ground import first_migration;"
    " MigrationExecutor.migrate = first_migration._migrate; "
)


def made(folder: Path, before: str) -> list[str]:
    folder.mkdir()
    said = {"SOFRA_DATA": str(folder), "SOFRA_MODE": "develop", "DJANGO_SETTINGS_MODULE": "sofra.settings"}
    environment = {**os.environ, **said, "DATABASE_URL": ""}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2] / "src")
    subprocess.run([sys.executable, "-c", QUICK.format(before)], env=environment, check=True)
    with sqlite3.connect(folder / "sofra.sqlite3") as kept:
        return sorted(f"{name} {sql}" for name, sql in kept.execute("SELECT name, sql FROM sqlite_master"))


def test_both_ways_make_the_same_tables(tmp_path: Path) -> None:
    quick = made(tmp_path / "quick", "")
    assert len(quick) > 300
    assert quick == made(tmp_path / "slow", SLOW)
