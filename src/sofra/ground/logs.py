"""Log lines as JSON without personal data: no e-mail address, no network address, no query string, no typed text.

An error says its kind and where in the code it rose. Its own message is left out, since it may repeat what a
person typed or what stands in the database; SOFRA_DEBUG=1 shows it, on a developer's machine.
"""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase

EMAIL = re.compile(r"[^\s\"'<>(=:,;]+@[^\s\"'<>),;]+")
QUERY = re.compile(r"\?[^\s\"']*")
IPV4 = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
IPV6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}|(?:[0-9a-f]{1,4}:){0,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?)(?!\w)",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{21,}(?=/|\s|$)")
FIELDS = ("route", "method", "status", "ms", "task", "rows", "seconds")

log = logging.getLogger("sofra.request")


def scrubbed(text: str) -> str:
    """The text without what could tell a person: addresses of every kind, query strings, tokens in a path."""
    text = EMAIL.sub("[e-mail]", text)
    text = QUERY.sub("?…", text)
    text = IPV4.sub("[address]", IPV6.sub("[address]", text))
    return TOKEN.sub("[token]", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, and the few fields that are allowed."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        line["message"] = scrubbed(record.getMessage())
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["where"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-8:]
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


class RequestLine:
    """One line a request: the route's name (never the address), method, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        if log.isEnabledFor(logging.INFO):
            match = request.resolver_match
            log.info(
                "request",
                extra={
                    "route": (match.view_name or match.route) if match else "unknown",
                    "method": request.method,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                },
            )
        return response
