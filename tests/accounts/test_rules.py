"""Who may give what, read as a table."""

import pytest

from sofra.accounts import roles, rules
from sofra.accounts.roles import COORDINATOR, MAPPER, MEMBER, TECHNICAL, VISITOR, Role

MAY_GIVE = {
    VISITOR: set(),
    MEMBER: set(),
    MAPPER: set(),
    COORDINATOR: {MEMBER, MAPPER, COORDINATOR, TECHNICAL},
    TECHNICAL: {MEMBER, TECHNICAL},
}
DOES = {
    VISITOR: {VISITOR},
    MEMBER: {VISITOR, MEMBER},
    MAPPER: {VISITOR, MEMBER, MAPPER},
    COORDINATOR: {VISITOR, MEMBER, MAPPER, COORDINATOR},
    TECHNICAL: {VISITOR, TECHNICAL},
}


@pytest.mark.parametrize("giver", roles.ALL, ids=lambda role: role.code)
@pytest.mark.parametrize("role", roles.ALL, ids=lambda role: role.code)
def test_who_gives_what(giver: Role, role: Role) -> None:
    assert rules.may_give({giver}, role) is (role in MAY_GIVE[giver])


@pytest.mark.parametrize("held", roles.ALL, ids=lambda role: role.code)
@pytest.mark.parametrize("asked", roles.ALL, ids=lambda role: role.code)
def test_what_each_role_may(held: Role, asked: Role) -> None:
    assert held.does(asked) is (asked in DOES[held])


def test_own_role_may_be_laid_down() -> None:
    assert rules.may_end({MEMBER}, MEMBER, own=True)
    assert not rules.may_end({MEMBER}, MEMBER, own=False)
    assert not rules.may_end({TECHNICAL}, COORDINATOR, own=False)
