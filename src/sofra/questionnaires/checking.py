"""What is wrong with a filling, in sentences, and how far each of its parts is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from . import functions, moments, values
from .answering import Part, Status
from .shapes import LANGUAGES, Form, Group, Item, Question, Repeat
from .trees import Node

if TYPE_CHECKING:
    from .instance import Instance

LONGEST = 200_000  # letters of one answer
MOST_TURNS = 500  # of one repeat
_INT = re.compile(r"-?\d{1,18}", re.ASCII).fullmatch
_DECIMAL = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII).fullmatch


def faults(instance: Instance, language: str, asked_for: str = "") -> Iterator[tuple[Node, str]]:
    """Node and sentence. Our own sentences are in the form's language, where the hub speaks it."""
    code = code_of(language, asked_for)
    with override(code) if code else _as_it_is():
        yield from [
            (node, sentence)
            for node in instance.root.walk()
            if isinstance(node.spec, Question) and node.spec.asked and not node.off
            if (sentence := _fault(instance, node, node.spec, language))
        ]


class _as_it_is:
    def __enter__(self) -> None: ...
    def __exit__(self, *_args: object) -> None: ...


def code_of(language: str, asked_for: str = "") -> str:
    """The hub's code of a form's language ("Shqip (sq)" → "sq"), "" where it is not known."""
    ours = {code for code, _name in settings.LANGUAGES}
    match = re.search(r"\(([A-Za-z]{2,3})(?:[-_]\w+)?\)", language)
    for code in (match[1].lower() if match else "", language.lower(), asked_for.split("-")[0].lower()):
        if code in ours:
            return code
    return next((code for code, names in LANGUAGES.items() if code in ours and language.lower().startswith(names)), "")


def _fault(instance: Instance, node: Node, question: Question, language: str) -> str:
    if question.kind == "note":
        return ""
    if not node.text:
        if question.required and instance.holds(node, "required") and not instance.holds(node, "readonly"):
            return instance.message(node, "required", language) or _missing(question)
        return ""
    if len(node.text) > LONGEST:
        return ngettext(
            "This is longer than %(most)s letter: shorten it, or add it as a file.",
            "This is longer than %(most)s letters: shorten it, or add it as a file.",
            LONGEST,
        ) % {"most": LONGEST}
    if wrong := _unfit(instance, node, question):
        return wrong
    if question.constraint and not instance.fits(node):
        return instance.message(node, "constraint", language) or _("This answer is not allowed here.")
    if question.path in instance.form.counting and values.read_number(node.text) > MOST_TURNS:
        return _("No more than %(most)s can be added here.") % {"most": MOST_TURNS}
    return ""


def _missing(question: Question) -> str:
    if question.has_choices:
        return _("Choose an answer.")
    if question.kind in ("image", "audio", "video", "file"):
        return _("Add a file.")
    if question.kind == "acknowledge":
        return _("Confirm that you have read this.")
    return _("Answer this question.")


def _unfit(instance: Instance, node: Node, question: Question) -> str:
    """What is wrong with the kind of value; nothing where it is what is asked for."""
    said, kind = node.text.strip(), question.kind
    if kind in ("integer", "range") and question.type in ("int", "integer", "") and not _INT(said):
        return _("Write a whole number, for example 12.")
    if kind in ("decimal", "range") and not _DECIMAL(said):
        return _("Write a number, for example 12.5.")
    if kind == "range":
        return _out_of_range(question, float(said))
    if kind in ("date", "dateTime"):
        found = moments.read(said)
        if found is None or isinstance(found, datetime) != (kind == "dateTime"):
            return _("Write a date, for example 17.12.2018.") if kind == "date" else _("Write a date and a time.")
    if kind == "time" and moments.read_time(said) is None:
        return _("Write a time, for example 09:30.")
    if kind in ("geopoint", "geotrace", "geoshape"):
        return _no_place(kind, said)
    if question.has_choices:
        return _not_offered(instance, node, question, said)
    return ""


