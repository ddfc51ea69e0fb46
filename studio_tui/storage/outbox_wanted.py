"""Whether what a row of the outbox says is so: the condition under which a worker may send it.

It is part of the statement that marks the point of no return, so that what was committed before it counts (WORKER G6).
"""

from __future__ import annotations

from sqlalchemy import and_, exists, literal_column, or_, select

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.sessions import SessionStatus
from studio_tui.storage import schema

_table = schema.outbox
_OF_A_PLACE = [kind for kind in DeliveryKind if kind not in (DeliveryKind.NEWS, DeliveryKind.UNBOOKED)]
# As `announcements.is_wanted` has it.
_TRUE_NEWS = exists(
    select(literal_column("1"))
    .where(
        schema.announcement.c.id == _table.c.announcement_id,
        schema.announcement.c.made_at >= schema.booking.c.booked_at,
        or_(
            schema.announcement.c.kind == AnnouncementKind.WRITTEN.value,
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
        or_(
            and_(_table.c.kind == DeliveryKind.UNBOOKED, schema.booking.c.status == BookingStatus.CANCELLED),
            and_(
                schema.booking.c.status == BookingStatus.BOOKED,
                schema.session.c.generation == _table.c.generation,
                or_(
                    and_(_table.c.kind == DeliveryKind.NEWS, _TRUE_NEWS),
                    and_(_table.c.kind.in_(_OF_A_PLACE), schema.session.c.status == SessionStatus.ACTIVE),
                ),
            ),
        ),
    )
    .correlate(_table)
)
