"""The questionnaire that ships with the hub: the workbook is what the sheets say, and its codes are the hub's own."""

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from pyxform.xls2xform import convert

from sofra.activities.vocabulary import Form, Status
from sofra.mapping import readings
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Kind, Theme
from sofra.questionnaires import bindings, showing, xform
from sofra.questionnaires.instance import Instance

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "questionnaires" / "al.mapping"


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_questionnaire", ROOT / "tools" / "make_questionnaire.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def form() -> xform.Form:
    warnings: list[str] = []
    made = convert(str(FOLDER.with_name("al.mapping.xlsx")), warnings=warnings).xform
    assert warnings == []
    return xform.parse(made)


def rows(sheet: str) -> list[dict[str, str]]:
    with (FOLDER / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> set[str]:
    return {row["name"] for row in rows("choices") if row["list_name"] == name}


def test_the_workbook_is_made_of_the_sheets() -> None:
    assert maker().workbook(FOLDER) == FOLDER.with_name("al.mapping.xlsx").read_bytes()


def test_its_codes_are_those_of_the_hub() -> None:
    assert codes("kinds") == set(Kind.values)
    assert codes("themes") == set(Theme.values)
    assert codes("audiences") == set(Audience.values)
    assert codes("forms") == set(Form.values)
    assert codes("status") == set(Status.values)
    assert codes("specific") | codes("relevant") == set(ACTIVITY_KINDS) | {"none"}
    with (ROOT / "src/sofra/places/packs/al/places.csv").open(encoding="utf-8", newline="") as file:
        places = {row["code"]: row for row in csv.DictReader(file)}
    assert codes("municipalities") == {code for code, row in places.items() if row["kind"] == "municipality"}
    assert codes("counties") == {code for code, row in places.items() if row["kind"] == "county"}
    assert all(
        row["county"] == places[row["name"]]["parent"]
        for row in rows("choices")
        if row["list_name"] == "municipalities"
    )


def test_everything_is_said_in_both_languages() -> None:
    for sheet in ("survey", "choices"):
        for row in rows(sheet):
            for column in [name for name in row if name.endswith("::Shqip (sq)")]:
                other = column.replace("Shqip (sq)", "English (en)")
                assert bool(row[column]) == bool(row[other]), (row["name"], column)


def test_what_it_is_bound_to_is_known_and_carried_out() -> None:
    words = {row["bind::sofra:field"] for row in rows("survey")} - {""}
    assert words <= bindings.WORDS
    changing = {word.partition(".")[2] for word in words if word.startswith("organisation.")}
    assert changing <= set(readings.FIELDS)


def test_it_takes_ten_minutes_at_most(form: xform.Form) -> None:
    blank = Instance.blank(form)
    asked = [one for one in showing.questions_of(form) if blank.relevant(one.path)]
    assert len(asked) * 20 <= 10 * 60


def test_a_county_offers_its_own_municipalities_only(form: xform.Form) -> None:
    instance = Instance.blank(form)
    instance.put("/data/body/seat_county", "AL-10")
    instance.recalculate()
    offered = {choice.value for choice in instance.choices("/data/body/seat")}
    assert offered == {row["name"] for row in rows("choices") if row.get("county") == "AL-10"}
    assert not {choice.value for choice in instance.choices("/data/where/places")}
