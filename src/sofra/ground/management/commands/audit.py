"""Is the chain of everything that happened whole?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sofra.ground import audit
from sofra.ground.models import AuditLine


class Command(BaseCommand):
    help = "Walks the audit from its first line and names what was altered, added or taken out (exit code 1)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=["verify", "head"],
            help="verify: walk the chain; head: only the number of lines and the hash",
        )
        parser.add_argument(
            "--known",
            default="",
            metavar="HASH",
            help="a hash that `audit head` printed before: is its line still there?",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        newest = AuditLine.objects.order_by("-id").first()
        count = AuditLine.objects.count()
        if options["what"] == "head":
            self.stdout.write(f"{count} {newest.hash if newest else audit.BEGINNING}")
            return
        first = next(audit.broken_lines(), None)
        if first is not None:
            raise CommandError(f"The audit is broken. {first}")
        known = options["known"].strip().lower()
        if known not in {"", audit.BEGINNING} and not AuditLine.objects.filter(hash=known).exists():
            raise CommandError(
                "The audit is broken. No line has the hash that you kept, so lines at the end were taken out,"
                " or it is another hub’s hash."
            )
        self.stdout.write(f"The audit is whole: {count} lines.")
        if newest is not None:
            # Whoever keeps this hash elsewhere can tell later that no line at the end was taken out.
            self.stdout.write(f"Newest line {newest.pk}, hash {newest.hash}")
