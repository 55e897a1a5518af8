"""The mapping of 2018 as its printed report states it, brought into the demo from data/mapping-2018/.

What the report does not say stays unknown: no times of answers, no place of the table, no objections. It comes in by
the services of the rooms, in one transaction: either all of it is there or nothing.
"""

import csv
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django_tasks import task

from sofra.activities.models import Activity
from sofra.findings import services as findings
from sofra.findings.models import Evidence, Figure, Finding, Quote, Source
from sofra.ground.models import Visibility
from sofra.mapping import services as mapping
from sofra.mapping.models import Round
from sofra.organisations import queries as registry
from sofra.organisations.models import Organisation
from sofra.reports import services as reports
from sofra.reports.models import Report
from sofra.reports.tasks import make_files

CODE = "al.2018.mapping"
REPORT = "Mapping report 2018"
TODAY = "Sot, sipas platformës; jo e vitit 2018. / Today, by the hub; not of 2018."
PAGES = {"gaps": "/coverage/gaps/", "crowded": "/coverage/crowded/", "overlaps": "/coverage/overlaps/"}
Row = dict[str, str]


class Unresolved(Exception):
    """A row names what the hub does not have. The text says file, row and what to do."""


def load_mapping(say: Callable[[str], None] = lambda _said: None) -> Round:
    """The round with its sources, findings, table and report. Raises Unresolved, and then nothing was written.

    What is there already stays as it is, edited or not.
    """
    known = Round.objects.filter(code=CODE).first()
    if known is not None and known.reports.exists():
        return known
    say("Rebuilding the mapping of 2018 from data/mapping-2018/ …")
    with transaction.atomic():
        if known is None:
            known = _Loading().whole()
        arrange_report(known)
    return known


def arrange_report(round_: Round) -> None:
    """The report in the order of the printed one, as a draft until `publish_soon`."""
    report = reports.begin_report(
        round=round_, titles=REPORTED, subtitles=SUBTITLES, publisher="Center for Legal Civic Initiatives",
        authors="Iris Aliaj", funder="European Union", licence="", by=None,
    )  # fmt: skip
    laid = []
    for row in rows_of("outline.csv"):
        about = f"{CODE}.{row['about']}" if row["kind"] == "figure" else row["about"]
        texts = {language: row[language] for language in ("sq", "en") if row[language]}
        laid.append({"kind": row["kind"], "level": int(row["level"]), "about": about, "texts": texts})
    reports.lay_outline(report, laid, by=None)


def publish_soon() -> None:
    """Leave the first edition to the worker: the demo is there before its charts are drawn in both languages."""
    if Report.objects.filter(code=CODE, editions=None).exists():
        publish_first.enqueue()


@task()
def publish_first() -> None:
    """The edition that everyone reads. Once: a worker that was killed, or a second start, publishes no second one."""
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(code=CODE).first()
        if report is not None and not report.editions.exists():
            make_files.enqueue(reports.publish(report, by=None).pk)


