"""What can happen to accounts: invitations, roles. Each in one transaction with one audit line.

Raises PermissionDenied where `by` may not, and ValidationError with a sentence where the thing itself is impossible.
`by=None` is the operator at the machine's own keyboard (`sofra user …`).
"""

from collections.abc import Callable, Sequence

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.validators import EmailValidator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sofra.ground.audit import record
from sofra.ground.models import AuditLine

from . import letters, roles, rules, tokens
from .models import Invitation, RoleGrant, User
from .roles import Role

# Rooms above hang on here what an accepted invitation means to them; called in the transaction of the acceptance.
on_accepted: list[Callable[[User, Invitation], None]] = []
# And here what they refuse in an invitation's organisation codes, by a ValidationError.
on_inviting: list[Callable[[Sequence[str]], None]] = []


def checked_address(text: str) -> str:
    """An e-mail address as it is kept. Raises ValidationError with a sentence for anything else."""
    email = text.strip().lower()
    if len(email) > 254:
        raise ValidationError(_("This e-mail address is too long."))
    EmailValidator(_("“%(value)s” is not an e-mail address."))(email)
    return email


@transaction.atomic
def invite(
    *, email: str, name: str, role: Role, organisations: Sequence[str] = (), by: User | None, send: bool = True
) -> tuple[Invitation, str]:
    """Open a door for one address for 14 days. Returns the invitation and its link, which is told only now.

    An earlier open invitation for the same address closes.
    """
    email = checked_address(email)
    if by is not None and not rules.may_give(by.roles_held, role):
        raise PermissionDenied
    if User.objects.filter(email=email).exists():
        raise ValidationError(_("This address already has an account. Give the role on that person's page."))
    if organisations and role is not roles.MEMBER:
        raise ValidationError(_("Only a member editor is invited for named organisations."))
    for check in on_inviting:
        check(organisations)
    Invitation.objects.filter(email=email, accepted_on=None, withdrawn_on=None).update(withdrawn_on=timezone.now())
    token = tokens.new()
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        role=role.code,
        organisations=list(organisations),
        token_hash=tokens.hashed(token),
        invited_by=by,
        expires_on=timezone.now() + rules.INVITATION_LASTS,
    )
    record(
        what="person.invited",
        about=f"invitation {invitation.pk}",
        by=by,
        role=role.code,
        organisations=list(organisations),
    )
    link = settings.ORIGIN.rstrip("/") + reverse("invitation", args=[token])
    if send:
        transaction.on_commit(lambda: letters.send_invitation(invitation, link))
    return invitation, link


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str | None, language: str = "sq") -> User:
    """Make the account that the link promises. Without a password the person signs in with a passkey.

    Raises ValidationError where the link is unknown, used, withdrawn or too old.
    """
    invitation = Invitation.objects.select_for_update().filter(token_hash=tokens.hashed(token)).first()
    if invitation is None or not invitation.is_open:
        raise ValidationError(_("This invitation is no longer open. Ask the coordinator for a new one."))
    inviter = invitation.invited_by
    if inviter is not None and not rules.may_give(inviter.roles_held, invitation.offered):
        raise ValidationError(_("This invitation is no longer open. Ask the coordinator for a new one."))
    if User.objects.filter(email=invitation.email).exists():
        raise ValidationError(_("This address already has an account. Sign in instead."))
    user = User.objects.create_user(invitation.email, password, name=name, language=language)
    # The link reached the address, so the address is proven.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    RoleGrant.objects.create(user=user, role=invitation.role, granted_by=inviter)
    invitation.accepted_by = user
    invitation.accepted_on = timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_on"])
    record(what="person.joined", about=f"account {user.pk}", by=user, role=invitation.role, invitation=invitation.pk)
    for act in on_accepted:
        act(user, invitation)
    return user


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User | None) -> None:
    if by is not None and not rules.may_give(by.roles_held, invitation.offered):
        raise PermissionDenied
    if not invitation.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    invitation.withdrawn_on = timezone.now()
    invitation.save(update_fields=["withdrawn_on"])
    record(what="invitation.withdrawn", about=f"invitation {invitation.pk}", by=by)


