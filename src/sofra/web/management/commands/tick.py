"""sofra tick — does what is due. The hub's own worker runs it every few minutes; without one, cron does."""

from typing import Any

from django.core.management.base import BaseCommand

from sofra.findings.services import refresh_coverage
from sofra.mapping import tasks as rounds
from sofra.schools import tasks as schools


class Command(BaseCommand):
    help = (
        "Send the reminders of school sessions and of mapping rounds that are due. Safe to run as often as you like, "
        "and twice at once: nobody gets a letter twice. Findings whose coverage says something else now are marked."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        of_schools, of_rounds = schools.send_due_letters(), rounds.send_due_letters()
        sent, failed = of_schools.sent + of_rounds.sent, of_schools.failed + of_rounds.failed
        refresh_coverage()
        if options["verbosity"] > 1 or (options["verbosity"] and (sent or failed)):
            self.stdout.write(f"Letters sent: {sent}; could not be sent and are tried again: {failed}.")
