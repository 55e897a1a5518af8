"""Three invented councils' people: two secretaries, an owner, a member of another council, outsiders."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.councils import holding, services
from sofra.councils.models import Council, Meeting, Seat
from sofra.councils.services import CouncilWish
from sofra.places.models import Place

LONG_AGO = date(2020, 1, 1)


@dataclass
class Table:
    """A council of Upper Town with two secretaries and a police seat, and one of Lower Town."""

    upper: Council
    lower: Council
    people: dict[str, User]
    clients: dict[str, Client]
    seats: dict[str, Seat] = field(default_factory=dict)

    def meeting(self, *, days: int = -10, by: str = "besa") -> Meeting:
        begins = timezone.now() + timedelta(days=days)
        return holding.plan_meeting(self.upper, begins=begins, where="Salla", by=self.people[by])

    def held(self, **attendance: str) -> Meeting:
        meeting = self.meeting()
        noted = {self.seats[name].pk: how for name, how in attendance.items()}
        noted = noted or {seat.pk: "holder" for seat in self.seats.values() if seat.council_id == self.upper.pk}
        return holding.hold_meeting(meeting, attendance=noted, by=self.people["besa"], seen=meeting.version)


def person(name: str, *held: roles.Role) -> User:
    user = User.objects.create_user(f"{name}@example.org", "gjithmone-bashke-7", name=name.title())
    for role in held:
        accounts.grant_role(user=user, role=role, by=None)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def table(db: None, settings: Settings, tmp_path: Path, mailoutbox: list[Any]) -> Table:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for code, name, path in (("AL", "Shqipëri", "AL/"), ("AL1", "Qyteti i Sipërm", "AL/AL1/"),
                             ("AL2", "Qyteti i Poshtëm", "AL/AL2/")):  # fmt: skip
        Place.objects.create(
            code=code, kind="country" if code == "AL" else "municipality", country="AL", path=path,
            level=0 if code == "AL" else 2, name=name, name_en=name, sort_key=name,
        )  # fmt: skip
    names = {"besa": roles.MEMBER, "teuta": roles.MEMBER, "genc": roles.MEMBER, "cvetan": roles.MEMBER,
             "dora": roles.MEMBER, "ana": roles.COORDINATOR}  # fmt: skip
    people = {name: person(name, role) for name, role in names.items()}
    clients = {name: Client() for name in people} | {"visitor": Client()}
    for name, user in people.items():
        clients[name].force_login(user)
    upper = services.register_council(CouncilWish(place="AL1"), name="Këshilli i trilluar i Sipërm", by=None)
    lower = services.register_council(CouncilWish(place="AL2"), name="Këshilli i trilluar i Poshtëm", by=None)
    made = Table(upper, lower, people, clients)
    for key, council, sector, user, secretary in (
        ("town", upper, "municipality", "besa", True), ("school", upper, "education", "teuta", True),
        ("police", upper, "police", "genc", False), ("other", lower, "municipality", "cvetan", True),
    ):  # fmt: skip
        made.seats[key] = services.add_seat(council, body=f"Seat {key}", sector=sector, by=None)
        services.seat_member(made.seats[key], function=f"For {key}", begins=LONG_AGO, user=people[user],
                             secretary=secretary, by=None)  # fmt: skip
    return made
