"""Answers of a questionnaire's version as tables: one wide sheet of fillings, one more for each repeat.

Codes stand in the cells, so that programs can count them; the sheet of questions says what they mean. A choice among
several has a column of its own beside (1 ticked, 0 not ticked, empty where the question was not answered).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sofra.accounts import roles
from sofra.accounts.access import has, require
from sofra.questionnaires import asking, desk, tongue
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires.deriving import asked, turn_of
from sofra.questionnaires.forms import FillingsFilter
from sofra.questionnaires.models import Answer, Filling, Version
from sofra.questionnaires.xform import Form, Group, Item, Question, Repeat

from .sheets import Sheet, sheets_response

BATCH = 500
MOST_SPLIT = 60  # choices; longer lists get no column each
Values = dict[str, dict[str, list[str]]]  # turn -> question -> values


@dataclass
class Columns:
    """The questions of one sheet: `repeat` is the path of its repeat without the root, "" of the main sheet."""

    repeat: str
    questions: list[questionnaires.Asked] = field(default_factory=list)

    @property
    def header(self) -> list[str]:
        names: list[str] = []
        for one in self.questions:
            names.append(one.path)
            names += [f"{one.path}/{code}" for code, _label in _split(one)]
        return names

    def row(self, said: dict[str, list[str]]) -> list[Any]:
        cells: list[Any] = []
        for one in self.questions:
            given = said.get(one.path, [])
            cells.append(" ".join(given) if one.choices else _typed(one, given))
            cells += [(1 if code in given else 0) if given else None for code, _label in _split(one)]
        return cells


def _split(one: questionnaires.Asked) -> Sequence[tuple[str, str]]:
    return one.choices if one.kind == "select_multiple" and len(one.choices) <= MOST_SPLIT else ()


def _typed(one: questionnaires.Asked, given: list[str]) -> Any:
    """Numbers as numbers, so that a sheet adds them up; what is no number stays a text."""
    text = given[0] if given else ""
    if one.kind in ("integer", "decimal", "range") and text:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return text


def columns_of(version: Version, language: str, *, sealed: bool = False) -> list[Columns]:
    """The main sheet and those of its repeats, in the form's order; `sealed` questions too."""
    form = questionnaires.form_of(version)
    asked_for = {one.path: one for one in questionnaires.questions(version, language, sealed=sealed)}
    main = Columns("")
    found = [main]

    def look(items: Iterable[Item], here: Columns) -> None:
        for item in items:
            if isinstance(item, Repeat):
                inner = Columns(_bare(form, item))
                found.append(inner)
                look(item.children, inner)
            elif isinstance(item, Group):
                look(item.children, here)
            elif isinstance(item, Question) and _bare(form, item) in asked_for:
                here.questions.append(asked_for[_bare(form, item)])

    look(form.children, main)
    return found


def _bare(form: Form, item: Item) -> str:
    return item.path.removeprefix(f"/{form.root}/")


def batches(found: QuerySet[Filling]) -> Iterator[tuple[Filling, Values]]:
    """Each filling with what it says, a few hundred at a time."""
    last: int | None = None
    while True:
        rest = found.order_by("pk") if last is None else found.order_by("pk").filter(pk__gt=last)
        some = list(rest[:BATCH])
        if not some:
            return
        said: dict[int, Values] = {}
        for answer in Answer.every.filter(filling__in=[one.pk for one in some]).order_by("id"):
            turn = said.setdefault(answer.filling_id, {}).setdefault(answer.turn, {})
            turn.setdefault(answer.question, []).append(answer.text or answer.value)
        for one in some:
            yield one, said.get(one.pk) or ({} if one.state == Filling.State.SENT else _begun(one))
        last = some[-1].pk


def _begun(filling: Filling) -> Values:
    """What a filling says that was not sent yet: its answers are not derived, so they are read from its document."""
    said: Values = {}
    if filling.state != Filling.State.BEGUN:
        return said
    instance = questionnaires.instance_of(filling)
    for path, question, node in instance.answered():
        if asked(question):
            several = question.kind in ("select_multiple", "rank")
            turn = said.setdefault(turn_of(path), {})
            turn[question.path.removeprefix(f"/{instance.form.root}/")] = node.text.split() if several else [node.text]
    return said


def _about(filling: Filling, name: str) -> list[Any]:
    return [
        filling.pk, name, filling.instance, filling.state, filling.way, filling.language,
        *(_moment(at) for at in (filling.begun_at, filling.saved_at, filling.sent_at)),
    ]  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds") if at else ""


def _main_rows(found: QuerySet[Filling], columns: Columns) -> Iterator[list[Any]]:
    names = asking.names_of(found)
    for filling, values in batches(found):
        yield [*_about(filling, names.get(filling.pk, "")), *columns.row(values.get("", {}))]


def _turn_rows(found: QuerySet[Filling], columns: Columns) -> Iterator[list[Any]]:
    mine = {one.path for one in columns.questions}
    for filling, values in batches(found):
        for turn, said in values.items():
            if turn and mine & said.keys():
                yield [filling.pk, turn, turn.rpartition(".")[0], *columns.row(said)]


def sheets(version: Version, found: QuerySet[Filling], language: str, *, sealed: bool = False) -> list[Sheet]:
    """All tables of the version; each reads the fillings anew when it is written. `sealed` answers are the

    coordinators' alone.
    """
    columns = columns_of(version, language, sealed=sealed)
    about = [
        "filling", "name", "instance", "state", "way", "language", "begun", "saved", "sent",
    ]  # fmt: skip
    made = [Sheet(_("Answers"), [*about, *columns[0].header], _main_rows(found, columns[0]))]
    for one in columns[1:]:
        header = ["filling", "turn", "within turn", *one.header]
        made.append(Sheet(one.repeat.replace("/", " "), header, _turn_rows(found, one)))
    made.append(Sheet(_("Questions"), ["name", "question", "kind", "sheet"], _question_rows(columns)))
    made.append(Sheet(_("Choices"), ["name", "code", "answer"], _choice_rows(columns)))
    return made


def _question_rows(columns: list[Columns]) -> Iterator[list[Any]]:
    for sheet in columns:
        for one in sheet.questions:
            yield [one.path, one.label, one.kind, sheet.repeat or _("Answers")]


def _choice_rows(columns: list[Columns]) -> Iterator[list[Any]]:
    for sheet in columns:
        for one in sheet.questions:
            for code, label in one.choices:
                yield [one.path, code, label]


@require_safe
def download(request: HttpRequest, code: str, number: int, form: str) -> HttpResponseBase:
    """XLSX with all sheets, CSV with one: the fillings, or the repeat that `?sheet=` names; with the list’s filters."""
    by = require(request.user, roles.MAPPER)
    version = desk.version_for(by, code, number)
    if form not in ("csv", "xlsx"):
        raise Http404
    found = desk.fillings_of(version, **FillingsFilter(request.GET).narrowed()).defer(None)
    parsed = questionnaires.form_of(version)
    language = tongue.page_language(parsed) or parsed.language_for("")
    made = sheets(version, found, language, sealed=has(by, roles.COORDINATOR))
    if form == "csv":
        wanted = request.GET.get("sheet", "").replace("/", " ")
        made = [one for one in made if one.title == wanted] or made[:1]
    name = f"{code}-{number}-{timezone.localdate().isoformat()}"
    return sheets_response(made, form, name)
