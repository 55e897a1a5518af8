"""Activities and projects from a file: what comes in, what asks, what a second time and an undo do."""

import csv
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.activities import services as activities
from sofra.activities.drafts import ActivityDraft, Group, ProjectDraft
from sofra.activities.models import Activity, Presence, Project
from sofra.exchange import services
from sofra.exchange.columns import COLUMNS
from sofra.exchange.models import Import, Recipe
from sofra.exchange.problems import says, weight
from sofra.exchange.reading import Unreadable
from sofra.ground.models import AuditLine, Visibility
from sofra.organisations.models import Organisation
from sofra.places.models import Place

pytestmark = pytest.mark.django_db
HEADER = "Organizata,Aktiviteti,Vendi,Kur,Për kë,Pjesëmarrës"
LIST = (
    f"{HEADER}\nUra,Punëtori me të rinjtë,Pukë,tetor – nëntor 2018,të rinj,140\n"
    "Lugina,Takim me prindër,Fushë-Arrëz,2018,prindër,\n"
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return settings.DATA


@pytest.fixture
def ura(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation("Qendra “Ura”", acronym="URA")


@pytest.fixture
def lugina(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation("Lugina")


def bring(content: str, name: str = "a.csv", *, by: User | None = None, publish: bool = True, **options: Any) -> Import:
    """Upload, map as suggested, check."""
    imported = services.upload_file([content.encode()], name=name, by=by, what="activities", source="A list")
    if options:
        imported.options = options
        imported.save()
    services.map_columns(imported, mapping=imported.mapping, source=imported.source, by=by, publish=publish)
    return services.check_import(imported.pk)


def carry_out(imported: Import) -> Import:
    services.start_import(imported, by=None)
    return services.run_import(imported.pk)


def verdicts(imported: Import) -> list[str]:
    return list(imported.rows.order_by("number").values_list("verdict", flat=True))


def standing() -> list[Activity]:
    return list(Activity.objects.exclude(state="binned").order_by("id"))


def told(imported: Import, number: int) -> list[str]:
    row = imported.rows.get(number=number)
    return [says(found, verdict=row.verdict) for found in row.problems]


def test_rows_become_activities_and_a_second_time_adds_nothing(ura: Organisation, lugina: Organisation) -> None:
    done = carry_out(bring(LIST))
    assert (done.state, done.counts["new"]) == ("done", 2)
    first, second = standing()
    assert (first.owner, first.title, first.places) == (ura, "Punëtori me të rinjtë", ["AL153"])
    assert (first.begins, first.ends, first.audiences, first.reached) == ("2018-10", "2018-11", ["youth"], 140)
    assert (first.state, first.batch, first.source) == ("published", done.batch, "A list, rreshti 2")
    assert (second.owner, second.begins, second.reached, second.status) == (lugina, "2018", None, "unknown")
    assert set(Presence.objects.values_list("place", flat=True)) == {"AL153", "AL151"}
    assert [row.activity for row in done.rows.order_by("number")] == [first, second]
    again = bring(LIST, "again.csv")
    assert verdicts(again) == ["same", "same"]
    assert carry_out(again).counts["same"] == 2
    assert standing() == [first, second]
    assert AuditLine.objects.filter(what="import.done").count() == 2


def test_the_same_activity_in_other_words_is_known(ura: Organisation) -> None:
    carry_out(bring(f"{HEADER}\nUra,Punëtori me të rinjtë,Pukë,2018-10,,\n"))
    other = "Where,Title,Owner,When,Reached\nBashkia Pukë,PUNETORI ME TE RINJTE,URA,10.2018,90\n"
    imported = bring(other, "other.csv")
    assert verdicts(imported) == ["same"]
    assert "in the hub already (al.a" in told(imported, 2)[0]


def test_undo_takes_back_exactly_this_import(ura: Organisation, lugina: Organisation, ana: User) -> None:
    activities.add_activity(ActivityDraft(title="E vetja", owner=ura.code), by=ana, publish=True)
    done = carry_out(bring(LIST))
    changed = standing()[-1]
    draft = activities.draft_of(changed)
    draft.title = "E ndryshuar"
    activities.edit_activity(changed, draft, by=ana, seen=1)
    services.undo_import(done, by=ana)
    assert [one.title for one in standing()] == ["E vetja", "E ndryshuar"]
    with pytest.raises(services.NotNow):
        services.undo_import(done, by=ana)
    again = bring(LIST, "again.csv")
    assert verdicts(again) == ["new", "new"]


def test_an_unknown_organisation_asks_and_the_likely_ones_are_offered(
    organisation: Callable[..., Organisation], ura: Organisation
) -> None:
    vision = organisation("Another Vision Center", place="AL153")
    text = f"{HEADER}\nQendra Another Vision,Takimi A,Pukë,2018,,\nQendra Another Vision,Takimi B,Pukë,2018,,\n"
    text += "Askush fare,Takimi C,Pukë,2018,,\n"
    imported = bring(text)
    assert verdicts(imported) == ["ask"] * 3
    rows = list(imported.rows.order_by("number"))
    assert [row.asks for row in rows] == ["body"] * 3
    assert rows[0].reading["bodies"][0]["alternatives"][0][0] == vision.code
    services.decide_rows(imported, rows[:2], by=None, body=vision.code, body_of="Qendra Another Vision")
    services.decide_rows(imported, rows[2:], by=None, body="")
    assert verdicts(imported) == ["new"] * 3
    carry_out(imported)
    assert [one.owner for one in standing()] == [vision, vision, None]
    assert "Organizata: Askush fare" in standing()[2].about


def test_decided_beforehand(ura: Organisation) -> None:
    text = f"{HEADER}\nAskush fare,Takimi C,Pukë,2018,,\n"
    imported = bring(text, organisations={"askush FARE": ura.code})
    assert verdicts(imported) == ["new"]


def test_an_organisation_that_was_joined_stands_for_both(
    organisation: Callable[..., Organisation], ura: Organisation, ana: User
) -> None:
    from sofra.organisations import services as registry

    double = organisation("Ura Qendra e Vjetër")
    registry.judge_same(left=ura, right=double, by=ana)
    imported = bring(f"{HEADER}\n{double.code},Takimi,Pukë,2018,,\n")
    assert verdicts(imported) == ["new"]
    assert carry_out(imported).counts["new"] == 1


def test_bad_rows_say_what_would_be_right_and_the_good_ones_come_in(ura: Organisation) -> None:
    text = (
        "Owner,Title,Where,Begins,Ends,Reached,Women,Times held\n"
        "Ura,End before start,Pukë,2018-05-01,2018-04-01,,,\n"
        "Ura,Year of the past,Pukë,01.01.0020,,,,\n"
        "Ura,No such day,Pukë,31.02.2018,,,,\n"
        "Ura,Less than none,Pukë,2018,,-5,,\n"
        "Ura,Parts above the total,Pukë,2018,,10,12,\n"
        "Ura,,Pukë,2018,,,,\n"
        "Ura,Whole hall,Pukë,2018,,25000,,1\n"
        "Ura,Good,Pukë,2018,2018,10,4,1\n"
    )
    imported = bring(text)
    assert verdicts(imported) == ["bad"] * 6 + ["ask", "new"]
    for number, word in ((2, "before it begins"), (3, "year 0020"), (4, "no day 31"), (5, "less than 0"),
                         (6, "add up to 12"), (7, "few words")):  # fmt: skip
        assert any(word in sentence for sentence in told(imported, number)), told(imported, number)
    row = imported.rows.get(number=8)
    assert row.asks == "doubt"
    assert "very many" in told(imported, 8)[0]
    services.decide_rows(imported, [row], by=None, accept=True)
    carry_out(imported)
    assert [one.title for one in standing()] == ["Whole hall", "Good"]
    assert standing()[1].groups.get().number == 4


def test_unsure_places_ask_and_unread_words_are_told(ura: Organisation) -> None:
    text = f"{HEADER}\nUra,Takimi,Elbasan,2018,njerëz të mirë,\n"
    imported = bring(text)
    row = imported.rows.get()
    assert row.asks == "place"
    assert any("njerëz të mirë" in sentence for sentence in told(imported, 2))
    services.decide_rows(imported, [row], by=None, place=[])
    carry_out(imported)
    made = standing()[0]
    assert (made.places, made.place_text) == ([], "Elbasan")
    assert "njerëz të mirë" in made.about


def test_the_whole_country_and_online(ura: Organisation) -> None:
    carry_out(bring(f"{HEADER}\nUra,Fushatë,Shqipëri,2018,,\nUra,Bisedë,online,2018,,\n"))
    campaign, talk = standing()
    assert (campaign.whole_country, campaign.places) == (True, [])
    assert (talk.mode, talk.places, talk.whole_country) == ("online", [], False)


PROJECTS = (
    "title,organisation,partners,project,funders,aim,budget,currency,places,begins,ends\n"
    ",Ura,Lugina,Ura e re,Donatori | Lugina > Ura,A calmer valley,12000,EUR,,2017,2018\n"
    "Takimi i parë,Ura,,Ura e re,,,,,Pukë,2018-01,\n"
    "Takimi i dytë,Lugina,,Ura e re,,,,,Pukë,2018-02,\n"
    "Vetëm,Lugina,,,Donatori,,,,Pukë,2018-03,\n"
)


def test_projects_come_in_with_their_activities_and_go_with_them(
    organisation: Callable[..., Organisation], ura: Organisation, lugina: Organisation
) -> None:
    giver = organisation("Donatori", kind="donor")
    imported = bring(PROJECTS)
    assert verdicts(imported) == ["new"] * 4
    done = carry_out(imported)
    assert done.state == "done"
    project, alone = Project.objects.order_by("id")
    assert (project.title, project.owner, project.aim, project.begins) == ("Ura e re", ura, "A calmer valley", "2017")
    assert (str(project.budget), project.currency, project.budget_visible_to) == ("12000.00", "EUR", 1)
    parties = {(one.part, one.organisation.name, one.step) for one in project.parties.all()}
    assert parties == {
        ("lead", "Qendra “Ura”", 0),
        ("partner", "Lugina", 0),
        ("funder", "Donatori", 1),
        ("funder", "Lugina", 1),
        ("funder", "Qendra “Ura”", 2),
    }
    assert [one.project for one in standing()] == [project, project, alone]
    assert (alone.title, alone.owner, alone.parties.get(part="funder").organisation) == ("Vetëm", lugina, giver)
    assert standing()[0].ends == ""
    assert done.rows.get(number=2).project == project
    again = bring(PROJECTS, "again.csv")
    assert verdicts(again) == ["same"] * 4
    more = bring("title,organisation,project\nTakimi i tretë,Ura,Ura e re\n", "more.csv")
    carry_out(more)
    assert standing()[-1].project == project
    services.undo_import(done, by=None)
    project.refresh_from_db()
    alone.refresh_from_db()
    assert (project.state, alone.state) == ("published", "binned")  # the first still holds what came later
    services.undo_import(Import.objects.get(pk=more.pk), by=None)
    assert not standing()


def test_a_project_of_the_same_name_of_another_organisation_is_another(ura: Organisation, lugina: Organisation) -> None:
    text = "title,organisation,project\nA,Ura,Dialog\nB,Lugina,Dialog\n"
    carry_out(bring(text))
    assert Project.objects.count() == 2


def test_nothing_is_told_of_what_a_sealed_organisation_does(ura: Organisation, lugina: Organisation, ana: User) -> None:
    project = activities.add_project(ProjectDraft(title="Fshehtë", owner=lugina.code), by=ana, publish=True)
    hidden = activities.add_activity(ActivityDraft(title="Takimi", owner=lugina.code, begins="2018"), by=ana)
    Organisation.objects.filter(pk=lugina.pk).update(visible_to=Visibility.SEALED)
    told = []
    for activity, of_project, code in (
        (hidden.code, project.code, lugina.code),
        ("al.a9999", "al.p9999", "al.never-there"),
    ):
        lines = (f"{activity},Takimi,{code},,2018", f",Tjetër,Ura,{of_project},2018", ",Tri,Lugina,,2018")
        text = "\n".join(["id,title,owner,project,when", *lines])
        rows = bring(text).rows.order_by("number")
        said = json.dumps(
            [[row.verdict, row.asks, row.activity_id, row.problems, row.reading["bodies"]] for row in rows]
        )
        told.append(said.replace(activity, "…").replace(code, "…").replace(of_project, "…"))
    assert told[0] == told[1]
    assert "project-unknown" in told[0]


def test_rows_that_repeat_each_other(ura: Organisation) -> None:
    row = "Ura,Takimi,Pukë,2018,të rinj,10"
    imported = bring(f"{HEADER}\n{row}\n{row}\nUra,Takimi,Pukë,2018,prindër,20\n")
    assert verdicts(imported) == ["new", "skip", "ask"]
    third = imported.rows.get(number=4)
    assert third.same_row == 2
    services.decide_rows(imported, [third], by=None, twin="new")
    assert carry_out(imported).counts["new"] == 2


def test_two_checked_files_with_the_same_rows_make_no_doubles(ura: Organisation, lugina: Organisation) -> None:
    first, second = bring(LIST), bring(LIST, "b.csv")
    assert verdicts(second) == ["new", "new"]
    carry_out(first)
    assert carry_out(second).counts["same"] == 2
    assert len(standing()) == 2
    assert set(second.rows.values_list("activity", flat=True)) == {one.pk for one in standing()}


def test_an_organisation_that_ended_meanwhile_leaves_its_row_out_and_says_so(
    ura: Organisation, lugina: Organisation, ana: User
) -> None:
    from sofra.organisations import services as registry

    imported = bring(LIST)
    registry.undo_change(lugina.created_in, by=ana)
    done = carry_out(imported)
    assert (done.counts["new"], done.counts["bad"]) == (1, 1)
    assert "no organisation" in told(done, 3)[-1]


def test_drafts_are_seen_by_nobody_else(ura: Organisation, lugina: Organisation) -> None:
    carry_out(bring(LIST, publish=False))
    assert {one.state for one in standing()} == {"draft"}
    assert not Presence.objects.exists()


@pytest.mark.once
def test_five_thousand_rows_with_three_bad_ones(ura: Organisation, lugina: Organisation) -> None:
    lines = [f"Ura,Takimi {n},Pukë,{n % 28 + 1}.{n % 12 + 1}.2018,të rinj,{n % 50}" for n in range(5_000)]
    for bad in (17, 2_500, 4_999):
        lines[bad] = f"Ura,Takimi {bad},Pukë,31.2.2018,të rinj,5"
    imported = bring("\n".join([HEADER, *lines]))
    done = carry_out(imported)
    assert (done.counts["new"], done.counts["bad"]) == (4_997, 3)
    assert list(done.rows.filter(verdict="bad").values_list("number", flat=True)) == [19, 2_502, 5_001]
    assert Activity.objects.count() == Presence.objects.count() == 4_997
    services.undo_import(done, by=None)
    assert not standing()


def test_a_recipe_of_another_kind_is_refused_in_a_sentence(ura: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(LIST, "utf-8")
    with pytest.raises(CommandError, match="is for organisations"):
        call_command("import", "activities", str(file), recipe="chapters")
    assert not Import.objects.exists()


def test_a_file_without_titles_is_refused(ura: Organisation) -> None:
    imported = services.upload_file([b"Owner,Where\nUra,Puke\n"], name="a.csv", by=None, what="activities")
    with pytest.raises(services.NotNow, match="what is done"):
        services.map_columns(imported, mapping=imported.mapping, source="", by=None)
    with pytest.raises(Unreadable):
        bring("\x00\x00", "b.csv")


def test_command(ura: Organisation, lugina: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(LIST.replace("Lugina", "Askush"), "utf-8")
    out = StringIO()
    call_command("import", "activities", str(file), dry_run=True, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["what"], answer["counts"]["new"], answer["counts"]["ask"]) == ("activities", 1, 1)
    assert answer["rows"][1]["organisations"][0]["text"] == "Askush"
    assert not Activity.objects.exists()
    decisions = tmp_path / "d.json"
    decisions.write_text(json.dumps({"organisations": {"Askush": lugina.code}}))
    call_command("import", "activities", str(file), decide=decisions, drafts=True, stdout=StringIO())
    assert [(one.owner, one.state) for one in standing()] == [(ura, "draft"), (lugina, "draft")]


# — the pages ——————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def mapper(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_all_steps(mapper: Client, ura: Organisation, lugina: Organisation) -> None:
    assert 'value="activities" ' in mapper.get("/en/imports/new/?what=activities").content.decode()
    text = LIST.replace("Ura,", "Qendra e Urës,").replace("Pukë", "Elbasan")
    file = SimpleUploadedFile("a.csv", text.encode())
    mapper.post("/en/imports/new/", {"what": "activities", "file": file, "source": "A list"})
    imported = Import.objects.get()
    here = f"/en/imports/{imported.pk}"
    page = mapper.get(f"{here}/columns/").content.decode()
    assert "Publish what comes in" in page
    fields = {f"column-{n}": field for n, field in enumerate(map(imported.mapping.get, imported.shape["columns"]))}
    assert list(fields.values()) == ["owner", "title", "place", "when", "audience", "reached"]
    page = mapper.post(
        f"{here}/columns/", {"step": "columns", **fields, "remember_as": "Tonat", "publish": "on"}, follow=True
    )
    assert "Qendra e Urës" in page.content.decode()
    assert Recipe.objects.get().what == "activities"
    assert mapper.get(f"{here}/rows/?verdict=ask&asks=body").status_code == 200
    page = mapper.get(f"{here}/rows/2/").content.decode()
    assert "Which organisation is meant by “Qendra e Urës”?" in page
    wrong = mapper.post(f"{here}/rows/2/", {"body-other-0": "Nobody at all", "place-0": ["AL-03"]})
    assert wrong.status_code == 422
    assert "has no organisation" in wrong.content.decode()
    assert mapper.post(f"{here}/rows/2/", {"place-0": ["AL-03"]}).status_code == 422
    Place.objects.create(
        code="AL-03", kind="county", country="AL", path="AL/AL-03/", level=1, name="Elbasan", sort_key="E"
    )
    answer = mapper.post(
        f"{here}/rows/2/", {"body-other-0": "URA", "same-body-0": "on", "place-0": ["AL-03"]}, follow=True
    )
    assert "No row waits" in answer.content.decode()
    answer = mapper.post(f"{here}/start/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{here}/report/"
    assert "new activity" in answer.content.decode()
    assert [one.owner for one in standing()] == [ura, lugina]
    assert mapper.get(f"{here}/undo/").status_code == 200
    assert "was taken back" in mapper.post(f"{here}/undo/", follow=True).content.decode()
    assert "activities" in mapper.get("/en/imports/").content.decode()


def test_one_word_on_all_unknown_organisations(mapper: Client, lugina: Organisation) -> None:
    imported = bring(LIST.replace("Ura,", "Askush,"))
    page = mapper.get(f"/en/imports/{imported.pk}/rows/?verdict=ask").content.decode()
    assert "leave unknown organisations open" in page
    assert "add to the likeliest record" not in page
    mapper.post(f"/en/imports/{imported.pk}/rows/", {"action": "keep-bodies", "verdict": "ask"})
    assert verdicts(imported) == ["new", "new"]


def test_members_do_not_import(client: Client, ura: Organisation) -> None:
    cvetan = User.objects.create_user("cvetan@example.org", "not-a-real-secret", name="Cvetan")
    RoleGrant.objects.create(user=cvetan, role=roles.MEMBER.code)
    client.force_login(cvetan)
    file = SimpleUploadedFile("a.csv", LIST.encode())
    assert client.post("/en/imports/new/", {"what": "activities", "file": file}).status_code == 403


def test_a_download_comes_back_unchanged(mapper: Client, ura: Organisation, lugina: Organisation, ana: User) -> None:
    before = [
        ActivityDraft(
            title="Punëtori; me “të rinjtë”", owner=ura.code, partners=[lugina.code], about="Fjalia e parë.",
            kinds=["dialogue", "prevention"], themes=["youth", "dialogue"], audiences=["youth", "parents"],
            places=["AL153", "AL151"], begins="2018-10", ends="2018-11-05", status="held", mode="both", times_held=7,
            reached=140, counted="list", reached_complete=True, languages=["sq", "en"], money=Decimal("1200.50"),
            currency="EUR", results="https://www.example.org/a", source="Raporti, f. 3",
            groups=[Group("sex", 80, sex="f"), Group("sex", 60, sex="m")],
        ),
        ActivityDraft(title="Fushatë", owner=lugina.code, whole_country=True, begins="2017", status="running"),
        ActivityDraft(title="Pa asgjë"),
    ]  # fmt: skip
    batch = activities.open_batch(kind="paste", by=ana, owner=None)
    made = activities.add_many(before, by=ana, batch=batch, publish=True)
    text = b"".join(mapper.get("/en/activities.csv").streaming_content).decode()  # type: ignore[attr-defined]
    known = bring(text, "known.csv")
    assert verdicts(known) == ["same"] * 3
    assert set(known.rows.values_list("activity", flat=True)) == {one.pk for one in made}
    activities.undo_batch(batch, by=ana)
    imported = services.upload_file([text.encode()], name="back.csv", by=None, what="activities")
    services.map_columns(imported, mapping=imported.mapping, source="", by=None)
    done = carry_out(services.check_import(imported.pk))
    assert done.counts["new"] == 3, [row.problems for row in done.rows.all()]
    after = {one.title: activities.said_of(activities.draft_of(one)) for one in standing()}
    for draft in before:
        said, came = activities.said_of(draft), after[draft.title]
        for name in ("place_text", *(() if draft.source else ("source",))):
            said.pop(name), came.pop(name)
        assert came == said


def test_a_page_of_rows_asks_as_much_for_three_as_for_one(
    mapper: Client, ura: Organisation, lugina: Organisation
) -> None:
    counts = []
    for number in (1, 3):
        rows = "".join(
            f"Ura,Takimi {n},Pukë,2018,,\nAskush {n},Takim tjetër {n},Elbasan,2018,,\n" for n in range(number)
        )
        imported = bring(f"{HEADER}\n{rows}", f"{number}.csv")
        with CaptureQueriesContext(connection) as asked:
            assert mapper.get(f"/en/imports/{imported.pk}/rows/").status_code == 200
        done = carry_out(imported)
        with CaptureQueriesContext(connection) as shown:
            assert mapper.get(f"/en/imports/{done.pk}/report/").status_code == 200
        services.undo_import(done, by=None)
        counts.append((len(asked), len(shown)))
    assert counts[0] == counts[1]


NASTY = (
    "Ura|al.qendra-ura|Pukë|AL153|Shqipëri|online|2018|31.2.2018|0020|tetor – nëntor 2018|-5|10000000000000000000|1e9|٣"
    "|12 000 EUR|€5|-1 EUR|EUR|po|jo|held|të rinj|> ; >|Ura > Ura|al.a1|al.p1|=1+1|https://x.example|javascript:alert(1)"
    "|𝓤𝓻𝓪|; ;"
).split("|")
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)
CELLS = st.one_of(TEXT, st.sampled_from([*NASTY, "x" * 400, "a | b"]))
FIELDS = [*COLUMNS["activities"].targets]


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)  # fmt: skip
@given(rows=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, CELLS)), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_a_row_comes_in_or_says_why(rows: list[dict[str, str]], db: None) -> None:
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(FIELDS)
    writer.writerows([[row.get(name, "") for name in FIELDS] for row in rows])
    with transaction.atomic():
        upload = services.upload_file([table.getvalue().encode()], name="a.csv", by=None, what="activities")
        try:
            services.map_columns(upload, mapping={name: name for name in upload.shape["columns"]}, source="", by=None)
        except services.NotNow:
            return
        imported = services.check_import(upload.pk)
        if imported.state == "checked":
            services.take_doubtful_as_new(imported, by=None)
            done = carry_out(imported)
            assert done.state == "done"
            assert not done.rows.filter(verdict="ask").exists()
            for row in done.rows.filter(verdict="new"):
                assert (row.activity is None) != (row.project is None)
            for row in done.rows.filter(verdict="bad"):
                assert any(weight(found) == "bad" and says(found) for found in row.problems)
            services.undo_import(done, by=None)
            assert not standing()
        transaction.set_rollback(True)
