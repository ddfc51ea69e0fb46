"""The troubles that befall a worker: its machine sleeps, its clock is set, its database is away, its server is narrow.

In virtual time where time must pass; a server's bad manners against a real one. A full disk and a database that another
program holds are in `test_running`, a wrong password in `test_troubles_password`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.outcomes import Sent
from studio_tui.domain.sessions import Session
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker import clock as worker_clock
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, MINUTE, SmallStudio
from tests.doubles.smtp_sink import Fault, Options, SmtpSink
from tests.worker.running import running, until
from tests.worker.simulation import Inbox, SimulatedWorker, TurnEnd
from tests.worker.support import (
    QUICK,
    a_relay,
    a_worker,
    add_due_notices,
    doubled,
    running_studio,
    session_under_way,
    states,
    stored,
)

SENT, READY, EXPIRED = DeliveryState.SENT, DeliveryState.READY, DeliveryState.EXPIRED
LEASE = timedelta(seconds=60)


class World:
    """A studio in virtual time, and a worker on it whose own clock no setting of the wall's can turn back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.studio = SmallStudio(database)
        self.studio.connect()
        self.inbox = Inbox()
        self.worker = SimulatedWorker(
            database, self.studio.resources.vault, self.studio.clock, self.inbox, WorkerOptions(lease=LEASE)
        )

    def session_in(self, lead: timedelta, lasts: timedelta = HOUR) -> Session:
        start = self.studio.clock() + lead
        return self.studio.session(starts_at=start, ends_at=start + lasts)

    def pass_time(self, by: timedelta) -> None:
        """Both clocks go on, as they do also while the machine sleeps."""
        self.studio.clock.advance(by)

    def set_clock(self, by: timedelta) -> None:
        """Somebody sets the wall's clock; the worker's own goes on as if nothing was."""
        self.worker._offset -= by.total_seconds()
        self.studio.clock.advance(by)

    def states(self) -> list[DeliveryState]:
        return [row.state for row in stored(self.database)]


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(sqlite_database)


def book(world: World, *sessions: Session) -> Sequence[Booking]:
    return [world.studio.book(session) for session in sessions]


# A suspended laptop


def test_after_two_hours_asleep_what_is_still_of_use_leaves_at_once_and_the_rest_is_over(world: World) -> None:
    over, under_way = world.session_in(HOUR / 2), world.session_in(HOUR, lasts=3 * HOUR)
    book(world, over, under_way)
    world.worker.work()

    world.pass_time(2 * HOUR)
    world.worker.work()
    assert world.states() == [EXPIRED, SENT]
    assert len(world.inbox.taken) == 1


def test_what_was_about_to_leave_when_the_laptop_slept_does_not_leave_on_a_lease_that_is_over(world: World) -> None:
    book(world, *[world.session_in(timedelta(), lasts=5 * HOUR)] * 2)
    worker = world.worker
    while not worker.granted:
        worker.turn()
        while worker.queue:
            worker.take()
    about_to = set(worker.granted)

    world.pass_time(2 * HOUR)
    assert worker.may_send == set()
    other = SimulatedWorker(
        world.database, world.studio.resources.vault, world.studio.clock, world.inbox, WorkerOptions(lease=LEASE)
    )
    other.work()
    assert not any(worker.dot(row_id) for row_id in about_to)
    worker.work()
    world.pass_time(3 * MINUTE)
    other.work()
    worker.work()
    assert world.states() == [SENT, SENT]
    assert len({key for key, _ in world.inbox.taken}) == len(world.inbox.taken) == 2


async def test_a_worker_that_slept_finds_its_connection_cut_and_sends_on_a_new_one(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 1, prefix="before")
    slept = [0.0]
    shifted = SimpleNamespace(
        clock_gettime=lambda clock: time.clock_gettime(clock) + slept[0], monotonic=lambda: time.monotonic() + slept[0]
    )
    monkeypatch.setattr(worker_clock, "time", shifted)
    async with SmtpSink() as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port, connections=1))
        async with running(worker):
            await until(lambda: states(sqlite_database) == {SENT: 1}, "the first message")
            slept[0] = 2 * 3600.0
            sink.drop_all()
            add_due_notices(studio, session_under_way(studio), 3, prefix="after")
            await until(lambda: states(sqlite_database) == {SENT: 4}, "the messages after the sleep")
        assert (len(sink.taken), doubled([message.recipient for message in sink.taken])) == (4, 0)
    assert {row.attempt for row in stored(sqlite_database)} == {0}


def test_the_workers_own_clock_goes_on_while_the_machine_sleeps_where_there_is_such_a_clock() -> None:
    slept = getattr(time, "CLOCK_BOOTTIME", None)
    now = time.monotonic() if slept is None else time.clock_gettime(slept)
    assert 0 <= worker_clock.seconds() - now < 1


