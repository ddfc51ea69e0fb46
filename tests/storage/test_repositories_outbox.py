"""The outbox from the desk's side: alignments carried out, messages released, asked for and counted, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from studio_tui.domain.agenda import NoticeCounts
from studio_tui.domain.delivery import CancelReason, Channel, Delivery, DeliveryId, DeliveryState, HeldReason
from studio_tui.domain.errors import NotFound
from studio_tui.domain.notices import notice_key
from studio_tui.domain.people import Author
from studio_tui.domain.plans import Alignment, PlannedMessage
from studio_tui.domain.sessions import Session
from studio_tui.domain.workers import last_seen
from studio_tui.storage import schema
from studio_tui.storage.outbox import OutboxRepository
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from tests.builders import HOUR, MINUTE, NOW, a_client, a_service, a_session

ANNA = Author("Anna Ferri", NOW)
READY, CLAIMED, SENDING, SENT = (DeliveryState(n) for n in range(4))
FAILED, HELD, EXPIRED, CANCELLED = (
    DeliveryState.FAILED,
    DeliveryState.HELD,
    DeliveryState.EXPIRED,
    DeliveryState.CANCELLED,
)
LATER = NOW + 30 * MINUTE


class Outbox:
    """One session at `here` with one booking, in an open transaction; it starts now."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.rows: OutboxRepository = unit.outbox
        self.here, self.there = (unit.people.add_site(s, s, "Europe/Rome", "it", ANNA) for s in ("here", "there"))
        service = unit.services.add(a_service(site_id=self.here.id), ANNA)
        session = a_session(site_id=self.here.id, service_id=service.id, staff_id=None, starts_at=NOW)
        self.session: Session = unit.sessions.add(session, ANNA)
        self.booking = unit.bookings.book(self.session.id, unit.clients.add(a_client(), ANNA).id, NOW)
        self._made = 0

    def notice(self, **fields: Any) -> PlannedMessage:
        self._made += 1
        defaults: dict[str, Any] = {
            "key": notice_key(self.session.id, self._made, self.booking.id, Channel.EMAIL),
            "session_id": self.session.id,
            "booking_id": self.booking.id,
            "channel": Channel.EMAIL,
            "generation": 1,
            "announces": NOW,
            "due_at": NOW,
            "expires_at": NOW + HOUR,
            "ahead": False,
        }
        return PlannedMessage(**defaults | fields)

    def add(self, state: DeliveryState = READY, **columns: Any) -> DeliveryId:
        """A message in a state; columns as they are stored."""
        delivery = self.rows.add_manual(self.notice(), NOW)
        values = {"state": int(state), "manual": False, **columns}
        self.unit.db.execute(update(schema.outbox).where(schema.outbox.c.id == delivery.id).values(values))
        return delivery.id

    def get(self, row_id: DeliveryId) -> Delivery:
        return self.rows.get(row_id)

    def column(self, row_id: DeliveryId, name: str) -> object:
        table = schema.outbox
        return self.unit.db.execute(select(table.c[name]).where(table.c.id == row_id)).scalar_one()


@pytest.fixture
def box(database: Database) -> Iterator[Outbox]:
    with database.writing() as unit:
        yield Outbox(unit)


def test_a_planned_notice_becomes_a_message_that_waits(box: Outbox) -> None:
    notice = box.notice(due_at=LATER, ahead=True)

    assert box.rows.apply(Alignment(insert=(notice,)), NOW) == 1

    (delivery,) = box.rows.history([box.session.id])[box.session.id]
    assert delivery == Delivery(
        id=delivery.id,
        key=notice.key,
        session_id=box.session.id,
        booking_id=box.booking.id,
        channel=Channel.EMAIL,
        generation=1,
        announces=NOW,
        manual=False,
        due_at=LATER,
        expires_at=NOW + HOUR,
        state=READY,
        attempt=0,
        reason="",
        recipient=None,
        last_code=None,
        last_text="",
        sent_at=None,
        link_digest=None,
    )
    assert box.get(delivery.id) == delivery
    with pytest.raises(NotFound):
        box.get(DeliveryId(99))


