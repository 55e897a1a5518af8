"""Marked secrets among projects, activities, coverage and school sessions, for the worlds of `test_leaks`.

`hide_work` adds to a world what only some may see; `show_work` what everyone may, so that addresses name something.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sofra.activities import copying, services, unsaved
from sofra.activities.drafts import ActivityDraft, Funder, ProjectDraft
from sofra.activities.models import Activity, Project, Unsaved
from sofra.coverage import services as coverage
from sofra.ground.models import Visibility
from sofra.organisations import services as registry
from sofra.organisations.models import Editor, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.schools import services as schools
from sofra.schools.calendars import token_of
from sofra.schools.models import Office, School, Session
from sofra.schools.rules import USUAL_TERMS, read_terms, term_at_or_after

PUBLIC, MEMBERS, SEALED = Visibility.PUBLIC, Visibility.MEMBERS, Visibility.SEALED
New = Callable[[str, str], str]
SAYING: dict[str, Any] = {"places": ["AL151"], "begins": "2026-03", "ends": "2026-05", "audiences": ["youth"],
                          "kinds": ["dialogue"], "themes": ["youth"]}  # fmt: skip


def show_work(made: Any) -> None:
    """What everyone may see: a project of al.one with al.two, an activity of each, a school, an office, an asking."""
    ana = made.people["ana"]
    project = ProjectDraft(
        "A table for all", owner="al.one", partners=["al.two"], budget=Decimal("911.17"), currency="CHF",
        budget_visible_to=PUBLIC, begins="2026",
    )  # fmt: skip
    made.project = services.add_project(project, by=ana, publish=True).code
    laid = ActivityDraft(
        title="A table is laid", owner="al.one", project=made.project, places=["AL153"], audiences=["police"],
        begins="2026-03", ends="2026-05", kinds=["deradicalisation"],
    )  # fmt: skip
    made.activity = services.add_activity(laid, by=ana, publish=True).code
    for title in ("Two tables are laid", "Chairs are brought"):
        said = ActivityDraft(
            title=title, owner="al.two", places=["AL153"], begins="2026-03-01", ends="2026-04-01", themes=["women"],
            audiences=["police"],
        )  # fmt: skip
        services.add_activity(said, by=made.people["besa"], publish=True)
    asked = {"asked_by": "the hub asked the municipalities", "asked_on": "2026"}
    made.asking = coverage.record_asking(place=Place.objects.get(code="AL"), by=ana, **asked).pk
    made.school = _school(made, "al.school", "Our school")


def hide_work(made: Any, new: New) -> None:
    ana, genta = made.people["ana"], made.people["genta"]
    _projects(made, new)
    _activities(made, new)
    _past(made, new)
    _money(made, new)
    unsaved.keep_unsaved(by=genta, owner=made.one, typed={"title": [new("unsavednew", "genta")]})
    kept = Activity.objects.get(code=made.activity)
    unsaved.keep_unsaved(by=genta, owner=made.one, activity=kept, typed={"title": [new("unsavededit", "genta")]})
    pasted = {"text": f"Titulli\tVendi\n{new('unsavedpaste', 'genta')}\tPukë\n"}
    unsaved.keep_unsaved(by=genta, owner=made.one, typed=pasted, what=Unsaved.What.PASTE)
    batch = services.open_batch(kind="paste", by=genta, owner=made.one, note=new("batchnote", "nobody"))
    services.add_many([ActivityDraft(title=new("batched", "its people"), owner="al.one")], by=genta, batch=batch)
    sealed = list(Activity.objects.filter(owner=made.one, visible_to=SEALED, state="published"))
    copying.copy_activities(sealed, owner=made.one, by=genta, today=timezone.localdate())
    _coverage(made, new)
    _sessions(made, new)
    assert ana


def words(new: New, name: str, who: str) -> dict[str, str]:
    return {field: new(f"{name}{field}", who) for field in ("title", "about", "source")}


def _projects(made: Any, new: New) -> None:
    ana = made.people["ana"]
    funders = [Funder("al.two", 1, Decimal("5.19"))]

    def project(name: str, who: str, owner: str, level: int, *, publish: bool) -> str:
        said = ProjectDraft(
            **words(new, name, who), aim=new(f"{name}aim", who), owner=owner, visible_to=level, begins="2026",
            partners=[] if owner == "al.two" else ["al.two"], funders=funders, budget=Decimal("4.21"), currency="USD",
        )  # fmt: skip
        found = services.add_project(said, by=ana, publish=publish)
        Project.objects.filter(pk=found.pk).update(code=f"al.{new(f'{name}code', who)}")
        return Project.objects.get(pk=found.pk).code

    made.draft_project = project("draftproject", "its people", "al.one", PUBLIC, publish=False)
    project("memberproject", "members", "al.one", MEMBERS, publish=True)
    made.sealed_project = project("sealedproject", "of one", "al.one", SEALED, publish=True)
    project("strangeproject", "sealed", made.sealed.code, PUBLIC, publish=True)


def _activities(made: Any, new: New) -> None:
    ana = made.people["ana"]
    member = Organisation.objects.get(code__contains="membercode").code
    places = (
        ("draftact", "its people", "al.one", PUBLIC, "draft"),
        ("binnedact", "its people", "al.one", PUBLIC, "binned"),
        ("withdrawnact", "its people", "al.one", PUBLIC, "withdrawn"),
        ("memberact", "members", "al.one", MEMBERS, "published"),
        ("memberdraft", "its people", "al.one", MEMBERS, "draft"),
        ("sealedact", "of one", "al.one", SEALED, "published"),
        ("sealeddraft", "of one", "al.one", SEALED, "draft"),
        ("strangeact", "sealed", made.sealed.code, PUBLIC, "published"),
        ("hostact", "members", member, PUBLIC, "published"),
        ("nobodysact", "members", "", MEMBERS, "published"),
        ("sealednobodys", "sealed", "", SEALED, "published"),
    )
    for name, who, owner, level, state in places:
        said = ActivityDraft(
            **words(new, name, who), owner=owner, visible_to=level, place_text=new(f"{name}where", who),
            partners=[] if owner == "al.two" else ["al.two"], languages=["rom"], **SAYING,
        )  # fmt: skip
        found = services.add_activity(said, by=ana, publish=state in {"published", "withdrawn"})
        if state in {"binned", "withdrawn"}:
            services.move(found, to="binned" if state == "binned" else "draft", by=ana)
        code = f"al.{new(f'{name}code', who)}"
        Activity.objects.filter(pk=found.pk).update(code=code)
        made.hidden[name] = code


def _past(made: Any, new: New) -> None:
    """A public activity that was sealed once, and said other words; one that stands in a project nobody knows."""
    genta = made.people["genta"]
    said = ActivityDraft(title=new("oncesealed", "of one"), about=new("oncesealedabout", "of one"), owner="al.one",
                         visible_to=SEALED)  # fmt: skip
    once = services.add_activity(said, by=genta)
    plain = replace(said, title=new("oncepublic", "its people"), about="", visible_to=PUBLIC)
    once = services.edit_activity(once, plain, by=genta, seen=1)
    once = services.edit_activity(once, replace(plain, title="It has a calm title now"), by=genta, seen=2)
    services.move(once, to="published", by=genta)
    made.once = once.code
    inside = ActivityDraft(title="It stands in a draft", owner="al.one", project=made.draft_project, begins="2020")
    services.add_activity(inside, by=genta, publish=True)
    held = ActivityDraft(
        title="Somebody helps", owner="al.one", partners=[made.sealed.code], project=made.sealed_project, begins="2019"
    )
    services.add_activity(held, by=made.people["ana"], publish=True)


def _money(made: Any, new: New) -> None:
    """Amounts as few others: each in a currency of its own, so that a sum shows it too."""
    for amount, currency, level, who in (
        ("837.43", "GBP", MEMBERS, "members"), ("646.29", "SEK", SEALED, "of one"),
    ):  # fmt: skip
        title = f"It costs {currency[::-1]}"
        said = ActivityDraft(
            title=title, owner="al.one", money=Decimal(amount), currency=currency, money_visible_to=level
        )
        services.add_activity(said, by=made.people["ana"], publish=True)
        made.secrets.words[amount] = who
    for budget, given, currency, level, who in (
        ("753.31", "752.37", "NOK", MEMBERS, "members"), ("549.67", "548.61", "DKK", SEALED, "of one"),
    ):  # fmt: skip
        project = ProjectDraft(
            f"Money of {currency[::-1]}", owner="al.one", budget=Decimal(budget), currency=currency,
            funders=[Funder("al.two", 1, Decimal(given))], budget_visible_to=level,
        )  # fmt: skip
        kept = services.add_project(project, by=made.people["ana"], publish=True)
        made.secrets.words |= {budget: who, given: who}
        made.priced.append(kept.code)
        made.codes.append(kept.code)


def _coverage(made: Any, new: New) -> None:
    ana, puke = made.people["ana"], Place.objects.get(code="AL151")
    for name, level, who in (("memberarea", MEMBERS, "members"), ("sealedarea", SEALED, "sealed")):
        area = coverage.declare_priority(
            place=puke, declared_by=new(f"{name}by", who), declared_on="2026", reason=new(f"{name}why", who),
            source=new(f"{name}source", who), visible_to=level, by=ana,
        )  # fmt: skip
        made.priority = made.priority or area.pk
    gone = coverage.declare_priority(place=puke, declared_by=new("endedarea", "nobody"), declared_on="2026", by=ana)
    coverage.end_priority(gone, by=ana)
    asked = coverage.record_asking(place=puke, asked_by=new("endedasking", "nobody"), asked_on="2026", by=ana)
    coverage.end_asking(asked, by=ana)


def _school(made: Any, code: str, name: str) -> School:
    """A school in Pukë with an office that nobody of the world's people speaks for."""
    own, office = registry.register_many(
        [Draft(kind=kind, code=one, facts=[FactDraft("name", called)]) for kind, one, called in (
            ("school", code, name), ("public", f"{code}-office", f"Office of {name}"))],
        change=made.change, by=made.people["ana"],
    )  # fmt: skip
    desk = Office.objects.create(organisation=office)
    return School.objects.create(organisation=own, place=Place.objects.get(code="AL153"), office=desk)


