"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def table_list(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def table_new(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def table(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def table_edit(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def agenda(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def seats(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def sitting(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def minutes_edit(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def minutes_file(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404
