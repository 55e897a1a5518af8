"""The lists under data/ are whole, say where each row comes from, and name no person."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sofra.activities import dates
from sofra.activities.models import Activity, Project
from sofra.activities.vocabulary import KINDS, Counted, Mode, Status
from sofra.coverage.models import PriorityArea
from sofra.exchange.columns import COLUMNS, LEFT_OUT
from sofra.exchange.names import split_name
from sofra.findings.models import Finding, Source
from sofra.ground.models import Visibility
from sofra.ground.text import fold
from sofra.mapping.models import Round
from sofra.organisations.phrases import read_activity_kinds, read_themes
from sofra.organisations.rules import classify
from sofra.organisations.vocabulary import Audience, Kind, Theme
from sofra.places.models import Place
from sofra.places.resolving import resolve
from sofra.training import chains
from sofra.training import queries as training
from sofra.training.models import Cohort, Programme
from sofra.web import first_lists

DATA = Path(__file__).parent.parent / "data"
ANNEX = (DATA / "annex-1.txt").read_text(encoding="utf-8")
HEADER = "No.\tTheme\tName of CSO / FBO\tGeographic Focus\tWebsite\tType of focus of activities"


def annex_rows() -> list[list[str]]:
    return [line.split("\t") for line in ANNEX.splitlines() if line[:1].isdigit()]


def chapter_rows() -> list[dict[str, str]]:
    with (DATA / "chapters.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_annex_has_its_55_rows_as_printed() -> None:
    rows = annex_rows()
    assert [int(row[0].rstrip(".")) for row in rows] == list(range(1, 56))
    assert {len(row) for row in rows} == {6}
    assert ANNEX.splitlines()[0] == "ANNEX I"
    assert ANNEX.splitlines().count(HEADER) == 8


@pytest.mark.parametrize(
    "quirk",
    ["\n40.\t", "\n41\t", "www.ymcatirana.ëordpress.com", "Kukës, Has\t-\t", "\tThe territory of Albania\t\t",
     "building community res\n",
     '"I, the Woman" Association', "“Another Vision” Center", "‘Pashko’ European Institute"],
)  # fmt: skip
def test_annex_keeps_its_quirks(quirk: str) -> None:
    assert quirk in ANNEX


def test_annex_rows_are_read_and_four_remain_to_be_asked() -> None:
    classes: dict[str, list[int]] = {}
    for row in annex_rows():
        themes, focus = read_themes(row[1]), read_activity_kinds(row[5])
        assert themes.codes, row
        assert focus.codes, row
        assert not focus.unread, row
        verdict = classify([*focus.codes, *read_activity_kinds(row[1]).codes])
        classes.setdefault(str(verdict.activity_class), []).append(int(row[0].rstrip(".")))
    assert classes.pop("unknown") == [22, 33, 34, 35]  # resilience whose goal the report does not state
    assert set(classes) == {"specific"}
    assert len(classes["specific"]) == 51


def test_chapters_say_kind_and_source_of_every_row() -> None:
    rows = chapter_rows()
    assert list(rows[0]) == "name other_names acronym kind place website part source note".split()
    for row in rows:
        assert None not in row, row
        assert all(value == value.strip() for value in row.values()), row
        assert row["name"], row
        assert row["kind"] in Kind.values, row
        assert re.search(r"chapter|footnote|foreword|Annex|paragraph|acronyms", row["source"]), row
        assert row["part"], row
        assert len(row["source"]) <= 300, row
    assert len({row["name"] for row in rows}) == len(rows)


def test_chapters_hold_the_lists_of_the_documents() -> None:
    rows = chapter_rows()
    grantees = [re.search(r"sub-grantees, no\. (\d+)", row["source"]) for row in rows]
    assert [int(found[1]) for found in grantees if found] == list(range(1, 21))
    assert sum("footnote 23" in row["source"] for row in rows) == 17
    assert sum(row["name"].startswith("Municipality of") for row in rows) == 19
    assert {row["place"] for row in rows if row["kind"] == "council"} == {
        "Cërrik", "Burrel", "Elbasan", "Librazhd", "Gramsh", "Prrenjas", "Peqin"
    }  # fmt: skip


def test_spellings_differ_from_annex_so_that_a_person_has_to_judge() -> None:
    annex = {fold(row[2]) for row in annex_rows()}
    names = {fold(row["name"]) for row in chapter_rows()}
    assert {
        "tjeter vizion",
        "other vision organization",
        "levizja rinore puke",
        "youth center of puke",
    } <= names - annex
    assert len(names & annex) < 12


def test_no_person_is_named() -> None:
    text = "".join((DATA / name).read_text(encoding="utf-8") for name in ("chapters.csv", "activities.csv")) + ANNEX
    persons = (
        "Vurmo Sulstarova Jashari Sojati Ngjela Llubani Pero, Konomi Gjuraj Stefa Kuko Peleshi Simoni Xhaxho Lloshi"
        " Aliaj Korkuti Vito Moses Mandro Qirjazi Shehu Hide Dragoti Ismaili Kisic"
    )
    for surname in persons.split():
        assert surname not in text
    assert not re.search(r"\b(Mr|Mrs|Ms|Prof|Dr|Av)\.\s", text)


@pytest.mark.parametrize("name", ["annex-1", "chapters", "activities"])
def test_recipes_fit_their_files(name: str) -> None:
    recipe = json.loads((DATA / "recipes" / f"{name}.json").read_text(encoding="utf-8"))
    rows = {"chapters": chapter_rows, "activities": activity_rows}
    header = HEADER.split("\t") if name == "annex-1" else list(rows[name]()[0])
    assert list(recipe["mapping"]) == header
    assert recipe["headers"] == [fold(column) for column in header]
    assert set(recipe["mapping"].values()) - {LEFT_OUT} <= set(COLUMNS[recipe.get("what", "organisations")].targets)


# — activities —————————————————————————————————————————————————————————————————————————————————————————————


def activity_rows() -> list[dict[str, str]]:
    with (DATA / "activities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def many(cell: str) -> list[str]:
    return cell.split(" | ") if cell else []


def the(title: str) -> dict[str, str]:
    """The one activity whose title begins so."""
    [row] = [row for row in activity_rows() if row["title"].startswith(title)]
    return row


def test_activities_say_the_source_of_every_row_in_order() -> None:
    rows = activity_rows()
    header = (
        "number title organisation partners project funders aim budget currency about kinds themes audiences places"
        " begins ends status mode languages times_held reached counted reached_complete women money source note"
    )
    assert list(rows[0]) == header.split()
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert None not in row, row
        assert all(value == value.strip() and "  " not in value for value in row.values()), row
        assert row["title"] or row["project"], row
        assert re.match(r"Mapping report 2018, .*(chapter|foreword|About|Annex)|Article on", row["source"]), row
        assert len(row["source"]) <= 300, row


def test_activities_use_the_codes_of_the_hub() -> None:
    known = {
        "kinds": set(KINDS), "themes": set(Theme.values), "audiences": set(Audience.values),
        "status": set(Status.values), "mode": set(Mode.values), "counted": set(Counted.values),
        "reached_complete": {"yes", "no"},
    }  # fmt: skip
    for row in activity_rows():
        for column, codes in known.items():
            assert set(many(row[column])) <= codes, row
        for column in ("begins", "ends"):
            assert dates.read_when(row[column]) == row[column], row
        dates.check_span(row["begins"], row["ends"])
        for column in ("times_held", "reached"):
            assert row[column] == "" or int(row[column]) > 0, row


def test_projects_stand_before_their_activities_and_say_nothing_of_an_activity() -> None:
    seen: set[str] = set()
    of_activities = "kinds themes audiences places status mode times_held reached counted reached_complete".split()
    for row in activity_rows():
        if not row["title"]:
            assert row["project"] not in seen
            assert not any(row[column] for column in of_activities), row
            seen.add(row["project"])
        else:
            assert not row["project"] or row["project"] in seen, row
            assert not row["funders"] + row["aim"], row
    assert len(seen) == 37


def test_activities_name_organisations_as_the_other_two_lists_do() -> None:
    printed = [row[2] for row in annex_rows()] + [row["name"] for row in chapter_rows()]
    names = {fold(name) for cell in printed for name in split_name(cell).names}
    for row in activity_rows():
        for column in ("organisation", "partners", "funders"):
            for name in re.split(r" \| | > ", row[column]) if row[column] else []:
                assert fold(name) in names, (row["number"], name)


def test_activities_are_where_the_resolver_is_sure_or_a_person_decided() -> None:
    decided = json.loads((DATA / "decisions.json").read_text(encoding="utf-8"))["places"]
    for row in activity_rows():
        for place in many(row["places"]):
            found = resolve(place)
            assert place in decided or (found.sure and found.codes), (row["number"], place)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Workshops in seven cities", {"begins": "2018-10", "ends": "2018-11", "reached": "140", "places": "",
                                       "times_held": "", "audiences": "youth"}),
        ("Two-day trainings of members of security councils", {"begins": "", "ends": "", "reached": "",
                                                              "places": "Cërrik, Elbasan and Librazhd"}),
        ("80 mentors", {"begins": "2017-01", "ends": "2018-04", "reached": "80", "places": "Pukë | Fushë-Arrëz"}),
        ("Students of the Law Faculty", {"begins": "2017", "ends": "2018", "places": "Municipality of Roskovec",
                                         "reached": ""}),
        ("28,000 teachers", {"begins": "2018-01-12", "reached": "28000", "places": "whole country",
                             "project": "Schools for Safer Communities"}),
        ("Five-day training of trainers", {"places": "Skopje", "reached": "3", "mode": "in-person", "begins": ""}),
        ("Support to five young researchers", {"begins": "2018", "ends": "2018", "reached": "5", "places": ""}),
        ("Round table that confirmed", {"begins": "2018-12-17", "ends": "2018-12-17", "reached": "", "places": ""}),
        ("Support to 21 civil society", {"organisation": "Terre des Hommes Albania", "reached": "", "places": ""}),
        ("Weekly religious activities in prisons", {"organisation": "Center for Human Correction",
                                                    "audiences": "returnees | prisoners"}),
    ],
)  # fmt: skip
def test_activities_say_what_the_report_says_and_no_more(title: str, said: dict[str, str]) -> None:
    row = the(title)
    assert {column: row[column] for column in said} == said


def test_each_of_the_twenty_sub_grants_is_a_project_paid_in_two_steps() -> None:
    paid = [row for row in activity_rows() if row["funders"] == "The European Union > Albanian Helsinki Committee"]
    assert len({row["organisation"] for row in paid}) == 20
    assert [int(re.search(r"no\. (\d+)", row["source"])[1]) for row in paid] == list(range(1, 21))  # type: ignore[index]
    assert paid[17]["project"].endswith("in the Municipality of Roskovec and in the surrounding rural areas")


def test_twenty_sessions_in_nineteen_municipalities_of_which_two_virtual() -> None:
    sessions = [row for row in activity_rows() if row["organisation"] == "PLGP" and row["title"]]
    trained = {row["name"] for row in chapter_rows() if row["name"].startswith("Municipality of")}
    assert len(sessions) == 20
    assert {row["places"] for row in sessions} == trained
    assert [row["places"] for row in sessions if row["mode"] == "online"] == [
        "Municipality of Elbasan", "Municipality of Vlora",
    ]  # fmt: skip
    assert all(row["times_held"] == "1" and not row["begins"] + row["ends"] + row["reached"] for row in sessions)
    [programme] = [row for row in activity_rows() if row["organisation"] == "PLGP" and not row["title"]]
    assert all(figure in programme["about"] for figure in ("530 ", "54 percent", "58 percent", "Twenty sessions"))


def test_every_row_of_annex_one_is_at_least_one_activity_without_a_date() -> None:
    found: dict[int, list[dict[str, str]]] = {}
    for row in activity_rows():
        if number := re.search(r"Annex I, row (\d+)$", row["source"]):
            found.setdefault(int(number[1]), []).append(row)
    assert set(found) == set(range(1, 56))
    printed = {int(row[0].rstrip(".")): row for row in annex_rows()}
    for number, rows in found.items():
        for row in rows:
            assert not row["begins"] + row["ends"] + row["reached"], row
            assert row["places"] == printed[number][3], row


def test_what_the_documents_do_not_give_is_empty() -> None:
    for row in activity_rows():
        assert not any(row[column] for column in ("budget", "currency", "languages", "women", "money", "counted")), row


@pytest.mark.django_db
def test_a_demo_of_an_earlier_version_gets_the_lists_whole_and_once(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    (tmp_path / "loaded").write_text('{"lists": ["annex-1.txt", "chapters.csv"]}')
    assert first_lists.missing() == first_lists.NAMES[2:]
    for wanted in (first_lists.missing(), ["activities.csv", first_lists.MAPPING]):
        first_lists.load_lists(wanted, lambda _said: None)
        rows = activity_rows()
        assert Activity.objects.filter(state="published").count() == sum(bool(row["title"]) for row in rows)
        assert Project.objects.filter(state="published").count() == sum(not row["title"] for row in rows)
    first_lists.remember_lists()
    assert first_lists.missing() == []
    priorities = PriorityArea.objects.values_list("place__name_en", "visible_to")
    assert set(priorities) == {("Cërrik", Visibility.MEMBERS), ("Bulqizë", Visibility.MEMBERS)}
    row = the("Two-day trainings of members of security councils")
    activity = Activity.objects.get(title=row["title"])
    assert activity.owner is not None
    assert (activity.owner.code, activity.places) == ("al.local-autonomy-governance", ["AL212", "AL213", "AL215"])
    assert activity.source == row["source"]
    roskovec = Project.objects.get(title__endswith="in the surrounding rural areas")
    chain = roskovec.parties.filter(part="funder").values_list("step", "organisation__code")
    assert list(chain) == [(1, "al.eu"), (2, "al.ahc")]
    for activity in Activity.objects.filter(owner__code="al.plgp"):
        assert (activity.begins, activity.ends, activity.reached, activity.times_held) == ("", "", None, 1)
    named = [row for row in rows if row["title"] and row["organisation"]]
    assert Activity.objects.exclude(owner=None).count() == len(named)
    the_training_programme_is_as_the_article_states_it()


def the_training_programme_is_as_the_article_states_it() -> None:
    """What the article says of all sessions stays of all sessions; of a single one it says no number."""
    programme = Programme.objects.get(code="al.municipal-training")
    held = list(programme.sessions.values_list("activity__places", "activity__mode"))
    places = Counter(code for codes, _mode in held for code in codes)
    names = {place.code: place.name_en for place in Place.objects.filter(code__in=places)}
    assert (len(held), len(places)) == (20, 19)
    assert {names[code]: n for code, n in places.items() if n > 1} == {"Tirana": 2}
    assert {names[codes[0]] for codes, mode in held if mode == "online"} == {"Elbasan", "Vlorë"}
    assert "Devoll" in names.values()  # Bilisht is its seat
    stated = {one.what: (one.value, one.unit, one.about, one.base) for one in programme.stated.all()}
    assert stated == {
        "municipalities": (19, "places", False, None), "sessions": (20, "sessions", False, None),
        "attendees": (530, "people", False, None), "women": (54, "%", False, None),
        "first_time": (58, "%", True, None),
    }  # fmt: skip
    totals = training.totals_of(training.sessions(Visibility.PUBLIC).filter(programme=programme), Visibility.PUBLIC)
    assert (totals.sessions, totals.counted, totals.attendees, totals.parts) == (20, 0, None, {})
    beside = {line.name: (line.computed, len(line.stated)) for line in training.side_by_side(programme, totals)}
    assert list(beside.values())[:3] == [("19", 1), ("20", 1), ("nuk është thënë për seancë", 1)]
    people = {one.people for one in Cohort.objects.filter(role__in=["peers", "mentors"])}
    assert (people, Cohort.objects.filter(people=None).count()) == ({3, 80}, 2)
    assert chains.reach(chains.cohorts(Visibility.PUBLIC), Visibility.PUBLIC) == chains.Reach(83, 2, 2)
    assert not Activity.objects.filter(about__contains="organisation:").exists()
    the_mapping_of_2018_is_there_once()


def the_mapping_of_2018_is_there_once() -> None:
    """What the report does not say is unknown: no time of an answer, no place of the table, no objection."""
    round_ = Round.objects.get(code="al.2018.mapping")
    assert (round_.code, round_.country, round_.begins, round_.ends, round_.version) == (
        "al.2018.mapping", "AL", "", "", None,
    )  # fmt: skip
    took_part = round_.invitations.exclude(elsewhere="")
    assert took_part.count() == round_.invitations.count() == 55
    assert not took_part.exclude(invited_at=None, opened_at=None, begun_at=None, sent_at=None).exists()
    told = list(csv.DictReader((DATA / "mapping-2018" / "findings.csv").open(encoding="utf-8", newline="")))
    findings = Finding.objects.filter(round=round_)
    assert findings.filter(state="confirmed", steps__table__code="al.2018.mapping.t01").count() == len(told)
    assert not findings.filter(evidence=None).exists()
    marks = sum(len(row["evidence"].split()) for row in told)
    assert sum(finding.evidence.count() for finding in findings) == marks
    [table] = round_.tables.all()
    assert (table.on, table.place, table.state, table.seats.filter(present=True).count()) == (
        "2018-12-17",
        "",
        "closed",
        17,
    )
    assert not Source.objects.exclude(person="").exists()


def test_a_mapping_whose_organisations_are_missing_is_left_out_with_a_sentence(db: None) -> None:
    said: list[str] = []
    first_lists.rebuild_mapping(said.append)
    assert "respondents.csv" in said[-1]
    assert "there is no “al.osce-presence-albania”. Load the lists of organisations" in said[-1]
    assert not Round.objects.filter(code="al.2018.mapping").exists()
