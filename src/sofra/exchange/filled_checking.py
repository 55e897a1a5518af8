"""Rows of an export on their way to become fillings: read, checked by the form, and looked up by their instanceID."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from django.conf import settings

from sofra.questionnaires import arriving
from sofra.questionnaires.instance import BadInstance
from sofra.questionnaires.models import Filling

from . import filled_columns
from .checking import Checked
from .filled_rows import Columns, Filled, FilledReader, values_of
from .filled_tables import FilledTable, Turns, filled
from .models import Import, ImportRow
from .problems import problem, weight
from .reading import Line

Verdict = ImportRow.Verdict
Known = tuple[int, str, str]  # number, state and document of a filling that the hub has


class FilledChecker:
    """As checking.Checker. Nothing of what the hub has is overwritten: what differs is left out and told."""

    portion = 1_000

    def __init__(self, imported: Import, table: Any) -> None:
        assert isinstance(table, FilledTable)
        self.imported, self.version = imported, filled_columns.version_of(imported)
        self.known = filled_columns.known_of(self.version)
        self.reader = FilledReader(self.known, code=self.version.questionnaire.code)
        self.columns = Columns(table.export.main.header, imported.mapping)
        self.turns = Turns(table.export, imported.mapping, self.known)
        self.seen: dict[str, int] = {}
        self.language = self.known.form.language_for(settings.LANGUAGE_CODE)

    def check(self, lines: Sequence[Line]) -> list[Checked]:
        read = [(line, filled(line, self.columns, self.turns, self.reader)) for line in lines]
        had = _known([row.instance for _line, row in read])
        return [self._checked(line, row, had.get(row.instance)) for line, row in read]

    def _checked(self, line: Line, row: Filled, had: Known | None) -> Checked:
        checked = Checked(line, self._reading(row), list(row.problems), [])
        first = self.seen.setdefault(row.instance, line.number)
        if not row.answered and not had:
            checked.problems = [problem("answers-none")]
            checked.verdict = Verdict.BAD
        elif first != line.number:
            checked.problems = [problem("row-again", read=str(first))]
            checked.verdict = Verdict.SKIP
        elif had is not None:
            self._weigh(checked, row, had)
        else:
            self._check_by_form(checked, row)
        return checked

    def _reading(self, row: Filled) -> dict[str, Any]:
        return {
            "names": [[row.title, ""]], "instance": row.instance, "document": row.document,
            "submitted": row.submitted.isoformat() if row.submitted else "", "source": self.imported.source,
            "key": int.from_bytes(blake2b(row.instance.encode(), digest_size=8).digest()) >> 1,
        }  # fmt: skip

    def _weigh(self, checked: Checked, row: Filled, had: Known) -> None:
        """The hub has a filling of this instanceID: the same, one that was taken back, or one that says otherwise."""
        number, state, document = had
        checked.reading["filling"] = number
        if state == Filling.State.WITHDRAWN:
            if _taken_back(number):
                checked.verdict = Verdict.UPDATE
                self._check_by_form(checked, row)
            else:
                checked.verdict, checked.problems = Verdict.SKIP, [problem("filling-withdrawn")]
        elif document == row.document or values_of(document) == values_of(row.document):
            checked.verdict, checked.problems = Verdict.SAME, [problem("imported-before")]
        else:
            checked.verdict, checked.problems = Verdict.SKIP, [problem("answers-differ")]

    def _check_by_form(self, checked: Checked, row: Filled) -> None:
        """What the form itself finds wrong is told, and kept as a notice on the filling; it refuses nothing."""
        try:
            weighed = arriving.weigh(self.known.form, row.document, self.language)
        except BadInstance as error:
            checked.problems.append(problem("document-bad", read=str(error)))
            checked.verdict = Verdict.BAD
            return
        checked.reading |= {"notices": weighed.notices, "answers": weighed.answers}
        prefix = f"/{self.known.form.root}/"
        for notice in weighed.notices[:20]:
            path = re.sub(r"\[\d+\]", "", notice["path"]).removeprefix(prefix)
            checked.problems.append(problem("answer-fault", self.known.labels.get(path, path), read=notice["sentence"]))
        if any(weight(found) == "bad" for found in checked.problems):
            checked.verdict = Verdict.BAD


def _known(instances: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(instances), 500):
        rows = Filling.objects.filter(instance__in=instances[start : start + 500])
        for instance, number, state, document in rows.values_list("instance", "pk", "state", "document"):
            found[instance] = (number, state, document)
    return found


def _taken_back(number: int) -> bool:
    """Whether a filling was withdrawn because its import was taken back, and not by whoever filled it in."""
    return ImportRow.objects.filter(filling=number, imported__state=Import.State.UNDONE).exists()
