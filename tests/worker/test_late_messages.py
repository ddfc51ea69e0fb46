"""The two policies for what is late: notices catch up until the end, reminders are skipped and shown (SPEC N4, N10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from studio_tui.domain.delivery import Channel, Delivery, DeliveryState, HeldReason, SkipReason
from studio_tui.domain.messages import DeliveryKind
from studio_tui.domain.sessions import Session
from studio_tui.storage import outbox_intents as intents
from studio_tui.storage import outbox_leases as leases
from studio_tui.storage import outbox_turns as turns
from studio_tui.storage.outbox_intents import Envelope
from studio_tui.storage.schema import outbox, site
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.worker.simulation import Inbox, SimulatedWorker

REMINDER, NOTICE = DeliveryKind.REMINDER, DeliveryKind.NOTICE
READY, CLAIMED, SENT = DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.SENT
HELD, EXPIRED, SKIPPED = DeliveryState.HELD, DeliveryState.EXPIRED, DeliveryState.SKIPPED
TOKEN = "0f0e0d0c-0b0a-4908-8706-050403020100"


class World:
    """An online session in two hours, of which its client is reminded an hour before; and a worker in virtual time."""

    def __init__(self, database: Database) -> None:
        self.studio = studio = SmallStudio(database)
        studio.connect()
        studio.switch_messages("booked=off,unbooked=off")
        with database.writing() as unit:
            unit.db.execute(update(site).values(reminder_lead=HOUR))
        self.session = self.session_in(2 * HOUR)
        studio.book(self.session, studio.client(email_verified=True))
        self.inbox = Inbox()
        options = WorkerOptions(lease=timedelta(minutes=30))
        self.worker = SimulatedWorker(database, studio.resources.vault, studio.clock, self.inbox, options)

    def session_in(self, lead: timedelta) -> Session:
        return self.studio.session(starts_at=self.studio.clock() + lead)

    def one(self, kind: DeliveryKind) -> Delivery:
        [found] = [each for each in self.studio.deliveries(self.session) if each.kind is kind]
        return found

    def put(self, **columns: object) -> None:
        """Change the reminder as only a worker, or a person, would."""
        with self.studio.database.writing() as unit:
            unit.db.execute(update(outbox).where(outbox.c.kind == REMINDER).values(columns))

    def claimed(self) -> list[DeliveryKind]:
        with self.studio.database.writing() as unit:
            lanes = (turns.AT_ONCE, turns.BULK)
            found = [
                row.kind
                for lane in lanes
                for row in turns.claim(
                    unit.db, self.at, token=TOKEN, lease_ms=1000, channel=Channel.EMAIL, lane=lane, limit=9
                ).rows
            ]
        return found

    def expire(self) -> None:
        with self.studio.database.writing() as unit:
            leases.expire(unit.db, self.at, list(Channel))

    @property
    def at(self) -> int:
        return to_ms(self.studio.clock())


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_N10_a_reminder_that_came_due_while_no_worker_ran_is_skipped_and_shown(world: World) -> None:
    world.studio.clock.advance(HOUR + 6 * MINUTE)
    world.worker.work()

    reminder = world.one(REMINDER)
    assert (reminder.state, reminder.reason) == (SKIPPED, SkipReason.OVERDUE)
    assert world.inbox.taken == []


def test_N10_a_reminder_leaves_at_its_time_and_the_notice_at_the_start(world: World) -> None:
    world.studio.clock.advance(HOUR)
    world.worker.work()
    assert (world.one(REMINDER).state, world.one(NOTICE).state) == (SENT, READY)

    world.studio.clock.advance(HOUR)
    world.worker.work()
    assert world.one(NOTICE).state is SENT
    assert len(world.inbox.taken) == 2


def test_N4_the_notice_of_the_same_session_catches_up_after_two_hours_asleep(world: World) -> None:
    world.worker.work()
    world.studio.clock.advance(2 * HOUR + 20 * MINUTE)
    world.worker.work()

    assert world.one(REMINDER).state is SKIPPED
    assert world.one(NOTICE).state is SENT
    assert len(world.inbox.taken) == 1


@pytest.mark.parametrize(("late", "goes"), [(5 * MINUTE - timedelta(seconds=1), True), (5 * MINUTE, False)])
def test_N10_a_reminder_is_taken_within_five_minutes_of_its_time_or_not_at_all(
    world: World, late: timedelta, goes: bool
) -> None:
    world.studio.clock.advance(HOUR + late)

    assert (world.claimed() == [REMINDER]) is goes
    world.expire()
    assert world.one(REMINDER).state is (CLAIMED if goes else SKIPPED)


def test_N10_a_reminder_put_off_by_the_server_is_tried_until_its_hour_is_over(world: World) -> None:
    world.put(attempt=1, due_at=world.at)
    world.studio.clock.advance(HOUR + 59 * MINUTE)
    world.expire()
    assert world.one(REMINDER).state is READY

    world.studio.clock.advance(MINUTE)
    world.expire()
    assert (world.one(REMINDER).state, world.one(REMINDER).reason) == (SKIPPED, SkipReason.OVERDUE)


def test_N10_a_reminder_that_grew_late_in_a_worker_s_hands_does_not_get_its_intent(world: World) -> None:
    world.studio.clock.advance(HOUR)
    assert world.claimed() == [REMINDER]
    row_id = world.one(REMINDER).id
    envelope = Envelope(id=row_id, message_id="m", recipient="r", link_digest=None)
    world.studio.clock.advance(5 * MINUTE)

    with world.studio.database.writing() as unit:
        assert intents.grant(unit.db, world.at, token=TOKEN, envelopes=[envelope]) == set()
        assert turns.standings(unit.db, world.at, [row_id])[row_id].overdue
    world.expire()
    assert world.one(REMINDER).state is SKIPPED


def test_a_reminder_that_was_perhaps_sent_keeps_saying_so_when_its_hour_is_over(world: World) -> None:
    world.put(state=int(HELD), reason=HeldReason.AFTER_CRASH.value)
    world.studio.clock.advance(2 * HOUR)
    world.expire()

    assert (world.one(REMINDER).state, world.one(REMINDER).doubtful) == (EXPIRED, True)


def test_N10_a_clock_set_back_over_a_reminder_that_was_skipped_or_sent_makes_no_second_one(world: World) -> None:
    world.studio.clock.advance(HOUR + 10 * MINUTE)
    world.expire()
    world.studio.clock.advance(-5 * MINUTE)
    world.studio.notifying.reconcile(repair=True)
    assert world.one(REMINDER).state is SKIPPED

    world.put(state=int(SENT), sent_at=world.at, reason="")
    world.studio.clock.advance(-HOUR)
    world.studio.notifying.reconcile(repair=True)
    assert world.one(REMINDER).state is SENT


def test_N10_whoever_books_after_the_reminder_s_time_gets_none_and_one_sees_why(world: World) -> None:
    world.session = world.session_in(30 * MINUTE)
    world.studio.book(world.session, world.studio.client(email_verified=True))

    assert (world.one(REMINDER).state, world.one(REMINDER).reason) == (SKIPPED, SkipReason.BOOKED_LATER)
