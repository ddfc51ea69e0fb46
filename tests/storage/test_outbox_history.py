"""Deliveries of long ago are moved, not lost, on both engines."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from studio_tui.domain.agenda import NoticeCounts
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.outbox_history import BATCH, KEEP, put_away
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, NOW, SmallStudio
from tests.worker.simulation import Inbox, SimulatedWorker
from tests.worker.support import add_due_notices

DAY = timedelta(days=1)
SENT = DeliveryState.SENT


def a_session_told(studio: SmallStudio, *states: DeliveryState) -> Session:
    """A session of now with as many clients as states, its messages in them; and one of next year with a client."""
    studio.connect()
    session = studio.session(starts_at=NOW + HOUR)
    for _ in states:
        studio.book(session)
    for delivery, state in zip(studio.deliveries(session), states, strict=True):
        studio.set_delivery(delivery.id, state, sent_at=to_ms(NOW) if state is SENT else None)
    studio.book(studio.session(starts_at=NOW + 365 * DAY))
    return session


def moved(studio: SmallStudio, ago: timedelta) -> int:
    with studio.database.writing() as unit:
        return put_away(unit.db, to_ms(NOW + 2 * HOUR + ago))


def test_what_is_finished_for_long_is_moved_and_what_waits_or_is_young_stays(database: Database) -> None:
    small = SmallStudio(database)
    session = a_session_told(small, SENT, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.HELD)
    before = small.deliveries(session)

    assert moved(small, KEEP - DAY) == 0
    assert moved(small, KEEP + HOUR) == 3
    with small.database.reading() as unit:
        put = unit.outbox_history.of_sessions([session.id])[session.id]
        left = unit.outbox.history([session.id])[session.id]
        clients = unit.db.execute(select(schema.outbox_history.c.client_id)).scalars().all()
    assert put == [each for each in before if each.state is not DeliveryState.HELD]
    assert [each.state for each in left] == [DeliveryState.HELD]
    assert len(set(clients)) == 3
    assert moved(small, KEEP + HOUR) == 0


def test_the_calendar_the_drawer_the_card_and_undo_still_know_what_was_sent(database: Database) -> None:
    small = SmallStudio(database)
    session = a_session_told(small, SENT, SENT, DeliveryState.FAILED)
    bookings = {delivery.booking_id for delivery in small.deliveries(session)}
    assert moved(small, KEEP + HOUR) == 3
    small.clock.set(NOW + KEEP + DAY)

    (entry,) = small.studio.calendar.between(small.rome.id, NOW, NOW + DAY)
    assert entry.notices == NoticeCounts(sent=2, failed=1)
    detail = small.studio.calendar.detail(session.id)
    assert detail.entry.notices == entry.notices
    assert [line.email.state for line in detail.clients if line.email] == [SENT, SENT, DeliveryState.FAILED]
    assert len(small.studio.notifying.deliveries(session.id)) == 3
    card = small.studio.cards.card(small.desk, detail.clients[0].client_id)
    assert [delivery.state for delivery in card.past[0].deliveries] == [SENT]
    with small.database.reading() as unit:
        assert unit.outbox_history.told_bookings([session.id]) == bookings


def test_they_move_in_portions_a_second_apart_and_sending_goes_on_between(sqlite_database: Database) -> None:
    studio = SmallStudio(sqlite_database)
    studio.connect()
    for prefix in ("p", "q"):
        session = studio.session(starts_at=NOW + HOUR, capacity=1000)
        add_due_notices(studio, session, BATCH + 5, prefix)
    with sqlite_database.writing() as unit:
        unit.db.execute(update(schema.outbox).values(state=int(SENT)))
    studio.clock.set(NOW + KEEP + DAY)
    worker = SimulatedWorker(sqlite_database, studio.resources.vault, studio.clock, Inbox(), WorkerOptions())
    left = []
    for _ in range(4):
        while worker.turn() is not None:
            pass
        with sqlite_database.reading() as unit:
            left.append(unit.db.execute(select(func.count()).select_from(schema.outbox)).scalar_one())
        studio.clock.set(studio.clock() + timedelta(seconds=1))
    assert left == [BATCH + 10, 10, 1, 1], "the last id stays, so that it is never given again"
