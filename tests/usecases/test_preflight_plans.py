"""The board and the clashes of a week stay quick beside a large studio: every statement goes through an index."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from studio_tui.storage.types import to_ms
from studio_tui.storage.unit_of_work import Database
from tests.builders import HOUR, NOW, SmallStudio

SESSIONS = 20_000
"""Of one site, an hour apart, with two bookings and two messages each."""

_COLUMNS = (
    "site_id, service_id, course_id, staff_id, room, title, capacity, origin, status, mode, link_say, link_token, "
    "link_digest, link_epoch, details, notice_at, generation, booked, series_edited, ical_recurrence, version, "
    "changed_by, changed_at"
)
_BIG = ("session", "booking", "outbox")
_FULL = rf"Seq Scan on ({'|'.join(_BIG)})\b|SCAN ({'|'.join(_BIG)})(?! USING)"


@pytest.fixture
def large(database: Database) -> SmallStudio:
    studio = SmallStudio(database)
    studio.connect()
    session = studio.session(starts_at=NOW - timedelta(hours=SESSIONS // 2))
    for _ in range(2):
        studio.book(session)
    studio.book(studio.session(starts_at=NOW + HOUR))
    with database.writing() as unit:
        hour = to_ms(NOW + HOUR) - to_ms(NOW)
        numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)"
        unit.db.execute(
            text(
                f"INSERT INTO session ({_COLUMNS}, starts_at, ends_at) {numbers} SELECT {_COLUMNS}, "
                f"starts_at + n * CAST({hour} AS BIGINT), ends_at + n * CAST({hour} AS BIGINT) "
                "FROM session, numbers WHERE session.id = 1"
            ),
            {"rows": SESSIONS},
        )
        unit.db.execute(
            text(
                "INSERT INTO booking (session_id, client_id, status, booked_at) SELECT s.id, b.client_id, b.status, "
                "b.booked_at FROM booking b, session s WHERE b.session_id = 1 AND s.id > 2"
            )
        )
        unit.db.execute(
            text(
                "INSERT INTO outbox (key, kind, channel, site_id, session_id, booking_id, generation, announces_ms, "
                "manual, due_at, expires_at, state, lane, created_at, updated_at) SELECT 'k' || b.id, o.kind, o.channel, "
                "o.site_id, b.session_id, b.id, o.generation, o.announces_ms, o.manual, "
                "o.due_at + b.id * CAST(1800000 AS BIGINT), "
                "o.expires_at + b.id * CAST(1800000 AS BIGINT), CASE b.id % 2 WHEN 0 THEN 0 ELSE 3 END, o.lane, o.created_at, "
                "o.updated_at FROM booking b, (SELECT * FROM outbox ORDER BY id LIMIT 1) o WHERE b.id > 3"
            )
        )
    with database.engine.connect() as db:
        db.execute(text("ANALYZE"))
        db.commit()
    return studio


def test_nothing_reads_a_whole_table_of_a_large_studio_and_the_board_only_the_next_hours(large: SmallStudio) -> None:
    with large.database.reading() as unit:
        counts = [unit.db.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() for table in _BIG]
    assert min(counts) >= SESSIONS
    _check_plans(large)
    _check_what_is_read(large)


def _check_plans(large: SmallStudio) -> None:
    (near, *_) = large.calendar.between(large.rome.id, NOW, NOW + HOUR)
    asked: dict[str, Callable[[], object]] = {
        "board of a day": lambda: large.studio.preflight.board(large.owner, large.rome.id, 24),
        "board of a week": lambda: large.studio.preflight.board(large.owner, large.rome.id, 168),
        "ground of a move": lambda: large.studio.clashing.ground(NOW, NOW + timedelta(days=18), [near.id]),
        "clashes of a session": lambda: large.calendar.detail(near.id),
    }
    for what, ask in asked.items():
        for statement, plan in _plans(large, ask):
            assert not re.search(_FULL, plan), f"{what}\n{statement}\n{plan}"


def _check_what_is_read(large: SmallStudio) -> None:
    read: list[int] = []
    board = large.studio.preflight.board(large.owner, large.rome.id, 24)

    assert len(board.problems) <= 24 * 4
    with large.database.reading() as unit:
        read += [len(unit.sessions.upcoming(large.rome.id, NOW, NOW + timedelta(hours=24)))]
        read += [len(unit.sessions.near(NOW, NOW + timedelta(hours=25)))]
    assert all(number < 50 for number in read)


def _plans(studio: SmallStudio, ask: Callable[[], object]) -> list[tuple[str, str]]:
    """Every statement that is executed, with its plan."""
    said: list[tuple[str, Any]] = []

    def note(_db: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(studio.database.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(studio.database.engine, "before_cursor_execute", note)
    with studio.database.reading() as unit:
        return [(statement, _plan(unit.db, statement, values)) for statement, values in said if "SELECT" in statement]


def _plan(db: Connection, statement: str, values: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if db.dialect.name == "sqlite" else "EXPLAIN "
    cursor = db.connection.cursor()
    cursor.execute(explain + statement, values)
    return "".join(f"{row[-1]}\n" for row in cursor.fetchall())
