"""Deliveries whose session ended long ago: moved out of the outbox in batches, so that it stays small, and read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from studio_tui.domain.agenda import NoticeCounts
from studio_tui.domain.delivery import Delivery, DeliveryState
from studio_tui.storage import schema
from studio_tui.storage.database_clock import AT, clock_ms
from studio_tui.storage.outbox import OutboxRepository, to_delivery
from studio_tui.storage.partial_indexes import FINISHED

BATCH = 500
KEEP = timedelta(days=90)
"""How long a finished delivery stays in the outbox after its session's end, unless the settings say otherwise."""
SHORTEST_KEEP = timedelta(days=30)
"""No setting moves a delivery away sooner: what ended later than that is in the outbox alone."""

_table, _old = schema.outbox, schema.outbox_history
_IDS = bindparam("b_ids", expanding=True, type_=BigInteger())


def put_away(db: Connection, at: int | None, keep: timedelta = KEEP) -> int:
    """Move finished deliveries of sessions that ended more than `keep` ago, at most `BATCH`; return how many."""
    ids = [row.id for row in db.execute(_FINISHED, {AT: at, "b_keep": int(keep / timedelta(milliseconds=1))})]
    if ids:
        db.execute(_COPY, {"b_ids": ids})
        db.execute(_DELETE, {"b_ids": ids})
    return len(ids)


class OutboxHistory:
    """Reads what was put away."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_sessions(self, session_ids: Sequence[int]) -> dict[int, list[Delivery]]:
        """Every delivery of these sessions that was put away, in the order they were planned, by session."""
        found: dict[int, list[Delivery]] = defaultdict(list)
        for row in self._rows(_old.c.session_id.in_(session_ids)):
            found[row.session_id].append(row)
        return found

    def with_present(self, session_id: int) -> list[Delivery]:
        """Every delivery of the session: those that were put away, then those in the outbox, each as they were planned."""
        present = OutboxRepository(self._db).history([session_id])
        return self.of_sessions([session_id]).get(session_id, []) + present.get(session_id, [])

    def of_bookings(self, booking_ids: Sequence[int]) -> dict[int, list[Delivery]]:
        """Every delivery about these bookings that was put away, in the order they were planned, by booking."""
        found: dict[int, list[Delivery]] = defaultdict(list)
        for row in self._rows(_old.c.booking_id.in_(booking_ids)):
            found[row.booking_id].append(row)
        return found

    def told_bookings(self, session_ids: Sequence[int]) -> set[int]:
        """As `OutboxRepository.told_bookings`, of what was put away."""
        return {
            delivery.booking_id
            for deliveries in self.of_sessions(session_ids).values()
            for delivery in deliveries
            if delivery.settled or delivery.state is DeliveryState.FAILED
        }

    def counts(self, session_ids: Sequence[int]) -> Mapping[int, NoticeCounts]:
        """As `OutboxRepository.counts`, of what was put away."""
        return OutboxRepository(self._db).counts(session_ids, _old)

    def _rows(self, which: ColumnElement[bool]) -> list[Delivery]:
        return [to_delivery(row) for row in self._db.execute(select(_old).where(which).order_by(_old.c.id))]


_FINISHED = (
    select(_table.c.id)
    .where(FINISHED, _table.c.expires_at < clock_ms() - bindparam("b_keep", type_=BigInteger()))
    # SQLite gives the highest id anew once its row is gone: it must not come to the history twice.
    .where(_table.c.id < select(func.max(_table.c.id)).scalar_subquery())
    .order_by(_table.c.expires_at, _table.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_COPIED = [column.name for column in _old.columns if column.name != "client_id"]
_COPY = insert(_old).from_select(
    [*_COPIED, "client_id"],
    select(*(_table.c[name] for name in _COPIED), schema.booking.c.client_id)
    .join(schema.booking, schema.booking.c.id == _table.c.booking_id)
    .where(_table.c.id.in_(_IDS)),
)
_DELETE = delete(_table).where(_table.c.id.in_(_IDS))
