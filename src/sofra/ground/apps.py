from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "sofra.ground"

    def ready(self) -> None:
        from . import first_migration

        first_migration.install()
