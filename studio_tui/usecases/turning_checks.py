"""Rules that an undo keeps like any other write: who may do it, and what a studio cannot be without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.edits import EditStands, Row, RowChange
from studio_tui.domain.language import _
from studio_tui.domain.people import Role, SiteId, StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.services import CourseId
from studio_tui.storage.unit_of_work import UnitOfWork

Refuse = Callable[[str], EditStands]

_ACTS = {
    "site": Act.MANAGE_SITE,
    "opening": Act.MANAGE_SITE,
    "staff": Act.MANAGE_SITE,
    "staff_site": Act.MANAGE_SITE,
    "room": Act.MANAGE_ROOMS,
    "client": Act.MANAGE_CLIENTS,
    "service": Act.MANAGE_SERVICES,
    "course": Act.MANAGE_SESSIONS,
    "series": Act.MANAGE_SESSIONS,
    "session": Act.MANAGE_SESSIONS,
    "booking": Act.MANAGE_BOOKINGS,
    "enrolment": Act.MANAGE_BOOKINGS,
}


def check_may(unit: UnitOfWork, actor: StaffMember, changes: Iterable[RowChange]) -> None:
    """Refuse what the person may no longer do (SPEC §7).

    Raises:
        NotAllowed: With the reason.
    """
    asked: set[tuple[Act, StaffId | None]] = set()
    for change in changes:
        rows = (*change.before, *change.after)
        if change.table == "conference_account":
            for row in rows:
                permissions.check_account(actor, _staff(row.get("staff_id")))
        elif actor.role is Role.INSTRUCTOR:
            asked.update((_ACTS[change.table], leader) for leader in _leaders(unit, change.table, rows))
        else:
            asked.add((_ACTS[change.table], None))
    for act, leader in asked:
        permissions.check(actor, act, leader=leader)


def _leaders(unit: UnitOfWork, table: str, rows: Sequence[Row]) -> Iterator[StaffId | None]:
    """Who leads the sessions that the rows are about."""
    for row in rows:
        if table in ("session", "series"):
            yield _staff(row["staff_id"])
        elif table == "booking":
            for session in unit.sessions.by_ids([_number(row["session_id"])]):
                yield session.staff_id
        elif table in ("course", "enrolment"):
            course_id = CourseId(_number(row["id" if table == "course" else "course_id"]))
            yield from {session.staff_id for session in unit.sessions.of_course(course_id)}
        else:
            yield None


def check_owner_is_left(unit: UnitOfWork, changes: Iterable[RowChange], refuse: Refuse) -> None:
    """Refuse to leave the studio without an owner; nobody could bring one back. Called after the rows are written.

    Raises:
        EditStands: There would be none.
    """
    if not any(change.table == "staff" for change in changes):
        return
    if not any(member.role is Role.OWNER and member.active for member in unit.people.staff()):
        raise refuse(_("the studio would have no owner."))


def check_zones(unit: UnitOfWork, changes: Iterable[RowChange], now: datetime, refuse: Refuse) -> None:
    """Refuse another zone for a site that has sessions to come: their clock times would change with it.

    Raises:
        EditStands: It has.
    """
    for change in changes:
        if change.table != "site" or not (change.before and change.after):
            continue
        if change.before[0]["zone"] == change.after[0]["zone"]:
            continue
        if unit.sessions.upcoming_ids(now, site_id=SiteId(change.id)):
            raise refuse(_("sessions were made since, and another time zone would change their clock times."))


def _staff(value: object) -> StaffId | None:
    return StaffId(value) if isinstance(value, int) else None


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
