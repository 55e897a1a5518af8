"""The resolver against texts that people write."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sofra.places import gazetteer
from sofra.places.resolving import resolve

from .reading_table import TEXTS

PLACES = gazetteer.load().spots
NAMES = sorted(gazetteer.load().names)
PIECES = [
    ", ",
    " and ",
    " dhe ",
    " (",
    ") ",
    "; ",
    ": ",
    " / ",
    " of ",
    " i ",
    " - ",
    "Bashkia ",
    "Qarku i ",
    " district",
]


@pytest.mark.parametrize(("text", "codes", "sure", "country"), TEXTS)
def test_text_is_read_as_a_person_reads_it(text: str, codes: str, sure: bool, country: str) -> None:
    read = resolve(text, country=country)
    assert (" ".join(read.codes), read.sure) == (codes, sure), read.why


def test_the_table_is_large_and_from_all_six_countries() -> None:
    assert len(TEXTS) >= 250
    countries = {PLACES[code].country for _, codes, _, _ in TEXTS for code in codes.split()}
    assert countries >= {"AL", "XK", "MK", "ME", "RS", "BA"}


def test_elbasan_asks_whether_county_or_municipality() -> None:
    read = resolve("Elbasan")
    assert read.codes == ["AL213"]
    assert "AL-03" in read.alternatives
    assert not read.sure
    assert any("AL-03" in sentence for sentence in read.why)


@pytest.mark.parametrize(
    ("text", "code", "aside"),
    [("Prishtina", "XK-PR-27", "XK-PR"), ("Skopje", "MK-85", "MK-R8"), ("Kamez, Tirane", "AL221", "AL224")],
)
def test_what_was_set_aside_is_told(text: str, code: str, aside: str) -> None:
    read = resolve(text)
    assert (read.codes, read.sure, read.alternatives) == ([code], True, [aside])
    assert any(aside in sentence for sentence in read.why)


def test_a_name_in_the_parentheses_of_a_place_where_it_does_not_lie_is_asked_about() -> None:
    read = resolve("Rrogozhinë (Golem)")
    assert "AL223" in read.codes
    assert not read.sure


def test_an_area_is_narrowed_by_the_place_around_it() -> None:
    assert resolve("Dukagjin, Shkodër").codes == ["AL154-06", "AL154-08", "AL154-10"]
    assert {PLACES[code].country for code in resolve("Sandžak, Montenegro").codes} == {"ME"}


def test_in_a_list_that_names_the_county_the_bare_name_is_the_municipality() -> None:
    assert resolve("Elbasan Prefecture, Elbasan, Cërrik").codes == ["AL-03", "AL213", "AL212"]


def test_what_was_not_understood_is_named() -> None:
    read = resolve("Cërrik and Atlantis")
    assert (read.codes, read.sure, read.unread) == (["AL212"], False, ["Atlantis"])
    assert any("Atlantis" in sentence for sentence in read.why)


def test_correction_of_a_misspelt_name_is_told() -> None:
    read = resolve("Pogrdec")
    assert read.codes == ["AL345"]
    assert any("Pogrdec" in sentence for sentence in read.why)
    assert resolve("Rome").codes == []


def test_whole_country_is_the_hubs_own() -> None:
    for country in ("AL", "XK", "MK", "ME", "RS", "BA"):
        assert resolve("National", country=country).codes == [country]


@pytest.mark.parametrize(
    "form", ["{}", "Municipality of {}", "{} Municipality", "Komuna {}", "Opština {}", "општина {}"]
)
def test_every_municipality_is_found_by_its_name(form: str) -> None:
    for pack in gazetteer.packs():
        for row in pack.places:
            if row["kind"] == "municipality":
                read = resolve(form.format(row["name"]), country=pack.code)
                assert row["code"] in read.codes or (row["code"] in read.alternatives and not read.sure), row


def test_every_unit_is_found_in_its_municipality() -> None:
    for row in gazetteer.packs()[0].places:
        if row["kind"] == "unit":
            above = PLACES[row["parent"]].name
            assert resolve(f"Njësia Administrative {row['name']}, Bashkia {above}").codes == [row["code"]]


def test_every_written_name_leads_to_its_place() -> None:
    """Never to another one as if that were sure; a unit of its municipality's name, a statistical district, which is
    told beside the municipality, and words beside a kind apart."""
    wrong = []
    for pack in gazetteer.packs():
        for row in pack.names:
            place, read = PLACES[row["code"]], resolve(row["name"], country=pack.code)
            if row["form"] == "adjective" or place.level >= 3 or (row["form"] == "seat" and place.kind == "county"):
                continue
            other = read.sure and read.codes != [row["code"]] and not place.quiet
            if row["code"] not in [*read.codes, *read.alternatives] or other:
                wrong.append((row["name"], row["code"], read.codes, read.sure))
    assert not wrong


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_without_an_error_and_always_the_same(text: str) -> None:
    read = resolve(text)
    assert read == resolve(text)
    assert read.text == text
    assert len(set(read.codes)) == len(read.codes)
    assert set(read.codes) | set(read.alternatives) <= set(PLACES)
    assert not set(read.codes) & set(read.alternatives)
    assert not (read.sure and (read.unread or not read.codes))
    assert read.why


@given(st.lists(st.one_of(st.sampled_from(NAMES), st.sampled_from(PIECES), st.text(max_size=6)), max_size=9))
@settings(max_examples=300, deadline=None)
def test_any_sentence_of_names_is_read_without_an_error(pieces: list[str]) -> None:
    read = resolve("".join(pieces))
    assert not (read.sure and (read.unread or not read.codes))
    assert not read.sure or all(code in " ".join(read.why) for code in read.alternatives)


def test_a_very_long_text_is_cut_and_that_is_said() -> None:
    read = resolve("Tirana, " * 5000)
    assert not read.sure
    assert "…" in read.unread
