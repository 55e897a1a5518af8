"""What can be asked of questionnaires and answers."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.utils.translation import pgettext_lazy

from sofra.ground import files

from . import xform
from .instance import Instance
from .keys import hashed
from .models import Answer, Filling, Version
from .xform import Form, Question

SENT = Filling.State.SENT
HEADS = "reserved_name_for_field_list_labels_"  # how pyxform calls the row of labels above a table-list: no question


@dataclass(frozen=True, slots=True)
class Counts:
    """`base`: sent fillings in which the question was answered; `values`: value -> fillings that gave it.

    `asked`: sent fillings of these versions at all. Who did not answer is asked - base, never a value.
    """

    base: int
    values: dict[str, int] = field(default_factory=dict)
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as lists and charts need it: `path` without the root (work/kinds), `choices` (code, label).

    `repeated`: it stands in a repeat, so that one filling may answer it more than once.
    """

    path: str
    label: str
    kind: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    repeated: bool = False
    sealed: bool = False

    @property
    def said(self) -> str:
        """The kind in the reader's words; a kind that came with a newer XLSForm by its own name."""
        return str(KINDS.get(self.kind, self.kind))


KINDS = {
    "text": pgettext_lazy("question", "text"),
    "integer": pgettext_lazy("question", "whole number"),
    "decimal": pgettext_lazy("question", "number"),
    "boolean": pgettext_lazy("question", "yes or no"),
    "select_one": pgettext_lazy("question", "one of the choices"),
    "select_multiple": pgettext_lazy("question", "several of the choices"),
    "rank": pgettext_lazy("question", "choices put in order"),
    "range": pgettext_lazy("question", "number on a scale"),
    "date": pgettext_lazy("question", "date"),
    "time": pgettext_lazy("question", "time of day"),
    "dateTime": pgettext_lazy("question", "date and time"),
    "geopoint": pgettext_lazy("question", "point on the map"),
    "geotrace": pgettext_lazy("question", "line on the map"),
    "geoshape": pgettext_lazy("question", "area on the map"),
    "image": pgettext_lazy("question", "picture"),
    "audio": pgettext_lazy("question", "recording"),
    "video": pgettext_lazy("question", "film"),
    "file": pgettext_lazy("question", "document"),
    "barcode": pgettext_lazy("question", "barcode"),
    "acknowledge": pgettext_lazy("question", "tick to agree"),
}


def form_of(version: Version) -> Form:
    """The version's form with the files that it looks values up in, from the cache of parsed forms."""
    key = f"{version.pk}:{hashlib.sha256(version.xform.encode()).hexdigest()}"
    form = xform.cached(key, lambda: xform.read(version.xform))
    if not form.wanted:
        return form
    wanted = [*form.wanted, "itemsets.csv"]
    media = list(version.media.filter(name__in=wanted).order_by("name").values_list("name", "digest"))
    if not media:
        return form
    digests = ":".join(f"{name}={digest}" for name, digest in media)
    return xform.cached(
        f"{key}:{digests}", lambda: xform.read(version.xform, {name: _content(digest) for name, digest in media})
    )


def _content(digest: str) -> bytes:
    try:
        return b"".join(files.read(digest))
    except OSError:
        return b""


def missing_files(version: Version) -> list[str]:
    """Files that the form looks values up in and nobody has added yet."""
    there = set(version.media.values_list("name", flat=True))
    return [name for name in form_of(version).wanted if name not in there]


def instance_of(filling: Filling, *, calculated: bool = True) -> Instance:
    """The filling's document, calculated."""
    instance = Instance.read(form_of(filling.version), filling.document, language=filling.language)
    if calculated:
        instance.recalculate()
    return instance


def filling_by_key(key: str) -> Filling | None:
    """The filling that a private link leads to, None where there is none or the link was taken back.

    Whether it has expired is for the caller to say in a sentence (filling.expires_at).
    """
    return Filling.objects.select_related("version__questionnaire").filter(key_hash=hashed(key)).first()


def counts(
    version_ids: Iterable[int], question: str, *, value: str = "", within: QuerySet[Filling] | None = None
) -> Counts:
    """How many sent fillings gave which value; of `value` only, where one is given; of those `within` only."""
    versions = list(version_ids)
    answers = Answer.objects.filter(filling__version__in=versions, filling__state=SENT, question=question).order_by()
    sent = Filling.objects.filter(version__in=versions, state=SENT)
    if within is not None:
        answers, sent = answers.filter(filling__in=within.values("pk")), sent.filter(pk__in=within.values("pk"))
    base = answers.aggregate(base=Count("filling", distinct=True))["base"]
    if value:
        answers = answers.filter(value=value)
    given = answers.values_list("value").annotate(number=Count("filling", distinct=True))
    return Counts(base=base, values=dict(given), asked=sent.count())


def free_answers(version_ids: Iterable[int], question: str) -> QuerySet[Answer]:
    """What was written, filling by filling; the whole text is in `text`."""
    return (
        Answer.objects.filter(filling__version__in=list(version_ids), filling__state=SENT, question=question)
        .select_related("filling__version")
        .order_by("filling_id", "id")
    )


def questions(version: Version, language: str = "", *, sealed: bool = False) -> list[Asked]:
    """The questions in the form's order, notes left out. Labels as they read before anything is answered.

    Those whose answers are sealed only where a caller asks for them who may read them.
    """
    form = form_of(version)
    empty = Instance(form, form.blank.copy(), language=language)
    found = []
    for item in xform.under(form.children):
        if not isinstance(item, Question) or item.kind == "note" or item.name.startswith(HEADS):
            continue
        if item.path in form.sealed and not sealed:
            continue
        path = item.path.removeprefix(f"/{form.root}/")
        label = empty.label(item.path, language) or item.name
        found.append(Asked(path, label, item.kind, _choices(empty, item, language), xform.repeated(item),
                           item.path in form.sealed))  # fmt: skip
    return found


def _choices(empty: Instance, question: Question, language: str) -> list[tuple[str, str]]:
    """All choices of a question, those too that a filter hides at first."""
    if question.itemset is None:
        return []
    return [(choice.value, choice.label) for choice in empty.all_choices(question, language)]


def faults_of(filling: Filling, language: str = "") -> list[str]:
    """What our own check says of an answer that came from elsewhere: a phone may have an older form."""
    return [fault.sentence for fault in instance_of(filling).faults(language or filling.language)]
