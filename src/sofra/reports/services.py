"""What can happen to reports. Each is one transaction and one audit line."""

from typing import Any

from sofra.accounts.models import User
from sofra.findings.models import Source
from sofra.mapping.models import Round

from .models import Block, Edition, Report


class Outdated(Exception):
    """Somebody else changed the outline in the meantime; nothing was written."""


def begin_report(
    *, round: Round, titles: dict[str, str], by: User | None, code: str = "", **facts: str
) -> Report:  # fmt: skip
    """A report of a round, empty. `facts`: publisher, authors, funder, licence, subtitles. The first has the round's code."""
    raise NotImplementedError


def arrange(report: Report, how: str, *, by: User | None, seen: int | None = None) -> None:
    """Lay out the outline anew: "2018" by the chapters of the report of 2018, "kinds" by kind of finding."""
    raise NotImplementedError


def add_block(report: Report, *, kind: str, after: Block | None = None, by: User | None, **said: Any) -> Block:
    raise NotImplementedError


def publish(report: Report, *, by: User | None, note: str = "") -> Edition:
    """Freeze the report as everyone may see it: the next edition."""
    raise NotImplementedError


def withdraw_edition(edition: Edition, *, reason: str, by: User | None) -> None:
    raise NotImplementedError


def take_out_source(source: Source, by: User | None = None) -> int:
    """A consent was withdrawn: the source's content leaves every edition; how many editions it left."""
    raise NotImplementedError
