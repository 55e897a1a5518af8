"""Pages of activities and projects: what they say, to whom, and what they refuse."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities import services
from sofra.activities.drafts import Funder, Group, ProjectDraft
from sofra.activities.models import Activity, Project
from sofra.ground.models import Visibility
from sofra.organisations import services as organisations
from sofra.organisations.models import Organisation
from sofra.organisations.records import Draft, FactDraft

Make = Callable[..., Activity]


def read(address: str, user: User | None = None, status: int = 200) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get(f"/en{address}")
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


@pytest.fixture
def drita(person: Callable[..., User]) -> User:
    return person("Drita", roles.MAPPER)


@pytest.fixture
def project(ura: Organisation, ana: User) -> Callable[..., Project]:
    def make(*, publish: bool = True, **said: Any) -> Project:
        draft = ProjectDraft(**{"title": "Një tryezë për të gjithë", "owner": ura.code, "begins": "2026", **said})
        return services.add_project(draft, by=ana, publish=publish)

    return make


@pytest.fixture
def hidden(ana: User) -> Organisation:
    facts = [FactDraft("name", "Organizata e fshehur", source="test", visible_to=Visibility.SEALED)]
    return organisations.register(Draft(kind="cso", facts=facts), by=ana)


# — one activity ———————————————————————————————————————————————————————————————————————————————————————————


def test_a_page_says_what_is_known_and_what_is_not(activity: Make) -> None:
    made = activity(
        reached=140,
        counted="list",
        groups=[Group("sex", 80, sex="f")],
        source="Raporti",
        begins="2018-10",
        ends="2018-11",
    )
    page = read(f"/activities/{made.code}/")
    for words in (
        "140", "by a list of attendance", "Whether everybody is counted is not known", "Women and girls", "Raporti",
        "not told apart", "10.2018 – 11.2018", "the exact days are not known", "/en/places/AL153/", "not known",
    ):  # fmt: skip
        assert words in page
    assert ">60<" in page
    assert "%" not in page.split("<main")[1].split("</main")[0]


def test_nothing_known_is_said_as_not_known(activity: Make) -> None:
    made = activity(owner="", places=[], audiences=[], kinds=[], begins="", ends="", status="unknown")
    page = read(f"/activities/{made.code}/")
    assert "not known who" in page
    assert "date not known" in page
    assert "How many is not known" in page
    assert page.count("unknown-value") >= 9


def test_the_class_follows_from_its_kinds(activity: Make) -> None:
    for kinds, words in (
        (["deradicalisation", "dialogue"], "P/CVE-specific"),
        (["education"], "P/CVE-relevant"),
        (["dialogue"], "class not known"),
    ):
        made = activity(kinds=kinds)
        page = read(f"/activities/{made.code}/")
        assert words in page.split("Why this class")[1]
        assert words in read("/activities/")


def test_a_class_that_its_owner_keeps_back_is_not_told_by_its_activities(
    activity: Make, ura: Organisation, ana: User, besa: User
) -> None:
    made = activity(kinds=["deradicalisation", "dialogue"])
    organisations.hide_class(ura, hidden=True, by=ana)
    for address in (
        "/activities/",
        "/activities/?view=table",
        f"/activities/{made.code}/",
        "/activities/?view=numbers",
    ):
        page = read(address).split("</details>", 8)[-1]
        assert "e-radicalisation" not in page.split('id="facts"')[-1].split('class="stack"')[-1]
        assert "Why this class" not in page
    assert "Why this class" in read(f"/activities/{made.code}/", besa)
    for asked in ("kind=deradicalisation", "activity_class=specific"):
        assert made.title not in read(f"/activities/?{asked}")
        assert made.title in read(f"/activities/?{asked}", besa)


def test_hidden_partners_are_said_to_be_there(activity: Make, hidden: Organisation, ana: User) -> None:
    made = activity(partners=[hidden.code])
    assert "an organisation that is not public" in read(f"/activities/{made.code}/")
    assert "fshehur" not in read(f"/activities/{made.code}/") + read("/activities/")
    assert "Organizata e fshehur" in read(f"/activities/{made.code}/", ana)


def test_what_a_hidden_organisation_does_is_not_there(activity: Make, hidden: Organisation, ana: User) -> None:
    made = activity(owner=hidden.code)
    read(f"/activities/{made.code}/", status=404)
    assert made.title not in read("/activities/")
    assert made.title in read(f"/activities/{made.code}/", ana)


def test_an_activity_shows_the_organisation_that_stands(
    activity: Make, ura: Organisation, lugina: Organisation, ana: User
) -> None:
    made = activity(owner=lugina.code)
    organisations.judge_same(left=ura, right=lugina, by=ana)
    lugina.refresh_from_db()
    stands, joined = (lugina, ura) if ura.joined_to else (ura, lugina)
    stands = lugina.joined_to or ura
    page = read(f"/activities/{made.code}/")
    assert stands.get_absolute_url() in page
    assert made.title in read(f"/activities/?organisation={stands.code}")
    assert joined != stands


def test_levels_decide_who_sees_it(activity: Make, ana: User, besa: User, cvetan: User, drita: User) -> None:
    public, members = activity(title="Publike"), activity(title="Anëtarëve", visible_to=1)
    sealed, draft = activity(title="E vulosur", visible_to=2), activity(title="Skicë", publish=False)
    for user, seen in (
        (None, [public]), (cvetan, [public, members]), (besa, [public, members, sealed, draft]),
        (drita, [public, members, draft]), (ana, [public, members, sealed, draft]),
    ):  # fmt: skip
        for one in (public, members, sealed, draft):
            read(f"/activities/{one.code}/", user, 200 if one in seen else 404)
    assert draft.title not in read("/activities/", besa)
    services.move(public, to="binned", by=ana)
    read(f"/activities/{public.code}/", status=404)
    assert public.title not in read("/activities/")


def test_money_is_for_whom_it_names(activity: Make, cvetan: User, besa: User) -> None:
    made = activity(money=Decimal(12500), currency="EUR", money_visible_to=1)
    assert "12\xa0500" not in read(f"/activities/{made.code}/")
    assert "not public, or not known" in read(f"/activities/{made.code}/")
    assert "12\xa0500\xa0EUR" in read(f"/activities/{made.code}/", cvetan)
    sealed = activity(money=Decimal(777), currency="EUR", money_visible_to=2)
    assert "777" not in read(f"/activities/{sealed.code}/", cvetan)
    assert "777\xa0EUR" in read(f"/activities/{sealed.code}/", besa)


def test_its_people_read_who_changed_what(activity: Make, besa: User, cvetan: User, ana: User) -> None:
    made = activity()
    draft = services.draft_of(made)
    draft.title, draft.places = "Takim i ri", ["AL112"]
    services.edit_activity(made, draft, by=besa, seen=1)
    page = read(f"/activities/{made.code}/history/", besa)
    for words in ("Besa", "<del>Punëtori me të rinjtë</del>", "<ins>Takim i ri</ins>", "Cërrik", "Added"):
        assert words in page
    read(f"/activities/{made.code}/history/", cvetan, 404)
    assert send(f"/activities/{made.code}/undo/", cvetan, {"seen": "2"}).status_code == 404
    assert send(f"/activities/{made.code}/undo/", besa, {"seen": "2"}).status_code == 302
    assert Activity.objects.get().title == "Punëtori me të rinjtë"
    assert f"/activities/{made.code}/history/" not in read(f"/activities/{made.code}/", cvetan)


# — the list ———————————————————————————————————————————————————————————————————————————————————————————————


def test_every_view_opens_full_and_empty(activity: Make) -> None:
    activity()
    for view in ("list", "table", "map", "numbers"):
        assert "Nothing fits" in read(f"/activities/?view={view}&q=zzz") or view == "map"
        page = read(f"/activities/?view={view}&place=AL-10&audience=youth&begins=2026")
        assert "Remove:" in page
        assert "1 activity fits what you chose" in page


UNANSWERABLE = (
    ("place=Atlantis", "No place called “Atlantis” was found"),
    ("organisation=Askush", "No organisation called “Askush” was found"),
    ("project=al.p999", "There is no project “al.p999”"),
    ("begins=31.02.2018", "That month has no day 31"),
    ("begins=0020", "The year 0020 cannot be right"),
    ("begins=2019&ends=2018", "It ends (2018) before it begins (2019)"),
)


def test_what_cannot_be_asked_gets_a_sentence_and_no_rows(activity: Make) -> None:
    made = activity()
    for number, (asked, sentence) in enumerate(UNANSWERABLE):
        page = read(f"/activities/?{asked}&view={('list', 'table', 'map', 'numbers')[number % 4]}")
        assert sentence in page
        assert made.title not in page


def test_an_old_address_still_opens(activity: Make) -> None:
    activity()
    for asked in ("kind=magic&theme=zzz", "page=999", "page=x", "sort=zzz", "view=zzz", "date=zzz", "q=%F0%9F%98%80"):
        read(f"/activities/?{asked}")


def test_the_list_costs_the_same_however_long(
    activity: Make, lugina: Organisation, project: Callable[..., Project], django_assert_num_queries: Any
) -> None:
    inside = project().code
    for number, queries in ((1, 8), (3, 8)):
        while Activity.objects.count() < number:
            activity(partners=[lugina.code], project=inside)
        with django_assert_num_queries(queries):
            read("/activities/")


# — projects ———————————————————————————————————————————————————————————————————————————————————————————————


def test_a_project_tells_its_money_as_far_as_it_may(
    project: Callable[..., Project], activity: Make, lugina: Organisation, hidden: Organisation, cvetan: User
) -> None:
    made = project(
        aim="Askush vetëm.", budget=Decimal(5000), currency="EUR", partners=[lugina.code],
        funders=[Funder(hidden.code, 1, Decimal(9000)), Funder(lugina.code, 2, None)],
    )  # fmt: skip
    inside = activity(project=made.code)
    page = read(f"/projects/{made.code}/")
    assert inside.title in page
    for words in ("Askush vetëm.", "an organisation that is not public", lugina.name, "not public, or not known"):
        assert words in page
    assert "9\xa0000" not in page
    assert "5\xa0000\xa0EUR" in read(f"/projects/{made.code}/", cvetan)
    assert "amount not known" in read(f"/projects/{made.code}/", cvetan)
    assert made.title in read(f"/activities/{inside.code}/")
    assert made.title in read("/projects/?q=tryeze")
    assert made.title not in read("/projects/?q=asgje")


def typed(**said: Any) -> dict[str, Any]:
    return {
        "title": "Së bashku", "owner": "", "partners": "", "aim": "", "about": "", "begins": "", "ends": "",
        "budget": "", "currency": "", "budget_visible_to": "1", "results": "", "source": "", "visible_to": "0",
        "f-TOTAL_FORMS": "3", "f-INITIAL_FORMS": "0", **said,
    }  # fmt: skip


def send(address: str, user: User, said: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(f"/en{address}", said)


def test_an_editor_writes_a_project_with_its_funders(
    ura: Organisation, lugina: Organisation, besa: User, organisation: Callable[..., Organisation]
) -> None:
    donor = organisation("Fondi i Largët", "donor")
    said = typed(
        owner=ura.code, partners=f"{lugina.name}\n\n", begins="tetor 2025", ends="2026", budget="12 500,50 EUR",
        act="publish",
        **{"f-0-organisation": "fondi i larget", "f-0-amount": "9000", "f-1-organisation": lugina.code},
    )  # fmt: skip
    assert send("/projects/new/", besa, said).status_code == 302
    made = Project.objects.get()
    draft = services.project_draft_of(made)
    assert (made.state, draft.begins, draft.ends) == ("published", "2025-10", "2026")
    assert (draft.budget, draft.currency, draft.partners) == (Decimal("12500.50"), "EUR", [lugina.code])
    assert draft.funders == [Funder(donor.code, 1, Decimal(9000)), Funder(lugina.code, 2, None)]
    page = read(f"/projects/{made.code}/edit/", besa)
    assert 'value="Fondi i Largët"' in page
    assert 'value="10.2025"' in page


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"title": " "}, "Say in a few words what the project is called."),
    ({"partners": "Askush"}, "No organisation called “Askush” is in the registry"),
    ({"begins": "2026", "ends": "2025"}, "It ends (2025) before it begins (2026)"),
    ({"begins": "31.02.2026"}, "That month has no day 31"),
    ({"budget": "shumë"}, "“shumë” is no amount"),
    ({"budget": "-5", "currency": "EUR"}, "cannot be less than 0"),
    ({"budget": "500"}, "Say which currency the amount is in"),
    ({"results": "faqja"}, "Write the whole web address"),
    ({"f-0-amount": "5"}, "Say who gave this amount"),
    ({"f-0-organisation": "Shoqata “Lugina”", "f-1-organisation": "Shoqata “Lugina”"}, "stands here twice"),
    ({"f-0-organisation": "Askush"}, "No organisation called “Askush” is in the registry"),
    ({"f-TOTAL_FORMS": "x"}, ""),
)


def test_a_wrong_project_is_refused_with_what_was_typed(ura: Organisation, lugina: Organisation, besa: User) -> None:
    for wrong, sentence in WRONG:
        answer = send("/projects/new/", besa, typed(owner=ura.code, aim="Kjo mbetet", **wrong))
        page = answer.content.decode()
        assert answer.status_code == 422, wrong
        assert sentence in page.replace("&#x27;", "'")
        assert "Kjo mbetet" in page
    assert not Project.objects.exists()


def test_nobody_writes_for_another(ura: Organisation, project: Callable[..., Project], cvetan: User, ana: User) -> None:
    made = project()
    assert send("/projects/new/", cvetan, typed(owner=ura.code)).status_code == 422
    for act in ("edit", "move", "undo"):
        assert send(f"/projects/{made.code}/{act}/", cvetan, typed(to="binned")).status_code == 404
    read(f"/projects/{made.code}/history/", cvetan, 404)
    assert Project.objects.get().version == 1


def test_the_second_editor_sees_what_changed_and_loses_nothing(
    project: Callable[..., Project], ura: Organisation, besa: User, ana: User
) -> None:
    made = project()
    first = services.project_draft_of(made)
    first.aim = "Nga Ana"
    services.edit_project(made, first, by=ana, seen=1)
    mine = typed(title="Nga Besa", owner=ura.code, seen="1", begins="2026")
    answer = send(f"/projects/{made.code}/edit/", besa, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<ins>Nga Ana</ins>" in page
    assert 'value="Nga Besa"' in page
    assert Project.objects.get().title == made.title
    assert 'name="seen" value="2"' in page
    assert send(f"/projects/{made.code}/edit/", besa, mine | {"seen": "2"}).status_code == 302
    assert Project.objects.get().title == "Nga Besa"


def test_what_a_mapper_may_not_see_stays_as_it_was(
    project: Callable[..., Project], hidden: Organisation, lugina: Organisation, drita: User
) -> None:
    made = project(
        budget=Decimal(100), currency="EUR", budget_visible_to=2, partners=[hidden.code, lugina.code],
        funders=[Funder(hidden.code, 1, Decimal(7))],
    )  # fmt: skip
    page = read(f"/projects/{made.code}/edit/", drita)
    assert "fshehur" not in page
    assert 'name="budget"' not in page
    said = typed(title="Ndryshuar", owner=made.owner.name if made.owner else "", seen="1", partners=lugina.name)
    assert send(f"/projects/{made.code}/edit/", drita, said).status_code == 302
    draft = services.project_draft_of(Project.objects.get())
    assert (draft.title, draft.budget, draft.currency) == ("Ndryshuar", Decimal(100), "EUR")
    assert set(draft.partners) == {hidden.code, lugina.code}
    assert draft.funders == [Funder(hidden.code, 1, Decimal(7))]


def test_a_project_is_binned_brought_back_and_undone(project: Callable[..., Project], besa: User) -> None:
    made = project()
    for to in ("binned", "draft", "published"):
        assert send(f"/projects/{made.code}/move/", besa, {"to": to}).status_code == 302
        assert Project.objects.get().state == to
    assert send(f"/projects/{made.code}/move/", besa, {"to": "moon"}).status_code == 400
    draft = services.project_draft_of(Project.objects.get())
    draft.title = "Gabim"
    services.edit_project(made, draft, by=besa, seen=4)
    assert send(f"/projects/{made.code}/undo/", besa, {"seen": "4"}).status_code == 302
    assert Project.objects.get().title == "Gabim"
    assert send(f"/projects/{made.code}/undo/", besa, {"seen": "5"}).status_code == 302
    assert Project.objects.get().title == made.title
    assert "A change was taken back" in read(f"/projects/{made.code}/history/", besa)


# — other pages ————————————————————————————————————————————————————————————————————————————————————————————


def test_organisations_and_places_show_their_latest(activity: Make, ura: Organisation, lugina: Organisation) -> None:
    made = activity(partners=[lugina.code], places=["AL153-1"])
    for one in (ura, lugina):
        page = read(f"/organisations/{one.code}/")
        assert made.title in page
        assert f"/en/activities/?organisation={one.code}" in page
    for code in ("AL153-1", "AL153", "AL-10", "AL"):
        assert made.title in read(f"/places/{code}/")
    page = read("/places/AL112/")
    assert made.title not in page
    assert "No activity is recorded here yet" in page


def test_an_organisation_leads_to_its_projects_and_those_it_funds(
    project: Callable[..., Project], ura: Organisation, lugina: Organisation
) -> None:
    words = "Projects that it leads, takes part in or funds"
    assert words not in read(f"/organisations/{lugina.code}/")
    made = project(funders=[Funder(lugina.code)])
    for one in (ura, lugina):
        page = read(f"/organisations/{one.code}/")
        assert words in page
        assert f"/en/projects/?organisation={one.code}" in page
        assert made.title in read(f"/projects/?organisation={one.code}")


def test_the_table_holds_the_rows_of_the_page_and_no_more(
    activity: Make, hidden: Organisation, lugina: Organisation, cvetan: User, ana: User
) -> None:
    shown = activity(
        title="Takim", partners=[hidden.code, lugina.code], money=Decimal(700), currency="EUR", reached=9,
        groups=[Group("sex", 5, sex="f")], places=["AL153", "AL112"], visible_to=0,
    )  # fmt: skip
    activity(title="E fshehtë", visible_to=1)
    activity(title="Skicë", publish=False)
    activity(title="E huaj", places=["AL-03"])

    def table(name: str, user: User | None = None) -> str:
        client = Client()
        if user is not None:
            client.force_login(user)
        return b"".join(client.get(f"/en/{name}.csv?place=AL153")).decode()  # type: ignore[arg-type]

    said = table("activities")
    assert len(said.splitlines()) == 2
    for words in (shown.code, lugina.name, "Pukë | Municipality of Cërrik", "AL153 | AL112", ",9,5,,"):
        assert words in said, said
    for secret in ("fshehur", "700", "E fshehtë", "Skicë"):
        assert secret not in said
    assert "700" in table("activities", cvetan)
    assert len(table("activities", cvetan).splitlines()) == 3
    assert "women and girls" in table("reached")
    assert len(table("projects").splitlines()) == 1
