"""Measures, and writes docs/benchmarks.md."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Runs what bench/ measures and writes docs/benchmarks.md. Takes bench's own options (--only, --quick)."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        self.execute(given=argv[2:], force_color=False, no_color=False, skip_checks=True)

    def handle(self, *args: Any, **options: Any) -> None:
        command = [sys.executable, "-m", "bench", *options["given"]]
        done = subprocess.run(command, cwd=settings.PROJECT, check=False)  # noqa: S603 our own module
        if done.returncode:
            raise CommandError("The measurement stopped; its own lines above say why.")