@transaction.atomic
def grant_role(*, user: User, role: Role, by: User | None) -> RoleGrant:
    """Give a person a further role. Nobody gives one to themselves, nor one above their own rank."""
    if by is not None and (by.pk == user.pk or not rules.may_give(by.roles_held, role)):
        raise PermissionDenied
    if user.grants.filter(role=role.code, ended_on=None).exists():
        raise ValidationError(_("%(name)s already has this role."), params={"name": user.name})
    grant = RoleGrant.objects.create(user=user, role=role.code, granted_by=by)
    record(what="role.given", about=f"account {user.pk}", by=by, role=role.code)
    return grant


@transaction.atomic
def end_role(grant: RoleGrant, *, by: User | None) -> RoleGrant:
    """End a role now. The hub never stays without a coordinator: the last one's role cannot be ended."""
    coordinators = list(
        RoleGrant.objects.select_for_update()
        .filter(role=roles.COORDINATOR.code, ended_on=None, user__is_active=True)
        .values_list("user_id", flat=True)
    )
    grant.refresh_from_db()
    if by is not None and not rules.may_end(by.roles_held, grant.held, own=by.pk == grant.user_id):
        raise PermissionDenied
    if grant.ended_on is not None:
        raise ValidationError(_("This role has already ended."))
    if grant.held is roles.COORDINATOR and set(coordinators) <= {grant.user_id}:
        raise ValidationError(_("This is the last coordinator. Give the role to somebody else first."))
    grant.ended_on = timezone.now()
    grant.ended_by = by
    grant.save(update_fields=["ended_on", "ended_by"])
    record(what="role.ended", about=f"account {grant.user_id}", by=by, role=grant.role)
    return grant


@transaction.atomic
def change_profile(user: User, *, name: str, language: str) -> User:
    user.name = name
    user.language = language
    user.save(update_fields=["name", "language"])
    record(what="person.changed", about=f"account {user.pk}", by=user)
    return user


_DEMO_MADE = "demo.people_made"
# Addresses of a domain that never belongs to anybody (RFC 2606).
DEMO_PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("Ana", "ana@example.org", "sofra-e-anes-2026", roles.COORDINATOR),
    ("Besa", "besa@example.org", "sofra-e-beses-2026", roles.MEMBER),
    ("Cvetan", "cvetan@example.org", "sofra-e-cvetanit-2026", roles.MEMBER),
)


@transaction.atomic
def make_demo_people(
    *, besa_edits: Sequence[str] = (), cvetan_edits: Sequence[str] = ()
) -> list[tuple[str, str, str, Role]]:
    """Make whoever of the demo's three people is missing; give (name, address, password, role) of all.

    Raises ImproperlyConfigured in every mode but the demo.
    """
    if settings.MODE != "demo":
        raise ImproperlyConfigured("Only the demo has invented people.")
    if not AuditLine.objects.filter(what=_DEMO_MADE).exists():
        record(what=_DEMO_MADE, about="hub", by=None)
    edits = {"Besa": besa_edits, "Cvetan": cvetan_edits}
    for name, email, password, role in DEMO_PEOPLE:
        if not User.objects.filter(email=email).exists():
            _invitation, link = invite(
                email=email, name=name, role=role, organisations=edits.get(name, ()), by=None, send=False
            )
            token = link.rstrip("/").rsplit("/", 1)[-1]
            accept_invitation(token=token, name=name, password=password)
    return list(DEMO_PEOPLE)


def has_demo_people() -> bool:
    """Whether the demo ever made its people in this database: `sofra serve` refuses to serve it.

    The audit remembers it, whatever address or name they took since.
    """
    named = User.objects.filter(email__in=[person[1] for person in DEMO_PEOPLE], is_active=True)
    return named.exists() or AuditLine.objects.filter(what=_DEMO_MADE).exists()
