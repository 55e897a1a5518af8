"""What can happen to questionnaires and to what is filled in: one transaction and one audit line each.

Saving a draft leaves no audit line (autosave would drown all others): the first save does, sending does, and what a
save overwrites is kept as a Revision.
"""

import hashlib
import mimetypes
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.audit import record

from . import deriving, keys, queries, unsealing, xform
from .instance import BadInstance, Instance
from .listeners import Happened, tell
from .models import Answer, Collector, Filling, Media, Questionnaire, Revision, Upload, Version

LARGEST_MEDIA = 20 * 1024 * 1024
MOST_REVISIONS = 500  # of one filling; the oldest and the newest stay, what lies between is thinned out
_CODE = re.compile(r"[a-z0-9]+(?:[.\-][a-z0-9]+)*")
_NAME = re.compile(r"[^\\/\x00-\x1f]{1,200}")
State = Filling.State


class Outdated(Exception):
    """Somebody else saved this filling in the meantime; nothing was written. `filling` is as it stands now."""

    def __init__(self, filling: Filling) -> None:
        super().__init__("outdated")
        self.filling = filling


@dataclass(frozen=True, slots=True)
class File:
    """A file that came along. `digest` of ground.files, where it is kept already."""

    name: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Received:
    """`new` is False where the hub had this instance already."""

    filling: Filling
    new: bool


# — questionnaires ——————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def add_questionnaire(*, code: str, titles: dict[str, str], source: str = "", by: User | None) -> Questionnaire:
    """Raises ValidationError of {field: sentences}."""
    code = code.strip().lower()
    wrong = {}
    if not _CODE.fullmatch(code) or len(code) > 60:
        wrong["code"] = _("Write a code of letters, digits, dots and hyphens, for example al.mapping.")
    elif Questionnaire.objects.filter(code=code).exists():
        wrong["code"] = _("There is a questionnaire with this code already: load a new version of it.")
    said = {language: title.strip()[:300] for language, title in titles.items() if title.strip()}
    if not said:
        wrong["titles"] = _("Give the questionnaire a title.")
    if wrong:
        raise ValidationError(wrong)
    made = Questionnaire.objects.create(code=code, titles=said, source=source.strip()[:300], created_by=by)
    record(what="questionnaire.added", about=code, by=by)
    return made


def load_version(questionnaire: Questionnaire, content: bytes, name: str, *, by: User | None) -> Version:
    """A new version from a spreadsheet (or an XForm); the file itself is kept. Raises xlsform.Refused."""
    from . import xlsform  # pyxform takes long to import, and is asked for here only

    loaded = xlsform.read(content, name)
    kept = files.keep([content])
    with transaction.atomic():
        Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
        last = questionnaire.versions.aggregate(last=Max("number"))["last"] or 0
        version = Version.objects.create(
            questionnaire=questionnaire, number=last + 1, form_id=loaded.form_id[:100],
            form_version=loaded.form_version[:60], languages=loaded.languages, xform=loaded.xform,
            xlsform=kept.digest, file_name=name.rpartition("/")[2][:200], bindings=loaded.bindings,
            notices=loaded.notices, loaded_by=by,
        )  # fmt: skip
        if loaded.itemsets:
            _keep_media(version, "itemsets.csv", loaded.itemsets.encode(), "text/csv")
        record(what="questionnaire.version_loaded", about=questionnaire.code, by=by, number=version.number)
    return version


