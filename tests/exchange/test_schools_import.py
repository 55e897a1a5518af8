"""Schools from a list: each an organisation with room for sessions; a name is one school's within its municipality."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from sofra.accounts.models import User
from sofra.exchange import services
from sofra.exchange.models import Import
from sofra.exchange.problems import says
from sofra.organisations.models import Organisation
from sofra.places.models import Place
from sofra.schools.models import Office, School

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent / "schools.csv"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path, albania: dict[str, Place]) -> None:
    settings.DATA = tmp_path / "data"


def bring(content: str, name: str = "s.csv") -> Import:
    imported = services.upload_file([content.encode()], name=name, by=None, what="schools", source="A list")
    services.map_columns(imported, mapping=imported.mapping, source=imported.source, by=None)
    return services.check_import(imported.pk)


def carry_out(imported: Import) -> Import:
    services.start_import(imported, by=None)
    return services.run_import(imported.pk)


def verdicts(imported: Import) -> list[str]:
    return list(imported.rows.order_by("number").values_list("verdict", flat=True))


def test_the_sample_comes_in_once_and_goes_again() -> None:
    imported = bring(SAMPLE.read_text("utf-8"))
    assert [imported.mapping[title] for title in imported.shape["columns"]] == [
        "number", "name", "seat", "unit", "office", "address", "identifier", "website",
    ]  # fmt: skip
    assert verdicts(imported) == ["new", "new", "new", "bad"]
    row = imported.rows.get(number=5)
    assert "needs its municipality" in says(row.problems[-1], verdict=row.verdict)
    done = carry_out(imported)
    assert (done.state, done.counts["new"]) == ("done", 3)
    schools = School.objects.order_by("organisation_id")
    assert [(one.organisation.kind, one.place_id) for one in schools] == [
        ("school", "AL153-1"), ("school", "AL153"), ("school", "AL151"),
    ]  # fmt: skip
    office = Office.objects.get()
    assert {one.office for one in schools} == {office}
    assert office.organisation.name == "Zyra Arsimore Pukë-Shembull"
    said = set(schools[0].organisation.facts.values_list("field", "value"))
    assert {("identifier", "SH-0001"), ("website", "http://www.prova1.example"), ("seat", "AL153-1")} <= said
    again = bring(SAMPLE.read_text("utf-8"), "again.csv")
    assert verdicts(again) == ["same"] * 3 + ["bad"]
    services.undo_import(done, by=None)
    assert not School.objects.exists()
    assert not Organisation.objects.filter(ended_in=None).exists()
    assert carry_out(bring(SAMPLE.read_text("utf-8"))).counts["new"] == 3
    assert School.objects.count() == 3


def test_a_school_of_the_registry_gets_room_for_sessions(organisation: Callable[..., Organisation], ana: User) -> None:
    listed = organisation("Gjimnazi “Shembulli”", kind="school", seat="AL153")
    elsewhere = organisation("Gjimnazi “Larg”", kind="school", seat="AL151")
    text = "Shkolla,Bashkia,Kodi\nGjimnazi “Shembulli”,Pukë,\nGjimnazi “Larg”,Pukë,\n"
    imported = bring(text)
    assert verdicts(imported) == ["update", "new"]
    done = carry_out(imported)
    assert School.objects.get(organisation=listed).place_id == "AL153"
    assert not School.objects.filter(organisation=elsewhere).exists()
    assert School.objects.count() == 2
    services.undo_import(done, by=ana)
    assert not School.objects.exists()
    assert listed.pk in Organisation.objects.filter(ended_in=None).values_list("pk", flat=True)


def test_the_same_name_twice_in_a_municipality_asks() -> None:
    imported = bring("Shkolla,Bashkia,Kodi\nGjimnazi “A”,Pukë,1\nGjimnazi “A”,Pukë,2\nGjimnazi “A”,Fushë-Arrëz,3\n")
    assert verdicts(imported) == ["new", "ask", "new"]


def test_an_unknown_place_asks_and_kept_as_words_is_no_school() -> None:
    imported = bring("Shkolla,Bashkia\nGjimnazi “A”,Askundi\n")
    assert verdicts(imported) == ["ask"]
    services.decide_rows(imported, list(imported.rows.all()), by=None, place=[])
    done = carry_out(imported)
    assert done.counts["bad"] == 1
    assert not Organisation.objects.exists()


def test_two_thousand_schools(albania: dict[str, Place]) -> None:
    places = ("Pukë", "Fushë-Arrëz")
    lines = [f"{n},Shkolla “Prova {n // 2}”,{places[n % 2]},Zyra {n % 38}" for n in range(2_000)]
    imported = bring("\n".join(["Nr,Shkolla,Bashkia,Zyra arsimore", *lines]))
    assert set(verdicts(imported)) == {"new"}
    assert carry_out(imported).counts["new"] == 2_000
    assert (School.objects.count(), Office.objects.count()) == (2_000, 38)


def test_command_with_its_recipe() -> None:
    out = StringIO()
    call_command("import", "schools", str(SAMPLE), recipe="schools", stdout=out)
    assert "3 new, 1 bad" in out.getvalue()
    assert School.objects.count() == 3
