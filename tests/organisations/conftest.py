"""Ana runs the hub, Besa edits one organisation, Cvetan is signed in without a role."""

from collections.abc import Callable

import pytest

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.organisations import services
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    def make(name: str, role: roles.Role | None = None) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.org", "not-a-real-secret", name=name)
        if role is not None:
            RoleGrant.objects.create(user=user, role=role.code)
        return user

    return make


@pytest.fixture
def ana(person: Callable[..., User]) -> User:
    return person("Ana", roles.COORDINATOR)


@pytest.fixture
def cvetan(person: Callable[..., User]) -> User:
    return person("Cvetan")


@pytest.fixture
def albania(db: None) -> dict[str, Place]:
    """A county with two municipalities and a unit, enough to lie below one another."""
    made = {}
    for code, kind, level, name, parent in (
        ("AL", "country", 0, "Shqipëri", None),
        ("AL-10", "county", 1, "Shkodër", "AL"),
        ("AL153", "municipality", 2, "Pukë", "AL-10"),
        ("AL151", "municipality", 2, "Fushë-Arrëz", "AL-10"),
        ("AL153-1", "unit", 3, "Gjegjan", "AL153"),
    ):
        above = made[parent].path if parent else ""
        made[code] = Place.objects.create(
            code=code, kind=kind, country="AL", parent=made.get(parent or ""), path=f"{above}{code}/",
            level=level, name=name, name_definite=name, name_en=name, sort_key=name,
        )  # fmt: skip
    return made


@pytest.fixture
def organisation(ana: User, albania: dict[str, Place]) -> Callable[..., Organisation]:
    def make(name: str = "Qendra “Ura”", kind: str = "cso", **facts: str) -> Organisation:
        said = [FactDraft("name", name, source="test")]
        said += [FactDraft(field, value, source="test") for field, value in facts.items()]
        return services.register(Draft(kind=kind, facts=said), by=ana)

    return make


@pytest.fixture
def ura(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation(place="AL153", theme="youth", activity_kind="education", website="https://ura.example")


@pytest.fixture
def besa(person: Callable[..., User], ura: Organisation, ana: User) -> User:
    user = person("Besa", roles.MEMBER)
    services.name_editors(user, [ura.code], by=ana)
    return user
