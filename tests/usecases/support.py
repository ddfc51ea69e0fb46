"""What tests of use cases ask of a database as a whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.sessions import SessionId
from studio_tui.storage import schema
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.planning import differences
from tests.builders import SmallStudio


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, the change log's too: two of them are equal exactly when nothing was written."""
    with database.reading() as unit:
        return {
            table.name: [tuple(row) for row in unit.db.execute(select(table).order_by(*table.primary_key.columns))]
            for table in schema.metadata.sorted_tables
        }


def assert_sound(small: SmallStudio) -> None:
    """Every booked count is that of the active bookings, and every session's outbox is what its plan says."""
    booking, session = schema.booking, schema.session
    active = select(booking.c.session_id, func.count().label("places")).where(booking.c.status == BookingStatus.BOOKED)
    with small.database.reading() as unit:
        counted = {row.session_id: row.places for row in unit.db.execute(active.group_by(booking.c.session_id))}
        stored = {row.id: row.booked for row in unit.db.execute(select(session.c.id, session.c.booked))}
        assert stored == {session_id: counted.get(session_id, 0) for session_id in stored}
        assert differences(unit, [SessionId(each) for each in stored], small.clock()) == {}
