"""What is due is written once to each, in the reader's language, and again only where it could not go."""

import logging
from collections.abc import Callable
from datetime import date, time, timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from tests.schools.conftest import NOW, local

from sofra.accounts.models import User
from sofra.organisations import services as registry
from sofra.organisations.models import Organisation
from sofra.schools import letters, services, tasks
from sofra.schools.models import Reminder, Session
from sofra.web import running

Ask = Callable[..., Session]


def run(clock: Any, **later: int) -> tuple[int, int]:
    clock.return_value = NOW + timedelta(**later)
    mail.outbox.clear()
    done = tasks.send_due_letters()
    assert done.sent == len(mail.outbox)
    return done.sent, done.failed


def test_both_sides_are_reminded_once_three_days_before(
    asked: Ask, besa: User, cvetan: User, drita: User, outsider: User, clock: Any
) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    asked(title="Pret ende", day=date(2026, 10, 14))
    assert run(clock, days=6) == (0, 0)
    assert run(clock, days=7, hours=2) == (3 + 2, 0)  # the other request has waited for a week by now
    soon = [one for one in mail.outbox if "Flasim" in one.subject]
    assert sorted(one.to[0] for one in soon) == ["besa@example.org", "cvetan@example.org", "drita@example.org"]
    assert all(len(one.to) == 1 and not one.cc and not one.bcc for one in mail.outbox)
    assert all(f"/sessions/{session.pk}/" in str(one.body) for one in soon)
    assert run(clock, days=7, hours=3) == (0, 0)
    assert run(clock, days=9) == (0, 0)


def test_a_letter_is_in_its_readers_language(asked: Ask, besa: User, cvetan: User, clock: Any) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    english, albanian = (letters.letter(session, "soon", person) for person in (cvetan, besa))
    assert "Dear Cvetan," in str(english.body)
    assert "Thursday, 15.10.2026, 10:00–10:45" in str(english.body)
    assert "15.10.2026, 10:00–10:45" in str(albanian.body)
    assert "/en/sessions/" in str(english.body)
    assert "/en/sessions/" not in str(albanian.body)


def test_a_session_that_moved_is_reminded_of_anew(asked: Ask, cvetan: User, clock: Any) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    assert run(clock, days=8) == (2, 0)
    services.move(
        session, begins=local(date(2026, 10, 20), time(9, 0)), minutes=45, words="Provim.", by=cvetan, seen=2
    )  # fmt: skip
    assert run(clock, days=8) == (0, 0)
    assert run(clock, days=13) == (2, 0)


def test_a_cancelled_session_reminds_nobody(asked: Ask, cvetan: User, clock: Any) -> None:
    session = services.accept(asked(), by=cvetan, seen=1)
    services.cancel(session, words="Dëborë.", by=cvetan, seen=2)
    assert run(clock, days=8) == (0, 0)


def test_a_request_that_waits_reminds_the_side_it_waits_for(asked: Ask, besa: User, cvetan: User, clock: Any) -> None:
    session = asked(day=date(2026, 11, 20))
    assert run(clock, days=6, hours=23) == (0, 0)
    assert run(clock, days=7) == (1, 0)
    assert mail.outbox[0].to == ["cvetan@example.org"]
    services.propose(session, begins=local(date(2026, 12, 1), time(9, 0)), minutes=45, words="", by=cvetan, seen=1)
    assert run(clock, days=8) == (0, 0)
    assert run(clock, days=14) == (1, 0)
    assert mail.outbox[0].to == ["besa@example.org"]
    assert run(clock, days=100) == (0, 0)


def test_who_is_on_both_sides_gets_one_letter(asked: Ask, cvetan: User, ura: Organisation, clock: Any) -> None:
    services.accept(asked(), by=cvetan, seen=1)
    registry.name_editors(cvetan, [ura.code], by=None)
    assert run(clock, days=8) == (2, 0)


def test_a_mail_server_that_is_away_is_tried_again(
    asked: Ask, cvetan: User, clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services.accept(asked(), by=cvetan, seen=1)
    caplog.set_level(logging.CRITICAL)

    def refuse(*_args: Any, **_said: Any) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert run(clock, days=8) == (0, 2)
    assert not Reminder.objects.exists()
    assert run(clock, days=8) == (2, 0)


def test_the_command_says_what_it_did(asked: Ask, cvetan: User, clock: Any) -> None:
    services.accept(asked(), by=cvetan, seen=1)
    clock.return_value = NOW + timedelta(days=8)
    said = StringIO()
    call_command("tick", stdout=said)
    assert "2" in said.getvalue()
    again = StringIO()
    call_command("tick", stdout=again)
    assert again.getvalue() == ""


def test_each_step_is_told_to_the_other_side(
    asked: Ask, besa: User, cvetan: User, drita: User, django_capture_on_commit_callbacks: Any
) -> None:
    def told(act: Any, *given: Any, **said: Any) -> set[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act(*given, **said)
        return {one.to[0].partition("@")[0] for one in mail.outbox}

    assert told(asked) == {"cvetan", "drita"}
    session, later = Session.objects.get(), local(date(2026, 10, 20), time(9, 0))
    assert told(services.propose, session, begins=later, minutes=45, words="Mirë?", by=cvetan, seen=1) == {"besa"}
    assert "Mirë?" in str(mail.outbox[0].body)
    assert told(services.agree, session, by=besa, seen=2) == {"cvetan", "drita"}
    moved = later + timedelta(days=1)
    assert told(services.move, session, begins=moved, minutes=45, words="Po.", by=cvetan, seen=3) == {"besa", "drita"}
    assert told(services.cancel, session, words="Jo.", by=besa, seen=4) == {"cvetan", "drita"}


def test_a_title_of_two_lines_makes_no_second_header(asked: Ask, besa: User, cvetan: User) -> None:
    session = asked(title="Një\r\nBcc: x@example.org")
    assert letters.letter(session, "asked", cvetan).message()["Bcc"] is None


def test_the_hub_does_what_is_due_by_itself_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, started = running.Hub(host="127.0.0.1", port=8000, workers=1), []
    child = mock.Mock(**{"poll.return_value": None})

    def start(name: str, command: list[str]) -> None:
        started.append(command[3])
        hub.children[name] = child

    monkeypatch.setattr(hub, "_start", start)
    hub._tick()
    assert started == []  # the hub is not up yet
    hub.next_tick = 0
    hub._tick()
    hub._tick()
    hub.next_tick = 0
    hub._tick()  # the first one is not through
    assert started == ["tick"]
    child.poll.return_value, hub.next_tick = 0, 0
    hub._tick()
    assert started == ["tick", "tick"]