# A clock that is set


def test_a_clock_set_back_an_hour_sends_nothing_twice_and_holds_nothing_up(world: World) -> None:
    first, second = world.session_in(timedelta(), lasts=3 * HOUR), world.session_in(HOUR / 2, lasts=3 * HOUR)
    book(world, first, second)
    world.worker.work()
    assert world.states() == [SENT, READY]

    world.set_clock(-HOUR)
    world.worker.work()
    assert world.states() == [SENT, READY]
    world.pass_time(HOUR + HOUR / 2 - timedelta(seconds=2))
    world.worker.work()
    assert world.states() == [SENT, READY]
    world.pass_time(timedelta(seconds=3))
    world.worker.work()
    assert world.states() == [SENT, SENT]
    assert len(world.inbox.taken) == 2


def test_a_clock_set_back_while_messages_are_at_the_server_loses_none_of_them(world: World) -> None:
    book(world, *[world.session_in(timedelta(), lasts=3 * HOUR)] * 3)
    worker = world.worker
    while not worker.granted:
        worker.turn()
        while worker.queue:
            worker.take()
    world.set_clock(-HOUR)
    worker.work()
    world.pass_time(HOUR + MINUTE)
    worker.work()
    assert world.states() == [SENT] * 3
    assert len(world.inbox.taken) == 3


def test_a_clock_set_ahead_an_hour_sends_what_is_due_by_it_once(world: World) -> None:
    book(world, world.session_in(HOUR / 2, lasts=3 * HOUR))
    world.worker.work()
    world.set_clock(HOUR)
    world.pass_time(timedelta(seconds=2))
    world.worker.work()
    world.set_clock(-HOUR)
    world.pass_time(HOUR)
    world.worker.work()
    assert (world.states(), len(world.inbox.taken)) == ([SENT], 1)


# A database that is gone for minutes


def test_a_database_gone_for_ten_minutes_costs_no_message_and_doubles_none(world: World) -> None:
    book(world, *[world.session_in(timedelta(), lasts=2 * HOUR)] * 5)
    worker = world.worker
    while not worker.granted:
        worker.turn()
        while worker.queue:
            worker.take()
    known = min(worker.granted)
    assert worker.dot(known)
    taken = len(world.inbox.taken)

    tries, gone_until = 0, world.studio.clock() + 10 * MINUTE
    while world.studio.clock() < gone_until:
        before = world.worker.core.pause(worker.seconds)
        worker.turn(TurnEnd.ROLLED_BACK)
        tries += 1 if not before else 0
        if known in worker.dotted and worker.core.away:
            # The server's answer comes while nobody can write it down.
            worker.answer(known, Sent("Q1", "250 queued"))
        assert not (worker.core.away and worker.may_send)
        world.pass_time(timedelta(seconds=max(0.1, worker.core.pause(worker.seconds))))
    assert len(world.inbox.taken) == taken
    assert 10 < tries < 300
    assert worker.core.away

    for _ in range(20):
        worker.work()
        world.pass_time(timedelta(seconds=30))
    assert world.states() == [SENT] * 5
    assert len({key for key, _ in world.inbox.taken}) == len(world.inbox.taken) == 5
    assert {row.attempt for row in stored(world.database)} == {0}


# Servers with bad manners


async def test_one_bad_address_among_two_thousand_is_told_and_holds_nobody_up(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    for number in range(2):
        add_due_notices(studio, session_under_way(studio), 1000, prefix=f"s{number}-")
    bad = "s0-500@clients.example"
    async with SmtpSink(faults=[Fault("rcpt", "550 5.1.1 no such user", recipient=bad)]) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port, connections=8))
        report = await worker.run(once=True)
        came = [message.recipient for message in sink.taken]
    assert (report.counts, report.note) == ({"sent": 1999, "failed": 1}, "")
    assert (len(came), doubled(came), bad in came) == (1999, 0, False)
    (failed,) = [row for row in stored(sqlite_database) if row.state is DeliveryState.FAILED]
    assert (failed.last_code, failed.last_text) == (550, "5.1.1 no such user")


async def test_a_server_that_accepts_one_connection_only_gets_everything_over_it(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 60)
    async with SmtpSink(Options(max_connections=1, delay=0.002)) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port, connections=8), QUICK)
        async with running(worker):
            await until(lambda: states(sqlite_database) == {SENT: 60}, "everything to be sent")
            assert not worker.health().note
        came = [message.recipient for message in sink.taken]
    assert (len(came), doubled(came)) == (60, 0)
    assert {row.attempt for row in stored(sqlite_database)} == {0}
