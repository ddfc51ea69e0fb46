"""A studio's past, by statements of the database itself: so many sessions of five years, with their bookings and deliveries.

Each session had five clients, and each of them some deliveries, which were sent. Those of the last ninety days lie in the
outbox, with two thousand older ones that wait to be put away; the others are history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, NullPool, Table, create_engine, text

from bench.outbox_data import NOTICES
from bench.outbox_data import SESSIONS as DUE_SESSIONS
from studio_tui.storage import schema
from studio_tui.storage.engine import is_sqlite
from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database

BOOKED = 5
SPAN_MS = 1800 * 24 * 3600 * 1000
_HOUR_MS = 3_600_000
_RECENT = 0.05
"""The last ninety days of that time."""
_UNTIDY = 2_000
_CHUNK = 100_000
_FIRST_DELIVERY = 1_000_000
"""Far above what is due."""
_TABLES = ("session", "booking", "outbox", "outbox_history")


def grow(database: Database, now: datetime, sessions: int, deliveries: int) -> None:
    """Give a studio that `fill` made a past of so many sessions and deliveries."""
    each = deliveries // (sessions * BOOKED)
    step = SPAN_MS // sessions
    values = {"now": to_ms(now) - 2 * _HOUR_MS, "step": step, "due_sessions": DUE_SESSIONS, "due": NOTICES}
    present = int(sessions * _RECENT) + _UNTIDY // (BOOKED * each)
    # An engine of its own, without the program's care for transactions: nobody else looks.
    engine = create_engine(database.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as db, _without_indexes(db):
        for first in range(1, sessions + 1, _CHUNK // 10):
            last = min(first + _CHUNK // 10 - 1, sessions)
            chunk = {**values, "first": first, "last": last}
            db.execute(text(_SESSIONS), chunk)
            db.execute(text(_BOOKINGS), chunk)
            if first <= present:
                db.execute(text(_deliveries(schema.outbox, each)), {**chunk, "last": min(last, present)})
            if last > present:
                older = {**chunk, "first": max(first, present + 1)}
                db.execute(text(_deliveries(schema.outbox_history, each)), older)
    with engine.connect() as db:
        for statement in ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)") if is_sqlite(engine) else ("VACUUM ANALYZE",):
            db.execute(text(statement))


@contextmanager
def _without_indexes(db: Connection) -> Iterator[None]:
    """Without the tables' indexes, which are made again afterwards: sorting once is quicker than sorting in."""
    if db.dialect.name == "sqlite":
        for setting in ("synchronous = OFF", "cache_size = -500000", "foreign_keys = OFF"):
            db.execute(text(f"PRAGMA {setting}"))
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({})"
    else:
        for setting in (
            "synchronous_commit = off",
            "session_replication_role = replica",
            "maintenance_work_mem = '256MB'",
        ):
            db.execute(text(f"SET {setting}"))
        found = (
            "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = current_schema()"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint) AND tablename IN ({})"
        )
    indexes = db.execute(text(found.format(", ".join(f"'{name}'" for name in _TABLES)))).all()
    for index in indexes:
        db.execute(text(f"DROP INDEX {index.name}"))
    yield
    for index in indexes:
        db.execute(text(index.sql))


def _from_numbers(table: Table, columns: Mapping[str, str], *further: str) -> str:
    """INSERT a row for each number n from :first to :last, and for each row of what else is named."""
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "
        "WITH RECURSIVE numbers(n) AS"
        " (SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST(:last AS BIGINT)) "
        f"SELECT {', '.join(columns.values())} FROM {', '.join(['numbers', *further])}"
    )


def _counted(name: str, count: int) -> str:
    return f"({' UNION ALL '.join(f'SELECT {each} AS {name}' for each in range(count))}) AS counted_{name}"


_SESSION = "n + CAST(:due_sessions AS BIGINT)"
_BEGAN = "CAST(:now AS BIGINT) - n * CAST(:step AS BIGINT)"
_ENDED = f"{_BEGAN} + {_HOUR_MS}"
_BOOKING = f"(n - 1) * {BOOKED} + k + 1 + CAST(:due AS BIGINT)"
_DUE = "session AS due WHERE due.id = n % CAST(:due_sessions AS BIGINT) + 1"
_KEPT = ("site_id", "service_id", "staff_id", "room", "capacity", "origin", "status", "link_say", "generation")
_SESSIONS = _from_numbers(
    schema.session,
    {"id": _SESSION, "starts_at": _BEGAN, "ends_at": _ENDED, "booked": str(BOOKED)}
    | {"version": "1", "changed_by": "'bench'", "changed_at": _BEGAN}
    | {name: f"due.{name}" for name in _KEPT},
    _DUE,
)
_BOOKINGS = _from_numbers(
    schema.booking,
    {
        "id": _BOOKING,
        "session_id": _SESSION,
        "client_id": "(n * 7 + k * 997) % CAST(:due AS BIGINT) + 1",
        "status": "'booked'",
        "booked_at": _BEGAN,
    },
    _counted("k", BOOKED),
)


def _deliveries(table: Table, each: int) -> str:
    booking = _BOOKING
    columns = {
        "id": f"({booking}) * {each} + c + {_FIRST_DELIVERY}",
        "key": f"'start-' || ({_SESSION}) || '-' || ({booking}) || '-' || c",
        "kind": "CASE c WHEN 0 THEN 'notice' ELSE 'reminder' END",
        "channel": "'email'",
        "site_id": "due.site_id",
        "session_id": _SESSION,
        "booking_id": booking,
        "generation": "1",
        "announces_ms": _BEGAN,
        "due_at": f"{_BEGAN} - c * {_HOUR_MS}",
        "expires_at": _ENDED,
        "state": "3",
        "attempt": "1",
        "message_id": f"'<k.' || c || '.' || ({booking}) || '.ab2c3d4e5f6g7h@studio.example>'",
        "date_ms": _BEGAN,
        "recipient": "'somebody.or.other@clients.example'",
        "reason": "''",
        "last_code": "250",
        "last_text": "'2.0.0 Ok: queued as 4F2A1B7C'",
        "sent_at": _BEGAN,
        "relay_ref": "'4F2A1B7C'",
        "created_at": _BEGAN,
        "updated_at": _BEGAN,
        "link_changes": "0",
        "manual": "1 = 0",
        "hurried": "1 = 0",
    }
    if table is schema.outbox_history:
        columns["client_id"] = "(n * 7 + k * 997) % CAST(:due AS BIGINT) + 1"
    return _from_numbers(table, columns, _counted("k", BOOKED), _counted("c", each), _DUE)
