"""`sofra organisations match`: propose records that may be the same body."""

import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser

from sofra.organisations.matching.command import add_match_arguments, match
from sofra.organisations.matching.registry import registry_records


class Command(BaseCommand):
    """Commands about organisations. Nothing here changes the registry: a person judges the pairs that are proposed."""

    help = "Find records that may be the same organisation, within a file or against the registry."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        add_match_arguments(actions.add_parser("match", help="propose pairs with the reasons"))

    def handle(self, *args: Any, **options: Any) -> None:
        registry = registry_records() if options["registry"] else None
        code = match(
            options["file"],
            floor=options["floor"],
            as_json=options["json"],
            registry=registry,
            out=cast(IO[str], self.stdout),
            errors=cast(IO[str], self.stderr),
        )
        if code:
            sys.exit(code)