def next_day() -> Any:
    soon = timezone.localdate() + timedelta(days=7)
    return max(soon, term_at_or_after(soon, read_terms(USUAL_TERMS)).first)


def wish(organisation: Organisation, title: str, hour: int, **said: Any) -> schools.Wish:
    begins = timezone.make_aware(datetime.combine(next_day(), time(hour, 0)))
    return schools.Wish(organisation=organisation, title=title, classes=said.pop("classes", "X-a"), minutes=45,
                        begins=begins, **said)  # fmt: skip


def _sessions(made: Any, new: New) -> None:
    """al.one is a school and an office as well. Requests: of al.two at another school; of al.one at its own; of the
    sealed organisation; one that was refused, and one that became a draft."""
    ana, besa, genta = (made.people[name] for name in ("ana", "besa", "genta"))
    own = School.objects.create(
        organisation=made.one, place=Place.objects.get(code="AL153"),
        office=Office.objects.create(organisation=made.one),
    )  # fmt: skip

    def said(name: str, who: str, classes: str) -> dict[str, str]:
        made.secrets.words[classes] = who
        named = {field: new(f"{name}{field}", who) for field in ("note", "who_comes", "title")}
        return named | {"classes": classes}

    first = said("asked", "of two", "XII-w")
    made.session = schools.ask_session(wish(made.two, first.pop("title"), 10, **first), school=made.school, by=besa).pk
    mine = said("ownasked", "its people", "XI-w")
    schools.ask_session(wish(made.one, mine.pop("title"), 11, **mine), school=own, by=genta)
    strange = said("strangeasked", "sealed", "IX-w")
    schools.ask_session(wish(made.sealed, strange.pop("title"), 12, **strange), school=made.school, by=ana)
    refused = schools.ask_session(wish(made.two, new("refusedtitle", "of two"), 13), school=made.school, by=besa)
    schools.refuse(refused, words=new("refusedwords", "of two"), by=ana, seen=1)
    silent = wish(made.two, new("silenttitle", "of two"), 14, visible_to=None)
    schools.accept(schools.ask_session(silent, school=made.school, by=besa), by=ana, seen=1)
    made.feed = token_of(schools.make_feed(made.one, by=genta))
    made.secrets.words[made.feed] = "genta"
    assert Editor.objects.filter(organisation=made.two, user=besa).exists()


