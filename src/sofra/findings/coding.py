"""The code book, and codes that people give to free answers and quotes; agreement between coders, and nothing decided.

Before a coder is done nobody else sees the codes, and the coder sees nobody else's (queries of this module keep that).
Agreement is of the codes as they stood when each was done: what coders changed after they talked is not counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sofra.accounts.access import level_of
from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.mapping.models import Round
from sofra.questionnaires import queries as answers
from sofra.questionnaires.models import Answer, Filling

from . import queries, rules, standing
from .agreeing import Agreement, agreement_of
from .models import Code, Coding, CodingTask, Quote

LOOKED = gettext_lazy(
    "You have read what others gave here: your own codes would be no second judgement. Let somebody else code it."
)
QUOTES = ""  # the question of a task that codes the round's quotes


@dataclass(frozen=True)
class Unit:
    """One thing to be coded: a free answer, or a quote. `key` names it in forms and comparisons."""

    key: str
    text: str
    about: str = ""
    filling: int | None = None
    turn: str = ""
    quote: int | None = None


# — the code book ——————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_code(*, round: Round, names: Mapping[str, str], code: str = "", meaning: str = "", by: User | None) -> Code:
    """A new code. Without `code` one is made from its name. Raises ValidationError."""
    known = {language: text.strip()[:120] for language, text in names.items() if text and text.strip()}
    if not known:
        raise ValidationError({"names": _("Give the code a name.")})
    slug = slugify(code or next(iter(known.values())))[:40]
    if not slug:
        raise ValidationError({"code": _("Write the code in Latin letters or digits.")})
    if Code.objects.filter(round=round, code=slug).exists():
        raise ValidationError({"code": _("“%(code)s” is taken.") % {"code": slug}})
    meaning = rules.clean_text("meaning", meaning, 2000)
    made = Code.objects.create(round=round, code=slug, names=known, meaning=meaning)
    record(what="code.added", about=round.code, by=by, number=made.pk)
    return made


@transaction.atomic
def edit_code(code: Code, *, names: Mapping[str, str], meaning: str, ended: bool = False, by: User) -> Code:
    """Change what a code is called or means; an ended one is offered no more, and stays where it was given."""
    known = {language: text.strip()[:120] for language, text in names.items() if text and text.strip()}
    if not known:
        raise ValidationError({"names": _("Give the code a name.")})
    code.names, code.meaning = known, rules.clean_text("meaning", meaning, 2000)
    code.ended_at = (code.ended_at or timezone.now()) if ended else None
    code.save()
    record(what="code.edited", about=code.round.code, by=by, number=code.pk)
    return code


# — what is coded ——————————————————————————————————————————————————————————————————————————————————————————


def questions_to_code(round: Round, language: str) -> list[answers.Asked]:
    """The free questions of the round's questionnaire; a name or an address that goes to the registry is no opinion."""
    if round.version is None:
        return []
    facts = {
        path.strip("/").partition("/")[2] if path.startswith("/") else path
        for path, word in round.version.bindings.items() if not word.startswith("finding")
    }  # fmt: skip
    asked = answers.questions(round.version, language)
    return [one for one in asked if one.kind in ("text", "string", "note_text") and one.path not in facts]


def units(round: Round, question: str, user: Any) -> list[Unit]:
    """What there is to code, in a fixed order, as far as the person may read it."""
    if question == QUOTES:
        found = queries.quotes(level_of(user), user, round=round).order_by("source__code", "id")
        return [Unit(f"q{one.pk}", one.text, one.source.title, quote=one.pk) for one in found]
    if round.version is None:
        return []
    own = standing.fillings_of(round, round.version.pk)
    given = answers.free_answers([round.version.pk], question).filter(filling__in=own.values("pk"))
    return [_unit(one) for one in given.order_by("filling", "turn", "id") if (one.text or one.value).strip()]


def _unit(answer: Answer) -> Unit:
    return Unit(f"a{answer.filling_id}-{answer.turn}", answer.text or answer.value, filling=answer.filling_id,
                turn=answer.turn)  # fmt: skip


def task_of(round: Round, question: str, coder: User) -> CodingTask | None:
    return CodingTask.objects.filter(round=round, question=question, coder=coder).first()


