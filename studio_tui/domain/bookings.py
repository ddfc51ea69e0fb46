"""Bookings and enrolments: a client's place in one session, or in a whole course (SPEC §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import ClientId
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import Session, SessionId, SessionStatus

BookingId = NewType("BookingId", int)
EnrolmentId = NewType("EnrolmentId", int)


class BookingStatus(StrEnum):
    """A cancelled booking is kept: booking again revives it, so that its notice can never double (SPEC N5)."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One client's place in one session; there is one per client and session for ever. Instants are aware UTC."""

    id: BookingId
    session_id: SessionId
    client_id: ClientId
    enrolment_id: EnrolmentId | None
    status: BookingStatus
    booked_at: datetime
    cancelled_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether the client has the place now."""
        return self.status is BookingStatus.BOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A client's place in a whole course: a booking in each of its sessions, later ones included (SPEC §1)."""

    id: EnrolmentId
    course_id: CourseId
    client_id: ClientId
    status: BookingStatus
    enrolled_at: datetime


def check_bookable(session: Session, title: str, existing: Booking | None, client_name: str) -> None:
    """Refuse a booking that the session cannot take.

    Args:
        session: Its `booked` count decides whether a place is free.
        title: What the session is called, for the sentence.
        existing: The client's booking in this session, also a cancelled one; None if never booked.
        client_name: For the sentence.

    Raises:
        NotPossible: Already booked, session cancelled, or full.
    """
    if existing is not None and existing.active:
        raise NotPossible(
            _("{client_name} already has a place in {title}.").format(client_name=client_name, title=title)
        )
    if session.status is SessionStatus.CANCELLED:
        raise NotPossible(_("{title} is cancelled: nobody can be booked into it.").format(title=title))
    if session.booked >= session.capacity:
        raise NotPossible(
            _("{title} is full ({booked} of {capacity}): cancel a booking or raise its capacity first.").format(
                title=title, booked=session.booked, capacity=session.capacity
            )
        )
