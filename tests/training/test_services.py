"""Sessions are activities; counts replace one another; what is told in public gives no small number away."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.ground.figures import Asked, told
from sofra.ground.models import Visibility
from sofra.places.models import Place
from sofra.training import queries, services
from sofra.training.models import Count, Programme, Session
from sofra.training.services import SessionDay, SessionDraft

from .conftest import held

PUBLIC, MEMBERS = Visibility.PUBLIC, Visibility.MEMBERS


def test_a_session_is_an_activity_that_coverage_sees(session: Session) -> None:
    activity = session.activity
    assert (activity.begins, activity.ends, activity.places) == ("2026-10-05", "2026-10-06", ["AL153"])
    assert activity.presences.filter(area="AL153").exists()
    assert set(activity.audiences) == {"police", "local-officials"}


def test_a_session_sent_twice_is_one(programme: Programme, besa: User, places: list[Place]) -> None:
    assert held(programme, besa).pk == held(programme, besa).pk
    assert Session.objects.count() == Activity.objects.count() == 1


@pytest.mark.parametrize(
    "days", [[], [SessionDay(date(2026, 1, 1)), SessionDay(date(2026, 1, 1))]], ids=["no date", "a day twice"]
)
def test_days_that_cannot_be(host: object, besa: User, days: list[SessionDay]) -> None:
    with pytest.raises(ValidationError) as refused:
        services.schedule_session(SessionDraft(title="Pa datë", owner="al.x", days=days), by=besa)
    assert list(refused.value.message_dict) == ["days"]
    assert not Activity.objects.exists()


def test_an_edit_changes_the_activity_and_the_second_of_two_is_told(session: Session, besa: User) -> None:
    draft = SessionDraft(title="Tjetër", places=["AL212"], status="held", days=[SessionDay(date(2026, 10, 7))])
    services.edit_session(session, draft, seen=1, by=besa)
    session.activity.refresh_from_db()
    assert (session.activity.title, session.activity.begins) == ("Tjetër", "2026-10-07")
    with pytest.raises(services.Outdated):
        services.edit_session(session, draft, seen=1, by=besa)


def test_a_newer_count_replaces_the_older_which_stays(session: Session, besa: User) -> None:
    first = services.record_count(session, what="present", total=30, by=besa, seen=0)
    assert services.record_count(session, what="present", total=30, by=besa, seen=0) == first
    with pytest.raises(services.Outdated) as outdated:
        services.record_count(session, what="present", total=31, by=besa, seen=0)
    assert outdated.value.now == first
    second = services.record_count(session, what="present", total=31, by=besa, seen=first.pk)
    first.refresh_from_db()
    assert first.replaced_by == second
    assert [line.shown.total for line in queries.lines_of(session, MEMBERS)] == [31]


def test_more_women_than_people_is_asked_about_and_kept_when_the_list_says_so(session: Session, besa: User) -> None:
    parts = {"sex": {"women": 31}}
    with pytest.raises(services.Odd):
        services.record_count(session, what="present", total=30, parts=parts, by=besa)
    assert not Count.objects.exists()
    services.record_count(session, what="present", total=30, parts=parts, by=besa, sure=True)
    line = queries.lines_of(session, MEMBERS)[0]
    assert line.shown.parts == parts
    assert line.odd
    assert queries.totals_of(queries.sessions(MEMBERS), MEMBERS).odd == 1


def test_parts_below_the_total_are_shown_as_incomplete(session: Session, besa: User) -> None:
    services.record_count(session, what="present", total=30, parts={"sex": {"women": 12}}, complete=False, by=besa)
    _name, rows, left = queries.lines_of(session, MEMBERS)[0].parts[0]
    assert (len(rows), left) == (1, 18)


def test_totals_are_of_rows_and_hidden_sessions_are_in_no_public_sum(
    programme: Programme, besa: User, places: list[Place]
) -> None:
    one, two, three = (held(programme, besa, title=f"Seanca {number}") for number in "123")
    services.record_count(one, what="present", total=30, parts={"sex": {"women": 18, "men": 12}}, by=besa)
    services.record_count(two, what="present", total=20, parts={"sex": {"women": 18, "men": 2}}, by=besa)
    services.record_count(three, what="present", total=3, by=besa)
    among = queries.sessions(PUBLIC).filter(programme=programme)
    inside = queries.totals_of(among, MEMBERS)
    assert (inside.attendees, inside.number("sex", "women"), inside.base("sex")) == (53, 36, 50)
    outside = queries.totals_of(among, PUBLIC)
    assert outside.hidden == 2  # 3 people, and the 20 without whom the 3 could be told from a total of all
    assert (outside.attendees, outside.number("sex", "women"), outside.base("sex")) == (30, 18, 30)
    assert [line.shown.total for line in queries.lines_of(two, PUBLIC)] == [None]
    assert told("training.attendees", Asked(PUBLIC)).value == 30
    assert told("training.attendees", Asked(MEMBERS, place="AL")).value == 53
    assert told("training.women", Asked(MEMBERS)).denominator == 50
    assert told("training.sessions", Asked(PUBLIC, begins=date(2026, 10, 1), ends=date(2026, 10, 31))).value == 3
    assert told("training.first_timers", Asked(PUBLIC)).value is None


def test_computed_and_stated_stand_side_by_side(programme: Programme, session: Session, besa: User) -> None:
    services.state_number(programme, what="women", value=54, unit="%", source="Prova", by=besa)
    line = queries.side_by_side(programme, queries.totals_of(queries.sessions(PUBLIC), PUBLIC))[3]
    assert [one.value for one in line.stated] == [54]
    for wrong in ({"value": 101, "unit": "%"}, {"value": 5, "base": 0}):
        with pytest.raises(ValidationError):
            services.state_number(programme, what="women", source="Prova", by=besa, **wrong)  # type: ignore[arg-type]


def test_an_edition_that_sessions_were_held_by_stays(besa: User) -> None:
    curriculum = services.make_curriculum(titles={"sq": "Kurrikula"}, owner=None, by=besa)
    first = services.add_edition(curriculum, language="sq", modules=[{"title": "Një", "minutes": 90}], by=besa)
    second = services.add_edition(curriculum, language="sq", modules=[{"title": "Dy", "minutes": None}], by=besa)
    first.refresh_from_db()
    assert (first.number, second.number, first.closed_at is None) == (1, 2, False)
    with pytest.raises(ValidationError):
        services.add_edition(curriculum, language="sq", modules=[], by=besa)
