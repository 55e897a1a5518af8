from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "sofra.training"

    def ready(self) -> None:
        from sofra.questionnaires.asking import ASKERS

        from . import figures, surveying

        figures.state_figures()
        if surveying.asks not in ASKERS:
            ASKERS.append(surveying.asks)
