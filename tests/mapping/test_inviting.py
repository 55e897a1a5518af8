"""Whom a round asks, the letters that go out, refusals that stand, and how far each came."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from sofra.accounts.models import User
from sofra.ground.models import AuditLine
from sofra.mapping import letters, pasting, posting, queries, services, tasks
from sofra.mapping.models import Invitation, Letter, Round
from sofra.mapping.services import Pasted, RefusedBefore
from sofra.organisations.models import Organisation
from sofra.questionnaires import queries as filled_in
from sofra.questionnaires import services as questionnaires
from sofra.questionnaires.instance import Instance
from sofra.questionnaires.keys import key_of
from sofra.questionnaires.models import Version

from .conftest import answer

Step, Kind = Invitation.Step, Letter.Kind
Body = Callable[..., Organisation]


def ask(opened: Round, drita: User, *names: str) -> list[Invitation]:
    pasted = [Pasted(name, f"{name.split()[0].lower()}@example.org") for name in names]
    return services.invite(opened, pasted=pasted, by=drita)


def test_bodies_of_the_registry_are_asked_once_with_their_address_and_a_form(
    opened: Round, body: Body, drita: User
) -> None:
    one = body("Qendra A", contact="zyra: zyra@qendra-a.example")
    made = services.invite(opened, organisations=[one], by=drita)
    again = services.invite(opened, organisations=[one], pasted=[Pasted("Qendra A", organisation=one)], by=drita)
    assert [invitation.email for invitation in made] == ["zyra@qendra-a.example"]
    assert again == []
    assert made[0].step == Step.ADDED
    assert made[0].filling is not None
    assert made[0].filling.key_hash


def test_pasted_lines_are_read_and_bad_ones_get_a_sentence() -> None:
    lines = pasting.read_lines(
        "Emri; E-mail\nQendra A; a@example.org\n\nQendra B\nC <c@example.org>\n; x@example.org\nD; no address\n"
        "qendra a\nE\te@example.org\ten"
    )
    assert [(line.name, line.email, line.language) for line in lines if not line.problem] == [
        ("Qendra A", "a@example.org", ""), ("Qendra B", "", ""), ("C", "c@example.org", ""),
        ("E", "e@example.org", "en"),
    ]  # fmt: skip
    assert [line.number for line in lines if line.problem] == [6, 7, 8]


def test_letters_carry_the_link_and_the_hub_keeps_them_without_it(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa Qendra")
    done = services.send_letters([one], Kind.INVITATION, by=drita, words="Mirë se vini.")
    one.refresh_from_db()
    key = key_of(one.filling.instance, 1)
    assert (done.sent, one.step) == (1, Step.INVITED)
    assert f"/q/{key}/" in mail.outbox[0].body
    assert f"/q/{key}/refuse/" in mail.outbox[0].body
    kept = one.letters.get()
    assert key not in kept.body
    assert "Mirë se vini." in kept.body
    assert AuditLine.objects.filter(what="letters.sent").count() == 1


def test_a_second_click_sends_nothing(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    services.send_letters([one], Kind.INVITATION, by=drita)
    done = services.send_letters([one], Kind.INVITATION, by=drita)
    assert (done.sent, len(done.left_out), len(mail.outbox)) == (0, 1, 1)


def test_many_letters_wait_for_the_post_and_none_is_written_twice_or_to_who_refuses_meanwhile(
    opened: Round, drita: User, client: Client
) -> None:
    made = ask(opened, drita, "Alfa", "Beta", "Gama", "Delta")
    client.force_login(drita)
    address = f"/en/rounds/{opened.code}/responses/"
    page = client.post(address, {"act": "all", "kind": "invitation"}, follow=True).content.decode()
    assert "4 letters wait for the post." in page
    assert mail.outbox == []
    assert services.write_letters(made, Kind.INVITATION, by=drita).waiting == 0
    waiting = made[0].letters.get()
    assert "[…]" in client.get(f"/en/rounds/{opened.code}/letters/{waiting.pk}/").content.decode()
    services.mark_refused(made[1], because="Jo")
    services.change_address(made[2], email="tjeter@example.org", language="sq", by=drita)
    tasks.post.func("en")
    assert [letter.to for letter in mail.outbox] == [["alfa@example.org"], ["delta@example.org"]]
    assert queries.in_the_post(opened) == {"waiting": 0, "sent": 2, "failed": 2}
    assert "changed in the meantime" in made[2].letters.get().failed_because
    assert posting.post_waiting().sent == 0


def test_who_answers_is_thanked_once_by_the_next_post(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    answer(one, name="Alfa")
    answer(one, name="Alfa 2")
    assert one.letters.get().kind == Kind.THANKS
    assert (tasks.send_due_letters().sent, tasks.send_due_letters().sent) == (1, 0)
    assert "faleminderit" in mail.outbox[0].subject.lower()


def test_the_letter_is_in_the_language_of_whom_it_goes_to(opened: Round, drita: User) -> None:
    one = services.invite(opened, pasted=[Pasted("Alfa", "a@example.org", "en")], by=drita)[0]
    services.send_letters([one], Kind.INVITATION, by=drita)
    assert "You are invited to take part in: Mapping 2026." in mail.outbox[0].body
    assert "/en/q/" in mail.outbox[0].body


def test_a_refused_address_makes_it_unreachable_only_when_it_came_back(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    refused = SMTPRecipientsRefused({"alfa@example.org": (550, b"no such user")})
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=refused):
        done = services.send_letters([one], Kind.INVITATION, by=drita)
    assert done.failed == 1
    letter = one.letters.get()
    assert "no such user" in letter.failed_because
    assert queries.response_table(opened)[0].failed == letter.failed_because
    services.record_bounce(letter, because="550 mailbox is gone", by=drita)
    one.refresh_from_db()
    assert one.step == Step.UNREACHABLE
    services.change_address(one, email="other@example.org", language="sq", by=drita)
    one.refresh_from_db()
    assert one.step == Step.ADDED


def test_tick_reminds_once_and_never_who_refused_or_answered(opened: Round, drita: User) -> None:
    made = ask(opened, drita, "Alfa", "Beta", "Gama")
    services.send_letters(made, Kind.INVITATION, by=drita)
    services.mark_refused(made[1], because="s'kemi kohë")
    answer(made[2], name="Gama")
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=11))
    Letter.objects.filter(kind=Kind.INVITATION).update(sent_at=timezone.now() - timedelta(days=11))
    before = len(mail.outbox)
    first, second = tasks.send_due_letters(), tasks.send_due_letters()
    assert (first.sent, second.sent) == (2, 0), "a reminder, and thanks to who answered"
    assert [letter.to for letter in mail.outbox[before:]] == [["gama@example.org"], ["alfa@example.org"]]


def test_a_reminder_that_could_not_go_is_tried_again_later(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    services.send_letters([one], Kind.INVITATION, by=drita)
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=11))
    Letter.objects.update(sent_at=timezone.now() - timedelta(days=11))
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        assert tasks.send_due_letters().failed == 1
    assert tasks.send_due_letters().sent == 0
    Letter.objects.filter(kind=Kind.REMINDER).update(at=timezone.now() - timedelta(hours=2))
    assert tasks.send_due_letters().sent == 1
    assert one.letters.filter(kind=Kind.REMINDER).count() == 1


def test_a_refusal_stands_until_somebody_says_why_it_is_asked_again(
    opened: Round, version: Version, drita: User
) -> None:
    (one,) = ask(opened, drita, "Alfa")
    services.mark_refused(one, because="Nuk merremi me këtë")
    done = services.send_letters([one], Kind.INVITATION, by=drita)
    assert done.sent == 0
    later = services.open_round(
        code="al.2027.mapping", country="AL", titles={"sq": "Tjetri"}, version=version, before=opened, by=drita
    )
    with pytest.raises(RefusedBefore) as before:
        services.invite(later, pasted=[Pasted("alfa", "alfa@example.org")], by=drita)
    assert [refusal.refused_because for refusal in before.value.refusals] == ["Nuk merremi me këtë"]
    assert later.invitations.count() == 0
    made = services.invite(later, pasted=[Pasted("alfa", "alfa@example.org")], despite="Tema ndryshoi", by=drita)
    assert made[0].asked_again_because == "Tema ndryshoi"


def test_asked_again_within_the_round_needs_a_reason(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    services.mark_refused(one, because="")
    with pytest.raises(ValidationError):
        services.ask_again(one, because=" ", by=drita)
    services.ask_again(one, because="Na thirrën vetë", by=drita)
    assert services.send_letters([one], Kind.INVITATION, by=drita).sent == 1


def test_how_far_each_came_follows_its_form(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    questionnaires.note_opened(one.filling)
    one.refresh_from_db()
    assert one.step == Step.OPENED
    answer(one, name="Alfa")
    assert one.step == Step.SENT
    assert one.begun_at is not None
    questionnaires.withdraw_filling(one.filling)
    one.refresh_from_db()
    assert one.step == Step.REFUSED


def test_rates_have_their_base_and_the_unknown_stands_apart(
    opened: Round, body: Body, places: None, drita: User
) -> None:
    bodies = [body("A", seat="AL153"), body("B", place="AL155"), body("C", place="AL"), body("D")]
    made = services.invite(opened, organisations=bodies, pasted=[Pasted("E")], by=drita)
    answer(next(one for one in made if one.name == "A"), name="A")
    rows = queries.response_table(opened)
    found = {rate.code: (rate.sent, rate.base, rate.percent) for rate in queries.rates(rows, "county")}
    assert found == {"AL-10": (1, 2, 50), queries.WHOLE: (0, 1, 0), queries.UNKNOWN: (0, 2, 0)}
    assert [rate.code for rate in queries.rates(rows, "county")][-1] == queries.UNKNOWN
    assert {rate.code: rate.base for rate in queries.rates(rows, "kind")} == {"cso": 4, "unknown": 1}


def test_the_response_table_asks_the_same_number_of_queries_for_one_and_for_three(
    opened: Round, body: Body, places: None, drita: User, django_assert_num_queries: Any
) -> None:
    services.invite(opened, organisations=[body("A", seat="AL153")], by=drita)
    with django_assert_num_queries(5):
        queries.response_table(opened)
    services.invite(opened, organisations=[body("B", seat="AL155"), body("C", seat="AL212")], by=drita)
    with django_assert_num_queries(5):
        queries.response_table(opened)


def test_who_took_part_outside_the_hub_counts_and_when_stays_unknown(opened: Round, body: Body, drita: User) -> None:
    services.record_answered_elsewhere(opened, organisations=[body("A")], source="Report, Annex I", by=drita)
    one = opened.invitations.get()
    assert (one.step, one.step_at) == (Step.SENT, None)
    assert letters.written(one, Kind.THANKS).body


def test_names_that_are_pasted_find_their_record_and_a_person_decides(opened: Round, body: Body, drita: User) -> None:
    known = body("Qendra për Zhvillimin e Gruas Pukë")
    likely = queries.matches(["Qendra per Zhvillimin e Gruas Puke", "Krejt tjetër gjë"])
    assert likely["Qendra per Zhvillimin e Gruas Puke"][0][0] == known
    assert "Krejt tjetër gjë" not in likely
    (one,) = ask(opened, drita, "Qendra per Zhvillimin")
    services.match_invitation(one, known, by=drita)
    (other,) = ask(opened, drita, "Tjetra")
    with pytest.raises(ValidationError):
        services.match_invitation(other, known, by=drita)


def test_a_closed_round_ends_the_links(opened: Round, drita: User) -> None:
    (one,) = ask(opened, drita, "Alfa")
    services.close_round(opened, by=drita)
    one.filling.refresh_from_db()
    assert one.filling.expires_at <= timezone.now()
    services.start_round(opened, by=drita)
    one.filling.refresh_from_db()
    assert one.filling.expires_at is None


def test_answers_without_an_invitation_are_given_to_whom_they_belong(opened: Round, body: Body, drita: User) -> None:
    (one,) = services.invite(opened, organisations=[body("Qendra A")], by=drita)
    blank = Instance.blank(filled_in.form_of(opened.version))
    blank.put("/data/body/name", "Qendra A")
    blank.put("/data/body/website", "www.example.org")
    got = questionnaires.receive(opened.version, blank.xml(final=True), [], way="phone").filling
    assert list(queries.arrivals(opened)) == [got]
    later = services.begin_next_round(opened, code="al.2027.mapping", titles={"sq": "Tjetri"}, by=drita)
    services.start_round(later, by=drita)
    late = Instance.blank(filled_in.form_of(opened.version))
    late.put("/data/body/name", "Vonë")
    late = questionnaires.receive(opened.version, late.xml(final=True), [], way="phone").filling
    assert (list(queries.arrivals(opened)), list(queries.arrivals(later))) == ([got], [late])
    services.attach_filling(opened, got, invitation=one, by=drita)
    one.refresh_from_db()
    assert (one.step, one.filling, list(queries.arrivals(opened))) == (Step.SENT, got, [])
    assert one.suggestions.count() == 1
    with pytest.raises(ValidationError):
        services.attach_filling(opened, got, invitation=one, by=drita)
