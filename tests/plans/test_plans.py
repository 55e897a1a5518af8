"""Plans, measures and money: what is kept, refused, and seen by whom."""

import re
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sofra.accounts import roles
from sofra.accounts import services as accounts
from sofra.accounts.models import User
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Editor, Organisation
from sofra.organisations.records import Draft, FactDraft
from sofra.places.models import Place
from sofra.plans import few, measuring, queries, rolling, rules, services
from sofra.plans.models import Indicator, Measure, Plan, Reading

pytestmark = pytest.mark.django_db


class World:
    """Ana coordinates, Drita maps, Besa edits al.one (whose plan it is), Cvetan edits al.two."""

    def __init__(self) -> None:
        self.people: dict[str, User] = {}
        for name, role in {
            "ana": roles.COORDINATOR,
            "drita": roles.MAPPER,
            "besa": roles.MEMBER,
            "cvetan": roles.MEMBER,
        }.items():
            user = User(email=f"{name}@example.org", name=name.title())
            user.set_unusable_password()
            user.save()
            accounts.grant_role(user=user, role=role, by=None)
            self.people[name] = User.objects.get(pk=user.pk)
        change = registry.open_change(kind=Change.Kind.EDIT, by=self.people["ana"])
        drafts = [
            Draft(kind="cso", code=f"al.{code}", facts=[FactDraft("name", name, visible_to=0, source="list")])
            for code, name in (("one", "One table"), ("two", "Two tables"))
        ]
        self.one, self.two = registry.register_many(drafts, change=change, by=self.people["ana"])
        for who, whose in (("besa", self.one), ("cvetan", self.two)):
            Editor.objects.create(organisation=whose, user=self.people[who], granted_by=self.people["ana"])
        self.plan = services.add_plan(
            kind="strategy", code="al.try", titles={"en": "A try"}, owner=self.one, state="adopted", begins="2015",
            ends="2020", by=None,
        )  # fmt: skip
        self.objective = services.add_objective(self.plan, number="1", titles={"en": "Together"}, by=None)

    def measure(self, title: str = "To do", **said: object) -> Measure:
        return services.add_measure(
            self.plan,
            titles={"en": title},
            objective=self.objective,
            by=None,
            **said,  # type: ignore[arg-type]
        )

    def indicator(self, title: str, **said: object) -> Indicator:
        return measuring.add_indicator(self.plan, titles={"en": title}, by=None, **said)  # type: ignore[arg-type]

    def read(self, indicator: Indicator, period: str, value: object = None, **said: object) -> Reading:
        found = measuring.record_reading(
            indicator, period=period, value=None if value is None else D(str(value)), submit=True, by=None,
            source="a list", **said,  # type: ignore[arg-type]
        )  # fmt: skip
        return measuring.approve_reading(found, by=self.people["ana"])

    def client(self, name: str = "") -> Client:
        client = Client()
        if name:
            client.force_login(self.people[name])
        return client


@pytest.fixture
def world() -> World:
    return World()


# — plans and measures —————————————————————————————————————————————————————————————————————————————————————


def test_a_measure_moved_into_its_own_part_is_refused(world: World) -> None:
    top = world.measure("Top")
    part = world.measure("Part", within=top)
    below = world.measure("Below", within=part)
    with pytest.raises(ValidationError) as refused:
        services.edit_measure(top, within=below, by=None)
    assert "within" in refused.value.message_dict
    assert Measure.objects.get(pk=top.pk).within is None


def test_a_measure_takes_its_parts_along(world: World) -> None:
    top, other = world.measure("Top"), world.measure("Other")
    part = world.measure("Part", within=top)
    below = world.measure("Below", within=part)
    services.edit_measure(part, within=other, by=None)
    below.refresh_from_db()
    assert below.path == f"{other.pk}/{part.pk}/{below.pk}/"


def test_of_two_editors_the_second_is_told(world: World) -> None:
    one = world.measure()
    services.edit_measure(one, titles={"en": "First"}, seen=1, by=None)
    with pytest.raises(services.Outdated):
        services.edit_measure(one, titles={"en": "Second"}, seen=1, by=None)
    assert Measure.objects.get(pk=one.pk).titles == {"en": "First"}


