"""Pieces computed from data: what is not known, nobody's and too few people's answers are told apart."""

from typing import Any

import pytest
from django.utils import translation
from tests.reports.conftest import World

from sofra.mapping.models import Invitation
from sofra.printing.blocks import Figure, Paragraph
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires.models import Questionnaire, Version
from sofra.reports import pieces
from sofra.reports.wanted import Wanted

pytestmark = pytest.mark.once


def made(world: World, name: str, level: int = 0) -> tuple[Any, ...]:
    with translation.override("en"):
        return pieces.made(name, Wanted(world.round, "en", level))


def test_every_piece_of_a_round_without_data_says_so_in_a_sentence(world: World) -> None:
    for name in pieces.PIECES:
        assert made(world, name), name


@pytest.mark.parametrize(("base", "shown"), [(0, Paragraph), (3, Paragraph), (8, Figure)])
def test_answers_of_nobody_and_of_few_are_no_chart(
    world: World, monkeypatch: pytest.MonkeyPatch, base: int, shown: type
) -> None:
    asked = Questionnaire.objects.create(code="al.q", titles={"en": "Q"})
    form = {"number": 1, "form_id": "q", "xform": "<x/>", "state": "open"}
    world.round.version = Version.objects.create(questionnaire=asked, **form)
    question = questionnaires.Asked("work/kinds", "What do you do?", "select_one", [("a", "Teach"), ("b", "Write")])
    monkeypatch.setattr(questionnaires, "questions", lambda version, language="": [question])
    told = questionnaires.Counts(base, {"a": base}, 12)
    monkeypatch.setattr(questionnaires, "counts", lambda versions, path, value="", within=None: told)
    (block,) = made(world, "answers")
    assert isinstance(block, shown)
    if isinstance(block, Figure):
        assert block.table is not None
        assert [row[:2] for row in block.table.rows] == [("Teach", "8"), ("Write", "0")]
        assert "8 of 12" in block.svg + block.source + block.table.source


def test_of_few_in_a_county_the_public_does_not_learn_who_refused(world: World) -> None:
    Invitation.objects.create(round=world.round, organisation=world.one, name="One table", refused_because="No time.")
    for level, names in ((0, {"All", "Others, fewer than 5 each"}), (1, {"All"})):
        (figure,) = made(world, "answered-by-county", level)
        labels = {row[0] for row in figure.table.rows}
        assert names <= labels
        assert ("Others, fewer than 5 each" in labels) == (level == 0)
