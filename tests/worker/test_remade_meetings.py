"""A meeting that is made anew while a message with its link waits for the intent: what goes out is the link of that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.outbox_material import stamps
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR
from tests.doubles.rooms import Fault
from tests.worker.houses import HousedStudio
from tests.worker.simulation import Inbox, SimulatedWorker
from tests.worker.support import StoredRow, stored


@pytest.fixture
def studio(database: Database) -> HousedStudio:
    studio = HousedStudio(database)
    studio.sign_in("studio")
    return studio


def drafted(studio: HousedStudio, session: Session) -> SimulatedWorker:
    """A worker that has made the session's notice and waits for the intent; the meeting's length is still to be changed."""
    studio.book(session)
    studio.keep()
    studio.clock.set(session.starts_at)
    longer = session.ends_at + HOUR
    kept = {
        field: getattr(session, field) for field in ("starts_at", "staff_id", "room", "capacity", "title", "details")
    }
    studio.edit(session, ends_at=longer, **kept)
    options = WorkerOptions(lease=timedelta(seconds=60))
    worker = SimulatedWorker(studio.database, studio.resources.vault, studio.clock, Inbox(), options)
    while not worker.queue:
        worker.turn()
    return worker


def row(database: Database) -> StoredRow:
    (row,) = stored(database)
    return row


def test_N6_the_link_of_a_meeting_made_anew_after_the_draft_is_what_goes_out(studio: HousedStudio) -> None:
    session = studio.session()
    worker = drafted(studio, session)
    before = studio.decision(session).link

    studio.house.rooms.clear()
    studio.keep()
    worker.work()

    after = studio.decision(session).link
    assert before is not None
    assert after is not None
    assert after.digest != before.digest
    assert (row(studio.database).state, row(studio.database).link_digest) == (DeliveryState.SENT, after.digest)


def test_N6_while_the_meeting_is_missing_nothing_goes_out(studio: HousedStudio) -> None:
    session = studio.session()
    worker = drafted(studio, session)

    studio.house.rooms.clear()
    studio.house.faults.extend([None, *[Fault.DOWN] * 5])
    studio.keep()
    worker.work()

    assert studio.decision(session).link is None
    assert (row(studio.database).state, row(studio.database).reason) == (DeliveryState.HELD, HeldReason.NO_LINK)


def test_N6_a_meeting_of_a_run_made_anew_makes_what_was_drafted_stale(studio: HousedStudio) -> None:
    _, (first, *_) = studio.course()
    studio.keep()
    with studio.database.writing() as unit:
        before = stamps(unit.db, [first.id])
        unit.db.execute(update(schema.meeting).values(link_digest="of another link"))
        assert stamps(unit.db, [first.id]) != before
