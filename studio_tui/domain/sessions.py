"""Sessions: one occurrence on the calendar, and the pure rules of moving, editing and switching it (SPEC §§1, 3–5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Change, SiteId, StaffId
from studio_tui.domain.services import (
    MAX_CAPACITY,
    CourseId,
    Mode,
    SealedLink,
    Service,
    ServiceId,
    ServiceKind,
    may_sessions_change_mode,
)

SessionId = NewType("SessionId", int)
SeriesId = NewType("SeriesId", int)

MAX_LENGTH = timedelta(hours=24)


class Origin(StrEnum):
    """Made by the service's timetable, or made by hand once, outside it (SPEC §1, L2)."""

    SCHEDULED = "scheduled"
    OCCASIONAL = "occasional"


class SessionStatus(StrEnum):
    """A cancelled session stays on the calendar, so that people see what happened to it."""

    ACTIVE = "active"
    CANCELLED = "cancelled"


class LinkSay(StrEnum):
    """A session's (or a course's) own say about its link (SPEC §3)."""

    INHERIT = "inherit"
    TYPED = "typed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLink:
    """What a session or a course says itself: `link` is set exactly when `say` is TYPED.

    `epoch` is the service's link epoch at the time of a removal (`say` NONE): once the service's link is set anew, the
    removal no longer holds, without a single session being written (SPEC L6).
    """

    say: LinkSay = LinkSay.INHERIT
    link: SealedLink | None = None
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Who leads a session, and in which room it is."""

    staff_id: StaffId | None
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One occurrence on the calendar. Instants are aware UTC; the interval is [starts_at, ends_at).

    Attributes:
        title: What it is called instead of the service's name; None for the service's name.
        mode: Its own mode; None inherits the service's (M1).
        own_link: Its own say about the link; a course's sessions follow the course instead (L4).
        details: Its own details for the client; None inherits the service's (L7).
        notice_at: Notice time set by hand; None is automatic, the start (N1).
        generation: Rises with every change of the start; a notice belongs to one generation (N5, C7).
        booked: Number of active bookings.
        series_id: The series that it is one of; None for one that stands alone.
        series_on: The local date of the series that it stands for, wherever it was moved.
        series_edited: It differs from its series because somebody changed it alone: an exception.
    """

    id: SessionId
    site_id: SiteId
    service_id: ServiceId
    course_id: CourseId | None
    staff_id: StaffId | None
    room: str
    title: str | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    origin: Origin
    status: SessionStatus
    mode: Mode | None
    own_link: OwnLink
    details: str | None
    notice_at: datetime | None
    generation: int
    booked: int
    change: Change
    series_id: SeriesId | None = None
    series_on: date | None = None
    series_edited: bool = False

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One run of a course service: its sessions share one link and are booked together (SPEC §1, L4)."""

    id: CourseId
    service_id: ServiceId
    site_id: SiteId
    name: str
    own_link: OwnLink
    change: Change


def new_session(service: Service, starts_at: datetime, ends_at: datetime) -> Session:
    """A session of the service as it begins: it is not stored yet (its id is 0), and all that it can inherit it does."""
    return Session(
        id=SessionId(0),
        site_id=service.site_id,
        service_id=service.id,
        course_id=None,
        staff_id=None,
        room="",
        title=None,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=service.capacity,
        origin=Origin.SCHEDULED,
        status=SessionStatus.ACTIVE,
        mode=None,
        own_link=OwnLink(),
        details=None,
        notice_at=None,
        generation=1,
        booked=0,
        change=service.change,
    )


def mode_of(session: Session, service: Service) -> Mode:
    """The session's mode: its own, else its service's (SPEC M1)."""
    return session.mode or service.mode


def title_of(session: Session, service: Service) -> str:
    """What a session is called: its own title, else its service's name."""
    return session.title or service.name


def notice_time(session: Session) -> datetime:
    """When the session's notice is due, aware UTC: set by hand, else its start (SPEC N1)."""
    return session.notice_at or session.starts_at


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse an interval that is empty, backwards or longer than a day.

    Raises:
        InvalidInput: Naming the field.
    """
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise InvalidInput(_("A session's times need a time zone."), field="starts_at")
    if ends_at <= starts_at:
        raise InvalidInput(_("A session must end after it starts."), field="ends_at")
    if ends_at - starts_at > MAX_LENGTH:
        raise InvalidInput(_("A session can last 24 hours at the most."), field="ends_at")


def check_capacity(capacity: int, booked: int, kind: ServiceKind = ServiceKind.CLASS) -> None:
    """Refuse a capacity that is no number of places, not the one of an appointment, or smaller than what is booked.

    Raises:
        InvalidInput: Naming the field.
    """
    if kind is ServiceKind.APPOINTMENT and capacity != 1:
        raise InvalidInput(_("An appointment is for one client: its capacity is 1."), field="capacity")
    if not 1 <= capacity <= MAX_CAPACITY:
        raise InvalidInput(
            _("Capacity must be a number from 1 to {max_capacity}.").format(max_capacity=MAX_CAPACITY), field="capacity"
        )
    if capacity < booked:
        raise InvalidInput(
            _("{booked} clients are booked: capacity cannot be {capacity}.").format(booked=booked, capacity=capacity),
            field="capacity",
        )


def move(session: Session, starts_at: datetime, ends_at: datetime | None = None, place: Place | None = None) -> Session:
    """The session at its new time; an automatic notice time moves along, one set by hand stays (SPEC N2).

    Args:
        session: What is moved; a cancelled one is refused.
        starts_at: New start, aware.
        ends_at: New end, aware; None keeps the length.
        place: New leader and room; None keeps both.

    Returns:
        The moved session; `generation` is one higher if the start changed.
    """
    if session.status is SessionStatus.CANCELLED:
        raise NotPossible(_("A cancelled session cannot be moved."))
    ends_at = ends_at if ends_at is not None else starts_at + session.length
    check_times(starts_at, ends_at)
    generation = session.generation + (starts_at != session.starts_at)
    moved = replace(session, starts_at=starts_at, ends_at=ends_at, generation=generation)
    return moved if place is None else replace(moved, staff_id=place.staff_id, room=place.room)


def set_notice_time(session: Session, notice_at: datetime | None) -> Session:
    """The session with its notice time set by hand, or automatic again with None (SPEC N1, N2).

    Raises:
        NotPossible: The time is not before the session's end (SPEC N9).
    """
    if notice_at is not None and notice_at.tzinfo is None:
        raise InvalidInput(_("A notice time needs a time zone."), field="notice_at")
    if notice_at is not None and notice_at >= session.ends_at:
        raise NotPossible(_("The notice time must be before the session's end, or no client would get it."))
    return replace(session, notice_at=notice_at)


def notice_comes_too_late(session: Session) -> bool:
    """Whether a notice time set by hand has fallen on or after the end, as a move can make it: warn of it (SPEC N9)."""
    return session.notice_at is not None and session.notice_at >= session.ends_at


def switch_mode(session: Session, service: Service, mode: Mode) -> Session:
    """The session in the wished mode (SPEC M2).

    Raises:
        NotPossible: The service does not let single sessions change mode.
    """
    if mode is mode_of(session, service):
        return session
    if mode is not service.mode and not may_sessions_change_mode(service):
        raise NotPossible(
            _("{name} is {label} and its sessions may not change mode: allow it in the service first.").format(
                name=service.name, label=service.mode.label
            )
        )
    return replace(session, mode=None if mode is service.mode else mode)
