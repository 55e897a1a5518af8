"""Joining, signing in and looking after accounts, as a browser does it."""

import re
from threading import Event

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from sofra.accounts import roles, services
from sofra.accounts.access import role_of
from sofra.accounts.models import User

from .conftest import PASSWORD, MakePerson


def sign_in(client: Client, email: str, password: str, **extra: str) -> object:
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def test_from_invitation_to_signed_in(
    as_ana: Client, client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = as_ana.post(
            reverse("people_invite"), {"email": "dafina@example.org", "name": "Dafina", "role": "member"}
        )
    link = re.search(r"/invitation/[\w-]+/", page.content.decode())
    assert link
    assert link[0] in mail.outbox[0].body
    assert "Dafina" in client.get(link[0]).content.decode()
    answers = {"name": "Dafina", "way": "password", "password1": PASSWORD, "password2": PASSWORD}
    joined = client.post(link[0], answers)
    assert joined.url == reverse("account")
    assert client.get(reverse("account")).status_code == 200
    assert role_of(User.objects.get(email="dafina@example.org")) is roles.MEMBER
    assert Client().get(link[0]).status_code == 410
    assert Client().post(link[0], answers).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password1": ""}, "password1"),
        ({"password2": "another one 99"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "dafina@example.org", "password2": "dafina@example.org"}, "password1"),
        ({"name": ""}, "name"),
        ({"name": "D" * 121}, "name"),
        ({"name": "Daf\x00ina"}, "name"),
        ({"way": "by magic"}, "way"),
    ],
)
def test_what_is_wrong_in_joining_gets_a_sentence(client: Client, wrong: dict[str, str], field: str) -> None:
    _, link = services.invite(email="dafina@example.org", name="", role=roles.MEMBER, by=None, send=False)
    answers = {"name": "Dafina", "way": "password", "password1": PASSWORD, "password2": PASSWORD} | wrong
    page = client.post("/" + link.split("/", 3)[3], answers)
    if page.status_code != 400:  # a NUL byte is refused before any form
        assert page.status_code == 200
        assert page.context["form"].errors[field]
    assert not User.objects.filter(email="dafina@example.org").exists()


def test_sign_in_returns_to_the_page_asked_for(client: Client, ana: User) -> None:
    asked = client.get(reverse("people"))
    assert asked.status_code == 302
    assert asked.url == f"{reverse('account_login')}?next=%2Fpeople%2F"
    answer = sign_in(client, ana.email, PASSWORD, next="/people/")
    assert answer.url == "/people/"


def test_sign_in_never_leads_elsewhere(client: Client, ana: User) -> None:
    answer = sign_in(client, ana.email, PASSWORD, next="https://elsewhere.example/")
    assert answer.url == reverse("home")


def test_a_form_sent_without_signing_in_returns_to_its_page(client: Client) -> None:
    answer = client.post(reverse("invitation_withdraw", args=[1]), headers={"referer": "http://testserver/people/"})
    assert answer.url.endswith("?next=%2Fpeople%2F")
    foreign = client.post(reverse("invitation_withdraw", args=[1]), headers={"referer": "https://elsewhere.example/x"})
    assert "elsewhere" not in foreign.url


def test_unknown_address_and_wrong_password_get_the_same_answer(client: Client, besa: User) -> None:
    pages = []
    for email, password in ((besa.email, "not her password"), ("nobody@example.org", "not her password")):
        page = sign_in(client, email, password)
        assert page.status_code == 200
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, ""))
    assert pages[0] == pages[1]


def test_reset_says_the_same_of_every_address(client: Client, besa: User) -> None:
    answers = [client.post(reverse("account_reset_password"), {"email": e}) for e in (besa.email, "nobody@example.org")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("account_reset_password_done"))}
    assert [letter.to for letter in mail.outbox] == [[besa.email]]


def test_reset_by_letter(client: Client, besa: User) -> None:
    client.post(reverse("account_reset_password"), {"email": besa.email})
    link = re.search(r"http://\S+", mail.outbox[0].body)
    assert link
    page = client.get(link[0], follow=True)
    new = "krejt-tjeter-fjale-9"
    done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done.status_code == 302
    besa.refresh_from_db()
    assert besa.check_password(new)
    again = Client().get(link[0], follow=True)
    assert "password1" not in again.content.decode()


def test_attempts_are_limited(client: Client, besa: User) -> None:
    for _ in range(5):
        assert sign_in(client, besa.email, "guess").status_code == 200
    assert sign_in(client, besa.email, PASSWORD).status_code == 200  # the right one no longer helps
    assert client.get(reverse("account")).status_code == 302


def test_many_requests_get_a_page_of_ours(client: Client) -> None:
    pages = [sign_in(client, f"a{n}@example.org", "guess") for n in range(31)]
    assert pages[-1].status_code == 429
    assert b"<h1>" in pages[-1].content


def test_a_forged_forwarded_address_does_not_reset_the_count(client: Client, settings: Settings) -> None:
    def attempt(forwarded: str) -> int:
        guess = {"login": "x@example.org", "password": "y"}
        return client.post(reverse("account_login"), guess, headers={"x-forwarded-for": forwarded}).status_code

    assert 429 in {attempt(f"10.0.0.{n}") for n in range(32)}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # SOFRA_BEHIND_PROXY=1
    assert attempt("10.9.9.9") == 200


