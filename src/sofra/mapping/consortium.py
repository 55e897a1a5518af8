"""One methodology for several countries: a round's method and questionnaire as one file, out and in.

The file is a ZIP: manifest.json names every other file with its SHA-256. What comes in is believed only as far as that
holds; it brings no answers, no organisations and nothing about who takes part.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.accounts.models import User
from sofra.ground import files
from sofra.ground.audit import record
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires import xform
from sofra.questionnaires.models import Media, Questionnaire, Version
from sofra.questionnaires.xlsform import Refused

from . import services
from .models import Methodology, Round

FORMAT, FORMAT_VERSION = "sofra-methodology", 1
MANIFEST = "manifest.json"
FORM = "form.xml"
LARGEST = 40 * 1024 * 1024  # bytes of the file, and
LARGEST_INSIDE = 120 * 1024 * 1024  # of all that is packed in it
MOST_FILES = 300
_NAME = re.compile(r"(?:media/|source/|method/)?[^/\\\x00]{1,200}")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same methodology makes the same bytes but for the manifest's date


# — out ————————————————————————————————————————————————————————————————————————————————————————————————————


def export_methodology(found: Round) -> bytes:
    """The round's method and questionnaire as one file. Raises ValidationError where it has no questionnaire."""
    version = found.version
    if version is None:
        raise ValidationError(_("Choose the questionnaire first: a methodology without one is only its text."))
    parts: dict[str, tuple[bytes, str]] = {FORM: (version.xform.encode(), "application/xml")}
    if version.xlsform:
        source = b"".join(files.read(version.xlsform))
        parts[f"source/{_safe(version.file_name or 'form.xlsx')}"] = (source, "application/octet-stream")
    for media in version.media.order_by("name"):
        parts[f"media/{_safe(media.name)}"] = (b"".join(files.read(media.digest)), media.media_type)
    for language, text in sorted(found.methodology.items()):
        parts[f"method/{_safe(language)}.md"] = (text.encode(), "text/markdown")
    manifest = {
        "format": FORMAT, "format_version": FORMAT_VERSION, "hub": settings.HUB_NAME, "country": found.country,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "round": {"code": found.code, "titles": found.titles, "begins": found.begins, "ends": found.ends},
        "questionnaire": {
            "code": version.questionnaire.code, "titles": version.questionnaire.titles,
            "source": version.questionnaire.source, "number": version.number, "form_id": version.form_id,
            "form_version": version.form_version, "languages": version.languages, "bindings": version.bindings,
        },
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "media_type": kind}
            for name, (content, kind) in parts.items()
        },
    }  # fmt: skip
    return _packed({MANIFEST: _json(manifest), **{name: content for name, (content, _kind) in parts.items()}})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _safe(name: str) -> str:
    return re.sub(r"[/\\\x00]", "-", name)[:150] or "file"


# — in —————————————————————————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that holds what its manifest says: the manifest and the contents by name."""

    manifest: dict[str, Any]
    parts: dict[str, bytes]

    @property
    def methods(self) -> dict[str, str]:
        """Language -> text of the method."""
        return {
            name.removeprefix("method/").removesuffix(".md"): content.decode("utf-8", "replace")
            for name, content in self.parts.items()
            if name.startswith("method/")
        }

    @property
    def source(self) -> tuple[str, bytes]:
        """What the questionnaire is loaded from: the spreadsheet, or the form itself where there is none."""
        for name, content in self.parts.items():
            if name.startswith("source/"):
                return name.removeprefix("source/"), content
        return FORM, self.parts[FORM]


def unpack(content: bytes) -> Unpacked:
    """Raises ValidationError with a sentence for what is no methodology, is damaged, or is too large."""
    if len(content) > LARGEST:
        raise ValidationError(_("The file is larger than %(most)s MB: a methodology is not.") % {"most": LARGEST >> 20})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _read(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise ValidationError(_("This is no ZIP file, or it is damaged: ask for the methodology again.")) from None
    manifest = _manifest(parts.pop(MANIFEST, b""))
    _check_hashes(manifest, parts)
    _check_form(manifest, parts)
    return Unpacked(manifest, parts)


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_INSIDE:
        raise ValidationError(_("More is packed in this file than any methodology holds: it is not opened."))
    parts: dict[str, bytes] = {}
    left = LARGEST_INSIDE
    for entry in entries:
        if not _NAME.fullmatch(entry.filename) or ".." in entry.filename or entry.filename in parts:
            raise ValidationError(_("A file in it has a name that leads elsewhere: this is no methodology of a hub."))
        with archive.open(entry) as file:
            parts[entry.filename] = file.read(min(entry.file_size, left) + 1)
        left -= len(parts[entry.filename])
        if len(parts[entry.filename]) > entry.file_size or left < 0:
            raise ValidationError(_("More is packed in this file than it says: it is not opened."))
    return parts


def _manifest(content: bytes) -> dict[str, Any]:
    foreign = _("This ZIP file is no methodology of a hub like this one: it holds no manifest of one.")
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        raise ValidationError(foreign) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValidationError(foreign)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ValidationError(_("The file comes from a newer hub: bring this one up to date first."))
    texts, asked = manifest.get("round"), manifest.get("questionnaire")
    named = manifest.get("files")
    if not (isinstance(texts, dict) and isinstance(asked, dict) and isinstance(named, dict)):
        raise ValidationError(_("The manifest of the file is damaged: ask for the methodology again."))
    if not (isinstance(asked.get("code"), str) and _is_texts(asked.get("titles")) and _is_texts(texts.get("titles"))):
        raise ValidationError(_("The manifest of the file is damaged: ask for the methodology again."))
    return manifest


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())


