"""A bare Django view that returns a constant page: the floor that the pages of the hub are measured beside."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="bench",
    DATABASES={},
    INSTALLED_APPS=[],
)
_PAGES = {page.name: page.read_bytes() for page in Path(os.environ["BARE_PAGES"]).iterdir()}


def constant(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_PAGES[name], headers={"Content-Length": str(len(_PAGES[name]))})


urlpatterns = [path("<str:name>", constant)]
application = get_wsgi_application()
