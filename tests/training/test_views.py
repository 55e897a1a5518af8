"""The pages: who may, what is said, what bad input gets."""

import pytest
from django.test import Client
from django.urls import reverse

from sofra.accounts.models import User
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.training import services
from sofra.training.models import Count, Programme, Session

from .conftest import client_of


def test_a_trainer_makes_a_programme_a_session_and_a_count(besa: User, host: Organisation, places: list[Place]) -> None:
    client = client_of(besa)
    made = client.post(reverse("programme_new"), {"title_sq": "Prova", "organisation": host.name, "visible_to": "0"})
    programme = Programme.objects.get()
    assert made["Location"] == programme.get_absolute_url()
    said = {
        "title": "Seanca", "organisation": host.code, "programme": programme.pk, "place": "AL153", "mode": "in-person",
        "status": "held", "days": "05.10.2026 09:00-16:00 Salla\n06.10.2026", "invited": ["police"], "visible_to": "0",
    }  # fmt: skip
    answer = client.post(reverse("training_session_new"), said)
    assert answer.status_code == 302, answer.context["form"].errors
    session = Session.objects.get()
    assert [(f"{day.on}", day.room) for day in session.days.all()] == [("2026-10-05", "Salla"), ("2026-10-06", "")]
    address = reverse("training_count", args=[session.activity.code])
    counted = {"what": "present", "total": "30", "how": "list", "sex__women": "31", "seen": "0"}
    asked = client.post(address, counted)
    assert asked.status_code == 422
    assert not Count.objects.exists()
    assert client.post(address, counted | {"sure": "on"}).status_code == 302
    assert client.get(session.get_absolute_url()).status_code == 200
    assert "Pukë" in client.get(programme.get_absolute_url()).content.decode()
    assert client.get(reverse("training_session_edit", args=[session.activity.code])).status_code == 200


def test_a_session_without_a_day_gets_a_sentence(besa: User, host: Organisation, places: list[Place]) -> None:
    said = {"title": "S", "organisation": host.code, "mode": "online", "status": "planned", "visible_to": "0"}
    answer = client_of(besa).post(reverse("training_session_new"), said | {"place": "Askund-xyz"})
    assert {"place"} <= set(answer.context["form"].errors)
    answer = client_of(besa).post(reverse("training_session_new"), said | {"days": "31.02.2026"})
    assert list(answer.context["form"].errors) == ["days"]
    answer = client_of(besa).post(reverse("training_session_new"), said)
    assert list(answer.context["form"].errors) == ["days"]
    assert not Session.objects.exists()


def test_another_organisations_editor_writes_nothing(session: Session, cvetan: User, programme: Programme) -> None:
    client = client_of(cvetan)
    for name in ("training_count", "training_session_edit"):
        assert client.get(reverse(name, args=[session.activity.code])).status_code == 404
    assert client.get(reverse("programme_edit", args=[programme.code])).status_code == 403


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_public_reads_no_small_number(session: Session, besa: User, programme: Programme, language: str) -> None:
    services.record_count(session, what="present", total=27, parts={"sex": {"women": 24, "men": 3}}, by=besa)
    for page in (session.get_absolute_url(), programme.get_absolute_url()):
        text = Client().get(f"{language}{page}").content.decode()
        assert ">27<" in text or ": 27" in text
        assert ">24<" not in text
        assert ">3<" not in text