def test_status_has_a_history_and_a_reason(world: World) -> None:
    one = world.measure()
    with pytest.raises(ValidationError):
        services.set_status(one, status="late", reason="", by=None)
    services.set_status(one, status="late", reason="No money yet", by=None)
    step = one.steps.last()
    assert step
    assert (step.before, step.after, step.reason) == (
        {"status": "unknown"},
        {"status": "late"},
        "No money yet",
    )


def test_money_is_not_added_across_currencies_and_unknown_stays_unknown(world: World) -> None:
    one, two = world.measure(), world.measure("Nothing known")
    for amount, currency in ((100, "EUR"), (50, "EUR"), (7000, "ALL")):
        services.record_money(one, kind="asked", amount=D(amount), currency=currency, source="s", visible_to=0, by=None)
    made = queries.sums([one, two], queries.money_of([one.pk, two.pk], 0))
    assert made.by["asked"] == {"EUR": D(150), "ALL": D(7000)}
    assert made.unknown == {"asked": 1, "found": 2, "spent": 2}


def test_the_api_tells_what_everyone_may_see(world: World) -> None:
    one = world.measure(responsible=world.one, partners=[world.two])
    services.record_money(one, kind="asked", amount=D(5), currency="EUR", source="s", visible_to=0, by=None)
    services.record_money(one, kind="spent", amount=D(7), currency="EUR", source="s", visible_to=1, by=None)
    services.add_plan(kind="sector", code="al.hidden", titles={"en": "Hidden"}, owner=world.one, by=None)
    client = world.client("besa")
    assert [plan["id"] for plan in client.get("/api/plans").json()["items"]] == ["al.try"]
    assert client.get("/api/plans/al.try").json()["objectives"][0]["number"] == "1"
    told = client.get("/api/plans/al.try/measures").json()["items"][0]
    assert (told["responsible"], told["partners"]) == ("al.one", ["al.two"])
    assert [row["kind"] for row in told["money"]] == ["asked"]
    for missing in (
        "plans/al.hidden",
        "plans/al.hidden/measures",
        "plans/al.none/indicators",
        "indicators/no/readings",
    ):
        assert client.get(f"/api/{missing}").status_code == 404


def test_money_for_members_is_not_public(world: World) -> None:
    one = world.measure()
    services.record_money(
        one, kind="found", amount=D(98765), currency="EUR", funder=world.two, source="s", visible_to=1, by=None
    )
    assert (
        "98"
        not in world.client().get("/en/plans/al.try/by/money/").content.decode().split("<h1>")[1].split("</table>")[0]
    )
    assert "98,765" in world.client("cvetan").get("/en/plans/al.try/by/money/").content.decode()


def test_a_draft_is_for_those_who_write_it(world: World) -> None:
    services.add_plan(kind="sector", code="al.hidden", titles={"en": "Hidden"}, owner=world.one, by=None)
    seen = {
        name: world.client(name).get("/en/plans/al.hidden/").status_code for name in ("", "besa", "cvetan", "drita")
    }
    assert seen == {"": 404, "besa": 200, "cvetan": 404, "drita": 200}


def test_the_responsible_body_says_how_it_goes(world: World) -> None:
    one = world.measure(responsible=world.two)
    answer = world.client("cvetan").post(
        f"/en/measures/{one.code}/act/", {"act": "status", "status-status": "done", "status-seen": one.version}
    )
    assert answer.status_code == 302
    assert world.client("cvetan").get(f"/en/measures/{one.code}/edit/").status_code == 404


@pytest.mark.parametrize("view", ["timeline", "bodies", "places", "money", "indicators", "readings", "history"])
def test_every_table_opens_and_can_be_taken_away(world: World, view: str) -> None:
    one = world.measure(begins="2016", responsible=world.one)
    world.read(world.indicator("Trained", measure=one), "2016", 12)
    assert world.client().get(f"/en/plans/al.try/by/{view}/").status_code == 200
    assert world.client().get(f"/en/plans/al.try/by/{view}.csv").status_code == 200