class _Loading:
    """One loading, with what the rows name by key or code."""

    def __init__(self) -> None:
        self.organisations = {one.code: one for one in Organisation.objects.all()}
        self.activities = dict(_activities())
        self.sources: dict[str, Source] = {}
        self.quotes: dict[str, Quote] = {}
        self.figures: dict[str, Figure] = {}

    def whole(self) -> Round:
        self.round = mapping.open_round(
            code=CODE, country="AL", titles=TITLES, methodology=_in_both("methodology"), state=Round.State.CLOSED,
            remind_after=None, source=REPORT, by=None,
        )  # fmt: skip
        # When the round of 2018 was opened and closed is not said; that it was entered today is in the audit.
        Round.objects.filter(pk=self.round.pk).update(opened_at=None, closed_at=None)
        self.round.refresh_from_db()
        asked = [self._organisation(row, "respondents.csv", row["organisation"]) for row in rows_of("respondents.csv")]
        mapping.record_answered_elsewhere(
            self.round, organisations=asked, source=f"{REPORT}, chapter II, the sample; Annex I", by=None
        )
        self._sources()
        self._figures()
        found = [self._finding(number, row) for number, row in enumerate(rows_of("findings.csv"), start=1)]
        self._table(found)
        return self.round

    # — what stands behind the findings ————————————————————————————————————————————————————————————————————

    def _sources(self) -> None:
        for number, row in enumerate(rows_of("sources.csv"), start=1):
            with _told("sources.csv", row):
                self.sources[row["key"]] = findings.record_source(
                    round=self.round, code=f"{CODE}.s{number:02d}", kind=row["kind"], title=row["title"],
                    who=row["who"], organisations=self._organisations(row, "sources.csv"), when=row["when"],
                    url=row["url"], notes=_noted(row), consent=row["consent"],
                    consent_note=f"{row['consent_sq']} / {row['consent_en']}", visible_to=Visibility.PUBLIC, by=None,
                )  # fmt: skip
        for row in rows_of("quotes.csv"):
            with _told("quotes.csv", row):
                self.quotes[row["key"]] = findings.add_quote(
                    self._named(self.sources, row["source"], "quotes.csv", row), text=row["text"], page=row["page"],
                    language=row["language"], by=None,
                )  # fmt: skip

    def _figures(self) -> None:
        for key, group in itertools.groupby(rows_of("figures.csv"), key=lambda row: row["key"]):
            lines = list(group)
            row = lines[0]
            with _told("figures.csv", row):
                self.figures[key] = findings.record_figure(
                    round=self.round, code=f"{CODE}.{key}", titles={"sq": row["title_sq"], "en": row["title_en"]},
                    unit=row["unit"], base=int(row["base"]) if row["base"] else None,
                    base_note={"sq": row["base_note_sq"], "en": row["base_note_en"]},
                    series=[_value(one) for one in lines],
                    source=self._named(self.sources, row["source"], "figures.csv", row), page=row["page"],
                    visible_to=Visibility.PUBLIC, by=None,
                )  # fmt: skip

    # — findings ———————————————————————————————————————————————————————————————————————————————————————————

    def _finding(self, number: int, row: Row) -> Finding:
        with _told("findings.csv", row):
            finding = findings.record_finding(
                round=self.round, code=f"{CODE}.f{number:02d}", statements={"sq": row["sq"], "en": row["en"]},
                kind=row["kind"],
                chapter=row["chapter"], position=int(row["position"]),
                places=[code for code in row["places"].split("|") if code],
                organisations=self._organisations(row, "findings.csv"), activity_class=row["activity_class"],
                where_said=f"{row['where_sq']} / {row['where_en']}", visible_to=Visibility.PUBLIC, by=None,
            )  # fmt: skip
            for mark in row["evidence"].split():
                findings.add_evidence(finding, by=None, **self._evidence(mark, row))
        return finding

    def _evidence(self, mark: str, row: Row) -> dict[str, Any]:
        """What a mark stands for: "s:report@p. 4", "q:q03", "n:n01", "a:39" (row of activities.csv), "c:gaps@AL212"."""
        kind, _colon, rest = mark.partition(":")
        key, _at, detail = rest.partition("@")
        if kind == "s":
            source = self._named(self.sources, key, "findings.csv", row)
            return {"kind": Evidence.Kind.SOURCE, "source": source, "page": detail}
        if kind == "q":
            return {"kind": Evidence.Kind.QUOTE, "quote": self._named(self.quotes, key, "findings.csv", row)}
        if kind == "n":
            return {"kind": Evidence.Kind.FIGURE, "figure": self._named(self.figures, key, "findings.csv", row)}
        if kind == "a":
            return {"kind": Evidence.Kind.ACTIVITY, "activity": self._named(self.activities, key, "findings.csv", row)}
        if kind == "c" and key in PAGES:
            return {"kind": Evidence.Kind.COVERAGE, "asked": {"address": PAGES[key], "line": detail}, "note": TODAY}
        raise Unresolved(
            f"data/mapping-2018/findings.csv, {row['key']}: “{mark}” is no evidence. Write s:, q:, n:, a: or c:."
        )

    def _table(self, found: list[Finding]) -> None:
        """The round table of 17.12.2018: it confirmed the findings; who said what at it the report does not tell."""
        table = findings.plan_table(
            round=self.round, titles=TABLE, on="2018-12-17", stated_attendance=ATTENDANCE,
            source=f"{REPORT}, chapter II, letter h and footnote 23", code=f"{CODE}.t01", by=None,
        )  # fmt: skip
        seats = [
            (row["name"], "", self._organisation(row, "seats.csv", row["organisation"])) for row in rows_of("seats.csv")
        ]
        findings.seat_bodies(table, seats, by=None)
        findings.mark_attendance(table, {seat.pk: (True, None) for seat in table.seats.all()}, by=None)
        findings.begin_table(table, by=None)
        for finding in found:
            findings.propose(finding, by=None)
        findings.put_on_agenda(table, found, by=None)
        for finding in found:
            findings.confirm(finding, table=table, by=None)
        findings.close_table(table, minutes=text_of("minutes.md"), by=None)

    # — names ——————————————————————————————————————————————————————————————————————————————————————————————

    def _organisations(self, row: Row, name: str) -> list[Organisation]:
        found = [self._organisation(row, name, code) for code in row["organisations"].split("|") if code]
        return list({one.pk: one for one in found}.values())

    def _organisation(self, row: Row, name: str, code: str) -> Organisation:
        """The record that stands for the code: what was joined since answers for its parts."""
        return registry.head(self._named(self.organisations, code, name, row))

    @staticmethod
    def _named(known: dict[str, Any], key: str, name: str, row: Row) -> Any:
        if key not in known:
            raise Unresolved(
                f"data/mapping-2018/{name}, {row.get('key') or row.get('name')}: there is no “{key}”. Load the lists "
                "of organisations and activities first, or correct the row."
            )
        return known[key]


