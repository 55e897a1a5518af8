"""`sofra user …`: accounts from the machine's own keyboard. It makes the first coordinator."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sofra.accounts import roles, services
from sofra.accounts.models import User


class Command(BaseCommand):
    help = "Invite people, list accounts, give and end roles."

    def add_arguments(self, parser: CommandParser) -> None:
        does = parser.add_subparsers(dest="do", required=True, metavar="invite|list|give-role|end-role")
        codes = [role.code for role in roles.ALL[1:]]

        invite = does.add_parser("invite", help="open a door for an e-mail address and print its link")
        invite.add_argument("email")
        invite.add_argument("--role", choices=codes, default=roles.MEMBER.code)
        invite.add_argument("--name", default="", help="how the person is addressed")
        invite.add_argument(
            "--organisation", action="append", default=[], metavar="CODE", help="that a member edits; may be repeated"
        )
        invite.add_argument("--no-mail", action="store_true", help="only print the link")

        does.add_parser("list", help="every account, with its roles")

        for name, sentence in (("give-role", "give a person a further role"), ("end-role", "end a person's role")):
            command = does.add_parser(name, help=sentence)
            command.add_argument("email")
            command.add_argument("role", choices=codes)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, "do_" + options["do"].replace("-", "_"))(options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None

    def do_invite(self, options: dict[str, Any]) -> None:
        invitation, link = services.invite(
            email=options["email"],
            name=options["name"],
            role=roles.BY_CODE[options["role"]],
            organisations=options["organisation"],
            by=None,
            send=not options["no_mail"],
        )
        self.stdout.write(f"Invited {invitation.email} as {invitation.role}.")
        self.stdout.write(f"The link works once, until {invitation.expires_on:%d.%m.%Y}:")
        self.stdout.write(link)

    def do_list(self, options: dict[str, Any]) -> None:
        people = User.objects.order_by("email")
        if not people:
            self.stdout.write("Nobody has an account yet. Make the first: sofra user invite EMAIL --role coordinator")
        for user in people:
            held = ", ".join(sorted(role.code for role in user.roles_held)) or "no role"
            self.stdout.write(f"{user.email}\t{user.name}\t{held}")

    def do_give_role(self, options: dict[str, Any]) -> None:
        user = self._person(options["email"])
        services.grant_role(user=user, role=roles.BY_CODE[options["role"]], by=None)
        self.stdout.write(f"{user.email} is now {options['role']}.")

    def do_end_role(self, options: dict[str, Any]) -> None:
        user = self._person(options["email"])
        grant = user.grants.filter(role=options["role"], ended_on=None).first()
        if grant is None:
            raise CommandError(f"{user.email} does not hold the role {options['role']}.")
        services.end_role(grant, by=None)
        self.stdout.write(f"{user.email} is no longer {options['role']}.")

    def _person(self, email: str) -> User:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has an account with the address {email}. `sofra user list` shows all.")
        return user
