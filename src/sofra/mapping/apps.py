from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "sofra.mapping"

    def ready(self) -> None:
        from sofra.questionnaires import asking, listeners

        from . import services, telling

        listeners.LISTENERS.append(services.note_filling)
        asking.ASKERS.append(telling.asked)
        asking.NAMERS.append(telling.names)
