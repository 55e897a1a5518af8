"""Every address of the hub. Albanian stands at the root, other languages below their code."""

import importlib.util

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from sofra.exchange import (  # noqa: F401 (they add their addresses to the API)
    activity_api,
    council_api,
    coverage_api,
    finding_api,
    mechanism_api,
    plan_api,
)
from sofra.exchange.api import api

from . import health, views

_ROOMS = (
    "sofra.organisations.urls",
    "sofra.organisations.place_urls",
    "sofra.activities.urls",
    "sofra.coverage.urls",
    "sofra.schools.urls",
    "sofra.questionnaires.urls",
    "sofra.questionnaires.collector_urls",
    "sofra.mapping.urls",
    "sofra.findings.urls",
    "sofra.reports.urls",
    "sofra.training.urls",
    "sofra.councils.urls",
    "sofra.councils.mechanism_urls",
    "sofra.plans.urls",
    "sofra.profiles.urls",
    "sofra.accounts.urls",
    "sofra.exchange.urls",
    "sofra.exchange.download_urls",
)


handler400 = "sofra.web.views.bad_request"
handler403 = "sofra.web.views.permission_denied"
handler404 = "sofra.web.views.page_not_found"
handler500 = "sofra.web.views.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("sofra.questionnaires.phone_urls")),  # a phone knows one address, without a language
    *i18n_patterns(
        path("", views.home, name="home"),
        path("search/", views.search, name="search"),
        path("glossary/", views.glossary, name="glossary"),
        path("permissions/", views.permissions, name="permissions"),
        path("audit/", views.audit, name="audit"),
        path("about/", views.about, name="about"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("components/", views.components, name="components"),
        *[path("", include(module)) for module in _ROOMS if importlib.util.find_spec(module)],
        prefix_default_language=False,
    ),
    path("api/", api.urls),  # last: "/api/" itself is a page of the pages above
]
