"""Studios that are made once in a test run, and copied into the empty database of each test that begins with one.

Making a studio through its use cases takes a hundred times as long as copying it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import sql

from studio_tui.storage.engine import is_sqlite
from studio_tui.storage.schema import metadata
from studio_tui.storage.unit_of_work import Database


class Contents(Protocol):
    """All that a database held."""

    def fill(self, database: Database) -> None:
        """Let this be all that the database holds."""


_kept: dict[Hashable, Contents] = {}


def prepared(database: Database, what: Hashable, make: Callable[[], None]) -> None:
    """Bring a database to where `make` brings it; from the second time on by copying what it made the first time.

    Args:
        database: What `make` writes to; empty, or the same each time.
        what: Names all that `make` depends on.
        make: Writes with committed transactions.
    """
    key = (database.engine.dialect.name, what)
    if key in _kept:
        _kept[key].fill(database)
    else:
        make()
        _kept[key] = _SqliteContents(database) if is_sqlite(database.engine) else _PostgresContents(database)


class _SqliteContents:
    """A copy of the whole file, in memory."""

    def __init__(self, database: Database) -> None:
        self._copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(_path(database))) as file:
            file.backup(self._copy)

    def fill(self, database: Database) -> None:
        with closing(sqlite3.connect(_path(database))) as file:
            self._copy.backup(file)


class _PostgresContents:
    """The rows of each table that has any, as the server writes and reads them."""

    def __init__(self, database: Database) -> None:
        with _speaking_to(database) as cursor:
            found = [(table, _written(cursor, table.name)) for table in metadata.sorted_tables]
        self._rows = [(table.name, rows) for table, rows in found if rows]
        tables = [sql.SQL("DELETE FROM {}").format(sql.Identifier(t.name)) for t in reversed(metadata.sorted_tables)]
        counters = [
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                sql.Literal(table.name), sql.Identifier(table.name)
            )
            for table, rows in found
            if rows and "id" in table.c
        ]
        self._before = sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *tables])
        self._after = sql.SQL("; ").join(counters)

    def fill(self, database: Database) -> None:
        with _speaking_to(database) as cursor:
            cursor.execute(self._before)
            for name, rows in self._rows:
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(rows)
            cursor.execute(self._after)


@contextmanager
def _speaking_to(database: Database) -> Iterator[psycopg.Cursor[Any]]:
    with database.engine.begin() as db:
        line: Any = db.connection.dbapi_connection
        with line.cursor() as cursor:
            yield cursor


def _written(cursor: psycopg.Cursor[Any], table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)


def _path(database: Database) -> str:
    path = database.engine.url.database
    assert path is not None
    return path
