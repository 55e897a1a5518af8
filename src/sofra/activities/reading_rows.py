"""A row of a table, read into an activity: plain Python, no database. Pasting and the importer both use it.

`RowReader` is made once a table; equal texts are read once. What a cell says and we have no code for is kept in the
description, under its heading: nothing that was written is lost, and nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sofra.ground.text import fold

from . import asking, dates, reading_cells
from .drafts import ActivityDraft, Group, check_activity
from .vocabulary import Counted, Mode

# code -> (weight, sentence). `bad`: cannot be kept so. `ask`: a person decides. `note`: told, and no more.
SENTENCES: dict[str, tuple[str, str | Promise]] = {
    "date": ("bad", ""),  # said by dates.read_when
    "check": ("bad", ""),  # said by drafts.check_activity, as it stands in `read`
    "number": ("bad", gettext_lazy("“%(value)s” is no number of people or times: write figures only, such as 140.")),
    "negative": ("bad", gettext_lazy("A number cannot be less than 0.")),
    "too-many": ("bad", gettext_lazy("“%(value)s” is too large a number. Write how many people it was.")),
    "money": ("bad", gettext_lazy("“%(value)s” is no amount of money: write figures, such as 12000, or 12000 EUR.")),
    "other-owner": ("bad", gettext_lazy("This row is of another organisation (%(read)s): leave it out.")),
    "owner-unread": ("ask", gettext_lazy("No organisation of the registry is surely meant by “%(value)s”: choose it.")),
    "place-ask": ("ask", gettext_lazy("“%(value)s” may mean several places: %(read)s. Write the one you mean.")),
    "place-unread": ("ask", gettext_lazy("No place is known as “%(value)s”. Write it as on the list of places.")),
    "doubt": ("ask", ""),  # said by asking.doubts, as it stands in `read`
    "partner-unread": ("note", gettext_lazy(
        "No organisation of the registry is surely meant by “%(read)s”; the name is kept in the description."
    )),
    "project-unread": ("note", gettext_lazy("No project is known as “%(value)s”; it is kept in the description.")),
    "word-unread": ("note", gettext_lazy("“%(read)s” has no word of its own here; it is kept in the description.")),
    "link-unread": ("note", gettext_lazy("“%(value)s” is no web address; it is kept in the description.")),
    "shortened": ("note", gettext_lazy("The text is longer than %(read)s letters; all of it is in the description.")),
}  # fmt: skip
_FIELD_OF = {
    "places": "place", "audiences": "audience", "kinds": "kind", "themes": "theme", "languages": "language",
    "groups": "women",
}  # fmt: skip


class Resolved(Protocol):
    """What the resolver of places gives (places.resolving.Resolution)."""

    codes: list[str]
    sure: bool
    alternatives: list[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say of one field of a row. It is put into words in the reader's language when it is shown."""

    code: str
    field: str
    column: str = ""
    value: str = ""
    read: str = ""

    @property
    def weight(self) -> str:
        return SENTENCES[self.code][0]

    def says(self) -> str:
        if self.code == "date":
            try:
                reading_cells.read_span(self.value)
            except ValidationError as error:
                return " ".join(error.messages)
        if self.code in {"check", "doubt", "date"}:
            return self.read
        return str(SENTENCES[self.code][1]) % {"value": self.value[:120], "read": self.read}


@dataclass(slots=True)
class Read:
    """A row as it was read: what it says, and what is wrong with it."""

    number: int
    draft: ActivityDraft
    problems: list[Problem] = field(default_factory=list)
    owner: str = ""  # the words of the column of the leading organisation

    @property
    def when(self) -> str:
        return dates.written_span(self.draft.begins, self.draft.ends)

    @property
    def is_bad(self) -> bool:
        return any(one.weight == "bad" for one in self.problems)

    @property
    def asks(self) -> bool:
        return any(one.weight == "ask" for one in self.problems)


