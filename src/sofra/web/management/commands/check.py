"""Is the house in order? Style, types, floors, migrations, translations, the framework's own checks."""

import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PYTHON = sys.executable
CONTRACTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
# Django's own command of this name stands behind ours: `-m django check` would be this file again, for ever.
FRAMEWORK = (
    "import django; django.setup(); from django.core.management import call_command; "
    "from django.core.management.commands.check import Command; call_command(Command(), fail_level='WARNING')"
)
STEPS: dict[str, list[str]] = {
    "style": [PYTHON, "-m", "ruff", "check"],
    "format": [PYTHON, "-m", "ruff", "format", "--check"],
    "types": [PYTHON, "-m", "mypy"],
    "floors and shelves": [PYTHON, "-c", CONTRACTS],
    "migrations": [PYTHON, "-m", "sofra", "makemigrations", "--check", "--dry-run"],
    "translations": [PYTHON, "-m", "sofra", "translations", "--check"],
    "framework": [PYTHON, "-c", FRAMEWORK],
}


class Command(BaseCommand):
    help = "Checks style, types, import contracts, migrations and translations: what `make check` does."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=STEPS, action="append", help="one of the steps")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for name in options["only"] or STEPS:
            began = time.monotonic()
            done = subprocess.run(  # noqa: S603 the commands are written above, word by word
                STEPS[name], cwd=settings.PROJECT, capture_output=True, text=True, check=False
            )
            self.stdout.write(
                f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)"
            )
            if done.returncode:
                failed.append(name)
                self.stdout.write(f"{done.stdout}{done.stderr}")
            self.stdout.flush()
        if failed:
            raise CommandError(f"Not in order: {', '.join(failed)}.")
