"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def source_list(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_new(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_edit(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_quotes(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_files(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_file(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_answers(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def source_withdraw(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def figure_new(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def figure(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def figure_edit(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404
