from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "sofra.coverage"

    def ready(self) -> None:
        from . import figures

        figures.offer_figures()
