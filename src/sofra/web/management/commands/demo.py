"""The hub with the national mapping of 2018 loaded, to look at and to try everything in."""

import os
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.councils import examples as councils
from sofra.councils import mechanism_examples
from sofra.mapping import examples as rounds
from sofra.organisations import duplicates
from sofra.organisations.models import Organisation
from sofra.plans import examples as plans
from sofra.schools import examples
from sofra.training import examples as training
from sofra.web import first_lists, mapping_2018, running


class Command(BaseCommand):
    help = "Serves the hub with the 2018 mapping of Albania and three invented people. What you change is kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where to listen (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="for whom: 127.0.0.1 is this machine only")
        parser.add_argument("--fresh", action="store_true", help="forget the demo's data and load it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE != "demo":
            raise CommandError("The demo is started as `./sofra demo`.")
        host, port = options["host"], options["port"]
        running.require_port(host, port)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        os.environ.setdefault("SOFRA_ORIGIN", address)  # the server that is started: its letters lead to this port
        settings.ORIGIN = os.environ["SOFRA_ORIGIN"]  # and so do those that are written while it is made
        self.began = time.monotonic()
        with running.hold_data(address):
            if options["fresh"]:
                self.say(f"Starting over: the demo's data in {settings.DATA} are put away.")
                forget()
            elif not first_lists.are_loaded() and Path(str(settings.DATABASES["default"]["NAME"])).exists():
                self.say("An earlier start was interrupted before the demo was loaded: beginning anew.")
                forget()
            self.prepare()
            self.say("Starting …")
            connections.close_all()
            hub = running.Hub(host=host, port=port, workers=2)
            hub.run(ready=lambda: self.welcome(address))
        self.stdout.write("\nU mbyll. Ndryshimet u ruajtën. · Stopped. Your changes are kept.")

    def say(self, text: str) -> None:
        self.stderr.write(f"{time.monotonic() - self.began:5.1f} s  {text}")

    def prepare(self) -> None:
        """Bring database and static files to this version; load the lists that are not loaded yet."""
        if running.pending_migrations():
            self.say("Making the database …")
            call_command("migrate", verbosity=0, interactive=False)
        if not first_lists.are_loaded():
            self.load()
        elif since := first_lists.missing():
            self.say("Bringing in what came since this demo was made; what you changed stays …")
            first_lists.load_lists(since, self.say)
            first_lists.remember_lists()
        invent_schools()
        mechanism_examples.load_said()
        invent_councils()
        invent_plan()
        invent_training()
        invent_rounds(self.say)
        mapping_2018.publish_soon()
        running.collect_static()

    def load(self) -> None:
        first_lists.load_lists(first_lists.NAMES, self.say)
        self.say("Looking for organisations that are listed twice …")
        duplicates.look_for_duplicates(by=None)
        besa, cvetan = edited()
        accounts.make_demo_people(besa_edits=besa, cvetan_edits=cvetan)
        first_lists.remember_lists()

    def welcome(self, address: str) -> None:
        self.say("Ready.")
        people = accounts.make_demo_people()
        lines = [
            "",
            f"  Sofra është e hapur · Sofra is open:   {address}",
            f"  In English:                            {address}/en/",
            "",
            "  Tre njerëz të trilluar · Three invented people:",
            *(f"    {name:7} {email:20} {password:22} {role.name}" for name, email, password, role in people),
            "",
            "  Ctrl-C e mbyll; ndryshimet ruhen · Ctrl-C stops; changes are kept.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        connections.close_all()


def forget() -> None:
    """Empty the demo's folder. Only ever that of a demo: the folder's name and the mode say so."""
    connections.close_all()
    if settings.MODE != "demo" or settings.DATA.name != "demo":
        raise CommandError("Only the demo's own data can be started over.")
    for path in settings.DATA.iterdir():
        if path.name == "running":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def invent_schools() -> None:
    """The invented schools and their office, for which Cvetan speaks too, so that both sides can be tried; once."""
    people = {person.email: person for person in User.objects.filter(email__endswith="@example.org")}
    besa, cvetan = people.get("besa@example.org"), people.get("cvetan@example.org")
    if besa is not None and cvetan is not None:
        examples.make_demo_schools(besa=besa, cvetan=cvetan)


def invent_councils() -> None:
    """The councils that the report names, and an invented one in which Besa and Cvetan sit; once."""
    people = {person.email: person for person in User.objects.filter(email__endswith="@example.org")}
    besa, cvetan = people.get("besa@example.org"), people.get("cvetan@example.org")
    if besa is not None and cvetan is not None:
        councils.make_demo_councils(besa=besa, cvetan=cvetan)


def invent_plan() -> None:
    """An invented local plan, which Besa's invented organisation writes and Ana decides on; once."""
    people = {person.email: person for person in User.objects.filter(email__endswith="@example.org")}
    besa, ana = people.get("besa@example.org"), people.get("ana@example.org")
    owner = Organisation.objects.filter(name=examples.ASKER, ended_in=None, joined_to=None).first()
    if besa is not None and ana is not None and owner is not None:
        plans.make_demo_plan(owner=owner, besa=besa, ana=ana)


def invent_training() -> None:
    """An invented programme with sessions, counts, trainers and answers, of Besa's invented organisation; once."""
    besa = User.objects.filter(email="besa@example.org").first()
    owner = Organisation.objects.filter(name=examples.ASKER, ended_in=None, joined_to=None).first()
    if besa is not None and owner is not None:
        training.make_demo_training(owner=owner, besa=besa)


def invent_rounds(say: Callable[[str], None]) -> None:
    """Two invented rounds, so that each page of a round has something to show; once, by the demo's coordinator."""
    ana = User.objects.filter(email="ana@example.org").first()
    if ana is not None:
        try:
            rounds.make_demo_rounds(first_lists.load_questionnaire(say), by=ana)
        except (ValidationError, KeyError) as error:  # somebody changed what they stand on
            say(f"The invented rounds are left out: {error}")


def edited() -> tuple[list[str], list[str]]:
    """The organisations that the demo's two member editors speak for."""
    listed = Organisation.objects.filter(kind="cso", ended_in=None, joined_to=None).order_by("pk")
    codes = list(listed.values_list("code", flat=True)[:2])
    return codes[:1], codes[1:2]
