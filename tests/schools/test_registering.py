"""Schools come in one by one and by the list; a bad list changes nothing, and a second time adds nothing."""

import pytest
from django.core.exceptions import ValidationError

from sofra.accounts.models import User
from sofra.organisations import services as registry
from sofra.organisations.models import Change, Organisation
from sofra.places.services import load_places
from sofra.schools import registering
from sofra.schools.models import Office, School
from sofra.schools.registering import SchoolRow

ROWS = [
    SchoolRow("Shkolla e mesme “Lulëkuqja”", "Pukë", "Zyra arsimore e provës", line=2),
    SchoolRow("Shkolla 9-vjeçare “Thëllëza”", "Fushë-Arrëz", "Zyra arsimore e provës", limit=4, line=3),
    SchoolRow("Shkolla e mesme “Lulëkuqja”", "AL112", line=4),
]


@pytest.fixture
def _places(db: None) -> None:
    load_places()


@pytest.mark.usefixtures("_places")
def test_a_list_makes_schools_their_offices_and_nothing_twice() -> None:
    done = registering.register_schools_many(ROWS, by=None)
    assert (len(done.added), done.known, done.offices_added) == (3, 0, 1)
    office = Office.objects.get()
    assert (office.organisation.kind, office.organisation.name) == ("public", "Zyra arsimore e provës")
    first, second, third = School.objects.order_by("pk")
    assert (first.place_id, first.office, first.limit_per_term) == ("AL153", office, None)
    assert (second.limit_per_term, second.organisation.kind) == (4, "school")
    assert (third.place_id, third.office) == ("AL112", None)
    assert first.organisation.facts.get(field="seat").value == "AL153"
    again = registering.register_schools_many(ROWS, by=None)
    assert (len(again.added), again.known, again.offices_added) == (0, 3, 0)


@pytest.mark.usefixtures("_places")
def test_bad_rows_are_told_and_nothing_is_kept() -> None:
    rows = [*ROWS, SchoolRow("", "Pukë", line=5), SchoolRow("Shkolla X", "Wonderland", limit=-1, line=6)]
    with pytest.raises(registering.RowsRefused) as refused:
        registering.register_schools_many(rows, by=None)
    assert [(one.line, one.field) for one in refused.value.problems] == [
        (5, "name"), (6, "municipality"), (6, "limit"),
    ]  # fmt: skip
    assert not School.objects.exists()
    done = registering.register_schools_many(rows, by=None, skip_bad=True)
    assert (len(done.added), len(done.problems)) == (3, 3)


@pytest.mark.usefixtures("_places")
def test_an_import_is_taken_back_as_one() -> None:
    change = registry.open_change(kind=Change.Kind.IMPORT, by=None)
    registering.register_schools_many(ROWS, by=None, change=change)
    registry.undo_change(change, by=None)
    assert not Organisation.objects.filter(ended_in=None).exists()


@pytest.mark.usefixtures("_places")
def test_a_school_that_the_registry_has_gets_room_and_no_double() -> None:
    draft = registry.Draft(kind="school", facts=[
        registry.FactDraft("name", "Shkolla e Mesme Lulekuqja"), registry.FactDraft("seat", "AL153"),
        registry.FactDraft("kind", "school"),
    ])  # fmt: skip
    listed = registry.register(draft, by=None)
    registering.register_schools_many(ROWS, by=None)
    assert School.objects.get(organisation=listed).place_id == "AL153"
    assert Organisation.objects.filter(kind="school").count() == 3


@pytest.mark.usefixtures("_places")
def test_two_thousand_rows_come_in_with_few_questions(django_assert_max_num_queries: object) -> None:
    rows = [SchoolRow(f"Shkolla e provës {n}", "Pukë", "Zyra e provës", line=n) for n in range(2000)]
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        assert len(registering.register_schools_many(rows, by=None).added) == 2000


@pytest.mark.usefixtures("_places")
def test_one_school_by_hand() -> None:
    def body(name: str, kind: str) -> Organisation:
        return registry.register(registry.Draft(kind=kind, facts=[registry.FactDraft("name", name)]), by=None)

    from sofra.places.models import Place

    school, office = body("Shkolla “Prova”", "school"), body("Zyra e provës", "public")
    ana = User.objects.create_user("ana@example.org", name="Ana")
    made = registering.register_school(school, place=Place.objects.get(pk="AL153"), office=office, by=ana)
    assert (made.office, made.limit_per_term) == (Office.objects.get(), None)
    made = registering.register_school(school, place=made.place, limit_per_term=3, by=ana)
    assert (made.office, made.limit_per_term) == (None, 3)
    for place, limit, wrong in ((Place.objects.get(pk="AL-10"), 3, "place"), (made.place, -1, "limit_per_term")):
        with pytest.raises(ValidationError) as refused:
            registering.register_school(school, place=place, limit_per_term=limit, by=ana)
        assert list(refused.value.message_dict) == [wrong]
