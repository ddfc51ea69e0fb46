"""Whether what a row of the outbox says is so: the condition under which a worker may send it.

It is part of the statement that marks the point of no return, so that what was committed before it counts (WORKER G6).
"""

from __future__ import annotations

from sqlalchemy import and_, exists, literal_column, or_, select

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.sessions import SessionStatus
from studio_tui.storage import schema

_table = schema.outbox
# As `announcements.is_wanted` has it.
_TRUE_NEWS = exists(
    select(literal_column("1"))
    .where(
        schema.announcement.c.id == _table.c.announcement_id,
        schema.announcement.c.made_at >= schema.booking.c.booked_at,
        or_(
            and_(
                schema.announcement.c.kind == AnnouncementKind.CANCELLED.value,
                schema.session.c.status == SessionStatus.CANCELLED,
            ),
            and_(
                schema.announcement.c.kind != AnnouncementKind.CANCELLED.value,
                schema.session.c.status == SessionStatus.ACTIVE,
                or_(
                    schema.announcement.c.kind != AnnouncementKind.MOVED.value,
                    schema.announcement.c.was_at.is_(None),
                    schema.announcement.c.was_at != schema.session.c.starts_at,
                ),
            ),
        ),
    )
    .correlate(_table, schema.booking, schema.session)
)
WANTED = exists(
    select(literal_column("1"))
    .select_from(schema.booking.join(schema.session, schema.session.c.id == schema.booking.c.session_id))
    .where(
        schema.booking.c.id == _table.c.booking_id,
        schema.booking.c.status == BookingStatus.BOOKED,
        schema.session.c.generation == _table.c.generation,
        or_(
            and_(_table.c.announcement_id.is_(None), schema.session.c.status == SessionStatus.ACTIVE),
            and_(_table.c.announcement_id.is_not(None), _TRUE_NEWS),
        ),
    )
    .correlate(_table)
)
