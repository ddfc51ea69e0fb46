"""Records with defaults, and a clock that a test sets. `a_session(title="Barre")` says only what a test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from studio_tui.domain.bookings import Booking, BookingId, BookingStatus
from studio_tui.domain.conferences import AccountId, AccountState, ConferenceAccount
from studio_tui.domain.delivery import Channel, Delivery, DeliveryId, DeliveryState
from studio_tui.domain.links import JoinLink
from studio_tui.domain.notices import notice_key
from studio_tui.domain.people import Change, Client, ClientId, Role, Site, SiteId, StaffId, StaffMember
from studio_tui.domain.plans import NoticeFacts, Recipient
from studio_tui.domain.recurrence import weekly
from studio_tui.domain.series import Series, occurrences
from studio_tui.domain.services import CourseId, Mode, SealedLink, Service, ServiceId, ServiceKind
from studio_tui.domain.sessions import Course, Origin, OwnLink, SeriesId, Session, SessionId, SessionStatus

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, 10:00 in Rome and 09:00 in London; four weeks before summer time begins there."""

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now

    def advance(self, by: timedelta) -> None:
        self.now += by


def a_change(version: int = 1, changed_by: str = "Paola Greco", changed_at: datetime = NOW) -> Change:
    return Change(version=version, changed_by=changed_by, changed_at=changed_at)


def a_link(name: str = "room", password: str | None = None, description: str | None = None) -> JoinLink:
    return JoinLink(f"https://meet.example.com/{name}", password, description)


def a_sealed_link(name: str = "room") -> SealedLink:
    """Two with one name are the same link."""
    return SealedLink(token=f"sealed {name}", digest=sha256(name.encode()).hexdigest())


def a_site(**fields: Any) -> Site:
    defaults: dict[str, Any] = {
        "id": SiteId(1),
        "slug": "trastevere",
        "name": "Trastevere",
        "zone": "Europe/Rome",
        "language": "it",
        "change": a_change(),
    }
    return Site(**defaults | fields)


def a_staff_member(**fields: Any) -> StaffMember:
    defaults: dict[str, Any] = {
        "id": StaffId(1),
        "name": "Paola Greco",
        "role": Role.OWNER,
        "login": None,
        "email": None,
        "active": True,
        "site_ids": (SiteId(1),),
        "change": a_change(),
    }
    return StaffMember(**defaults | fields)


def a_client(**fields: Any) -> Client:
    defaults: dict[str, Any] = {
        "id": ClientId(1),
        "name": "Chiara Neri",
        "email": "chiara.neri@clients.example",
        "email_verified": True,
        "phone": None,
        "language": "it",
        "push_topic": None,
        "change": a_change(),
    }
    return Client(**defaults | fields)


def a_service(**fields: Any) -> Service:
    defaults: dict[str, Any] = {
        "id": ServiceId(1),
        "site_id": SiteId(1),
        "name": "Yoga flow",
        "kind": ServiceKind.CLASS,
        "mode": Mode.ONLINE,
        "sessions_may_change_mode": None,
        "link": None,
        "link_epoch": 0,
        "details": "",
        "capacity": 10,
        "duration": HOUR,
        "colour": "blue",
        "active": True,
        "change": a_change(),
    }
    return Service(**defaults | fields)


def a_course(**fields: Any) -> Course:
    defaults: dict[str, Any] = {
        "id": CourseId(1),
        "service_id": ServiceId(1),
        "site_id": SiteId(1),
        "name": "Spring run",
        "own_link": OwnLink(),
        "change": a_change(),
    }
    return Course(**defaults | fields)


def a_session(**fields: Any) -> Session:
    """A scheduled session an hour from `NOW`, an hour long unless `ends_at` says otherwise."""
    starts_at = fields.get("starts_at", NOW + HOUR)
    defaults: dict[str, Any] = {
        "id": SessionId(1),
        "site_id": SiteId(1),
        "service_id": ServiceId(1),
        "course_id": None,
        "staff_id": StaffId(1),
        "room": "",
        "title": None,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "capacity": 10,
        "origin": Origin.SCHEDULED,
        "status": SessionStatus.ACTIVE,
        "mode": None,
        "own_link": OwnLink(),
        "details": None,
        "notice_at": None,
        "generation": 1,
        "booked": 0,
        "change": a_change(),
    }
    return Session(**defaults | fields)


