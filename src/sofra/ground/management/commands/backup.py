"""All data in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sofra.ground import backups
from sofra.ground.audit import record


class Command(BaseCommand):
    help = (
        "Writes all data (database and uploaded files) to one file, while the hub goes on. Keep it as safe as the hub."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; the folder must exist")
        parser.add_argument("--force", action="store_true", help="replace the file where it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        try:
            contents = backups.write_backup(target, connection=connection, force=options["force"])
        except backups.BackupRefused as refused:
            raise CommandError(str(refused)) from None
        record(what="hub.backed_up", about="hub", by=None, rows=contents.rows, files=len(contents.files))
        size = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target}: {contents.rows} rows and {len(contents.files)} files, {size:.1f} MB.")
        self.stdout.write(f"Audit: {contents.audit['lines']} lines, hash {contents.audit['hash']}")
