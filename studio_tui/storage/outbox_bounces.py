"""Mails that went out and came back: found by what a server says of them, and marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, literal_column, select, update

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.delivery import Channel, DeliveryId
from studio_tui.domain.people import ClientId
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.partial_indexes import FINISHED
from studio_tui.storage.schema import booking, outbox
from studio_tui.storage.types import to_ms

_BACK = timedelta(days=30)
"""What ended longer ago than that is not looked for: no server tries for so long."""
_TEXT = 500


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that went out. The address is kept out of `repr`."""

    delivery_id: DeliveryId
    session_id: SessionId
    booking_id: BookingId
    client_id: ClientId
    recipient: str = field(repr=False)


class OutboxBounces:
    """The mails of one open transaction that may have come back."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def by_message_id(self, message_id: str, now: datetime) -> SentMail | None:
        """The mail that went out with it; None if none did in the last month."""
        return self._newest(outbox.c.message_id == message_id, now)

    def last_to(self, address: str, now: datetime) -> SentMail | None:
        """The last mail to the address, however that is capitalised; None if none went there in the last month."""
        return self._newest(func.lower(outbox.c.recipient) == address.lower(), now)

    def mark(self, delivery_id: DeliveryId, text: str, now: datetime) -> None:
        """Note at the mail that it came back; it stays sent."""
        values = {"last_code": None, "last_text": text[:_TEXT], "updated_at": to_ms(now)}
        self._db.execute(update(outbox).where(outbox.c.id == delivery_id).values(values))

    def _newest(self, which: ColumnElement[bool], now: datetime) -> SentMail | None:
        mail = outbox.c.channel == Channel.EMAIL
        stmt = (
            select(outbox.c.id, outbox.c.session_id, outbox.c.booking_id, booking.c.client_id, outbox.c.recipient)
            .join(booking, booking.c.id == outbox.c.booking_id)
            # The index of what is finished keeps this from reading years of messages.
            .where(FINISHED, outbox.c.expires_at >= to_ms(now - _BACK), outbox.c.state == literal_column("3"), mail)
            .where(which)
            .order_by(outbox.c.sent_at.desc(), outbox.c.id.desc())
            .limit(1)
        )
        row = self._db.execute(stmt).one_or_none()
        return None if row is None else SentMail(*row)
