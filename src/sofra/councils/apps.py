from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "sofra.councils"

    def ready(self) -> None:
        from . import figures

        figures.offer_figures()
