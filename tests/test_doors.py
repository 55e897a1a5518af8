"""Knocks at every door: every route × every method × every role, compared with the table in sofra.web.doors.

A new route needs a line in `doors.DOORS`, and in `EXAMPLES` below when its address names a thing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from tests.hidden_councils import COUNCIL_EXAMPLES, show_councils
from tests.hidden_findings import FINDING_EXAMPLES, show_findings
from tests.hidden_mechanisms import MECHANISM_EXAMPLES, show_mechanisms
from tests.hidden_plans import PLAN_EXAMPLES, show_plans
from tests.hidden_reports import REPORT_EXAMPLES, show_reports
from tests.hidden_rounds import ROUND_EXAMPLES, show_rounds
from tests.hidden_training import TRAINING_EXAMPLES, show_training
from tests.questionnaires import tried_form

from sofra.accounts import roles, services
from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft, ProjectDraft
from sofra.coverage import services as coverage
from sofra.exchange import services as exchange
from sofra.ground import files
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Editor, Organisation, Proposal
from sofra.places.models import Place
from sofra.questionnaires import collecting, xform
from sofra.questionnaires.instance import Instance
from sofra.questionnaires.keys import hashed, key_of
from sofra.questionnaires.models import Filling, Media, Questionnaire, Upload, Version
from sofra.schools import services as schools
from sofra.schools.calendars import token_of
from sofra.schools.models import Office, School
from sofra.schools.rules import USUAL_TERMS, read_terms, term_at_or_after
from sofra.web import doors

pytestmark = pytest.mark.once
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Ana coordinates, Besa edits al.one, Cvetan edits al.two, Drita maps, Teuta looks after the machine; a guest has an
# account whose roles have all ended, even though a record still names the guest as its editor.
PEOPLE = {
    "visitor": None,
    "guest": (),
    "besa": (roles.MEMBER,),
    "cvetan": (roles.MEMBER,),
    "drita": (roles.MAPPER,),
    "ana": (roles.COORDINATOR,),
    "teuta": (roles.TECHNICAL,),
}
SIGNED_IN = set(PEOPLE) - {"visitor"}
MAY = {
    doors.PUBLIC: set(PEOPLE),
    doors.SIGNED_IN: SIGNED_IN,
    doors.EDITOR: {"besa", "drita", "ana"},
    doors.MEMBER: {"besa", "cvetan", "drita", "ana"},
    doors.SEATED: {"besa"},
    doors.SECRETARY: {"besa"},
    doors.MAPPER: {"drita", "ana"},
    doors.COORDINATOR: {"ana"},
    doors.KEEPER: {"ana", "teuta"},
    doors.TECHNICAL: {"teuta"},
}
# Doors that open on nothing (404) for people who have no such thing yet.
OPEN_ON_NOTHING = {
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_deactivate_totp",
    "api:api-root",
}


@dataclass
class World:
    """One of each thing that an address may name."""

    people: dict[str, User | None] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    token: str = ""
    invitation: int = 0
    grant: int = 0
    one: Organisation | None = None
    two: Organisation | None = None
    change: Change | None = None
    proposal: Proposal | None = None
    judgement: int = 0
    imported: int = 0
    activity: str = ""
    project: str = ""
    session: int = 0
    feed: str = ""
    asking: int = 0
    priority: int = 0
    key: str = ""
    filling: int = 0
    collector: int = 0
    collector_key: str = ""
    form: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    planned: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    sat: dict[str, Any] = field(default_factory=dict)


def one(world: World) -> dict[str, Any]:
    assert world.one
    return {"code": world.one.code}


def imported(world: World) -> dict[str, Any]:
    return {"number": world.imported}


def activity(world: World) -> dict[str, Any]:
    return {"code": world.activity}


def project(world: World) -> dict[str, Any]:
    return {"code": world.project}


def phone(world: World) -> dict[str, Any]:
    return {"key": world.collector_key}


def session(world: World) -> dict[str, Any]:
    return {"number": world.session}


def version(world: World) -> dict[str, Any]:
    return {"code": "al.filled", "number": 1}


def filled(world: World) -> dict[str, Any]:
    return version(world) | {"filling": world.filling}


def by_link(world: World) -> dict[str, Any]:
    return {"key": world.key}


EXAMPLES: dict[str, Callable[[World], dict[str, Any]]] = {
    "invitation": lambda world: {"token": world.token},
    "invitation_withdraw": lambda world: {"pk": world.invitation},
    "person": lambda world: {"pk": world.people["cvetan"].pk},
    "role_end": lambda world: {"pk": world.people["cvetan"].pk, "grant": world.grant},
    "account_reset_password_from_key": lambda world: {"uidb36": "1", "key": "set-password"},
    "account_address_confirm": lambda world: {"token": "no-such-letter"},
    "mfa_remove_webauthn": lambda world: {"pk": 1},
    "mfa_edit_webauthn": lambda world: {"pk": 1},
    "organisation": one,
    "organisation_edit": one,
    "organisation_field": lambda world: one(world) | {"field": "website"},
    "organisation_confirm": one,
    "organisation_reading": one,
    "organisation_class": one,
    "organisation_contest": one,
    "organisation_history": one,
    **{
        f"{name}_download": lambda world: {"form": "csv"}
        for name in (
            "organisations facts municipalities activities reached projects places glossary proposals duplicates"
            " judgements audit"
        ).split()
    },
    **{
        f"{name}_download": lambda world: {"form": "csv"}
        for name in "plan coverage overlaps crowded gaps cell money askings priorities plans indicators lessons".split()
    },
    "asking_end": lambda world: {"number": world.asking},
    "priority_end": lambda world: {"number": world.priority},
    "history_download": lambda world: one(world) | {"form": "csv"},
    "place_download": lambda world: {"code": "AL", "form": "csv"},
    "change_undo": lambda world: one(world) | {"number": world.change.pk},
    "proposal": lambda world: {"number": world.proposal.pk},
    "duplicate_pair": lambda world: {"left": world.one.code, "right": world.two.code},
    "judgement_revoke": lambda world: {"number": world.judgement},
    **{f"own_{name}": one for name in "activities activity_new autosave bulk copy undo paste paste_check".split()},
    "own_row": lambda world: one(world) | {"activity": world.activity},
    **{f"activity_{name}": activity for name in ("edit", "autosave", "check", "move")},
    "own_activities_download": lambda world: one(world) | {"form": "csv"},
    **dict.fromkeys("school session_ask school_edit school_calendar office office_calendar".split(), one),
    "session": session,
    "session_ics": session,
    "calendar_feed": lambda world: {"token": world.feed},
    "activity": activity,
    "activity_history": activity,
    "activity_undo": activity,
    "project": project,
    "project_edit": project,
    "project_move": project,
    "project_undo": project,
    "project_history": project,
    "import": imported,
    "import_columns": imported,
    "import_progress": imported,
    "import_rows": imported,
    "import_row": lambda world: imported(world) | {"row": 2},
    "import_start": imported,
    "import_report": imported,
    "import_problems": lambda world: imported(world) | {"form": "csv"},
    "import_undo": imported,
    "import_discard": imported,
    "questionnaire": lambda world: {"code": "al.filled"},
    "version_new": lambda world: {"code": "al.filled"},
    **{f"version{name}": version for name in ("", "_state", "_sheet", "_xform", "_print", "_pdf", "_preview")},
    "version_media": lambda world: version(world) | {"name": "table.png"},
    **dict.fromkeys(("fillings", "filling_new"), version),
    **{f"filling_{name}": filled for name in ("record", "link", "withdraw")},
    "answers_download": lambda world: version(world) | {"form": "csv"},
    "filling_upload": lambda world: filled(world) | {"name": "table.png"},
    **{f"filling{name}": by_link for name in ("", "_tasks", "_check", "_send", "_sent", "_copy")},
    **{f"filling_{name}": lambda world: by_link(world) | {"number": 1} for name in ("part", "keep")},
    "filling_file": lambda world: by_link(world) | {"name": "table.png"},
    **dict.fromkeys(("collector", "collector_end"), lambda world: {"number": world.collector}),
    **dict.fromkeys(("collect", "collect_forms", "collect_submission"), phone),
    **dict.fromkeys(("collect_form", "collect_manifest"), lambda world: phone(world) | {"number": world.form}),
    "collect_media": lambda world: phone(world) | {"number": world.form, "name": "choices.csv"},
    **FINDING_EXAMPLES,
    **ROUND_EXAMPLES,
    **REPORT_EXAMPLES,
    **COUNCIL_EXAMPLES,
    **PLAN_EXAMPLES,
    **MECHANISM_EXAMPLES,
    **TRAINING_EXAMPLES,
    "place": lambda world: {"code": "AL"},
    "api:get_place": lambda world: {"code": "AL"},
    "api:get_organisation": one,
    "api:get_finding": lambda world: {"code": world.found["finding"]},
    **dict.fromkeys(
        ("api:get_plan", "api:list_measures", "api:list_indicators"), lambda _world: {"code": "al.planned"}
    ),
    "api:list_readings": lambda world: {"code": world.planned["indicator"]},
    **{f"training_{name}_download": lambda _world: {"form": "csv"} for name in ("sessions", "counts")},
    "api:get_activity": activity,
    "api:get_project": project,
}


@pytest.fixture(autouse=True)
def _without_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals are the point here, not news."""
    caplog.set_level(logging.CRITICAL)
    caplog.set_level(logging.CRITICAL, logger="sofra.request")


