"""Making sessions of what somebody typed: the same checks for one session and for a whole series."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from studio_tui.domain import permissions, sessions
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.people import StaffId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.series import agrees
from studio_tui.domain.sessions import Session
from studio_tui.domain.text import clean_line, clean_text
from studio_tui.domain.zones import zone
from studio_tui.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from studio_tui.usecases.scheduling import SessionDraft, SessionEdit

ROOM_LIMIT, TITLE_LIMIT, DETAILS_LIMIT = 100, 200, 4_000


def edited(unit: UnitOfWork, actor: StaffMember, session: Session, edit: SessionEdit) -> Session:
    """The session as the edit form has it.

    Raises:
        NotAllowed: The actor may not give it to that leader.
        InvalidInput, NotPossible: It cannot be so.
    """
    kind = unit.services.get(session.service_id).kind
    if edit.capacity != session.capacity:
        sessions.check_capacity(edit.capacity, session.booked, kind)
    if edit.staff_id != session.staff_id:
        permissions.check(actor, Act.MANAGE_SESSIONS, leader=edit.staff_id)
        check_leader(unit, edit.staff_id)
    moved = session
    if (edit.starts_at, edit.ends_at) != (session.starts_at, session.ends_at):
        moved = sessions.move(session, edit.starts_at, edit.ends_at)
    return replace(
        moved,
        staff_id=edit.staff_id,
        room=clean_line(edit.room, ROOM_LIMIT, field="room"),
        title=clean_line(edit.title or "", TITLE_LIMIT, field="title") or None,
        capacity=edit.capacity,
        details=None if edit.details is None else clean_text(edit.details, DETAILS_LIMIT, field="details"),
    )


def edit_of(session: Session) -> SessionEdit:
    """The edit that leaves the session as it is, to be changed by `replace`."""
    from studio_tui.usecases.scheduling import SessionEdit

    return SessionEdit(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        staff_id=session.staff_id,
        room=session.room,
        title=session.title,
        capacity=session.capacity,
        details=session.details,
    )


def moved_edit(session: Session, starts_at: datetime, ends_at: datetime | None = None) -> SessionEdit:
    """The edit that only moves the session, or makes it longer or shorter; without an end its length stays."""
    return replace(edit_of(session), starts_at=starts_at, ends_at=ends_at or starts_at + session.length)


def marked_if_exception(unit: UnitOfWork, session: Session) -> Session:
    """The session, marked as an exception exactly when it differs from what its series says."""
    if session.series_id is None:
        return session
    clock = zone(unit.people.site(session.site_id).zone)
    return replace(session, series_edited=not agrees(session, unit.series.get(session.series_id), clock))


def check_leader(unit: UnitOfWork, staff_id: StaffId | None) -> None:
    """Refuse a leader who no longer works here.

    Raises:
        InvalidInput: Naming the field.
    """
    if staff_id is not None and not unit.people.staff_member(staff_id).active:
        raise InvalidInput(_("That person no longer works here: choose somebody else."), field="staff_id")


def session_of_draft(unit: UnitOfWork, draft: SessionDraft) -> Session:
    """The session of a draft, which is not stored yet: its id is 0.

    Raises:
        InvalidInput, NotFound, NotPossible: It cannot be so.
    """
    service = unit.services.get(draft.service_id)
    if service.site_id != draft.site_id:
        raise InvalidInput(_("{name} is a service of another site.").format(name=service.name), field="service_id")
    if draft.course_id is not None:
        course = unit.services.lock_course(draft.course_id)
        if course.service_id != service.id:
            raise InvalidInput(_("{name} is a course of another service.").format(name=course.name), field="course_id")
    ends_at = draft.ends_at or draft.starts_at + service.duration
    sessions.check_times(draft.starts_at, ends_at)
    capacity = service.capacity if draft.capacity is None else draft.capacity
    sessions.check_capacity(capacity, 0, service.kind)
    check_leader(unit, draft.staff_id)
    session = replace(
        sessions.new_session(service, draft.starts_at, ends_at),
        course_id=draft.course_id,
        staff_id=draft.staff_id,
        room=clean_line(draft.room, ROOM_LIMIT, field="room"),
        title=clean_line(draft.title or "", TITLE_LIMIT, field="title") or None,
        capacity=capacity,
        origin=draft.origin,
        details=None if draft.details is None else clean_text(draft.details, DETAILS_LIMIT, field="details"),
    )
    return session if draft.mode is None else sessions.switch_mode(session, service, draft.mode)
