"""Invitations and roles: what happens, what is refused, what is written down."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from sofra.accounts import roles, services, tokens
from sofra.accounts.access import has, level_of, role_of
from sofra.accounts.models import Invitation, User
from sofra.ground.models import AuditLine, Visibility

from .conftest import PASSWORD, MakePerson


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[-1]


def invite(
    by: User | None, email: str = "dafina@example.org", role: roles.Role = roles.MEMBER
) -> tuple[Invitation, str]:
    return services.invite(email=email, name="Dafina", role=role, by=by)


def test_invitation_reaches_its_address(
    ana: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation, link = invite(ana)
    assert [letter.to for letter in mail.outbox] == [["dafina@example.org"]]
    assert link in mail.outbox[0].body
    assert invitation.is_open
    assert invitation.expires_on - timezone.now() > timedelta(days=13, hours=23)
    line = AuditLine.objects.order_by("-id")[0]
    assert (line.what, line.by, line.about) == ("person.invited", f"account {ana.pk}", f"invitation {invitation.pk}")
    assert "dafina" not in str(line.detail).lower()


def test_only_the_hash_of_the_token_is_kept(ana: User) -> None:
    invitation, link = invite(ana)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token_of(link) not in str(row)
    assert row["token_hash"] == tokens.hashed(token_of(link))


def test_a_link_opens_once(ana: User) -> None:
    invitation, link = invite(ana)
    user = services.accept_invitation(token=token_of(link), name="Dafina", password=PASSWORD)
    assert role_of(user) is roles.MEMBER
    assert level_of(user) == Visibility.MEMBERS
    with pytest.raises(ValidationError):
        services.accept_invitation(token=token_of(link), name="Somebody else", password=PASSWORD)
    invitation.refresh_from_db()
    assert invitation.accepted_by == user
    assert User.objects.filter(email="dafina@example.org").count() == 1


@pytest.mark.parametrize(
    "change", [{"expires_on": timezone.now() - timedelta(seconds=1)}, {"withdrawn_on": timezone.now()}]
)
def test_an_old_or_withdrawn_link_opens_nothing(ana: User, change: dict[str, object]) -> None:
    invitation, link = invite(ana)
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=token_of(link), name="Dafina", password=PASSWORD)
    assert not User.objects.filter(email="dafina@example.org").exists()


def test_a_second_invitation_closes_the_first(ana: User) -> None:
    first, _ = invite(ana)
    invite(ana)
    first.refresh_from_db()
    assert not first.is_open


def test_an_invitation_ends_with_the_right_of_who_made_it(person: MakePerson, ana: User) -> None:
    other = person("Egzona", roles.COORDINATOR)
    _, link = invite(other, role=roles.COORDINATOR)
    services.end_role(other.grants.get(), by=ana)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=token_of(link), name="Dafina", password=PASSWORD)


@pytest.mark.parametrize("held", [(), (roles.MEMBER,), (roles.MAPPER,)])
def test_who_is_no_coordinator_invites_nobody(person: MakePerson, held: tuple[roles.Role, ...]) -> None:
    somebody = person("Fatos", *held)
    for role in roles.ALL:
        with pytest.raises(PermissionDenied):
            invite(somebody, role=role)


def test_the_technical_administrator_gives_no_sealed_sight(technician: User) -> None:
    invite(technician, role=roles.MEMBER)
    for role in (roles.COORDINATOR, roles.MAPPER):
        with pytest.raises(PermissionDenied):
            invite(technician, role=role)


def test_nobody_gives_a_role_to_themselves(ana: User, technician: User, besa: User) -> None:
    for user, role in ((ana, roles.TECHNICAL), (technician, roles.MEMBER), (besa, roles.MAPPER)):
        with pytest.raises(PermissionDenied):
            services.grant_role(user=user, role=role, by=user)


def test_the_last_coordinator_stays(ana: User, person: MakePerson) -> None:
    last = ana.grants.get()
    for by in (ana, None):
        with pytest.raises(ValidationError, match=r".+"):
            services.end_role(last, by=by)
    other = person("Egzona", roles.COORDINATOR)
    services.end_role(last, by=other)
    assert role_of(User.objects.get(pk=ana.pk)) is roles.VISITOR
    with pytest.raises(ValidationError):
        services.end_role(other.grants.get(), by=other)


def test_the_technical_administrator_ends_no_coordinator(ana: User, person: MakePerson, technician: User) -> None:
    person("Egzona", roles.COORDINATOR)
    with pytest.raises(PermissionDenied):
        services.end_role(ana.grants.get(), by=technician)


def test_member_may_not_end_another(besa: User, person: MakePerson) -> None:
    other = person("Gent", roles.MEMBER)
    with pytest.raises(PermissionDenied):
        services.end_role(other.grants.get(), by=besa)


def test_roles_add_up_and_end_at_once(ana: User, besa: User) -> None:
    grant = services.grant_role(user=besa, role=roles.TECHNICAL, by=ana)
    held = User.objects.get(pk=besa.pk)
    assert held.is_technical
    assert role_of(held) is roles.MEMBER
    assert has(held, roles.TECHNICAL)
    assert not has(held, roles.MAPPER)
    services.end_role(grant, by=ana)
    assert not User.objects.get(pk=besa.pk).is_technical


def test_a_closed_account_holds_nothing(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert role_of(User.objects.get(pk=ana.pk)) is roles.VISITOR


def test_acceptance_tells_the_rooms_above(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        services, "on_accepted", [lambda user, invitation: told.append((user.name, invitation.organisations))]
    )
    monkeypatch.setattr(services, "on_inviting", [])
    _, link = services.invite(
        email="dafina@example.org", name="", role=roles.MEMBER, organisations=["al.inac"], by=ana, send=False
    )
    services.accept_invitation(token=token_of(link), name="Dafina", password=None)
    assert told == [("Dafina", ["al.inac"])]


def test_nobody_is_invited_for_an_organisation_that_is_not_there(ana: User) -> None:
    with pytest.raises(ValidationError, match=r"al\.nowhere"):
        services.invite(email="x@example.org", name="", role=roles.MEMBER, organisations=["al.nowhere"], by=ana)
    assert not Invitation.objects.filter(email="x@example.org").exists()


def test_what_a_room_above_refuses_is_not_half_done(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(user: User, invitation: Invitation) -> None:
        raise ValidationError("no such organisation")

    monkeypatch.setattr(services, "on_accepted", [refuse])
    invitation, link = invite(ana)
    with pytest.raises(ValidationError):
        services.accept_invitation(token=token_of(link), name="Dafina", password=PASSWORD)
    invitation.refresh_from_db()
    assert invitation.is_open
    assert not User.objects.filter(email="dafina@example.org").exists()


@pytest.mark.parametrize("address", ["", "no address", "a@b", "x" * 300 + "@example.org", "a\x00b@example.org"])
def test_what_is_no_address_gets_a_sentence(db: None, address: str) -> None:
    with pytest.raises(ValidationError, match=r"\w+ \w+"):
        services.invite(email=address, name="", role=roles.MEMBER, by=None)


def test_demo_people_only_in_the_demo(db: None, settings: Settings) -> None:
    for mode in ("serve", "develop", "test"):
        settings.MODE = mode
        with pytest.raises(ImproperlyConfigured):
            services.make_demo_people()
    assert not services.has_demo_people()
    settings.MODE = "demo"
    people = services.make_demo_people()
    assert [name for name, *_ in people] == ["Ana", "Besa", "Cvetan"]
    assert services.has_demo_people()
    Ana = User.objects.get(email="ana@example.org")
    assert Ana.check_password(people[0][2])
    assert role_of(Ana) is roles.COORDINATOR
    Ana.set_password("changed by the user")
    Ana.save()
    services.make_demo_people()
    assert User.objects.count() == 3
    assert User.objects.get(email="ana@example.org").check_password("changed by the user")


def test_the_first_coordinator_comes_from_the_keyboard(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("user", "invite", "First@Example.org", "--role", "coordinator")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    user = services.accept_invitation(token=token_of(link), name="Ana", password=PASSWORD)
    assert role_of(user) is roles.COORDINATOR
    assert user.email == "first@example.org"
    call_command("user", "list")
    assert "first@example.org\tAna\tcoordinator" in capsys.readouterr().out
    with pytest.raises(CommandError, match="fundit"):
        call_command("user", "end-role", "first@example.org", "coordinator")
    with pytest.raises(CommandError, match="adresë"):
        call_command("user", "invite", "nonsense")
