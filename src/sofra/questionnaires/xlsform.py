"""XLSForm in: the spreadsheet that a questionnaire is written in becomes the form that phones and our pages read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a spreadsheet from being loaded, where: `row` as the spreadsheet counts (1 the headers), 0 unknown."""

    sheet: str
    row: int
    column: str
    sentence: str


class Refused(Exception):
    """The spreadsheet cannot be loaded; nothing was kept. `problems` say why, in the reader's language."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Loaded:
    """`titles` language -> title; `languages` names as the form writes them ("Shqip (sq)"), the default first.

    `notices`: [{"sheet", "row", "what", "sentence"}]; `bindings`: path -> words of bindings.py; `itemsets`: the CSV
    that select_one_external looks values up in ("" where there is none); `wanted`: names of files the form asks for.
    """

    form_id: str
    form_version: str
    titles: dict[str, str]
    languages: list[str]
    xform: str
    notices: list[dict[str, object]] = field(default_factory=list)
    bindings: dict[str, str] = field(default_factory=dict)
    itemsets: str = ""
    wanted: tuple[str, ...] = ()


def read(content: bytes, name: str) -> Loaded:
    """Read XLSX, XLS, CSV, Markdown or an XForm's own XML. Raises Refused."""
    raise NotImplementedError
