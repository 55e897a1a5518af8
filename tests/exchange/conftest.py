"""A small Albania with a hundred organisations, for the API and the downloads; Ana runs the hub."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft, Funder, Group, ProjectDraft
from sofra.ground.audit import record
from sofra.ground.text import fold
from sofra.organisations import services, vocabulary
from sofra.organisations.models import Change, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place, PlaceName

Make = Callable[..., Organisation]


@pytest.fixture
def ana(db: None) -> User:
    user = User.objects.create_user("ana@example.org", "not-a-real-secret", name="Ana")
    RoleGrant.objects.create(user=user, role=roles.COORDINATOR.code)
    return user


@pytest.fixture
def albania(db: None) -> dict[str, Place]:
    """A county with two municipalities and a unit, enough to lie below one another."""
    made: dict[str, Place] = {}
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
        PlaceName.objects.create(place=made[code], name=name, folded=fold(name), form=PlaceName.Form.INDEFINITE)
    return made


@pytest.fixture
def organisation(ana: User, albania: dict[str, Place]) -> Make:
    def make(name: str, *facts: FactDraft, kind: str = "cso", **said: str) -> Organisation:
        drafts = [FactDraft("name", name, source="test"), *facts]
        drafts += [FactDraft(field, value, source="test") for field, value in said.items()]
        return services.register(Draft(kind=kind, facts=drafts), by=ana)

    return make


def many(how_many: int, start: int = 0) -> None:
    """Invented organisations in one change, over all themes, kinds and the places of the small Albania."""
    change = services.open_change(kind=Change.Kind.IMPORT, by=None, note="test")
    themes, kinds = vocabulary.Theme.values, list(vocabulary.ACTIVITY_KINDS)
    drafts = []
    for number in range(start, start + how_many):
        said = [
            ("name", f"Shoqata “Çelësi” {number:05d}"),
            ("name", f"The Key {number:05d}"),
            ("theme", themes[number % len(themes)]),
            ("activity_kind", kinds[number % len(kinds)]),
            ("place", ("AL153", "AL151", "AL153-1", "AL-10", "AL")[number % 5]),
            ("website", f"https://organizata-{number}.example"),
        ]
        facts = [FactDraft(field, value, source=f"Lista, rreshti {number}") for field, value in said]
        drafts.append(Draft(kind="cso", facts=facts, code=f"al.key-{number}"))
    services.register_many(drafts, change=change, by=None)
    record(what="test.filled", about="registry", by=None, organisations=how_many)


@pytest.fixture
def hundred(albania: dict[str, Place]) -> None:
    """A hundred organisations; one of them leads a project with an activity in it."""
    many(100)
    funders = [Funder("al.key-8", 1, Decimal(5))]
    draft = ProjectDraft(title="Një tryezë", owner="al.key-7", funders=funders, aim="Bashkë")
    project = activities.add_project(draft, by=None, publish=True)
    said = ActivityDraft(
        title="Takim", owner="al.key-7", partners=["al.key-9"], project=project.code, places=["AL153"], reached=9,
        kinds=["dialogue"], audiences=["youth"], begins="2026-03", groups=[Group("sex", 5, sex="f")], status="held",
    )  # fmt: skip
    activities.add_activity(said, by=None, publish=True)
