from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "sofra.training"

    def ready(self) -> None:
        from . import figures

        figures.state_figures()
