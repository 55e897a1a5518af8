"""Drita maps; a round of this year with an open questionnaire, and a body or two that it asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.ground import files
from sofra.mapping import services
from sofra.mapping.models import Invitation, Round
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.questionnaires import queries
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.models import Filling, Version

FORM = """| survey |
| | type | name | label::Shqip (sq) | label::English (en) | relevant | bind::sofra:field |
| | begin_group | body | Organizata | Organisation | | |
| | text | name | Emri | Name | | organisation.name |
| | text | website | Faqja | Website | | organisation.website |
| | select_multiple themes | themes | Temat | Themes | | organisation.theme |
| | text | place | Vendi | Place | | organisation.place |
| | select_one yesno | council | Këshilli | Council | | finding |
| | end_group | | | | | |
| | begin_repeat | activity | Veprimtaria | Activity | | |
| | text | title | Titulli | Title | | activity.title |
| | integer | reached | Sa veta | How many | | activity.reached |
| | end_repeat | | | | | |
| choices |
| | list_name | name | label::Shqip (sq) | label::English (en) |
| | themes | youth | Të rinjtë | Young people |
| | themes | women | Gratë | Women |
| | themes | research | Kërkimi | Research |
| | yesno | yes | Po | Yes |
| | yesno | no | Jo | No |
| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Hartëzimi | tried | 1 | Shqip (sq) | sofra="urn:sofra:bindings" |
"""


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert files.folder().is_relative_to(tmp_path)


def make_place(code: str, name: str, kind: str, level: int, parent: Place | None = None) -> Place:
    return Place.objects.create(
        code=code, kind=kind, country="AL", parent=parent, path=f"{parent.path if parent else ''}{code}/", level=level,
        name=name, name_definite=name, name_en=name, sort_key=name,
    )  # fmt: skip


@pytest.fixture
def places(db: None) -> None:
    country = make_place("AL", "Shqipëri", "country", 0)
    for code, name, towns in (
        ("AL-10", "Shkodër", (("AL153", "Pukë"), ("AL155", "Shkodër"))),
        ("AL-03", "Elbasan", (("AL212", "Cërrik"),)),
    ):
        county = make_place(code, f"Qarku {name}", "county", 1, country)
        for town, called in towns:
            make_place(town, called, "municipality", 2, county)


@pytest.fixture
def drita(db: None) -> User:
    user = User.objects.create_user("drita@example.org", "not-a-real-secret", name="Drita")
    RoleGrant.objects.create(user=user, role=roles.MAPPER.code)
    return user


@pytest.fixture
def body(db: None) -> Callable[..., Organisation]:
    def make(name: str, **facts: str) -> Organisation:
        said = [FactDraft("name", name), FactDraft("kind", "cso")]
        said += [FactDraft(field, value) for field, value in facts.items()]
        return registry.register(Draft(kind="cso", facts=said), by=None)

    return make


@pytest.fixture
def version(drita: User) -> Version:
    questionnaire = questionnaires.add_questionnaire(code="al.tried", titles={"sq": "I provuar"}, by=drita)
    made = questionnaires.load_version(questionnaire, FORM.encode(), "tried.md", by=drita)
    questionnaires.open_version(made, by=drita)
    made.refresh_from_db()
    return made


@pytest.fixture
def opened(version: Version, drita: User) -> Round:
    return services.open_round(
        code="al.2026.mapping", country="AL", titles={"sq": "Hartëzimi 2026", "en": "Mapping 2026"},
        methodology={"sq": "# Si\n\nPyetësor."}, begins="2026", ends="2026", version=version, by=drita,
    )  # fmt: skip


def answer(invitation: Invitation, **said: Any) -> Filling:
    """Fill in and send, as the organisation would by its link; `activity` is a list of turns."""
    filling = invitation.filling
    assert filling is not None
    filling.refresh_from_db()
    instance = queries.instance_of(filling)
    for turn, activity in enumerate(said.pop("activity", []), start=1):
        while len(instance.turns("/data/activity")) < turn:
            instance.add_turn("/data/activity")
        for name, value in activity.items():
            instance.put(f"/data/activity[{turn}]/{name}", value)
    for name, value in said.items():
        instance.put(f"/data/body/{name}", value)
    questionnaires.save_filling(filling, instance, seen=filling.revision)
    questionnaires.send_filling(filling)
    filling.refresh_from_db()
    invitation.refresh_from_db()
    return filling