@transaction.atomic
def add_media(version: Version, name: str, content: bytes, *, media_type: str = "", by: User | None) -> Media:
    """A file that the form shows or looks values up in. Raises ValidationError."""
    name = name.strip()
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise ValidationError(_("A file's name is at most 200 letters without slashes."))
    if len(content) > LARGEST_MEDIA:
        raise ValidationError(
            _("This file is too large: at most %(most)s MB.") % {"most": LARGEST_MEDIA // 1024 // 1024}
        )
    if version.state == Version.State.CLOSED:
        raise ValidationError(_("This version is closed: load a new one."))
    media = _keep_media(version, name, content, media_type)
    record(what="questionnaire.media_added", about=version.questionnaire.code, by=by, number=version.number, name=name)
    return media


def _keep_media(version: Version, name: str, content: bytes, media_type: str) -> Media:
    kept = files.keep([content])
    kind = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    media, _made = Media.objects.update_or_create(
        version=version, name=name, defaults={"digest": kept.digest, "md5": md5, "size": kept.size, "media_type": kind}
    )
    return media


@transaction.atomic
def open_version(version: Version, *, by: User | None) -> None:
    """Raises ValidationError where files that it looks values up in are missing, or where it was open before."""
    version = _locked_version(version)
    if version.state == Version.State.OPEN:
        return
    if missing := queries.missing_files(version):
        raise ValidationError(
            _("Add the files that this form looks answers up in first: %(names)s.") % {"names": ", ".join(missing)}
        )
    _put_state(version, Version.State.OPEN)
    record(what="questionnaire.opened", about=version.questionnaire.code, by=by, number=version.number)


@transaction.atomic
def close_version(version: Version, *, by: User | None) -> None:
    """Nobody can begin with it any more; what was begun can be finished."""
    version = _locked_version(version)
    if version.state == Version.State.CLOSED:
        return
    _put_state(version, Version.State.CLOSED)
    record(what="questionnaire.closed", about=version.questionnaire.code, by=by, number=version.number)


def _locked_version(version: Version) -> Version:
    locked = Version.objects.select_for_update().get(pk=version.pk)
    version.state = locked.state
    return version


def _put_state(version: Version, state: str) -> None:
    version.state = state
    version.save(update_fields=["state"])


# — filling in ——————————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def begin_filling(
    version: Version, *, way: str, by: User | None = None, begun_from: Filling | None = None,
    expires_at: datetime | None = None, linked: bool = True, language: str = "",
) -> Filling:  # fmt: skip
    """Begin one, from the last answers where `begun_from` is given. `linked` makes its private link (keys.key_of).

    What came from the last answers is `carried` until somebody changes it or says that it is still true.
    """
    instance = Instance.blank(queries.form_of(version), language=language)
    carried: list[str] = []
    if begun_from is not None:
        old = unsealing.without(queries.instance_of(begun_from, calculated=False))
        instance.take_over(old)
        carried = [
            path
            for path, question, node in instance.answered()
            if question.asked and question.kind != "note" and old.get(path) == node.text
        ]
    return Filling.objects.create(
        version=version, instance=instance.id, way=way, document=instance.xml(), language=language[:40],
        key_hash=keys.hashed(keys.key_of(instance.id, 1)) if linked else None, expires_at=expires_at,
        begun_from=begun_from, carried=carried, typed_by=by if way == Filling.Way.PAPER else None,
        saved_at=timezone.now(),
    )  # fmt: skip


def save_filling(
    filling: Filling, instance: Instance, *, seen: int, part: str = "", by: User | None = None,
    confirmed: Iterable[str] = (),
) -> Filling:  # fmt: skip
    """Save what was written so far; `confirmed` are paths of last time's answers that are said to be still true.

    Raises Outdated where `seen` is not its revision; then nothing was written.
    """
    with transaction.atomic():
        now = _current(filling, seen)
        first = now.revision == 1
        if now.carried:
            said, old = set(confirmed), queries.instance_of(now, calculated=False)
            now.carried = [p for p in now.carried if p not in said and instance.get(p) == old.get(p)]
            now.save(update_fields=["carried"])
        _overwrite(now, instance, by=by, part=part)
        if now.state == State.SENT:
            deriving.derive(now, instance)
        if first:
            record(what="filling.begun", about=_about(now), by=by)
            tell(now, Happened.BEGUN)
    return _shown_to(filling, now)


def send_filling(filling: Filling, *, by: User | None = None) -> Filling:
    """Raises ValidationError with the faults' sentences where something is missing or wrong, Outdated never."""
    with transaction.atomic():
        now = _current(filling, None)
        instance = queries.instance_of(now)
        if faults := instance.faults(now.language):
            raise ValidationError([fault.sentence for fault in faults])
        instance.stamp_end()
        now.state, now.sent_at = State.SENT, timezone.now()
        _overwrite(now, instance, by=by, part=now.part, final=True)
        deriving.derive(now, instance)
        record(what="filling.sent", about=_about(now), by=by, way=now.way)
        tell(now, Happened.SENT)
    return _shown_to(filling, now)


