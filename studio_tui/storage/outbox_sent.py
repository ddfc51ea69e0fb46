"""What left the studio for its clients: an undo cannot take it back, so it has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, or_, select

from studio_tui.domain.delivery import DeliveryState
from studio_tui.storage import schema
from studio_tui.storage.types import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class SentNotice:
    """That a booking's client was told something: a notice or an announcement. Instants are aware UTC.

    Attributes:
        kind: "notice", or what was announced ("moved", "cancelled" …).
        start: The start that it named.
        at: When it left; None for what is leaving now.
    """

    session_id: int
    booking_id: int
    kind: str
    start: datetime
    at: datetime | None


def sent_since(db: Connection, session_ids: Sequence[int], at: datetime) -> list[SentNotice]:
    """What left for these sessions at that instant or later, or is leaving now, oldest first, over whichever channel."""
    outbox, announcement = schema.outbox, schema.announcement
    sent = outbox.c.state == int(DeliveryState.SENT)
    kind = func.coalesce(announcement.c.kind, outbox.c.kind).label("kind")
    left = case((sent, outbox.c.sent_at)).label("left_ms")
    stmt = select(outbox.c.session_id, outbox.c.booking_id, outbox.c.announces_ms, kind, left)
    stmt = stmt.outerjoin(announcement, announcement.c.id == outbox.c.announcement_id).where(
        outbox.c.session_id.in_(session_ids),
        or_(sent & (outbox.c.sent_at >= to_ms(at)), outbox.c.state == int(DeliveryState.SENDING)),
    )
    return [
        SentNotice(
            session_id=row.session_id,
            booking_id=row.booking_id,
            kind=row.kind,
            start=from_ms(row.announces_ms),
            at=None if row.left_ms is None else from_ms(row.left_ms),
        )
        for row in db.execute(stmt.order_by(left.is_(None), left, outbox.c.id))
    ]