@transaction.atomic
def code_answer(
    *, round: Round, codes: Iterable[Code], filling: Filling | None = None, question: str = "", turn: str = "",
    quote: Quote | None = None, by: User,
) -> None:  # fmt: skip
    """A coder's judgement of one free answer or quote: these codes, or none of the book where `codes` is empty.

    An earlier judgement of the same coder is ended, not lost.
    """
    if (filling is None) == (quote is None):
        raise ValidationError(_("Code an answer or a quote."))
    chosen = list(dict.fromkeys(codes))
    if any(code.round_id != round.pk for code in chosen):
        raise ValidationError(_("This code is of another round."))
    task, _new = CodingTask.objects.get_or_create(round=round, question=question, coder=by)
    if task.looked_at is not None:
        raise ValidationError(LOOKED)
    now = timezone.now()
    mine = Coding.objects.filter(
        round=round, question=question, coder=by, filling=filling, turn=turn, quote=quote, ended_at=None
    )
    before = [one.code_id for one in mine]
    if before and {number for number in before if number} == {code.pk for code in chosen}:
        return
    mine.update(ended_at=now)
    wanted: Sequence[Code | None] = chosen or [None]
    Coding.objects.bulk_create([
        Coding(round=round, question=question, coder=by, filling=filling, turn=turn, quote=quote, code=code, at=now)
        for code in wanted
    ])  # fmt: skip
    record(what="coding.given", about=round.code, by=by, codes=len(chosen))


def give(round: Round, question: str, unit: Unit, codes: Iterable[Code], *, by: User) -> None:
    """As code_answer, for a unit."""
    filling = Filling.objects.get(pk=unit.filling) if unit.filling else None
    quote = Quote.objects.get(pk=unit.quote) if unit.quote else None
    code_answer(round=round, codes=codes, filling=filling, question=question, turn=unit.turn, quote=quote, by=by)


@transaction.atomic
def finish_coding(*, round: Round, question: str = QUOTES, by: User) -> CodingTask:
    """The coder is done: others who are done may compare. Raises ValidationError while something is not coded."""
    task = CodingTask.objects.select_for_update().filter(round=round, question=question, coder=by).first()
    open_units = [unit for unit in units(round, question, by) if unit.key not in given_by(round, question, by)]
    if task is None or open_units:
        raise ValidationError(_("Code everything first, also with “none of these”: %(count)s left.")
                              % {"count": len(open_units)})  # fmt: skip
    if task.done_at is None:
        task.done_at = timezone.now()
        task.save(update_fields=["done_at"])
        record(what="coding.finished", about=round.code, by=by)
    return task


def _key(coding: Coding) -> str:
    return f"q{coding.quote_id}" if coding.quote_id else f"a{coding.filling_id}-{coding.turn}"


def given_by(round: Round, question: str, coder: User) -> dict[str, set[int]]:
    """By the unit's key, the numbers of the codes that the coder gives now; an empty set: none of them."""
    found: dict[str, set[int]] = {}
    for one in Coding.objects.filter(round=round, question=question, coder=coder, ended_at=None):
        found.setdefault(_key(one), set()).update({one.code_id} if one.code_id else set())
    return found


# — comparing ——————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Compared:
    """A unit and what each coder gave it at first; `now` what they give since they talked, where that differs."""

    unit: Unit
    first: list[list[Code] | None]
    now: list[list[Code] | None]

    @property
    def agreed(self) -> bool:
        given = [{code.pk for code in codes} for codes in self.first if codes is not None]
        return len(given) < 2 or all(one == given[0] for one in given)

    @property
    def agreed_now(self) -> bool:
        given = [{code.pk for code in codes} for codes in self.now if codes is not None]
        return len(given) < 2 or all(one == given[0] for one in given)


@dataclass(frozen=True)
class Comparison:
    """What coders who are done gave. `coders` are numbers of their tasks; `pairs` each two with their agreement."""

    coders: list[CodingTask]
    rows: list[Compared] = field(default_factory=list)
    overall: Agreement | None = None
    pairs: list[tuple[CodingTask, CodingTask, Agreement]] = field(default_factory=list)
    by_code: list[tuple[Code, Agreement]] = field(default_factory=list)


def done_tasks(round: Round, question: str) -> list[CodingTask]:
    return list(
        CodingTask.objects.filter(round=round, question=question, done_at__isnull=False).select_related("coder")
    )  # fmt: skip


