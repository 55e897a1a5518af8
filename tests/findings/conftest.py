"""A round with the people around it: Ana coordinates, Drita and Edon map, Besa edits al.one, Cvetan edits al.two."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.mapping.models import Round
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Editor, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place

ROLES = {
    "ana": roles.COORDINATOR, "drita": roles.MAPPER, "edon": roles.MAPPER, "besa": roles.MEMBER, "cvetan": roles.MEMBER,
}  # fmt: skip


@dataclass
class World:
    round: Round
    one: Organisation
    two: Organisation
    people: dict[str, User] = field(default_factory=dict)

    def client(self, name: str = "") -> Client:
        client = Client()
        if name:
            client.force_login(self.people[name])
        return client


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = {}
    for name, role in ROLES.items():
        user = User.objects.create_user(f"{name}@example.org", "gjithmone-bashke-7", name=name.title())
        accounts.grant_role(user=user, role=role, by=None)
        people[name] = User.objects.get(pk=user.pk)
    for code, kind, level, path, name in (
        ("AL", "country", 0, "AL/", "Shqipëri"), ("AL153", "municipality", 2, "AL/AL153/", "Pukë"),
    ):  # fmt: skip
        Place.objects.create(
            code=code, kind=kind, country="AL", path=path, level=level, name=name, name_definite=name, name_en=name,
            sort_key=name,
        )  # fmt: skip
    change = registry.open_change(kind=Change.Kind.EDIT, by=people["ana"])
    drafts = [
        Draft(kind="cso", code=f"al.{code}", facts=[FactDraft("name", name, visible_to=0, source="list")])
        for code, name in (("one", "One table"), ("two", "Two tables"))
    ]
    one, two = registry.register_many(drafts, change=change, by=people["ana"])
    Editor.objects.create(organisation=one, user=people["besa"], granted_by=people["ana"])
    Editor.objects.create(organisation=two, user=people["cvetan"], granted_by=people["ana"])
    round = Round.objects.create(
        code="al.2026.mapping", country="AL", titles={"en": "The mapping of 2026", "sq": "Hartëzimi 2026"},
        state=Round.State.OPEN,
    )  # fmt: skip
    return World(round, one, two, people)
