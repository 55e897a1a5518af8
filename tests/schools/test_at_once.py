"""Two people at the same second: the limit is kept, one letter is written, one request stands."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from tests.schools.conftest import NOW

from sofra.accounts.models import User
from sofra.activities.models import Activity
from sofra.organisations.models import Organisation
from sofra.schools import services, tasks
from sofra.schools.models import School, Session

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Session]


@pytest.fixture(autouse=True)
def _in_a_file(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """SQLite's database of the tests lives in one process's memory, where writers do not wait for one another as they
    do in the hub: these tests take a copy of it in a file."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "hub.sqlite3")])
    kept, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, str(tmp_path / "hub.sqlite3")
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = kept, name


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts in threads that begin together, each with a connection of its own: "done", or what refused it."""
    start, said = Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            act()
            said[number] = "done"
        except (ValidationError, services.Outdated) as refused:
            said[number] = type(refused).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number, act]) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(said)


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
