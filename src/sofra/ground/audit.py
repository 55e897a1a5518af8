"""The audit chain: what happened, by whose account, in the same transaction as the thing itself.

Each line carries the SHA-256 of its content and of the line before it, so a line that was altered, added or
taken out afterwards breaks the chain from there on. The database itself refuses updates and deletes.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from .models import AuditLine

BEGINNING = "0" * 64
_LOCK = 7_306_372  # any number, the same everywhere: one writer of the chain at a time on PostgreSQL


class Account(Protocol):
    pk: Any


def record(*, what: str, about: str, by: Account | None, **detail: Any) -> AuditLine:
    """Add a line. `what` is "noun.verb", `about` the public code of the thing; `detail` holds no personal data.

    Must be called inside the transaction that does the thing; outside one it opens its own.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditLine.objects.order_by("-id").values_list("hash", flat=True).first()
        line = AuditLine(
            at=timezone.now(),
            by=f"account {by.pk}" if by is not None and by.pk else "hub",
            what=what,
            about=about[:120],
            detail=detail,
            previous=last or BEGINNING,
        )
        line.hash = _hash(line)
        line.save(force_insert=True)
    return line


def _hash(line: AuditLine) -> str:
    at: datetime = line.at
    content = [line.previous, at.isoformat(), line.by, line.what, line.about, line.detail]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_lines() -> Iterator[str]:
    """What is wrong with the chain, a sentence a broken line; nothing where it is whole."""
    previous = BEGINNING
    for line in AuditLine.objects.order_by("id").iterator(chunk_size=2000):
        if line.previous != previous:
            yield f"Line {line.pk} does not follow the line before it: a line was taken out, added or moved."
        elif _hash(line) != line.hash:
            yield f"Line {line.pk} was altered after it was written."
        previous = line.hash


def head() -> int:
    """The number of the newest line: it grows with every change, so it is the version of all that is shown.

    Asked on every visit, so by a bare cursor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ground_auditline ORDER BY id DESC LIMIT 1")
        newest = cursor.fetchone()
    return newest[0] if newest else 0
