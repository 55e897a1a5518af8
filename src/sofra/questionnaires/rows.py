"""The rows of an XLSForm as their author sees them: where a question stands, what is wrong row by row, bindings."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pyxform import aliases, constants
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json_backends import DefinitionData

from . import bindings, sealing, xpath
from .notices import Notice
from .shapes import Form
from .sheets import Problem

DEEPEST = 25  # groups within one another
MOST_PROBLEMS = 100
_NAME = re.compile(r"[^\W\d][\w.\-]*")
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^{}]*?)\s*\}")
_BEGIN = re.compile(r"begin[ _]+(group|repeat|loop|lgroup|looped group)\b.*")
_END = re.compile(r"end[ _]+(group|repeat|loop|lgroup|looped group)\b.*")
_SELECT = re.compile(
    r"(add select one prompt using|add select multiple prompt using|select all that apply from|select one from"
    r"|select1|select_one_external|select_one_from_file|select_multiple_from_file|select one from file"
    r"|select multiple from file|select_one|select one|select_multiple|select all that apply|rank)"
    r" +(\S+)( +(?:or specify other|or_other|or other))?"
)
_EXPRESSIONS = {"relevant", "constraint", "calculation", "required", "readonly", "choice_filter", "repeat_count"}
_CALLED = {
    "command": "type", "tag": "name", "value": "name", "relevance": "relevant", "calculate": "calculation",
    "read_only": "readonly", "jr:count": "repeat_count", "count": "repeat_count", "caption": "label",
    "list_name": "list_name", "constraining_message": "constraint_message",
}  # fmt: skip


def copied(data: DefinitionData) -> DefinitionData:
    """pyxform works on what it reads."""
    return copy.deepcopy(data)


def column(header: str) -> str:
    """The plain name of a column: “label::Shqip (sq)” → label, “List Name” → list_name."""
    plain = "_".join(header.split("::")[0].split()).lower()
    if plain not in ("jr:count",) and "::" not in header and ":" in plain and not plain.startswith("jr:"):
        plain = plain.split(":")[0]
    if header.lower().startswith("bind::"):
        plain = header.split("::")[1].strip().lower()
    return _CALLED.get(plain, plain)


@dataclass(slots=True)
class Row:
    """`number` as the spreadsheet counts; `cells` by plain column, translations under their first."""

    number: int
    cells: dict[str, str]
    type: str = ""
    name: str = ""
    path: tuple[str, ...] = ()
    kind: str = "question"  # begin, end, question, empty


@dataclass(slots=True)
class Rows:
    data: DefinitionData
    survey: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.survey = list(self._placed(_plain(self.data.survey)))
        self.choices = _plain(self.data.choices)

    def _placed(self, rows: list[Row]) -> Iterator[Row]:
        above: list[str] = []
        for row in rows:
            row.type = " ".join(row.cells.get("type", "").split())
            row.name = row.cells.get("name", "").strip() or ("audit" if row.type == "audit" else "")
            if _BEGIN.fullmatch(row.type.lower()):
                row.kind = "begin"
                row.path = (*above, row.name)
                above.append(row.name)
            elif _END.fullmatch(row.type.lower()):
                row.kind = "end"
                row.path = tuple(above)
                above = above[:-1]
            else:
                row.kind = "question" if row.type or row.name else "empty"
                row.path = (*above, row.name)
            yield row

    def row_of(self, path: str) -> int:
        """The row that a path of the form was made from, 0 where none was."""
        names = tuple(path.strip("/").split("/")[1:])
        for wanted in (names, (*names[:-1], re.sub(r"_(other|count)$", "", names[-1])) if names else ()):
            for row in self.survey:
                if row.kind != "end" and row.path == wanted:
                    return row.number
        return 0

    # — bindings ———————————————————————————————————————————————————————————————————————————————————————————————————

    def take_bindings(self) -> list[tuple[Row, str]]:
        """Take the column of bindings out of what pyxform is given: it knows no such thing."""
        return self._taken(r"(bind::?)?sofra(::?field)?")

    def take_seals(self) -> list[tuple[Row, str]]:
        """The column that says whose answers are sealed (sealing.py)."""
        return self._taken(r"(bind::?)?(sofra::?)?sealed")

    def _taken(self, pattern: str) -> list[tuple[Row, str]]:
        headers = [
            header for line in self.data.survey_header or [] for header in line
            if re.fullmatch(pattern, header.replace(" ", "").lower())
        ]  # fmt: skip
        found = []
        for row, cells in zip(self.survey, self.data.survey or [], strict=False):
            for header in headers:
                word = cells.pop(header, None)
                if word and str(word).strip():
                    found.append((row, str(word).strip()))
        for line in self.data.survey_header or []:
            for header in headers:
                line.pop(header, None)
        return found

    def take_strays(self) -> list[Notice]:
        """Take out columns whose XML prefix nobody declared: the form would be no XML."""
        said = str(((self.data.settings or [{}])[0] or {}).get("namespaces", ""))
        declared = {"jr", "orx", "odk", "h", "ev", "xsd", "entities", *re.findall(r"([\w.\-]+)=", said)}
        told = []
        for line in self.data.survey_header or []:
            for header in list(line):
                match = re.fullmatch(
                    r"(?:bind|instance|body|control|attribute)::?\s*([\w.\-]+):[\w.\-]+", str(header).strip()
                )
                if match is None or match[1] in declared:
                    continue
                line.pop(header)
                for cells in self.data.survey or []:
                    cells.pop(header, None)
                sentence = _("The column “%(column)s” was left out: settings declare no namespace “%(prefix)s”.")
                told.append(Notice("survey", 1, str(header), sentence % {"column": header, "prefix": match[1]}))
        return told

    def sealed(self, said: list[tuple[Row, str]], form: Form) -> tuple[set[str], list[Notice]]:
        """Paths of what is sealed, all of a sealed group with it. A strange word seals, and is told."""
        paths: set[str] = set()
        told = []
        for row, word in said:
            if sealing.says_no(word):
                continue
            if not sealing.understood(word):
                sentence = _("“%(word)s” was taken for yes: whoever may read less should not read more by mistake.")
                told.append(Notice("survey", row.number, "sealed", sentence % {"word": word[:60]}))
            top = "/" + "/".join((form.root, *row.path))
            paths |= {path for path in form.items if path == top or path.startswith(f"{top}/")}
        return paths, told

    def bindings(self, bound: list[tuple[Row, str]], form: Form) -> tuple[dict[str, str], list[Notice]]:
        kept, told = {}, []
        for row, said in bound:
            words = said.split()
            strange = [word for word in words if not bindings.known(word)]
            if strange:
                sentence = _("The hub knows no binding “%(word)s”: the answer is kept, and changes nothing else.")
                told.append(Notice("survey", row.number, "sofra", sentence % {"word": strange[0]}))
            path = "/" + "/".join((form.root, *row.path))
            if path in form.sealed:
                sentence = _("A sealed answer is not bound: it would show in the registry or among the findings.")
                told.append(Notice("survey", row.number, "sealed", sentence))
                continue
            if path in form.items and len(words) > len(strange):
                kept[path] = " ".join(word for word in words if word not in strange)
        return kept, told

    # — what is wrong ——————————————————————————————————————————————————————————————————————————————————————————————

    def dangers(self) -> list[Problem]:
        """What pyxform should not even be asked about: nesting without end, expressions without measure."""
        found = []
        for row in self.survey:
            if len(row.path) > DEEPEST and row.kind == "begin":
                found.append(
                    self._at(row, "type", _("Groups are nested deeper than %(most)s here.") % {"most": DEEPEST})
                )
                break
            for name, text in row.cells.items():
                if name in _EXPRESSIONS and len(text) > xpath.LONGEST:
                    found.append(self._at(row, name, _("This expression is too long.")))
        return found

    def _at(self, row: Row, name: str, sentence: str, sheet: str = "survey") -> Problem:
        return Problem(sheet, row.number, name, sentence)

    def faults(self) -> list[Problem]:
        """Everything that can be seen row by row."""
        if not self.survey:
            return [Problem("survey", 0, "", _("The sheet “survey” is missing or empty."))]
        found = [*self._shape(), *self._questions(), *self._lists(), *self._references()]
        return sorted(found, key=lambda problem: (problem.sheet != "survey", problem.row))[:MOST_PROBLEMS]

    def _shape(self) -> Iterator[Problem]:
        columns = {column(str(header)) for line in self.data.survey_header or [] for header in line}
        if "type" not in columns:
            yield Problem("survey", 1, "type", _("The column “type” is missing."))
        if "name" not in columns:
            yield Problem("survey", 1, "name", _("The column “name” is missing."))
        open_rows: list[tuple[Row, str]] = []
        for row in self.survey:
            kind = row.type.lower().split()[-1].partition("_")[2] or row.type.lower().split()[-1] if row.type else ""
            if row.kind == "begin":
                open_rows.append((row, kind))
            elif row.kind == "end":
                if not open_rows:
                    yield self._at(row, "type", _("“%(type)s” ends what was never begun.") % {"type": row.type})
                else:
                    open_rows.pop()
        for row, _kind in open_rows:
            yield self._at(row, "type", _("“%(type)s” is never ended.") % {"type": row.type})

    def _questions(self) -> Iterator[Problem]:
        seen: dict[tuple[str, ...], Row] = {}
        for row in self.survey:
            if row.kind in ("empty", "end"):
                continue
            if not row.type:
                yield self._at(row, "type", _("“%(name)s” has no type.") % {"name": row.name})
                continue
            if row.kind == "question" and not known_type(row.type):
                yield self._at(row, "type", _("There is no question type “%(type)s”.") % {"type": row.type})
            if not row.name:
                if row.type != "note":
                    yield self._at(row, "name", _("This question has no name."))
            elif not _NAME.fullmatch(row.name):
                yield self._at(
                    row,
                    "name",
                    _("“%(name)s” is no name: it begins with a letter and has no spaces.") % {"name": row.name},
                )
            elif row.path in seen:
                yield self._at(
                    row, "name",
                    _("“%(name)s” is the name of row %(row)s already.")
                    % {"name": row.name, "row": seen[row.path].number},
                )  # fmt: skip
            seen.setdefault(row.path, row)

    def _lists(self) -> Iterator[Problem]:
        lists: dict[str, set[str]] = {}
        doubles = (self.data.settings or [{}])[0].get("allow_choice_duplicates", "").lower() in ("yes", "true")
        for row in self.choices:
            name, value = row.cells.get("list_name", ""), row.cells.get("name", "")
            if not name and not value:
                continue
            if not name:
                yield self._at(row, "list_name", _("This choice says no list."), "choices")
            elif not value:
                yield self._at(row, "name", _("This choice of “%(list)s” has no name.") % {"list": name}, "choices")
            elif value in lists.get(name, ()) and not doubles:
                yield self._at(
                    row, "name",
                    _("The list “%(list)s” has a choice “%(name)s” already.") % {"list": name, "name": value},
                    "choices",
                )  # fmt: skip
            lists.setdefault(name, set()).add(value)
        yield from self._asked_lists(lists)

    def row_named(self, name: str) -> int:
        """The first row of the survey that is called so, 0 for none."""
        return next((row.number for row in self.survey if row.name == name and row.kind != "end"), 0)

    def choice_named(self, name: str, list_name: str) -> int:
        found = (row for row in self.choices if row.cells.get("list_name") == list_name)
        return next((row.number for row in found if row.cells.get("name") == name), 0)

    def _asked_lists(self, lists: dict[str, set[str]]) -> Iterator[Problem]:
        outer = {str(row.get("list_name") or row.get("list name") or "") for row in self.data.external_choices or []}
        for row in self.survey:
            match = _SELECT.fullmatch(row.type) if row.kind == "question" else None
            if match is None:
                continue
            command, name = match[1], match[2]
            if "${" in name and "one" not in command:
                sentence = _("Only one turn of a repeat can be chosen: write “select_one %(name)s”.")
                yield self._at(row, "type", sentence % {"name": name})
                continue
            there = outer if command == "select_one_external" else set(lists)
            if "file" in command or re.search(r"\.(csv|xml|geojson)$", name) or "${" in name or name in there:
                continue
            yield self._at(row, "type", _("The list “%(list)s” is not on the choices sheet.") % {"list": name})

    def _references(self) -> Iterator[Problem]:
        names: dict[str, int] = {}
        for row in self.survey:
            if row.name and row.kind != "end":
                names[row.name] = names.get(row.name, 0) + 1
                if row.cells.get("repeat_count"):
                    names.setdefault(f"{row.name}_count", 1)
                if row.type.endswith(("or_other", "or specify other", "or other")):
                    names.setdefault(f"{row.name}_other", 1)
        names.setdefault("instanceID", 1)
        names.setdefault("instanceName", 1)
        for row in self.survey:
            for name, text in row.cells.items():
                for asked in _REFERENCE.findall(text):
                    if asked not in names:
                        yield self._at(row, name, _("There is no question called “%(name)s”.") % {"name": asked})
                    elif names[asked] > 1:
                        yield self._at(
                            row, name,
                            _("%(number)s questions are called “%(name)s”: which one is meant?")
                            % {"number": names[asked], "name": asked},
                        )  # fmt: skip


def _plain(rows: Any) -> list[Row]:
    found = []
    for number, cells in enumerate(rows or [], 2):
        made: dict[str, str] = {}
        for header, value in cells.items():
            if value is not None and str(value).strip():
                key = column(str(header))
                made[key] = f"{made[key]} {value}" if key in made else str(value).strip()
        found.append(Row(number, made))
    return found


def known_type(type_: str) -> bool:
    lowered = type_.lower()
    joined = "_".join(lowered.split())
    return (
        type_ in QUESTION_TYPE_DICT
        or lowered in QUESTION_TYPE_DICT
        or type_ in aliases._type_alias_map
        or joined in aliases.settings_header
        or bool(_SELECT.fullmatch(type_))
        or lowered.startswith("osm")
        or lowered in (constants.AUDIO_QUALITY_NORMAL, "photo")
    )
