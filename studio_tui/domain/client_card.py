"""A client's card: who it is, what they have booked, and what they were sent. Instants are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.messages import CARRY_LINK
from studio_tui.domain.people import Client, Site
from studio_tui.domain.services import CourseId
from studio_tui.domain.sessions import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBooking:
    """One booking, also a cancelled one.

    Attributes:
        takes_place: The session is not cancelled.
        deliveries: Every message to the client about it, in the order they were planned.
        news: What the client was told of a change, in a word, by the announcement of a message.
        old_link: The client was last sent a link that has changed since (SPEC L8).
    """

    booking: Booking
    session_id: SessionId
    course_id: CourseId | None
    site: Site
    title: str
    staff: str
    room: str
    starts_at: datetime
    ends_at: datetime
    online: bool
    takes_place: bool
    deliveries: tuple[Delivery, ...]
    old_link: bool
    news: Mapping[int, str] = field(default_factory=dict)

    @property
    def notices(self) -> tuple[Delivery, ...]:
        """The messages that carry the link, without what was told of changes."""
        return tuple(each for each in self.deliveries if each.kind in CARRY_LINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """A client with the sessions that are not over, by start, and the latest of those that are, newest first.

    Attributes:
        past_bookings: How many there are in all whose session is over; `past` may hold fewer.
    """

    client: Client
    upcoming: tuple[CardBooking, ...]
    past: tuple[CardBooking, ...]
    past_bookings: int

    @property
    def next(self) -> CardBooking | None:
        """The next session that takes place and that the client has a place in."""
        return next((each for each in self.upcoming if each.booking.active and each.takes_place), None)