class RowReader:
    """Reads the rows of one table.

    `mapping` is a field (columns.TARGETS) for each header, "" for what is left out. `resolve` reads a text of places;
    `organisations` and `projects` give the codes that a name may mean (one: it is meant; none or several: it is not
    sure). `owner` is the code of the organisation whose activities these are; "" lets the column of owners say it.
    """

    def __init__(
        self,
        header: Sequence[str],
        mapping: dict[str, str],
        *,
        resolve: Callable[[str], Resolved],
        organisations: Callable[[str], Sequence[str]] = lambda _name: (),
        projects: Callable[[str], Sequence[str]] = lambda _name: (),
        owner: str = "",
        country: str = "AL",
        today: date | None = None,
    ) -> None:
        self.columns = [(index, title, mapping[title]) for index, title in enumerate(header) if mapping.get(title)]
        self._resolve = lru_cache(maxsize=20_000)(resolve)
        self._organisations = lru_cache(maxsize=20_000)(lambda name: tuple(organisations(name)))
        self._projects = lru_cache(maxsize=20_000)(lambda name: tuple(projects(name)))
        self.owner, self.country, self.today = owner, country, today or date.today()

    def read(self, number: int, cells: Sequence[str]) -> Read:
        """What a row says. Everything that is wrong with it is told at once."""
        row = _Row(Read(number, ActivityDraft(title="", owner=self.owner)), self)
        for index, column, name in self.columns:
            cell = cells[index].strip() if index < len(cells) else ""
            if reading_cells.says_nothing(cell):
                continue
            getattr(row, f"_{name}")(name, column, cell)
        return row.finish()


def read_rows(reader: RowReader, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Read]:
    """Every row that holds anything, with its number in the table."""
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            yield reader.read(number, cells)


