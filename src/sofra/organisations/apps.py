from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "sofra.organisations"

    def ready(self) -> None:
        from sofra.accounts.services import on_accepted

        from . import (
            search,  # noqa: F401 (registers the lookup)
            services,
        )

        on_accepted.append(services.name_invited_editors)
