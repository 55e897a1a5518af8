from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "sofra.schools"

    def ready(self) -> None:
        from django.conf import settings

        from . import rules

        rules.read_terms(settings.SCHOOL_TERMS)  # terms that are none are told at the start, not on a page