class _told:
    """Says of which row of which file a rule was broken."""

    def __init__(self, name: str, row: Row) -> None:
        self.where = f"data/mapping-2018/{name}, {row['key']}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ValidationError):
            raise Unresolved(f"{self.where}: {' '.join(error.messages)}") from error


def _noted(row: Row) -> str:
    """Where the report names the source, and what is to be known of it, in both languages."""
    albanian = f"Raporti i hartëzimit 2018, {row['where_sq']}. {row['notes_sq']}".strip()
    english = f"{REPORT}, {row['where_en']}. {row['notes_en']}".strip()
    return f"{albanian} / {english}"


def _value(row: Row) -> dict[str, Any]:
    return {"label": {"sq": row["label_sq"], "en": row["label_en"]}, "value": row["value"]}


def rows_of(name: str) -> list[Row]:
    with (folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(name: str) -> str:
    return (folder() / name).read_text(encoding="utf-8").strip()


def folder() -> Path:
    return Path(settings.PROJECT) / "data" / "mapping-2018"


def _in_both(name: str) -> dict[str, str]:
    return {language: text_of(f"{name}.{language}.md") for language in ("sq", "en")}


def _activities() -> Iterator[tuple[str, Activity]]:
    """By the number of their row in activities.csv: the list's own words find them, whatever code they got.

    One whose title was edited since is found by its source, where that is its alone.
    """
    known: dict[tuple[str, str], Activity] = {}
    by_source: dict[str, list[Activity]] = {}
    for one in Activity.objects.order_by("pk"):
        known.setdefault((one.title, one.source), one)
        by_source.setdefault(one.source, []).append(one)
    with (Path(settings.PROJECT) / "data" / "activities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found, alone = known.get((row["title"], row["source"])), by_source.get(row["source"], [])
            if found is None and row["title"] and len(alone) == 1:
                found = alone[0]
            if found is not None:
                yield row["number"], found


TITLES = {
    "sq": "Hartëzimi kombëtar i shoqërisë civile në parandalimin e ekstremizmit të dhunshëm, 2018",
    "en": "National mapping of civil society in preventing violent extremism, 2018",
}
REPORTED = {
    "sq": "Shoqëria civile në parandalimin e ekstremizmit të dhunshëm dhe luftën kundër tij në Shqipëri",
    "en": "Civil society in prevention and countering of violent extremism in Albania",
}
SUBTITLES = {
    "sq": "Raporti i hartëzimit i vitit 2018, i rindërtuar nga gjetjet dhe dëshmitë e tij",
    "en": "Mapping report of 2018, rebuilt from its findings and evidence",
}
TABLE = {
    "sq": "Tryeza e rrumbullakët për konfirmimin e gjetjeve",
    "en": "Round table for the confirmation of findings",
}
ATTENDANCE = "më shumë se 25 OShC / more than 25 CSOs"
