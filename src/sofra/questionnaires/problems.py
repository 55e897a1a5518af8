"""Our words for what is wrong with an XLSForm, with sheet and row; what pyxform says is put into them."""

import re

from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError

from .rows import Rows
from .shapes import Form, Question, Trouble
from .sheets import Problem, Sheets


def of_form(form: Form, survey: Rows | None) -> list[Problem]:
    """Expressions that cannot be read and circles, told at the row where they stand."""
    found = []
    for trouble in form.troubles:
        if trouble.what == "missing":
            continue
        row = survey.row_of(trouble.path) if survey is not None else 0
        column = COLUMNS.get(trouble.role, trouble.role)
        found.append(Problem("survey", row, column, _sentence(trouble)))
    if any(not item.name for item in form.items.values()):
        found.append(Problem("survey", 0, "name", _("A question has no name.")))
    for path in form.homeless:
        sentence = _("The form asks “%(path)s”, but its data (instance) have no such element to keep the answer in.")
        found.append(Problem("survey", 0, "", sentence % {"path": path}))
    if not _records(form, survey):
        found.append(Problem("survey", 0, "", _("This form asks nothing: write at least one question.")))
    return found


def _records(form: Form, survey: Rows | None) -> bool:
    """Does it ask or note anything at all? A form of metadata alone is one for phones."""
    if survey is not None:
        return any(row.kind == "question" for row in survey.survey)
    return any(isinstance(one, Question) and one.kind not in ("meta", "hidden") for one in form.items.values())


def of_formulas(book: Sheets) -> list[Problem]:
    """Cells that hold a formula and no value: mostly the reason why a label or a name is missing."""
    sentence = _("Cell %(cell)s holds a formula without a value: open the file in a spreadsheet and save it again.")
    return [
        Problem(one.sheet, int(re.sub(r"\D", "", one.cell) or 0), "", sentence % {"cell": one.cell})
        for one in book.formulas[:20]
        if one.empty
    ]


COLUMNS = {"calculate": "calculation", "count": "repeat_count"}


def _sentence(trouble: Trouble) -> str:
    name = trouble.path.rpartition("/")[2]
    if trouble.what == "cycle":
        return _("“%(name)s” goes round in a circle, so that it can never be worked out: %(circle)s.") % {
            "name": name, "circle": trouble.detail,
        }  # fmt: skip
    if trouble.detail.endswith("()"):
        return _("The expression of “%(name)s” calls %(function)s, which is unknown or has the wrong arguments.") % {
            "name": name, "function": trouble.detail,
        }  # fmt: skip
    return _("The expression of “%(name)s” cannot be read: it stops making sense at “%(detail)s”.") % {
        "name": name, "detail": trouble.detail[:60],
    }  # fmt: skip


_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet, the '([^']*)' value")


def of_pyxform(error: PyXFormError | None, survey: Rows) -> list[Problem]:
    """All that our own look at the rows finds; what pyxform stumbled over comes first where it is something else."""
    ours = survey.faults()
    if error is None:
        return ours or [
            Problem("", 0, "", _("This form cannot be read; nobody knows why. Take rows out until it can."))
        ]
    said = str(error)
    row = int(match[1]) if (match := _ROW.search(said)) else int(error.context.get("row") or 0)
    where = _SHEET.search(said)
    sheet = where[1] if where else str(error.context.get("sheet") or error.context.get("sheet_name") or "survey")
    column = where[2] if where else str(error.context.get("column") or "")
    if spaced := re.search(r"Choice names with spaces.*?\[(.*?)\] in \[(.*?)\]", said, re.DOTALL):
        sheet, column, row = "choices", "name", survey.choice_named(spaced[1], spaced[2])
    for name in re.findall(r"'([^']+)'", said) if not row and sheet == "survey" else ():
        row = row or survey.row_named(name)
    if any(problem.row == row and problem.sheet == sheet and row for problem in ours):
        return ours
    theirs = Problem(sheet, row, column, _told(_ROW.sub("", said).strip(), error))
    return [theirs, *ours] if not ours or theirs.row else ours


def _told(said: str, error: PyXFormError) -> str:
    for pattern, sentence in _WORDS:
        if match := re.search(pattern, said, re.DOTALL):
            return str(sentence()) % {f"x{place}": group for place, group in enumerate(match.groups(), 1)}
    code = error.code.name if error.code else ""
    return _("The reader of XLSForms refuses this: %(said)s") % {"said": f"{code} {said}".strip()[:400]}


_WORDS = [
    (r"must have a sheet named '(\w+)'", lambda: _("The sheet “%(x1)s” is missing.")),
    (r"Unknown question type '([^']*)'", lambda: _("There is no question type “%(x1)s”.")),
    (r"no survey element named '([^']*)'", lambda: _("There is no question called “%(x1)s”.")),
    (r"multiple survey elements named '([^']*)'", lambda: _("More than one question is called “%(x1)s”: rename them.")),
    (r"Could not find the name '([^']*)'", lambda: _("There is no question called “%(x1)s”.")),
    (r"The name '([^']*)' appears more than once",
     lambda: _("More than one question is called “%(x1)s”: rename them.")),
    (r"required column headers were not found: (.*?)\.", lambda: _("Columns are missing: %(x1)s.")),
    (r"different names for the same column were found: '([^']*)', '([^']*)'",
     lambda: _("The columns “%(x1)s” and “%(x2)s” mean the same: delete one.")),
    (r"due a missing header row", lambda: _("This sheet has no row of column names at its top.")),
    (r"Choice names with spaces.*?\[(.*?)\] in \[(.*?)\]",
     lambda: _("“%(x1)s” in the list “%(x2)s” has a space; the names of several choices cannot.")),
    (r"Choices must have a name", lambda: _("This choice has no name.")),
    (r"Choice names must be unique", lambda: _("Two choices of a list have the same name.")),
    (r"Names must begin with a letter", lambda: _("A name begins with a letter and has no spaces.")),
    (r"must be unique within their nearest parent", lambda: _("Two questions of the same group have the same name.")),
    (r"Repeat names must", lambda: _("Give this repeat a name of its own.")),
    (r"Unmatched '(\w+)'", lambda: _("“%(x1)s” has no counterpart.")),
    (r"List name not in (?:choices|external choices|columns) sheet: (.*)",
     lambda: _("The list “%(x1)s” is not on the choices sheet.")),
    (r"should be a choices sheet", lambda: _("The sheet “choices” is missing.")),
    (r"should be an external_choices sheet", lambda: _("The sheet “external_choices” is missing.")),
    (r"Question with no type", lambda: _("This question has no type.")),
    (r"Question or group with no name", lambda: _("This question has no name.")),
    (r"Missing calculation", lambda: _("This calculation is empty.")),
    (r"The accepted parameter keys.*?'([^']*)'.*?invalid parameter key\(s\): '([^']*)'",
     lambda: _("The parameters “%(x2)s” are not known here; known are: %(x1)s.")),
    (r"Parameters must be in the form", lambda: _("Write parameters as key=value, with a space between two.")),
    (r"Choice filter not supported with or_other", lambda: _("or_other and choice_filter do not go together.")),
    (r"Reference variables? must start with", lambda: _("A reference to a question is written ${name}.")),
    (r"Instance names must be unique within a form. The name '([^']*)'",
     lambda: _("Two lists or files are both called “%(x1)s”.")),
    (r"survey element named '([^']*)' has no label", lambda: _("“%(x1)s” has no label.")),
    (r"label.*?language|default language", lambda: _("A label in the default language is missing.")),
]  # fmt: skip
