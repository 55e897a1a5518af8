from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from sofra.findings.models import Source


class ReportsConfig(AppConfig):
    name = "sofra.reports"

    def ready(self) -> None:
        from sofra.findings import listeners

        listeners.LISTENERS.append(consent_withdrawn)


def consent_withdrawn(source: "Source") -> None:
    """Told when it happens: what builds reports takes long to import, and most commands build none."""
    from . import services

    services.consent_withdrawn(source)
