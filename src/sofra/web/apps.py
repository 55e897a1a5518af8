from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sofra.web"

    def ready(self) -> None:
        from sofra.mapping import panels

        from . import queries

        panels.on_round.append(queries.leads_of_round)
