"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def code_book(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def code_units(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def compare(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404
