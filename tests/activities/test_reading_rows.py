"""Rows of a table read into activities: what people write, what stays unknown, what is told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sofra.activities import asking, columns
from sofra.activities.drafts import ActivityDraft
from sofra.activities.reading_cells import read_money, read_number, read_span
from sofra.activities.reading_rows import Read, RowReader
from sofra.places.resolving import resolve


def read(whose: str = "al.ura", **cells: str) -> Read:
    header = list(cells)
    organisations = {"Qendra Ura": ["al.ura"], "Lugina": ["al.lugina"], "Të dyja": ["al.ura", "al.lugina"]}
    reader = RowReader(
        header, {title: title for title in header}, resolve=resolve, owner=whose, today=date(2026, 11, 21),
        organisations=lambda name: organisations.get(name, []),
        projects=lambda name: ["al.p1"] if name == "Hapat" else [],
    )  # fmt: skip
    return reader.read(2, list(cells.values()))


def codes(found: Read) -> list[str]:
    return [one.code for one in found.problems]


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("tetor 2018", ("2018-10", "2018-10")),
        ("tetor – nëntor 2018", ("2018-10", "2018-11")),
        ("tetor-nëntor 2018", ("2018-10", "2018-11")),
        ("1-5.10.2018", ("2018-10-01", "2018-10-05")),
        ("1–5 tetor 2018", ("2018-10-01", "2018-10-05")),
        ("10-12.2018", ("2018-10", "2018-12")),
        ("2017–2018", ("2017", "2018")),
        ("janar 2017 - prill 2018", ("2017-01", "2018-04")),
        ("nga 3.3.2026 deri 7.3.2026", ("2026-03-03", "2026-03-07")),
        ("2018-10-05 00:00:00", ("2018-10-05", "2018-10-05")),
        ("05.10.2018 22:00 – 06.10.2018 02:00", ("2018-10-05", "2018-10-06")),
        ("28.2 – 3.3.2026", ("2026-02-28", "2026-03-03")),
    ],
)
def test_spans_as_people_write_them(typed: str, span: tuple[str, str]) -> None:
    assert read_span(typed) == span


@pytest.mark.parametrize("typed", ["31.02.2026", "0020", "5.13.2026", "dikur", "tetor"])
def test_what_is_no_date_is_said(typed: str) -> None:
    with pytest.raises(ValidationError):
        read_span(typed)


@pytest.mark.parametrize(
    ("typed", "number", "wrong"),
    [("140", 140, ""), ("28,000", 28000, ""), ("1 200", 1200, ""), ("rreth 140", 140, ""), ("140 persona", 140, ""),
     ("30.0", 30, ""), ("-5", None, "negative"), ("shumë", None, "number"), ("12-15", None, "number"),
     ("99999999999", None, "too-many")],
)  # fmt: skip
def test_numbers(typed: str, number: int | None, wrong: str) -> None:
    assert read_number(typed) == (number, wrong)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("12 000 EUR", (Decimal(12000), "EUR")), ("€5,000.50", (Decimal("5000.50"), "EUR")),
     ("1.200.000 lekë", (Decimal(1200000), "ALL")), ("12000", (Decimal(12000), "")), ("pak", (None, "")),
     ("5 karrota", (None, ""))],
)  # fmt: skip
def test_money(typed: str, amount: Any) -> None:
    assert read_money(typed) == amount


def test_a_row_says_all_that_it_can() -> None:
    found = read(
        title="Punëtori në Pukë", place="Pukë; Fushë-Arrëz", when="tetor 2018", audience="të rinj, mësues",
        kind="trajnim", status="u zhvillua", mode="online", language="shqip, anglisht", reached="rreth 140",
        women="80", men="60", partners="Lugina; Shoqata e Panjohur", project="Hapat", money="5000 EUR",
        results="www.example.org/raport", source="Raporti, f. 3",
    )  # fmt: skip
    draft = found.draft
    assert draft.places == ["AL153", "AL151"]
    assert (draft.begins, draft.ends) == ("2018-10", "2018-10")
    assert set(draft.audiences) == {"youth", "teachers"}
    assert draft.kinds[0] == "capacity-building"
    assert (draft.status, draft.mode, draft.languages) == ("held", "online", ["sq", "en"])
    assert (draft.reached, draft.counted) == (140, "estimate")
    assert [(group.sex, group.number) for group in draft.groups] == [("f", 80), ("m", 60)]
    assert (draft.partners, draft.project) == (["al.lugina"], "al.p1")
    assert draft.results == "https://www.example.org/raport"
    assert "Shoqata e Panjohur" in draft.about
    assert codes(found) == ["partner-unread"]
    assert not found.is_bad
    assert not found.asks


def test_what_is_not_said_stays_unknown() -> None:
    draft = read(title="Takim", place="-", when="nuk dihet", reached="n/a").draft
    assert (draft.places, draft.begins, draft.ends, draft.reached) == ([], "", "", None)
    assert (draft.status, draft.mode, draft.whole_country) == ("unknown", "unknown", False)


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"title": ""}, "title", "check"),
        ({"when": "31.02.2026"}, "when", "date"),
        ({"begins": "5.2026", "ends": "4.2026"}, "ends", "check"),
        ({"reached": "-3"}, "reached", "negative"),
        ({"reached": "5", "women": "4", "men": "4"}, "women", "check"),
        ({"money": "pak"}, "money", "money"),
        ({"money": "500"}, "currency", "check"),
        ({"owner": "Lugina"}, "owner", "other-owner"),
        ({"place": "Wonderland"}, "place", "place-unread"),
        ({"reached": "12000"}, "reached", "doubt"),
        ({"reached": "10000", "times_held": "1", "kind": "trajnim"}, "reached", "doubt"),
        ({"when": "2026-2040"}, "ends", "doubt"),
        ({"when": "2035"}, "begins", "doubt"),
    ],
)
def test_each_problem_stands_at_its_field(cells: dict[str, str], field: str, code: str) -> None:
    found = read(**{"title": "Takim", **cells})
    weighty = [one for one in found.problems if one.weight != "note"]
    assert [(one.field, one.code) for one in weighty] == [(field, code)]
    assert weighty[0].says()
    assert found.is_bad or found.asks


def test_the_whole_country_is_said_not_counted_as_a_place() -> None:
    draft = read(title="Fushatë", place="Shqipëri").draft
    assert draft.whole_country
    assert not draft.places


def test_a_row_of_an_importer_names_its_own_organisation() -> None:
    reader = RowReader(["a", "b"], {"a": "title", "b": "owner"}, resolve=resolve,
                       organisations=lambda name: ["al.lugina"] if name == "Lugina" else [])  # fmt: skip
    assert reader.read(2, ["Takim", "Lugina"]).draft.owner == "al.lugina"
    assert codes(reader.read(3, ["Takim", "Kushdo"])) == ["owner-unread"]


def test_headers_in_both_languages_are_understood() -> None:
    header = ["Titulli", "Vendi", "Nga", "Deri", "Grupi i synuar", "Nr i pjesëmarrësve", "Gra", "Burra", "Shënime", "Z"]
    assert list(columns.suggest(header).values()) == [
        "title", "place", "begins", "ends", "audience", "reached", "women", "men", "about", ""
    ]  # fmt: skip
    own = [str(name) for name in columns.TARGETS.values()]
    assert list(columns.suggest(own).values()) == list(columns.TARGETS)
    assert columns.known_words(["Takim me prindër", "Pukë", "5.10.2018"]) <= 1


def test_only_unlikely_numbers_are_asked_about() -> None:
    usual = ActivityDraft(title="x", reached=60, times_held=1, kinds=["capacity-building"], begins="2026", ends="2027")
    assert asking.doubts(usual, today=date(2026, 11, 21)) == {}
