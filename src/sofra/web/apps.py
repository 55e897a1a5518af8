from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.http import HttpRequest

if TYPE_CHECKING:
    from sofra.mapping.models import Round


class WebConfig(AppConfig):
    name = "sofra.web"

    def ready(self) -> None:
        from sofra.mapping import panels

        panels.on_round.append(leads_of_round)


def leads_of_round(request: HttpRequest, found: "Round") -> list[tuple[str, str]]:
    """Asked when a round's page is drawn: a command that draws none does not wait for what draws it."""
    from . import queries

    return queries.leads_of_round(request, found)
