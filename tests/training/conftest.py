"""Besa holds training for an organisation, Cvetan edits for another, Ana runs the hub."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.organisations import services as registry
from sofra.organisations.models import Editor, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.training import services
from sofra.training.models import Programme, Session
from sofra.training.services import SessionDay, SessionDraft


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def person(name: str, role: roles.Role = roles.MEMBER) -> User:
    user = User.objects.create_user(f"{name.lower()}@example.org", "not-a-real-secret", name=name)
    RoleGrant.objects.create(user=user, role=role.code)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def places(db: None) -> list[Place]:
    country = Place.objects.create(
        code="AL", kind="country", country="AL", path="AL/", level=0, name="Shqipëri", name_en="Albania", sort_key="S"
    )
    return [
        Place.objects.create(
            code=code, kind="municipality", country="AL", parent=country, path=f"AL/{code}/", level=2, name=name,
            name_definite=name, name_en=name, sort_key=name,
        )
        for code, name in (("AL153", "Pukë"), ("AL212", "Cërrik"), ("AL213", "Elbasan"))
    ]  # fmt: skip


@pytest.fixture
def host(db: None) -> Organisation:
    return registry.register(Draft(kind="cso", facts=[FactDraft("name", "Qendra “Ura”")]), by=None)


@pytest.fixture
def besa(host: Organisation) -> User:
    user = person("Besa")
    Editor.objects.create(organisation=host, user=user)
    return user


@pytest.fixture
def cvetan(db: None) -> User:
    other = registry.register(Draft(kind="cso", facts=[FactDraft("name", "Shoqata “Prova”")]), by=None)
    user = person("Cvetan")
    Editor.objects.create(organisation=other, user=user)
    return user


@pytest.fixture
def ana(db: None) -> User:
    return person("Ana", roles.COORDINATOR)


@pytest.fixture
def programme(host: Organisation, besa: User) -> Programme:
    return services.make_programme(titles={"sq": "Programi i provës"}, host=host, by=besa)


def held(programme: Programme, besa: User, place: str = "AL153", title: str = "Seanca e provës") -> Session:
    assert programme.host
    draft = SessionDraft(
        title=title, owner=programme.host.code, places=[place], status="held", mode="in-person", programme=programme,
        days=[SessionDay(date(2026, 10, 5)), SessionDay(date(2026, 10, 6))], invited=["police", "municipality"],
    )  # fmt: skip
    return services.schedule_session(draft, by=besa)


@pytest.fixture
def session(programme: Programme, besa: User, places: list[Place]) -> Session:
    return held(programme, besa)
