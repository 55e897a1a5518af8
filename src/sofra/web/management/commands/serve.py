"""The hub in production. Settings come from the environment: docs/operators.md names each."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from sofra.web import running, safety


class Command(BaseCommand):
    help = "Serves the hub; refuses to start with an unsafe setting and names each. Put a proxy with https in front."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen at (8000)")
        parser.add_argument("--workers", type=int, default=2, help="processes of the web server (2)")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to this version first")
        parser.add_argument("--no-worker", action="store_true", help="the queue's worker runs elsewhere (db_worker)")
        parser.add_argument("--check", action="store_true", help="only say what is unsafe; start nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE != "serve":
            raise CommandError("Production is started as `./sofra serve`, without SOFRA_MODE.")
        if options["workers"] < 1:
            raise CommandError("--workers must be 1 or more.")
        self.refuse(list(safety.broken_rules()))
        if said := safety.database_answers():
            self.refuse([said])
        if options["migrate"] and not options["check"]:
            call_command("migrate", interactive=False, verbosity=1)
        elif pending := running.pending_migrations():
            raise CommandError(
                f"The database lacks {len(pending)} changes of this version (the first is {pending[0]}): "
                "make a backup, then start with `./sofra serve --migrate`."
            )
        self.refuse(list(safety.broken_rules_of_data()))
        if options["check"]:
            self.stdout.write("Safe to serve.")
            return
        running.require_port(options["host"], options["port"])
        address = f"http://{options['host']}:{options['port']}"
        with running.hold_data(address):
            running.collect_static()
            connections.close_all()
            hub = running.Hub(
                host=options["host"], port=options["port"], workers=options["workers"], name=settings.ALLOWED_HOSTS[0]
            )
            hub.run(
                ready=lambda: self.stdout.write(f"Serving {settings.ORIGIN} at {address}."),
                with_worker=not options["no_worker"],
            )
        self.stdout.write("Stopped.")

    def refuse(self, reasons: list[str]) -> None:
        if reasons:
            raise CommandError("Sofra does not start, since this is unsafe:\n" + "\n".join(f"  - {r}" for r in reasons))
