"""Besa asks for an organisation, Cvetan decides for an education office, Drita for a school, Ana runs the hub.

The clock of these tests stands on Monday 5 October 2026, in the first term.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.schools import queries, registering, rules, services
from sofra.schools.models import School, Session

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.get_default_timezone())


def local(day: date, at: time) -> datetime:
    return rules.moment_of(day, at, queries.zone())


@pytest.fixture(autouse=True)
def clock() -> Iterator[mock.Mock]:
    with mock.patch.object(timezone, "now", return_value=NOW) as stopped:
        yield stopped


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def make_place(code: str = "AL153", name: str = "Pukë") -> Place:
    country = Place.objects.get_or_create(
        code="AL", defaults={"kind": "country", "country": "AL", "path": "AL/", "level": 0, "name": "Shqipëri",
                             "name_en": "Albania", "sort_key": "Shqiperi"}
    )[0]  # fmt: skip
    return Place.objects.create(
        code=code, kind="municipality", country="AL", parent=country, path=f"AL/{code}/", level=2, name=name,
        name_definite=name, name_en=name, sort_key=name,
    )  # fmt: skip


def make_person(name: str, role: roles.Role | None = roles.MEMBER, *, language: str = "sq") -> User:
    user = User.objects.create_user(f"{name.lower()}@example.org", "not-a-real-secret", name=name, language=language)
    if role is not None:
        RoleGrant.objects.create(user=user, role=role.code)
    return user


def make_body(name: str, kind: str = "cso") -> Organisation:
    return registry.register(Draft(kind=kind, facts=[FactDraft("name", name), FactDraft("kind", kind)]), by=None)


@pytest.fixture
def puke(db: None) -> Place:
    return make_place()


@pytest.fixture
def ura(db: None) -> Organisation:
    return make_body("Qendra “Ura”")


@pytest.fixture
def office(db: None) -> Organisation:
    return make_body("Zyra arsimore e provës", "public")


@pytest.fixture
def school(puke: Place, office: Organisation) -> School:
    body = make_body("Shkolla e mesme “Lulëkuqja”", "school")
    return registering.register_school(body, place=puke, office=office, by=None)


@pytest.fixture
def ana(db: None) -> User:
    return make_person("Ana", roles.COORDINATOR)


@pytest.fixture
def besa(ura: Organisation) -> User:
    user = make_person("Besa")
    registry.name_editors(user, [ura.code], by=None)
    return user


@pytest.fixture
def cvetan(office: Organisation) -> User:
    user = make_person("Cvetan", language="en")
    registry.name_editors(user, [office.code], by=None)
    return user


@pytest.fixture
def drita(school: School) -> User:
    user = make_person("Drita")
    registry.name_editors(user, [school.organisation.code], by=None)
    return user


@pytest.fixture
def outsider(db: None) -> User:
    user = make_person("Edlira")
    registry.name_editors(user, [make_body("Shoqata “Lugina”").code], by=None)
    return user


@pytest.fixture
def asked(ura: Organisation, school: School, besa: User) -> Callable[..., Session]:
    """A request of Besa's organisation, in ten days at ten, or as it is said."""

    def make(
        *, day: date = date(2026, 10, 15), at: time = time(10, 0), to: School | None = None, **said: Any
    ) -> Session:
        wish = services.Wish(
            **{"organisation": ura, "title": "Flasim për internetin", "classes": "X-a, X-b", "minutes": 45,
               "begins": local(day, at), **said}
        )  # fmt: skip
        return services.ask_session(wish, school=to or school, by=besa)

    return make
