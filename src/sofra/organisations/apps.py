from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "sofra.organisations"

    def ready(self) -> None:
        from sofra.accounts.own_account import on_closing
        from sofra.accounts.services import on_accepted, on_inviting

        from . import (
            figures,
            search,  # noqa: F401 (registers the lookup)
            services,
            speaking,
        )

        on_inviting.append(services.refuse_unknown_codes)
        on_accepted.append(services.name_invited_editors)
        on_closing.append(speaking.end_all_speaking)
        figures.offer_figures()
