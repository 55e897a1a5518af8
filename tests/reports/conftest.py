"""A round with sources, figures and findings of every state. Ana coordinates, Drita maps, Besa edits al.one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.findings import services as findings
from sofra.findings.models import Figure, Finding, Source
from sofra.ground.models import Visibility
from sofra.mapping.models import Round
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.reports import services
from sofra.reports.models import Report

SEALED, MEMBERS_ONLY = "SEALED-WORDS", "MEMBERS-ONLY-WORDS"


@dataclass
class World:
    round: Round
    one: Organisation
    people: dict[str, User] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)

    def client(self, name: str = "") -> Client:
        client = Client(headers={"accept-language": "en"})
        if name:
            client.force_login(self.people[name])
        return client

    def report(self, how: str = "2018") -> Report:
        report = services.begin_report(round=self.round, titles={"sq": "Raporti", "en": "The report"}, by=None)
        if how:
            services.arrange(report, how, by=None)
        report.refresh_from_db()
        return report


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = {}
    for name, role in (("ana", roles.COORDINATOR), ("drita", roles.MAPPER), ("besa", roles.MEMBER)):
        user = User.objects.create_user(f"{name}@example.org", "gjithmone-bashke-7", name=name.title())
        accounts.grant_role(user=user, role=role, by=None)
        people[name] = User.objects.get(pk=user.pk)
    for code, kind, level, path, name in (
        ("AL", "country", 0, "AL/", "Shqipëri"), ("AL-09", "county", 1, "AL/AL-09/", "Dibër"),
        ("AL112", "municipality", 2, "AL/AL-09/AL112/", "Dibër"),
    ):  # fmt: skip
        Place.objects.create(
            code=code, kind=kind, country="AL", path=path, level=level, name=name, name_definite=name, name_en=name,
            sort_key=name,
        )  # fmt: skip
    said = [FactDraft("name", "One table"), FactDraft("place", "AL112"), FactDraft("theme", "youth")]
    one = registry.register(Draft(kind="cso", code="al.one", facts=said), by=None)
    round_ = Round.objects.create(
        code="al.2026.mapping", country="AL", titles={"en": "The mapping", "sq": "Hartëzimi"}, state=Round.State.OPEN
    )
    world = World(round_, one, people)
    _sources(world)
    _findings(world)
    return world


def _sources(world: World) -> None:
    for name, title, level in (
        ("study", "A study", Visibility.PUBLIC), ("talk", "A talk with an office", Visibility.PUBLIC),
        ("members", f"Notes {MEMBERS_ONLY}", Visibility.MEMBERS), ("sealed", f"Notes {SEALED}", Visibility.SEALED),
    ):  # fmt: skip
        world.sources[name] = findings.record_source(
            round=world.round,
            kind="interview",
            title=title,
            who="An office",
            consent="given",
            visible_to=level,
            by=None,
        )
    series = [
        {"label": {"sq": "mediat", "en": "media"}, "value": "37.3"},
        {"label": {"sq": "feja", "en": "clerics"}, "value": "33"},
    ]
    for name, source in (("survey", "study"), ("count", "talk")):
        world.figures[name] = findings.record_figure(
            round=world.round, titles={"sq": f"Numrat {name}", "en": f"Numbers {name}"}, unit="%", series=series,
            source=world.sources[source], by=None,
        )  # fmt: skip


def _findings(world: World) -> None:
    make: Callable[..., Finding] = findings.record_finding
    for name, chapter, level in (
        ("first", "risks", 0), ("second", "gaps", 0), ("draft", "gaps", 0), ("refused", "gaps", 0),
        ("hidden", "gaps", 1),
    ):  # fmt: skip
        words = f"{MEMBERS_ONLY} {name}" if level else f"Statement {name}"
        found = make(
            round=world.round, statements={"sq": f"Pohimi {name} {words}", "en": words}, kind="gap", chapter=chapter,
            visible_to=level, by=None,
        )  # fmt: skip
        if name != "draft":
            found = findings.propose(found, by=None)
            found = (
                findings.refuse(found, reason="no", by=None) if name == "refused" else findings.confirm(found, by=None)
            )
        world.findings[name] = found
    first = world.findings["first"]
    quote = findings.add_quote(world.sources["talk"], text="These are the words of the office.", page="3", by=None)
    findings.add_evidence(first, kind="quote", quote=quote, by=None)
    findings.add_evidence(first, kind="source", source=world.sources["study"], by=None)
    findings.add_evidence(first, kind="source", source=world.sources["members"], by=None)
    findings.add_evidence(first, kind="source", source=world.sources["sealed"], by=None)
    findings.add_evidence(first, kind="figure", figure=world.figures["survey"], by=None)