def _about(filling: Filling) -> str:
    return f"{filling.version.questionnaire.code} {filling.pk}"


def _current(filling: Filling, seen: int | None) -> Filling:
    """The filling as it stands, locked. Raises Outdated, and ValidationError for one that was withdrawn."""
    now = Filling.objects.select_related("version__questionnaire").select_for_update(of=("self",)).get(pk=filling.pk)
    if now.state == State.WITHDRAWN:
        raise ValidationError(_("These answers were withdrawn: nothing can be added to them."))
    if seen is not None and now.revision != seen:
        raise Outdated(now)
    return now


def _overwrite(now: Filling, instance: Instance, *, by: User | None, part: str, final: bool = False) -> None:
    """Write the new document; the old one is kept where something that was answered in it is there no more."""
    document = instance.xml(final=final)
    if now.document != document:
        try:
            lost = deriving.lost(queries.instance_of(now, calculated=False), instance, final=final)
        except BadInstance:
            lost = True
        if lost:
            _keep_revision(now, now.document, by=by)
    now.document, now.saved_at, now.revision = document, timezone.now(), now.revision + 1
    now.part = part[:200] or now.part
    now.save(update_fields=["document", "saved_at", "revision", "part", "state", "sent_at"])


def _keep_revision(now: Filling, document: str, *, by: User | None, note: str = "") -> None:
    """Kept for good, but of very many only every other one that lies between."""
    Revision.objects.create(filling=now, number=now.revision, document=document, by=by, note=note)
    if now.revisions.count() > MOST_REVISIONS:
        numbers = list(now.revisions.order_by("number").values_list("number", flat=True))
        now.revisions.filter(number__in=numbers[1:-50:2], note="").delete()


def _shown_to(filling: Filling, now: Filling) -> Filling:
    """What the caller holds says what was written."""
    for name in ("document", "saved_at", "revision", "part", "state", "sent_at", "carried"):
        setattr(filling, name, getattr(now, name))
    return filling


# — from phones, paper and exports ——————————————————————————————————————————————————————————————————————————————————


def receive(
    version: Version, xml: str | bytes, uploads: Iterable[File], *, way: str, collector: Collector | None = None,
    by: User | None = None,
) -> Received:  # fmt: skip
    """Store a document that was filled in elsewhere, once per instanceID. Raises BadInstance.

    What it says is kept as it came: the phone has worked it out, with its own clock. A second document of the same
    instanceID changes nothing; where it says something else it is kept beside the first as a revision.
    """
    instance = Instance.read(queries.form_of(version), xml)
    document = instance.came
    instance.id = instance.id or f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(document.encode()).hexdigest())}"
    if len(instance.id) > 120:
        raise BadInstance(_("The number of these answers (instanceID) is longer than 120 letters."))
    with transaction.atomic():
        existing = _known(instance.id)
        if existing is None:
            try:
                with transaction.atomic():
                    filling = _store(version, instance, document, way=way, collector=collector, by=by)
            except IntegrityError:
                existing = _known(instance.id)
                if existing is None:
                    raise
        if existing is not None:
            _again(existing, version, document, way, by)
            filling = existing
        for file in uploads:
            _keep_upload(filling, file)
    return Received(filling, existing is None)


def _known(instance: str) -> Filling | None:
    return Filling.objects.select_related("version__questionnaire").filter(instance=instance).first()


def _store(
    version: Version, instance: Instance, document: str, *, way: str, collector: Collector | None, by: User | None
) -> Filling:
    now = timezone.now()
    filling = Filling.objects.create(
        version=version, instance=instance.id, state=State.SENT, way=way, document=document, saved_at=now, sent_at=now,
        collector=collector, typed_by=by if way == Filling.Way.PAPER else None, begun_from=_replaced(instance, version),
    )  # fmt: skip
    if filling.begun_from is not None:
        _replace(filling.begun_from, filling, by)
    instance.judge()
    deriving.derive(filling, instance)
    record(what="filling.received", about=_about(filling), by=by, way=way)
    tell(filling, Happened.BEGUN)
    tell(filling, Happened.SENT)
    return filling


