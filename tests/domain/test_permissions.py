"""SPEC §7, every cell of its table, and A5."""

from __future__ import annotations

from itertools import product

import pytest

from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.people import Role, StaffId
from studio_tui.domain.permissions import Act, check, check_account, may, may_manage_account
from tests.builders import a_staff_member

ME, OTHER = StaffId(1), StaffId(2)
OF_SESSIONS = (Act.MANAGE_SESSIONS, Act.MANAGE_BOOKINGS, Act.MANAGE_LINKS, Act.MANAGE_NOTICES)

# §7 by hand: who -> what they may do whoever leads the session, and what only in sessions of their own.
EVERYWHERE = {
    Role.OWNER: set(Act),
    Role.FRONT_DESK: set(Act) - {Act.MANAGE_SITE},
    Role.INSTRUCTOR: set(),
}
IN_OWN_SESSIONS = {
    Role.OWNER: set(Act),
    Role.FRONT_DESK: EVERYWHERE[Role.FRONT_DESK],
    Role.INSTRUCTOR: set(OF_SESSIONS),
}
LEADERS = {"own session": ME, "another's session": OTHER, "nobody's session": None}


@pytest.mark.parametrize(
    ("role", "act", "whose"),
    list(product(Role, Act, LEADERS)),
    ids=lambda value: getattr(value, "name", value).lower(),
)
def test_section_7_who_may_do_what(role: Role, act: Act, whose: str) -> None:
    actor = a_staff_member(id=ME, name="Anna Ferri", role=role)
    allowed = act in (IN_OWN_SESSIONS if whose == "own session" else EVERYWHERE)[role]

    assert may(actor, act, leader=LEADERS[whose]) is allowed
    if allowed:
        check(actor, act, leader=LEADERS[whose])
    else:
        with pytest.raises(NotAllowed, match=f"Anna Ferri.*{act.value}.*: ask the (owner|front desk)"):
            check(actor, act, leader=LEADERS[whose])


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_section_7_whoever_has_left_may_do_nothing(role: Role, act: Act) -> None:
    gone = a_staff_member(id=ME, role=role, active=False)

    assert not may(gone, act, leader=ME)
    with pytest.raises(NotAllowed, match="no longer works here"):
        check(gone, act, leader=ME)


@pytest.mark.parametrize(
    ("role", "default", "own", "another"),
    [
        (Role.OWNER, True, True, True),
        (Role.FRONT_DESK, False, True, True),
        (Role.INSTRUCTOR, False, True, False),
    ],
)
def test_A5_who_may_manage_which_conference_account(role: Role, default: bool, own: bool, another: bool) -> None:
    actor = a_staff_member(id=ME, role=role)

    for staff_id, allowed in ((None, default), (ME, own), (OTHER, another)):
        assert may_manage_account(actor, staff_id) is allowed
        if allowed:
            check_account(actor, staff_id)
        else:
            reason = "Only the owner" if staff_id is None else "only their own"
            with pytest.raises(NotAllowed, match=reason):
                check_account(actor, staff_id)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("staff_id", [None, ME, OTHER])
def test_A5_whoever_has_left_may_manage_no_account(role: Role, staff_id: StaffId | None) -> None:
    assert not may_manage_account(a_staff_member(id=ME, role=role, active=False), staff_id)


@pytest.mark.parametrize("role", list(Role))
def test_a_refusal_names_the_role_in_words(role: Role) -> None:
    assert role.label == role.value.replace("_", " ")
