from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "sofra.training"

    def ready(self) -> None:
        from sofra.activities.panels import on_activity
        from sofra.questionnaires.asking import ASKERS

        from . import figures, panels, surveying

        if panels.of_activity not in on_activity:
            on_activity.append(panels.of_activity)

        figures.state_figures()
        if surveying.asks not in ASKERS:
            ASKERS.append(surveying.asks)
