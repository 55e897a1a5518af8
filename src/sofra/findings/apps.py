from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "sofra.findings"

    def ready(self) -> None:
        from sofra.mapping.panels import on_round
        from sofra.organisations.panels import on_organisation
        from sofra.questionnaires import listeners

        from . import hearing, panels

        listeners.LISTENERS.append(hearing.filling_changed)
        on_organisation.append(panels.of_organisation)
        on_round.append(panels.of_round)
