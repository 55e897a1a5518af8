"""A letter that came back is known by its number; what is no report changes nothing."""

import pytest
from django.core.management import CommandError, call_command

from sofra.accounts.models import User
from sofra.mapping import bouncing, letters, services
from sofra.mapping.models import Letter, Round
from sofra.mapping.services import Pasted

REPORT = """From: MAILER-DAEMON@mail.example.org
To: sofra@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I could not deliver it.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such user
--b1
Content-Type: text/rfc822-headers

Message-ID: {number}
Subject: anything
--b1--
"""


@pytest.fixture
def letter(opened: Round, drita: User) -> Letter:
    (one,) = services.invite(opened, pasted=[Pasted("Alfa", "alfa@example.org")], by=drita)
    services.send_letters([one], Letter.Kind.INVITATION, by=drita)
    return one.letters.get()


def report(letter: Letter, *, to: str = "alfa@example.org", action: str = "failed", status: str = "5.1.1") -> bytes:
    return REPORT.format(to=to, action=action, status=status, number=letters.message_id(letter)).encode()


def test_a_letter_that_came_back_makes_its_body_unreachable(letter: Letter) -> None:
    assert bouncing.note_bounce(report(letter)) == letter
    letter.refresh_from_db()
    assert "no such user" in letter.bounced_because
    assert letter.invitation.step == "unreachable"


def test_a_letter_that_is_only_late_leaves_it_invited(letter: Letter) -> None:
    assert bouncing.note_bounce(report(letter, action="delayed", status="4.4.1")) == letter
    letter.refresh_from_db()
    assert letter.invitation.step == "invited"


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"Subject: hello\n\nHow are you?"])
def test_what_is_no_report_changes_nothing(letter: Letter, content: bytes, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert bouncing.note_bounce(content) is None
    assert bouncing.note_bounce(report(letter, to="somebody.else@example.org")) is None
    file = tmp_path / "message"
    file.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("bounce", str(file))
