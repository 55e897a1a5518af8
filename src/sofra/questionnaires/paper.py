"""A questionnaire on paper: every question with its boxes and lines, and in words when to leave it out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sofra.printing import blocks

from . import conditions, showing
from .instance import Instance
from .marked import plain
from .models import Version
from .xform import Form, Group, Item, Question, Repeat

TURNS = 2  # of a repeat, printed below one another
LONGEST_LIST = 60  # choices; a longer one is written in
_LINES = 4
_KINDS_OF_BOX = {"select_one": "○", "select_multiple": "☐", "rank": "____", "acknowledge": "☐"}


@dataclass
class Printed:
    """`kind`: heading, note or question. `box` stands before each choice; `lines` to write on; `way` what to write."""

    kind: str
    label: str
    number: str = ""
    hint: str = ""
    condition: str = ""
    level: int = 2
    box: str = ""
    choices: list[str] = field(default_factory=list)
    lines: int = 0
    way: str = ""
    required: bool = False


def printed(form: Form, language: str) -> list[Printed]:
    """All of the form in its order, nothing left out."""
    return list(_Paper(form, language).all())


class _Paper:
    def __init__(self, form: Form, language: str) -> None:
        self.form, self.language = form, language
        self.blank = Instance(form, form.blank.copy(), language=language)
        self.numbers = {one.path: str(at) for at, one in enumerate(showing.questions_of(form), start=1)}

    def all(self) -> Iterator[Printed]:
        yield from self._several(self.form.children, 2)

    def _several(self, items: Iterable[Item], level: int) -> Iterator[Printed]:
        for item in items:
            if isinstance(item, Repeat):
                yield from self._repeat(item, level)
            elif isinstance(item, Group):
                yield from self._group(item, level)
            elif isinstance(item, Question) and item.asked and not self._worked_out(item):
                yield self._question(item)

    def _label(self, item: Item) -> str:
        """What an answer would write into a label stands as the number of its question."""
        said = item.texts.get("label")
        if said is None:
            return ""
        pieces = self.form.said(said, self.form.language_for(self.language), "")
        return plain("".join(piece if isinstance(piece, str) else self._answer(piece[0]) for piece in pieces))

    def _answer(self, expression: str) -> str:
        number = self.numbers.get(expression.strip(), "")
        return _("[answer to question %(number)s]") % {"number": number} if number else "…"

    def _group(self, item: Group, level: int) -> Iterator[Printed]:
        inner = list(self._several(item.children, min(level + 1, 4)))
        if not inner:
            return
        label, condition = self._label(item), self._condition(item)
        if label or condition:
            yield Printed("heading", label, condition=condition, level=level)
        yield from inner

    def _repeat(self, item: Repeat, level: int) -> Iterator[Printed]:
        label = self._label(item) or _("Entry")
        more = _("There is room for %(many)s. For more, copy this page.") % {"many": TURNS}
        yield Printed("heading", label, hint=more, condition=self._condition(item), level=level)
        for turn in range(1, TURNS + 1):
            yield Printed("heading", f"{label} {turn}", level=min(level + 1, 4))
            yield from self._several(item.children, min(level + 2, 4))

    def _condition(self, item: Item) -> str:
        if not item.relevant or item.relevant in ("true()", "1"):
            return ""
        said = conditions.in_words(item.relevant, item.path, self.numbers, self._choice)
        if said:
            return _("Only if %(condition)s.") % {"condition": said}
        return _("Only where this holds: %(condition)s") % {"condition": self._with_numbers(item.relevant)}

    def _worked_out(self, item: Question) -> bool:
        """A note that only a computer can tell when to show has no place on paper."""
        if item.kind != "note" or not item.relevant or item.relevant in ("true()", "1"):
            return False
        return not conditions.in_words(item.relevant, item.path, self.numbers, self._choice)

    def _with_numbers(self, expression: str) -> str:
        """A condition that has no words, with the numbers of its questions in the place of their paths."""
        for path in sorted(self.numbers, key=len, reverse=True):
            expression = expression.replace(path, _("question %(number)s") % {"number": self.numbers[path]})
        return " ".join(expression.split())

    def _choice(self, path: str, value: str) -> str:
        item = self.form.items.get(path)
        if isinstance(item, Question) and item.has_choices:
            for one in self.blank.all_choices(item, self.language):
                if one.value == value:
                    return plain(one.label) or value
        return value

    def _question(self, item: Question) -> Printed:
        if item.kind == "note":
            return Printed("note", self._label(item), hint=self._hint(item), condition=self._condition(item))
        found = Printed(
            "question", self._label(item) or item.name, self.numbers.get(item.path, ""), self._hint(item),
            self._condition(item), required=item.required == "true()", way=_way(item, self.form),
        )  # fmt: skip
        if item.has_choices:
            choices = [plain(one.label) or one.value for one in self.blank.all_choices(item, self.language)]
            if 0 < len(choices) <= LONGEST_LIST:
                found.choices, found.box = choices, _KINDS_OF_BOX.get(item.kind, "☐")
            else:
                found.lines = 1
        elif item.kind == "acknowledge":
            found.box, found.choices = "☐", [_("Yes, I confirm")]
        else:
            found.lines = _LINES if "multiline" in item.appearance else 1
        return found

    def _hint(self, item: Item) -> str:
        return plain(self.blank.hint(item.path, self.language))


def _way(item: Question, form: Form) -> str:
    """How to write the answer, and who reads it where those are fewer."""
    way = _written_how(item)
    if item.path not in form.sealed:
        return way
    return "; ".join(filter(None, (way, _("sealed: only the coordinators read it"))))


def _written_how(item: Question) -> str:
    words = {
        "integer": _("a whole number"), "decimal": _("a number"),
        "date": _("day, month, year"), "time": _("hour:minute"),
        "dateTime": _("day, month, year, hour:minute"), "geopoint": _("latitude and longitude, or the address"),
        "image": _("add a picture"), "audio": _("add a recording"), "video": _("add a video"),
        "file": _("add a document"), "select_one": _("tick one"), "select_multiple": _("tick all that apply"),
        "rank": _("number them: 1 comes first"),
    }  # fmt: skip
    if item.kind == "range":
        low, high = item.parameters.get("start", ""), item.parameters.get("end", "")
        return _("a number from %(low)s to %(high)s") % {"low": low, "high": high}
    if item.kind == "date" and "month-year" in item.appearance:
        return _("month and year")
    return _("year") if item.kind == "date" and "year" in item.appearance else words.get(item.kind, "")


def document(version: Version, form: Form, language: str, code: str) -> blocks.Document:
    """The same as a document that can become a PDF."""
    found: list[blocks.Block] = [
        blocks.Paragraph((blocks.Run(_("Organisation: ________________________________   Date: ______________")),)),
    ]  # fmt: skip
    for one in printed(form, language):
        found += _blocks(one)
    title = plain(form.title) or str(version.questionnaire)
    return blocks.Document(
        title=title, language=code or "sq", blocks=tuple(found), contents=False, cover=False,
        subtitle=_("Version %(number)s") % {"number": version.number}, running=title,
    )  # fmt: skip


def _blocks(one: Printed) -> Iterator[blocks.Block]:
    if one.condition:
        yield blocks.Paragraph((blocks.Run("→ " + one.condition, emphasis=True),), style="small")
    if one.kind == "heading":
        if one.label:
            yield blocks.Heading(one.label, level=max(1, min(one.level - 1, 4)))
    elif one.kind == "note":
        yield blocks.Paragraph((blocks.Run(one.label),))
    else:
        must = f" ({_('must be answered')})" if one.required else ""
        runs = [blocks.Run(f"{one.number}. {one.label}", strong=True), blocks.Run(must)]
        yield blocks.Paragraph((*runs, blocks.Run(f" – {one.way}" if one.way else "", emphasis=True)))
    if one.hint:
        yield blocks.Paragraph((blocks.Run(one.hint),), style="small")
    for choice in one.choices:
        yield blocks.Paragraph((blocks.Run(f"{one.box}  {choice}"),))
    for _line in range(one.lines):
        yield blocks.Paragraph((blocks.Run("_" * 72),))
