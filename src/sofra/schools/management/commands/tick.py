"""sofra tick — does what is due. The hub's own worker runs it every few minutes; without one, cron does."""

from typing import Any

from django.core.management.base import BaseCommand

from sofra.schools import tasks


class Command(BaseCommand):
    help = (
        "Send the reminders of school sessions that are due. Safe to run as often as you like, and twice at once: "
        "nobody gets a letter twice."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = tasks.send_due_letters()
        if options["verbosity"] > 1 or (options["verbosity"] and (done.sent or done.failed)):
            self.stdout.write(f"Letters sent: {done.sent}; could not be sent and are tried again: {done.failed}.")