def test_one_key_is_one_message_for_ever(box: Outbox) -> None:
    notice = box.notice()
    box.rows.apply(Alignment(insert=(notice,)), NOW)
    (first,) = box.rows.history([box.session.id])[box.session.id]
    box.unit.db.execute(update(schema.outbox).values(state=int(SENT)))

    box.rows.apply(Alignment(insert=(replace(notice, due_at=LATER),)), NOW)
    box.rows.add_manual(notice, NOW)

    (only,) = box.rows.history([box.session.id], lock=True)[box.session.id]
    assert only == replace(first, state=SENT)


UPDATES: list[tuple[DeliveryState, bool, DeliveryState]] = [
    (READY, True, READY),
    (READY, False, READY),
    (CLAIMED, True, READY),
    (CLAIMED, False, READY),
    (CANCELLED, True, READY),
    (CANCELLED, False, READY),
    (EXPIRED, True, READY),
    (EXPIRED, False, READY),
    (HELD, True, READY),
    (HELD, False, HELD),
    (SENDING, False, SENDING),
    (SENT, False, SENT),
    (FAILED, True, READY),
    (FAILED, False, READY),
]


def test_new_times_make_ready_what_waits_or_failed_and_leave_what_is_held_or_sent(box: Outbox) -> None:
    for before, ahead, after in UPDATES:
        row_id = box.add(before, attempt=3, reason="some", token="t", lease_until=1)
        notice = box.notice(due_at=LATER, expires_at=NOW + 2 * HOUR, ahead=ahead)

        box.rows.apply(Alignment(update=((row_id, notice),)), NOW)

        row = box.get(row_id)
        case = (before.name, ahead)
        assert (case, row.state) == (case, after)
        untouched = before in (SENDING, SENT)
        assert (case, row.due_at) == (case, NOW if untouched else LATER)
        assert (case, row.expires_at) == (case, NOW + HOUR if untouched else NOW + 2 * HOUR)
        assert (case, row.attempt) == (case, 0 if ahead and not untouched else 3)
        assert (case, row.reason) == (case, "" if after is READY else "some")
        assert (case, box.column(row_id, "token")) == (case, None if after is READY else "t")


def test_only_what_waits_is_cancelled_or_expired(box: Outbox) -> None:
    for state in DeliveryState:
        cancelled, expired = box.add(state, reason="held", token="t"), box.add(state, reason="held", token="t")

        box.rows.apply(Alignment(cancel=(cancelled,), expire=(expired,)), NOW)

        rows = box.get(cancelled), box.get(expired)
        touched = state.waiting
        assert [row.state for row in rows] == ([CANCELLED, EXPIRED] if touched else [state, state])
        assert [row.reason for row in rows] == [CancelReason.NOT_WANTED.value if touched else "held", "held"]
        assert box.column(expired, "token") == (None if touched else "t")


def test_a_new_end_changes_nothing_else(box: Outbox) -> None:
    row_id = box.add(SENDING, token="t")
    before = box.get(row_id)

    box.rows.apply(Alignment(ends=((row_id, NOW + 3 * HOUR),)), NOW)

    assert box.get(row_id) == replace(before, expires_at=NOW + 3 * HOUR)
    assert box.column(row_id, "token") == "t"


def test_N8_what_is_held_for_a_reason_is_released_for_that_reason_before_the_end(box: Outbox) -> None:
    no_link = box.add(HELD, reason=HeldReason.NO_LINK.value)
    others = [
        box.add(HELD, reason=HeldReason.NO_ADDRESS.value),
        box.add(HELD, reason=HeldReason.AFTER_CRASH.value),
        box.add(HELD, reason=HeldReason.NO_LINK.value, expires_at=to_ms(LATER)),
        box.add(FAILED, reason=HeldReason.NO_LINK.value),
    ]

    assert box.rows.release_held([box.session.id, 99], [HeldReason.NO_LINK], LATER) == 1

    released = box.get(no_link)
    assert (released.state, released.due_at, released.reason) == (READY, LATER, "")
    assert [box.get(row_id).state for row_id in others] == [HELD, HELD, HELD, FAILED]