def _filled(made: Any) -> None:
    """A questionnaire that is open, and one filling of it with a picture, reached by a private link."""
    asked = Questionnaire.objects.create(code="al.filled", titles={"en": "A table is filled"})
    kept = files.keep([b"\x89PNG\r\n\x1a\n"])
    form = Version.objects.create(
        questionnaire=asked, number=1, form_id="tried", xform=tried_form.xform(), state="open", xlsform=kept.digest
    )
    picture = {"name": "table.png", "digest": kept.digest, "size": kept.size, "media_type": "image/png"}
    Media.objects.create(version=form, md5="0" * 32, **picture)
    blank = Instance.blank(xform.parse(form.xform))
    made.key = key_of(blank.id, 1)
    filling = Filling.objects.create(
        version=form,
        instance=blank.id,
        way="web",
        key_hash=hashed(made.key),
        document=blank.xml(),
        saved_at=timezone.now(),
    )
    Upload.objects.create(filling=filling, **picture)
    made.filling = filling.pk


def _school(made: World) -> tuple[int, str]:
    """al.one is a school and an office too, and asks itself for a session: the request's number, and a calendar."""
    assert made.one
    besa = made.people["besa"]
    assert besa
    place = Place.objects.get(code="AL")
    school = School.objects.create(
        organisation=made.one, place=place, office=Office.objects.create(organisation=made.one)
    )
    soon = timezone.localdate() + timedelta(days=7)
    day = max(soon, term_at_or_after(soon, read_terms(USUAL_TERMS)).first)
    wish = schools.Wish(
        organisation=made.one, title="A table in class", classes="X-a", minutes=45,
        begins=timezone.make_aware(datetime.combine(day, time(10, 0))),
    )  # fmt: skip
    asked = schools.ask_session(wish, school=school, by=besa)
    return asked.pk, token_of(schools.make_feed(made.one, by=besa))


