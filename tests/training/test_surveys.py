"""Questionnaires before and after: filled in without a name, told with a base, hidden where few answered."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.questionnaires import tried_form

from sofra.accounts.models import User
from sofra.ground.models import Visibility
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires.models import Answer, Filling, Questionnaire, Version
from sofra.training import surveying
from sofra.training.models import Session, Survey

from .conftest import client_of


@pytest.fixture
def version(db: None) -> Version:
    asked = Questionnaire.objects.create(code="al.tried", titles={"sq": "Prova"})
    return Version.objects.create(
        questionnaire=asked, number=1, form_id="tried", xform=tried_form.xform(), state="open", languages=["sq"]
    )


def answered(survey: Survey, path: str, given: dict[str, int]) -> None:
    for value, number in given.items():
        for _one in range(number):
            filling = Filling.objects.create(
                version=survey.version, instance=f"uuid:{Filling.objects.count()}", state="sent", way="web",
                document="<x/>", saved_at=timezone.now(), sent_at=timezone.now(),
            )  # fmt: skip
            survey.fillings.add(filling)
            Answer.objects.create(filling=filling, question=path, value=value)


def test_results_have_a_base_and_changes_an_interval(session: Session, besa: User, version: Version) -> None:
    question = next(one for one in questionnaires.questions(version) if one.kind == "select_one")
    yes, no = question.choices[0][0], question.choices[1][0]
    before = surveying.open_survey(version, when="before", session=session, by=besa)
    after = surveying.open_survey(version, when="after", session=session, by=besa)
    assert surveying.open_survey(version, when="after", session=session, by=besa) == after
    answered(before, question.path, {yes: 8, no: 12})
    answered(after, question.path, {yes: 17, no: 3})
    inside = next(one for one in surveying.results([before, after], Visibility.MEMBERS) if one.label == question.label)
    assert inside.bases == [20, 20]
    shares = [number[1] if number else None for number in inside.choices[0].numbers]
    assert shares == [Decimal("40.0"), Decimal("85.0")]
    assert inside.choices[0].change.startswith("+45")
    outside = next(one for one in surveying.results([before, after], Visibility.PUBLIC) if one.label == question.label)
    assert outside.bases == [20, None]  # three people answered "no" afterwards
    assert outside.choices[0].change == ""


def test_fewer_than_ten_answers_are_told_to_nobody(session: Session, besa: User, version: Version) -> None:
    question = next(one for one in questionnaires.questions(version) if one.kind == "select_one")
    survey = surveying.open_survey(version, when="after", session=session, by=besa)
    answered(survey, question.path, {question.choices[0][0]: 9})
    found = next(one for one in surveying.results([survey], Visibility.SEALED) if one.label == question.label)
    assert found.bases == [None]


def test_whoever_has_the_address_fills_it_in_without_a_name(session: Session, besa: User, version: Version) -> None:
    client = client_of(besa)
    page = reverse("session_surveys", args=[session.activity.code])
    assert client.post(page, {"act": "open", "when": "after", "version": version.pk}).status_code == 302
    survey = Survey.objects.get()
    address = reverse("training_ask", args=[survey.code])
    begun = Client().post(address)
    assert begun.status_code == 302
    assert Client().get(begun["Location"]).status_code == 200
    assert survey.fillings.count() == 1
    assert Client().get(page).status_code == 200
    client.post(page, {"act": "end", "survey": survey.pk})
    assert Client().post(address).status_code == 410
    version.state = "draft"
    version.save()
    with pytest.raises(ValidationError):
        surveying.open_survey(version, when="before", session=session, by=besa)
