"""Passkeys, end to end: a real Chromium with a virtual authenticator, under the real content security policy."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from sofra.accounts import roles, services
from sofra.accounts.models import User

from .conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    # Playwright's own loop would make Django believe that it runs asynchronously.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(15_000)
    shown = context.new_page()
    shown.refused = []  # type: ignore[attr-defined]
    shown.on("console", lambda line: "Content Security" in line.text and shown.refused.append(line.text))  # type: ignore[attr-defined]
    yield shown
    assert shown.refused == []  # type: ignore[attr-defined]
    context.close()


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A phone's own authenticator: it keeps passkeys and knows its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return session


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_joining_and_signing_in_with_a_passkey_and_no_password(page: Page, device: CDPSession) -> None:
    _, link = services.invite(email="besa@example.org", name="Besa", role=roles.MEMBER, by=None, send=False)
    page.goto(path_of(link))
    page.check("input[name=way][value=passkey]")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**{reverse('mfa_add_webauthn')}")
    assert page.is_checked("input[name=passwordless]")
    page.fill("input[name=name]", "Telefoni i Besës")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    besa = User.objects.get(email="besa@example.org")
    assert not besa.has_usable_password()
    assert Authenticator.objects.get(user=besa, type="webauthn").wrap().is_passwordless

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_url(lambda address: "login" not in address)
    page.goto(reverse("account"))
    expect(page.locator("main")).to_contain_text("besa@example.org")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.locator("main")).to_contain_text("Telefoni i Besës")


def test_a_key_is_asked_for_after_the_password(page: Page, device: CDPSession) -> None:
    _, link = services.invite(email="besa@example.org", name="Besa", role=roles.MEMBER, by=None, send=False)
    besa = services.accept_invitation(token=link.rstrip("/").rsplit("/", 1)[-1], name="Besa", password=PASSWORD)
    page.goto(reverse("account_login") + "?next=" + reverse("mfa_add_webauthn"))
    page.fill("input[name=login]", besa.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url(f"**{reverse('account_reauthenticate')}*")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url(f"**{reverse('mfa_add_webauthn')}")
    page.uncheck("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.fill("input[name=login]", besa.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(lambda address: "authenticate" not in address)
    page.goto(reverse("account"))
    expect(page.locator("main")).to_contain_text(besa.email)


def test_a_key_that_is_not_there_is_told_in_the_page(page: Page, device: CDPSession) -> None:
    page.goto(reverse("account_login"))
    expect(page.locator("#passkey-problem")).to_be_hidden()
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')); }")
    page.click("#passkey_login")
    expect(page.locator("#passkey-problem")).to_be_visible()


def test_authenticator_codes_and_recovery_codes(client: Client) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    _, link = services.invite(email="besa@example.org", name="Besa", role=roles.MEMBER, by=None, send=False)
    besa = services.accept_invitation(token=link.rstrip("/").rsplit("/", 1)[-1], name="Besa", password=PASSWORD)
    client.post(reverse("account_login"), {"login": besa.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    code = format_hotp_value(hotp_value(form.secret, list(yield_hotp_counters_from_time())[1]))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).url == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10

    again = Client()
    answer = again.post(reverse("account_login"), {"login": besa.email, "password": PASSWORD})
    assert answer.url == reverse("mfa_authenticate")
    assert again.get(reverse("account")).status_code == 302
    assert again.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert again.get(reverse("account")).status_code == 200
    third = Client()
    third.post(reverse("account_login"), {"login": besa.email, "password": PASSWORD})
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200  # a code opens once
    assert not Authenticator.objects.filter(user=besa, type="webauthn").exists()
