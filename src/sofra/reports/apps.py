from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "sofra.reports"

    def ready(self) -> None:
        from sofra.findings import listeners

        from . import services

        listeners.LISTENERS.append(services.consent_withdrawn)
