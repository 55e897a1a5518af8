"""The pages as a visitor, the asking organisation, the office, the school, a mapper and an outsider see them."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from tests.schools.conftest import local, make_body, make_person, make_place

from sofra.accounts import roles
from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.schools import registering, services
from sofra.schools.models import School, Session
from sofra.schools.registering import SchoolRow

Ask = Callable[..., Session]
GOOD = {
    "title": "Flasim për internetin", "classes": "X-a, X-b", "day": "2026-10-15", "time": "10:30", "minutes": "45",
    "audiences": ["students"], "languages": ["sq"], "visible_to": "0",
}  # fmt: skip


def page_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def ask(person: User, school: School, asking: Organisation, /, **said: Any) -> Any:
    return page_of(person).post(
        f"/schools/{school.code}/ask/", {**GOOD, "organisation": asking.code, **said}
    )  # fmt: skip


def do(person: User, session: Session, act: str, **said: Any) -> Any:
    given = {"act": act, "seen": str(Session.objects.get(pk=session.pk).version), **said}
    return page_of(person).post(f"/sessions/{session.pk}/", given)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_visitor_sees_names_and_places_and_no_request(asked: Ask, school: School) -> None:
    asked(title="E fshehtë", who_comes="2 trajnuese")
    visitor = page_of(None)
    listed, shown = text(visitor.get("/schools/")), text(visitor.get(f"/schools/{school.code}/"))
    assert "Lulëkuqja" in listed
    assert "Pukë" in listed
    assert "E fshehtë" not in listed + shown
    assert "10 accepted" not in text(visitor.get(f"/en/schools/{school.code}/"))
    assert visitor.get(f"/schools/{school.code}/ask/").status_code == 302
    assert visitor.get("/sessions/").status_code == 302


def test_a_request_is_there_for_both_sides_and_mappers_only(
    asked: Ask, besa: User, cvetan: User, drita: User, ana: User, outsider: User
) -> None:
    session = asked()
    mapper, technical = make_person("Genti", roles.MAPPER), make_person("Teuta", roles.TECHNICAL)
    for person in (besa, cvetan, drita, ana, mapper):
        assert page_of(person).get(f"/sessions/{session.pk}/").status_code == 200
        assert page_of(person).get(f"/sessions/{session.pk}/session.ics").status_code == 200
    for person in (outsider, technical):
        assert page_of(person).get(f"/sessions/{session.pk}/").status_code == 404
        assert page_of(person).get(f"/sessions/{session.pk}/session.ics").status_code == 404
        assert page_of(person).post(f"/sessions/{session.pk}/", {"act": "accept", "seen": 1}).status_code == 404
    assert Session.objects.get().state == "asked"


def test_a_hidden_organisation_is_hidden_from_mappers_and_seen_by_the_school(
    asked: Ask, besa: User, drita: User, ana: User, school: School, ura: Organisation
) -> None:
    session, mapper = asked(), make_person("Genti", roles.MAPPER)
    Organisation.objects.filter(pk=ura.pk).update(visible_to=2)
    for person, seen in ((besa, True), (drita, True), (ana, True), (mapper, False)):
        client = page_of(person)
        assert client.get(f"/sessions/{session.pk}/").status_code == (200 if seen else 404)
        shown = text(client.get("/sessions/?state="))
        if person not in (besa, drita):
            shown += text(client.get(f"/schools/{school.code}/calendar/", {"on": "2026-10-15"}))
        assert ("Flasim" in shown) == seen


def test_the_desk_and_the_calendar_are_for_those_who_decide(
    asked: Ask, besa: User, cvetan: User, drita: User, ana: User, outsider: User, school: School, office: Organisation
) -> None:
    asked()
    calendar, desk = f"/schools/{school.code}/calendar/", f"/offices/{office.code}/"
    for person, here, there in ((cvetan, 200, 200), (drita, 200, 404), (ana, 200, 200), (besa, 404, 404),
                                (outsider, 404, 404)):  # fmt: skip
        assert page_of(person).get(calendar).status_code == here
        assert page_of(person).get(desk).status_code == there
        assert page_of(person).get(desk + "calendar/").status_code == there
        assert page_of(person).post(desk, {"limit": "1"}).status_code == (302 if there == 200 else 404)


def test_besa_asks_and_cvetan_accepts(
    besa: User, cvetan: User, school: School, ura: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    answer = ask(besa, school, ura, themes=["dialogue"])
    session = Session.objects.get()
    assert answer["Location"] == f"/sessions/{session.pk}/"
    assert session.begins == local(date(2026, 10, 15), time(10, 30))
    assert "Flasim" in text(page_of(cvetan).get("/sessions/"))
    assert do(cvetan, session, "accept").status_code == 302
    activity = Activity.objects.get()
    assert (activity.state, activity.begins) == ("published", "2026-10-15")
    assert activity.code in text(page_of(besa).get(f"/sessions/{session.pk}/"))


def test_a_school_that_takes_no_session_says_so(besa: User, school: School, ura: Organisation) -> None:
    School.objects.update(limit_per_term=0)
    said = text(page_of(besa).get(f"{school.get_absolute_url()}ask/"))
    assert "shkolla nuk merr seanca" in said
    assert "0 seanca" not in said
    assert "0 nga 0" not in text(page_of(besa).get(school.get_absolute_url()))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"day": "2026-10-01"}, "day"),
        ({"day": "2026-02-31"}, "day"),
        ({"day": "0020-10-15"}, "day"),
        ({"day": "9999-12-31", "time": "23:59"}, "day"),
        ({"day": "nesër"}, "day"),
        ({"day": "2027-07-15"}, "day"),
        ({"time": "25:00"}, "time"),
        ({"time": ""}, "time"),
        ({"day": "2026-10-25", "time": "02:30"}, "time"),
        ({"day": "2027-03-28", "time": "02:30"}, "time"),
        ({"time": "23:30"}, "minutes"),
        ({"minutes": "shumë"}, "minutes"),
        ({"minutes": "-45"}, "minutes"),
        ({"classes": "Agim Kola"}, "classes"),
        ({"title": "x" * 201}, "title"),
        ({"title": "   "}, "title"),
        ({"note": "x" * 2001}, "note"),
        ({"pupils": "10000"}, "pupils"),
        ({"audiences": ["everybody"]}, "audiences"),
        ({"organisation": "al.other"}, "organisation"),
    ],
)
def test_bad_input_stands_beside_its_field(
    besa: User, school: School, ura: Organisation, said: dict[str, str], field: str
) -> None:
    answer = ask(besa, school, ura, **said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}' in text(answer)
    assert not Session.objects.exists()


def test_many_pupils_are_asked_about_with_a_box_to_tick(besa: User, school: School, ura: Organisation) -> None:
    answer = ask(besa, school, ura, pupils="300")
    assert answer.status_code == 422
    assert 'type="checkbox" name="sure_of_pupils"' in text(answer)
    assert ask(besa, school, ura, pupils="300", sure_of_pupils="on").status_code == 302


def test_all_that_is_wrong_is_told_at_once(besa: User, school: School, ura: Organisation) -> None:
    answer = ask(besa, school, ura, title="", classes="blu", day="31.02.2027", time="25:00")
    assert set(answer.context["form"].errors) == {"title", "classes", "day", "time"}
    assert "sure_of_pupils" not in text(answer)


def test_nobody_asks_in_the_name_of_another(outsider: User, ana: User, school: School, ura: Organisation) -> None:
    assert ask(outsider, school, ura).status_code == 422
    assert not Session.objects.exists()
    address = f"/schools/{school.code}/ask/?for={ura.code}"
    assert page_of(ana).post(address, {**GOOD, "organisation": ura.code}).status_code == 302
    assert page_of(outsider).post(address, {**GOOD, "organisation": ura.code}).status_code == 422


def test_the_same_request_twice_is_told_above_the_form(besa: User, school: School, ura: Organisation) -> None:
    ask(besa, school, ura)
    answer = ask(besa, school, ura)
    assert answer.status_code == 422
    assert Session.objects.count() == 1


def test_a_request_like_an_earlier_one_begins_filled_in(besa: User, outsider: User, asked: Ask, school: School) -> None:
    session = asked(who_comes="2 trajnuese")
    address = f"/schools/{school.code}/ask/?again={session.pk}"
    assert "2 trajnuese" in text(page_of(besa).get(address))
    assert "2 trajnuese" not in text(page_of(outsider).get(address))
    for odd in ("x", "9" * 30, "²"):
        assert page_of(besa).get(f"/schools/{school.code}/ask/?again={odd}").status_code == 200


def test_a_side_takes_no_step_of_the_other(asked: Ask, besa: User, cvetan: User, ura: Organisation) -> None:
    session = asked()
    for act in ("accept", "propose", "refuse", "move"):
        assert do(besa, session, act, words="Po.").status_code == 403
    for act in ("agree", "decline", "withdraw"):
        assert do(cvetan, session, act).status_code == 403
    assert do(cvetan, session, "delete").status_code == 422
    registry.name_editors(cvetan, [ura.code], by=None)
    assert do(cvetan, session, "accept").status_code == 403
    assert Session.objects.get().version == 1


def test_refusing_without_a_reason_stands_at_its_field(asked: Ask, cvetan: User) -> None:
    session = asked()
    answer = do(cvetan, session, "refuse", words="  ")
    assert answer.status_code == 422
    assert 'href="#refuse-words"' in text(answer)
    assert do(cvetan, session, "refuse", words="Javë provimesh.").status_code == 302
    assert "Javë provimesh." in text(page_of(session.asked_by).get(f"/sessions/{session.pk}/"))


def test_a_proposed_date_is_seen_and_agreed(asked: Ask, cvetan: User, besa: User) -> None:
    session = asked()
    wrong = do(cvetan, session, "propose", day="2026-10-25", time="02:30", minutes="45")
    assert 'href="#propose-time"' in text(wrong)
    assert do(cvetan, session, "propose", day="2026-10-20", time="08:00", minutes="60").status_code == 302
    assert "20.10.2026" in text(page_of(besa).get(f"/sessions/{session.pk}/"))
    assert do(besa, session, "agree").status_code == 302
    assert Session.objects.get().begins == local(date(2026, 10, 20), time(8, 0))


def test_the_second_of_two_sees_what_happened_and_nothing_is_done(asked: Ask, cvetan: User, drita: User) -> None:
    session = asked()
    services.refuse(session, words="Javë provimesh.", by=drita, seen=1)
    answer = page_of(cvetan).post(f"/sessions/{session.pk}/", {"act": "accept", "seen": "1"})
    assert answer.status_code == 422
    assert "Javë provimesh." in text(answer)
    assert not Activity.objects.exists()
    other = asked(title="Tjetër")
    services.propose(other, begins=local(date(2026, 10, 20), time(8, 0)), minutes=45, words="", by=drita, seen=1)
    answer = page_of(cvetan).post(f"/sessions/{other.pk}/", {"act": "accept", "seen": "1"})
    assert answer.status_code == 422
    assert Session.objects.get(pk=other.pk).state == "proposed"


def test_the_desk_sees_other_requests_and_the_load(asked: Ask, cvetan: User, besa: User) -> None:
    services.accept(asked(title="E pranuar"), by=cvetan, seen=1)
    session = asked(title="E re", at=time(10, 15))
    shown = page_of(cvetan).get(f"/sessions/{session.pk}/")
    assert [one.clash for one in shown.context["others"]] == [True]
    assert shown.context["load"].accepted == 1
    assert shown.context["by_class"] == [("X-a", 1), ("X-b", 1)]
    assert "others" not in page_of(besa).get(f"/sessions/{session.pk}/").context


@pytest.mark.parametrize("view", ["day", "week", "term", "", "month"])
def test_the_calendar_of_school_and_office(
    asked: Ask, cvetan: User, school: School, office: Organisation, view: str
) -> None:
    session = asked()
    for address in (f"/schools/{school.code}/calendar/", f"/offices/{office.code}/calendar/"):
        shown = page_of(cvetan).get(address, {"view": view, "on": "2026-10-15"})
        assert session.get_absolute_url() in text(shown)
    for odd in ("0001-01-01", "9999-12-31", "tomorrow", "2026-13-01"):
        assert page_of(cvetan).get(f"/schools/{school.code}/calendar/", {"view": view, "on": odd}).status_code == 200


def test_a_calendar_of_the_holidays_shows_the_next_term(cvetan: User, school: School) -> None:
    shown = page_of(cvetan).get(f"/schools/{school.code}/calendar/", {"view": "term", "on": "2027-07-10"})
    assert shown.context["shown"].term.code == "2027-1"
    assert shown.context["shown"].before.isoformat() == "2027-04-01"


def test_the_office_narrows_its_calendar_to_a_school_of_its_own(
    asked: Ask, cvetan: User, school: School, office: Organisation
) -> None:
    other = registering.register_school(
        make_body("Shkolla “Thëllëza”", "school"), place=make_place("AL151", "Fushë-Arrëz"), by=None
    )  # fmt: skip
    asked(to=other, title="E huaj")
    asked(title="E jona")
    shown = text(page_of(cvetan).get(f"/offices/{office.code}/calendar/", {"on": "2026-10-15", "school": other.code}))
    assert "E jona" in shown
    assert "E huaj" not in shown


def test_two_thousand_schools_are_paged_searched_and_narrowed(puke: Any, django_assert_max_num_queries: Any) -> None:
    rows = [SchoolRow(f"Shkolla e provës {n}", "AL153", line=n) for n in range(2000)]
    rows += [SchoolRow("Shkolla “Thëllëza”", make_place("AL151", "Fushë-Arrëz").code, line=2000)]
    registering.register_schools_many(rows, by=None)
    visitor = Client()
    with django_assert_max_num_queries(12):
        shown = visitor.get("/schools/")
    assert (shown.context["page"].paginator.count, len(shown.context["page"])) == (2001, 50)
    assert visitor.get("/schools/?q=thelleza").context["page"].paginator.count == 1
    assert visitor.get("/schools/?place=AL151").context["page"].paginator.count == 1
    assert visitor.get("/schools/?place=Wonderland").context["page"].paginator.count == 0
    assert "Wonderland" in text(visitor.get("/schools/?place=Wonderland"))


def test_a_school_that_not_everyone_may_know_of_is_not_listed(school: School, outsider: User) -> None:
    Organisation.objects.filter(pk=school.organisation.pk).update(visible_to=1)
    assert Client().get(f"/schools/{school.code}/").status_code == 404
    assert Client().get("/schools/").context["page"].paginator.count == 0
    assert page_of(outsider).get(f"/schools/{school.code}/").status_code == 200


def test_the_limit_is_changed_by_those_who_decide(school: School, drita: User, besa: User, ana: User) -> None:
    address = f"/schools/{school.code}/edit/"
    assert page_of(besa).get(address).status_code == 404
    assert page_of(drita).post(address, {"limit": "3", "municipality": "AL151"}).status_code == 302
    kept = School.objects.get()
    assert (kept.limit_per_term, kept.place_id) == (3, "AL153")
    assert page_of(drita).post(address, {"limit": "-1"}).status_code == 422
    assert page_of(drita).post(address, {"limit": "shumë"}).status_code == 422
    make_place("AL151", "Fushë-Arrëz")
    said = {"limit": "", "municipality": "AL151", "office": "Zyra arsimore e provës"}
    assert page_of(ana).post(address, said).status_code == 302
    kept = School.objects.get()
    assert (kept.limit_per_term, kept.place_id, str(kept.office)) == (None, "AL151", "Zyra arsimore e provës")
    assert page_of(ana).post(address, {**said, "office": "S’ka"}).status_code == 422


def test_a_mapper_registers_a_school(puke: Any, ana: User, outsider: User) -> None:
    said = {"name": "Shkolla “Bleta”", "municipality": "AL153", "office": "Zyra e re"}
    assert page_of(outsider).post("/schools/new/", said).status_code == 403
    assert page_of(ana).post("/schools/new/", said).status_code == 302
    assert str(School.objects.get().office) == "Zyra e re"
    assert page_of(ana).post("/schools/new/", said).status_code == 422
    assert page_of(ana).post("/schools/new/", {**said, "municipality": "Wonderland"}).status_code == 422


def test_words_from_people_are_escaped(besa: User, cvetan: User, school: School, ura: Organisation) -> None:
    ask(besa, school, ura, title="<b>x</b>", note="<script>1</script>", who_comes="<i>")
    shown = text(page_of(cvetan).get(Session.objects.get().get_absolute_url()))
    assert "<b>x</b>" not in shown
    assert "<script>1" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_requests_asks_few_questions(
    asked: Ask, cvetan: User, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        asked(title=f"Tema {number}")
    client = page_of(cvetan)
    client.get("/sessions/")
    with django_assert_max_num_queries(22):
        assert client.get("/sessions/").context["page"].paginator.count == count
