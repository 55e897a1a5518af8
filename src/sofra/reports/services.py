"""What can happen to reports. Each is one transaction and one audit line.

Every change of an outline keeps the outline as it was before, so that it can be taken back. Of two editors the second
one learns what the first one did: `seen` is the version that the editor saw.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.findings.models import Source
from sofra.ground import files
from sofra.ground.audit import record
from sofra.ground.tongues import said as said_in
from sofra.mapping.models import Round

from . import freezing, outlines, rules
from .models import Block, Edition, Licence, Outline, Report
from .pieces import PIECES

Kind = Block.Kind
_FIELDS = ("kind", "level", "about", "texts", "options")
FACTS = ("publisher", "authors", "funder")


class Outdated(Exception):
    """Somebody else changed it in the meantime; nothing was written. `changes` are what they did, oldest first."""

    def __init__(self, changes: Iterable[Outline] = ()) -> None:
        super().__init__()
        self.changes = list(changes)


# — reports ————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def begin_report(
    *, round: Round, titles: Mapping[str, str], by: User | None, code: str = "",
    subtitles: Mapping[str, str] | None = None, licence: str = Licence.CC_BY, **facts: str,
) -> Report:  # fmt: skip
    """A report of a round, empty. `facts`: publisher, authors, funder. The first of a round has the round's code."""
    _check_titles(titles)
    code = code or _free_code(round)
    if Report.objects.filter(code=code).exists():
        raise ValidationError({"code": _("A report with this code is there already.")})
    report = Report.objects.create(
        round=round, code=code, titles=_kept(titles), subtitles=_kept(subtitles or {}), licence=licence, created_by=by,
        **{name: facts.get(name, "").strip()[:300] for name in FACTS},
    )  # fmt: skip
    record(what="report.begun", about=code, by=by, round=round.code)
    return report


def _free_code(round_: Round) -> str:
    code, number = round_.code, 2
    while Report.objects.filter(code=code).exists():
        code, number = f"{round_.code}.report{number}", number + 1
    return code


def _kept(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}


def _check_titles(titles: Mapping[str, str]) -> None:
    if not _kept(titles):
        raise ValidationError({"title_sq": _("Give the report a title in at least one language.")})


@transaction.atomic
def edit_report(report: Report, *, by: User | None, seen: int | None = None, **facts: Any) -> None:
    """Title page: titles, subtitles, publisher, authors, funder, licence."""
    report = _locked(report, seen)
    if "titles" in facts:
        _check_titles(facts["titles"])
    _note(report, "edit", _("the title page"), by)
    for name, value in facts.items():
        setattr(report, name, _kept(value) if isinstance(value, Mapping) else value)
    report.save()
    record(what="report.edited", about=report.code, by=by, fields=sorted(facts))


# — the outline ————————————————————————————————————————————————————————————————————————————————————————————


def outline_of(report: Report) -> list[dict[str, Any]]:
    """The outline as data, whole."""
    return [{name: getattr(block, name) for name in _FIELDS} for block in report.blocks.order_by("position", "id")]


@transaction.atomic
def arrange(report: Report, how: str, *, by: User | None, seen: int | None = None) -> None:
    """Lay out the outline anew: "2018" by the chapters of the report of 2018, "kinds" by kind of finding.

    What somebody wrote stays: under the heading that it stood under, or at the end where that is gone.
    """
    if how not in outlines.ARRANGEMENTS:
        raise ValidationError(_("Choose one of the arrangements."))
    report = _locked(report, seen)
    _note(report, "arrange", str(outlines.ARRANGEMENTS[how]), by)
    written = _texts_by_heading(report)
    laid: list[dict[str, Any]] = []
    for one in outlines.laid(how, report.round):
        laid.append(one)
        if one["kind"] == Kind.HEADING:
            laid += written.pop(one["about"], [])
    laid = _without_empty_text(laid)
    if written:
        laid.append(outlines.heading("kept", _("Texts of the earlier outline")))
        laid += [text for texts in written.values() for text in texts]
    _lay(report, laid)
    record(what="report.arranged", about=report.code, by=by, how=how)


