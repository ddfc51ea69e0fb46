"""Workers that run: real threads, sockets and time, on both engines, against an SMTP server in this process."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from studio_tui.domain.bookings import Booking
from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.storage import schema
from studio_tui.storage.engine import writing
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.planning import bring_into_line
from studio_tui.worker.background import BackgroundWorker
from studio_tui.worker.options import WorkerOptions
from tests.builders import SmallStudio, make_studio
from tests.doubles.sink_process import SinkProcess
from tests.doubles.smtp_sink import Fault, Options, SmtpSink
from tests.engines import migrate, opened, running_postgres
from tests.worker.running import running, until
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

FAR = timedelta(seconds=30)


def recipients(sink: SmtpSink) -> list[str]:
    return [message.recipient for message in sink.taken]


async def test_a_run_for_cron_sends_what_is_due_and_ends(database: Database) -> None:
    studio = running_studio(database)
    add_due_notices(studio, session_under_way(studio), 25)
    studio.book(studio.session(starts_at=studio.clock() + timedelta(hours=5)))
    async with SmtpSink() as sink:
        report = await a_worker(database, studio.resources.vault, a_relay(sink.port)).run(once=True)
        assert report.counts == {"sent": 25}
        assert doubled(recipients(sink)) == 0
    assert states(database) == {DeliveryState.SENT: 25, DeliveryState.READY: 1}


async def test_a_run_for_cron_ends_when_the_relay_cannot_be_reached(database: Database) -> None:
    studio = running_studio(database)
    add_due_notices(studio, session_under_way(studio), 3)
    async with SmtpSink() as sink:
        await sink.listen(False)
        report = await a_worker(database, studio.resources.vault, a_relay(sink.port)).run(once=True)
    assert report.note.startswith("email: ")
    assert {(row.state, row.attempt) for row in stored(database)} == {(DeliveryState.READY, 0)}


async def test_a_late_bookings_notice_leaves_within_a_second_in_the_same_process(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    session = session_under_way(studio)
    slow_to_look = replace(QUICK, poll=FAR)
    async with SmtpSink() as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port), slow_to_look)
        async with running(worker):
            await until(lambda: worker.health().last_turn_ago < 1 and not worker.health().in_hand, "the worker to rest")
            await asyncio.to_thread(studio.book, session)
            worker.wake()
            took = await until(lambda: bool(sink.taken), "the late notice")
    assert took < 1


async def test_a_late_bookings_notice_leaves_within_two_seconds_elsewhere(database: Database) -> None:
    studio = running_studio(database)
    session = session_under_way(studio)
    options = replace(QUICK, poll=timedelta(seconds=1))
    async with SmtpSink() as sink, running(a_worker(database, studio.resources.vault, a_relay(sink.port), options)):
        await asyncio.to_thread(studio.book, session)
        took = await until(lambda: bool(sink.taken), "the late notice")
    assert took < 2


async def test_a_notice_leaves_at_its_time_though_nobody_looks(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    session = session_under_way(studio)
    studio.book(session)
    with sqlite_database.writing() as unit:
        soon = int(time.time() * 1000) + 700
        unit.db.execute(schema.outbox.update().values(due_at=soon))
    async with SmtpSink() as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port), replace(QUICK, poll=FAR))
        async with running(worker):
            await until(lambda: bool(sink.taken), "the notice")
        left = sink.taken[0].at
    assert 0 <= left - soon / 1000 < 0.5


# G6


async def test_cancelling_in_a_loop_against_the_worker_never_mails_what_was_cancelled_in_time(
    database: Database,
) -> None:
    studio = running_studio(database)
    session = session_under_way(studio)
    add_due_notices(studio, session, 120)
    with database.reading() as unit:
        bookings = unit.bookings.of_session(session.id)
    told_too_late: set[int] = set()

    def cancel_all() -> None:
        for booking in reversed(bookings):
            studio.booking.cancel(studio.owner, booking.id)
            row = next(row for row in stored(database) if row.id == row_of[booking.id])
            if row.state is not DeliveryState.CANCELLED:
                told_too_late.add(row.id)

    with database.reading() as unit:
        row_of = {d.booking_id: d.id for d in unit.outbox.history([session.id])[session.id]}
    async with SmtpSink(Options(delay=0.01)) as sink:
        async with running(a_worker(database, studio.resources.vault, a_relay(sink.port))):
            await asyncio.to_thread(cancel_all)
            await until(lambda: set(states(database)) <= {DeliveryState.SENT, DeliveryState.CANCELLED}, "the end")
        came = recipients(sink)
    sent = {row.id for row in stored(database) if row.state is DeliveryState.SENT}
    assert sent == told_too_late
    assert (len(came), doubled(came)) == (len(sent), 0)
    assert 0 < len(sent) < len(bookings)


# G8


@pytest.mark.parametrize(
    "faults",
    [
        [Fault("banner", "421 4.3.2 too busy")],
        [Fault("ehlo", "421 4.3.2 shutting down")],
        [Fault("mail", "421 4.3.2 shutting down")],
        [Fault("connect", "abort")],
    ],
    ids=["busy", "ehlo", "mail", "cut"],
)
async def test_the_relays_trouble_costs_no_message_an_attempt(sqlite_database: Database, faults: list[Fault]) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 30)
    async with SmtpSink(faults=faults) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port))
        async with running(worker):
            await until(lambda: bool(worker.health().note), "the trouble to be seen")
            await until(lambda: bool(_notes(sqlite_database)), "the trouble to be shown")
            assert {row.attempt for row in stored(sqlite_database)} == {0}
            assert not sink.taken
            sink.faults.clear()
            await until(lambda: set(states(sqlite_database)) == {DeliveryState.SENT}, "the relay's recovery")
            await until(lambda: not _notes(sqlite_database), "the alarm to end")
        assert doubled(recipients(sink)) == 0
    assert {row.attempt for row in stored(sqlite_database)} == {0}


def _notes(database: Database) -> list[str]:
    with database.reading() as unit:
        return [note for note in unit.db.execute(select(schema.worker.c.note)).scalars() if note]


async def test_rows_that_a_worker_cannot_send_are_free_for_one_that_can(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 40)
    async with SmtpSink() as dead, SmtpSink() as sink:
        await dead.listen(False)
        cut_off = a_worker(sqlite_database, studio.resources.vault, a_relay(dead.port))
        async with running(cut_off):
            await until(lambda: bool(cut_off.health().note), "the trouble to be seen")
            async with running(a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port))):
                await until(lambda: set(states(sqlite_database)) == {DeliveryState.SENT}, "the other worker")
        assert doubled(recipients(sink)) == 0


# G9


async def test_a_server_that_never_answers_is_given_up_in_time(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 6)
    impatient = timedelta(seconds=0.5)
    async with SmtpSink(faults=[Fault("mail", "silent", times=1), Fault("dot", "silent", skip=1, times=1)]) as sink:
        relay = a_relay(sink.port, connections=2, command=impatient, final_dot=impatient)
        worker = a_worker(sqlite_database, studio.resources.vault, relay)
        async with running(worker):
            await until(lambda: set(states(sqlite_database)) == {DeliveryState.SENT}, "everything to be sent", 60)
        assert len(set(recipients(sink))) == 6


@pytest.mark.postgres
async def test_a_database_that_never_answers_is_cut_off_and_the_worker_goes_on(postgres_database: Database) -> None:
    studio = running_studio(postgres_database)
    session = session_under_way(studio)
    options = replace(QUICK, turn_limit=timedelta(seconds=1))
    async with SmtpSink() as sink:
        worker = a_worker(postgres_database, studio.resources.vault, a_relay(sink.port), options)
        async with running(worker):
            await until(lambda: not worker.health().in_hand, "the worker to rest")
            with writing(postgres_database.engine) as db:
                db.execute(text("LOCK TABLE outbox, worker IN ACCESS EXCLUSIVE MODE"))
                waited = await until(lambda: (worker.health().turn_for or 0) > 0.8, "a turn that hangs")
                assert waited < 10
                await until(lambda: worker.health().database_away, "the hanging turn to be cut")
            add_due_notices(studio, session, 5)
            await until(lambda: states(postgres_database) == {DeliveryState.SENT: 5}, "the worker to go on")
        assert doubled(recipients(sink)) == 0


async def test_health_tells_how_long_the_oldest_notice_has_been_due(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 3)
    async with SmtpSink() as sink:
        await sink.listen(False)
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port))
        async with running(worker):
            await until(lambda: bool(worker.health().note), "the trouble to be seen")
            await until(lambda: worker.health().oldest_due is not None, "a look at what is due")
            oldest = worker.health().oldest_due
    assert oldest is not None
    assert 4 * 60 < oldest < 6 * 60


# G2: the database comes and goes


async def test_a_full_disk_stops_the_dots_and_nothing_is_lost_or_doubled(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 60)
    full = threading.Event()

    def refuse(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if full.is_set() and statement.startswith(("UPDATE", "INSERT")):
            raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(sqlite_database.engine, "before_cursor_execute", refuse)
    connections = 4
    async with SmtpSink(Options(delay=0.02)) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port, connections))
        async with running(worker):
            await until(lambda: len(sink.taken) >= 10, "the first messages")
            full.set()
            await until(lambda: worker.health().database_away, "the full disk to be noticed")
            came = len(sink.taken)
            await asyncio.sleep(0.5)  # nothing happens in this time: that is the point
            assert len(sink.taken) <= came + connections
            full.clear()
            await until(lambda: set(states(sqlite_database)) == {DeliveryState.SENT}, "the rest")
        assert (len(set(recipients(sink))), doubled(recipients(sink))) == (60, 0)


async def test_a_database_that_another_program_holds_makes_the_worker_wait(
    sqlite_database: Database, sqlite_url: str
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 30)
    async with SmtpSink(Options(delay=0.02)) as sink:
        with opened(sqlite_url) as other:
            worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port))
            async with running(worker):
                await until(lambda: len(sink.taken) >= 5, "the first messages")
                with other.writing() as unit:
                    unit.db.execute(schema.site.update().values(name="held"))
                    await until(lambda: (worker.health().turn_for or 0) > 1, "the worker to wait")
                await until(lambda: set(states(sqlite_database)) == {DeliveryState.SENT}, "the rest")
        assert (len(set(recipients(sink))), doubled(recipients(sink))) == (30, 0)


@pytest.mark.postgres
@pytest.mark.slow
async def test_a_server_that_crashes_and_comes_back_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with running_postgres(durable=True) as server, server.database() as url:
        migrate(url)
        with opened(url) as database:
            studio = running_studio(database)
            add_due_notices(studio, session_under_way(studio), 200)
            async with SmtpSink(Options(delay=0.02)) as sink:
                worker = a_worker(database, studio.resources.vault, a_relay(sink.port))
                async with running(worker):
                    await until(lambda: len(sink.taken) >= 40, "the first messages")
                    await asyncio.to_thread(server.crash)
                    await until(lambda: worker.health().database_away, "the crash to be noticed")
                    await asyncio.to_thread(server.start)
                    await until(lambda: len(set(recipients(sink))) == 200, "the rest")
                    await until(lambda: set(states(database)) == {DeliveryState.SENT}, "the record")
                assert doubled(recipients(sink)) == 0


# G1


async def test_whatever_is_booked_cancelled_and_rolled_back_at_once_each_booking_has_its_notice_once(
    database: Database, database_url: str
) -> None:
    studio = running_studio(database)
    session = session_under_way(studio)
    clients = [studio.client() for _ in range(12)]

    def work_at_desk(number: int) -> None:
        with opened(database_url) as own:
            desk = make_studio(own, studio.clock, studio.resources.vault).booking
            for turn, client in enumerate(clients):
                with contextlib.suppress(NotPossible):  # the other desk was quicker
                    booking = desk.book(studio.owner, session.id, client.id)
                    if (turn + number) % 3 == 0:
                        desk.cancel(studio.owner, booking.id)
                    elif (turn + number) % 3 == 1:
                        cancel_and_fail(own, studio, booking)

    async with SmtpSink() as sink:
        workers = [a_worker(database, studio.resources.vault, a_relay(sink.port)) for _ in range(2)]
        async with running(workers[0]), running(workers[1]):
            await asyncio.gather(*(asyncio.to_thread(work_at_desk, number) for number in range(2)))
            await until(lambda: set(states(database)) <= {DeliveryState.SENT, DeliveryState.CANCELLED}, "the end")
        came = recipients(sink)
    with database.reading() as unit:
        bookings = unit.bookings.of_session(session.id)
        history = unit.outbox.history([session.id])[session.id]
    assert len(bookings) == len(history) == len({d.key for d in history}) == 12
    assert {b.id for b in bookings if b.active} <= {d.booking_id for d in history if d.state is DeliveryState.SENT}
    assert doubled(came) == 0


def cancel_and_fail(database: Database, studio: SmallStudio, booking: Booking) -> None:
    """A transaction that cancels a booking and its notice, and then does not come to an end."""
    with contextlib.suppress(ZeroDivisionError), database.writing() as unit:
        unit.bookings.cancel(booking, studio.clock())
        bring_into_line(unit, [booking.session_id], studio.clock())
        raise ZeroDivisionError


# Beside the screens


def test_a_background_worker_sends_is_woken_and_stops(sqlite_database: Database) -> None:
    studio = running_studio(sqlite_database)
    session = session_under_way(studio)

    async def scene() -> None:
        async with SmtpSink() as sink:
            options = replace(QUICK, poll=FAR)
            background = BackgroundWorker(
                lambda: a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port), options)
            )
            background.start()
            await until(lambda: background.health() is not None, "the worker to start")
            await asyncio.to_thread(studio.book, session)
            background.wake()
            await until(lambda: bool(sink.taken), "the notice")
            assert await asyncio.to_thread(background.stop, 10)
            assert background.health() is None

    asyncio.run(scene())
    assert states(sqlite_database) == {DeliveryState.SENT: 1}


def test_a_background_worker_that_fails_is_started_again(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 1)
    made: list[int] = []

    async def scene() -> None:
        async with SmtpSink() as sink:

            def make() -> object:
                made.append(1)
                if len(made) == 1:
                    raise OSError("private words")
                return a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port))

            background = BackgroundWorker(make)  # type: ignore[arg-type]
            background.start()
            await until(lambda: bool(sink.taken), "the notice")
            assert await asyncio.to_thread(background.stop, 10)

    asyncio.run(scene())
    assert "OSError" in caplog.text
    assert "private words" not in caplog.text


async def test_a_stopped_worker_says_so_and_leaves_nothing_claimed(database: Database) -> None:
    studio = running_studio(database)
    add_due_notices(studio, session_under_way(studio), 100)
    async with SmtpSink(Options(delay=0.05)) as sink:
        async with running(a_worker(database, studio.resources.vault, a_relay(sink.port))):
            await until(lambda: len(sink.taken) >= 5, "the first messages")
        left = states(database)
        assert left[DeliveryState.SENT] == len(sink.taken)
    assert set(left) == {DeliveryState.READY, DeliveryState.SENT}
    assert _notes(database) == ["stopped"]


async def test_nothing_secret_is_logged(sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    studio = running_studio(sqlite_database)
    add_due_notices(studio, session_under_way(studio), 4)
    async with SmtpSink(
        faults=[Fault("dot", "550 5.1.1 no", times=1), Fault("mail", "451 4.3.0 later", times=1)]
    ) as sink:
        await a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port)).run(once=True)
    for secret in ("meet.example.com", "clients.example", "Person"):
        assert secret not in caplog.text


# G10


@pytest.mark.slow
async def test_two_thousand_notices_due_at_one_moment_leave_in_one_round_at_a_round_trip_of_20_ms(
    sqlite_database: Database, tmp_path: Path
) -> None:
    studio = running_studio(sqlite_database)
    for number in range(2):
        add_due_notices(studio, session_under_way(studio), 1000, prefix=f"s{number}-")
    with SinkProcess(tmp_path / "taken", Options(delay=0.02)) as sink:
        worker = a_worker(sqlite_database, studio.resources.vault, a_relay(sink.port, 16), WorkerOptions())
        await worker.run(once=True)
        came = [message["recipient"] for message in sink.taken()]
    assert (len(set(came)), doubled(came)) == (2000, 0)