# — addresses ——————————————————————————————————————————————————————————————————————————————————————————————

PLANS = [
    "place=AL151&audience=youth&kind=dialogue&from=2026-04", "place=AL153&audience=police&from=2026-03&to=2026-05",
    "place=AL-10&from=2027-01", "place=AL153&audience=youth&from=2027",
]  # fmt: skip

COUNTED = [
    "/coverage/", "/coverage/?by=audience&rows=municipality", "/coverage/?by=theme", "/coverage/?view=map",
    "/coverage/?by=time",
    "/coverage/?view=tiles&from=2026&to=2026", "/coverage/?audience=youth", "/coverage.csv",
    "/coverage.csv?by=audience", "/coverage/money/", "/coverage/money/?by=kind", "/coverage/money/?funder=al.two",
    "/coverage/money.csv", "/coverage/money.csv?by=audience&funder=al.two", "/coverage/crowded/",
    "/coverage/crowded/?place=AL151", "/coverage/crowded.csv", "/coverage/gaps/", "/coverage/gaps/?audience=youth",
    "/coverage/gaps/?audience=police", "/coverage/gaps.csv?audience=youth", "/coverage/overlaps/",
    "/coverage/overlaps/?audience=youth", "/coverage/overlaps/?place=AL151", "/coverage/overlaps.csv",
    "/coverage/overlaps/?organisation=al.two", "/coverage/cell/?place=AL151", "/coverage/cell/?place=AL",
    "/coverage/cell/?audience=youth", "/coverage/cell/?place=unknown", "/coverage/cell.csv?place=AL",
    "/coverage/asked/", "/coverage/asked.csv", "/activities/", "/activities/?view=table", "/activities/?view=map",
    "/activities/?view=numbers", "/activities/?place=AL151", "/activities/?audience=youth", "/activities/?theme=youth",
    "/activities/?kind=dialogue", "/activities/?date=unknown", "/activities/?organisation=al.two",
    "/activities/?organisation=al.one", "/activities/?q=table", "/activities.csv", "/activities.csv?place=AL151",
    "/reached.csv", "/projects/", "/projects/?organisation=al.two", "/projects/?organisation=al.one", "/projects.csv",
    "/projects.csv?organisation=al.two", "/schools/", "/api/activities", "/api/activities?place=AL151",
    "/api/activities?organisation=al.two", "/api/projects", "/api/projects?organisation=al.two",
    "/api/coverage/overlaps", "/api/coverage/crowded", "/api/coverage/gaps?audience=youth", "/",
    "/organisations/al.one/",
    "/organisations/al.two/", "/places/AL151/", "/places/AL153/", "/places/AL/", "/places/", "/municipalities.csv",
    "/schools/al.school/", "/audit/", "/search/?q=table", "/api/", "/sitemap.xml", "/coverage/priorities/",
    "/en/coverage/overlaps/", "/en/activities/?view=numbers",
    *(f"/plan/?{asked}" for asked in PLANS), *(f"/plan.csv?{asked}" for asked in PLANS),
    *(f"/api/coverage/before?{asked}" for asked in PLANS),
]  # fmt: skip
OF_ONES_OWN = [
    "/organisations/al.one/activities/", "/organisations/al.one/activities/?state=binned",
    "/organisations/al.one/activities/?state=draft&year=2026", "/organisations/al.one/activities.csv",
    "/organisations/al.one/activities/new/?resume=1", "/organisations/al.one/activities/paste/",
    "/organisations/al.one/activities/paste/check/", "/organisations/al.one/activities/copy/",
    "/organisations/al.two/activities/", "/organisations/al.two/activities/new/",
    "/organisations/al.two/activities.csv",
    "/sessions/", "/sessions/?view=asked", "/sessions/?view=desk&state=", "/sessions/?state=refused",
    "/sessions/calendars/",
    "/projects/new/", "/schools/al.school/calendar/?view=term", "/schools/al.one/calendar/?view=term",
    "/offices/al.one/calendar/?view=term", "/offices/al.school-office/calendar/?view=term", "/coverage/priorities/",
    "/coverage/priorities.csv", "/schools/al.school/ask/?again=1", "/audit.csv", "/duplicates/", "/imports/",
]  # fmt: skip


def work_addresses(world: Any, *, narrowed: bool = True) -> list[str]:
    """Lists and counts (`narrowed`: with many filters), an organisation's own pages, and those of each hidden thing."""
    found = [*(one for one in COUNTED if narrowed or "?" not in one), *OF_ONES_OWN]
    for code in world.hidden.values():
        found += [f"/activities/{code}/", f"/activities/{code}/edit/", f"/activities/{code}/history/",
                  f"/activities/{code}/check/", f"/api/activities/{code}"]  # fmt: skip
        found += [f"/coverage/overlaps/?activity={code}", f"/organisations/al.one/activities/?edit={code}"]
    for code in (world.activity, world.once):
        found += [f"/activities/{code}/edit/?resume=1", f"/activities/{code}/history/", f"/activities/{code}/"]
    for code in (world.project, world.draft_project, world.sealed_project, *world.priced):
        found += [f"/projects/{code}/", f"/projects/{code}/edit/", f"/projects/{code}/history/"]
        found += [f"/api/projects/{code}", f"/activities/?project={code}"]
    for number in Session.objects.order_by("pk").values_list("pk", flat=True):
        found += [f"/sessions/{number}/", f"/sessions/{number}/session.ics"]
    return found
