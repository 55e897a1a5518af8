"""Who writes what of activities and sessions, and what counts may tell: worlds of `test_leaks` attacked on purpose."""

import json
import re
from typing import Any

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import hidden_work, test_leaks
from tests.hidden_work import COUNTED, wish
from tests.test_doors import EXAMPLES, declared_routes
from tests.test_leaks import Leaky, read

from sofra.accounts.models import User
from sofra.activities import services
from sofra.activities.models import Activity, ActivityParty, Batch, Project, ProjectParty, Unsaved, Version
from sofra.activities.vocabulary import KINDS
from sofra.coverage.models import Asking, PriorityArea
from sofra.coverage.rows import rows_of
from sofra.exchange import services as exchange
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.schools import services as schools
from sofra.schools.calendars import feed_of
from sofra.schools.models import Feed, Office, School, Session, Step
from sofra.web import doors

world = test_leaks.world
_quiet = test_leaks._quiet
KEPT: tuple[type[Model], ...] = (
    Activity, ActivityParty, Project, ProjectParty, Version, Batch, Asking, PriorityArea, Session, Step, School, Office,
)  # fmt: skip


def standing(world: Leaky) -> dict[str, Any]:
    """All that is kept but what al.two may write: its own rows, and what Besa typed."""
    two = world.two
    assert two
    besa = world.people["besa"]
    own = {
        Activity: {"owner": two}, ActivityParty: {"activity__owner": two}, Project: {"owner": two},
        ProjectParty: {"project__owner": two}, Batch: {"owner": two}, Session: {"organisation": two},
        Step: {"session__organisation": two},
    }  # fmt: skip
    found: dict[str, Any] = {}
    for model in KEPT:
        rows = model._default_manager.exclude(**own.get(model, {"pk": None}))
        if model is Version:
            rows = Version.objects.exclude(activity__owner=two).exclude(project__owner=two)
        found[model.__name__] = list(rows.order_by("pk").values())
    found["feeds"] = list(Feed.objects.exclude(user=besa).order_by("pk").values())
    found["unsaved"] = list(Unsaved.objects.exclude(user=besa).order_by("pk").values())
    return found


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {row}"
        for name, rows in after.items()
        for row in [
            *(one for one in rows if one not in before[name]),
            *(one for one in before[name] if one not in rows),
        ]
    ]


TEXTS: dict[str, Any] = {
    "title": "Taken over", "owner": "al.one", "organisation": "al.one", "do": "publish", "act": "published",
    "all": "1", "to": "binned", "seen": "1", "base": "1", "place": "Pukë", "begins": "2026", "ends": "2026",
    "where": "places", "status": "planned", "mode": "unknown", "counted": "unknown", "visible_to": "0",
    "money_visible_to": "0", "budget_visible_to": "0", "words": "So be it.", "limit": "1", "municipality": "Pukë",
    "office": "", "name": "X", "text": "Titulli\tOrganizata\nTaken over\tal.one\n", "feed": "1", "asked_by": "us",
    "asked_on": "2026", "declared_by": "us", "declared_on": "2026", "groups-TOTAL_FORMS": "0",
    "groups-INITIAL_FORMS": "0", "f-TOTAL_FORMS": "0", "f-INITIAL_FORMS": "0",
}  # fmt: skip
ACTS = ("", "publish", "draft", "binned", "copy", "accept", "refuse", "propose", "move", "cancel", "withdraw", "agree",
        "revoke", "make", "discard", "write", "check")  # fmt: skip


def _acts(name: str) -> tuple[str, ...]:
    """Doors with several acts are knocked at with each of them, the others once."""
    several = ("move", "bulk", "own_", "edit", "feeds", "check", "autosave", "project", "plan", "office", "undo")
    return ("", "publish", "draft", "binned", "copy", "discard") if any(one in name for one in several) else ("",)


