"""Fillings that come by the hundred thousand, from an export: written together, withdrawn together.

Whoever calls this does so inside one transaction and leaves the audit line. Rooms above look either at the version of
what changed, or at the invitation that led to it, which an export never has: so one filling is told for all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.bulk import insert_rows
from sofra.ground.files import Kept

from . import queries
from .deriving import MOST_WORDS, turn_of
from .instance import Instance
from .listeners import Happened, tell
from .models import Answer, Filling, Upload, Version
from .xform import Form

LONGEST_VALUE = 200  # characters that are counted by; the whole is text then
LONGEST_PATH = 200
_AT_ONCE = 500
_MOST_STRANGE = 10
Told = tuple[str, str, str, str, bool]  # question, turn, value, text, sealed


class Weighed(NamedTuple):
    """What the form finds wrong with a document, as notices, and the answers that it gives."""

    notices: list[dict[str, str]]
    answers: list[Told]


class Arriving(NamedTuple):
    """A filling on its way in. `sent_at` None where nobody knows: then it is now."""

    instance: str
    document: str
    sent_at: datetime | None
    notices: list[dict[str, str]]
    answers: list[Told]


def weigh(form: Form, document: str | bytes, language: str = "") -> Weighed:
    """Look at a document by the form's own XPath, as on the phone. Raises BadInstance."""
    instance = Instance.read(form, document, language=language)
    instance.judge()
    notices = [{"path": fault.path, "sentence": fault.sentence} for fault in instance.faults(language)]
    return Weighed(notices + list(_strange(instance)), list(_told(instance)))


def _strange(instance: Instance) -> Iterator[dict[str, str]]:
    """Elements that the form does not have: they stay in the document, and answer no question."""
    found = [
        node
        for node in instance.root.walk()
        if node.spec is None and node.parent is not None and node.parent.spec is not None and node.parent.name != "meta"
    ]
    for node in found[:_MOST_STRANGE]:
        sentence = _("The form has no “%(name)s”: what it says is kept, and counted nowhere.") % {
            "name": node.name[:60]
        }
        yield {"path": "", "sentence": sentence}


def _told(instance: Instance) -> Iterator[Told]:
    """The same rows that `deriving` writes of a single filling."""
    root = f"/{instance.form.root}/"
    for path, question, node in instance.answered():
        name = question.path.removeprefix(root)
        if question.kind == "meta" or len(name) > LONGEST_PATH:
            continue
        several = question.kind in ("select_multiple", "rank")
        for word in list(dict.fromkeys(node.text.split()))[:MOST_WORDS] if several else [node.text]:
            text = word if len(word) > LONGEST_VALUE or question.kind == "text" else ""
            yield name, turn_of(path)[:40], word[:LONGEST_VALUE], text, question.path in instance.form.sealed


def known(instances: Sequence[str]) -> set[str]:
    """Those that the hub has already, in whatever state."""
    found: set[str] = set()
    for start in range(0, len(instances), _AT_ONCE):
        rows = Filling.objects.filter(instance__in=instances[start : start + _AT_ONCE])
        found.update(rows.values_list("instance", flat=True))
    return found


def write(version: Version, arriving: Sequence[Arriving], *, way: str, by: User | None) -> list[int]:
    """Write fillings that the hub has not, with their answers; their numbers in the same order. Then `announce`."""
    now = timezone.now()
    made = Filling.objects.bulk_create(
        [
            Filling(
                version=version, instance=one.instance, state=Filling.State.SENT, way=way, document=one.document,
                typed_by=by, saved_at=now, sent_at=one.sent_at or now, notices=one.notices,
            )
            for one in arriving
        ],
        batch_size=_AT_ONCE,
    )  # fmt: skip
    _insert((filling.pk, one.answers) for filling, one in zip(made, arriving, strict=True))
    return [filling.pk for filling in made]


