"""One's own account: another address, signing out elsewhere, closing it for good."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sofra.accounts import own_account, roles, services
from sofra.accounts.models import Invitation, User
from sofra.ground.models import AuditLine
from sofra.organisations.models import Change, Editor, Organisation

from .conftest import PASSWORD, MakePerson

NEW = "besa.new@example.org"


@pytest.fixture(autouse=True)
def _letters_in_memory(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")


def signed_in(user: User) -> Client:
    """In a browser of their own, with the password asked for once more."""
    client = Client()
    assert client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}).status_code == 302
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    client.get(reverse("account"))  # the greeting is read
    return client


def link_in(letter: EmailMessage) -> str:
    found = re.search(r"/account/address/[^\s/]+/", letter.body)
    assert found
    return found[0]


def test_an_address_changes_when_the_new_one_is_proven(besa: User, django_capture_on_commit_callbacks: object) -> None:
    client, before = signed_in(besa), besa.email
    assert client.post(reverse("account_address"), {"email": f" {NEW.upper()} "}).status_code == 302
    besa.refresh_from_db()
    assert besa.email == before, "nothing changes before the letter is opened"
    assert [letter.to for letter in mail.outbox] == [[NEW]]
    link = link_in(mail.outbox[0])
    assert NEW in client.get(link).content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert client.post(link).status_code == 302
    besa.refresh_from_db()
    assert besa.email == NEW
    assert list(EmailAddress.objects.filter(user=besa).values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert mail.outbox[-1].to == [before], "the old address is told"
    assert NEW not in mail.outbox[-1].body
    line = AuditLine.objects.order_by("-id").first()
    assert line
    assert (line.what, line.by) == ("person.address_changed", f"account {besa.pk}")
    assert "@" not in str(line.detail)
    assert client.post(link, follow=True).status_code == 200
    besa.refresh_from_db()
    assert besa.email == NEW, "a link works once"
    assert Client().post(reverse("account_login"), {"login": NEW, "password": PASSWORD}).status_code == 302


def test_the_letter_opens_nothing_for_anybody_else(besa: User, cvetan: User) -> None:
    """A mistyped address must not hand the account to whoever reads that address."""
    signed_in(besa).post(reverse("account_address"), {"email": NEW})
    link = link_in(mail.outbox[0])
    assert Client().post(link).status_code == 302, "to the sign-in page"
    stranger = signed_in(cvetan)
    assert stranger.get(link).status_code == 410
    assert NEW not in stranger.get(link).content.decode()
    stranger.post(link)
    for user in (besa, cvetan):
        user.refresh_from_db()
        assert user.email != NEW


def test_a_forged_or_old_link_changes_nothing(besa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(besa)
    client.post(reverse("account_address"), {"email": NEW})
    link = link_in(mail.outbox[0])
    for wrong in (link[:-3] + "xx/", "/account/address/nonsense/"):
        assert client.get(wrong).status_code == 410
    monkeypatch.setattr(own_account, "LINK_LASTS", own_account.LINK_LASTS * 0)
    assert client.get(link).status_code == 410
    client.post(link)
    besa.refresh_from_db()
    assert besa.email != NEW


def test_nobody_learns_which_addresses_have_an_account(besa: User, cvetan: User) -> None:
    client = signed_in(besa)
    known = client.post(reverse("account_address"), {"email": cvetan.email}, follow=True).content.decode()
    assert mail.outbox == []
    unknown = client.post(reverse("account_address"), {"email": NEW}, follow=True).content.decode()
    quiet = [re.sub(r'value="[^"]{64}"', "", page) for page in (known, unknown)]
    assert quiet[0] == quiet[1]
    assert len(mail.outbox) == 1


def test_both_ask_for_proof(besa: User) -> None:
    client = Client()
    client.force_login(besa)  # a session that proved nothing lately
    answer = client.get(reverse("account_address"))
    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer["Location"]
    assert 'name="password"' in client.get(reverse("account_close")).content.decode()
    besa.set_unusable_password()
    besa.save()
    Authenticator.objects.create(user=besa, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(besa)
    assert client.get(reverse("account_close")).status_code == 302
    assert client.post(reverse("account_close"), {"sure": "on"}).status_code == 302
    besa.refresh_from_db()
    assert besa.is_active


def test_signing_out_everywhere_else(besa: User, ana: User) -> None:
    here, there, hers = signed_in(besa), signed_in(besa), signed_in(ana)
    assert "1" in here.get(reverse("account")).content.decode()
    assert here.post(reverse("account_sessions_end")).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302
    assert hers.get(reverse("account")).status_code == 200


def test_a_new_password_signs_out_everywhere_else(besa: User) -> None:
    here, there = signed_in(besa), signed_in(besa)
    new = {"oldpassword": PASSWORD, "password1": "tryeza-e-gjate-9", "password2": "tryeza-e-gjate-9"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302


@pytest.fixture
def spoken_for(besa: User) -> Organisation:
    change = Change.objects.create(kind="edit", at=timezone.now(), by=besa)
    organisation = Organisation.objects.create(
        code="al.x", kind="cso", name="X", sort_key="x", visible_to=0, created_in=change
    )
    Editor.objects.create(organisation=organisation, user=besa)
    return organisation


def test_a_closed_account_keeps_a_number_and_nothing_else(
    besa: User, spoken_for: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    client, elsewhere, before = signed_in(besa), signed_in(besa), besa.email
    Authenticator.objects.create(user=besa, type=Authenticator.Type.TOTP, data={"secret": "x"})
    address = reverse("account_close")
    client.post(address, {"password": "wrong", "sure": "on"})
    client.post(address, {"password": PASSWORD})
    besa.refresh_from_db()
    assert besa.is_active, "neither without the password nor without the tick"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = client.post(address, {"password": PASSWORD, "sure": "on"})
    assert answer["Location"] == reverse("home")
    besa = User.objects.get(pk=besa.pk)
    assert (besa.is_active, besa.has_usable_password(), besa.name) == (False, False, f"#{besa.pk}")
    kept = [
        besa.email,
        *Invitation.objects.values_list("email", flat=True),
        *Invitation.objects.values_list("name", flat=True),
    ]
    assert not [text for text in kept if before in text or "Besa" in text]
    assert not EmailAddress.objects.filter(user=besa).exists()
    assert not Authenticator.objects.filter(user=besa).exists()
    assert besa.grants.get().ended_on
    assert Editor.objects.get(user=besa).ended_on
    assert own_account.sessions_of(besa) == []
    for signed in (client, elsewhere):
        assert signed.get(reverse("account")).status_code == 302
    Client().post(reverse("account_login"), {"login": before, "password": PASSWORD})
    assert own_account.sessions_of(besa) == []
    assert mail.outbox[-1].to == [before]
    line = AuditLine.objects.filter(what="person.closed").get()
    assert (line.by, line.about, line.detail) == (f"account {besa.pk}", f"account {besa.pk}", {})
    assert not AuditLine.objects.filter(detail__icontains="@").exists()
    _invitation, link = services.invite(email=before, name="Besa", role=roles.MEMBER, by=None, send=False)
    assert link, "the address is free again"


def test_the_last_coordinator_may_not_close(ana: User, person: MakePerson) -> None:
    client = signed_in(ana)
    answer = client.post(reverse("account_close"), {"password": PASSWORD, "sure": "on"})
    ana.refresh_from_db()
    assert ana.is_active
    assert "error" in answer.content.decode()
    with pytest.raises(ValidationError):
        own_account.close_account(ana)
    person("Dritan", roles.COORDINATOR)
    own_account.close_account(ana)
    ana.refresh_from_db()
    assert not ana.is_active


def test_passwords_are_not_tried_out_on_the_closing_page(besa: User) -> None:
    client = signed_in(besa)
    answers = [client.post(reverse("account_close"), {"password": str(n), "sure": "on"}).status_code for n in range(15)]
    assert answers[-1] == 429


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_account_pages_are_there_in_both_languages(besa: User, prefix: str) -> None:
    client = signed_in(besa)
    for page in ("account/", "account/address/", "account/close/"):
        assert client.get(f"{prefix}/{page}").status_code == 200
