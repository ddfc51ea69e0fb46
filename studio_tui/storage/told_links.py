"""Which link each client was sent last (SPEC L8)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from studio_tui.domain.bookings import BookingId, BookingStatus
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.people import ClientId, SiteId, StaffId
from studio_tui.domain.sessions import MAX_LENGTH, SessionId, SessionStatus
from studio_tui.storage.schema import booking, client, outbox, session
from studio_tui.storage.types import from_ms


class ToldLink(NamedTuple):
    """What a client with a place in a session was sent last: the link's digest, and when (aware UTC)."""

    session_id: SessionId
    booking_id: BookingId
    client_id: ClientId
    client: str
    digest: str | None
    sent_at: datetime


class ToldLinks:
    """The links that were sent, in one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def last(self, site_id: SiteId, now: datetime, staff_id: StaffId | None = None) -> list[ToldLink]:
        """The last link of each client in the site's active sessions that are not over, or in those the person leads.

        One statement, however many sessions there are: it begins with the sessions to come, not with all that was sent.
        """
        stmt = (
            select(
                outbox.c.session_id,
                outbox.c.booking_id,
                booking.c.client_id,
                client.c.name,
                outbox.c.link_digest,
                outbox.c.sent_at,
            )
            .select_from(session)
            .join(outbox, outbox.c.session_id == session.c.id)
            .join(booking, booking.c.id == outbox.c.booking_id)
            .join(client, client.c.id == booking.c.client_id)
            .where(
                session.c.site_id == site_id,
                session.c.starts_at >= now - MAX_LENGTH,
                session.c.ends_at > now,
                session.c.status == SessionStatus.ACTIVE,
                outbox.c.state == int(DeliveryState.SENT),
                outbox.c.sent_at.is_not(None),
                outbox.c.link_digest.is_not(None),
                booking.c.status == BookingStatus.BOOKED,
            )
            .order_by(outbox.c.sent_at, outbox.c.id)
        )
        if staff_id is not None:
            stmt = stmt.where(session.c.staff_id == staff_id)
        newest = {row.booking_id: row for row in self._db.execute(stmt)}
        return [
            ToldLink(
                SessionId(row.session_id),
                BookingId(row.booking_id),
                ClientId(row.client_id),
                row.name,
                row.link_digest,
                from_ms(row.sent_at),
            )
            for row in newest.values()
        ]
