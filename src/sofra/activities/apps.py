from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "sofra.activities"

    def ready(self) -> None:
        from sofra.organisations.panels import on_organisation, on_place

        from . import figures, panels

        on_organisation.append(panels.of_organisation)
        on_place.append(panels.of_place)
        figures.offer_figures()
