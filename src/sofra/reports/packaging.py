"""The data behind a report as a Frictionless data package: tables with their schema, as everyone may see them."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from sofra.activities import dates
from sofra.findings import queries as findings
from sofra.findings.models import Finding
from sofra.findings.vocabulary import ORDER
from sofra.ground.models import Visibility
from sofra.mapping.rules import is_hidden
from sofra.questionnaires import queries as questionnaires

from . import annexes, building, counting
from .models import Edition, Report
from .wanted import Wanted

Rows = list[list[Any]]
Data = dict[str, dict[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LICENCES = {
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"),
    "CC-BY-SA-4.0": ("https://creativecommons.org/licenses/by-sa/4.0/", "Creative Commons Attribution-ShareAlike 4.0"),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
}
# Table -> what it holds, and its fields: name, type, description. An empty cell is "not known" everywhere.
_TABLES: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "findings": ("Statements of the report", (
        ("code", "string", "stable public code"), ("chapter", "string", ""), ("kind", "string", ""),
        ("state", "string", ""),
        ("class", "string", "specific, relevant, both"), ("statement_sq", "string", ""), ("statement_en", "string", ""),
        ("places", "string", "codes of places, parted by a space"), ("where_said", "string", "place in the document"),
    )),
    "evidence": ("What each statement stands on", (
        ("finding", "string", "findings.code"), ("number", "integer", "within the finding, from 1"),
        ("kind", "string", ""), ("source", "string", "sources.code"), ("said_sq", "string", ""),
        ("said_en", "string", ""),
    )),
    "figures": ("Numbers with their source", (
        ("code", "string", ""), ("title_sq", "string", ""), ("title_en", "string", ""), ("label_sq", "string", ""),
        ("label_en", "string", ""), ("value", "string", "as the source states it"), ("unit", "string", ""),
        ("base", "integer", "how many were asked; empty: not stated"), ("source", "string", "sources.code"),
        ("page", "string", ""),
    )),
    "sources": ("Sources that are public", (
        ("code", "string", ""), ("kind", "string", ""), ("title", "string", ""), ("who", "string", "body or office"),
        ("when", "string", "a partial date: 2018, 2018-10, 2018-10-05"), ("url", "string", ""),
        ("consent", "string", ""),
    )),
    "organisations": ("Organisations that the mapping covers", (
        ("number", "integer", "row of the annex"), ("code", "string", "the hub's stable code"), ("name", "string", ""),
        ("kind", "string", ""), ("theme", "string", ""), ("geographic_focus", "string", ""), ("website", "string", ""),
        ("focus", "string", ""),
    )),
    "answers": ("Counts of the questionnaire's answers", (
        ("question", "string", "path in the form"), ("label", "string", ""), ("value", "string", "code of the answer"),
        ("answer", "string", ""), ("count", "integer", "fillings that gave it; empty: too few to be shown"),
        ("base", "integer", "fillings that answered the question"), ("asked", "integer", "fillings sent"),
    )),
}  # fmt: skip
_WORDS = {  # what of a row is a source's own content
    "sources": ("title", "who", "when", "url"),
    "evidence": ("said_sq", "said_en"),
    "figures": ("title_sq", "title_en", "label_sq", "label_en", "value", "page"),
}
_KEYS = {"findings": "code", "sources": "code"}


def data_of(report: Report) -> Data:
    """The rows of every table, as everyone may see them now."""
    with translation.override("en"):
        said = _statements(report)
        found = {
            "findings": _findings(said), "evidence": _evidence(said), "figures": _figures(report),
            "sources": _sources(report), "organisations": _organisations(report), "answers": _answers(report),
        }  # fmt: skip
    return {name: {"rows": rows} for name, rows in found.items()}


def _statements(report: Report) -> list[Finding]:
    found = findings.with_evidence(findings.findings(Visibility.PUBLIC, round=report.round))
    return sorted(found, key=lambda one: (ORDER.get(one.chapter, 99), one.chapter, one.position, one.pk))


def _findings(said: Iterable[Finding]) -> Rows:
    return [
        [one.code, one.chapter, one.kind, one.state, one.activity_class or None, one.statements.get("sq"),
         one.statements.get("en"), " ".join(one.places) or None, one.where_said or None]
        for one in said
    ]  # fmt: skip


def _evidence(said: Iterable[Finding]) -> Rows:
    rows: Rows = []
    for finding in said:
        in_english = findings.evidence_lines(finding, Visibility.PUBLIC, "en")
        for number, told in enumerate(findings.told(finding, Visibility.PUBLIC, "sq")):
            words = ["".join(run.text for run in runs) for runs in (told.runs, in_english[number])]
            source = "" if told.hidden else building.source_behind(told.evidence)
            rows.append([finding.code, number + 1, told.evidence.kind, source or None, *words])
    return rows


def _figures(report: Report) -> Rows:
    rows: Rows = []
    for one in findings.figures(Visibility.PUBLIC, round=report.round).order_by("code"):
        public = one.source is not None and findings.sees(one.source, Visibility.PUBLIC)
        for line in one.series:
            label = line.get("label", {})
            rows.append([
                one.code, one.titles.get("sq"), one.titles.get("en"), label.get("sq"), label.get("en"),
                str(line.get("value", "")) or None, one.unit or None, one.base,
                one.source.code if public and one.source else None, (one.page or None) if public else None,
            ])  # fmt: skip
    return rows


def _sources(report: Report) -> Rows:
    wanted = Wanted(report.round, "en", Visibility.PUBLIC)
    return [
        [one.code, one.kind, one.title, one.who or None, one.when or None, one.url or None, one.consent]
        for one in annexes.sources_of(wanted)
    ]


def _organisations(report: Report) -> Rows:
    wanted = Wanted(report.round, "en", Visibility.PUBLIC)
    bodies = counting.mapped(wanted)
    rows: Rows = []
    for one, told in zip(bodies, annexes.organisation_rows(bodies, wanted), strict=True):
        number, theme, name, place, website, focus = (None if cell == str(annexes.NOT_KNOWN) else cell for cell in told)
        rows.append([int(number or 0), one.code, name, one.kind, theme, place, website, focus])
    return rows


def _answers(report: Report) -> Rows:
    version = report.round.version
    if version is None:
        return []
    rows: Rows = []
    own = findings.fillings_of(report.round, version.pk)
    for question in questionnaires.questions(version, "en"):
        if not question.choices:
            continue
        told = questionnaires.counts([version.pk], question.path, within=own)
        shown = not is_hidden(told.base, Visibility.PUBLIC)
        for code, label in question.choices:
            count = told.values.get(code, 0) if shown else None
            rows.append([question.path, question.label, code, label, count, told.base if shown else None, told.asked])
    return rows


def leave(data: Data, source: str) -> bool:
    """Take out what the tables say of a source (by code): the row stays, its words go. Was there anything?"""
    touched = False
    for name, (_what, fields) in _TABLES.items():
        names = [field for field, _kind, _about in fields]
        at = names.index("code") if name == "sources" else names.index("source") if "source" in names else -1
        words = _WORDS.get(name, ())
        for row in data.get(name, {}).get("rows", []) if at >= 0 else []:
            if row[at] == source:
                for word in words:
                    row[names.index(word)] = None
                if name == "sources":
                    row[names.index("consent")] = "withdrawn"
                touched = True
    return touched


def packed(report: Report, data: Data, *, edition: Edition | None) -> bytes:
    """The ZIP: datapackage.json and a CSV a table (UTF-8; empty: not known). The same data, the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        about = json.dumps(_described(report, data, edition), ensure_ascii=False, indent=2)
        _put(package, "datapackage.json", about)
        for name, (_what, fields) in _TABLES.items():
            _put(package, f"data/{name}.csv", _csv([field for field, _kind, _said in fields], data[name]["rows"]))
    return out.getvalue()


