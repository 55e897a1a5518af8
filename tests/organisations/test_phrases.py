"""Texts as people write them, in English and Albanian, read into codes; what is not understood is said."""

import pytest
from django.utils import translation

from sofra.ground.text import fold
from sofra.organisations import phrase_tables
from sofra.organisations.phrases import (
    kind_of_heading,
    kind_of_word,
    read_activity_kinds,
    read_audiences,
    read_kind,
    read_themes,
)
from sofra.organisations.vocabulary import ACTIVITY_KINDS, Audience, Kind, Theme


def test_tables_hold_codes_of_the_vocabulary_and_folded_phrases() -> None:
    for table, codes in (
        (phrase_tables.THEMES, Theme.values),
        (phrase_tables.ACTIVITIES, list(ACTIVITY_KINDS)),
        (phrase_tables.AUDIENCES, Audience.values),
    ):
        assert set(table) - {""} == set(codes)
        seen: dict[str, str] = {}
        for code, phrases in table.items():
            for phrase in phrases:
                assert all(fold(w.rstrip("*")) == w.rstrip("*") for w in phrase.split()), phrase
                assert phrase.split()[0] != "*", phrase
                assert seen.setdefault(phrase, code) == code or table is phrase_tables.ACTIVITIES, phrase


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Community engagement/ early identification and prevention/deradicalisation",
         ["community-engagement", "early-identification", "rehabilitation"]),
        ("Trainings / /awareness raising activities", ["training", "awareness"]),
        ("Ndërgjegjësim, trajnimi i mësuesve; nëngrante", ["awareness", "training", "education", "grants"]),
        ("NDËRGJEGJËSIMI I TË RINJVE", ["awareness", "youth"]),
        ("Fuqizimi i grave dhe vajzave", ["women"]),
        ("Policimi në komunitet dhe këshillat e sigurisë", ["local-security"]),
        ("gradual approach by a granite company", []),
        ("", []),
    ],
)  # fmt: skip
def test_themes(text: str, codes: list[str]) -> None:
    assert read_themes(text).codes == codes


def test_what_is_not_understood_is_said_piece_by_piece() -> None:
    read = read_themes("Trainings; beekeeping with pride, etc. / whole-of-society approach")
    assert (read.codes, read.unread) == (["training"], ["beekeeping with pride"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Prevention programming/ whole-of-society approach", ["prevention"]),
        ("Whole-of-society approach/ resilience", ["community-resilience"]),
        ("Prevention programming / whole-of-society approach / building community res",
         ["prevention", "community-resilience"]),
        ("Rehabilitation programming", ["reintegration"]),
        ("“Prevention and countering violent extremism and radicalization leading to terrorism” (VERLT).",
         ["prevention"]),
        ("Awareness and prevention programming / Capacity building and countering narratives/ Whole-of-society",
         ["prevention", "counter-narrative"]),
        ("re-integration of returnee fighters and of their families", ["reintegration"]),
        ("building community resilience to violent extremism", ["resilience-to-ve"]),
        ("P/CVE", ["prevention"]), ("C/PVE", ["prevention"]), ("P/KEDh", ["prevention"]),
        ("Parandalimi i ekstremizmit të dhunshëm; çradikalizim", ["prevention", "deradicalisation"]),
        ("Riintegrimi i të kthyerve nga zonat e konfliktit", ["reintegration"]),
        ("rezilienca e komunitetit ndaj ekstremizmit të dhunshëm", ["resilience-to-ve"]),
        ("Shteti i së drejtës, antikorrupsion, të drejtat e njeriut",
         ["rule-of-law", "anti-corruption", "human-rights"]),
        ("women’s empowerment and conflict resolution", ["women-empowerment", "conflict-resolution"]),
        ("drug prevention programming", []), ("prevention", []), ("prevention of floods", []),
        ("climate resilience", []), ("whole-of-the-society approach", []),
    ],
)  # fmt: skip
def test_kinds_of_activity(text: str, codes: list[str]) -> None:
    assert read_activity_kinds(text).codes == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Informal activities with the Municipality representative, schools, parents, young people",
         ["local-officials", "students", "parents", "youth"]),
        ("Rehabilitation of returnee fighters through weekly religious activities organized in prisons",
         ["returnees", "prisoners"]),
        ("për mësues, prindër dhe nxënës", ["teachers", "parents", "students"]),
        ("lobbying for better policies", []),
        ("building community resilience", []),
    ],
)  # fmt: skip
def test_audiences(text: str, codes: list[str]) -> None:
    assert read_audiences(text).codes == codes


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Bedër University", "university"), ("Universiteti i Tiranës", "university"),
        ("Unioni i Studentëve të Universitetit të Tiranës", "unknown"), ("OSCE Presence in Albania", "international"),
        ("The Council of Europe", "international"), ("US Embassy in Albania", "donor"), ("The European Union", "donor"),
        ("European Union of Young Gardeners", "unknown"), ("Security council of Cërrik", "council"),
        ("Këshilli i Sigurisë Elbasan", "council"), ("Municipality of Bilisht", "public"), ("Bashkia Pukë", "public"),
        ("Shoqata e Bashkive të Shqipërisë", "cso"), ("Association of Albanian Municipalities", "cso"),
        ("Network for Information and Active Citizenship (INAC)", "unknown"), ("Children Today Center", "unknown"),
        ("Albanian Education Foundation", "unknown"), ("Myftinia Shkodër", "fbo"),
        ("Shkolla 9-vjeçare Sami Frashëri", "school"),
        ("Albanian Media Institute", "unknown"), ("Radio Shkodra", "media"), ("", "unknown"), ("The", "unknown"),
    ],
)  # fmt: skip
def test_kind_from_the_name_is_unknown_rather_than_guessed(name: str, kind: str) -> None:
    assert read_kind(name) == kind


def test_kind_column_reads_codes_labels_and_albanian_words() -> None:
    assert kind_of_word("cso") == kind_of_word("OJF") == kind_of_word("Civil society organisation") == "cso"
    assert (
        kind_of_word("Bashki") == kind_of_word("public institution") == kind_of_word("Institucion publik") == "public"
    )
    assert kind_of_word("informal-group") == kind_of_word("Grup joformal") == "informal-group"
    assert kind_of_word("shrubbery") == kind_of_word("") == ""
    assert all(kind_of_word(kind.value) == kind.value for kind in Kind)


def test_a_heading_may_say_the_kind_of_all_its_names() -> None:
    assert kind_of_heading("Name of CSO / FBO") == kind_of_heading("Emri i OJF-së") == "cso"
    assert kind_of_heading("Name") == kind_of_heading("Geographic focus") == ""


@pytest.mark.parametrize("language", ["en", "sq"])
def test_our_own_labels_and_codes_are_read_back(language: str) -> None:
    with translation.override(language):
        for choices, read in (
            (dict(Theme.choices), read_themes),
            (ACTIVITY_KINDS, read_activity_kinds),
            (dict(Audience.choices), read_audiences),
        ):
            for code, label in choices.items():
                assert read(str(label)).codes == [code], label
                assert read(str(code)).codes == [code] or code == "prevention", code
            joined = read("; ".join(str(label) for label in choices.values()))
            assert (joined.codes, joined.unread) == (list(choices), [])
        assert all(kind_of_word(str(kind.label)) == kind.value for kind in Kind)


def test_a_caller_cannot_spoil_the_next_reading() -> None:
    read_themes("Trainings").codes.append("spoilt")
    assert read_themes("Trainings").codes == ["training"]