def test_nobody_writes_what_is_anothers(world: Leaky) -> None:
    """Besa speaks for al.two. She knocks with every act at every door of al.one's things; none of them changes."""
    besa, before = world.clients["besa"], standing(world)
    for name in declared_routes():
        if "POST" not in (doors.declared(name) or {}) or name.startswith(("account", "mfa", "invitation")):
            continue
        if name == "session":
            continue  # hers: see below
        address = reverse(name, kwargs=EXAMPLES[name](world) if name in EXAMPLES else {})
        for act in _acts(name):
            answer = besa.post(address, TEXTS | ({"act": act, "do": act, "to": act} if act else {}))
            assert answer.status_code < 500, f"{name} {act}"
    for number in Session.objects.exclude(organisation=world.two).values_list("pk", flat=True):
        for act in ACTS:
            assert besa.post(f"/sessions/{number}/", TEXTS | {"act": act}).status_code == 404
    assert changed(before, standing(world)) == []


def test_ones_own_doors_open_to_nothing_of_anothers(world: Leaky) -> None:
    """Through al.two's own doors: rows, projects, owners and feeds of al.one, named as their numbers and codes."""
    besa, before = world.clients["besa"], standing(world)
    own = "/organisations/al.two/activities/"
    mine = Activity.objects.filter(owner=world.two).order_by("pk").first()
    assert mine
    theirs = [*world.hidden.values(), world.activity, world.once]
    for act in ("published", "draft", "binned", "copy"):
        besa.post(f"{own}many/", {"act": act, "row": theirs})
    for code in theirs:
        assert besa.post(f"{own}row/{code}/", TEXTS | {"row-title": "Taken over"}).status_code == 404
        assert besa.post(f"/activities/{code}/move/", {"to": "draft"}).status_code == 404
        assert besa.post(f"/activities/{code}/undo/", {"seen": "2"}).status_code == 404
        assert besa.post(f"/activities/{code}/autosave/", {"title": "x"}).status_code == 404
    assert (
        besa.post(reverse("plan_save"), {"place": "AL153", "owner": "al.one", "title": "Taken over"}).status_code == 404
    )
    besa.post(reverse("activity_edit", args=[mine.code]), TEXTS | {"project": world.draft_project, "seen": "1"})
    besa.post(reverse("project_new"), TEXTS)
    besa.post(f"{own}paste/", {"text": "Titulli\tOrganizata drejtuese\nTaken over\tOne table\n"})
    besa.post(f"{own}paste/check/", {"do": "write", "publish": "1"})
    besa.post(f"{own}paste/check/", {"do": "write", "publish": "1", "sure": ["1", "2"], "m-2-owner": "al.one"})
    besa.post("/schools/al.school/ask/", TEXTS | {"organisation": "al.one", "day": "2030-03-04", "time": "10:00"})
    besa.post("/sessions/calendars/", {"act": "make", "organisation": "al.one"})
    besa.post("/sessions/calendars/", {"act": "revoke", "feed": "1"})
    assert changed(before, standing(world)) == []
    assert not Activity.objects.filter(
        owner=world.two, project__in=Project.objects.filter(owner=world.one, state="draft")
    )
    assert feed_of(world.feed) is not None


def test_who_asks_does_not_answer(world: Leaky) -> None:
    """Besa asks a school, and then decides for it: refused, also when she speaks for its office on the side."""
    besa, session = world.clients["besa"], Session.objects.get(pk=world.session)
    for act in ("accept", "refuse", "propose", "move"):
        said = {
            "act": act,
            "words": "So be it.",
            "seen": session.version,
            "day": "2027-03-04",
            "time": "10:00",
            "minutes": 45,
        }
        assert besa.post(f"/sessions/{session.pk}/", said).status_code == 403
        session.refresh_from_db()
        assert session.state == "asked"
    office = world.school.office.organisation
    hidden_work.Editor.objects.create(organisation=office, user=world.people["besa"])
    assert besa.post(f"/sessions/{session.pk}/", {"act": "accept", "seen": session.version}).status_code == 403
    # The office of one school decides nothing of another's.
    assert besa.post("/schools/al.one/edit/", {"limit": "0"}).status_code == 404
    assert besa.post("/offices/al.one/", {"limit": "0"}).status_code == 404
    other = schools.ask_session(wish(world.one, "Another one", 15), school=School.objects.get(organisation=world.one),
                                by=world.people["genta"])  # fmt: skip
    assert besa.post(f"/sessions/{other.pk}/", {"act": "accept", "seen": "1"}).status_code == 404


