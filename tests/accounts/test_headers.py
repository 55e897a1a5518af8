"""What every answer carries: a strict policy, no guessing of types, no frames, cookies that keep to themselves."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sofra.accounts import services
from sofra.accounts.models import User

from .conftest import PASSWORD

PUBLIC = ["home", "account_login", "account_reset_password", "organisations", "permissions", "search"]
OWN = ["account", "mfa_index", "mfa_list_webauthn", "people", "people_invite"]


def check(page: str, headers: dict[str, str]) -> None:
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    for opening, inside in re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.S):
        assert "src=" in opening or 'type="application/json"' in opening, inside


@pytest.mark.parametrize("route", PUBLIC)
def test_public_pages_carry_the_policy(client: Client, route: str) -> None:
    answer = client.get(reverse(route))
    check(answer.content.decode(), dict(answer.items()))


@pytest.mark.parametrize("route", OWN)
def test_own_pages_carry_the_policy_and_are_not_kept(as_ana: Client, route: str) -> None:
    answer = as_ana.get(reverse(route))
    assert answer.status_code == 200
    check(answer.content.decode(), dict(answer.items()))
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/nothing-here/", "/people/", "/account/login/?next=%00", "/invitation/unknown/"])
def test_refusals_carry_it_too(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_pages_of_people_are_not_kept_on_the_shelf_of_public_pages(as_ana: Client, client: Client) -> None:
    assert as_ana.get(reverse("people")).status_code == 200
    assert client.get(reverse("people")).status_code == 302


def test_session_cookie_is_out_of_reach_of_scripts(client: Client, besa: User) -> None:
    answer = client.post(reverse("account_login"), {"login": besa.email, "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        cookie = answer.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_cookies_and_redirects_are_secure_where_the_hub_is_served() -> None:
    told = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0,"
        " s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, s.ALLAUTH_TRUSTED_PROXY_COUNT, s.DEBUG)"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOFRA_")}
    environment |= {
        "SOFRA_MODE": "serve", "SOFRA_SECRET_KEY": "x" * 60, "SOFRA_HOSTS": "hub.example.org",
        "SOFRA_ORIGIN": "https://hub.example.org", "DJANGO_SETTINGS_MODULE": "sofra.settings",
        "PYTHONPATH": str(Path(services.__file__).parents[2]),
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.split() == ["True", "True", "True", "True", "False", "0", "False"]