def a_series(**fields: Any) -> Series:
    """Every Tuesday at 18:30 from 3 March 2026 on, ten times, an hour long."""
    defaults: dict[str, Any] = {
        "id": SeriesId(1),
        "site_id": SiteId(1),
        "service_id": ServiceId(1),
        "rule": weekly({1}, count=10),
        "first_on": date(2026, 3, 3),
        "at": time(18, 30),
        "length": HOUR,
        "staff_id": StaffId(1),
        "room": "",
        "title": None,
        "capacity": 10,
        "details": None,
        "exceptions": (),
        "change": a_change(),
    }
    return Series(**defaults | fields)


def sessions_of(series: Series, clock: ZoneInfo) -> list[Session]:
    """The series' sessions, one for each date, with ids from 1."""
    return [
        a_session(
            id=SessionId(number),
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            staff_id=series.staff_id,
            room=series.room,
            title=series.title,
            capacity=series.capacity,
            details=series.details,
            series_id=series.id,
            series_on=each.on,
        )
        for number, each in enumerate(occurrences(series, clock), 1)
    ]


def a_booking(**fields: Any) -> Booking:
    defaults: dict[str, Any] = {
        "id": BookingId(1),
        "session_id": SessionId(1),
        "client_id": ClientId(1),
        "enrolment_id": None,
        "status": BookingStatus.BOOKED,
        "booked_at": NOW,
        "cancelled_at": None,
    }
    return Booking(**defaults | fields)


def an_account(**fields: Any) -> ConferenceAccount:
    """A connected default account of site 1; with `staff_id`, that person's own."""
    defaults: dict[str, Any] = {
        "id": AccountId(1),
        "site_id": None if "staff_id" in fields else SiteId(1),
        "staff_id": None,
        "kind": "custom",
        "label": "meet.example.com",
        "state": AccountState.CONNECTED,
        "link": a_sealed_link("default"),
        "change": a_change(),
    }
    return ConferenceAccount(**defaults | fields)


def facts(**fields: Any) -> NoticeFacts:
    """An online session an hour from `NOW`, an hour long unless `ends_at` says otherwise."""
    starts_at = fields.get("starts_at", NOW + HOUR)
    defaults: dict[str, Any] = {
        "session_id": 1,
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "notice_at": None,
        "generation": 1,
        "online": True,
        "active": True,
    }
    return NoticeFacts(**defaults | fields)


def a_recipient(booking_id: int = 1, *, active: bool = True, push: bool = False) -> Recipient:
    channels = (Channel.EMAIL, Channel.PUSH) if push else (Channel.EMAIL,)
    return Recipient(booking_id=booking_id, active=active, channels=channels, booked_at=NOW - timedelta(days=7))


def a_delivery(**fields: Any) -> Delivery:
    """A planned mail for booking 1 of the session that `facts()` gives."""
    generation, booking_id = fields.get("generation", 1), fields.get("booking_id", 1)
    channel = fields.get("channel", Channel.EMAIL)
    defaults: dict[str, Any] = {
        "id": DeliveryId(1),
        "key": notice_key(1, generation, booking_id, channel),
        "session_id": 1,
        "booking_id": booking_id,
        "channel": channel,
        "generation": generation,
        "announces": NOW + HOUR,
        "manual": False,
        "due_at": NOW + HOUR,
        "expires_at": NOW + 2 * HOUR,
        "state": DeliveryState.READY,
        "attempt": 0,
        "reason": "",
        "recipient": None,
        "last_code": None,
        "last_text": "",
        "sent_at": None,
        "link_digest": None,
    }
    return Delivery(**defaults | fields)
