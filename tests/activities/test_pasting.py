"""A pasted table: looked over, mended, written at once or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sofra.accounts.models import User
from sofra.activities import pasting, services
from sofra.activities.drafts import ActivityDraft, Group
from sofra.activities.models import Activity, Batch, Unsaved, Version
from sofra.organisations.models import Organisation
from sofra.places.models import Place

HEADER = "Titulli\tVendi\tData\tGrupi i synuar\tNr i pjesëmarrësve\n"


@pytest.fixture
def table(client: Client, besa: User, ura: Organisation) -> Client:
    client.force_login(besa)
    return client


def paste(table: Client, ura: Organisation, text: str) -> Any:
    answer = table.post(reverse("own_paste", args=[ura.code]), {"text": text})
    return answer if answer.status_code != 302 else table.get(answer.url)


def say(table: Client, ura: Organisation, **said: Any) -> Any:
    return table.post(reverse("own_paste_check", args=[ura.code]), {"do": "mend", **said})


@pytest.mark.parametrize("sign", ["\t", ";", ","])
def test_cells_are_parted_as_spreadsheets_part_them(sign: str) -> None:
    text = sign.join(["Titulli", "Vendi", "Data"]) + "\n" + sign.join(["Një", "Pukë", "2026"]) + "\n\n"
    found = pasting.split_table(text + sign.join(['"Dy\nrreshta"', "Pukë", "2026"]))
    assert found.headed
    assert [number for number, _cells in found.rows] == [2, 4]
    assert found.rows[1][1][0] == "Dy\nrreshta"
    assert pasting.suggested(found) == ["title", "place", "when"]


def test_without_a_header_the_usual_order_is_taken() -> None:
    found = pasting.split_table("Takim me prindër\tPukë\t5.10.2026\nPunëtori\tFushë-Arrëz\t2026")
    assert not found.headed
    assert pasting.suggested(found) == ["title", "place", "when"]
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    "text", ["", "  \n ", HEADER, HEADER + "x\n" * 20_001, "x" * 5_000_001, "\t".join("abcd" * 20) + "\n1\t2"]
)
def test_what_is_no_table_or_too_long_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        pasting.split_table(text)
    assert refused.value.messages[0].endswith(".")


@pytest.mark.once
def test_five_thousand_rows_with_three_bad_ones(table: Client, ura: Organisation) -> None:
    rows = [f"Takimi {n}\tPukë\t{n % 28 + 1}.{n % 12 + 1}.2026\ttë rinj\t{n % 40}" for n in range(5000)]
    rows[9] = "Takimi i prishur\tPukë\t31.2.2026\ttë rinj\t5"
    rows[99] = "Tjetri\tWonderland\t2026\ttë rinj\t5"
    rows[999] = "\tPukë\t2026\ttë rinj\t-5"
    answer = paste(table, ura, HEADER + "\n".join(rows))
    shown = [(row["number"], [one["name"] for one in row["fields"]]) for row in answer.context["wrong"]]
    assert shown == [(11, ["when"]), (101, ["place"]), (1001, ["reached", "title"])]
    assert answer.context["right"] == 4997
    say(table, ura, do="write")
    assert not Activity.objects.exists()  # nothing is half-written
    mended = {"m-11-when": "28.2.2026", "shown": ["11", "101", "1001"], "left": "1001", "sure": "101"}
    answer = say(table, ura, **mended)
    assert not answer.context["wrong"]
    answer = say(table, ura, do="write", publish="1")
    assert answer.status_code == 302
    assert Activity.objects.filter(state="published").count() == 4999
    assert Version.objects.count() == 4999
    kept_words = Activity.objects.get(title="Tjetri")
    assert (kept_words.places, kept_words.place_text) == ([], "Wonderland")
    assert Activity.objects.get(title="Takimi i prishur").begins == "2026-02-28"
    assert not Unsaved.objects.exists()
    table.post(reverse("own_undo", args=[ura.code]))
    assert Activity.objects.filter(state="binned").count() == 4999


def test_they_are_drafts_unless_it_is_said_and_a_second_sending_writes_nothing(
    table: Client, ura: Organisation
) -> None:
    paste(table, ura, HEADER + "Një\tPukë\t2026\ttë rinj\t5")
    say(table, ura, do="write")
    say(table, ura, do="write")
    assert [one.state for one in Activity.objects.all()] == ["draft"]
    assert Batch.objects.count() == 1


def test_the_same_pasted_twice_is_noticed_and_asked_about(table: Client, ura: Organisation) -> None:
    text = HEADER + "Një\tPukë\t2026\ttë rinj\t5\nDy\tPukë\t2026\t\t\nDy\tPukë\t2026\t\t"
    answer = paste(table, ura, text)
    assert answer.context["twins"] == 1  # the third row says what the second does
    say(table, ura, do="write")
    assert Activity.objects.count() == 2
    answer = paste(table, ura, text)
    assert answer.context["twins"] == 3
    say(table, ura, do="write", twins="skip")
    assert Activity.objects.count() == 2
    paste(table, ura, text)
    say(table, ura, do="write", twins="again")
    assert Activity.objects.count() == 5


def test_what_no_form_sends_breaks_nothing(table: Client, ura: Organisation) -> None:
    paste(table, ura, HEADER + "Një\x00\tPukë\t40.1.2026\t\t")
    answer = say(table, ura, **{"m-" + "9" * 500 + "-title": "x", "left": "9" * 5000, "column": ["x"], "words": ["a"]})
    assert [row["number"] for row in answer.context["wrong"]] == [2]


def test_columns_can_be_told(table: Client, ura: Organisation) -> None:
    answer = paste(table, ura, "Pukë\tTakim\t2026\nPukë\tPunëtori\t2026")
    assert answer.context["wrong"]
    answer = say(table, ura, column=["place", "title", "when"])
    assert not answer.context["wrong"]
    say(table, ura, do="write", column=["place", "title", "when"])
    assert sorted(Activity.objects.values_list("title", flat=True)) == ["Punëtori", "Takim"]


def test_all_bad_rows_are_left_out_at_once_and_taken_in_again(table: Client, ura: Organisation) -> None:
    rows = "\n".join(f"Takimi {n}\tPukë\t40.{n % 12 + 1}.2026\t\t" for n in range(70))
    answer = paste(table, ura, HEADER + rows + "\nI mirë\tPukë\t2026\t\t")
    assert len(answer.context["wrong"]) == pasting.SHOWN
    assert answer.context["wrong_more"] == 40
    answer = table.get(say(table, ura, do="left").url)
    assert (answer.context["right"], answer.context["left"]) == (1, 70)
    assert say(table, ura, do="everything").context["wrong_more"] == 40


def test_rows_of_another_organisation_are_refused(
    table: Client, ura: Organisation, lugina: Organisation, cvetan: User
) -> None:
    answer = paste(table, ura, f"Titulli\tOrganizata\nE jona\t{ura.name}\nE tyre\t{lugina.name}")
    assert [row["number"] for row in answer.context["wrong"]] == [3]
    table.force_login(cvetan)
    for name in ("own_paste", "own_paste_check"):
        assert table.get(reverse(name, args=[ura.code])).status_code == 404


def test_an_ended_place_is_told_at_its_row(table: Client, ura: Organisation, albania: dict[str, Any]) -> None:
    place = albania["AL151"]
    place.valid_to = "2020-01-01"
    place.save()
    answer = paste(table, ura, HEADER + "Një\tFushë-Arrëz\t2026\t\t\nDy\tFushë-Arrëz\t2018\t\t")
    assert [(row["number"], row["fields"][0]["name"]) for row in answer.context["wrong"]] == [(2, "place")]


def test_a_pasted_table_waits_for_its_person(table: Client, ura: Organisation, ana: User) -> None:
    paste(table, ura, HEADER + "Një\tPukë\t2026\t\t")
    check = reverse("own_paste_check", args=[ura.code])
    assert check in table.get(reverse("own_activities", args=[ura.code])).content.decode()
    table.force_login(ana)
    assert table.get(check).status_code == 302


def test_a_table_of_more_than_five_million_letters_gets_a_sentence(table: Client, ura: Organisation) -> None:
    answer = table.post(reverse("own_paste", args=[ura.code]), {"text": "x" * 5_500_000})
    assert answer.status_code == 413
    assert "5 MB" in answer.content.decode()


def place(code: str, level: int, parent: Place, name: str) -> Place:
    kind = {2: "municipality", 3: "unit"}[level]
    return Place.objects.create(
        code=code, kind=kind, country="AL", parent=parent, path=f"{parent.path}{code}/", level=level, name=name,
        name_definite=name, name_en=name, sort_key=name,
    )  # fmt: skip


def test_words_for_places_that_are_not_clear_are_asked_about_once(
    table: Client, ura: Organisation, albania: dict[str, Place]
) -> None:
    lezhe = place("AL142", 2, albania["AL-03"], "Lezhë")
    dajc, other = place("AL142-03", 3, lezhe, "Dajç"), place("AL154-03", 3, albania["AL153"], "Dajç")
    rows = [f"Takimi {n}\t{'Dajç' if n % 2 else 'Wonderland'}\t2026\t\t" for n in range(6)]
    answer = paste(table, ura, HEADER + "\n".join([*rows, "I mirë\tPukë\t2026\t\t"]))
    assert answer.context["wrong"] == []
    assert [(one["words"], one["rows"]) for one in answer.context["places"]] == [("Wonderland", 3), ("Dajç", 3)]
    assert other.code in answer.context["places"][1]["says"]
    say(table, ura, do="write")
    assert not Activity.objects.exists()
    said = {"words": ["Wonderland", "Dajç"], "keep-0": "1", "place-0": "Wonderland", "place-1": f"Dajç ({dajc.code})"}
    answer = say(table, ura, **said)
    assert (answer.context["waiting"], answer.context["right"]) == (0, 7)
    say(table, ura, do="write")
    kept = list(Activity.objects.order_by("id").values_list("place_text", "places"))
    assert kept[:2] == [("Wonderland", []), (f"Dajç ({dajc.code})", [dajc.code])]


def test_a_bare_name_is_the_municipality_and_it_is_told(
    table: Client, ura: Organisation, albania: dict[str, Place]
) -> None:
    place("AL213", 2, albania["AL-03"], "Elbasan")
    answer = paste(table, ura, HEADER + "Një\tElbasan\t2026\t\t\nDy\tElbasan (AL-03)\t2026\t\t")
    assert answer.context["waiting"] == 0
    assert [words for words, _titles in answer.context["taken"]] == ["Elbasan"]
    say(table, ura, do="write")
    assert list(Activity.objects.order_by("id").values_list("places", flat=True)) == [["AL213"], ["AL-03"]]


def test_what_was_downloaded_can_be_pasted_again(
    table: Client, ura: Organisation, lugina: Organisation, ana: User
) -> None:
    draft = ActivityDraft(
        title="Trajnim, me presje", owner=ura.code, partners=[lugina.code], places=["AL153", "AL151"], about="E gjatë",
        begins="2026-03", ends="2026-04-05", audiences=["teachers", "youth"], themes=["youth"], languages=["sq", "en"],
        kinds=["capacity-building", "prevention"], status="held", mode="both", times_held=3, reached=60, counted="list",
        groups=[Group("sex", 40, sex="f"), Group("sex", 20, sex="m")], money=Decimal(5000), currency="EUR",
        results="https://www.example.org/r", source="Raporti",
    )  # fmt: skip
    made = services.add_activity(draft, by=ana, publish=True)
    for language in ("", "/en"):
        address = language + reverse("own_activities_download", args=[ura.code, "csv"])
        answer = paste(table, ura, b"".join(table.get(address)).decode())  # type: ignore[arg-type]
        assert answer.context["wrong"] == []
        assert answer.context["twins"] == 1
        read = answer.context["preview"].reads[0]
        assert [problem.says() for problem in read.problems] == []
        said = services.draft_of(made)
        for name in (
            "partners",
            "places",
            "begins",
            "ends",
            "languages",
            "status",
            "mode",
            "reached",
            "money",
            "groups",
        ):
            assert getattr(read.draft, name) == getattr(said, name), name
        for name in ("audiences", "themes", "kinds"):
            assert set(getattr(read.draft, name)) == set(getattr(said, name)), name
