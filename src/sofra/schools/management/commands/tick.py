"""sofra tick — does what is due. The hub's own worker runs it every few minutes; without one, cron does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sofra.schools import tasks
from sofra.schools.models import Reminder


class Command(BaseCommand):
    help = (
        "Send the reminders of school sessions that are due. Safe to run as often as you like, and twice at once: "
        "nobody gets a letter twice."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if Reminder._meta.db_table not in connection.introspection.table_names():
            raise CommandError("The database lacks changes of this version: start with ./sofra serve --migrate.")
        done = tasks.send_due_letters()
        if done.sent or done.failed or options["verbosity"] > 1:
            self.stdout.write(f"Letters sent: {done.sent}; could not be sent and are tried again: {done.failed}.")
