"""A filling as pages show it: groups, turns and questions with their words, values and fields, in one language.

Only what is asked is shown: what other answers rule out is left out, as on the phone.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import typed
from .instance import Choice, Fault, Instance, Part
from .marked import marked, plain
from .seals import seal
from .sniffing import MB, MOST
from .xform import Form, Group, Question, Repeat

FILES = ("image", "audio", "video", "file")
LONG = 20  # choices: longer lists become a drop-down, and can be searched
SHOWN_ALL = 40  # choices of a question with several answers that stand open, without a box to scroll in
_WHOLE_LIST = re.compile(r"\s*instance\('[^']*'\)/root/item\s*")
TURN = re.compile(r"\[\d+\]")
_NOT_ID = re.compile(r"[^A-Za-z0-9]+")
_ACCEPT = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
_SIMPLE = {
    "integer": "whole", "decimal": "number", "dateTime": "moment", "time": "time", "geopoint": "point",
    "geotrace": "line", "geoshape": "line", "rank": "rank", "note": "note", "acknowledge": "tick", "boolean": "tick",
}  # fmt: skip

_STRICT = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"), "month": re.compile(r"\d{4}-\d\d"), "time": re.compile(r"\d\d:\d\d"),
    "moment": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"), "range": re.compile(r"-?\d+(\.\d+)?"),
}  # fmt: skip


@dataclass(slots=True)
class Option:
    """A choice as its field shows it. `place` is its number in a ranking."""

    value: str
    label: SafeString | str
    plain: str
    chosen: bool = False
    image: str = ""
    place: str = ""
    id: str = ""


@dataclass(slots=True)
class Shown:
    """A question on a page. `path` is the name of its field, `id` that of its element, `widget` which field it gets."""

    path: str
    id: str
    item: Question
    kept: str  # as the document has it
    label_text: str
    widget: str
    label: SafeString
    hint: SafeString | str = ""
    guidance: SafeString | str = ""
    required: bool = False
    readonly: bool = False
    value: str = ""
    options: list[Option] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    media: Mapping[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    appearance: str = ""
    searchable: bool = False
    said: str = ""  # the value as people read it
    east: str = ""  # the second half of a point
    way: str = ""  # how to write the answer
    seal: str = ""  # of the value that it was drawn from
    carried: bool = False  # from the last round's answers, and nobody said yet that it still holds
    sealed: bool = False  # only coordinators read the answer
    shut: bool = False  # there is a sealed answer that this page does not show
    lost: list[str] = field(default_factory=list)  # names of its pictures and sounds that nobody added
    is_group = False

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def described_by(self) -> str:
        parts = [(self.hint, "hint"), (self.way, "way"), (self.guidance, "guidance"), (self.errors, "error")]
        return " ".join(f"{self.id}-{name}" for there, name in parts if there)

    @property
    def attrs(self) -> SafeString:
        """What every field of a question gets beside its name and value."""
        given = dict(self.attributes)
        if self.described_by:
            given["aria-describedby"] = self.described_by
        if self.errors:
            given["aria-invalid"] = "true"
        if self.required:
            given["aria-required"] = "true"
        return format_html_join("", ' {}="{}"', given.items())

    @property
    def together(self) -> bool:
        """Several fields under one legend."""
        return self.widget in ("radios", "checks", "rank", "point")

    @property
    def stamp(self) -> str:
        """Changes when the question looks different, whatever is typed in it (a file's name is how it looks)."""
        there = self.value if self.kind in FILES or self.readonly or self.widget == "note" else ""
        there += "".join(self.errors) if self.kind in FILES else ""
        seen = (
            self.path, self.widget, self.label, self.hint, self.required, self.readonly, there, self.carried, self.shut,
            [(one.value, one.plain) for one in self.options],
        )  # fmt: skip
        return hashlib.blake2b(repr(seen).encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(slots=True)
class Turn:
    """One turn of a repeat."""

    path: str
    id: str
    number: int
    nodes: "list[Node]"
    removable: bool


@dataclass(slots=True)
class Grouped:
    """A group, or a repeat with its turns. `level` is that of its heading."""

    path: str
    id: str
    label: SafeString
    plain: str
    hint: SafeString | str
    level: int
    nodes: "list[Node]" = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    repeats: bool = False
    may_add: bool = False
    errors: list[str] = field(default_factory=list)
    is_group = True

    @property
    def stamp(self) -> str:
        return hashlib.blake2b(f"{self.path}{self.label}{self.may_add}".encode(), digest_size=8).hexdigest()


Node = Shown | Grouped


def id_of(path: str) -> str:
    """The element's id: letters and digits only, so that every link to it works."""
    return "q" + _NOT_ID.sub("-", path).rstrip("-")


def untold(path: str) -> str:
    """The path without the numbers of turns."""
    return TURN.sub("", path)


def within(path: str, roots: Iterable[str]) -> bool:
    bare = untold(path)
    return any(bare == root or bare.startswith(root + "/") for root in map(untold, roots))


class Page:
    """Draws the parts of one filling in one language. `faults` are the sentences that stand at their questions,
    `carried` the paths of answers from last time, `shut` those of sealed answers that are not shown (the instance
    holds them no more), `ranks` the numbers of rankings that were typed and not kept, `files` the names of the form's
    files that are here, `everything` shows what other answers rule out too."""  # fmt: skip

    def __init__(
        self, instance: Instance, language: str, faults: Iterable[Fault] = (), *, everything: bool = False,
        carried: Collection[str] = (), shut: Collection[str] = (), ranks: Mapping[str, Mapping[str, str]] | None = None,
        files: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        self.files = files
        self.ranks = ranks or {}
        self.carried, self.shut = set(carried), set(shut)
        self._lists: dict[str, list[Choice]] = {}
        self.instance, self.language, self.everything = instance, language, everything
        self.errors: dict[str, list[str]] = {}
        for fault in faults:
            self.errors.setdefault(fault.path, []).append(fault.sentence)

    def nodes(self, paths: Iterable[str], level: int = 2) -> list[Node]:
        found = (self.node(path, level) for path in paths)
        return [node for node in found if node is not None]

    def of_part(self, part: Part) -> list[Node]:
        """A part that is one group or repeat needs no heading of its own: it is the page's."""
        if len(part.paths) > 1:
            return self.nodes(part.paths)
        item = self.instance.item(part.paths[0])
        if isinstance(item, Group) and not isinstance(item, Repeat):
            return self.nodes(self.instance.children(part.paths[0]))
        nodes = self.nodes(part.paths)
        for node in nodes:
            if isinstance(node, Grouped):
                node.label = SafeString("")
        return nodes

    def node(self, path: str, level: int) -> Node | None:
        item = self.instance.item(path)
        if (isinstance(item, Question) and not item.asked) or not (self.everything or self.instance.relevant(path)):
            return None
        if isinstance(item, Repeat):
            return self._repeat(item, path, level)
        if isinstance(item, Group):
            found = self._grouped(path, level)
            found.nodes = self.nodes(self.instance.children(path), min(level + 1, 6) if found.label else level)
            return found if found.nodes else None
        return self.question(path, item) if isinstance(item, Question) else None

    def _grouped(self, path: str, level: int) -> Grouped:
        words = self.instance.label(path, self.language)
        hint = self.instance.hint(path, self.language)
        return Grouped(
            path, id_of(path), marked(words), plain(words), marked(hint) if hint else "", min(level, 6),
            errors=self.errors.get(path, []),
        )  # fmt: skip

    def _repeat(self, item: Repeat, path: str, level: int) -> Grouped:
        found = self._grouped(path, level)
        turns = self.instance.turns(path)
        found.repeats, found.may_add = True, not item.counted
        for number, turn in enumerate(turns, start=1):
            nodes = self.nodes(self.instance.children(turn), min(level + 2, 6))
            found.turns.append(Turn(turn, id_of(turn), number, nodes, removable=not item.counted))
        return found

    def _choices(self, path: str, item: Question) -> list[Choice]:
        """A list without a filter is the same wherever it is asked, so it is read once a page."""
        source = item.itemset.nodeset if item.itemset is not None else ""
        if not _WHOLE_LIST.fullmatch(source):
            return self.instance.choices(path, self.language)
        key = f"{source} {item.itemset.value} {item.itemset.label}" if item.itemset is not None else ""
        if key not in self._lists:
            self._lists[key] = self.instance.choices(path, self.language)
        return self._lists[key]

    def question(self, path: str, item: Question) -> Shown:
        instance, language = self.instance, self.language
        words, hint = instance.label(path, language), instance.hint(path, language)
        guidance = instance.guidance(path, language)
        value = instance.get(path)
        shown = Shown(
            path, id_of(path), item, value, words or item.name, "", marked(words) if words else SafeString(item.name),
            marked(hint) if hint else "", marked(guidance) if guidance else "", instance.required(path),
            instance.readonly(path), value, errors=self.errors.get(path, []), media=instance.media(path, language),
            appearance=item.appearance, seal=seal(value), carried=path in self.carried,
            sealed=item.path in instance.form.sealed, shut=path in self.shut,
        )  # fmt: skip
        if item.has_choices:
            shown.options = [_option(one, value, item.kind, f"{shown.id}-{at}")
                             for at, one in enumerate(self._choices(path, item))]  # fmt: skip
        self._without_lost(shown)
        for one in shown.options if path in self.ranks else ():
            one.place = self.ranks[path].get(one.value, "")
        shown.widget = _widget(item, shown)
        shown.searchable = len(shown.options) > LONG and shown.widget in ("select", "checks", "radios")
        shown.attributes = _attributes(item, shown)
        shown.way = _way(item, shown)
        if shown.readonly or item.kind in FILES:
            shown.said = said(item, value, shown.options)
        if item.kind == "geopoint":
            shown.value, shown.east = typed.halves(value)
        else:
            shown.value = typed.shown(item.kind, value, item.appearance)
            if shown.widget in _STRICT and shown.value and not _STRICT[shown.widget].fullmatch(shown.value):
                shown.widget = "text"  # a browser would hide what it cannot read
        return shown

    def _without_lost(self, shown: Shown) -> None:
        """A picture that nobody added is named, instead of drawn broken."""
        if self.files is None:
            return
        named = [*shown.media.values(), *(one.image for one in shown.options if one.image)]
        shown.lost = [name for name in dict.fromkeys(named) if name not in self.files and name != "-"]
        shown.media = {form: name for form, name in shown.media.items() if name in self.files}
        for one in shown.options:
            one.image = one.image if one.image in self.files else ""


def _option(choice: Choice, value: str, kind: str, id_: str) -> Option:
    chosen = value.split()
    here = choice.value in chosen
    place = str(chosen.index(choice.value) + 1) if kind == "rank" and here else ""
    return Option(
        choice.value, marked(choice.label), plain(choice.label) or choice.value, here, choice.image, place, id_
    )  # fmt: skip


def _widget(item: Question, shown: Shown) -> str:
    looks = item.appearance.split()
    if shown.readonly and item.kind != "note":
        return "said"
    if item.kind in _SIMPLE:
        return _SIMPLE[item.kind]
    if item.kind in FILES:
        return "file"
    if item.kind == "date":
        return "month" if "month-year" in looks else "year" if "year" in looks else "date"
    if item.kind == "range":
        return "range"
    if item.kind == "select_multiple":
        return "checks"
    if item.kind == "select_one":
        pictures = any(one.image for one in shown.options)
        drop_down = {"minimal", "autocomplete", "search"} & {look.split("(")[0] for look in looks}
        return "select" if (drop_down or len(shown.options) > LONG) and not pictures else "radios"
    long = "multiline" in looks or int_or(item.parameters.get("rows"), 0) > 1
    return "area" if long or "\n" in shown.value or len(shown.value) > 200 else "text"


def int_or(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise


def _attributes(item: Question, shown: Shown) -> dict[str, str]:
    """What the field itself gets, as HTML writes it."""
    looks, asked = item.appearance.split(), item.parameters
    if shown.widget == "whole" or (shown.widget == "text" and "numbers" in looks):
        return {"inputmode": "numeric"}
    if shown.widget == "number":
        return {"inputmode": "decimal"}
    if shown.widget == "range":
        named = {"min": asked.get("start"), "max": asked.get("end"), "step": asked.get("step")}
        return {name: value for name, value in named.items() if value}
    if shown.widget == "file":
        return {"accept": _ACCEPT[item.kind]} if item.kind in _ACCEPT else {}
    if shown.widget == "area":
        return {"rows": str(min(max(int_or(asked.get("rows"), 4), 2), 20))}
    return {}


def _way(item: Question, shown: Shown) -> str:
    """How to write the answer, where a field alone does not say it."""
    if shown.widget == "range":
        low, high = item.parameters.get("start", ""), item.parameters.get("end", "")
        return _("A number from %(low)s to %(high)s") % {"low": low, "high": high} if low and high else ""
    if shown.widget == "file":
        most = MOST.get(item.kind, MOST["file"]) // MB
        return _("At most %(most)s MB") % {"most": most}
    ways = {
        "rank": _("Number them: 1 comes first."),
        "point": _("For example 41.3275 and 19.8187"),
        "line": _("A point a line, latitude and longitude: 41.3275 19.8187"),
        "year": _("Four digits, for example 2018"),
    }
    return ways.get(shown.widget, "")


# — in words ———————————————————————————————————————————————————————————————————————————————————————————————


def said(item: Question, value: str, options: Iterable[Option | Choice] = ()) -> str:
    """An answer as people read it; "" where there is none."""
    if not value:
        return ""
    if item.has_choices:
        words = {one.value: one.plain if isinstance(one, Option) else plain(one.label) or one.value for one in options}
        return (", " if item.kind != "rank" else " › ").join(words.get(code, code) for code in value.split())
    if item.kind in ("date", "dateTime"):
        return _said_day(item, value)
    if item.kind == "time":
        return value[:5]
    if item.kind == "geopoint":
        north, east = typed.halves(value)
        return f"{north}, {east}" if north and east else value
    if item.kind in ("geotrace", "geoshape"):
        return typed.shown(item.kind, value)
    if item.kind in ("acknowledge", "boolean"):
        return _("yes")
    if item.kind in ("integer", "decimal", "range"):
        return _said_number(value)
    return value


def _said_number(value: str) -> str:
    try:
        exact = int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        return value
    if isinstance(exact, float):
        return number_format(value, use_l10n=True) if "e" not in value.lower() else value
    return number_format(exact, force_grouping=abs(exact) > 9999)


def _said_day(item: Question, value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    if item.kind == "dateTime":
        return date_format(at, "SHORT_DATETIME_FORMAT")
    if "month-year" in item.appearance:
        return date_format(at, "YEAR_MONTH_FORMAT")
    return str(at.year) if "year" in item.appearance else date_format(at, "SHORT_DATE_FORMAT")


def said_at(instance: Instance, path: str, value: str, language: str) -> str:
    """A value that the question at this path could have, as people read it."""
    item = instance.item(path)
    if not isinstance(item, Question):
        return value
    return said(item, value, instance.choices(path, language) if item.has_choices else ())


def is_group(instance: Instance, part: Part) -> bool:
    """Is the part one group or repeat of the form, so that it has a title of its own?"""
    return len(part.paths) == 1 and isinstance(instance.item(part.paths[0]), Group)


def title_of(instance: Instance, part: Part) -> str:
    """Of a part, in lists: the title of its group, else the beginning of its first question."""
    said = plain(part.title) or part.key
    short = said if len(said) <= 90 else said[:89].rstrip() + "…"
    return short if is_group(instance, part) or len(part.paths) == 1 else f"{short.rstrip(' …:?')} …"


# — the whole, to be read —————————————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class Line:
    """A line of the summary: a question with its answer, or a heading within a part."""

    name: str
    said: str = ""
    path: str = ""
    id: str = ""
    heading: bool = False
    file: bool = False
    long: bool = False
    shut: bool = False  # answered, and sealed


@dataclass(slots=True)
class Section:
    """A part with its answers. `number` is that of its page."""

    title: str
    number: int
    lines: list[Line]


def summary(
    instance: Instance, language: str, parts: Iterable[Part] | None = None, *, shut: Collection[str] = ()
) -> list[Section]:
    """All that is asked and what was answered, part by part. `parts` where the caller has them already."""
    page = Page(instance, language, shut=shut)
    found = []
    for number, part in enumerate(instance.parts(language) if parts is None else parts, start=1):
        lines = list(_lines(page.of_part(part), plain(part.title)))
        if any(not line.heading for line in lines):
            found.append(Section(title_of(instance, part), number, lines))
    return found


def _lines(nodes: Iterable[Node], above: str) -> Iterator[Line]:
    for node in nodes:
        if isinstance(node, Grouped):
            if node.plain and node.plain != above and not node.repeats:
                yield Line(node.plain, id=node.id, heading=True)
            yield from _lines(node.nodes, above)
            for turn in node.turns:
                yield Line(f"{node.plain or _('Entry')} {turn.number}", id=turn.id, heading=True)
                yield from _lines(turn.nodes, above)
        elif node.widget != "note":
            words = node.said or _said_shown(node)
            yield Line(
                plain(str(node.label_text)) or node.path.rpartition("/")[2], words, node.path, node.id,
                file=node.kind in FILES and bool(words), long=len(words) > 300 or "\n" in words, shut=node.shut,
            )  # fmt: skip


def _said_shown(node: Shown) -> str:
    return said(node.item, node.kept, node.options)


def name_of(instance: Instance, path: str, language: str) -> str:
    """How a question is called in a list of faults: its label, with the number of its turn."""
    try:
        words = plain(instance.label(path, language))
    except KeyError:
        words = ""
    words = words or path.rpartition("/")[2]
    turns = ".".join(found.strip("[]") for found in TURN.findall(path))
    short = words if len(words) <= 120 else words[:119] + "…"
    return f"{short} ({turns})" if turns else short


def walk(nodes: Iterable[Node]) -> Iterator[Shown]:
    """Every question of these nodes, in order."""
    for node in nodes:
        if isinstance(node, Shown):
            yield node
            continue
        yield from walk(node.nodes)
        for turn in node.turns:
            yield from walk(turn.nodes)


def shape(nodes: Iterable[Node]) -> str:
    """A mark of what is asked and how it looks, without what is typed: equal marks need no new drawing."""
    stamps: list[str] = []

    def note(some: Iterable[Node]) -> None:
        for node in some:
            stamps.append(node.id + node.stamp)
            if isinstance(node, Grouped):
                note(node.nodes)
                for turn in node.turns:
                    stamps.append(turn.id)
                    note(turn.nodes)

    note(nodes)
    return hashlib.blake2b("".join(stamps).encode(), digest_size=8).hexdigest()


def questions_of(form: Form) -> list[Question]:
    """The questions that somebody is asked."""
    return [one for one in form.items.values() if isinstance(one, Question) and one.asked and one.kind != "note"]
