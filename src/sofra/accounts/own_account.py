"""What people do to their own account: another address, signing out elsewhere, closing it.

Each in one transaction with one audit line. Raises ValidationError with a sentence where it is impossible.
"""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.ground.audit import record

from . import letters, roles
from .models import Invitation, RoleGrant, User

# Rooms above hang on here what the end of an account means to them; called in the transaction of the closing.
on_closing: list[Callable[[User], None]] = []

LINK_LASTS = timedelta(days=2)
_SALT = "sofra.accounts.address"


def ask_for_address(user: User, email: str) -> None:
    """Send the letter that proves the new address. Nothing changes before its link is opened.

    Where another account has the address no letter goes out, and nobody is told, so that nothing can be tried out.
    """
    if email == user.email:
        raise ValidationError(_("This is your address already."))
    if User.objects.filter(email=email).exists():
        return
    token = signing.dumps([user.pk, user.email, email], salt=_SALT)
    link = settings.ORIGIN.rstrip("/") + reverse("account_address_confirm", args=[token])
    letters.send_told(email, "new_address", language=user.language, link=link)


def address_asked_for(user: User, token: str) -> str | None:
    """The new address that this link proves for this person, or None where it proves nothing (any more)."""
    try:
        number, before, after = signing.loads(token, salt=_SALT, max_age=LINK_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if (number, before) != (user.pk, user.email) or User.objects.filter(email=after).exists():
        return None
    return str(after)


@transaction.atomic
def change_address(user: User, token: str) -> User:
    """Sign in with the new address from now on. The old one is told, in case somebody else did it."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    email = address_asked_for(locked, token)
    if email is None:
        raise ValidationError(_("This link is no longer valid. Ask for a new one on the page of your account."))
    before, locked.email = locked.email, email
    locked.save(update_fields=["email"])
    EmailAddress.objects.filter(user=locked).delete()
    EmailAddress.objects.create(user=locked, email=email, primary=True, verified=True)
    record(what="person.address_changed", about=f"account {locked.pk}", by=locked)
    transaction.on_commit(lambda: letters.send_told(before, "address_changed", language=locked.language))
    return locked


def sessions_of(user: User) -> list[Session]:
    """Where the person is signed in now."""
    standing = Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=1000)
    return [one for one in standing if one.get_decoded().get("_auth_user_id") == str(user.pk)]


@transaction.atomic
def end_other_sessions(user: User, *, but: str | None) -> int:
    """Sign out everywhere but here. Returns how many sign-ins ended."""
    others = [one.pk for one in sessions_of(user) if one.pk != but]
    Session.objects.filter(pk__in=others).delete()
    record(what="person.signed_out_elsewhere", about=f"account {user.pk}", by=user, sessions=len(others))
    return len(others)


@transaction.atomic
def close_account(user: User) -> None:
    """End the account: roles, keys, sign-ins, name and address. What was done stays signed by the account's number.

    The last coordinator stays, or nobody could invite anybody.
    """
    coordinating = RoleGrant.objects.select_for_update().filter(
        role=roles.COORDINATOR.code, ended_on=None, user__is_active=True
    )
    coordinators = set(coordinating.values_list("user_id", flat=True))
    if coordinators == {user.pk}:
        raise ValidationError(_("You are the last coordinator. Give the role to somebody else first."))
    closed = User.objects.select_for_update().get(pk=user.pk, is_active=True)
    address = closed.email
    closed.grants.filter(ended_on=None).update(ended_on=timezone.now(), ended_by=closed)
    for tell in on_closing:
        tell(closed)
    Authenticator.objects.filter(user=closed).delete()
    EmailAddress.objects.filter(user=closed).delete()
    Session.objects.filter(pk__in=[one.pk for one in sessions_of(closed)]).delete()
    nobody = f"account-{closed.pk}@closed.invalid"
    Invitation.objects.filter(Q(accepted_by=closed) | Q(email=address)).update(email=nobody, name="")
    transaction.on_commit(lambda: letters.send_told(address, "account_closed", language=closed.language))
    closed.email, closed.name, closed.is_active = nobody, f"#{closed.pk}", False
    closed.set_unusable_password()
    closed.save()
    record(what="person.closed", about=f"account {closed.pk}", by=closed)
