"""A worker's way into the database: every trouble of it is one error, and a wait for a dead server can be cut short."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from studio_tui.domain.errors import StudioError, Unreachable
from studio_tui.domain.language import _
from studio_tui.storage.unit_of_work import Database, UnitOfWork

T = TypeVar("T")


class DatabaseAway(StudioError):
    """The database could not be reached or did not take the turn: nothing is known to be written."""


class TurnTaker:
    """Runs a worker's transactions. One thread takes turns; another may cut a turn that hangs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._raw: Any = None

    def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a writing transaction, whole once more after a lock or a deadlock.

        Raises:
            DatabaseAway: With the driver's words; the transaction may even have been committed.
        """
        return self._guarded(lambda: self._database.write(lambda unit: self._watched(unit, work)))

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a reading transaction.

        Raises:
            DatabaseAway: With the driver's words.
        """

        def run() -> T:
            with self._database.reading() as unit:
                return self._watched(unit, work)

        return self._guarded(run)

    def cut(self) -> bool:
        """Break the connection of a turn that hangs, so that it ends with `DatabaseAway`; False if none is under way."""
        with self._lock:
            if self._raw is None:
                return False
            if hasattr(self._raw, "interrupt"):  # sqlite3
                self._raw.interrupt()
                return True
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
            return True

    def _watched(self, unit: UnitOfWork, work: Callable[[UnitOfWork], T]) -> T:
        with self._lock:
            self._raw = unit.db.connection.dbapi_connection
        return work(unit)

    def _guarded(self, run: Callable[[], T]) -> T:
        try:
            return run()
        except (Unreachable, SQLAlchemyError) as error:
            raise DatabaseAway(_words(error)) from None
        finally:
            with self._lock:
                self._raw = None


def _words(error: Exception) -> str:
    """The first line that the driver says: the rest can hold the statement's values."""
    if isinstance(error, Unreachable):
        return str(error)
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return _("The database is not available: {partition}").format(partition=said.strip().partition(chr(10))[0][:300])
