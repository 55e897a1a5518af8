"""One filling of a form: its values, what is asked of whom, what is wrong. The same XPath as on the phone.

Paths name turns of repeats from 1: /data/people[2]/age; without a number the first is meant.
"""

from dataclasses import dataclass
from enum import StrEnum

from .xform import Form, Item


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


class Instance:
    form: Form
    id: str  # instanceID, "uuid:…"

    @classmethod
    def blank(cls, form: Form, *, username: str = "", language: str = "") -> "Instance":
        """A new one: defaults set, calculated, with an instanceID of its own."""
        raise NotImplementedError

    @classmethod
    def read(cls, form: Form, xml: str | bytes) -> "Instance":
        """Raises BadInstance for what is no XML, too large, too deep, declares entities or belongs to another form."""
        raise NotImplementedError

    def xml(self, *, final: bool = False) -> str:
        """The document. `final` leaves out what is not relevant, as a phone does when it sends."""
        raise NotImplementedError

    def item(self, path: str) -> Item:
        """What the form says of this path. Raises KeyError."""
        raise NotImplementedError

    def get(self, path: str) -> str:
        """The value, "" where there is none (or no such path)."""
        raise NotImplementedError

    def put(self, path: str, text: str) -> None:
        """Write a value as it was typed; faults() tells what is wrong with it. Raises KeyError for an unknown path."""
        raise NotImplementedError

    def turns(self, repeat_path: str) -> list[str]:
        """Paths of the turns of a repeat: /data/people[1], /data/people[2]."""
        raise NotImplementedError

    def children(self, path: str) -> list[str]:
        """Paths of what stands in a group or turn, in order; a repeat is one path without a number."""
        raise NotImplementedError

    def add_turn(self, repeat_path: str) -> str:
        """Add one at the end; its path. Raises ValueError where the form counts the turns itself or there are too many."""
        raise NotImplementedError

    def remove_turn(self, path: str) -> None:
        raise NotImplementedError

    def recalculate(self) -> None:
        raise NotImplementedError

    def relevant(self, path: str) -> bool:
        raise NotImplementedError

    def required(self, path: str) -> bool:
        raise NotImplementedError

    def readonly(self, path: str) -> bool:
        raise NotImplementedError

    def choices(self, path: str, language: str = "") -> list[Choice]:
        raise NotImplementedError

    def label(self, path: str, language: str = "") -> str:
        raise NotImplementedError

    def hint(self, path: str, language: str = "") -> str:
        raise NotImplementedError

    def guidance(self, path: str, language: str = "") -> str:
        raise NotImplementedError

    def media(self, path: str, language: str = "") -> dict[str, str]:
        """Of the question's label: {"image": "map.png", "audio": …}, names of the version's media."""
        raise NotImplementedError

    def name(self) -> str:
        """The form's instanceName for this filling, "" where it has none."""
        raise NotImplementedError

    def faults(self, language: str = "") -> list[Fault]:
        """What is wrong with relevant values, in document order, in the form's own words where it has some."""
        raise NotImplementedError

    def parts(self, language: str = "") -> list[Part]:
        raise NotImplementedError
