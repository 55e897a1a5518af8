"""Two people at the same second: the limit is kept, one letter is written, one request stands."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from tests import simultaneous
from tests.schools.conftest import NOW

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.organisations.models import Organisation
from sofra.schools import services, tasks
from sofra.schools.models import School, Session

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Session]


in_a_file = simultaneous.in_a_file
at_once = partial(simultaneous.at_once, refusals=(ValidationError, services.Outdated))


def test_the_limit_is_kept_when_several_are_accepted_at_the_same_second(
    asked: Ask, school: School, cvetan: User, drita: User
) -> None:
    services.set_limit(school, limit=2, by=drita)
    sessions = [asked(day=date(2026, 10, 15) + timedelta(days=number)) for number in range(4)]
    said = at_once(
        *(
            lambda one=one, by=by: services.accept(one, by=by, seen=1)  # type: ignore[misc]
            for one, by in zip(sessions, (cvetan, drita, cvetan, drita), strict=True)
        )
    )
    assert said == ["ValidationError", "ValidationError", "done", "done"]
    assert Session.objects.filter(state="accepted").count() == 2
    assert Activity.objects.count() == 2


def test_one_request_is_decided_once(asked: Ask, cvetan: User, drita: User) -> None:
    session = asked()
    said = at_once(
        lambda: services.accept(session, by=cvetan, seen=1),
        lambda: services.refuse(session, words="Jo.", by=drita, seen=1),
    )
    assert said == ["Outdated", "done"]
    assert Session.objects.get().version == 2


def test_a_class_is_not_given_away_twice(asked: Ask, cvetan: User, drita: User) -> None:
    one, other = asked(), asked(title="Tjetër")
    said = at_once(
        lambda: services.accept(one, by=cvetan, seen=1), lambda: services.accept(other, by=drita, seen=1)
    )  # fmt: skip
    assert said == ["ValidationError", "done"]


def test_the_same_request_is_sent_once(asked: Ask, school: School, ura: Organisation, besa: User) -> None:
    said = at_once(asked, asked, asked)
    assert said == ["ValidationError", "ValidationError", "done"]


def test_two_runs_of_what_is_due_write_one_letter_each(asked: Ask, cvetan: User, clock: Any) -> None:
    services.accept(asked(), by=cvetan, seen=1)
    clock.return_value = NOW + timedelta(days=8)
    mail.outbox.clear()
    assert at_once(*[tasks.send_due_letters] * 3) == ["done"] * 3
    assert len(mail.outbox) == 2


def test_many_rounds_keep_the_limit_of_every_term(asked: Ask, school: School, cvetan: User) -> None:
    """More requests than a term takes, all accepted by two people in turn."""
    services.set_limit(school, limit=3, by=cvetan)
    sessions = [asked(day=date(2026, 10, 12) + timedelta(days=number)) for number in range(8)]
    for pair in zip(sessions[::2], sessions[1::2], strict=True):
        at_once(*(lambda one=one: services.accept(one, by=cvetan, seen=1) for one in pair))  # type: ignore[misc]
    assert Session.objects.filter(state="accepted", term="2026-1").count() == 3