def _phones(made: Any) -> None:
    """A team with an address, a form that it asks, and a file that the form shows."""
    ana = made.people["ana"]
    asked = Questionnaire.objects.create(code="al.asked", titles={"en": "A table asks"})
    form = Version.objects.create(questionnaire=asked, number=1, form_id="asked", xform="<x/>", state="open")
    kept = files.keep([b"name,label"])
    Media.objects.create(
        version=form, name="choices.csv", digest=kept.digest, md5="0" * 32, size=kept.size, media_type="text/csv"
    )
    collector, made.collector_key = collecting.make_collector(name="A team", versions=[form], expires_at=None, by=ana)
    made.collector, made.form = collector.pk, form.pk


def furnish(made: Any) -> None:
    """One of each thing of the rooms above the registry, for this world and that of test_leaks."""
    _phones(made)
    _filled(made)
    show_findings(made)
    show_rounds(made)
    show_reports(made)
    show_councils(made)
    show_plans(made)
    show_mechanisms(made)
    show_training(made)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = World()
    for name, held in PEOPLE.items():
        made.clients[name] = Client(raise_request_exception=False)
        if held is None:
            made.people[name] = None
            continue
        user = User.objects.create_user(f"{name}@example.org", "gjithmone-bashke-7", name=name.title())
        for role in held:
            services.grant_role(user=user, role=role, by=None)
        made.people[name] = User.objects.get(pk=user.pk)
        made.clients[name].force_login(user)
    ana = made.people["ana"]
    invitation, link = services.invite(email="new@example.org", name="New", role=roles.MEMBER, by=ana, send=False)
    made.invitation, made.token = invitation.pk, link.rstrip("/").rsplit("/", 1)[-1]
    made.grant = made.people["cvetan"].grants.get().pk
    made.change = registry.open_change(kind=Change.Kind.EDIT, by=ana)
    draft, fact = registry.Draft, registry.FactDraft
    kinds = [
        draft(kind="cso", code="al.one", facts=[fact(field="name", value="One table")]),
        draft(kind="cso", code="al.two", facts=[fact(field="name", value="Two tables")]),
    ]
    made.one, made.two = registry.register_many(kinds, change=made.change, by=ana)
    for name, organisation in (("besa", made.one), ("guest", made.one), ("cvetan", made.two)):
        Editor.objects.create(organisation=organisation, user=made.people[name], granted_by=ana)
    Place.objects.create(
        code="AL", kind="country", country="AL", path="AL/", level=0, name="Shqipëri", name_en="Albania", sort_key="X"
    )
    made.proposal = Proposal.objects.create(organisation=made.one, by=made.people["besa"], note="Still true?")
    made.judgement = registry.judge_different(left=made.one, right=made.two, by=ana).pk
    draft_project = ProjectDraft(title="A table for all", owner="al.one", begins="2026")
    made.project = activities.add_project(draft_project, by=ana, publish=True).code
    laid = ActivityDraft(title="A table is laid", owner="al.one", project=made.project, places=["AL"], begins="2026-03")
    made.activity = activities.add_activity(laid, by=ana, publish=True).code
    albania = Place.objects.get(code="AL")
    asked = {"asked_by": "the hub asked the municipalities", "asked_on": "2026"}
    made.asking = coverage.record_asking(place=albania, by=ana, **asked).pk
    declared = {"declared_by": "the council of the table", "declared_on": "2026"}
    made.priority = coverage.declare_priority(place=albania, by=ana, **declared).pk
    made.session, made.feed = _school(made)
    furnish(made)
    drita = made.people["drita"]
    table = exchange.upload_file([b"Name;Website\nThree tables;three.example.org\n"], name="list.csv", by=drita)
    exchange.map_columns(table, mapping={"Name": "name", "Website": "website"}, by=drita)
    made.imported = exchange.check_import(table.pk).pk
    return made


