"""One client's bookings, with the sessions that they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.people import ClientId
from studio_tui.domain.sessions import Session, SessionId
from studio_tui.storage.bookings import to_booking
from studio_tui.storage.outbox import to_delivery
from studio_tui.storage.outbox_history import OutboxHistory
from studio_tui.storage.schema import booking, outbox, session
from studio_tui.storage.sessions import SessionRepository


class ClientBookings:
    """The bookings of clients in one open transaction, cancelled ones too."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def upcoming(self, client_id: ClientId, now: datetime) -> list[tuple[Booking, Session]]:
        """Bookings in sessions that are not over, by their start."""
        stmt = self._wanted(client_id, session.c.ends_at > now)
        return self._with_sessions(self._db.execute(stmt.order_by(session.c.starts_at, session.c.id)).scalars().all())

    def past(self, client_id: ClientId, now: datetime, limit: int) -> list[tuple[Booking, Session]]:
        """The latest so many bookings in sessions that are over, newest first."""
        stmt = self._wanted(client_id, session.c.ends_at <= now)
        stmt = stmt.order_by(session.c.starts_at.desc(), session.c.id.desc()).limit(limit)
        return self._with_sessions(self._db.execute(stmt).scalars().all())

    def count_past(self, client_id: ClientId, now: datetime) -> int:
        """How many bookings there are in sessions that are over."""
        stmt = select(func.count()).select_from(self._wanted(client_id, session.c.ends_at <= now).subquery())
        return int(self._db.execute(stmt).scalar_one())

    def deliveries(self, booking_ids: Sequence[int]) -> dict[int, list[Delivery]]:
        """Every message about each booking, in the order they were planned."""
        found: dict[int, list[Delivery]] = defaultdict(list, OutboxHistory(self._db).of_bookings(booking_ids))
        stmt = select(outbox).where(outbox.c.booking_id.in_(booking_ids)).order_by(outbox.c.id)
        for row in self._db.execute(stmt):
            found[row.booking_id].append(to_delivery(row))
        return found

    def _wanted(self, client_id: ClientId, when: ColumnElement[bool]) -> Select[int]:
        joined = booking.join(session, session.c.id == booking.c.session_id)
        return select(booking.c.id).select_from(joined).where(booking.c.client_id == client_id, when)

    def _with_sessions(self, booking_ids: Sequence[int]) -> list[tuple[Booking, Session]]:
        rows = self._db.execute(select(booking).where(booking.c.id.in_(booking_ids)))
        bookings = {row.id: to_booking(row) for row in rows}
        ids = {each.session_id for each in bookings.values()}
        sessions: dict[SessionId, Session] = {s.id: s for s in SessionRepository(self._db).by_ids(sorted(ids))}
        return [(bookings[key], sessions[bookings[key].session_id]) for key in booking_ids]
