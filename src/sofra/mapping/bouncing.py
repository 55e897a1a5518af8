"""Letters that came back, as mail servers report them (RFC 3464): which letter, for good or not, and why."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from . import services
from .models import Letter

_LETTER = re.compile(r"<letter-(\d{1,15})@[^>\s]+>")


@dataclass(frozen=True, slots=True)
class Report:
    """`final`: the server gave up; else it is still trying. `because` in the server's own words."""

    letter: int
    to: str
    final: bool
    because: str


def read_report(content: bytes) -> Report | None:
    """What a message says of a letter of ours; None where it is no report of one."""
    message = message_from_bytes(content, policy=policy.default)
    found = _LETTER.search(_original(message))
    status = _status(message)
    if found is None or status is None:
        return None
    action = str(status.get("Action", "")).strip().lower()
    code = str(status.get("Status", "")).strip()
    if action not in ("failed", "delayed") and not code.startswith(("4", "5")):
        return None
    told = str(status.get("Diagnostic-Code", "")).partition(";")[2].strip() or code
    to = str(status.get("Final-Recipient", "")).partition(";")[2].strip()
    return Report(int(found[1]), to, action == "failed" or code.startswith("5"), " ".join(told.split())[:400])


def _status(message: EmailMessage) -> Message | None:
    """The fields about the recipient, of a multipart/report."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.get_payload():
                if isinstance(fields, Message) and fields.get("Final-Recipient"):
                    return fields
    return None


def _original(message: EmailMessage) -> str:
    """The Message-ID of what came back, wherever the report tells it."""
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            return str(part.as_string())[:20_000]
    return " ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References", "X-Failed-Message-ID"))


def note_bounce(content: bytes) -> Letter | None:
    """Record what a message reports; the letter that came back, None where it is about none of ours."""
    report = read_report(content)
    letter = Letter.objects.filter(pk=report.letter).first() if report else None
    if report is None or letter is None or (report.to and report.to.lower() != letter.to.lower()):
        return None
    return services.record_bounce(letter, because=report.because, final=report.final)
