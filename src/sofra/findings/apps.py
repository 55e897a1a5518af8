from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "sofra.findings"

    def ready(self) -> None:
        from sofra.questionnaires import listeners

        from . import hearing

        listeners.LISTENERS.append(hearing.filling_changed)
