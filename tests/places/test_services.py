"""Loading the packs, confirming readings, and what can be asked of places."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from sofra.accounts.models import User
from sofra.ground.models import AuditLine
from sofra.places import gazetteer, queries, services
from sofra.places.models import Kind, Place, PlaceName, Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> None:
    services.load_places()


@pytest.fixture
def ana() -> User:
    return User.objects.create(email="ana@example.org", name="Ana")


@pytest.mark.usefixtures("places")
def test_all_of_albania_is_there() -> None:
    counts = {kind: Place.objects.filter(country="AL", kind=kind).count() for kind in Kind.values}
    assert (counts["country"], counts["county"], counts["municipality"], counts["unit"]) == (1, 12, 61, 373)
    assert counts["settlement"] >= 7
    assert Place.objects.filter(tile_row__isnull=False, country="AL").count() == 61


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("country", "municipalities"), [("XK", 38), ("MK", 81), ("ME", 25), ("RS", 161), ("BA", 142)])
def test_the_other_five_countries_are_there(country: str, municipalities: int) -> None:
    assert Place.objects.filter(country=country, kind=Kind.MUNICIPALITY).count() == municipalities
    assert Place.objects.get(pk=country).kind == Kind.COUNTRY


@pytest.mark.usefixtures("places")
def test_wider_than_a_country() -> None:
    assert set(Place.objects.filter(kind=Kind.REGION).values_list("pk", flat=True)) == {"WB", "INT"}


@pytest.mark.usefixtures("places")
def test_kosovo_carries_the_footnote_as_the_report_prints_it() -> None:
    assert Place.objects.get(pk="XK").footnote == (
        "This designation is without prejudice to positions on status, and is in line with UNSCR 1244(1999) and the "
        "ICJ Opinion on the Kosovo declaration of independence."
    )
    assert not Place.objects.exclude(pk="XK").exclude(footnote="").exists()


@pytest.mark.usefixtures("places")
def test_names_codes_and_dates_of_one_municipality() -> None:
    dimal = Place.objects.get(pk="AL315")
    assert (dimal.path, dimal.identifiers["lau"], dimal.valid_from) == ("AL/AL-01/AL315/", "AL315", date(2015, 6, 21))
    assert {name.name for name in dimal.names.filter(form=PlaceName.Form.OLD)} >= {"Ura Vajgurore"}
    assert Place.objects.get(pk="AL-01").identifiers["iso_3166_2"] == "AL-01"
    assert Place.objects.get(pk="AL-01").valid_from is None  # not known here, so not said


@pytest.mark.usefixtures("places")
def test_cantons_stand_between_entity_and_municipality() -> None:
    canton = Place.objects.get(pk="BA-BIH-C04")
    assert canton.kind == Kind.CANTON
    assert [place.pk for place in queries.chain(Place.objects.get(pk="BA-BIH-M23"))] == ["BA", "BA-BIH", "BA-BIH-C04"]
    assert queries.within(canton).count() == 10  # itself and nine municipalities


def test_loading_twice_changes_nothing_and_leaves_one_audit_line() -> None:
    first = services.load_places()
    lines = AuditLine.objects.filter(what="places.loaded").count()
    second = services.load_places()
    assert (lines, second["written"]) == (1, 0)
    assert (first["places"], first["names"]) == (second["places"], second["names"])
    assert AuditLine.objects.filter(what="places.loaded").count() == 1


@pytest.mark.usefixtures("places")
def test_loading_again_brings_back_what_the_pack_says() -> None:
    Place.objects.filter(pk="AL111").update(name="Something else")
    assert services.load_places()["written"] == 1
    assert Place.objects.get(pk="AL111").name == "Bulqizë"


@pytest.mark.usefixtures("places")
def test_places_stand_in_albanian_order() -> None:
    names = [place.name for place in Place.objects.filter(country="AL", kind=Kind.MUNICIPALITY).order_by("sort_key")]
    assert names.index("Cërrik") < names.index("Delvinë") < names.index("Dibër")
    assert names.index("Tropojë") < names.index("Vau i Dejës")
    assert names.index("Përmet") < names.index("Pogradec") < names.index("Rrogozhinë")


@pytest.mark.usefixtures("places")
def test_what_lies_where() -> None:
    elbasan = queries.place("al-03")
    assert elbasan is not None
    assert [child.name for child in queries.children(elbasan)][:3] == ["Belsh", "Cërrik", "Elbasan"]
    assert queries.counties("AL").count() == 12
    assert queries.place("nowhere") is None


@pytest.mark.usefixtures("places")
def test_a_confirmed_reading_comes_before_the_resolver(ana: User) -> None:
    assert not queries.read_place("Elbasan").sure
    services.confirm_reading(text="Elbasan", codes=["AL-03"], by=ana)
    read = queries.read_place("  elbasan ")
    assert (read.codes, read.sure, read.alternatives) == (["AL-03"], True, [])
    services.confirm_reading(text="ELBASAN", codes=["AL213"], by=ana)  # thought better of
    assert Reading.objects.count() == 1
    assert queries.read_place("Elbasan").codes == ["AL213"]
    assert AuditLine.objects.filter(what="place.reading_confirmed").count() == 2


@pytest.mark.usefixtures("places")
def test_many_texts_take_one_query(ana: User, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    services.confirm_reading(text="Kukës", codes=["AL-07"], by=ana)
    with django_assert_num_queries(1):
        read = queries.read_places(["Kukës", "Has", "", "Has"])
    assert {text: found.codes for text, found in read.items()} == {"Kukës": ["AL-07"], "Has": ["AL131"], "": []}


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("text", "codes"), [("Elbasan", ["AL-99"]), (" - ", ["AL-03"])])
def test_a_reading_that_cannot_be_is_refused(ana: User, text: str, codes: list[str]) -> None:
    with pytest.raises(ValidationError):
        services.confirm_reading(text=text, codes=codes, by=ana)
    assert not Reading.objects.exists()


def test_every_pack_has_the_same_shape() -> None:
    places, names = (set(rows[0]) for rows in (gazetteer.packs()[0].places, gazetteer.packs()[0].names))
    assert len(gazetteer.packs()) == 6
    for pack in gazetteer.packs():
        assert set(pack.places[0]) == places
        assert set(pack.names[0]) == names
        assert {"code", "order", "grammar", "bounds", "footnote", "counts", "words", "sources"} <= set(pack.about)
        assert all({"what", "from", "licence"} == set(source) for source in pack.about["sources"])
        for kind, number in pack.about["counts"].items():
            assert sum(row["kind"] == kind for row in pack.places) == number
        codes = {row["code"] for row in pack.places}
        assert len(codes) == len(pack.places)
        assert {row["parent"] for row in pack.places} <= codes | {""}
        assert {row["code"] for row in pack.names} <= codes
        assert all(row["source_names"] for row in pack.places)


def test_a_seventh_country_is_a_folder(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    import shutil

    shutil.copytree(gazetteer.PACKS, tmp_path / "packs")
    new = tmp_path / "packs" / "zz"
    new.mkdir()
    columns = ",".join(gazetteer.packs()[0].places[0])
    empty = "," * (len(gazetteer.packs()[0].places[0]) - 5)
    (new / "places.csv").write_text(
        f"{columns}\nZZ,country,0,,{empty}\nZZ-1,municipality,2,ZZ,{empty}\n", encoding="utf-8"
    )
    (new / "names.csv").write_text(
        "code,name,form,language,source,valid_from,valid_to\nZZ,Zubrovka,english,en,invented,,\n"
        "ZZ-1,Lutzburg,local,,invented,,\n",
        encoding="utf-8",
    )
    (new / "pack.toml").write_text(
        'code = "ZZ"\norder = 7\ngrammar = []\nbounds = [0, 0, 1, 1]\nfootnote = ""\n'
        '[counts]\nmunicipality = 1\n[words]\nmunicipality = ["stadt"]\n[[sources]]\nwhat = "all"\nfrom = "invented"\n'
        'licence = "none"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(gazetteer, "PACKS", tmp_path / "packs")
    for cached in (gazetteer.packs, gazetteer.wider, gazetteer.load):
        cached.cache_clear()
    try:
        from sofra.places.resolving import resolve

        assert resolve("Stadt Lutzburg, Zubrovka").codes == ["ZZ-1"]
        assert resolve("national", country="ZZ").codes == ["ZZ"]
        services.load_places()
        assert Place.objects.get(pk="ZZ-1").path == "ZZ/ZZ-1/"
    finally:
        monkeypatch.undo()
        for cached in (gazetteer.packs, gazetteer.wider, gazetteer.load):
            cached.cache_clear()
