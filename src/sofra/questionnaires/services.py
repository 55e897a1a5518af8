"""What can happen to questionnaires and to what is filled in: one transaction and one audit line each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sofra.accounts.models import User

from .instance import Instance
from .models import Collector, Filling, Questionnaire, Version


class Outdated(Exception):
    """Somebody else saved this filling in the meantime; nothing was written. `filling` is as it stands now."""

    def __init__(self, filling: Filling) -> None:
        super().__init__("outdated")
        self.filling = filling


@dataclass(frozen=True, slots=True)
class File:
    """A file that came along. `digest` of ground.files, where it is kept already."""

    name: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Received:
    """`new` is False where the hub had this instance already."""

    filling: Filling
    new: bool


def add_questionnaire(*, code: str, titles: dict[str, str], source: str = "", by: User | None) -> Questionnaire:
    """Raises ValidationError of {field: sentences}."""
    raise NotImplementedError


def load_version(questionnaire: Questionnaire, content: bytes, name: str, *, by: User | None) -> Version:
    """Raises xlsform.Refused."""
    raise NotImplementedError


def add_media(version: Version, name: str, content: bytes, *, media_type: str = "", by: User | None) -> None:
    """A file that the form shows or looks values up in. Raises ValidationError."""
    raise NotImplementedError


def open_version(version: Version, *, by: User | None) -> None:
    """Raises ValidationError where files that it looks values up in are missing."""
    raise NotImplementedError


def close_version(version: Version, *, by: User | None) -> None:
    raise NotImplementedError


def begin_filling(
    version: Version, *, way: str, by: User | None = None, begun_from: Filling | None = None,
    expires_at: datetime | None = None, linked: bool = True, language: str = "",
) -> Filling:  # fmt: skip
    """Begin one, from the last answers where `begun_from` is given. `linked` makes its private link (keys.key_of)."""
    raise NotImplementedError


def save_filling(filling: Filling, instance: Instance, *, seen: int, part: str = "", by: User | None = None) -> Filling:
    """Save what was written so far. Raises Outdated where `seen` is not its revision; then nothing was written."""
    raise NotImplementedError


def send_filling(filling: Filling, *, by: User | None = None) -> Filling:
    """Raises ValidationError with the faults' sentences where something is missing or wrong."""
    raise NotImplementedError


def receive(
    version: Version, xml: str | bytes, uploads: Iterable[File], *, way: str, collector: Collector | None = None,
    by: User | None = None,
) -> Received:  # fmt: skip
    """Store a document that was filled in elsewhere, once per instanceID. Raises BadInstance."""
    raise NotImplementedError


def keep_upload(filling: Filling, file: File, *, by: User | None = None) -> None:
    """A file that was added to a filling on the web; the same name again replaces it."""
    raise NotImplementedError


def withdraw_filling(filling: Filling, *, by: User | None = None) -> None:
    raise NotImplementedError


def renew_link(filling: Filling, *, by: User | None, expires_at: datetime | None = None) -> str:
    """The old link is dead, the new key is returned."""
    raise NotImplementedError


def note_opened(filling: Filling) -> None:
    """Its private link was opened; listeners learn of the first time."""
    raise NotImplementedError
