"""Who may do what (SPEC §7, A5). Pure: a person, an act and what it touches go in; nothing or `NotAllowed` comes out."""

from __future__ import annotations

from enum import StrEnum

from studio_tui.domain.errors import NotAllowed
from studio_tui.domain.language import N_, _
from studio_tui.domain.people import Role, StaffId, StaffMember


class Act(StrEnum):
    """The rows of SPEC §7, each worded as what was tried."""

    MANAGE_SITE = N_("change sites, staff, roles, the default account or settings")
    MANAGE_SERVICES = N_("change services")
    MANAGE_ROOMS = N_("change rooms")
    MANAGE_SESSIONS = N_("change sessions")
    MANAGE_BOOKINGS = N_("change bookings")
    MANAGE_CLIENTS = N_("change clients")
    MANAGE_LINKS = N_("change links")
    MANAGE_NOTICES = N_("change notices")


_OWN_SESSIONS = frozenset({Act.MANAGE_SESSIONS, Act.MANAGE_BOOKINGS, Act.MANAGE_LINKS, Act.MANAGE_NOTICES})


def may(actor: StaffMember, act: Act, *, leader: StaffId | None = None) -> bool:
    """Whether `actor` may do `act`; `leader` is who leads the session that it touches, None for no session."""
    if not actor.active:
        return False
    match actor.role:
        case Role.OWNER:
            return True
        case Role.FRONT_DESK:
            return act is not Act.MANAGE_SITE
        case Role.INSTRUCTOR:
            return act in _OWN_SESSIONS and leader == actor.id


def check(actor: StaffMember, act: Act, *, leader: StaffId | None = None, tried: str = "") -> None:
    """Refuse what SPEC §7 does not permit; `tried` words what was tried where that is not the act itself.

    Raises:
        NotAllowed: With the role, what it may not do, and who can.
    """
    if may(actor, act, leader=leader):
        return
    tried = _(tried or act.value)
    if not actor.active:
        raise NotAllowed(_("{name} no longer works here and cannot {tried}.").format(name=actor.name, tried=tried))
    if actor.role is Role.INSTRUCTOR and act in _OWN_SESSIONS:
        raise NotAllowed(
            _("{name} is an instructor and can {tried} of their own only: ask the front desk.").format(
                name=actor.name, tried=tried
            )
        )
    ask = _("the owner") if act is Act.MANAGE_SITE else _("the front desk")
    raise NotAllowed(
        _("{name} ({label}) may not {tried}: ask {ask}.").format(
            name=actor.name, label=actor.role.label, tried=tried, ask=ask
        )
    )


def may_manage_account(actor: StaffMember, staff_id: StaffId | None) -> bool:
    """Whether `actor` may add, change or remove the conference account of `staff_id`; None is a site's default one (A5)."""
    if staff_id is None:
        return may(actor, Act.MANAGE_SITE)
    return actor.active and (staff_id == actor.id or actor.role in (Role.OWNER, Role.FRONT_DESK))


def check_account(actor: StaffMember, staff_id: StaffId | None) -> None:
    """Refuse a conference account that is not the actor's to manage (SPEC A5, §7).

    Raises:
        NotAllowed: With the reason.
    """
    if may_manage_account(actor, staff_id):
        return
    if staff_id is None:
        raise NotAllowed(
            _("Only the owner can change the default account; {name} is {label}.").format(
                name=actor.name, label=actor.role.label
            )
        )
    raise NotAllowed(
        _("{name} can change only their own conference account: ask the front desk.").format(name=actor.name)
    )
