"""What a form asks: the XForm that pyxform (or any author) writes, read into a tree of groups, repeats and questions."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Item:
    """One thing of the form. `path` without turns: /data/people/age. `appearance` as the author wrote it."""

    path: str
    name: str
    kind: str
    appearance: str = ""
    parent: "Group | None" = None


@dataclass(slots=True)
class Question(Item):
    """`kind`: text integer decimal boolean select_one select_multiple rank range note date time dateTime geopoint geotrace
    geoshape image audio video file barcode acknowledge; `calculate` and `hidden` are asked of nobody.

    `type` is the bind's; `parameters` what the control says beside (rows, start, end, step, max-pixels, …).
    """

    type: str = "string"
    parameters: dict[str, str] = field(default_factory=dict)
    labelled: bool = False

    @property
    def has_choices(self) -> bool:
        return self.kind in ("select_one", "select_multiple", "rank")


@dataclass(slots=True)
class Group(Item):
    """`kind`: group or repeat. A group with `field_list` belongs on one screen."""

    children: list[Item] = field(default_factory=list)

    @property
    def field_list(self) -> bool:
        return "field-list" in self.appearance.split()


@dataclass(slots=True)
class Repeat(Group):
    """`counted`: the form itself says how many turns there are, nobody may add or remove one."""

    counted: bool = False


@dataclass(slots=True)
class Form:
    """`items` by path, those without a control too; `wanted` the files that its choices and look-ups come from."""

    form_id: str
    version: str
    title: str
    languages: list[str]
    root: str
    children: list[Item] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()

    def language_for(self, code: str) -> str:
        """The form's own name of a language for "sq", "en" or that name itself; else its default."""
        raise NotImplementedError


class BadForm(ValueError):
    """The XForm cannot be read; its text is a sentence."""


def parse(xform: str, media: tuple[tuple[str, bytes], ...] = ()) -> Form:
    """The form, from a cache where it was read before. `media`: (name, content) of the files it looks values up in."""
    raise NotImplementedError
