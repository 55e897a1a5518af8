"""What can happen to an import. Each act is one transaction and leaves an audit line where it changes the registry."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.places.models import Place, Reading
from sofra.places.services import confirm_reading

from . import checking, deciding, filled_columns, importing, kinds, running, storing
from .columns import COLUMNS, suggest_mapping
from .models import Import, ImportRow, Recipe, What
from .reading import Unreadable
from .recipes import fit, recipe_for

State = Import.State
Verdict = ImportRow.Verdict
INLINE_BYTES = 100_000  # a text of about 500 rows; longer ones go to the background
INLINE_BYTES_PACKED = 40_000


class NotNow(Exception):
    """The import is in a state in which this cannot be done; the text is a sentence."""


# — a file comes in ———————————————————————————————————————————————————————————————————————————————————————


def upload_file(
    pieces: Iterable[bytes],
    *,
    name: str,
    by: User | None,
    what: str = What.ORGANISATIONS,
    source: str = "",
    sheet: str = "",
    version: int | None = None,
    trial: bool = False,
) -> Import:
    """Keep a file and recognise its table. Raises `Unreadable`, and keeps nothing, where it holds none.

    `version`: the number of the questionnaire's version that answers are to. A trial (a dry run) leaves no audit
    line, as it will be discarded.
    """
    stored = storing.store(pieces, name)
    imported = Import(
        what=what,
        file_name=stored.name,
        stored=stored.path,
        sha256=stored.sha256,
        size=stored.size,
        source=source[:300],
        by=by,
    )
    if sheet:
        imported.options = {"sheet": sheet}
    if version is not None:
        imported.options = {"version": version}
    try:
        _recognise(imported)
        with transaction.atomic():
            imported.save()
            if not trial:
                record(
                    what="import.uploaded", about=f"import {imported.pk}", by=by, sha256=stored.sha256, size=stored.size
                )
    except BaseException as error:
        storing.discard(stored.path)
        if storing.is_full(error):
            raise storing.no_room() from error
        raise
    return imported


def _recognise(imported: Import) -> None:
    table = checking.table_of(imported)
    imported.shape = table.shape
    if imported.what == What.ANSWERS:
        known = filled_columns.known_of(filled_columns.version_of(imported))
        imported.mapping = filled_columns.suggest(table.header, known)
        return
    recipe = recipe_for(table.header, imported.what)
    imported.recipe = recipe
    suggested = fit(recipe.mapping, table.header) if recipe else suggest_mapping(table.header, imported.what)
    imported.mapping = suggested
    if recipe and recipe.source and not imported.source:
        imported.source = recipe.source


@transaction.atomic
def recognise_again(imported: Import, *, sheet: str = "", encoding: str = "") -> Import:
    """Read the file by another sheet or encoding. Raises `Unreadable` where it holds no table then."""
    imported = _locked(imported, State.UPLOADED, State.CHECKED, State.FAILED)
    imported.options = {**imported.options, "sheet": sheet, "encoding": encoding}
    _recognise(imported)
    imported.rows.all().delete()
    imported.state, imported.problem = State.UPLOADED, ""
    imported.save()
    return imported


@transaction.atomic
def map_columns(
    imported: Import,
    *,
    mapping: dict[str, str],
    source: str = "",
    remember_as: str = "",
    publish: bool = True,
    by: User | None,
) -> Import:
    """Say which column is which field; a recipe is kept where it has a name. Raises NotNow without a needed column.

    `publish`: activities that come in are seen at once; otherwise they are drafts of their organisations.
    """
    imported = _locked(imported, State.UPLOADED, State.CHECKED, State.FAILED)
    kept = _kept_columns(imported, mapping)
    imported.mapping, imported.source = kept, source[:300]
    if imported.what == What.ACTIVITIES:
        imported.options = {**imported.options, "publish": publish}
    if remember_as and imported.what != What.ANSWERS:
        imported.recipe, _made = Recipe.objects.update_or_create(
            name=remember_as[:120],
            defaults={
                "what": imported.what,
                "headers": sorted(fold(title) for title in kept),
                "mapping": kept,
                "source": source[:300],
                "by": by,
            },
        )
    imported.rows_total, imported.rows_done, imported.problem = None, 0, ""
    imported.state = State.CHECKING
    imported.save()
    return imported


def _kept_columns(imported: Import, mapping: dict[str, str]) -> dict[str, str]:
    """The columns that are mapped to something there is. Raises NotNow where a needed one is not."""
    if imported.what == What.ANSWERS:
        targets = filled_columns.targets(filled_columns.known_of(filled_columns.version_of(imported)))
        kept = {title: target for title, target in mapping.items() if target in targets}
        if all(target.startswith("@") for target in kept.values()):
            raise NotNow(_("No column is a question of this questionnaire. Choose the columns that hold answers."))
        return kept
    columns = COLUMNS[imported.what]
    kept = {title: field for title, field in mapping.items() if field in columns.targets}
    if not any(field in columns.needed for field in kept.values()):
        raise NotNow(str(columns.refusal))
    return kept


def is_long(imported: Import) -> bool:
    """Whether a file is better read in the background: more than about 500 rows."""
    packed = imported.shape.get("kind") in {"XLSX", "ODS"}
    return imported.size > (INLINE_BYTES_PACKED if packed else INLINE_BYTES)


def _locked(imported: Import, *states: str) -> Import:
    """The import as it stands now, held until the transaction ends. Raises NotNow where its state is another one."""
    fresh = Import.objects.select_for_update().get(pk=imported.pk)
    if fresh.state not in states:
        raise NotNow(_("This import is %(state)s, so that cannot be done now.") % {"state": fresh.get_state_display()})
    return fresh


# — checking ————————————————————————————————————————————————————————————————————————————————————————————————


def check_import(number: int) -> Import:
    """Read and stage every row, from the beginning: whatever an interrupted check left is taken away first.

    A file that turns out to be bad leaves no row; the import then says why. Does nothing while another process
    checks the same import.
    """
    try:
        with running.working(number) as progress, running.seldom_collecting():
            imported = Import.objects.get(pk=number)
            if imported.state != State.CHECKING:
                return imported
            _drop_rows(imported)
            progress.tell(0, None, "checking")
            try:
                imported.rows_total = checking.check_rows(imported, progress, kinds.CHECKERS[imported.what])
            except (Unreadable, OSError, DatabaseError, MemoryError) as error:
                return _fail(imported, error)
            with transaction.atomic():
                imported.counts = importing.counts_of(imported)
                imported.state, imported.problem = State.CHECKED, ""
                imported.save(update_fields=["state", "problem", "rows_total", "counts"])
            return imported
    except running.Busy:
        return Import.objects.get(pk=number)


def _fail(imported: Import, error: BaseException) -> Import:
    """Put an import aside with the sentence that says why; what is no fault of file or disk is raised on."""
    if isinstance(error, FileNotFoundError):
        sentence = _("The file is no longer there. Upload it again.")
    elif storing.is_full(error):
        sentence = str(storing.no_room())
    elif isinstance(error, Unreadable):
        sentence = str(error)
    elif isinstance(error, MemoryError):
        sentence = _("The file needs more memory than there is. Save the table as CSV and try again.")
    else:
        raise error
    try:
        _drop_rows(imported)
        imported.state, imported.problem = State.FAILED, sentence
        imported.save(update_fields=["state", "problem"])
    except DatabaseError:
        # On a full disk not even this can be written: the state stays and is taken up again once there is room.
        imported.state, imported.problem = State.FAILED, sentence
    return imported


def _drop_rows(imported: Import) -> None:
    while numbers := list(imported.rows.order_by("number").values_list("pk", flat=True)[: checking.LARGE_BATCH]):
        ImportRow.objects.filter(imported=imported, pk__gte=min(numbers), pk__lte=max(numbers))._raw_delete("default")


# — importing ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def start_import(imported: Import, *, by: User | None, queued: bool = False) -> Import:
    """Let the import be written. A second start of the same import raises NotNow, so a form sent twice is harmless."""
    imported = _locked(imported, State.CHECKED)
    imported.state = State.QUEUED if queued else State.IMPORTING
    imported.by = by or imported.by
    imported.rows_done, imported.problem = 0, ""
    imported.save(update_fields=["state", "by", "rows_done", "problem"])
    return imported


def run_import(number: int) -> Import:
    """Write a started import. Takes up one whose process was killed; does nothing while another process works at it."""
    try:
        with running.working(number) as progress, running.seldom_collecting():
            Import.objects.filter(pk=number, state=State.QUEUED).update(state=State.IMPORTING)
            progress.tell(0, None, "importing")
            try:
                what = Import.objects.values_list("what", flat=True).get(pk=number)
                return importing.write_rows(number, progress, kinds.WORK[what])
            except importing.NotAgain:
                return Import.objects.get(pk=number)
            except (Unreadable, OSError, DatabaseError, MemoryError) as error:
                return _put_back(number, error)
    except running.Busy:
        return Import.objects.get(pk=number)


def _put_back(number: int, error: BaseException) -> Import:
    """After a failed write (which left nothing behind) the import stands as checked, with the reason."""
    full = storing.is_full(error)
    if not full and not isinstance(error, Unreadable):
        Import.objects.filter(pk=number).update(state=State.CHECKED)
        raise error
    sentence = str(storing.no_room()) if full else str(error)
    imported = Import.objects.get(pk=number)
    imported.state, imported.problem = State.CHECKED, sentence
    try:
        imported.save(update_fields=["state", "problem"])
    except DatabaseError:
        return imported
    return imported


def is_abandoned(imported: Import) -> bool:
    """Whether the state says that somebody works at it while nobody does: its process was killed."""
    return imported.state in {State.CHECKING, State.IMPORTING} and not running.is_running(imported.pk)


# — deciding ————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def decide_rows(
    imported: Import,
    rows: Sequence[ImportRow],
    *,
    by: User | None,
    twin: str = "",
    place: Sequence[str] | None = None,
    place_of: str = "",
    body: str | None = None,
    body_of: str = "",
    accept: bool = False,
    as_read: bool = False,
    remember: bool = False,
) -> int:
    """A person's word on rows that ask. Returns how many rows were decided.

    `twin`: "new", "skip", or "same" / "same:CODE"; `place`: the codes that are meant (none: keep the words), for
    the places written as `place_of` (all that ask, where that is empty); `body`: the code of the organisation that is
    meant ("": not known), for those written as `body_of` likewise; `accept`: take the row as it was read; `as_read`:
    take each unsure place as it was read; `remember`: the next file with these words for a place is read in the same
    way, and not asked about.
    """
    imported = _locked(imported, State.CHECKED)
    word = deciding.Word(twin, place, place_of, body, body_of, accept, as_read)
    decided = []
    for row in rows:
        if (
            row.verdict not in {Verdict.ASK, Verdict.NEW, Verdict.UPDATE, Verdict.SKIP}
            or row.imported_id != imported.pk
        ):
            continue
        if not row.reading.get("names"):
            continue
        before = (row.verdict, row.asks, row.twin_id)
        changed = deciding.decide(row, word, imported.what)
        if changed or before != (row.verdict, row.asks, row.twin_id):
            row.decided_by = by
            decided.append(row)
    fields = ["reading", "verdict", "asks", "twin", "decided_by", "same_row"]
    ImportRow.objects.bulk_update(decided, fields, batch_size=200)
    if remember and by is not None:
        _remember_places(decided, place_of, by=by)
    if decided:
        imported.counts = importing.counts_of(imported)
        imported.save(update_fields=["counts"])
    return len(decided)


def _remember_places(rows: Iterable[ImportRow], text: str, *, by: User) -> None:
    """Keep how a person read the words of these rows (only `text`, where that is given), each once."""
    read = {
        fold(place["text"]): (place["text"], place["codes"])
        for row in rows
        for place in row.reading.get("places", ())
        if place.get("decided") and place["sure"] and fold(place["text"]) and fold(text) in {"", fold(place["text"])}
    }
    codes = {code for _text, codes in read.values() for code in codes}
    known = set(Place.objects.filter(pk__in=codes).values_list("pk", flat=True))
    as_before = dict(Reading.objects.filter(folded__in=list(read)).values_list("folded", "codes"))
    for folded, (written, meant) in read.items():
        if known.issuperset(meant) and as_before.get(folded[:500]) != meant:
            confirm_reading(text=written, codes=meant, by=by)


def decide_all(imported: Import, *, by: User | None, action: str, verdict: str, asks: str) -> int:
    """One word on all rows of a filter. `action` is one of forms.Bulk.ACTIONS; rows that it cannot decide stay."""
    decided, last = 0, -1
    while rows := list(_asked(imported, verdict, asks).filter(number__gt=last).order_by("number")[: checking.BATCH]):
        last = rows[-1].number
        if action == "as-read":
            decided += decide_rows(imported, rows, by=by, as_read=True, remember=True)
        elif action == "keep-words":
            decided += decide_rows(imported, rows, by=by, place=[])
        elif action == "keep-bodies":
            decided += decide_rows(imported, rows, by=by, body="")
        elif action == "accept":
            decided += decide_rows(imported, rows, by=by, accept=True)
        else:
            decided += decide_rows(imported, rows, by=by, twin=action)
    return decided


def _asked(imported: Import, verdict: str, asks: str) -> QuerySet[ImportRow]:
    rows = imported.rows.filter(verdict=verdict)
    return rows.filter(asks__contains=asks) if asks else rows


def decide_one(
    imported: Import,
    row: ImportRow,
    wish: dict[str, Any],
    *,
    asked: Sequence[tuple[int, dict[str, Any]]],
    bodies: Sequence[tuple[int, dict[str, Any]]] = (),
    by: User | None,
) -> None:
    """What a person said on the page of one row (forms.DecideRow); the same words elsewhere follow it, where wished."""
    for index, place in asked:
        codes = wish[f"codes-{index}"]
        rows = [row]
        if wish.get(f"alike-{index}"):
            others = imported.rows.filter(verdict=Verdict.ASK, asks__contains="place").exclude(pk=row.pk)
            rows += [other for other in others.iterator(chunk_size=500) if _has(other, "places", place["text"])]
        everywhere = bool(wish.get(f"alike-{index}"))
        decide_rows(imported, rows, by=by, place=codes, place_of=place["text"], remember=everywhere)
    for index, body in bodies:
        rows = [row]
        if wish.get(f"same-body-{index}"):
            others = imported.rows.filter(verdict=Verdict.ASK, asks__contains="body").exclude(pk=row.pk)
            rows += [other for other in others.iterator(chunk_size=500) if _has(other, "bodies", body["text"])]
        decide_rows(imported, rows, by=by, body=wish[f"meant-{index}"], body_of=body["text"])
    decide_rows(imported, [row], by=by, twin=wish.get("twin") or "", accept=bool(wish.get("accept")))


def _has(row: ImportRow, what: str, text: str) -> bool:
    return any(fold(found["text"]) == fold(text) for found in row.reading.get(what, ()))


def decide_by_file(imported: Import, decisions: dict[str, Any], *, by: User | None) -> int:
    """Decisions made beforehand: {"rows": {"13": {"twin": …, "place": […], "organisation": CODE, "accept": true}}}, by
    row or list number.

    Places and organisations by their text ("places", "organisations") are read with the rows already.
    """
    decided = 0
    by_number = decisions.get("rows", {})
    for rows in checking.batches(
        imported.rows.filter(verdict__in=[Verdict.ASK, Verdict.NEW, Verdict.UPDATE]).iterator(2000)
    ):
        for row in rows:
            wish = by_number.get(str(row.reading.get("n", ""))) or by_number.get(str(row.number))
            if wish:
                decided += decide_rows(
                    imported, [row], by=by, twin=wish.get("twin", ""), place=wish.get("place"),
                    body=wish.get("organisation"), accept=bool(wish.get("accept")),
                )  # fmt: skip
    return decided


def take_doubtful_as_new(imported: Import, *, by: User | None) -> int:
    """Every doubtful row becomes a record of its own, its unsure places and bodies kept as words; no guess."""
    decided = 0
    while rows := list(imported.rows.filter(verdict=Verdict.ASK).order_by("number")[: checking.BATCH]):
        found = decide_rows(imported, rows, by=by, twin="new", place=[], body="", accept=True)
        decided += found
        if not found:
            break
    return decided


# — taking back —————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def undo_import(imported: Import, *, by: User | None) -> Import:
    """Take back exactly what this import added. What people said of the records since then stays."""
    imported = _locked(imported, State.DONE)
    told = kinds.WORK[imported.what].undo(imported, by)
    imported.state = State.UNDONE
    imported.save(update_fields=["state"])
    record(what="import.undone", about=f"import {imported.pk}", by=by, **told)
    return imported


@transaction.atomic
def discard_import(imported: Import, *, by: User | None, trial: bool = False) -> None:
    """Throw away an import that has not been written: its rows and its file."""
    imported = _locked(imported, State.UPLOADED, State.CHECKED, State.FAILED)
    number, stored = imported.pk, imported.stored
    _drop_rows(imported)
    imported.delete()
    if not trial:
        record(what="import.discarded", about=f"import {number}", by=by)
    transaction.on_commit(lambda: (storing.discard(stored), running.forget(number)))  # type: ignore[func-returns-value]


def close_abandoned(sha256: str, *, but: int) -> int:
    """Earlier imports of the same file whose process was killed: they wrote nothing, and say so."""
    closed = 0
    for old in Import.objects.filter(sha256=sha256).exclude(pk=but):
        if is_abandoned(old):
            with transaction.atomic(), translation.override(None):
                _drop_rows(old)
                Import.objects.filter(pk=old.pk, state=old.state).update(
                    state=State.FAILED, problem=_("This import was interrupted; nothing of it was written.")
                )
            closed += 1
    return closed
