"""A row of a table of activities, read into what is staged: plain Python, no database.

Cells are read as a paste reads them (activities.reading_rows). Here is added what an importer can do beyond that:
places and organisations that are not sure wait for a person, and a row's project comes in with it.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sofra.activities import reading_cells, reading_rows
from sofra.activities.drafts import ActivityDraft, Funder, ProjectDraft
from sofra.activities.services import draft_from, said_of
from sofra.ground.text import fold
from sofra.places.gazetteer import load

from .problems import PREFIX, of_note, problem
from .reading import Line
from .rows import Reading, Resolved, key_of

CODE = re.compile(r"[a-z]{2,3}\.a\d+")
PROJECT_CODE = re.compile(r"[a-z]{2,3}\.p\d+")
BODIES = {"owner": "owner", "partners": "partner", "funder": "funder"}
_MINE = {
    "place",
    "place_code",
    "owner",
    "partners",
    "funder",
    "project",
    "aim",
    "budget",
    "complete",
    "whole_country",
    "code",
}
_YES = frozenset("yes true 1 po e plote i plote complete da y all te gjithe whole".split())
_NO = frozenset("no false 0 jo jo e plote partial pjeserisht incomplete ne n".split())
_NOTHING_SAID = said_of(ActivityDraft(title=""))
_ASKS = {"place-ask": "place", "place-unread": "place", "body-ask": "body", "more-cells": "shape"}


class ActivityReader:
    """Reads the rows of one file. `places` are confirmed readings: folded text -> codes; they overrule the resolver.

    `parts` tells the organisations that a cell lists, one by one; which they are is looked up later, many at once.
    """

    def __init__(
        self,
        header: Sequence[str],
        mapping: dict[str, str],
        *,
        resolve: Callable[[str], Resolved],
        parts: Callable[[str], list[str]],
        places: dict[str, list[str]] | None = None,
        country: str = "AL",
    ) -> None:
        plain = {title: "" if field in _MINE else field for title, field in mapping.items()}
        self.plain = reading_rows.RowReader(header, plain, resolve=resolve, country=country)
        self.columns = [(i, title, mapping[title]) for i, title in enumerate(header) if mapping.get(title)]
        self.has_end = "ends" in mapping.values()
        self._confirmed = places or {}
        self._place = lru_cache(maxsize=10_000)(self._read_place)
        self._resolve, self._parts, self.country = resolve, parts, country

    def read(self, line: Line) -> tuple[Reading, list[dict[str, str]]]:
        """What the row says, and what is wrong with it. Its organisations are still texts only ("bodies")."""
        read = self.plain.read(line.number, line.cells)
        problems = [of_note(note) for note in line.notes]
        reading: Reading = {"names": [], "places": [], "bodies": [], "key": 0}
        said: list[str] = []
        project: dict[str, str] = {}
        for index, column, field in self.columns:
            cell = line.cells[index]
            if reading_cells.says_nothing(cell):
                continue
            if field == "number" or (field == "code" and not CODE.fullmatch(cell.strip().lower())):
                reading["n"] = cell.strip("(). ")[:20]
                continue
            if field != "source":
                said.append(f"{field}={cell}")
            if field in _MINE:
                self._read_mine(field, column, cell, reading, project, problems, read.draft)
        self._settle(read.draft, line)
        self._keep_codes(reading, problems)
        # A row without a title that names a project is the project itself, before or without its activities.
        whole = not read.draft.title and "title" in project
        problems += [_kept(found) for found in read.problems if not (whole and found.field == "title")]
        title = project["title"] if whole else read.draft.title
        if title:
            reading["names"] = [[title, ""]]
        if whole:
            reading["whole"] = True
        if not project and title and any(body["field"] == "funder" for body in reading["bodies"]):
            problems.append(problem("funder-alone", "", title))
            project["title"] = title
        if project:
            self._check_project(project, read.draft, problems)
            reading["project"] = project
        reading["said"] = {name: value for name, value in said_of(read.draft).items() if value != _NOTHING_SAID[name]}
        reading["key"] = key_of(said)
        return reading, problems

    def _settle(self, draft: ActivityDraft, line: Line) -> None:
        """A file with a column for the end that is empty does not say when it ended; a paste takes it as one day."""
        if self.has_end and draft.ends:
            ends = [line.cells[index] for index, _column, field in self.columns if field in {"ends", "when"}]
            if all(reading_cells.says_nothing(cell) for cell in ends):
                draft.ends = ""

    def _read_mine(
        self, field: str, column: str, cell: str, reading: Reading, project: dict[str, str],
        problems: list[dict[str, str]], draft: ActivityDraft,
    ) -> None:  # fmt: skip
        if field == "place":
            self._read_places(column, cell, reading, problems, draft)
        elif field in BODIES:
            reading["bodies"] += self._read_bodies(BODIES[field], column, cell)
        elif field == "project":
            project["title"] = cell[:250]
        elif field in {"aim", "budget"}:
            project[field] = cell[:4000]
            project[f"{field}_column"] = column
        elif field == "place_code":
            reading["place_codes"] = [code.strip() for code in re.split(r"[|;,\s]+", cell) if code.strip()]
        elif field == "code":
            reading["code"] = cell.strip().lower()
        elif fold(cell) in _YES | _NO:
            yes = fold(cell) in _YES
            if field == "complete":
                draft.reached_complete = yes
            else:
                draft.whole_country = draft.whole_country or yes
        else:
            problems.append(problem("yes-unread", column, cell))

    def _read_bodies(self, field: str, column: str, cell: str) -> list[dict[str, Any]]:
        """The organisations of a cell. Funders are a chain: "who gave it first | beside whom > who passed it on"."""
        if field == "owner":
            parts = [(cell.strip(), 0)]
        elif field == "funder":
            steps = enumerate(cell.split(">"), start=1)
            parts = [(text, step) for step, said in steps for text in self._parts(said)]
        else:
            parts = [(text, 0) for text in self._parts(cell)]
        return [{"field": field, "column": column, "text": text[:300], "step": step} for text, step in parts]

    # — places —

    def _read_places(
        self, column: str, cell: str, reading: Reading, problems: list[dict[str, str]], draft: ActivityDraft
    ) -> None:
        if fold(cell) in reading_cells.ONLINE:
            draft.mode = "online"
            return
        for text in filter(None, (part.strip() for part in cell.split("|"))):
            read = self._place(text)
            reading["places"].append({"field": "place", "column": column, **read})
            if not read["codes"]:
                problems.append(problem("place-unread", column, text))
            elif not read["sure"]:
                problems.append(problem("place-ask", column, text))

    def _keep_codes(self, reading: Reading, problems: list[dict[str, str]]) -> None:
        """Codes say more surely than names where the work was; the names stay as the words of the source."""
        codes = reading.pop("place_codes", [])
        spots = load().spots
        if not codes or any(code not in spots for code in codes):
            return
        words = "; ".join(place["text"] for place in reading["places"]) or ", ".join(codes)
        reading["places"] = [{"field": "place", "column": "", "text": words, "codes": codes, "sure": True, "why": []}]
        problems[:] = [found for found in problems if found["code"] not in {"place-ask", "place-unread"}]

    def _read_place(self, text: str) -> dict[str, Any]:
        if (codes := self._confirmed.get(fold(text))) is not None:
            return {"text": text, "codes": codes, "sure": True, "why": []}
        found = self._resolve(text)
        sure = bool(found.sure and found.codes)
        read = {"text": text, "codes": list(found.codes), "sure": sure, "why": list(found.why)}
        return read if sure else {**read, "alternatives": list(found.alternatives)}

    # — the project —

    def _check_project(self, project: dict[str, str], draft: ActivityDraft, problems: list[dict[str, str]]) -> None:
        project.setdefault("title", draft.title)
        column = project.pop("budget_column", "")
        project.pop("aim_column", "")
        if "budget" not in project:
            return
        amount, currency = reading_cells.read_money(project["budget"])
        currency = currency or draft.currency
        if amount is None or amount < 0:
            problems.append(_kept(reading_rows.Problem("money", "budget", column, project["budget"])))
        elif not currency:
            problems.append(problem("currency-missing", column, project["budget"]))
        else:
            project["budget"], project["currency"] = str(amount), currency


def _kept(found: reading_rows.Problem) -> dict[str, str]:
    """A problem of a row as it is staged; `field` is needed to say it again in another language."""
    return problem(PREFIX + found.code, found.column, found.value, read=found.read, field=found.field)


def asks_of(problems: Sequence[dict[str, str]]) -> list[str]:
    """What a person must decide of a row with these problems."""
    found = [_ASKS.get(one["code"], "doubt" if one["code"] == PREFIX + "doubt" else "") for one in problems]
    return list(dict.fromkeys(ask for ask in found if ask))


# — from a reading to what is kept ———————————————————————————————————————————————————————————————————————


def bodies_of(reading: Reading, field: str) -> list[str]:
    """The codes of the organisations that the row surely names as owner, partner or funder."""
    return [body["code"] for body in reading.get("bodies", ()) if body["field"] == field and body["sure"]]


def draft_of(reading: Reading, country: str, project: str = "") -> ActivityDraft:
    """The activity that a row says, as far as it is sure; words that were left open stand in the description."""
    draft = draft_from({**_NOTHING_SAID, **reading["said"]})
    draft.owner = next(iter(bodies_of(reading, "owner")), "")
    draft.partners = [code for code in dict.fromkeys(bodies_of(reading, "partner")) if code != draft.owner]
    places = reading.get("places", ())
    codes = [code for place in places if place["sure"] for code in place["codes"]]
    draft.whole_country = draft.whole_country or country in codes
    draft.places = [] if draft.whole_country else list(dict.fromkeys(codes))
    draft.place_text = "; ".join(place["text"] for place in places)[:500]
    open_words = [f"{body['column']}: {body['text']}" for body in reading.get("bodies", ()) if body.get("kept")]
    if open_words:
        draft.about = "\n".join(filter(None, [draft.about, *open_words]))
    draft.project = project
    return draft


def project_draft_of(reading: Reading) -> ProjectDraft:
    """The project that a row names, led by the row's organisation, with those who pay for it.

    Partners, dates and description are the project's where the row is the project itself, else the activity's.
    """
    said = reading["project"]
    steps = {body["code"]: Funder(body["code"], body["step"] or 1)
             for body in reading.get("bodies", ()) if body["field"] == "funder" and body["sure"]}  # fmt: skip
    draft = ProjectDraft(
        title=said["title"], owner=next(iter(bodies_of(reading, "owner")), ""), funders=list(steps.values()),
        aim=said.get("aim", ""), budget=Decimal(said["budget"]) if said.get("currency") else None,
        currency=said.get("currency", ""), source=reading.get("source", ""),
    )  # fmt: skip
    if reading.get("whole"):
        whole = draft_of(reading, "")
        draft.partners, draft.about, draft.results = whole.partners, whole.about, whole.results
        draft.begins, draft.ends = whole.begins, whole.ends
        if draft.budget is None and whole.money is not None:
            draft.budget, draft.currency = whole.money, whole.currency
    return draft


def merge_projects(first: ProjectDraft, more: ProjectDraft) -> None:
    """Let a project that several rows name say what any of them says; the first word stands."""
    for name in ("owner", "about", "aim", "begins", "ends", "results", "currency"):
        setattr(first, name, getattr(first, name) or getattr(more, name))
    if first.budget is None:
        first.budget = more.budget
    first.partners = [code for code in dict.fromkeys([*first.partners, *more.partners]) if code != first.owner]
    paying = {funder.organisation for funder in first.funders}
    first.funders += [funder for funder in more.funders if funder.organisation not in paying]
