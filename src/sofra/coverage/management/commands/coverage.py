"""`sofra coverage overlaps | gaps | crowded`: the same answers as the pages and the API."""

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation

from sofra.activities import dates
from sofra.activities.models import Activity
from sofra.activities.vocabulary import KINDS
from sofra.coverage import queries, telling, wording
from sofra.coverage.queries import Filters, Gap, Notice, Overlap
from sofra.coverage.rules import CARE, State
from sofra.ground.models import Visibility
from sofra.organisations import queries as organisations
from sofra.organisations.models import Organisation
from sofra.organisations.vocabulary import Audience, Theme
from sofra.places.models import Place
from sofra.places.queries import find_place

DESCRIPTION = """Where work overlaps, where nobody is known, where there are too many at once.

  sofra coverage overlaps --json --place Cërrik --audience youth --from 2018-10 --to 2018-11
      each pair of activities that surely or possibly overlap, once: both ids, why, sure or possible
  sofra coverage gaps --json --audience teachers --from 2026
      municipalities where nobody is known, asked about or not
  sofra coverage crowded --json
      municipalities where more organisations than SOFRA_CROWD work with the same people at once

A filter that may be given several times takes any of its values; different filters hold together. Dates are days,
months or years: 2018, 10.2018, 5.10.2018, 2018-10-05."""
LEVELS = {"public": Visibility.PUBLIC, "members": Visibility.MEMBERS, "coordinator": Visibility.SEALED}


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        for name, told in (
            ("overlaps", "each pair of activities that overlap, once"),
            ("gaps", "where nobody is known"),
            ("crowded", "where there are too many at once"),
        ):
            action = actions.add_parser(name, help=told)
            action.add_argument("--json", action="store_true", help="one JSON object a line")
            action.add_argument("--place", help="a code or a name, with all that lies in it")
            action.add_argument("--audience", action="append", default=[], metavar="CODE")
            action.add_argument("--from", dest="begins", default="", metavar="DATE")
            action.add_argument("--to", dest="ends", default="", metavar="DATE")
            action.add_argument(
                "--as", dest="seen_as", choices=list(LEVELS), default="public", help="whose eyes to see with (public)"
            )
            if name != "crowded":
                action.add_argument("--kind", action="append", default=[], metavar="CODE")
                action.add_argument("--theme", action="append", default=[], metavar="CODE")
            if name != "gaps":
                action.add_argument("--organisation", metavar="CODE", help="one of those that are at work")
                action.add_argument("--activity", metavar="CODE", help="one of the activities")
                action.add_argument("--sure", action="store_true", help="leave out what is only possible")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                self._tell(_lines(options))
            except DatabaseError as error:
                raise CommandError(f"The database is not ready; run “sofra migrate” first. ({error})") from error

    def _tell(self, lines: Iterable[str]) -> None:
        """Each line at once. Who reads only the first lines ends the command, and that is no error."""
        try:
            for line in lines:
                self.stdout.write(line)
            self.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines(options: dict[str, Any]) -> Iterator[str]:
    level, filters = LEVELS[options["seen_as"]], _filters(options)
    found: Iterator[tuple[telling.Told, str]]
    if options["action"] == "overlaps":
        found = ((telling.overlap_told(one), _overlap(one)) for one in queries.overlaps(level, filters))
    elif options["action"] == "gaps":
        found = ((telling.gap_told(one), _gap(one)) for one in queries.gaps(level, filters))
    else:
        notices = queries.crowded_places(level, filters)
        found = ((telling.crowd_told(one), _crowd(one)) for one in notices)
        if notices and not options["json"]:
            care = CARE[any(one.crowd.sure for one in notices)] % {"most": settings.CROWD}
            return chain((words for _told, words in found), ["", care])
    return (json.dumps(told, ensure_ascii=False) if options["json"] else words for told, words in found)


# — in words ———————————————————————————————————————————————————————————————————————————————————————————————


def _overlap(one: Overlap) -> str:
    pair = f"{one.first.code} “{one.first.title}” and {one.second.code} “{one.second.title}”"
    return f"{'sure' if one.sure else 'possible'}: {pair}: {'; '.join(wording.why(one.why, {}))}"


def _gap(one: Gap) -> str:
    whom = wording.audience_word(one.audience) if one.audience else "anybody"
    background = f" (background: {one.wider} activities of larger places)" if one.wider else ""
    priority = " [priority area]" if one.priorities else ""
    return f"{one.place.code} {one.place.name}{priority}: {whom}: {State(one.state).label}{background}"


def _crowd(one: Notice) -> str:
    number, whom = one.crowd.number, wording.audience_word(one.audience)
    days = ", ".join(wording.days(span) for span in one.crowd.spans)
    names = ", ".join(organisation.name for organisation in one.organisations)
    sure = "at once" if one.crowd.sure else "perhaps at once"
    return f"{one.place.code} {one.place.name}: {whom}: {number} organisations {sure}, {days}: {names}"


# — what was asked for —————————————————————————————————————————————————————————————————————————————————————


def _filters(options: dict[str, Any]) -> Filters:
    """Raises CommandError with one sentence for what cannot be."""
    begins, ends = _when("--from", options["begins"]), _when("--to", options["ends"])
    try:
        dates.check_span(begins, ends)
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error
    return Filters(
        place=_place(options["place"]), begins=begins, ends=ends,
        audiences=_codes("--audience", options["audience"], Audience.values),
        kinds=_codes("--kind", options.get("kind", ()), KINDS),
        themes=_codes("--theme", options.get("theme", ()), Theme.values),
        organisation=_organisation(options.get("organisation"), LEVELS[options["seen_as"]]),
        activity=_activity(options.get("activity")), sure=options.get("sure", False),
    )  # fmt: skip


def _when(option: str, typed: str) -> str:
    try:
        return dates.read_when(typed)
    except ValidationError as error:
        raise CommandError(f"{option}: {error.messages[0]}") from error


def _codes(option: str, typed: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    for code in typed:
        if code not in known:
            raise CommandError(f"{option}: “{code}” is not one of {', '.join(known)}.")
    return tuple(dict.fromkeys(typed))


def _place(typed: str | None) -> Place | None:
    found = find_place(typed) if typed is not None else None
    if typed is not None and found is None:
        raise CommandError(f"--place: no place is called “{typed}”; give its name or its code, such as AL112.")
    return found


def _organisation(code: str | None, level: int) -> Organisation | None:
    found = organisations.organisations(level).filter(code=code).first() if code is not None else None
    if code is not None and found is None:
        raise CommandError(f"--organisation: there is no “{code}” in the registry; give a code such as al.inac.")
    return found


def _activity(code: str | None) -> str:
    if code is not None and not Activity.objects.filter(code=code).exists():
        raise CommandError(f"--activity: there is no activity “{code}”; give a code such as al.a17.")
    return code or ""
