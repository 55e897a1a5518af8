"""What a form is: a tree of groups, repeats and questions, its texts, and how to work it out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import lookups, xpath
from .evaluating import Compiler, Run
from .trees import Node
from .xpath import BadExpression

Piece = str | tuple[str]  # a piece of text, or the expression of an <output>
Text = tuple[Piece, ...]


class BadForm(ValueError):
    """The XForm cannot be read; its text says why, in English, for the log: an author sees xlsform's sentences."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an expression: `what` "expression" or "cycle", `role` relevant, calculate, …"""

    path: str
    role: str
    what: str
    detail: str


@dataclass(slots=True, eq=False)
class Item:
    """One thing of the form. `path` without turns: /data/people/age. `appearance` as the author wrote it.

    Expressions are kept as text ("" where there is none); `texts` are label, hint, constraint and required: either
    the id of a translated text or the text itself.
    """

    path: str
    name: str
    kind: str
    type: str = ""
    appearance: str = ""
    parent: "Group | None" = None
    asked: bool = False
    relevant: str = ""
    required: str = ""
    readonly: str = ""
    constraint: str = ""
    calculate: str = ""
    preload: tuple[str, str] = ("", "")
    texts: dict[str, "Said"] = field(default_factory=dict)
    sealed: bool = False  # by its author; what follows from it is in Form.sealed


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the form: by its id among the translations, or as it stands, in every language the same."""

    id: str = ""
    text: Text = ()


@dataclass(slots=True, eq=False)
class Itemset:
    """Where choices come from: `nodeset` with the expressions of value and label, or `fixed` (value, label)."""

    nodeset: str = ""
    value: str = ""
    label: str = ""
    fixed: tuple[tuple[str, Said], ...] = ()


@dataclass(slots=True, eq=False)
class Question(Item):
    """`kind`: text integer decimal boolean select_one select_multiple rank range note date time dateTime geopoint
    geotrace geoshape image audio video file barcode acknowledge; `calculate`, `hidden` and `meta` are asked of nobody.

    `type` is the bind's; `parameters` what the control says beside (rows, start, end, step, max-pixels, …).
    """

    parameters: dict[str, str] = field(default_factory=dict)
    itemset: Itemset | None = None

    @property
    def has_choices(self) -> bool:
        return self.itemset is not None


@dataclass(slots=True, eq=False)
class Group(Item):
    """`kind`: group or repeat. A group with `field_list` belongs on one screen."""

    children: list[Item] = field(default_factory=list)

    @property
    def field_list(self) -> bool:
        return "field-list" in self.appearance.split()


@dataclass(slots=True, eq=False)
class Repeat(Group):
    """`counted`: the form itself says how many turns there are (`count`), nobody may add or remove one."""

    count: str = ""
    fixed: bool = False
    template: Node | None = None

    @property
    def counted(self) -> bool:
        return bool(self.count)


@dataclass(frozen=True, slots=True)
class Action:
    """setvalue: `events` at which `ref` gets `value` (an expression, or `text`). `owner`: whose change it follows."""

    events: frozenset[str]
    ref: str
    value: str
    text: str
    owner: str
    repeat: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing to work out: `role` calculate, relevant or count, of `item`."""

    role: str
    item: Item
    run: Run


@dataclass(eq=False)
class Form:
    """`items` by path, those without a control too; `wanted` the files that its choices and look-ups come from."""

    form_id: str
    version: str
    title: str
    root: str
    languages: list[str]
    children: list[Item]
    items: dict[str, Item]
    blank: Node
    translations: dict[str, dict[str, dict[str, Text]]]
    instances: dict[str, Node | None]
    sources: dict[str, str]
    actions: list[Action]
    units: list[Unit] = field(default_factory=list)
    settled: bool = True
    troubles: list[Trouble] = field(default_factory=list)
    repeats: frozenset[str] = frozenset()
    instance_id: str = ""
    order: dict[str, list[str]] = field(default_factory=dict)
    volatile: frozenset[str] = frozenset()
    offers: dict[str, set[str]] = field(default_factory=dict)
    counting: frozenset[str] = frozenset()  # questions that say how many turns a repeat has
    sealed: frozenset[str] = frozenset()  # questions whose answers only coordinators read (sealing.py)
    homeless: tuple[str, ...] = ()  # questions whose element the document lacks
    _runs: dict[tuple[str, str], Run | None] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of the files that it looks values up in, missing or not."""
        names = [lookups.file_name(source) for source in self.sources.values()]
        return tuple(sorted({name for name in names if name}))

    @property
    def media(self) -> tuple[str, ...]:
        """Names of the images, sounds and films that its labels show."""
        found = {
            piece.rpartition("/")[2]
            for texts in self.translations.values() for said in texts.values() for form, text in said.items()
            if form in ("image", "big-image", "audio", "video") for piece in text[:1] if isinstance(piece, str)
        }  # fmt: skip
        return tuple(sorted(name for name in found if name and name != "-"))

    def language_for(self, code: str) -> str:
        """The form's own name of a language for "sq", "en" or that name itself; else its default."""
        if code in self.languages:
            return code
        short = code.split("-")[0].lower()
        for name in self.languages if short else ():
            folded = name.lower()
            if f"({short})" in folded or folded == short or folded.startswith(LANGUAGES.get(short, ("\0",))):
                return name
        return self.languages[0]

    def run(self, text: str, home: str) -> Run | None:
        """An expression as a function, made once. None where it cannot be read (it is among the troubles then)."""
        key = (text, home)
        if key not in self._runs:
            try:
                self._runs[key] = Compiler(home, self.repeats).compile(xpath.parse(text))
            except (BadExpression, RecursionError):
                self._runs[key] = None
        return self._runs[key]

    def said(self, it: Said, language: str, form: str = "") -> Text:
        """A text in this language; in the default one where it was not translated."""
        if not it.id:
            return it.text if not form else ()
        for name in (language, *self.languages):
            texts = self.translations.get(name, {}).get(it.id, {})
            text = texts.get(form)
            if text and text != ("-",):
                return text
        return ()


LANGUAGES = {
    "sq": ("shqip", "albanian", "sq_", "sq-"), "en": ("english", "anglisht", "en_", "en-"),
    "mk": ("македонски", "macedonian", "maqedonisht"), "sr": ("srpski", "serbian", "српски"),
    "bs": ("bosanski", "bosnian"), "fr": ("fran", "french"), "es": ("español", "spanish", "espanol"),
    "it": ("italian",), "de": ("deutsch", "german"), "pt": ("portug",), "ar": ("العربية", "arabic"),
}  # fmt: skip


def repeated(item: Item) -> bool:
    """Does it stand in a repeat?"""
    above = item.parent
    while above is not None and not isinstance(above, Repeat):
        above = above.parent
    return above is not None


def under(children: list[Item]) -> Iterator[Item]:
    """All items below, in the order of the form."""
    for item in children:
        yield item
        if isinstance(item, Group):
            yield from under(item.children)
