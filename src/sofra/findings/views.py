"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def finding_list(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding_new(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding_edit(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding_decide(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding_contest(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def finding_evidence(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404


def evidence_act(request: HttpRequest, **asked: Any) -> HttpResponse:
    raise Http404
