"""The own table through its pages: as Besa keeps it, and as Cvetan may not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities import services
from sofra.activities.models import Activity, Presence, Unsaved
from sofra.organisations.models import Organisation

pytestmark = pytest.mark.sterner

Make = Callable[..., Activity]
State = Activity.State


@pytest.fixture
def table(client: Client, besa: User, ura: Organisation) -> Client:
    client.force_login(besa)
    return client


def own(ura: Organisation, name: str = "own_activities", **more: Any) -> str:
    return reverse(name, kwargs={"code": ura.code, **more})


def quick(**said: Any) -> dict[str, Any]:
    typed = {"title": "Punëtori në Pukë", "place": "Pukë", "when": "5.10.2026", "status": "unknown",
             "audiences": ["youth"], "kinds": ["dialogue"], **said}  # fmt: skip
    return {f"new-{name}": value for name, value in typed.items()}


def whole(**said: Any) -> dict[str, Any]:
    """What the whole form sends."""
    return {
        "title": "Punëtori", "where": "unknown", "status": "unknown", "mode": "unknown", "counted": "unknown",
        "money_visible_to": "1", "visible_to": "0", "groups-TOTAL_FORMS": "3", "groups-INITIAL_FORMS": "0", **said,
    }  # fmt: skip


def text(answer: Any) -> str:
    return answer.content.decode()


def test_five_things_make_a_draft_that_nobody_else_sees(table: Client, ura: Organisation, cvetan: User) -> None:
    answer = table.post(own(ura), quick())
    made = Activity.objects.get()
    assert (answer.status_code, made.state, made.places) == (302, State.DRAFT, ["AL153"])
    assert (made.begins, made.ends, made.audiences) == ("2026-10-05", "2026-10-05", ["youth"])
    assert not Presence.objects.exists()
    page = text(table.get(own(ura)))
    assert "Punëtori në Pukë" in page
    assert reverse("own_undo", args=[ura.code]) in page
    table.force_login(cvetan)
    assert table.get(own(ura)).status_code == 404
    assert table.get(reverse("activity_edit", args=[made.code])).status_code == 404
    assert table.post(own(ura, "own_row", activity=made.code), {"row-title": "E imja"}).status_code == 404
    assert table.post(reverse("activity_autosave", args=[made.code]), {"title": "E imja"}).status_code == 404


def test_published_at_once_it_counts_and_undo_puts_it_in_the_bin(table: Client, ura: Organisation) -> None:
    table.post(own(ura), quick() | {"do": "publish"})
    assert Activity.objects.get().state == State.PUBLISHED
    assert Presence.objects.count() == 1
    table.post(own(ura, "own_undo"))
    assert Activity.objects.get().state == State.BINNED
    assert not Presence.objects.exists()
    assert "Punëtori në Pukë" not in text(table.get(own(ura)))
    assert "Punëtori në Pukë" in text(table.get(own(ura) + "?state=binned"))


WRONG_SHORT: list[tuple[dict[str, str], str]] = [
    ({"title": ""}, "title"), ({"when": "31.2.2026"}, "when"), ({"when": "0020"}, "when"),
    ({"when": "5.10.2026 – 4.10.2026"}, "when"), ({"when": "2040"}, "when"), ({"when": "2010–2026"}, "when"),
    ({"place": "Wonderland"}, "place"), ({"partners": "Shoqata e Askujt"}, "partners"),
    ({"reached": "-3"}, "reached"), ({"reached": "10000"}, "reached"), ({"reached": "1001"}, "reached"),
]  # fmt: skip


def test_bad_input_comes_back_with_a_sentence_at_its_field(table: Client, ura: Organisation) -> None:
    for said, field in WRONG_SHORT:
        answer = table.post(own(ura), quick(**said))
        assert answer.status_code == 422
        assert list(answer.context["quick"].errors) == [field], said
    assert not Activity.objects.exists()


def test_what_is_unlikely_is_kept_once_its_tick_is_given(table: Client, ura: Organisation) -> None:
    answer = table.post(own(ura), quick(reached="12000"))
    assert 'name="sure" value="reached:12000"' in text(answer)
    assert table.post(own(ura), quick(reached="99999") | {"sure": "reached:12000"}).status_code == 422
    assert table.post(own(ura), quick(reached="12000") | {"sure": "reached:12000"}).status_code == 302
    assert Activity.objects.get().reached == 12_000


def test_a_row_is_changed_in_its_place_and_taken_back(table: Client, ura: Organisation, activity: Make) -> None:
    made = activity()
    page = table.get(own(ura) + f"?edit={made.code}")
    form = page.context["row_form"]
    data = {f"row-{name}": form[name].value() for name in form.fields} | {"seen": "1"}
    assert table.post(own(ura, "own_row", activity=made.code), data).status_code == 302
    made.refresh_from_db()
    assert made.version == 1  # nothing was changed, so nothing was written
    data |= {"back": f"state=published&edit={made.code}", "row-title": "Tjetër", "row-when": "2026 –"}
    answer = table.post(own(ura, "own_row", activity=made.code), data)
    assert answer.url == f"{own(ura)}?state=published#row-{made.pk}"
    made.refresh_from_db()
    assert (made.title, made.begins, made.ends, made.places) == ("Tjetër", "2026", "", ["AL153"])
    table.post(own(ura, "own_undo"))
    made.refresh_from_db()
    assert (made.title, made.begins) == ("Punëtori me të rinjtë", "2026-03-02")


def test_ticked_rows_are_acted_on_together(table: Client, ura: Organisation, activity: Make) -> None:
    one, two, three = activity(publish=False), activity(publish=False, title="Dy"), activity(title="Tre")
    table.post(own(ura, "own_bulk"), {"act": "published", "row": [one.code, two.code, three.code]})
    assert set(Activity.objects.values_list("state", flat=True)) == {State.PUBLISHED}
    assert Presence.objects.count() == 3
    table.post(own(ura, "own_undo"))
    assert Activity.objects.get(pk=one.pk).state == State.DRAFT
    assert Activity.objects.get(pk=three.pk).state == State.PUBLISHED
    table.post(own(ura, "own_bulk"), {"act": "binned", "all": "1"})
    assert set(Activity.objects.values_list("state", flat=True)) == {State.BINNED}
    table.post(own(ura, "own_bulk") + "?state=binned", {"act": "draft", "row": [two.code]})
    assert Activity.objects.get(pk=two.pk).state == State.DRAFT
    assert "Tick" in text(table.post("/en" + own(ura, "own_bulk"), {"act": "draft"}, follow=True))


def test_rows_of_others_are_not_acted_on(table: Client, ura: Organisation, lugina: Organisation, ana: User) -> None:
    theirs = services.add_activity(services.ActivityDraft(title="E tyre", owner=lugina.code), by=ana, publish=True)
    table.post(own(ura, "own_bulk"), {"act": "binned", "row": [theirs.code]})
    theirs.refresh_from_db()
    assert theirs.state == State.PUBLISHED
    assert table.get(reverse("activity_edit", args=[theirs.code])).status_code == 404


def test_the_whole_form_keeps_all_it_is_told(table: Client, ura: Organisation, lugina: Organisation) -> None:
    said = whole(
        title="Trajnim", where="places", place="Pukë; Fushë-Arrëz", begins="31.10.2026 22:00",
        ends="1.11.2026, ora 02:00", kinds=["capacity-building"], audiences=["teachers"],
        partners=lugina.name, times_held="3", reached="60", counted="list", reached_complete="yes",
        money="5 000", currency="EUR", results="www.example.org/r", languages=["sq"],
        **{"groups-0-sex": "f", "groups-0-number": "40", "groups-1-sex": "m", "groups-1-number": "20"},
    )  # fmt: skip
    answer = table.post(own(ura, "own_activity_new"), said)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Activity.objects.get()
    draft = services.draft_of(made)
    assert (draft.places, draft.begins, draft.ends) == (["AL153", "AL151"], "2026-10-31", "2026-11-01")
    assert (draft.partners, draft.reached, draft.reached_complete) == ([lugina.code], 60, True)
    assert [(one.sex, one.number) for one in draft.groups] == [("f", 40), ("m", 20)]
    assert (str(draft.money), draft.currency, draft.results) == ("5000.00", "EUR", "https://www.example.org/r")
    page = table.get(reverse("activity_edit", args=[made.code]))
    assert page.status_code == 200
    form = page.context["form"]
    assert form["ends"].value() == "01.11.2026"
    assert form["partners"].value() == lugina.name


WRONG_LONG: list[tuple[dict[str, Any], str]] = [
    ({"begins": "5.2026", "ends": "4.2026"}, "ends"),
    ({"money": "5"}, "currency"),
    ({"where": "places"}, "place"),
    ({"where": "country", "place": "Pukë"}, "place"),
    ({"reached": "10000", "times_held": "1", "kinds": ["capacity-building"]}, "reached"),
    ({"begins": "2026", "ends": "2037"}, "ends"),
    ({"results": "diku"}, "results"),
]


def test_the_whole_form_says_what_is_wrong_where(table: Client, ura: Organisation) -> None:
    for said, field in WRONG_LONG:
        answer = table.post(own(ura, "own_activity_new"), whole(**said))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field], said


def test_parts_above_the_total_are_refused_in_their_rows(table: Client, ura: Organisation) -> None:
    more = {"groups-0-sex": "f", "groups-0-number": "40", "groups-1-sex": "m", "groups-1-number": "21"}
    answer = table.post(own(ura, "own_activity_new"), whole(reached="60", **more))
    assert answer.status_code == 422
    assert answer.context["rows"].forms[0].errors
    assert not Activity.objects.exists()


def test_more_rows_without_a_script(table: Client, ura: Organisation) -> None:
    answer = table.post(own(ura, "own_activity_new"), whole(title="", do="more", **{"groups-2-number": "7"}))
    assert answer.status_code == 200
    assert len(answer.context["rows"].forms) == 6
    assert 'value="7"' in text(answer)
    assert "errorlist" not in text(answer)


def test_an_ended_place_is_refused_for_what_begins_after_it(
    table: Client, ura: Organisation, albania: dict[str, Any]
) -> None:
    place = albania["AL153-1"]
    place.valid_to = "2020-01-01"
    place.save()
    answer = table.post(own(ura), quick(place="AL153-1"))
    assert list(answer.context["quick"].errors) == ["place"]
    assert table.post(own(ura), quick(place="AL153-1", when="2018")).status_code == 302


def test_what_is_typed_is_kept_for_its_person_alone(
    table: Client, ura: Organisation, activity: Make, ana: User
) -> None:
    made = activity()
    address = reverse("activity_autosave", args=[made.code])
    answer = table.post(address, whole(title="Gjysmë e shkrua", reached="nuk e di", seen="1"))
    assert answer.json()["says"]
    made.refresh_from_db()
    assert (made.title, made.version) == ("Punëtori me të rinjtë", 1)  # nothing is published by itself
    edit = reverse("activity_edit", args=[made.code])
    assert "resume=1" in text(table.get(edit))
    page = text(table.get(edit + "?resume=1"))
    assert "Gjysmë e shkrua" in page
    assert "nuk e di" in page
    assert "errorlist" not in page
    table.force_login(ana)
    assert "resume=1" not in text(table.get(edit))
    assert Unsaved.objects.count() == 1


def test_a_new_one_is_kept_while_typed_and_gone_once_saved(table: Client, ura: Organisation) -> None:
    assert table.post(own(ura, "own_autosave"), whole(title="E re")).status_code == 200
    assert table.post(own(ura, "own_autosave"), whole(title="E re fare")).status_code == 200
    assert Unsaved.objects.get().typed["title"] == ["E re fare"]
    assert "resume=1" in text(table.get(own(ura)))
    assert "E re fare" in text(table.get(own(ura, "own_activity_new") + "?resume=1"))
    table.post(own(ura, "own_activity_new"), whole(title="E re fare"))
    assert not Unsaved.objects.exists()
    table.post(own(ura, "own_autosave"), whole(title="x"))
    table.post(own(ura, "own_autosave"), {"do": "discard"})
    assert not Unsaved.objects.exists()


def test_the_second_of_two_editors_compares_and_loses_nothing(
    table: Client, ura: Organisation, activity: Make, ana: User
) -> None:
    made = activity()
    theirs = services.draft_of(made)
    theirs.title, theirs.reached = "Si e shkroi Ana", 30
    services.edit_activity(made, theirs, by=ana, seen=1)
    edit = reverse("activity_edit", args=[made.code])
    said = whole(
        title="Si e shkrova unë", where="places", place="Fushë-Arrëz", begins="2.3.2026", ends="6.3.2026",
        status="held", audiences=["youth"], kinds=["dialogue"], about="E gjatë", seen="1",
    )  # fmt: skip
    answer = table.post(edit, said)
    assert answer.status_code == 409
    page = text(answer)
    for words in ("Punëtori me të rinjtë", "Si e shkroi Ana", "Si e shkrova unë", "E gjatë"):
        assert words in page
    shown = {field["name"]: field for field in answer.context["fields"]}
    assert [shown["title"][who] for who in ("i_changed", "they_changed")] == [True, True]
    assert [shown["reached"][who] for who in ("i_changed", "they_changed")] == [False, True]
    settled = dict(answer.context["typed"]) | {"audiences": ["youth"], "kinds": ["dialogue"]}
    settled |= {"seen": "2", "base": "1", "take-title": "theirs"}
    answer = table.post(edit, settled)
    assert answer.status_code == 302, answer.context["form"].errors
    made.refresh_from_db()
    assert (made.title, made.reached, made.about, made.places) == ("Si e shkroi Ana", 30, "E gjatë", ["AL151"])


def test_a_row_in_its_place_compares_too(table: Client, ura: Organisation, activity: Make, ana: User) -> None:
    made = activity()
    form = table.get(own(ura) + f"?edit={made.code}").context["row_form"]
    data = {f"row-{name}": form[name].value() for name in form.fields} | {"seen": "1", "row-title": "Unë"}
    theirs = services.draft_of(made)
    theirs.title, theirs.about = "Ana", "Nga Ana"
    services.edit_activity(made, theirs, by=ana, seen=1)
    address = own(ura, "own_row", activity=made.code)
    answer = table.post(address, data)
    assert answer.status_code == 409
    assert table.post(address, data | {"seen": "2", "base": "1", "take-title": "mine"}).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.about) == ("Unë", "Nga Ana")


def test_it_is_looked_at_before_it_is_published(table: Client, ura: Organisation, activity: Make) -> None:
    made = activity(publish=False, audiences=[], money=services.Decimal(64207), currency="EUR")
    check = reverse("activity_check", args=[made.code])
    page = text(table.get(check))
    assert "64207" not in page
    table.post(check)
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    table.post(own(ura, "own_undo"))
    made.refresh_from_db()
    assert made.state == State.DRAFT


def test_a_year_is_copied_as_drafts_a_year_on(table: Client, ura: Organisation, activity: Make) -> None:
    activity(begins="2024-02-29", ends="2024-02-29", reached=30, title="Një")
    activity(begins="2024-10", ends="2024-11", title="Dy", publish=False)
    activity(begins="2024", ends="", title="Tre")
    activity(begins="2025", ends="2025", title="Tjetër vit")
    assert "2024" in text(table.get(own(ura, "own_copy")))
    assert table.post(own(ura, "own_copy"), {"year": "1999"}).status_code == 422
    table.post(own(ura, "own_copy"), {"year": "2024"})
    copies = {one.title: one for one in Activity.objects.exclude(batch=None)}
    assert {one.begins for one in copies.values()} == {"2025-02-28", "2025-10", "2025"}
    assert {one.state for one in copies.values()} == {State.DRAFT}
    assert copies["Një"].reached is None
    assert copies["Tre"].ends == ""
    table.post(own(ura, "own_copy"), {"year": "2024"})
    assert Activity.objects.count() == 7  # nothing is copied twice
    table.post(own(ura, "own_copy"), {"year": "2024", "again": "1"})
    assert Activity.objects.count() == 10
    table.post(own(ura, "own_undo"))
    assert Activity.objects.filter(state=State.BINNED).count() == 3


def test_a_joined_organisation_is_kept_under_the_one_that_stands(
    table: Client, ura: Organisation, organisation: Callable[..., Organisation], activity: Make, ana: User
) -> None:
    old = organisation("Qendra e vjetër")
    services.add_activity(services.ActivityDraft(title="Nga e vjetra", owner=old.code), by=ana)
    old.joined_to = ura
    old.save()
    assert table.get(own(old)).url == own(ura)
    assert "Nga e vjetra" in text(table.get(own(ura)))
    table.post(own(old, "own_activity_new"), whole(title="E re"))
    assert Activity.objects.get(title="E re").owner == ura
    table.post(own(ura, "own_bulk"), {"act": "published", "all": "1"})
    table.post(own(ura, "own_undo"))
    assert set(Activity.objects.values_list("state", flat=True)) == {State.DRAFT}


def test_the_table_is_taken_away_with_its_drafts(
    table: Client, ura: Organisation, activity: Make, cvetan: User
) -> None:
    activity(title="E hapur")
    activity(title="Draft i yni", publish=False, reached=7)
    address = own(ura, "own_activities_download", form="csv")
    lines = b"".join(table.get(address + "?state=draft")).decode().splitlines()  # type: ignore[arg-type]
    assert len(lines) == 2
    assert "Draft i yni" in lines[1]
    table.force_login(cvetan)
    assert table.get(address).status_code == 404
    table.logout()
    assert table.get(address).status_code == 302


def test_one_is_moved_from_its_own_page(table: Client, activity: Make) -> None:
    made = activity()
    address = reverse("activity_move", args=[made.code])
    answer = table.post(address, {"to": "binned", "next": "https://elsewhere.example/"})
    assert answer.url == made.get_absolute_url()
    made.refresh_from_db()
    assert made.state == State.BINNED
    assert table.post(address, {"to": "nowhere"}).status_code == 400


def test_rows_are_asked_for_together(
    table: Client, ura: Organisation, activity: Make, django_assert_max_num_queries: Any
) -> None:
    activity(title="Një")
    table.get(own(ura))
    with django_assert_max_num_queries(30) as one:
        table.get(own(ura))
    for number in range(3):
        activity(title=f"Tjetër {number}", places=["AL151"])
    with django_assert_max_num_queries(30) as many:
        table.get(own(ura))
    assert len(many) == len(one)


def test_money_that_is_kept_from_a_person_is_neither_shown_nor_lost(
    client: Client, person: Callable[..., User], activity: Make, ana: User
) -> None:
    made = activity(money=services.Decimal(64207), currency="EUR", money_visible_to=2)
    drita = person("Drita", roles.MAPPER)
    client.force_login(drita)
    edit = reverse("activity_edit", args=[made.code])
    page = text(client.get(edit))
    assert "64207" not in page
    assert 'name="money"' not in page
    answer = client.post(edit, whole(title="E mapuar", seen="1", owner="Qendra “Ura”"))
    assert answer.status_code == 302, answer.context["form"].errors
    draft = services.draft_of(Activity.objects.get())
    assert (draft.title, draft.money, draft.money_visible_to) == ("E mapuar", 64207, 2)
    theirs = services.draft_of(made)
    theirs.money = services.Decimal(64209)
    services.edit_activity(made, theirs, by=ana, seen=2)
    answer = client.post(edit, whole(title="Sërish", seen="2", owner="Qendra “Ura”"))
    assert answer.status_code == 409
    assert "64209" not in text(answer).replace("\u00a0", "")


def test_an_old_deed_is_offered_no_more(table: Client, ura: Organisation) -> None:
    table.post(own(ura), quick())
    session = table.session
    session["activities_deed"] = {**session["activities_deed"], "at": 0}
    session.save()
    assert own(ura, "own_undo") not in text(table.get(own(ura)))
    table.post(own(ura, "own_undo"))
    assert Activity.objects.get().state == State.DRAFT


def test_what_no_form_sends_breaks_nothing(table: Client, ura: Organisation, activity: Make) -> None:
    made = activity()
    edit, keep = reverse("activity_edit", args=[made.code]), reverse("activity_autosave", args=[made.code])
    assert table.post(edit, {"title": "Pa rreshta"}).status_code == 422
    assert table.post(edit, whole(title="x", seen="9" * 5000, base="-1")).status_code in {302, 409, 422}
    assert table.post(edit, whole(**{"groups-TOTAL_FORMS": "9" * 30, "title": "x"})).status_code in {302, 409, 422}
    assert table.post(edit, whole(do="more", **{"groups-TOTAL_FORMS": "x"})).status_code == 200
    assert table.post(keep, whole(title="\x00e fshehtë")).status_code == 200
    assert table.post(keep, whole(about="x" * 300_000)).status_code == 413
    assert table.get(edit + "?resume=1").status_code == 200
    assert table.get(own(ura) + "?page=x&year=0020&state=nowhere&sort=x&edit=al.a999").status_code == 200
    assert table.post(own(ura, "own_row", activity=made.code), {}).status_code == 422
