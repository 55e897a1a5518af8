"""A backup's data in the place of these."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sofra.ground import backups, restoring
from sofra.ground.audit import record


class Command(BaseCommand):
    help = "Checks a backup and puts it in the place of all data here, whole or not at all. The hub must be stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` made, on SQLite or on PostgreSQL")
        parser.add_argument("--yes", action="store_true", help="replace the data that are here")
        parser.add_argument("--check", action="store_true", help="only check the file; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        try:
            with backups.opened(source) as (_archive, contents):
                backups.check_fits(contents)
            if options["check"]:
                self.stdout.write(f"{source} is whole: made {contents.made_at} by Sofra {contents.version}.")
                return
            if restoring.holds_data(connection) and not options["yes"]:
                raise CommandError(
                    "This hub holds data, which the backup would replace: make a backup of them, then add --yes."
                )
            contents = restoring.restore(source)
        except backups.BackupRefused as refused:
            raise CommandError(str(refused)) from None
        record(what="hub.restored", about="hub", by=None, made_at=contents.made_at, rows=contents.rows)
        self.stdout.write(f"Restored: {contents.rows} rows and {len(contents.files)} files, made {contents.made_at}.")
