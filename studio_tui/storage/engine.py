"""Engines and transactions: the one place where SQLite and PostgreSQL differ in how they begin, lock and wait."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

from studio_tui.domain.errors import Unreachable
from studio_tui.domain.language import _

BUSY_TIMEOUT_S = 10.0
_WRITING = "studio_writing"
_USED, _RESTED_S = "studio_used", 1.0


class DatabaseBusy(Unreachable):
    """Another program held the database for longer than the waiting time: nothing was written."""


def make_engine(url: str, *, clock: Callable[[], float] = time.monotonic) -> Engine:
    """An engine for an SQLite file or a PostgreSQL server, set up so that reads and writes are whole transactions.

    Args:
        url: The database's.
        clock: Seconds that never go back: how long a connection rested.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _postgresql_engine(url, clock)


def is_sqlite(engine: Engine) -> bool:
    """Whether the engine speaks to an SQLite file."""
    return engine.dialect.name == "sqlite"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database and writes nothing."""
    options: dict[str, Any] = (
        {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with engine.connect() as connection, connection.execution_options(**options).begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits on leaving and rolls back on an error; on SQLite writers queue fairly.

    Raises:
        DatabaseBusy: No turn within the waiting time.
    """
    if not is_sqlite(engine):
        with engine.begin() as db:
            yield db
        return
    with _turn(engine), engine.connect() as connection:
        db = connection.execution_options(**{_WRITING: True})
        with db.begin():
            yield db


def _postgresql_engine(url: str, clock: Callable[[], float]) -> Engine:
    # Parameters are clients' data and links: no error repeats them.
    engine = create_engine(url, pool_size=8, max_overflow=8, pool_timeout=BUSY_TIMEOUT_S, hide_parameters=True)
    _ask_after_rest(engine, clock)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = '{int(BUSY_TIMEOUT_S * 1000)}ms'")
        connection.commit()

    return engine


def _ask_after_rest(engine: Engine, clock: Callable[[], float]) -> None:
    """Try a connection that rested before it is used again, as SQLAlchemy's pre-ping does before every use.

    A server that was restarted is found by it; a worker that takes a hundred turns a second saves a round trip in each.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info[_USED] = clock()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        if clock() - record.info.get(_USED, clock()) < _RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool connects anew


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where the event below says, not where pysqlite guesses
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(db: Connection) -> None:
        # IMMEDIATE: a writer that read first could otherwise decide on a state that another has meanwhile replaced.
        db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get(_WRITING) else "BEGIN")

    return engine


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Queue for writing. SQLite's own busy handler starves a writer for seconds now and then; this lock does not."""
    path = engine.url.database
    if not path or path == ":memory:":
        yield
        return
    lock = os.open(Path(path + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock_within(lock, BUSY_TIMEOUT_S)
        yield
    finally:
        os.close(lock)


def _lock_within(lock: int, seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, 0.0005
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseBusy(
                    _("Another program has been writing to the database for {seconds:.0f} s: try again.").format(
                        seconds=seconds
                    )
                ) from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)
        else:
            return
