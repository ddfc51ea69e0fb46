"""Tells a program what it and others committed: SQLite is asked four times a second, PostgreSQL tells by itself."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, NullPool, create_engine

from studio_tui.domain.changes import ChangeRow
from studio_tui.storage.changes import CHANNEL, ChangeLog
from studio_tui.storage.engine import is_sqlite
from studio_tui.storage.unit_of_work import Database

POLL_S = 0.25
SLOW_POLL_S = 5.0
_PAUSES_S = (0.25, 0.5, 1.0, 2.0, 5.0)
_LATE_S = 60.0
_LOOK_BACK = 100
# A server that vanished without a word is noticed within half a minute.
_ALIVE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

OnChange = Callable[[list[ChangeRow]], None]
OnError = Callable[[Exception | None], None]


def watch(
    database: Database,
    on_change: OnChange,
    stop: threading.Event,
    on_error: OnError,
    *,
    since: int | None = None,
    ready: threading.Event | None = None,
) -> None:
    """Watch until `stop` is set, whatever fails: a failure is told, and tried again after a growing pause.

    It ends within half a second of that, unless a server does not answer. If `on_change` raises, the same changes are told
    again.

    Args:
        database: What to watch.
        on_change: Called with the new changes, ordered by id; never with none. Own ones are among them.
        stop: Ends it.
        on_error: Called with each failure, and with None once watching works again.
        since: Begin after this change; None for what is committed from `ready` on.
        ready: Set once everything that is committed from now on will be told.
    """
    log, failures = _Reader(since), 0
    while not stop.is_set():
        try:
            with _source(database, stop) as source:
                log.begin(source)
                if ready is not None:
                    ready.set()
                while not stop.is_set():
                    log.tell(source, on_change)
                    if failures:
                        failures = 0
                        on_error(None)
                    while not stop.is_set() and not source.wait():
                        pass
        except Exception as error:  # noqa: BLE001 - told, and whatever it is, the next change must still be seen
            if not stop.is_set():
                on_error(error)
                stop.wait(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
            failures += 1


class _Source(Protocol):
    def wait(self) -> bool:
        """Wait for `POLL_S` at the most; whether there may be something new."""

    def since(self, last_id: int, also: Collection[int]) -> list[ChangeRow]: ...

    def last_id(self) -> int: ...


class _Reader:
    """Knows what was told. On PostgreSQL an id can become visible after a higher one: skipped ids are looked up again."""

    def __init__(self, since: int | None) -> None:
        self._since = since
        self._last: int | None = None
        self._skipped: dict[int, float] = {}

    def begin(self, source: _Source) -> None:
        """Note where the log stands; a connection that was lost is taken up where it was."""
        if self._last is None:
            last = source.last_id() if self._since is None else self._since
            before = max(last - _LOOK_BACK, 0)
            self._skip(before, last, {row.id for row in source.since(before, ())})
            self._last = last

    def tell(self, source: _Source, on_change: OnChange) -> None:
        """Hand the new changes on, if there are any."""
        last = self._last or 0
        now = time.monotonic()
        self._skipped = {id_: until for id_, until in self._skipped.items() if until > now}
        rows = source.since(last, self._skipped)
        if not rows:
            return
        on_change(rows)
        for row in rows:
            self._skipped.pop(row.id, None)
        newest = max(last, rows[-1].id)
        self._skip(max(last, newest - _LOOK_BACK), newest, {row.id for row in rows})
        self._last = newest

    def _skip(self, after: int, up_to: int, seen: set[int]) -> None:
        until = time.monotonic() + _LATE_S
        self._skipped.update((id_, until) for id_ in range(after + 1, up_to + 1) if id_ not in seen)


@contextmanager
def _source(database: Database, stop: threading.Event) -> Iterator[_Source]:
    if is_sqlite(database.engine):
        with closing(sqlite3.connect(database.engine.url.database or "", isolation_level=None)) as own:
            yield _SqliteSource(database, own, stop)
        return
    engine = create_engine(
        database.engine.url,
        poolclass=NullPool,
        connect_args=_ALIVE,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    with engine.connect() as db:
        db.exec_driver_sql(f"LISTEN {CHANNEL}")
        yield _PostgresSource(db)


class _SqliteSource:
    """Asks for the number that changes with every commit of another connection; `own` never writes."""

    def __init__(self, database: Database, own: sqlite3.Connection, stop: threading.Event) -> None:
        self._database, self._own, self._stop = database, own, stop
        self._version = self._ask()

    def _ask(self) -> int:
        return int(self._own.execute("PRAGMA data_version").fetchone()[0])

    def wait(self) -> bool:
        self._stop.wait(POLL_S)
        before, self._version = self._version, self._ask()
        return self._version != before

    def since(self, last_id: int, also: Collection[int]) -> list[ChangeRow]:
        with self._database.reading() as unit:
            return unit.changes.since(last_id, also)

    def last_id(self) -> int:
        with self._database.reading() as unit:
            return unit.changes.last_id()


class _PostgresSource:
    """Listens; and looks every few seconds all the same, because a notification is only a hint."""

    def __init__(self, db: Connection) -> None:
        self._log = ChangeLog(db)
        self._driver: Any = db.connection.driver_connection
        self._looked_at = time.monotonic()

    def wait(self) -> bool:
        told = list(self._driver.notifies(timeout=POLL_S, stop_after=1))
        return bool(told) or time.monotonic() - self._looked_at >= SLOW_POLL_S

    def since(self, last_id: int, also: Collection[int]) -> list[ChangeRow]:
        self._looked_at = time.monotonic()
        return self._log.since(last_id, also)

    def last_id(self) -> int:
        return self._log.last_id()
