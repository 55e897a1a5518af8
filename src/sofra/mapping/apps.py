from django.apps import AppConfig


class MappingConfig(AppConfig):
    name = "sofra.mapping"

    def ready(self) -> None:
        from sofra.questionnaires import asking, listeners

        from . import services, tasks, telling

        listeners.LISTENERS += [services.note_filling, tasks.post_thanks]
        asking.ASKERS.append(telling.asked)
        asking.NAMERS.append(telling.names)
        asking.STRANGERS.append(telling.stranger)
