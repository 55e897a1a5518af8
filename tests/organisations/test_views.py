"""The pages of the registry as people walk them: few queries, clear refusals, nothing lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.organisations import queries, services
from sofra.organisations.forms import FilterForm
from sofra.organisations.models import Judgement, Organisation, Proposal
from sofra.places.models import Place, Reading
from sofra.places.services import load_places
from sofra.places.titles import title_of

Make = Callable[..., Organisation]
MOST_IN_A_LIST, MOST_ON_A_PAGE = 8, 13


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("how_many", [1, 3, 30])
@pytest.mark.parametrize("view", ["list", "table", "map"])
def test_a_list_asks_few_queries_however_long_it_is(
    organisation: Make, django_assert_max_num_queries: Any, how_many: int, view: str
) -> None:
    for number in range(how_many):
        organisation(f"Ura {number}", place="AL153", theme="youth")
    address = f"/organisations/?view={view}&kind=cso&theme=youth&place=AL-10&q=ura&page=1"
    with django_assert_max_num_queries(MOST_IN_A_LIST):
        answer = Client().get(address)
    assert answer.status_code == 200
    if view != "map":
        assert text(answer).count("Ura ") >= min(how_many, 25)


def test_a_page_asks_few_queries_however_much_is_said(
    ura: Organisation, ana: User, django_assert_max_num_queries: Any
) -> None:
    themes = ("women", "training", "research", "dialogue")
    changes = [{"do": "add", "field": "theme", "value": value, "visible_to": 0} for value in themes]
    services.edit_record(ura, changes=changes, by=ana)
    with django_assert_max_num_queries(MOST_ON_A_PAGE):
        assert Client().get(ura.get_absolute_url()).status_code == 200
    client = signed_in(ana)
    with django_assert_max_num_queries(MOST_ON_A_PAGE + 4):  # session, account, roles, editor
        assert client.get(ura.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "query", ["page=99999", "page=x", "kind=zzz", "age=zzz", "place=Atlantis", "q=%F0%9F%98%80", "view=zzz"]
)
def test_odd_addresses_still_answer(ura: Organisation, query: str) -> None:
    assert Client().get(f"/organisations/?{query}").status_code == 200


def test_an_unknown_place_says_so_and_shows_nothing(ura: Organisation) -> None:
    page = text(Client().get("/organisations/?place=Atlantis"))
    assert "Atlantis" in page
    assert "Ura" not in page


def test_a_joined_record_leads_to_the_one_that_stands(ura: Organisation, organisation: Make, ana: User) -> None:
    other = organisation("The Bridge")
    services.judge_same(left=ura, right=other, by=ana)
    answer = Client().get(other.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, ura.get_absolute_url())


def test_an_editor_proposes_and_a_mapper_accepts(ura: Organisation, besa: User, ana: User) -> None:
    client = signed_in(besa)
    address = f"/organisations/{ura.code}/edit/name/"
    fact = ura.facts.get(field="name", ended_in=None)
    form = {
        "v0-fact": fact.pk,
        "v0-value": fact.value,
        "v0-visible_to": 0,
        "v0-source": "test",
        "v1-value": "The Bridge",
    }
    answer = client.post(address, {**form, "v1-visible_to": 0, "note": "emri në anglisht"})
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.state == "open"
    page = f"/proposals/{proposal.pk}/"
    assert "The Bridge" in text(signed_in(ana).get(page))
    assert signed_in(ana).post(page, {"act": "return", "reason": ""}).status_code == 422
    assert signed_in(ana).post(page, {"act": "accept", "reason": ""}).status_code == 302
    assert "The Bridge" in text(Client().get(ura.get_absolute_url()))
    assert signed_in(ana).post(page, {"act": "accept"}).status_code == 422


def test_an_editor_cannot_accept_own_proposal(ura: Organisation, besa: User) -> None:
    services.propose_change(ura, changes=[], by=besa, note="jo", contests_class=True)
    page = f"/proposals/{Proposal.objects.get().pk}/"
    assert signed_in(besa).post(page, {"act": "accept"}).status_code == 403
    assert Proposal.objects.get().state == "open"


def test_an_outsider_changes_nothing(ura: Organisation, organisation: Make, besa: User, cvetan: User) -> None:
    other = organisation("Drita")
    for client in (signed_in(cvetan), signed_in(besa)):
        for path in ("edit/", "edit/name/", "contest/"):
            assert client.get(f"{other.get_absolute_url()}{path}").status_code == 403
        for path in ("confirm/", "class/", "edit/name/", "contest/"):
            assert client.post(f"{other.get_absolute_url()}{path}").status_code == 403
    visitor = Client().get(f"{other.get_absolute_url()}edit/")
    assert visitor.status_code == 302
    assert "login" in visitor["Location"]


def test_bad_values_are_named_beside_the_field_and_kept(ura: Organisation, ana: User) -> None:
    form = {"v0-value": "zyra", "v0-visible_to": 0, "note": ""}
    answer = signed_in(ana).post(f"/organisations/{ura.code}/edit/founded/", form)
    assert answer.status_code == 422
    assert 'value="zyra"' in text(answer)
    answer = signed_in(ana).post(f"/organisations/{ura.code}/edit/place/", {"v1-value": "Atlantis", "v1-visible_to": 0})
    assert answer.status_code == 422


def test_contested_class_is_said_on_the_page(ura: Organisation, besa: User) -> None:
    answer = signed_in(besa).post(f"/organisations/{ura.code}/contest/", {"note": "Nuk e bëjmë këtë."})
    assert answer.status_code == 302
    page = text(Client().get(ura.get_absolute_url()))
    assert "Nuk e bëjmë këtë" not in page
    assert "notice care" in page


def test_the_desk_judges_and_takes_back(organisation: Make, ana: User) -> None:
    left, right = organisation("Tjetër Vizion"), organisation("Another Vision")
    services.keep_candidates([(left.pk, right.pk, 0.93, ["emri i përkthyer"])], by=ana)
    client = signed_in(ana)
    assert "93" in text(client.get("/duplicates/"))
    address = f"/duplicates/{left.code}/{right.code}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"verdict": "same", "keep": right.code}).status_code == 302
    left.refresh_from_db()
    assert left.joined_to == right
    judgement = Judgement.objects.get()
    assert client.post(f"/judgements/{judgement.pk}/revoke/").status_code == 302
    left.refresh_from_db()
    assert left.joined_to is None


def test_history_shows_and_undoes(ura: Organisation, ana: User, cvetan: User) -> None:
    wish = {"do": "add", "field": "theme", "value": "women", "visible_to": 0}
    change = services.edit_record(ura, changes=[wish], by=ana)
    page = f"/organisations/{ura.code}/history/"
    assert signed_in(cvetan).get(page).status_code == 403
    assert signed_in(ana).get(page).status_code == 200
    assert signed_in(ana).post(f"{page}{change.pk}/undo/").status_code == 302
    assert not ura.facts.filter(field="theme", value="women", ended_in=None).exists()


def test_a_new_organisation_needs_a_name_and_a_source(ana: User, albania: Any) -> None:
    client = signed_in(ana)
    assert client.post("/organisations/new/", {"name": "", "kind": "cso"}).status_code == 422
    good = {"name": "Drita", "kind": "cso", "source": "takim", "place": "Pukë", "website": "https://drita.example"}
    assert client.post("/organisations/new/", {**good, "website": "drita"}).status_code == 422
    assert client.post("/organisations/new/", {**good, "place": "Atlantis"}).status_code == 422
    assert not Organisation.objects.exists()
    assert client.post("/organisations/new/", {**good, "place": "AL153"}).status_code == 302
    assert Organisation.objects.get().name == "Drita"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_downloads_hold_what_the_page_shows_and_no_formula(organisation: Make, form: str) -> None:
    organisation("=cmd()", place="AL153")
    organisation("Në tjetër vend", place="AL151")
    answer = Client().get(f"/organisations.{form}?place=AL153")
    body = answer.getvalue()
    assert answer.status_code == 200
    if form == "csv":
        assert "'=cmd()" in body.decode("utf-8-sig")
        assert "tjetër vend" not in body.decode("utf-8-sig")
    else:
        assert body[:2] == b"PK"


@pytest.mark.parametrize(
    "address", ["/organisations/%00/", "/organisations/?q=%00", "/" + "x" * 3000, "/?q=" + "x" * 9000]
)
def test_the_unreadable_gets_a_sentence(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code in {400, 404, 414}
    assert "<h1" in text(answer)


def test_a_public_page_is_drawn_again_after_any_change(ura: Organisation, ana: User) -> None:
    client = Client()
    assert "The Bridge" not in text(client.get(ura.get_absolute_url()))
    services.edit_record(ura, changes=[{"do": "add", "field": "name", "value": "The Bridge", "visible_to": 0}], by=ana)
    assert "The Bridge" in text(client.get(ura.get_absolute_url()))


def test_what_members_see_never_gets_on_the_shelf(ura: Organisation, ana: User) -> None:
    wish = {"do": "add", "field": "contact", "value": "zyra: info@ura.example", "visible_to": 1}
    services.edit_record(ura, changes=[wish], by=ana)
    assert "info@ura.example" in text(signed_in(ana).get(ura.get_absolute_url()))
    assert "info@ura.example" not in text(Client().get(ura.get_absolute_url()))
    assert "info@ura.example" in text(signed_in(ana).get(ura.get_absolute_url()))


def test_the_shelf_answers_304_and_compresses(ura: Organisation) -> None:
    client = Client()
    first = client.get(ura.get_absolute_url(), headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    again = client.get(ura.get_absolute_url(), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


# — readings, ticks, my organisations ——————————————————————————————————————————————————————————————————————


def _say(organisation: Organisation, by: User, **said: Any) -> None:
    services.edit_record(organisation, changes=[{"do": "add", "visible_to": 0, **said}], by=by)


def test_a_mapper_confirms_a_reading_and_the_text_stays(ura: Organisation, ana: User, besa: User) -> None:
    raw = "Municipality of Puka, somewhere"
    _say(ura, ana, field="place", value="AL153", detail={"text": raw, "sure": False}, source="Annex I")
    page = text(signed_in(ana).get(ura.get_absolute_url()))
    assert raw in page
    assert "/reading/" in page
    assert "/reading/" not in text(signed_in(besa).get(ura.get_absolute_url()))
    address = f"{ura.get_absolute_url()}reading/"
    assert signed_in(besa).post(address, {"text": raw}).status_code == 403
    assert signed_in(ana).post(address, {"text": raw}).status_code == 302
    fact = ura.facts.get(field="place", value="AL153", ended_in=None, detail__text=raw)
    assert (fact.detail["sure"], fact.confirmed_by, fact.source) == (True, ana, "Annex I")
    assert Reading.objects.get(text=raw).codes == ["AL153"]
    page = text(signed_in(ana).get(ura.get_absolute_url()))
    assert raw in page
    assert "/reading/" not in page
    assert "Ana" in page
    assert signed_in(ana).post(address, {"text": "never written"}).status_code == 302  # told, and nothing is done


def test_a_corrected_reading_keeps_what_the_source_wrote(ura: Organisation, ana: User) -> None:
    _say(ura, ana, field="place", value="", detail={"text": "Wonderland", "sure": False})
    form = _place_form(ura)
    row = next(key for key, value in form.items() if key.endswith("-value") and value == "")
    form[row] = "AL153"
    assert signed_in(ana).post(f"{ura.get_absolute_url()}edit/place/", form).status_code == 302
    fact = ura.facts.get(field="place", ended_in=None, detail__text="Wonderland")
    assert (fact.value, fact.detail) == ("AL153", {"text": "Wonderland", "sure": True})
    assert Reading.objects.get(text="Wonderland").codes == ["AL153"]


def test_an_unread_place_hinders_no_other_change(ura: Organisation, ana: User) -> None:
    _say(ura, ana, field="place", value="", detail={"text": "Wonderland", "sure": False})
    blank = len(ura.facts.filter(field="place", ended_in=None))
    form = {**_place_form(ura), f"v{blank}-value": "AL151"}
    assert signed_in(ana).post(f"{ura.get_absolute_url()}edit/place/", form).status_code == 302
    assert ura.facts.filter(field="place", value="AL151", ended_in=None).exists()
    assert ura.facts.filter(field="place", value="", ended_in=None).exists()


def _place_form(organisation: Organisation) -> dict[str, Any]:
    facts = queries.record_of(organisation, 2)["place"]
    form: dict[str, Any] = {"note": "", f"v{len(facts)}-visible_to": 0}  # with the blank row
    for number, fact in enumerate(facts):
        value = title_of(fact.place) if fact.place else ""
        form |= {f"v{number}-fact": fact.pk, f"v{number}-value": value, f"v{number}-source": fact.source}
        form[f"v{number}-visible_to"] = fact.visible_to
    return form


def test_a_place_of_several_meanings_is_asked_after(ura: Organisation, ana: User) -> None:
    load_places()
    address = f"{ura.get_absolute_url()}edit/seat/"
    answer = signed_in(ana).post(address, {"v0-value": "Elbasan", "v0-visible_to": 0})
    assert answer.status_code == 422
    assert "Qarku Elbasan; Bashkia Elbasan" in text(answer)
    assert signed_in(ana).post(address, {"v0-value": "Bashkia Elbasan", "v0-visible_to": 0}).status_code == 302
    assert ura.facts.get(field="seat", ended_in=None).value == "AL213"


def test_ticks_add_and_end_and_notice_what_another_changed(ura: Organisation, ana: User) -> None:
    _say(ura, ana, field="theme", value="youth")
    address = f"{ura.get_absolute_url()}edit/theme/"
    seen = ",".join(str(fact.pk) for fact in ura.facts.filter(field="theme", ended_in=None))
    form = {"seen": seen, "values": ["women", "training"], "source": "takim", "visible_to": 0}
    assert signed_in(ana).post(address, form).status_code == 302
    open_themes = ura.facts.filter(field="theme", ended_in=None)
    assert set(open_themes.values_list("value", flat=True)) == {"women", "training"}
    assert set(open_themes.values_list("source", flat=True)) == {"takim"}
    assert signed_in(ana).post(address, {**form, "values": ["youth"]}).status_code == 422  # seen is the old one
    assert set(open_themes.values_list("value", flat=True)) == {"women", "training"}


def test_an_editor_finds_the_own_organisations(ura: Organisation, besa: User, cvetan: User, organisation: Make) -> None:
    other = organisation("Drita")
    page = text(signed_in(besa).get("/my/organisations/"))
    assert ura.name in page
    assert other.name not in page
    assert f"{ura.get_absolute_url()}confirm/" in page
    assert 'class="empty"' in text(signed_in(cvetan).get("/my/organisations/"))
    assert Client().get("/my/organisations/").status_code == 302


def test_an_accepted_contest_leads_to_the_kinds_of_activity_and_stays_readable(
    ura: Organisation, besa: User, ana: User, organisation: Make
) -> None:
    services.propose_change(ura, changes=[], by=besa, note="Nuk e bëjmë këtë.", contests_class=True)
    page = f"/proposals/{Proposal.objects.get().pk}/"
    answer = signed_in(ana).post(page, {"act": "accept", "reason": "Keni të drejtë."})
    assert answer["Location"] == f"{ura.get_absolute_url()}edit/activity_kind/"
    history = f"{ura.get_absolute_url()}history/"
    for person in (ana, besa):
        shown = text(signed_in(person).get(history))
        assert "Nuk e bëjmë këtë." in shown
        assert "Keni të drejtë." in shown


def test_another_member_does_not_read_the_words_of_a_contest(
    ura: Organisation, besa: User, person: Callable[..., User]
) -> None:
    services.propose_change(ura, changes=[], by=besa, note="Nuk e bëjmë këtë.", contests_class=True)
    drita = person("Drita", roles.MEMBER)
    shown = signed_in(drita).get(f"{ura.get_absolute_url()}history/")
    assert shown.status_code == 200
    assert "Nuk e bëjmë këtë." not in text(shown)


def test_the_map_keeps_the_other_filters(ura: Organisation, organisation: Make) -> None:
    organisation("Drita", place="AL153", theme="youth")
    page = text(Client().get("/organisations/?view=map&theme=youth"))
    assert "theme=youth&amp;view=list&amp;place=AL153" in page or "theme=youth&view=list&place=AL153" in page


@pytest.mark.parametrize("code", ["AL-03", "AL213", "AL213-02", "AL154-03"])
def test_a_filtered_place_stays_the_same_when_its_form_is_sent_again(code: str, db: None) -> None:
    load_places()
    form = FilterForm({"place": code})
    form.is_valid()
    again = FilterForm({"place": form.typed_place})
    again.is_valid()
    assert again.asked_place is not None
    assert again.asked_place.code == code


def test_a_filter_taken_away_keeps_the_view(organisation: Make, albania: dict[str, Place]) -> None:
    organisation("Ura", place="AL153", theme="youth")
    page = text(Client().get("/organisations/?view=map&q=&theme=youth&place=AL153"))
    assert 'href="?theme=youth&amp;view=map"' in page
    assert ".csv??" not in page
    assert ".csv?theme=youth&amp;place=AL153" in page


def test_a_typed_name_of_several_places_is_not_taken_silently(db: None) -> None:
    load_places()
    page = text(Client().get("/organisations/?place=Elbasan&kind=cso"))
    assert "Bashkia Elbasan" in page
    assert '<a href="?kind=cso&amp;place=AL-03">Qarku Elbasan</a>' in page
    assert "place=AL-03" not in text(Client().get("/organisations/?place=AL213"))