def _replaced(instance: Instance, version: Version) -> Filling | None:
    """What these answers correct: a phone that edits what it sent names it as deprecatedID."""
    named = instance.deprecated_id
    return (
        Filling.objects.filter(instance=named, version__questionnaire=version.questionnaire).first() if named else None
    )


def _replace(old: Filling, new: Filling, by: User | None) -> None:
    """Answers that were corrected count no more; what they said stays with them."""
    old.state = State.WITHDRAWN
    old.save(update_fields=["state"])
    Answer.every.filter(filling=old).delete()
    record(what="filling.corrected", about=_about(old), by=by, by_filling=new.pk)
    tell(old, Happened.WITHDRAWN)


def _again(existing: Filling, version: Version, document: str, way: str, by: User | None) -> None:
    """The same instanceID once more. Raises BadInstance where it belongs to something else."""
    if existing.version.questionnaire_id != version.questionnaire_id or existing.way != way:
        raise BadInstance(_("The hub has other answers under this number (instanceID): give these a new one."))
    kept = {existing.document, *existing.revisions.values_list("document", flat=True)}
    if document in kept or len(kept) > 20 or existing.state != State.SENT:
        return
    _keep_revision(existing, document, by=by, note=_("came again, and said something else"))
    existing.revision += 1
    existing.save(update_fields=["revision"])


@transaction.atomic
def keep_upload(filling: Filling, file: File, *, by: User | None = None) -> Upload:
    """A file that was added to a filling on the web; the same name again replaces it."""
    upload, _made = Upload.objects.update_or_create(
        filling=filling, name=file.name[:200],
        defaults={"digest": file.digest, "size": file.size, "media_type": file.media_type[:100]},
    )  # fmt: skip
    return upload


def _keep_upload(filling: Filling, file: File) -> None:
    """The first of a name stays: a phone that tries again sends the same."""
    Upload.objects.get_or_create(
        filling=filling, name=file.name[:200],
        defaults={"digest": file.digest, "size": file.size, "media_type": file.media_type[:100]},
    )  # fmt: skip


# — taking back —————————————————————————————————————————————————————————————————————————————————————————————————————


@transaction.atomic
def withdraw_filling(filling: Filling, *, by: User | None = None, erase: bool = True) -> None:
    """The answers count no more. `erase` (a withdrawn consent) takes what they said for good, files included."""
    now = Filling.objects.select_related("version__questionnaire").select_for_update(of=("self",)).get(pk=filling.pk)
    if now.state == State.WITHDRAWN and not (erase and now.document):
        return
    now.state = State.WITHDRAWN
    if erase:
        now.document, now.part = "", ""
        now.revisions.all().delete()
        now.uploads.all().delete()
    now.revision += 1
    now.saved_at = timezone.now()
    now.save(update_fields=["state", "document", "part", "revision", "saved_at"])
    Answer.every.filter(filling=now).delete()
    record(what="filling.withdrawn", about=_about(now), by=by, erased=erase)
    tell(now, Happened.WITHDRAWN)
    _shown_to(filling, now)


@transaction.atomic
def renew_link(filling: Filling, *, by: User | None, expires_at: datetime | None = None) -> str:
    """The old link is dead, the new key is returned."""
    now = Filling.objects.select_related("version__questionnaire").select_for_update(of=("self",)).get(pk=filling.pk)
    now.generation += 1
    key = keys.key_of(now.instance, now.generation)
    now.key_hash, now.expires_at = keys.hashed(key), expires_at
    now.save(update_fields=["generation", "key_hash", "expires_at"])
    record(what="filling.link_renewed", about=_about(now), by=by)
    filling.generation, filling.key_hash, filling.expires_at = now.generation, now.key_hash, now.expires_at
    return key


@transaction.atomic
def note_opened(filling: Filling) -> None:
    """Its private link was opened; listeners learn of the first time."""
    now = timezone.now()
    if Filling.objects.filter(pk=filling.pk, opened_at=None).update(opened_at=now):
        filling.opened_at = now
        tell(filling, Happened.OPENED)


__all__ = ["BadInstance", "File", "Outdated", "Received", "xform"]