def test_a_member_ends_no_asking(world: Leaky) -> None:
    for who in ("besa", "genta", "cvetan", "teuta"):
        for name, number in (("asking_end", world.asking), ("priority_end", world.priority)):
            assert world.clients[who].post(reverse(name, args=[number])).status_code == 403
        assert world.clients[who].post(reverse("askings"), TEXTS).status_code == 403
    assert Asking.objects.get(pk=world.asking).ended_on is None


def test_an_old_version_that_was_sealed_is_not_compared_with(world: Leaky) -> None:
    """Drita maps. She says that she saw the first version, which was sealed: it is not shown to her."""
    drita, once = world.clients["drita"], reverse("activity_edit", args=[world.once])
    for said in ({"seen": "1"}, {"seen": "1", "base": "1"}, {"seen": "1", "base": "1", "do": "more"}):
        answer = drita.post(once, TEXTS | {"owner": "One table"} | said)
        assert answer.status_code < 500
        assert "zqoncesealed" not in answer.content.decode()
    row = f"/organisations/al.one/activities/row/{world.once}/"
    answer = drita.post(row, {"row-title": "Mine", "seen": "1", "base": "1"})
    assert "zqoncesealed" not in answer.content.decode()
    genta = world.clients["genta"].post(once, TEXTS | {"seen": "1", "base": "1"})
    assert "zqoncesealed" in genta.content.decode(), "those who wrote it compare with it"


def test_two_browsers_of_one_person_keep_what_was_typed_apart_from_others(world: Leaky) -> None:
    """Genta types in one browser and goes on in another; nobody else is offered it; leaving takes it from sight."""
    phone, address = Client(), reverse("activity_edit", args=[world.activity])
    genta = world.people["genta"]
    assert genta
    phone.force_login(genta)
    keep = reverse("activity_autosave", args=[world.activity])
    world.clients["genta"].post(keep, {"title": "zqnowtypedxj", "seen": "1"})
    assert "zqnowtypedxj" in phone.get(f"{address}?resume=1").content.decode()
    for who in ("ana", "drita"):
        page = world.clients[who].get(f"{address}?resume=1")
        assert page.status_code == 200
        assert "zqnowtypedxj" not in page.content.decode()
        world.clients[who].post(keep, {"do": "discard"})
    assert "zqnowtypedxj" in phone.get(f"{address}?resume=1").content.decode()
    hidden_work.Editor.objects.filter(user=genta).update(ended_on=timezone.now())
    assert phone.get(f"{address}?resume=1").status_code == 404
    assert feed_of(world.feed) is None, "her calendar's address opens no more"


def test_an_import_of_activities_does_not_tell_what_is_sealed(world: Leaky) -> None:
    """A mapper's list names a sealed activity and project, and ones that never were: it is told the same of both."""
    sealed = Activity.objects.get(code=world.hidden["sealedact"])
    project = Project.objects.get(code=world.sealed_project)
    told, drita = [], world.people["drita"]
    for title, code, inside in (
        (sealed.title, sealed.code, project.title), ("zqneverwasatallxj", "al.never-was", "zqneverprojectxj"),
    ):  # fmt: skip
        lines = "Title;Id;Owner;Begins;Place;Project\n"
        lines += f"{title};;al.one;2026-03;Fushë-Arrëz;{inside}\nOther;{code};al.one;;;\n"
        table = exchange.upload_file([lines.encode()], name="list.csv", what="activities", by=drita)
        columns = {"Title": "title", "Id": "code", "Owner": "owner", "Begins": "begins", "Place": "place",
                   "Project": "project"}  # fmt: skip
        exchange.map_columns(table, mapping=columns, by=drita)
        rows = exchange.check_import(table.pk).rows.order_by("number")
        said = json.dumps([(row.verdict, row.asks, row.problems) for row in rows])
        told.append(said.replace(title, "…").replace(code, "…").replace(inside, "…"))
    assert told[0] == told[1]


