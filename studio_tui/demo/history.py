"""What the demo's worker would have done before it was opened: the notices of sessions that have begun."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.link_context import LinkContexts
from studio_tui.usecases.planning import bring_into_line

_ONE_IN = 23
"""One mail in so many was refused, and one of the session that is on."""


def tell_the_past(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> None:
    """Plan the notices of sessions that have begun as they were planned then, and settle each one's fate."""
    begun = [session for session in unit.sessions.by_ids(list(session_ids)) if session.starts_at <= now]
    decisions = LinkContexts(unit).decide(begun)
    addresses = {client.id: client.email for client in unit.clients.page(1_000)}
    count = 0
    for session in begun:
        bring_into_line(unit, [session.id], session.starts_at - timedelta(minutes=1))
        emails = {booking.id: addresses[booking.client_id] for booking in unit.bookings.of_session(session.id)}
        link = decisions[session.id].link
        for index, delivery in enumerate(unit.outbox.history([session.id]).get(session.id, [])):
            count += 1
            refused = count % _ONE_IN == 0 or (index == 1 and session.ends_at > now)
            at = session.starts_at + timedelta(seconds=1 + count % 3)
            address = emails[BookingId(delivery.booking_id)]
            if address is None:
                unit.outbox.hold(delivery.id, HeldReason.NO_ADDRESS, at)
            elif link is None:
                unit.outbox.hold(delivery.id, HeldReason.NO_LINK, at)
            elif refused:
                unit.outbox.settle(
                    delivery.id, DeliveryState.FAILED, at, address, link.digest, code=550, text="5.1.1 no such user"
                )
            else:
                unit.outbox.settle(delivery.id, DeliveryState.SENT, at, address, link.digest, code=250, text="2.0.0 ok")