def _out_of_range(question: Question, number: float) -> str:
    start, end = (values.read_number(question.parameters.get(name, "")) for name in ("start", "end"))
    low, high = min(start, end), max(start, end)
    if low == low and high == high and not low <= number <= high:
        return _("Choose a number from %(low)s to %(high)s.") % {
            "low": values.written(low), "high": values.written(high),
        }  # fmt: skip
    return ""


def _no_place(kind: str, said: str) -> str:
    found = functions.points(said)
    least = {"geopoint": 1, "geotrace": 2, "geoshape": 3}[kind]
    if not found or (kind == "geopoint" and len(found) > 1):
        return _("Write latitude and longitude, for example 41.3275 19.8187.")
    if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in found):
        return _("Latitude lies between -90 and 90, longitude between -180 and 180.")
    if len(found) < least:
        return _("At least %(least)s points are needed.") % {"least": least}
    return ""


def _not_offered(instance: Instance, node: Node, question: Question, said: str) -> str:
    offered = instance.offered(node)
    if offered is None or said in offered:
        return ""
    if question.kind == "select_one":
        return _("Choose again: “%(value)s” is not among the answers.") % {"value": said[:60]}
    chosen = said.split()
    strange = [word for word in chosen if word not in offered]
    if strange:
        return _("Choose again: “%(value)s” is not among the answers.") % {"value": strange[0][:60]}
    return ""


# — parts ———————————————————————————————————————————————————————————————————————————————————————————————————————————

MOST_ON_A_PAGE = 15  # loose questions


def divided(form: Form) -> list[tuple[str, Item | None, list[Item]]]:
    """(key, the group that it is or None, what it holds): groups and repeats at the top, questions between."""
    top = _unwrapped(form.children)
    found: list[tuple[str, Item | None, list[Item]]] = []
    loose: list[Item] = []
    for item in [*top, None]:
        if isinstance(item, Question) and len(loose) < MOST_ON_A_PAGE:
            loose.append(item)
            continue
        if loose:
            found.append((loose[0].path.strip("/").partition("/")[2], None, loose))
            loose = []
        if isinstance(item, Question):
            loose.append(item)
        elif item is not None:
            found.append((item.path.strip("/").partition("/")[2], item, [item]))
    return found


def _unwrapped(children: list[Item]) -> list[Item]:
    """Where one group holds the whole form, its children are the parts."""
    while len(children) == 1 and isinstance(children[0], Group) and not isinstance(children[0], Repeat):
        inner = children[0]
        if inner.relevant or inner.field_list or sum(isinstance(kid, Group) for kid in inner.children) < 2:
            break
        children = inner.children
    return children


def parts(instance: Instance, language: str = "") -> list[Part]:
    name = instance.form.language_for(language) if language else instance.language
    wrong = {id(node) for node, _sentence in faults(instance, name, language)}
    found = []
    for key, group, items in divided(instance.form):
        title = instance.label(group.path, language) if group is not None else ""
        title = title or (group.name if group is not None else instance.label(items[0].path, language))
        found.append(Part(key, title, tuple(item.path for item in items), _status(instance, items, wrong)))
    return found


def _status(instance: Instance, items: list[Item], wrong: set[int]) -> Status:
    if not any(instance.relevant(item.path) for item in items):
        return Status.BLOCKED
    held = [
        node
        for item in items
        for top in instance.nodes(item.path)
        for node in top.walk()
        if isinstance(node.spec, Question) and node.spec.asked
    ]
    if held and all(node.off for node in held):
        return Status.BLOCKED
    nodes = [node for node in held if not node.off and isinstance(node.spec, Question) and node.spec.kind != "note"]
    answered = sum(bool(node.text) for node in nodes)
    if any(id(node) in wrong for node in nodes):
        return Status.DOING if answered else Status.TODO
    if answered or not nodes:
        return Status.DONE
    return Status.TODO