@transaction.atomic
def lay_outline(report: Report, laid: Iterable[Mapping[str, Any]], *, by: User | None) -> None:
    """The whole outline as given, in the place of what was there: {"kind", "level", "about", "texts", "options"} each.

    Raises ValidationError where a piece cannot be placed; then nothing was written.
    """
    report = _locked(report, None)
    rows = [{name: one[name] for name in _FIELDS if name in one} for one in laid]
    for row in rows:
        _check(Block(report=report, **row))
    _note(report, "arrange", _("a given outline"), by)
    _lay(report, rows)
    record(what="report.arranged", about=report.code, by=by, how="given")


def _texts_by_heading(report: Report) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    under = ""
    for one in outline_of(report):
        if one["kind"] == Kind.HEADING:
            under = one["about"]
        elif one["kind"] == Kind.TEXT and _kept(one["texts"]):
            found.setdefault(under, []).append(one)
    return found


def _without_empty_text(laid: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An empty text is left out where one that somebody wrote stands already."""
    kept: list[dict[str, Any]] = []
    for one in laid:
        empty = one["kind"] == Kind.TEXT and not one.get("texts") and not one.get("about")
        if empty and kept and kept[-1]["kind"] == Kind.TEXT:
            continue
        kept.append(one)
    return kept


def _lay(report: Report, laid: Iterable[Mapping[str, Any]]) -> None:
    report.blocks.all().delete()
    Block.objects.bulk_create(
        Block(report=report, position=position, **{name: one[name] for name in _FIELDS if name in one})
        for position, one in enumerate(laid)
    )


@transaction.atomic
def add_block(
    report: Report, *, kind: str, after: Block | None = None, by: User | None, seen: int | None = None, **said: Any
) -> Block:
    """A new piece behind `after` (at the end where none is named). `said`: level, about, texts, options."""
    report = _locked(report, seen)
    if report.blocks.count() >= rules.MOST_BLOCKS:
        raise ValidationError(_("An outline holds at most %(most)s pieces.") % {"most": rules.MOST_BLOCKS})
    block = Block(report=report, kind=kind, **said)
    _check(block)
    _note(report, "add", in_words(block), by)
    last = report.blocks.aggregate(last=Max("position"))["last"]
    if after is not None:
        after.refresh_from_db(fields=["position"])
        block.position = after.position + 1
        report.blocks.filter(position__gt=after.position).update(position=F("position") + 1)
    else:
        block.position = 0 if last is None else last + 1
    block.save()
    record(what="report.block_added", about=report.code, by=by, kind=kind, block=block.about)
    return block


def _check(block: Block) -> None:
    """Refuse what cannot be placed, with a sentence."""
    about = block.about
    if block.kind not in Kind.values:
        raise ValidationError(_("Choose what to add."))
    if block.kind == Kind.HEADING and not _kept(block.texts):
        raise ValidationError({"text_sq": _("Write the heading in at least one language.")})
    if not 1 <= block.level <= 3:
        raise ValidationError({"level": _("A heading is of level 1, 2 or 3.")})
    if any(len(text) > rules.LONGEST_TEXT for text in block.texts.values()):
        raise ValidationError({"text_sq": _("Shorten this to %(longest)s letters.") % {"longest": rules.LONGEST_TEXT}})
    if block.kind == Kind.FINDING and not block.report.round.findings.filter(code=about).exists():
        raise ValidationError({"about": _("No finding of this round has that code.")})
    if block.kind == Kind.FIGURE and not block.report.round.figures.filter(code=about).exists():
        raise ValidationError({"about": _("No figure of this round has that code.")})
    pieces = (Kind.CHART, Kind.MAP, Kind.TABLE, Kind.ANNEX)
    if block.kind in pieces and (about not in PIECES or PIECES[about].kind != block.kind):
        raise ValidationError({"about": _("There is no piece of this name.")})


@transaction.atomic
def edit_block(
    block: Block, *, by: User | None, seen: int | None = None, texts: Mapping[str, str] | None = None, **said: Any
) -> Block:
    """Change what a piece says. Only a change of the same piece is in its way: `seen` is the piece's own version."""
    report = _locked(block.report, None)
    kept = report.blocks.filter(pk=block.pk).first()
    if kept is None or (seen is not None and kept.version != seen):
        raise Outdated(report.outlines.order_by("number"))
    kept.report = report
    for name, value in said.items():
        setattr(kept, name, value)
    if texts is not None:
        kept.texts = _kept(texts)
    _check(kept)
    _note(report, "edit", in_words(kept), by)
    kept.version += 1
    kept.save()
    record(what="report.block_edited", about=report.code, by=by, kind=kept.kind, block=kept.about)
    return kept


@transaction.atomic
def move_block(block: Block, *, up: bool, by: User | None, seen: int | None = None) -> None:
    """One place up or down. A heading takes along what stands under it, and passes a whole section of its level."""
    report = _locked(block.report, seen)
    rows = list(report.blocks.order_by("position", "id"))
    at = _index(rows, block)
    ends = _end(rows, at)
    if up:
        if at == 0:
            return
        target = _begin_before(rows, at)
        order = [*rows[:target], *rows[at:ends], *rows[target:at], *rows[ends:]]
    else:
        if ends == len(rows):
            return
        beyond = _end(rows, ends) if rows[at].kind == Kind.HEADING else ends + 1
        order = [*rows[:at], *rows[ends:beyond], *rows[at:ends], *rows[beyond:]]
    _note(report, "move", in_words(rows[at]), by)
    for position, one in enumerate(order):
        one.position = position
    Block.objects.bulk_update(order, ["position"])
    record(what="report.block_moved", about=report.code, by=by, block=block.about, up=up)


def _index(rows: list[Block], block: Block) -> int:
    for at, one in enumerate(rows):
        if one.pk == block.pk:
            return at
    raise Outdated


def _end(rows: list[Block], at: int) -> int:
    """Behind the last piece that belongs to the one at `at`: of a heading all down to the next of its level."""
    if rows[at].kind != Kind.HEADING:
        return at + 1
    for further in range(at + 1, len(rows)):
        if rows[further].kind == Kind.HEADING and rows[further].level <= rows[at].level:
            return further
    return len(rows)


def _begin_before(rows: list[Block], at: int) -> int:
    """Where the section (or piece) before the one at `at` begins."""
    if rows[at].kind != Kind.HEADING:
        return at - 1
    for earlier in range(at - 1, -1, -1):
        if rows[earlier].kind == Kind.HEADING and rows[earlier].level <= rows[at].level:
            return earlier
    return 0


@transaction.atomic
def indent_block(block: Block, *, deeper: bool, by: User | None, seen: int | None = None) -> None:
    """A heading one level deeper or higher."""
    report = _locked(block.report, seen)
    kept = report.blocks.filter(pk=block.pk).first()
    if kept is None:
        raise Outdated(report.outlines.order_by("number"))
    level = min(3, max(1, kept.level + (1 if deeper else -1)))
    if kept.kind != Kind.HEADING or level == kept.level:
        return
    _note(report, "indent", in_words(kept), by)
    kept.level = level
    kept.save(update_fields=["level"])
    record(what="report.block_indented", about=report.code, by=by, block=kept.about, level=level)


@transaction.atomic
def remove_block(block: Block, *, by: User | None, seen: int | None = None) -> None:
    """Take a piece out of the outline. What it showed stays in the hub, and undo brings it back."""
    report = _locked(block.report, seen)
    kept = report.blocks.filter(pk=block.pk).first()
    if kept is None:
        raise Outdated(report.outlines.order_by("number"))
    _note(report, "remove", in_words(kept), by)
    kept.delete()
    record(what="report.block_removed", about=report.code, by=by, kind=kept.kind, block=kept.about)


@transaction.atomic
def undo_outline(report: Report, *, by: User | None, seen: int | None = None) -> None:
    """Lay out the outline as it was before the last change; to undo twice is to do it again."""
    report = _locked(report, seen)
    last = report.outlines.order_by("-number").first()
    if last is None:
        raise ValidationError(_("Nothing was changed yet that could be taken back."))
    before = last.blocks
    _note(report, "undo", last.about, by)
    _lay(report, before)
    record(what="report.undone", about=report.code, by=by, change=last.number)


def in_words(block: Block) -> str:
    """Which piece it is, for people: its heading, the beginning of its text, what it shows."""
    if block.kind in (Kind.HEADING, Kind.TEXT):
        words = said_in(block.texts).strip() or str(block.get_kind_display())
        return words if len(words) <= 80 else words[:79] + "…"
    if block.about in PIECES:
        return str(PIECES[block.about].title)
    return f"{block.get_kind_display()} {block.about}".strip()


def _locked(report: Report, seen: int | None) -> Report:
    """The report, held until the transaction ends. Raises Outdated where it is no longer the version that was seen."""
    held = Report.objects.select_for_update().select_related("round").get(pk=report.pk)
    if seen is not None and held.version != seen:
        raise Outdated(held.outlines.filter(number__gte=seen).order_by("number"))
    return held


def _note(report: Report, what: str, about: str, by: User | None) -> None:
    """Keep the outline as it was, and count the report's version up."""
    Outline.objects.create(
        report=report, number=report.version, blocks=outline_of(report), what=what, about=about[:200], by=by
    )
    report.version += 1
    report.save(update_fields=["version"])


# — editions ———————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def publish(report: Report, *, by: User | None, note: str = "", seen: int | None = None) -> Edition:
    """Freeze the report as everyone may see it: the next edition. Later changes of data never alter it."""
    report = _locked(report, seen)
    number = (report.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    content = freezing.frozen(report, number)
    if not any(document["blocks"] for document in content["documents"].values()):
        raise ValidationError(
            _("There is nothing to publish: no piece of the outline holds anything that everyone may see.")
        )
    edition = Edition.objects.create(
        report=report, number=number, content=content, digest=freezing.digest_of(content), note=note.strip()[:500],
        published_at=timezone.now(), published_by=by,
    )  # fmt: skip
    record(what="report.published", about=report.code, by=by, edition=number, digest=edition.digest)
    return edition


@transaction.atomic
def withdraw_edition(edition: Edition, *, reason: str, by: User | None) -> None:
    """Nobody reads the edition any more but mappers; its address says why. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stands where the edition was.")})
    held = Edition.objects.select_for_update().defer("content").get(pk=edition.pk)
    if held.withdrawn_at is not None:
        raise ValidationError(_("This edition is withdrawn already."))
    edition.withdrawn_at, edition.withdrawn_because = timezone.now(), reason.strip()[:500]
    edition.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(what="report.withdrawn", about=edition.report.code, by=by, edition=edition.number)


@transaction.atomic
def take_out_source(source: Source, by: User | None = None) -> int:
    """A consent was withdrawn: the source's content leaves every edition; how many editions it left."""
    now, left = timezone.now(), 0
    day = timezone.localtime(now).strftime("%d.%m.%Y")
    for edition in Edition.objects.select_for_update().filter(report__round=source.round_id).select_related("report"):
        content = freezing.without(edition.content, source.code, day=day)
        if content is None:
            continue
        before = edition.digest
        edition.content, edition.digest = content, freezing.digest_of(content)
        edition.taken_out = [*edition.taken_out, {"at": now.isoformat(), "source": source.code, "digest": before}]
        edition.save(update_fields=["content", "digest", "taken_out"])
        _forget_files(edition)
        record(
            what="report.source_taken_out", about=edition.report.code, by=by, edition=edition.number,
            source=source.code, digest=edition.digest,
        )  # fmt: skip
        left += 1
    return left


def _forget_files(edition: Edition) -> None:
    """They are made anew when somebody asks; what the old ones said goes from the disk too."""
    digests = list(edition.files.values_list("digest", flat=True))
    edition.files.all().delete()
    transaction.on_commit(lambda: files.let_go(digests))


def consent_withdrawn(source: Source) -> None:
    """What findings.listeners calls when a source's consent is withdrawn."""
    take_out_source(source)