def test_the_session_is_a_new_one_after_signing_in(client: Client, besa: User) -> None:
    session = client.session
    session["before"] = 1
    session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, besa.email, PASSWORD)
    assert client.session.session_key != before


def test_a_closed_account_does_not_sign_in_and_is_out_at_once(client: Client, besa: User) -> None:
    client.force_login(besa)
    assert client.get(reverse("account")).status_code == 200
    User.objects.filter(pk=besa.pk).update(is_active=False)
    assert client.get(reverse("account")).status_code == 302
    assert not hasattr(sign_in(Client(), besa.email, PASSWORD), "user")


@pytest.mark.parametrize("route", ["mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_keys_change_only_after_signing_in_again(client: Client, besa: User, route: str) -> None:
    sign_in(client, besa.email, PASSWORD)
    asked = client.get(reverse(route))
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("account_reauthenticate"))
    wrong = client.post(asked.url, {"password": "guess"})
    assert wrong.status_code == 200
    assert client.post(asked.url, {"password": PASSWORD}).url == reverse(route)


def test_sign_up_is_closed(client: Client) -> None:
    for address in ("/account/signup/", "/account/keys/webauthn/signup/", "/account/signup/passkey/", "/admin/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("field", ["login", "password"])
@pytest.mark.parametrize("text", ["a\x00b@example.org", "ë" * 5000 + "@example.org", "\ud7ff" * 300])
def test_unreadable_and_over_long_input_gets_a_sentence(client: Client, field: str, text: str) -> None:
    page = client.post(reverse("account_login"), {"login": "a@example.org", "password": "guess", field: text})
    assert page.status_code in {200, 400}
    assert page.status_code == 400 or page.context["form"].errors


def test_forms_ask_for_their_token(besa: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(besa)
    for route in ("account", "account_login", "account_logout"):
        assert strict.post(reverse(route), {}).status_code == 403


def test_roles_are_given_and_ended_on_the_page(as_ana: Client, besa: User, ana: User) -> None:
    page = reverse("person", args=[besa.pk])
    assert as_ana.post(page, {"role": "mapper"}).url == page
    assert role_of(User.objects.get(pk=besa.pk)) is roles.MAPPER
    assert as_ana.post(page, {"role": "mapper"}).context["form"].errors["role"]
    grant = besa.grants.get(role="mapper")
    as_ana.post(reverse("role_end", args=[besa.pk, grant.pk]))
    assert role_of(User.objects.get(pk=besa.pk)) is roles.MEMBER
    last = ana.grants.get()
    answer = as_ana.post(reverse("role_end", args=[ana.pk, last.pk]), follow=True)
    assert answer.status_code == 200
    assert role_of(User.objects.get(pk=ana.pk)) is roles.COORDINATOR
    assert as_ana.post(reverse("role_end", args=[besa.pk, last.pk])).status_code == 404


def test_no_role_above_ones_own_by_a_forged_form(client: Client, technician: User, besa: User) -> None:
    client.force_login(technician)
    for role in ("coordinator", "mapper"):
        answer = client.post(reverse("person", args=[besa.pk]), {"role": role})
        assert answer.context["form"].errors
        invited = client.post(reverse("people_invite"), {"email": "x@example.org", "role": role})
        assert invited.context["form"].errors
    own = client.post(reverse("person", args=[technician.pk]), {"role": "member"})
    assert own.status_code == 403
    assert role_of(User.objects.get(pk=technician.pk)) is roles.TECHNICAL


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_people_asks_the_same_few_questions(
    as_ana: Client, person: MakePerson, people: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(people):
        person(f"Person{n}", roles.MEMBER, roles.MAPPER)
    with django_assert_max_num_queries(8):
        assert as_ana.get(reverse("people")).status_code == 200


def test_the_answer_is_in_the_language_of_the_address(client: Client, besa: User) -> None:
    assert client.get("/en/people/").url == "/en/account/login/?next=%2Fen%2Fpeople%2F"


def test_a_slow_mail_server_does_not_tell_who_has_an_account(
    client: Client, besa: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does not wait for the letter, so that it takes as long for an address that nobody has."""
    answered, sent = Event(), Event()

    def send_slowly(message: EmailMessage) -> None:
        answered.wait(60)
        sent.set()

    monkeypatch.setattr(EmailMessage, "send", send_slowly)
    settings.MODE = "serve"
    assert client.post(reverse("account_reset_password"), {"email": besa.email}).status_code == 302
    assert not sent.is_set(), "the answer came first"
    answered.set()
    assert sent.wait(60)


@pytest.mark.parametrize(
    "address", ["http://[::1", "//evil.example", "https:evil.example", "javascript:alert(1)", "\\/x"]
)
def test_an_address_that_cannot_be_read_leads_home(client: Client, ana: User, address: str) -> None:
    assert client.get(reverse("account_login"), {"next": address}).status_code == 200
    answer = client.post(reverse("account_login"), {"login": ana.email, "password": PASSWORD, "next": address})
    assert answer["Location"] == reverse("home")
    assert client.get(reverse("account_login"), {"next": address})["Location"] == reverse("home")
