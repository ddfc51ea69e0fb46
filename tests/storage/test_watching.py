import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import ANY

import pytest
from sqlalchemy import text

from studio_tui.domain.changes import ChangeRow, Topic
from studio_tui.domain.people import Author
from studio_tui.storage import watching
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.watching import OnChange, OnError
from tests.engines import migrate, opened, running_postgres

ANNA = Author("Anna Ferri", datetime(2026, 3, 2, 9, tzinfo=UTC))
SOON = 10.0


class Told:
    """What a watcher told, in order; waits for it."""

    def __init__(self) -> None:
        self.changes: queue.SimpleQueue[list[ChangeRow]] = queue.SimpleQueue()
        self.errors: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def next(self) -> list[tuple[str, int]]:
        return [(row.topic, row.subject_id) for row in self.changes.get(timeout=SOON)]

    def all_of(self, count: int) -> list[tuple[str, int]]:
        """The next `count` changes, however they were told."""
        found: list[tuple[str, int]] = []
        while len(found) < count:
            found += self.next()
        return found


class Watcher:
    """Watches on a thread, from `start` to `stop`."""

    def __init__(self, database: Database, on_change: OnChange, on_error: OnError, *, since: int | None = None) -> None:
        self.ready = threading.Event()
        self._stop = threading.Event()
        self.thread = threading.Thread(
            target=watching.watch,
            args=(database, on_change, self._stop, on_error),
            kwargs={"since": since, "ready": self.ready},
            daemon=True,
        )

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.thread.join(2 * watching.POLL_S)


@contextmanager
def watched(database: Database, since: int | None = None) -> Iterator[Told]:
    told = Told()
    watcher = Watcher(database, told.changes.put, told.errors.put, since=since)
    watcher.start()
    try:
        assert watcher.ready.wait(SOON)
        yield told
    finally:
        watcher.stop()


def change(database: Database, *subjects: int, topic: Topic = "session") -> None:
    with database.writing() as unit:
        for subject in subjects:
            unit.changes.record(topic, subject, ANNA, "moved")


def test_a_change_by_another_program_is_told(database: Database, database_url: str) -> None:
    with watched(database) as told, opened(database_url) as other:
        change(other, 7)

        assert told.next() == [("session", 7)]


def test_a_change_of_ones_own_is_told_too(database: Database) -> None:
    with watched(database) as told:
        change(database, 7)

        assert told.next() == [("session", 7)]


def test_changes_of_one_transaction_come_together_and_in_order(database: Database) -> None:
    with watched(database) as told:
        change(database, 3, 1, 2)

        assert told.next() == [("session", 3), ("session", 1), ("session", 2)]


def test_every_change_is_told_once(database: Database) -> None:
    with watched(database) as told:
        for subject in range(30):
            change(database, subject)

        assert told.all_of(30) == [("session", subject) for subject in range(30)]
        assert told.changes.empty()


def test_what_was_before_is_not_told(database: Database) -> None:
    change(database, 1)
    with watched(database) as told:
        change(database, 2)

        assert told.next() == [("session", 2)]


def test_a_program_that_was_away_is_told_what_it_missed(database: Database) -> None:
    change(database, 1)
    with database.reading() as unit:
        seen = unit.changes.last_id()
    change(database, 2)

    with watched(database, since=seen) as told:
        assert told.next() == [("session", 2)]


def test_a_transaction_that_is_rolled_back_is_not_told(database: Database) -> None:
    with watched(database) as told:
        with database.writing() as unit:
            unit.changes.record("session", 1, ANNA, "moved")
            unit.db.rollback()
        change(database, 2)

        assert told.next() == [("session", 2)]


@pytest.mark.postgres
def test_a_change_that_becomes_visible_after_a_later_one_is_told(postgres_database: Database) -> None:
    with watched(postgres_database) as told, postgres_database.writing() as slow:
        slow.changes.record("session", 1, ANNA, "moved")
        change(postgres_database, 2)
        assert told.next() == [("session", 2)]
        slow.db.commit()

        assert told.next() == [("session", 1)]


