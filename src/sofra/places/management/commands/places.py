"""`sofra places load | resolve | load-boundaries`."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation

from sofra.places.boundaries import BadBoundaries, read_boundaries
from sofra.places.gazetteer import load, packs
from sofra.places.resolving import resolve

DESCRIPTION = """Places: load them, read texts about them, load an operator's boundaries.

  sofra places load
      brings the places of all country packs into the database; may be run again at any time
  sofra places resolve [--json] [--country AL] < texts.txt
      reads one text a line; needs no database
  sofra places load-boundaries FILE.geojson [--licence "© …"]
      checks an operator's own polygons and keeps them with their licence line; a bad file changes nothing"""


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        actions.add_parser("load", help="bring the places of all packs into the database")
        reader = actions.add_parser("resolve", help="read texts on standard input, one a line")
        reader.add_argument("--json", action="store_true", help="one JSON object a line")
        reader.add_argument(
            "--country", default=settings.COUNTRY, type=str.upper, help="the hub's own country, e.g. AL, XK, MK"
        )
        shapes = actions.add_parser("load-boundaries", help="load an operator's own polygons")
        shapes.add_argument("file", type=Path)
        shapes.add_argument("--licence", "--license", default="", help="the line that maps must print")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            if options["action"] == "load":
                self.load()
            elif options["action"] == "resolve":
                self.resolve(options["country"], options["json"], sys.stdin.buffer)
            else:
                self.load_boundaries(options["file"], options["licence"])

    def load(self) -> None:
        from sofra.places.services import load_places

        try:
            told = load_places()
        except DatabaseError as error:
            raise CommandError(f"The database is not ready; run “sofra migrate” first. ({error})") from error
        self.stdout.write(
            f"{told['places']} places with {told['names']} names; {told['written']} rows were added or changed."
        )

    def resolve(self, country: str, as_json: bool, lines: BinaryIO) -> None:
        """One answer a line, at once, so that a program may ask and read in turn."""
        codes = [pack.code for pack in packs()]
        if country not in codes:
            raise CommandError(f"There is no country pack {country}; choose one of {', '.join(codes)}.")
        load()
        output = sys.stdout
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="replace")
        try:
            for line in lines:
                output.write(_answer(line, country, as_json) + "\n")
                output.flush()
        except BrokenPipeError:
            sys.stdout = open("/dev/null", "w")  # noqa: SIM115, PTH123 - the reader went away; nothing more to say

    def load_boundaries(self, path: Path, licence: str) -> None:
        from sofra.places.services import load_boundaries

        try:
            sheet = read_boundaries(path, licence=licence)
            generation = load_boundaries(sheet)
        except BadBoundaries as error:
            problems = "\n".join(f"  - {problem}" for problem in error.problems)
            raise CommandError(f"Nothing was loaded from {path.name}:\n{problems}") from None
        except ValidationError as error:
            raise CommandError("Nothing was loaded: " + " ".join(error.messages)) from None
        except DatabaseError as error:
            raise CommandError(f"The database is not ready; run “sofra migrate” first. ({error})") from error
        told = f"{len(sheet.shapes)} boundaries ({sheet.kind}, {sheet.pack})"
        self.stdout.write(f"{told} are drawn from now on, generation {generation}.")
        self.stdout.write(f"Licence line that maps print: {sheet.licence}")


def _answer(line: bytes, country: str, as_json: bool) -> str:
    try:
        text = line.decode("utf-8").rstrip("\r\n").removeprefix("\ufeff")
        result = asdict(resolve(text, country=country))
    except UnicodeDecodeError as error:
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        why = f"The line is not in UTF-8 (byte {error.start + 1}); save the file as UTF-8 and try again."
        result = {"text": text, "codes": [], "sure": False, "alternatives": [], "why": [why], "unread": [text]}
    if as_json:
        return json.dumps(result, ensure_ascii=False)
    sure = "sure" if result["sure"] else "ask"
    return "\t".join([result["text"], " ".join(result["codes"]) or "–", sure, " ".join(result["why"])])
