"""Ana runs the hub, Besa edits one organisation, Cvetan another; activities are made as a form would."""

from collections.abc import Callable
from typing import Any

import pytest

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.activities import services
from sofra.activities.drafts import ActivityDraft
from sofra.activities.models import Activity
from sofra.organisations import services as organisations
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
def albania(db: None) -> dict[str, Place]:
    """A county with two municipalities and a unit, and another county, enough to lie below one another."""
    made: dict[str, Place] = {}
    for code, kind, level, name, parent in (
        ("AL", "country", 0, "Shqipëri", ""),
        ("AL-10", "county", 1, "Shkodër", "AL"),
        ("AL153", "municipality", 2, "Pukë", "AL-10"),
        ("AL151", "municipality", 2, "Fushë-Arrëz", "AL-10"),
        ("AL153-1", "unit", 3, "Gjegjan", "AL153"),
        ("AL-03", "county", 1, "Elbasan", "AL"),
        ("AL112", "municipality", 2, "Cërrik", "AL-03"),
    ):
        above = made[parent].path if parent else ""
        made[code] = Place.objects.create(
            code=code, kind=kind, country="AL", parent=made.get(parent), path=f"{above}{code}/",
            level=level, name=name, name_definite=name, name_en=name, sort_key=name,
        )  # fmt: skip
    return made


@pytest.fixture
def organisation(ana: User, albania: dict[str, Place]) -> Callable[..., Organisation]:
    def make(name: str = "Qendra “Ura”", kind: str = "cso") -> Organisation:
        return organisations.register(Draft(kind=kind, facts=[FactDraft("name", name, source="test")]), by=ana)

    return make


@pytest.fixture
def ura(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation()


@pytest.fixture
def lugina(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation("Shoqata “Lugina”")


@pytest.fixture
def besa(person: Callable[..., User], ura: Organisation, ana: User) -> User:
    user = person("Besa", roles.MEMBER)
    organisations.name_editors(user, [ura.code], by=ana)
    return user


@pytest.fixture
def cvetan(person: Callable[..., User], lugina: Organisation, ana: User) -> User:
    user = person("Cvetan", roles.MEMBER)
    organisations.name_editors(user, [lugina.code], by=ana)
    return user


@pytest.fixture
def activity(ura: Organisation, ana: User) -> Callable[..., Activity]:
    def make(*, publish: bool = True, **said: Any) -> Activity:
        draft = ActivityDraft(
            **{"title": "Punëtori me të rinjtë", "owner": ura.code, "places": ["AL153"], "audiences": ["youth"],
               "kinds": ["dialogue"], "begins": "2026-03-02", "ends": "2026-03-06", "status": "held", **said}
        )  # fmt: skip
        return services.add_activity(draft, by=ana, publish=publish)

    return make
