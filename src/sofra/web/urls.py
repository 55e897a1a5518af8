"""Every address of the hub. Albanian stands at the root, other languages below their code."""

import importlib.util

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from . import views

_ROOMS = [
    ("", "sofra.organisations.urls"),
    ("", "sofra.organisations.place_urls"),
    ("", "sofra.accounts.urls"),
    ("", "sofra.exchange.urls"),
]

urlpatterns = i18n_patterns(
    path("", views.home, name="home"),
    *[path(prefix, include(module)) for prefix, module in _ROOMS if importlib.util.find_spec(module)],
    prefix_default_language=False,
)
