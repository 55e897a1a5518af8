"""What can happen to sources, quotes and figures. Each is one transaction and one audit line.

The audit names codes and numbers of things, never what a source said: it cannot be emptied.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.activities import dates
from sofra.ground import files
from sofra.ground.audit import record
from sofra.ground.models import Visibility
from sofra.mapping.models import Round
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires import sniffing
from sofra.questionnaires.models import Filling

from . import listeners, rules
from .models import Evidence, Figure, FigureRevision, Finding, Quote, RoundTable, Source, SourceFile, SourceRevision

Consent = Source.Consent
# What an edit may change; `person` is the recorder's alone.
PLAIN = (
    "kind", "title", "who", "places", "when", "url", "notes", "consent", "consent_note", "visible_to",
)  # fmt: skip


class Outdated(Exception):
    """Somebody else changed it in the meantime; nothing was written. `now` is the thing as it stands."""

    def __init__(self, now: Any) -> None:
        super().__init__(str(getattr(now, "code", now)))
        self.now = now


def next_code(round: Round, letter: str, model: type[Source | Figure | Finding | RoundTable], wanted: str = "") -> str:
    """The next free code of a round, "al.2018.mapping.s07", or the wanted one. Call it inside the transaction."""
    Round.objects.select_for_update().get(pk=round.pk)  # of two at once, the second waits and counts the first
    if wanted:
        if not wanted.startswith(f"{round.code}.") or len(wanted) > 80:
            raise ValidationError(
                {"code": _("A code begins with that of its round: %(code)s.…") % {"code": round.code}}
            )
        if model._default_manager.filter(code=wanted).exists():
            raise ValidationError({"code": _("“%(code)s” is taken.") % {"code": wanted}})
        return wanted
    start = f"{round.code}.{letter}"
    taken = model._default_manager.filter(round=round, code__startswith=start).values_list("code", flat=True)
    numbers = [int(rest) for code in taken if (rest := code.removeprefix(start)).isdigit()]
    return f"{start}{max(numbers, default=0) + 1:02d}"


def clean_places(codes: Iterable[str]) -> list[str]:
    """The codes of places, each once. Raises ValidationError for one that the gazetteer does not have."""
    wanted = list(dict.fromkeys(code for code in codes if code))
    known = set(Place.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown := [code for code in wanted if code not in known]:
        raise ValidationError({"places": _("No place has the code “%(code)s”.") % {"code": unknown[0][:40]}})
    return wanted


# — sources ————————————————————————————————————————————————————————————————————————————————————————————————


def _check_source(said: dict[str, Any]) -> dict[str, Any]:
    said["title"] = rules.clean_text("title", said["title"], 500, needed=_("Give the source a title."))
    for name, longest in (("who", 300), ("person", 200), ("consent_note", 300), ("notes", rules.LONGEST_NOTES)):
        if name in said:
            said[name] = rules.clean_text(name, said[name], longest)
    if said["kind"] not in Source.Kind.values:
        raise ValidationError({"kind": _("Choose what kind of source it is.")})
    if said["consent"] not in Consent.values or said["consent"] == Consent.WITHDRAWN:
        raise ValidationError({"consent": _("A consent is withdrawn by its own button, because its content goes.")})
    if said["url"] and not said["url"].startswith(("http://", "https://")):
        raise ValidationError({"url": _("Write the whole web address, such as https://www.example.org.")})
    said["when"] = dates.read_when(said["when"])
    said["places"] = clean_places(said["places"])
    return said


@transaction.atomic
def record_source(
    *, round: Round, kind: str, title: str, who: str = "", person: str = "",
    organisations: Iterable[Organisation] = (), places: Iterable[str] = (), when: str = "", url: str = "",
    notes: str = "", consent: str = Consent.UNKNOWN, consent_note: str = "", filling: Filling | None = None,
    visible_to: int = Visibility.MEMBERS, code: str = "", by: User | None,
) -> Source:  # fmt: skip
    """Record where statements come from. `when` as people write dates. Raises ValidationError of {field: sentences}."""
    said = _check_source({
        "kind": kind, "title": title, "who": who, "person": person, "places": places, "when": when, "url": url,
        "notes": notes, "consent": consent, "consent_note": consent_note,
    })  # fmt: skip
    source = Source.objects.create(
        round=round, code=next_code(round, "s", Source, code), filling=filling, visible_to=visible_to, recorded_by=by,
        **said,
    )  # fmt: skip
    source.organisations.set(organisations)
    record(what="source.recorded", about=source.code, by=by, kind=source.kind)
    return source


@transaction.atomic
def edit_source(
    source: Source, *, seen: int, by: User, organisations: Iterable[Organisation] | None = None, **changes: Any
) -> Source:
    """Change a source; what it said before is kept as a revision. Raises Outdated, ValidationError.

    `person` is written by its recorder alone; from anybody else it is passed over.
    """
    _overwrite_what_goes()
    source = _locked(Source, source)
    if source.version != seen:
        raise Outdated(source)
    _refuse_withdrawn(source)
    before = {name: getattr(source, name) for name in PLAIN} | {
        "organisations": sorted(source.organisations.values_list("code", flat=True))
    }
    wanted = {name: changes.get(name, getattr(source, name)) for name in PLAIN}
    if source.recorded_by_id == by.pk and "person" in changes:
        wanted["person"] = changes["person"]
    for name, value in _check_source(wanted).items():
        setattr(source, name, value)
    source.version += 1
    source.save()
    if organisations is not None:
        source.organisations.set(organisations)
    SourceRevision.objects.create(source=source, number=seen, content=before, by=by)
    record(what="source.edited", about=source.code, by=by, version=source.version)
    return source


def _locked(model: type[Any], thing: Any) -> Any:
    return model.objects.select_for_update().get(pk=thing.pk)


def _refuse_withdrawn(source: Source) -> None:
    if source.withdrawn_at is not None:
        raise ValidationError(_("The consent for this source was withdrawn: nothing can be added to it."))


@transaction.atomic
def add_quote(
    source: Source, *, text: str, page: str = "", language: str = "", visible_to: int | None = None, by: User | None
) -> Quote:
    """Words of a source with the page. Without a level they are seen by whoever sees the source."""
    source = _locked(Source, source)
    _refuse_withdrawn(source)
    text = rules.clean_text("text", text, rules.LONGEST_QUOTE, needed=_("Write the words that are quoted."))
    level = source.visible_to if visible_to is None else max(visible_to, source.visible_to)
    quote = Quote.objects.create(source=source, text=text, page=page[:40], language=language[:8], visible_to=level)
    record(what="quote.added", about=source.code, by=by, quote=quote.pk)
    return quote


@transaction.atomic
def edit_quote(
    quote: Quote, *, seen: int, text: str, page: str = "", language: str = "", visible_to: int | None = None, by: User
) -> Quote:
    """Put a quote right. `seen` is the source's version; what it said before stays among the source's revisions, and
    findings that stand on it are marked. Raises Outdated, ValidationError."""
    _overwrite_what_goes()
    source = _locked(Source, quote.source)
    _refuse_withdrawn(source)
    if source.version != seen:
        raise Outdated(source)
    quote = Quote.objects.get(pk=quote.pk)
    before = {"text": quote.text, "page": quote.page, "language": quote.language, "visible_to": quote.visible_to}
    quote.text = rules.clean_text("text", text, rules.LONGEST_QUOTE, needed=_("Write the words that are quoted."))
    quote.page, quote.language = page[:40], language[:8]
    if visible_to is not None:
        quote.visible_to = max(visible_to, source.visible_to)
    after = {name: getattr(quote, name) for name in before}
    if after == before:
        return quote
    quote.save()
    SourceRevision.objects.create(source=source, number=source.version, content={"quote": quote.pk, **before}, by=by)
    source.version += 1
    source.save(update_fields=["version"])
    if after["text"] != before["text"]:
        quote.evidence.filter(changed_at=None).update(changed_at=timezone.now())
    record(what="quote.edited", about=source.code, by=by, quote=quote.pk)
    return quote


@transaction.atomic
def remove_quote(quote: Quote, *, by: User) -> None:
    """Take back a quote on which nothing stands. Raises ValidationError where a finding stands on it."""
    _overwrite_what_goes()
    source = _locked(Source, quote.source)
    if quote.evidence.exists() or quote.codings.exists():
        raise ValidationError(_("A finding or a code stands on this quote: take that away first."))
    number = quote.pk
    quote.delete()
    record(what="quote.removed", about=source.code, by=by, quote=number)


def add_file(source: Source, *, name: str, chunks: Iterable[bytes], by: User | None) -> SourceFile:
    """Keep a file of a source. Raises ValidationError for one that is too large, empty, or not to be kept."""
    _refuse_withdrawn(source)
    try:
        kept = files.keep(chunks, most=rules.MOST_BYTES)
    except files.TooLarge as error:
        raise ValidationError(
            {"file": _("This file is larger than %(most)s MB: keep a smaller copy here.")
             % {"most": rules.MOST_BYTES // 1024 // 1024}}
        ) from error  # fmt: skip
    try:
        with files.path_of(kept.digest).open("rb") as file:
            found = sniffing.welcome(file.read(sniffing.HEAD), kept.size, "file")
    except sniffing.Unwelcome as error:
        files.let_go([kept.digest])
        raise ValidationError({"file": str(error)}) from error
    return _write_file(source, name, kept, found.media_type, by)


@transaction.atomic
def _write_file(source: Source, name: str, kept: files.Kept, kind: str, by: User | None) -> SourceFile:
    source = _locked(Source, source)
    _refuse_withdrawn(source)
    if source.files.count() >= rules.MOST_FILES:
        raise ValidationError({"file": _("A source holds %(most)s files at most.") % {"most": rules.MOST_FILES}})
    if not files.path_of(kept.digest).exists():  # another source let go of the same file at this moment
        raise ValidationError({"file": _("The file was not kept. Upload it again.")})
    file = SourceFile.objects.create(
        source=source, name=rules.safe_name(name, kind), digest=kept.digest, size=kept.size, media_type=kind
    )
    record(what="source.file_added", about=source.code, by=by, file=file.pk, size=file.size)
    return file


@transaction.atomic
def remove_file(file: SourceFile, *, by: User) -> None:
    source, number, digest = _locked(Source, file.source), file.pk, file.digest
    file.delete()
    record(what="source.file_removed", about=source.code, by=by, file=number)
    transaction.on_commit(lambda: files.let_go([digest]))


@transaction.atomic
def attach_filling(source: Source, filling: Filling | None, *, by: User | None) -> Source:
    """Set the filling of the round's questionnaire that holds the source's coded answers."""
    source = _locked(Source, source)
    _refuse_withdrawn(source)
    source.filling = filling
    source.save(update_fields=["filling"])
    record(what="source.coded", about=source.code, by=by, filling=filling.pk if filling else None)
    return source


def _overwrite_what_goes() -> None:
    """SQLite leaves deleted words in its file until something else is written there; from now on they are zeroed."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _empty_journal() -> None:
    """The journal holds pages as they were before; it is emptied as soon as no reader needs them."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a reader that holds it up is answered with a row


@transaction.atomic
def withdraw_consent(source: Source, *, by: User | None) -> Source:
    """The source's content goes: notes, the person, quotes' words, files, what it said before, its coded answers.

    What remains is that there was a source of this kind. Each finding that stands on it says that it lost it.
    """
    _overwrite_what_goes()
    source = _locked(Source, source)
    if source.withdrawn_at is not None:
        return source
    now = timezone.now()
    source.person = source.notes = source.consent_note = source.url = source.who = ""
    source.title, source.when, source.places = _hollow_title(source), "", []
    source.consent, source.withdrawn_at, source.version = Consent.WITHDRAWN, now, source.version + 1
    filling, source.filling = source.filling, None
    source.save()
    source.organisations.clear()
    source.revisions.all().delete()
    source.quotes.update(text="")
    digests = list(source.files.values_list("digest", flat=True))
    source.files.all().delete()
    if filling is not None:
        digests += _empty_filling(filling, by)
    Evidence.objects.filter(source=source).update(lost_at=now, note="", page="")
    Evidence.objects.filter(quote__source=source).update(lost_at=now, note="", page="")
    Evidence.objects.filter(figure__source=source).update(lost_at=now)
    figures = Figure.objects.filter(source=source)
    figures.update(series=[], base=None, base_note={}, version=F("version") + 1)
    FigureRevision.objects.filter(Q(figure__in=figures) | Q(content__source=source.code)).delete()
    record(what="source.consent_withdrawn", about=source.code, by=by)
    listeners.tell(source)
    transaction.on_commit(lambda: files.let_go(digests))
    transaction.on_commit(_empty_journal)
    return source


def _hollow_title(source: Source) -> str:
    """A title may say whom it was with: only kind and number stay."""
    return f"{source.get_kind_display()} {source.code.rsplit('.', 1)[-1]}"


def _empty_filling(filling: Filling, by: User | None) -> list[str]:
    """The coded answers of a source go with it: the document, the answers, earlier revisions, uploads."""
    digests = list(filling.uploads.values_list("digest", flat=True))
    questionnaires.withdraw_filling(filling, by=by, erase=True)
    return digests


# — figures ————————————————————————————————————————————————————————————————————————————————————————————————


def _clean_series(series: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for one in series:
        label = {code: str(text).strip() for code, text in dict(one.get("label") or {}).items() if str(text).strip()}
        if not label:
            raise ValidationError({"series": _("Each line needs words before its number.")})
        kept.append({**one, "label": label, "value": str(one.get("value", "")).strip()[:60]})
    return kept


@transaction.atomic
def record_figure(
    *, round: Round, titles: Mapping[str, str], unit: str = "", base: int | None = None,
    base_note: Mapping[str, str] | None = None, series: Iterable[Mapping[str, Any]] = (),
    source: Source | None = None, page: str = "", visible_to: int = Visibility.PUBLIC, code: str = "",
    by: User | None,
) -> Figure:  # fmt: skip
    """Record numbers with their source; `base` None where the source does not say how many were asked."""
    known = {language: text.strip() for language, text in titles.items() if text.strip()}
    if not known:
        raise ValidationError({"titles": _("Give the figure a title.")})
    if source is not None:
        _refuse_withdrawn(_locked(Source, source))
    figure = Figure.objects.create(
        round=round, code=next_code(round, "n", Figure, code), titles=known, unit=unit[:40], base=base,
        base_note=dict(base_note or {}), series=_clean_series(series), source=source, page=page[:40],
        visible_to=visible_to,
    )  # fmt: skip
    record(what="figure.recorded", about=figure.code, by=by)
    return figure


_OF_FIGURE = ("titles", "unit", "base", "base_note", "series", "page", "visible_to")


def figure_said(figure: Figure) -> dict[str, Any]:
    """All that a figure says, as its revisions keep it."""
    return {name: getattr(figure, name) for name in _OF_FIGURE} | {
        "source": figure.source.code if figure.source else ""
    }


@transaction.atomic
def edit_figure(figure: Figure, *, by: User, seen: int | None = None, **changes: Any) -> Figure:
    """Change a figure; what it said before is kept, findings that stand on it are marked when its numbers change.

    Raises Outdated where somebody else changed it since version `seen`, ValidationError.
    """
    _overwrite_what_goes()
    figure = _locked(Figure, figure)
    if seen is not None and figure.version != seen:
        raise Outdated(figure)
    before, said = (figure.base, figure.series, figure.unit), figure_said(figure)
    if "series" in changes:
        changes["series"] = _clean_series(changes["series"])
    for name in ("titles", "unit", "base", "base_note", "series", "source", "page", "visible_to"):
        if name in changes:
            setattr(figure, name, changes[name])
    if not any((figure.titles or {}).values()):
        raise ValidationError({"titles": _("Give the figure a title.")})
    if figure_said(figure) == said:
        return figure
    FigureRevision.objects.create(figure=figure, number=figure.version, content=said, by=by)
    figure.version += 1
    figure.save()
    if before != (figure.base, figure.series, figure.unit):
        figure.evidence.filter(changed_at=None).update(changed_at=timezone.now())
    record(what="figure.edited", about=figure.code, by=by)
    return figure