def test_N11_made_ready_again_it_starts_afresh(box: Outbox) -> None:
    row_id = box.add(FAILED, attempt=9, crashes=3, reason="poison", token="t", lease_until=1)

    box.rows.make_ready(row_id, LATER)

    row = box.get(row_id)
    assert (row.state, row.due_at, row.attempt, row.reason) == (READY, LATER, 0, "")
    assert [box.column(row_id, name) for name in ("crashes", "token", "lease_until")] == [0, None, None]


def test_N11_cancelled_by_hand_only_before_the_point_of_no_return(box: Outbox) -> None:
    for state in DeliveryState:
        row_id = box.add(state)
        assert box.rows.cancel_by_hand(row_id, NOW) is state.waiting
        assert (box.get(row_id).reason == CancelReason.BY_HAND.value) is state.waiting


def test_counts_of_a_site(box: Outbox) -> None:
    for state in DeliveryState:
        box.add(state, lease_until=to_ms(NOW + HOUR))
    box.add(READY, due_at=to_ms(LATER))
    box.add(FAILED, expires_at=to_ms(NOW))
    troubles = [box.add(HELD, expires_at=to_ms(LATER))]
    here, there = box.here.id, box.there.id

    assert box.rows.counts([box.session.id, 99]) == {
        box.session.id: NoticeCounts(planned=3, sending=1, sent=1, failed=2, held=2)
    }
    assert (box.rows.due_count(here, NOW), box.rows.due_count(there, NOW)) == (3, 0)
    assert box.rows.trouble_counts(here, NOW) == {FAILED: 1, HELD: 2}
    assert box.rows.trouble_counts(there, NOW) == {}
    troubled = box.rows.troubled(here, NOW)
    assert [row.state for row in troubled] == [HELD, FAILED, HELD]
    assert [row.id for row in troubled][:1] == troubles
    assert len(box.rows.troubled(here, NOW, limit=2)) == 2
    assert box.rows.troubled(there, NOW) == []
    assert box.rows.awaited_sessions(NOW) == {box.session.id}
    assert box.rows.awaited_sessions(NOW + HOUR) == set()


def test_what_is_due_until_then_comes_soonest_first(box: Outbox) -> None:
    later = box.add(READY, due_at=to_ms(LATER))
    held = box.add(HELD, due_at=to_ms(NOW + MINUTE))
    claimed = box.add(CLAIMED, due_at=to_ms(NOW), lease_until=to_ms(NOW + HOUR))
    box.add(READY, expires_at=to_ms(LATER))
    for state in (SENDING, SENT, FAILED, CANCELLED):
        box.add(state)

    assert [row.id for row in box.rows.due_until(box.here.id, LATER)] == [claimed, held, later]
    assert box.rows.due_until(box.here.id, NOW - MINUTE) == []
    assert box.rows.due_until(box.there.id, LATER) == []


def test_a_worker_was_seen_when_the_last_of_them_took_a_turn(box: Outbox) -> None:
    assert last_seen(box.unit.workers.seen()) is None
    for token, at in (("a", NOW), ("b", LATER), ("c", NOW + MINUTE)):
        values = {"token": token, "host": "h", "pid": 1, "started_at": 0, "last_turn_at": to_ms(at)}
        box.unit.db.execute(schema.worker.insert().values(values))

    assert last_seen(box.unit.workers.seen()) == LATER


def test_instants_keep_their_milliseconds(box: Outbox) -> None:
    precise = datetime.fromisoformat("2026-03-02T09:00:00.123+00:00")
    box.rows.apply(Alignment(insert=(box.notice(due_at=precise, announces=precise, expires_at=precise + HOUR),)), NOW)

    (row,) = box.rows.history([box.session.id])[box.session.id]
    assert (row.due_at, row.announces, row.expires_at) == (precise, precise, precise + HOUR)


def test_a_message_belongs_to_the_site_of_its_session(box: Outbox) -> None:
    box.add(READY)
    box.rows.apply(Alignment(insert=(box.notice(),)), NOW)

    sites = box.unit.db.execute(select(schema.outbox.c.site_id)).scalars().all()
    assert sites == [box.here.id, box.here.id]