def test_the_kinds_of_who_keeps_its_class_back_are_not_told_by_coverage(world: Leaky) -> None:
    """al.one keeps its class from the public; what its activity is for would tell it."""
    found = Activity.objects.get(code=world.activity)
    assert found.kinds == ["deradicalisation"]
    assert [rows_of([found], level)[0].work for level in (0, 1)] == [(), (str(KINDS["deradicalisation"]),)]


# — what is counted ————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("who", ["visitor", "besa"])
def test_no_count_changes_with_what_is_out_of_sight(world: Leaky, who: str) -> None:
    """Every list, number, map and cell before and after others hide more: not a letter differs, nor a validator."""
    client = world.clients[who]
    before = {address: _told(*read(client, address)) for address in COUNTED}
    _hide_more(world, who)
    different = [address for address in COUNTED if _told(*read(client, address)) != before[address]]
    assert different == []
    ana = world.clients["ana"]
    assert "zqmore" in read(ana, "/activities/?view=table")[1]


def _told(answer: HttpResponse, said: str) -> tuple[int, str]:
    passing = r'^(Date|Content-Disposition|<p class="print-only").*\n'  # what the time of day changes
    return answer.status_code, re.sub(passing, "", said, flags=re.MULTILINE)


def _hide_more(world: Leaky, who: str) -> None:
    """What neither a visitor nor Besa may see; for a visitor also what members share."""
    ana, one, two = world.people["ana"], world.one, world.two
    assert ana
    assert one
    assert two
    draft = services.ActivityDraft(
        title="zqmore", owner="al.one", places=["AL151", "AL153"], audiences=["youth", "police"], begins="2026-03-02",
        ends="2026-03-20", kinds=["dialogue"], themes=["youth", "women"], partners=["al.two"],
    )  # fmt: skip
    replace = hidden_work.replace
    sealed = replace(draft, visible_to=2)
    services.add_many([sealed] * 3, by=ana, publish=True)
    services.add_many([draft, sealed], by=ana)
    services.add_many([replace(draft, owner=world.sealed.code), replace(sealed, owner="")], by=ana, publish=True)  # type: ignore[union-attr]
    services.add_many([replace(draft, status="cancelled", visible_to=2)], by=ana, publish=True)
    services.move(services.add_activity(draft, by=ana), to="binned", by=ana)
    given = [services.Funder("al.two", 1, hidden_work.Decimal(7))]
    for level, publish in ((0, False), (2, True)):
        project = services.ProjectDraft("zqmore", owner="al.one", partners=["al.two"], funders=given, visible_to=level,
                                        budget=hidden_work.Decimal(9), currency="EUR", begins="2026")  # fmt: skip
        made = services.add_project(project, by=ana, publish=publish)
        services.add_activity(replace(sealed, project=made.code), by=ana, publish=True)
    puke = Place.objects.get(code="AL151")
    said = {"declared_by": "zqmore", "declared_on": "2026"}
    hidden_work.coverage.declare_priority(place=puke, visible_to=2, by=ana, **said)
    if who == "visitor":
        services.add_activity(replace(draft, visible_to=1), by=ana, publish=True)
        hidden_work.coverage.declare_priority(place=puke, visible_to=1, by=ana, **said)
        schools.ask_session(wish(one, "zqmore", 9), school=world.school, by=ana)
    assert User.objects.exists()
    assert Organisation.objects.filter(pk__in=[one.pk, two.pk]).count() == 2
