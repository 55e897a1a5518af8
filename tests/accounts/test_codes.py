"""Codes and keys that are used twice, or broken."""

import time

import pytest
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse

from sofra.accounts.models import User

from .conftest import PASSWORD


def test_a_code_opens_once_as_long_as_it_is_good(client: Client, besa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """With our tolerance a code is good for 90 seconds, and allauth forgets used ones after 30."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(besa, secret)
    now = time.time() // 30 * 30
    monkeypatch.setattr(time, "time", lambda: now)
    code = auth.format_hotp_value(auth.hotp_value(secret, int(now) // 30))

    def second_step() -> bool:
        one = Client()
        one.post(reverse("account_login"), {"login": besa.email, "password": PASSWORD})
        one.post(reverse("mfa_authenticate"), {"code": code})
        return one.get(reverse("account")).status_code == 200

    assert second_step()
    assert not second_step()
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert auth.validate_totp_code(secret, code), "still good by the clock"
    assert not second_step()


@pytest.mark.parametrize(
    "broken",
    ["[" * 19_000, "9" * 5_000, "[" * 300_000, '{"a":' * 3_000, "null", '{"id": 1}', '{"id": "x", "rawId": 7}'],
)
def test_a_key_that_cannot_be_read_is_refused(client: Client, broken: str) -> None:
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": broken})
    assert answer.status_code < 500
    assert client.get(reverse("account")).status_code == 302
