"""What the demo's worker would have done before it was opened: notices and reminders, and what confirms some bookings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from studio_tui.domain.bookings import BookingId
from studio_tui.domain.delivery import Delivery, DeliveryState, HeldReason, SkipReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.sessions import SessionId
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.confirming import confirm
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
        planned = unit.outbox.history([session.id]).get(session.id, [])
        for index, delivery in enumerate(each for each in planned if each.kind is DeliveryKind.NOTICE):
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


def remind_in_the_past(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> None:
    """Send the reminders whose time has passed, as they would have been sent then."""
    late = (SkipReason.OVERDUE, SkipReason.BOOKED_LATER)
    for rows in unit.outbox.history(list(session_ids)).values():
        for each in rows:
            if each.kind is DeliveryKind.REMINDER and each.reason in late and each.due_at < now:
                _sent(unit, each, each.due_at)


def confirm_some(unit: UnitOfWork, session_ids: Iterable[SessionId], now: datetime) -> None:
    """Confirm the bookings of the first session that begins a day from now or later, two days ago."""
    coming = [each for each in unit.sessions.by_ids(list(session_ids)) if each.starts_at > now + timedelta(days=1)]
    first = min(coming, key=lambda each: (each.starts_at, each.id))
    then = now - timedelta(days=2)
    confirm(unit, [booking.id for booking in unit.bookings.of_session(first.id)], then, timedelta(0))
    for each in unit.outbox.history([first.id])[first.id]:
        if each.kind is DeliveryKind.BOOKED and each.state is DeliveryState.READY:
            _sent(unit, each, then)


def _sent(unit: UnitOfWork, delivery: Delivery, at: datetime) -> None:
    booking = unit.bookings.get(BookingId(delivery.booking_id))
    address = unit.clients.get(booking.client_id).email or ""
    unit.outbox.settle(delivery.id, DeliveryState.SENT, at, address, None, code=250, text="2.0.0 ok")
