from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "sofra.printing"
