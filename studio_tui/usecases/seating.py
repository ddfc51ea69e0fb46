"""Seating those who are enrolled in a course: they have a place in each of its sessions."""

from __future__ import annotations

from datetime import datetime

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import UnitOfWork


def seat_enrolled(unit: UnitOfWork, session: Session, now: datetime) -> None:
    """Give all who are enrolled in the session's course the place in it that they never had (SPEC §1).

    Raises:
        InvalidInput: There are not places enough.
    """
    if session.course_id is None:
        return
    course = unit.services.lock_course(session.course_id)
    seen = {booking.client_id for booking in unit.bookings.of_session(session.id)}
    enrolled = [each for each in unit.bookings.enrolled(course.id) if each.client_id not in seen]
    if session.booked + len(enrolled) > session.capacity:
        raise InvalidInput(
            _("{n} clients are enrolled in {name}: capacity cannot be {capacity}.").format(
                n=session.booked + len(enrolled), name=course.name, capacity=session.capacity
            ),
            field="capacity",
        )
    for enrolment in enrolled:
        unit.bookings.book(session.id, enrolment.client_id, now, enrolment.id)
