"""Asking, proposing, accepting, refusing, cancelling: what is kept, what follows, and what nobody may."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings as hub
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, ValidationError
from tests.schools.conftest import NOW, local, make_body, make_person, make_place

from sofra.accounts import roles
from sofra.accounts.access import has
from sofra.accounts.models import User
from sofra.activities import services as activities
from sofra.activities.models import Activity, Presence
from sofra.ground.models import AuditLine
from sofra.ground.text import fold
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.schools import examples, queries, registering, services
from sofra.schools.models import Office, School, Session
from sofra.schools.rules import MOST_WAITING, term_of

Ask = Callable[..., Session]


def wrong(act: Callable[..., Any], *given: Any, **said: Any) -> dict[str, list[str]]:
    """The fields that an act refuses, with their sentences."""
    with pytest.raises(ValidationError) as refused:
        act(*given, **said)
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def load(school: School, day: date = date(2026, 10, 15)) -> Any:
    term = term_of(day, queries.spans())
    assert term
    return queries.load_of(School.objects.get(pk=school.pk), term)


def test_what_is_asked_is_kept_as_it_was_said(asked: Ask, besa: User) -> None:
    session = asked(who_comes="2 trajnuese", guests=2, pupils=50, themes=["dialogue"], languages=["sq"])
    assert (session.state, session.term, session.version) == ("asked", "2026-1", 1)
    assert [(one.name, one.folded) for one in session.classes.all()] == [("X-a", "10a"), ("X-b", "10b")]
    assert [(step.kind, step.by) for step in queries.steps_of(session)] == [("asked", besa)]
    assert AuditLine.objects.get(what="session.asked").about == f"session {session.pk}"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"note": "x" * 2001}, "note"),
        ({"who_comes": "x" * 301}, "who_comes"),
        ({"classes": "Agim Kola"}, "classes"),
        ({"classes": ""}, "classes"),
        ({"day": date(2026, 10, 1)}, "day"),
        ({"day": date(2027, 8, 1)}, "day"),
        ({"at": time(23, 50)}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"kinds": ["magic"]}, "kinds"),
        ({"audiences": []}, "audiences"),
        ({"guests": 0}, "guests"),
        ({"guests": 51}, "guests"),
        ({"pupils": 10_000}, "pupils"),
        ({"pupils": 300}, "pupils"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field_and_nothing_is_kept(
    asked: Ask, said: dict[str, Any], field: str
) -> None:
    assert list(wrong(asked, **said)) == [field]
    assert not Session.objects.exists()


def test_all_that_is_wrong_is_told_at_once(asked: Ask) -> None:
    assert set(wrong(asked, title="", classes="", minutes=0)) == {"title", "classes", "minutes"}


def test_many_pupils_are_asked_about_and_kept_when_it_is_so(asked: Ask) -> None:
    assert asked(pupils=300, sure_of_pupils=True).pupils == 300


def test_the_same_request_twice_is_refused(asked: Ask) -> None:
    first = asked()
    assert str(first.pk) in wrong(asked, title="FLASIM për Internetin")[""][0]
    asked(title="Tjetër temë")
    services.withdraw(first, by=first.asked_by, seen=1)
    asked()


def test_an_accepted_session_is_a_planned_activity(
    asked: Ask, cvetan: User, ura: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    session = asked(themes=["dialogue"], kinds=["prevention"], languages=["sq"])
    with django_capture_on_commit_callbacks(execute=True):
        session = services.accept(session, by=cvetan, seen=1)
    activity = Activity.objects.get()
    assert session.activity == activity
    assert (activity.title, activity.owner, activity.places, activity.status) == (
        "Flasim për internetin", ura, ["AL153"], "planned",
    )  # fmt: skip
    assert (activity.begins, activity.ends, activity.state) == ("2026-10-15", "2026-10-15", "published")
    assert (activity.audiences, activity.themes, activity.kinds) == (["students"], ["dialogue"], ["prevention"])
    assert Presence.objects.get().area == "AL153"
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [(["besa@example.org"], mail.outbox[0].subject)]
    assert "Flasim për internetin" in mail.outbox[0].subject


def test_an_organisation_may_keep_the_activity_to_itself(asked: Ask, cvetan: User) -> None:
    session = services.accept(asked(visible_to=None), by=cvetan, seen=1)
    assert session.activity
    assert (session.activity.state, Presence.objects.count()) == ("draft", 0)


def test_a_moved_session_moves_its_activity_and_a_cancelled_one_cancels_it(asked: Ask, cvetan: User) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    begins = local(date(2026, 11, 3), time(12, 0))
    assert list(wrong(services.move, session, begins=begins, minutes=60, words=" ", by=cvetan, seen=2)) == ["words"]
    session = services.move(session, begins=begins, minutes=60, words="Ditë provimi.", by=cvetan, seen=2)
    activity = Activity.objects.get()
    assert (activity.begins, activity.ends, session.begins, session.minutes) == (
        "2026-11-03", "2026-11-03", begins, 60,
    )  # fmt: skip
    assert list(wrong(services.cancel, session, words="", by=cvetan, seen=3)) == ["words"]
    services.cancel(session, words="Shkolla është e mbyllur.", by=cvetan, seen=3)
    assert Activity.objects.get().status == "cancelled"
    assert not Presence.objects.exists()
    assert load(session.school).accepted == 0


def test_another_date_is_proposed_and_taken(asked: Ask, cvetan: User, besa: User) -> None:
    session, begins = asked(), local(date(2026, 10, 20), time(8, 0))
    session = services.propose(session, begins=begins, minutes=60, words="Të martën?", by=cvetan, seen=1)
    assert (session.state, session.begins.day, queries.when(session)[0]) == ("proposed", 15, begins)
    session = services.agree(session, by=besa, seen=2)
    assert (session.state, session.begins, session.minutes, session.offered_begins) == ("accepted", begins, 60, None)
    assert [step.kind for step in queries.steps_of(session)] == ["asked", "proposed", "agreed"]
    assert Activity.objects.get().begins == "2026-10-20"


def test_another_date_is_declined_and_what_was_asked_stands_again(asked: Ask, cvetan: User, besa: User) -> None:
    session = asked()
    services.propose(session, begins=local(date(2026, 10, 20), time(8, 0)), minutes=60, words="", by=cvetan, seen=1)
    session = services.decline(session, words="Jemi në Tiranë.", by=besa, seen=2)
    assert (session.state, session.offered_begins, queries.when(session)[0].day) == ("asked", None, 15)
    assert services.accept(session, by=cvetan, seen=3).state == "accepted"


def test_the_same_date_is_no_other_date(asked: Ask, cvetan: User) -> None:
    session = asked()
    assert list(wrong(services.propose, session, begins=session.begins, minutes=45, words="", by=cvetan, seen=1)) == [
        "day"
    ]


def test_refusing_needs_a_reason(asked: Ask, cvetan: User) -> None:
    session = asked()
    assert list(wrong(services.refuse, session, words=" ", by=cvetan, seen=1)) == ["words"]
    assert list(wrong(services.refuse, session, words="x" * 1001, by=cvetan, seen=1)) == ["words"]
    assert services.refuse(session, words="Javë provimesh.", by=cvetan, seen=1).state == "refused"


def test_the_second_of_two_people_learns_that_it_was_decided(asked: Ask, cvetan: User, drita: User) -> None:
    session = asked()
    services.accept(session, by=cvetan, seen=1)
    for act in (services.accept, services.refuse, services.withdraw):
        with pytest.raises(services.Outdated):
            act(session, by=drita, seen=1, words="Jo.")
    with pytest.raises(services.Outdated):
        services.accept(session, by=drita, seen=2)


def test_the_limit_is_the_schools_then_the_offices_then_the_hubs(
    asked: Ask, school: School, ana: User, cvetan: User
) -> None:
    assert load(school).limit == hub.SCHOOL_LIMIT == 10
    services.set_limit(Office.objects.get(), limit=1, by=ana)
    first, second = asked(), asked(day=date(2026, 10, 16))
    services.accept(first, by=cvetan, seen=1)
    assert "1" in wrong(services.accept, second, by=cvetan, seen=1)[""][0]
    assert not Activity.objects.filter(begins="2026-10-16").exists()
    services.set_limit(School.objects.get(), limit=2, by=ana)
    services.accept(second, by=cvetan, seen=1)
    assert (load(school).accepted, load(school).left, load(school).full) == (2, 0, True)
    services.accept(asked(day=date(2027, 1, 15)), by=cvetan, seen=1)  # another term
    services.set_limit(School.objects.get(), limit=0, by=ana)
    assert load(school).accepted == 2
    assert list(wrong(services.set_limit, School.objects.get(), limit=-1, by=ana)) == ["limit"]


def test_the_limit_holds_for_what_is_proposed_and_moved_too(
    asked: Ask, school: School, ana: User, cvetan: User
) -> None:
    services.set_limit(school, limit=1, by=ana)
    first, second, winter = asked(), asked(day=date(2026, 10, 16)), asked(day=date(2027, 1, 15))
    services.accept(first, by=cvetan, seen=1)
    begins = local(date(2026, 10, 21), time(9, 0))
    services.propose(second, begins=begins, minutes=45, words="", by=cvetan, seen=1)
    assert wrong(services.agree, second, by=cvetan, seen=2)[""]
    services.accept(winter, by=cvetan, seen=1)
    assert wrong(services.move, winter, begins=begins, minutes=45, words="Provim.", by=cvetan, seen=2)[""]
    services.move(first, begins=begins, minutes=45, words="Provim.", by=cvetan, seen=2)  # within its own term


def test_a_class_is_not_in_two_sessions_at_once(asked: Ask, cvetan: User) -> None:
    services.accept(asked(title="Fshehtë"), by=cvetan, seen=1)
    other = asked(title="Tjetër", classes="10 A", at=time(10, 30))
    told = wrong(services.accept, other, by=cvetan, seen=1)[""][0]
    assert "10 A" in told
    assert "Fshehtë" not in told
    whole_year = asked(title="Për të gjithë", classes="X", at=time(9, 30))
    assert wrong(services.accept, whole_year, by=cvetan, seen=1)[""]
    services.accept(asked(title="Ngjitur", at=time(10, 45)), by=cvetan, seen=1)
    services.accept(asked(title="Klasë tjetër", classes="XI-a"), by=cvetan, seen=1)


def test_other_requests_for_the_same_classes_are_seen(asked: Ask, cvetan: User) -> None:
    session = asked()
    same_day = asked(title="E njëjta ditë", classes="xa", at=time(12, 0))
    same_term = asked(title="I njëjti term", classes="X-b, XI-c", day=date(2026, 12, 1))
    asked(title="Klasë tjetër", classes="XI-a")
    asked(title="Term tjetër", day=date(2027, 2, 1))
    clash = asked(title="Në të njëjtën orë", at=time(10, 15))
    services.refuse(asked(title="E refuzuar", at=time(8, 0)), words="Jo.", by=cvetan, seen=1)
    found = queries.others_for(cvetan, session)
    assert [(one.session, one.same_day, one.clash) for one in found] == [
        (clash, True, True), (same_day, True, False), (same_term, False, False),
    ]  # fmt: skip
    assert found[2].classes == ["X-b"]


def test_a_date_that_passed_meanwhile_is_not_accepted(asked: Ask, cvetan: User, clock: Any) -> None:
    session = asked()
    clock.return_value = NOW + timedelta(days=11)
    assert list(wrong(services.accept, session, by=cvetan, seen=1)) == ["day"]


def test_the_load_of_each_class(asked: Ask, school: School, cvetan: User) -> None:
    services.accept(asked(), by=cvetan, seen=1)
    services.accept(asked(classes="10a", day=date(2026, 10, 16)), by=cvetan, seen=1)
    asked(classes="XI-c", day=date(2026, 10, 17))
    term = term_of(date(2026, 10, 15), queries.spans())
    assert term
    assert queries.loads_of_classes(school, term) == [("X-a", 2), ("X-b", 1)]


def test_who_may_do_what(asked: Ask, besa: User, cvetan: User, drita: User, ana: User, outsider: User) -> None:
    session = asked()
    desk, own = {"accept", "propose", "refuse"}, {"withdraw"}
    assert [queries.acts_of(one, session) for one in (besa, cvetan, drita, ana, outsider)] == [
        own, desk, desk, desk | own, set(),
    ]  # fmt: skip
    session = services.propose(
        session, begins=local(date(2026, 10, 20), time(8, 0)), minutes=45, words="", by=cvetan, seen=1
    )  # fmt: skip
    assert queries.acts_of(besa, session) == own | {"agree", "decline"}
    session = services.agree(session, by=besa, seen=2)
    assert [queries.acts_of(one, session) for one in (besa, cvetan)] == [{"cancel"}, {"cancel", "move"}]


def test_nobody_decides_on_what_the_own_organisation_asked_for(asked: Ask, cvetan: User, ura: Organisation) -> None:
    session = asked()
    registry.name_editors(cvetan, [ura.code], by=None)
    assert queries.acts_of(cvetan, session) == {"withdraw"}


def test_a_request_of_an_organisation_that_was_joined_is_its_head(
    asked: Ask, besa: User, cvetan: User, ana: User, ura: Organisation
) -> None:
    session = asked()
    head = make_body("Qendra Ura e Re")
    registry.judge_same(left=head, right=ura, by=ana)
    session = Session.objects.get(pk=session.pk)
    assert queries.session_for(besa, session.pk) == session
    assert list(queries.asked_by(besa)) == [session]
    session = services.accept(session, by=cvetan, seen=1)
    assert session.activity
    assert session.activity.owner == head


def test_a_school_whose_place_ended_says_so(asked: Ask, cvetan: User, school: School) -> None:
    place = school.place
    place.valid_to = date(2025, 1, 1)
    place.save()
    assert "Pukë" in wrong(services.accept, asked(), by=cvetan, seen=1)["places"][0]
    assert Session.objects.get().state == "asked"


def test_a_list_of_the_calendar_asks_few_questions(
    asked: Ask, school: School, django_assert_num_queries: Any, office: Organisation, cvetan: User
) -> None:
    other = registering.register_school(
        make_body("Shkolla “Thëllëza”", "school"), place=make_place("AL151", "Fushë-Arrëz"), office=office, by=None
    )  # fmt: skip
    for count in (1, 3):
        while Session.objects.count() < count:
            asked(day=date(2026, 10, 15 + Session.objects.count()), to=other if count == 3 else school)
        assert not has(cvetan, roles.MAPPER)  # which is asked once for each person
        with django_assert_num_queries(2):
            found = queries.sessions_between(cvetan, [school, other], date(2026, 10, 1), date(2026, 10, 31))
            assert [len(one.classes.all()) for one in found] == [2] * count
            assert all(str(one.school) and one.organisation.name for one in found)


def test_nobody_who_left_is_written_to(besa: User, ura: Organisation, settings: Any) -> None:
    gone = make_person("Fatos", None)
    registry.name_editors(gone, [ura.code], by=None)
    assert queries.people_of(ura) == [besa]
    assert isinstance(NOW, datetime)


def test_the_demo_has_an_invented_office_with_requests_once(settings: Any, db: None) -> None:
    settings.MODE = "demo"
    for code, name in (("AL153", "Pukë"), ("AL151", "Fushë-Arrëz"), ("AL150", "Vau i Dejës")):
        place = make_place(code, name)
        place.names.create(name=name, folded=fold(name), form="indefinite")
    besa, cvetan = make_person("Besa"), make_person("Cvetan")
    assert len(examples.make_demo_schools(besa=besa, cvetan=cvetan)) == 3
    assert examples.make_demo_schools(besa=besa, cvetan=cvetan) == []
    states = sorted(Session.objects.values_list("state", flat=True))
    assert states == ["accepted", "asked", "asked", "proposed"]
    assert Session.objects.get(state="accepted").activity.visible_to == 1  # type: ignore[union-attr]
    assert all("trilluar" in str(school) for school in School.objects.all())
    clashing = Session.objects.filter(title__startswith="Flasim").get()
    assert [one.clash for one in queries.others_for(cvetan, clashing)] == [True]
    assert len(queries.acts_of(cvetan, clashing)) == 3


def test_only_the_demo_invents_schools(besa: User, cvetan: User) -> None:
    with pytest.raises(ImproperlyConfigured):
        examples.make_demo_schools(besa=besa, cvetan=cvetan)


def test_a_school_is_not_flooded(asked: Ask) -> None:
    for number in range(MOST_WAITING):
        asked(title=f"Tema {number}")
    assert str(MOST_WAITING) in wrong(asked, title="Edhe një")[""][0]


def test_an_activity_that_was_changed_by_itself_is_noticed(asked: Ask, cvetan: User, besa: User) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    assert session.activity
    assert not queries.differs(session)
    draft = activities.draft_of(session.activity)
    draft.begins = draft.ends = "2026-11-30"
    activities.edit_activity(session.activity, draft, by=besa, seen=1)
    assert queries.differs(Session.objects.get(pk=session.pk))
    moved = services.move(
        session, begins=local(date(2026, 11, 30), time(9, 0)), minutes=45, words="Po.", by=cvetan, seen=2
    )  # fmt: skip
    assert not queries.differs(Session.objects.get(pk=moved.pk))
    activities.move(Activity.objects.get(), to="binned", by=besa)
    assert queries.differs(Session.objects.get(pk=moved.pk))
