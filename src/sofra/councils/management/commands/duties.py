"""`sofra duties load`: what laws ask of municipalities, into a hub that begins."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sofra.councils import mechanism_examples


class Command(BaseCommand):
    help = "Load the duties of municipalities that Sofra knows a public source for; what is there stays as it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{mechanism_examples.load_duties()} duties came in.")
