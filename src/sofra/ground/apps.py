from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "sofra.ground"