def _insert(answers: Iterable[tuple[int, Iterable[Told]]]) -> None:
    rows: Iterator[tuple[Any, ...]] = ((number, *told) for number, every in answers for told in every)
    insert_rows(Answer, ("filling_id", "question", "turn", "value", "text", "sealed"), rows)


class Named(NamedTuple):
    """A file that an answer names: `path` and `kind` of its question."""

    path: str
    kind: str
    name: str


def files_named(numbers: Sequence[int]) -> Iterator[tuple[Filling, list[Named]]]:
    """Fillings with the files that their answers name and that are not here, fillings without one left out."""
    for start in range(0, len(numbers), _AT_ONCE):
        fillings = Filling.objects.filter(pk__in=numbers[start : start + _AT_ONCE], state=Filling.State.SENT)
        of = {one.pk: one for one in fillings.defer("document").select_related("version__questionnaire").order_by("pk")}
        if not of:
            continue
        form = queries.form_of(next(iter(of.values())).version)
        kinds = {
            path.removeprefix(f"/{form.root}/"): item.kind for path, item in form.items.items()
            if item.kind in ("image", "audio", "video", "file")
        }  # fmt: skip
        there = set(Upload.objects.filter(filling__in=of).values_list("filling", "name"))
        named: dict[int, list[Named]] = {}
        answers = Answer.every.filter(filling__in=of, question__in=kinds).order_by("id")
        for number, question, value, text in answers.values_list("filling", "question", "value", "text"):
            if (number, name := text or value) not in there:
                named.setdefault(number, []).append(Named(f"/{form.root}/{question}", kinds[question], name))
        yield from ((of[number], some) for number, some in named.items())


def attach(filling: Filling, name: str, kept: Kept, media_type: str) -> None:
    """The first of a name stays."""
    Upload.objects.get_or_create(
        filling=filling, name=name[:200],
        defaults={"digest": kept.digest, "size": kept.size, "media_type": media_type[:100]},
    )  # fmt: skip


def note(filling: Filling, notices: list[dict[str, str]]) -> None:
    """What the hub found wrong beside what it knows already."""
    if more := [one for one in notices if one not in filling.notices]:
        filling.notices = [*filling.notices, *more]
        filling.save(update_fields=["notices"])


def take_back(numbers: Sequence[int]) -> int:
    """Withdraw those that stand; how many. Their documents stay, so that they can come back."""
    moved = 0
    for fillings in _standing(numbers, Filling.State.SENT):
        _move(fillings, Filling.State.WITHDRAWN)
        Answer.every.filter(filling__in=[one.pk for one in fillings]).delete()
        moved += len(fillings)
    announce(numbers, Happened.WITHDRAWN)
    return moved


def bring_back(numbers: Sequence[int]) -> int:
    """The other way round, for those whose document is still there."""
    moved = 0
    for fillings in _standing(numbers, Filling.State.WITHDRAWN):
        whole = [one for one in fillings if one.document]
        _move(whole, Filling.State.SENT)
        _insert((one.pk, _told(queries.instance_of(one))) for one in whole)
        moved += len(whole)
    announce(numbers, Happened.SENT)
    return moved


def _standing(numbers: Sequence[int], state: str) -> Iterator[list[Filling]]:
    for start in range(0, len(numbers), _AT_ONCE):
        found = Filling.objects.filter(pk__in=numbers[start : start + _AT_ONCE], state=state)
        yield list(found.select_related("version__questionnaire").order_by("pk"))


def _move(fillings: Sequence[Filling], state: str) -> None:
    now = timezone.now()
    Filling.objects.filter(pk__in=[one.pk for one in fillings]).update(state=state, saved_at=now)
    for one in fillings:
        one.state, one.saved_at = state, now


def announce(numbers: Sequence[int], happened: Happened) -> None:
    """Let the rooms above know, once for all of these, which are of one version."""
    filling = Filling.objects.select_related("version").filter(pk__in=numbers[-1:]).first()
    if filling is not None:
        tell(filling, happened)