def _check_hashes(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    named = manifest["files"]
    if unnamed := sorted(set(parts) - set(named)):
        raise ValidationError(_("“%(name)s” is in the file and not in its manifest: it was added afterwards."),
                              params={"name": unnamed[0][:80]})  # fmt: skip
    for name, what in named.items():
        if name not in parts:
            raise ValidationError(_("“%(name)s” is missing in the file: ask for it again."), params={"name": name[:80]})
        digest = what.get("sha256") if isinstance(what, dict) else None
        if hashlib.sha256(parts[name]).hexdigest() != digest:
            raise ValidationError(
                _("“%(name)s” is not what the manifest says: the file was damaged or changed on its way."),
                params={"name": name[:80]},
            )


def _check_form(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    if FORM not in parts:
        raise ValidationError(_("There is no questionnaire in the file."))
    try:
        xform.parse(parts[FORM].decode())
    except (xform.BadForm, UnicodeDecodeError) as problem:
        raise ValidationError(
            _("The questionnaire in the file cannot be read: %(why)s"), params={"why": str(problem)[:300]}
        ) from None


@transaction.atomic
def import_methodology(content: bytes, *, by: User | None) -> Methodology:
    """Keep another hub's methodology, to be compared and taken over; the same file a second time is the same row.

    Raises ValidationError. Nothing here is asked of anybody by it yet.
    """
    unpacked = unpack(content)
    digest = files.keep([content]).digest
    manifest = unpacked.manifest
    kept, new = Methodology.objects.get_or_create(
        digest=digest,
        defaults={
            "code": manifest["questionnaire"]["code"][:60], "country": str(manifest.get("country", ""))[:2],
            "hub": str(manifest.get("hub", ""))[:120], "content": manifest, "imported_by": by,
        },
    )  # fmt: skip
    if new:
        record(what="methodology.imported", about=kept.code, by=by, sha256=digest)
    return kept


def unpacked(kept: Methodology) -> Unpacked:
    return unpack(b"".join(files.read(kept.digest)))


@transaction.atomic
def take_over(kept: Methodology, *, code: str, by: User | None) -> Version:
    """Make it a version of a questionnaire of this hub, new or known, as a draft, and a draft round with its method.

    Raises ValidationError; a spreadsheet that this hub refuses is told with its rows.
    """
    inside = unpacked(kept)
    asked = inside.manifest["questionnaire"]
    known = Questionnaire.objects.filter(code=code).first()
    questionnaire = known or questionnaires.add_questionnaire(
        code=code, titles=asked["titles"], source=_source(inside.manifest), by=by
    )
    name, content = inside.source
    try:
        version = questionnaires.load_version(questionnaire, content, name, by=by)
    except Refused as refused:
        raise ValidationError([problem.sentence for problem in refused.problems[:5]]) from None
    for part, data in inside.parts.items():
        media = part.removeprefix("media/")
        if part.startswith("media/") and not Media.objects.filter(version=version, name=media).exists():
            kind = inside.manifest["files"][part].get("media_type", "")
            questionnaires.add_media(version, media, data, media_type=str(kind)[:100], by=by)
    kept.version = version
    kept.save(update_fields=["version"])
    _draft_round(inside, version, by)
    record(what="methodology.taken_over", about=questionnaire.code, by=by, version=version.number, sha256=kept.digest)
    return version


def _source(manifest: dict[str, Any]) -> str:
    return f"{manifest.get('hub', '')} ({manifest.get('country', '')}): {manifest['round'].get('code', '')}"[:300]


def _draft_round(inside: Unpacked, version: Version, by: User | None) -> None:
    """A draft round of this country that follows the method; named like the other hub's, under a free code."""
    texts = inside.manifest["round"]
    base = f"{settings.COUNTRY.lower()}.{timezone.localdate().year}"
    number = 1
    while Round.objects.filter(code=(code := f"{base}{f'-{number}' if number > 1 else ''}.mapping")).exists():
        number += 1
    services.open_round(
        code=code, country=settings.COUNTRY, titles=texts["titles"], methodology=inside.methods, version=version,
        source=_source(inside.manifest), state=Round.State.DRAFT, by=by,
    )  # fmt: skip
