"""The pages: who may, what is said, what bad input gets."""

import csv
import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from sofra.accounts.models import User
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.training import services
from sofra.training.models import Count, Curriculum, Programme, Session

from .conftest import client_of, held


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
    small = held(programme, besa, title="E vogël")
    services.record_count(small, what="present", total=3, by=besa)
    for name, width in (("training_counts", 7), ("training_sessions", 16)):
        for who, told in ((Client(), set()), (client_of(besa), {"3", "27"})):
            address = f"{reverse(f'{name}_download', args=['csv'])}?programme={programme.code}"
            rows = list(csv.reader(io.StringIO(b"".join(who.get(address).streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
            assert told <= {row[width] for row in rows[1:]} <= {"", "3", "24", "27", *told}
            assert told or {row[width] for row in rows[1:]} == {""}, "27 tells of the 3 beside it"
    other = reverse("training_counts_download", args=["csv"]) + "?programme=al.nobody"
    assert b"".join(Client().get(other).streaming_content).count(b"\n") < 3  # type: ignore[attr-defined]


def test_a_hidden_programme_or_curriculum_is_not_named_by_its_session(
    session: Session, besa: User, host: Organisation, programme: Programme
) -> None:
    curriculum = services.make_curriculum(titles={"sq": "Kurrikula e fshehur"}, owner=host, visible_to=1, by=besa)
    session.edition = services.add_edition(curriculum, language="sq", modules=[{"title": "Një"}], by=besa)
    session.save()
    Programme.objects.update(visible_to=1, titles={"sq": "Programi i fshehur"}, curriculum=curriculum)
    pages = (session.get_absolute_url(), reverse("training_sessions_download", args=["csv"]))
    for page in pages:
        for who, told in ((Client(), 0), (client_of(besa), 2)):
            text = b"".join(who.get(page)).decode()
            assert ("Programi i fshehur" in text) + ("Kurrikula e fshehur" in text) == told


def test_each_count_can_be_read_afterwards(session: Session, besa: User, cvetan: User) -> None:
    first = services.record_count(session, what="present", total=27, parts={"sex": {"women": 24}}, by=besa)
    services.record_count(session, what="present", total=28, parts={"sex": {"women": 24}}, seen=first.pk, by=besa)
    address = reverse("training_history", args=[session.activity.code])
    newest, oldest = client_of(besa).get(address).context["steps"]
    assert [change[1:] for change in newest.changes] == [("27", "28")]
    assert (newest.stands, oldest.stands, len(oldest.changes)) == (True, False, 4)
    assert client_of(cvetan).get(address).status_code == 404
    assert Client().get(session.activity.get_absolute_url()).content.decode().count(session.get_absolute_url()) == 1


def test_a_material_may_be_a_file_and_a_number_may_be_stated(besa: User, host: Organisation) -> None:
    client = client_of(besa)
    said = {"title_sq": "Prova", "organisation": host.code, "about_sq": "Për", "about_en": "For", "visible_to": "0"}
    client.post(reverse("curriculum_new"), said)
    curriculum = Curriculum.objects.get()
    services.add_edition(curriculum, language="sq", modules=[{"title": "Një", "minutes": 90}], by=besa)
    assert client.post(reverse("curriculum_edit", args=[curriculum.code]), said | {"guide": "G"}).status_code == 302
    curriculum.refresh_from_db()
    assert (curriculum.about, curriculum.guide) == ({"sq": "Për", "en": "For"}, "G")
    address = reverse("curriculum_material", args=[curriculum.code])
    told = {"edition": curriculum.editions.get().pk, "title": "Fletë", "language": "sq", "visible_to": "1"}
    for wrong in ({}, {"file": ContentFile(b"<html><script>", "x.pdf")}, {"url": "javascript:alert(1)"}):
        assert client.post(address, told | wrong).status_code == 422
    client.post(address, told | {"file": ContentFile(b"%PDF-1.4", "../flet\u00eb.pdf")})
    kept = reverse("material_file", args=[curriculum.code, curriculum.editions.get().materials.get().pk])
    assert client.get(kept)["Content-Disposition"].endswith("flet%C3%AB.pdf")
    assert Client().get(kept).status_code == 404
    client.post(reverse("programme_new"), said)
    programme = Programme.objects.get()
    page = reverse("programme_stated", args=[programme.code])
    stated = {"what": "women", "value": "54", "unit": "%", "source": "S"}
    assert client.post(page, stated | {"value": "154"}).status_code == 422
    assert client.post(page, stated).status_code == 302
    client.post(page, {"away": programme.stated.get().pk})
    assert not programme.stated.exists()