def knock(world: World, who: str, method: str, address: str) -> HttpResponse:
    """One request whose effects are taken back."""
    client = world.clients[who]
    kept = SimpleCookie(client.cookies.output(header=""))
    try:
        with transaction.atomic():
            answer = client.generic(method, address, content_type="application/x-www-form-urlencoded")
            if getattr(answer, "streaming", False):
                list(answer)
            transaction.set_rollback(True)
    finally:
        client.cookies = kept
    return answer


def found(answer: HttpResponse) -> str:
    """What stood behind the door: "open", "refused", "sign in", "no such method" or "broken"."""
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 405:
        return "no such method"
    if answer.status_code in {401, 403}:
        return "refused"
    if answer.status_code == 302 and answer["Location"].startswith(reverse("account_login")):
        return "sign in"
    return "nothing" if answer.status_code == 404 else "open"


def expected(name: str, method: str, who: str) -> set[str]:
    methods = doors.declared(name) or {}
    asked = methods.get(method) or (methods.get("GET") if method == "HEAD" else None)
    if asked is None:
        return {"no such method", "refused"}
    if who in MAY[asked]:
        good = {"open"} | ({"sign in"} if asked == doors.PUBLIC else set())
        return good | ({"nothing"} if name in OPEN_ON_NOTHING else set())
    if who == "visitor":
        return {"sign in"}
    return {"refused", "nothing"}


def declared_routes() -> list[str]:
    return list(dict.fromkeys(name for name, _ in doors.routes()))


def test_every_route_is_declared() -> None:
    assert [address for name, address in doors.routes() if not name] == []
    assert [name for name in declared_routes() if doors.declared(name) is None] == []


def test_every_declared_door_exists() -> None:
    real = set(declared_routes())
    assert [name for name in doors.DOORS if name not in real] == []


@pytest.mark.once
def test_every_door_answers_as_declared(world: World) -> None:
    wrong = []
    people = list(PEOPLE)
    for number, name in enumerate(declared_routes()):
        declared = doors.declared(name)
        if declared is None:
            continue
        address = reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {})
        for method in METHODS:
            # What is declared for nobody is refused before anybody is looked at: two people a door, in turn.
            # HEAD is answered by what answers GET.
            whole = method in declared and method != "HEAD"
            some = people if whole else [people[(number + at) % len(people)] for at in (0, 3)]
            for who in some:
                answer = knock(world, who, method, address)
                if found(answer) not in expected(name, method, who):
                    wrong.append(f"{who} {method} {address} ({name}): {found(answer)} {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_table_is_printed_with_addresses() -> None:
    rows = doors.table()
    assert {row.who for row in rows} <= set(doors.WHO)
    people = next(row for row in rows if row.name == "people")
    assert people.address.endswith("/people/")
    assert str(people.sentence)


def test_all_roles_are_tried() -> None:
    held = {role for roles_ in PEOPLE.values() for role in roles_ or ()}
    assert held == set(roles.ALL) - {roles.VISITOR}
