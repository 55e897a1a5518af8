"""What comes of answers: suggestions that a person decides on, the next round, and what changed."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.mapping import comparing, services, showing
from sofra.mapping.models import Invitation, Round, Suggestion
from sofra.mapping.services import Pasted
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.questionnaires import queries as questionnaires
from sofra.questionnaires import services as filling_services
from sofra.questionnaires.keys import key_of

from .conftest import answer

Body = Callable[..., Organisation]


def values(organisation: Organisation, field: str) -> list[str]:
    return list(organisation.facts.filter(field=field, ended_in=None).values_list("value", flat=True))


def waiting(invitation: Invitation) -> list[Suggestion]:
    return list(invitation.suggestions.filter(state="open"))


@pytest.fixture
def one(opened: Round, body: Body, places: None, drita: User) -> Invitation:
    asked = body("Qendra A", website="https://old.example.org", theme="research", place="AL212")
    return services.invite(opened, organisations=[asked], by=drita)[0]


def test_answers_change_nothing_before_somebody_says_so(one: Invitation, drita: User) -> None:
    organisation = one.organisation
    assert organisation is not None
    answer(
        one, name="Qendra A", website="new.example.org", themes="youth women", place="Pukë",
        activity=[{"title": "Tryezë", "reached": "12"}],
    )  # fmt: skip
    assert values(organisation, "website") == ["https://old.example.org"]
    found = waiting(one)
    assert sorted(one.kind for one in found) == ["activity", "record", "record", "record"]
    done = services.accept_suggestions(found, by=drita)
    assert (done.done, done.problems) == (4, [])
    assert values(organisation, "website") == ["https://new.example.org"]
    assert sorted(values(organisation, "theme")) == ["research", "women", "youth"]
    assert sorted(values(organisation, "place")) == ["AL153", "AL212"]
    activity = Activity.objects.get()
    assert (activity.title, activity.reached, activity.state, activity.owner) == ("Tryezë", 12, "draft", organisation)


def test_what_was_accepted_is_taken_back_by_the_registrys_own_undo(one: Invitation, drita: User) -> None:
    answer(one, name="Qendra A", website="new.example.org")
    (wish,) = waiting(one)
    services.accept_suggestions([wish], by=drita)
    wish.refresh_from_db()
    registry.undo_change(wish.proposal.change, by=drita)
    assert values(one.organisation, "website") == ["https://old.example.org"]
    assert showing.shown([wish])[0].taken_back


def test_a_registry_that_changed_meanwhile_is_not_overwritten(one: Invitation, drita: User) -> None:
    answer(one, name="Qendra A", website="new.example.org")
    fact = one.organisation.facts.get(field="website", ended_in=None)
    change = {"do": "replace", "fact": fact.pk, "field": "website", "value": "https://third.example.org"}
    registry.edit_record(one.organisation, changes=[change], by=drita)
    done = services.accept_suggestions(waiting(one), by=drita)
    assert (done.done, len(done.problems)) == (0, 1)
    assert values(one.organisation, "website") == ["https://third.example.org"]


def test_returning_needs_a_reason_and_stays_returned_when_sent_again(one: Invitation, drita: User) -> None:
    answer(one, name="Qendra A", website="new.example.org")
    with pytest.raises(ValidationError):
        services.return_suggestions(waiting(one), reason=" ", by=drita)
    services.return_suggestions(waiting(one), reason="Nuk hapet", by=drita)
    answer(one, name="Qendra A", website="new.example.org")
    assert waiting(one) == []
    later = services.begin_next_round(one.round, code="al.2027.mapping", titles={"sq": "Tjetri"}, by=drita)
    services.start_round(later, by=drita)
    again = later.invitations.select_related("filling").get()
    answer(again, name="Qendra A", website="new.example.org", themes="youth")
    assert [wish.content["question"] for wish in waiting(again)] == ["body/themes"], "what was returned stays returned"
    answer(again, name="Qendra A", website="newest.example.org", themes="youth")
    assert len(waiting(again)) == 2
    answer(one, name="Qendra A", website="newer.example.org")
    assert len(waiting(one)) == 1


def test_a_later_answer_replaces_what_waits(one: Invitation) -> None:
    answer(one, name="Qendra A", website="new.example.org")
    answer(one, name="Qendra A", website="newer.example.org")
    assert [step.after for step in showing.shown(waiting(one))[0].steps] == ["https://newer.example.org"]
    assert one.suggestions.filter(state="replaced").count() == 1


def test_a_body_that_is_not_in_the_registry_becomes_a_new_record(opened: Round, drita: User) -> None:
    invitation = services.invite(opened, pasted=[Pasted("E re")], by=drita)[0]
    answer(invitation, name="E re", themes="youth", activity=[{"title": "Takim"}])
    activity = next(wish for wish in waiting(invitation) if wish.kind == "activity")
    done = services.accept_suggestions([activity], by=drita)
    assert "new organisation" in done.problems[0][1] or done.problems
    assert services.accept_suggestions(waiting(invitation), by=drita).done == 2
    invitation.refresh_from_db()
    assert invitation.organisation is not None
    assert values(invitation.organisation, "theme") == ["youth"]
    assert Activity.objects.get().owner == invitation.organisation


def test_the_next_round_begins_with_the_last_answers_and_asks_what_is_still_true(
    one: Invitation, opened: Round, drita: User, client: Client
) -> None:
    answer(one, name="Qendra A", themes="youth women", council="yes")
    later = services.begin_next_round(opened, code="al.2027.mapping", titles={"sq": "Tjetri"}, by=drita)
    services.start_round(later, by=drita)
    again = later.invitations.select_related("filling").get()
    assert again.filling.begun_from == one.filling
    assert sorted(again.filling.carried) == ["/data/body/council", "/data/body/name", "/data/body/themes"]
    instance = questionnaires.instance_of(again.filling)
    assert instance.get("/data/body/themes") == "youth women"
    parts = f"/en/q/{key_of(again.filling.instance, again.filling.generation)}/parts/"
    page = client.get(parts).content.decode()
    assert "status doing" in page
    assert "status done" not in page
    instance.put("/data/body/themes", "youth")
    kept = filling_services.save_filling(again.filling, instance, seen=1, confirmed=["/data/body/name"])
    assert kept.carried == ["/data/body/council"]


def test_differences_name_who_is_new_and_gone_and_which_answers_changed(
    one: Invitation, opened: Round, drita: User
) -> None:
    gone = services.invite(opened, pasted=[Pasted("Ikur")], by=drita)[0]
    answer(one, name="Qendra A", themes="youth women", council="yes")
    answer(gone, name="Ikur", council="no")
    later = services.begin_next_round(opened, code="al.2027.mapping", titles={"sq": "Tjetri"}, by=drita)
    services.start_round(later, by=drita)
    new = services.invite(later, pasted=[Pasted("I ri")], by=drita)[0]
    answer(later.invitations.get(organisation=one.organisation), name="Qendra A", themes="youth", council="yes")
    answer(new, name="I ri", council="yes")
    found = comparing.differences(later)
    assert found is not None
    assert ([i.name for i in found.new], [i.name for i in found.gone]) == (["I ri"], ["Ikur"])
    (pair,) = found.both
    assert [(c.question, c.before, c.after) for c in pair.changes] == [("body/themes", "Të rinjtë, Gratë", "Të rinjtë")]
    shift = next(s for s in found.shifts if s.question == "body/council" and s.choice == "Po")
    assert (shift.before, shift.base_before, shift.now, shift.base_now) == (1, 2, 2, 2)
    assert comparing.differences(opened) is None


def test_what_last_times_answer_said_and_this_one_does_not_may_end(one: Invitation, opened: Round, drita: User) -> None:
    answer(one, name="Qendra A", themes="youth women")
    services.accept_suggestions(waiting(one), by=drita)
    later = services.begin_next_round(opened, code="al.2027.mapping", titles={"sq": "Tjetri"}, by=drita)
    services.start_round(later, by=drita)
    again = later.invitations.get()
    answer(again, name="Qendra A", themes="youth")
    (wish,) = waiting(again)
    assert [change["do"] for change in wish.content["changes"]] == ["end"]
    services.accept_suggestions([wish], by=drita)
    assert sorted(values(one.organisation, "theme")) == ["research", "youth"]
