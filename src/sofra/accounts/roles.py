"""What a person may do, as small classes with a sentence that anyone can read.

The permission page is printed from here.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sofra.ground.models import Visibility


@dataclass(frozen=True)
class Role:
    """`rank` orders the roles: whoever may do what a rank asks has that rank or a higher one."""

    code: str
    rank: int
    name: Promise
    sentence: Promise
    sees: Visibility

    def does(self, asked: "Role") -> bool:
        """Whether this role may do what `asked` may.

        Visitor, member, mapper and coordinator are a ladder; the technical administrator stands beside it.
        """
        if asked.rank == 0 or asked.code == self.code:
            return True
        return "technical" not in {self.code, asked.code} and self.rank >= asked.rank


VISITOR = Role(
    "visitor", 0, _("Visitor"), _("Reads and downloads what is public, without signing in."), Visibility.PUBLIC
)
MEMBER = Role(
    "member", 1, _("Member editor"),
    _("Sees what members share, proposes changes to the organisations named in the invitation, and confirms or"
      " contests what is said of them."),
    Visibility.MEMBERS,
)  # fmt: skip
MAPPER = Role(
    "mapper", 2, _("Mapper"),
    _("Adds organisations, imports lists, reads places, judges duplicates, and accepts or returns proposals."),
    Visibility.MEMBERS,
)  # fmt: skip
COORDINATOR = Role(
    "coordinator", 3, _("Coordinator"),
    _("Does what a mapper does, sees sealed fields, invites people, gives and ends roles, and reads the audit."),
    Visibility.SEALED,
)  # fmt: skip
TECHNICAL = Role(
    "technical", 1, _("Technical administrator"),
    _("Keeps the hub running: boundaries, backups and accounts. Reads no sealed field and changes no record."),
    Visibility.PUBLIC,
)  # fmt: skip

ALL = (VISITOR, MEMBER, MAPPER, COORDINATOR, TECHNICAL)
BY_CODE = {role.code: role for role in ALL}