def test_a_tree_asks_the_same_of_three_as_of_one(world: World, django_assert_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 2):
        for _n in range(more):
            world.measure(responsible=world.one)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert world.client().get("/en/plans/al.try/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_of_writing_open(world: World) -> None:
    one = world.measure()
    found = world.indicator("Trained", measure=one)
    client = world.client("besa")
    for address in (
        "plans/", "plans/new/", "plans/al.try/", "plans/al.try/edit/", "plans/al.try/objectives/new/", "lessons/",
        "plans/al.try/measures/new/", "plans/al.try/indicators/new/", "plans/al.try/readings/import/", "lessons/new/",
        "plans/al.try/readings/waiting/", "plans/al.try/periods/", f"measures/{one.code}/",
        f"measures/{one.code}/edit/",
        f"indicators/{found.code}/", f"indicators/{found.code}/edit/", f"indicators/{found.code}/target/",
        "indicators/",
        f"indicators/{found.code}/readings/new/",
    ):  # fmt: skip
        assert client.get(f"/en/{address}").status_code == 200, address


def test_a_plan_is_written_by_the_form(world: World) -> None:
    said = {"title_en": "Our plan", "kind": "sector", "owner": "al.one", "state": "draft", "visible_to": "0"}
    assert world.client("besa").post("/en/plans/new/", said).status_code == 302
    assert Plan.objects.get(code="our-plan").owner == world.one
    assert world.client("cvetan").post("/en/plans/new/", said).status_code == 422
    assert Organisation.objects.count() == 2


# — indicators —————————————————————————————————————————————————————————————————————————————————————————————


def test_shares_roll_up_by_numerators_and_denominators(world: World) -> None:
    whole = world.indicator("All", scale="share", rolls_up="share")
    for n, (top, bottom) in enumerate(((1, 2), (10, 100))):
        part = world.indicator(f"Part {n}", scale="share", parent=whole)
        world.read(part, "2018", numerator=D(top), denominator=D(bottom))
    row = whole.rolled.get()
    assert (row.numerator, row.denominator, row.value, row.known, row.parts) == (11, 102, D("10.7843"), 2, 2)


def test_all_at_once_is_what_one_by_one_made(world: World) -> None:
    top = world.indicator("Top", rolls_up="sum")
    for m in range(2):
        middle = world.indicator(f"Middle {m}", parent=top, rolls_up="sum")
        for n in range(3):
            world.read(world.indicator(f"Leaf {m} {n}", parent=middle), "2018", 10 * m + n)
    latest = world.indicator("Newest", rolls_up="latest", parent=None)
    world.read(world.indicator("Leaf of it", parent=latest), "2018", 4)
    fields = ("indicator", "period", "value", "known", "parts")
    one_by_one = sorted(rolling.Rolled.objects.values_list(*fields))
    rolling.roll_up_all(world.plan)
    assert sorted(rolling.Rolled.objects.values_list(*fields)) == one_by_one
    assert top.rolled.get().value == 36


def test_a_part_that_is_not_known_leaves_the_whole_incomplete(world: World) -> None:
    whole = world.indicator("All", rolls_up="sum")
    world.read(world.indicator("Known", parent=whole), "2018", 5)
    world.indicator("Silent", parent=whole)
    rolling.after_change(whole)
    row = whole.rolled.get()
    assert (row.value, row.known, row.parts) == (5, 1, 2)


def test_an_indicator_cannot_stand_above_itself(world: World) -> None:
    top = world.indicator("Top", rolls_up="sum")
    part = world.indicator("Part", parent=top, rolls_up="sum")
    with pytest.raises(ValidationError):
        measuring.edit_indicator(top, parent=part, by=None)


def test_a_reading_is_approved_by_somebody_else_or_returned_with_a_reason(world: World) -> None:
    found = world.indicator("Trained")
    besa = world.people["besa"]
    one = measuring.record_reading(found, period="2018", value=D(3), source="list", submit=True, by=besa)
    with pytest.raises(ValidationError):
        measuring.approve_reading(one, by=besa)
    with pytest.raises(ValidationError):
        measuring.return_reading(one, reason=" ", by=world.people["ana"])
    returned = measuring.return_reading(one, reason="Which list?", by=world.people["ana"])
    again = measuring.submit_reading(returned, by=besa)
    assert measuring.approve_reading(again, by=world.people["ana"]).state == "approved"


def test_a_newer_reading_replaces_the_older_which_stays(world: World) -> None:
    found = world.indicator("Trained")
    old, new = world.read(found, "2018", 3), world.read(found, "2018", 4)
    old.refresh_from_db()
    assert (old.state, new.state) == ("replaced", "approved")


def test_bad_readings_get_a_sentence(world: World) -> None:
    share = world.indicator("Share", scale="share")
    with pytest.raises(ValidationError) as nothing:
        measuring.record_reading(share, period="2018", numerator=D(0), denominator=D(0), source="x", by=None)
    assert "denominator" in nothing.value.message_dict
    with pytest.raises(ValidationError):
        measuring.record_reading(share, period="2018", numerator=D(3), denominator=D(2), source="x", by=None)
    measuring.lock_period(world.plan, period="2018", by=None)
    with pytest.raises(ValidationError) as locked:
        measuring.record_reading(share, period="2018-Q3", numerator=D(1), denominator=D(2), source="x", by=None)
    assert "2018" in locked.value.message_dict["period"][0]


def test_parts_above_and_below_the_whole_are_both_kept() -> None:
    rows = [("sex", "women", D(60)), ("sex", "men", D(50)), ("age", "young", D(40))]
    told = {one.dimension: one for one in rules.told_apart(rows, D(100), careful=False)}
    assert told["sex"].beyond == 10
    assert told["age"].missing == 60


def test_few_people_are_not_told_by_difference() -> None:
    told = rules.told_apart([("sex", "women", D(3)), ("sex", "men", D(50))], D(53), careful=True)[0]
    assert told.parts == (("women", None), ("men", None))
    assert told.missing is None
    # so few that all which is kept back would still tell them: a third part goes with them
    told = rules.told_apart([("age", "a", D(1)), ("age", "b", D(1)), ("age", "c", D(60))], D(62), careful=True)[0]
    assert {value for _key, value in told.parts} == {None}


def test_few_people_are_not_told_by_difference_of_two_pages(world: World) -> None:
    """61 in all, 40 and 18 in two places: the 3 of the third are on no page, in no file and in no chart."""
    whole = world.indicator("All", unit="people", rolls_up="sum")
    parts = [world.indicator(f"Part {n}", unit="people", parent=whole) for n in range(3)]
    for part, value in zip(parts, (40, 18, 3), strict=True):
        world.read(part, "2018", value)
    world.read(parts[0], "2018-H1", 38)  # and not by what is left of the year
    back = few.kept_back([whole], 0)
    assert back == {(parts[1].pk, "2018"), (parts[2].pk, "2018"), (parts[0].pk, "2018-H1"), (whole.pk, "2018-H1")}
    assert few.kept_back([whole], 1) == set()
    shown = {view: world.client().get(f"/en/plans/al.try/by/{view}").getvalue().decode() for view in (
        "indicators/", "readings/", "indicators.csv", "readings.csv", "history/",
    )}  # fmt: skip
    for view, page in shown.items():
        assert ("61 people" in page) or ("61" in page) or view in ("readings/", "readings.csv", "history/"), view
        for number in ("18", "3", "38"):
            assert not re.search(rf"(>|,){number}(\.0*)?( people|<|,)", page), (view, number)
    told = world.client().get("/api/plans/al.try/indicators").json()["items"]
    assert [(one["value"], one["kept_back"]) for one in told] == [
        ("61.0000", False),
        ("40.0000", False),
        *[(None, True)] * 2,
    ]
    for part in parts[1:]:
        row = world.client().get(f"/api/indicators/{part.code}/readings").json()["items"][0]
        assert (row["value"], row["kept_back"]) == (None, True)
    for part in parts[1:]:
        page = world.client().get(f"/en/indicators/{part.code}/").content.decode()
        assert "fewer than five, or kept with them" in page
        assert "18 people" not in page
        assert "3 people" not in page
    assert "18 people" in world.client("cvetan").get(f"/en/indicators/{parts[1].code}/").content.decode()


def test_of_a_share_of_people_both_sides_are_people(world: World) -> None:
    whole = world.indicator("All", scale="share", rolls_up="share", of_people=True)
    for n, (top, bottom) in enumerate(((97, 100), (30, 60), (40, 80))):
        world.read(
            world.indicator(f"Part {n}", scale="share", parent=whole), "2018", numerator=D(top), denominator=D(bottom)
        )
    assert len(few.kept_back([whole], 0)) == 2
    page = world.client().get("/en/plans/al.try/by/indicators/").content.decode()
    assert "97 %" not in page
    assert "69.6 %" in page


@pytest.mark.parametrize(
    ("value", "target", "baseline", "direction", "said"),
    [
        (10, 10, 0, "up", "reached"), (6, 10, 0, "up", "on_way"), (2, 10, 0, "up", "behind"),
        (2, 10, None, "up", "short"), (None, 10, 0, "up", "unknown"), (2, 1, 5, "down", "on_way"),
    ],
)  # fmt: skip
def test_lights(value: int | None, target: int, baseline: int | None, direction: str, said: str) -> None:
    numbers = [None if one is None else D(one) for one in (value, target, baseline)]
    assert rules.light(*numbers, direction) == said


def test_a_table_with_a_wrong_row_is_not_kept_and_the_row_is_named(world: World) -> None:
    found, share = world.indicator("Trained"), world.indicator("Share", scale="share")
    measuring.lock_period(world.plan, period="2017", by=None)
    head = "indicator;period;value;numerator;denominator;source;complete;sex: women;sex: men\n"
    rows = [
        f"{found.code};2018;12;;;list;jo;7;4",
        f"{found.code};2018-13;3;;;list;;;", "none;2018;1;;;x;;;", f"{share.code};2018;;1;0;x;;;",
        f"{found.code};2017-Q1;3;;;list;;;", f"{found.code};2018;12;;;list;;;", f"{found.code};2019;3;;;list;;-1;",
        f"{found.code};2020;3;;;list;perhaps;;",
    ]  # fmt: skip
    client, address = world.client("besa"), "/en/plans/al.try/readings/import/"
    answer = client.post(address, {"pasted": head + "\n".join(rows)})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert [f"Row {n}:" in told for n in range(2, 10)] == [False] + [True] * 7
    assert not Reading.objects.exists()
    file = SimpleUploadedFile("readings.csv", (head + rows[0].replace("list", "listë")).encode("cp1250"))
    assert client.post(address, {"file": file}).status_code == 302
    kept = Reading.objects.get()
    assert (kept.state, kept.complete, kept.source) == ("submitted", False, "listë")
    assert sorted(kept.parts.values_list("dimension", "key", "value")) == [("sex", "men", 4), ("sex", "women", 7)]
    again = client.post(address, {"pasted": head + rows[0]})
    assert again.status_code == 422
    assert "was handed in already" in again.content.decode()
    bytes_of_nothing = SimpleUploadedFile("readings.csv", b"indicator;period\x00\n\x98\x98")
    assert client.post(address, {"file": bytes_of_nothing}).status_code == 422
    assert Reading.objects.count() == 1


def test_many_are_approved_at_once_but_not_ones_own(world: World) -> None:
    whole = world.indicator("All", rolls_up="sum")
    parts = [world.indicator(f"Part {n}", parent=whole) for n in range(3)]
    for part, by in zip(parts, ("besa", "besa", "ana"), strict=True):
        measuring.record_reading(part, period="2018", value=D(5), source="x", submit=True, by=world.people[by])
    address = "/en/plans/al.try/readings/waiting/"
    told = world.client("ana").post(address, {"act": "all"}, follow=True).content.decode()
    assert "2 readings were approved." in told
    assert "1 wait on" in told
    assert (whole.rolled.get().value, whole.rolled.get().known) == (10, 2)
    assert world.client("cvetan").post(address, {"act": "all"}).status_code == 404
    rest = Reading.objects.get(state="submitted")
    world.client("besa").post(address, {"act": "chosen", "chosen": [rest.pk, "x"]})
    assert whole.rolled.get().value == 15


def test_an_objective_is_changed_and_moved_but_not_into_its_own_part(world: World) -> None:
    part = services.add_objective(world.plan, number="1.1", titles={"en": "Part"}, within=world.objective, by=None)
    second = services.add_objective(world.plan, number="2", titles={"en": "Second"}, by=None)
    client, address = world.client("besa"), f"/en/objectives/{world.objective.code}/edit/"
    said = {"title_en": "Better together", "number": "1", "seen": 1}
    assert client.post(address, said | {"within": part.code}).status_code == 422
    assert client.post(address, said | {"number": "2"}).status_code == 422
    assert client.post(address, said | {"after": second.code}).status_code == 302
    assert [one.number for one, _depth in queries.objectives(world.plan)] == ["2", "1", "1.1"]
    assert client.post(address, said).status_code == 409
    assert world.client("cvetan").get(address).status_code == 404
    page = world.client().get("/en/plans/al.try/").content.decode()
    assert page.index("2. Second") < page.index("1. Better together") < page.index("1.1. Part")


def test_a_large_plan_opens_a_part_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sofra.plans.views.WHOLE", 2)
    monkeypatch.setattr("sofra.plans.views.PAGE", 2)
    top = world.measure("Top", begins="2016")
    for title in ("Left", "Right"):
        world.measure(title, within=top)
    services.add_measure(world.plan, titles={"en": "Loose one"}, by=None)
    client = world.client()
    shut = client.get("/en/plans/al.try/").content.decode()
    assert "Right" not in shut
    assert "Open 1 measure" in shut
    assert "Right" in client.get(f"/en/plans/al.try/?objective={world.objective.code}").content.decode()
    assert "Loose one" in client.get("/en/plans/al.try/?objective=-").content.decode()
    for view in ("timeline", "bodies", "places", "money"):
        assert "Loose one" not in client.get(f"/en/plans/al.try/by/{view}/").content.decode()
        assert "Loose one" in client.get(f"/en/plans/al.try/by/{view}/?page=2").content.decode()
        if view != "money":
            assert "Loose one" in client.get(f"/en/plans/al.try/by/{view}.csv").getvalue().decode()


def test_a_reading_is_handed_in_and_approved_by_the_pages(world: World) -> None:
    found = world.indicator("Trained", unit="people", direction="up", baseline=D(0))
    measuring.set_target(found, period="2020", value=D(100), by=None)
    said = {"period": "2018", "value": "60", "source": "list", "parts": "sex; women; 40", "act": "submit"}
    assert world.client("besa").post(f"/en/indicators/{found.code}/readings/new/", said).status_code == 302
    number = Reading.objects.get().pk
    assert world.client("ana").post(f"/en/readings/{number}/", {"act": "approve"}).status_code == 302
    shown = world.client().get(f"/en/indicators/{found.code}/").content.decode()
    assert "20 not told apart" in shown
    assert "On the way" in shown


def test_the_report_of_a_plan(world: World) -> None:
    from sofra.plans import reporting

    world.read(world.indicator("Trained", measure=world.measure(begins="2016")), "2016", 12)
    for form in ("docx", "xlsx"):
        assert reporting.written(world.people["ana"], world.plan, form, "sq")[:2] == b"PK"


def test_the_first_plans_come_once(world: World) -> None:
    from django.conf import settings

    from sofra.plans import first_plans

    folder = settings.PROJECT / "data" / "plans"
    for code, name in (("cerrik", "Cërrik"), ("elbasan", "Elbasan"), ("librazhd", "Librazhd")):
        Place.objects.create(
            code=f"AL-{code}", kind="municipality", country="AL", path=f"AL/AL-{code}/", level=2, name=name,
            name_definite=name, name_en=name, sort_key=name,
        )  # fmt: skip
    assert first_plans.load(folder) == 33
    assert first_plans.load(folder) == 0
    strategy = Plan.objects.get(code="al.strategy-2015")
    assert strategy.objectives.count() == 4
    assert not services.Money.objects.exists()
    assert {plan.code for plan in strategy.nested.all()} == {"al.action-plan-2015-2020"}
    assert world.client().get("/indicators/bank.women-trained/").status_code == 200


def test_what_nobody_types_is_refused_in_words(world: World) -> None:
    """NUL in each field, and a pasted table that is one endless cell."""
    plan = services.add_plan(code="al.nul", kind="sector", titles={"en": "A plan"}, by=None)
    client = world.client("ana")
    fields = ["code", "title_sq", "title_en", "owner", "place", "under", "begins", "source", "kind", "visible_to"]
    assert client.post("/en/plans/new/", dict.fromkeys(fields, "\x00")).status_code == 422
    told = client.post(f"/en/plans/{plan.code}/readings/import/", {"pasted": "[" * 200_000})
    assert told.status_code == 422
