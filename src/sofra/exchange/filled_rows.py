"""A row of an export becomes a filling: the document that a phone would have sent.

Values are read as exports write them: choices by name or label, several in one cell or a column each, dates as the
spreadsheet kept them. What cannot be read is kept as it stands and told: an answer is never lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml  # reads only documents that the hub wrote itself
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from sofra.ground.text import fold
from sofra.questionnaires.trees import Node
from sofra.questionnaires.xform import Group, Repeat

from .filled_columns import INSTANCE, PLACE_PARTS, SUBMITTED, Known
from .problems import problem

YES = frozenset({"1", "true", "yes", "po", "1.0"})
NO = frozenset({"0", "false", "no", "jo", "0.0", "", "n/a"})
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


@dataclass(slots=True)
class Turn:
    """The values of one row: of a filling, or of one turn of a repeat with the turns inside it."""

    values: dict[str, str]
    below: dict[str, list["Turn"]] = field(default_factory=dict)


@dataclass(slots=True)
class Filled:
    """A row as it was read. `instance` is its instanceID; `submitted` None where the export does not say."""

    instance: str
    document: str
    submitted: datetime | None
    problems: list[dict[str, str]]
    answered: int
    title: str


Cell = tuple[int, str, str, str]  # column, path, what of it ("", "=school", "@latitude"), the column's title


class Columns:
    """What the columns of one table hold, for the row reader."""

    def __init__(self, titles: Sequence[str], mapping: Mapping[str, str], prefix: str = "") -> None:
        self.cells: list[Cell] = []
        self.instance = self.submitted = -1
        for index, title in enumerate(titles):
            target = mapping.get(prefix + title, "")
            if target == INSTANCE:
                self.instance = index
            elif target == SUBMITTED:
                self.submitted = index
            elif target:
                path, mark, rest = re.match(r"([^=@]*)([=@]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
                self.cells.append((index, path, mark + rest, title))


class FilledReader:
    """Reads rows of one form. `code` of its questionnaire makes instanceIDs for exports that have none."""

    def __init__(self, known: Known, *, code: str) -> None:
        self.known, self.code = known, code
        self._write = _writer(known)
        self._clean: dict[str, Callable[[str, str], str | None]] = {
            "integer": _whole, "decimal": _number, "range": _number, "date": _date, "time": _time,
            "dateTime": _moment,
        }  # fmt: skip

    def values(self, columns: Columns, cells: Sequence[str], problems: list[dict[str, str]]) -> dict[str, str]:
        """Path -> value of what one row of one table says."""
        found: dict[str, str] = {}
        several: dict[str, list[tuple[str, str]]] = {}
        for index, path, part, title in columns.cells:
            cell = cells[index].strip()
            if not cell:
                continue
            if part:
                several.setdefault(path, []).append((part, cell))
            else:
                found[path] = self._value(path, cell, title, problems)
        for path, parts in several.items():
            value = _place(dict(parts)) if parts[0][0].startswith("@") else _chosen(parts, problems)
            if value:
                found.setdefault(path, value)
        return found

    def _value(self, path: str, cell: str, title: str, problems: list[dict[str, str]]) -> str:
        kind = self.known.kinds.get(path, "text")
        if kind == "select_one":
            return self._choice(path, cell, title, problems)
        if kind in {"select_multiple", "rank"}:
            return self._choices(path, cell, title, problems)
        clean = self._clean.get(kind)
        if clean is None:
            return _ILLEGAL.sub("", cell)
        value = clean(cell, kind)
        if value is None:
            if cell.lower() == "n/a":
                return ""
            problems.append(problem("answer-unread", title, cell))
            return _ILLEGAL.sub("", cell)
        return value

    def _choice(self, path: str, cell: str, title: str, problems: list[dict[str, str]]) -> str:
        named = self.known.choices.get(path, {})
        name = named.get(cell) or named.get(fold(cell))
        if name is None and cell.endswith(".0"):
            name = named.get(cell[:-2])
        if name is not None:
            return name
        if cell.lower() == "n/a":
            return ""
        if named:
            problems.append(problem("choice-unknown", title, cell))
        return _ILLEGAL.sub("", cell)

    def _choices(self, path: str, cell: str, title: str, problems: list[dict[str, str]]) -> str:
        named = self.known.choices.get(path, {})
        if cell in named:
            return named[cell]
        words = cell.split()
        if all(word in named for word in words):
            return " ".join(dict.fromkeys(named[word] for word in words))
        for separator in (", ", ";", "|", ","):
            parts = [part.strip() for part in cell.split(separator)]
            names = [named.get(part) or named.get(fold(part)) for part in parts]
            if all(names):
                return " ".join(dict.fromkeys(name for name in names if name))
        if cell.lower() == "n/a":
            return ""
        if named:
            problems.append(problem("choice-unknown", title, cell))
        return _ILLEGAL.sub("", cell)

    def filled(
        self, columns: Columns, cells: Sequence[str], top: Turn, problems: list[dict[str, str]]
    ) -> Filled:  # fmt: skip
        """The document of a row whose values, and those of its turns, were read."""
        instance = cells[columns.instance].strip() if columns.instance >= 0 else ""
        if instance and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", instance):
            instance = f"uuid:{instance}"
        if len(instance) > 120:
            instance = ""
        if not instance:
            told = "\x1f".join(f"{title}={cells[index]}" for index, _path, _part, title in columns.cells)
            instance = f"uuid:{uuid5(NAMESPACE_URL, f'{self.code}{chr(30)}{told}{chr(30)}{_below(top)}')}"
        submitted = _instant(cells[columns.submitted]) if columns.submitted >= 0 else None
        top.values["meta/instanceID"] = instance
        title = next(iter(top.values.values()), "")
        return Filled(instance, self._write(top), submitted, problems, len(top.values) - 1, title[:120])


def _below(turn: Turn) -> str:
    return "\x1e".join(f"{path}{one.values}{_below(one)}" for path, turns in turn.below.items() for one in turns)


def _chosen(parts: list[tuple[str, str]], problems: list[dict[str, str]]) -> str:
    """Choices that have a column each: those that are ticked, in the order of the columns; a rank by its numbers."""
    ticked: list[str] = []
    for part, cell in parts:
        said = cell.lower()
        if said in YES or said == fold(part[1:]):
            ticked.append(part[1:])
        elif said not in NO:
            problems.append(problem("tick-unread", part[1:], cell))
    return " ".join(ticked)


def _place(parts: Mapping[str, str]) -> str:
    """A place of four columns as one value; without latitude and longitude there is none."""
    said = [parts.get(f"@{part}", "") for part in PLACE_PARTS]
    return " ".join(value or "0" for value in said) if said[0] and said[1] else ""


def _whole(cell: str, _kind: str) -> str | None:
    if re.fullmatch(r"-?\d+", cell):
        return cell
    return cell.partition(".")[0] if re.fullmatch(r"-?\d+\.0+", cell) else None


def _number(cell: str, _kind: str) -> str | None:
    plain = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
    return plain if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain) else None


def _date(cell: str, _kind: str) -> str | None:
    if match := _DAY.fullmatch(cell):
        cell = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        return cell[:10] if parse_date(cell[:10]) and len(cell) >= 10 else None
    except ValueError:
        return None


def _time(cell: str, _kind: str) -> str | None:
    return cell if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", cell) else None


def _moment(cell: str, _kind: str) -> str | None:
    moment = _read_moment(cell)
    return None if moment is None else cell.replace(" ", "T", 1)


def _read_moment(cell: str) -> datetime | None:
    try:
        return parse_datetime(cell.strip())
    except ValueError:
        return None


def _instant(cell: str) -> datetime | None:
    """When it was sent. Exports that leave out the zone mean UTC."""
    moment = _read_moment(cell)
    if moment is None:
        return None
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)


def values_of(document: str) -> list[tuple[str, str]]:
    """What a document says, without what is empty, to compare two of them."""
    found: list[tuple[str, str]] = []

    def walk(element: Xml.Element, path: str) -> None:
        name = element.tag.rpartition("}")[2]
        text = (element.text or "").strip()
        if text:
            found.append((f"{path}/{name}", text))
        for child in element:
            walk(child, f"{path}/{name}")

    walk(Xml.fromstring(document), "")  # noqa: S314 the hub's own documents
    return found


# — writing the document —————————————————————————————————————————————————————————————————————————————————————

_Write = Callable[[Turn, list[str]], None]


def _writer(known: Known) -> Callable[[Turn], str]:
    """What writes a document of this form: the tree is walked once, here, and not for each row."""
    form = known.form
    begin = f"<{form.root} id={quoteattr(form.form_id)}"
    if form.blank.space:
        begin += f" xmlns={quoteattr(form.blank.space)}"
    if form.version:
        begin += f" version={quoteattr(form.version)}"
    every = _parts(known, form.blank, f"/{form.root}")
    has_meta = any(kid.name == "meta" for kid in form.blank.kids)

    def write(top: Turn) -> str:
        out = [begin, ">"]
        for one in every:
            one(top, out)
        if not has_meta:
            out.append(f"<meta><instanceID>{escape(top.values['meta/instanceID'])}</instanceID></meta>")
        out.append(f"</{form.root}>")
        return "".join(out)

    return write


def _parts(known: Known, node: Node, path: str) -> list[_Write]:
    """Writers of what stands in a group, in the form's order; a repeat that begins without a turn comes last."""
    parts: dict[str, _Write] = {}
    for kid in node.kids:
        below = f"{path}/{kid.name}"
        if below not in parts:
            parts[below] = _part(known, kid, below)
    for below, item in known.form.items.items():
        if isinstance(item, Repeat) and below.rpartition("/")[0] == path and below not in parts and item.template:
            parts[below] = _part(known, item.template, below)
    return list(parts.values())


def _part(known: Known, node: Node, path: str) -> _Write:
    item = known.form.items.get(path)
    if isinstance(item, Repeat):
        return _repeat(node, path.split("/", 2)[2], _parts(known, item.template or node, path))
    if isinstance(item, Group) or node.kids:
        return _group(node, _parts(known, node, path))
    return _leaf(node, path.split("/", 2)[2])


def _leaf(node: Node, path: str) -> _Write:
    begin, end, empty = f"<{node.name}>", f"</{node.name}>", f"<{node.name}/>"

    def write(turn: Turn, out: list[str]) -> None:
        value = turn.values.get(path)
        out.append(f"{begin}{escape(value)}{end}" if value else empty)

    return write


def _group(node: Node, parts: list[_Write]) -> _Write:
    def write(turn: Turn, out: list[str]) -> None:
        out.append(f"<{node.name}>")
        for part in parts:
            part(turn, out)
        out.append(f"</{node.name}>")

    return write


def _repeat(node: Node, path: str, parts: list[_Write]) -> _Write:
    inside = _group(node, parts)

    def write(turn: Turn, out: list[str]) -> None:
        for one in turn.below.get(path, ()):
            inside(one, out)

    return write
