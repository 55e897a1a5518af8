"""What is said of a filling: faults, parts with their status, choices."""

from dataclasses import dataclass
from enum import StrEnum


class BadInstance(ValueError):
    """What came is no filling of this form; its text is a sentence."""


class Status(StrEnum):
    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    BLOCKED = "blocked"  # not asked, because of other answers


@dataclass(frozen=True, slots=True)
class Fault:
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown on one page. `paths` of its groups, repeats and questions, in order (their children not)."""

    key: str
    title: str
    paths: tuple[str, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    image: str = ""
    audio: str = ""
