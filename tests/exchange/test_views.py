"""The importer's pages, walked as a mapper walks them; and the doors that stay shut for others."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sofra.accounts import roles
from sofra.accounts.models import RoleGrant, User
from sofra.exchange import running, services, tasks
from sofra.exchange.models import Import, Recipe
from sofra.organisations.models import Organisation
from sofra.places.models import Place, Reading

pytestmark = pytest.mark.django_db
LIST = "Emri,Shtrirja,Faqja\nQendra Agimi,Pukë,www.agimi.example\nShoqata Drita,Elbasan,www.drita.ëexample\n,Has,\n"


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.DATA = tmp_path / "data"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return settings.DATA


@pytest.fixture
def enter(client: Client) -> Callable[..., Client]:
    def as_role(role: roles.Role | None, name: str = "ana") -> Client:
        user = User.objects.create_user(f"{name}@example.org", "not-a-real-secret", name=name.title())
        if role is not None:
            RoleGrant.objects.create(user=user, role=role.code)
        client.force_login(user)
        return client

    return as_role


def upload(client: Client, content: str = LIST, name: str = "lista.csv") -> Any:
    return client.post("/en/imports/new/", {"file": SimpleUploadedFile(name, content.encode()), "source": "A list"})


def test_all_steps(enter: Callable[..., Client]) -> None:
    ana = enter(roles.MAPPER)
    assert ana.get("/en/imports/").status_code == 200
    assert ana.get("/en/imports/new/").status_code == 200
    answer = upload(ana)
    imported = Import.objects.get()
    assert answer.headers["Location"] == f"/en/imports/{imported.pk}/columns/"
    here = f"/en/imports/{imported.pk}"
    page = ana.get(f"{here}/columns/").content.decode()
    assert "Qendra Agimi" in page
    assert "UTF-8" in page
    answer = ana.post(
        f"{here}/columns/",
        {
            "step": "columns",
            "column-0": "name",
            "column-1": "place",
            "column-2": "website",
            "source": "A list",
            "remember_as": "Ours",
        },
        follow=True,
    )
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{here}/rows/"
    assert Recipe.objects.get().name == "Ours"
    assert "The name is missing" in page
    assert ana.get(f"{here}/rows/?verdict=ask&asks=place").status_code == 200
    assert "perhaps" in page
    page = ana.get(f"{here}/rows/3/").content.decode()
    assert "Which places are meant by “Elbasan”?" in page
    wrong = ana.post(f"{here}/rows/3/", {"other-0": "Nowhere at all"})
    assert wrong.status_code == 422
    assert "No place called" in wrong.content.decode()
    answer = ana.post(f"{here}/rows/3/", {"place-0": ["AL-03"], "alike-0": "on"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{here}/rows/"
    assert "No row waits" in answer.content.decode()
    for _twice in range(2):
        answer = ana.post(f"{here}/start/", follow=True)
        assert answer.redirect_chain[-1][0] == f"{here}/report/"
    assert Organisation.objects.count() == 2
    report = answer.content.decode()
    assert "al.agimi" in report or "Qendra Agimi" in report
    csv = b"".join(ana.get(f"{here}/problems.csv").streaming_content).decode()
    assert "3,cannot be read" not in csv
    assert "4,cannot be read,Emri,,The name is missing" in csv
    assert ana.get(f"{here}/problems.xlsx").status_code == 200
    assert ana.get(f"{here}/undo/").status_code == 200
    answer = ana.post(f"{here}/undo/", follow=True)
    assert "was taken back" in answer.content.decode()
    assert not Organisation.objects.filter(ended_in=None).exists()


def test_bulk_words(enter: Callable[..., Client]) -> None:
    ana = enter(roles.COORDINATOR)
    upload(ana, "Emri,Shtrirja\nQendra A,Elbasan\nQendra B,Tirana\n")
    imported = Import.objects.get()
    services.map_columns(imported, mapping=imported.mapping, source="", by=None)
    services.check_import(imported.pk)
    here = f"/en/imports/{imported.pk}"
    ana.post(f"{here}/rows/", {"action": "as-read", "verdict": "ask", "asks": "place"})
    assert set(imported.rows.values_list("verdict", flat=True)) == {"new"}


@pytest.mark.parametrize(("content", "name"), [("", "a.csv"), ("%PDF-1", "a.csv"), ("a\0b", "a.csv"), ("x", "a.exe")])
def test_a_bad_upload_gets_a_sentence_and_leaves_nothing(enter: Callable[..., Client], content: str, name: str) -> None:
    answer = upload(enter(roles.MAPPER), content, name)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("role", [None, roles.MEMBER, roles.TECHNICAL])
def test_only_mappers_come_in(enter: Callable[..., Client], role: roles.Role | None) -> None:
    cvetan = enter(role, "cvetan")
    for way in ("", "new/", "1/", "1/columns/", "1/rows/", "1/report/", "1/undo/", "1/progress/", "1/problems.csv"):
        assert cvetan.get(f"/en/imports/{way}").status_code == 403, way
    for way in ("1/start/", "1/discard/", "new/"):
        assert cvetan.post(f"/en/imports/{way}").status_code == 403, way


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/en/imports/").status_code == 302


def test_progress_survives_a_reload_and_takes_up_what_was_killed(
    enter: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = enter(roles.MAPPER)
    upload(ana)
    imported = Import.objects.get()
    Import.objects.update(state=Import.State.CHECKING)
    here = f"/en/imports/{imported.pk}/progress/"
    with running.working(imported.pk) as progress:
        progress.tell(340, 1000, "checking")
        for _reload in range(2):
            page = ana.get(here).content.decode()
            assert 'value="340"' in page
            assert 'http-equiv="refresh"' in page
        part = ana.get(here, headers={"HX-Request": "true"}).content.decode()
        assert part.lstrip().startswith('<div id="progress"')
    given: list[int] = []
    monkeypatch.setattr(tasks, "_TAKE_UP_AFTER", 0)
    monkeypatch.setattr(type(tasks.check), "enqueue", lambda self, number, language: given.append(number))
    ana.get(here)
    ana.get(here)
    assert given == [imported.pk]
    Import.objects.update(state=Import.State.DONE)
    assert ana.get(here, headers={"HX-Request": "true"}).headers["HX-Redirect"] == f"/en/imports/{imported.pk}/"


def test_discarding(enter: Callable[..., Client], data_folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    ana = enter(roles.MAPPER)
    upload(ana)
    number = Import.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        ana.post(f"/en/imports/{number}/discard/")
    assert not Import.objects.exists()
    assert not list((data_folder / "imports").iterdir())


def test_a_reading_that_a_person_confirmed_is_not_asked_about_again(enter: Callable[..., Client]) -> None:
    ana = enter(roles.MAPPER)
    Place.objects.create(
        code="AL-03", kind="county", country="AL", path="AL-03/", level=1, name="Elbasan", sort_key="Elbasan"
    )
    text = "Emri,Shtrirja\nQendra Agimi,Elbasan\nShoqata Drita,Elbasan\n"
    first = checked(ana, text)
    ana.post(f"{first.get_absolute_url()}rows/2/", {"place-0": ["AL-03"], "alike-0": "on"})
    reading = Reading.objects.get()
    assert (reading.folded, reading.codes, reading.confirmed_by.name) == ("elbasan", ["AL-03"], "Ana")
    assert not first.rows.filter(verdict="ask").exists()
    again = checked(ana, text.replace("Agimi", "Dielli").replace("Drita", "Ura"))
    assert {row.verdict for row in again.rows.all()} == {"new"}
    assert all(row.reading["places"][0]["codes"] == ["AL-03"] for row in again.rows.all())


def test_one_row_alone_or_words_without_a_place_confirm_no_reading(enter: Callable[..., Client]) -> None:
    ana = enter(roles.MAPPER)
    imported = checked(ana, "Emri,Shtrirja\nQendra Agimi,Elbasan\nShoqata Drita,Elbasan\n")
    ana.post(f"{imported.get_absolute_url()}rows/2/", {"place-0": ["AL-03"]})
    ana.post(f"{imported.get_absolute_url()}rows/3/", {"keep-0": "on", "alike-0": "on"})
    assert not imported.rows.filter(verdict="ask").exists()
    assert not Reading.objects.exists()


def checked(client: Client, text: str) -> Import:
    upload(client, text)
    imported = Import.objects.latest("id")
    services.map_columns(imported, mapping=imported.mapping, source="", by=None)
    return services.check_import(imported.pk)