@pytest.mark.postgres
def test_a_change_that_was_under_way_when_watching_began_is_told(postgres_database: Database) -> None:
    with postgres_database.writing() as slow:
        slow.changes.record("session", 1, ANNA, "moved")
        change(postgres_database, 2)
        with watched(postgres_database) as told:
            slow.db.commit()

            assert told.next() == [("session", 1)]


@pytest.mark.postgres
def test_a_change_without_a_notification_is_found_by_looking(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "SLOW_POLL_S", 0.1)
    with watched(postgres_database) as told:
        with postgres_database.writing() as unit:
            unit.db.execute(
                text("INSERT INTO change_log (at, topic, subject_id, actor, what) VALUES (0, 'site', 4, '', '')")
            )

        assert told.next() == [("site", 4)]


@pytest.mark.postgres
def test_postgresql_is_notified_once_for_each_transaction(postgres_database: Database) -> None:
    with postgres_database.engine.connect() as listener, postgres_database.writing() as unit:
        listener.exec_driver_sql("LISTEN studio_changes")
        listener.commit()
        for subject in range(5):
            unit.changes.record("session", subject, ANNA, "moved")
        unit.db.commit()
        driver = listener.connection.driver_connection
        assert driver is not None

        assert [notice.channel for notice in driver.notifies(timeout=0.5)] == ["studio_changes"]


def test_watching_ends_within_half_a_second(database: Database) -> None:
    told = Told()
    watcher = Watcher(database, told.changes.put, told.errors.put)
    watcher.start()
    assert watcher.ready.wait(SOON)

    before = time.monotonic()
    watcher.stop()

    assert time.monotonic() - before < 0.5
    assert not watcher.thread.is_alive()


def test_a_failure_of_the_listener_is_told_and_the_change_told_again(sqlite_database: Database) -> None:
    told = Told()
    failures = [RuntimeError("the screen is not there yet")]

    def on_change(rows: list[ChangeRow]) -> None:
        if failures:
            raise failures.pop()
        told.changes.put(rows)

    watcher = Watcher(sqlite_database, on_change, told.errors.put)
    watcher.start()
    try:
        assert watcher.ready.wait(SOON)
        change(sqlite_database, 7)

        assert isinstance(told.errors.get(timeout=SOON), RuntimeError)
        assert told.next() == [("session", 7)]
        assert told.errors.get(timeout=SOON) is None
    finally:
        watcher.stop()


def test_a_database_that_is_not_there_is_told_until_it_is(tmp_path: Path) -> None:
    path = tmp_path / "studio.db"
    told = Told()
    with opened(f"sqlite:///{path}") as database:
        watcher = Watcher(database, told.changes.put, told.errors.put, since=0)
        watcher.start()
        try:
            assert "no such table" in str(told.errors.get(timeout=SOON))
            migrate(f"sqlite:///{path}")
            change(database, 7)

            assert told.next() == [("session", 7)]
        finally:
            watcher.stop()


@pytest.mark.postgres
@pytest.mark.slow
def test_a_server_that_crashes_and_comes_back_loses_no_change() -> None:
    with running_postgres(durable=True) as server, server.database() as url:
        migrate(url)
        with opened(url) as database, watched(database) as told:
            change(database, 1)
            assert told.next() == [("session", 1)]
            server.crash()
            assert told.errors.get(timeout=SOON) is not None
            server.start()
            database.close()
            change(database, 2)

            assert told.next() == [("session", 2)]
            while told.errors.get(timeout=SOON) is not None:
                pass
            change(database, 3)
            assert told.next() == [("session", 3)]


def test_looking_at_the_log_does_not_hold_the_database(sqlite_database: Database) -> None:
    with watched(sqlite_database) as told:
        change(sqlite_database, 1)
        told.next()
        with sqlite_database.engine.connect() as db:
            assert db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one() == (0, ANY, ANY)
