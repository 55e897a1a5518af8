"""sofra tick — does what is due. The hub's own worker runs it every few minutes; without one, cron does."""

from typing import Any

from django.core.management.base import BaseCommand

from sofra.councils import tasks as councils
from sofra.findings import tasks as tables
from sofra.findings.services import refresh_coverage
from sofra.ground import files
from sofra.mapping import tasks as rounds
from sofra.schools import tasks as schools
from sofra.training import tasks as training


class Command(BaseCommand):
    help = (
        "Send letters that wait for the post, and the reminders of school sessions, mapping rounds and councils that "
        "are due. Safe to run as often as you like, and twice at once: nobody gets a letter twice. Findings whose "
        "coverage says something else now are marked. "
        "Names and photos of training lists go on their day; check-ins whose time is over are counted. Once a day "
        "uploaded files that no row names any more are swept away."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = [one.send_due_letters() for one in (schools, rounds, tables, councils)]
        sent, failed = (sum(getattr(one, name) for one in done) for name in ("sent", "failed"))
        refresh_coverage()
        training.do_what_is_due()
        files.sweep_daily()
        if options["verbosity"] > 1 or (options["verbosity"] and (sent or failed)):
            self.stdout.write(f"Letters sent: {sent}; could not be sent and are tried again: {failed}.")
