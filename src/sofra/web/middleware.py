"""What every request passes through: refusal of the unreadable, and the shelf of public pages."""

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from threading import Lock

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from sofra.ground import audit

GetResponse = Callable[[HttpRequest], HttpResponse]

LONGEST_PATH = 1_000
LONGEST_QUERY = 4_000
SHELF_BYTES = 48 * 1024 * 1024
LARGEST_PAGE = 512 * 1024


class RefuseUnreadable:
    """A NUL byte, broken UTF-8 or an address without end gets a sentence instead of an error further in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(request.path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
            # A program is told 400, the answer it expects to what it may not send; few know 414.
            status = 400 if request.path.startswith("/api/") else 414
            return self._refuse(request, _("This address is too long. Shorten what you search or filter by."), status)
        if "\x00" in request.path or "%00" in query or "\ufffd" in request.path:
            return self._refuse(request, _("This address holds a sign that cannot be read. Type it anew."), 400)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
            return None
        if any("\x00" in value for values in request.POST.lists() for value in values[1]):
            return self._refuse(request, _("What you sent holds a sign that cannot be read. Type it anew."), 400)
        return None

    def _refuse(self, request: HttpRequest, sentence: str, status: int) -> HttpResponse:
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": sentence}, status=status)
        return render(request, "400.html", {"sentence": sentence}, status=status)


@dataclass(slots=True)
class Page:
    """An answer for everyone. Its compressed forms are made when the first reader asks for them."""

    headers: tuple[tuple[str, str], ...]
    etag: str
    plain: bytes
    compressed: dict[str, bytes]

    def as_(self, coding: str) -> bytes:
        if coding not in self.compressed:
            squeeze = partial(brotli.compress, quality=5) if coding == "br" else partial(gzip.compress, mtime=0)
            self.compressed[coding] = squeeze(self.plain)
        return self.compressed[coding]

    def size(self) -> int:
        return len(self.plain) * 3 // 2  # with both compressed forms


class PublicPages:
    """Pages that everyone sees alike are drawn once and kept until anything in the hub changes.

    Everything that happens leaves an audit line, so the number of the newest line is the version of every page: a
    small query, asked at most twenty times a second. Kept are only answers to GET without a session cookie that set
    no cookie themselves, so nothing personal can be on the shelf (docs/adr/0004).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.shelf: OrderedDict[tuple[object, ...], Page] = OrderedDict()
        self.bytes = 0
        self.version: tuple[object, ...] = ()
        self.asked = 0.0
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if request.method not in {"GET", "HEAD"} or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        if meta["PATH_INFO"].startswith(("/static/", "/healthz")) or meta["PATH_INFO"].endswith(".csv"):
            return self.get_response(request)  # a long list is compressed on its way out instead
        now = time.monotonic()
        if now - self.asked > settings.SHELF_SECONDS:
            self.asked = now
            self._see_what_changed()
        version = self.version
        key = (
            meta["PATH_INFO"],
            meta.get("QUERY_STRING", ""),
            meta.get("HTTP_HOST", ""),
            request.scheme,
            meta.get("HTTP_HX_REQUEST", ""),
            meta.get("HTTP_ACCEPT", "") if meta["PATH_INFO"].startswith("/api/") else "",
        )
        page = self.shelf.get(key)
        accepts = meta.pop("HTTP_ACCEPT_ENCODING", "")  # compressed here, once, for all
        if page is None:
            response = self.get_response(request)
            page = _page(response)
            if page is None:
                return response
            self._keep(key, page, version)
        return _answer(page, accepts, meta.get("HTTP_IF_NONE_MATCH", ""))

    def _see_what_changed(self) -> None:
        version = (audit.head(), timezone.localdate())
        if version != self.version:
            with self.lock:
                self.shelf.clear()
                self.bytes, self.version = 0, version

    def _keep(self, key: tuple[object, ...], page: Page, version: tuple[object, ...]) -> None:
        with self.lock:
            # A change while the page was drawn may or may not be on it: it is shown once, but not kept.
            if version != self.version or version[0] != audit.head():
                return
            if key not in self.shelf:
                self.shelf[key] = page
                self.bytes += page.size()
            while self.bytes > SHELF_BYTES:
                self.bytes -= self.shelf.popitem(last=False)[1].size()


def _page(response: HttpResponseBase) -> Page | None:
    """The page to keep, or None where the answer is not for everyone."""
    if response.status_code != 200 or response.streaming or response.cookies:
        return None
    if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
        return None
    body = response.content
    if len(body) > LARGEST_PAGE or "private" in response.get("Cache-Control", ""):
        return None
    if b"csrfmiddlewaretoken" in body:  # a form belongs to the one browser whose cookie fits it
        return None
    patch_vary_headers(response, ["Cookie", "Accept-Encoding", "HX-Request"])
    response.setdefault("Cache-Control", "no-cache")
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = tuple((name, value) for name, value in response.items() if name != "Content-Length")
    return Page(headers, etag, body, {})


def _answer(page: Page, accepts: str, known: str) -> HttpResponse:
    if known and page.etag in known:
        response: HttpResponse = HttpResponseNotModified()
    elif coding := next((coding for coding in ("br", "gzip") if coding in accepts), ""):
        response = HttpResponse(page.as_(coding))
        response["Content-Encoding"] = coding
    else:
        response = HttpResponse(page.plain)
    for name, value in page.headers:
        response[name] = value
    response["ETag"] = page.etag
    if not isinstance(response, HttpResponseNotModified):
        response["Content-Length"] = str(len(response.content))
    return response
