"""What may happen to a finding, and what must be said for it. A lawyer can read it."""

import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_STATEMENT = 4_000
LONGEST_REASON = 4_000
LONGEST_NOTES = 50_000
LONGEST_QUOTE = 10_000
LONGEST_MINUTES = 200_000
MOST_BYTES = 25 * 1024 * 1024  # of one file of a source
MOST_FILES = 40

DRAFT, PROPOSED, CONFIRMED, CONTESTED, REFUSED = "draft", "proposed", "confirmed", "contested", "refused"
# What can be done -> the states in which it can.
POSSIBLE: Mapping[str, frozenset[str]] = {
    "edit": frozenset({DRAFT, PROPOSED}),
    "propose": frozenset({DRAFT}),
    "confirm": frozenset({PROPOSED, CONTESTED}),
    "amend": frozenset({PROPOSED, CONTESTED}),
    "contest": frozenset({DRAFT, PROPOSED, CONFIRMED, CONTESTED}),
    "refuse": frozenset({DRAFT, PROPOSED, CONTESTED}),
    "reopen": frozenset({CONFIRMED, CONTESTED, REFUSED}),
}
REASON_NEEDED = frozenset({"amend", "refuse", "reopen"})


def possible(act: str, state: str) -> bool:
    return state in POSSIBLE[act]


def is_public(state: str, *, was_confirmed: bool) -> bool:
    """The public reads what was confirmed, and what was contested since; never what nobody confirmed."""
    return state == CONFIRMED or (state == CONTESTED and was_confirmed)


def check_act(act: str, state: str, reason: str) -> None:
    """Raises ValidationError where the act does not fit the finding's state, or its reason is missing."""
    if not possible(act, state):
        raise ValidationError(_SENTENCES[act]())
    if act in REASON_NEEDED and not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stays with the finding.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Shorten this to %(longest)s letters.") % {"longest": LONGEST_REASON}})


_SENTENCES = {
    "edit": lambda: _("This finding was decided on. Open it again, with the reason, before you change it."),
    "propose": lambda: _("Only a draft can be proposed."),
    "confirm": lambda: _("Only a finding that is proposed or contested can be confirmed."),
    "amend": lambda: _("Only a finding that is proposed or contested can be amended. Open it again first."),
    "contest": lambda: _("A refused finding stands nowhere, so it need not be contested."),
    "refuse": lambda: _("A confirmed finding is opened again before it is refused."),
    "reopen": lambda: _("This finding is open already."),
}


def clean_statements(statements: Mapping[str, str]) -> dict[str, str]:
    """The statement in each language that says something. Raises ValidationError for none, or one too long."""
    kept = {language: " ".join(text.split()) for language, text in statements.items() if text and text.strip()}
    if not kept:
        raise ValidationError({"statements": _("Write the statement in at least one language.")})
    for text in kept.values():
        if len(text) > LONGEST_STATEMENT:
            raise ValidationError(
                {"statements": _("Shorten this to %(longest)s letters.") % {"longest": LONGEST_STATEMENT}}
            )
        if "\x00" in text:
            raise ValidationError({"statements": _("This holds a sign that cannot be kept: type it anew.")})
    return kept


def clean_text(field: str, text: str, longest: int, *, needed: str = "") -> str:
    """A text without blanks around it. `needed` is the sentence for an empty one, "" where it may be empty."""
    text = text.replace("\r\n", "\n").strip()
    if not text and needed:
        raise ValidationError({field: needed})
    if len(text) > longest:
        raise ValidationError({field: _("Shorten this to %(longest)s letters.") % {"longest": longest}})
    if "\x00" in text:
        raise ValidationError({field: _("This holds a sign that cannot be kept: type it anew.")})
    return text


_ENDINGS = {
    "text/plain": "txt csv md tsv", "application/pdf": "pdf", "application/rtf": "rtf", "image/jpeg": "jpg jpeg",
    "image/png": "png", "image/gif": "gif", "image/tiff": "tif tiff", "image/webp": "webp", "image/heic": "heic",
    "application/x-ole-storage": "doc xls ppt", "application/zip": "zip docx xlsx pptx odt ods odp",
    "audio/mpeg": "mp3", "audio/ogg": "ogg oga opus", "audio/mp4": "m4a", "audio/wav": "wav",
    "video/mp4": "mp4", "video/webm": "webm",
}  # fmt: skip


def safe_name(name: str, media_type: str) -> str:
    """A file's name without folders or signs that systems do not take, with an ending of what it really is."""
    bare = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(sign for sign in bare if sign.isprintable() and sign not in '"<>|:*?').strip(" .") or "file"
    stem, _dot, ending = kept.rpartition(".")
    usual = _ENDINGS.get(media_type, "bin").split()
    if stem and ending.lower() in usual:
        return f"{stem[:150]}.{ending.lower()}"
    return f"{kept[:150]}.{usual[0]}"
