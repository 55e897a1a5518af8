from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "sofra.profiles"
