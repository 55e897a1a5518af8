from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "sofra.profiles"

    def ready(self) -> None:
        from sofra.training.panels import on_curriculum, on_programme, on_session

        from . import duty_panels

        if duty_panels.of_curriculum not in on_curriculum:
            on_curriculum.append(duty_panels.of_curriculum)
            on_programme.append(duty_panels.of_programme)
            on_session.append(duty_panels.of_session)
