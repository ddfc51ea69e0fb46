"""Workers are killed and frozen while they send (WORKER G2, G3, G4): nothing is lost, and what is doubled is counted.

`STUDIO_CHAOS_ROUNDS` makes more of it; each round prints kills, messages, lost and doubled.
"""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.storage.unit_of_work import Database
from studio_tui.worker.options import AfterCrash
from tests.doubles.sink_process import SinkProcess
from tests.doubles.smtp_sink import Options
from tests.worker.support import add_due_notices, doubled, running_studio, session_under_way, states
from tests.worker.worker_process import WorkerProcess

ROUNDS = int(os.environ.get("STUDIO_CHAOS_ROUNDS", "1"))
MESSAGES, KILLS, CONNECTIONS = 240, 3, 4
PATIENCE_S = 60.0
ROUND_TRIP_S = 0.02


def until(said: Callable[[], bool], what: str) -> None:
    """Wait for something that other processes bring about."""
    deadline = time.monotonic() + PATIENCE_S
    while not said():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)  # another process works meanwhile: there is nothing here to wait on


def key_of_the_tests() -> str:
    from tests.builders import _key

    return _key()


@pytest.mark.slow
@pytest.mark.parametrize("after_crash", AfterCrash)
def test_killing_busy_workers_loses_nothing_and_doubles_at_most_a_message_for_each_connection(
    database: Database, database_url: str, tmp_path: Path, after_crash: AfterCrash, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = running_studio(database)
    chance = random.Random(database_url)
    with SinkProcess(tmp_path / "taken", Options(delay=ROUND_TRIP_S)) as sink:

        def worker() -> WorkerProcess:
            return WorkerProcess(
                database_url, sink.port, key_of_the_tests(), connections=CONNECTIONS, after_crash=after_crash
            )

        for number in range(ROUNDS):
            before, held_before = len(sink.taken()), states(database).get(DeliveryState.HELD, 0)
            add_due_notices(studio, session_under_way(studio), MESSAGES, prefix=f"round{number}-")
            workers = [worker(), worker()]
            try:
                for kill in range(1, KILLS + 1):
                    at = before + MESSAGES * kill // (KILLS + 2)
                    until(partial(arrived, sink, at), f"{at} messages to arrive")
                    victim = chance.randrange(2)
                    workers[victim].kill()
                    workers[victim] = worker()
                until(lambda: settled(database), "every message to reach its end")
            finally:
                for each in workers:
                    each.kill()
            came = [message["recipient"] for message in sink.taken()[before:]]
            held = states(database).get(DeliveryState.HELD, 0) - held_before
            missing = MESSAGES - len(set(came))
            with capsys.disabled():
                print(
                    f"\n{database.engine.dialect.name}, {after_crash}: {KILLS} kills, {MESSAGES} messages, "
                    f"{missing} not arrived, {doubled(came)} doubled, {held} held"
                )
            bytes_of = {(message["message_id"], message["sha256"]) for message in sink.taken()[before:]}
            assert len(bytes_of) == len(set(came)), "a message that came twice was not the same bytes"
            assert doubled(came) <= (0 if after_crash is AfterCrash.HOLD else CONNECTIONS * KILLS)
            assert missing <= (held if after_crash is AfterCrash.HOLD else 0)


def freeze_between_turns(worker: WorkerProcess, database: Database) -> None:
    """Freeze it while it is in no transaction: whoever is frozen in one holds its lock, which no lease can mend."""
    while True:
        worker.freeze()
        if nobody_is_writing(database):
            return
        worker.thaw()
        time.sleep(0.003)  # it goes on in its own process


def nobody_is_writing(database: Database) -> bool:
    """Whether SQLite's lock for writing is free."""
    with Path(f"{database.engine.url.database}.lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def arrived(sink: SinkProcess, count: int) -> bool:
    """Whether so many messages have come."""
    return len(sink.taken()) >= count


def settled(database: Database) -> bool:
    """Whether nothing is on its way any more."""
    counts = states(database)
    return set(counts) <= {DeliveryState.SENT, DeliveryState.HELD}


@pytest.mark.slow
def test_a_worker_frozen_past_its_lease_doubles_at_most_what_was_past_the_dot(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    database, database_url = sqlite_database, sqlite_url
    studio = running_studio(database)
    add_due_notices(studio, session_under_way(studio), MESSAGES)
    with SinkProcess(tmp_path / "taken", Options(delay=ROUND_TRIP_S)) as sink:
        frozen = WorkerProcess(database_url, sink.port, key_of_the_tests(), connections=CONNECTIONS, lease_s=1)
        try:
            until(lambda: len(sink.taken()) >= MESSAGES // 8, "the first messages to arrive")
            freeze_between_turns(frozen, database)
            other = WorkerProcess(database_url, sink.port, key_of_the_tests(), connections=CONNECTIONS, lease_s=1)
            try:
                until(lambda: settled(database), "the other worker to finish everything")
                frozen.thaw()
                assert frozen.stop() == 0
                assert other.stop() == 0
            finally:
                other.kill()
        finally:
            frozen.thaw()
            frozen.kill()
        came = [message["recipient"] for message in sink.taken()]
    assert len(set(came)) == MESSAGES
    assert doubled(came) <= CONNECTIONS
    assert states(database) == {DeliveryState.SENT: MESSAGES}


@pytest.mark.slow
def test_a_worker_that_is_asked_to_end_leaves_nothing_half_done(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    studio = running_studio(database)
    add_due_notices(studio, session_under_way(studio), MESSAGES)
    with SinkProcess(tmp_path / "taken", Options(delay=ROUND_TRIP_S)) as sink:
        first = WorkerProcess(database_url, sink.port, key_of_the_tests())
        until(lambda: len(sink.taken()) >= MESSAGES // 4, "the first messages to arrive")
        assert first.stop() == 0
        left = states(database)
        assert set(left) == {DeliveryState.READY, DeliveryState.SENT}
        assert len(sink.taken()) == left[DeliveryState.SENT]
        second = WorkerProcess(database_url, sink.port, key_of_the_tests())
        until(lambda: settled(database), "the next worker to finish")
        assert second.stop() == 0
        came = [message["recipient"] for message in sink.taken()]
    assert (len(set(came)), doubled(came)) == (MESSAGES, 0)
