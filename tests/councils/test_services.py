"""Mandates, meetings, the minute-book, decisions: what happens, and what is refused with a sentence."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from tests.councils.conftest import LONG_AGO, Table

from sofra.activities.models import Activity
from sofra.councils import deciding, figures, holding, letters, queries, services, tasks
from sofra.councils.deciding import DecisionWish
from sofra.councils.models import Decision, Share
from sofra.councils.services import Outdated
from sofra.ground.figures import FIGURES, Asked

State = Decision.State


def test_a_mandate_that_ends_before_it_begins_gets_a_sentence(table: Table) -> None:
    with pytest.raises(ValidationError) as refused:
        services.seat_member(table.seats["police"], function="X", begins=date(2026, 5, 1), ends=date(2026, 4, 1),
                             by=None)  # fmt: skip
    assert "ends" in refused.value.message_dict


def test_a_seat_has_one_holder_at_a_time_and_nobody_seats_themselves(table: Table) -> None:
    ana = table.people["ana"]
    with pytest.raises(ValidationError) as refused:
        services.seat_member(table.seats["police"], function="X", begins=date(2026, 5, 1), by=ana)
    assert "begins" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        services.seat_member(table.seats["police"], function="X", begins=LONG_AGO, deputy=True, user=ana, by=ana)
    assert "email" in refused.value.message_dict


def test_an_ended_mandate_closes_the_book(table: Table) -> None:
    mandate = table.seats["town"].mandates.get()
    services.end_mandate(mandate, ends=queries.today() - timedelta(days=1), by=table.people["ana"])
    assert not queries.is_member(table.people["besa"], table.upper)
    assert queries.is_secretary(table.people["teuta"], table.upper)


def test_invitations_wait_for_the_post_and_carry_a_calendar_file(
    table: Table, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = table.meeting(days=7)
    holding.add_item(meeting, title="Open point", by=table.people["besa"])
    holding.add_item(meeting, title="zqclosedpointxj", is_closed=True, by=table.people["besa"])
    called = holding.call_meeting(meeting, by=table.people["besa"], seen=1)
    with monkeypatch.context() as away:
        away.setattr(letters, "sent", lambda _message: False)
        assert letters.post_waiting() == (0, 3)
        assert letters.post_waiting() == (0, 0), "a moment later they rest"
    meeting.letters.update(taken_at=None)
    assert tasks.send_due_letters().sent == 3
    assert {one.to[0] for one in mailoutbox} == {"besa@example.org", "teuta@example.org", "genc@example.org"}
    _name, content, kind = mailoutbox[0].attachments[0]
    assert kind.startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, meeting.begins.replace(microsecond=0))
    assert "Open point" in mailoutbox[0].body
    assert not any("zqclosedpointxj" in one.body for one in mailoutbox)
    holding.cancel_meeting(called, why="Snow", by=table.people["besa"], seen=called.version)
    letters.post_waiting()
    assert "METHOD:CANCEL" in str(mailoutbox[-1].attachments[0][1])


def test_a_held_meeting_is_an_activity(table: Table) -> None:
    meeting = table.held()
    activity = Activity.objects.get(pk=meeting.activity_id)
    assert (activity.owner_id, activity.places, activity.status) == (table.upper.organisation_id, ["AL1"], "held")
    assert activity.state == "published"


def test_a_meeting_to_come_cannot_have_been_held(table: Table) -> None:
    with pytest.raises(ValidationError):
        holding.hold_meeting(table.meeting(days=3), attendance={}, by=table.people["besa"], seen=1)


def test_the_second_secretary_sees_what_the_first_wrote_and_nothing_is_lost(table: Table) -> None:
    meeting = table.held()
    first = holding.save_minutes(meeting, minutes="First", closed="", by=table.people["besa"], seen=meeting.version)
    with pytest.raises(Outdated) as late:
        holding.save_minutes(meeting, minutes="Second", closed="", by=table.people["teuta"], seen=meeting.version)
    assert late.value.now.minutes == "First"
    holding.save_minutes(first, minutes="Both", closed="", by=table.people["teuta"], seen=first.version)
    assert list(meeting.earlier.order_by("id").values_list("minutes", flat=True)) == ["", "First"]


def test_marked_lines_become_decisions_and_stand_on_the_next_agenda(table: Table) -> None:
    meeting = table.held()
    coming = table.meeting(days=5)
    holding.save_minutes(
        meeting, minutes="Vendim: Të vendoset ndriçim.", closed="Vendim: E mbyllur.", by=table.people["besa"],
        seen=meeting.version,
    )  # fmt: skip
    kept = {one.number: one for one in table.upper.decisions.all()}
    assert [(one.text, one.is_closed) for one in kept.values()] == [
        ("Të vendoset ndriçim.", False),
        ("E mbyllur.", True),
    ]
    assert [one.decision_id for one in coming.agenda.all()] == [kept[1].pk, kept[2].pk]
    deciding.complete_decision(kept[1], done="Done", by=table.people["besa"], seen=1)
    assert [one.decision_id for one in coming.agenda.all()] == [kept[2].pk]


def test_without_a_quorum_nothing_is_decided(table: Table) -> None:
    meeting = table.held(town="holder", school="absent", police="excused")
    with pytest.raises(ValidationError):
        deciding.make_decision(meeting, DecisionWish("X"), by=table.people["besa"])
    with pytest.raises(ValidationError):  # nor where nobody noted that it was held
        deciding.make_decision(table.meeting(days=3), DecisionWish("X"), by=table.people["besa"])
    unknown = table.held(town="holder")
    assert deciding.make_decision(unknown, DecisionWish("X"), by=table.people["besa"]).number == 1


def test_a_decision_is_closed_with_what_was_done_and_verified_by_somebody_else(table: Table) -> None:
    besa, genc, teuta = (table.people[name] for name in ("besa", "genc", "teuta"))
    wish = DecisionWish("Meet parents", owner=table.seats["police"], priority="high")
    decision = deciding.make_decision(table.held(), wish, by=besa)
    assert decision.needs_verifying, "it is important"
    with pytest.raises(ValidationError) as refused:
        deciding.complete_decision(decision, done=" ", by=genc, seen=1)
    assert "done" in refused.value.message_dict
    decision = deciding.complete_decision(decision, done="We met", evidence="https://example.org", by=besa, seen=1)
    for own in (genc, besa):  # who owns it, and who reported it
        with pytest.raises(ValidationError):
            deciding.verify_decision(decision, by=own, seen=decision.version)
    decision = deciding.return_decision(decision, words="Not seen", by=teuta, seen=decision.version)
    assert decision.state == State.OPEN
    decision = deciding.complete_decision(decision, done="Again", by=genc, seen=decision.version)
    decision = deciding.verify_decision(decision, by=teuta, seen=decision.version)
    assert decision.state == State.VERIFIED
    assert [one.what for one in decision.steps.all()] == ["made", "done", "returned", "done", "verified"]


def test_a_changed_decision_keeps_what_it_said(table: Table) -> None:
    decision = deciding.make_decision(table.held(), DecisionWish("Old words"), by=table.people["besa"])
    wish = DecisionWish("New words", owner=table.seats["police"], due_on=date(2027, 1, 1))
    with pytest.raises(ValidationError):
        deciding.edit_decision(decision, wish, why="", by=table.people["besa"], seen=1)
    deciding.edit_decision(decision, wish, why="Postponed", by=table.people["besa"], seen=1)
    assert "Old words → New words" in decision.steps.last().text


def test_reminders_go_out_once(table: Table, mailoutbox: list[Any]) -> None:
    wish = DecisionWish("Late", owner=table.seats["police"], due_on=queries.today() - timedelta(days=1))
    deciding.make_decision(table.held(), wish, by=table.people["besa"])
    table.upper.since, table.upper.meets_every = "2020", 1
    table.upper.save()
    tasks.send_due_letters()
    late = [one.to[0] for one in mailoutbox]
    assert {"genc@example.org", "besa@example.org", "teuta@example.org"} <= set(late)
    before = len(mailoutbox)
    assert tasks.send_due_letters().sent == 0
    assert len(mailoutbox) == before


def test_a_due_meeting_that_was_not_held_is_shown(table: Table) -> None:
    table.upper.since, table.upper.meets_every = "2020", 1
    table.upper.save()
    life = queries.lives([table.upper])[table.upper.pk]
    assert life.due == len(life.missed) == 24
    assert queries.lives([table.lower])[table.lower.pk].due is None
    assert "due" not in table.clients["visitor"].get(table.lower.get_absolute_url()).context["life"].missed


def test_figures_know_what_they_do_not_know(table: Table) -> None:
    assert {"councils.active", "councils.meetings_held", "councils.decisions_due", "councils.decisions_done"} <= set(
        FIGURES
    )
    assert figures.active(Asked(0)).value is None
    decision = deciding.make_decision(
        table.held(), DecisionWish("X", due_on=queries.today()), by=table.people["besa"]
    )  # fmt: skip
    hidden = DecisionWish("Y", due_on=queries.today(), is_closed=True)
    deciding.make_decision(decision.meeting, hidden, by=table.people["besa"])
    told = figures.active(Asked(0, place="AL"))
    assert (told.value, told.unknown) == (1, 1)
    done = figures.decisions_done(Asked(0))
    assert (done.numerator, done.denominator) == (0, 1)
    deciding.complete_decision(decision, done="Done", by=table.people["besa"], seen=1)
    assert figures.decisions_done(Asked(0)).value == 1
    assert figures.meetings_held(Asked(0, begins=timezone.localdate() + timedelta(days=1))).value == 0


def test_adopted_minutes_are_not_written_any_more(table: Table) -> None:
    meeting = table.held()
    besa = table.people["besa"]
    with pytest.raises(ValidationError):
        holding.adopt_minutes(meeting, share=Share.PUBLIC, by=besa, seen=meeting.version)
    meeting = holding.save_minutes(meeting, minutes="Said", closed="", by=besa, seen=meeting.version)
    meeting = holding.adopt_minutes(meeting, share=Share.PUBLIC, by=besa, seen=meeting.version)
    with pytest.raises(ValidationError):
        holding.save_minutes(meeting, minutes="Other", closed="", by=besa, seen=meeting.version)
    again = holding.reopen_minutes(meeting, why="A mistake", by=besa, seen=meeting.version)
    assert again.adopted_on is None