def may_compare(round: Round, question: str, user: User) -> bool:
    """Two are done, and this person is one of them; or coordinates, and codes not (or no more) here."""
    tasks = list(CodingTask.objects.filter(round=round, question=question))
    if sum(task.done_at is not None for task in tasks) < 2:
        return False
    mine = next((task for task in tasks if task.coder_id == user.pk), None)
    if mine is not None and mine.looked_at is None:
        return mine.done_at is not None
    return level_of(user) >= Visibility.SEALED


def comparison(round: Round, question: str, user: User) -> Comparison:
    """What was coded, unit by unit, for who may compare. Raises ValidationError for who may not (yet).

    Who reads it without having coded is remembered, and codes it no more.
    """
    if not may_compare(round, question, user):
        raise ValidationError(_("Codes are compared once two coders are done, each without seeing the other’s."))
    CodingTask.objects.get_or_create(
        round=round, question=question, coder=user, defaults={"looked_at": timezone.now()}
    )  # fmt: skip
    tasks = done_tasks(round, question)
    first = [_given(task, at_first=True) for task in tasks]
    now = [_given(task, at_first=False) for task in tasks]
    known = {unit.key: unit for unit in units(round, question, user)}
    rows = [
        Compared(unit, [given.get(key) for given in first], [given.get(key) for given in now])
        for key, unit in known.items()
    ]
    return Comparison(tasks, rows, *_agreements(round, tasks, first, list(known)))


def _given(task: CodingTask, *, at_first: bool) -> dict[str, list[Code]]:
    """By unit, the codes as they stood when the coder was done (or stand now)."""
    found: dict[str, list[Code]] = {}
    mine: QuerySet[Coding] = Coding.objects.filter(round=task.round_id, question=task.question, coder=task.coder_id)
    if at_first:
        mine = mine.filter(Q(ended_at=None) | Q(ended_at__gt=task.done_at), at__lte=task.done_at)
    else:
        mine = mine.filter(ended_at=None)
    for one in mine.select_related("code").order_by(F("code__code").asc(nulls_first=True)):
        found.setdefault(_key(one), []).extend([one.code] if one.code else [])
    return found


def _agreements(
    round: Round, tasks: list[CodingTask], first: list[dict[str, list[Code]]], keys: list[str]
) -> tuple[Agreement, list[tuple[CodingTask, CodingTask, Agreement]], list[tuple[Code, Agreement]]]:
    """Overall (a unit's whole set of codes is its value), for each two coders, and for each code (given or not)."""
    whole = [[_value(given.get(key)) for key in keys] for given in first]
    pairs = [
        (tasks[one], tasks[other], agreement_of([whole[one], whole[other]]))
        for one, other in combinations(range(len(tasks)), 2)
    ]
    used: dict[int, Code] = {}
    for given in first:
        for codes in given.values():
            used |= {code.pk: code for code in codes}
    by_code = []
    for code in sorted(used.values(), key=lambda one: one.code):
        rows = [[_has(given.get(key), code) for key in keys] for given in first]
        by_code.append((code, agreement_of(rows)))
    return agreement_of(whole), pairs, by_code


def _value(codes: list[Code] | None) -> str | None:
    return None if codes is None else "+".join(sorted(code.code for code in codes)) or "-"


def _has(codes: list[Code] | None, code: Code) -> str | None:
    return None if codes is None else ("yes" if any(one.pk == code.pk for one in codes) else "no")


def agreement(round: Round, question: str = QUOTES, *, by: User) -> Agreement | None:
    """How far those who are done agree, for who may compare."""
    return comparison(round, question, by).overall


def counted(round: Round, question: str, user: User) -> list[tuple[Code, int]]:
    """How many units each code was given to by every coder who is done, the most first."""
    found: dict[int, int] = defaultdict(int)
    codes: dict[int, Code] = {}
    for row in comparison(round, question, user).rows:
        given = [{code.pk: code for code in said} for said in row.now if said is not None]
        shared = set.intersection(*(set(one) for one in given)) if given else set()
        for number in shared:
            found[number] += 1
            codes[number] = given[0][number]
    return sorted(((codes[number], count) for number, count in found.items()), key=lambda one: (-one[1], one[0].code))