class _Row:
    """One row while it is read; a method for each field of columns.TARGETS."""

    def __init__(self, found: Read, reader: RowReader) -> None:
        self.found, self.draft, self.reader = found, found.draft, reader
        self.kept: list[str] = []
        self.titles: dict[str, str] = {}

    def say(self, code: str, name: str, column: str, value: str = "", read: str = "") -> None:
        self.found.problems.append(Problem(code, name, column, value[:300], read[:300]))

    def keep(self, column: str, text: str) -> None:
        """What has no code stays readable in the description."""
        self.kept.append(f"{column}: {text}" if column else text)

    def finish(self) -> Read:
        draft = self.draft
        if self.kept:
            draft.about = "\n".join([*([draft.about] if draft.about else []), *self.kept])
        if draft.begins and not draft.ends and not any(p.field in {"ends", "when"} for p in self.found.problems):
            draft.ends = draft.begins
        if draft.reached is None and draft.groups and {group.sex for group in draft.groups} == {"f", "m"}:
            draft.reached = sum(group.number for group in draft.groups)
        said = {one.field for one in self.found.problems if one.weight == "bad"}
        try:
            check_activity(draft)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                target = _FIELD_OF.get(name, name)
                if target not in said:
                    self.say("check", target, self.titles.get(target, ""), read=" ".join(sentences))
        for name, question in asking.doubts(draft, today=self.reader.today).items():
            value = str(getattr(draft, name))
            self.say("doubt", name, self.titles.get(name, ""), value=value, read=question)
        return self.found

    # — texts —

    def _number(self, name: str, column: str, cell: str) -> None:
        return

    def _title(self, name: str, column: str, cell: str) -> None:
        title = " ".join(cell.split())
        if len(title) > 250:
            self.say("shortened", name, column, title, "250")
            self.keep(column, title)
            title = title[:249] + "…"
        self.draft.title = title

    def _about(self, name: str, column: str, cell: str) -> None:
        self.draft.about = "\n".join(filter(None, [self.draft.about, cell]))

    def _source(self, name: str, column: str, cell: str) -> None:
        self.draft.source = cell[:300]

    def _results(self, name: str, column: str, cell: str) -> None:
        address = f"https://{cell}" if cell.lower().startswith("www.") else cell
        if re.fullmatch(r"https?://\S+\.\S+", address) and len(address) <= 500:
            self.draft.results = address
        else:
            self.say("link-unread", name, column, cell)
            self.keep(column, cell)

    # — who —

    def _owner(self, name: str, column: str, cell: str) -> None:
        self.found.owner = cell
        codes = self.reader._organisations(cell)
        if self.reader.owner:
            if codes and self.reader.owner not in codes:
                self.say("other-owner", name, column, cell, cell)
        elif len(codes) == 1:
            self.draft.owner = codes[0]
        else:
            self.say("owner-unread", name, column, cell)

    def _partners(self, name: str, column: str, cell: str) -> None:
        unread = []
        for written in filter(None, reading_cells.SEVERAL.split(cell)):
            parts = [written] if self.reader._organisations(written) else [p.strip() for p in written.split(",")]
            for part in filter(None, parts):
                codes = self.reader._organisations(part)
                if len(codes) == 1:
                    if codes[0] != self.draft.owner and codes[0] not in self.draft.partners:
                        self.draft.partners.append(codes[0])
                else:
                    unread.append(part)
        if unread:
            self.say("partner-unread", name, column, cell, "; ".join(unread))
            self.keep(column, "; ".join(unread))

    def _project(self, name: str, column: str, cell: str) -> None:
        codes = self.reader._projects(cell)
        if len(codes) == 1:
            self.draft.project = codes[0]
        else:
            self.say("project-unread", name, column, cell)
            self.keep(column, cell)

    # — where and when —

    def _place(self, name: str, column: str, cell: str) -> None:
        draft = self.draft
        draft.place_text = "; ".join(filter(None, [draft.place_text, cell]))[:500]
        if fold(cell) in reading_cells.ONLINE:
            draft.mode = Mode.ONLINE
            return
        read = self.reader._resolve(cell)
        if read.codes == [self.reader.country] and read.sure:
            draft.whole_country = True
        elif read.sure and read.codes:
            draft.places += [code for code in read.codes if code not in draft.places]
        elif read.codes or read.alternatives:
            self.say("place-ask", name, column, cell, "; ".join(dict.fromkeys([*read.codes, *read.alternatives])))
        else:
            self.say("place-unread", name, column, cell)

    def _when(self, name: str, column: str, cell: str) -> None:
        try:
            self.draft.begins, self.draft.ends = reading_cells.read_span(cell)
        except ValidationError as error:
            self.say("date", name, column, cell, " ".join(error.messages))

    def _begins(self, name: str, column: str, cell: str) -> None:
        try:
            setattr(self.draft, name, reading_cells.read_day(cell))
        except ValidationError as error:
            self.say("date", name, column, cell, " ".join(error.messages))

    _ends = _begins

    # — coded words —

    def _audience(self, name: str, column: str, cell: str) -> None:
        self._codes(name, column, cell, self.draft.audiences, reading_cells.audiences(cell))

    def _theme(self, name: str, column: str, cell: str) -> None:
        self._codes(name, column, cell, self.draft.themes, reading_cells.themes(cell))

    def _kind(self, name: str, column: str, cell: str) -> None:
        self._codes(name, column, cell, self.draft.kinds, reading_cells.kinds(cell))

    def _language(self, name: str, column: str, cell: str) -> None:
        self._codes(name, column, cell, self.draft.languages, reading_cells.languages(cell))

    def _codes(
        self, name: str, column: str, cell: str, into: list[str], read: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> None:
        codes, unread = read
        into += [code for code in codes if code not in into]
        if unread:
            self.say("word-unread", name, column, cell, "; ".join(unread))
            self.keep(column, "; ".join(unread))

    def _status(self, name: str, column: str, cell: str) -> None:
        self._one_of(name, column, cell, reading_cells.words_of("status"))

    def _mode(self, name: str, column: str, cell: str) -> None:
        self._one_of(name, column, cell, reading_cells.words_of("mode"))

    def _counted(self, name: str, column: str, cell: str) -> None:
        self._one_of(name, column, cell, reading_cells.words_of("counted"))

    def _one_of(self, name: str, column: str, cell: str, words: dict[str, str]) -> None:
        code = words.get(fold(cell))
        if code:
            setattr(self.draft, name, code)
        else:
            self.say("word-unread", name, column, cell, cell)
            self.keep(column, cell)

    # — numbers —

    def _reached(self, name: str, column: str, cell: str) -> None:
        self.titles[name] = column
        number = self._figure(name, column, cell)
        if number is not None:
            setattr(self.draft, name, number)
            if name == "reached" and reading_cells.ABOUT.match(cell) and self.draft.counted == Counted.UNKNOWN:
                self.draft.counted = Counted.ESTIMATE

    _times_held = _reached

    def _women(self, name: str, column: str, cell: str) -> None:
        self.titles["women"] = column
        number = self._figure(name, column, cell)
        if number is not None:
            self.draft.groups.append(Group("sex", number, sex="f" if name == "women" else "m"))

    _men = _women

    def _figure(self, name: str, column: str, cell: str) -> int | None:
        number, wrong = reading_cells.read_number(cell)
        if wrong:
            self.say(wrong, name, column, cell)
        return number

    def _money(self, name: str, column: str, cell: str) -> None:
        amount, currency = reading_cells.read_money(cell)
        if amount is None:
            self.say("money", name, column, cell)
            return
        if amount < 0:
            self.say("negative", name, column, cell)
            return
        self.draft.money, self.draft.currency = amount, self.draft.currency or currency

    def _currency(self, name: str, column: str, cell: str) -> None:
        code = reading_cells.CURRENCIES.get(fold(cell)) or reading_cells.SIGNS.get(cell, "")
        if code:
            self.draft.currency = code
        else:
            self.say("word-unread", name, column, cell, cell)
            self.keep(column, cell)


def keys_of(draft: ActivityDraft) -> tuple[str, str, tuple[str, ...]]:
    """By what the same activity is known when it comes a second time: title, beginning and places."""
    return fold(draft.title), draft.begins, tuple(sorted(draft.places))
