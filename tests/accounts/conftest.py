"""Ana runs the hub, Besa edits for a member organisation, Cvetan has an account and no role."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from sofra.accounts import roles, services
from sofra.accounts.models import User
from sofra.accounts.roles import Role

PASSWORD = "gjithmone-bashke-7"

MakePerson = Callable[..., User]


@pytest.fixture(autouse=True)
def _quick_and_uncounted(db: None, settings: Settings) -> None:
    """Hashing that takes no time, and no attempts counted from the test before."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def person(db: None) -> MakePerson:
    def make(name: str, *held: Role) -> User:
        _, link = services.invite(
            email=f"{name.lower()}@example.org", name=name, role=roles.MEMBER, by=None, send=False
        )
        token = link.rstrip("/").rsplit("/", 1)[-1]
        user = services.accept_invitation(token=token, name=name, password=PASSWORD)
        user.grants.all().delete()
        for role in held:
            services.grant_role(user=user, role=role, by=None)
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def ana(person: MakePerson) -> User:
    return person("Ana", roles.COORDINATOR)


@pytest.fixture
def besa(person: MakePerson) -> User:
    return person("Besa", roles.MEMBER)


@pytest.fixture
def cvetan(person: MakePerson) -> User:
    return person("Cvetan")


@pytest.fixture
def technician(person: MakePerson) -> User:
    return person("Tina", roles.TECHNICAL)


@pytest.fixture
def as_ana(ana: User) -> Client:
    client = Client()
    client.force_login(ana)
    return client
