"""sofra bounce < MESSAGE — a letter that came back, piped in by the mail server or from a mailbox."""

import sys
from argparse import ArgumentParser, FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sofra.mapping import bouncing

LARGEST = 20 * 1024 * 1024


class Command(BaseCommand):
    help = "Read a delivery report (RFC 3464) and note on the invitation that its letter came back, and why."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=FileType("rb"), help="The message; standard input without it")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["file"] or sys.stdin.buffer
        letter = bouncing.note_bounce(source.read(LARGEST))
        if letter is None:
            raise CommandError("This is no report about a letter of this hub; nothing was changed.")
        self.stdout.write(f"Noted: letter {letter.pk} came back.")
