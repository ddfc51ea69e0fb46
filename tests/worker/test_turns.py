"""What two workers, the desk and a failing database can do to each other, told step by step on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import MAX_CRASHES, Channel, DeliveryState, HeldReason, retry_pause
from studio_tui.domain.outcomes import Deferred, Doubtful, Refused, RelayTrouble, Sent
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session
from studio_tui.storage import schema
from studio_tui.storage.outbox_turns import SUSPECT
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import AfterCrash, WorkerOptions
from studio_tui.worker.orders import Hungry, Stopping
from studio_tui.worker.verdicts import POISON
from tests.builders import HOUR, MINUTE, FixedClock, SmallStudio, a_link
from tests.worker.simulation import Died, Inbox, SimulatedWorker, TurnEnd
from tests.worker.support import StoredRow, stored

LEASE = timedelta(seconds=60)
TAKEN = Sent("Q1", "250 2.0.0 queued as Q1")


@dataclass
class World:
    """A studio whose online session begins now, with booked clients; `worker()` starts one more worker."""

    database: Database
    studio: SmallStudio
    clock: FixedClock
    session: Session
    bookings: list[Booking]
    inbox: Inbox
    worker: Callable[..., SimulatedWorker]

    @property
    def rows(self) -> list[StoredRow]:
        return stored(self.database)

    @property
    def row(self) -> StoredRow:
        (row,) = self.rows
        return row

    def row_of(self, row_id: int) -> StoredRow:
        return next(row for row in self.rows if row.id == row_id)

    @property
    def came(self) -> int:
        return len(self.inbox.taken)


@pytest.fixture
def make_world(database: Database) -> Callable[..., World]:
    def make(clients: int = 1, after_crash: AfterCrash = AfterCrash.RESEND, connected: bool = True) -> World:
        studio = SmallStudio(database)
        if connected:
            studio.connect()
        session = studio.session()
        bookings = [studio.book(session) for _ in range(clients)]
        studio.clock.set(session.starts_at)
        inbox = Inbox()
        boots = iter(range(1000, 100_000, 1000))
        options = WorkerOptions(lease=LEASE, after_crash=after_crash)

        def worker() -> SimulatedWorker:
            vault = studio.resources.vault
            return SimulatedWorker(database, vault, studio.clock, inbox, options, offset=next(boots))

        return World(database, studio, studio.clock, session, bookings, inbox, worker)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


def come_to_the_intent(worker: SimulatedWorker) -> int:
    """Work until a message is past the point of no return, its dot not yet written; return its row."""
    for _ in range(5):
        worker.turn()
        while worker.queue:
            worker.take()
        if worker.granted:
            return min(worker.granted)
    raise AssertionError("no message got its intent")


def come_to_the_dot(worker: SimulatedWorker) -> int:
    row_id = come_to_the_intent(worker)
    assert worker.dot(row_id)
    return row_id


def wait_for_claim(worker: SimulatedWorker) -> None:
    """Work until a message is made and offered, no intent asked yet."""
    for _ in range(5):
        worker.turn()
        if worker.queue:
            return
    raise AssertionError("nothing was claimed")


# G3, G4: who may send


def test_a_worker_that_slept_past_its_lease_does_not_write_the_dot(world: World) -> None:
    sleeper = world.worker()
    row_id = come_to_the_intent(sleeper)
    world.clock.advance(LEASE)
    assert not sleeper.dot(row_id)
    sleeper.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_a_message_that_was_perhaps_sent_waits_one_more_lease_before_anybody_sends_it_again(world: World) -> None:
    sleeper, other = world.worker(), world.worker()
    come_to_the_dot(sleeper)
    world.clock.advance(LEASE * 1.9)
    other.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENDING)
    world.clock.advance(LEASE * 0.4)
    other.work()
    assert (world.came, world.row.state, world.row.crashes) == (2, DeliveryState.SENT, 1)
    assert len(set(world.inbox.taken)) == 1, "sent again, it was not the same bytes"


def test_after_a_crash_a_message_is_held_where_the_studio_prefers_that(make_world: Callable[..., World]) -> None:
    world = make_world(after_crash=AfterCrash.HOLD)
    come_to_the_dot(world.worker())
    world.clock.advance(LEASE * 2.5)
    world.worker().work()
    assert (world.came, world.row.state, world.row.reason) == (1, DeliveryState.HELD, HeldReason.AFTER_CRASH)


def test_what_was_only_claimed_by_a_dead_worker_goes_out_without_a_penalty(world: World) -> None:
    wait_for_claim(world.worker())
    world.clock.advance(LEASE + timedelta(seconds=1))
    world.worker().work()
    assert (world.came, world.row.state, world.row.crashes, world.row.lane) == (1, DeliveryState.SENT, 0, 0)


def test_the_word_of_a_worker_whose_row_was_taken_over_does_not_count(world: World) -> None:
    sleeper, other = world.worker(), world.worker()
    row_id = come_to_the_intent(sleeper)
    world.clock.advance(LEASE * 2.5)
    assert come_to_the_intent(other) == row_id
    sleeper.give_up(row_id, Refused(550, "no such user"))
    sleeper.turn()
    assert (world.row.state, world.row.token) == (DeliveryState.SENDING, other.token)
    assert other.may_send == {row_id}


def test_that_a_message_was_taken_is_a_fact_whoever_holds_its_row(world: World) -> None:
    sleeper, other = world.worker(), world.worker()
    row_id = come_to_the_dot(sleeper)
    world.clock.advance(LEASE * 2.5)
    wait_for_claim(other)
    sleeper.answer(row_id, TAKEN)
    sleeper.turn()
    assert world.row.state is DeliveryState.SENT
    other.work()
    assert world.came == 1


def test_of_a_claim_that_was_lost_while_the_worker_slept_nothing_goes_out(world: World) -> None:
    sleeper, other = world.worker(), world.worker()
    wait_for_claim(sleeper)
    world.clock.advance(LEASE * 1.5)
    other.work()
    sleeper.work()
    assert (world.came, len(sleeper.core.hand)) == (1, 0)


def test_a_row_that_comes_back_to_the_same_worker_waits_for_its_old_parcel(world: World) -> None:
    sleeper, other = world.worker(), world.worker()
    row_id = come_to_the_dot(sleeper)
    world.clock.advance(LEASE * 2.5)
    other.turn(TurnEnd.COMMITTED)
    other.post(Stopping())
    for _ in range(4):
        other.turn()
    for _ in range(3):
        sleeper.turn()
    assert world.row.token == sleeper.token
    assert row_id not in sleeper.queue
    sleeper.answer(row_id, TAKEN)
    sleeper.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


# G2: the database comes and goes


def test_results_wait_in_memory_while_the_database_is_away_and_no_dot_is_written(
    make_world: Callable[..., World],
) -> None:
    world = make_world(clients=2)
    worker = world.worker()
    first = come_to_the_dot(worker)
    second = min(worker.granted)
    worker.answer(first, TAKEN)
    worker.turn(TurnEnd.ROLLED_BACK)
    assert not worker.dot(second), "the database was away"
    world.clock.advance(timedelta(seconds=1))
    worker.work()
    assert (world.came, {row.state for row in world.rows}) == (2, {DeliveryState.SENT})


def test_rows_of_a_claim_whose_commit_was_not_heard_of_are_given_back(world: World) -> None:
    worker = world.worker()
    worker.turn()
    worker.turn(TurnEnd.ANSWER_LOST)
    assert world.row.state is DeliveryState.CLAIMED
    world.clock.advance(timedelta(seconds=2))
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_an_intent_whose_commit_was_not_heard_of_is_no_intent(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    worker.take()
    worker.turn(TurnEnd.ANSWER_LOST)
    assert world.row.state is DeliveryState.SENDING
    assert not worker.granted
    world.clock.advance(timedelta(seconds=2))
    worker.work()
    assert (world.came, world.row.state, world.row.crashes) == (1, DeliveryState.SENT, 0)


# G6, N5, N6, A6: what changes meanwhile


def test_a_booking_cancelled_before_the_intent_gets_nothing(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    world.studio.booking.cancel(world.studio.owner, world.bookings[0].id)
    worker.work()
    assert (world.came, world.row.state) == (0, DeliveryState.CANCELLED)


def test_a_booking_cancelled_after_the_intent_is_past_the_point_of_no_return(world: World) -> None:
    worker = world.worker()
    come_to_the_intent(worker)
    world.studio.booking.cancel(world.studio.owner, world.bookings[0].id)
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_a_session_cancelled_before_the_intent_is_not_announced(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    world.studio.scheduling.cancel(world.studio.owner, world.session.id, version=None)
    worker.work()
    assert (world.came, world.row.state) == (0, DeliveryState.CANCELLED)


def test_the_link_of_the_moment_of_sending_goes_out(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    world.studio.linking.type_link(world.studio.owner, world.session.id, a_link("other"), version=None)
    worker.work()
    link = world.studio.linking.reveal(world.studio.owner, world.session.id)
    assert link == a_link("other")
    assert world.came == 1
    with world.database.reading() as unit:
        decided = unit.sessions.get(world.session.id).own_link.link
    assert decided is not None
    assert world.row.link_digest == decided.digest


def test_after_a_disconnection_no_link_leaves_even_in_a_message_that_was_made_before(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    world.studio.conferencing.disconnect(world.studio.owner, world.studio.rome.id, None, version=None)
    worker.work()
    assert (world.came, world.row.state, world.row.reason) == (0, DeliveryState.HELD, HeldReason.NO_LINK)


def test_a_session_that_moved_while_its_notice_failed_is_announced_anew(world: World) -> None:
    worker = world.worker()
    row_id = come_to_the_intent(worker)
    earlier = world.session.starts_at - 30 * MINUTE
    world.studio.scheduling.move(world.studio.owner, world.session.id, earlier, version=None)
    assert len(world.rows) == 1, "what is being sent counts as told"
    worker.give_up(row_id, Refused(550, "mailbox full"))
    worker.work()
    old, new = world.rows
    assert (old.state, new.state, world.came) == (DeliveryState.FAILED, DeliveryState.SENT, 1)


def test_a_switch_to_in_person_before_the_intent_sends_nothing(world: World) -> None:
    worker = world.worker()
    wait_for_claim(worker)
    with world.database.writing() as unit:
        unit.db.execute(
            update(schema.session)
            .where(schema.session.c.id == world.session.id)
            .values(mode=Mode.IN_PERSON, version=schema.session.c.version + 1)
        )
    worker.work()
    assert (world.came, world.row.state) == (0, DeliveryState.CANCELLED)


# Answers of the server


def test_a_refused_mail_is_retried_later(world: World) -> None:
    worker = world.worker()
    worker.give_up(come_to_the_intent(worker), Deferred(451, "4.7.1 greylisted"))
    worker.work()
    row = world.row
    pause = retry_pause(row.key, 1)
    assert (row.state, row.attempt, row.last_code) == (DeliveryState.READY, 1, 451)
    assert row.due_at == to_ms(world.clock.now) + int(pause.total_seconds() * 1000)
    world.clock.advance(pause - timedelta(milliseconds=100))
    worker.work()
    assert world.came == 0
    world.clock.advance(timedelta(milliseconds=200))
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_a_server_that_names_a_longer_pause_gets_it(world: World) -> None:
    worker = world.worker()
    worker.give_up(come_to_the_intent(worker), Deferred(429, "slow down", timedelta(minutes=10)))
    worker.work()
    assert world.row.due_at == to_ms(world.clock.now + timedelta(minutes=10))


def test_a_retry_that_would_come_after_the_end_is_a_failure_now(world: World) -> None:
    worker = world.worker()
    row_id = come_to_the_intent(worker)
    worker.give_up(row_id, Deferred(451, "4.3.0 try later", timedelta(hours=2)))
    worker.work()
    assert (world.row.state, world.row.last_text) == (DeliveryState.FAILED, "4.3.0 try later")


def test_a_refusal_is_final_and_shows_what_the_server_said(world: World) -> None:
    worker = world.worker()
    worker.give_up(come_to_the_intent(worker), Refused(550, "5.1.1 no such\x1b[31m user"))
    worker.work()
    assert (world.row.state, world.row.last_code) == (DeliveryState.FAILED, 550)
    assert world.row.last_text == "5.1.1 no such\ufffd[31m user"


def test_a_line_cut_after_the_dot_leaves_the_row_in_doubt_until_the_grace_is_over(world: World) -> None:
    worker = world.worker()
    worker.answer(come_to_the_dot(worker), Doubtful("the connection was lost"))
    worker.work()
    world.clock.advance(LEASE * 0.9)
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENDING)
    world.clock.advance(LEASE * 0.4)
    worker.work()
    assert (world.came, world.row.state, world.row.crashes) == (2, DeliveryState.SENT, 1)


def test_the_third_doubt_puts_a_message_away(world: World) -> None:
    worker = world.worker()
    for _ in range(MAX_CRASHES):
        worker.answer(come_to_the_dot(worker), Doubtful("the connection was lost"))
        worker.work_off_turns()
        world.clock.advance(LEASE * 1.4)
    worker.work()
    assert (world.came, world.row.state, world.row.reason) == (MAX_CRASHES, DeliveryState.FAILED, POISON)


# G8: the relay's trouble


def test_the_relays_trouble_costs_no_attempt_and_what_waits_is_free_for_other_workers(
    make_world: Callable[..., World],
) -> None:
    world = make_world(clients=4)
    worker, other = world.worker(), world.worker()
    row_id = come_to_the_intent(worker)
    worker.post(Hungry(Channel.EMAIL, hungry=False))
    for granted in sorted(worker.granted):
        worker.give_up(granted, RelayTrouble(421, "4.3.2 shutting down", permanent=False))
    assert row_id not in worker.granted
    worker.work_off_turns()
    assert {(row.state, row.attempt) for row in world.rows} == {(DeliveryState.READY, 0)}
    assert worker.core.note == "email: 4.3.2 shutting down"
    other.work()
    assert {row.state for row in world.rows} == {DeliveryState.SENT}


def test_a_relay_in_trouble_is_tried_with_one_message_and_then_gets_the_rest(make_world: Callable[..., World]) -> None:
    world = make_world(clients=5)
    worker = world.worker()
    come_to_the_intent(worker)
    for granted in sorted(worker.granted):
        worker.give_up(granted, RelayTrouble(None, "no route", permanent=False))
    worker.work_off_turns()
    world.clock.advance(timedelta(seconds=2))
    worker.work_off_turns()
    assert len(worker.queue) == 1
    worker.work()
    world.clock.advance(timedelta(seconds=2))
    worker.work()
    assert ({row.state for row in world.rows}, world.came) == ({DeliveryState.SENT}, 5)
    assert worker.core.note == ""


# G5: in time


def test_nothing_goes_out_before_it_is_due(world: World) -> None:
    worker = world.worker()
    world.clock.advance(-timedelta(milliseconds=1))
    worker.work()
    assert world.came == 0
    world.clock.advance(timedelta(milliseconds=1))
    worker.work()
    assert world.came == 1


@pytest.mark.parametrize("at", ["claim", "intent", "dot"])
def test_nothing_goes_out_after_the_end(world: World, at: str) -> None:
    worker = world.worker()
    after_the_end = HOUR + timedelta(milliseconds=1)
    if at == "claim":
        world.clock.advance(after_the_end)
    elif at == "intent":
        world.clock.advance(HOUR - timedelta(seconds=30))
        wait_for_claim(worker)
        world.clock.advance(timedelta(seconds=30))
    else:
        world.clock.advance(HOUR - timedelta(seconds=30))
        row_id = come_to_the_intent(worker)
        world.clock.advance(timedelta(seconds=30))
        assert not worker.dot(row_id)
    worker.work()
    world.clock.advance(timedelta(seconds=10))
    worker.work()
    assert (world.came, world.row.state) == (0, DeliveryState.EXPIRED)


def test_a_clock_that_jumps_an_hour_ahead_and_back_sends_one_message(world: World) -> None:
    worker = world.worker()
    world.clock.advance(-30 * MINUTE)
    worker.work()
    world.clock.advance(HOUR)
    worker.work()
    world.clock.advance(-HOUR)
    worker.work()
    world.clock.advance(HOUR)
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


# N8: held


def test_a_notice_without_a_link_is_held_and_leaves_at_once_when_a_link_appears(
    make_world: Callable[..., World],
) -> None:
    world = make_world(connected=False)
    worker = world.worker()
    worker.work()
    assert (world.row.state, world.row.reason) == (DeliveryState.HELD, HeldReason.NO_LINK)
    world.clock.advance(20 * MINUTE)
    world.studio.connect()
    worker.work()
    world.clock.advance(timedelta(seconds=1))
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_a_held_notice_expires_at_the_end(make_world: Callable[..., World]) -> None:
    world = make_world(connected=False)
    worker = world.worker()
    worker.work()
    world.clock.advance(HOUR)
    worker.work()
    assert (world.came, world.row.state) == (0, DeliveryState.EXPIRED)


def test_a_held_notice_whose_release_was_missed_is_found_again(make_world: Callable[..., World]) -> None:
    world = make_world(connected=False)
    worker = world.worker()
    worker.work()
    world.studio.connect()
    with world.database.writing() as unit:
        held = {"state": int(DeliveryState.HELD), "reason": HeldReason.NO_LINK.value}
        unit.db.execute(update(schema.outbox).values(held))
    world.clock.advance(timedelta(seconds=16))
    worker.work()
    assert (world.came, world.row.state) == (1, DeliveryState.SENT)


def test_a_client_without_an_address_is_held_until_there_is_one(world: World) -> None:
    worker = world.worker()
    with world.database.writing() as unit:
        unit.db.execute(update(schema.client).values(email=None))
    worker.work()
    assert (world.row.state, world.row.reason) == (DeliveryState.HELD, HeldReason.NO_ADDRESS)
    with world.database.writing() as unit:
        unit.db.execute(update(schema.client).values(email="new@clients.example"))
    world.clock.advance(timedelta(seconds=16))
    worker.work()
    assert (world.came, world.row.recipient) == (1, "new@clients.example")


def test_an_address_that_no_server_could_take_is_a_failure_with_a_sentence(world: World) -> None:
    with world.database.writing() as unit:
        unit.db.execute(update(schema.client).values(email="anna@@clients..example"))
    world.worker().work()
    assert world.row.state is DeliveryState.FAILED
    assert "address" in world.row.last_text


# G7: what kills workers


def test_a_message_that_kills_its_worker_while_it_is_made_is_put_away_and_the_others_leave(
    make_world: Callable[..., World],
) -> None:
    world = make_world(clients=5)
    poison = world.rows[2].id

    def kills_at(row_id: int) -> None:
        if row_id == poison:
            raise Died

    deaths = 0
    while world.row_of(poison).state is not DeliveryState.FAILED:
        worker = world.worker()
        worker.before_making = kills_at
        try:
            worker.work()
        except Died:
            deaths += 1
        world.clock.advance(LEASE + timedelta(seconds=1))
        assert deaths <= MAX_CRASHES + 1
    assert world.row_of(poison).reason == POISON
    world.worker().work()
    others = {row.state for row in world.rows if row.id != poison}
    assert (others, world.came) == ({DeliveryState.SENT}, 4)
    assert {row.crashes for row in world.rows if row.id != poison} == {0}


def test_a_suspect_is_taken_alone(make_world: Callable[..., World]) -> None:
    world = make_world(clients=3)
    wait_for_claim(world.worker())
    world.clock.advance(LEASE + timedelta(seconds=1))
    worker = world.worker()
    worker.turn()
    assert {row.lane for row in world.rows} == {SUSPECT}
    worker.turn()
    assert [row.state for row in world.rows].count(DeliveryState.CLAIMED) == 1


# Stopping


def test_a_worker_that_stops_gives_back_what_it_claimed(make_world: Callable[..., World]) -> None:
    world = make_world(clients=5)
    worker = world.worker()
    wait_for_claim(worker)
    worker.post(Stopping())
    worker.work_off_turns()
    assert worker.core.finished
    assert {(row.state, row.token, row.crashes) for row in world.rows} == {(DeliveryState.READY, None, 0)}


def test_what_is_past_the_intent_is_finished_before_a_worker_stops(make_world: Callable[..., World]) -> None:
    world = make_world(clients=5)
    worker = world.worker()
    come_to_the_intent(worker)
    worker.post(Stopping())
    worker.work()
    assert worker.core.finished
    counts = [row.state for row in world.rows]
    assert counts.count(DeliveryState.SENT) == world.came > 0
    assert set(counts) <= {DeliveryState.SENT, DeliveryState.READY}


def test_a_notice_that_was_asked_for_again_goes_out_beside_the_first(world: World) -> None:
    worker = world.worker()
    worker.work()
    world.studio.notifying.resend(world.studio.owner, world.session.id, world.bookings[0].id)
    world.clock.advance(timedelta(seconds=2))
    worker.work()
    assert (world.came, [row.state for row in world.rows]) == (2, [DeliveryState.SENT] * 2)
    assert len({row.message_id for row in world.rows}) == 2