def _put(package: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    package.writestr(entry, text.encode())


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe, as in every download of the hub."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _described(report: Report, data: Data, edition: Edition | None) -> dict[str, Any]:
    titles = report.titles
    address = f"{settings.ORIGIN.rstrip('/')}/reports/{report.code}/"
    said: dict[str, Any] = {
        "name": report.code.replace("_", "-"),
        "id": f"{address}editions/{edition.number}/" if edition else address,
        "title": titles.get("en") or titles.get("sq") or report.code,
        "description": "The data behind the report, as everyone may see it. An empty cell means: not known.",
        "homepage": address,
        "version": str(edition.number) if edition else "draft",
        "profile": "tabular-data-package",
        "sources": [{"title": report.round.source or report.code, "path": address}],
        "contributors": _contributors(report),
        "temporal": dates.written_span(report.round.begins, report.round.ends),
        "resources": [_resource(name, len(data[name]["rows"])) for name in _TABLES],
    }  # fmt: skip
    if edition:
        said["created"] = edition.published_at.isoformat()
        said["hash"] = f"sha256:{edition.digest}"
    if report.licence in _LICENCES:
        path, title = _LICENCES[report.licence]
        said["licenses"] = [{"name": report.licence, "path": path, "title": title}]
    return said


def _contributors(report: Report) -> list[dict[str, str]]:
    parts = ((report.publisher, "publisher"), (report.authors, "author"), (report.funder, "contributor"))
    return [{"title": name, "role": role} for name, role in parts if name]


def _resource(name: str, rows: int) -> dict[str, Any]:
    what, fields = _TABLES[name]
    schema: dict[str, Any] = {
        "fields": [
            {"name": field, "type": kind, **({"description": about} if about else {})} for field, kind, about in fields
        ],
        "missingValues": [""],
    }  # fmt: skip
    if name in _KEYS:
        schema["primaryKey"] = _KEYS[name]
    if name == "evidence":
        schema["foreignKeys"] = [{"fields": "finding", "reference": {"resource": "findings", "fields": "code"}}]
    return {
        "name": name, "title": what, "path": f"data/{name}.csv", "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n"},
        "schema": schema, "rows": rows,
    }  # fmt: skip
