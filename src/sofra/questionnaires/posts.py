"""What a page with questions sent → values of the document, and how two people's values come together.

Each question on a page says that it was there by a hidden field "q", so that an emptied box differs from one that
was never shown. A question that is only read, or that is calculated, takes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from . import typed, writing
from .instance import Instance
from .seals import seal
from .showing import FILES
from .xform import Group, Question, Repeat

Ranks = dict[str, dict[str, str]]  # path of a ranking -> choice -> number as typed
Values = dict[str, str]  # path of a question, with turns -> text of the document
MOST_TURNS = 500


def values(instance: Instance, data: QueryDict) -> Values:
    """What was typed, as the document keeps it. Paths that the form does not have are passed over."""
    said: Values = {}
    for path in seals(data):
        item = _asked(instance, path)
        if item is not None and item.kind not in FILES:
            said[path] = writing.normal(item, _read(item, path, data))
    return said


def seals(data: QueryDict) -> dict[str, str]:
    """Path -> mark of the value that the page was drawn from, of every question that was on it."""
    return {path: mark for path, _space, mark in (said.partition(" ") for said in data.getlist("q"))}


def _asked(instance: Instance, path: str) -> Question | None:
    try:
        item = instance.item(path)
    except KeyError:
        return None
    return item if isinstance(item, Question) and item.asked and item.kind != "note" else None


def _read(item: Question, path: str, data: QueryDict) -> str:
    raw = data.get(path, "")
    if item.kind == "select_multiple":
        return typed.several(data.getlist(path))
    if item.kind == "rank":
        return typed.ranked(places(path, data))
    if item.kind == "geopoint":
        return typed.point(raw, data.get(f"{path}#east", ""))
    if item.kind in ("acknowledge", "boolean"):
        return "OK" if raw else ""
    if item.kind == "date":
        return typed.day(raw, item.appearance)
    return typed.READERS.get(item.kind, typed.text_of)(raw)


def places(path: str, data: QueryDict) -> list[tuple[str, str]]:
    """(choice, number typed beside it) of a ranking."""
    return [(name.removeprefix(f"{path}#"), data.get(name, "")) for name in data if name.startswith(f"{path}#")]


def doubled(instance: Instance, data: QueryDict) -> dict[str, int]:
    """Rankings in which two choices have the same number: path -> that number."""
    found = {}
    for path in seals(data):
        item = _asked(instance, path)
        if item is not None and item.kind == "rank" and (number := typed.doubled(places(path, data))):
            found[path] = number
    return found


def files(instance: Instance, sent: MultiValueDict[str, UploadedFile]) -> Iterator[tuple[str, Question, UploadedFile]]:
    """The files that came along, each with the question that it answers."""
    for path in sent:
        item, file = _asked(instance, path), sent.get(path)
        if item is not None and item.kind in FILES and file is not None:
            yield path, item, file


def taken_out(instance: Instance, data: QueryDict) -> Values:
    """Files that the person wants out of the answers."""
    return {path: "" for path in data.getlist("take-out") if (item := _asked(instance, path)) and item.kind in FILES}


def put_all(instance: Instance, said: Mapping[str, str]) -> list[str]:
    """Write them, with the turns that they stand in; the paths whose value differs from before."""
    changed = []
    for path, value in said.items():
        if not _reach(instance, path) or instance.readonly(path):
            continue
        if instance.get(path) != value:
            instance.put(path, value)
            changed.append(path)
    return changed


def _reach(instance: Instance, path: str) -> bool:
    """Make the turns that the path names, where they are missing. False where the form does not let them be made."""
    at = 0
    while (at := path.find("[", at)) >= 0:
        end = path.find("]", at)
        repeat, number = path[:at], path[at + 1 : end]
        if not number.isdigit() or not 0 < int(number) <= MOST_TURNS:
            return False
        while len(instance.turns(repeat)) < int(number):
            try:
                instance.add_turn(repeat)
            except (ValueError, KeyError):
                return False
        at = end
    return True


# — two people at once —————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Conflict:
    """A question that both changed, with both values as the document keeps them."""

    path: str
    theirs: str
    mine: str


@dataclass
class Merged:
    """`take`: what I changed and nobody else did. `conflicts`: what both changed. `theirs`: paths that they changed."""

    take: Values = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)


def merge(now: Instance, mine: Mapping[str, str], seals: Mapping[str, str]) -> Merged:
    """Three ways: the value that my page was drawn from (its seal), the one that stands, and what I typed.

    Where a page brought no seal, all that differs is asked about.
    """
    merged = Merged()
    for path, value in mine.items():
        was, theirs = seals.get(path, ""), now.get(path)
        they_changed = seal(theirs) != was
        if value == theirs:
            continue
        if seal(value) == was:
            merged.theirs.append(path)
        elif they_changed:
            merged.conflicts.append(Conflict(path, theirs, value))
        else:
            merged.take[path] = value
    return merged


def leaves(instance: Instance, paths: Iterable[str] | None = None) -> Iterator[str]:
    """Every question of the document that somebody is asked, with its turns."""
    top = [child.path for child in instance.form.children] if paths is None else paths
    for path in top:
        item = instance.item(path)
        if isinstance(item, Repeat):
            for turn in instance.turns(path):
                yield from leaves(instance, instance.children(turn))
        elif isinstance(item, Group):
            yield from leaves(instance, instance.children(path))
        elif isinstance(item, Question) and item.asked and item.kind != "note":
            yield path
